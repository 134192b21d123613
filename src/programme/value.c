#include "value.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"
#include "value_forms.h"

// ---- Places and messages ----------------------------------------------------------------------------------

static sg_err complain(const value_context *ctx, const spec_node *node, sg_err code, const char *hint, const char *what) {
  return diag_add(ctx->diags, SG_ERROR, code, node->place, hint, "%s", what);
}

static const char *field_label(const spec_node *node, const field_row *field) {
  return node->key.n ? node->key.at : field->name;
}

static int32_t characters(text_slice s) {
  int32_t n = 0;
  for (size_t i = 0, bytes; i < s.n; i += bytes, n++) (void)text_utf8_next(s.at + i, s.n - i, &bytes);
  return n;
}

// Where a part of a value's text stands; the whole value where the file writes it in quotes or on several lines.
static diag_place place_of_part(const spec_node *node, text_slice part) {
  diag_place place = node->place;
  text_slice all = node->text;
  bool inside = all.at && part.at >= all.at && part.at + part.n <= all.at + all.n;
  if (!inside || !part.n || node->quoted || place.span != characters(all)) return place;
  place.column += characters((text_slice){all.at, (size_t)(part.at - all.at)});
  place.span = characters(part);
  return place;
}

// The unit as people write it; "" where the field has none.
static const char *unit_shown(const field_row *field) {
  const char *inside = field->unit ? field->unit : "";
  if (!strcmp(inside, "frac")) return "%";
  if (!strcmp(inside, "frac/yr")) return "%/yr";
  if (!strcmp(inside, "day")) return "days, months or years";
  return strcmp(inside, "x") ? inside : "";
}

static sg_err not_single(const value_context *ctx, const field_row *field, const spec_node *node) {
  return diag_add(ctx->diags, SG_ERROR, SG_ERR_TYPE, node->place,
                  "a range is written `a to b`; `stargate explain distributions` shows tables and mixtures",
                  "'%s' is a single value, not a %s", field_label(node, field), node->kind == SPEC_LIST ? "list" : "map");
}

// ---- One number or date -----------------------------------------------------------------------------------

static sg_err wrong_dimension(const value_context *ctx, const field_row *field, const spec_node *node, const unit *got,
                              const unit *want, const unit_quantity *q, text_slice s) {
  char hint[120] = "";
  const char *shown = unit_shown(field);
  unit energy, power;
  text_slice bad;
  unit_parse(text_of("MWh"), &energy, &bad);
  unit_parse(text_of("MW"), &power, &bad);
  if (unit_same_dimension(got, &energy) && unit_same_dimension(want, &power) && q->unit_text.n > 1)
    snprintf(hint, sizeof hint, "did you mean %.*s %.*s?", (int)q->number_text.n, q->number_text.at,
             (int)q->unit_text.n - 1, q->unit_text.at);
  else if (!*shown)
    snprintf(hint, sizeof hint, "write a plain number");
  else
    snprintf(hint, sizeof hint, "write it in %s%s", shown, strchr(shown, ',') ? "" : " or another unit of the same kind");
  return diag_add(ctx->diags, SG_ERROR, SG_ERR_UNIT, place_of_part(node, s), hint, "'%s' is %s, but %s is needed",
                  field_label(node, field), unit_dimension_word(got), unit_dimension_word(want));
}

#define RANGE_HINT "a range is written `a to b`: 5th to 95th percentile"

static sg_err unknown_unit(const value_context *ctx, const field_row *field, const spec_node *node, text_slice bad) {
  const char *near = unit_nearest(bad), *shown = unit_shown(field);
  char hint[120];
  // "100-200 MW", "100 MW +- 10 %" with a dash or a sign: a range is meant.
  bool range = bad.n > 1 && (bad.at[0] == '-' || !memcmp(bad.at, "\xC2\xB1", 2) || !memcmp(bad.at, "\xE2\x80", 2));
  if (range) snprintf(hint, sizeof hint, RANGE_HINT);
  else if (near) snprintf(hint, sizeof hint, "did you mean %s?", near);
  else if (*shown) snprintf(hint, sizeof hint, "'%s' is written in %s", field_label(node, field), shown);
  else snprintf(hint, sizeof hint, "'%s' is a plain number", field_label(node, field));
  return diag_add(ctx->diags, SG_ERROR, SG_ERR_UNIT, place_of_part(node, bad), hint, "'%.*s' is not a unit", (int)bad.n, bad.at);
}

