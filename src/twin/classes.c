#include "classes.h"

#include <math.h>

#include "../build/activity.h"
#include "../capital/party.h"
#include "../compute/compute.h"
#include "../operations/operations.h"
#include "../power/power.h"
#include "../revenue/revenue.h"
#include "../training/training.h"

#define ASSUMED(anchor) "assumption, see docs/assumptions.md#" anchor

// clang-format off
static const field_row top_fields[] = {
  ROW_TEXT(twin_top, programme, "programme", NULL, "Name of the programme."),
  ROW_DATE_END(twin_top, as_of_day, "as_of", NULL, "Last day of what was known when the file was written; nothing later may be used."),
  ROW_DATE(twin_top, start_day, "start", "", "First month of the report; default: the month of as_of.", NULL),
  ROW_NUMBER(twin_top, horizon_day, "horizon", "day", "10 years", 28, 18263, "Length of the report, up to 50 years.", ASSUMED("horizon")),
  { "about", FIELD_TEXT, NULL, FIELD_AT(twin_top, about, int32_t), "", 0, 0, "list of words", "Tags of what the file is about; base rates that tell of them are refused.", NULL },
  ROW_REF(twin_top, owner, "owner", "party", "", "Party that builds, owns and borrows where a campus names none."),
  ROW_REF(twin_top, operator_, "operator", "party", "", "Party that runs the machines and sells services where a campus names none; default: the owner."),
  ROW_NUMBER(twin_top, contingency_frac, "contingency", "frac", "10 %", 0, 1, "Share added to each budget for interest, standing costs and surprises.", ASSUMED("contingency")),
  ROW_REFS(twin_top, parties_inside, "inside", "party", "", "Parties whose money is the programme's; default: all that the file names and that are not outside parties."),
};

