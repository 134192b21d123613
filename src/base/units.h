// Units: every quantity that a user writes is converted once, at load, to the one unit used inside.
//
// Dimensions: time, power, money, energy, ... each as an integer exponent. Energy is power x time, so MWh / h = MW.
// A month is 365.2425/12 days and a year 365.2425 days (calendar.h). Case matters: MW is a unit, mw is not.
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

enum { UNIT_TIME, UNIT_POWER, UNIT_MONEY, UNIT_LENGTH, UNIT_MASS, UNIT_TEMPERATURE, UNIT_GPU, UNIT_TOKEN, UNIT_FLOP,
       UNIT_RACK, UNIT_BIT, UNIT_JOB, UNIT_DIMENSIONS };

// value in base units = scale * written + offset (offset only for plain degC / degF).
// Base units: s, W, USD, m, kg, K, GPU, token, FLOP, rack, bit, job; scale > 0 and finite.
typedef struct unit {
  double scale, offset;
  int8_t power[UNIT_DIMENSIONS];  // exponent of each dimension, -9 to 9
} unit;

// Reads a unit expression: "MW", "USD/GPU-h", "$/MWh", "USD per MW-month", "%/yr", "ft2", "kg/MWh", "x" or "" (none).
//   expression = [magnitude] [product] {("/" | " per ") product};  product = name {"-" name};
// "-" multiplies and binds closer than "/"; "a/b/c" is a/(b-c). A name of length may end in 2 or 3 ("m2", "ft^3").
// Magnitudes: k, M, B, bn, T before money and what is counted ("B USD") or alone; million, ... before anything.
// False: unknown; *bad is the part that is not a unit.
bool unit_parse(text_slice s, unit *out, text_slice *bad);

bool unit_same_dimension(const unit *a, const unit *b);
const char *unit_dimension_word(const unit *u);  // "energy", "power", "money", "power per money", ... for messages

// Reads "1.2 GW", "$38B", "500000 ft2", "7.5 %/yr", "18 months", "-3", "2.6 USD/GPU-h" into number and unit.
// unit_text is what follows the number: "GW", and "B" of "$38B". *bad (UNIT_UNKNOWN: what is not a unit;
// UNIT_NO_NUMBER, UNIT_NOT_FINITE: what stands where a number should, all of "1,200") is always a part of s.
typedef struct unit_quantity {
  double     number;
  unit       of;
  text_slice number_text, unit_text;
  bool       has_unit;
} unit_quantity;
typedef enum unit_result { UNIT_OK, UNIT_NO_NUMBER, UNIT_NOT_FINITE, UNIT_UNKNOWN } unit_result;
unit_result unit_read(text_slice s, unit_quantity *out, text_slice *bad);

// Converts a number in unit `from` to unit `to`; false: dimensions differ. Factors that are whole are exact ("35 %" is
// 0.35). May overflow to infinity.
bool unit_convert(double number, const unit *from, const unit *to, double *out);

// The known unit names, for suggestions: count and the i-th.
size_t      unit_names(void);
const char *unit_name(size_t i);
const char *unit_nearest(text_slice bad);  // the name probably meant, or NULL

#endif
