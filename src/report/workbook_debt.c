// Debt of one project: each facility from commitment to last payment, and cover.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "workbook_parts.h"

#define SOME "0.005"  // less than half a cent is rounding, not money

typedef struct facility {
  int32_t                 j, reserve_rows;
  const capital_facility *k;
  const capital_contract *c;
  const twin_deal        *deal;
  const twin_loan_now    *now;
  bool                    each;
  int32_t                 repays, tenor, ends;
  double *bond, *bal, *unconverted, *fee, *cash_interest, *building, *into_cost, *served, *schedule, *converted, *balloon, *used, *room, *ask, *draw, *target, *senior, *late_fee;
} facility;

// ---- Commitment ---------------------------------------------------------------------------------------------------------------

static size_t slot_of(const report_book *b, const double *at) { return (size_t)((const unsigned char *)at - b->c->s->block); }

// What a level cash flow carries, as the twin sizes loans on a lender's case that is the same in every month.
static const char *carried(int32_t repays) {
  if (repays == CAPITAL_REPAYS_CONSTANT) return "/((1-{balloon})/[months_sized$]+{size_rate}/{months})";
  if (repays == CAPITAL_REPAYS_BULLET) return "/({size_rate}/{months})";
  return "*[worth$]/(1-{balloon}*(1-{size_rate}/{months}*[worth$]))";
}

// The tests of size that are inputs or follow from them; the least, times the lender's share, is the commitment.
static void put_commitment(report_book *b, const facility *f) {
  const double *limit = f->now->size.limit_usd;
  double        least = HUGE_VAL, lent = b->c->s->v.share[f->deal->share].frac, commitment = f->now->debt.commitment_usd;
  const char   *tests = "";
  int32_t       here = b->here;
  report_book_turn_to(b, SHEET_INPUTS);
  report_book_heading(b, report_book_text(b, "Size of %s at close", programme_name(&b->c->m->p, CLASS_CONTRACT, f->deal->contract)));
  report_book_turn_to(b, (report_book_sheet_id)here);
  for (int i = 0; i < CAPITAL_SIZE_LIMITS; i++) least = number_least(least, limit[i]);
  if (!isfinite(least) || fabs(least * lent - commitment) > 0.011 || f->each != (f->k->terms.draw_tenor > 0)) {
    report_book_input(b, "commitment", "Commitment: as the engine has sized it", "USD", commitment, SIZE_MAX, "sized with what the other loans lend; not live");
    return;
  }
  const twin_lender_case *of = twin_lender_case_of(b->c->m, b->f->loan[f->j], b->f->campus, b->c->s->variant[b->f->campus]);
  bool by_cover = isfinite(limit[CAPITAL_SIZE_DSCR]) || isfinite(limit[CAPITAL_SIZE_LLCR]);
  if (by_cover) {
    double rate = b->f->swap_frac[f->j] + f->c->margin_frac_per_yr, n = number_most(1, number_least(f->c->tenor_day / CALENDAR_DAYS_PER_MONTH, of->months)), i = rate / 12;
    double worth = fabs(i) < 1e-12 ? n : (1 - pow(1 + i, -n)) / i;
    report_book_input(b, "case_cash", "Lender's case: cash for debt service a month, all running", "USD", of->cash_usd, SIZE_MAX, "the engine's, at prices of the lender's percentile; not live");
    report_book_input(b, "case_months", "Lender's case: months of contract", "months ", of->months, SIZE_MAX, "longest contract");
    report_book_input(b, "tenor_exact", "Tenor, not rounded", "months ", f->c->tenor_day / CALENDAR_DAYS_PER_MONTH, slot_of(b, &f->c->tenor_day), "as months");
    report_book_named(b, "size_rate", "Rate that it is sized at", "frac/yr", rate, "={swap}+{margin}");
    report_book_cell(b, "months_sized", "Months of service that it is sized on", "number", n, "=MAX(1,MIN({tenor_exact},{case_months}))");
    report_book_cell(b, "worth", "Worth of a dollar a month for as long", "number", worth, "=IF(ABS({size_rate})<1E-11,[months_sized$],(1-(1+{size_rate}/{months})^-[months_sized$])/({size_rate}/{months}))");
  }
  if (isfinite(limit[CAPITAL_SIZE_DSCR])) {
    report_book_input(b, "cover", "DSCR asked at close", "x", f->c->dscr, slot_of(b, &f->c->dscr), NULL);
    report_book_cell(b, "by_dscr", "Limit by DSCR", "USD", limit[CAPITAL_SIZE_DSCR], report_book_text(b, "={case_cash}/{cover}%s", f->each && f->k->balloon_frac == 0 && f->c->repays != CAPITAL_REPAYS_BULLET && f->c->repays != CAPITAL_REPAYS_CONSTANT ? "*[worth$]" : carried(f->c->repays)));
    tests = "[by_dscr$]";
  }
  if (isfinite(limit[CAPITAL_SIZE_LLCR])) {
    report_book_input(b, "life_cover", "LLCR asked at close", "x", f->c->llcr, slot_of(b, &f->c->llcr), NULL);
    report_book_cell(b, "by_llcr", "Limit by LLCR", "USD", limit[CAPITAL_SIZE_LLCR], "={case_cash}*[worth$]/{life_cover}");
    tests = report_book_text(b, "%s%s[by_llcr$]", tests, *tests ? "," : "");
  }
  if (isfinite(limit[CAPITAL_SIZE_LEVERAGE])) {
    double budget = f->c->advance_frac > 0 ? limit[CAPITAL_SIZE_LEVERAGE] / f->c->advance_frac : 0;
    report_book_input(b, "budget", "Budget of the campus at close", "USD", budget, SIZE_MAX, "the engine's, of what this borrower pays for");
    report_book_cell(b, "by_leverage", "Limit by leverage", "USD", limit[CAPITAL_SIZE_LEVERAGE], "={advance}*{budget}");
    tests = report_book_text(b, "%s%s[by_leverage$]", tests, *tests ? "," : "");
  }
  if (isfinite(limit[CAPITAL_SIZE_COMMITMENT])) {
    double given = f->c->total_usd - limit[CAPITAL_SIZE_COMMITMENT];
    report_book_input(b, "cap", "Total of the contract", "USD", f->c->total_usd, slot_of(b, &f->c->total_usd), NULL);
    report_book_input(b, "given", "Of it committed to other campuses before", "USD", fabs(given) < 0.005 ? 0 : given, SIZE_MAX, "of the scenario, at close");
    report_book_cell(b, "by_cap", "Limit by what is left of the contract", "USD", limit[CAPITAL_SIZE_COMMITMENT], "={cap}-{given}");
    tests = report_book_text(b, "%s%s[by_cap$]", tests, *tests ? "," : "");
  }
  report_book_named(b, "commitment", "Commitment: the least of these, this lender's share", "USD", commitment, report_book_text(b, "=ROUND(MAX(0,MIN(%s))*{lent},2)", tests));
}

