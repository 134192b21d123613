// Loans of the twin: size and close, draws, interest, repayment; reserves, covenants, default; what owners get.
//
// One facility of capital/debt.h for each contract, lender and campus. Its commitment is fixed at close on the lender's own
// case, its profile of repayment when it turns to repayment; every scenario lives with both. Amounts are whole cents.
#include <math.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "loans.h"
#include "parts.h"

static double usd(int64_t cents) { return (double)cents / 100; }
static double whole(double amount_usd) { return usd(capital_cents(amount_usd)); }
static int64_t less(int64_t a, int64_t b) { return a < b ? a : b; }
static int64_t more(int64_t a, int64_t b) { return a > b ? a : b; }
static bool   is_loan(const twin_deal *d) { return d->rule == CAPITAL_RULE_LOAN; }
static double months_of(double days) { return days / CALENDAR_DAYS_PER_MONTH; }
static int32_t whole_months(double days) { return (int32_t)floor(months_of(days) + 0.5); }
static const double MONTH_YEAR = 1.0 / 12;

static const capital_contract *contract_of(const twin_state *s, int32_t d) { return &s->v.contract[s->m->deal[d].contract]; }

static bool is_collateral(const twin_state *s, const twin_deal *deal, int32_t c) {
  int32_t at = 2 * c + s->variant[c];
  return twin_contract_covers(&s->v, &s->v.contract[deal->contract], c) && (s->m->owner[at] == deal->payee || s->m->buyer[at] == deal->payee);
}

// ---- Terms --------------------------------------------------------------------------------------------------------------

// Interest on overdue sums over the loan's own rate: assumption, see docs/assumptions.md#loans.
static const double DEFAULT_MARGIN_FRAC_PER_YR = 0.02;

capital_debt_terms twin_loan_terms(const capital_contract *k) {
  bool each = k->matures == CAPITAL_MATURES_EACH;
  return (capital_debt_terms){
    .commitment_fee_frac_per_yr = k->commitment_fee_frac_per_yr,
    .agency_usd_per_yr = k->agency_usd_per_yr,
    .upfront_frac = k->upfront_frac,
    .default_margin_frac_per_yr = DEFAULT_MARGIN_FRAC_PER_YR,
    .capitalises = k->before == CAPITAL_BEFORE_CAPITALISED,
    .draw_tenor = each ? (int32_t)number_most(1, whole_months(k->tenor_day)) : 0,
    .draw_repays = k->repays == CAPITAL_REPAYS_SCULPTED ? CAPITAL_REPAYS_LEVEL : k->repays,
  };
}

static double rate_now(const twin_state *s, const capital_contract *k, double swap_frac) {
  return capital_debt_rate(s->markets.level[PATH_INTEREST], 0, k->margin_frac_per_yr, k->hedged_frac, swap_frac);
}

// ---- Size ---------------------------------------------------------------------------------------------------------------

// Present worth of n level monthly payments of 1; the same for all campuses of a month, raised to a power once.
static double annuity(const twin_state *s, int32_t d, double rate_per_yr, double n) {
  twin_deal_now *now = &s->deal[d];
  if (now->annuity_n != n || now->annuity_rate != rate_per_yr) {
    double i = rate_per_yr / 12;
    now->annuity = fabs(i) < 1e-12 ? n : (1 - pow(1 + i, -n)) / i;
    now->annuity_n = n;
    now->annuity_rate = rate_per_yr;
  }
  return now->annuity;
}

// What a level cash flow of `service_usd` a month carries, by how the loan repays: capital_debt_size on a flat case in closed
// form, since it is asked for every campus and month. What a bullet leaves to its end is refinanced, so cover is of interest.
static double flat_size_usd(const capital_contract *k, double service_usd, double rate_per_yr, double n, double worth) {
  double i = rate_per_yr / 12, left = 1 - i * worth;  // of one dollar n months ahead
  if (k->repays == CAPITAL_REPAYS_CONSTANT) return service_usd / ((1 - k->balloon_frac) / n + i);
  if (k->repays == CAPITAL_REPAYS_BULLET) return i > 0 ? service_usd / i : HUGE_VAL;
  return service_usd * worth / (1 - k->balloon_frac * left);
}

