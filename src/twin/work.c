// Step of the month: work. The machines' time is split between training runs and services; runs advance, models are released.
#include <math.h>

#include "../base/calendar.h"
#include "../base/number.h"
#include "goodput.h"
#include "parts.h"
#include "state.h"
#include "throughput.h"

static double day0_of(const twin_state *s) { return s->m->day0[s->month]; }
static double day1_of(const twin_state *s) { return s->m->day0[s->month + 1]; }

// ---- 6, 7. Operations and work --------------------------------------------------------------------------------------------

static bool may_use(const twin_state *s, field_span at, int32_t campus) {
  if (!at.n) return true;
  for (int32_t i = 0; i < at.n; i++)
    if (s->v.ref[at.first + i] == campus) return true;
  return false;
}

static void work_runs(twin_state *s, double *free_gpus, double hours) {
  const twin_model *m = s->m;
  double effective_gpu_h = 0;
  for (int32_t r = 0; r < m->n[CLASS_RUN]; r++) {
    const training_run *run = &s->v.run[r];
    bool waits = run->after >= 0 && s->run_done_month[run->after] < 0;
    if (s->run_done_month[r] >= 0 || waits || (!isnan(run->from_day) && run->from_day >= day1_of(s))) continue;
    double gpus[TWIN_MAX_CAMPUSES], held[TWIN_MAX_CAMPUSES], flops[TWIN_MAX_CAMPUSES], sum = 0;
    int32_t on[TWIN_MAX_CAMPUSES], n = 0;
    for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
      if (!may_use(s, run->at, c) || !(free_gpus[c] > 0)) continue;
      gpus[n] = free_gpus[c] * twin_goodput_held_frac(s, c);
      held[n] = gpus[n] * run->share_frac;
      if (!(held[n] > 0)) continue;
      sum += held[n];
      on[n++] = c;
    }
    if (!n) continue;
    operations_run gang;
    twin_goodput_run(s, on, held, n, &gang);
    // Nobody gangs up more GPUs than help, but for those that the run needs: beyond some size failures eat what more of them
    // bring.
    double part = 1, effective = operations_goodput_at(&m->goodput->interval, &gang, sum);
    for (double less = 0.8; less > 0.01 && less * sum >= run->needs_gpus; less *= 0.8) {
      double there = operations_goodput_at(&m->goodput->interval, &gang, sum * less);
      if (less * there <= part * effective) break;
      part = less;
      effective = there;
    }
    sum *= part;
    for (int32_t i = 0; i < n; i++) {
      gpus[i] *= part;
      int32_t kind = s->v.campus[on[i]].racks;
      double  mfu = isnan(run->mfu_frac) ? run->achieved_frac * twin_throughput_mfu(m, r, kind, gpus[i] * run->share_frac) : run->mfu_frac;
      flops[i] = mfu * compute_peak_flops(&s->v.accelerator[s->v.rack[kind].accelerator], 1);
    }
    training_month out;
    training_run_month(run, s->run_left_flop[r], gpus, flops, n, effective, hours, &out);
    s->run_left_flop[r] = number_most(0, s->run_left_flop[r] - out.flop);
    s->training_gpu_h += out.gpu_h;
    effective_gpu_h += out.gpu_h * effective;
    for (int32_t i = 0; i < n && sum > 0; i++) {
      double used = out.gpu_h * gpus[i] * run->share_frac / sum;
      s->campus[on[i]].used_gpu_h += used;
      s->campus[on[i]].training_gpu_h += used;
      free_gpus[on[i]] -= used / hours;
    }
    if (!out.done) continue;
    s->run_done_month[r] = s->month;
    s->run_left_flop[r] = 0;
    s->release_factor *= 1 + run->release_demand_frac;
    twin_note(s, "training run %s is done; its model is released", programme_name(&m->p, CLASS_RUN, r));
  }
  s->goodput_frac = s->training_gpu_h > 0 ? effective_gpu_h / s->training_gpu_h : 0;
}

static void work_services(twin_state *s, double *free_gpus, double hours) {
  const twin_model *m = s->m;
  for (int32_t k = 0; k < m->n[CLASS_SERVICE]; k++) {
    const revenue_service *service = &s->v.service[k];
    double from = isnan(service->from_day) ? m->day0[m->report0] : service->from_day, gpu_h = 0;
    for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++)
      if (may_use(s, service->at, c)) gpu_h += number_most(0, free_gpus[c]) * hours * service->share_frac;
    revenue_month_in in = { .years = (0.5 * (day0_of(s) + day1_of(s)) - from) / CALENDAR_DAYS_PER_YEAR, .demand_factor = s->markets.level[PATH_DEMAND],
                            .price_factor = 1, .speed_factor = 1, .gpu_h = gpu_h };
    revenue_month_out out;
    revenue_service_month(service, &in, &out);
    s->service_gpu_h += out.gpu_h;
    s->served_mtok += out.served_mtok;
    s->demanded_mtok += out.demand_mtok;
    s->service_sales_usd[k] = out.sales_usd;
    s->service_cost_usd[k] = out.opex_usd;
    s->sales_usd += out.sales_usd;
    for (int32_t c = 0; c < m->n[CLASS_CAMPUS] && gpu_h > 0; c++) {
      if (!may_use(s, service->at, c)) continue;
      double used = out.gpu_h * number_most(0, free_gpus[c]) * hours * service->share_frac / gpu_h;
      s->campus[c].used_gpu_h += used;
      free_gpus[c] -= used / hours;  // the next service has what is left
    }
  }
}

void twin_step_work(twin_state *s) {
  const twin_model *m = s->m;
  double free_gpus[TWIN_MAX_CAMPUSES], hours = 24 * (day1_of(s) - day0_of(s));
  s->training_gpu_h = s->service_gpu_h = s->served_mtok = s->demanded_mtok = s->sales_usd = 0;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    free_gpus[c] = number_most(0, s->campus[c].schedulable_gpus - twin_lost_gpu_h(&s->campus[c].energy) / hours);
    s->campus[c].used_gpu_h = s->campus[c].training_gpu_h = 0;
  }
  work_runs(s, free_gpus, hours);
  work_services(s, free_gpus, hours);
}