// ---- Schedule -----------------------------------------------------------------------------------------------------------------

// Principal in the k-th period of repayment, of one dollar converted. Level with balloon: the annuity that leaves it.
static double part_due(const facility *f, double rate, int32_t k) {
  int32_t n = f->tenor, m = n - f->k->grace, at = k - f->k->grace;
  double  b = f->k->balloon_frac, last = k == n ? b : 0, i = rate / 12;
  if (k < 1 || k > n) return 0;
  if (f->repays == CAPITAL_REPAYS_BULLET) return k == n;
  if (at < 1) return last;
  if (f->repays == CAPITAL_REPAYS_CONSTANT) return (1 - b) / m + last;
  if (fabs(i) < 1e-15) return (1 - b) / m + last;
  return (1 - b) * i * pow(1 + i, at - 1) / (pow(1 + i, m) - 1) + last;
}

// Instalment in period s of what was drawn before `until`, each draw with a schedule of its own.
static double of_draws(const report_book *b, const facility *f, int32_t until, int32_t s) {
  const double *draw = report_book_facility(b, f->j, FACILITY_DRAW), *rate = f->k->rate_frac_per_yr;
  double        sum = 0;
  for (int32_t u = 0; u < until; u++) {
    int32_t k = s - u, m = f->tenor;
    double  i = rate[u] / 12;
    if (draw[u] == 0 || k < 1 || k > m) continue;
    if (f->repays == CAPITAL_REPAYS_BULLET) sum += k == m ? draw[u] : 0;
    else if (f->repays == CAPITAL_REPAYS_CONSTANT || !(i > 0)) sum += draw[u] / m;
    else sum += draw[u] * i / (1 + i) / (1 - pow(1 + i, -m)) * pow(1 + i, -(m - k));
  }
  return sum;
}

static const char *draws_formula(report_book *b, const facility *f, int32_t ahead) {
  const char *t = ahead ? report_book_text(b, "([t]+%d)", (int)ahead) : "[t]";
  if (f->repays == CAPITAL_REPAYS_BULLET) return report_book_text(b, "=SUMPRODUCT([draw<-1]*((%s-[t<-1])={tenor}))", t);
  if (f->repays == CAPITAL_REPAYS_CONSTANT) return report_book_text(b, "=SUMPRODUCT([draw<-1]*((%s-[t<-1])<={tenor}))/{tenor}", t);
  return report_book_text(b, "=SUMPRODUCT([last_due<-1]*((%s-[t<-1])<={tenor})*(1+[rate<-1]/{months})^-({tenor}-(%s-[t<-1])))", t, t);
}

// Principal due in a period, of one dollar that converted.
static const char *profile_formula(report_book *b, const facility *f) {
  const char *k = "([t]-{conversion})";
  if (f->repays == CAPITAL_REPAYS_BULLET) return report_book_text(b, "=IF(%s={tenor},1,0)", k);
  if (f->repays == CAPITAL_REPAYS_CONSTANT) return report_book_text(b, "=IF(AND(%s>{grace},%s<={tenor}),(1-{balloon})/({tenor}-{grace}),0)+[balloon_part]", k, k);
  return report_book_text(b, "=IF(AND(%s>{grace},%s<={tenor}),-PPMT(({swap}+{margin})/{months},%s-{grace},{tenor}-{grace},1,-{balloon}),0)+[balloon_part]", k, k, k);
}

static void put_schedule(report_book *b, const facility *f) {
  if (f->each) {
    report_book_line(b, "schedule", "Principal by the schedules of all draws", "USD", true, f->schedule, draws_formula(b, f, 0));
    return;
  }
  double *profile = report_book_series(b), *part = report_book_series(b);
  bool    bullet = f->repays == CAPITAL_REPAYS_BULLET;
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    int32_t k = t - f->k->conversion;
    profile[t] = part_due(f, b->f->swap_frac[f->j] + f->c->margin_frac_per_yr, k);
    part[t] = k != f->tenor ? 0 : bullet ? 1 : f->k->balloon_frac;
  }
  if (!bullet) report_book_line(b, "balloon_part", "Balloon, of a dollar that turned to repayment", "frac", false, part, "=IF([t]-{conversion}={tenor},{balloon},0)");
  report_book_line(b, "profile", "Principal due, of a dollar that turned to repayment", "frac", true, profile, profile_formula(b, f));
  report_book_line(b, "schedule", "Principal by schedule", "USD", true, f->schedule, "=[converted-1]*[profile]");
  report_book_line(b, "balloon_due", "Of it balloon", "USD", true, f->balloon, bullet ? "=[schedule]" : "=[converted-1]*[balloon_part]");
}