static double campus_budget_usd(const twin_state *s, int32_t campus, int32_t borrower) {
  int32_t at = 2 * campus + s->variant[campus];
  double  sum = 0;
  if (s->m->owner[at] == borrower) sum += s->campus_owner_usd[campus];
  if (s->m->buyer[at] == borrower) sum += s->campus_buyer_usd[campus];
  return sum;
}

// Commitment that one loan contract gives for a campus: the least of cover, leverage and what is left of its cap.
static capital_size loan_size(const twin_state *s, int32_t d, int32_t campus) {
  const twin_deal        *deal = &s->m->deal[d];
  const capital_contract *k = contract_of(s, d);
  capital_size            size = { { HUGE_VAL, HUGE_VAL, HUGE_VAL, HUGE_VAL }, 0, -1 };
  double                  frac = s->v.share[deal->share].frac;
  if (!is_loan(deal) || !(frac > 0) || !is_collateral(s, deal, campus)) return size;
  if (!isnan(k->dscr) || !isnan(k->llcr)) {
    const twin_lender_case *of = twin_lender_case_of(s->m, d, campus, s->variant[campus]);
    double rate = s->markets.level[PATH_INTEREST] + k->margin_frac_per_yr;
    double n = number_most(1, number_least(months_of(k->tenor_day), of->months)), worth = annuity(s, d, rate, n);
    if (!isnan(k->dscr)) size.limit_usd[CAPITAL_SIZE_DSCR] = flat_size_usd(k, of->cash_usd / k->dscr, rate, n, worth);
    if (!isnan(k->llcr)) size.limit_usd[CAPITAL_SIZE_LLCR] = of->cash_usd * worth / k->llcr;
  }
  if (!isnan(k->advance_frac)) size.limit_usd[CAPITAL_SIZE_LEVERAGE] = k->advance_frac * campus_budget_usd(s, campus, deal->payee);
  if (!isnan(k->total_usd)) {
    double given = 0;
    for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) given += twin_loan_of(s, d, c)->debt.commitment_usd / frac;
    size.limit_usd[CAPITAL_SIZE_COMMITMENT] = k->total_usd - given;
  }
  double least = HUGE_VAL;
  for (int i = 0; i < CAPITAL_SIZE_LIMITS; i++)
    if (size.limit_usd[i] < least) {
      least = size.limit_usd[i];
      size.binds = i;
    }
  if (isfinite(least) && least > 0) size.usd = least * frac;
  return size;
}

double twin_loan_prospect_usd(const twin_state *s, int32_t campus) {
  double sum = 0;
  for (int32_t d = 0; d < s->m->n_deal; d++)
    if (is_loan(&s->m->deal[d]) && !twin_loan_of(s, d, campus)->open && !s->deal[d].failed) sum += loan_size(s, d, campus).usd;
  return sum;
}

void twin_loan_close(twin_state *s, int32_t campus) {
  const twin_model *m = s->m;
  double            closed = s->draw.gate_open_day[campus * TWIN_GATES + BUILD_GATE_CLOSE - 1];
  if (!(closed < m->day0[s->month + 1])) return;
  for (int32_t d = 0; d < m->n_deal; d++) {
    twin_loan_now *now = twin_loan_of(s, d, campus);
    if (!is_loan(&m->deal[d]) || now->open) continue;
    const capital_contract *k = contract_of(s, d);
    capital_size            size = loan_size(s, d, campus);
    if (s->deal[d].failed) size.usd = 0;
    double *schedule = s->schedule_usd + ((size_t)d * (size_t)m->n[CLASS_CAMPUS] + (size_t)campus) * (size_t)m->n_month;
    capital_debt_open(&now->debt, whole(size.usd), schedule, m->n_month, s->month + (int32_t)number_most(1, whole_months(k->draws_day)));
    now->size = size;
    now->open = 1;
    now->open_month = s->month;
    now->swap_frac = s->markets.level[PATH_INTEREST];
    if (size.usd > 0)
      twin_note(s, "%s: loan %s closes at $%.2fB, %.2f %% a year", programme_name(&m->p, CLASS_CAMPUS, campus),
                programme_name(&m->p, CLASS_CONTRACT, m->deal[d].contract), size.usd / 1e9, 100 * rate_now(s, k, now->swap_frac));
  }
}

