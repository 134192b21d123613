// Stress cases: the kernel against a second model, tests/capital/stress.py, which was written from the text of the headers.
// Both read tests/capital/stress/NAME.case (the form is described in stress.py); its figures are in stress_expected.csv.
// Every series of every period is compared: money to the cent, ratios to six decimals. A series that is not in the file
// is 0.
#define _POSIX_C_SOURCE 200809L  // strtok_r
#include "clearing.h"
#include "project.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"

#define FOLDER   "tests/capital/stress/"
#define EXPECTED "tests/capital/stress_expected.csv"

enum { NUMBERS = 20000, INTS = 2000, MOST = 64, SHOWN = 40, LINES = 4000, CLAIMS = 16 };

// A case as read; sections of its kind in the order of the file.
typedef struct owner {
  double call_frac;
} owner;
typedef struct claim {
  int32_t       payer, payee, rank, order;
  const double *owed_usd;
} claim;
typedef struct party {
  double  cash_usd;
  int32_t deep;
} party;
typedef struct shares {
  double        n, lend_frac, call_frac, restore_frac, haircut_frac;
  const double *price, *cash_usd;
} shares;
typedef struct stress {
  capital_project p;
  shares          shares;
  claim           claim[CLAIMS];
  party           party[CAPITAL_OWNERS];
  owner           owner[CAPITAL_OWNERS];
  int32_t         n_claim, n_party;
  char            facility_name[CAPITAL_FACILITIES][MOST], owner_name[CAPITAL_OWNERS][MOST];
  char            claim_name[CLAIMS][MOST], party_name[CAPITAL_OWNERS][MOST], unused_name[CAPITAL_COSTS][MOST];
  double          number[NUMBERS], zero[MOST];
  int32_t         integer[INTS], n_number, n_integer;
} stress;

// ---- Reading a case ---------------------------------------------------------------------------------------------

typedef enum kind { NUMBER, INTEGER, WORD, SERIES, INTEGERS, SHARES } kind;
typedef struct field {
  const char *key;
  kind        kind;
  size_t      at;
  const char *words;
} field;

#define AT(type, member) offsetof(type, member)
// clang-format off
static const field project_fields[] = {
  {"year", SERIES, AT(stress, p.year), NULL}, {"tax_year", INTEGERS, AT(stress, p.tax_year), NULL},
  {"receipts_usd", SERIES, AT(stress, p.receipts_usd), NULL}, {"output", SERIES, AT(stress, p.output), NULL},
  {"price_usd", NUMBER, AT(stress, p.price_usd), NULL}, {"opex_usd", SERIES, AT(stress, p.opex_usd), NULL},
  {"other_income_usd", SERIES, AT(stress, p.other_income_usd), NULL},
  {"working_months", NUMBER, AT(stress, p.working_months), NULL},
  {"maintenance_usd", SERIES, AT(stress, p.maintenance_usd), NULL},
  {"maintenance_fund_usd", SERIES, AT(stress, p.maintenance_fund_usd), NULL},
  {"maintenance_write_off", WORD, AT(stress, p.maintenance_tax.write_off), CAPITAL_WRITE_OFFS},
  {"basis_interest", INTEGER, AT(stress, p.basis_interest), NULL}, {"basis_fees", INTEGER, AT(stress, p.basis_fees), NULL},
  {"basis_extra_usd", NUMBER, AT(stress, p.basis_extra_usd), NULL},
  {"close_cost_usd", NUMBER, AT(stress, p.close_cost_usd), NULL},
  {"close_cost_basis_usd", NUMBER, AT(stress, p.close_cost_basis_usd), NULL},
  {"lender_cfads_usd", SERIES, AT(stress, p.lender_cfads_usd), NULL},
  {"cfads_after_tax", INTEGER, AT(stress, p.cfads_after_tax), NULL},
  {"reserve_rule", WORD, AT(stress, p.reserve_rule), "ahead|next"},
  {"reserve_at_close", INTEGER, AT(stress, p.reserve_at_close), NULL},
  {"reserve_rate_frac_per_yr", NUMBER, AT(stress, p.reserve_rate_frac_per_yr), NULL},
  {"funding", WORD, AT(stress, p.funding), CAPITAL_FUNDING}, {"equity_usd", NUMBER, AT(stress, p.equity_usd), NULL},
  {"contingent_usd", NUMBER, AT(stress, p.contingent_usd), NULL}, {"cure_usd", NUMBER, AT(stress, p.cure_usd), NULL},
  {"recovery_frac", SERIES, AT(stress, p.recovery_frac), NULL},
  {"federal_frac", NUMBER, AT(stress, p.tax.federal_frac), NULL}, {"state_frac", NUMBER, AT(stress, p.tax.state_frac), NULL},
  {"losses", WORD, AT(stress, p.tax.losses), CAPITAL_LOSSES}, {"loss_limit_frac", NUMBER, AT(stress, p.tax.loss_limit_frac), NULL},
  {"interest_limit_frac", NUMBER, AT(stress, p.tax.interest_limit_frac), NULL},
  {"interest_base_ebit", INTEGER, AT(stress, p.tax.interest_base_ebit), NULL},
  {"shares", NUMBER, AT(stress, shares.n), NULL}, {"price_usd_per_share", SERIES, AT(stress, shares.price), NULL},
  {"cash_usd", SERIES, AT(stress, shares.cash_usd), NULL}, {"lend_frac", NUMBER, AT(stress, shares.lend_frac), NULL},
  {"call_frac", NUMBER, AT(stress, shares.call_frac), NULL}, {"restore_frac", NUMBER, AT(stress, shares.restore_frac), NULL},
  {"haircut_frac", NUMBER, AT(stress, shares.haircut_frac), NULL}, {0}};
