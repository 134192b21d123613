// Cooling: see cooling.h.
#include "cooling.h"

#include <math.h>

#include "../base/number.h"

// Heat that evaporates a kilogram of water at 20 degC is 2.454 MJ (ASHRAE Handbook Fundamentals 2017, ch. 1): 3.6 MJ of
// heat take 1.467 litres.
static const double litres_per_kwh = 3.6 / 2.454;

// Share of a tower's heat that leaves as vapour: a plane through the balance of enthalpy and vapour of air that leaves
// saturated at wet bulb + 9 K (water 4 to 14 K above it, counterflow), over the hours of six typical years: deviation 0.05, so
// a month's mean is good to 0.02 (cooling_test.c). Source of the balance: Merkel's assumption that the air leaves saturated,
// ASHRAE Handbook HVAC Systems and Equipment 2020, ch. 40.
static const double vapour_at_0 = 0.54, vapour_per_wet_degc = 0.0082, vapour_per_gap_degc = 0.033;

static const double least_lift_degc =
    5.0;  // a chiller's least difference of pressure; assumption, docs/assumptions.md#cooling
static const double least_speed = 0.2;  // slowest that fans run; assumption, docs/assumptions.md#cooling

// ---- One hour -----------------------------------------------------------------------------------------------

// A stream of heat and its way out.
typedef struct stream {
  double supply_degc, approach_degc, free_below_degc;  // sink up to which all of it leaves for nothing
  double lift_degc, per_evaporator_k;                  // of the chiller; 1 / evaporating temperature
} stream;

typedef struct plant {
  stream by[POWER_STREAMS];
  double rise_degc, per_rise;
  double wet_frac, wet_above_degc;  // of dry less wet bulb that the sink gains
  double tower, spray;              // litres per kWh of full vapour; the one or the other, 0 else
  double freeze_degc;
  double hot_above_degc, hot_fall;  // of the sink
  double machine;                   // 1: the sink counts, 0: POWER_SINK_NONE
} plant;

static double sink_degc(const plant *p, double dry_degc, double wet_degc) {
  return dry_degc - (dry_degc > p->wet_above_degc ? p->wet_frac : 0.0) * (dry_degc - wet_degc);
}

static plant plant_of(const power_cooling *c, const power_weather *site) {
  const double below_k = c->lift_degc / 3.0;  // a third of the chiller's own differences lies on the evaporator's side
  plant        p = {.rise_degc = c->rise_degc,
                    .per_rise = 1.0 / c->rise_degc,
                    .wet_above_degc = HUGE_VAL,
                    .freeze_degc = c->freeze_degc,
                    .hot_fall = c->heat_fall_frac_per_degc,
                    .machine = c->sink == POWER_SINK_NONE ? 0.0 : 1.0};
  if (c->sink == POWER_SINK_TOWER) {
    p.wet_frac = 1.0;
    p.wet_above_degc = -HUGE_VAL;
    p.tower = litres_per_kwh;
  } else if (c->sink == POWER_SINK_SPRAY) {
    p.wet_frac = c->spray_frac;
    p.wet_above_degc = number_most(c->evaporates_above_degc, c->freeze_degc);
    p.spray = litres_per_kwh;
  }
  const double supply[POWER_STREAMS] = {c->supply_degc, c->air_supply_degc};
  const double approach[POWER_STREAMS] = {c->approach_degc, c->air_approach_degc};
  for (int s = 0; s < POWER_STREAMS; s++) {
    p.by[s] = (stream){.supply_degc = supply[s],
                       .approach_degc = approach[s],
                       .free_below_degc = supply[s] - approach[s],
                       .lift_degc = c->lift_degc + approach[s] - c->approach_degc,
                       .per_evaporator_k = 1.0 / (supply[s] - below_k + 273.15)};
  }
  p.hot_above_degc =
      site ? sink_degc(&p, site->design_dry_degc, site->design_wet_degc) + c->heat_margin_degc : HUGE_VAL;
  return p;
}

