// Tests of the report as HTML and of the files of the front end.
#include <string.h>
#include <zlib.h>

#include "../../tests/test.h"
#include "html.h"
#include "probe.h"

// The value of a base64 digit.
static unsigned digit(char c) {
  return c >= 'a'   ? (unsigned)(c - 'a') + 26
         : c >= 'A' ? (unsigned)(c - 'A')
         : c >= '0' ? (unsigned)(c - '0') + 52
         : c == '+' ? 62
                    : 63;
}

// The document within a report, unpacked; to be freed.
static char *document_of(const char *html, size_t *n) {
  const char *tag = strstr(html, "id=\"document\">");
  ck_assert_ptr_nonnull(tag);
  tag = strchr(tag, '>') + 1;
  size_t         digits = (size_t)(strchr(tag, '<') - tag), bytes = 0, most = 16 << 20;
  unsigned char *packed = malloc(digits);
  char          *out = malloc(most);
  ck_assert_uint_eq(digits % 4, 0);
  for (size_t i = 0; i < digits; i += 4) {
    unsigned bits = 0;
    for (size_t k = 0; k < 4; k++) bits = bits << 6 | (tag[i + k] == '=' ? 0 : digit(tag[i + k]));
    packed[bytes++] = (unsigned char)(bits >> 16);
    if (tag[i + 2] != '=') packed[bytes++] = (unsigned char)(bits >> 8);
    if (tag[i + 3] != '=') packed[bytes++] = (unsigned char)bits;
  }
  z_stream z = {.next_in = packed, .avail_in = (uInt)bytes, .next_out = (Bytef *)out, .avail_out = (uInt)most};
  ck_assert_int_eq(inflateInit2(&z, 15 + 16), Z_OK);
  ck_assert_int_eq(inflate(&z, Z_FINISH), Z_STREAM_END);
  *n = z.total_out;
  inflateEnd(&z);
  free(packed);
  return out;
}

// Both without white space outside of strings.
static void same_json(const char *a, size_t n, const char *b) {
  bool quoted = false;
  for (size_t i = 0; i < n; i++) {
    while (!quoted && (*b == ' ' || *b == '\n')) b++;
    if (a[i] == '\n' && i + 1 == n) break;
    ck_assert_msg(a[i] == *b, "byte %zu: '%c' in the report, '%c' in the JSON", i, a[i], *b);
    if (*b == '"' && a[i - 1] != '\\') quoted = !quoted;
    b++;
  }
  while (*b == ' ' || *b == '\n') b++;
  ck_assert_int_eq(*b, 0);
}

START_TEST(carries_the_very_document) {
  sg_model  *model = probe_model(PROBE_FILE);
  sg_result *result = probe_run(model, 1, 50, 1);
  sg_text    json, html, again;
  size_t     n;
  ck_assert_int_eq(sg_result_json(result, &json), SG_OK);
  ck_assert_int_eq(sg_result_html(result, &html), SG_OK);
  ck_assert_int_eq(sg_result_html(result, &again), SG_OK);
  ck_assert_uint_eq(html.n, again.n);
  ck_assert_mem_eq(html.at, again.at, html.n);
  char *document = document_of(html.at, &n);
  same_json(document, n, json.at);
  free(document);
  ck_assert_ptr_null(strstr(html.at, "<!--"));  // no place was left empty
  ck_assert_ptr_nonnull(strstr(html.at, "default-src 'none'"));
  ck_assert_ptr_null(strstr(html.at, "unsafe-"));
  sg_text_free(&json);
  sg_text_free(&html);
  sg_text_free(&again);
  sg_result_free(result);
  sg_model_free(model);
}
END_TEST

START_TEST(texts_of_a_programme_are_text) {
  static const sg_set set[] = {
      {"programme", "\"<img src=x onerror=alert(1)>&\""}
  };
  sg_diags *diags = calloc(1, sizeof *diags);
  sg_input  file = {"plan.yaml", PROBE_FILE, strlen(PROBE_FILE)};
  sg_model *model;
  sg_text   html;
  ck_assert_int_eq(sg_model_load(&file, set, 1, diags, &model), SG_OK);
  sg_result *result = probe_run(model, 1, 10, 1);
  ck_assert_int_eq(sg_result_html(result, &html), SG_OK);
  ck_assert_ptr_null(strstr(html.at, "<img"));
  ck_assert_ptr_nonnull(
      strstr(html.at, "<title>&lt;img src=x onerror=alert(1)&gt;&amp;: what will really happen</title>"));
  ck_assert_ptr_nonnull(strstr(html.at, "<noscript>\n<h1>&lt;img"));
  sg_text_free(&html);
  sg_result_free(result);
  sg_model_free(model);
  free(diags);
}
END_TEST

START_TEST(assets_have_a_type) {
  static const struct {
    const char *name, *type;
  } rows[] = {
      {"index.html",  "text/html; charset=utf-8"      },
      {"app.js",      "text/javascript; charset=utf-8"},
      {"app.css",     "text/css; charset=utf-8"       },
      {"favicon.svg", "image/svg+xml"                 },
      {"report.html", "text/html; charset=utf-8"      },
  };
  const unsigned char *at;
  size_t               n;
  const char          *type;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    ck_assert_msg(report_asset(rows[i].name, &at, &n, &type), "%s", rows[i].name);
    ck_assert_str_eq(type, rows[i].type);
    ck_assert_uint_gt(n, 20);
    ck_assert_uint_eq(strlen((const char *)at), n);
  }
  ck_assert(!report_asset("app", &at, &n, &type));
  ck_assert(!report_asset("../app.js", &at, &n, &type));
  ck_assert(!report_asset("", &at, &n, &type));
}
END_TEST

TEST_LIST("html", carries_the_very_document, texts_of_a_programme_are_text, assets_have_a_type)