static const field cost_fields[] = {
  {"usd", SERIES, AT(capital_cost, usd), NULL}, {"budget_usd", NUMBER, AT(capital_cost, budget_usd), NULL},
  {"in_service", INTEGER, AT(capital_cost, in_service), NULL}, {"life_years", NUMBER, AT(capital_cost, life_years), NULL},
  {"write_off", WORD, AT(capital_cost, tax.write_off), CAPITAL_WRITE_OFFS},
  {"bonus_federal_frac", NUMBER, AT(capital_cost, tax.bonus_federal_frac), NULL},
  {"bonus_state_frac", NUMBER, AT(capital_cost, tax.bonus_state_frac), NULL},
  {"credit_frac", NUMBER, AT(capital_cost, tax.credit_frac), NULL}, {0}};
#define TERM(name) AT(capital_facility, terms.name)
#define OF(name)   AT(capital_facility, name)
static const field facility_fields[] = {
  {"commitment_fee_frac_per_yr", NUMBER, TERM(commitment_fee_frac_per_yr), NULL}, {"agency_usd_per_yr", NUMBER, TERM(agency_usd_per_yr), NULL},
  {"upfront_frac", NUMBER, TERM(upfront_frac), NULL}, {"default_margin_frac_per_yr", NUMBER, TERM(default_margin_frac_per_yr), NULL},
  {"capitalises", INTEGER, TERM(capitalises), NULL}, {"draw_tenor", INTEGER, TERM(draw_tenor), NULL},
  {"draw_repays", WORD, TERM(draw_repays), CAPITAL_REPAYS}, {"prepays_pro_rata", INTEGER, TERM(prepays_pro_rata), NULL},
  {"rank", INTEGER, OF(rank), NULL}, {"repays", WORD, OF(repays), CAPITAL_REPAYS}, {"tenor", INTEGER, OF(tenor), NULL},
  {"grace", INTEGER, OF(grace), NULL}, {"balloon_frac", NUMBER, OF(balloon_frac), NULL},
  {"rate_frac_per_yr", SERIES, OF(rate_frac_per_yr), NULL}, {"lender_rate_frac_per_yr", SERIES, OF(lender_rate_frac_per_yr), NULL},
  {"dscr", SERIES, OF(dscr), NULL}, {"llcr", NUMBER, OF(llcr), NULL}, {"leverage_frac", NUMBER, OF(leverage_frac), NULL},
  {"commitment_usd", NUMBER, OF(commitment_usd), NULL}, {"advance_frac", NUMBER, OF(advance_frac), NULL},
  {"close", INTEGER, OF(close), NULL}, {"draws_end", INTEGER, OF(draws_end), NULL}, {"conversion", INTEGER, OF(conversion), NULL},
  {"completion", INTEGERS, OF(completion), NULL}, {"completion_frac", SERIES, OF(completion_frac), NULL},
  {"drawn_at_close", INTEGER, OF(drawn_at_close), NULL}, {"reserve_months", NUMBER, OF(reserve_months), NULL},
  {"sweep_frac", NUMBER, OF(sweep_frac), NULL}, {"lockup_dscr", NUMBER, OF(lockup_dscr), NULL},
  {"default_dscr", NUMBER, OF(default_dscr), NULL}, {"cure_periods", INTEGER, OF(cure_periods), NULL},
  {"refinanced", INTEGER, OF(refinanced), NULL}, {"refinancing_usd", NUMBER, OF(refinancing_usd), NULL}, {0}};
