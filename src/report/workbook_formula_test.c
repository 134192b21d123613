// Tests of the workbook's formulas: names of columns, templates that become formulas.
#include <string.h>

#include "../../tests/test.h"
#include "workbook_formula.h"

static const struct { int32_t column; const char *name; } columns[] = {
    {0, "A"}, {25, "Z"}, {26, "AA"}, {51, "AZ"}, {52, "BA"}, {701, "ZZ"}, {702, "AAA"}, {16383, "XFD"},
};

START_TEST(names_columns) {
  for (size_t i = 0; i < sizeof columns / sizeof *columns; i++) {
    char name[8];
    report_book_column(columns[i].column, name);
    ck_assert_str_eq(name, columns[i].name);
  }
}
END_TEST

// Eighteen months from October: years of 3, 12 and 3.
static const int32_t year_of[] = {0, 0, 0, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 1, 2, 2, 2};

static const report_book_row rows[] = {
    {.key = "t", .sheet = "Scenario", .row = 6},
    {.key = "cash_1", .sheet = "'Operation 1'", .row = 9},
    {.key = "rate_1a", .sheet = "'Debt 1'", .row = 20},
    {.key = "rate_1b", .sheet = "'Debt 1'", .row = 40},
    {.key = "rate_1", .sheet = "'Debt 1'", .row = 60},
    {.key = "year_tax_1", .sheet = "'Tax 1'", .row = 11, .yearly = true},
};
static const char *const inputs[] = {"months", "margin_1a", "margin_1b", "margin"};

static report_book_place place_of(const char *sheet, const char *facility, int32_t t, bool yearly) {
  report_book_place p = {.row = rows, .n_row = 6, .input = inputs, .n_input = 4, .project = "_1", .sheet = sheet, .t = t,
                         .n = yearly ? 3 : 18, .yearly = yearly, .n_month = 18, .year_of = year_of};
  strcpy(p.facility, facility);
  return p;
}

static const struct { const char *what, *sheet, *facility; int32_t t; bool yearly; const char *text, *want; } templates[] = {
    {"plain text stays", "Scenario", "", 0, false, "=1+SUM(A1)", "=1+SUM(A1)"},
    {"this column, same sheet", "Scenario", "", 2, false, "=[t]", "=G7"},
    {"this column, other sheet", "Scenario", "", 0, false, "=[cash]", "='Operation 1'!E10"},
    {"the period before the first", "'Operation 1'", "", 0, false, "=[cash-1]", "=D10"},
    {"periods ahead", "'Operation 1'", "", 17, false, "=[cash+3]", "=Y10"},
    {"of the facility", "'Debt 1'", "_1b", 0, false, "=[rate]*{margin}", "=E41*margin_1b"},
    {"of the project, outside facilities", "'Debt 1'", "", 0, false, "=[rate]*{margin}", "=E61*margin"},
    {"named in full", "'Debt 1'", "", 1, false, "=[rate_1a]", "=F21"},
    {"all periods", "'Debt 1'", "", 5, false, "=SUM([cash*])", "=SUM('Operation 1'!$E$10:$V$10)"},
    {"to this period", "'Operation 1'", "", 1, false, "=SUM([cash<])", "=SUM($E10:F10)"},
    {"to the one before", "'Operation 1'", "", 0, false, "=SUM([cash<-1])", "=SUM($D10:D10)"},
    {"as many at the end", "'Tax 1'", "", 1, true, "=[year_tax>]", "=F12:$G12"},
    {"total", "'Operation 1'", "", 1, false, "=[cash$]", "=$C$10"},
    {"months of a year", "'Tax 1'", "", 0, true, "=SUM([cash@])", "=SUM('Operation 1'!E10:G10)"},
    {"months of a whole year", "'Tax 1'", "", 1, true, "=SUM([cash@])", "=SUM('Operation 1'!H10:S10)"},
    {"year of a month", "'Operation 1'", "", 15, false, "=[year_tax@]", "='Tax 1'!G12"},
};

START_TEST(expands_templates) {
  for (size_t i = 0; i < sizeof templates / sizeof *templates; i++) {
    report_book_place p = place_of(templates[i].sheet, templates[i].facility, templates[i].t, templates[i].yearly);
    text_buffer       out = {0};
    ck_assert_msg(report_book_expand(&p, templates[i].text, &out), "%s: %s", templates[i].what, out.at);
    ck_assert_msg(!strcmp(out.at, templates[i].want), "%s: %s, wanted %s", templates[i].what, out.at, templates[i].want);
    text_buffer_free(&out);
  }
}
END_TEST

START_TEST(tells_of_unknown_keys) {
  static const char *const bad[] = {"=[nothing]", "={nothing}", "=[cash"};
  for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
    report_book_place p = place_of("Scenario", "", 0, false);
    text_buffer       out = {0};
    ck_assert(!report_book_expand(&p, bad[i], &out));
    text_buffer_free(&out);
  }
}
END_TEST

TEST_LIST("workbook_formula", names_columns, expands_templates, tells_of_unknown_keys)
