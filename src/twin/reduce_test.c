// Reduces: with nothing uncertain and nothing scarce a scenario is the plan, and the plan is arithmetic that can be done by
// hand: costs, energy, GPU-hours, rent, level debt service, training dates.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/random_programme.h"
#include "../../tests/twin_run.h"
#include "../base/calendar.h"
#include "goodput.h"
#include "parts.h"

#define UNSET ((double)NAN)

enum { CASES = 300, SCENARIOS = 3 };

// What is chosen at random, and what follows from it.
typedef struct choice {
  uint64_t seed;
  int count, shell_day, energise_day, racks_day, commission_day, gate_day, acceptance_day, gpus, tenor_month, start_day, replicas;
  double it_mw, shell_usd_mw, racks_usd_mw, monthly_usd_mw, rack_kw, price_usd, network, mtbf_h, repair_h, pue,
      energy_usd, demand_usd, rent_usd, advance, margin, facility, opex_usd, interest, active, tokens, mfu;
} choice;

static void choose(choice *c, uint64_t seed) {
  random_programme p = {.state = seed};
  *c = (choice){.seed = seed};
  c->count = 1 + random_int(&p, 4);
  c->shell_day = 60 + random_int(&p, 200);
  c->energise_day = random_int(&p, 40);
  c->racks_day = 1 + random_int(&p, 60);
  c->commission_day = 1 + random_int(&p, 60);
  c->gate_day = random_int(&p, 40);
  c->acceptance_day = random_int(&p, 90);
  c->gpus = 8 * (1 + random_int(&p, 9));
  c->tenor_month = 12 + random_int(&p, 30);
  c->start_day = calendar_day((calendar_date){2025, 3 + random_int(&p, 6), 1 + random_int(&p, 28)});
  c->it_mw = random_in(&p, 5, 60);
  c->shell_usd_mw = random_in(&p, 1e6, 9e6);
  c->racks_usd_mw = random_in(&p, 1e4, 9e5);
  c->monthly_usd_mw = random_in(&p, 0, 5e4);
  c->rack_kw = random_in(&p, 30, 200);
  c->price_usd = random_in(&p, 3e5, 4e6);
  c->network = random_in(&p, 0, 40);
  c->mtbf_h = random_in(&p, 5000, 50000);
  c->repair_h = random_in(&p, 1, 100);
  c->pue = random_in(&p, 1.02, 1.25);
  c->energy_usd = random_in(&p, 20, 90);
  c->demand_usd = random_in(&p, 0, 9000);
  c->rent_usd = random_in(&p, 1, 5);
  c->advance = random_in(&p, 20, 70);
  c->margin = random_in(&p, 1, 6);
  c->facility = random_in(&p, 126, 150);
  c->opex_usd = random_in(&p, 1e5, 5e5);
  c->interest = random_in(&p, 1, 6);
  c->active = random_in(&p, 50, 400);
  c->tokens = random_in(&p, 50, 3000);
  c->mfu = random_in(&p, 30, 45);
  c->replicas = random_int(&p, 3) ? 1 : 16;
}

