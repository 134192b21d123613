// The report's template is made when the library is built (web/build.mjs): what is known then is in it, the hashes of its policy too.
#include "html.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>
#include <zlib.h>

#include "../base/calendar.h"
#include "run_json.h"

// ---- Files of the front end ---------------------------------------------------------------------------------------------

// cmake/web.cmake writes the table; the row after the last is all zero.
typedef struct asset_row {
  const char          *name;
  const unsigned char *at;
  size_t               bytes;
} asset_row;
extern const asset_row report_asset_files[];

static const char *type_of(const char *name) {
  static const struct {
    const char *ending, *type;
  } rows[] = {
      {".html", "text/html; charset=utf-8"      },
      {".js",   "text/javascript; charset=utf-8"},
      {".css",  "text/css; charset=utf-8"       },
      {".svg",  "image/svg+xml"                 },
  };
  const char *ending = strrchr(name, '.');
  for (size_t i = 0; ending && i < sizeof rows / sizeof rows[0]; i++)
    if (!strcmp(ending, rows[i].ending)) return rows[i].type;
  return "application/octet-stream";
}

bool report_asset(const char *name, const unsigned char **at, size_t *n, const char **type) {
  for (const asset_row *row = report_asset_files; row->name; row++) {
    if (strcmp(row->name, name) != 0) continue;
    *at = row->at;
    *n = row->bytes;
    *type = type_of(name);
    return true;
  }
  return false;
}

// ---- The document, packed -----------------------------------------------------------------------------------------------

// RFC 4648, section 4.
static void add_base64(text_buffer *out, const unsigned char *at, size_t n) {
  static const char digit[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
  char              line[1024];
  size_t            used = 0;
  for (size_t i = 0; i < n; i += 3) {
    size_t   left = n - i;
    unsigned bits = (unsigned)at[i] << 16 | (left > 1 ? (unsigned)at[i + 1] << 8 : 0) | (left > 2 ? at[i + 2] : 0);
    line[used++] = digit[bits >> 18];
    line[used++] = digit[bits >> 12 & 63];
    line[used++] = left > 1 ? digit[bits >> 6 & 63] : '=';
    line[used++] = left > 2 ? digit[bits & 63] : '=';
    if (used == sizeof line) {
      text_add(out, line, used);
      used = 0;
    }
  }
  text_add(out, line, used);
}

// gzip (RFC 1952) without a name or a time, so that the same run gives the same bytes.
static bool add_packed(text_buffer *out, const char *at, size_t n) {
  enum { GZIP_WINDOW = 15 + 16, MEMORY = 9 };
  z_stream z = {0};
  if (n > (uInt)-1 || deflateInit2(&z, Z_BEST_COMPRESSION, Z_DEFLATED, GZIP_WINDOW, MEMORY, Z_DEFAULT_STRATEGY) != Z_OK)
    return false;
  uLong          most = deflateBound(&z, (uLong)n);
  unsigned char *packed = malloc(most);
  bool           fine = false;
  if (packed) {
    z.next_in = (z_const Bytef *)at;
    z.avail_in = (uInt)n;
    z.next_out = packed;
    z.avail_out = (uInt)most;
    fine = deflate(&z, Z_FINISH) == Z_STREAM_END;
    if (fine) add_base64(out, packed, z.total_out);
  }
  free(packed);
  (void)deflateEnd(&z);
  return fine;
}

// ---- Text for where no script runs --------------------------------------------------------------------------------------

static void add_escaped(text_buffer *out, const char *s) {
  for (; s && *s; s++) {
    switch (*s) {
      case '<': text_puts(out, "&lt;"); break;
      case '>': text_puts(out, "&gt;"); break;
      case '&': text_puts(out, "&amp;"); break;
      case '"': text_puts(out, "&quot;"); break;
      default: text_add(out, s, 1);
    }
  }
}

static void add_title(const twin_ensemble *e, text_buffer *out) {
  add_escaped(out, programme_text(&e->m->p, e->m->plan_view.top->programme));
  text_puts(out, ": what will really happen");
}

static void add_promise(const twin_ensemble *e, int32_t i, text_buffer *out) {
  const twin_model        *m = e->m;
  const twin_promise_rule *rule = &m->promise[i];
  const twin_promise      *p = &m->plan_view.promise[rule->row];
  char                     by[8], threshold[64];
  int32_t                  median = twin_promise_month(e, i, 0.5);
  calendar_month_text(isnan(p->by_day) ? m->month0 + rule->by_month : calendar_month_of_day(p->by_day), by);
  text_quantity(rule->threshold, rule->unit, threshold, sizeof threshold);
  text_puts(out, "<tr><td>");
  add_escaped(out, programme_name(&m->p, CLASS_PROMISE, rule->row));
  text_puts(out, "</td><td>");
  add_escaped(out, programme_text(&m->p, p->who));
  text_puts(out, "</td><td>");
  add_escaped(out, programme_text(&m->p, p->says));
  text_addf(out, "</td><td>%s ", rule->at_most ? "at most" : "at least");
  add_escaped(out, threshold);
  text_addf(out, "</td><td>%s</td><td>", by);
  text_add_number(out, e->done ? 100.0 * (double)e->promise[i].kept / e->done : 0, 3);
  text_puts(out, " %</td><td>");
  if (median >= 0 && median < m->n_month) {
    calendar_month_text(m->month0 + median, by);
    text_puts(out, by);
  } else {
    text_puts(out, "later");
  }
  text_puts(out, "</td></tr>\n");
}

static void add_text(const twin_ensemble *e, text_buffer *out) {
  char as_of[11];
  calendar_day_text((int32_t)e->m->p.as_of_day, as_of);
  text_puts(out, "<h1>");
  add_title(e, out);
  text_addf(
      out,
      "</h1>\n<p>As known on %s. %u scenarios. This browser runs no script, so that only the promises are shown.</p>\n"
      "<table>\n<tr><th>promise</th><th>who</th><th>says</th><th>needs</th><th>by</th><th>odds</th>"
      "<th>half of the scenarios by</th></tr>\n",
      as_of, e->done);
  for (int32_t i = 0; i < e->m->n[CLASS_PROMISE]; i++) add_promise(e, i, out);
  text_puts(out, "</table>");
}

// ---- The whole ----------------------------------------------------------------------------------------------------------

static bool add_document(const twin_ensemble *e, text_buffer *out) {
  text_buffer json = {0};
  bool        fine = report_run_json(e, 0, &json) && add_packed(out, json.at, json.n);
  text_buffer_free(&json);
  return fine;
}

// Copies the template up to a place and leaves *at behind it.
static void copy_to(const char **at, const char *place, text_buffer *out) {
  const char *found = strstr(*at, place);
  if (!found) {
    out->failed = true;
    return;
  }
  text_add(out, *at, (size_t)(found - *at));
  *at = found + strlen(place);
}

bool report_html(const twin_ensemble *e, text_buffer *out) {
  const unsigned char *template;
  size_t      n;
  const char *type;
  if (!report_asset("report.html", &template, &n, &type)) return false;
  const char *at = (const char *)template;
  copy_to(&at, "<!--title-->", out);
  add_title(e, out);
  copy_to(&at, "<!--text-->", out);
  add_text(e, out);
  copy_to(&at, "<!--document-->", out);
  if (!add_document(e, out)) out->failed = true;
  text_puts(out, at);
  return !out->failed;
}
