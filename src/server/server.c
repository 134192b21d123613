#define _GNU_SOURCE  // POLLRDHUP
#include "server.h"

#include <arpa/inet.h>
#include <civetweb.h>
#include <poll.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "answer.h"

enum { WORKERS = 32, DESCRIPTORS = 1024, URI_MAX = 2000, DRAIN_MAX = 4 << 20 };

// How long a client may take to send a body, and to take an answer: within that much it must be through.
#define READ_S  5.0
#define WRITE_S 20.0

// A connection that is being answered, and until when it has to move.
typedef struct watched {
  int    fd, how;  // how: what is shut down then, as shutdown() takes it
  double until_s;  // 0: nothing
} watched;

struct server {
  server_site        site;
  const char        *address, *token;
  unsigned           port;
  struct mg_context *http;
  pthread_t          watch;
  pthread_mutex_t    mutex;
  bool               watching, closing, ended;
  watched            connection[WORKERS];
};

static double now_s(void) {
  struct timespec t;
  return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? (double)t.tv_sec + 1e-9 * (double)t.tv_nsec : 0;
}

// ---- Sockets --------------------------------------------------------------------------------------------

// Civetweb waits for a client as long as that sends or takes anything at all, a byte in a while is enough, and at its end up
// to two seconds for everybody. It does not tell its sockets; they are found by the port at the other end.
static int find_socket(const struct mg_request_info *info) {
  for (int fd = 3; fd < DESCRIPTORS; fd++) {
    struct sockaddr_in peer;
    socklen_t          n = sizeof peer;
    char               text[INET_ADDRSTRLEN];
    if (getpeername(fd, (struct sockaddr *)&peer, &n) != 0 || peer.sin_family != AF_INET) continue;
    if (ntohs(peer.sin_port) != info->remote_port || !inet_ntop(AF_INET, &peer.sin_addr, text, sizeof text)) continue;
    if (!strcmp(text, info->remote_addr)) return fd;
  }
  return -1;
}

static void close_all(unsigned port) {
  for (int fd = 3; fd < DESCRIPTORS; fd++) {
    struct sockaddr_in own;
    socklen_t          n = sizeof own;
    if (getsockname(fd, (struct sockaddr *)&own, &n) == 0 && own.sin_family == AF_INET && ntohs(own.sin_port) == port)
      (void)shutdown(fd, SHUT_RDWR);
  }
}

static void *watch(void *user) {
  server *s = user;
  for (bool ended = false; !ended;) {
    struct timespec pause = {0, 20000000};
    double          now = now_s();
    pthread_mutex_lock(&s->mutex);
    for (size_t i = 0; i < WORKERS; i++) {
      watched *c = &s->connection[i];
      if (c->fd < 0 || c->until_s <= 0 || now < c->until_s) continue;
      (void)shutdown(c->fd, c->how);
      c->until_s = 0;
    }
    ended = s->ended;
    bool closing = s->closing;
    pthread_mutex_unlock(&s->mutex);
    if (closing) close_all(s->port);
    (void)nanosleep(&pause, NULL);
  }
  return NULL;
}

// A place among the watched; there are as many as there are threads that answer.
static watched *watch_begin(server *s, int fd) {
  watched *free_one = NULL;
  pthread_mutex_lock(&s->mutex);
  for (size_t i = 0; i < WORKERS; i++)
    if (s->connection[i].fd < 0) free_one = &s->connection[i];
  if (free_one) *free_one = (watched){.fd = fd};
  pthread_mutex_unlock(&s->mutex);
  return free_one;
}

// within_s 0: it may take as long as it likes.
static void watch_for(server *s, watched *c, int how, double within_s) {
  if (!c) return;
  pthread_mutex_lock(&s->mutex);
  c->how = how;
  c->until_s = within_s > 0 ? now_s() + within_s : 0;
  pthread_mutex_unlock(&s->mutex);
}

static void watch_end(server *s, watched *c) {
  if (!c) return;
  pthread_mutex_lock(&s->mutex);
  c->fd = -1;
  pthread_mutex_unlock(&s->mutex);
}

// A connection that is closed while something unread lies in it is reset, and the answer with it: takes what still comes for a
// moment, then nothing more.
static void finish(int fd, bool unread) {
  char   scrap[1 << 12];
  size_t got = 0;
  if (fd < 0) return;
  if (unread) (void)shutdown(fd, SHUT_WR);
  for (double until_s = now_s() + 1; unread && now_s() < until_s && got < DRAIN_MAX;) {
    struct pollfd one = {.fd = fd, .events = POLLIN};
    ssize_t       n = poll(&one, 1, 100) > 0 ? recv(fd, scrap, sizeof scrap, MSG_DONTWAIT) : 0;
    if (one.revents && n <= 0) break;
    got += (size_t)n;
  }
  (void)shutdown(fd, SHUT_RD);
}

static bool has_gone(int fd) {
  struct pollfd one = {.fd = fd, .events = POLLRDHUP};
  return fd >= 0 && poll(&one, 1, 0) > 0 && (one.revents & (POLLRDHUP | POLLHUP | POLLERR));
}

