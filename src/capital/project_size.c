// Close: how much each facility lends and how it is repaid, from the lender's case.
//
// Sizes, uses, shares and tax hang together: debt makes fees, interest and reserves, which are uses, which leverage and the
// shares of funding refer to; interest lowers tax, which cover refers to. Construction as budgeted is therefore gone
// through again and again, each time with what the last one showed, until nothing changes. Every round brings the answer
// nearer by the weight of financing cost in all cost, a factor of ten or more.
#include <math.h>
#include <string.h>

#include "../base/number.h"
#include "project_parts.h"

enum { ROUNDS = 100 };
static const double SETTLED_FRAC = 1e-10, JUMP_FRAC = 1e-5;

static int by_cover(const capital_facility *k) { return k->dscr != NULL || !isnan(k->llcr); }

static const double *lender_rate(const capital_facility *k) {
  return k->lender_rate_frac_per_yr ? k->lender_rate_frac_per_yr : k->rate_frac_per_yr;
}

// ---- One facility ---------------------------------------------------------------------------------------------

static int32_t within(const capital_run *x, const capital_tranche *f) {
  int32_t left = x->p->n - 1 - f->k->conversion;
  return f->profile_n < left ? f->profile_n : left;
}

// Profile of repayment. Sculpted debt follows the cash of the horizon; any other may end beyond it, where rates and lengths
// stay as they are in the last period.
static sg_err make_profile(capital_run *x, capital_tranche *f, const double *cash_usd) {
  const capital_facility *k = f->k;
  int32_t                 n = x->p->n, first = k->conversion + 1, own = k->terms.draw_tenor > 0;
  capital_repay_plan      plan = {.repays = own ? k->terms.draw_repays : k->repays,
                                  .n = own ? k->terms.draw_tenor : k->tenor,
                                  .grace = own ? 0 : k->grace,
                                  .balloon_frac = own ? 0.0 : k->balloon_frac};
  if (plan.repays == CAPITAL_REPAYS_SCULPTED && plan.n > n - first) plan.n = n - first;
  f->profile_n = plan.n;
  if (plan.n <= plan.grace) plan.grace = plan.n - 1;
  if (plan.n < 1) return SG_OK;
  plan.year = x->p->year + first;
  plan.rate_frac_per_yr = lender_rate(k) + first;
  if (first + plan.n > n) {
    for (int32_t s = 0; s < plan.n; s++) {
      int32_t t = first + s < n ? first + s : n - 1;
      x->long_year[s] = x->p->year[t];
      x->long_rate[s] = lender_rate(k)[t];
    }
    plan.year = x->long_year;
    plan.rate_frac_per_yr = x->long_rate;
  }
  plan.cfads_usd = cash_usd + first;
  plan.dscr = k->dscr ? k->dscr + first : x->ones;
  sg_err err = capital_repay_profile(&plan, f->profile_frac, NULL);
  if (err &&
      plan.repays == CAPITAL_REPAYS_SCULPTED) {  // no cash in any period: nothing to sculpt, all is due at the end
    plan.repays = CAPITAL_REPAYS_BULLET;
    err = capital_repay_profile(&plan, f->profile_frac, NULL);
  }
  f->has_balloon = plan.repays == CAPITAL_REPAYS_BULLET || plan.balloon_frac > 0.0;
  memcpy(f->served_frac, f->profile_frac, (size_t)plan.n * sizeof(double));
  f->served_frac[plan.n - 1] -= plan.repays == CAPITAL_REPAYS_BULLET ? 1.0 : plan.balloon_frac;
  return err;
}

// What cover allows, on this cash.
static sg_err limit_by_cover(capital_run *x, const capital_tranche *f, const double *cash_usd, capital_size *size) {
  const capital_facility *k = f->k;
  int32_t                 first = k->conversion + 1, m = within(x, f);
  int                     plain = k->repays == CAPITAL_REPAYS_SCULPTED && k->balloon_frac == 0.0 && k->grace == 0;
  capital_size_case       c = {.n = m,
                               .year = x->p->year + first,
                               .rate_frac_per_yr = lender_rate(k) + first,
                               .cfads_usd = by_cover(k) && m > 0 ? cash_usd + first : NULL,
                               .dscr = k->dscr ? k->dscr + first : NULL,
                               .llcr = k->llcr,
                               .profile_frac = plain ? NULL : f->served_frac,
                               .leverage_frac = (double)NAN,
                               .commitment_usd = isnan(k->commitment_usd) ? HUGE_VAL : k->commitment_usd};
  sg_err                  err = capital_debt_size(&c, size);
  if (by_cover(k) && m < 1) size->limit_usd[CAPITAL_SIZE_DSCR] = 0.0;  // no payment within the horizon
  return size->binds < 0 ? SG_OK : err;                                // only uses limit it
}

