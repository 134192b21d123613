// For tests of reports: small programmes from text, a strict JSON checker, and values by path. Stands after tests/test.h.
#ifndef REPORT_PROBE_H
#define REPORT_PROBE_H

#include <ctype.h>
#include <math.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../../include/stargate.h"

// Two buildings, one owner, one lender, one tenant: loads in milliseconds. More of the file follows.
#define PROBE_HEAD                                                                                              \
  "programme: Probe\nas_of: 2025-01-21\nhorizon: 5 years\n"                                                     \
  "parties:\n"                                                                                                  \
  "  Owner: {role: owner, cash: $600M}\n"                                                                       \
  "  Fund: {role: finance, cash: $2B, pledges: $2B, honours: 80 % to 100 %}\n"                                  \
  "  Tenant: {role: operation, cash: $1B, income: $2B/yr}\n"                                                    \
  "campuses:\n"                                                                                                 \
  "  mesa: {works_start: 2025-03, weather: dallas_fort_worth_tx, tariff: ercot-large-load, consent: [Owner, "   \
  "Tenant],\n"                                                                                                  \
  "         buildings: {count: 2, type: hyperscale-liquid, it: 35 MW}, grid: {limit: 110 MW, from: 2026-06 to " \
  "2027-06}}\n"
#define PROBE_CONTRACTS                                                                                             \
  "contracts:\n"                                                                                                    \
  "  equity: {type: equity, from: Fund, to: Owner, total: $2B}\n"                                                   \
  "  loan: {type: loan, from: lenders, to: Owner, advance: 65 %, margin: 3 %/yr to 5 %/yr, dscr: 1.3, tenor: 6 "    \
  "years}\n"                                                                                                        \
  "  capacity: {type: compute, from: Tenant, to: Owner, price: 2.4 to 3.4 USD/GPU-h, minimum_take: 90 %, tenor: 6 " \
  "years}\n"
#define PROBE_PROMISES                                                                                                \
  "promises:\n"                                                                                                       \
  "  all-on: {who: Owner, says: \"both \\\"buildings\\\" by 2028\", metric: campus.mesa.buildings, at_least: 2, by: " \
  "2027-12, source: S0}\n"                                                                                            \
  "  early: {metric: programme.capacity_mw, at_least: 90 MW, by: 2026-12}\n"                                          \
  "  never: {metric: programme.capacity_mw, at_least: 80 GW}\n"                                                       \
  "  rent: {who: Tenant, metric: party.Tenant.arrears_usd, at_most: $0, by: 2028-12}\n"
#define PROBE_FILE PROBE_HEAD PROBE_CONTRACTS PROBE_PROMISES

static inline sg_model *probe_model(const char *text) {
  sg_diags *diags = calloc(1, sizeof *diags);
  sg_input  file = {"probe.yaml", text, strlen(text)};
  sg_model *model = NULL;
  sg_err    err = sg_model_load(&file, NULL, 0, diags, &model);
  char      shown[1000] = "";
  if (diags->n) (void)sg_diag_render(&diags->item[0], 0, shown, sizeof shown);
  free(diags);
  ck_assert_msg(err == SG_OK, "the programme does not load: %s", shown);
  return model;
}

static inline sg_result *probe_run(const sg_model *model, uint64_t seed, uint32_t scenarios, int threads) {
  sg_run_opts opts = sg_run_opts_default();
  opts.seed = seed;
  opts.scenarios = scenarios;
  opts.threads = threads;
  sg_result *result = NULL;
  ck_assert_int_eq(sg_run(model, &opts, &result), SG_OK);
  return result;
}

// ---- JSON (RFC 8259) ----------------------------------------------------------------------------------------------------

static inline const char *probe_blank(const char *s) {
  while (*s == ' ' || *s == '\n' || *s == '\t' || *s == '\r') s++;
  return s;
}

