// Cluster as JSON: schema stargate.cluster/1. Units are in the names; what is not known is null.
#include <math.h>
#include <stddef.h>

#include "cluster_report.h"

static void machine(json_writer *w, const twin_cluster *c) {
  json_key(w, "machine");
  json_object(w);
  json_put_int(w, "capacity_gpus", c->capacity_gpus);
  if (c->placed) {
    json_put_int(w, "nodes", c->machine.n_node);
    json_put_int(w, "gpus_per_node", c->machine.gpus_per_node);
    if (c->machine.nodes_per_rack) json_put_int(w, "nodes_per_rack", c->machine.nodes_per_rack);
    if (c->machine.racks_per_block) json_put_int(w, "racks_per_block", c->machine.racks_per_block);
  }
  json_end(w);
}

static void trace(json_writer *w, const twin_cluster *c) {
  static const char *const format[] = {"csv", "swf", "sacct"};
  json_key(w, "trace");
  json_object(w);
  json_put_string(w, "name", c->name);
  json_put_string(w, "format", format[c->format]);
  json_put_int(w, "rows", c->counts.rows);
  json_put_int(w, "jobs", c->counts.jobs);
  json_put_int(w, "left_out_no_run", c->counts.no_run);
  json_put_int(w, "left_out_no_gpus", c->counts.no_gpus);
  json_put_int(w, "steps", c->counts.steps);
  json_put_int(w, "without_limit", c->counts.no_limit);
  json_end(w);
}

#define REAL(member) \
  { #member, offsetof(operations_metrics, member) }
static const struct {
  const char *key;
  size_t      offset;
} reals[] =
    {
        REAL(mean_wait_s),
        REAL(median_wait_s),
        REAL(p99_wait_s),
        REAL(max_wait_s),
        REAL(area_weighted_wait_s),
        REAL(mean_flow_s),
        REAL(mean_bounded_slowdown),
        REAL(max_bounded_slowdown),
        REAL(utilisation_frac),
},
  wholes[] = {
      REAL(jobs),          REAL(rejected),      REAL(never),      REAL(given_up),
      REAL(stops),         REAL(preemptions),   REAL(timed_out),  REAL(jobs_waiting),
      REAL(makespan_s),    REAL(capacity_gpus), REAL(work_gpu_s), REAL(rework_gpu_s),
      REAL(restart_gpu_s), REAL(slow_gpu_s),    REAL(idle_gpu_s), REAL(down_gpu_s),
};

static void metrics(json_writer *w, const twin_cluster *c) {
  const char               *of = (const char *)&c->m;
  const operations_metrics *m = &c->m;
  const double              held =
      (double)m->work_gpu_s + (double)m->rework_gpu_s + (double)m->restart_gpu_s + (double)m->slow_gpu_s;
  json_key(w, "metrics");
  json_object(w);
  for (size_t i = 0; i < sizeof wholes / sizeof wholes[0]; i++)
    json_put_int(w, wholes[i].key, *(const int64_t *)(const void *)(of + wholes[i].offset));
  for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++)
    json_put_number(w, reals[i].key, *(const double *)(const void *)(of + reals[i].offset));
  json_put_number(w, "goodput_scheduling_frac",
         m->makespan_s ? held / ((double)m->capacity_gpus * (double)m->makespan_s) : (double)NAN);
  const double made = (double)m->work_gpu_s + (double)m->slow_gpu_s;
  json_put_number(w, "goodput_runtime_frac", held > 0 ? made / held : (double)NAN);
  if (c->disturbed) json_put_number(w, "goodput_program_frac", made > 0 ? (double)m->work_gpu_s / made : (double)NAN);
  json_end(w);
  json_key(w, "ends");
  json_object(w);
  for (int i = 0; i < OPERATIONS_ENDS; i++) json_put_int(w, operations_end_word((operations_end)i), c->ends[i]);
  json_end(w);
}

// What stopped jobs and what that cost, cause by cause.
static void stops(json_writer *w, const twin_cluster *c) {
  json_key(w, "failures");
  json_object(w);
  json_put_number(w, "multiplier", c->failures.on ? c->failures.multiplier : 0.0);
  json_put_number(w, "seed", (double)c->failures.seed);
  json_put_int(w, "spare_racks", c->failures.spare_racks);
  json_put_int(w, "crews", c->failures.on ? c->failures.crews : 0);
  json_put_int(w, "outages", c->failures.outages);
  json_put_int(w, "capped_s", c->capped_s);
  json_key(w, "causes");
  json_array(w);
  for (int i = 0; i < TWIN_CLUSTER_CAUSES; i++) {
    if (!c->stopped[i]) continue;
    json_object(w);
    json_put_string(w, "cause", twin_cluster_cause(i));
    json_put_int(w, "interruptions", c->stopped[i]);
    json_put_int(w, "lost_gpu_s", c->lost_gpu_s[i]);
    json_end(w);
  }
  json_end(w);
  json_end(w);
}

