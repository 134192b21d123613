#define _POSIX_C_SOURCE 200809L
#include "progress.h"

#include <math.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/text.h"
#include "files.h"

double cli_now_s(void) {
  struct timespec t;
  return clock_gettime(CLOCK_MONOTONIC, &t) == 0 ? (double)t.tv_sec + 1e-9 * (double)t.tv_nsec : 0;
}

void cli_duration(double seconds, char *out, size_t n) {
  if (!(seconds >= 0)) seconds = 0;
  if (seconds < 59.95) {
    // Tenths by hand: %f follows the locale.
    long tenths = lround(seconds * 10);
    snprintf(out, n, "%ld.%ld s", tenths / 10, tenths % 10);
    return;
  }
  if (seconds > 1e9) seconds = 1e9;
  long s = lround(seconds);
  if (s < 3600) snprintf(out, n, "%ld min %ld s", s / 60, s % 60);
  else snprintf(out, n, "%ld h %ld min", s / 3600, s % 3600 / 60);
}

void cli_progress_line(const sg_progress *now, double elapsed_s, char *out, size_t n) {
  char done[32], total[32], rate[32], left[40], speed[120] = "", odds[120] = "";
  text_quantity(now->done, NULL, done, sizeof done);
  text_quantity(now->total, NULL, total, sizeof total);
  if (elapsed_s >= 0.5 && now->done > 0) {
    double per_s = now->done / elapsed_s;
    text_quantity(per_s < 10 ? per_s : round(per_s), NULL, rate, sizeof rate);
    cli_duration(now->total > now->done ? ceil((now->total - now->done) / per_s) : 0, left, sizeof left);
    char *tenths = strstr(left, ".0 s");  // whole seconds are enough of what is to come
    if (tenths) memcpy(tenths, " s", 3);
    snprintf(speed, sizeof speed, " | %s/s | %s left", rate, left);
  }
  if (now->promise) snprintf(odds, sizeof odds, " | %.40s %ld%%", now->promise, lround(100 * now->odds_frac));
  snprintf(out, n, "%s of %s%s%s", done, total, speed, odds);
}

int cli_progress_tick(void *user, const sg_progress *now) {
  cli_progress *p = user;
  double        at_s = p->show ? cli_now_s() : 0;
  // The library has no clock: how often the line is written is decided here. A run of a moment writes none.
  if (p->show && at_s - (p->last_s > 0 ? p->last_s : p->start_s) >= 0.1) {
    char line[300], shown[320];
    cli_progress_line(now, at_s - p->start_s, line, sizeof line);
    int most = p->width > 1 ? p->width - 1 : 1;
    int n = snprintf(shown, sizeof shown, "\r%.*s\033[K", most < 299 ? most : 299, line);
    if (n > 0) (void)files_put(STDERR_FILENO, shown, (size_t)n);
    p->shown = true;
    p->last_s = at_s;
  }
  return *p->stop != 0;
}

void cli_progress_clear(cli_progress *p) {
  if (p->shown) (void)files_put(STDERR_FILENO, "\r\033[K", 4);
  p->shown = false;
}
