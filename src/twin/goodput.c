#include "goodput.h"

#include "../base/calendar.h"
#include "../base/number.h"

static const operations_reliability *practice_of(const twin_state *s, int32_t campus) {
  return &s->v.reliability[s->v.rack[s->v.campus[campus].racks].reliability];
}

static int32_t trays_of(const compute_rack *rack) {
  return rack->gpus > rack->failure_gpus ? rack->gpus / rack->failure_gpus : 1;
}

operations_shape twin_goodput_shape(const compute_rack *rack, const compute_accelerator *accelerator) {
  operations_shape shape = accelerator->scaleup_gpus > 8 ? operations_shape_nvl72 : operations_shape_hgx;
  shape.gpus_per_node = rack->failure_gpus;
  shape.nodes_per_rack = trays_of(rack);
  return shape;
}

static sg_err check(twin_load *load) {
  const twin_model *m = load->m;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    const compute_rack           *rack = &m->plan_view.rack[m->plan_view.campus[c].racks];
    const operations_reliability *how = &m->plan_view.reliability[rack->reliability];
    if (how->spare_trays < trays_of(rack)) continue;
    const char *name = programme_name(&m->p, CLASS_RELIABILITY, rack->reliability);
    return diag_add(load->diags, SG_ERROR, SG_ERR_RANGE, twin_row_place(load, CLASS_RELIABILITY, name, "spare_trays"),
                    "trays of a rack: gpus over failure_gpus", "of %d trays %d are spare, so none is left to training",
                    trays_of(rack), how->spare_trays);
  }
  return SG_OK;
}

sg_err twin_make_goodput(twin_load *load) {
  twin_model   *m = load->m;
  int32_t       racks = m->n[CLASS_RACK];
  twin_goodput *g = ARENA_NEW(m->a, twin_goodput, 1);
  if (!g || !(g->by_age = ARENA_NEW(m->a, double, (size_t)m->n_month)) ||
      !(g->notice = ARENA_NEW(m->a, operations_notice, (size_t)racks + 1)))
    return SG_ERR_MEMORY;
  for (int32_t age = 0; age < m->n_month; age++)  // delivered evenly over a month: half a month about its middle
    g->by_age[age] = operations_age_factor(number_most(0, age - 0.5) * CALENDAR_DAYS_PER_MONTH,
                                           (age + 0.5) * CALENDAR_DAYS_PER_MONTH);
  for (int32_t k = 0; k < racks; k++) {
    const compute_rack *rack = &m->plan_view.rack[k];
    operations_shape    shape = twin_goodput_shape(rack, &m->plan_view.accelerator[rack->accelerator]);
    g->notice[k] = operations_notice_of(&shape);
  }
  operations_interval_table_make(&g->interval);
  m->goodput = g;
  return check(load);
}

static double availability_of(const twin_state *s, int32_t campus) {
  return compute_availability(&s->v.rack[s->v.campus[campus].racks], s->campus[campus].fleet.wear_frac);
}

double twin_goodput_held_frac(const twin_state *s, int32_t campus) {
  const compute_rack *rack = &s->v.rack[s->v.campus[campus].racks];
  return operations_job_gpus(practice_of(s, campus), trays_of(rack), availability_of(s, campus), 1);
}

// Of a campus's nodes those are out that repair has; all that training may not hold, and so is free or serves, are spares.
static double queue_s(const twin_state *s, int32_t campus) {
  const compute_rack *rack = &s->v.rack[s->v.campus[campus].racks];
  double up = availability_of(s, campus), nodes = s->campus[campus].schedulable_gpus / up / rack->failure_gpus;
  double spare_nodes = nodes * (1 - up * twin_goodput_held_frac(s, campus));
  return operations_queue_s(rack->taken_out_frac, nodes * (1 - up), (int64_t)spare_nodes, 3600 * rack->repair_h);
}

void twin_goodput_run(const twin_state *s, const int32_t *on, const double *gpus, int32_t n, operations_run *out) {
  const operations_reliability *how = practice_of(s, on[0]);
  double                        sum = 0, failures_per_s = 0, notice = 0, queue = 0;
  for (int32_t i = 0; i < n; i++) {
    int32_t             kind = s->v.campus[on[i]].racks;
    const compute_rack *rack = &s->v.rack[kind];
    double              here = gpus[i] * s->campus[on[i]].fleet.wear_frac / (3600 * rack->mtbf_h);
    sum += gpus[i];
    failures_per_s += here;
    notice += here * operations_notice_s(&s->m->goodput->notice[kind], how);
    queue += here * queue_s(s, on[i]);
  }
  *out = (operations_run){how, failures_per_s / sum, notice / failures_per_s, queue / failures_per_s};
}
