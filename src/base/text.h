// Text: slices, comparison, suggestions, a growing buffer, numbers as people write them.
//
// Nothing here depends on the locale, except text_addf with %f, %e or %g: use text_add_number there.
#ifndef BASE_TEXT_H
#define BASE_TEXT_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

typedef struct text_slice { const char *at; size_t n; } text_slice;

text_slice text_of(const char *s);                        // of a NUL-terminated string
text_slice text_trim(text_slice s);                       // without ASCII white space at both ends
bool text_equal(text_slice a, const char *b);
bool text_utf8_valid(const char *at, size_t n, size_t *bad_byte);  // bad_byte may be NULL

// Takes one character from [at, at + n), n > 0. Returns its code point and its bytes; a byte that begins no valid UTF-8
// character counts as one character of one byte, code point -1.
long text_utf8_next(const char *at, size_t n, size_t *bytes);

// Parses a whole slice as a decimal number: sign, digits, point, exponent; "1_000" allowed, "1,000" is not, hex,
// inf and nan are not. Locale-free, correctly rounded. False: not a number, or not finite (1e400).
bool text_number(text_slice s, double *out);

// Bytes of the longest such number that s begins with, 0 when it begins with none. *out may be infinite (1e400).
size_t text_number_scan(text_slice s, double *out);

// Writes "%.{digits}g" (digits 1..17) with a point in every locale, -0 as 0; returns its length.
// NaN and infinities: "nan", "inf", "-inf".
size_t text_number_write(double value, int digits, char out[32]);

// Edit distance (insert, delete, replace, swap neighbours; case folded), capped at `most` + 1.
// In bytes; texts of more than 64 bytes are either equal (0) or too far (`most` + 1).
size_t text_distance(text_slice a, text_slice b, size_t most);

// The nearest of n candidates (the first of equals; same case wins), or NULL when none is near enough to be a likely
// misspelling.
const char *text_nearest(text_slice wanted, const char *const *candidate, size_t n);

// A buffer that grows; `failed` is set (and stays set) when memory ran out. text_buffer_free gives it back.
// Starts as {0}; at[n] is NUL whenever `at` is not NULL.
typedef struct text_buffer { char *at; size_t n, capacity; bool failed; } text_buffer;
void text_add(text_buffer *b, const char *at, size_t n);
void text_puts(text_buffer *b, const char *s);
void text_addf(text_buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_add_number(text_buffer *b, double value, int digits);  // as text_number_write
void text_buffer_free(text_buffer *b);

// "1.2 GW", "$38.0B", "12,345": short forms of a quantity in an inside unit for people; writes at most n bytes.
// Three significant digits; things that are counted are whole up to ten million. NaN: "n/a"; unit "date": "2025-01-21".
// What it writes (without the commas) is read back by unit_read; except "n/a", "infinite" and dates.
void text_quantity(double value, const char *unit, char *out, size_t n);

#endif