static void parts(json_writer *w, const twin_cluster *c) {
  if (c->n_part < 2) return;
  json_key(w, "partitions");
  json_array(w);
  for (int32_t i = 1; i < c->n_part; i++) {
    const twin_cluster_part *p = &c->part[i];
    json_object(w);
    json_put_string(w, "name", p->name);
    json_put_int(w, "gpus", p->reserved_gpus ? p->reserved_gpus : twin_cluster_part_gpus(p));
    if (p->reserved_gpus) {
      json_put_number(w, "from_h", p->from_h);
      json_put_number(w, "to_h", p->to_h);
    }
    json_end(w);
  }
  json_end(w);
}

static void timeline(json_writer *w, const twin_cluster_timeline *t) {
  json_key(w, "timeline");
  json_object(w);
  json_put_int(w, "from_s", t->from_s);
  json_put_int(w, "step_s", t->step_s);
  json_key(w, "held_gpu_s");
  json_numbers(w, t->held_gpu_s, (size_t)t->n);
  json_key(w, "waiting_gpu_s");
  json_numbers(w, t->waiting_gpu_s, (size_t)t->n);
  json_end(w);
}

static void intervals(json_writer *w, const twin_cluster_goodput *g) {
  static const char *const rule[3] = {"young", "daly", "best"};
  json_key(w, "intervals");
  json_object(w);
  for (int i = 0; i < 3; i++) {
    json_key(w, rule[i]);
    json_object(w);
    json_put_number(w, "interval_s", g->interval_s[i]);
    json_put_number(w, "ettr_frac", g->interval_ettr_frac[i]);
    json_end(w);
  }
  json_end(w);
}

static void goodput(json_writer *w, const twin_cluster_goodput *g) {
  const operations_expectation *e = &g->best;
  json_key(w, "goodput");
  json_object(w);
  json_put_number(w, "gpus", g->gpus);
  json_put_string(w, "shape", g->shape);
  json_put_number(w, "interval_s", e->job.interval_s);
  json_put_number(w, "write_s", e->job.write_s);
  json_put_number(w, "save_s", e->job.save_s);
  json_put_number(w, "restart_s", e->job.restart_s);
  json_put_number(w, "failures_per_day", e->failures_per_day);
  json_put_number(w, "mtbf_h", e->mtbf_h);
  json_put_number(w, "ettr_exact_frac", g->exact_frac);
  json_put_number(w, "ettr_simulated_frac", g->simulated.mean);
  json_put_number(w, "ettr_simulated_stderr", g->simulated.stderr_mean);
  intervals(w, g);
  json_put_number(w, "training_frac", e->useful_frac);
  json_put_number(w, "write_frac", e->write_frac);
  json_put_number(w, "rework_frac", e->rework_frac);
  json_put_number(w, "restart_frac", e->restart_frac);
  json_put_number(w, "planned_frac", e->planned_frac);
  json_put_number(w, "straggler_frac", e->straggler_frac);
  json_put_number(w, "training_noticed_an_hour_later_frac", g->late_frac);
  json_put_number(w, "replicas", g->replicas);
  json_put_number(w, "replicas_training_frac", g->replicas_frac);
  json_put_number(w, "replicas_training_noticed_an_hour_later_frac", g->replicas_late_frac);
  json_put_number(w, "failures_multiplier", g->multiplier);
  json_put_number(w, "days", g->days);
  json_put_number(w, "rent_usd_per_gpu_h", g->rent_usd_per_gpu_h);
  json_put_number(w, "hour_later_gpu_h", 24 * g->days * g->gpus * (e->useful_frac - g->late_frac));
  json_put_number(w, "replicas_hour_later_gpu_h", 24 * g->days * g->gpus * (g->replicas_frac - g->replicas_late_frac));
  if (g->racks > 0) {
    json_put_number(w, "racks", g->racks);
    json_put_number(w, "short_racks", g->short_racks);
    json_put_int(w, "spare_racks", g->spare_racks);
  }
  json_put_number(w, "down_nodes", e->down_nodes);
  json_put_int(w, "spare_nodes", e->spare_nodes);
  json_put_number(w, "cover_frac", e->cover_frac);
  json_key(w, "interruptions_per_day");
  json_object(w);
  for (int i = 0; i < OPERATIONS_CAUSES; i++)
    json_put_number(w, operations_cause_of((operations_cause_id)i).name, g->cause_per_day[i]);
  json_end(w);
  json_end(w);
}

sg_err report_cluster_json(const twin_cluster *c, text_buffer *out) {
  json_writer w = json_begin(out, 1);
  json_object(&w);
  json_put_string(&w, "schema", "stargate.cluster/1");
  if (c->capacity_gpus) machine(&w, c);
  if (c->replayed) {
    trace(&w, c);
    json_put_string(&w, "policy", c->policy);
    parts(&w, c);
    metrics(&w, c);
    if (c->disturbed) stops(&w, c);
    timeline(&w, &c->use);
  }
  if (c->expects) goodput(&w, &c->goodput);
  json_end(&w);
  return json_finish(&w) ? SG_OK : SG_ERR_MEMORY;
}