static sg_err no_number(const value_context *ctx, const field_row *field, const spec_node *node, text_slice s) {
  // Signs of the euro, pound and yen.
  bool money = s.n > 2 && (!memcmp(s.at, "\xE2\x82\xAC", 3) || !memcmp(s.at, "\xC2\xA3", 2) || !memcmp(s.at, "\xC2\xA5", 2));
  bool comma = false, about = s.n && strchr("~<>", s.at[0]);
  for (size_t i = 1; i + 1 < s.n; i++) comma |= s.at[i] == ',' && s.at[i - 1] >= '0' && s.at[i - 1] <= '9' && s.at[i + 1] >= '0' && s.at[i + 1] <= '9';
  return diag_add(ctx->diags, SG_ERROR, SG_ERR_TYPE, place_of_part(node, s),
                  money ? "money is in US dollars: $1B" : comma ? "numbers take no commas" : about ? RANGE_HINT
                        : "a number with its unit, a range `a to b`, or the name of a base rate or input",
                  "'%s': '%.*s' is not a number", field_label(node, field), (int)s.n, s.n ? s.at : "");
}

static sg_err no_unit(const value_context *ctx, const field_row *field, const spec_node *node, text_slice s, const unit *want) {
  char hint[120];
  int n = s.n < 30 ? (int)s.n : 30;
  if (!strcmp(field->unit, "day")) snprintf(hint, sizeof hint, "did you mean %.*s months, or %.*s years?", n, s.at, n, s.at);
  else snprintf(hint, sizeof hint, "did you mean %.*s %s?", n, s.at, unit_shown(field));
  return diag_add(ctx->diags, SG_ERROR, SG_ERR_UNIT, place_of_part(node, s), hint, "'%s' needs a unit (%s)",
                  field_label(node, field), unit_dimension_word(want));
}

// A number with its unit, in the field's unit. `borrowed`: the unit of the other end of a range, may be NULL.
static sg_err read_number(const value_context *ctx, const field_row *field, const spec_node *node, text_slice s,
                          const unit *borrowed, double *out) {
  unit want;
  text_slice bad = {0};
  if (!unit_parse(text_of(field->unit ? field->unit : ""), &want, &bad)) return SG_ERR_UNIT;
  if (node->kind != SPEC_SCALAR) return not_single(ctx, field, node);
  unit_quantity q;
  switch (unit_read(s, &q, &bad)) {
    case UNIT_NO_NUMBER: return no_number(ctx, field, node, s);
    case UNIT_NOT_FINITE:
      return diag_add(ctx->diags, SG_ERROR, SG_ERR_RANGE, place_of_part(node, s), "no quantity of this world is that large",
                      "'%s': %.*s is too large to be a number", field_label(node, field), (int)s.n, s.at);
    case UNIT_UNKNOWN: return unknown_unit(ctx, field, node, bad);
    case UNIT_OK: break;
  }
  const unit *from = q.has_unit || !borrowed ? &q.of : borrowed;
  unit none;
  unit_parse(text_of(""), &none, &bad);
  if (!q.has_unit && !borrowed && q.number == 0) from = &want;  // nothing is nothing in any unit
  else if (!q.has_unit && !borrowed && !unit_same_dimension(&want, &none)) return no_unit(ctx, field, node, s, &want);
  if (!unit_convert(q.number, from, &want, out)) return wrong_dimension(ctx, field, node, from, &want, &q, s);
  return SG_OK;
}

#define DATE_HINT "dates are written 2025, 2025-06 or 2025-06-30"

static sg_err read_date(const value_context *ctx, const field_row *field, const spec_node *node, text_slice s,
                        double *out) {
  int32_t first, last;
  if (node->kind != SPEC_SCALAR) return not_single(ctx, field, node);
  if (!calendar_parse(s, &first, &last))
    return diag_add(ctx->diags, SG_ERROR, SG_ERR_TYPE, place_of_part(node, s), DATE_HINT,
                    "'%s': '%.*s' is not a date", field_label(node, field), (int)s.n, s.n ? s.at : "");
  *out = field->low > 0 ? last : first;
  return SG_OK;
}

