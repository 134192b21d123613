// Network: the activities of all buildings, month by month, under gates, supplies, crews and money.
//
// Dates are kept in days, steps are months. Everything scarce is granted in plan order, never by arrival, so that more
// of anything delays nothing (each start is a maximum of non-decreasing functions of the inputs).
#ifndef BUILD_NETWORK_H
#define BUILD_NETWORK_H

#include <math.h>
#include <stdbool.h>
#include <stdint.h>

#include "../base/cause.h"

// Const for a whole ensemble. Activities stand in plan order: predecessors, and earlier claimants of a crew, come first.
typedef struct build_network {
  int32_t  n_activity, n_building, n_gate, n_pool, n_pred, n_crew;
  int32_t *building;            // (n_activity)
  int32_t *pred_first, *pred_n; // (n_activity) slice of pred
  int32_t *pred;                // (n_pred) activities; each less than the activity that it precedes
  int32_t *gate;                // (n_activity) gate that must be open, -1: none
  int32_t *pool;                // (n_activity) crew pool that it takes one crew of, -1: none
  int32_t *own_cause;           // (n_activity) cause to which its own overrun counts
  int32_t *supply_cause;        // (n_activity) cause logged while available_day keeps it waiting
  int32_t *pool_first, *pool_n; // (n_pool) its crews, slots of free_day
  int32_t *gate_cause;          // (n_gate)
  int32_t *last;                // (n_building) the activity whose finish commissions the building
} build_network;

// One scenario's inputs. The twin may lower available_day and gate_open_day from INFINITY as things become known.
typedef struct build_draw {
  double *work_day;       // (n_activity) duration, days, >= 0
  double *available_day;  // (n_activity) supplies and power for it are there from this day; -INFINITY: nothing needed
  double *gate_open_day;  // (n_gate) INFINITY until open
} build_draw;

typedef struct build_state {
  double  *start_day, *finish_day;  // (n_activity) INFINITY until started; finish is known at start, later if paused
  double  *ready_day;               // (n_activity) when its predecessors were done; INFINITY until known, -INFINITY: none
  double  *pause_day;               // (n_activity) days stopped in all
  int32_t *driver;                  // (n_activity) activity whose finish set the start (predecessor or crew), -1: none
  int32_t *wait_cause;              // (n_activity) what it waits for, or last waited for; CAUSE_NONE: nothing
  double  *free_day;                // (n_crew) when a crew is free
  int32_t *crew;                    // (n_activity) crew slot that it took, -1
  int32_t *crew_user;               // (n_crew) last activity that took it, -1
  uint32_t waited;                  // bit per cause that anything has waited for so far
} build_state;

void build_clear(const build_network *net, build_state *state);

// One month [day0, day1), day0 < day1; months follow each other. go[b] = 0: building b may not start or go on with
// anything this month (money); its running activities are paused to day1. An activity that has not started keeps the
// earliest crew of its pool back from all that come after it in plan order: that is what makes the rule monotone, and
// it means that one that never starts keeps a crew for ever (give such buildings a pool of their own).
// Nothing starts before day0: what becomes known late takes effect late. Zero allocation; O(n_activity), a comparison
// for those finished, O(crews of the pool) for those that wait.
// Source: Kiefer and Wolfowitz, "On the theory of queues with many servers", Trans. AMS 78 (1955): granted in a fixed
// order, the sorted days at which crews become free are non-decreasing in every ready day and duration.
void build_month(const build_network *net, const build_draw *draw, double day0, double day1, const unsigned char *go,
                 build_state *state);

// An activity that is not done.
typedef struct build_open {
  int32_t activity, building;
  int32_t pool;            // its crew pool, -1: none
  int32_t blocker;         // a predecessor that had not started when last looked at, -1: none
  bool    ready;           // its predecessors were done when last looked at
  double  same_until_day;  // not started: it waits for the same until then, unless there is news; -INFINITY: look
} build_open;

// A part of the network that shares no crew and no predecessor with the rest, and the list of what is not done in it.
typedef struct build_part {
  build_open *open;                  // (n_open) its activities that are not done, in plan order; the list shrinks
  int32_t     n_open;
  int32_t     n_begun;               // those behind the first n_begun of the list have not started
  int32_t     crew_first, crew_last; // slots of the crews that it uses
  int32_t     pool_first, pool_n;    // and their pools
  double      quiet_until_day;       // nothing of it starts or is paused before then, unless there is news
  bool        news;                  // since its last month, of what activities wait for
} build_part;

// Lists activities first .. first + n_open - 1 as not done. part->open: room for n_open.
void build_part_clear(const build_network *net, int32_t first, build_part *part);

// To be called when `go` of one of its buildings has changed; build_part_tell, when a gate, a day of availability or the
// cause of a supply has.
static inline void build_part_wake(build_part *part) { part->quiet_until_day = -HUGE_VAL; }
static inline void build_part_tell(build_part *part) {
  build_part_wake(part);
  part->news = true;
}

// build_month for a part, to the same end: it does nothing while the part is quiet, and looks again only at activities
// whose start can have changed. Cost otherwise: a comparison for each that is not done.
void build_month_part(const build_network *net, const build_draw *draw, double day0, double day1, const unsigned char *go,
                      build_part *part, build_state *state);

// Money earned by building work in [day0, day1): cost_usd[i] spread evenly over activity i's working days; at once for an
// activity that takes no time. Called after build_month of the same month with the same go, so that the months of an
// activity, paused or not, sum to its cost. out: (n_building), added to.
void build_spend(const build_network *net, const build_draw *draw, const build_state *state, const double *cost_usd,
                 double day0, double day1, const unsigned char *go, double *out);

// Days by which building b is later than planned at `now` (or at its finish), shared out by the causes along its driving
// chain, back to the root: own overrun, waits, pauses; a crew that came late passes its own causes on; a gate's lateness
// goes to the gate's cause. by_cause sums to the lateness (0 when not late). Ties share (down to a 64th each).
// A supply or a gate that sets a start ends the chain: what came before it had time to spare. Where slack or early work
// made up for part of what was lost, the causes are scaled down alike. A plan that never finishes is never late.
double build_delay(const build_network *net, const build_draw *draw, const build_state *state, const build_draw *plan_draw,
                   const build_state *plan, int32_t building, double now, double by_cause[CAUSE_COUNT]);

#endif
