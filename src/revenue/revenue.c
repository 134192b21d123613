#include "revenue.h"

#include <math.h>

#include "../base/calendar.h"

// ---- Services ---------------------------------------------------------------------------------------------

// The years that count: the integral of e^(-k t), k = -ln(1 - fade).
static double faded_years(double fade_per_yr, double years) {
  if (years <= 0.0) return 0.0;
  if (fade_per_yr <= 0.0) return years;
  const double k = -log1p(-fade_per_yr);
  return -expm1(-k * years) / k;
}

double revenue_growth_factor(double rate_per_yr, double fade_per_yr, double years) {
  return exp(log1p(rate_per_yr) * faded_years(fade_per_yr, years));
}

double revenue_speed_mtok_per_gpu_h(const revenue_service *service, double years, double speed_factor) {
  return service->speed_mtok_per_gpu_h * speed_factor *
         revenue_growth_factor(service->speed_growth_frac_per_yr, service->fade_frac_per_yr, years);
}

double revenue_wanted_gpu_h(const revenue_service *service, double years, double demand_factor, double speed_factor) {
  if (years < 0.0) return 0.0;
  const double demand_mtok = service->demand_mtok_per_month * demand_factor *
                             revenue_growth_factor(service->growth_frac_per_yr, service->fade_frac_per_yr, years);
  const double speed = revenue_speed_mtok_per_gpu_h(service, years, speed_factor);
  return speed > 0.0 ? demand_mtok / speed : 0.0;
}

void revenue_service_month(const revenue_service *service, const revenue_month_in *in, revenue_month_out *out) {
  *out = (revenue_month_out){0};
  if (in->years < 0.0) return;
  const double years = faded_years(service->fade_frac_per_yr, in->years);  // once for all three curves
  const double speed =
      service->speed_mtok_per_gpu_h * in->speed_factor * exp(log1p(service->speed_growth_frac_per_yr) * years);
  out->demand_mtok =
      service->demand_mtok_per_month * in->demand_factor * exp(log1p(service->growth_frac_per_yr) * years);
  out->price_usd_per_mtok =
      service->price_usd_per_mtok * in->price_factor * exp(log1p(-service->price_decline_frac_per_yr) * years);

  const double possible_mtok = in->gpu_h * speed;
  if (out->demand_mtok <= possible_mtok) {
    out->served_mtok = out->demand_mtok;
    out->gpu_h = speed > 0.0 ? out->demand_mtok / speed : 0.0;
  } else {
    out->served_mtok = possible_mtok;
    out->gpu_h = in->gpu_h;
  }
  out->sales_usd = out->served_mtok * service->paid_frac * out->price_usd_per_mtok;
  out->opex_usd = out->sales_usd * service->opex_frac;
}

// ---- Re-letting -------------------------------------------------------------------------------------------

double revenue_rent_usd_per_gpu_h(const revenue_rent *rent, double day, double market_factor) {
  const double years = day > rent->from_day ? (day - rent->from_day) / CALENDAR_DAYS_PER_YEAR : 0.0;
  const double usd = rent->rent_usd_per_gpu_h * exp(log1p(-rent->decline_frac_per_yr) * years) * market_factor;
  return usd > rent->floor_usd_per_gpu_h ? usd : rent->floor_usd_per_gpu_h;
}

double revenue_relet_usd(const revenue_rent *rent, double day, double market_factor, double gpu_h) {
  return gpu_h * rent->occupancy_frac * revenue_rent_usd_per_gpu_h(rent, day, market_factor);
}

// ---- Field tables -----------------------------------------------------------------------------------------

#define LIST_PRICES                                                                                            \
  "OpenAI list prices, 3 parts input to 1 output: GPT-4 37.5 (2023-03), GPT-4 Turbo 15 (2023-11), GPT-4o 7.5 " \
  "(2024-05) USD/Mtok = -75 % a year; "                                                                        \
  "slower for a mix that moves to dearer models: assumption, see docs/assumptions.md#demand"

