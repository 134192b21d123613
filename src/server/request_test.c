#include "request.h"

#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"

static const char secret[] = "0123456789abcdef";

// header: "Name: value" lines, "\n" behind each.
static request_verdict judge(const char *token, const char *method, const char *target, const char *headers) {
  char           text[600], *at = text;
  request_header header[16];
  request_rules  rules = {"192.0.2.7", 7827, token};
  request        r = {.method = method, .target = target, .header = header};
  snprintf(text, sizeof text, "%s", headers);
  while (*at) {
    char *colon = strchr(at, ':'), *end = strchr(at, '\n');
    *colon = *end = '\0';
    header[r.n_header++] = (request_header){at, colon + 2};
    at = end + 1;
  }
  return request_judge(&rules, &r);
}

#define HOST "Host: 127.0.0.1:7827\n"
#define JSON "Content-Type: application/json\n"

// clang-format off
START_TEST(judges_each) {
  static const struct {
    const char *what, *method, *target, *headers;
    int         status;
  } rows[] = {
      {"page",                    "GET",    "/?variant=x",          HOST,                                                    200},
      {"by name",                 "GET",    "/app.js",              "Host: LocalHost:7827\n",                                200},
      {"by the address given",    "GET",    "/app.js",              "host: 192.0.2.7:7827\n",                                200},
      {"by another address",      "GET",    "/app.js",              "Host: 192.0.2.8:7827\n",                                421},
      {"without the port",        "GET",    "/app.js",              "Host: localhost\n",                                     421},
      {"no host",                 "GET",    "/",                    "",                                                      400},
      {"two hosts",               "GET",    "/",                    HOST HOST,                                               400},
      {"a proxy's target",        "GET",    "http://127.0.0.1/",    HOST,                                                    400},
      {"no page",                 "GET",    "/app.j",               HOST,                                                    404},
      {"up and out",              "GET",    "/../app.js",           HOST,                                                    404},
      {"encoded",                 "GET",    "/app%2ejs",            HOST,                                                    404},
      {"long",                    "GET",    "/api/runs/00000000000000000000000000000000000000000000000000000000000000000000"
                                            "0000000000000000000000000000000000000000000000000000000000000000000000000000000"
                                            "0000000000000000000000000000000000000000000000000000001/run.json", HOST,        404},
      {"method",                  "POST",   "/app.js",              HOST,                                                    405},
      {"lower case",              "get",    "/app.js",              HOST,                                                    405},
      {"its own origin",          "POST",   "/api/check",           HOST JSON "Content-Length: 2\nOrigin: http://127.0.0.1:7827\n", 200},
      {"own origin, other name",  "POST",   "/api/check",           HOST JSON "Content-Length: 2\nOrigin: http://localhost:7827\n", 403},
      {"other origin",            "POST",   "/api/check",           HOST JSON "Content-Length: 2\nOrigin: http://a.b\n",     403},
      {"other site",              "POST",   "/api/check",           HOST JSON "Content-Length: 2\nSec-Fetch-Site: cross-site\n", 403},
      {"typed by hand",           "GET",    "/api/schema",          HOST "Sec-Fetch-Site: none\n",                           200},
      {"link to the page",        "GET",    "/",                    HOST "Sec-Fetch-Site: cross-site\n",                     200},
      {"charset",                 "POST",   "/api/check",           HOST "Content-Type: application/json; charset=utf-8\nContent-Length: 2\n", 200},
      {"type that begins alike",  "POST",   "/api/check",           HOST "Content-Type: application/jsonp\nContent-Length: 2\n", 415},
      {"most",                    "POST",   "/api/check",           HOST JSON "Content-Length: 1048576\n",                   200},
      {"more",                    "POST",   "/api/check",           HOST JSON "Content-Length: 1048577\n",                   413},
      {"more than a number",      "POST",   "/api/check",           HOST JSON "Content-Length: 99999999999999999999\n",      413},
      {"no number",               "POST",   "/api/check",           HOST JSON "Content-Length: +1\n",                        400},
      {"two lengths",             "POST",   "/api/check",           HOST JSON "Content-Length: 1\nContent-Length: 1\n",      400},
      {"length and chunks",       "POST",   "/api/check",           HOST JSON "Content-Length: 1\nTransfer-Encoding: chunked\n", 411},
      {"no length",               "POST",   "/api/check",           HOST JSON,                                               411},
      {"get with a body",         "GET",    "/api/schema",          HOST "Content-Length: 1\n",                              400},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    request_verdict v = judge(NULL, rows[i].method, rows[i].target, rows[i].headers);
    ck_assert_msg(v.status == rows[i].status, "%s: %d, not %d", rows[i].what, v.status, rows[i].status);
    ck_assert_msg((v.status == 200) == !v.error && (v.status == 405) == (v.allow != NULL), "%s: words", rows[i].what);
  }
}
END_TEST

