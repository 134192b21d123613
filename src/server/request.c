#define _POSIX_C_SOURCE 200809L
#include "request.h"

#include <stdio.h>
#include <string.h>
#include <strings.h>

#define FILE_ROW(code, kind, name, type) {kind, name, type},
const request_file_row request_files[REQUEST_FILES] = {REQUEST_FILE_LIST(FILE_ROW)};
#undef FILE_ROW

// ---- Headers --------------------------------------------------------------------------------------------

// The value of a header, NULL when there is none. *twice is set when it stands there more than once: whoever is in front of
// this server might have gone by the other one.
static const char *header(const request *r, const char *name, bool *twice) {
  const char *found = NULL;
  for (size_t i = 0; i < r->n_header; i++) {
    if (strcasecmp(r->header[i].name, name) != 0) continue;
    if (found) *twice = true;
    found = r->header[i].value;
  }
  return found;
}

static request_verdict refuse(int status, const char *error, const char *hint) {
  return (request_verdict){.status = status, .error = error, .hint = hint};
}

static bool is_own_host(const request_rules *rules, const char *host) {
  const char *known[] = {"127.0.0.1", "localhost", rules->address};
  char        own[300];
  for (size_t i = 0; i < sizeof known / sizeof known[0]; i++) {
    if (!known[i]) continue;
    snprintf(own, sizeof own, "%.250s:%u", known[i], rules->port);
    if (!strcasecmp(own, host)) return true;
    if (rules->port == 80 && !strcasecmp(known[i], host)) return true;
  }
  return false;
}

// A page of another site can make a browser send requests here. It cannot forge Origin and Sec-Fetch-Site, which say so.
static bool is_cross_site(const request *r, const char *host, bool *twice) {
  char        own[320];
  const char *origin = header(r, "Origin", twice), *site = header(r, "Sec-Fetch-Site", twice);
  snprintf(own, sizeof own, "http://%.300s", host);
  if (origin && strcasecmp(origin, own) != 0) return true;
  return site && strcmp(site, "same-origin") != 0 && strcmp(site, "none") != 0;
}

bool request_same_secret(const char *a, const char *b) {
  size_t                 n = strlen(a), m = strlen(b);
  volatile unsigned char different = n != m;
  for (size_t i = 0; i < n; i++) different |= (unsigned char)(a[i] ^ b[m ? i % m : 0]);
  return !different;
}

// By header; or, as a link, an EventSource and the page itself cannot send one, in the query of a GET.
static bool has_token(const request_rules *rules, const request *r, const char *query, bool *twice) {
  char        given[160] = "";
  const char *by_header = header(r, "X-Stargate-Token", twice);
  if (!rules->token) return true;
  if (by_header) return request_same_secret(rules->token, by_header);
  if (strcmp(r->method, "GET") != 0) return false;
  for (const char *at = query; at; at = strchr(at, '&')) {
    at += *at == '&';
    if (strncmp(at, "token=", 6) != 0) continue;
    size_t n = strcspn(at + 6, "&");
    snprintf(given, sizeof given, "%.*s", (int)(n < sizeof given ? n : sizeof given - 1), at + 6);
  }
  return request_same_secret(rules->token, given);
}

// ---- Routes ---------------------------------------------------------------------------------------------

// "GET " and so on of a route; a path that ends in '/' is followed by the number of a run and `tail`.
typedef struct route_row {
  request_route route;
  const char   *method, *path, *tail, *asset;
  request_file  file;
} route_row;

static const route_row routes[] = {
    {ROUTE_ASSET,     "GET",    "/",              NULL,               "index.html",  FILE_JSON     },
    {ROUTE_ASSET,     "GET",    "/app.js",        NULL,               "app.js",      FILE_JSON     },
    {ROUTE_ASSET,     "GET",    "/app.css",       NULL,               "app.css",     FILE_JSON     },
    {ROUTE_ASSET,     "GET",    "/favicon.svg",   NULL,               "favicon.svg", FILE_JSON     },
    {ROUTE_PROGRAMME, "GET",    "/api/programme", NULL,               NULL,          FILE_JSON     },
    {ROUTE_SCHEMA,    "GET",    "/api/schema",    NULL,               NULL,          FILE_JSON     },
    {ROUTE_CHECK,     "POST",   "/api/check",     NULL,               NULL,          FILE_JSON     },
    {ROUTE_START,     "POST",   "/api/runs",      NULL,               NULL,          FILE_JSON     },
    {ROUTE_SAVE,      "POST",   "/api/save",      NULL,               NULL,          FILE_JSON     },
    {ROUTE_CANCEL,    "DELETE", "/api/runs/",     "",                 NULL,          FILE_JSON     },
    {ROUTE_EVENTS,    "GET",    "/api/runs/",     "/events",          NULL,          FILE_JSON     },
    {ROUTE_FILE,      "GET",    "/api/runs/",     "/run.json",        NULL,          FILE_JSON     },
    {ROUTE_FILE,      "GET",    "/api/runs/",     "/report.html",     NULL,          FILE_REPORT   },
    {ROUTE_FILE,      "GET",    "/api/runs/",     "/workbook.xlsx",   NULL,          FILE_WORKBOOK },
    {ROUTE_FILE,      "GET",    "/api/runs/",     "/journal.journal", NULL,          FILE_JOURNAL  },
    {ROUTE_FILE,      "GET",    "/api/runs/",     "/programme.yaml",  NULL,          FILE_PROGRAMME},
};

