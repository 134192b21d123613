// Validate: see validate.h.
#include "validate.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"

// Makes room for one more of `size` bytes; NULL and report->failed where there is none.
static void *grow(validate_report *report, void *at, size_t n, size_t *capacity, size_t size) {
  if (n < *capacity) return at;
  size_t more = *capacity ? 2 * *capacity : 64;
  void  *moved = more > SIZE_MAX / size ? NULL : realloc(at, more * size);
  if (!moved) {
    report->failed = true;
    return NULL;
  }
  *capacity = more;
  return moved;
}

validate_row *validate_add_row(validate_report *report, const char *case_name, const char *quantity, const char *unit) {
  validate_row *at = grow(report, report->row, report->n_row, &report->row_capacity, sizeof *at);
  if (!at) return NULL;
  report->row = at;
  validate_row *row = &at[report->n_row++];
  *row = (validate_row){.expected = (double)NAN,
                        .computed = (double)NAN,
                        .rel_error = (double)NAN,
                        .tolerance = (double)NAN,
                        .status = "skipped"};
  snprintf(row->case_name, sizeof row->case_name, "%s", case_name);
  snprintf(row->quantity, sizeof row->quantity, "%s", quantity);
  snprintf(row->unit, sizeof row->unit, "%s", unit);
  return row;
}

void validate_add_value(validate_report *report, const char *name, double value) {
  validate_value *at = grow(report, report->summary, report->n_summary, &report->summary_capacity, sizeof *at);
  if (!at) return;
  report->summary = at;
  validate_value *entry = &at[report->n_summary++];
  snprintf(entry->name, sizeof entry->name, "%s", name);
  entry->value = value;
}

validate_forecast *validate_add_forecast(validate_report *report, const char *site, int32_t first_month,
                                         int32_t n_month) {
  validate_forecast *at = grow(report, report->forecast, report->n_forecast, &report->forecast_capacity, sizeof *at);
  if (!at) return NULL;
  report->forecast = at;
  double *quantile = calloc((size_t)n_month * VALIDATE_QUANTILES, sizeof *quantile);
  if (!quantile) {
    report->failed = true;
    return NULL;
  }
  validate_forecast *f = &at[report->n_forecast++];
  *f = (validate_forecast){.first_month = first_month, .n_month = n_month, .quantile = quantile};
  snprintf(f->site, sizeof f->site, "%s", site);
  return f;
}

double validate_value_of(const validate_report *report, const char *name) {
  for (size_t i = 0; i < report->n_summary; i++)
    if (strcmp(report->summary[i].name, name) == 0) return report->summary[i].value;
  return (double)NAN;
}

void validate_report_free(validate_report *report) {
  if (!report) return;
  for (size_t i = 0; i < report->n_forecast; i++) free(report->forecast[i].quantile);
  free(report->forecast);
  free(report->summary);
  free(report->row);
  *report = (validate_report){0};
}

static void put_number(json_writer *out, const char *key, double value) {
  json_key(out, key);
  json_number(out, value);
}

static void put_string(json_writer *out, const char *key, const char *value) {
  json_key(out, key);
  json_string(out, value);
}

static void put_row(const validate_row *row, json_writer *out) {
  json_object(out);
  put_string(out, "case", row->case_name);
  put_string(out, "quantity", row->quantity);
  put_string(out, "unit", row->unit);
  put_number(out, "expected", row->expected);
  put_number(out, "computed", row->computed);
  put_number(out, "rel_error", row->rel_error);
  put_number(out, "tolerance", row->tolerance);
  put_string(out, "status", row->status);
  put_string(out, "why", row->why);
  json_end(out);
}

static void put_forecast(const validate_forecast *f, json_writer *out) {
  json_key(out, f->site);
  json_object(out);
  json_key(out, "month");
  json_row(out);
  for (int32_t k = 0; k < f->n_month; k++) {
    char month[8];
    calendar_month_text(f->first_month + k, month);
    json_string(out, month);
  }
  json_end(out);
  json_key(out, "quantiles");
  json_array(out);
  for (int32_t k = 0; k < f->n_month; k++)
    json_numbers(out, f->quantile + (size_t)k * VALIDATE_QUANTILES, VALIDATE_QUANTILES);
  json_end(out);
  json_end(out);
}

void validate_report_json(const validate_report *report, json_writer *out) {
  json_object(out);
  put_string(out, "schema", "stargate.validate/1");
  put_string(out, "domain", report->domain);
  json_key(out, "holds");
  json_bool(out, report->holds);
  json_key(out, "rows");
  json_array(out);
  for (size_t i = 0; i < report->n_row; i++) put_row(&report->row[i], out);
  json_end(out);
  json_key(out, "summary");
  json_object(out);
  for (size_t i = 0; i < report->n_summary; i++) put_number(out, report->summary[i].name, report->summary[i].value);
  json_end(out);
  json_key(out, "forecast");
  json_object(out);
  for (size_t i = 0; i < report->n_forecast; i++) put_forecast(&report->forecast[i], out);
  json_end(out);
  json_end(out);
}