// ---- Arrays -------------------------------------------------------------------------------------------------------------------

static void make_arrays(report_book *b, facility *f, const double *need, const double *share) {
  double **all[] = { &f->bond, &f->bal, &f->unconverted, &f->fee, &f->cash_interest, &f->building, &f->into_cost, &f->served, &f->schedule, &f->converted, &f->balloon, &f->used, &f->room, &f->ask, &f->draw, &f->target, &f->senior, &f->late_fee };
  for (size_t i = 0; i < sizeof all / sizeof *all; i++) *all[i] = report_book_series(b);
  const capital_facility *k = f->k;
  double used = 0;
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    const double *draw = report_book_facility(b, f->j, FACILITY_DRAW), *balance = report_book_facility(b, f->j, FACILITY_BALANCE), *capitalised = report_book_facility(b, f->j, FACILITY_CAPITALISED);
    bool builds = t <= k->conversion;
    f->bond[t] = k->drawn_at_close && t == k->close ? draw[t] : 0;
    f->draw[t] = draw[t] - f->bond[t];
    f->bal[t] = report_book_before(balance, t) + f->bond[t];
    f->unconverted[t] = f->each || !builds ? 0 : f->bal[t];
    f->fee[t] = report_book_facility(b, f->j, FACILITY_FEE)[t];
    f->cash_interest[t] = report_book_facility(b, f->j, FACILITY_INTEREST)[t];
    f->building[t] = builds ? f->cash_interest[t] + f->fee[t] : 0;
    f->into_cost[t] = builds ? capitalised[t] : 0;
    f->served[t] = f->fee[t] + f->cash_interest[t] + report_book_facility(b, f->j, FACILITY_PRINCIPAL)[t] - f->building[t];
    f->converted[t] = f->each ? 0 : t == k->conversion ? balance[t] : report_book_before(f->converted, t);
    f->schedule[t] = f->each ? of_draws(b, f, t, t) : report_book_before(f->converted, t) * part_due(f, b->f->swap_frac[f->j] + f->c->margin_frac_per_yr, t - k->conversion);
    f->balloon[t] = !f->each && t - k->conversion == f->tenor ? report_book_before(f->converted, t) * (f->repays == CAPITAL_REPAYS_BULLET ? 1 : k->balloon_frac) : 0;
    f->room[t] = t >= k->close && t < f->ends ? number_most(0, f->now->debt.commitment_usd - used - f->bond[t] - capitalised[t]) : 0;
    used += draw[t] + capitalised[t];
    f->used[t] = used;
    bool first = b->f->project.funding == CAPITAL_FUND_EQUITY_FIRST;
    f->ask[t] = isnan(k->advance_frac) ? number_least(f->room[t], first ? f->room[t] : share[f->j] * need[t])
                                       : number_most(0, number_least(f->room[t], k->advance_frac * report_book_result(b, PROJECT_CAPEX)[t] - f->bond[t]));
    f->late_fee[t] = builds ? 0 : f->fee[t];
    f->senior[t] = builds ? 0 : f->cash_interest[t];
  }
}

// ---- Lines of a facility --------------------------------------------------------------------------------------------------------

// What the reserve should hold: service of the months ahead, as known before this month's draws.
static void put_reserve(report_book *b, facility *f) {
  const double *rate = f->k->rate_frac_per_yr;
  const char   *sum = "=";
  if (!(f->k->reserve_months > 0)) {
    report_book_line(b, "target", "Reserve wanted", "USD", false, f->target, "=0");
    return;
  }
  f->reserve_rows = (int32_t)number_most(6, ceil(f->k->reserve_months - 1e-9));
  double *left = report_book_series(b);
  for (int32_t t = 0; !b->failed && t < b->n; t++) left[t] = f->each || t > f->k->conversion ? number_most(0, f->bal[t] + report_book_facility(b, f->j, FACILITY_CAPITALISED)[t] - report_book_facility(b, f->j, FACILITY_PRINCIPAL)[t]) : 0;
  report_book_line(b, "ahead0", "On schedule after this month's principal", "USD", false, left, f->each ? "=[bal]+[capitalised]-[due]" : "=IF([t]>{conversion},[bal]+[capitalised]-[due],0)");
  for (int32_t k = 1; k <= f->reserve_rows && !b->failed; k++) {
    double *due = report_book_series(b), *service = report_book_series(b), *next = report_book_series(b), part = number_most(0, number_least(1, f->k->reserve_months - k + 1));
    for (int32_t t = 0; !b->failed && t < b->n; t++) {
      double planned = t + k >= b->n ? 0 : f->each ? of_draws(b, f, t, t + k) : t > f->k->conversion ? f->schedule[t + k] : 0;
      due[t] = number_least(planned, left[t]);
      double of = t + k < b->n ? left[t] * rate[t + k] / 12 + due[t] - (t > f->k->conversion ? f->balloon[t + k] : 0) : 0;
      service[t] = part * number_most(0, of);
      next[t] = left[t] - due[t];
      f->target[t] += service[t];
    }
    int n = (int)k;
    const char *ahead = f->each ? report_book_text(b, "MIN(%s,[ahead%d])", draws_formula(b, f, k) + 1, n - 1) : report_book_text(b, "MIN([converted-1]*[profile+%d],[ahead%d])", n, n - 1);
    report_book_line(b, report_book_text(b, "due%d", n), report_book_text(b, "Due %d months ahead", n), "USD", false, due, report_book_text(b, "=IF([open+%d]=0,0,%s)", n, ahead));
    report_book_line(b, report_book_text(b, "kept%d", n), report_book_text(b, "Service %d months ahead, as far as the reserve covers it", n), "USD", false, service,
                  report_book_text(b, "=MAX(0,MIN(1,{reserve_months}-%d))*MAX(0,[ahead%d]*[rate+%d]/{months}+[due%d]%s)", n - 1, n - 1, n, n, f->each ? "" : report_book_text(b, f->repays == CAPITAL_REPAYS_BULLET ? "-[converted-1]*[profile+%d]" : "-[converted-1]*[balloon_part+%d]", n)));
    report_book_line(b, report_book_text(b, "ahead%d", n), "Left after that", "USD", false, next, report_book_text(b, "=[ahead%d]-[due%d]", n - 1, n));
    sum = report_book_text(b, "%s%s[kept%d]", sum, k > 1 ? "+" : "", n);
    left = next;
  }
  report_book_line(b, "target", "Reserve wanted", "USD", false, f->target, sum);
}

