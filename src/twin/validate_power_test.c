#include "validate_power.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"

#define HEAD "id,category,context,metric,value,unit,low,high,year,source,url,read_as,note,use\n"

static sg_err run_text(const char *text, sg_diags *diags, validate_report *out) {
  const diag_source          source = {"published.csv", text, strlen(text)};
  const validate_power_files files = {&source, 1};
  *out = (validate_report){0};
  diag_init(diags);
  return validate_power(&files, diags, out);
}

static const validate_row *row_of(const validate_report *r, const char *id) {
  for (size_t i = 0; i < r->n_row; i++)
    if (!strncmp(r->row[i].case_name, id, strlen(id))) return &r->row[i];
  ck_abort_msg("no row %s", id);
  return NULL;
}

START_TEST(traces_are_predicted) {
  sg_diags        diags;
  validate_report r;
  ck_assert_int_eq(run_text(HEAD "X,pue,Meta fleet,annual PUE,1.08,-,,,2023,,,,,context\n", &diags, &r), SG_OK);
  int held = 0, shown = 0;
  for (size_t i = 0; i < r.n_row; i++) {
    const validate_row *row = &r.row[i];
    if (strncmp(row->case_name, "mlperf", 6) != 0) continue;
    shown++;
    if (isnan(row->tolerance)) continue;
    held++;
    ck_assert_msg(!strcmp(row->status, "ok"), "%s %s: %g, not %g", row->case_name, row->quantity, row->computed,
                  row->expected);
  }
  ck_assert_int_eq(held, 3 * 7);  // two runs of GPT-3, one of 64 H100, four of B200
  ck_assert_int_eq(shown, 3 * 16);
  test_near(validate_value_of(&r, "trace_host_w_per_gpu"), 898.477 - 700,
            0.01);  // largest reading of the first run, rating
  ck_assert(r.holds);
  validate_report_free(&r);
}
END_TEST

START_TEST(rows_by_their_use) {
  static const struct {
    const char *what, *id, *line, *status;
  } rows[] = {
      {"a fleet's mean in the range",                  "C1", "C1,pue,Some fleet,annual PUE,1.1,-,,,2024,,,,,context",                      "ok"     },
      {"a survey beyond it has its reason",            "C2", "C2,pue,survey,annual PUE,1.9,-,,,2024,,,,,context",                          "skipped"},
      {"no quantity, but a reason",                    "C3", "C3,tariff / flexibility,all grids,headroom,76,GW,,,2025,,,,,context",
       "skipped"                                                                                                                                    },
      {"an input with its place",                      "I1", "I1,construction cost,any market,cost,11,$M/MW,,,2025,,,,,input",             "ok"     },
      {"an input that nothing takes",                  "I2", "I2,astrology,any market,cost,11,$M/MW,,,2025,,,,,input",                     "skipped"},
      {"towers in Ohio, other words",                  "R1",
       "R1,pue,\"Someone, Columbus OH, cooling towers\",annual PUE,1.11,-,,,2024,,,,,reproduce",                                           "ok"     },
      {"dry coolers in Wyoming",                       "R2",
       "R2,facility/IT,\"Cheyenne WY, closed loop\",peak facility power over IT power,1.2,-,,,2024,,,,,reproduce",                         "ok"     },
      {"chillers in Phoenix cannot be free",           "R3",
       "R3,facility/IT,\"Phoenix AZ, air-cooled chillers\",peak facility power over IT "
       "power,1.01,-,,,2024,,,,,reproduce",                                                                                                "off"    },
      {"no place",                                     "R4", "R4,pue,\"somewhere, cooling towers\",annual PUE,1.1,-,,,2024,,,,,reproduce", "input"  },
      {"no design: that of a campus which names none", "R5", "R5,pue,Memphis TN,annual PUE,1.13,-,,,2024,,,,,reproduce",
       "ok"                                                                                                                                         },
      {"water by the megawatt",                        "R6",
       "R6,wue,\"Memphis, towers\",water use at 100 MW facility,0.7,million gal/day,,,2024,,,,,reproduce",                                 "ok"     },
      {"a percentile of prices",                       "G1", "G1,grid,ERCOT DAM HB_HUBAVG,p99 price,7001.76,$/MWh,,,2021,,,,,reproduce",
       "ok"                                                                                                                                         },
      {"hours of a price",                             "G2", "G2,grid,ERCOT DAM HB_HUBAVG,hours above 500,167,hours,,,2021,,,,,reproduce", "ok"     },
      {"another market",                               "G3", "G3,grid,CAISO NP15,mean price,1.00,$/MWh,,,2022,,,,,reproduce",              "off"    },
      {"a market of no series",                        "G4", "G4,grid,Nordpool,mean price,30,$/MWh,,,2022,,,,,reproduce",                  "input"  },
      {"a use that is none",                           "U1", "U1,pue,Some fleet,annual PUE,1.1,-,,,2024,,,,,maybe",                        "input"  },
      {"a value that is none",                         "V1", "V1,pue,Some fleet,annual PUE,low,-,,,2024,,,,,context",                      "input"  },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char            text[1000];
    sg_diags        diags;
    validate_report r;
    snprintf(text, sizeof text, HEAD "%s\n", rows[i].line);
    ck_assert_msg(run_text(text, &diags, &r) == SG_OK, "%s", rows[i].what);
    const validate_row *row = row_of(&r, rows[i].id);
    ck_assert_msg(!strcmp(row->status, rows[i].status), "%s: %s (%g, %s)", rows[i].what, row->status, row->computed,
                  row->why);
    ck_assert_msg(strcmp(row->status, "ok") == 0 || row->why[0] || !isnan(row->tolerance), "%s: no reason",
                  rows[i].what);
    const bool bad = !strcmp(row->status, "input") || !strcmp(row->status, "off");
    ck_assert_msg(r.holds == !bad, "%s: holds", rows[i].what);
    validate_report_free(&r);
  }
}
END_TEST