// The least of all tests, with the uses as they are known now.
static void size_facility(capital_tranche *f, double uses_usd, capital_size *size, double *dscr_used) {
  double *limit = size->limit_usd;
  limit[CAPITAL_SIZE_LEVERAGE] = isnan(f->k->leverage_frac) ? HUGE_VAL : f->k->leverage_frac * uses_usd;
  size->binds = 0;
  for (int32_t i = 1; i < CAPITAL_SIZE_LIMITS; i++)
    if (limit[i] < limit[size->binds]) size->binds = i;
  f->commitment_usd = size->usd = capital_above(limit[size->binds]);
  *dscr_used = limit[CAPITAL_SIZE_DSCR] < HUGE_VAL && size->usd > 0.0 ? limit[CAPITAL_SIZE_DSCR] / size->usd : 1.0;
}

// Takes what a facility will be paid out of the cash that is left for the next ones.
static void take_service(const capital_run *x, const capital_tranche *f, double *cash_usd) {
  const capital_facility *k = f->k;
  double                  before = 0.0;
  for (int32_t c = 0; c <= k->n_completion; c++) {
    int32_t at = c < k->n_completion ? k->completion[c] : k->conversion;
    double  frac = c < k->n_completion ? k->completion_frac[c] : 1.0, balance = (frac - before) * f->commitment_usd;
    double  converted = balance;
    before = frac;
    for (int32_t s = 0; s < f->profile_n && at + 1 + s < x->p->n; s++) {
      int32_t t = at + 1 + s;
      cash_usd[t] -= balance * capital_above(lender_rate(k)[t]) * x->p->year[t] + converted * f->served_frac[s];
      balance -= converted * f->profile_frac[s];
    }
  }
}

// ---- All of them ------------------------------------------------------------------------------------------------

// Weight of a facility in the cash that its rank leaves to those sized by cover: its commitment, where all have one.
static double weight_of(const capital_run *x, const capital_facility *k) {
  double sum = 0.0, n = 0.0;
  int    all = 1;
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    const capital_facility *o = x->tranche[j].k;
    if (o->rank != k->rank || !by_cover(o)) continue;
    all &= o->commitment_usd > 0.0;
    sum += o->commitment_usd;
    n++;
  }
  return all ? k->commitment_usd / sum : 1.0 / n;
}

static int uses_cash(const capital_facility *k) { return by_cover(k) || k->repays == CAPITAL_REPAYS_SCULPTED; }

// Whether a facility of a later turn looks at what this turn leaves.
static int leaves_cash(const capital_run *x, int32_t rank, int with_cover) {
  int looks = 0;
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    const capital_facility *k = x->tranche[j].k;
    looks |= uses_cash(k) && (k->rank > rank || (k->rank == rank && by_cover(k) > with_cover));
  }
  return looks;
}

// Within a rank those that no cover limits take their turn first: what they are paid is not there for the others.
// looks: 1: the cash of some facility is not known yet; same_cash: 1: that of this turn is the same in every round.
static sg_err size_turn(capital_run *x, int32_t rank, int with_cover, double uses_usd, int looks, int same_cash) {
  const capital_project *p = x->p;
  for (int32_t j = 0; j < p->n_facility; j++) {
    capital_tranche *f = &x->tranche[j];
    const double    *cash = x->cash_left_usd;
    if (f->k->rank != rank || by_cover(f->k) != with_cover) continue;
    if (!f->sized) {
      double weight = with_cover ? weight_of(x, f->k) : 1.0;
      if (weight != 1.0) {
        for (int32_t t = 0; t < p->n; t++) x->part_usd[t] = weight * x->cash_left_usd[t];
        cash = x->part_usd;
      }
      sg_err err = make_profile(x, f, cash);
      if (!err) err = limit_by_cover(x, f, cash, &x->r->size[j]);
      if (err) return err;
      f->sized = same_cash || !uses_cash(f->k);
    }
    size_facility(f, uses_usd, &x->r->size[j], &x->r->dscr_used[j]);
  }
  for (int32_t j = 0; looks && leaves_cash(x, rank, with_cover) && j < p->n_facility; j++)
    if (x->tranche[j].k->rank == rank && by_cover(x->tranche[j].k) == with_cover)
      take_service(x, &x->tranche[j], x->cash_left_usd);
  return SG_OK;
}