// Chiller work at carnot_frac 1 and speed of the fans for one stream.
//   share left to the chiller = (sink - free_below) / rise, kept to 0 .. 1 (economiser in series)
//   work = share x lift / evaporating temperature (Carnot), lift = sink - supply + the machine's own differences
//   speed = (approach + rise) / (supply + rise - sink): the colder the sink, the less of it
static inline void stream_hour(const stream *s, const plant *p, double sink, double *work, double *speed) {
  double left = (sink - s->free_below_degc) * p->per_rise;
  left = number_least(number_most(left, 0.0), 1.0);
  const double lift = number_most(sink - s->supply_degc + s->lift_degc, least_lift_degc);
  *work = p->machine * left * lift * s->per_evaporator_k;
  const double need = s->approach_degc + p->rise_degc;
  const double have = number_most(s->supply_degc + p->rise_degc - sink, need);
  *speed = p->machine * number_most(need / have, least_speed);
}

// Litres evaporated per kWh rejected. Towers: by the share that leaves as vapour. Spray: as much air as the fans move,
// cooled from dry bulb to the sink's temperature, per rise of that air: speed x (dry - sink) / rise.
static inline double water_hour(const plant *p, double dry, double sink, double speed) {
  const double line = vapour_at_0 + vapour_per_wet_degc * sink + vapour_per_gap_degc * (dry - sink);
  const double vapour = number_least(number_most(line, 0.2), 1.3);  // above 1 dry air is cooled as well
  return p->tower * vapour + p->spray * speed * (dry - sink) * p->per_rise;
}

static inline double cubed(double x) { return x * x * x; }

static inline double hot_hour(const plant *p, double sink) {
  return number_least(number_most((sink - p->hot_above_degc) * p->hot_fall, 0.0), 1.0);
}

// What is used inside, at a mean load x that swings over the day: energy, not power, over that of IT.
static double inside_frac(const power_cooling *c, double x, double square, double cube, double per_density_2) {
  const double moving = 0.3 + 0.7 * x * x * cube, losses = 0.25 / x + 0.35 + 0.4 * x * square;
  return (c->base_pue_frac - 1.0) * (c->moving_frac * moving * per_density_2 + (1.0 - c->moving_frac) * losses);
}

static double per_carnot(const power_cooling *c) { return c->carnot_frac > 0.0 ? 1.0 / c->carnot_frac : 0.0; }
static double make_up(const power_cooling *c) { return c->cycles > 1.0 ? c->cycles / (c->cycles - 1.0) : 1.0; }
static double kept_load(double x) { return number_least(number_most(x, 0.01), 1.0); }

// Thin air counts where heat rejection is looked at; else base_pue is all there is.
static double density_of(const power_cooling *c, double elevation_m) {
  return c->sink == POWER_SINK_NONE ? 1.0 : power_density_frac(elevation_m);
}

void power_cooling_hours(const power_cooling *cooling, const power_weather *site, const double *dry_degc,
                         const double *wet_degc, const double *it_mw, double design_mw, int32_t n, double *pue_frac,
                         double *water_l_per_kwh, double *limit_frac) {
  const plant  p = plant_of(cooling, site);
  const double d = density_of(cooling, site->elevation_m), per_d2 = 1.0 / (d * d);
  const double base = cooling->base_pue_frac - 1.0, moving = base * cooling->moving_frac * per_d2;
  const double losses = base - base * cooling->moving_frac;
  const double share[POWER_STREAMS] = {cooling->liquid_frac, 1.0 - cooling->liquid_frac};
  const double quality = per_carnot(cooling), reject = cooling->reject_frac * per_d2, per_design = 1.0 / design_mw;
  const double taken = make_up(cooling);
  for (int32_t t = 0; t < n; t++) {
    const double x = number_least(number_most(it_mw[t] * per_design, 0.01), 1.0);
    const double per_x = 1.0 / x, sink = sink_degc(&p, dry_degc[t], wet_degc[t]);
    double       work[POWER_STREAMS], speed[POWER_STREAMS];
    stream_hour(&p.by[0], &p, sink, &work[0], &speed[0]);
    stream_hour(&p.by[1], &p, sink, &work[1], &speed[1]);
    const double w0 = work[0] * quality, w1 = work[1] * quality;
    pue_frac[t] = 1.0 + moving * (0.3 + 0.7 * x * x) + losses * (0.25 * per_x + 0.35 + 0.4 * x) +
                  share[0] * (w0 + reject * cubed(speed[0]) * (1.0 + w0)) +
                  share[1] * (w1 + reject * cubed(speed[1]) * (1.0 + w1)) +
                  (dry_degc[t] < p.freeze_degc ? cooling->freeze_frac * per_x : 0.0);
    if (water_l_per_kwh)
      water_l_per_kwh[t] = taken * (share[0] * (1.0 + w0) * water_hour(&p, dry_degc[t], sink, speed[0]) +
                                    share[1] * (1.0 + w1) * water_hour(&p, dry_degc[t], sink, speed[1]));
    if (limit_frac) limit_frac[t] = 1.0 - hot_hour(&p, sink);
  }
}