// ---- Interest and repayment -----------------------------------------------------------------------------------------------

// Instalments in whole cents whose sum is the sum of the exact ones.
static void round_schedule(capital_debt *debt, int32_t from) {
  double sum = 0, told = 0;
  for (int32_t t = from; t < debt->n; t++) {
    sum += debt->due_usd[t];
    debt->due_usd[t] = whole(sum) - told;
    told += debt->due_usd[t];
  }
}

static void turn_to_repayment(twin_state *s, int32_t d, int32_t c) {
  const twin_deal        *deal = &s->m->deal[d];
  const capital_contract *k = contract_of(s, d);
  twin_loan_now          *now = twin_loan_of(s, d, c);
  const twin_lender_case *of = twin_lender_case_of(s->m, d, c, s->variant[c]);
  int32_t n = (int32_t)number_least(TWIN_MAX_MONTHS, number_most(1, whole_months(k->tenor_day)));
  double *year = s->repay_scratch, *rate = year + TWIN_MAX_MONTHS, *cash = rate + TWIN_MAX_MONTHS, *dscr = cash + TWIN_MAX_MONTHS, *part = dscr + TWIN_MAX_MONTHS;
  for (int32_t t = 0; t < n; t++) {
    year[t] = MONTH_YEAR;
    rate[t] = now->swap_frac + k->margin_frac_per_yr;
    cash[t] = t < of->months ? of->cash_usd : 0;
    dscr[t] = isnan(k->dscr) ? 1 : k->dscr;
  }
  int32_t repays = k->repays == CAPITAL_REPAYS_SCULPTED && !(of->cash_usd > 0 && of->months >= 1) ? CAPITAL_REPAYS_LEVEL : k->repays;
  int32_t grace = (int32_t)number_least(n - 1, whole_months(k->grace_day));
  capital_repay_plan plan = { repays, n, grace, k->balloon_frac, year, rate, cash, dscr };
  if (capital_repay_profile(&plan, part, NULL)) return;
  now->converted_month = now->debt.draws_end = s->month;
  twin_note(s, "%s: loan %s turns to repayment, $%.2fB over %d months", programme_name(&s->m->p, CLASS_CAMPUS, c),
            programme_name(&s->m->p, CLASS_CONTRACT, deal->contract), now->debt.balance_usd / 1e9, n);
  capital_debt_convert(&now->debt, s->month - 1, now->debt.balance_usd, part, n);  // the first instalment falls due this month
  round_schedule(&now->debt, s->month);
}

typedef struct loan_month { int64_t fresh, interest, principal, capitalised, scheduled; bool repays; } loan_month;

static void accrue_campus(twin_state *s, int32_t d, int32_t c, const capital_debt_terms *terms, loan_month *sum) {
  const capital_contract *k = contract_of(s, d);
  twin_loan_now          *now = twin_loan_of(s, d, c);
  capital_debt           *debt = &now->debt;
  bool ready = now->complete || s->month >= debt->draws_end;
  if (!terms->draw_tenor && now->converted_month < 0 && debt->balance_usd > 0 && ready) turn_to_repayment(s, d, c);
  now->complete = s->work_left[c] == 0;  // the last bills of this month may still be drawn for
  double  before = whole(debt->due_fee_usd + debt->due_interest_usd), overdue = debt->due_principal_usd;
  double  opening = debt->balance_usd, added = debt->capitalised_usd;
  capital_debt_accrue(debt, terms, s->month, rate_now(s, k, now->swap_frac), MONTH_YEAR);
  if (s->month == now->open_month) debt->due_fee_usd += terms->upfront_frac * debt->commitment_usd;
  debt->due_fee_usd = whole(debt->due_fee_usd);
  debt->due_interest_usd = whole(debt->due_interest_usd);
  debt->due_principal_usd = whole(debt->due_principal_usd);
  debt->balance_usd = whole(debt->balance_usd);
  int64_t capitalised = capital_cents(debt->balance_usd - opening);  // what the rounded balance grew by, so that the books agree
  debt->capitalised_usd = added + usd(capitalised);
  if (debt->balance_usd - debt->due_principal_usd < 1) debt->due_principal_usd = debt->balance_usd;  // cents of rounding go with the last instalment
  double due = debt->due_fee_usd + debt->due_interest_usd;
  sum->capitalised += capitalised;
  sum->fresh += capital_cents(due - before);
  sum->interest += capital_cents(due);
  sum->principal += capital_cents(debt->due_principal_usd);
  if (!debt->accelerated) sum->scheduled += capital_cents(due - before + debt->due_principal_usd - overdue);
  sum->repays |= now->converted_month >= 0 || terms->draw_tenor > 0;
}

