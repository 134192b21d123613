// Tests of validate_capital*.c: the shipped cases, the same cases written otherwise, cases of others' making, and files
// that are wrong. Run from the root of the repository.
#include "validate_capital.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"
#include "../base/csv.h"
#include "../base/text.h"

#define CASES "data/validation/finance/"

enum { INPUTS, SCHEDULES, RESULTS, ANNUAL, FLIP_INPUTS, FLIP_RESULTS, FLIP_ANNUAL, FILES };
static const char *const file_name[FILES] = {"inputs.csv",      "schedules.csv",    "results.csv",    "annual.csv",
                                             "flip_inputs.csv", "flip_results.csv", "flip_annual.csv"};

typedef struct folder {
  text_buffer text[FILES];
  bool        there[FILES];
} folder;

static void read_folder(folder *f) {
  *f = (folder){.there = {false}};
  for (int i = 0; i < FILES; i++) {
    char path[200], part[4096];
    snprintf(path, sizeof path, CASES "%s", file_name[i]);
    FILE *in = fopen(path, "rb");
    ck_assert_msg(in != NULL, "%s", path);
    for (size_t n; (n = fread(part, 1, sizeof part, in)) > 0;) text_add(&f->text[i], part, n);
    fclose(in);
    f->there[i] = true;
  }
}

static void put(folder *f, int i, const char *text) {
  text_buffer_free(&f->text[i]);
  f->text[i] = (text_buffer){0};
  text_puts(&f->text[i], text);
  f->there[i] = true;
}

static void free_folder(folder *f) {
  for (int i = 0; i < FILES; i++) text_buffer_free(&f->text[i]);
}

static sg_err run_folder(const folder *f, sg_diags *d, validate_report *r) {
  diag_source source[FILES];
  for (int i = 0; i < FILES; i++) source[i] = (diag_source){file_name[i], f->text[i].at, f->text[i].n};
#define FILE_OF(i) (f->there[i] ? &source[i] : NULL)
  validate_capital_files files = {FILE_OF(INPUTS),      FILE_OF(SCHEDULES),    FILE_OF(RESULTS),    FILE_OF(ANNUAL),
                                  FILE_OF(FLIP_INPUTS), FILE_OF(FLIP_RESULTS), FILE_OF(FLIP_ANNUAL)};
#undef FILE_OF
  *r = (validate_report){0};
  diag_init(d);
  return validate_capital(&files, d, r);
}

static const validate_row *row_of(const validate_report *r, const char *name, const char *quantity) {
  for (size_t i = 0; i < r->n_row; i++)
    if (!strcmp(r->row[i].case_name, name) && !strcmp(r->row[i].quantity, quantity)) return &r->row[i];
  return NULL;
}

static size_t rows_with(const validate_report *r, const char *status) {
  size_t n = 0;
  for (size_t i = 0; i < r->n_row; i++) n += !strcmp(r->row[i].status, status);
  return n;
}

// ---- The shipped cases --------------------------------------------------------------------------------------------------

START_TEST(shipped_cases_are_within_tolerance) {
  folder          f;
  sg_diags        d;
  validate_report r;
  read_folder(&f);
  ck_assert_int_eq(run_folder(&f, &d, &r), SG_OK);
  ck_assert_uint_eq(d.n, 0);
  for (size_t i = 0; i < r.n_row; i++)
    ck_assert_msg(!strcmp(r.row[i].status, "ok") || !strcmp(r.row[i].status, "skipped"), "%s %s: %.17g, expected %.17g",
                  r.row[i].case_name, r.row[i].quantity, r.row[i].computed, r.row[i].expected);
  ck_assert(r.holds);
  test_near(validate_value_of(&r, "cases"), 20.0, 1e-12);
  // Fields with a number in the four files of figures, but for case, year and irr_aftertax_ssc (one a case).
  double fields = 0.0;
  for (int i = 0; i < FILES; i++) {
    csv_table t;
    double    x;
    arena    *a = arena_create();
    if (i == INPUTS || i == SCHEDULES || i == FLIP_INPUTS) {
      arena_free(a);
      continue;
    }
    diag_source source = {file_name[i], f.text[i].at, f.text[i].n};
    ck_assert_int_eq(csv_read(&source, a, NULL, &t), SG_OK);
    for (int32_t row = 0; row < t.n_row; row++)
      for (int32_t c = 0; c < t.n_column; c++)
        fields += c != csv_column(&t, "case") && c != csv_column(&t, "year") &&
                  c != csv_column(&t, "irr_aftertax_ssc") && text_number(csv_field(&t, row, c), &x);
    arena_free(a);
  }
  test_near(validate_value_of(&r, "figures"), fields, 1e-12);
  validate_report_free(&r);
  free_folder(&f);
}
END_TEST

