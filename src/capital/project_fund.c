// Construction: facilities close, cost falls due, and is paid out of cash, proceeds held, debt and equity.
#include <math.h>

#include "../base/number.h"
#include "project_parts.h"

// ---- What is due --------------------------------------------------------------------------------------------

static void close_facility(capital_run *x, capital_tranche *f, int32_t t) {
  const capital_facility *k = f->k;
  // What is drawn after completion would be on no schedule, unless each draw brings its own.
  int32_t ends = k->terms.draw_tenor > 0 || k->draws_end <= k->conversion ? k->draws_end : k->conversion + 1;
  // As capital_debt_open does, but for the schedule: a reset has cleared what was on it, and rounds are many.
  f->debt.commitment_usd = f->commitment_usd;
  f->debt.due_usd = f->schedule_usd;
  f->debt.n = x->p->n;
  f->debt.draws_end = ends;
  f->debt.last = -1;
  f->open = 1;
  f->opened = t;
  x->n_open++;
  if (!k->drawn_at_close) return;
  double usd = capital_debt_draw(&f->debt, &k->terms, t, f->rate_frac_per_yr[t], x->p->year[t], f->commitment_usd);
  x->held_usd += usd;
  f->now.drawn_usd += usd;
}

// Of an instalment that is a balloon, what the market lends anew is repaid level over the periods that are left.
static double refinance(capital_run *x, capital_tranche *f, int32_t t) {
  int32_t left = x->p->n - 1 - t;
  double  usd = number_least(f->k->refinancing_usd, number_least(f->balloon_usd[t], f->debt.due_principal_usd));
  if (!(usd > 0.0) || left < 1 || f->debt.accelerated) return 0.0;
  for (int32_t s = 0; s < left; s++) x->long_rate[s] = f->rate_frac_per_yr[t];
  capital_repay_plan plan = {CAPITAL_REPAYS_LEVEL, left, 0, 0.0, x->p->year + t + 1, x->long_rate, NULL, NULL};
  if (capital_repay_profile(&plan, x->part_usd, NULL)) return 0.0;
  f->debt.due_principal_usd -= usd;
  f->debt.converted_usd -= usd;
  capital_debt_convert(&f->debt, t, usd, x->part_usd, left);
  f->now.swept_usd += usd;
  f->now.drawn_usd += usd;
  x->now.refinanced_usd += usd;
  return usd;
}

// Interest, fees and instalments of period t arise; what belongs to construction is told apart.
static void accrue(capital_run *x, capital_tranche *f, int32_t t, int closes) {
  const capital_facility *k = f->k;
  capital_debt           *d = &f->debt;
  double                  rate = f->rate_frac_per_yr[t], year = closes && k->drawn_at_close ? 0.0 : x->p->year[t];
  double                  fee = d->due_fee_usd, interest = d->due_interest_usd, principal = d->due_principal_usd;
  int                     builds = t <= k->conversion && !d->accelerated;
  double                  builds_usd = 0.0, into_cost = 0.0, balloon = 0.0;
  if (builds) {
    double on_usd = k->terms.draw_tenor > 0 ? d->balance_usd : capital_above(d->balance_usd - d->converted_usd);
    builds_usd = on_usd * capital_above(rate) * year;
  }
  double capitalised = capital_debt_accrue(d, &k->terms, t, rate, year);
  if (closes) d->due_fee_usd += k->terms.upfront_frac * f->commitment_usd;  // due now, so not overdue before
  fee = d->due_fee_usd - fee;
  interest = capital_rest(d->due_interest_usd, interest);
  if (f->has_balloon) balloon = f->balloon_usd[t];
  if (balloon > 0.0 && k->refinanced) balloon -= refinance(x, f, t);
  principal = capital_above(d->due_principal_usd - principal);

  if (builds) {
    into_cost = number_least(capitalised, builds_usd);
    f->building_usd = builds_usd - into_cost + fee;
    x->now.building_usd += f->building_usd;
    x->now.building_interest_usd += builds_usd;
    x->now.building_fee_usd += fee;
  } else {
    x->tax_year.ebitda_usd -= fee;
    x->now.profit_usd -= fee;
  }
  f->served_interest_usd = capital_rest(interest + capitalised, builds_usd + capitalised - into_cost);
  f->served_principal_usd = balloon > 0.0 ? principal - number_least(balloon, principal) : principal;
  x->tax_year.interest_usd += interest + capitalised - (x->p->basis_interest ? builds_usd : 0.0);
  x->now.profit_usd -= interest + capitalised - builds_usd;
  x->now.service_usd += f->served_interest_usd + principal;
  if (k->rank == 0) {
    x->now.senior_interest_usd += f->served_interest_usd;
    x->now.senior_principal_usd += f->served_principal_usd;
  }
  f->now.capitalised_usd = capitalised;
  f->now.interest_due_usd = interest + capitalised;
  f->now.principal_due_usd = principal;
}