static void write_programme(const choice *c, text_buffer *out) {
  char day[11];
  calendar_day_text(c->start_day, day);
  text_addf(out,
            "programme: By hand\nas_of: 2025-01-31\nhorizon: 84 months\ncontingency: 0 %%\nowner: Own\n"
            "parties:\n  Own: {role: owner, cash: $900B}\n  Tenant: {role: operation, cash: $900B}\n"
            "contracts:\n  senior: {type: loan, from: lenders, to: Own, advance: %.17g %%, margin: %.17g %%/yr, tenor: "
            "%d months, commitment_fee: 0 %%/yr}\n"
            "  capacity: {type: compute, from: Tenant, to: Own, price: %.17g USD/GPU-h, minimum_take: 100 %%, tenor: "
            "20 years}\n",
            c->advance, c->margin, c->tenor_month, c->rent_usd);
  text_addf(out,
            "campuses:\n  a: {works_start: %s, buildings: {count: %d, type: plain, it: %.17g MW}, racks: box, "
            "facility_to_it: %.17g %%, cost_overrun: 100 %%, "
            "opex: %.17g USD/MW-yr, jobs_build: 4 job/MW, jobs_run: 1 job/MW, tariff: flat, cooling: even}\n",
            day, c->count, c->it_mw, c->facility, c->opex_usd);
  text_addf(out,
            "building_types:\n  plain: {reference: 20 MW, density: 500 kW/rack, activities: {"
            "shell: {takes: %d days, cost: %.17g USD/MW, monthly_cost: %.17g USD/MW-month, gate: go, cause: shell}, "
            "energise: {after: [shell], takes: %d days, cause: grid}, racks: {after: [shell], takes: %d days, cost: "
            "%.17g USD/MW, cause: chips}, "
            "commission: {after: [racks, energise], takes: %d days, cause: work}}}\n",
            c->shell_day, c->shell_usd_mw, c->monthly_usd_mw, c->energise_day, c->racks_day, c->racks_usd_mw,
            c->commission_day);
  text_addf(out,
            "racks:\n  box: {accelerator: chip, gpus: %d, failure_gpus: 8, it: %.17g kW, price: %.17g USD, network: "
            "%.17g %%, acceptance: %d days, mtbf: %.17g h, "
            "repair: %.17g h, life: 20 yr, reliability: calm}\n",
            c->gpus, c->rack_kw, c->price_usd, c->network, c->acceptance_day, c->mtbf_h, c->repair_h);
  text_addf(
      out,
      "accelerators:\n  chip: {bf16: 1000 TFLOP/s, hbm: 80 GB, hbm_rate: 3 TB/s}\n"
      "reliabilities:\n  calm: {checkpoint_write: 1 s, restart: 5 min, restart_per_gpu: 1 ms, spare: 5 %%, slow: 2 %%, replicas: %d}\n"
      "coolings:\n  even: {base_pue: %.17g}\n"
      "tariffs:\n  flat: {energy: %.17g USD/MWh, demand: %.17g USD/MW-month, gas: 3 USD/MMBtu, co2: 300 kg/MWh}\n",
      c->replicas, c->pue, c->energy_usd, c->demand_usd);
  text_addf(
      out,
      "markets:\n  demand: {volatility: 0 %%, drift: 0 %%/yr}\n  power: {volatility: 0 %%, drift: 0 %%/yr}\n  gas: "
      "{volatility: 0 %%}\n"
      "  interest: {level: %.17g %%, volatility: 0 %%, drift: 0 %%/yr}\n  shares: {volatility: 0 %%, drift: 0 %%/yr}\n",
      c->interest);
  for (int k = 0; k < 5; k++) {
    static const char *const gate[5] = {"site", "permit", "offtake", "close", "go"};
    text_addf(out, "%s  %s: {kind: %s, takes: %d days, spread: 0, disagrees: 0 %%}\n", k ? "" : "gate_kinds:\n",
              gate[k], gate[k], c->gate_day);
  }
  text_addf(out, "runs:\n  big: {params: %.17g billion, tokens: %.17g Ttok, mfu: %.17g %%, achieved: 1, across: 90 %%}\n", c->active,
            c->tokens, c->mfu);
}

static bool close_to(double a, double b) { return fabs(a - b) <= 1e-9 * fmax(1, fmax(fabs(a), fabs(b))); }

#define SAME(c, what, got, want)                                                                                       \
  MUST(close_to(got, want), "case %llu, %s: %.17g, by hand %.17g", (unsigned long long)(c)->seed, what, (double)(got), \
       (double)(want))
#define CENTS(c, what, got, want, off)                                                              \
  MUST(fabs((double)(got) - (double)(want)) <= 0.005 + 0.01 * (off) + 1e-15 * fabs((double)(want)), \
       "case %llu, %s: %.4f, by hand %.4f", (unsigned long long)(c)->seed, what, (double)(got), (double)(want))

// ---- A scenario is the plan --------------------------------------------------------------------------------------------------

static void is_plan(const choice *c, twin_state *s) {
  const twin_model *m = s->m;
  for (uint32_t k = 0; k < SCENARIOS; k++) {
    twin_scenario_run(s, MODE_SCENARIO, 7, k, CAUSE_NONE, m->n_month);
    for (int32_t month = 0; month < m->n_month; month++)
      for (int32_t i = 0; i < m->n_series; i++) {
        size_t at = (size_t)month * m->record + m->series[i].at;
        if (!strcmp(m->series[i].name, "programme.funding_gap_usd"))
          MUST(s->record[at] == 0, "a gap of %.17g", s->record[at]);
        MUST(s->record[at] == m->plan_record[at], "case %llu scenario %u month %d %s: %.17g, by plan %.17g",
             (unsigned long long)c->seed, k, month, m->series[i].name, s->record[at], m->plan_record[at]);
      }
    MUST(s->scalar[SCALAR_LATE_MW_MONTHS] == 0 && s->defaults == 0, "case %llu: late %.17g",
         (unsigned long long)c->seed, s->scalar[SCALAR_LATE_MW_MONTHS]);
  }
}

