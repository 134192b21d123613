// Page: help for people, in headings, wrapped paragraphs and labelled items, at a given width.
//
// Inside of `explain`; what stands at a call is a text without line breaks. Blank lines never double.
#ifndef PROGRAMME_EXPLAIN_PAGE_H
#define PROGRAMME_EXPLAIN_PAGE_H

#include "../base/text.h"

typedef struct explain_page {
  text_buffer *out;
  int          width;   // columns, 60 at least
  int          colour;  // 1: ANSI colours
} explain_page;

void explain_heading(const explain_page *page, const char *text);                // after a blank line, unless first
void explain_paragraph(const explain_page *page, int indent, const char *text);  // wrapped
void explain_item(const explain_page *page, const char *label, int label_width, const char *text);
void explain_entry(const explain_page *page, const char *label, int label_width, const char *kind, const char *text);
void explain_line(const explain_page *page, int indent, const char *text);  // as it is: examples
void explain_blank(const explain_page *page);

int explain_columns(const char *text);  // characters

#endif