void twin_loan_accrue(twin_state *s, int32_t d) {
  const twin_deal   *deal = &s->m->deal[d];
  capital_debt_terms terms = twin_loan_terms(contract_of(s, d));
  loan_month         sum = {0};
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++)
    if (twin_loan_of(s, d, c)->open && twin_loan_of(s, d, c)->debt.commitment_usd > 0) accrue_campus(s, d, c, &terms, &sum);
  if (sum.capitalised > 0) ledger_post(&s->ledger, deal->capitalised_leg, s->month, sum.capitalised);
  if (sum.fresh > 0) ledger_post(&s->ledger, s->m->line[deal->line].bill_leg, s->month, sum.fresh);
  s->owed_cents[deal->line] = sum.interest;
  s->owed_cents[deal->principal] = sum.principal;
  if (sum.repays) s->service_cents[deal->payee] += sum.scheduled;  // cover is of loans in repayment
  s->year_interest_usd[deal->payee] += usd(sum.fresh);
  if (!s->m->inside[deal->payee]) return;
  s->interest_usd += usd(sum.capitalised + sum.fresh);
  s->debt_service_usd += usd(sum.scheduled);
}

// ---- Draws and payments -----------------------------------------------------------------------------------------------------

int64_t twin_loans_draw(twin_state *s, int32_t borrower, int64_t want, bool share_only) {
  const twin_model *m = s->m;
  int64_t           drawn = 0;
  for (int32_t d = 0; d < m->n_deal; d++) {
    const twin_deal *deal = &m->deal[d];
    if (deal->payee != borrower || !is_loan(deal) || s->deal[d].failed) continue;
    const capital_contract *k = contract_of(s, d);
    capital_debt_terms      terms = twin_loan_terms(k);
    double  part = share_only && !isnan(k->advance_frac) ? k->advance_frac * s->v.share[deal->share].frac : 1;
    int64_t ask = (int64_t)((double)want * part), here = 0, has = INT64_MAX;
    if (!s->v.party[deal->payer].deep) has = more(0, ledger_balance(&s->ledger, deal->payer, LEDGER_CASH));  // a lender can lend what it has
    if (ask > has) ask = has;
    for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
      twin_loan_now *now = twin_loan_of(s, d, c);
      int64_t        left = ask - here < want - drawn - here ? ask - here : want - drawn - here;
      bool           at_once = k->drawn == CAPITAL_DRAWN_AT_CLOSE && now->open && now->open_month == s->month;
      if (at_once) left = has - here < capital_cents(now->debt.commitment_usd) ? has - here : capital_cents(now->debt.commitment_usd);
      if (now->open && left > 0) {
        double got = capital_debt_draw(&now->debt, &terms, s->month, rate_now(s, k, now->swap_frac), MONTH_YEAR, usd(left));
        if (at_once) now->debt.held_usd = got;
        here += capital_cents(got);
      }
    }
    if (here > 0) ledger_post(&s->ledger, deal->draw_leg, s->month, here);
    s->month_in_cents[borrower] += here;
    s->month_out_cents[deal->payer] += here;
    drawn += here;
  }
  return drawn;
}