static const field_row campus_fields[] = {
  ROW_COUNT(twin_campus, copy, "copy", "", 0, 1000, "Number of this copy, set by `count`."),
  ROW_REF(twin_campus, like, "like", "campus", "", "Campus that this one repeats; its dates move with the start of works."),
  ROW_DATE(twin_campus, works_start_day, "works_start", "", "First site work; may lie before as_of.", NULL),
  ROW_DATE(twin_campus, first_day, "first", "", "First site work of the first of `count` copies.", NULL),
  ROW_NUMBER(twin_campus, every_day, "every", "day", "12 months", 0, 36524, "Time between the starts of two copies.", ASSUMED("copies")),
  ROW_CHILDREN(twin_campus, buildings, "buildings", "buildings", "Groups of equal buildings, or one group alone."),
  ROW_CHILDREN(twin_campus, grid, "grid", "grid", "Steps of the utility connection, each a total; none: no limit."),
  ROW_CHILDREN(twin_campus, generation, "generation", "generation", "On-site generation."),
  ROW_CHILDREN(twin_campus, storage, "storage", "storage", "Batteries on site."),
  ROW_REF(twin_campus, weather, "weather", "weather", "abilene_tx", "Weather station."),
  ROW_REF(twin_campus, cooling, "cooling", "cooling", "dry-cooler-liquid", "Cooling design."),
  ROW_REF(twin_campus, racks, "racks", "rack", "GB200-NVL72", "Generation of racks."),
  ROW_REF(twin_campus, tariff, "tariff", "tariff", "wholesale-index", "What energy, demand and gas cost."),
  ROW_NUMBER(twin_campus, facility_frac, "facility_to_it", "frac", "1.2 to 1.5", 1, 3, "Peak facility power over IT power: sizes the plant and the grid connection.", "Uptime Institute, Global Data Center Survey 2024 (average PUE 1.56); new AI designs below it: " ASSUMED("facility-ratio")),
  ROW_NUMBER(twin_campus, permit_mw, "permit", "MW", "", 0, HUGE_VAL, "On-site generation that permits allow; default: all that stands there.", NULL),
  ROW_NUMBER(twin_campus, nonfirm_frac, "on_nonfirm", "frac", "0", 0, 1, "Share of the load that may stand on supply that is not firm: the part of the grid's limit that may be withheld, the unit on site that may fail.", ASSUMED("grid")),
  ROW_NUMBER(twin_campus, permit_t_yr, "permit_co2", "t/yr", "", 0, HUGE_VAL, "Carbon dioxide that on-site generation may emit in any twelve months, spread evenly; default: no limit.", NULL),
  ROW_NUMBER(twin_campus, lost_load_usd_per_mwh, "lost_load", "USD/MWh", "", 0, HUGE_VAL, "What a MWh not served costs, for `stargate power`: load is shed where serving it is dearer; default: all that can be served is.", NULL),
  ROW_NUMBER(twin_campus, step_mw, "load_step", "MW", "", 0, HUGE_VAL, "Change of load within seconds that the grid's operator allows at the meter; default: not stated.", NULL),
  ROW_NUMBER(twin_campus, capital_frac_yr, "cost_of_capital", "frac/yr", "8 %/yr", 0, 1, "Rate at which `stargate power` recovers the cost of on-site supply over its life.", ASSUMED("cost-of-capital")),
  ROW_NUMBER(twin_campus, cost_frac, "cost_overrun", "frac", "building-cost-overrun", 0.2, 20, "Construction cost at tender over the estimate of the catalogue.", "Flyvbjerg & Gardner, How Big Things Get Done, 2023, appendix A"),
  ROW_NUMBER(twin_campus, rework_frac, "pace", "frac", "100 %", 0.1, 10, "Durations at this campus over those of the catalogue.", ASSUMED("pace")),
  ROW_COUNT(twin_campus, crews, "crews", "", 1, 1000, "Crews of each trade on site: so many buildings go through a trade at once; default: as the trade says."),
  ROW_REF(twin_campus, owner, "owner", "party", "", "Party that owns and builds; default: the programme's owner."),
  ROW_REF(twin_campus, operator_, "operator", "party", "", "Party that runs the machines; default: the programme's operator."),
  ROW_REF(twin_campus, buyer, "buyer", "party", "", "Party that buys the racks; default: the owner."),
  ROW_REF(twin_campus, otherwise, "otherwise", "party", "", "Party that contracts bilaterally when the others do not agree."),
  ROW_REFS(twin_campus, consent, "consent", "party", "", "Parties that must agree on the site."),
  ROW_NUMBER(twin_campus, min_demand_frac, "needs_demand", "frac", "60 %", 0, 10, "Demand, over that of the first month, below which no new building begins.", ASSUMED("needs-demand")),
  ROW_NUMBER(twin_campus, opex_usd_per_mw_yr, "opex", "USD/MW-yr", "campus-opex", 0, HUGE_VAL, "Staff, maintenance, insurance and property tax per MW of IT and year, without energy.", ASSUMED("opex")),
  ROW_NUMBER(twin_campus, jobs_build_per_mw, "jobs_build", "job/MW", "construction-jobs", 0, HUGE_VAL, "Workers on site per MW of facility under construction.", ASSUMED("jobs")),
  ROW_NUMBER(twin_campus, jobs_run_per_mw, "jobs_run", "job/MW", "permanent-jobs", 0, HUGE_VAL, "Permanent jobs per MW of facility in operation.", ASSUMED("jobs")),
  ROW_NUMBER(twin_campus, outage_frac, "outage", "frac", "0 %", 0, 1, "Share of the capacity that an event keeps down; shocks set it.", "none unless a shock says so"),
  ROW_NUMBER(twin_campus, long_stop_day, "long_stop", "day", "6 years", 30, 36524, "A building that has not begun so long after its planned start is given up.", ASSUMED("long-stop")),
  ROW_NUMBER(twin_campus, cancel_frac, "cancellation", "frac", "5 %", 0, 1, "Share of its budget paid when a building is given up after orders were placed.", ASSUMED("long-stop")),
  ROW_NUMBER(twin_campus, restart_frac, "restart", "frac", "1 %", 0, 1, "Share of its budget paid when paused works begin again.", ASSUMED("long-stop")),
  ROW_FLAG(twin_campus, renews, "renews", "yes", "Racks at the end of their life are replaced by new ones of the same kind, while demand carries it."),
  ROW_NUMBER(twin_campus, hold_flag, "dispute", "frac", "0", 0, 1, "Above 0: the site is in dispute and nothing new begins; shocks set it.", "none unless a shock says so"),
};

static const field_row buildings_fields[] = {
  ROW_COUNT(twin_buildings, count, "count", "1", 1, 1000, "How many."),
  ROW_REF(twin_buildings, type, "type", "building_type", "hyperscale-liquid", "Building type of the catalogue: its network of activities and costs."),
  ROW_NUMBER(twin_buildings, it_mw, "it", "MW", "", 0.01, 10000, "Design IT load of each building; or give `facility`.", NULL),
  ROW_NUMBER(twin_buildings, facility_mw, "facility", "MW", "", 0.01, 20000, "Design peak of each building at the meter; IT is that over `facility_to_it`.", NULL),
  ROW_DATE(twin_buildings, from_day, "from", "", "Not begun before; default: with the campus.", NULL),
};