START_TEST(files_that_cannot_be_used) {
  static const struct {
    const char *what, *text;
    sg_err      want;
    const char *says;
  } rows[] = {
      {"empty",   "",                                        SG_ERR_KEY,    "empty"   },
      {"no use",  "id,category,context,metric,value,unit\n", SG_ERR_KEY,    "'use'"   },
      {"no row",  HEAD,                                      SG_ERR_RANGE,  "no row"  },
      {"too few", HEAD "X,pue,a\n",                          SG_ERR_SYNTAX, "3 fields"},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    sg_diags        diags;
    validate_report r;
    sg_err          err = run_text(rows[i].text, &diags, &r);
    ck_assert_msg(err == rows[i].want, "%s: %d", rows[i].what, (int)err);
    ck_assert_msg(diags.n && strstr(diags.item[0].message, rows[i].says), "%s: %s", rows[i].what,
                  diags.item[0].message);
    ck_assert(!r.holds);
    validate_report_free(&r);
  }
  sg_diags                   diags;
  validate_report            r = {0};
  const validate_power_files none = {NULL, 0};
  diag_init(&diags);
  ck_assert_int_eq(validate_power(&none, &diags, &r), SG_ERR_RANGE);
  validate_report_free(&r);
}
END_TEST

// The shipped file: nothing to reproduce is missing, PUE is within its bar, every input is used.
START_TEST(published_values) {
  static char text[200000];
  FILE       *file = fopen("data/validation/power/published.csv", "rb");
  ck_assert_ptr_nonnull(file);
  text[fread(text, 1, sizeof text - 1, file)] = '\0';
  fclose(file);
  sg_diags        diags;
  validate_report r;
  ck_assert_int_eq(run_text(text, &diags, &r), SG_OK);
  test_near(validate_value_of(&r, "reproduce_computed"), validate_value_of(&r, "reproduce_rows"), 1e-9);
  ck_assert(validate_value_of(&r, "pue_mean_absolute_error") <= 0.03);
  ck_assert(validate_value_of(&r, "pue_table_error") <= 1e-4);
  test_near(validate_value_of(&r, "input_used"), validate_value_of(&r, "input_rows"), 1e-9);
  ck_assert(r.holds);
  for (size_t i = 0; i < r.n_row; i++)
    ck_assert_msg(!strcmp(r.row[i].status, "ok") || r.row[i].why[0], "%s", r.row[i].case_name);
  validate_report_free(&r);
}
END_TEST

TEST_LIST("validate_power", traces_are_predicted, rows_by_their_use, files_that_cannot_be_used, published_values)