// ---- The plan by hand -----------------------------------------------------------------------------------------------------------

// Month, counted from the first simulated, that holds a day; -1 before.
static int32_t month_of(const twin_model *m, double day) {
  int32_t t = -1;
  while (t + 1 <= m->n_month && m->day0[t + 1] <= day) t++;
  return t;
}

// Factor of age of machines a month's delivery of which is so many months old.
static double wear_at(int32_t age) {
  return operations_age_factor(fmax(0, age - 0.5) * CALENDAR_DAYS_PER_MONTH, (age + 0.5) * CALENDAR_DAYS_PER_MONTH);
}

static double available_at(const choice *c, int32_t age) {
  return 1 / (1 + wear_at(age) * 0.274 * 8 * c->repair_h / c->mtbf_h);
}

// FLOP/s of a run that takes what may be held of the machines: training times operations, by the exact expectation. Of
// sizes a fifth apart it takes the first after which a smaller one brings no more.
static double run_flops(const choice *c, const twin_state *s, double gpus, int32_t age) {
  operations_reliability calm = {.checkpoint_write_s = 1, .checkpoint_interval_s = UNSET, .inspects = 1, .timeout_s = 600,
                                 .restart_s = 300, .restart_s_per_gpu = 1e-3, .replicas = c->replicas, .pause_s = 60,
                                 .slow_frac = 0.02};
  operations_practice    practice = operations_practice_of(&calm);
  operations_shape       shape = twin_goodput_shape(&s->v.rack[0], &s->v.accelerator[0]);
  operations_expectation e;
  double                 nodes = gpus / 8, up = available_at(c, age), best = 0, held = gpus * up * 0.95;
  double queue_s = operations_queue_s(0.274, nodes * (1 - up), (int64_t)(nodes * (1 - 0.95 * up)), 3600 * c->repair_h);
  practice.spare_nodes = 1000000000;  // plenty; the wait for one is put in
  for (double part = 1; part > 0.01; part *= 0.8) {
    operations_expect(&shape, operations_multiplier_of_mtbf(&shape, c->mtbf_h), wear_at(age), &practice, held * part, &e);
    e.job.queue_s = queue_s;
    double alive = c->replicas > 1 ? operations_elastic_frac(e.job.failures_per_s, c->replicas, e.job.restart_s + queue_s, 60)
                                   : operations_ettr(&e.job);
    double flops = held * part * 1e15 * c->mfu / 100 * 0.98 * alive;
    if (flops <= best) break;
    best = flops;
  }
  return best;
}

