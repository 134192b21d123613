// Fuzzes what the server makes of a request: any bytes must be judged and answered, with a head that is one HTTP head and nothing
// of a file outside the program. The input is a request as text: "METHOD TARGET", headers, an empty line, the body.
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../src/server/answer.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void hold(int truth) {
  if (!truth) __builtin_trap();
}

// Ends the line at *at with a NUL and moves behind it. NULL: there is none.
static char *line(char **at) {
  char *found = *at, *end = found ? strchr(found, '\n') : NULL;
  if (end) *end = '\0';
  *at = end ? end + 1 : NULL;
  if (end && end > found && end[-1] == '\r') end[-1] = '\0';
  return found;
}

// Status lines are ours alone: nothing that was sent may add a header or an end to the head.
static void check_answer(const request_verdict *v, const server_answer *a) {
  text_buffer head = {0};
  int         status = 0;
  hold(a->status >= 200 && a->status <= 599 && a->type && (a->at || !a->n));
  server_answer_head(a, (long long)a->n, &head);
  hold(!head.failed && sscanf(head.at, "HTTP/1.1 %d ", &status) == 1 && status == a->status);
  const char *end = strstr(head.at, "\r\n\r\n");
  hold(end && end + 4 == head.at + head.n && strlen(head.at) == head.n);
  hold(strstr(head.at, "Content-Security-Policy: ") && strstr(head.at, "nosniff") && strstr(head.at, "no-store"));
  hold((a->status == 405) == (a->allow != NULL) && (v->status == 200 || a->status == v->status));
  text_buffer_free(&head);
}

// Every refusal has words, and what is let through was asked by a name of ours with the secret of ours.
static void check_verdict(const request_verdict *v, const request *r) {
  hold(v->status == 200 || (v->status >= 400 && v->status < 500 && v->error && v->error[0]));
  hold(v->body_bytes <= REQUEST_BODY_MAX);
  if (v->status != 200) return;
  hold(!strchr(r->target, '%') || strchr(r->target, '?'));
  hold(v->route != ROUTE_ASSET || v->asset);
  if (v->route == ROUTE_ASSET) return;
  int secret = strstr(r->target, "token=0123456789abcdef") != NULL;
  for (size_t i = 0; i < r->n_header; i++) secret |= !strcmp(r->header[i].value, "0123456789abcdef");
  hold(secret);
}

static void answer(const request_rules *rules, const request *r, const char *body, size_t n) {
  server_site site = {
      .name = "fuzz.yaml", .yaml = "a: 1\n", .n_yaml = 5, .threads = 1, .folder = -1, .runs = runs_create(1)};
  if (!site.runs) abort();
  sem_init(&site.heavy, 0, 1);
  request_verdict v = request_judge(rules, r);
  server_answer   a;
  if (rules->token) check_verdict(&v, r);
  if (v.status != 200) a = server_answer_refusal(&v);
  else a = server_answer_to(&site, &v, body, n);
  check_answer(&v, &a);
  server_answer_free(&site, &a);
  runs_free(site.runs);
  sem_destroy(&site.heavy);
}

static void read_bodies(const char *body, size_t n) {
  order       o;
  order_save  save;
  const char *error = NULL, *hint = NULL;
  if (order_read(body, n, &o, &error, &hint)) {
    hold(o.yaml && o.scenarios >= 1 && o.scenarios <= ORDER_SCENARIOS_MAX && strlen(o.page) <= ORDER_PAGE);
    for (size_t i = 0; i < o.n_set; i++)
      hold(o.set[i].path && !strpbrk(o.set[i].path, "\r\n") && !strpbrk(o.set[i].value, "\r\n"));
  } else {
    hold(error && error[0]);
  }
  order_free(&o);
  error = NULL;
  if (order_read_save(body, n, &save, &error, &hint)) hold((int)save.file >= 0 && save.file < REQUEST_FILES);
  else hold(error && error[0]);
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  static const request_rules rules[] = {
      {NULL,        7827, NULL              },
      {"192.0.2.7", 7827, "0123456789abcdef"}
  };
  request_header header[64];
  char          *text = malloc(n + 1), *at = text;
  if (!text) abort();
  memcpy(text, bytes, n);
  text[n] = '\0';
  char   *first = line(&at), *space = strchr(first, ' ');
  request r = {.method = first, .target = space ? space + 1 : "", .header = header};
  if (space) *space = '\0';
  for (char *l; at && (l = line(&at)) && *l && r.n_header < 64;) {
    char *colon = strchr(l, ':');
    if (colon) *colon = '\0';
    header[r.n_header++] = (request_header){l, colon ? colon + 1 + strspn(colon + 1, " ") : ""};
  }
  size_t n_body = at ? n - (size_t)(at - text) : 0;
  char  *body = malloc(n_body + 1);  // exact size: AddressSanitizer sees one byte too far
  if (!body) abort();
  if (n_body) memcpy(body, at, n_body);
  body[n_body] = '\0';
  read_bodies(body, n_body);
  for (size_t i = 0; i < 2; i++) answer(&rules[i], &r, body, n_body);
  free(body);
  free(text);
  return 0;
}
