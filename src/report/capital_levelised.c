// Levelised costs of a scenario: what a GPU-hour, a MWh of IT load and a million tokens cost those who own, equip and run
// a campus.
#include <math.h>
#include <string.h>

#include "../capital/returns.h"
#include "capital_lender.h"

enum { COST_CAPITAL, COST_ENERGY, COST_OPERATION, COST_TAX, COSTS };

// One campus by month.
typedef struct costs {
  double usd[COSTS][TWIN_MAX_MONTHS], all[TWIN_MAX_MONTHS];
  double gpu_h[TWIN_MAX_MONTHS], mwh_it[TWIN_MAX_MONTHS];
  double left_usd;  // book value at the horizon
} costs;

static double usd(int64_t cents) { return (double)cents / 100; }

static bool is_of(const report_capital *c, int32_t campus, int32_t party) {
  int32_t at = 2 * campus + c->s->variant[campus];
  return c->m->owner[at] == party || c->m->buyer[at] == party || c->m->operator_[at] == party;
}

static const int64_t *leg_cents(const report_capital *c, int32_t leg) {
  return c->s->ledger.amount_cents + (size_t)leg * (size_t)c->m->n_month;
}

// What a line of the campus bills, unless it is paid among those whose campus it is.
static void add_line(const report_capital *c, int32_t campus, int32_t line, double *to) {
  if (line < 0 || is_of(c, campus, c->m->line[line].payee)) return;
  const int64_t *cents = leg_cents(c, c->m->line[line].bill_leg);
  for (int32_t t = 0; t < c->m->n_month; t++) to[t] += usd(cents[t]);
}

// What a party pays for a campus beside tax, over all months.
static double paid_for(const report_capital *c, int32_t campus, int32_t party) {
  const twin_campus_lines *k = &c->m->campus_lines[2 * campus + c->s->variant[campus]];
  const int32_t            line[] = {k->construction, k->generation, k->racks, k->energy, k->fuel, k->opex};
  double                   sum = 0;
  for (size_t i = 0; i < sizeof line / sizeof *line; i++) {
    if (line[i] < 0 || c->m->line[line[i]].payer != party) continue;
    const int64_t *cents = leg_cents(c, c->m->line[line[i]].bill_leg);
    for (int32_t t = 0; t < c->m->n_month; t++) sum += usd(cents[t]);
  }
  return sum;
}

double report_tax_part(const report_capital *c, int32_t campus, int32_t party) {
  double here = 0, all = 0;
  for (int32_t k = 0; k < c->m->n[CLASS_CAMPUS]; k++) {
    double paid = paid_for(c, k, party);
    all += paid;
    if (k == campus) here = paid;
  }
  return all > 0 ? here / all : 0;
}

static void add_tax(const report_capital *c, int32_t campus, double *to) {
  for (int32_t p = 0; p < c->m->n[CLASS_PARTY]; p++) {
    if (c->m->tax_line[p] < 0 || !is_of(c, campus, p)) continue;
    double         part = report_tax_part(c, campus, p);
    const int64_t *cents = leg_cents(c, c->m->line[c->m->tax_line[p]].bill_leg);
    for (int32_t t = 0; t < c->m->n_month; t++) to[t] += usd(cents[t]) * part;
  }
}

static double written_off(const report_capital *c, int32_t leg) {
  double sum = 0;
  for (int32_t t = 0; leg >= 0 && t < c->m->n_month; t++) sum += usd(leg_cents(c, leg)[t]);
  return sum;
}

static void costs_of(const report_capital *c, int32_t campus, costs *out) {
  const twin_campus_lines *k = &c->m->campus_lines[2 * campus + c->s->variant[campus]];
  memset(out, 0, sizeof *out);
  add_line(c, campus, k->construction, out->usd[COST_CAPITAL]);
  add_line(c, campus, k->generation, out->usd[COST_CAPITAL]);
  add_line(c, campus, k->racks, out->usd[COST_CAPITAL]);
  add_line(c, campus, k->energy, out->usd[COST_ENERGY]);
  add_line(c, campus, k->fuel, out->usd[COST_ENERGY]);
  add_line(c, campus, k->opex, out->usd[COST_OPERATION]);
  add_tax(c, campus, out->usd[COST_TAX]);
  out->left_usd = -written_off(c, k->depreciation_owner) - written_off(c, k->depreciation_buyer);
  for (int32_t t = 0; t < c->m->n_month; t++) {
    double                  *record = c->s->record + (size_t)t * c->m->record;
    const twin_campus_month *at =
        (const twin_campus_month *)(const void *)twin_record_at(record, c->m, SCOPE_CAMPUS, campus);
    out->gpu_h[t] = at->gpu_hours;
    out->mwh_it[t] = at->pue_frac > 0 ? at->energy_mwh / at->pue_frac : 0;
    out->left_usd += out->usd[COST_CAPITAL][t];
    for (int i = 0; i < COSTS; i++) out->all[t] += out->usd[i][t];
  }
  out->left_usd = fmax(0, out->left_usd);
}