// Columns from last to first, every field in quotes, CRLF.
static void rewrite(text_buffer *b) {
  csv_table   t;
  arena      *a = arena_create();
  text_buffer out = {0};
  diag_source source = {"t.csv", b->at, b->n};
  ck_assert_int_eq(csv_read(&source, a, NULL, &t), SG_OK);
  for (int32_t row = -1; row < t.n_row; row++)
    for (int32_t c = t.n_column - 1; c >= 0; c--) {
      text_slice s = row < 0 ? t.head[c] : csv_field(&t, row, c);
      text_addf(&out, "\"%.*s\"%s", (int)s.n, s.at, c ? "," : "\r\n");
    }
  text_buffer_free(b);
  *b = out;
  arena_free(a);
}

START_TEST(order_of_columns_quotes_and_line_ends_change_nothing) {
  folder          f;
  sg_diags        d;
  validate_report plain, other;
  read_folder(&f);
  ck_assert_int_eq(run_folder(&f, &d, &plain), SG_OK);
  for (int i = 0; i < FILES; i++) rewrite(&f.text[i]);
  ck_assert_int_eq(run_folder(&f, &d, &other), SG_OK);
  ck_assert(plain.holds == other.holds);
  ck_assert_uint_eq(plain.n_row, other.n_row);
  for (size_t i = 0; i < plain.n_row; i++) {
    ck_assert_str_eq(plain.row[i].quantity, other.row[i].quantity);
    ck_assert(memcmp(&plain.row[i].computed, &other.row[i].computed, sizeof(double)) == 0);
  }
  validate_report_free(&plain);
  validate_report_free(&other);
  free_folder(&f);
}
END_TEST

START_TEST(without_results_it_computes) {
  folder          f;
  sg_diags        d;
  validate_report r;
  read_folder(&f);
  for (int i = 0; i < FILES; i++) f.there[i] = i == INPUTS || i == SCHEDULES || i == FLIP_INPUTS;
  ck_assert_int_eq(run_folder(&f, &d, &r), SG_OK);
  ck_assert(r.holds);
  ck_assert_uint_eq(rows_with(&r, "skipped"), r.n_row);
  ck_assert(row_of(&r, "P02", "investor_npv") != NULL);
  // results.csv of the set
  test_near(row_of(&r, "F01", "npv_aftertax")->computed, 130421259.131, 1.0);
  for (size_t i = 0; i < r.n_row; i++) ck_assert(isfinite(r.row[i].computed) && isnan(r.row[i].expected));
  validate_report_free(&r);
  free_folder(&f);
}
END_TEST

// What the comparison is worth: another input, and another published value, are seen.
START_TEST(a_difference_is_off) {
  static const char input[] =
      "case,analysis_period,real_discount_rate,total_installed_cost,gen_kw,ppa_price_input,federal_tax_rate,"
      "depr_alloc_macrs_5_percent\nA,3,8,1000,1,0.1,21,100\n";
  folder          f = {.there = {false}};
  sg_diags        d;
  validate_report r;
  put(&f, INPUTS, input);
  put(&f, RESULTS, "case,npv_energy_real,size_of_equity\nA,22575.1696,1000.0000009\n");
  ck_assert_int_eq(run_folder(&f, &d, &r), SG_OK);
  ck_assert_str_eq(row_of(&r, "A", "size_of_equity")->status, "ok");  // 0.9 of 1e-9 of 1000 dollars
  ck_assert_str_eq(row_of(&r, "A", "npv_energy_real")->status,
                   "off");  // 8760 (1/1.08 + 1/1.08^2 + 1/1.08^3) = 22575.3696
  ck_assert(!r.holds);
  validate_report_free(&r);
  put(&f, RESULTS, "case,size_of_equity\nA,1000.0000012\n");
  ck_assert_int_eq(run_folder(&f, &d, &r), SG_OK);
  ck_assert_str_eq(row_of(&r, "A", "size_of_equity")->status, "off");
  validate_report_free(&r);
  free_folder(&f);
}
END_TEST

