// Model of the twin: the compiled programme, spread out into buildings, activities, gates, ledger legs and series.
//
// Const once made, shared by all threads. Whatever a scenario changes lies in the block of rows (a copy each) or in the
// worker's state.
#ifndef TWIN_MODEL_H
#define TWIN_MODEL_H

#include "../build/activity.h"
#include "../build/gate.h"
#include "../build/network.h"
#include "../capital/ledger.h"
#include "../capital/party.h"
#include "../compute/compute.h"
#include "../operations/operations.h"
#include "../power/power.h"
#include "../programme/model.h"
#include "../revenue/revenue.h"
#include "../training/training.h"
#include "classes.h"
#include "outputs.h"

// Buildings and generation are written off evenly in the books: assumption, see docs/assumptions.md#depreciation.
#define TWIN_BUILDING_LIFE_YEARS 20.0

enum { TWIN_GATES = 5, TWIN_MAX_MONTHS = 720, TWIN_MAX_CAMPUSES = 200, TWIN_MAX_PARTIES = 200 };

// Typed rows of one block: the model's own (the plan) or a scenario's.
typedef struct twin_view {
  const twin_top                *top;
  const field_share             *share;
  const capital_party           *party;
  const capital_asset           *asset;
  const capital_contract        *contract;
  const capital_contract_type   *contract_type;
  const build_gate_kind         *gate_kind;
  const twin_gate               *gate;
  const twin_perimeter          *perimeter;
  const twin_campus             *campus;
  const twin_buildings          *buildings;
  const build_type              *building_type;
  const build_activity          *activity;
  const build_crew              *crew;
  const build_supply_row        *supply;
  const power_weather           *weather;
  const power_weather_month     *weather_month;
  const power_cooling           *cooling;
  const power_grid              *grid;
  const power_plant             *plant;
  const power_generation        *generation;
  const power_battery_kind      *battery;
  const power_storage           *storage;
  const power_tariff            *tariff;
  const compute_accelerator     *accelerator;
  const compute_rack            *rack;
  const training_model          *model;
  const training_run            *run;
  const operations_reliability  *reliability;
  const revenue_service         *service;
  const revenue_rent            *rent;
  const twin_market             *market;
  const twin_shock              *shock;
  const twin_effect             *effect;
  const twin_promise            *promise;
  const twin_fact               *fact;
  const int32_t                 *ref;  // reference pool
} twin_view;

void twin_view_bind(const programme_model *p, unsigned char *block, twin_view *out);

// One building: a tranche of megawatts.
typedef struct twin_building {
  int32_t campus, group, type;
  int32_t number;         // on its campus, from 0
  int32_t of_type;        // of its type on its campus, from 0: learning
  int32_t racks_activity, energise_activity;  // indices in the network, -1: none
  int32_t begin_activity; // its first one, that begins works
} twin_building;

// One activity of one building.
typedef struct twin_work {
  int32_t building, row;  // row of class activity
  double  scale;          // duration over takes_day of the row: size and learning
  int32_t supply;         // -1: none
} twin_work;

// A line of money between two parties: what is owed, and the legs that book it.
typedef enum twin_kind {
  KIND_CONSTRUCTION, KIND_GENERATION, KIND_RACKS, KIND_ENERGY, KIND_FUEL, KIND_OPEX, KIND_SERVICE_COST, KIND_TAX,
  KIND_LEASE, KIND_COMPUTE, KIND_PURCHASE, KIND_INTEREST, KIND_PRINCIPAL, KIND_EQUITY, KIND_DRAW, KIND_CAPITALISED,
  KIND_SALES, KIND_RELET, KIND_INCOME, KIND_OUTGO, KIND_ASSET_SALE, KIND_ASSET_LOSS, KIND_REVALUATION, KIND_DEPRECIATION,
  KIND_FOUNDING, KIND_DISTRIBUTION, KIND_EARNED, KIND_DAMAGES, KIND_COUNT
} twin_kind;