static const field owner_fields[] = {{"call_frac", NUMBER, AT(owner, call_frac), NULL}, {0}};
static const field tier_fields[] = {
  {"hurdle_frac_per_yr", NUMBER, AT(capital_tier, hurdle_frac_per_yr), NULL}, {"measured", INTEGER, AT(capital_tier, measured), NULL},
  {"share_frac", SHARES, AT(capital_tier, share_frac), NULL}, {0}};
static const field claim_fields[] = {
  {"payer", INTEGER, AT(claim, payer), NULL}, {"payee", INTEGER, AT(claim, payee), NULL}, {"rank", INTEGER, AT(claim, rank), NULL},
  {"order", INTEGER, AT(claim, order), NULL}, {"owed_usd", SERIES, AT(claim, owed_usd), NULL}, {0}};
static const field party_fields[] = {{"cash_usd", NUMBER, AT(party, cash_usd), NULL}, {"deep", INTEGER, AT(party, deep), NULL}, {0}};
// clang-format on

// Place of a word in "one|two|three".
static int32_t word_of(const char *words, const char *word) {
  size_t  length = strlen(word);
  int32_t i = 0;
  for (const char *at = words;; i++) {
    if (strncmp(at, word, length) == 0 && (at[length] == '|' || at[length] == '\0')) return i;
    at = strchr(at, '|');
    ck_assert_msg(at != NULL, "'%s' is none of %s", word, words);
    at++;
  }
}

// Reads "5*3 7" as 5 5 5 7; returns how many.
static int32_t numbers_of(char *text, double *out, int32_t most) {
  int32_t n = 0;
  for (char *rest = NULL, *word = strtok_r(text, " ", &rest); word; word = strtok_r(NULL, " ", &rest)) {
    char  *end;
    double value = strtod(word, &end);
    long   times = *end == '*' ? strtol(end + 1, &end, 10) : 1;
    ck_assert_msg(*end == '\0' && times >= 1 && n + times <= most, "'%s'", word);
    while (times-- > 0) out[n++] = value;
  }
  return n;
}

static void set(stress *s, const field *f, char *base, char *text) {
  void    *at = base + f->at;
  double  *number = s->number + s->n_number;
  int32_t *integer = s->integer + s->n_integer, n = 1;
  if (f->kind == WORD) {
    *(int32_t *)at = word_of(f->words, text);
    return;
  }
  n = numbers_of(text, number, NUMBERS - s->n_number);
  ck_assert_int_ge(n, 1);
  if (f->kind == NUMBER) *(double *)at = number[0];
  if (f->kind == INTEGER) *(int32_t *)at = (int32_t)number[0];
  if (f->kind == SHARES) memcpy(at, number, (size_t)n * sizeof *number);
  if (f->kind == SERIES) {
    *(const double **)at = number;
    s->n_number += n;
    if (at == (void *)&s->p.year) s->p.n = n;
  }
  if (f->kind == INTEGERS) {
    ck_assert_int_le(s->n_integer + n, INTS);
    for (int32_t i = 0; i < n; i++) integer[i] = (int32_t)number[i];
    *(const int32_t **)at = integer;
    s->n_integer += n;
  }
}

static void put(stress *s, const field *fields, char *base, char *line) {
  char *value = strchr(line, '='), *end = value;
  ck_assert_msg(value != NULL, "%s", line);
  for (value++; *value == ' ';) value++;
  while (end > line && end[-1] == ' ') end--;
  *end = '\0';
  for (const field *f = fields; f->key; f++)
    if (strcmp(f->key, line) == 0) {
      set(s, f, base, value);
      if (f->at == OF(completion) && fields == facility_fields) {
        capital_facility *k = (capital_facility *)(void *)base;
        for (k->n_completion = 0; s->integer + s->n_integer > k->completion + k->n_completion;) k->n_completion++;
      }
      return;
    }
  ck_abort_msg("no key '%s'", line);
}

typedef struct section {
  const char  *kind;
  const field *fields;
  char        *first;
  size_t       size;
  int32_t     *count;
  char (*name)[MOST];
  int32_t most;
} section;

