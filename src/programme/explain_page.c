// Pages of help: wrapping by characters, labels in bold, kinds dimmed.
#include "explain_page.h"

#include <string.h>

#define BOLD  "\033[1m"
#define DIM   "\033[2m"
#define PLAIN "\033[0m"

int explain_columns(const char *text) {
  int    columns = 0;
  size_t left = strlen(text), bytes;
  for (; left > 0; text += bytes, left -= bytes, columns++) (void)text_utf8_next(text, left, &bytes);
  return columns;
}

static void spaces(text_buffer *out, int n) {
  for (int i = 0; i < n; i++) text_add(out, " ", 1);
}

static void painted(const explain_page *page, const char *paint, const char *text) {
  if (page->colour) text_puts(page->out, paint);
  text_puts(page->out, text);
  if (page->colour) text_puts(page->out, PLAIN);
}

void explain_blank(const explain_page *page) {
  const text_buffer *b = page->out;
  if (b->n == 0 || (b->n > 1 && b->at[b->n - 1] == '\n' && b->at[b->n - 2] == '\n')) return;
  text_add(page->out, "\n", 1);
}

// Words from `column` on; further lines begin at `indent`. Ends the line.
static void wrap(const explain_page *page, int column, int indent, const char *text) {
  bool first = true;
  while (*text) {
    size_t n = strcspn(text, " ");
    int    wide = 0;
    for (size_t i = 0, bytes; i < n; i += bytes, wide++) (void)text_utf8_next(text + i, n - i, &bytes);
    if (!first && column + 1 + wide > page->width) {
      text_add(page->out, "\n", 1);
      spaces(page->out, indent);
      column = indent;
    } else if (!first) {
      text_add(page->out, " ", 1);
      column++;
    }
    text_add(page->out, text, n);
    column += wide;
    first = false;
    text += n;
    while (*text == ' ') text++;
  }
  text_add(page->out, "\n", 1);
}

void explain_heading(const explain_page *page, const char *text) {
  explain_blank(page);
  if (page->colour) text_puts(page->out, BOLD);
  wrap(page, 0, 0, text);
  if (page->colour) text_puts(page->out, PLAIN);
}

void explain_paragraph(const explain_page *page, int indent, const char *text) {
  spaces(page->out, indent);
  wrap(page, indent, indent, text);
}

void explain_line(const explain_page *page, int indent, const char *text) {
  spaces(page->out, indent);
  text_puts(page->out, text);
  text_add(page->out, "\n", 1);
}

// Label in its column; returns the column where text goes on.
static int put_label(const explain_page *page, const char *label, int label_width) {
  int wide = explain_columns(label), indent = 2 + label_width + 2;
  spaces(page->out, 2);
  painted(page, BOLD, label);
  if (wide > label_width) {
    text_add(page->out, "\n", 1);
    spaces(page->out, indent);
  } else {
    spaces(page->out, label_width + 2 - wide);
  }
  return indent;
}

void explain_item(const explain_page *page, const char *label, int label_width, const char *text) {
  int indent = put_label(page, label, label_width);
  wrap(page, indent, indent, text);
}

void explain_entry(const explain_page *page, const char *label, int label_width, const char *kind, const char *text) {
  int indent = put_label(page, label, label_width);
  if (page->colour) text_puts(page->out, DIM);
  wrap(page, indent, indent, kind);
  if (page->colour) text_puts(page->out, PLAIN);
  explain_paragraph(page, indent, text);
}
