// Random programmes: the text of a valid programme from a seed, for tests of properties. Header only.
//
// Each entry (a party, a contract, a campus, ...) is kept apart, so that the same programme can be written in any order.
// In an entry <a~b~c> is a list whose order means nothing; it is written "a, b, c" or shuffled.
#ifndef TESTS_RANDOM_PROGRAMME_H
#define TESTS_RANDOM_PROGRAMME_H

#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

#include "../src/base/text.h"

enum {
  RANDOM_ENTRIES = 80,
  RANDOM_CALM = 1,  // no shocks, no facts, no services that could be the money of a party: for comparisons of two runs
  RANDOM_MORE = 4,  // deposits, fixed prices, long-stop dates, equity first, rents of operation, markets of their own
  RANDOM_PLANNED = 2  // every range that orders work by plan states its plan, so that moving the range moves no order
};

typedef struct random_programme {
  uint64_t state;
  int      flags;
  char     head[700];
  int      n;
  struct {
    const char *section;
    char        name[32], text[900];
  } entry[RANDOM_ENTRIES];
  int campuses, funds;                           // c0 .., Fund0 ..
  int vendor, builder, utility, tenant, lessor;  // 1: there is one
} random_programme;

static inline uint64_t random_bits(random_programme *p) {  // splitmix64, Steele, Lea, Flood, OOPSLA 2014
  uint64_t z = (p->state += UINT64_C(0x9e3779b97f4a7c15));
  z = (z ^ (z >> 30)) * UINT64_C(0xbf58476d1ce4e5b9);
  z = (z ^ (z >> 27)) * UINT64_C(0x94d049bb133111eb);
  return z ^ (z >> 31);
}

static inline int random_int(random_programme *p, int n) { return (int)(random_bits(p) % (uint64_t)n); }  // 0 .. n - 1
static inline int random_odds(random_programme *p, int percent) { return random_int(p, 100) < percent; }
static inline double random_in(random_programme *p, double low, double high) {
  return low + (high - low) * (double)(random_bits(p) >> 11) * 0x1p-53;
}

static inline void random_entry(random_programme *p, const char *section, const char *name) {
  if (p->n == RANDOM_ENTRIES) return;
  p->entry[p->n].section = section;
  snprintf(p->entry[p->n].name, sizeof p->entry[0].name, "%s", name);
  p->entry[p->n++].text[0] = 0;
}

// Adds to the last entry.
__attribute__((format(printf, 2, 3))) static inline void random_add(random_programme *p, const char *format, ...) {
  char   *text = p->entry[p->n - 1].text;
  size_t  at = strlen(text);
  va_list args;
  va_start(args, format);
  vsnprintf(text + at, sizeof p->entry[0].text - at, format, args);
  va_end(args);
}

// "key: a to b UNIT, " or a certain number; before: "$".
static inline void random_range(random_programme *p, const char *key, double low, double high, const char *before,
                                const char *unit) {
  double a = random_in(p, low, high), b = random_in(p, low, high);
  int    certain = random_odds(p, 35);
  double least = a < b ? a : b, most = a < b ? b : a;
  if (certain || most < least * 1.001) random_add(p, "%s: %s%.6g%s, ", key, before, a, unit);
  else random_add(p, "%s: %s%.6g%s to %s%.6g%s, ", key, before, least, unit, before, most, unit);
}

static inline void random_month(int month, char out[16]) {
  snprintf(out, 16, "%04d-%02d", 2020 + month / 12, month % 12 + 1);
}  // from 2020-01

// "key: 2025-03 to 2025-11, ", months from 2020-01.
static inline void random_date(random_programme *p, const char *key, int low, int high) {
  char a[16], b[16], plan[16];
  int  first = low + random_int(p, high - low + 1), second = low + random_int(p, high - low + 1);
  int  certain = random_odds(p, 35);
  random_month(first < second ? first : second, a);
  random_month(first < second ? second : first, b);
  random_month((first + second) / 2, plan);
  if (certain || first == second) random_add(p, "%s: %s, ", key, a);
  else if (p->flags & RANDOM_PLANNED) random_add(p, "%s: {value: %s to %s, plan: %s}, ", key, a, b, plan);
  else random_add(p, "%s: %s to %s, ", key, a, b);
}