// ---- Further cases --------------------------------------------------------------------------------------------------------

// What the shipped cases leave out: credit, grant, bonus, custom schedule, recapitalisation, two equipment reserves, a
// moratorium, a flip whose price is solved. The figures are those of a script that was written from the conventions in
// docs/validation-capital.md alone and meets all 20 shipped cases; it is no part of the repository.
// clang-format off
static const char further_inputs[] =
    "case,analysis_period,inflation_rate,real_discount_rate,federal_tax_rate,state_tax_rate,"
    "insurance_rate,system_capacity,total_installed_cost,construction_financing_cost,gen_kw,degradation,"
    "ppa_soln_mode,ppa_price_input,ppa_escalation,flip_target_year,cp_capacity_payment_amount,"
    "cp_capacity_payment_esc,om_fixed,om_production,om_production_escal,salvage_percentage,debt_option,"
    "debt_percent,payment_option,loan_moratorium,term_tenor,term_int_rate,dscr_reserve_months,"
    "months_working_reserve,reserves_interest,cost_debt_closing,cost_debt_fee,cost_other_financing,"
    "equip1_reserve_cost,equip1_reserve_freq,equip2_reserve_cost,equip2_reserve_freq,"
    "equip_reserve_depr_sta,equip_reserve_depr_fed,depr_alloc_macrs_5_percent,"
    "depr_alloc_macrs_15_percent,depr_alloc_custom_percent,depr_custom_schedule,depr_bonus_fed,"
    "depr_bonus_sta,depr_bonus_fed_macrs_5,depr_bonus_fed_macrs_15,depr_bonus_sta_macrs_5,"
    "itc_fed_percent,ibi_sta_amount,system_use_recapitalization,system_recapitalization_cost,"
    "system_recapitalization_escalation,system_lifetime_recapitalize,const_per_percent1,"
    "const_per_interest_rate1,const_per_months1,const_per_upfront_rate1,flip_target_percent,dscr,"
    "dscr_limit_debt_fraction,dscr_maximum_debt_fraction\n"
    "X1,12,2.5,6,21,7,0.3,50000,700000000,IDC,40000,0.4,1,0.4,1.5,9,8000000,2,20000000,9,1,5,0,55,1,2,9,"
    "6.4,6,2,1.5,2000000,1.75,3000000,1.2,4,0.5,5,2,2,40,20,30,40|30|20|10,60,20,1,1,1,30,15000000,1,"
    "6000000,1,SCHED,50,8,18,1.5,,,,\n"
    "X2,12,2.5,6,21,7,0.3,50000,700000000,IDC,40000,0.4,0,0.4,1.5,9,8000000,2,20000000,9,1,5,1,55,0,0,9,"
    "6.4,6,2,1.5,2000000,1.75,3000000,1.2,4,0.5,5,0,0,40,20,30,40|30|20|10,60,20,1,1,1,30,15000000,0,"
    "6000000,1,0,50,8,18,1.5,13,1.3,1,45\n";