static void put_draws(report_book *b, const facility *f, const double *share) {
  bool first = b->f->project.funding == CAPITAL_FUND_EQUITY_FIRST;
  report_book_line(b, "room", "Can be drawn of the commitment", "USD", false, f->room, "=IF(AND([t]>={close},[t]<{draws_end}),MAX(0,{commitment}-[used-1]-[bond]-[capitalised]),0)");
  if (!isnan(f->k->advance_frac)) {
    report_book_line(b, "ask", "At most: advance rate x cost", "USD", true, f->ask, "=MAX(0,MIN([room],{advance}*{lent}*[cost]-[bond]))");
  } else if (first) {
    report_book_line(b, "ask", "At most", "USD", true, f->ask, "=[room]");
  } else {
    report_book_input(b, "pro_rata", "Share of what is left to debt and equity", "frac", share[f->j], SIZE_MAX, "the engine's: sizing is circular, since fees and interest are funded too; not live");
    report_book_line(b, "ask", "At most: its share of the need", "USD", true, f->ask, "=MIN([room],{pro_rata}*[need])");
  }
  report_book_line(b, "draw_need", "Drawn for construction", "USD", true, f->draw, first ? report_book_text(b, "=[by_rounds%s%c]", b->place.project, (char)('a' + f->j)) : "=[ask]*[cut]");
}