static inline void random_share_frac(random_programme *p, const char *key, double low, double high) {
  random_range(p, key, low, high, "", " %");
}

// ---- Parties and contracts ---------------------------------------------------------------------------------------------

static inline void random_sells(random_programme *p) {
  random_add(p, "sells: {stake: {");
  random_range(p, "worth", 1, 60, "$", "B");
  random_share_frac(p, "haircut", 1, 40);
  if (random_odds(p, 70)) random_range(p, "pace", 0.5, 20, "$", "B/yr");
  if (random_odds(p, 50)) random_range(p, "impact", 0.1, 3, "", "");
  if (random_odds(p, 50)) random_range(p, "beta", 0.2, 1.5, "", "");
  random_add(p, "}}, ");
}

static inline void random_parties(random_programme *p, double scale) {
  char name[32];
  random_entry(p, "parties", "Own");
  random_add(p, "role: owner, ");
  if (random_odds(p, 80)) random_range(p, "cash", 0.05 * scale, 1.2 * scale, "$", "B");
  if (random_odds(p, 20)) random_sells(p);
  p->funds = random_int(p, 4);
  for (int i = 0; i < p->funds; i++) {
    snprintf(name, sizeof name, "Fund%d", i);
    random_entry(p, "parties", name);
    random_add(p, "role: finance, ");
    random_range(p, "cash", 0.02 * scale, scale, "$", "B");
    if (random_odds(p, 70)) random_range(p, "pledges", 0.2 * scale, 1.5 * scale, "$", "B");
    if (random_odds(p, 70)) random_share_frac(p, "honours", 20, 99);
    if (random_odds(p, 50)) random_share_frac(p, "liquidity", 5, 95);
    if (random_odds(p, 50)) random_sells(p);
    if (random_odds(p, 30)) random_range(p, "rate", 4, 18, "", " %/yr");
  }
  p->tenant = random_odds(p, 80);
  if (p->tenant) {
    random_entry(p, "parties", "Tenant");
    random_add(p, "role: operation, ");
    random_range(p, "cash", 0.05 * scale, scale, "$", "B");
    if (random_odds(p, 20)) random_add(p, "income: -%.4g B USD/yr, ", random_in(p, 0.1, 0.5) * scale);
    else if (random_odds(p, 80)) random_range(p, "income", 0.1 * scale, 0.8 * scale, "", " B USD/yr");
    if (random_odds(p, 30)) random_range(p, "income_growth", 1, 30, "", " %/yr");
    if (random_odds(p, 40)) random_sells(p);
  }
  p->lessor = p->tenant && random_odds(p, 35);
  if (p->lessor) {
    random_entry(p, "parties", "Middle");
    random_add(p, "role: operation, ");
    random_range(p, "cash", 0.01, 0.3 * scale, "$", "B");
  }
  p->vendor = random_odds(p, 35);
  if (p->vendor) {
    random_entry(p, "parties", "Vendor");
    random_add(p, "role: vendor, ");
    random_range(p, "cash", 0.1, scale, "$", "B");
  }
  p->builder = random_odds(p, 25);
  if (p->builder) {
    random_entry(p, "parties", "Builder");
    random_add(p, "role: construction, ");
    random_range(p, "cash", 0.01, 0.2, "$", "B");
  }
  p->utility = random_odds(p, 20);
  if (p->utility) random_entry(p, "parties", "Grid Co"), random_add(p, "role: utility, ");
}

static inline void random_shares(random_programme *p, const char *key, int with_vendor) {
  random_add(p, "%s: {<", key);
  int n = p->funds + with_vendor, left = 100;
  for (int i = 0; i < n; i++) {
    int part = 5 + random_int(p, left / (n - i) > 5 ? left / (n - i) - 4 : 1);
    left -= part;
    if (i < p->funds) random_add(p, "%sFund%d: %d %%", i ? "~" : "", i, part);
    else random_add(p, "%sVendor: %d %%", i ? "~" : "", part);
  }
  random_add(p, ">}, ");
}

static inline void random_word(random_programme *p, const char *key, const char *const *word, int n) {
  random_add(p, "%s: %s, ", key, word[random_int(p, n)]);
}