static int has_turn(const capital_run *x, int32_t rank, int with_cover) {
  for (int32_t j = 0; j < x->p->n_facility; j++)
    if (x->tranche[j].k->rank == rank && by_cover(x->tranche[j].k) == with_cover) return 1;
  return 0;
}

static sg_err size_all(capital_run *x, double uses_usd, const double *tax_usd, int after_tax) {
  sg_err err = SG_OK;
  int    same_cash = !after_tax, looks = 0, sized = 1;
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    sized &= x->tranche[j].sized;
    looks |= !x->tranche[j].sized && uses_cash(x->tranche[j].k);
  }
  if (sized) {
    for (int32_t j = 0; j < x->p->n_facility; j++)
      size_facility(&x->tranche[j], uses_usd, &x->r->size[j], &x->r->dscr_used[j]);
    return SG_OK;
  }
  for (int32_t t = 0; looks && t < x->p->n; t++) x->cash_left_usd[t] = x->lender_cfads_usd[t] - tax_usd[t];
  for (int32_t rank = 0; rank < x->n_rank && !err; rank++)
    for (int with_cover = 0; with_cover < 2 && !err; with_cover++) {
      if (!has_turn(x, rank, with_cover)) continue;
      err = size_turn(x, rank, with_cover, uses_usd, looks, same_cash);
      same_cash = 0;
    }
  return err;
}

// The lender's case before the tax that depends on the debt.
static void lender_case(capital_run *x) {
  const capital_project *p = x->p;
  double                 aside = 0.0, *cash = x->lender_cfads_usd;
  if (p->lender_cfads_usd) {
    memcpy(cash, p->lender_cfads_usd, (size_t)p->n * sizeof(double));
    return;
  }
  const double *receipts = x->row[PROJECT_RECEIPTS];
  for (int32_t t = 0; t < p->n; t++) cash[t] = receipts[t] - p->opex_usd[t];
  for (int32_t t = 0; (p->maintenance_usd || p->maintenance_fund_usd) && t < p->n; t++) {
    double fund = p->maintenance_fund_usd ? p->maintenance_fund_usd[t] : 0.0;
    double spend = p->maintenance_usd ? p->maintenance_usd[t] : 0.0, kept = capital_above(aside + fund - spend);
    cash[t] -= kept + spend - aside;
    aside = kept;
  }
}

// ---- Rounds -----------------------------------------------------------------------------------------------------

// What a round assumes, all in USD: uses; equity that comes first; by facility, the base that its share is of (commitment =
// share * base: what was to be funded while it could be drawn, with room for the interest that is added to its draws);
// tax by period.
enum { USES, EQUITY, BASES, TAX = BASES + CAPITAL_FACILITIES };

static void assume(capital_run *x) {
  x->planned_equity_usd = capital_above(x->guess_usd[EQUITY]);
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    capital_tranche *f = &x->tranche[j];
    double           base = x->guess_usd[BASES + j];
    f->share_frac = base > 0.0 ? f->commitment_usd / base : 0.0;
  }
}

