// Diagnostics: words of the codes, the list, the excerpt, the rendering.
#include "diag.h"

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "text.h"

// ---- Codes ----------------------------------------------------------------------------------------------

#define SG_ERR_ROW(code, word, meaning) {word, meaning},
static const struct { const char *word, *meaning; } err_rows[SG_ERR_COUNT] = {SG_ERR_LIST(SG_ERR_ROW)};
#undef SG_ERR_ROW

static bool is_code(sg_err code) { return (int)code >= 0 && (int)code < SG_ERR_COUNT; }

const char *sg_err_word(sg_err code) { return is_code(code) ? err_rows[code].word : "unknown"; }

const char *sg_err_meaning(sg_err code) { return is_code(code) ? err_rows[code].meaning : "not a known code"; }

// ---- Text that is safe to show --------------------------------------------------------------------------

// Controls and characters that turn the direction of writing could change what a terminal shows.
static bool is_unsafe(long code) {
  return code < 0x20 || (code >= 0x7F && code < 0xA0) || code == 0x061C || (code >= 0x200E && code <= 0x200F) ||
         (code >= 0x2028 && code <= 0x202E) || (code >= 0x2066 && code <= 0x2069) || code == 0xFEFF;
}

// Appends one character, or what stands for it: a space for a tab, '?' for what must not be shown. False: it does not
// fit in `capacity` bytes with the NUL.
static bool put_safe(const char *at, size_t bytes, long code, char *out, size_t capacity, size_t *n) {
  char   shown = code == '\t' ? ' ' : '?';
  bool   replace = is_unsafe(code);
  size_t need = replace ? 1 : bytes;
  if (*n + need >= capacity) return false;
  memcpy(out + *n, replace ? &shown : at, need);
  out[ *n += need] = '\0';
  return true;
}

// Copies NUL-terminated text in whole, safe characters; what does not fit ends in "...".
static void copy_safe(const char *s, char *out, size_t capacity) {
  size_t left = strlen(s), n = 0, room_for_dots = 0;
  out[0] = '\0';
  for (size_t bytes; left > 0; s += bytes, left -= bytes) {
    long code = text_utf8_next(s, left, &bytes);
    if (!put_safe(s, bytes, code, out, capacity, &n)) {
      memcpy(out + room_for_dots, "...", 4);
      return;
    }
    if (n + 3 < capacity) room_for_dots = n;
  }
}

// ---- The excerpt ----------------------------------------------------------------------------------------

// Bytes of the line break at `at`, 0 if there is none. YAML 1.1 counts all of these (section 5.4, b-char).
static size_t break_bytes(const char *at, size_t n) {
  if (at[0] == '\n') return 1;
  if (at[0] == '\r') return n > 1 && at[1] == '\n' ? 2 : 1;
  if (n > 1 && memcmp(at, "\xC2\x85", 2) == 0) return 2;
  if (n > 2 && (memcmp(at, "\xE2\x80\xA8", 3) == 0 || memcmp(at, "\xE2\x80\xA9", 3) == 0)) return 3;
  return 0;
}

// The n-th line (from 1) without its break; false: the source has fewer.
static bool find_line(const diag_source *source, int32_t line, text_slice *out) {
  const char *at = source->text, *end = at + source->bytes;
  if (source->bytes >= 3 && memcmp(at, "\xEF\xBB\xBF", 3) == 0) at += 3;  // a byte order mark has no column
  for (int32_t i = 1; i < line; i++) {
    size_t n = 0;
    while (at < end && (n = break_bytes(at, (size_t)(end - at))) == 0) at++;
    if (at == end) return false;
    at += n;
  }
  const char *stop = at;
  while (stop < end && break_bytes(stop, (size_t)(end - stop)) == 0) stop++;
  *out = (text_slice){at, (size_t)(stop - at)};
  return true;
}

enum { SHOWN_CHARACTERS = 96, SHOWN_BEFORE = 30 };  // of a line that is cut: characters before the column

static size_t count_characters(text_slice s) {
  size_t n = 0;
  for (size_t i = 0, bytes; i < s.n; i += bytes, n++) (void)text_utf8_next(s.at + i, s.n - i, &bytes);
  return n;
}

static text_slice skip_characters(text_slice s, size_t n) {
  for (size_t bytes; n > 0 && s.n > 0; n--, s.at += bytes, s.n -= bytes) (void)text_utf8_next(s.at, s.n, &bytes);
  return s;
}

// Fills excerpt and excerpt_column. A long line is cut around the column; "..." stands for what was cut. At most
// 3 + 4 * SHOWN_BEFORE bytes stand before the column, so that it always fits.
static void cut_excerpt(text_slice line, int32_t column, sg_diag *d) {
  while (line.n > 0 && (line.at[line.n - 1] == ' ' || line.at[line.n - 1] == '\t')) line.n--;
  size_t characters = count_characters(line), at = (size_t)column - 1;
  if (at > characters) at = characters;  // just behind the end: something is missing there
  bool   whole = line.n < sizeof d->excerpt && characters <= SHOWN_CHARACTERS;
  size_t skip = !whole && at > SHOWN_BEFORE ? at - SHOWN_BEFORE : 0;
  size_t n = 0, most = whole ? SHOWN_CHARACTERS : SHOWN_CHARACTERS - 6;
  size_t capacity = sizeof d->excerpt - (whole ? 0 : 3);
  d->excerpt_column = (int32_t)(at - skip) + 1 + (skip > 0 ? 3 : 0);
  if (skip > 0) memcpy(d->excerpt, "...", n = 3);
  line = skip_characters(line, skip);
  for (size_t bytes; line.n > 0 && most > 0; most--, line.at += bytes, line.n -= bytes) {
    long code = text_utf8_next(line.at, line.n, &bytes);
    if (!put_safe(line.at, bytes, code, d->excerpt, capacity, &n)) break;
  }
  if (line.n > 0) memcpy(d->excerpt + n, "...", 3), n += 3;
  d->excerpt[n] = '\0';
}

