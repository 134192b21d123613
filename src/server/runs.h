// Runs: ensembles that were asked for, each in a thread of its own, and who listens to them.
//
// One mutex guards all of it. A run keeps its newest document (the JSON of stargate.run/1 on one line) and nothing older, so that
// a slow listener misses what came in between and memory does not grow. At most RUNS_AT_ONCE are simulated at once; of those
// that have ended RUNS_KEPT stay for downloads.
#ifndef SERVER_RUNS_H
#define SERVER_RUNS_H

#include "order.h"

enum { RUNS_AT_ONCE = 4, RUNS_KEPT = 4, RUNS_LISTENERS = 12, RUNS_FIRST = 100 };

typedef struct runs          runs;
typedef struct run           run;
typedef struct runs_document runs_document;  // counted: runs_document_release gives it back

runs *runs_create(int threads);  // of each run, 1 .. 256; NULL: out of memory
void  runs_stop(runs *all);  // cancels all; returns when no thread of theirs is left. From then on none can be begun
void  runs_free(runs *all);  // stops too; NULL is fine. No run may be in use

// A place for a run; runs of the same page, if that is not "", are cancelled for it. NULL: too many. What these three return is
// the caller's to use until runs_release.
run *runs_reserve(runs *all, const char *page);
run *runs_find(runs *all, uint64_t id);  // NULL: unknown, or forgotten
run *runs_last(runs *all);               // that has begun, and is still known; NULL: none
void runs_release(runs *all, run *r);

// Begins to simulate. Takes over the model and what *of owns; false: so that is no longer possible, and both stay the caller's.
// A run that was reserved and is not begun must be abandoned.
bool runs_begin(runs *all, run *r, order *of, sg_model *model);
void runs_abandon(runs *all, run *r);
void runs_cancel(runs *all, run *r);

uint64_t         run_id(const run *r);
const order     *run_order(const run *r);  // these two only of runs that have begun: what runs_find gives
const sg_model  *run_model(const run *r);
const sg_result *runs_result(runs      *all,
                             const run *r);       // NULL: has not ended, or failed. Stays as long as the run is in use
runs_document   *runs_newest(runs *all, run *r);  // NULL: there is none yet
const char      *runs_document_text(const runs_document *d, size_t *n);
void             runs_document_release(runs *all, runs_document *d);

// ---- Events ---------------------------------------------------------------------------------------------

typedef enum run_event_kind { RUN_QUIET, RUN_PROGRESS, RUN_RESULT, RUN_DONE, RUN_CANCELLED, RUN_FAILED } run_event_kind;

typedef struct run_event {
  run_event_kind kind;
  uint32_t       done, total;  // scenarios
  double         took_s;       // RUN_DONE
  sg_err         err;          // RUN_FAILED
  runs_document *document;     // RUN_RESULT: the listener's to release; else NULL
} run_event;

// What a listener has been told; starts as {0}.
typedef struct run_told {
  uint64_t version;
  uint32_t done;
} run_told;

bool      runs_listen(runs *all, run *r);  // false: too many listen already
void      runs_leave(runs *all, run *r);   // the last one to leave a run that has not ended cancels it
run_event runs_next(runs *all, run *r, run_told *told, double most_s);  // waits for news; RUN_QUIET: there is none

#endif