// Digits alone, at most nineteen of them, so that no number is too large. Returns what stands behind; NULL: no number.
static const char *digits(const char *s, uint64_t *out) {
  size_t n = strspn(s, "0123456789");
  *out = 0;
  if (!n || n > 19) return NULL;
  for (size_t i = 0; i < n; i++) *out = 10 * *out + (uint64_t)(s[i] - '0');
  return s + n;
}

static bool is_at(const route_row *row, const char *path, uint64_t *run) {
  size_t n = strlen(row->path);
  if (!row->tail) return !strcmp(path, row->path);
  const char *behind = strncmp(path, row->path, n) ? NULL : digits(path + n, run);
  return behind && !strcmp(behind, row->tail);
}

// Paths are compared as they were sent: nothing is decoded, and "..", "//" or "%2e" are in none of the rows.
static request_verdict find_route(const request *r, const char *path) {
  request_verdict v = refuse(404, "there is no such page", "docs/serve.md lists what there is");
  for (size_t i = 0; i < sizeof routes / sizeof routes[0]; i++) {
    uint64_t run = 0;
    if (!is_at(&routes[i], path, &run)) continue;
    if (!strcmp(r->method, routes[i].method))
      return (request_verdict){
          .status = 200, .route = routes[i].route, .asset = routes[i].asset, .run = run, .file = routes[i].file};
    v = refuse(405, "this method is not for this path", NULL);
    v.allow = routes[i].method;
  }
  return v;
}

// ---- The body, before it is read --------------------------------------------------------------------------

static bool is_json(const char *type) {
  static const char json[] = "application/json";
  size_t            n = sizeof json - 1;
  return type && !strncasecmp(type, json, n) && (!type[n] || type[n] == ';' || type[n] == ' ');
}

// Sets the length of the body, or refuses it.
static void judge_body(const request *r, request_verdict *v, bool *twice) {
  const char *length = header(r, "Content-Length", twice), *type = header(r, "Content-Type", twice);
  uint64_t    bytes = 0;
  bool        post = !strcmp(r->method, "POST");
  if (header(r, "Transfer-Encoding", twice) || (post && !length)) {
    *v = refuse(411, "the length of the body must be announced", "send Content-Length");
    return;
  }
  const char *behind = length ? digits(length, &bytes) : "";
  if (length && strlen(length) > 19) *v = refuse(413, "the body is too large", "at most 1 MB");
  else if (!behind || *behind) *v = refuse(400, "Content-Length is not a number", NULL);
  else if (!post && bytes) *v = refuse(400, "this request takes no body", NULL);
  else if (post && bytes > REQUEST_BODY_MAX) *v = refuse(413, "the body is too large", "at most 1 MB");
  else if (post && !is_json(type)) *v = refuse(415, "the body must be JSON", "send Content-Type: application/json");
  else v->body_bytes = (size_t)bytes;
}

request_verdict request_judge(const request_rules *rules, const request *r) {
  bool        twice = false;
  char        path[200];
  const char *host = header(r, "Host", &twice), *query = strchr(r->target, '?');
  size_t      n = strcspn(r->target, "?");
  if (!host || r->target[0] != '/') return refuse(400, "this is no request of a browser", NULL);
  if (!is_own_host(rules, host))
    return refuse(421, "this server does not go by that name", "open the address that `stargate serve` printed");
  bool api = !strncmp(r->target, "/api/", 5), cross_site = is_cross_site(r, host, &twice);
  bool token = has_token(rules, r, query ? query + 1 : NULL, &twice);
  if (api && cross_site) return refuse(403, "another site may not ask this server", NULL);
  if (api && !token)
    return refuse(401, "the token is missing or wrong", "open the address that `stargate serve` printed");
  snprintf(path, sizeof path, "%.*s", (int)(n < sizeof path ? n : sizeof path - 1), r->target);
  request_verdict v = find_route(r, path);
  if (v.status == 200) judge_body(r, &v, &twice);
  return twice ? refuse(400, "a header stands there twice", NULL) : v;
}