static sg_err read_scalar(const value_context *ctx, const field_row *field, const spec_node *node, text_slice s,
                          const unit *borrowed, double *out) {
  return field->type == FIELD_DATE ? read_date(ctx, field, node, s, out)
                                   : read_number(ctx, field, node, s, borrowed, out);
}

static sg_err check_range(const value_context *ctx, const field_row *field, const spec_node *node, double v) {
  if (field->type == FIELD_DATE || (v >= field->low && v <= field->high)) return SG_OK;
  char hint[120], least[40], most[40];
  text_quantity(field->low, field->unit, least, sizeof least);
  text_quantity(field->high, field->unit, most, sizeof most);
  if (isinf(field->high)) snprintf(hint, sizeof hint, "allowed: %s or more", least);
  else snprintf(hint, sizeof hint, "allowed: %s to %s", least, most);
  return diag_add(ctx->diags, SG_ERROR, SG_ERR_RANGE, node->place, hint, "'%s' is out of range: %.*s",
                  field_label(node, field), (int)node->text.n, node->text.at);
}

// ---- Ranges ------------------------------------------------------------------------------------------------

static bool split_range(text_slice s, text_slice *low, text_slice *high) {
  for (size_t i = 1; i + 4 <= s.n; i++)
    if (!memcmp(s.at + i, " to ", 4)) {
      *low = text_trim((text_slice){s.at, i});
      *high = text_trim((text_slice){s.at + i + 4, s.n - i - 4});
      return true;
    }
  return false;
}

dist_scale value_scale(const field_row *field) {
  if (field->type == FIELD_DATE) return DIST_SCALE_DATE;
  // A share lies between its ends. A rate per year has none: its upper limit is a guard, and draws are cut there.
  if (field->unit && !strcmp(field->unit, "frac") && field->low >= 0 && field->high <= 1) return DIST_SCALE_BOUNDED;
  return field->low >= 0 ? DIST_SCALE_POSITIVE : DIST_SCALE_REAL;
}

static sg_err read_range(const value_context *ctx, const field_row *field, const spec_node *node, text_slice low,
                         text_slice high, dist *out) {
  double a, b;
  unit_quantity q;
  text_slice bad;
  const unit *borrowed = NULL;
  if (field->type == FIELD_NUMBER && unit_read(high, &q, &bad) == UNIT_OK && q.has_unit) borrowed = &q.of;
  sg_err err = read_scalar(ctx, field, node, high, NULL, &b);
  if (!err) err = read_scalar(ctx, field, node, low, borrowed, &a);
  if (!err) err = check_range(ctx, field, node, a);
  if (!err) err = check_range(ctx, field, node, b);
  if (err) return err;
  if (!dist_from_range(a, b, value_scale(field), field->low, field->high, out))
    return diag_add(ctx->diags, SG_ERROR, SG_ERR_RANGE, node->place,
                    a >= b ? "write the smaller end first: it is the 5th percentile, the larger one the 95th"
                           : "both ends of such a range are above zero; {distribution: uniform, low: ..., high: ...} may begin at zero",
                    "'%s': %.*s is no range", field_label(node, field), (int)node->text.n, node->text.at);
  return SG_OK;
}

// ---- Named distributions -----------------------------------------------------------------------------------

// word, kind, up to four parameters; a parameter with '#' is a plain number, others bear the field's unit.
// `needs`: what make_dist asks of them.
static const struct { const char *word; dist_kind kind; const char *parameter[4], *needs; } named_dist[] = {
  { "normal", DIST_NORMAL, { "mean", "sd" }, "sd is above zero" },
  { "lognormal", DIST_LOGNORMAL, { "median", "p95" }, "the median is above zero, and p95 above the median" },
  { "uniform", DIST_UNIFORM, { "low", "high" }, "high is above low" },
  { "triangular", DIST_TRIANGULAR, { "low", "mode", "high" }, "mode lies between low and high, and high is above low" },
  { "weibull", DIST_WEIBULL, { "scale", "#shape" }, "scale and shape are above zero" },
  { "exponential", DIST_EXPONENTIAL, { "mean" }, "the mean is above zero" },
  { "beta", DIST_BETA, { "#alpha", "#beta", "low", "high" }, "alpha and beta are above zero, and high is above low" },
  { "pareto", DIST_PARETO, { "scale", "#tail" }, "scale and tail are above zero" },
  { "event", DIST_EVENT, { "#odds" }, "odds lie between 0 and 1" },
};