static void put_facility(report_book *b, facility *f, const double *share) {
  const capital_facility *k = f->k;
  const char *name = report_book_text(b, "%s: %s, for %s", programme_name(&b->c->m->p, CLASS_CONTRACT, f->deal->contract), report_party(b->c, f->deal->payer), programme_name(&b->c->m->p, CLASS_CAMPUS, b->f->campus));
  double *open = report_book_series(b), *year = report_book_series(b), *undrawn = report_book_series(b), *last_due = report_book_series(b);
  const double *benchmark = b->f->base_frac_per_yr;
  double *all_in = report_book_series(b);
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    all_in[t] = capital_debt_rate(benchmark[t], 0, f->c->margin_frac_per_yr, f->c->hedged_frac, b->f->swap_frac[f->j]);
    open[t] = t >= k->close;
    year[t] = k->drawn_at_close && t == k->close ? 0 : 1.0 / 12;
    undrawn[t] = t >= k->close && t < f->ends ? number_most(0, f->now->debt.commitment_usd - report_book_before(f->used, t) - f->bond[t]) : 0;
    double i = all_in[t] / 12, draw = report_book_facility(b, f->j, FACILITY_DRAW)[t];
    last_due[t] = draw == 0 ? 0 : i > 0 ? draw * i / (1 + i) / (1 - pow(1 + i, -f->tenor)) : draw / f->tenor;
  }
  if (b->failed) return;
  report_book_heading(b, name);
  put_commitment(b, f);
  report_book_line(b, "open", "Closed", "0/1", false, open, "=IF([t]>={close},1,0)");
  report_book_line(b, "rate", "Rate, all in", "frac/yr", false, all_in, "={hedged}*({swap}+{margin})+(1-{hedged})*(MAX(0,[base])+{margin})");
  report_book_line(b, "year", "Interest runs for, years", "years", false, year, "=IF(AND({at_close}=1,[t]={close}),0,1/{months})");
  report_book_line(b, "bond", "Drawn at close", "USD", true, f->bond, "=IF(AND({at_close}=1,[t]={close}),{commitment},0)");
  report_book_line(b, "bal", "Balance on which interest runs", "USD", false, f->bal, "=[balance-1]+[bond]");
  report_book_line(b, "undrawn", "Undrawn, start of period", "USD", false, undrawn, "=IF(AND([t]>={close},[t]<{draws_end}),MAX(0,{commitment}-[used-1]-[bond]),0)");
  report_book_line(b, "interest", "Interest of the period", "USD", true, report_book_facility(b, f->j, FACILITY_INTEREST_DUE), "=[bal]*MAX(0,[rate])*[year]");
  report_book_line(b, "unconverted", "Balance not yet in repayment", "USD", false, f->unconverted, f->each ? "=0" : "=IF([t]<={conversion},[bal],0)");
  report_book_line(b, "capitalised", "Interest added to the loan", "USD", true, report_book_facility(b, f->j, FACILITY_CAPITALISED),
                "={capitalises}*MIN([unconverted]*MAX(0,[rate])*[year],MAX(0,[open]*{commitment}-[used-1]-[bond]))");
  report_book_line(b, "fee", "Fees: upfront, commitment, agency", "USD", true, f->fee,
                "=IF([t]={close},{upfront}*{commitment},0)+IF(OR([undrawn]>" SOME ",[bal]>" SOME "),([undrawn]*{undrawn_fee}+{agency})*[year],0)");
  report_book_line(b, "cash_interest", "Interest paid", "USD", true, f->cash_interest, "=[interest]-[capitalised]");
  report_book_line(b, "building", "Of interest and fees, a use of funds of construction", "USD", true, f->building, "=IF([t]<={conversion},[cash_interest]+[fee],0)");
  report_book_line(b, "operating_interest", "Of interest, paid from operation", "USD", true, f->senior, "=IF([t]<={conversion},0,[cash_interest])");
  report_book_line(b, "operating_fee", "Of fees, paid from operation", "USD", true, f->late_fee, "=IF([t]<={conversion},0,[fee])");
  report_book_line(b, "into_cost", "Of interest added, cost of construction", "USD", true, f->into_cost, "=IF([t]<={conversion},[capitalised],0)");
  if (f->each && f->repays == CAPITAL_REPAYS_LEVEL)
    report_book_line(b, "last_due", "Last instalment of what is drawn now", "USD", false, last_due, "=IF([draw]=0,0,IF([rate]>0,[draw]*([rate]/{months})/(1+[rate]/{months})/(1-(1+[rate]/{months})^-{tenor}),[draw]/{tenor}))");
  put_schedule(b, f);
  report_book_line(b, "due", "Principal paid", "USD", true, report_book_facility(b, f->j, FACILITY_PRINCIPAL), "=MAX(0,MIN([schedule],[bal]+[capitalised]))");
  put_draws(b, f, share);
  report_book_line(b, "draw", "Drawn in all", "USD", true, report_book_facility(b, f->j, FACILITY_DRAW), "=[bond]+[draw_need]");
  report_book_line(b, "used", "Drawn and added so far", "USD", false, f->used, "=[used-1]+[draw]+[capitalised]");
  report_book_line(b, "served", "Fees, interest, principal from operation", "USD", true, f->served, "=[fee]+[cash_interest]+[due]-[building]");
  double *open_balance = report_book_series(b);
  for (int32_t t = 0; !b->failed && t < b->n; t++) open_balance[t] = report_book_facility(b, f->j, FACILITY_BALANCE)[t] + report_book_facility(b, f->j, FACILITY_SWEPT)[t];
  report_book_line(b, "unswept", "Balance before the sweep", "USD", false, open_balance, "=[bal]+[capitalised]+[draw_need]-[due]");
  report_book_line(b, "swept", "Prepaid by cash sweep", "USD", true, report_book_facility(b, f->j, FACILITY_SWEPT), "=IF([kept]=1,0,MIN(MAX(0,[rest])*[open]*{sweep}/MAX(1,[sweeps]),[unswept]))");
  report_book_line(b, "balance", "Balance, end of period", "USD", false, report_book_facility(b, f->j, FACILITY_BALANCE), "=[unswept]-[swept]");
  if (!f->each) report_book_line(b, "converted", "Balance that turned to repayment", "USD", false, f->converted, "=IF([t]={conversion},[balance],[converted-1])");
  put_reserve(b, f);
}

// ---- All facilities -----------------------------------------------------------------------------------------------------------

static const char *sum_of(report_book *b, const char *term, bool senior) {
  const char *sum = "=";
  for (int32_t j = 0; j < b->f->project.n_facility; j++)
    if (!senior || b->f->project.facility[j].rank == 0) sum = report_book_text(b, "%s%s[%s%s%c]", sum, sum[1] ? "+" : "", term, b->place.project, (char)('a' + j));
  return sum[1] ? sum : "=0";
}