// What construction, gone through on these assumptions, says instead.
static void learn(const capital_run *x, int after_tax, double *found_usd) {
  const capital_project *p = x->p;
  double                 drawn = 0.0;
  memcpy(found_usd, x->guess_usd, TAX * sizeof(double));
  for (int32_t j = 0; j < p->n_facility; j++) {
    const capital_tranche *f = &x->tranche[j];
    double                 draws = f->built_drawn_usd, added = f->built_capitalised_usd;
    if (f->k->drawn_at_close) continue;
    drawn += f->commitment_usd - added;
    if (p->funding != CAPITAL_FUND_PRO_RATA || !isnan(f->k->advance_frac) || !(draws > 0.0)) continue;
    // Where a share too large has used up the facility early: what it would have drawn, so that both sides lead the same way.
    if (draws + added >= f->commitment_usd * (1.0 - 1e-12)) draws = f->share_frac * f->need_usd;
    found_usd[BASES + j] = f->need_usd * (draws + added) / draws;
  }
  found_usd[USES] = x->uses_usd;
  if (p->funding == CAPITAL_FUND_EQUITY_FIRST) found_usd[EQUITY] = capital_above(x->need_usd - drawn);
  for (int32_t t = 0; after_tax && t < p->n; t++) found_usd[TAX + t] = x->tax_usd[t];
}

static double product(const double *a, const double *b, int32_t m) {
  double sum = 0.0;
  for (int32_t i = 0; i < m; i++) sum += a[i] * b[i];
  return sum;
}

static void add(double *to, double factor, const double *what, int32_t m) {
  for (int32_t i = 0; i < m; i++) to[i] += factor * what[i];
}

// The next guess, by Broyden's method, which learns from the steps so far how the findings move with the guess. Returns
// the greatest change. step_usd: (steps x m). Source: C. T. Kelley, Iterative Methods for Linear and Nonlinear Equations,
// SIAM 1995, sec. 7.3 (algorithm brsol).
static double guess_again(capital_run *x, int32_t m, int32_t *steps) {
  double *change = x->change_usd, *step = x->step_usd, greatest = 0.0;
  for (int32_t i = 0; i < m; i++) {
    change[i] -= x->guess_usd[i];
    greatest = number_most(greatest, fabs(change[i]));
  }
  if (*steps == CAPITAL_STEPS) *steps = 0;
  for (int32_t k = 0; k < *steps; k++) {
    const double *before = step + (size_t)k * (size_t)m;
    double        square = product(before, before, m);
    if (!(square > 0.0)) continue;
    double along = product(before, change, m) / square;
    if (k + 1 < *steps) add(change, along, before + m, m);
    else if (along < 0.9)
      for (int32_t i = 0; i < m; i++) change[i] /= 1.0 - along;
  }
  memcpy(step + (size_t)(*steps)++ * (size_t)m, change, (size_t)m * sizeof(double));
  add(x->guess_usd, 1.0, change, m);
  return greatest;
}

sg_err capital_close(capital_run *x) {
  const capital_project *p = x->p;
  int                    after_tax = 0;
  double                 scale = p->close_cost_usd;
  for (int32_t j = 0; j < p->n_facility; j++)
    after_tax |= p->cfads_after_tax && !p->lender_cfads_usd && uses_cash(x->tranche[j].k);
  for (int32_t i = 0; i < p->n_cost; i++) scale += x->budget_built_usd[i];
  int32_t m = after_tax ? TAX + p->n : BASES + p->n_facility;
  lender_case(x);
  memset(x->guess_usd, 0, (size_t)(TAX + p->n) * sizeof(double));
  x->guess_usd[USES] = scale;
  for (int32_t j = 0; j < p->n_facility; j++) x->guess_usd[BASES + j] = scale;
  x->budgeted = 1;
  x->books = 0;
  for (int32_t j = 0; j < p->n_facility; j++) x->tranche[j].sized = 0;
  int32_t steps = 0;
  for (int32_t round = 0;; round++) {
    sg_err err = size_all(x, capital_above(x->guess_usd[USES]), x->guess_usd + TAX, after_tax);
    if (err) return err;
    assume(x);
    capital_run_reset(x);
    capital_run_periods(x, after_tax ? p->n : x->built + 1);
    learn(x, after_tax, x->change_usd);
    double change = guess_again(x, m, &steps) / number_most(scale, x->uses_usd);
    if (change <= SETTLED_FRAC || scale == 0.0) break;
    // A fee that stops from one day to the next can keep two answers apart that differ by nothing else.
    if (round >= ROUNDS && change > JUMP_FRAC) return SG_ERR_NUMERIC;
    if (round >= ROUNDS) break;
  }
  // What the last round has found is nearer by as much again as the rounds gain.
  sg_err err = size_all(x, capital_above(x->guess_usd[USES]), x->guess_usd + TAX, after_tax);
  assume(x);
  return err;
}