static const char *example_of(const char *word) {
  for (size_t i = 0; i < value_form_count; i++)
    if (!strcmp(value_forms[i].word, word)) return value_forms[i].example;
  return "see `stargate explain distributions`";
}

static const spec_node *map_get(const spec_node *map, const char *key) { return spec_get(map, key); }

static sg_err read_parameters(const value_context *ctx, const field_row *field, const spec_node *node,
                              const char *word, const char *const parameter[4], double p[4]) {
  sg_err first = SG_OK;
  char hint[160];
  snprintf(hint, sizeof hint, "for example %s", example_of(word));
  for (int i = 0; i < 4 && parameter[i]; i++) {
    bool plain = parameter[i][0] == '#';
    const char *key = parameter[i] + plain;
    const spec_node *at = map_get(node, key);
    sg_err err;
    if (!at || at->kind != SPEC_SCALAR) {
      err = diag_add(ctx->diags, SG_ERROR, SG_ERR_KEY, node->place, hint, "'%s': the distribution '%s' needs '%s'",
                     field_label(node, field), word, key);
    } else if (plain) {
      static const field_row number = { "parameter", FIELD_NUMBER, "", 0, NULL, -HUGE_VAL, HUGE_VAL, NULL, NULL, NULL };
      err = read_number(ctx, &number, at, at->text, NULL, &p[i]);
    } else {
      err = read_scalar(ctx, field, at, at->text, NULL, &p[i]);
    }
    if (!first) first = err;
  }
  return first;
}

static bool make_dist(dist_kind kind, const double p[4], dist *out) {
  *out = (dist){ .kind = kind, .a = p[0], .b = p[1], .c = p[2], .d = p[3] };
  switch (kind) {
    case DIST_NORMAL: return p[1] > 0;
    case DIST_LOGNORMAL:
      if (!(p[0] > 0 && p[1] > p[0])) return false;
      *out = (dist){ .kind = kind, .a = log(p[0]), .b = log(p[1] / p[0]) / normal_quantile(0.95) };
      return true;
    case DIST_UNIFORM: return p[1] > p[0];
    case DIST_TRIANGULAR: return p[0] <= p[1] && p[1] <= p[2] && p[0] < p[2];
    case DIST_WEIBULL: case DIST_PARETO: return p[0] > 0 && p[1] > 0;
    case DIST_EXPONENTIAL: return p[0] > 0;
    case DIST_BETA: return p[0] > 0 && p[1] > 0 && p[3] > p[2];
    case DIST_EVENT: return p[0] >= 0 && p[0] <= 1;
    default: return false;
  }
}

static int compare_double(const void *a, const void *b) {
  double x = *(const double *)a, y = *(const double *)b;
  return (x > y) - (x < y);
}

static bool pool_room(value_pool *pool, arena *a, size_t values, size_t components) {
  if (pool->n_value + values > pool->value_capacity) {
    size_t n = 2 * (pool->n_value + values);
    double *at = ARENA_NEW(a, double, n);
    if (!at) return false;
    if (pool->n_value) memcpy(at, pool->value, pool->n_value * sizeof *at);
    pool->value = at;
    pool->value_capacity = n;
  }
  if (pool->n_component + components > pool->component_capacity) {
    size_t n = 2 * (pool->n_component + components);
    dist *at = ARENA_NEW(a, dist, n);
    double *w = ARENA_NEW(a, double, n);
    if (!at || !w) return false;
    if (pool->n_component) memcpy(at, pool->component, pool->n_component * sizeof *at);
    if (pool->n_component) memcpy(w, pool->weight, pool->n_component * sizeof *w);
    pool->component = at;
    pool->weight = w;
    pool->component_capacity = n;
  }
  return true;
}