// Equity first: what debt draws is shared by commitments, round by round, as long as there is room.
static void put_rounds(report_book *b, const facility *f, const double *need) {
  int32_t m = b->f->project.n_facility;
  double  planned = 0, called = 0, *first = report_book_series(b), *rest = report_book_series(b), *drawn[CAPITAL_FACILITIES], *sums[CAPITAL_FACILITIES];
  for (int32_t j = 0; j < m; j++) drawn[j] = report_book_series(b), sums[j] = report_book_series(b);
  bool any = false;
  for (int32_t t = 0; !b->failed && t < b->n && !any; t++) {
    double draws = 0;
    for (int32_t j = 0; j < m; j++) draws += f[j].draw[t];
    planned += need[t] - draws;
    any = draws > 0;
  }
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    first[t] = number_least(need[t], number_most(0, planned - called));
    double draws = 0;
    for (int32_t j = 0; j < m; j++) draws += f[j].draw[t];
    called += need[t] - draws;
    rest[t] = need[t] - first[t];
  }
  report_book_heading(b, "Equity first, then debt by commitments");
  report_book_input(b, "planned", "Equity that comes before debt", "USD", planned, SIZE_MAX, "the engine's: all uses less what lenders give; sizing is circular; not live");
  double *so_far = report_book_series(b);
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    double draws = 0;
    for (int32_t j = 0; j < m; j++) draws += f[j].draw[t];
    so_far[t] = report_book_before(so_far, t) + need[t] - draws;
  }
  report_book_line(b, "first", "Equity that comes first", "USD", true, first, "=MIN([need],MAX(0,{planned}-[called-1]))");
  report_book_line(b, "called", "Equity called for construction so far", "USD", false, so_far, "=[called-1]+[call]");
  const char *left = "([need]-[first])";
  for (int32_t round = 0; round < m && !b->failed; round++) {
    const char *weight = "", *done = "";
    for (int32_t j = 0; j < m; j++) {
      char        c = (char)('a' + j);
      const char *had = round ? report_book_text(b, "-[sum%d%s%c]", (int)round, b->place.project, c) : "";
      weight = report_book_text(b, "%s%sIF([ask%s%c]%s>" SOME ",{commitment%s%c},0)", weight, j ? "+" : "", b->place.project, c, had, b->place.project, c);
      if (round) done = report_book_text(b, "%s-[sum%d%s%c]", done, (int)round, b->place.project, c);
    }
    double *open = report_book_series(b), *take[CAPITAL_FACILITIES];
    for (int32_t j = 0; j < m; j++) take[j] = report_book_series(b);
    for (int32_t t = 0; !b->failed && t < b->n; t++) {
      double to_go = rest[t];
      for (int32_t j = 0; j < m; j++) {
        to_go -= sums[j][t];
        if (f[j].ask[t] - sums[j][t] > 0.005) open[t] += f[j].now->debt.commitment_usd;
      }
      for (int32_t j = 0; j < m; j++)
        if (f[j].ask[t] - sums[j][t] > 0.005 && open[t] > 0) take[j][t] = number_least(f[j].ask[t] - sums[j][t], number_most(0, to_go) * f[j].now->debt.commitment_usd / open[t]);
    }
    report_book_line(b, report_book_text(b, "open_round%d", (int)round + 1), report_book_text(b, "Round %d: commitments with room", (int)round + 1), "USD", false, open, report_book_text(b, "=%s", weight));
    for (int32_t j = 0; j < m && !b->failed; j++) {
      char c = (char)('a' + j);
      for (int32_t t = 0; t < b->n; t++) drawn[j][t] += take[j][t];
      double *sum = report_book_series(b);
      for (int32_t t = 0; sum && t < b->n; t++) sum[t] = drawn[j][t];
      const char *had = round ? report_book_text(b, "[sum%d%s%c]", (int)round, b->place.project, c) : "0";
      report_book_line(b, report_book_text(b, "sum%d%s%c", (int)round + 1, b->place.project, c), report_book_text(b, "Drawn after round %d by %c", (int)round + 1, c), "USD", false, sum,
                    report_book_text(b, "=%s+IF([ask%s%c]-%s>" SOME ",MIN([ask%s%c]-%s,MAX(0,%s%s)*{commitment%s%c}/[open_round%d]),0)", had, b->place.project, c, had, b->place.project, c, had, left, done, b->place.project, c, (int)round + 1));
    }
    for (int32_t j = 0; j < m && !b->failed; j++) memcpy(sums[j], drawn[j], (size_t)b->n * sizeof(double));
  }
  for (int32_t j = 0; j < m && !b->failed; j++)
    report_book_line(b, report_book_text(b, "by_rounds%s%c", b->place.project, (char)('a' + j)), "Drawn", "USD", true, f[j].draw, report_book_text(b, "=[sum%d%s%c]", (int)m, b->place.project, (char)('a' + j)));
}

// Covenants look at twelve months, from the first service on.
static void put_covenants(report_book *b, const facility *f, const double *service) {
  int32_t m = b->f->project.n_facility;
  double *begun = report_book_series(b), *tested = report_book_series(b), *cover = report_book_series(b);
  const double *cfads = report_book_result(b, PROJECT_CFADS);
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    double cash = 0, due = 0;
    begun[t] = report_book_before(begun, t) > 0 || service[t] > 0.005;
    tested[t] = begun[t] > 0 ? cfads[t] : 0;
    for (int32_t u = t < 11 ? 0 : t - 11; u <= t; u++) cash += tested[u], due += service[u];
    cover[t] = due > 0.005 ? cash / due : 0;
  }
  report_book_heading(b, "Covenants: cover over twelve months, from the first service on");
  report_book_line(b, "begun", "Service has begun", "0/1", false, begun, "=IF(OR([begun-1]=1,[service]>" SOME "),1,0)");
  report_book_line(b, "tested", "Cash for debt service, from then on", "USD", true, tested, "=[begun]*[cfads]");
  double *due12 = report_book_series(b);
  for (int32_t t = 0; !b->failed && t < b->n; t++)
    for (int32_t u = t < 11 ? 0 : t - 11; u <= t; u++) due12[t] += service[u];
  report_book_line(b, "due12", "Service of twelve months", "USD", false, due12, "=SUMIF([t<],\">\"&([t]-12),[service<])");
  report_book_line(b, "dscr12", "DSCR of twelve months", "x", false, cover, "=IF([due12]>" SOME ",SUMIF([t<],\">\"&([t]-12),[tested<])/[due12],0)");
  const char *locks = "", *fails = "";
  for (int32_t j = 0; j < m && !b->failed; j++) {
    double *asked = report_book_series(b);
    if (isnan(f[j].k->lockup_dscr)) continue;
    for (int32_t t = 0; asked && t < b->n; t++) asked[t] = f[j].k->lockup_dscr;
    report_book_line(b, report_book_text(b, "covenant%s%c", b->place.project, (char)('a' + j)), "Lock-up DSCR", "x", false, asked, report_book_text(b, "={lockup%s%c}", b->place.project, (char)('a' + j)));
  }
  for (int32_t j = 0; j < m; j++) {
    char c = (char)('a' + j);
    if (!isnan(f[j].k->lockup_dscr)) locks = report_book_text(b, "%s%sAND([due12]>" SOME ",[unswept%s%c]>" SOME ",[dscr12]<{lockup%s%c}*(1-1E-9))", locks, *locks ? "," : "", b->place.project, c, b->place.project, c);
    if (!isnan(f[j].k->default_dscr)) fails = report_book_text(b, "%s%sAND([due12]>" SOME ",[unswept%s%c]>" SOME ",[dscr12]<{default_at%s%c}*(1-1E-9))", fails, *fails ? "," : "", b->place.project, c, b->place.project, c);
  }
  report_book_line(b, "locked", "Distributions locked", "0/1", true, report_book_result(b, PROJECT_LOCKED), *locks ? report_book_text(b, "=IF(OR(%s),1,0)", locks) : "=0");
  report_book_line(b, "fails", "Cover below the covenant of default", "0/1", true, report_book_result(b, PROJECT_DEFAULT), *fails ? report_book_text(b, "=IF(OR(%s),1,0)", fails) : "=0");
}

