// Events: what happens to a cluster while it runs jobs: outages of a fleet, power caps, maintenance; as windows that the
// scheduler knows ahead, and as events that it does not. For the files twin/cluster*.c alone.
//
// A file of caps is CSV. Its rows are in order of time and each holds until the next:
//   hour                       since the first submission; the last row holds for an hour
//   start_s                    in its place: on the trace's own clock; the last row holds for ever
//   cap_frac                   of what all GPUs take, 0 .. 1
//   cap_mw, full_mw            in its place; or
//   curtailed_mw, facility_mw  in its place: what `stargate power --hourly` writes: 1 - curtailed / facility
// Other columns are passed over.
#ifndef TWIN_CLUSTER_EVENTS_H
#define TWIN_CLUSTER_EVENTS_H

#include "cluster_settings.h"

// What the cluster does when power is short.
typedef enum twin_cluster_response {
  TWIN_CLUSTER_THROTTLE,   // unannounced: all GPUs slow down, and below a quarter of the power some stop
  TWIN_CLUSTER_STOP,       // unannounced: jobs are stopped, lowest priority and latest start first
  TWIN_CLUSTER_ANNOUNCED,  // known ahead, as demand response: no job starts that would run into it. Pools only
} twin_cluster_response;

// Pace of a GPU that is given this share of its power. Dynamic power goes as clock times voltage squared: as the cube of
// the clock while voltage follows it, as the clock once it cannot fall further. Between: the square root; the least
// share is 1/4. Assumption, see docs/assumptions.md#throttling.
double twin_cluster_pace(double power_frac);

typedef struct twin_cluster_events twin_cluster_events;

// Reads the settings failures, spares, response and the caps. c: machine and parts are known; c->failures is filled. All
// memory from c->a. Errors as of twin_cluster_replay, and CSV's.
sg_err twin_cluster_events_make(const twin_cluster_settings *s, const twin_cluster_with *with,
                                const operations_practice *practice, twin_cluster *c, twin_cluster_events **out);
void   twin_cluster_events_free(twin_cluster_events *e);  // NULL is fine

// Sets the clock: when the first job is submitted. Before anything below. Errors: LIMIT, MEMORY.
sg_err twin_cluster_events_begin(twin_cluster_events *e, int64_t first_submit_s);

// Windows of the parts. (*n)
const operations_window *twin_cluster_events_windows(const twin_cluster_events *e, size_t *n);
// An operations_event_source; user is the events. Their causes are those of cluster.h.
bool twin_cluster_events_next(void *events, operations_event *out);
// What came of them, once, at the end: fills c->capped_s. SG_OK, or why there were no more: LIMIT (beyond ten years),
// MEMORY. end_s: when the last job ended.
sg_err twin_cluster_events_result(const twin_cluster_events *e, int64_t end_s);

// Of the fleet as it was put together: its shape.
const operations_shape *twin_cluster_events_shape(const twin_cluster_events *e);

#endif
