// Answers: what the server says to a request that was judged and read. No sockets: it is given bytes and gives bytes.
#ifndef SERVER_ANSWER_H
#define SERVER_ANSWER_H

#include <semaphore.h>

#include "../base/text.h"
#include "runs.h"

// What is served.
typedef struct server_site {
  const char *name, *yaml;  // of the programme that the page opens with; name: NULL when none was given
  size_t      n_yaml;
  int         threads;  // of a run
  int         folder;   // of --out, open; -1: none
  runs       *runs;
  sem_t       heavy;  // how many may load or compute at once
} server_site;

typedef struct server_answer {
  int            status;
  const char    *type;   // of the content
  const char    *allow;  // of 405; else NULL
  const char    *file;   // name under which a browser keeps it; NULL: it shows it
  const char    *at;     // (n)
  size_t         n;
  text_buffer    own;       // the bytes, where they are nobody else's
  runs_document *document;  // or whose they are
} server_answer;

// Answers all routes but ROUTE_EVENTS of a verdict. body: (n) bytes, as announced.
server_answer server_answer_to(server_site *site, const request_verdict *v, const char *body, size_t n);
// {error, hint}; hint may be NULL.
server_answer server_answer_error(int status, const char *error, const char *hint);
server_answer server_answer_refusal(const request_verdict *v);
void          server_answer_free(server_site *site, server_answer *a);

// Status line and headers. n: length of the body; -1: until the connection closes.
void server_answer_head(const server_answer *a, long long n, text_buffer *out);

// An event of a run as it stands in a stream (WHATWG HTML, server-sent events), up to where a document is to follow.
void server_event_text(const run_event *e, text_buffer *out);

#endif