void twin_loan_pay(twin_state *s, int32_t d, int64_t interest, int64_t principal) {
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) {
    twin_loan_now *now = twin_loan_of(s, d, c);
    if (!now->open || !(now->debt.commitment_usd > 0)) continue;
    capital_debt_paid due = capital_debt_due(&now->debt);
    int64_t i = less(capital_cents(due.fee_usd + due.interest_usd), interest);
    if (i > 0) capital_debt_pay(&now->debt, usd(i));
    int64_t q = less(capital_cents(due.principal_usd), principal);
    if (q > 0) capital_debt_pay(&now->debt, usd(q));  // principal is junior to interest: that is paid by now
    interest -= i;
    principal -= q;
  }
}

// Reserves and bond proceeds that are still held earn the benchmark; what was built for was paid out of the proceeds first.
void twin_loans_earn(twin_state *s) {
  const twin_model *m = s->m;
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    if (!m->borrows[p]) continue;
    double held = usd(s->reserve_cents[p]), spent = usd(s->capital_cents[p]);
    for (int32_t d = 0; d < m->n_deal; d++) {
      if (!is_loan(&m->deal[d]) || m->deal[d].payee != p || contract_of(s, d)->drawn != CAPITAL_DRAWN_AT_CLOSE) continue;
      for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
        capital_debt *debt = &twin_loan_of(s, d, c)->debt;
        double        used = number_least(debt->held_usd, spent);
        debt->held_usd -= used;
        spent -= used;
        held += debt->held_usd;
      }
    }
    int64_t cents = capital_cents(number_most(0, held * s->markets.level[PATH_INTEREST] * MONTH_YEAR));
    if (cents <= 0) continue;
    ledger_post(&s->ledger, m->earned_leg[p], s->month, cents);
    s->month_in_cents[p] += cents;
    s->month_out_cents[m->party_markets] += cents;
  }
}

// ---- Reserve --------------------------------------------------------------------------------------------------------------

int64_t twin_reserve_target_cents(const twin_state *s, int32_t borrower) {
  double sum = 0;
  for (int32_t d = 0; d < s->m->n_deal; d++) {
    const capital_contract *k = contract_of(s, d);
    if (s->m->deal[d].payee != borrower || !is_loan(&s->m->deal[d]) || !(k->reserve_day > 0)) continue;
    int32_t ahead = whole_months(k->reserve_day);
    for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++) {
      const twin_loan_now *now = twin_loan_of(s, d, c);
      if (!(now->debt.balance_usd > 0) || now->debt.accelerated || now->converted_month < 0) continue;
      sum += now->debt.balance_usd * rate_now(s, k, now->swap_frac) * ahead * MONTH_YEAR;
      for (int32_t t = s->month + 1; t <= s->month + ahead && t < now->debt.n; t++) sum += now->debt.due_usd[t];
    }
  }
  return capital_cents(sum);
}

int64_t twin_reserve_release(twin_state *s, int32_t borrower, int64_t short_cents) {
  int64_t service = 0;
  for (int32_t d = 0; d < s->m->n_deal; d++)
    if (s->m->deal[d].payee == borrower && is_loan(&s->m->deal[d])) service += s->owed_cents[s->m->deal[d].line] + s->owed_cents[s->m->deal[d].principal];
  int64_t released = more(0, less(less(short_cents, service), s->reserve_cents[borrower]));
  if (released > 0) twin_note(s, "%s draws $%.3fB on its debt service reserve", programme_name(&s->m->p, CLASS_PARTY, borrower), usd(released) / 1e9);
  s->reserve_cents[borrower] -= released;
  return released;
}

// ---- Covenants and default --------------------------------------------------------------------------------------------------

// Whether anything that was due this month is still owed.
static bool is_owing(const twin_state *s, int32_t party) {
  for (int32_t i = 0; i < s->n_claim; i++)
    if (s->m->line[s->claim_line[i]].payer == party && s->owed_cents[s->claim_line[i]] > 0) return true;
  return false;
}

