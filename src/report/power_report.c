// Power for people: the campus, its year, its months, who supplies, what is paid, the hours that stand out.
#include "power_report.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"

enum { WIDE = 76 };  // columns that the table of months needs with its last two

static const char *const month_names[POWER_MONTHS] = {"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                      "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

// ---- Phrases ----------------------------------------------------------------------------------------------

// A number with so many decimals, in every locale with a point.
static void fixed(double value, int decimals, char out[PHRASE]) {
  static const long long scale[] = {1, 10, 100, 1000, 10000};
  const long long        parts = llround(fabs(value) * (double)scale[decimals]);
  const char            *sign = value < 0 && parts ? "-" : "";
  if (decimals == 0) (void)snprintf(out, PHRASE, "%s%lld", sign, parts);
  else (void)snprintf(out, PHRASE, "%s%lld.%0*lld", sign, parts / scale[decimals], decimals, parts % scale[decimals]);
}

static void percent(double part, double of, char out[PHRASE]) {
  char number[PHRASE];
  fixed(of > 0 ? 100 * part / of : 0, 1, number);
  (void)snprintf(out, PHRASE, "%.40s %%", number);
}

static void pair(const page *p, const char *what, const char *value, const char *note) {
  page_gap(p, 2);
  page_cell(p, what, 18, false, LOOK_PLAIN);
  page_cell(p, value, 16, true, LOOK_PLAIN);
  page_gap(p, 2);
  page_cell(p, note, p->width - 38, false, LOOK_DIM);
  page_end(p);
}

static void quantity(const page *p, const char *what, double value, const char *unit, const char *note) {
  char text[PHRASE];
  text_quantity(value, unit, text, sizeof text);
  pair(p, what, text, note);
}

// ---- Head and year ----------------------------------------------------------------------------------------

static void head(const page *p, const twin_power_study *s) {
  char when[8], it[PHRASE], peak[PHRASE], load[PHRASE];
  calendar_month_text(s->state_month, when);
  text_quantity(s->design_it_mw, "MW", it, sizeof it);
  text_quantity(s->design_peak_mw, "MW", peak, sizeof peak);
  percent(s->load_frac, 1, load);
  page_wrapf(p, 0, LOOK_BOLD, "%s: a year by hour as it stands in %s by plan", s->campus, when);
  page_wrapf(
      p, 2, LOOK_PLAIN,
      "Racks for %s of IT, that train at %s of it day and night; %s at the meter on the design day. Cooling: %s.", it,
      load, peak, s->cooling);
  if (s->city)
    page_wrapf(p, 2, LOOK_PLAIN, "Weather: %s in %d, moved month by month to the means of %s.", s->city, s->price_year,
               s->weather);
  else
    page_wrapf(p, 2, LOOK_PLAIN,
               s->clock ? "Weather: typical year of %s." : "Weather: months of %s, their hours in order of warmth.",
               s->weather);
  if (s->drawn)
    page_wrapf(
        p, 2, LOOK_PLAIN,
        "Tariff: %s at the plan's price of %d, that moves from hour to hour as drawn from the hours of %s 2020 to 2024 "
        "(seed %llu).",
        s->tariff, s->year, s->market, (unsigned long long)s->price_seed);
  else if (s->market)
    page_wrapf(
        p, 2, LOOK_PLAIN,
        "Tariff: %s at the plan's price of %d, that moves from hour to hour as the hub price of %s did in %d (%s).",
        s->tariff, s->year, s->market, s->price_year, s->city ? "the same hours" : "other weather than this year's");
  else page_wrapf(p, 2, LOOK_PLAIN, "Tariff: %s at the plan's price of %d, one for each month.", s->tariff, s->year);
}

static void year(const page *p, const twin_power_study *s) {
  const twin_power_sum *y = &s->sum[POWER_STUDY_WHOLE];
  char                  value[PHRASE], note[120], number[PHRASE];
  page_title(p, "Load, cooling, water, carbon");
  quantity(p, "IT energy", y->it_mwh, "MWh", "wanted by the racks");
  quantity(p, "facility energy", y->facility_mwh, "MWh", "at the meter");
  percent(y->facility_mwh / y->hours_h, y->peak_mw, number);
  (void)snprintf(note, sizeof note, "largest hour; the mean is %.20s of it", number);
  quantity(p, "facility peak", y->peak_mw, "MW", note);
  fixed(y->pue_frac, 4, value);
  fixed(y->table_pue_frac, 4, number);
  (void)snprintf(note, sizeof note, "of all hours; %.20s by the monthly table", number);
  pair(p, "PUE", value, note);
  fixed(y->wue_l_per_kwh, 3, number);
  (void)snprintf(value, sizeof value, "%.20s L/kWh", number);
  quantity(p, "water", y->water_m3, "m3", "");
  pair(p, "WUE", value, "of IT energy supplied");
  quantity(p, "carbon dioxide", y->co2_t, "t", "grid at its mean rate, units at theirs");
  if (y->throttled_mwh > 0) quantity(p, "too hot", y->throttled_mwh, "MWh", "of IT energy that cooling cannot carry");
}

// ---- Sources ----------------------------------------------------------------------------------------------

static void source(const page *p, const char *name, double mw, double mwh, double of_mwh, double usd, double co2_t) {
  char cell[5][PHRASE];
  if (isnan(mw)) (void)snprintf(cell[0], PHRASE, "no limit");
  else fixed(mw, 1, cell[0]);
  fixed(mwh * 1e-3, 1, cell[1]);
  percent(mwh, of_mwh, cell[2]);
  if (isnan(usd)) (void)snprintf(cell[3], PHRASE, "-");
  else fixed(mwh > 0 ? usd / mwh : 0, 2, cell[3]);
  fixed(co2_t * 1e-3, 2, cell[4]);
  page_gap(p, 2);
  page_cell(p, name, p->width - 2 - 10 - 11 - 9 - 10 - 8, false, LOOK_PLAIN);
  page_cell(p, cell[0], 10, true, LOOK_PLAIN);
  page_cell(p, cell[1], 11, true, LOOK_PLAIN);
  page_cell(p, cell[2], 9, true, LOOK_PLAIN);
  page_cell(p, cell[3], 10, true, LOOK_PLAIN);
  page_cell(p, cell[4], 8, true, LOOK_PLAIN);
  page_end(p);
}

static void sources(const page *p, const twin_power_study *s) {
  static const struct {
    const char *word;
    int         width;
  } heads[] = {
      {"MW",      10},
      {"GWh",     11},
      {"share",   9 },
      {"USD/MWh", 10},
      {"kt CO2",  8 },
  };
  const twin_power_sum *y = &s->sum[POWER_STUDY_WHOLE];
  double                grid_co2_t = y->co2_t;
  page_title(p, "Who supplies it, the cheapest of each hour first");
  page_gap(p, p->width - 48);
  for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++)
    page_cell(p, heads[i].word, heads[i].width, true, LOOK_DIM);
  page_end(p);
  for (int32_t i = 0; i < s->n_unit; i++) grid_co2_t -= s->unit[i].co2_t;
  source(p, "grid", s->grid_limit_mw, y->grid_mwh, y->facility_mwh, y->energy_usd + y->demand_usd, fmax(0, grid_co2_t));
  for (int32_t i = 0; i < s->n_unit; i++) {
    const twin_power_unit *u = &s->unit[i];
    source(p, u->name, u->mean_mw, u->mwh, y->facility_mwh, u->fuel_usd + u->om_usd, u->co2_t);
  }
  if (s->battery.mw > 0) {
    source(p, "batteries", s->battery.mw, y->discharge_mwh, y->facility_mwh,
           y->discharge_mwh * s->battery.usd_per_mwh_out, 0);
    source(p, "charging them", s->battery.mw, -y->charge_mwh, y->facility_mwh, (double)NAN, 0);
  }
  source(p, "not supplied", s->sum[POWER_STUDY_WHOLE].curtailed_mwh > 0 ? s->curtailed_mw[s->shortest.hour[0]] : 0,
         y->curtailed_mwh, y->facility_mwh, (double)NAN, 0);
  page_wrap(
      p, 2, LOOK_DIM,
      "MW: limit of the grid, what can be expected of units, largest shortage. USD/MWh: grid with its demand charge.");
}