// {values: [..]}: an empirical table with equal weights.
static sg_err read_table(const value_context *ctx, const field_row *field, const spec_node *list, dist *out) {
  if (list->kind != SPEC_LIST || !list->n)
    return complain(ctx, list, SG_ERR_TYPE, "write values: [18 months, 24 months, ...]", "'values' is a list");
  if (!pool_room(ctx->pool, ctx->a, list->n, 0)) return SG_ERR_MEMORY;
  size_t first = ctx->pool->n_value, n = 0;
  for (const spec_node *at = list->first; at; at = at->next) {
    double v = 0;
    sg_err err = read_scalar(ctx, field, at, at->text, NULL, &v);
    if (!err) err = check_range(ctx, field, at, v);
    if (err) return err;
    ctx->pool->value[first + n++] = v;
  }
  ctx->pool->n_value += n;
  qsort(ctx->pool->value + first, n, sizeof(double), compare_double);
  *out = (dist){ .kind = DIST_TABLE, .first = (int32_t)first, .n = (int32_t)n };
  return SG_OK;
}

static sg_err read_text(const value_context *ctx, const field_row *field, const spec_node *node, value_read *out);

// {mixture: [{weight: 70 %, value: ...}, ...]}
static sg_err read_mixture(const value_context *ctx, const field_row *field, const spec_node *list, dist *out) {
  if (list->kind != SPEC_LIST || !list->n)
    return complain(ctx, list, SG_ERR_TYPE, "write mixture: [{weight: 70 %, value: ...}, ...]", "'mixture' is a list");
  if (!pool_room(ctx->pool, ctx->a, 0, list->n)) return SG_ERR_MEMORY;
  static const field_row weight_field = { "weight", FIELD_NUMBER, "frac", 0, NULL, 0, 1, NULL, NULL, NULL };
  size_t first = ctx->pool->n_component, n = 0;
  double sum = 0;
  for (const spec_node *at = list->first; at; at = at->next, n++) {
    const spec_node *w = spec_get(at, "weight"), *v = spec_get(at, "value");
    if (!w || !v) return complain(ctx, at, SG_ERR_KEY, "write {weight: 70 %, value: ...}", "each part of a mixture has a weight and a value");
    value_read part = {0};
    double weight = 0;
    sg_err err = read_number(ctx, &weight_field, w, w->text, NULL, &weight);
    if (!err) err = check_range(ctx, &weight_field, w, weight);
    if (!err) err = read_text(ctx, field, v, &part);
    if (!err && part.of.kind == DIST_MIXTURE)
      err = complain(ctx, v, SG_ERR_TYPE, "write out its parts, with their weights multiplied", "a part of a mixture is no mixture itself");
    if (err) return err;
    ctx->pool->component[first + n] = part.of;
    ctx->pool->weight[first + n] = weight;
    sum += weight;
  }
  if (fabs(sum - 1) > 1e-6)
    return diag_add(ctx->diags, SG_ERROR, SG_ERR_RANGE, list->place, "the weights of a mixture add up to 100 %",
                    "the weights add up to %.6g %%", 100 * sum);
  for (size_t i = 0; i < n; i++) ctx->pool->weight[first + i] /= sum;
  ctx->pool->n_component += n;
  *out = (dist){ .kind = DIST_MIXTURE, .first = (int32_t)first, .n = (int32_t)n };
  return SG_OK;
}

// What is cut off at the field's ends may be a tail, not the bulk: the 5th and 95th percentiles have to be allowed.
static sg_err check_bulk(const value_context *ctx, const field_row *field, const spec_node *node, const dist *d) {
  if (field->type == FIELD_DATE) return SG_OK;
  double low = dist_quantile(d, NULL, 0.05), high = dist_quantile(d, NULL, 0.95);
  if (low >= field->low && high <= field->high) return SG_OK;
  char least[40], most[40];
  text_quantity(low, field->unit, least, sizeof least);
  text_quantity(high, field->unit, most, sizeof most);
  return diag_add(ctx->diags, SG_ERROR, SG_ERR_RANGE, node->place, "choose one whose 5th and 95th percentiles the field allows",
                  "'%s' is out of range: this distribution goes from %s to %s", field_label(node, field), least, most);
}