typedef struct twin_line {
  int32_t payer, payee;     // parties
  int32_t bill_leg, pay_leg;  // bill -1: nothing is accrued (principal, equity)
  int32_t rank, order;
  int32_t campus, contract; // -1: none
  twin_kind kind;
  int32_t capital;          // 1: counts as capital expenditure
  int32_t operating;        // 1: counts as cash of operation
} twin_line;

// Lines of one campus for one owner; variant 1 is the bilateral owner.
typedef struct twin_campus_lines {
  int32_t construction, generation, racks, energy, fuel, opex;  // lines
  int32_t depreciation_owner, depreciation_buyer;               // legs
} twin_campus_lines;

// Lines of a contract between two parties; one row per payer (share).
typedef struct twin_deal {
  int32_t contract, share;    // rows
  int32_t rule;               // of the contract's type: CAPITAL_RULE_*
  int32_t payer, payee;
  int32_t pledged_to;         // equity: contracts among which the payer's pledge is split
  int32_t line;               // lease, compute, purchase, equity: the payment; loan: interest
  int32_t principal, draw_leg, capitalised_leg, relet_leg;  // loans: line, legs; lease and compute: leg of re-letting
  int32_t distribution_leg;   // equity: from payee back to payer
  int32_t damages_line;       // lease, compute: from payee to payer, when megawatts are late
  int32_t owner;              // equity: its place among the payee's owners
} twin_deal;

// The lender's own case of a campus: cash for debt service of a month when all of it runs, and for how long.
typedef struct twin_lender_case { double cash_usd, months; } twin_lender_case;

typedef struct twin_promise_rule {
  int32_t row;                // promise
  int32_t series;             // index of the series that it is held against
  int32_t also;               // series of the other reading, -1
  double  threshold;
  int32_t at_most;            // 1: at most
  int32_t by_month;           // last simulated month that counts
  const char *unit;
} twin_promise_rule;

typedef struct twin_fact_rule {
  int32_t row, series, month;
  double  value, tolerance;
} twin_fact_rule;

// A slot that a shock moves.
typedef struct twin_move {
  int32_t shock, effect;
  size_t  slot;               // of the double, bytes in the block
  double  low, high;          // allowed range of the input
} twin_move;

typedef struct twin_series {
  const twin_output *output;
  char              *name;    // dotted
  size_t             at;      // double index in a month's record
  int32_t            instance;
} twin_series;