// ---- Bill -------------------------------------------------------------------------------------------------

static void per_mwh(const page *p, const char *what, double usd, const twin_power_study *s) {
  const double supplied = s->sum[POWER_STUDY_WHOLE].facility_mwh - s->sum[POWER_STUDY_WHOLE].curtailed_mwh;
  char         number[PHRASE], value[PHRASE];
  fixed(supplied > 0 ? usd / supplied : 0, 2, number);
  (void)snprintf(value, sizeof value, "%.20s USD/MWh", number);
  pair(p, what, value, "");
}

static void bill(const page *p, const twin_power_study *s) {
  const twin_power_sum *y = &s->sum[POWER_STUDY_WHOLE];
  char                  value[PHRASE], note[120], number[PHRASE];
  page_title(p, "What is paid in the year");
  quantity(p, "grid energy", y->energy_usd, "USD", "by the hour, delivery included");
  text_quantity(y->billed_mw, "MW", number, sizeof number);
  (void)snprintf(note, sizeof note, "largest month billed: %.40s", number);
  quantity(p, "demand charge", y->demand_usd, "USD", note);
  if (s->n_unit) {
    quantity(p, "fuel", y->fuel_usd, "USD", "of on-site units, at part load");
    quantity(p, "O&M", y->om_usd, "USD", "of on-site units and contracts");
  }
  fixed(y->usd_per_mwh, 2, number);
  (void)snprintf(value, sizeof value, "%.20s USD/MWh", number);
  quantity(p, "in all", y->total_usd, "USD", "without capital");
  pair(p, "per MWh supplied", value, "");
  if (s->capital_usd > 0) {
    quantity(p, "capital", s->capital_usd, "USD", "a year of units and batteries, with upkeep");
    per_mwh(p, "with capital", y->total_usd + s->capital_usd, s);
  }
  if (isnan(s->lost_load_usd_per_mwh)) return;
  fixed(s->lost_load_usd_per_mwh, 0, number);
  (void)snprintf(note, sizeof note, "%.20s USD for each MWh not served", number);
  quantity(p, "lost load", s->lost_usd, "USD", note);
  per_mwh(p, "with lost load", y->total_usd + s->capital_usd + s->lost_usd, s);
}