// How it is drawn, repaid and secured: each term is there in some programmes.
static inline void random_loan_terms(random_programme *p) {
  static const char *const repays[] = {"level", "constant", "bullet", "sculpted"};
  if (random_odds(p, 40)) random_word(p, "repays", repays, 4);
  if (random_odds(p, 20)) random_add(p, "matures: each-draw, ");
  if (random_odds(p, 20)) random_add(p, "drawn: at-close, ");
  if (random_odds(p, 20)) random_add(p, "before_completion: paid, ");
  if (random_odds(p, 20)) random_add(p, "draws: %d months, ", 2 + random_int(p, 60));
  if (random_odds(p, 20)) random_add(p, "grace: %d months, ", random_int(p, 24));
  if (random_odds(p, 20)) random_share_frac(p, "balloon", 0, 60);
  if (random_odds(p, 20)) random_share_frac(p, "hedged", 0, 100);
  if (random_odds(p, 20)) random_share_frac(p, "upfront_fee", 0, 4);
  if (random_odds(p, 20)) random_add(p, "agency_fee: %d USD/yr, ", random_int(p, 1000000));
  if (random_odds(p, 30)) random_add(p, "reserve: %d months, ", random_int(p, 13));
  if (random_odds(p, 30)) random_share_frac(p, "sweep", 0, 100);
  if (random_odds(p, 30)) random_range(p, "lockup_dscr", 1.05, 1.5, "", "");
  if (random_odds(p, 20)) random_range(p, "default_dscr", 0.8, 1.1, "", "");
  if (p->tenant && random_odds(p, 20)) random_range(p, "llcr", 1.1, 1.8, "", "");
  if (p->tenant && random_odds(p, 20)) random_share_frac(p, "lender_case", 5, 50);
}

static inline void random_loan(random_programme *p, const char *name, double scale, const char *from) {
  random_entry(p, "contracts", name);
  random_add(p, "type: loan, %s, to: Own, ", from);
  int advance = random_odds(p, 70), cover = p->tenant && random_odds(p, 40), total = random_odds(p, 40);
  if (advance || !(cover || total)) random_share_frac(p, "advance", 20, 85);
  if (cover) random_range(p, "dscr", 1.05, 1.8, "", "");
  if (total) random_range(p, "total", 0.2 * scale, 2 * scale, "$", "B");
  random_range(p, "margin", 1, 7, "", " %/yr");
  random_add(p, "tenor: %d months, ", 12 + random_int(p, 120));
  if (random_odds(p, 30)) random_add(p, "commitment_fee: 0 %%/yr, ");
  random_loan_terms(p);
}