// ---- Tables -------------------------------------------------------------------------------------------------

static void add_hour(const plant *p, double dry, double wet, double weight, power_cooling_month *out) {
  const double sink = sink_degc(p, dry, wet);
  for (int s = 0; s < POWER_STREAMS; s++) {
    power_stream_month *to = &out->stream[s];
    double              work, speed;
    stream_hour(&p->by[s], p, sink, &work, &speed);
    const double water = water_hour(p, dry, sink, speed);
    to->lift += weight * work;
    to->speed += weight * cubed(speed);
    to->speed_lift += weight * cubed(speed) * work;
    to->water += weight * water;
    to->water_lift += weight * water * work;
  }
  out->freezing_frac += dry < p->freeze_degc;
}

// by: one over the sum of weights; by_hour: one over the hours, for what goes by time.
static void scale_month(double by, double by_hour, power_cooling_month *m) {
  for (int s = 0; s < POWER_STREAMS; s++) {
    power_stream_month *to = &m->stream[s];
    *to = (power_stream_month){to->lift * by, to->speed * by, to->speed_lift * by, to->water * by, to->water_lift * by};
  }
  m->freezing_frac *= by_hour;
}

void power_cooling_table_fill(const power_cooling *cooling, const power_weather *site, const power_hours *hours,
                              const double *day_load, power_cooling_table *out) {
  const plant p = plant_of(cooling, site);
  double      shape[24], mean = 0.0, count[POWER_MONTHS] = {0.0}, weight[POWER_MONTHS] = {0.0};
  *out = (power_cooling_table){.density_frac = density_of(cooling, site->elevation_m)};
  for (int h = 0; h < 24; h++) mean += (shape[h] = day_load && hours->clock ? day_load[h] : 1.0) / 24.0;
  for (int h = 0; h < 24; h++) {
    shape[h] /= mean;
    out->square += shape[h] * shape[h] / 24.0;
    out->cube += shape[h] * shape[h] * shape[h] / 24.0;
  }
  for (int32_t i = 0, h = 0; i < hours->n; i++, h = h == 23 ? 0 : h + 1) {
    const int32_t m = hours->month[i];
    count[m] += 1.0;
    weight[m] += shape[h];
    add_hour(&p, hours->dry_degc[i], hours->wet_degc[i], shape[h], &out->month[m]);
  }
  for (int32_t m = 0; m < POWER_MONTHS; m++)
    if (count[m] > 0.0) scale_month(1.0 / weight[m], 1.0 / count[m], &out->month[m]);
}

int power_cooling_table_differs(const power_cooling *a, const power_cooling *b) {
  return a->sink != b->sink || a->supply_degc != b->supply_degc || a->approach_degc != b->approach_degc ||
         a->air_supply_degc != b->air_supply_degc || a->air_approach_degc != b->air_approach_degc ||
         a->rise_degc != b->rise_degc || a->lift_degc != b->lift_degc || a->spray_frac != b->spray_frac ||
         a->evaporates_above_degc != b->evaporates_above_degc || a->freeze_degc != b->freeze_degc;
}