// ---- What the supply bears ---------------------------------------------------------------------------------

static void machines(const page *p, const twin_power_study *s) {
  char all[PHRASE], one[PHRASE], two[PHRASE], degc[PHRASE], left[PHRASE];
  fixed(s->machines_mw[0], 1, all);
  fixed(s->machines_mw[1], 1, one);
  fixed(s->machines_mw[2], 1, two);
  fixed(s->dry_degc[s->hottest.hour[0]], 1, degc);
  percent(s->permit_frac, 1, left);
  page_wrapf(p, 2, LOOK_PLAIN, "Machines at %s degC: %s MW, %s MW with the largest out, %s MW with two out.", degc, all,
             one, two);
  if (s->permit_frac < 1)
    page_wrapf(p, 2, LOOK_PLAIN, "Their permit of tonnes in twelve months leaves %s of what they can give.", left);
}

static void firm(const page *p, const twin_power_study *s) {
  const bool machines = s->machines_mw[0] > 0;
  page_wrapf(p, 2, LOOK_PLAIN, "IT load that the grid%s carries in every hour of a month, MW:",
             machines ? ", with machines less the largest," : "");
  for (int k = 0; k < POWER_MONTHS; k++) {
    char mw[PHRASE], cell[PHRASE];
    fixed(s->sum[k].firm_it_mw, 0, mw);
    (void)snprintf(cell, sizeof cell, "%s %.10s", month_names[k], mw);
    page_gap(p, k % 6 ? 0 : 4);
    page_cell(p, cell, 9, false, LOOK_PLAIN);
    if (k % 6 == 5) page_end(p);
  }
}

static void peaks(const page *p, const twin_power_study *s) {
  char mean[PHRASE], usd[PHRASE], shaved[PHRASE];
  fixed(s->peaks.mean_mw, 1, mean);
  text_quantity(s->peaks.usd, "USD", usd, sizeof usd);
  page_wrapf(p, 2, LOOK_PLAIN,
             "Four summer peaks (dearest hour of each month, June to September): %s MW from the grid on average, "
             "charged by them %s a year.",
             mean, usd);
  if (!(s->peaks.battery_mw > 0.05)) return;
  fixed(s->peaks.battery_mw, 1, mean);
  text_quantity(s->peaks.battery_usd, "USD", shaved, sizeof shaved);
  page_wrapf(p, 2, LOOK_PLAIN, "Batteries held for these hours take %s MW more off, which saves %s a year.", mean,
             shaved);
}

static void withheld(const page *p, const twin_power_study *s) {
  char mw[PHRASE];
  fixed(s->withheld_mw, 1, mw);
  page_wrapf(p, 2, LOOK_PLAIN, "The utility withholds %s MW in the %d dearest hours.", mw, s->withheld_h);
}