// clang-format off
#define S revenue_service
static const field_row service_rows[] = {
  ROW_REF(S, by, "by", "party", NULL, "Who sells it."),
  ROW_REFS(S, at, "at", "campus", "", "Campuses that serve it; unset: all."),
  ROW_DATE(S, from_day, "from", "", "When it begins; unset: the start of the programme.", NULL),
  ROW_NUMBER(S, demand_mtok_per_month, "demand", "Mtok/month", NULL, 0, HUGE_VAL, "Tokens asked for at the start.", NULL),
  ROW_NUMBER(S, growth_frac_per_yr, "growth", "frac/yr", "100 %/yr to 400 %/yr", 0, HUGE_VAL, "Growth of demand at the start.",
    "OpenAI revenue 3.7 (2024) to 11.6 (2025, own forecast) billion USD, New York Times 2024-09-27, = 3.1 times, over falling prices; range: assumption, see docs/assumptions.md#demand"),
  ROW_NUMBER(S, price_usd_per_mtok, "price", "USD/Mtok", NULL, 0, HUGE_VAL, "Mean price at the start, over input, output and cached tokens.", NULL),
  ROW_NUMBER(S, price_decline_frac_per_yr, "price_decline", "frac/yr", "30 %/yr to 75 %/yr", 0, 0.95, "Fall of the price a year at the start.", LIST_PRICES),
  ROW_NUMBER(S, paid_frac, "paid", "frac", "100 %", 0, 1, "Share of the tokens served that somebody pays for.", "definition of a service without free users"),
  ROW_NUMBER(S, speed_mtok_per_gpu_h, "speed", "Mtok/GPU-h", NULL, 0, HUGE_VAL, "Served by one GPU in an hour at the start, at mean load.", NULL),
  ROW_NUMBER(S, speed_growth_frac_per_yr, "speed_growth", "frac/yr", "50 %/yr to 200 %/yr", 0, HUGE_VAL, "Growth of the tokens per GPU-hour at the start.",
    "algorithmic progress: compute for a given ability halves every 5 to 14 months, Ho et al., arXiv:2403.05812, 2024-03; answers that grow longer take part of it: assumption, see docs/assumptions.md#demand"),
  ROW_NUMBER(S, fade_frac_per_yr, "fade", "frac/yr", "20 %/yr to 40 %/yr", 0, 0.9, "Share by which growth, price decline and speed-up slow each year.", "assumption, see docs/assumptions.md#demand"),
  ROW_NUMBER(S, share_frac, "gpu_share", "frac", "100 %", 0, 1, "Share of the schedulable GPUs that it may use at most.", "definition of no limit"),
  ROW_NUMBER(S, opex_frac, "opex", "frac", "20 %", 0, 2, "Running cost beside compute, as a share of sales.", "assumption, see docs/assumptions.md#demand"),
};
const class_row revenue_service_class = { "service", "services", sizeof(S), FIELD_TABLE(service_rows), CLASS_PLAIN,
  "A service that sells tokens." };
#undef S

#define S revenue_rent
static const field_row rent_rows[] = {
  ROW_NUMBER(S, rent_usd_per_gpu_h, "rent", "USD/GPU-h", NULL, 0, HUGE_VAL, "Market rent of one GPU for an hour, on the day `from`.", NULL),
  ROW_DATE(S, from_day, "from", NULL, "Day for which the rent is stated.", NULL),
  ROW_NUMBER(S, decline_frac_per_yr, "decline", "frac/yr", "10 %/yr to 35 %/yr", 0, 0.9, "Fall of the rent a year.",
    "H100 on demand, Lambda: 3.49 (2024-01-29) to 2.99 (2024-09-01) USD/GPU-h = -23 % a year, Epoch AI hardware prices (CC BY 4.0); range: assumption, see docs/assumptions.md#rents"),
  ROW_NUMBER(S, floor_usd_per_gpu_h, "floor", "USD/GPU-h", "0.3 USD/GPU-h", 0, HUGE_VAL, "Rent that does not fall further: about power and upkeep.", "assumption, see docs/assumptions.md#rents"),
  ROW_NUMBER(S, occupancy_frac, "occupancy", "frac", "50 % to 85 %", 0, 1, "Share of the hours offered that are let.", "assumption, see docs/assumptions.md#rents"),
};
const class_row revenue_rent_class = { "market_rent", "market_rents", sizeof(S), FIELD_TABLE(rent_rows), CLASS_CATALOGUE,
  "Market rent of a generation of GPUs, for re-letting." };
#undef S
// clang-format on