static void cost_due(capital_run *x, int32_t t) {
  const capital_project *p = x->p;
  x->to_complete_usd = 0.0;
  x->now.cost_usd = t == x->close ? p->close_cost_usd : 0.0;
  for (int32_t i = 0; i < p->n_cost; i++) {
    double usd = capital_books_cost(x, i, t), before = capital_above(x->cost[i].spent_usd - x->budget_usd[i]);
    x->to_complete_usd += capital_above(x->budget_built_usd[i] - x->cost[i].spent_usd);
    x->cost[i].spent_usd += usd;
    x->now.cost_usd += usd;
    x->now.overrun_usd += capital_above(x->cost[i].spent_usd - x->budget_usd[i]) - before;
  }
}

// Nothing owed, and nothing that could be drawn or converted any more.
static int is_over(const capital_tranche *f, int32_t t) {
  const capital_debt *d = &f->debt;
  return d->balance_usd == 0.0 && t > f->k->conversion && d->due_fee_usd + d->due_interest_usd == 0.0 &&
         capital_debt_undrawn(d, t) == 0.0;
}

void capital_fund_over(capital_run *x, capital_tranche *f, int32_t t) {
  if (!f->open) return;
  f->open = 0;
  f->over = t;
  x->n_open--;
}

// One by one: compilers clear a whole struct of this size much more slowly.
static void begin_period(capital_period *now) {
  now->cost_usd = now->overrun_usd = now->building_usd = now->building_interest_usd = now->building_fee_usd = 0.0;
  now->service_usd = now->profit_usd = now->refinanced_usd = 0.0;
  now->senior_interest_usd = now->senior_principal_usd = 0.0;
  now->equity_usd = now->contingent_usd = now->cure_usd = 0.0;
}

void capital_fund_open(capital_run *x, int32_t t) {
  double kept = x->reserve_usd + x->maintenance_usd + x->working_usd + x->held_usd + x->cash_usd;
  begin_period(&x->now);
  x->now.earned_usd = x->p->reserve_rate_frac_per_yr * x->p->year[t] * kept;  // before a bond that closes now
  if (t <= x->cost_ends) cost_due(x, t);
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    capital_tranche *f = &x->tranche[j];
    int              closes = t == f->k->close && !x->in_default;
    if (!f->open && !closes) continue;
    f->drawn_usd = f->building_usd = 0.0;
    f->now = (capital_lent){0};
    if (closes) close_facility(x, f, t);
    if (is_over(f, t)) capital_fund_over(x, f, t);
    else accrue(x, f, t, closes);
  }
}

// ---- Sources --------------------------------------------------------------------------------------------------

// What a facility could give this period.
static double room_usd(const capital_run *x, const capital_tranche *f, int32_t t) {
  if (!f->open) return 0.0;
  double undrawn = capital_debt_undrawn(&f->debt, t);
  return isnan(f->k->advance_frac) ? undrawn
                                   : number_least(undrawn, f->k->advance_frac * x->now.cost_usd - f->drawn_usd);
}

static double draw(capital_run *x, capital_tranche *f, int32_t t, double usd) {
  usd = capital_debt_draw(&f->debt, &f->k->terms, t, f->rate_frac_per_yr[t], x->p->year[t], usd);
  f->drawn_usd += usd;
  f->now.drawn_usd += usd;
  return usd;
}

