// Cluster as JSON: schema stargate.cluster/1. Units are in the names; what is not known is null.
#include <math.h>
#include <stddef.h>

#include "cluster_report.h"

static void number(json_writer *w, const char *key, double value) {
  json_key(w, key);
  json_number(w, value);
}

static void whole(json_writer *w, const char *key, int64_t value) {
  json_key(w, key);
  json_int(w, value);
}

static void string(json_writer *w, const char *key, const char *value) {
  json_key(w, key);
  json_string(w, value);
}

static void machine(json_writer *w, const twin_cluster *c) {
  json_key(w, "machine");
  json_object(w);
  whole(w, "capacity_gpus", c->capacity_gpus);
  if (c->placed) {
    whole(w, "nodes", c->machine.n_node);
    whole(w, "gpus_per_node", c->machine.gpus_per_node);
    if (c->machine.nodes_per_rack) whole(w, "nodes_per_rack", c->machine.nodes_per_rack);
    if (c->machine.racks_per_block) whole(w, "racks_per_block", c->machine.racks_per_block);
  }
  json_end(w);
}

static void trace(json_writer *w, const twin_cluster *c) {
  static const char *const format[] = {"csv", "swf", "sacct"};
  json_key(w, "trace");
  json_object(w);
  string(w, "name", c->name);
  string(w, "format", format[c->format]);
  whole(w, "rows", c->counts.rows);
  whole(w, "jobs", c->counts.jobs);
  whole(w, "left_out_no_run", c->counts.no_run);
  whole(w, "left_out_no_gpus", c->counts.no_gpus);
  whole(w, "steps", c->counts.steps);
  whole(w, "without_limit", c->counts.no_limit);
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
    whole(w, wholes[i].key, *(const int64_t *)(const void *)(of + wholes[i].offset));
  for (size_t i = 0; i < sizeof reals / sizeof reals[0]; i++)
    number(w, reals[i].key, *(const double *)(const void *)(of + reals[i].offset));
  number(w, "goodput_scheduling_frac",
         m->makespan_s ? held / ((double)m->capacity_gpus * (double)m->makespan_s) : (double)NAN);
  const double made = (double)m->work_gpu_s + (double)m->slow_gpu_s;
  number(w, "goodput_runtime_frac", held > 0 ? made / held : (double)NAN);
  if (c->disturbed) number(w, "goodput_program_frac", made > 0 ? (double)m->work_gpu_s / made : (double)NAN);
  json_end(w);
  json_key(w, "ends");
  json_object(w);
  for (int i = 0; i < OPERATIONS_ENDS; i++) whole(w, operations_end_word((operations_end)i), c->ends[i]);
  json_end(w);
}

// What stopped jobs and what that cost, cause by cause.
static void stops(json_writer *w, const twin_cluster *c) {
  json_key(w, "failures");
  json_object(w);
  number(w, "multiplier", c->failures.on ? c->failures.multiplier : 0.0);
  number(w, "seed", (double)c->failures.seed);
  whole(w, "spare_racks", c->failures.spare_racks);
  whole(w, "crews", c->failures.on ? c->failures.crews : 0);
  whole(w, "outages", c->failures.outages);
  whole(w, "capped_s", c->capped_s);
  json_key(w, "causes");
  json_array(w);
  for (int i = 0; i < TWIN_CLUSTER_CAUSES; i++) {
    if (!c->stopped[i]) continue;
    json_object(w);
    string(w, "cause", twin_cluster_cause(i));
    whole(w, "interruptions", c->stopped[i]);
    whole(w, "lost_gpu_s", c->lost_gpu_s[i]);
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
    string(w, "name", p->name);
    whole(w, "gpus", p->reserved_gpus ? p->reserved_gpus : twin_cluster_part_gpus(p));
    if (p->reserved_gpus) {
      number(w, "from_h", p->from_h);
      number(w, "to_h", p->to_h);
    }
    json_end(w);
  }
  json_end(w);
}

static void timeline(json_writer *w, const twin_cluster_timeline *t) {
  json_key(w, "timeline");
  json_object(w);
  whole(w, "from_s", t->from_s);
  whole(w, "step_s", t->step_s);
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
    number(w, "interval_s", g->interval_s[i]);
    number(w, "ettr_frac", g->interval_ettr_frac[i]);
    json_end(w);
  }
  json_end(w);
}

static void goodput(json_writer *w, const twin_cluster_goodput *g) {
  const operations_expectation *e = &g->best;
  json_key(w, "goodput");
  json_object(w);
  number(w, "gpus", g->gpus);
  string(w, "shape", g->shape);
  number(w, "interval_s", e->job.interval_s);
  number(w, "write_s", e->job.write_s);
  number(w, "save_s", e->job.save_s);
  number(w, "restart_s", e->job.restart_s);
  number(w, "failures_per_day", e->failures_per_day);
  number(w, "mtbf_h", e->mtbf_h);
  number(w, "ettr_exact_frac", g->exact_frac);
  number(w, "ettr_simulated_frac", g->simulated.mean);
  number(w, "ettr_simulated_stderr", g->simulated.stderr_mean);
  intervals(w, g);
  number(w, "training_frac", e->useful_frac);
  number(w, "write_frac", e->write_frac);
  number(w, "rework_frac", e->rework_frac);
  number(w, "restart_frac", e->restart_frac);
  number(w, "planned_frac", e->planned_frac);
  number(w, "straggler_frac", e->straggler_frac);
  number(w, "training_noticed_an_hour_later_frac", g->late_frac);
  number(w, "replicas", g->replicas);
  number(w, "replicas_training_frac", g->replicas_frac);
  number(w, "replicas_training_noticed_an_hour_later_frac", g->replicas_late_frac);
  number(w, "failures_multiplier", g->multiplier);
  number(w, "days", g->days);
  number(w, "rent_usd_per_gpu_h", g->rent_usd_per_gpu_h);
  number(w, "hour_later_gpu_h", 24 * g->days * g->gpus * (e->useful_frac - g->late_frac));
  number(w, "replicas_hour_later_gpu_h", 24 * g->days * g->gpus * (g->replicas_frac - g->replicas_late_frac));
  if (g->racks > 0) {
    number(w, "racks", g->racks);
    number(w, "short_racks", g->short_racks);
    whole(w, "spare_racks", g->spare_racks);
  }
  number(w, "down_nodes", e->down_nodes);
  whole(w, "spare_nodes", e->spare_nodes);
  number(w, "cover_frac", e->cover_frac);
  json_key(w, "interruptions_per_day");
  json_object(w);
  for (int i = 0; i < OPERATIONS_CAUSES; i++)
    number(w, operations_cause_of((operations_cause_id)i).name, g->cause_per_day[i]);
  json_end(w);
  json_end(w);
}

sg_err report_cluster_json(const twin_cluster *c, text_buffer *out) {
  json_writer w = json_begin(out, 1);
  json_object(&w);
  string(&w, "schema", "stargate.cluster/1");
  if (c->capacity_gpus) machine(&w, c);
  if (c->replayed) {
    trace(&w, c);
    string(&w, "policy", c->policy);
    parts(&w, c);
    metrics(&w, c);
    if (c->disturbed) stops(&w, c);
    timeline(&w, &c->use);
  }
  if (c->expects) goodput(&w, &c->goodput);
  json_end(&w);
  return json_finish(&w) ? SG_OK : SG_ERR_MEMORY;
}