static inline void random_contracts(random_programme *p, double scale) {
  if (p->funds) {
    random_entry(p, "contracts", "equity");
    random_add(p, "type: equity, to: Own, ");
    random_shares(p, "from", p->vendor && random_odds(p, 60));
    random_range(p, "total", 0.5 * scale, 3 * scale, "$", "B");
    if (random_odds(p, 20)) random_range(p, "contingent", 0.1 * scale, scale, "$", "B");
    if (random_odds(p, 30)) random_range(p, "preferred", 2, 12, "", " %/yr");
  }
  if (random_odds(p, 75)) random_loan(p, "senior", scale, "from: lenders");
  if (random_odds(p, 30))
    random_loan(p, "junior", scale,
                p->funds && random_odds(p, 50) ? "from: Fund0" : "from: {<lenders: 60 %~markets: 30 %>}");
  if (p->tenant) {
    const char *to = p->lessor ? "Middle" : "Own";
    random_entry(p, "contracts", "capacity");
    random_add(p, "type: compute, from: Tenant, to: Own, ");
    if (random_odds(p, 75)) random_range(p, "price", 1.2, 6, "", " USD/GPU-h");
    else random_range(p, "total", 0.5 * scale, 4 * scale, "$", "B");
    if (random_odds(p, 60)) random_share_frac(p, "minimum_take", 30, 95);
    if (random_odds(p, 30)) random_range(p, "escalates", 0.5, 5, "", " %/yr");
    if (random_odds(p, 20)) random_share_frac(p, "termination", 5, 100);
    if (random_odds(p, 20)) random_date(p, "due", 14, 60), random_range(p, "late_damages", 1000, 90000, "", " USD/MW-month");
    random_add(p, "tenor: %d months, ", 18 + random_int(p, 100));
    if (random_odds(p, 20)) random_add(p, "rank: %d, ", random_int(p, 4));
    if (p->lessor) {
      random_entry(p, "contracts", "head-lease");
      random_add(p, "type: lease, from: Tenant, to: %s, ", to);
      random_range(p, "rent", 50000, 400000, "", " USD/MW-month");
      random_add(p, "tenor: 9 years, ");
      random_entry(p, "contracts", "lease");
      random_add(p, "type: lease, from: Middle, to: Own, ");
      random_range(p, "rent", 40000, 300000, "", " USD/MW-month");
      random_add(p, "tenor: 8 years, ");
      if (random_odds(p, 40)) random_share_frac(p, "residual_guarantee", 20, 100);
      if (random_odds(p, 50)) random_date(p, "starts", 64, 90);
    }
  }
  if (p->vendor) random_entry(p, "contracts", "chips"), random_add(p, "type: purchase, from: Own, to: Vendor, ");
  if (p->builder) random_entry(p, "contracts", "works"), random_add(p, "type: construction, from: Own, to: Builder, ");
  if (p->utility) random_entry(p, "contracts", "power"), random_add(p, "type: energy, from: Own, to: Grid Co, ");
  if (random_odds(p, 40))
    random_entry(p, "contracts", "duty"), random_add(p, "type: tax, from: Own, to: tax-authority, ");
}

// ---- Campuses ----------------------------------------------------------------------------------------------------------

static inline void random_campus(random_programme *p, int i) {
  static const char *const racks[] = {"GB200-NVL72", "H100-HGX", "B200-HGX", "H200-HGX"};
  static const char *const types[] = {"hyperscale-liquid", "replica-liquid", "retrofit-hall", "hyperscale-air"};
  static const char *const weather[] = {"abilene_tx", "memphis_tn", "dallas_fort_worth_tx"};
  static const char *const cooling[] = {"dry-cooler-liquid", "tower-liquid", "hybrid"};
  static const char *const tariffs[] = {"wholesale-index", "ercot-large-load", "pjm-large-load"};
  static const char *const plants[] = {"aeroderivative", "gas-engine", "small-turbine"};
  char                     name[32];
  snprintf(name, sizeof name, "c%d", i);
  random_entry(p, "campuses", name);
  if (i > 0 && random_odds(p, 25)) {
    random_add(p, "like: c0, ");
    if (random_odds(p, 50)) {
      random_add(p, "count: %d, ", 1 + random_int(p, 3));
      random_date(p, "first", 58, 80);
      random_add(p, "every: %d months, ", 2 + random_int(p, 9));
    } else random_date(p, "works_start", 56, 84);
    return;
  }
  int begun = random_odds(p, 25);  // before as_of
  random_date(p, "works_start", begun ? 48 : 60, begun ? 58 : 78);
  random_add(p, "weather: %s, cooling: %s, tariff: %s, racks: %s, ", weather[random_int(p, 3)],
             cooling[random_int(p, 3)], tariffs[random_int(p, 3)], racks[random_int(p, 4)]);
  int    groups = 1 + random_odds(p, 30), first = 1 + random_int(p, 4), second = 1 + random_int(p, 3);
  double it = random_in(p, 5, 80);
  if (groups == 1) random_add(p, "buildings: {count: %d, type: %s, it: %.4g MW}, ", first, types[random_int(p, 4)], it);
  else
    random_add(p,
               "buildings: {<a: {count: %d, type: %s, it: %.4g MW}~b: {count: %d, type: %s, facility: %.4g MW, from: "
               "202%d-0%d}>}, ",
               first, types[random_int(p, 4)], it, second, types[random_int(p, 4)], it * 1.3, 5 + random_int(p, 2),
               1 + random_int(p, 9));
  double need = 1.6 * it * (first + (groups > 1 ? second : 0));
  if (random_odds(p, 40)) random_add(p, "crews: %d, ", 1 + random_int(p, 3));
  if (random_odds(p, 40)) random_share_frac(p, "pace", 60, 200);
  if (random_odds(p, 50)) random_share_frac(p, "facility_to_it", 115, 155);
  if (random_odds(p, 70)) {
    random_add(p, "grid: {<first: {");
    random_range(p, "limit", 0.1 * need, 0.9 * need, "", " MW");
    random_date(p, "from", 60, 84);
    random_add(p, "firm: %d %%}~main: {", 60 + random_int(p, 40));
    random_range(p, "limit", 0.5 * need, 2 * need, "", " MW");
    random_date(p, "from", 70, 100);
    random_add(p, "}>}, ");
  }
  if (random_odds(p, 30)) {
    random_add(p, "generation: {plant: %s, units: %d, ", plants[random_int(p, 3)], 1 + random_int(p, 8));
    random_date(p, random_odds(p, 50) ? "from" : "ordered", 60, 80);
    random_add(p, "}, ");
    if (random_odds(p, 40)) random_range(p, "permit", 0.1 * need, need, "", " MW");
  }
  if (random_odds(p, 50)) random_share_frac(p, "needs_demand", 30, 99);
  if (random_odds(p, 20)) random_add(p, "renews: no, ");
  if (p->tenant && random_odds(p, 60)) random_add(p, "consent: [<Own~Tenant>], ");
  if (p->tenant && random_odds(p, 30)) random_add(p, "operator: Tenant, ");
  if (p->funds && random_odds(p, 15)) random_add(p, "buyer: Fund0, ");
  if (p->funds && random_odds(p, 20)) random_add(p, "otherwise: Fund0, ");
}