// Values that stand where a case says nothing.
static void open_section(stress *s, const section *at, int32_t i) {
  double none = (double)NAN;
  if (at->fields == cost_fields)
    s->p.cost[i] = (capital_cost){.budget_usd = none, .life_years = HUGE_VAL, .tax.write_off = CAPITAL_NEVER};
  if (at->fields == facility_fields)
    s->p.facility[i] = (capital_facility){.llcr = none,
                                          .leverage_frac = none,
                                          .commitment_usd = none,
                                          .advance_frac = none,
                                          .draws_end = -1,
                                          .tenor = 1,
                                          .lockup_dscr = none,
                                          .default_dscr = none};
  if (at->fields == tier_fields) s->p.equity.tier[i] = (capital_tier){.hurdle_frac_per_yr = none, .measured = -1};
}

static stress *read_case(const char *name) {
  stress *s = calloc(1, sizeof *s);
  ck_assert_ptr_nonnull(s);
  char path[200], line[1000];
  snprintf(path, sizeof path, FOLDER "%s.case", name);
  FILE *in = fopen(path, "r");
  ck_assert_msg(in != NULL, "%s", path);
  s->p.equity_usd = s->p.tax.interest_limit_frac = (double)NAN;
  s->p.tax.loss_limit_frac = 0.8;
  s->p.maintenance_tax.write_off = CAPITAL_NEVER;
  const section sections[] = {
      {"cost",     cost_fields,     (char *)s->p.cost,        sizeof s->p.cost[0],        &s->p.n_cost,         s->unused_name,   CAPITAL_COSTS },
      {"facility", facility_fields, (char *)s->p.facility,    sizeof s->p.facility[0],    &s->p.n_facility,     s->facility_name,
       CAPITAL_FACILITIES                                                                                                                       },
      {"owner",    owner_fields,    (char *)s->owner,         sizeof s->owner[0],         &s->p.equity.n_owner, s->owner_name,
       CAPITAL_OWNERS                                                                                                                           },
      {"tier",     tier_fields,     (char *)s->p.equity.tier, sizeof s->p.equity.tier[0], &s->p.equity.n_tier,  s->unused_name,
       CAPITAL_TIERS                                                                                                                            },
      {"claim",    claim_fields,    (char *)s->claim,         sizeof s->claim[0],         &s->n_claim,          s->claim_name,    CLAIMS        },
      {"party",    party_fields,    (char *)s->party,         sizeof s->party[0],         &s->n_party,          s->party_name,    CAPITAL_OWNERS},
  };
  const field *fields = project_fields;
  char        *base = (char *)s;
  while (fgets(line, sizeof line, in)) {
    line[strcspn(line, "#\n")] = '\0';
    for (size_t end = strlen(line); end > 0 && line[end - 1] == ' ';) line[--end] = '\0';
    if (line[0] == '[') {
      char kind_word[MOST], label[MOST];
      ck_assert_int_eq(sscanf(line, "[%63s %63[^]]", kind_word, label), 2);
      for (size_t i = 0; i < sizeof sections / sizeof sections[0]; i++) {
        const section *at = &sections[i];
        if (strcmp(at->kind, kind_word) != 0) continue;
        ck_assert_int_lt(*at->count, at->most);
        open_section(s, at, *at->count);
        strcpy(at->name[*at->count], label);
        base = at->first + (size_t)(*at->count)++ * at->size;
        fields = at->fields;
      }
    } else if (line[0]) {
      put(s, fields, base, line);
    }
  }
  fclose(in);
  ck_assert_int_le(s->p.n, MOST);
  if (!s->p.receipts_usd) s->p.receipts_usd = s->zero;
  if (!s->p.opex_usd) s->p.opex_usd = s->zero;
  if (!s->p.tax_year) s->p.tax_year = s->integer + INTS - MOST;
  for (int32_t j = 0; j < s->p.n_facility; j++)
    if (s->p.facility[j].draws_end < 0) s->p.facility[j].draws_end = s->p.facility[j].conversion + 1;
  for (int32_t o = 0; o < s->p.equity.n_owner; o++) s->p.equity.call_frac[o] = s->owner[o].call_frac;
  return s;
}

// ---- What is expected --------------------------------------------------------------------------------------------

typedef struct expected {
  int32_t n, n_wrong;
  char   *line[LINES];  // as in the file
  int32_t used[LINES];
} expected;

static expected *read_expected(void) {
  expected *e = calloc(1, sizeof *e);
  FILE     *in = fopen(EXPECTED, "r");
  char      line[4000];
  ck_assert(e && in);
  while (fgets(line, sizeof line, in)) {
    line[strcspn(line, "\n")] = '\0';
    if (line[0] == '#') continue;
    ck_assert_int_lt(e->n, LINES);
    e->line[e->n] = malloc(strlen(line) + 1);
    ck_assert_ptr_nonnull(e->line[e->n]);
    strcpy(e->line[e->n++], line);
  }
  fclose(in);
  return e;
}