static double month_pue(const power_cooling *c, const power_cooling_table *t, const power_cooling_month *m,
                        double load_frac) {
  const double x = kept_load(load_frac), per_d2 = 1.0 / (t->density_frac * t->density_frac), quality = per_carnot(c);
  const double share[POWER_STREAMS] = {c->liquid_frac, 1.0 - c->liquid_frac};
  double       pue = 1.0 + inside_frac(c, x, t->square, t->cube, per_d2) + c->freeze_frac * m->freezing_frac / x;
  for (int s = 0; s < POWER_STREAMS; s++) {
    const power_stream_month *by = &m->stream[s];
    pue += share[s] * (by->lift * quality + c->reject_frac * per_d2 * (by->speed + by->speed_lift * quality));
  }
  return pue > 1.0 ? pue : 1.0;
}

static double month_wue(const power_cooling *c, const power_cooling_month *m) {
  const power_stream_month *l = &m->stream[POWER_BY_LIQUID], *a = &m->stream[POWER_BY_AIR];
  const double              quality = per_carnot(c);
  return make_up(c) * (c->liquid_frac * (l->water + l->water_lift * quality) +
                       (1.0 - c->liquid_frac) * (a->water + a->water_lift * quality));
}

double power_table_pue(const power_cooling *cooling, const power_cooling_table *table, int32_t month,
                       double load_frac) {
  return month_pue(cooling, table, &table->month[month], load_frac);
}

double power_table_wue_l_per_kwh(const power_cooling *cooling, const power_cooling_table *table, int32_t month) {
  return month_wue(cooling, &table->month[month]);
}

double power_design_day_pue(const power_cooling *cooling, const power_weather *site) {
  const double at[] = {1.0};
  double       pue;
  power_cooling_hours(cooling, site, &site->design_dry_degc, &site->design_wet_degc, at, 1.0, 1, &pue, NULL, NULL);
  return pue;
}

// Midpoints of 24 slices of a normal distribution; mean and deviation of the set are those of the whole to 1.5 %.
// Source: quantiles of the standard normal at (k + 1/2) / 24, k = 12 .. 23.
static const double normal_slice[12] = {0.0522451804, 0.1573106846, 0.2641469768, 0.3740954102,
                                        0.4887764111, 0.6102946102, 0.7415940439, 0.8871465590,
                                        1.0544724518, 1.2581615611, 1.5341205444, 2.0368341317};

static void month_of_normal(const power_cooling *c, const power_weather_month *month, power_cooling_month *out) {
  const plant p = plant_of(c, NULL);
  *out = (power_cooling_month){.freezing_frac = 0.0};
  for (int k = 0; k < 24; k++) {
    const double z = k < 12 ? -normal_slice[11 - k] : normal_slice[k - 12];
    const double dry = month->dry_mean_degc + z * month->dry_sd_degc;
    const double wet = month->wet_mean_degc + z * month->wet_sd_degc;
    add_hour(&p, dry, number_least(wet, dry), 1.0, out);
  }
  scale_month(1.0 / 24.0, 1.0 / 24.0, out);
}

double power_pue(const power_cooling *cooling, const power_weather_month *month, double elevation_m) {
  const power_cooling_table flat = {.density_frac = density_of(cooling, elevation_m), .square = 1.0, .cube = 1.0};
  power_cooling_month       m;
  month_of_normal(cooling, month, &m);
  return month_pue(cooling, &flat, &m, 1.0);
}

double power_wue_l_per_kwh(const power_cooling *cooling, const power_weather_month *month) {
  power_cooling_month m;
  month_of_normal(cooling, month, &m);
  return month_wue(cooling, &m);
}

// ---- Field table --------------------------------------------------------------------------------------------

#define ASSUMED "assumption, see docs/assumptions.md#cooling"

