// Validate: what every `stargate validate DOMAIN --cases DIR` reports, and its JSON.
#ifndef TWIN_VALIDATE_H
#define TWIN_VALIDATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "../base/json.h"

// One quantity of one case, computed and as published.
typedef struct validate_row {
  char        case_name[96], quantity[48], unit[16];
  double      expected, computed, rel_error;  // NaN: none (null in JSON); rel_error = computed / expected - 1
  double      tolerance;                      // |computed - expected| that is still "ok", in the unit; NaN: none
  const char *status;                         // "ok", "off", "input" (the case cannot be read), "skipped"
  char        why[120];
} validate_row;

typedef struct validate_value {
  char   name[48];
  double value;
} validate_value;

enum { VALIDATE_QUANTILES = 99 };

// Quantiles 1 % .. 99 % of a fraction at the 28th of each month.
typedef struct validate_forecast {
  char    site[64];
  int32_t first_month, n_month;  // months counted from 1970-01
  double *quantile;              // (n_month x VALIDATE_QUANTILES), row-major
} validate_forecast;

// Owns what it points to: zero it before use, give it back with validate_report_free.
typedef struct validate_report {
  const char        *domain;  // "build"
  validate_row      *row;
  size_t             n_row, row_capacity;
  validate_value    *summary;
  size_t             n_summary, summary_capacity;
  validate_forecast *forecast;
  size_t             n_forecast, forecast_capacity;
  bool               holds;   // the domain's bar is met and every case could be read: exit code 0
  bool               failed;  // memory ran out while it was filled
} validate_report;

// These add one entry; NULL, or nothing done, where memory ran out (report->failed is set).
validate_row      *validate_add_row(validate_report *report, const char *case_name, const char *quantity, const char *unit);
void               validate_add_value(validate_report *report, const char *name, double value);
validate_forecast *validate_add_forecast(validate_report *report, const char *site, int32_t first_month, int32_t n_month);

double validate_value_of(const validate_report *report, const char *name);  // NaN: no such name

void validate_report_free(validate_report *report);  // NULL is fine

// {"schema": "stargate.validate/1", "domain", "holds", "rows": [..], "summary": {..}, "forecast": {SITE: {..}}}
void validate_report_json(const validate_report *report, json_writer *out);

#endif
