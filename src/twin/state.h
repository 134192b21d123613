// State: what one worker needs for one scenario at a time. Taken once; a scenario allocates nothing.
#ifndef TWIN_STATE_H
#define TWIN_STATE_H

#include "../build/gate.h"
#include "../capital/clearing.h"
#include "../capital/debt.h"
#include "../capital/equity.h"
#include "../capital/tax.h"
#include "../power/hours.h"
#include "../uncertainty/stream.h"
#include "model.h"

typedef enum twin_mode {
  MODE_PLAN,      // every activity at its stated pace, nothing scarce, every pledge paid
  MODE_SCENARIO,  // drawn
  MODE_BASE       // as a scenario, but each draw at its median, markets at their level, and no shocks
} twin_mode;

enum { PATH_DEMAND, PATH_POWER, PATH_GAS, PATH_INTEREST, PATH_SHARES, PATH_COUNT };

// What the month's steps hand on; each part has one writer.
typedef struct twin_markets { double level[PATH_COUNT]; } twin_markets;  // demand, power, gas, shares: factors; interest: a rate

typedef struct twin_campus_now {
  // capacity
  double capacity_mw, it_shell_mw, it_limit_mw, firm_mw, supply_mw, usable_mw, grid_mw, power_frac;
  double withheld_mw, withheld_frac;  // of the grid's limit, of the year's hours
  double buildings, racks;
  compute_fleet fleet;
  double gpus, schedulable_gpus, gpu_h;
  power_onsite onsite;
  // energy
  power_month_out energy;
  double summer_mw, coincident_mw;  // drawn in this summer's peak hours so far, a quarter each; last summer's, which is billed
  // work: GPU-hours used, and of them for training
  double used_gpu_h, training_gpu_h;
} twin_campus_now;

typedef struct twin_loan_now {
  capital_debt debt;
  capital_size size;            // what its commitment was bound by at close
  double       swap_frac;       // benchmark at close, per year: what the hedged part pays
  int32_t      open;            // 1: closed (in the banker's sense), money can be drawn
  int32_t      open_month, converted_month;  // of close; of the first instalment, -1: not yet
  int32_t      complete;        // 1: what it pays for is complete; repayment begins in the month after
} twin_loan_now;

typedef struct twin_deal_now {
  int32_t missed_months;        // in a row with something overdue
  double  monthly_usd;          // lease, compute: what it last billed
  int32_t begun_month;          // lease, compute: first bill; -1: none yet
  int32_t ended_month;          // lease, compute: the tenant failed or the term is over; -1: alive
  double  annuity, annuity_n, annuity_rate;  // of the last n and rate asked for
  int32_t failed;               // 1: it ended by default
} twin_deal_now;

// What decides which buildings of a campus go on.
typedef struct twin_funded {
  int32_t buildings;            // so many, in plan order, have funds for completion
  int32_t work_left;            // of the campus; -1: nothing has been decided yet
  bool    first;                // the first that is not given up has funds, with the loans that a close would bring
} twin_funded;

struct twin_trace;