// clang-format off
#define S power_cooling
static const field_row cooling_rows[] = {
  ROW_NUMBER(S, base_pue_frac, "base_pue", "x", NULL, 1, HUGE_VAL, "Facility over IT power at design load while all cooling is free: electrical losses, pumps, fans, lighting.", NULL),
  ROW_NUMBER(S, moving_frac, "moving", "frac", "35 %", 0, 1, "Share of base_pue - 1 that moves air and water inside; the rest is electrical.", ASSUMED),
  ROW_CHOICE(S, sink, "sink", "none|dry|tower|spray", "none", "Where heat goes: not looked at, dry air, an open tower, air that is wetted when warm."),
  ROW_NUMBER(S, liquid_frac, "liquid_share", "frac", "0", 0, 1, "Share of the IT heat that liquid carries off.", ASSUMED),
  ROW_NUMBER(S, supply_degc, "supply", "degC", "30 degC", 5, 60, "Temperature of the liquid supplied to the racks.", "ASHRAE TC 9.9 liquid cooling class W32, Thermal Guidelines 5th ed. 2021, rounded down"),
  ROW_NUMBER(S, approach_degc, "approach", "degC", "8 degC", 0, 30, "Liquid supply less the sink's temperature at which free cooling just suffices.", ASSUMED),
  ROW_NUMBER(S, air_supply_degc, "air_supply", "degC", "25 degC", 10, 45, "Temperature of the air supplied to the racks.", "ASHRAE TC 9.9, Thermal Guidelines 5th ed. 2021: 18 to 27 degC recommended"),
  ROW_NUMBER(S, air_approach_degc, "air_approach", "degC", "12 degC", 0, 30, "Air supply less the sink's temperature at which free cooling just suffices.", ASSUMED),
  ROW_NUMBER(S, rise_degc, "rise", "degC", "10 degC", 2, 40, "Warming of liquid, air and sink on their way through.", ASSUMED),
  ROW_NUMBER(S, lift_degc, "lift", "degC", "15 degC", 0, 60, "Condensing temperature over the sink plus evaporating temperature under the liquid supply.", ASSUMED),
  ROW_NUMBER(S, carnot_frac, "carnot", "frac", "55 %", 0.05, 1, "Share of the Carnot coefficient of performance that chillers reach.", "ASHRAE 90.1-2019 table 6.8.1-3, air-cooled chillers at 35 degC: EER 10.1 is 50 %, 30 % better 65 %"),
  ROW_NUMBER(S, reject_frac, "reject", "frac", "2 %", 0, 0.5, "Fans of heat rejection at full speed per unit of heat, at sea level.", ASSUMED),
  ROW_NUMBER(S, spray_frac, "spray", "frac", "85 %", 0, 1, "Share of dry less wet bulb that wetted media recover.", "ASHRAE Handbook HVAC Systems and Equipment 2020, ch. 41: 85 to 95 % for rigid media"),
  ROW_NUMBER(S, evaporates_above_degc, "evaporates_above", "degC", "22 degC", -60, 60, "Dry bulb above which air is wetted; towers always are.", ASSUMED),
  ROW_NUMBER(S, cycles, "cycles", "x", "4 x", 1.1, 50, "Cycles of concentration: water taken is cycles / (cycles - 1) of what evaporates.", ASSUMED),
  ROW_NUMBER(S, freeze_degc, "freeze", "degC", "-5 degC", -60, 10, "Dry bulb below which basins and pipes are heated and nothing is sprayed.", ASSUMED),
  ROW_NUMBER(S, freeze_frac, "freeze_power", "frac", "0", 0, 0.2, "Power of that heating as a share of the design IT load.", ASSUMED),
  ROW_NUMBER(S, heat_margin_degc, "heat_margin", "degC", "3 degC", 0, 30, "The plant carries full heat up to so much above the site's design temperature.", ASSUMED),
  ROW_NUMBER(S, heat_fall_frac_per_degc, "heat_fall", "frac", "4 %", 0, 1, "Share of the full heat lost per degree beyond.", ASSUMED),
};
const class_row power_cooling_class = { "cooling", "coolings", sizeof(S), FIELD_TABLE(cooling_rows), CLASS_CATALOGUE,
  "A cooling design." };
#undef S
// clang-format on