static const char *opening_of(report_book *b, const facility *f) {
  const char *sum = "=";
  for (int32_t j = 0; j < b->f->project.n_facility; j++)
    if (f[j].k->rank == 0) sum = report_book_text(b, "%s%s[balance%s%c-1]", sum, sum[1] ? "+" : "", b->place.project, (char)('a' + j));
  return sum;
}

static void put_cover(report_book *b, const facility *f) {
  int32_t m = b->f->project.n_facility, plain = -1;
  double *interest = report_book_series(b), *principal = report_book_series(b), *service = report_book_series(b), *opening = report_book_series(b), *rate = report_book_series(b), *alive = report_book_series(b), *loan = report_book_series(b), *project = report_book_series(b);
  const double *cfads = report_book_result(b, PROJECT_CFADS);
  for (int32_t j = m; j-- > 0;) if (f[j].k->rank == 0) plain = j;
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    double weighted = 0;
    for (int32_t j = 0; j < m; j++) {
      if (f[j].k->rank > 0) continue;
      double before = report_book_before(report_book_facility(b, j, FACILITY_BALANCE), t), balloon = t < b->n ? f[j].balloon[t] : 0, paid = report_book_facility(b, j, FACILITY_PRINCIPAL)[t];
      interest[t] += f[j].senior[t];
      principal[t] += paid - number_least(balloon, paid);
      opening[t] += before;
      weighted += before * f[j].k->rate_frac_per_yr[t];
    }
    service[t] = interest[t] + principal[t];
    rate[t] = opening[t] > 0.005 ? weighted / opening[t] : plain >= 0 ? f[plain].k->rate_frac_per_yr[t] : 0;
  }
  for (int32_t t = b->n; !b->failed && t-- > 0;) {
    double discount = 1 / (1 + rate[t] / 12);
    alive[t] = alive[t + 1] > 0 || service[t] > 0.005 || opening[t] > 0.005;
    project[t] = (project[t + 1] + cfads[t]) * discount;
    loan[t] = alive[t] > 0 ? (loan[t + 1] + cfads[t]) * discount : 0;
  }
  if (b->failed) return;
  report_book_heading(b, "Cover of senior debt");
  const char *paid = "=", *weighted = "=(", *balloons = "";
  for (int32_t j = 0; j < m; j++) {
    char c = (char)('a' + j);
    if (f[j].k->rank > 0) continue;
    paid = report_book_text(b, "%s%s[due%s%c]", paid, paid[1] ? "+" : "", b->place.project, c);
    if (!f[j].each) balloons = report_book_text(b, "%s-MIN([balloon_due%s%c],[due%s%c])", balloons, b->place.project, c, b->place.project, c);
    weighted = report_book_text(b, "%s%s[balance%s%c-1]*[rate%s%c]", weighted, weighted[2] ? "+" : "", b->place.project, c, b->place.project, c);
  }
  report_book_line(b, "senior_interest", "Interest", "USD", true, interest, plain < 0 ? "=0" : sum_of(b, "operating_interest", true));
  report_book_line(b, "service", "Debt service", "USD", true, service, plain < 0 ? "=0" : report_book_text(b, "=[senior_interest]+%s%s", paid + 1, balloons));
  report_book_line(b, "opening", "Debt, start of period", "USD", false, opening, plain < 0 ? "=0" : opening_of(b, f));
  report_book_line(b, "senior_rate", "Rate, by balance", "frac/yr", false, rate, plain < 0 ? "=0" : report_book_text(b, "=IF([opening]>" SOME ",%s)/[opening],[rate%s%c])", weighted + 1, b->place.project, (char)('a' + plain)));
  report_book_line(b, "alive", "Within the loans' life", "0/1", false, alive, "=IF(OR([alive+1]=1,[service]>" SOME ",[opening]>" SOME "),1,0)");
  report_book_line(b, "loan_pv", "Worth of cash over the loans' life", "USD", false, loan, "=IF([alive]=1,([loan_pv+1]+[cfads])/(1+[senior_rate]/{months}),0)");
  report_book_line(b, "project_pv", "Worth of cash to the horizon", "USD", false, project, "=([project_pv+1]+[cfads])/(1+[senior_rate]/{months})");
  report_book_line(b, "dscr", "DSCR", "x", false, report_book_result(b, PROJECT_DSCR), "=IF([service]>" SOME ",[cfads]/[service],0)");
  report_book_line(b, "icr", "Interest cover", "x", false, report_book_result(b, PROJECT_ICR), "=IF([senior_interest]>" SOME ",[cfads]/[senior_interest],0)");
  report_book_line(b, "llcr", "LLCR", "x", false, report_book_result(b, PROJECT_LLCR), "=IF([opening]>" SOME ",[loan_pv]/[opening],0)");
  report_book_line(b, "plcr", "PLCR", "x", false, report_book_result(b, PROJECT_PLCR), "=IF([opening]>" SOME ",[project_pv]/[opening],0)");
  put_covenants(b, f, service);
}