// ---- One request ----------------------------------------------------------------------------------------

static bool put(struct mg_connection *http, const char *at, size_t n) { return !n || mg_write(http, at, n) == (int)n; }

static bool put_buffer(struct mg_connection *http, text_buffer *b) {
  bool fine = !b->failed && put(http, b->at, b->n);
  text_buffer_free(b);
  return fine;
}

static void send_answer(server *s, struct mg_connection *http, watched *c, server_answer *a) {
  text_buffer head = {0};
  watch_for(s, c, SHUT_RDWR, WRITE_S);
  server_answer_head(a, (long long)a->n, &head);
  if (put_buffer(http, &head)) (void)put(http, a->at, a->n);
  watch_for(s, c, SHUT_RDWR, 0);
  server_answer_free(&s->site, a);
}

// n bytes and a NUL; NULL: they did not come in time, or there is no memory.
static char *read_body(server *s, struct mg_connection *http, watched *c, size_t n) {
  size_t got = 0;
  char  *at = malloc(n + 1);
  watch_for(s, c, SHUT_RD, READ_S);
  for (int some = 1; at && got < n && some > 0; got += some > 0 ? (size_t)some : 0)
    some = mg_read(http, at + got, n - got);
  watch_for(s, c, SHUT_RD, 0);
  if (at && got == n) {
    at[n] = '\0';
    return at;
  }
  free(at);
  return NULL;
}

static bool put_event(server *s, struct mg_connection *http, watched *c, run_event *e) {
  text_buffer b = {0};
  size_t      n = 0;
  watch_for(s, c, SHUT_RDWR, WRITE_S);
  server_event_text(e, &b);
  bool fine = put_buffer(http, &b);
  if (e->document) {
    const char *at = runs_document_text(e->document, &n);
    fine = fine && put(http, at, n) && put(http, "\n\n", 2);
    runs_document_release(s->site.runs, e->document);
  }
  watch_for(s, c, SHUT_RDWR, 0);
  return fine;
}

// Tells a run's news until it ends or nobody is there to hear it.
static void stream(server *s, struct mg_connection *http, watched *c, int fd, run *r) {
  server_answer a = {.status = 200, .type = "text/event-stream; charset=utf-8"};
  text_buffer   head = {0};
  run_told      told = {0};
  double        spoke_s = now_s();
  server_answer_head(&a, -1, &head);
  for (bool going = put_buffer(http, &head); going && !has_gone(fd);) {
    run_event e = runs_next(s->site.runs, r, &told, 0.1);
    if (e.kind == RUN_QUIET && now_s() - spoke_s < 5) continue;
    going = put_event(s, http, c, &e) && e.kind <= RUN_RESULT;
    spoke_s = now_s();
  }
}

// The refusal of a stream; status 0: it was told to its end.
static server_answer answer_events(server *s, struct mg_connection *http, watched *c, int fd, uint64_t id) {
  run          *r = runs_find(s->site.runs, id);
  server_answer a = {0};
  if (!r)
    return server_answer_error(404, "there is no such run", "it may have been forgotten: only the last few are kept");
  if (runs_listen(s->site.runs, r)) {
    stream(s, http, c, fd, r);
    runs_leave(s->site.runs, r);
  } else {
    a = server_answer_error(429, "too many listen at once", NULL);
  }
  runs_release(s->site.runs, r);
  return a;
}

// What Civetweb has read, for request_judge. The target goes to *target, the headers to header[].
static request request_of(const struct mg_request_info *info, text_buffer *target,
                          request_header header[MG_MAX_HEADERS]) {
  size_t n = info->num_headers > 0 ? (size_t)info->num_headers : 0;
  text_puts(target, info->request_uri ? info->request_uri : "*");
  if (info->query_string) text_addf(target, "?%s", info->query_string);
  for (size_t i = 0; i < n; i++) header[i] = (request_header){info->http_headers[i].name, info->http_headers[i].value};
  return (request){.method = info->request_method, .target = target->at, .n_header = n, .header = header};
}

// Civetweb's threads have a stack of a tenth of a megabyte: too little for a parser of nested texts, or to load a programme.
typedef struct job {
  server_site           *site;
  const request_verdict *verdict;
  const char            *body;
  server_answer          answer;
} job;

static void *do_job(void *user) {
  job *j = user;
  j->answer = server_answer_to(j->site, j->verdict, j->body, j->verdict->body_bytes);
  return NULL;
}

static server_answer answer_apart(server *s, const request_verdict *v, const char *body) {
  job       j = {&s->site, v, body, {0}};
  pthread_t thread;
  if (pthread_create(&thread, NULL, do_job, &j))
    return server_answer_error(503, "the server is busy", "try again in a moment");
  pthread_join(thread, NULL);
  return j.answer;
}