static void drop_expected(expected *e) {
  for (int32_t i = 0; i < e->n; i++) free(e->line[i]);
  free(e);
}

static int is_ratio(const char *series) {
  static const char *const ratios[] = {"DSCR",    "LLCR",    "PLCR", "interest cover",
                                       "lock-up", "default", "rate", "cover factor"};
  for (size_t i = 0; i < sizeof ratios / sizeof ratios[0]; i++)
    if (strcmp(ratios[i], series) == 0) return 1;
  return 0;
}

static void compare(expected *e, const char *name, const char *who, const char *series, const double *got, int32_t n) {
  char        label[300];
  const char *at = NULL;
  size_t      length = (size_t)snprintf(label, sizeof label, "%s,%s,%s,", name, who, series);
  for (int32_t i = 0; i < e->n && !at; i++)
    if (strncmp(e->line[i], label, length) == 0) {
      at = e->line[i] + length;
      e->used[i]++;
    }
  double tolerance = is_ratio(series) ? 0.5e-6 + 1e-9 : 0.005 + 1e-9;
  for (int32_t t = 0; t < n; t++) {
    int    none = at && strncmp(at, "n/a", 3) == 0;
    double want = at && !none ? strtod(at, NULL) : 0.0;
    int    fine = none ? isnan(got[t]) : fabs(got[t] - want) <= tolerance;
    if (!fine && e->n_wrong++ < SHOWN)
      fprintf(stderr, "%s%d: kernel %.6f, expected %.6f\n", label, t, got[t], none ? (double)NAN : want);
    if (at) at += strcspn(at, ",") + (t + 1 < n);
  }
  ck_assert_msg(!at || *at == '\0', "%s has not %d periods", label, n);
}

// ---- The three kinds ---------------------------------------------------------------------------------------------

static void run_project(stress *s, expected *e, const char *name) {
  capital_project *p = &s->p;
  capital_result   r;
  const char      *why;
  int32_t          facility;
  void            *memory = malloc(capital_result_bytes(p));
  ck_assert_ptr_nonnull(memory);
  capital_result_bind(p, memory, &r);
  (void)capital_project_check(p, &why, &facility);
  ck_assert_msg(!why, "%s: %s", name, why ? why : "");
  ck_assert_int_eq(capital_project_run(p, &r), SG_OK);
  for (int32_t i = 0; i < CAPITAL_PROJECT_ROWS; i++)
    compare(e, name, "project", capital_project_name[i], r.row[i], p->n);
  for (int32_t j = 0; j < p->n_facility; j++) {
    for (int32_t i = 0; i < CAPITAL_FACILITY_ROWS; i++)
      compare(e, name, s->facility_name[j], capital_facility_name[i], r.facility[j][i], p->n);
    compare(e, name, s->facility_name[j], "size", &r.size[j].usd, 1);
    compare(e, name, s->facility_name[j], "cover factor", &r.dscr_used[j], 1);
  }
  for (int32_t o = 0; o < p->equity.n_owner; o++) {
    compare(e, name, s->owner_name[o], "paid in", r.call[o], p->n);
    compare(e, name, s->owner_name[o], "received", r.got[o], p->n);
  }
  capital_identities sums = capital_project_identities(p, &r);
  ck_assert_double_le(fmax(fmax(sums.balance_sheet, sums.sources_uses), fmax(sums.parties, sums.debt_end)), 1e-9);
  free(memory);
}