static inline void random_rest(random_programme *p) {
  if (random_odds(p, 40)) {
    random_entry(p, "supplies", "transformers");
    random_range(p, "lead", 60, 500, "", " days");
    random_range(p, "rate_per_month", 2, 60, "", "");
    random_add(p, "ramp: %d days, ", random_int(p, 200));
  }
  if (random_odds(p, 40)) {
    random_entry(p, "supplies", "GB200-racks");
    random_range(p, "rate_per_month", 10, 600, "", "");
    random_range(p, "lead", 30, 300, "", " days");
  }
  if (p->tenant && random_odds(p, 40)) {
    random_entry(p, "gates", "sites");
    random_add(p, "kind: site, deciders: [<Tenant~Own>], ");
    random_share_frac(p, "disagrees", 5, 95);
    random_add(p, "rounds: %d, ", 1 + random_int(p, 4));
  }
  if (random_odds(p, 30)) {
    random_entry(p, "gates", "permits");
    random_add(p, "kind: permit, ");
    random_range(p, "takes", 20, 400, "", " days");
  }
  if (random_odds(p, 40)) {
    random_entry(p, "runs", "alpha");
    random_add(p, "params: %d billion, tokens: %.3g Ttok, gpu_share: %d %%, ", 1 + random_int(p, 400),
               random_in(p, 0.1, 20), 20 + random_int(p, 80));
    if (random_odds(p, 40)) random_range(p, "release_demand", 5, 60, "", " %");
    if (random_odds(p, 90)) random_add(p, "mfu: %d %%, ", 25 + random_int(p, 30));  // else a plan is searched for: slow to load
  }
  if (random_odds(p, 25)) {
    random_entry(p, "runs", "beta");
    random_add(p, "model: llama-3-70b, needs: %d GPU, at: [c0%s], ", random_int(p, 3000), "");
    if (random_odds(p, 90)) random_add(p, "mfu: %d %%, ", 25 + random_int(p, 30));
  }
  int services = p->flags & RANDOM_CALM ? 0 : random_int(p, 3);
  for (int i = 0; i < services; i++) {
    random_entry(p, "services", i ? "bulk" : "chat");
    random_add(p, "by: %s, ", p->tenant && random_odds(p, 70) ? "Tenant" : "Own");
    random_range(p, "demand", 1e4, 4e6, "", " Mtok/month");
    random_range(p, "price", 0.5, 40, "", " USD/Mtok");
    random_range(p, "speed", 0.2, 3, "", " Mtok/GPU-h");
    if (random_odds(p, 50)) random_add(p, "gpu_share: %d %%, ", 10 + random_int(p, 90));
  }
  if (random_odds(p, 50)) {
    random_entry(p, "perimeters", "brand");
    random_add(p, "parties: [<Own%s>], ", p->tenant ? "~Tenant" : "");
  }
  if (random_odds(p, 30)) {
    random_entry(p, "perimeters", "site");
    random_add(p, "parties: [Own], campuses: [c0], ");
  }
  random_entry(p, "promises", "all-on");
  random_add(p, "who: Own, says: capacity, metric: programme.capacity_mw, at_least: %d MW, by: 202%d-12, ",
             1 + random_int(p, 200), 6 + random_int(p, 2));
  random_entry(p, "promises", "first");
  random_add(p, "who: Own, says: a hall, metric: campus.c0.buildings, at_least: 1, by: 202%d-06, ",
             6 + random_int(p, 2));
  if (random_odds(p, 50))
    random_entry(p, "promises", "money"),
        random_add(p, "who: Own, says: spent, metric: programme.spent_usd, at_least: $%dB, by: 2027-12, ",
                   1 + random_int(p, 5));
  if (random_odds(p, 50))
    random_entry(p, "promises", "paid"),
        random_add(p, "who: Own, says: pays, metric: party.Own.arrears_usd, at_most: $0, by: 2027-12, ");
}