static sg_err read_named(const value_context *ctx, const field_row *field, const spec_node *node, dist *out) {
  const spec_node *word = spec_get(node, "distribution");
  const char *words[sizeof named_dist / sizeof named_dist[0]];
  if (word->kind != SPEC_SCALAR) return complain(ctx, word, SG_ERR_TYPE, "write distribution: lognormal", "'distribution' is one word");
  for (size_t i = 0; i < sizeof named_dist / sizeof named_dist[0]; i++) {
    words[i] = named_dist[i].word;
    if (!text_equal(word->text, words[i])) continue;
    double p[4] = {0};
    if (named_dist[i].kind == DIST_BETA) p[3] = 1;
    sg_err err = read_parameters(ctx, field, node, words[i], named_dist[i].parameter, p);
    if (err) return err;
    if (make_dist(named_dist[i].kind, p, out)) return check_bulk(ctx, field, node, out);
    return diag_add(ctx->diags, SG_ERROR, SG_ERR_RANGE, node->place, named_dist[i].needs,
                    "'%s': no %s distribution has these parameters", field_label(node, field), words[i]);
  }
  const char *near = text_nearest(word->text, words, sizeof words / sizeof words[0]);
  char hint[160];
  snprintf(hint, sizeof hint, near ? "did you mean %s?" : "known: normal, lognormal, uniform, triangular, weibull, "
           "exponential, beta, pareto, event", near);
  return diag_add(ctx->diags, SG_ERROR, SG_ERR_NAME, word->place, hint, "'%s' is not a distribution", word->text.at);
}

// ---- Names: base rates and inputs --------------------------------------------------------------------------

static double date_end(const char *s) {
  int32_t first, last;
  return s && calendar_parse(text_of(s), &first, &last) ? last : -1e9;
}

static sg_err check_known(const value_context *ctx, const spec_node *use, const spec_node *row, const char *what) {
  const spec_node *as_of = spec_get(row, "as_of"), *tells = spec_get(row, "tells_of");
  if (as_of && date_end(as_of->text.at) > ctx->as_of_day)
    return diag_add(ctx->diags, SG_ERROR, SG_ERR_AS_OF, use->place, "use a figure that was known then, or state your own",
                    "%s was not known at the programme's as_of date (it is of %s)", what, as_of->text.at);
  for (const spec_node *tag = tells && tells->kind == SPEC_LIST ? tells->first : tells; tag; tag = tag->next) {
    for (size_t i = 0; i < ctx->n_tag; i++)
      if (tag->kind == SPEC_SCALAR && text_equal(tag->text, ctx->tags[i]))
        return diag_add(ctx->diags, SG_ERROR, SG_ERR_AS_OF, use->place, "a forecast may not use its own outcome",
                        "%s tells of the programme itself (%s)", what, ctx->tags[i]);
    if (tells->kind != SPEC_LIST) break;
  }
  return SG_OK;
}

// A bare word: a base rate (a distribution by name) or an input (one draw by name).
static sg_err read_name(const value_context *ctx, const field_row *field, const spec_node *node, value_read *out,
                        bool *found) {
  const char *name = node->text.at;
  const spec_node *input = spec_get(ctx->inputs, name);
  const spec_node *row = input ? input : spec_get(ctx->base_rates, name);
  if (!row) row = spec_get(ctx->catalogue_rates, name);
  *found = row != NULL;
  if (!row) return SG_OK;
  char what[160];
  snprintf(what, sizeof what, "%s '%s'", input ? "input" : "base rate", name);
  sg_err err = check_known(ctx, node, row, what);
  if (err) return err;
  value_context inner = *ctx;  // no names inside names: a base rate is written out
  inner.base_rates = inner.catalogue_rates = inner.inputs = NULL;
  const spec_node *source = spec_get(row, "source"), *as_of = spec_get(row, "as_of");
  err = value_parse(&inner, field, row, out);
  if (err)
    diag_add(ctx->diags, SG_NOTE, err, node->place, NULL, "%s is used here, as '%s'", what, field_label(node, field));
  out->place = node->place;
  if (source) out->source = source->text.at;
  if (as_of) out->as_of = as_of->text.at;
  if (input) out->input = name;
  return err;
}

