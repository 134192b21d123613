// Calendar: proleptic Gregorian days and months. A day is a double or int32 counted from 1970-01-01; a month is an
// int32 counted from 1970-01 (month 660 = 2025-01).
// Source: Hinnant, "chrono-compatible low-level date algorithms", 2013.
#ifndef BASE_CALENDAR_H
#define BASE_CALENDAR_H

#include <stdbool.h>
#include <stdint.h>

#include "text.h"

typedef struct calendar_date { int32_t year, month, day; } calendar_date;  // 2025, 1..12, 1..31

#define CALENDAR_DAYS_PER_YEAR 365.2425
#define CALENDAR_DAYS_PER_MONTH (365.2425 / 12.0)
#define CALENDAR_HOURS_PER_MONTH (24.0 * 365.2425 / 12.0)

int32_t       calendar_day(calendar_date date);             // day number
calendar_date calendar_of_day(int32_t day);
int32_t       calendar_month_of_day(double day);            // month that holds it; infinite, NaN: INT32_MAX/MIN
int32_t       calendar_first_day(int32_t month);            // first day of a month number, kept to int32
int32_t       calendar_days_in_month(int32_t month);
int32_t       calendar_month_of_year(int32_t month);        // 0..11

// Reads YYYY, YYYY-MM or YYYY-MM-DD. first: day number of its first day; last: of its last day. False: not a date.
bool calendar_parse(text_slice s, int32_t *first, int32_t *last);
void calendar_month_text(int32_t month, char out[8]);       // "2025-01"; years are kept to 0000..9999
void calendar_day_text(int32_t day, char out[11]);          // "2025-01-21"

#endif
