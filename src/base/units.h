// Units: every quantity that a user writes is converted once, at load, to the one unit used inside.
//
// Dimensions: time, power, money, energy, ... each as an integer exponent. Energy is power x time, so MWh / h = MW.
#ifndef BASE_UNITS_H
#define BASE_UNITS_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

enum { UNIT_TIME, UNIT_POWER, UNIT_MONEY, UNIT_LENGTH, UNIT_MASS, UNIT_TEMPERATURE, UNIT_GPU, UNIT_TOKEN, UNIT_FLOP,
       UNIT_RACK, UNIT_BIT, UNIT_JOB, UNIT_DIMENSIONS };

// value in base units = scale * written + offset (offset only for plain degC / degF).
typedef struct unit {
  double scale, offset;
  int8_t power[UNIT_DIMENSIONS];  // exponent of each dimension
} unit;

// Reads a unit expression: "MW", "USD/GPU-h", "$/MWh", "USD per MW-month", "%/yr", "ft2", "kg/MWh", "x" or "" (none).
// False: unknown; *bad is the part that is not a unit.
bool unit_parse(text_slice s, unit *out, text_slice *bad);

bool unit_same_dimension(const unit *a, const unit *b);
const char *unit_dimension_word(const unit *u);  // "energy", "power", "money", "power per money", ... for messages

// Reads "1.2 GW", "$38B", "500000 ft2", "7.5 %/yr", "18 months", "-3", "2.6 USD/GPU-h" into number and unit.
typedef struct unit_quantity { double number; unit of; text_slice number_text, unit_text; bool has_unit; } unit_quantity;
typedef enum unit_result { UNIT_OK, UNIT_NO_NUMBER, UNIT_NOT_FINITE, UNIT_UNKNOWN } unit_result;
unit_result unit_read(text_slice s, unit_quantity *out, text_slice *bad);

// Converts a number in unit `from` to unit `to`; false: dimensions differ.
bool unit_convert(double number, const unit *from, const unit *to, double *out);

// The known unit names, for suggestions: count and the i-th.
size_t      unit_names(void);
const char *unit_name(size_t i);

#endif
