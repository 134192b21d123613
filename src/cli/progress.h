// Progress: one line on a terminal while scenarios run; asks the run to stop when the user pressed Ctrl-C.
#ifndef CLI_PROGRESS_H
#define CLI_PROGRESS_H

#include <signal.h>
#include <stdbool.h>
#include <stddef.h>

#include "../../include/stargate.h"

typedef struct cli_progress {
  bool                         show;     // stderr is a terminal
  int                          width;    // of it, columns
  double                       start_s;  // cli_now_s() at the start
  double                       last_s;   // when the line was last written; 0: not yet
  bool                         shown;    // a line stands there
  const volatile sig_atomic_t *stop;
} cli_progress;

double cli_now_s(void);  // a clock that only goes forward

// For sg_run_opts.progress, with a cli_progress as its user. Returns 1 once *stop is set.
int  cli_progress_tick(void *user, const sg_progress *now);
void cli_progress_clear(cli_progress *p);  // takes the line away

// "3,412 of 10,000 | 1,020/s | 6 s left | A31 4%": at most n - 1 bytes. Rate and time left only after half a second.
void cli_progress_line(const sg_progress *now, double elapsed_s, char *out, size_t n);

// "3.4 s", "2 min 5 s", "1 h 12 min".
void cli_duration(double seconds, char *out, size_t n);

#endif