static const field_row gate_fields[] = {
  ROW_REF(twin_gate, kind, "kind", "gate_kind", NULL, "What has to be decided: site, permit, offtake, close, go."),
  ROW_REFS(twin_gate, campuses, "campuses", "campus", "", "Campuses that it holds for; default: all."),
  ROW_REFS(twin_gate, deciders, "deciders", "party", "", "Parties that must agree."),
  ROW_NUMBER(twin_gate, takes_day, "takes", "day", "", 0, 36524, "Time that each decider takes in a round; default: as the kind says.", NULL),
  ROW_NUMBER(twin_gate, disagrees_frac, "disagrees", "frac", "", 0, 1, "Odds that a pair of deciders disagrees in a round; default: as the kind says.", NULL),
  ROW_COUNT(twin_gate, rounds, "rounds", "", 1, 100, "Rounds after which a party contracts bilaterally; default: as the kind says."),
};

static const field_row perimeter_fields[] = {
  ROW_REFS(twin_perimeter, parties, "parties", "party", "", "Parties whose money counts."),
  ROW_REFS(twin_perimeter, campuses, "campuses", "campus", "", "Campuses whose megawatts count; default: all."),
};

static const field_row market_fields[] = {
  ROW_NUMBER(twin_market, level, "level", "frac", "1", 0, HUGE_VAL, "Level of the first month: 1 for an index that scales prices, a rate for interest.", NULL),
  ROW_NUMBER(twin_market, drift_frac_yr, "drift", "frac/yr", "0 %/yr", -1, 10, "Growth of the central path, logarithmic.", NULL),
  ROW_NUMBER(twin_market, volatility_frac_yr, "volatility", "frac", "0 %", 0, 5, "Standard deviation of a year's change, logarithmic.", NULL),
  ROW_NUMBER(twin_market, reversion_yr, "reversion", "1/yr", "0 1/yr", 0, 50, "Share of a deviation that goes back in a year; 0: a random walk.", NULL),
  ROW_NUMBER(twin_market, demand_frac, "demand", "frac", "0", -1, 1, "Correlation of its changes with those of demand.", NULL),
};

static const field_row shock_fields[] = {
  ROW_DATE(twin_shock, from_day, "from", "", "When it begins; a range is uncertain. Without it: by hazard.", NULL),
  ROW_NUMBER(twin_shock, hazard_yr, "hazard", "1/yr", "", 0, 100, "Events per year, each as long as `lasts`.", NULL),
  ROW_NUMBER(twin_shock, odds_frac, "odds", "frac", "100 %", 0, 1, "Odds that a dated shock happens at all.", "a shock without odds is certain"),
  ROW_NUMBER(twin_shock, lasts_day, "lasts", "day", "", 0, 36524, "How long; default: to the end.", NULL),
  ROW_CHILDREN(twin_shock, effects, "effects", "effect", "What it moves."),
};

static const field_row effect_fields[] = {
  ROW_TEXT(twin_effect, path, "path", NULL, "Input that it moves, as for --set; `*` stands for any one part."),
  ROW_NUMBER(twin_effect, factor, "factor", "frac", "", 0, HUGE_VAL, "Multiplies the input for as long as it lasts.", NULL),
  ROW_NUMBER(twin_effect, set, "set", "frac", "", -HUGE_VAL, HUGE_VAL, "Sets an input without unit or a fraction to this.", NULL),
};

static const field_row promise_fields[] = {
  ROW_TEXT(twin_promise, who, "who", "", "Who said it."),
  ROW_TEXT(twin_promise, says, "says", "", "What was said, in few words."),
  ROW_TEXT(twin_promise, metric, "metric", NULL, "Output metric that it is held against; `stargate explain metrics` lists them."),
  ROW_TEXT(twin_promise, at_least, "at_least", "", "Kept when the metric reaches this by the date; in the metric's unit."),
  ROW_TEXT(twin_promise, at_most, "at_most", "", "Kept when the metric is at most this at the date."),
  ROW_DATE_END(twin_promise, by_day, "by", "", "Last day; default: the end of the horizon."),
  ROW_DATE_END(twin_promise, made_day, "made", "", "When it was said; not later than as_of."),
  ROW_REF(twin_promise, perimeter, "perimeter", "perimeter", "", "Whose money and megawatts count; default: the programme's."),
  ROW_TEXT(twin_promise, also, "also", "", "Another metric by which the same words can be read; `check` shows both."),
  ROW_TEXT(twin_promise, source, "source", "", "Where it was said."),
};

static const field_row fact_fields[] = {
  ROW_TEXT(twin_fact, metric, "metric", NULL, "Output metric that was observed."),
  ROW_DATE_END(twin_fact, date_day, "date", NULL, "When; facts after as_of are refused."),
  ROW_TEXT(twin_fact, value, "value", NULL, "What was seen, in the metric's unit."),
  ROW_NUMBER(twin_fact, tolerance_frac, "tolerance", "frac", "10 %", 0, 10, "A scenario further off is drawn anew.", ASSUMED("facts")),
  ROW_TEXT(twin_fact, source, "source", "", "Who saw it."),
};