static void seconds(const page *p, const twin_power_study *s) {
  char step[PHRASE], battery[PHRASE], grid[PHRASE], allowed[PHRASE], part[PHRASE];
  fixed(s->swing.step_mw, 1, step);
  fixed(s->swing.battery_mw, 1, battery);
  fixed(s->swing.grid_mw, 1, grid);
  page_wrapf(p, 2, LOOK_PLAIN,
             "Within seconds one run of all racks steps by %s MW; batteries take %s MW, the grid sees %s MW.", step,
             battery, grid);
  if (isnan(s->step_mw)) return;
  fixed(s->step_mw, 1, allowed);
  percent(s->swing.training_frac, 1, part);
  page_wrapf(p, 2, LOOK_PLAIN, "It allows %s MW: %s of the racks may run as one.", allowed, part);
}

static void stand_by(const page *p, const twin_power_study *s) {
  char gap[PHRASE], lacks[PHRASE], lasts[PHRASE];
  fixed(s->ride.gap_s, 0, gap);
  fixed(s->ride.short_mw, 1, lacks);
  fixed(s->ride.lasts_h, 1, lasts);
  if (s->ride.holds)
    page_wrapf(p, 2, LOOK_PLAIN, "When the grid fails: %d engines, one spare, carry the design peak for %s h.",
               s->engines, lasts);
  else
    page_wrapf(p, 2, LOOK_PLAIN,
               "When the grid fails: %d engines, one spare, leave a gap of %s s and lack %s MW of the design peak.",
               s->engines, gap, lacks);
}

static void bears(const page *p, const twin_power_study *s) {
  page_title(p, "What the supply bears");
  if (s->machines_mw[0] > 0) machines(p, s);
  if (!isnan(s->grid_limit_mw)) firm(p, s);
  if (s->withheld_mw > 0) withheld(p, s);
  if (s->market) peaks(p, s);
  seconds(p, s);
  if (s->engines) stand_by(p, s);
}

// ---- Sizes of least cost -----------------------------------------------------------------------------------

static void size_line(const page *p, const char *const cell[6], page_look look) {
  static const int width[6] = {0, 9, 10, 11, 12, 11};
  page_gap(p, 2);
  page_cell(p, cell[0], p->width - 55, false, look);
  for (int k = 1; k < 6; k++) page_cell(p, cell[k], width[k], true, look);
  page_end(p);
}

static void size_of(const page *p, const char *name, double mw, double mwh, double usd, double owning, double worth) {
  char cell[5][PHRASE];
  fixed(mw, 1, cell[0]);
  fixed(mwh * 1e-3, 1, cell[1]);
  fixed(mwh > 0 ? usd / mwh : 0, 2, cell[2]);
  if (!(mw >= 0.05)) (void)snprintf(cell[2], PHRASE, "-");
  fixed(owning * 1e-3, 1, cell[3]);
  if (isnan(owning)) (void)snprintf(cell[3], PHRASE, "-");
  fixed(worth * 1e-3, 1, cell[4]);
  if (isnan(worth)) (void)snprintf(cell[4], PHRASE, "-");
  size_line(p, (const char *const[6]){name, cell[0], cell[1], cell[2], cell[3], cell[4]}, LOOK_PLAIN);
}

static void part_line(const page *p, const char *what, double usd, double mwh) {
  char value[PHRASE], per[PHRASE], note[120];
  text_quantity(usd, "USD", value, sizeof value);
  fixed(mwh > 0 ? usd / mwh : 0, 2, per);
  (void)snprintf(note, sizeof note, "%.20s USD/MWh", per);
  pair(p, what, value, note);
}

static void parts(const page *p, const twin_power_study *s, const twin_power_sizing *z) {
  const twin_power_sum *y = &s->sum[POWER_STUDY_WHOLE];
  const double          mwh = z->load_mwh - z->shed_mwh, plan_mwh = y->facility_mwh - y->curtailed_mwh;
  char                  share[PHRASE];
  page_blank(p);
  part_line(p, "grid energy", z->energy_usd, mwh);
  part_line(p, "demand charge", z->demand_usd, mwh);
  part_line(p, "fuel and O&M", z->running_usd, mwh);
  part_line(p, "capital", z->owning_usd, mwh);
  if (z->lost_usd > 0) part_line(p, "lost load", z->lost_usd, mwh);
  part_line(p, "in all", z->cost_usd, mwh);
  part_line(p, "plan as written", z->plan_usd, plan_mwh);
  percent(y->curtailed_mwh, y->facility_mwh, share);
  if (y->curtailed_mwh > 0) page_wrapf(p, 2, LOOK_DIM, "The plan leaves %s of its load unserved.", share);
}

