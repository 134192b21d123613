// Server: the page and its programming interface on one port of this machine (docs/serve.md). Civetweb does the HTTP; what is
// asked and answered is judged in request.h and made in answer.h.
#ifndef SERVER_SERVER_H
#define SERVER_SERVER_H

#include <stdbool.h>
#include <stddef.h>

enum { SERVER_PORT = 7827, SERVER_WHY = 300, SERVER_TOKEN_MIN = 16, SERVER_TOKEN_MAX = 128 };

typedef struct server_opts {
  const char *name, *yaml;  // programme that the page opens with: shown name, NULL for none; text, which is not copied
  size_t      n_yaml;
  const char *address;  // IPv4 address to listen on, in digits
  unsigned    port;     // 0: any that is free
  const char *token;    // NULL: none is asked for
  int         folder;   // open descriptor of the folder to save in; -1: nothing is saved
  int         threads;  // of a run, 1 .. 256
} server_opts;

typedef struct server server;

// Listens and answers, in threads of its own; signals are left to the threads that do not block them, so block those you
// wait for before. What opts points to must outlive the server. NULL: why[] says why.
server  *server_start(const server_opts *opts, char why[SERVER_WHY]);
unsigned server_port(const server *s);
// Cancels all runs, closes all connections and returns when no thread is left. NULL is fine.
void server_stop(server *s);

#endif