static const field_row share_fields[] = {
  { "share", FIELD_NUMBER, "frac", FIELD_AT(field_share, frac, double), "100 %", 0, 1, NULL, "Share of the whole.", NULL },
};

static const class_row top_class = { "programme", NULL, sizeof(twin_top), FIELD_TABLE(top_fields), CLASS_PLAIN, "The programme itself." };
static const class_row share_class = { "share", NULL, sizeof(field_share), FIELD_TABLE(share_fields), CLASS_PLAIN, "A share of something, by name." };
static const class_row campus_class = { "campus", "campuses", sizeof(twin_campus), FIELD_TABLE(campus_fields), CLASS_PLAIN, "A site with buildings, power, cooling and racks." };
static const class_row buildings_class = { "buildings", NULL, sizeof(twin_buildings), FIELD_TABLE(buildings_fields), CLASS_PLAIN, "Equal buildings of a campus." };
static const class_row gate_class = { "gate", "gates", sizeof(twin_gate), FIELD_TABLE(gate_fields), CLASS_PLAIN, "Something that must be decided by named parties before work goes on." };
static const class_row perimeter_class = { "perimeter", "perimeters", sizeof(twin_perimeter), FIELD_TABLE(perimeter_fields), CLASS_PLAIN, "A named set of parties and campuses: whose money and megawatts count." };
static const class_row market_class = { "market", "markets", sizeof(twin_market), FIELD_TABLE(market_fields), CLASS_STANDING, "A monthly path: demand, power, gas, interest, shares." };
static const class_row shock_class = { "shock", "shocks", sizeof(twin_shock), FIELD_TABLE(shock_fields), CLASS_PLAIN, "An event that moves inputs for a time." };
static const class_row effect_class = { "effect", NULL, sizeof(twin_effect), FIELD_TABLE(effect_fields), CLASS_PLAIN, "One input that a shock moves." };
static const class_row promise_class = { "promise", "promises", sizeof(twin_promise), FIELD_TABLE(promise_fields), CLASS_PLAIN, "Who said what: metric, threshold, date, source." };
static const class_row fact_class = { "fact", "facts", sizeof(twin_fact), FIELD_TABLE(fact_fields), CLASS_PLAIN, "What was observed by as_of; scenarios that contradict it are drawn anew." };
// clang-format on

const class_row *const twin_class_rows[CLASS_COUNT] = {
  [CLASS_TOP] = &top_class, [CLASS_SHARE] = &share_class, [CLASS_PARTY] = &capital_classes[CAPITAL_CLASS_PARTY],
  [CLASS_ASSET] = &capital_classes[CAPITAL_CLASS_ASSET], [CLASS_CONTRACT] = &capital_classes[CAPITAL_CLASS_CONTRACT],
  [CLASS_CONTRACT_TYPE] = &capital_classes[CAPITAL_CLASS_CONTRACT_TYPE], [CLASS_GATE_KIND] = &build_class_gate,
  [CLASS_GATE] = &gate_class, [CLASS_PERIMETER] = &perimeter_class, [CLASS_CAMPUS] = &campus_class,
  [CLASS_BUILDINGS] = &buildings_class, [CLASS_BUILDING_TYPE] = &build_class_type,
  [CLASS_ACTIVITY] = &build_class_activity, [CLASS_CREW] = &build_class_crew, [CLASS_SUPPLY] = &build_class_supply, [CLASS_WEATHER] = &power_weather_class,
  [CLASS_WEATHER_MONTH] = &power_weather_month_class, [CLASS_COOLING] = &power_cooling_class,
  [CLASS_GRID] = &power_grid_class, [CLASS_PLANT] = &power_plant_class, [CLASS_GENERATION] = &power_generation_class,
  [CLASS_TARIFF] = &power_tariff_class, [CLASS_ACCELERATOR] = &compute_accelerator_class,
  [CLASS_FABRIC] = &compute_fabric_class,
  [CLASS_RACK] = &compute_rack_class, [CLASS_MODEL] = &training_model_class, [CLASS_RUN] = &training_run_class,
  [CLASS_RELIABILITY] = &operations_reliability_class, [CLASS_SERVICE] = &revenue_service_class,
  [CLASS_RENT] = &revenue_rent_class, [CLASS_MARKET] = &market_class, [CLASS_SHOCK] = &shock_class,
  [CLASS_EFFECT] = &effect_class, [CLASS_PROMISE] = &promise_class, [CLASS_FACT] = &fact_class,
  [CLASS_BATTERY] = &power_battery_class, [CLASS_STORAGE] = &power_storage_class,
};