static void limits(const page *p, const twin_power_sizing *z) {
  char usd[PHRASE];
  if (z->grid_worth_usd_per_mw_yr > 0) {
    text_quantity(z->grid_worth_usd_per_mw_yr, "USD", usd, sizeof usd);
    page_wrapf(p, 2, LOOK_PLAIN, "The grid's limit binds: a MW more of it is worth %s a year.", usd);
  }
  if (z->permit_worth_usd_per_mw_yr > 0) {
    text_quantity(z->permit_worth_usd_per_mw_yr, "USD", usd, sizeof usd);
    page_wrapf(p, 2, LOOK_PLAIN, "The permit binds: a MW more of machines is worth %s a year.", usd);
  }
}

static void sizes(const page *p, const twin_power_study *s, const twin_power_sizing *z) {
  page_title(p, "Sizes of least cost for the same load, chosen anew by one who knew the year");
  size_line(p, (const char *const[6]){"", "MW", "GWh", "USD/MWh", "owning", "worth of"}, LOOK_DIM);
  size_line(p, (const char *const[6]){"", "", "", "all in", "USD/kW-yr", "one more"}, LOOK_DIM);
  size_of(p, "grid, most drawn", z->grid_peak_mw, z->grid_mwh, z->energy_usd + z->demand_usd, (double)NAN,
          z->grid_worth_usd_per_mw_yr);
  for (int32_t i = 0; i < z->n_item; i++) {
    const twin_power_item *item = &z->item[i];
    if (item->in_time)
      size_of(p, item->name, item->mw, item->mwh, item->owning_usd + item->running_usd, item->owning_usd_per_mw_yr,
              item->worth_usd_per_mw_yr);
  }
  for (int32_t i = 0; i < z->n_item; i++) {
    char when[8];
    if (z->item[i].in_time) continue;
    calendar_month_text(calendar_month_of_day(z->item[i].serves_day), when);
    page_wrapf(p, 2, LOOK_DIM, "%s: not in time, serves from %s.", z->item[i].name, when);
  }
  limits(p, z);
  if (z->permit_worth_usd_per_mw_yr > 0)
    page_wrapf(p, 2, LOOK_DIM, "What machines not built are worth is without the permit.");
  parts(p, s, z);
}

// ---- Months -----------------------------------------------------------------------------------------------

static void month_line(const page *p, const char *name, const twin_power_sum *m, page_look look) {
  const struct {
    double value;
    int    decimals, width;
  } cells[] = {
      {m->it_mwh * 1e-3,     1, 8},
      {m->pue_frac,          4, 8},
      {m->wue_l_per_kwh,     3, 7},
      {m->grid_mwh * 1e-3,   1, 8},
      {m->onsite_mwh * 1e-3, 1, 8},
      {m->curtailed_mwh,     0, 8},
      {m->total_usd * 1e-6,  2, 8},
      {m->usd_per_mwh,       2, 9},
      {m->co2_t * 1e-3,      1, 7},
  };
  page_cell(p, name, 5, false, look);
  for (size_t i = 0; i < sizeof cells / sizeof cells[0] - (p->width < WIDE ? 2 : 0); i++) {
    char text[PHRASE];
    fixed(cells[i].value, cells[i].decimals, text);
    page_cell(p, text, cells[i].width, true, look);
  }
  page_end(p);
}

static void months(const page *p, const twin_power_study *s) {
  static const struct {
    const char *word, *unit;
    int         width;
  } heads[] = {
      {"",        "",        5},
      {"IT",      "GWh",     8},
      {"PUE",     "",        8},
      {"WUE",     "L/kWh",   7},
      {"grid",    "GWh",     8},
      {"on site", "GWh",     8},
      {"lacking", "MWh",     8},
      {"paid",    "M USD",   8},
      {"of it",   "USD/MWh", 9},
      {"CO2",     "kt",      7},
  };
  const size_t n = sizeof heads / sizeof heads[0] - (p->width < WIDE ? 2 : 0);
  page_title(p, "Month by month");
  for (size_t i = 0; i < n; i++) page_cell(p, heads[i].word, heads[i].width, i > 0, LOOK_DIM);
  page_end(p);
  for (size_t i = 0; i < n; i++) page_cell(p, heads[i].unit, heads[i].width, i > 0, LOOK_DIM);
  page_end(p);
  for (int k = 0; k < POWER_MONTHS; k++) month_line(p, month_names[k], &s->sum[k], LOOK_PLAIN);
  month_line(p, "year", &s->sum[POWER_STUDY_WHOLE], LOOK_BOLD);
}