typedef struct twin_model {
  programme_model p;
  arena          *a;
  twin_view       plan_view;       // rows at rest: plan values
  int32_t         n[CLASS_COUNT];  // rows by class
  int32_t         month0;          // calendar month of simulated month 0
  int32_t         n_month;         // simulated
  int32_t         report0;         // first month of the report, index
  int32_t         as_of_month;     // index; decisions before it are history
  double         *day0;            // (n_month + 1) first day of each month
  int32_t        *order;           // campuses, by planned start then name

  twin_building  *building;        // (n_building) in plan order
  twin_work      *work;            // (net.n_activity)
  build_network   net;
  build_part     *part;            // (n campus) its part of the network; `open` is each state's own
  int32_t        *part_first;      // (n campus) first activity of the part
  int32_t        *no_pool;         // (n_activity) all -1: crews without limit
  int32_t        *of_building;     // (n_activity) activities grouped by building
  int32_t        *building_first;  // (n_building + 1) slices of of_building
  int32_t        *of_campus, *campus_first;  // (n_building), (n campus + 1): buildings grouped by campus, in plan order
  twin_lender_case *lender_case;   // ((n_deal + 1) x n campus x 2) by loan; [n_deal]: at plan values
  unsigned char  *borrows, *distributes;  // (n party) 1: some loan is to it; it has owners that are parties
  int32_t         n_year;          // calendar years that the months touch
  uint64_t       *campus_key, *gate_key;  // (n campus), (n gate): streams
  build_draw      plan_draw;
  build_state     plan_build;
  double         *plan_begin_day;  // (n_building) first work by plan
  double         *supply_need, *supply_before;  // (n_activity) units at plan values, cumulative in plan order

  int32_t         market_demand, market_power, market_gas, market_interest, market_shares;  // rows, -1
  int32_t         party_builders, party_vendor, party_utility, party_fuel, party_staff, party_customers, party_tax, party_markets;
  int32_t        *tariff_market;   // (n tariff) row of the market that scales the energy price; -1: none
  unsigned char  *inside;          // (n party) 1: the programme's own
  int32_t        *owner, *operator_, *buyer;  // (n campus x 2) by variant

  ledger_leg     *leg;
  int32_t         n_leg;
  twin_line      *line;
  int32_t         n_line;
  twin_campus_lines *campus_lines; // (n campus x 2)
  twin_deal      *deal;
  int32_t         n_deal;
  int32_t        *sales_leg, *service_line;  // (n service)
  int32_t        *income_leg, *outgo_line, *tax_line, *revaluation_leg, *asset_sale_leg, *asset_loss_leg, *founding_leg, *earned_leg;  // (n party)

  twin_series    *series;          // (n_series)
  int32_t         n_series;
  size_t          scope_at[SCOPE_COUNT];    // double index of a scope's first instance in a month's record
  size_t          scope_size[SCOPE_COUNT];  // doubles of one instance
  size_t          record;          // doubles of a month
  twin_promise_rule *promise;      // (n promise)
  twin_fact_rule *fact;
  int32_t         n_fact;
  uint64_t       *shock_key;  // (n shock) streams
  twin_move      *move;
  int32_t         n_move;

  power_hours         *hours;          // (n weather) of a year: weather.h
  power_cooling_table *cooling_table;  // (n campus) at plan values
  struct twin_place  **place;          // (n campus) representative hours: hubs.h
  struct power_price_process *hub_process;  // (POWER_HUBS) of the hubs that a campus uses

  int32_t        *plain_draw;      // draws outside activities
  int32_t         n_plain;
  int32_t        *work_draw;       // (n activity rows x 2): draws of takes and cost; -1: certain
  struct twin_goodput *goodput;        // goodput.h
  struct twin_throughput *throughput;  // (n run x n rack): throughput.h
  double         *plan_record;     // (n_month x record) what the plan run yields
  double          plan_scalar[SCALAR_COUNT];
  const spec_node *user;           // the file's tree, to point at
  const char     *file;            // its name as given
  const char    **set_path, **set_value;  // (n_set) what was laid over it
  size_t          n_set;
} twin_model;

// Loads a programme: text of the file, `--set` pairs. Findings go to diags; *out is NULL on error.
sg_err twin_model_load(const diag_source *file, const char *const *set_path, const char *const *set_value, size_t n_set,
                       sg_diags *diags, twin_model **out);
// The same, sooner: what costs most is taken over from `like`, a model that was loaded before, where its inputs are the same.
sg_err twin_model_load_like(const diag_source *file, const char *const *set_path, const char *const *set_value, size_t n_set,
                            const twin_model *like, sg_diags *diags, twin_model **out);
void   twin_model_free(twin_model *m);  // NULL is fine

int32_t twin_series_find(const twin_model *m, const char *name);  // -1: none
const char *twin_series_nearest(const twin_model *m, const char *name);

static inline const twin_lender_case *twin_lender_case_of(const twin_model *m, int32_t deal, int32_t campus, int32_t variant) {
  return &m->lender_case[((size_t)deal * (size_t)m->n[CLASS_CAMPUS] + (size_t)campus) * 2 + (size_t)variant];
}

// Calendar years of the report, from 0; below 0: before it.
static inline int32_t twin_report_year(const twin_model *m, int32_t month) { return (m->month0 + month) / 12 - (m->month0 + m->report0) / 12; }
static inline int32_t twin_report_years(const twin_model *m) { return twin_report_year(m, m->n_month - 1) + 1; }

// Days by which the stated dates of a campus that repeats another move with its start; 0: it repeats none.
double twin_shift_day(const twin_view *v, const twin_model *m, int32_t campus);

static inline double *twin_record_at(double *record, const twin_model *m, twin_scope scope, int32_t instance) {
  return record + m->scope_at[scope] + (size_t)instance * m->scope_size[scope];
}

#endif
