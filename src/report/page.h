// Page: text for people, in columns of a terminal: wrapped, aligned, never wider than the page; and the few phrases that
// every report shares (odds, months, bands).
//
// Columns are counted as a terminal shows them: East Asian wide characters take two, combining marks none. Controls and
// characters that turn the direction of writing are shown as '?': names come from files.
#ifndef REPORT_PAGE_H
#define REPORT_PAGE_H

#include <stdbool.h>
#include <stdint.h>

#include "../../include/stargate.h"
#include "../base/text.h"

enum { PAGE_MIN_WIDTH = 60, PAGE_MAX_WIDTH = 400 };

typedef struct page {
  text_buffer *out;
  int          width;
  bool         colour;
} page;

typedef enum page_look { LOOK_PLAIN, LOOK_BOLD, LOOK_DIM } page_look;

page page_begin(text_buffer *out, sg_style style);  // keeps the width to 60 .. 400

int page_columns(const char *text);  // that a text takes

// One cell of a line: `text` in exactly `columns` columns, cut with "..." where it is longer. right: aligned right.
void page_cell(const page *p, const char *text, int columns, bool right, page_look look);
void page_gap(const page *p, int columns);
void page_end(const page *p);  // ends the line, without blanks at its end

void page_blank(const page *p);
void page_title(const page *p, const char *text);  // a blank line before, bold, cut to the page

// Words of `text`, each line from column `indent` on; a word longer than the line is broken. An empty text: nothing.
void page_wrap(const page *p, int indent, page_look look, const char *text);
void page_wrapf(const page *p, int indent, page_look look, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

// The next line of `text` that fits into `columns`: the bytes to show, and *rest moves behind it. An empty slice: done.
text_slice page_next_line(const char **rest, int columns);

// ---- Phrases ------------------------------------------------------------------------------------------------------------

enum { PHRASE = 48 };

// "38%", "<1%" and ">99%" where it rounds to 0 or 100 %; of fewer than 100 scenarios "3/10", which promises no more than
// was counted; "n/a" of none.
void phrase_odds(uint64_t kept, uint64_t done, char out[PHRASE]);
void phrase_share(double frac, char out[PHRASE]);  // the same of a fraction; NaN: "n/a"

// A number that stands in a column whose unit the heading names: three digits at least, no more than two decimals.
void phrase_number(double value, char out[PHRASE]);

// "12.3 (8.10-20.4)"; of equal ends "12.3".
void phrase_band(double middle, double low, double high, char out[PHRASE]);

// text_quantity, with fractions per year as percent: "3 %/yr".
void phrase_quantity(double value, const char *unit, char out[PHRASE]);

// The unit in which a column of values is best read: scale and word ("$B" of USD, "GW" of MW, "%" of frac).
typedef struct phrase_unit {
  double      per;
  const char *word;
} phrase_unit;
phrase_unit phrase_unit_of(const char *unit, double greatest);

#endif