static inline void random_shocks(random_programme *p) {
  if (p->flags & RANDOM_CALM) return;
  if (random_odds(p, 30)) {
    random_entry(p, "shocks", "dispute");
    random_date(p, "from", 60, 80);
    random_add(p,
               "odds: %d %%, lasts: %d months, effects: {<hold: {path: campuses.c0.dispute, set: 1}~down: {path: "
               "campuses.*.outage, set: 0.%d}>}, ",
               30 + random_int(p, 70), 1 + random_int(p, 12), 1 + random_int(p, 9));
  }
  if (random_odds(p, 30)) {
    random_entry(p, "shocks", "spike");
    random_add(p, "hazard: 0.%d 1/yr, lasts: %d months, effects: {up: {path: tariffs.*.energy, factor: %d %%}}, ",
               1 + random_int(p, 9), 1 + random_int(p, 14), 120 + random_int(p, 300));
  }
  if (random_odds(p, 20)) {
    random_entry(p, "shocks", "crash");
    random_add(p,
               "hazard: 0.3 1/yr, lasts: 3 months, effects: {<all: {path: parties.*.honours, factor: 30 %%}~dear: "
               "{path: racks.*.price, factor: 130 %%}>}, ");
  }
  if (random_odds(p, 15)) {
    random_entry(p, "facts", "nothing");
    random_add(p, "metric: programme.capacity_mw, date: 2025-01-20, value: 0 MW, ");
  }
}

// ---- More, from numbers of its own, so that the rest of a programme stays as it is without ------------------------------

static inline void random_more(random_programme *p) {
  int last = p->n;
  for (int i = 0; i < last; i++) {
    char  *text = p->entry[i].text;
    size_t at = strlen(text), left = sizeof p->entry[0].text - at;
    bool   campus = !strcmp(p->entry[i].section, "campuses"), contract = !strcmp(p->entry[i].section, "contracts");
    if (campus && random_odds(p, 50))
      snprintf(text + at, left, "long_stop: %d days, cancellation: %d %%, restart: %d %%, ", 30 + random_int(p, 700),
               random_int(p, 30), random_int(p, 10));
    if (contract && strstr(text, "type: purchase") && random_odds(p, 60))
      snprintf(text + at, left, "deposit: %d %%, ", random_int(p, 100));
    if (contract && strstr(text, "type: construction") && random_odds(p, 60))
      snprintf(text + at, left, "total: $%.4gB, ", random_in(p, 0.1, 3));
    if (contract && strstr(text, "type: equity") && random_odds(p, 50)) snprintf(text + at, left, "calls: first, ");
  }
  if (random_odds(p, 40))
    random_entry(p, "contracts", "keep"),
        random_add(p, "type: operation, from: Own, to: staff, rent: %d USD/MW-month, ", 1000 + random_int(p, 40000));
  if (random_odds(p, 40)) {
    random_entry(p, "markets", "local");
    random_add(p, "level: 1, volatility: %d %%, reversion: 0.5 1/yr, drift: %d %%/yr, demand: 0.%d, ",
               random_int(p, 60), random_int(p, 5), random_int(p, 9));
    random_entry(p, "tariffs", "wholesale-index");
    random_add(p, "market: local, ");
  }
}