static void facility_of(report_book *b, int32_t j, facility *f) {
  const capital_facility *k = &b->f->project.facility[j];
  const twin_deal        *deal = &b->c->m->deal[b->f->loan[j]];
  bool                    each = k->terms.draw_tenor > 0;
  *f = (facility){ .j = j, .k = k, .deal = deal, .c = &b->c->s->v.contract[deal->contract], .now = twin_loan_of(b->c->s, b->f->loan[j], b->f->campus), .each = each,
                   .repays = each ? k->terms.draw_repays : k->repays, .tenor = each ? k->terms.draw_tenor : k->tenor,
                   .ends = each || k->draws_end <= k->conversion ? k->draws_end : k->conversion + 1 };
}

void report_book_project_debt(report_book *b) {
  facility f[CAPITAL_FACILITIES];
  int32_t  m = b->f->project.n_facility;
  double   share[CAPITAL_FACILITIES] = {0}, *need = report_book_series(b), *cut = report_book_series(b), *sweeps = report_book_series(b);
  const report_book_row *row = report_book_find_row(&b->place, "need");
  if (b->failed || !row) return;
  memcpy(need, row->value, (size_t)b->n * sizeof *need);
  for (int32_t j = 0; j < m; j++) {
    facility_of(b, j, &f[j]);
    // The share of funding shows in what was drawn: nothing else than the commitment ever lowers it.
    for (int32_t t = 0; t < b->n; t++)
      if (need[t] > 1 && !f[j].k->drawn_at_close) share[j] = number_most(share[j], report_book_facility(b, j, FACILITY_DRAW)[t] / need[t]);
  }
  for (int32_t j = 0; j < m && !b->failed; j++) {
    make_arrays(b, &f[j], need, share);
    (void)snprintf(b->place.facility, sizeof b->place.facility, "%.6s%c", b->place.project, (char)('a' + j));
    put_facility(b, &f[j], share);
    b->place.facility[0] = '\0';
  }
  for (int32_t t = 0; !b->failed && t < b->n; t++) {
    double asked = 0;
    for (int32_t j = 0; j < m; j++) {
      asked += f[j].ask[t];
      if (t >= f[j].k->close) sweeps[t] += f[j].k->sweep_frac;
    }
    cut[t] = asked > need[t] ? need[t] / asked : 1;
  }
  report_book_heading(b, "All facilities");
  bool first = b->f->project.funding == CAPITAL_FUND_EQUITY_FIRST;
  if (!first) report_book_line(b, "cut", "What is asked for is cut to the need", "factor", false, cut, m ? report_book_text(b, "=IF(%s>[need],[need]/(%s),1)", sum_of(b, "ask", false) + 1, sum_of(b, "ask", false) + 1) : "=1");
  const char *sum = "=";
  for (int32_t j = 0; j < m; j++) sum = report_book_text(b, "%s%s[open%s%c]*{sweep%s%c}", sum, j ? "+" : "", b->place.project, (char)('a' + j), b->place.project, (char)('a' + j));
  report_book_line(b, "sweeps", "Shares of all sweeps", "factor", false, sweeps, m ? sum : "=0");
  report_book_line(b, "draws", "Draws", "USD", true, report_book_result(b, PROJECT_DRAWS), sum_of(b, "draw", false));
  report_book_line(b, "all_capitalised", "Interest added to loans", "USD", true, report_book_result(b, PROJECT_CAPITALISED), sum_of(b, "capitalised", false));
  report_book_line(b, "fees", "Fees paid", "USD", true, report_book_result(b, PROJECT_FEES), sum_of(b, "fee", false));
  report_book_line(b, "interests", "Interest paid", "USD", true, report_book_result(b, PROJECT_INTEREST), sum_of(b, "cash_interest", false));
  double *interest = report_book_series(b), *late = report_book_series(b), *built = report_book_series(b);
  for (int32_t t = 0; !b->failed && t < b->n; t++)
    for (int32_t j = 0; j < m; j++) interest[t] += report_book_facility(b, j, FACILITY_INTEREST_DUE)[t], late[t] += f[j].late_fee[t];
  report_book_line(b, "all_interest", "Interest, paid or added", "USD", true, interest, sum_of(b, "interest", false));
  for (int32_t t = 0; !b->failed && t < b->n; t++)
    for (int32_t j = 0; j < m; j++) built[t] += t <= f[j].k->conversion ? report_book_facility(b, j, FACILITY_INTEREST_DUE)[t] : 0;
  report_book_line(b, "interest_built", "Of it during construction: cost in the books", "USD", true, built, report_book_text(b, "=[all_interest]-(%s)", sum_of(b, "operating_interest", false) + 1));
  report_book_line(b, "late_fees", "Fees paid from operation", "USD", true, late, sum_of(b, "operating_fee", false));
  report_book_line(b, "principals", "Principal paid", "USD", true, report_book_result(b, PROJECT_PRINCIPAL), sum_of(b, "due", false));
  report_book_line(b, "debt", "Debt, end of period", "USD", false, report_book_result(b, PROJECT_DEBT), sum_of(b, "balance", false));
  report_book_line(b, "reserve", "Debt service reserve, end of period", "USD", false, report_book_result(b, PROJECT_RESERVE), sum_of(b, "target", false));
  if (first) put_rounds(b, f, need);
  put_cover(b, f);
}