static const char further_flip_inputs[] =
    "case,analysis_period,inflation_rate,real_discount_rate,federal_tax_rate,state_tax_rate,"
    "insurance_rate,system_capacity,total_installed_cost,construction_financing_cost,gen_kw,degradation,"
    "ppa_soln_mode,ppa_price_input,ppa_escalation,flip_target_year,cp_capacity_payment_amount,"
    "cp_capacity_payment_esc,om_fixed,om_production,om_production_escal,salvage_percentage,debt_option,"
    "debt_percent,payment_option,loan_moratorium,term_tenor,term_int_rate,dscr_reserve_months,"
    "months_working_reserve,reserves_interest,cost_debt_closing,cost_debt_fee,cost_other_financing,"
    "equip1_reserve_cost,equip1_reserve_freq,equip2_reserve_cost,equip2_reserve_freq,"
    "equip_reserve_depr_sta,equip_reserve_depr_fed,depr_alloc_macrs_5_percent,"
    "depr_alloc_macrs_15_percent,depr_alloc_custom_percent,depr_custom_schedule,depr_bonus_fed,"
    "depr_bonus_sta,depr_bonus_fed_macrs_5,depr_bonus_fed_macrs_15,depr_bonus_sta_macrs_5,"
    "itc_fed_percent,ibi_sta_amount,system_use_recapitalization,system_recapitalization_cost,"
    "system_recapitalization_escalation,system_lifetime_recapitalize,const_per_percent1,"
    "const_per_interest_rate1,const_per_months1,const_per_upfront_rate1,flip_target_percent,"
    "tax_investor_equity_percent,tax_investor_preflip_cash_percent,tax_investor_preflip_tax_percent,"
    "tax_investor_postflip_cash_percent,tax_investor_postflip_tax_percent\n"
    "Y1,12,2.5,6,21,7,0.3,50000,700000000,IDC,40000,0.4,0,0.4,1.5,7,8000000,2,20000000,9,1,5,0,55,1,2,9,"
    "6.4,6,2,1.5,2000000,1.75,3000000,1.2,4,0.5,5,2,2,40,20,30,40|30|20|10,60,20,1,1,1,30,15000000,0,"
    "6000000,1,0,50,8,18,1.5,11,70,60,90,20,10\n";
static const char further_schedules[] = "case,name,year,value\n"
    "X1,system_lifetime_recapitalize,1,0\n"
    "X1,system_lifetime_recapitalize,2,0\n"
    "X1,system_lifetime_recapitalize,3,0\n"
    "X1,system_lifetime_recapitalize,4,1\n"
    "X1,system_lifetime_recapitalize,5,0\n"
    "X1,system_lifetime_recapitalize,6,0\n"
    "X1,system_lifetime_recapitalize,7,0\n"
    "X1,system_lifetime_recapitalize,8,1\n"
    "X1,system_lifetime_recapitalize,9,0\n"
    "X1,system_lifetime_recapitalize,10,0\n"
    "X1,system_lifetime_recapitalize,11,0\n"
    "X1,system_lifetime_recapitalize,12,0\n";
static const char further_results[] =
    "case,ppa_year1,size_of_debt,debt_fraction,cost_installed,size_of_equity,min_dscr,avg_dscr,npv_aftertax,irr_exact,"
    "irr_at_target_year_exact,npv_pretax,lcoe_nom,lcoe_real,lppa_nom\n"
    "X1,40,407303888.528,54.9949538028,740620475.815,333316587.287,1.21348307944,1.97133241957,89084495.2202,15.0086036884,"
    "5.44999778914,74626861.3476,41.8110406889,36.3909111613,42.8142109397\n"
    "X2,45.2574064218,329719020,43.9486847936,750236375.783,420517355.783,2.49206764655,2.49206764655,187590375.831,"
    "18.1594981915,13,217691399.263,43.5110957525,37.8705814055,48.4415036282\n";
static const char further_flip_results[] =
    "case,size_of_debt,size_of_equity,flip_year,investor_irr_exact,investor_npv,developer_irr_exact,developer_npv,"
    "project_npv_aftertax,project_irr_exact,lcoe_nom\n"
    "Y1,407303888.528,333316587.287,7,17.4941245469,55172770.9389,33.5257425414,188047713.942,243220484.881,25.2226029708,"
    "43.6770572936\n";
// clang-format on

START_TEST(further_cases_are_within_tolerance) {
  folder          f = {.there = {false}};
  sg_diags        d;
  validate_report r;
  put(&f, INPUTS, further_inputs);
  put(&f, SCHEDULES, further_schedules);
  put(&f, RESULTS, further_results);
  put(&f, FLIP_INPUTS, further_flip_inputs);
  put(&f, FLIP_RESULTS, further_flip_results);
  ck_assert_int_eq(run_folder(&f, &d, &r), SG_OK);
  ck_assert_uint_eq(d.n, 0);
  for (size_t i = 0; i < r.n_row; i++)
    ck_assert_msg(strcmp(r.row[i].status, "off") != 0 && strcmp(r.row[i].status, "input") != 0,
                  "%s %s: %.17g, expected %.17g %s", r.row[i].case_name, r.row[i].quantity, r.row[i].computed,
                  r.row[i].expected, r.row[i].why);
  ck_assert_uint_eq(rows_with(&r, "ok"), 14 + 14 + 10);
  ck_assert(r.holds);
  validate_report_free(&r);
  free_folder(&f);
}
END_TEST

