// Fuzzes the reader and the kernel of `validate capital`: inputs.csv, then after lines "%%" schedules.csv, results.csv and
// annual.csv; what begins with '~' is taken as the flip_ files. Whatever is computed is a number, or a row says why not.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../src/twin/validate_capital.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void hold(int truth) {
  if (!truth) __builtin_trap();
}

enum { PARTS = 4, MOST_BYTES = 20000 };

static size_t split(const char *text, size_t n, diag_source *part) {
  static const char *const name[PARTS] = {"inputs.csv", "schedules.csv", "results.csv", "annual.csv"};
  size_t count = 0, from = 0;
  for (size_t i = 0; i + 4 <= n && count + 1 < PARTS; i++) {
    if (memcmp(text + i, "\n%%\n", 4)) continue;
    part[count] = (diag_source){name[count], text + from, i + 1 - from};
    count++;
    from = i + 4;
  }
  part[count] = (diag_source){name[count], text + from, n - from};
  return count + 1;
}

static void check_rows(const validate_report *r) {
  for (size_t i = 0; i < r->n_row; i++) {
    const validate_row *row = &r->row[i];
    hold(memchr(row->case_name, '\0', sizeof row->case_name) && memchr(row->why, '\0', sizeof row->why));
    if (!strcmp(row->status, "ok")) hold(isfinite(row->computed));
    if (!strcmp(row->status, "input")) hold(row->why[0] != '\0');
  }
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  diag_source part[PARTS];
  bool        flip = n && bytes[0] == '~';
  if (n > MOST_BYTES) return 0;
  size_t    count = split((const char *)bytes + flip, n - flip, part);
  sg_diags *d = malloc(sizeof *d);
  if (!d) abort();
  diag_init(d);
  validate_capital_files files = {0};
  const diag_source    **at[PARTS] = {&files.inputs, &files.schedules, &files.results, &files.annual};
  const diag_source    **flipped[PARTS] = {&files.flip_inputs, &files.schedules, &files.flip_results, &files.flip_annual};
  for (size_t i = 0; i < count; i++) *(flip ? flipped[i] : at[i]) = &part[i];
  validate_report report = {0};
  sg_err          err = validate_capital(&files, d, &report);
  hold(err == SG_OK || err == SG_ERR_MEMORY || d->n > 0);
  check_rows(&report);
  validate_report_free(&report);
  free(d);
  return 0;
}