// One loan in default calls all of the same borrower: nothing more is drawn, all of it is due, and owners get nothing. Lenders
// step in: the cash of operation goes to them, by rank, until they are whole.
void twin_loan_fail(twin_state *s, int32_t deal, const char *why) {
  const twin_model *m = s->m;
  int32_t           borrower = m->deal[deal].payee;
  twin_note(s, "default: %s under %s, %s", programme_name(&m->p, CLASS_PARTY, borrower), programme_name(&m->p, CLASS_CONTRACT, m->deal[deal].contract), why);
  for (int32_t d = 0; d < m->n_deal; d++) {
    if (m->deal[d].payee != borrower || !is_loan(&m->deal[d]) || s->deal[d].failed) continue;
    s->deal[d].failed = 1;
    s->defaults++;
    for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++)
      if (twin_loan_of(s, d, c)->open) capital_debt_accelerate(&twin_loan_of(s, d, c)->debt);
  }
}

// Cover of the last twelve months; HUGE_VAL until debt service has been due for a year.
static double cover_of(twin_state *s, int32_t p) {
  double *cash = s->cover_cash_usd + 12 * p, *due = s->cover_due_usd + 12 * p, all_cash = 0, all_due = 0;
  cash[s->month % 12] = usd(s->operating_cents[p]);
  due[s->month % 12] = usd(s->service_cents[p]);
  bool whole_year = true;
  for (int i = 0; i < 12; i++) {
    whole_year &= due[i] > 0;
    all_cash += cash[i];
    all_due += due[i];
  }
  return whole_year ? all_cash / all_due : HUGE_VAL;
}

static void test_covenants(twin_state *s, int32_t p) {
  double cover = s->cover_frac[p];
  bool   locked = false;
  for (int32_t d = 0; d < s->m->n_deal; d++) {
    const capital_contract *k = contract_of(s, d);
    if (s->m->deal[d].payee != p || !is_loan(&s->m->deal[d])) continue;
    locked |= s->deal[d].failed || cover < k->lockup_dscr;  // never below a cover that is not asked: NaN
    if (!s->deal[d].failed && cover < k->default_dscr) twin_loan_fail(s, d, "cover of debt service below the covenant");
  }
  if (locked != s->locked[p]) twin_note(s, locked ? "%s: distributions are locked" : "%s: distributions are free again", programme_name(&s->m->p, CLASS_PARTY, p));
  s->locked[p] = locked;
}

// ---- Sweep and distributions --------------------------------------------------------------------------------------------------

// Nothing of what the party pays for is still to be built.
static bool all_built(const twin_state *s, int32_t p) {
  const twin_model *m = s->m;
  bool any = false;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    int32_t at = 2 * c + s->variant[c];
    if (m->owner[at] != p && m->buyer[at] != p) continue;
    if (s->settled_month[c] == INT32_MAX) return false;
    any = true;
  }
  return any;
}

// Set aside for the next machines: what the present ones have lost of their price, evenly over their life.
static double renewal_usd(const twin_state *s, int32_t p) {
  double sum = 0;
  for (int32_t c = 0; c < s->m->n[CLASS_CAMPUS]; c++)
    if (s->m->buyer[2 * c + s->variant[c]] == p) sum += number_most(0, s->renewal_usd[c]);
  return sum;
}

static int64_t sweep(twin_state *s, int32_t p, int64_t excess) {
  const twin_model *m = s->m;
  int64_t           taken = 0;
  for (int32_t d = 0; d < m->n_deal; d++) {
    const capital_contract *k = contract_of(s, d);
    if (m->deal[d].payee != p || !is_loan(&m->deal[d]) || !(k->sweep_frac > 0)) continue;
    capital_debt_terms terms = twin_loan_terms(k);
    int64_t            want = less(excess - taken, (int64_t)((double)excess * k->sweep_frac)), here = 0;
    for (int32_t c = 0; c < m->n[CLASS_CAMPUS] && here < want; c++)
      here += capital_cents(capital_debt_prepay(&twin_loan_of(s, d, c)->debt, &terms, s->month, usd(want - here)));
    if (here <= 0) continue;
    ledger_post(&s->ledger, m->line[m->deal[d].principal].pay_leg, s->month, here);
    s->month_out_cents[p] += here;
    s->month_in_cents[m->deal[d].payer] += here;
    taken += here;
  }
  return taken;
}