// Pro rata: each facility its share of the need; all of them less where that would be more than the need.
static double draw_shares(capital_run *x, int32_t t, double need_usd) {
  double ask[CAPITAL_FACILITIES], asked = 0.0, drawn = 0.0;
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    const capital_tranche *f = &x->tranche[j];
    ask[j] = room_usd(x, f, t);
    if (isnan(f->k->advance_frac)) ask[j] = number_least(ask[j], f->share_frac * need_usd);
    asked += ask[j];
  }
  double cut = asked > need_usd ? need_usd / asked : 1.0;
  for (int32_t j = 0; j < x->p->n_facility; j++)
    if (ask[j] > 0.0) drawn += draw(x, &x->tranche[j], t, cut * ask[j]);
  return drawn;
}

// In proportion to commitments, until the need is met or nothing more can be drawn.
static double draw_all(capital_run *x, int32_t t, double need_usd) {
  double drawn = 0.0;
  for (int32_t round = 0; round < x->p->n_facility && drawn < need_usd; round++) {
    double open_usd = 0.0, left = need_usd - drawn, room[CAPITAL_FACILITIES];
    for (int32_t j = 0; j < x->p->n_facility; j++) {
      room[j] = room_usd(x, &x->tranche[j], t);
      if (room[j] > 0.0) open_usd += x->tranche[j].commitment_usd;
    }
    if (!(open_usd > 0.0)) break;
    for (int32_t j = 0; j < x->p->n_facility; j++)
      if (room[j] > 0.0)
        drawn += draw(x, &x->tranche[j], t, number_least(room[j], left * x->tranche[j].commitment_usd / open_usd));
  }
  return drawn;
}

// Close assumes that owners bring what is needed.
static double equity_limit(const capital_run *x) { return x->budgeted ? (double)NAN : x->p->equity_usd; }

// Owners' money for cost: what is committed, NaN: as much as is needed.
static double call_equity(capital_run *x, double want_usd, double limit_usd) {
  double usd = number_least(want_usd, isnan(limit_usd) ? want_usd : capital_above(limit_usd - x->equity_called_usd));
  x->equity_called_usd += usd;
  x->now.equity_usd += usd;
  return usd;
}

static double call_contingent(capital_run *x, double want_usd) {
  double usd = number_least(want_usd, capital_above(x->p->contingent_usd - x->contingent_called_usd));
  x->contingent_called_usd += usd;
  x->now.equity_usd += usd;
  x->now.contingent_usd += usd;
  return usd;
}

// Cost to complete by the budget against what is there to pay for it: where that falls short, nothing more is drawn.
static int may_draw(const capital_run *x, int32_t t) {
  if (x->in_default) return 0;
  if (t > x->built || isnan(equity_limit(x))) return 1;
  double funds = x->p->equity_usd - x->equity_called_usd + x->p->contingent_usd - x->contingent_called_usd +
                 x->pool_usd + x->held_usd;
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    const capital_tranche *f = &x->tranche[j];
    if (f->open || f->k->close > t) funds += f->open ? capital_debt_undrawn(&f->debt, t) : f->commitment_usd;
  }
  return x->to_complete_usd <= funds * (1.0 + 1e-9);
}

static double fund_by_rule(capital_run *x, int32_t t, double need_usd, int draws) {
  double got = 0.0, limit = equity_limit(x);
  if (x->in_default) return 0.0;
  switch ((capital_funding)x->p->funding) {
    case CAPITAL_FUND_PRO_RATA:
      if (draws) got = draw_shares(x, t, need_usd);
      break;
    case CAPITAL_FUND_EQUITY_FIRST:
      got = call_equity(x, need_usd, isnan(x->p->equity_usd) ? x->planned_equity_usd : x->p->equity_usd);
      if (draws) got += draw_all(x, t, need_usd - got);
      break;
    case CAPITAL_FUND_DEBT_FIRST:
      if (draws) got = draw_all(x, t, need_usd);
      break;
  }
  return got + call_equity(x, need_usd - got, limit);
}

static double take(double *from_usd, double want_usd) {
  double usd = number_least(capital_above(*from_usd), want_usd);
  *from_usd -= usd;
  return usd;
}

static void pay_building(capital_run *x, double usd) {
  double paid = x->now.building_usd > 0.0 ? usd / x->now.building_usd : 0.0;
  for (int32_t j = 0; j < x->p->n_facility && paid > 0.0; j++)
    if (x->tranche[j].building_usd > 0.0) capital_waterfall_pay(&x->tranche[j], x->tranche[j].building_usd * paid);
}

