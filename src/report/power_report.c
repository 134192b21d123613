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
  page_wrapf(p, 2, LOOK_PLAIN,
             s->clock ? "Weather: typical year of %s." : "Weather: months of %s, their hours in order of warmth.",
             s->weather);
  if (s->market)
    page_wrapf(p, 2, LOOK_PLAIN,
               "Tariff: %s at the plan's price of %d, that moves from hour to hour as the hub price of %s did in %d "
               "(other weather than "
               "this year's).",
               s->tariff, s->year, s->market, s->price_year);
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
    source(p, u->name, u->mw, u->mwh, y->facility_mwh, u->fuel_usd + u->om_usd, u->co2_t);
  }
  source(p, "not supplied", s->sum[POWER_STUDY_WHOLE].curtailed_mwh > 0 ? s->curtailed_mw[s->shortest.hour[0]] : 0,
         y->curtailed_mwh, y->facility_mwh, (double)NAN, 0);
  page_wrap(
      p, 2, LOOK_DIM,
      "MW: limit of the grid, what can be expected of units, largest shortage. USD/MWh: grid with its demand charge.");
}

// ---- Bill -------------------------------------------------------------------------------------------------

static void bill(const page *p, const twin_power_study *s) {
  const twin_power_sum *y = &s->sum[POWER_STUDY_WHOLE];
  char                  value[PHRASE], note[120], number[PHRASE];
  page_title(p, "What is paid in the year");
  quantity(p, "grid energy", y->energy_usd, "USD", "by the hour, delivery included");
  text_quantity(y->billed_mw, "MW", number, sizeof number);
  (void)snprintf(note, sizeof note, "largest month billed: %.40s", number);
  quantity(p, "demand charge", y->demand_usd, "USD", note);
  if (s->n_unit) {
    quantity(p, "fuel", y->fuel_usd, "USD", "of on-site units");
    quantity(p, "O&M", y->om_usd, "USD", "of on-site units");
  }
  fixed(y->usd_per_mwh, 2, number);
  (void)snprintf(value, sizeof value, "%.20s USD/MWh", number);
  quantity(p, "in all", y->total_usd, "USD", "without capital");
  pair(p, "per MWh supplied", value, "");
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
  fixed(twin_power_units_mw(s, t), 1, unit);
  (void)snprintf(out, n, "%.9s of %.9s MW: grid %.9s, units %.9s MW", lacking, wanted, grid, unit);
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

sg_err report_power_text(const twin_power_study *s, sg_style style, text_buffer *out) {
  page p = page_begin(out, style);
  head(&p, s);
  year(&p, s);
  sources(&p, s);
  bill(&p, s);
  months(&p, s);
  worst(&p, s);
  return out->failed ? SG_ERR_MEMORY : SG_OK;
}