typedef struct twin_state {
  const twin_model *m;
  arena         *a;
  twin_mode      mode;
  int            removed;        // cause that is absent, CAUSE_NONE: none
  stream         s;
  struct twin_trace *trace;      // NULL in ensembles
  void         (*watch)(void *user, const struct twin_state *s);  // after each month; NULL in ensembles
  void          *watch_user;

  unsigned char *block;          // the scenario's rows
  twin_view      v;
  double        *campus_z;       // (n_draw) a campus's own part of what its buildings draw
  uint64_t      *campus_z_key;   // (n_draw)
  double        *z;              // (n_draw) standard normals of plain draws, for sensitivities
  double        *market_path;    // (n market x n_month) factors of all rows of markets
  double        *hub_path;       // (n tariff x n_month) the same of tariffs with a hub: hubs.h
  unsigned char *hub_drawn;      // (n tariff) 1: months repeat hub_year
  int32_t       *hub_year;       // (n_year) of a place
  double        *path[PATH_COUNT];  // (n_month) factors against the row's level; interest: deviation factor
  double        *shock_from, *shock_to;  // (n shock) days of the current window
  double        *move_base;      // (n_move)
  unsigned char *shock_on;       // (n shock) last month

  build_network  net;            // the model's, with own supply causes and perhaps no pools
  build_draw     draw;
  build_state    build;
  double        *work_cost_usd, *rack_cost_usd;  // (n_activity)
  unsigned char *go;             // (n_building)
  unsigned char *paused;         // (n_building) works had begun and stood still last month
  unsigned char *commissioned, *dropped, *failed_tenant;  // (n_building)
  double        *budget_owner_usd, *budget_buyer_usd;  // (n_building)
  double        *building_mw, *building_it_mw;          // (n_building)
  double        *campus_owner_usd, *campus_buyer_usd, *campus_mw, *campus_it_mw;  // (n campus) sums over its buildings

  int32_t       *variant;        // (n campus) 1: bilateral
  double        *start_day, *order_day;  // (n campus)
  double        *supply_until_day; // (n campus) its supply is known and stays until then
  int32_t       *work_left;      // (n campus) buildings not commissioned
  int32_t       *settled_month;  // (n campus) in which the last building was done and paid for; INT32_MAX: not yet
  twin_funded   *funded;         // (n campus) as found last month
  double        *need_owner_usd, *need_buyer_usd;  // (n_building) budgets up to it in plan order, of who pays for it
  bool           needs_known;
  int32_t       *first_live;     // (n campus) first building in plan order that is not given up, -1: none
  double        *first_plan_day; // (n campus) planned start of the first of its buildings
  build_part    *part;           // (n campus)
  build_open    *open;           // (n_activity) lists of the parts
  double        *gate_ready_day;  // (n_gate) decision taken if nothing else stands against it
  double        *first_order_day;  // (n supply)
  double        *pue, *wue;      // (n campus x 12)
  double        *delivered;      // (n campus x (n_month + 1)) prefix sums of racks
  double        *extra_usd;      // (n campus) of this month: restarts, cancellations
  double        *deposit_usd;    // (n campus) of this month, for racks ordered
  double        *rack_rest_frac; // (n campus) share of the racks' price that is left after the deposit
  double        *renewed_racks;  // (n campus) this month
  unsigned char *tenant_failed;  // (n campus) a tenant has defaulted
  double        *depreciated_usd, *construction_usd;  // (n campus) written off, and paid for buildings, so far

  twin_markets     markets;
  twin_campus_now *campus;       // (n campus)

  double        *run_left_flop, *run_total_flop;  // (n run)
  int32_t       *run_done_month;  // -1: not yet
  double         release_factor;  // of demand
  double         training_gpu_h, service_gpu_h, served_mtok, demanded_mtok, sales_usd, goodput_frac;
  double        *service_sales_usd, *service_cost_usd;  // (n service)

  // money
  ledger         ledger;
  int64_t       *owed_cents;      // (n_line) due now, arrears included
  int64_t       *paid_cents;      // (n_line) this month
  int64_t       *line_paid_cents; // (n_line) so far
  double        *funds_usd;       // (n party) for completion, to date
  double        *retained_usd;    // (n party) what operation has left for building on, by the lender's case
  double        *raisable_usd;    // (n party) what its assets could have raised to date
  double        *income_usd;      // (n party) own business, cumulative
  double        *party_last_income_usd;  // (n party)
  capital_asset_state *asset;     // (n asset)
  double        *asset_booked_usd;
  capital_asset_state *asset_could;  // (n asset) had it been sold at its pace from the start
  double        *asset_span_day;  // (n asset) days of selling not used yet
  twin_loan_now *loan;            // (n_deal x n campus)
  double        *schedule_usd;    // (n_deal x n campus x n_month) instalments
  double        *repay_scratch;   // (5 x TWIN_MAX_MONTHS)
  int64_t       *service_cents, *operating_cents, *capital_cents;  // (n party) of this month: debt service due; cash of operation; paid for building
  int64_t       *reserve_cents;   // (n party) of its cash, kept for debt service
  double        *cover_cash_usd, *cover_due_usd;   // (n party x 12) rings
  double        *cover_frac;      // (n party) over debt service of the last twelve months; HUGE_VAL: not due for as long
  unsigned char *locked;          // (n party) 1: no distributions
  double        *renewal_usd;     // (n campus) of the present machines' price, what they have lost since they were new
  capital_equity_terms *equity_terms;  // (n party)
  capital_equity_state *equity_state;
  capital_tax_state *tax;         // (n party)
  double        *federal_write_off_usd, *state_write_off_usd;  // (n party x n_year)
  double        *taxed_profit_usd, *year_interest_usd, *year_depreciation_usd;  // (n party) profit settled with the tax authority; since then
  double        *machines_usd, *placed_buildings_usd, *placed_machines_usd;  // (n campus) billed so far; of cost, what is in service for tax
  twin_deal_now *deal;            // (n_deal)
  double        *paid_in_usd;     // (n_deal) equity
  int64_t       *month_in_cents, *month_out_cents;  // (n party)
  unsigned char *leaves;          // (n_line x (n perimeter + 1)) 1: what is paid leaves the perimeter
  double        *spent_usd, *capex_usd;  // (n perimeter + 1), [n perimeter]: the programme
  double         interest_usd, debt_service_usd, receipts_usd, opex_usd, equity_usd, capital_usd;
  double        *dscr_cash, *dscr_due;   // (12) ring
  capital_claim *claim;
  int64_t       *claim_paid;
  int32_t       *claim_line;
  int32_t        n_claim;         // of this month: lines on which anything was due, in their order
  int64_t       *cash_cents;
  void          *clear_scratch;
  int32_t        defaults;

  int32_t        month;           // index of the month being simulated
  int32_t        attempt;         // at which the last scenario agreed with the facts
  uint32_t       causes_seen;     // bit per cause that made anything wait or run late
  double        *late;            // (n campus x years of the report x (CAUSE_COUNT + 1)) MW-days by cause; last: none
  unsigned char *stood;           // (n_building x years of the report) twin_tranche at the end of the year, or of the horizon
  double        *record;          // (n_month x m->record)
  double         scalar[SCALAR_COUNT];
} twin_state;