// Period by period: interest, call, payment in cash, sale of what the cash does not cover.
static void run_margin(stress *s, expected *e, const char *name) {
  enum { INTEREST, CALL, PAID, SOLD, PROCEEDS, BALANCE, WORTH, CASH, ROWS };
  static const char *const row_name[ROWS] = {"interest", "call",    "paid",  "sold",
                                             "proceeds", "balance", "worth", "cash"};
  const shares            *k = &s->shares;
  capital_margin           terms = {k->lend_frac, k->call_frac, k->restore_frac};
  double                   row[ROWS][MOST], n = k->n, balance = k->lend_frac * n * k->price[0], cash = 0.0;
  for (int32_t t = 0; t < s->p.n; t++) {
    double worth = n * k->price[t], sold = 0.0, proceeds = 0.0;
    double interest = t > 0 ? balance * s->p.facility[0].rate_frac_per_yr[t] * s->p.year[t] : 0.0;
    cash += k->cash_usd[t] - interest;
    double call = capital_margin_call(&terms, balance, worth), paid = fmin(call, cash);
    balance -= paid;
    cash -= paid;
    if (paid < call) {
      sold = capital_margin_sale(&terms, balance, worth, k->haircut_frac);
      proceeds = fmin(balance, sold * (1.0 - k->haircut_frac));
      balance -= proceeds;
      worth -= sold;
      n -= sold / k->price[t];
    }
    const double now[ROWS] = {interest, call, paid, sold, proceeds, balance, worth, cash};
    for (int32_t i = 0; i < ROWS; i++) row[i][t] = now[i];
  }
  for (int32_t i = 0; i < ROWS; i++) compare(e, name, "loan", row_name[i], row[i], s->p.n);
}

// Months one after the other; a party keeps its cash. What one pays another gets.
static void run_clearing(stress *s, expected *e, const char *name) {
  int32_t months = s->p.n;
  double  paid_usd[CLAIMS][MOST], flow_usd[CAPITAL_OWNERS][MOST], cash_usd[CAPITAL_OWNERS][MOST];
  int64_t cash[CAPITAL_OWNERS], paid[CLAIMS];
  void   *scratch = malloc(capital_clearing_bytes((size_t)s->n_party, (size_t)s->n_claim));
  ck_assert_ptr_nonnull(scratch);
  for (int32_t i = 0; i < s->n_party; i++)
    cash[i] = s->party[i].deep ? CAPITAL_DEEP : llround(100.0 * s->party[i].cash_usd);
  for (int32_t t = 0; t < months; t++) {
    capital_claim claims[CLAIMS];
    int64_t       flow[CAPITAL_OWNERS] = {0}, sum = 0;
    for (int32_t c = 0; c < s->n_claim; c++)
      claims[c] = (capital_claim){s->claim[c].payer, s->claim[c].payee, s->claim[c].rank, s->claim[c].order,
                                  llround(100.0 * s->claim[c].owed_usd[t])};
    ck_assert_int_eq(capital_clear(claims, (size_t)s->n_claim, cash, (size_t)s->n_party, scratch, paid, NULL), SG_OK);
    for (int32_t c = 0; c < s->n_claim; c++) {
      flow[claims[c].payer] -= paid[c];
      flow[claims[c].payee] += paid[c];
      paid_usd[c][t] = (double)paid[c] / 100.0;
    }
    for (int32_t i = 0; i < s->n_party; i++) {
      sum += flow[i];
      if (cash[i] != CAPITAL_DEEP) cash[i] += flow[i];
      flow_usd[i][t] = (double)flow[i] / 100.0;
      cash_usd[i][t] = cash[i] == CAPITAL_DEEP ? 0.0 : (double)cash[i] / 100.0;
    }
    ck_assert_int_eq(sum, 0);
  }
  for (int32_t c = 0; c < s->n_claim; c++) compare(e, name, s->claim_name[c], "paid", paid_usd[c], months);
  for (int32_t i = 0; i < s->n_party; i++) {
    compare(e, name, s->party_name[i], "flow", flow_usd[i], months);
    compare(e, name, s->party_name[i], "cash", cash_usd[i], months);
  }
  free(scratch);
}

// Every case of the file, and every line of it, once.
START_TEST(kernel_is_the_second_model_to_the_cent) {
  expected *e = read_expected();
  int32_t   n_case = 0;
  char      name[MOST], last[MOST] = "";
  for (int32_t i = 0; i < e->n; i++) {
    ck_assert_int_eq(sscanf(e->line[i], "%63[^,]", name), 1);
    if (strcmp(name, last) == 0) continue;
    strcpy(last, name);
    stress *s = read_case(name);
    if (s->n_claim > 0) run_clearing(s, e, name);
    else if (s->shares.n > 0.0) run_margin(s, e, name);
    else run_project(s, e, name);
    free(s);
    n_case++;
  }
  ck_assert_msg(e->n_wrong == 0, "%d figures differ", e->n_wrong);
  for (int32_t i = 0; i < e->n; i++) ck_assert_msg(e->used[i] == 1, "%s: compared %d times", e->line[i], e->used[i]);
  ck_assert_int_ge(n_case, 16);
  drop_expected(e);
}
END_TEST

TEST_LIST("capital/project_stress", kernel_is_the_second_model_to_the_cent)