// ---- What cannot be used ------------------------------------------------------------------------------------------------

#define HEAD  "case,analysis_period,real_discount_rate,total_installed_cost,gen_kw"
#define USUAL "A,3,8,1000,1"

static const struct {
  const char *what, *inputs, *schedules;
  const char *quantity, *status, *why;  // a row of case A; why: part of it
} note_rows[] = {
    {"a column nobody knows",       HEAD ",colour\n" USUAL ",7\n",                                                  NULL,                                                     "colour",                     "skipped", "not known"                    },
    {"receivables",                 HEAD ",months_receivables_reserve\n" USUAL ",2\n",                              NULL,                                                     "months_receivables_reserve", "input",
     "only its usual value"                                                                                                                                                                                                                           },
    {"no number",                   HEAD ",om_fixed\n" USUAL ",much\n",                                             NULL,                                                     "om_fixed",                   "input",   "'much' is no number"          },
    {"too high",                    HEAD ",federal_tax_rate\n" USUAL ",210\n",                                      NULL,                                                     "federal_tax_rate",           "input",   "too high"                     },
    {"half a year of tenor",        HEAD ",term_tenor\n" USUAL ",1.5\n",                                            NULL,                                                     "term_tenor",                 "input",   "whole number"                 },
    {"SCHED where none may be",     HEAD ",dscr\n" USUAL ",SCHED\n",                                                NULL,                                                     "dscr",                       "input",   "cannot be represented"        },
    {"no schedule",                 HEAD ",om_fixed\n" USUAL ",SCHED\n",                                            NULL,                                                     "om_fixed",                   "input",   "no value for year 1"          },
    {"a year missing",              HEAD ",om_fixed\n" USUAL ",SCHED\n",                                            "case,name,year,value\nA,om_fixed,1,5\nA,om_fixed,3,5\n",
     "om_fixed",                                                                                                                                                                                            "input",   "no value for year 2"          },
    {"a year twice",                HEAD ",om_fixed\n" USUAL ",SCHED\n",                                            "case,name,year,value\nA,om_fixed,1,5\nA,om_fixed,1,5\n",
     "om_fixed",                                                                                                                                                                                            "input",   "line 3: the year stands twice"},
    {"a schedule not asked for",    HEAD ",om_fixed\n" USUAL ",4\n",                                                "case,name,year,value\nA,om_fixed,1,5\n",                 "om_fixed",
     "skipped",                                                                                                                                                                                                        "do not say SCHED"             },
    {"a value that is missing",     HEAD "\nA,3,8,,1\n",                                                            NULL,                                                     "total_installed_cost",       "input",   "missing"                      },
    {"debt without tenor",          HEAD ",debt_percent\n" USUAL ",50\n",                                           NULL,                                                     "case",                       "input",   "term_tenor is 0"              },
    {"reserve without frequency",   HEAD ",equip1_reserve_cost\n" USUAL ",1\n",                                     NULL,                                                     "case",                       "input",   "0 years"                      },
    {"classes above 100 %",         HEAD ",depr_alloc_macrs_5_percent,depr_alloc_sl_5_percent\n" USUAL ",60,60\n",  NULL,                                                     "case",
     "input",                                                                                                                                                                                                          "more than 100 %"              },
    {"custom without schedule",     HEAD ",depr_alloc_custom_percent\n" USUAL ",60\n",                              NULL,                                                     "case",                       "input",
     "without a depr_custom_schedule"                                                                                                                                                                                                                 },
    {"price at no year",            HEAD ",ppa_soln_mode,flip_target_year\n" USUAL ",0,4\n",                        NULL,                                                     "case",                       "input",
     "flip_target_year"                                                                                                                                                                                                                               },
};