static inline const char *probe_string(const char *s) {  // NULL: none
  if (*s++ != '"') return NULL;
  for (; *s != '"'; s++) {
    if ((unsigned char)*s < 0x20) return NULL;
    if (*s == '\\' && !strchr("\"\\/bfnrtu", *++s)) return NULL;
  }
  return s + 1;
}

static inline const char *probe_number(const char *s) {
  const char *start = s;
  if (*s == '-') s++;
  if (*s == '0' && isdigit((unsigned char)s[1])) return NULL;
  while (isdigit((unsigned char)*s)) s++;
  if (*s == '.')
    for (s++; isdigit((unsigned char)*s);) s++;
  if (*s == 'e' || *s == 'E')
    for (s += s[1] == '-' || s[1] == '+' ? 2 : 1; isdigit((unsigned char)*s);) s++;
  return s > start && isdigit((unsigned char)s[-1]) ? s : NULL;
}

// Behind the value that s begins with; NULL: it is none.
static inline const char *probe_value(const char *s) {
  s = probe_blank(s);
  if (*s == '"') return probe_string(s);
  if (!strncmp(s, "true", 4) || !strncmp(s, "null", 4)) return s + 4;
  if (!strncmp(s, "false", 5)) return s + 5;
  if (*s != '{' && *s != '[') return probe_number(s);
  bool object = *s == '{';
  char close = object ? '}' : ']';
  s = probe_blank(s + 1);
  if (*s == close) return s + 1;
  while (1) {
    if (object) {
      s = probe_string(probe_blank(s));
      if (!s) return NULL;
      s = probe_blank(s);
      if (*s++ != ':') return NULL;
    }
    s = probe_value(s);
    if (!s) return NULL;
    s = probe_blank(s);
    if (*s == close) return s + 1;
    if (*s++ != ',') return NULL;
  }
}

static inline bool probe_json_valid(const char *text) {
  const char *end = probe_value(text);
  return end && !*probe_blank(end);
}

// The value under a path of keys and indices ("promises/0/odds"); NULL: there is none.
static inline const char *probe_at(const char *s, const char *path) {
  while (s && *path) {
    size_t n = strcspn(path, "/");
    s = probe_blank(s);
    bool object = *s == '{';
    if (!object && *s != '[') return NULL;
    long        index = object ? -1 : strtol(path, NULL, 10);
    const char *found = NULL;
    for (s = probe_blank(s + 1); *s != '}' && *s != ']' && !found; index--) {
      const char *key = s;
      if (object) s = probe_blank(probe_string(s)) + 1;
      if (object ? !strncmp(key + 1, path, n) && key[1 + n] == '"' : index == 0) found = s;
      s = probe_blank(probe_value(s));
      if (*s == ',') s = probe_blank(s + 1);
    }
    s = found ? probe_blank(found) : NULL;
    path += n + (path[n] == '/');
  }
  return s;
}

static inline double probe_number_at(const char *json, const char *path) {
  const char *at = probe_at(json, path);
  ck_assert_msg(at != NULL, "no '%s'", path);
  return !strncmp(at, "null", 4) ? (double)NAN : strtod(at, NULL);
}

static inline bool probe_text_is(const char *json, const char *path, const char *want) {
  const char *at = probe_at(json, path);
  return at && *at == '"' && !strncmp(at + 1, want, strlen(want)) && at[1 + strlen(want)] == '"';
}

// ---- Pages --------------------------------------------------------------------------------------------------------------

// Columns of the longest line; escapes for colour and the later bytes of a character count nothing.
static inline int probe_widest(const char *text) {
  int widest = 0, now = 0;
  for (; *text; text++) {
    if (*text == '\033') {
      while (*text != 'm') text++;
      continue;
    }
    if (*text == '\n') now = 0;
    else if (((unsigned char)*text & 0xC0) != 0x80) now++;
    if (now > widest) widest = now;
  }
  return widest;
}

#endif