// ---- The list -------------------------------------------------------------------------------------------

void diag_init(sg_diags *list) { list->n = list->n_errors = list->n_more = 0; }

static void set_place(diag_place place, sg_diag *d) {
  text_slice line;
  if (!place.source) return;
  copy_safe(place.source->name ? place.source->name : "", d->file, sizeof d->file);
  if (place.line < 1) return;
  d->line = place.line;
  d->column = place.column > 0 ? place.column : 0;
  d->span = place.span > 1 ? place.span : 1;
  if (d->column > 0 && place.source->text && find_line(place.source, place.line, &line))
    cut_excerpt(line, d->column, d);
}

// A line that several rows inherit is complained of once.
static bool stands_already(const sg_diags *list, const sg_diag *d) {
  for (size_t i = 0; d->line > 0 && i < list->n; i++) {
    const sg_diag *at = &list->item[i];
    if (at->line == d->line && at->column == d->column && !strcmp(at->message, d->message) && !strcmp(at->file, d->file)) return true;
  }
  return false;
}

sg_err diag_add(sg_diags *list, sg_severity severity, sg_err code, diag_place place, const char *hint,
                const char *format, ...) {
  if (!list) return code;
  sg_diag  made = {.code = code, .severity = severity};
  sg_diag *d = &made;
  char     message[4 * sizeof d->message];
  va_list  args;
  va_start(args, format);
  if (vsnprintf(message, sizeof message, format, args) < 0) message[0] = '\0';
  va_end(args);
  copy_safe(message, d->message, sizeof d->message);
  if (hint) copy_safe(hint, d->hint, sizeof d->hint);
  set_place(place, d);
  if (stands_already(list, d)) return code;
  if (severity == SG_ERROR) list->n_errors++;
  if (list->n == SG_DIAGS_MAX) list->n_more++;
  else list->item[list->n++] = made;
  return code;
}

// ---- Rendering ------------------------------------------------------------------------------------------

typedef struct sink {
  char  *out;
  size_t n, capacity;  // n: bytes needed so far
} sink;

static void put(sink *s, const char *text) {
  for (; *text; text++, s->n++)
    if (s->n + 1 < s->capacity) s->out[s->n] = *text;
}

static void put_times(sink *s, const char *text, size_t times) {
  for (; times > 0; times--) put(s, text);
}

static void put_painted(sink *s, const char *paint, const char *text, size_t times) {
  if (paint) put(s, paint);
  put_times(s, text, times);
  if (paint) put(s, "\x1b[0m");
}

static const char *const severity_word[] = {"error", "warning", "note"};
static const char *const severity_paint[] = {"\x1b[1;31m", "\x1b[1;35m", "\x1b[1;36m"};

// "plan.yaml:9:15: "
static void put_head(const sg_diag *d, int colour, sink *s) {
  char place[sizeof d->file + 40];
  if (d->line > 0 && d->column > 0) (void)snprintf(place, sizeof place, "%s:%d:%d: ", d->file, d->line, d->column);
  else if (d->line > 0) (void)snprintf(place, sizeof place, "%s:%d: ", d->file, d->line);
  else (void)snprintf(place, sizeof place, "%s%s", d->file, d->file[0] ? ": " : "");
  if (place[0]) put_painted(s, colour ? "\x1b[1m" : NULL, place, 1);
}

// The line of the file and the underline, which ends where the excerpt ends.
static void put_excerpt(const sg_diag *d, const char *paint, sink *s) {
  char   number[16];
  size_t width = (size_t)snprintf(number, sizeof number, "  %d", d->line);
  size_t shown = count_characters(text_of(d->excerpt)), from = d->excerpt_column > 1 ? (size_t)d->excerpt_column : 1;
  size_t span = d->span > 1 ? (size_t)d->span : 1, room = shown >= from ? shown - from + 1 : 1;
  put(s, number);
  put(s, " | ");
  put(s, d->excerpt);
  put(s, "\n");
  put_times(s, " ", width);
  put(s, " | ");
  put_times(s, " ", from - 1);
  put_painted(s, paint, "^", span < room ? span : room);
  put(s, "\n");
}

size_t diag_render(const sg_diag *diag, int colour, char *out, size_t capacity) {
  sink        s = {.out = out, .n = 0, .capacity = capacity};
  int         k = diag->severity == SG_WARNING ? 1 : diag->severity == SG_NOTE ? 2 : 0;
  const char *paint = colour ? severity_paint[k] : NULL;
  char        label[48];
  (void)snprintf(label, sizeof label, "%s[%s]:", severity_word[k], sg_err_word(diag->code));
  put_head(diag, colour, &s);
  put_painted(&s, paint, label, 1);
  put(&s, " ");
  put(&s, diag->message);
  put(&s, "\n");
  if (diag->excerpt[0] && diag->excerpt_column > 0) put_excerpt(diag, paint, &s);
  if (diag->hint[0]) {
    put(&s, "  hint: ");
    put(&s, diag->hint);
    put(&s, "\n");
  }
  if (capacity > 0) out[s.n < capacity ? s.n : capacity - 1] = '\0';
  return s.n;
}