twin_state *twin_state_create(const twin_model *m);  // NULL: out of memory
void        twin_state_free(twin_state *s);          // NULL is fine

// Draws everything that one scenario draws and clears the rest of the state.
void twin_scenario_prepare(twin_state *s, twin_mode mode, stream draws, int removed);

// Moves the inputs that shocks hold this month.
void twin_scenario_shocks(twin_state *s);

// Simulates one scenario from its first month to n_months (at most the model's). Redraws, with another attempt, while it
// contradicts a fact; returns the number of attempts.
enum { TWIN_MAX_ATTEMPTS = 200 };  // then the last one stands, and is counted as unmatched
int32_t twin_scenario_run(twin_state *s, twin_mode mode, uint64_t seed, uint32_t scenario, int removed, int32_t n_months);

// Steps of the month, in this order; each reads the state and writes its own part.
void twin_step_markets(twin_state *s);
void twin_step_decide(twin_state *s);
void twin_step_build(twin_state *s);
void twin_step_capacity(twin_state *s);
void twin_step_energy(twin_state *s);
void twin_step_work(twin_state *s);     // operations and work
void twin_step_accrue(twin_state *s);
void twin_step_clear(twin_state *s);
void twin_step_observe(twin_state *s);
void twin_step_delays(twin_state *s);   // after the last month

// GPU-hours lost for want of power.
static inline double twin_lost_gpu_h(const power_month_out *e) { return e->throttled_gpu_h + e->paused_gpu_h + e->shed_gpu_h; }

static inline twin_loan_now *twin_loan_of(const twin_state *s, int32_t deal, int32_t campus) {
  return &s->loan[(size_t)deal * (size_t)s->m->n[CLASS_CAMPUS] + (size_t)campus];
}

bool   twin_demand_allows(const twin_state *s, int32_t campus);        // demand is high enough to begin something new there
double twin_deal_firm_usd(const twin_state *s, int32_t deal);        // equity that will be paid when called, in all
double twin_loan_prospect_usd(const twin_state *s, int32_t campus);  // what a close of this campus would add to loans
void   twin_loan_close(twin_state *s, int32_t campus);               // opens or widens loans when the campus has closed

double twin_party_npv_usd(const twin_state *s, int32_t party);
void twin_perimeter_lines(twin_state *s);  // fills `leaves`
bool twin_perimeter_holds(const twin_state *s, int32_t perimeter, int32_t campus);

// ---- Trace: why each month went as it did ----
typedef struct twin_trace { text_buffer text; int32_t last_month; } twin_trace;
void twin_note(twin_state *s, const char *format, ...) __attribute__((format(printf, 2, 3)));

#endif