START_TEST(what_cannot_be_used_is_said) {
  for (size_t i = 0; i < sizeof note_rows / sizeof note_rows[0]; i++) {
    folder          f = {.there = {false}};
    sg_diags        d;
    validate_report r;
    put(&f, INPUTS, note_rows[i].inputs);
    if (note_rows[i].schedules) put(&f, SCHEDULES, note_rows[i].schedules);
    ck_assert_msg(run_folder(&f, &d, &r) == SG_OK, "%s", note_rows[i].what);
    const validate_row *row = row_of(&r, "A", note_rows[i].quantity);
    ck_assert_msg(row != NULL, "%s", note_rows[i].what);
    ck_assert_msg(!strcmp(row->status, note_rows[i].status), "%s: %s", note_rows[i].what, row->status);
    ck_assert_msg(strstr(row->why, note_rows[i].why) != NULL, "%s: %s", note_rows[i].what, row->why);
    ck_assert_msg(r.holds == (strcmp(row->status, "input") != 0), "%s", note_rows[i].what);
    validate_report_free(&r);
    free_folder(&f);
  }
}
END_TEST

static const struct {
  const char *what, *inputs, *results;
  sg_err      want;
  int32_t     line;
} broken_rows[] = {
    {"empty",                        "",                                                                    NULL,                       SG_ERR_KEY,    1},
    {"no column of cases",           "analysis_period,real_discount_rate,total_installed_cost\n3,8,1000\n", NULL,                       SG_ERR_KEY,    1},
    {"no column that must be there", "case,analysis_period,real_discount_rate\nA,3,8\n",                    NULL,                       SG_ERR_KEY,    1},
    {"no case",                      HEAD "\n",                                                             NULL,                       SG_ERR_RANGE,  1},
    {"too few fields",               HEAD "\n" USUAL "\nB,3\n",                                             NULL,                       SG_ERR_SYNTAX, 3},
    {"a quote never closed",         HEAD "\n\"A,3,8,1000,1\n",                                             NULL,                       SG_ERR_SYNTAX, 2},
    {"too many fields of results",   HEAD "\n" USUAL "\n",                                                  "case,npv_pretax\nA,1,2\n", SG_ERR_SYNTAX, 2},
    {"results of nobody",            HEAD "\n" USUAL "\n",                                                  "npv_pretax\n1\n",          SG_ERR_KEY,    1},
};

START_TEST(broken_files_are_errors) {
  for (size_t i = 0; i < sizeof broken_rows / sizeof broken_rows[0]; i++) {
    folder          f = {.there = {false}};
    sg_diags        d;
    validate_report r;
    put(&f, INPUTS, broken_rows[i].inputs);
    if (broken_rows[i].results) put(&f, RESULTS, broken_rows[i].results);
    sg_err err = run_folder(&f, &d, &r);
    ck_assert_msg(err == broken_rows[i].want, "%s: %d", broken_rows[i].what, err);
    ck_assert_msg(d.n_errors == 1 && d.item[0].line == broken_rows[i].line, "%s: line %d", broken_rows[i].what,
                  d.item[0].line);
    ck_assert(!r.holds);
    validate_report_free(&r);
    free_folder(&f);
  }
}
END_TEST

START_TEST(published_lines_of_no_case_are_said) {
  folder          f = {.there = {false}};
  sg_diags        d;
  validate_report r;
  put(&f, INPUTS, HEAD "\n" USUAL "\n");
  put(&f, RESULTS, "case,npv_pretax,mood\nB,1,2\nA,n/a,2\n");
  put(&f, ANNUAL, "case,year,salvage\nA,0,0\nA,4,0\n");
  ck_assert_int_eq(run_folder(&f, &d, &r), SG_OK);
  ck_assert(!r.holds);
  ck_assert_str_eq(row_of(&r, "B", "results.csv")->status, "input");
  ck_assert_str_eq(row_of(&r, "A", "npv_pretax")->status, "input");
  ck_assert_str_eq(row_of(&r, "A", "annual.csv")->status, "input");  // the analysis has 3 years
  ck_assert_str_eq(row_of(&r, "all", "mood")->status, "skipped");
  ck_assert_str_eq(row_of(&r, "A", "salvage, year 0")->status, "ok");
  ck_assert_str_eq(row_of(&r, "A", "salvage, year 1")->status, "skipped");
  validate_report_free(&r);
  free_folder(&f);
}
END_TEST

TEST_LIST("validate_capital", shipped_cases_are_within_tolerance, order_of_columns_quotes_and_line_ends_change_nothing,
          without_results_it_computes, a_difference_is_off, further_cases_are_within_tolerance,
          what_cannot_be_used_is_said, broken_files_are_errors, published_lines_of_no_case_are_said)