static double ratio(double cost, double output) { return output > 0 ? cost / output : (double)NAN; }

// part: present values of the costs.
static void finish(report_levelised *out, const double part[COSTS], double serving_gpu_h) {
  out->usd_per_gpu_h = ratio(out->cost_usd, out->gpu_h);
  out->usd_per_mwh_it = ratio(out->cost_usd, out->mwh_it);
  out->usd_per_mtok = out->usd_per_gpu_h * ratio(serving_gpu_h, out->mtok);
  out->net_usd_per_gpu_h = ratio(out->cost_usd - out->left_usd, out->gpu_h);
  double *const frac[COSTS] = {&out->capital_frac, &out->energy_frac, &out->operation_frac, &out->tax_frac};
  for (int i = 0; i < COSTS; i++) *frac[i] = ratio(part[i], out->cost_usd);
}

// Hours that serve and tokens served, of the programme: what a million tokens take is the same everywhere.
static void services(const report_capital *c, double month_rate, double *serving_gpu_h, double *mtok) {
  double hours[TWIN_MAX_MONTHS], tokens[TWIN_MAX_MONTHS];
  size_t n = (size_t)c->m->n_month;
  for (size_t t = 0; t < n; t++) {
    const double               *record = c->s->record + t * c->m->record;
    const twin_programme_month *at = (const twin_programme_month *)(const void *)record;
    hours[t] = at->service_gpu_hours;
    tokens[t] = at->tokens_served / 1e6;
  }
  double begin = pow(1 + month_rate, -c->m->report0);
  *serving_gpu_h = capital_npv(hours, n, month_rate) / begin;
  *mtok = capital_npv(tokens, n, month_rate) / begin;
}

bool report_levelised_of(const report_capital *c, report_levelised *out) {
  int32_t           campuses = c->m->n[CLASS_CAMPUS];
  size_t            n = (size_t)c->m->n_month;
  costs            *x = ARENA_NEW(c->a, costs, 1);
  report_levelised *all = &out[campuses];
  double            part[COSTS], sum[COSTS] = {0}, serving;
  *all = (report_levelised){.campus = -1};
  for (int32_t k = 0; k < campuses && x; k++) {
    double rate = c->s->v.party[c->m->owner[2 * k + c->s->variant[k]]].rate_frac_per_yr;
    double month = expm1(log1p(rate) / 12), begin = pow(1 + month, -c->m->report0);
    costs_of(c, k, x);
    out[k] = (report_levelised){.campus = k, .rate_frac_per_yr = rate};
    services(c, month, &serving, &out[k].mtok);
    for (int i = 0; i < COSTS; i++) sum[i] += part[i] = capital_npv(x->usd[i], n, month) / begin;
    out[k].cost_usd = capital_npv(x->all, n, month) / begin;
    out[k].gpu_h = capital_npv(x->gpu_h, n, month) / begin;
    out[k].mwh_it = capital_npv(x->mwh_it, n, month) / begin;
    out[k].left_usd = x->left_usd * pow(1 + month, 1 - (double)n) / begin;
    finish(&out[k], part, serving);
    all->cost_usd += out[k].cost_usd;
    all->gpu_h += out[k].gpu_h;
    all->mwh_it += out[k].mwh_it;
    all->left_usd += out[k].left_usd;
    if (!k) all->rate_frac_per_yr = rate;
    else if (all->rate_frac_per_yr != rate) all->rate_frac_per_yr = (double)NAN;
  }
  if (!x) return false;
  double owner = campuses ? c->s->v.party[c->m->owner[0]].rate_frac_per_yr : 0;
  services(c, expm1(log1p(owner) / 12), &serving, &all->mtok);
  finish(all, sum, serving);
  return true;
}