START_TEST(asks_for_the_token) {
  static const struct {
    const char *what, *method, *target, *headers;
    int         status;
  } rows[] = {
      {"page",            "GET",    "/",                                        HOST,                                         200},
      {"none",            "GET",    "/api/schema",                              HOST,                                         401},
      {"header",          "GET",    "/api/schema",                              HOST "X-Stargate-Token: 0123456789abcdef\n",  200},
      {"query",           "GET",    "/api/schema?token=0123456789abcdef",       HOST,                                         200},
      {"query, later",    "GET",    "/api/schema?a=b&token=0123456789abcdef&c", HOST,                                         200},
      {"shorter",         "GET",    "/api/schema?token=0123456789abcde",        HOST,                                         401},
      {"longer",          "GET",    "/api/schema?token=0123456789abcdef0",      HOST,                                         401},
      {"repeated",        "GET",    "/api/schema?token=0123456789abcdef0123456789abcdef", HOST,                               401},
      {"another key",     "GET",    "/api/schema?xtoken=0123456789abcdef",      HOST,                                         401},
      {"wrong header",    "GET",    "/api/schema?token=0123456789abcdef",       HOST "X-Stargate-Token: x\n",                 401},
      {"query of delete", "DELETE", "/api/runs/1?token=0123456789abcdef",       HOST,                                         401},
      {"delete",          "DELETE", "/api/runs/1",                              HOST "X-Stargate-Token: 0123456789abcdef\n",  200},
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    int status = judge(secret, rows[i].method, rows[i].target, rows[i].headers).status;
    ck_assert_msg(status == rows[i].status, "%s: %d, not %d", rows[i].what, status, rows[i].status);
  }
  ck_assert(request_same_secret(secret, "0123456789abcdef"));
  ck_assert(!request_same_secret(secret, "") && !request_same_secret("", secret) && !request_same_secret("aa", "a"));
}
END_TEST

// clang-format on
START_TEST(finds_runs_and_files) {
  for (int i = 0; i < REQUEST_FILES; i++) {
    char target[100];
    snprintf(target, sizeof target, "/api/runs/12/%s", request_files[i].name);
    request_verdict v = judge(NULL, "GET", target, HOST);
    ck_assert_msg(v.status == 200 && v.route == ROUTE_FILE && v.run == 12 && (int)v.file == i, "%s", target);
  }
  ck_assert_int_eq((int)judge(NULL, "GET", "/api/runs/3/events", HOST).route, ROUTE_EVENTS);
  ck_assert_int_eq((int)judge(NULL, "DELETE", "/api/runs/3", HOST).route, ROUTE_CANCEL);
  ck_assert_int_eq(judge(NULL, "GET", "/api/runs/3/events/", HOST).status, 404);
  ck_assert_int_eq(judge(NULL, "GET", "/api/runs//events", HOST).status, 404);
}
END_TEST

TEST_LIST("request", judges_each, asks_for_the_token, finds_runs_and_files)