static bool is_bare_word(text_slice s) {
  if (!s.n) return false;
  bool letter = false;
  for (size_t i = 0; i < s.n; i++) {
    char c = s.at[i];
    bool alpha = (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
    if (!alpha && !(c >= '0' && c <= '9') && c != '-' && c != '_') return false;
    if (i == 0 && !alpha) return false;
    letter |= alpha;
  }
  return letter;
}

// ---- The whole value ----------------------------------------------------------------------------------------

static sg_err unknown_name(const value_context *ctx, const field_row *field, const spec_node *node) {
  const char *names[1024];
  size_t n = 0;
  const spec_node *maps[3] = { ctx->inputs, ctx->base_rates, ctx->catalogue_rates };
  for (int i = 0; i < 3; i++)
    for (const spec_node *at = maps[i] ? maps[i]->first : NULL; at && n < 1024; at = at->next) names[n++] = at->key.at;
  const char *near = text_nearest(node->text, names, n);
  if (!near && field->type == FIELD_DATE)
    return diag_add(ctx->diags, SG_ERROR, SG_ERR_TYPE, node->place, DATE_HINT, "'%s': '%s' is not a date",
                    field_label(node, field), node->text.at);
  char hint[160];
  snprintf(hint, sizeof hint, near ? "did you mean the base rate or input '%s'?"
                                   : "'%s' takes a quantity, a range `a to b`, a base rate or an input",
           near ? near : field->name);
  return diag_add(ctx->diags, SG_ERROR, SG_ERR_NAME, node->place, hint,
                  "'%s': '%s' is neither a number nor a known name", field_label(node, field), node->text.at);
}

static sg_err read_text(const value_context *ctx, const field_row *field, const spec_node *node, value_read *out) {
  if (node->kind == SPEC_MAP) {
    const spec_node *table = spec_get(node, "values"), *mixture = spec_get(node, "mixture");
    if (spec_get(node, "distribution")) return read_named(ctx, field, node, &out->of);
    if (table) return read_table(ctx, field, table, &out->of);
    if (mixture) return read_mixture(ctx, field, mixture, &out->of);
    return diag_add(ctx->diags, SG_ERROR, SG_ERR_KEY, node->place, "write {value: ..., source: ...}; or values, mixture, distribution",
                    "'%s' has no value", field_label(node, field));
  }
  if (node->kind != SPEC_SCALAR) return not_single(ctx, field, node);
  text_slice s = text_trim(node->text), low, high;
  if (split_range(s, &low, &high)) return read_range(ctx, field, node, low, high, &out->of);
  if (is_bare_word(s)) {
    bool found = false;
    sg_err err = read_name(ctx, field, node, out, &found);
    if (found) return err;
    if (ctx->inputs || ctx->base_rates || ctx->catalogue_rates) return unknown_name(ctx, field, node);
  }
  double v = 0;
  sg_err err = read_scalar(ctx, field, node, s, NULL, &v);
  if (!err) err = check_range(ctx, field, node, v);
  out->of = (dist){ .kind = DIST_CONSTANT, .a = v };
  return err;
}

static const char *const value_keys[] = { "value", "source", "as_of", "share", "plan", "loads", "distribution", "values",
  "mixture", "mean", "sd", "median", "p95", "low", "high", "mode", "scale", "shape", "alpha", "beta", "tail", "odds",
  "tells_of", "note", "population" };

static sg_err check_keys(const value_context *ctx, const spec_node *map, const char *const *key, size_t n) {
  sg_err first = SG_OK;
  for (const spec_node *at = map->first; at; at = at->next) {
    bool known = false;
    for (size_t i = 0; i < n && !known; i++) known = text_equal(at->key, key[i]);
    if (known) continue;
    const char *near = text_nearest(at->key, key, n);
    char hint[120] = "known: ";
    if (near) snprintf(hint, sizeof hint, "did you mean '%s'?", near);
    for (size_t i = 0; !near && i < n && i < 8; i++) {
      size_t length = strlen(hint);
      snprintf(hint + length, sizeof hint - length, "%s%s", i ? ", " : "", i == 7 && n > 8 ? "..." : key[i]);
    }
    sg_err err = diag_add(ctx->diags, SG_ERROR, SG_ERR_KEY, at->key_place, hint, "unknown key '%s'", at->key.at);
    if (!first) first = err;
  }
  return first;
}

static const field_row share_field = { "share", FIELD_NUMBER, "frac", 0, NULL, 0, 1, NULL, NULL, NULL };
static const field_row load_field = { "loads", FIELD_NUMBER, "frac", 0, NULL, -1, 1, NULL, NULL, NULL };

static sg_err read_shares(const value_context *ctx, const spec_node *map, value_read *out) {
  static const char *const level[3] = { "programme", "campus", "building" };
  if (map->kind != SPEC_MAP)
    return complain(ctx, map, SG_ERR_TYPE, "write share: {programme: 30 %, campus: 30 %, building: 40 %}", "'share' is a map");
  sg_err err = check_keys(ctx, map, level, 3);
  double sum = 0;
  for (int i = 0; i < 3 && !err; i++) {
    const spec_node *at = spec_get(map, level[i]);
    out->share[i] = 0;
    if (at) err = read_number(ctx, &share_field, at, at->text, NULL, &out->share[i]);
    if (at && !err) err = check_range(ctx, &share_field, at, out->share[i]);
    sum += out->share[i];
  }
  if (!err && fabs(sum - 1) > 1e-6)
    err = diag_add(ctx->diags, SG_ERROR, SG_ERR_RANGE, map->place, "programme, campus and building add up to 100 %",
                   "the shares of the variance add up to %.6g %%", 100 * sum);
  return err;
}

static sg_err read_loads(const value_context *ctx, const spec_node *map, value_read *out) {
  if (map->kind != SPEC_MAP)
    return complain(ctx, map, SG_ERR_TYPE, "write loads: {demand: 50 %}", "'loads' is a map of factors");
  sg_err err = check_keys(ctx, map, ctx->factor, (size_t)ctx->n_factor);
  double square = 0;
  for (int i = 0; i < ctx->n_factor && !err; i++) {
    const spec_node *at = spec_get(map, ctx->factor[i]);
    if (!at) continue;
    err = read_number(ctx, &load_field, at, at->text, NULL, &out->loading[i]);
    if (!err) err = check_range(ctx, &load_field, at, out->loading[i]);
    square += out->loading[i] * out->loading[i];
  }
  if (!err && square > 1)
    err = diag_add(ctx->diags, SG_ERROR, SG_ERR_RANGE, map->place, "make them smaller: squared, they add up to at most 1",
                   "the squares of the loads add up to %.3g", square);
  return err;
}

sg_err value_parse(const value_context *ctx, const field_row *field, const spec_node *node, value_read *out) {
  *out = (value_read){ .share = { 1, 0, 0 }, .place = node->place, .text = node->kind == SPEC_SCALAR ? node->text.at : "" };
  sg_err err = SG_OK;
  const spec_node *inner = node;
  if (node->kind == SPEC_MAP) {
    err = check_keys(ctx, node, value_keys, sizeof value_keys / sizeof value_keys[0]);
    if (err) return err;
    const spec_node *value = spec_get(node, "value");
    if (value) inner = value;
    const spec_node *word = spec_get(node, "distribution");
    out->text = value && value->kind == SPEC_SCALAR ? value->text.at : word ? word->text.at : "(table)";
  }
  out->plan = (double)NAN;  // the median, once the pool stands, unless something says otherwise
  err = read_text(ctx, field, inner, out);
  if (!err && out->of.kind == DIST_CONSTANT) out->plan = out->of.a;
  // The last day of a period is what others are held against: as_of, the date of a promise or a fact.
  if (!err && out->of.kind != DIST_CONSTANT && field->type == FIELD_DATE && field->low > 0)
    err = diag_add(ctx->diags, SG_ERROR, SG_ERR_TYPE, inner->place, DATE_HINT, "'%s' is one date and cannot be uncertain", field_label(node, field));
  if (err || node->kind != SPEC_MAP) return err;
  const spec_node *source = spec_get(node, "source"), *as_of = spec_get(node, "as_of"), *share = spec_get(node, "share");
  const spec_node *loads = spec_get(node, "loads"), *plan = spec_get(node, "plan");
  if (source) out->source = source->text.at;
  if (as_of) out->as_of = as_of->text.at;
  int32_t first, last;
  if (as_of && (as_of->kind != SPEC_SCALAR || !calendar_parse(text_trim(as_of->text), &first, &last)))
    return complain(ctx, as_of, SG_ERR_TYPE, DATE_HINT, "'as_of' is a date");
  if (share) err = read_shares(ctx, share, out);
  if (!err && loads) err = read_loads(ctx, loads, out);
  if (!err && plan) err = read_scalar(ctx, field, plan, plan->text, NULL, &out->plan);
  if (!err && plan) err = check_range(ctx, field, plan, out->plan);
  return err;
}
