// Text: slices, comparison, suggestions, a growing buffer, numbers as people write them.
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

// Parses a whole slice as a decimal number: sign, digits, point, exponent; "1_000" allowed, "1,000" is not, hex,
// inf and nan are not. Locale-free. False: not a number, or not finite (10^400 written out as 1e400).
bool text_number(text_slice s, double *out);

// Edit distance (insert, delete, replace, swap neighbours; case folded), capped at `most` + 1.
size_t text_distance(text_slice a, text_slice b, size_t most);

// The nearest of n candidates, or NULL when none is near enough to be a likely misspelling.
const char *text_nearest(text_slice wanted, const char *const *candidate, size_t n);

// A buffer that grows; `failed` is set (and stays set) when memory ran out. text_buffer_free gives it back.
typedef struct text_buffer { char *at; size_t n, capacity; bool failed; } text_buffer;
void text_add(text_buffer *b, const char *at, size_t n);
void text_puts(text_buffer *b, const char *s);
void text_addf(text_buffer *b, const char *format, ...) __attribute__((format(printf, 2, 3)));
void text_buffer_free(text_buffer *b);

// "1.2 GW", "$38.0B", "12,345": short forms of a quantity in an inside unit for people; writes at most n bytes.
void text_quantity(double value, const char *unit, char *out, size_t n);

#endif
