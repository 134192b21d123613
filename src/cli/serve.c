// stargate serve: reads the programme, listens, and waits for Ctrl-C.
#define _POSIX_C_SOURCE 200809L
#include <errno.h>
#include <fcntl.h>
#ifdef __GLIBC__
#include <malloc.h>
#endif
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "../server/server.h"
#include "commands.h"

// The folder of --out, open; -1: none was given. False: there is no such folder.
static bool open_folder(const char *path, int *folder) {
  char why[FILES_WHY];
  *folder = -1;
  if (!path) return true;
  *folder = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (*folder >= 0) return true;
  snprintf(why, sizeof why, "%.250s: %s", path, strerror(errno));
  cli_complain(why);
  return false;
}

// The address first and alone on its line, for programs that start this one.
static void print_address(const server *s, const char *address, const char *token) {
  char text[600];
  snprintf(text, sizeof text, "http://%.40s:%u/%s%.200s\n", address, server_port(s), token ? "?token=" : "",
           token ? token : "");
  (void)files_put(STDOUT_FILENO, text, strlen(text));
  snprintf(text, sizeof text, "stargate: open it in a browser; Ctrl-C ends it\n");
  (void)files_put(STDERR_FILENO, text, strlen(text));
}

static int serve(const server_opts *opts, const sigset_t *ends) {
  char    why[SERVER_WHY], text[SERVER_WHY + 100];
  int     number;
  server *s = server_start(opts, why);
  if (!s) {
    snprintf(text, sizeof text,
             "%s:%u: %s\n  is the address one of this machine, and the port free? --port takes another", opts->address,
             opts->port, why);
    return cli_complain(text);
  }
  print_address(s, opts->address, opts->token);
  (void)sigwait(ends, &number);
  server_stop(s);
  return EXIT_FINE;
}

// Ctrl-C is how a server is ended: the exit status is 0. All threads inherit that these signals wait for sigwait.
int cli_serve(const cli_options *o) {
  sigset_t    ends, before;
  files_text  file = {0};
  server_opts opts = {.address = o->host ? o->host : "127.0.0.1",
                      .port = o->port,
                      .token = o->token,
                      .folder = -1,
                      .threads = o->threads ? o->threads : cli_processors(256)};
  if (!open_folder(o->out, &opts.folder)) return EXIT_BAD;
  int status = EXIT_BAD;
  if (!o->file || cli_read_yaml(o->file, &file)) {
    opts.name = o->file ? cli_shown_name(o->file) : NULL;
    opts.yaml = file.at ? file.at : "";
    opts.n_yaml = file.n;
#ifdef __GLIBC__
    (void)mallopt(M_ARENA_MAX, 2);  // a heap for each of many threads would hold on to three times the memory
#endif
    sigemptyset(&ends);
    sigaddset(&ends, SIGINT);
    sigaddset(&ends, SIGTERM);
    (void)pthread_sigmask(SIG_BLOCK, &ends, &before);
    status = serve(&opts, &ends);
    (void)pthread_sigmask(SIG_SETMASK, &before, NULL);
  }
  free(file.at);
  if (opts.folder >= 0) close(opts.folder);
  return status;
}