// ---- Worst hours ------------------------------------------------------------------------------------------

static void hour_name(const twin_power_study *s, int32_t t, char out[PHRASE]) {
  const twin_power_clock at = twin_power_clock_of(t);
  if (s->clock) (void)snprintf(out, PHRASE, "%s %2d, %02d:00", month_names[at.month], at.day, at.hour);
  else (void)snprintf(out, PHRASE, "%s", month_names[at.month]);
}

static void hot_reason(const twin_power_study *s, int32_t t, char *out, size_t n) {
  char degc[PHRASE], pue[PHRASE], mw[PHRASE];
  fixed(s->dry_degc[t], 1, degc);
  fixed(s->pue_frac[t], 3, pue);
  fixed(s->facility_mw[t], 1, mw);
  (void)snprintf(out, n, "%.12s degC, so PUE %.12s and %.12s MW", degc, pue, mw);
}

static void dear_reason(const twin_power_study *s, int32_t t, char *out, size_t n) {
  char usd[PHRASE], price[PHRASE], grid[PHRASE];
  text_quantity(s->energy_usd[t] + s->fuel_usd[t] + s->om_usd[t], "USD", usd, sizeof usd);
  fixed(s->price_usd_per_mwh[t], 2, price);
  fixed(s->grid_mw[t], 1, grid);
  int used = snprintf(out, n, "%.16s: grid %.12s MW at %.14s USD/MWh", usd, grid, price);
  if (!s->n_unit || used < 0 || (size_t)used >= n) return;
  fixed(twin_power_units_mw(s, t), 1, grid);
  (void)snprintf(out + used, n - (size_t)used, ", units %.12s MW", grid);
}

static void short_reason(const twin_power_study *s, int32_t t, char *out, size_t n) {
  char lacking[PHRASE], wanted[PHRASE], grid[PHRASE], unit[PHRASE];
  fixed(s->curtailed_mw[t], 1, lacking);
  fixed(s->facility_mw[t], 1, wanted);
  fixed(s->grid_mw[t], 1, grid);
  fixed(twin_power_units_mw(s, t) + s->discharge_mw[t] - s->charge_mw[t], 1, unit);
  (void)snprintf(out, n, "%.9s of %.9s MW: grid %.9s, on site %.9s MW", lacking, wanted, grid, unit);
}

static void worst(const page *p, const twin_power_study *s) {
  const struct {
    const char             *title;
    const twin_power_worst *of;
    void (*reason)(const twin_power_study *, int32_t, char *, size_t);
  } lists[] = {
      {"Hottest hours",              &s->hottest,  hot_reason  },
      {"Dearest hours",              &s->dearest,  dear_reason },
      {"Hours that lack most power", &s->shortest, short_reason},
  };
  for (size_t k = 0; k < sizeof lists / sizeof lists[0]; k++) {
    if (!lists[k].of->n) continue;
    page_title(p, lists[k].title);
    for (int32_t i = 0; i < lists[k].of->n; i++) {
      char name[PHRASE], reason[160];
      hour_name(s, lists[k].of->hour[i], name);
      lists[k].reason(s, lists[k].of->hour[i], reason, sizeof reason);
      page_gap(p, 2);
      page_cell(p, name, 15, false, LOOK_PLAIN);
      page_cell(p, reason, p->width - 17, false, LOOK_PLAIN);
      page_end(p);
    }
  }
  if (!s->shortest.n) {
    page_blank(p);
    page_wrap(p, 0, LOOK_PLAIN, "No hour lacks power.");
  }
}

sg_err report_power_text(const twin_power_study *s, const twin_power_sizing *z, sg_style style, text_buffer *out) {
  page p = page_begin(out, style);
  head(&p, s);
  year(&p, s);
  sources(&p, s);
  bill(&p, s);
  if (z) sizes(&p, s, z);
  bears(&p, s);
  months(&p, s);
  worst(&p, s);
  return out->failed ? SG_ERR_MEMORY : SG_OK;
}
