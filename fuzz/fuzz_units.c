// Fuzzer of what reads single values: unit_read and unit_parse, text_number, calendar_parse.
//
// Each must accept any bytes; what it accepts must obey the invariants below, else the program traps.
#include <math.h>
#include <stdint.h>
#include <string.h>

#include "../src/base/calendar.h"
#include "../src/base/text.h"
#include "../src/base/units.h"

#define MUST(condition)                 \
  do {                                  \
    if (!(condition)) __builtin_trap(); \
  } while (0)

static int lies_in(text_slice part, text_slice whole) {
  return part.n == 0 || (part.at >= whole.at && part.at + part.n <= whole.at + whole.n);
}

static int same_bits(double a, double b) { return memcmp(&a, &b, sizeof a) == 0; }

static void check_unit(const unit *u) {
  double out = 0;
  MUST(isfinite(u->scale) && u->scale > 0 && isfinite(u->offset));
  MUST(unit_same_dimension(u, u));
  MUST(unit_convert(1.5, u, u, &out) && same_bits(out, 1.5));
  MUST(unit_dimension_word(u)[0] != '\0');
}

static void check_quantity(text_slice s) {
  unit_quantity q;
  text_slice    bad = {s.at, 0};
  unit_result   result = unit_read(s, &q, &bad);
  MUST(lies_in(bad, s));
  if (result != UNIT_OK) return;
  double magnitude = 0;
  MUST(isfinite(q.number));
  MUST(lies_in(q.number_text, s) && lies_in(q.unit_text, s));
  MUST(text_number(q.number_text, &magnitude) && same_bits(fabs(magnitude), fabs(q.number)));
  MUST(q.has_unit || (q.unit_text.n == 0 && same_bits(q.of.scale, 1)));
  check_unit(&q.of);
}

static void check_unit_text(text_slice s) {
  unit       u;
  text_slice bad = {s.at, 0};
  if (unit_parse(s, &u, &bad)) check_unit(&u);
  else MUST(lies_in(bad, s));
  const char *near = unit_nearest(s);
  MUST(!near || unit_parse(text_of(near), &u, &bad));
}

static void check_number(text_slice s) {
  double value = 0, again = 0;
  size_t n = text_number_scan(s, &value);
  MUST(n <= s.n);
  bool whole = text_number(s, &value);
  MUST(whole == (n == s.n && n > 0 && isfinite(value)));
  if (!whole) return;
  char written[32];
  MUST(text_number((text_slice){written, text_number_write(value, 17, written)}, &again));
  MUST(again >= value && again <= value);  // equal, but for the sign of zero
}

static void check_date(text_slice s) {
  int32_t first, last, again_first, again_last;
  char    text[11];
  if (!calendar_parse(s, &first, &last)) return;
  MUST(first <= last && last - first <= 365);
  MUST((s.n == 10) == (first == last));
  calendar_day_text(first, text);
  MUST(memcmp(text, s.at, s.n) == 0);
  MUST(calendar_parse(text_of(text), &again_first, &again_last) && again_first == first);
  MUST(calendar_day(calendar_of_day(last)) == last);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size);
int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t size) {
  text_slice s = {(const char *)bytes, size};
  check_quantity(s);
  check_unit_text(s);
  check_number(s);
  check_date(s);
  return 0;
}
