// Activity: what a user can say of building types, their activities, and what these wait for.
//
// Plain rows; the twin turns them, building by building, into a build_network and one scenario's build_draw.
#ifndef BUILD_ACTIVITY_H
#define BUILD_ACTIVITY_H

#include "../base/field.h"

#define BUILD_GATE_WORDS "none|site|permit|offtake|close|go"
enum { BUILD_GATE_NONE, BUILD_GATE_SITE, BUILD_GATE_PERMIT, BUILD_GATE_OFFTAKE, BUILD_GATE_CLOSE, BUILD_GATE_GO };

// One step of one building: "shell".
typedef struct build_activity {
  int32_t    name;
  field_span after;                          // activities of the same building type
  double     takes_day;                      // at the type's reference size
  double     size_exponent;                  // takes_day scales with (MW of IT / reference MW)^exponent
  double     fixed_usd_per_mw;               // spread over its working days
  double     monthly_usd_per_mw_month;       // while it runs, paused or not
  int32_t    crew;                           // row of class "crew", -1: none
  int32_t    supply;                         // row of class "supply", -1: none
  double     supply_per_mw;                  // units of it per MW of IT
  int32_t    gate;                           // BUILD_GATE_*
  int32_t    cause;                          // to which its own overrun counts
} build_activity;

typedef struct build_type {
  int32_t    name;
  field_span activities;
  double     reference_mw;                   // IT of the building that the durations tell of
  double     density_mw_per_rack;            // most IT that one rack position can carry
  double     learning_frac;                  // shorter work per doubling of buildings of this type on the campus
  double     floor_m2_per_mw;
  int32_t    note;                           // economic notes
} build_type;

typedef struct build_crew {
  int32_t name;
  int32_t count;                             // on one campus
} build_crew;

typedef struct build_supply_row {
  int32_t name;
  int32_t unit_word;                         // "transformer"
  double  lead_day, earliest_day, rate_per_month, ramp_day;
} build_supply_row;

typedef struct build_gate_kind {
  int32_t name;
  int32_t kind;                              // BUILD_GATE_*
  double  takes_day, spread, disagrees_frac;
  int32_t rounds;
  int32_t cause;
} build_gate_kind;

extern const class_row build_class_activity, build_class_type, build_class_crew, build_class_supply, build_class_gate;

// Duration of one activity of a building of it_mw, the k-th (from 0) of its type on its campus.
//   takes_day (it_mw / reference_mw)^size_exponent (1 - learning_frac)^log2(k + 1)
// Source of the learning law: Wright, "Factors affecting the cost of airplanes", J. Aeronautical Sciences 3 (1936).
double build_activity_work_day(const build_activity *activity, const build_type *type, double it_mw, int32_t k);

#endif