// What could not be raised goes short in this order: reserves, suppliers, lenders.
static void spend(capital_run *x, double owed_usd, double working_usd, double reserve_usd, double gap_usd) {
  x->reserve_usd += reserve_usd - take(&gap_usd, reserve_usd);
  x->working_usd += working_usd - take(&gap_usd, working_usd);
  x->payable_usd = take(&gap_usd, owed_usd);
  pay_building(x, x->now.building_usd - gap_usd);
}

void capital_fund_need(capital_run *x, int32_t t) {
  if (t > x->built && x->pool_usd >= 0.0 && x->payable_usd == 0.0 && x->now.cost_usd == 0.0) return;
  int    builds = t <= x->built, at_close = x->p->reserve_at_close && x->completes;
  double deficit = capital_above(-x->pool_usd), payable = x->payable_usd;
  if (x->pool_usd < 0.0) x->pool_usd = 0.0;
  if (!builds && payable > 0.0) x->payable_usd = payable -= take(&x->pool_usd, payable);
  if (!builds && payable == 0.0 && x->now.cost_usd == 0.0) return;
  double working = builds ? capital_above(x->working_want_usd - x->working_usd) : 0.0;
  double reserve = builds && at_close ? capital_above(x->reserve_want_usd - x->reserve_usd) : 0.0;
  double cost = x->now.cost_usd, over = x->now.overrun_usd, owed = payable + deficit + cost;
  double need = (builds ? payable : 0.0) + deficit + cost - over + x->now.building_usd + working + reserve;
  if (builds) {
    x->uses_usd += deficit + cost + x->now.building_interest_usd + x->now.building_fee_usd;
    x->interest_usd += x->now.building_interest_usd;
    x->fees_usd += x->now.building_fee_usd;
  }
  int draws = may_draw(x, t);  // before this period's cost is paid: the cost to complete contains it
  need -= take(&x->pool_usd, need);
  over -= take(&x->pool_usd, over);
  need -= take(&x->held_usd, need);
  if (over > 0.0 && !x->in_default) over -= call_contingent(x, over);
  if (builds) {
    x->need_usd += need;
    for (int32_t j = 0; j < x->p->n_facility; j++)
      if (x->tranche[j].open && t < x->tranche[j].debt.draws_end) x->tranche[j].need_usd += need;
  }
  need -= fund_by_rule(x, t, need, draws);
  spend(x, owed, working, reserve, need + over + (builds ? 0.0 : payable));
}

// ---- Completion -------------------------------------------------------------------------------------------------

double capital_fund_converting(const capital_tranche *f, int32_t t) {
  const capital_facility *k = f->k;
  if (!f->open || k->terms.draw_tenor > 0) return 0.0;
  if (t == k->conversion) return 1.0 - f->converted_frac;
  if (f->completed < k->n_completion && k->completion[f->completed] == t)
    return k->completion_frac[f->completed] - f->converted_frac;
  return 0.0;
}

void capital_fund_convert(capital_run *x, int32_t t) {
  for (int32_t j = 0; x->completes && t + 1 < x->ends && j < x->p->n_facility; j++) {
    capital_tranche *f = &x->tranche[j];
    double           frac = capital_fund_converting(f, t), before = f->debt.converted_usd;
    if (!(frac > 0.0)) continue;
    f->converted_frac += frac;
    f->completed++;
    capital_debt_convert(&f->debt, t, t == f->k->conversion ? HUGE_VAL : frac * f->commitment_usd, f->profile_frac,
                         f->profile_n);
    int32_t last = f->profile_n - 1, matures = t + 1 + last;
    if (f->has_balloon && last >= 0 && matures < x->p->n)
      f->balloon_usd[matures] += (f->debt.converted_usd - before) * (f->profile_frac[last] - f->served_frac[last]);
  }
  if (t != x->built) return;
  for (int32_t j = 0; j < x->p->n_facility; j++) {
    x->tranche[j].built_drawn_usd = x->tranche[j].debt.drawn_usd;
    x->tranche[j].built_capitalised_usd = x->tranche[j].debt.capitalised_usd;
  }
  x->uses_usd += x->working_usd + x->reserve_usd;
  x->pool_usd += x->held_usd;  // proceeds that construction has not used are cash
  x->held_usd = 0.0;
}