static void distribute(twin_state *s, int32_t p, int64_t excess) {
  const twin_model *m = s->m;
  double            got[CAPITAL_OWNERS] = {0};
  int64_t           told = 0;
  capital_equity_distribute(&s->equity_terms[p], &s->equity_state[p], usd(excess), got);
  for (int32_t d = 0; d < m->n_deal; d++) {
    const twin_deal *deal = &m->deal[d];
    if (deal->payee != p || deal->rule != CAPITAL_RULE_EQUITY) continue;
    int64_t cents = less(capital_cents(got[deal->owner]), excess - told);
    if (cents <= 0) continue;
    ledger_post(&s->ledger, deal->distribution_leg, s->month, cents);
    s->month_out_cents[p] += cents;
    s->month_in_cents[deal->payer] += cents;
    told += cents;
  }
}

// The rest of the waterfall, when all bills of the month are paid: reserve, covenants, sweep, distributions.
void twin_loans_settle(twin_state *s, bool free_money) {
  const twin_model *m = s->m;
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    if (!m->borrows[p]) continue;
    s->cover_frac[p] = cover_of(s, p);
    if (free_money) continue;
    test_covenants(s, p);
    bool    owing = is_owing(s, p);
    int64_t cash = ledger_balance(&s->ledger, p, LEDGER_CASH), target = twin_reserve_target_cents(s, p);
    if (!owing) s->reserve_cents[p] = more(0, less(cash, target));
    if (owing || !m->distributes[p] || s->month < m->as_of_month || !all_built(s, p)) continue;
    // A month's bills and the next machines stay.
    int64_t excess = cash - s->reserve_cents[p] - s->month_out_cents[p] - capital_cents(renewal_usd(s, p));
    if (excess > 0) excess -= sweep(s, p, excess);
    if (excess > 0 && !s->locked[p]) distribute(s, p, excess);
  }
}

// ---- Equity ---------------------------------------------------------------------------------------------------------------------

// Owners of a party: payers of equity to it. First what was paid in with the preferred return, then profits by their shares.
void twin_equity_open(twin_state *s) {
  const twin_model *m = s->m;
  for (int32_t p = 0; p < m->n[CLASS_PARTY]; p++) {
    if (!m->distributes[p]) continue;
    capital_equity_terms *terms = &s->equity_terms[p];
    *terms = (capital_equity_terms){ .n_tier = 2 };
    terms->tier[0].measured = terms->tier[1].measured = -1;
    terms->tier[1].hurdle_frac_per_yr = (double)NAN;
    double calls = 0, profits = 0;
    for (int32_t d = 0; d < m->n_deal; d++) {
      const twin_deal *deal = &m->deal[d];
      if (deal->payee != p || deal->rule != CAPITAL_RULE_EQUITY) continue;
      const capital_contract *k = contract_of(s, d);
      double share = s->v.share[deal->share].frac, profit = share;
      for (int32_t i = 0; i < k->profits.n; i++) {
        if (!i) profit = 0;
        if (s->v.share[k->profits.first + i].of == deal->payer) profit = s->v.share[k->profits.first + i].frac;
      }
      terms->call_frac[deal->owner] = terms->tier[0].share_frac[deal->owner] = share;
      terms->tier[1].share_frac[deal->owner] = profit;
      terms->tier[0].hurdle_frac_per_yr = number_most(terms->tier[0].hurdle_frac_per_yr, k->preferred_frac_per_yr);
      if (deal->owner >= terms->n_owner) terms->n_owner = deal->owner + 1;
      calls += share;
      profits += profit;
    }
    for (int32_t i = 0; i < terms->n_owner; i++) {
      terms->call_frac[i] /= calls;
      terms->tier[0].share_frac[i] /= calls;
      terms->tier[1].share_frac[i] = profits > 0 ? terms->tier[1].share_frac[i] / profits : terms->call_frac[i];
    }
    capital_equity_open(terms, &s->equity_state[p]);
  }
}

void twin_equity_accrue(twin_state *s) {
  for (int32_t p = 0; p < s->m->n[CLASS_PARTY]; p++)
    if (s->m->distributes[p]) capital_equity_accrue(&s->equity_terms[p], &s->equity_state[p], MONTH_YEAR);
}