// ---- The whole ---------------------------------------------------------------------------------------------------------

static inline void random_programme_make(random_programme *p, uint64_t seed, int flags) {
  memset(p, 0, sizeof *p);
  p->state = seed * UINT64_C(0x2545f4914f6cdd1d) + 1;
  p->flags = flags;
  double scale = random_odds(p, 50) ? 2 : random_odds(p, 50) ? 12 : 0.4;
  snprintf(p->head, sizeof p->head, "programme: Random %llu\nas_of: 2025-02-20\n%shorizon: %d months\nowner: Own\n%s",
           (unsigned long long)seed,
           random_odds(p, 50)   ? "start: 2025-01\n"
           : random_odds(p, 30) ? "start: 2024-07\n"
                                : "",
           44 + random_int(p, 60), random_odds(p, 20) ? "contingency: 0 %\n" : "");
  random_parties(p, scale);
  random_contracts(p, scale);
  p->campuses = 1 + random_int(p, 3);
  for (int i = 0; i < p->campuses; i++) random_campus(p, i);
  random_rest(p);
  random_shocks(p);
  if (flags & RANDOM_MORE) random_more(p);
}

// <a~b~c>: a list in any order.
static inline void random_write_entry(random_programme *p, const char *text, int shuffle, text_buffer *out) {
  while (*text) {
    if (*text != '<') {
      text_add(out, text++, 1);
      continue;
    }
    const char *part[8], *at = text + 1;
    size_t      length[8];
    int         n = 0;
    while (n < 8) {
      part[n] = at;
      at += strcspn(at, "~>");
      length[n] = (size_t)(at - part[n]);
      n++;
      if (*at++ == '>') break;
    }
    for (int i = n; i > 0; i--) {
      int k = shuffle ? random_int(p, i) : 0;
      text_add(out, part[k], length[k]);
      if (i > 1) text_puts(out, ", ");
      for (int j = k; j + 1 < i; j++) {
        part[j] = part[j + 1];
        length[j] = length[j + 1];
      }
    }
    text = at;
  }
}

// order 0: as made; else shuffled by that seed.
static inline void random_programme_write(const random_programme *from, uint64_t order, text_buffer *out) {
  static const char *const sections[] = {"parties", "contracts", "campuses",   "supplies", "gates",
                                         "runs",    "services",  "perimeters", "promises", "shocks",
                                         "facts",   "inputs",    "markets",    "tariffs"};
  enum { SECTIONS = sizeof sections / sizeof sections[0] };
  random_programme by = {.state = order};
  int              place[SECTIONS], row[RANDOM_ENTRIES];
  for (int i = 0; i < SECTIONS; i++) place[i] = i;
  for (int i = 0; i < from->n; i++) row[i] = i;
  for (int i = SECTIONS - 1; order && i > 0; i--) {
    int k = random_int(&by, i + 1), t = place[i];
    place[i] = place[k];
    place[k] = t;
  }
  for (int i = from->n - 1; order && i > 0; i--) {
    int k = random_int(&by, i + 1), t = row[i];
    row[i] = row[k];
    row[k] = t;
  }
  text_puts(out, from->head);
  for (int i = 0; i < SECTIONS; i++) {
    bool begun = false;
    for (int k = 0; k < from->n; k++) {
      if (strcmp(from->entry[row[k]].section, sections[place[i]])) continue;
      if (!begun) text_puts(out, sections[place[i]]), text_puts(out, ":\n");
      begun = true;
      text_puts(out, "  "), text_puts(out, from->entry[row[k]].name), text_puts(out, ": {");
      random_write_entry(&by, from->entry[row[k]].text, order != 0, out);
      while (out->n > 0 && (out->at[out->n - 1] == ' ' || out->at[out->n - 1] == ',')) out->at[--out->n] = 0;
      text_puts(out, "}\n");
    }
  }
}

#endif
