// Activity: see activity.h. The field tables of the domain.
#include "activity.h"

#include <math.h>

#define NETWORK_SOURCE "fitted to 43 campuses, Epoch AI, 2026-08-16, see docs/validation-build.md"
#define ASSUMED        "assumption, see docs/assumptions.md#building"
#define GATES_ASSUMED  "assumption, see docs/assumptions.md#gates"

// clang-format off
static const field_row activity_rows[] = {
    ROW_REFS(build_activity, after, "after", "activity", "", "activities of this building that must be done before"),
    ROW_NUMBER(build_activity, takes_day, "takes", "day", NULL, 0, 7300, "working time at the type's reference size", NETWORK_SOURCE),
    ROW_NUMBER(build_activity, size_exponent, "size_exponent", NULL, "0", -1, 2, "the time scales with (MW / reference MW) to this power", ASSUMED),
    ROW_NUMBER(build_activity, fixed_usd_per_mw, "cost", "USD/MW", "0", 0, 1e9, "cost per MW of IT, earned evenly as the work proceeds", ASSUMED),
    ROW_NUMBER(build_activity, monthly_usd_per_mw_month, "monthly_cost", "USD/MW-month", "0", 0, 1e8, "cost per MW of IT and month while it runs, paused or not", ASSUMED),
    ROW_REF(build_activity, crew, "crew", "crew", "", "trade of which it takes one crew while it runs"),
    ROW_REF(build_activity, supply, "supply", "supply", "", "limited supply that must be delivered before it starts"),
    ROW_NUMBER(build_activity, supply_per_mw, "supply_per_mw", NULL, "1", 0, 1e6, "units of the supply per MW of IT", ASSUMED),
    ROW_CHOICE(build_activity, gate, "gate", BUILD_GATE_WORDS, "none", "consent without which it does not start"),
    ROW_CHOICE(build_activity, cause, "cause", CAUSE_WORDS, "work", "cause to which its own overrun counts"),
};

static const field_row type_rows[] = {
    ROW_CHILDREN(build_type, activities, "activities", "activity", "network of activities of one building"),
    ROW_NUMBER(build_type, reference_mw, "reference", "MW", "50 MW", 0.1, 5000, "IT power of the building that the durations tell of", ASSUMED),
    ROW_NUMBER(build_type, density_mw_per_rack, "density", "kW/rack", "150 kW/rack", 1, 5000, "most IT power that a rack position can be given, after retrofit", ASSUMED),
    ROW_NUMBER(build_type, learning_frac, "learning", "frac", "0", 0, 0.5, "part of the working time saved at each doubling of buildings of this type on the campus", ASSUMED),
    ROW_NUMBER(build_type, floor_m2_per_mw, "floor", "m2/MW", "600 m2/MW", 1, 50000, "gross floor area per MW of IT", ASSUMED),
    ROW_TEXT(build_type, note, "note", "", "economic notes"),
};

static const field_row crew_rows[] = {
    ROW_COUNT(build_crew, count, "count", "4", 1, 1000, "crews of this trade on one campus: so many buildings at once"),
};

static const field_row supply_rows[] = {
    ROW_TEXT(build_supply_row, unit_word, "unit", "", "word for one unit of it"),
    ROW_NUMBER(build_supply_row, lead_day, "lead", "day", NULL, 0, 7300, "from the first order to the first delivery", NULL),
    ROW_DATE(build_supply_row, earliest_day, "earliest", "", "no delivery before", NULL),
    ROW_NUMBER(build_supply_row, rate_per_month, "rate_per_month", NULL, NULL, 0, 1e9, "units a month once deliveries have ramped up", NULL),
    ROW_NUMBER(build_supply_row, ramp_day, "ramp", "day", "0 day", 0, 7300, "from the first delivery to the full rate, in a straight line", ASSUMED),
};

static const field_row gate_rows[] = {
    ROW_CHOICE(build_gate_kind, kind, "kind", BUILD_GATE_WORDS, NULL, "which gate it is"),
    ROW_NUMBER(build_gate_kind, takes_day, "takes", "day", NULL, 0, 3650, "median time that one decider takes in one round", GATES_ASSUMED),
    ROW_NUMBER(build_gate_kind, spread, "spread", NULL, "0.4", 0, 3, "standard deviation of the logarithm of that time", GATES_ASSUMED),
    ROW_NUMBER(build_gate_kind, disagrees_frac, "disagrees", "frac", "0", 0, 1, "chance that two given deciders disagree in a round, which costs another", GATES_ASSUMED),
    ROW_COUNT(build_gate_kind, rounds, "rounds", "4", 1, 12, "rounds after which the parties go on bilaterally"),
    ROW_CHOICE(build_gate_kind, cause, "cause", CAUSE_WORDS, "consent", "cause to which waiting for it counts"),
};

const class_row build_class_activity = {"activity", NULL, sizeof(build_activity), FIELD_TABLE(activity_rows), CLASS_PLAIN, "one step of the building work"};
const class_row build_class_type = {"building_type", "building_types", sizeof(build_type), FIELD_TABLE(type_rows), CLASS_CATALOGUE, "a kind of building, with its network of activities"};
const class_row build_class_crew = {"crew", "crews", sizeof(build_crew), FIELD_TABLE(crew_rows), CLASS_CATALOGUE, "a trade with a limited number of crews on a campus"};
const class_row build_class_supply = {"supply", "supplies", sizeof(build_supply_row), FIELD_TABLE(supply_rows), CLASS_CATALOGUE, "something limited that work waits for"};
const class_row build_class_gate = {"gate_kind", "gate_kinds", sizeof(build_gate_kind), FIELD_TABLE(gate_rows), CLASS_STANDING, "a consent, permit or closing that work waits for"};
// clang-format on

double build_activity_work_day(const build_activity *activity, const build_type *type, double it_mw, int32_t k) {
  double size = pow(it_mw / type->reference_mw, activity->size_exponent);
  double learned = pow(1.0 - type->learning_frac, log2((double)k + 1.0));
  return activity->takes_day * size * learned;
}