static server_answer answer(server *s, struct mg_connection *http, watched *c, int fd, const request_rules *rules,
                            const request *r, bool *unread) {
  request_verdict v = strlen(r->target) > URI_MAX ? (request_verdict){.status = 414, .error = "the address is too long"}
                                                  : request_judge(rules, r);
  *unread = v.status != 200;
  if (v.status != 200) return server_answer_refusal(&v);
  if (v.route == ROUTE_EVENTS) return answer_events(s, http, c, fd, v.run);
  char *body = read_body(s, http, c, v.body_bytes);
  *unread = !body;
  if (!body) return server_answer_error(408, "the body did not come in time", NULL);
  server_answer a = answer_apart(s, &v, body);
  free(body);
  return a;
}

static int on_request(struct mg_connection *http) {
  server                       *s = mg_get_user_context_data(http);
  const struct mg_request_info *info = mg_get_request_info(http);
  request_header                header[MG_MAX_HEADERS];
  text_buffer                   target = {0};
  bool                          unread = false;
  int                           fd = find_socket(info);
  watched                      *c = watch_begin(s, fd);
  request_rules                 rules = {s->address, (unsigned)info->server_port, s->token};
  request                       r = request_of(info, &target, header);
  server_answer                 a =
      target.failed ? server_answer_error(503, "out of memory", NULL) : answer(s, http, c, fd, &rules, &r, &unread);
  int status = a.status ? a.status : 200;
  if (a.status) send_answer(s, http, c, &a);
  watch_end(s, c);
  finish(fd, unread);
  text_buffer_free(&target);
  return status;
}

// Requests that Civetweb does not understand, or that are too large for it.
static int on_error(struct mg_connection *http, int status, const char *message) {
  server       *s = mg_get_user_context_data(http);
  server_answer a =
      server_answer_error(status, message && message[0] ? message : "this is no request of a browser", NULL);
  send_answer(s, http, NULL, &a);
  finish(find_socket(mg_get_request_info(http)), true);
  return 0;
}

static int on_message(const struct mg_connection *http, const char *message) {
  (void)http, (void)message;
  return 1;  // nothing is logged
}

// ---- Beginning and ending -------------------------------------------------------------------------------

static bool start_http(server *s, const server_opts *opts, char why[SERVER_WHY]) {
  char                listen_on[300], workers[16];
  const char         *options[] = {"listening_ports",
                                   listen_on,
                                   "num_threads",
                                   workers,
                                   "request_timeout_ms",
                                   "5000",
                                   "enable_keep_alive",
                                   "no",
                                   "decode_url",
                                   "no",
                                   "enable_directory_listing",
                                   "no",
                                   "access_control_allow_origin",
                                   "",
                                   "access_control_allow_methods",
                                   "",
                                   "connection_queue",
                                   "100",
                                   "tcp_nodelay",
                                   "1",
                                   NULL};
  struct mg_callbacks callbacks = {
      .begin_request = on_request, .http_error = on_error, .log_message = on_message, .log_access = on_message};
  struct mg_init_data   init = {.callbacks = &callbacks, .user_data = s, .configuration_options = options};
  struct mg_error_data  error = {.text = why, .text_buffer_size = SERVER_WHY};
  struct mg_server_port port = {0};
  snprintf(listen_on, sizeof listen_on, "%.250s:%u", opts->address, opts->port);
  snprintf(workers, sizeof workers, "%d", WORKERS);
  s->http = mg_start2(&init, &error);
  if (!s->http) return false;
  if (mg_get_server_ports(s->http, 1, &port) == 1) s->port = (unsigned)port.port;
  return true;
}

static bool start_parts(server *s, const server_opts *opts, char why[SERVER_WHY]) {
  s->site = (server_site){opts->name, opts->yaml, opts->n_yaml, opts->threads, opts->folder, runs_create(opts->threads),
                          {{0}}};
  s->address = opts->address;
  s->token = opts->token;
  s->port = opts->port;
  for (size_t i = 0; i < WORKERS; i++) s->connection[i].fd = -1;
  sem_init(&s->site.heavy, 0, opts->threads < 4 ? (unsigned)opts->threads : 4);
  pthread_mutex_init(&s->mutex, NULL);
  snprintf(why, SERVER_WHY, "out of memory");
  if (!s->site.runs || !start_http(s, opts, why)) return false;
  s->watching = pthread_create(&s->watch, NULL, watch, s) == 0;
  return s->watching;
}

server *server_start(const server_opts *opts, char why[SERVER_WHY]) {
  server *s = calloc(1, sizeof *s);
  mg_init_library(MG_FEATURES_DEFAULT);
  if (s && start_parts(s, opts, why)) return s;
  if (!s) mg_exit_library();
  server_stop(s);
  return NULL;
}

unsigned server_port(const server *s) { return s->port; }

void server_stop(server *s) {
  if (!s) return;
  if (s->site.runs) runs_stop(s->site.runs);  // whoever listens is told
  pthread_mutex_lock(&s->mutex);
  s->closing = true;
  pthread_mutex_unlock(&s->mutex);
  if (s->http) mg_stop(s->http);
  pthread_mutex_lock(&s->mutex);
  s->ended = true;
  pthread_mutex_unlock(&s->mutex);
  if (s->watching) pthread_join(s->watch, NULL);
  mg_exit_library();
  runs_free(s->site.runs);
  sem_destroy(&s->site.heavy);
  pthread_mutex_destroy(&s->mutex);
  free(s);
}
