// Fleet: a stretch of a fleet's life, event by event: failures of every level, repair crews, spares, maintenance, and
// the jobs that run through it.
//
// Two passes. First the outages, which know nothing of jobs: what broke when, when a crew had repaired it, and when a
// spare stood in. Then the jobs: who runs where is planned without failures (each job on the row of nodes that is
// free first), and a job starts when the jobs before it on its nodes have really ended. So a delay moves those behind
// it and nothing else.
//
// A higher multiplier only ever adds outages: those of a lower one stay, with the same times and marks, for the same
// seed. Repairs, spares, starts and progress are all such that an outage more makes none of them earlier; therefore a
// higher hazard never raises goodput, outage by outage, with a checkpoint interval that does not depend on it. Four
// rules keep it so: a node that is hit while it is out is repaired for that as well; spares go in the order of
// failures; a checkpoint stands at whole multiples of the interval of the job's own progress; and whatever has hit a
// job's nodes is found, tested and restarted from as long after the hit as if the job had been running, even when it
// was only about to start. Spares do not fail while they are idle.
#ifndef OPERATIONS_FLEET_H
#define OPERATIONS_FLEET_H

#include "../../include/stargate.h"
#include "../base/arena.h"
#include "../uncertainty/stream.h"
#include "goodput.h"

typedef struct operations_fleet {
  operations_shape shape;                   // whole numbers; nodes_per_rack nodes stand one after another
  int32_t          racks;                   // given to jobs; racks x (nodes_per_rack - spare_trays) places
  int32_t          spare_racks;             // kept free beside them: their nodes and, for a whole rack, they stand in
  double           multiplier;              // of every hazard, >= 0
  double           from_day;                // age at the start
  double           days;                    // simulated, > 0
  int32_t          crews;                   // repairs under way at once, >= 1
  double           hands_on_h;              // of a crew, mean; the rest of a repair needs none (parts, tests)
  double           shift_start_h, shift_h;  // crews work from this hour of the day for so many (24: always)
  double           window_every_day;        // maintenance: every site stops so often (0: never), one after another
  double           window_h;                // for so long
} operations_fleet;

// A crew to 12,500 GPUs, 4 h of hands-on work, all day; stops as of operations_practice.planned_per_day are windows
// here: every 54 / 47 days (Llama 3, arXiv:2407.21783, 2024-07), of no length beyond the restart. Crews, hours:
// assumption, see docs/validation-reliability.md#assumptions.
operations_fleet operations_fleet_of(const operations_shape *shape, double gpus);

enum { OPERATIONS_PLANNED = OPERATIONS_CAUSES };  // as cause: maintenance

// One outage. Places are numbered over the racks of jobs, nodes_per_rack - spare_trays to a rack.
typedef struct operations_outage {
  double  time_s;
  double  granted_s;  // from when a spare stands in, or the nodes are back themselves: the job may restart
  double  back_s;     // the nodes are back; time_s: nothing was out
  int32_t first, n;   // places hit
  int32_t cause;      // operations_cause_id, or OPERATIONS_PLANNED
  bool    lossless;   // announced: a checkpoint was written before
} operations_outage;

// What a scheduler takes: the nodes first .. first + n - 1 go down or come up again at that time. Sorted by time, ups
// first.
typedef struct operations_capacity_event {
  double  time_s;
  int32_t first, n;
  int32_t cause;
  bool    up;
} operations_capacity_event;

typedef enum operations_kind {
  OPERATIONS_FRONTIER,
  OPERATIONS_RESEARCH,
  OPERATIONS_EVALUATION,
  OPERATIONS_SERVING,  // a reservation: runs to the end, and a node that is out takes only itself away
  OPERATIONS_KINDS
} operations_kind;

typedef struct operations_fleet_job {
  double          submit_s, work_s;  // computing time at full speed; serving: ignored
  int32_t         gpus, user;
  operations_kind kind;
} operations_fleet_job;

// GPU-hours. capacity = useful + slow + write + sum of lost + idle + spare.
typedef struct operations_fleet_result {
  double  capacity_gpu_h, useful_gpu_h, idle_gpu_h, spare_gpu_h;
  double  write_gpu_h;                        // checkpoints
  double  slow_gpu_h;                         // stragglers
  double  lost_gpu_h[OPERATIONS_CAUSES + 1];  // rework and standing still, by cause; the last one planned
  double  useful_of_gpu_h[OPERATIONS_KINDS], held_gpu_h[OPERATIONS_KINDS];
  int64_t interruptions[OPERATIONS_CAUSES + 1];  // of jobs
  int64_t outages, started, finished, rejected;  // rejected: larger than the fleet
  double  goodput_frac;                          // useful / (capacity - spare)
} operations_fleet_result;

// Whether the fleet can be simulated. SG_ERR_RANGE and why (static text) for counts below 1, negative or no finite
// numbers, or more places than 2^31.
sg_err  operations_fleet_check(const operations_fleet *fleet, const char **why);
int32_t operations_fleet_places(const operations_fleet *fleet);

// Hands-on hours of repair in an hour, over the crews' hours, at an age factor of 1: at 1 and above they never catch up.
double operations_fleet_crew_load(const operations_fleet *fleet);

// Draws the outages of the fleet, sorted by time; *out from the arena. Errors: SG_ERR_RANGE (see _check),
// SG_ERR_LIMIT (more than 2 million), SG_ERR_MEMORY.
sg_err operations_fleet_outages(const operations_fleet *fleet, stream s, arena *a, operations_outage **out, int32_t *n);

// Two events for each outage that took nodes out.
sg_err operations_fleet_capacity(const operations_outage *outage, int32_t n, arena *a, operations_capacity_event **out,
                                 int32_t *n_out);

// Runs the jobs, sorted by submit_s, over the outages. The interval of each job is that of the practice at multiplier
// 1 and its size, so that it does not follow the hazard. Errors: SG_ERR_RANGE (not sorted, gpus < 1, a time that is
// negative or no number), SG_ERR_MEMORY.
sg_err operations_fleet_run(const operations_fleet *fleet, const operations_practice *practice,
                            const operations_outage *outage, int32_t n_outage, const operations_fleet_job *job,
                            int32_t n_job, arena *a, operations_fleet_result *out);

#endif