static void by_hand(const choice *c, const twin_state *s) {
  const twin_model *m = s->m;
  int32_t           last = m->n_month - 1;
  double racks = floor(c->it_mw / (c->rack_kw * 1e-3) + 1e-9), it_mw = c->it_mw * c->count, n_rack = racks * c->count;
  // Dates: four of the five gates take their time, nobody having to consent to the site; all buildings alike.
  double shell = c->start_day + 4.0 * c->gate_day + c->shell_day,
         done = shell + fmax(c->racks_day, c->energise_day) + c->commission_day;
  for (int32_t b = 0; b < m->net.n_building; b++)
    SAME(c, "day of commissioning", s->build.finish_day[m->net.last[b]], done);
  int32_t on = month_of(m, done), delivered = month_of(m, shell + c->racks_day);
  for (int32_t t = 0; t <= last; t++)
    SAME(c, "capacity", twin_programme_at(s, t)->capacity_mw, t < on ? 0 : it_mw * c->facility / 100);
  // Cost.
  double rack_usd = n_rack * c->price_usd * (1 + c->network / 100);
  double work_usd =
      it_mw * (c->shell_usd_mw + c->racks_usd_mw + c->monthly_usd_mw * c->shell_day / CALENDAR_DAYS_PER_MONTH);
  CENTS(c, "capital expenditure", twin_programme_at(s, last)->capex_usd, rack_usd + work_usd, on + 2);
  // A month in which all runs.
  int32_t t = delivered + (int32_t)ceil(c->acceptance_day / CALENDAR_DAYS_PER_MONTH) + 3;
  if (t < on + 3) t = on + 3;
  MUST(t + 2 < last, "the horizon is too short");
  double hours = 24 * (m->day0[t + 1] - m->day0[t]), available = available_at(c, t - delivered),
         it_used = n_rack * c->rack_kw * 1e-3;
  const twin_programme_month *o = twin_programme_at(s, t);
  SAME(c, "GPUs", o->gpus, n_rack * c->gpus);
  double gpu_h = n_rack * c->gpus * available * hours;
  SAME(c, "GPU-hours", o->gpu_hours, gpu_h);
  SAME(c, "energy", o->energy_mwh, it_used * c->pue * hours);
  CENTS(c, "bill", o->energy_usd, it_used * c->pue * (hours * c->energy_usd + c->demand_usd), 0);
  CENTS(c, "rent", twin_value(s, "party.Tenant.cash_out_usd", t), c->rent_usd * gpu_h, 0);
  CENTS(c, "operation", o->opex_usd, c->opex_usd * it_mw / 12, 0);
  SAME(c, "water", o->water_m3, 0);
  SAME(c, "carbon", o->co2_t, it_used * c->pue * hours * 0.3);
  // The loan: share of the cost, interest of the construction within it; level payments of what was drawn.
  double              limit = c->advance / 100 * (rack_usd + work_usd), i = (c->interest + c->margin) / 1200, drawn = 0;
  const capital_debt *loan = &twin_loan_of(s, 1, 0)->debt;
  CENTS(c, "commitment", loan->commitment_usd, limit, 0);
  drawn = loan->drawn_usd + loan->capitalised_usd;
  CENTS(c, "drawn, with interest of the construction", drawn, limit,
        on + 2);  // it lends its share of every bill to the last
  double  level = drawn * i / (1 - pow(1 + i, -c->tenor_month)), paid = 0;
  int     payments = 0;
  int32_t first = 1;  // month of the first repayment
  while (first <= last && !(twin_programme_at(s, first)->debt_usd < twin_programme_at(s, first - 1)->debt_usd)) first++;
  for (int32_t k = first; k <= last; k++) {
    double due = twin_programme_at(s, k)->debt_service_usd;
    paid += due;
    payments += due > 0;
    if (due > 0 && payments < c->tenor_month) CENTS(c, "debt service", due, level, 1);
  }
  MUST(payments == c->tenor_month, "case %llu: %d payments", (unsigned long long)c->seed, payments);
  CENTS(c, "debt at the end", twin_programme_at(s, last)->debt_usd, 0, 0);
  CENTS(c, "debt service in all", paid, level * c->tenor_month, c->tenor_month);
  // Training: six FLOP for each parameter and token, at what machines and operations give in each month.
  double flop = 6 * c->active * 1e9 * c->tokens * 1e12, before = twin_value(s, "run.big.done_frac", t - 1), share = before;
  int32_t end = t;
  for (; end <= last; end++) {
    double month_s = 86400 * (m->day0[end + 1] - m->day0[end]);
    share += run_flops(c, s, n_rack * c->gpus, end - delivered) * month_s / flop;
    double got = twin_value(s, "run.big.done_frac", end);
    MUST(fabs(got - fmin(1, share)) <= 1e-6 * share, "case %llu, month %d: %.9f of the run is done, by hand %.9f",
         (unsigned long long)c->seed, end, got, share);
    if (share >= 1) break;
  }
  if (end <= last && share >= 1 + 1e-6 && before < 1)
    MUST(twin_value(s, "run.big.released", end) == 1 && (end == t || twin_value(s, "run.big.released", end - 1) == 0),
         "case %llu: release in month %d", (unsigned long long)c->seed, end);
}

static void all_cases(void (*check)(const choice *, twin_state *)) {
  for (uint64_t seed = 1; seed <= CASES; seed++) {
    choice      c;
    text_buffer text = {0};
    choose(&c, seed);
    write_programme(&c, &text);
    twin_model *m = twin_must(text.at, NULL);
    MUST(m->p.n_draw == 0 || seed > CASES, "'%s' is uncertain", m->p.value[m->p.draw[0].value].path);
    twin_state *s = twin_state_create(m);
    check(&c, s);
    twin_state_free(s);
    twin_model_free(m);
    text_buffer_free(&text);
  }
}

static void check_hand(const choice *c, twin_state *s) {
  twin_scenario_run(s, MODE_SCENARIO, 7, 1, CAUSE_NONE, s->m->n_month);
  by_hand(c, s);
}

START_TEST(a_certain_scenario_is_the_plan) { all_cases(is_plan); }
END_TEST
START_TEST(the_plan_is_arithmetic) { all_cases(check_hand); }
END_TEST

TEST_LIST("reduce", a_certain_scenario_is_the_plan, the_plan_is_arithmetic)
