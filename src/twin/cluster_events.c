// Events of a cluster. See cluster_events.h.
#include "cluster_events.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/csv.h"
#include "../base/number.h"

#define DAY_S      86400.0
#define LEAST_FRAC 0.25    // of a GPU's power, see twin_cluster_pace
#define FIRST_DAYS 32.0    // outages are drawn for so long, then for twice as long, and so on
#define MOST_DAYS  3660.0  // as of operations_fleet

// A stretch of time with one share of the power.
typedef struct cap {
  int64_t from_s, to_s;
  double  power_frac;
} cap;

struct twin_cluster_events {
  twin_cluster         *c;
  operations_practice   practice;
  twin_cluster_response response;
  cap                  *cap;  // (n_cap), in order of time; since the first submission where `by_hour`
  size_t                n_cap;
  bool                  by_hour;
  int64_t               from_s;  // the first submission
  operations_window    *window;
  size_t                n_window;
  operations_event     *known;  // caps and maintenance (n_known), sorted
  size_t                n_known, next_known;
  operations_fleet      fleet;
  stream                s;
  double                multiplier;
  arena                *a;      // of what was drawn last
  operations_event     *drawn;  // of the fleet (n_drawn), sorted
  size_t                n_drawn, next_drawn;
  double                days;       // drawn for so long
  bool                  exhausted;  // for no longer
  sg_err                err;
};

static operations_partition *part_of(const twin_cluster_events *e, int32_t i) { return &e->c->part[i].of; }

double twin_cluster_pace(double power_frac) { return sqrt(number_most(power_frac, LEAST_FRAC)); }

static int by_event(const void *a, const void *b) {
  const operations_event *x = a, *y = b;
  if (x->at_s != y->at_s) return x->at_s < y->at_s ? -1 : 1;
  // Down before up: nodes count why they are out, and an outage of no length must begin before it ends.
  if (x->kind != y->kind) return x->kind < y->kind ? -1 : 1;
  if (x->partition != y->partition) return x->partition < y->partition ? -1 : 1;
  if (x->first_node != y->first_node) return x->first_node < y->first_node ? -1 : 1;
  if (x->n_node != y->n_node) return x->n_node < y->n_node ? -1 : 1;
  return (x->cause > y->cause) - (x->cause < y->cause);
}

// ---- Caps -------------------------------------------------------------------------------------------------------------

typedef struct cap_columns {
  int32_t time, level, over;  // over -1: level is a share
  bool    by_hour, shed;      // shed: level is what is missing
} cap_columns;

static sg_err find_columns(const csv_table *t, sg_diags *diags, cap_columns *out) {
  static const struct {
    const char *level, *over;
  } forms[] = {
      {"cap_frac",     NULL         },
      {"cap_mw",       "full_mw"    },
      {"curtailed_mw", "facility_mw"},
  };
  const int32_t hour = csv_column(t, "hour"), start = csv_column(t, "start_s");
  *out = (cap_columns){.time = hour >= 0 ? hour : start, .level = -1, .over = -1, .by_hour = hour >= 0};
  if (out->time < 0)
    return diag_add(diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, -1),
                    "hour: since the first submission; start_s: as in the trace",
                    "a file of caps must have a column hour or start_s");
  for (size_t i = 0; i < sizeof forms / sizeof forms[0] && out->level < 0; i++) {
    out->level = csv_column(t, forms[i].level);
    out->over = out->level >= 0 && forms[i].over ? csv_column(t, forms[i].over) : -1;
    out->shed = i == 2;
    if (out->level >= 0 && forms[i].over && out->over < 0)
      return diag_add(diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, out->level), "what all GPUs take, in MW",
                      "column %s needs a column %s beside it", forms[i].level, forms[i].over);
  }
  if (out->level >= 0) return SG_OK;
  return diag_add(
      diags, SG_ERROR, SG_ERR_KEY, csv_place(t, -1, -1),
      "cap_frac, or cap_mw and full_mw, or curtailed_mw and facility_mw as `stargate power --hourly` writes",
      "a file of caps must say how much power there is");
}

static sg_err read_number(const csv_table *t, int32_t row, int32_t column, double high, sg_diags *diags, double *out) {
  const text_slice field = csv_field(t, row, column);
  if (!text_number(field, out))
    return diag_add(diags, SG_ERROR, SG_ERR_TYPE, csv_place(t, row, column), NULL, "'%.*s' is no number",
                    field.n < 60 ? (int)field.n : 60, field.at);
  if (*out >= 0.0 && *out <= high) return SG_OK;
  return diag_add(diags, SG_ERROR, SG_ERR_RANGE, csv_place(t, row, column), "a share, such as 0.8",
                  "'%.*s' is not from 0 to %g", field.n < 60 ? (int)field.n : 60, field.at, high);
}

static sg_err read_cap(const csv_table *t, const cap_columns *k, int32_t row, sg_diags *diags, cap *out) {
  double time, level, over = 1.0;
  sg_err err = read_number(t, row, k->time, k->by_hour ? 1e5 : (double)OPERATIONS_MAX_TIME_S, diags, &time);
  if (!err) err = read_number(t, row, k->level, k->over < 0 ? 1.0 : 1e9, diags, &level);
  if (!err && k->over >= 0) err = read_number(t, row, k->over, 1e9, diags, &over);
  if (err) return err;
  const double frac = over > 0.0 ? number_least(level / over, 1.0) : k->shed ? 0.0 : 1.0;  // nothing is asked for
  out->from_s = (int64_t)(k->by_hour ? 3600.0 * time : time);
  out->to_s = k->by_hour ? out->from_s + 3600 : OPERATIONS_MAX_TIME_S;
  out->power_frac = k->shed ? 1.0 - frac : frac;
  return SG_OK;
}

// Rows of the same share become one stretch; those with all of the power are left out.
static sg_err read_caps(const diag_source *source, sg_diags *diags, twin_cluster_events *e) {
  csv_table   t;
  cap_columns k;
  size_t      n = 0;
  int64_t     last_s = INT64_MIN;
  sg_err      err = csv_read(source, e->c->a, diags, &t);
  if (!err) err = find_columns(&t, diags, &k);
  if (err) return err;
  e->by_hour = k.by_hour;
  if (!t.n_row)
    return diag_add(diags, SG_ERROR, SG_ERR_KEY, csv_place(&t, -1, -1), NULL, "a file of caps without rows");
  if (!(e->cap = ARENA_NEW(e->c->a, cap, t.n_row))) return SG_ERR_MEMORY;
  for (int32_t row = 0; row < t.n_row; row++) {
    cap at;
    err = read_cap(&t, &k, row, diags, &at);
    if (err) return err;
    if (at.from_s <= last_s)
      return diag_add(diags, SG_ERROR, SG_ERR_RANGE, csv_place(&t, row, k.time), "sort the rows by time",
                      "a time that is not after that of the line above");
    last_s = at.from_s;
    if (n && e->cap[n - 1].power_frac == at.power_frac) e->cap[n - 1].to_s = at.to_s;
    else e->cap[n++] = at;
    if (n > 1) e->cap[n - 2].to_s = e->cap[n - 1].from_s;
  }
  for (size_t i = 0; i < n; i++)
    if (e->cap[i].power_frac < 1.0) e->cap[e->n_cap++] = e->cap[i];
  return SG_OK;
}

// ---- Settings ---------------------------------------------------------------------------------------------------------

static sg_err read_response(const twin_cluster_settings *s, const diag_source *caps, twin_cluster_events *e) {
  static const char *const known[] = {"throttle", "stop", "announced"};
  const char              *word = twin_cluster_setting(s, "response");
  if (!word) return SG_OK;
  if (!caps) return twin_cluster_refuse(s, SG_ERR_KEY, "--caps PATH", "response '%.60s' needs a file of caps", word);
  for (int i = 0; i < 3; i++)
    if (!strcmp(word, known[i])) {
      e->response = (twin_cluster_response)i;
      if (i != TWIN_CLUSTER_ANNOUNCED || !e->c->placed) return SG_OK;
      return twin_cluster_refuse(s, SG_ERR_RANGE, "give --capacity, or --response stop or throttle",
                                 "response '%.60s' is for one pool, not for nodes", word);
    }
  return twin_cluster_refuse(s, SG_ERR_NAME, "throttle, stop or announced", "response cannot be '%.60s'", word);
}

// A fleet of the machine's nodes: racks of NVL72 from 72 GPUs a rack on, else of servers; all nodes are given to jobs.
static void put_together(twin_cluster_events *e) {
  const operations_partition *m = &e->c->machine;
  const bool                  large = m->nodes_per_rack && (int64_t)m->nodes_per_rack * m->gpus_per_node >= 72;
  operations_shape            shape = large ? operations_shape_nvl72 : operations_shape_hgx;
  if (m->n_node) shape.gpus_per_node = m->gpus_per_node;
  if (m->nodes_per_rack) shape.nodes_per_rack = m->nodes_per_rack;
  shape.spare_trays = 0;
  e->fleet = operations_fleet_of(&shape, (double)e->c->capacity_gpus);
  e->fleet.window_every_day = 0.0;
}

static sg_err read_failures(const twin_cluster_settings *s, twin_cluster_events *e) {
  static const char *const repair[] = {"spares", "crews"};
  twin_cluster_failures   *f = &e->c->failures;
  double                   spares = 0.0, crews = 0.0;
  const char              *word = twin_cluster_setting(s, "failures");
  f->on = word != NULL;
  f->multiplier = 1.0;
  for (int i = 0; i < 2 && !word; i++)
    if (twin_cluster_setting(s, repair[i]))
      return twin_cluster_refuse(s, SG_ERR_KEY, "--failures", "%s are for failures", repair[i]);
  if (f->on && !e->c->placed)
    return twin_cluster_refuse(s, SG_ERR_RANGE, "give --nodes 64x8 or --racks 8x18x4 in place of --capacity",
                               "failures hit nodes, but there is %s", "one pool");
  sg_err err = twin_cluster_number(s, "failures", 0.0, 1000.0, "a multiple of the failures of Llama 3's fleet, to 1000",
                                   &f->multiplier);
  if (!err)
    err = twin_cluster_number(s, "spares", 0.0, 1e6,
                              "racks beside the machine that stand in for what is out, such as 2", &spares);
  if (!err) err = twin_cluster_number(s, "crews", 1.0, 1e4, "repairs that can be under way at once, such as 2", &crews);
  if (err) return err;
  put_together(e);
  if (crews > 0.0) e->fleet.crews = (int32_t)crews;
  e->multiplier = f->multiplier;
  e->fleet.spare_racks = f->spare_racks = (int32_t)spares;
  f->crews = e->fleet.crews;
  e->fleet.multiplier = e->multiplier;
  const double load = operations_fleet_crew_load(&e->fleet);
  if (!f->on || load < 1.0) return SG_OK;
  char many[24], hint[80];
  (void)snprintf(many, sizeof many, "%d", f->crews);
  (void)snprintf(hint, sizeof hint, "--crews %.0f, or fewer failures", ceil(1.25 * load * f->crews));
  return twin_cluster_refuse(s, SG_ERR_RANGE, hint, "failures come faster than repairs with crews: %s", many);
}

sg_err twin_cluster_events_make(const twin_cluster_settings *s, const twin_cluster_with *with,
                                const operations_practice *practice, twin_cluster *c, twin_cluster_events **out) {
  twin_cluster_events *e = *out = ARENA_NEW(c->a, twin_cluster_events, 1);
  if (!e) return SG_ERR_MEMORY;
  e->c = c;
  e->practice = *practice;
  e->s = (stream){.seed = with->seed};
  c->failures.seed = with->seed;
  sg_err err = read_response(s, with->caps, e);
  if (!err && with->caps) err = read_caps(with->caps, s->diags, e);
  if (!err) err = read_failures(s, e);
  c->disturbed =
      c->failures.on || with->caps || twin_cluster_setting(s, "checkpoint") || twin_cluster_setting(s, "restart");
  return err;
}

void twin_cluster_events_free(twin_cluster_events *e) {
  if (e) arena_free(e->a);
}

// ---- What is known ahead ------------------------------------------------------------------------------------------------

static int64_t hours_from(const twin_cluster_events *e, double h) { return e->from_s + (int64_t)(3600.0 * h); }

static void add_window(twin_cluster_events *e, int32_t part, int64_t from_s, int64_t to_s, int64_t change) {
  if (change) e->window[e->n_window++] = (operations_window){from_s, to_s, change, part};
}

static void add_event(twin_cluster_events *e, const operations_event *event) { e->known[e->n_known++] = *event; }

static void add_maintenance(twin_cluster_events *e, const twin_cluster_service *m) {
  const int64_t               from_s = hours_from(e, m->from_h), to_s = hours_from(e, m->to_h);
  const operations_partition *rest = part_of(e, 0);
  if (!e->c->placed) {
    add_window(e, 0, from_s, to_s, -m->gpus);
    return;
  }
  const int32_t    n = (int32_t)((m->gpus + rest->gpus_per_node - 1) / rest->gpus_per_node);
  operations_event at = {.at_s = from_s, .kind = OPERATIONS_NODES_DRAIN, .first_node = rest->n_node - n, .n_node = n};
  add_event(e, &at);
  at.at_s = to_s;
  at.kind = OPERATIONS_NODES_UP;
  add_event(e, &at);
}

// One cap in one part; `last`: no other follows at once.
static void add_cap(twin_cluster_events *e, const cap *c, int32_t part, bool last) {
  const int64_t    gpus = twin_cluster_part_gpus(&e->c->part[part]), from_s = c->from_s + (e->by_hour ? e->from_s : 0);
  const int64_t    to_s = c->to_s + (e->by_hour ? e->from_s : 0);
  const bool       slows = e->response == TWIN_CLUSTER_THROTTLE;
  const double     left_frac = slows ? number_least(1.0, c->power_frac / LEAST_FRAC) : c->power_frac;
  operations_event at = {.at_s = from_s,
                         .kind = OPERATIONS_CAP,
                         .partition = part,
                         .cap_gpus = (int64_t)floor(left_frac * (double)gpus + 1e-9),
                         .cause = TWIN_CLUSTER_CAP};
  if (e->response == TWIN_CLUSTER_ANNOUNCED) {
    add_window(e, part, from_s, to_s, at.cap_gpus - gpus);
    return;
  }
  add_event(e, &at);
  if (slows) {
    at.kind = OPERATIONS_SPEED;
    at.speed_frac = twin_cluster_pace(c->power_frac);
    add_event(e, &at);
  }
  if (!last || to_s == OPERATIONS_MAX_TIME_S) return;
  at.at_s = to_s;
  at.kind = OPERATIONS_CAP;
  at.cap_gpus = OPERATIONS_MAX_GPUS;
  add_event(e, &at);
  at.kind = OPERATIONS_SPEED;
  at.speed_frac = 1.0;
  if (slows) add_event(e, &at);
}

// ---- What breaks --------------------------------------------------------------------------------------------------------

// An outage in each part that it hits: a job's nodes go down, and up again when a spare stands in or they are back.
static void add_outage(twin_cluster_events *e, const operations_outage *o) {
  const int64_t from_s = e->from_s + (int64_t)floor(o->time_s);
  const int64_t to_s = o->granted_s > o->time_s ? e->from_s + (int64_t)ceil(o->granted_s) : from_s;
  for (int32_t i = 0; i < e->c->n_part; i++) {
    const twin_cluster_part *p = &e->c->part[i];
    const int32_t            low = o->first > p->first_node ? o->first - p->first_node : 0;
    const int32_t            over = o->first + o->n - p->first_node, high = over < p->of.n_node ? over : p->of.n_node;
    if (low >= high) continue;
    operations_event at = {.at_s = from_s,
                           .kind = OPERATIONS_NODES_DOWN,
                           .partition = i,
                           .first_node = low,
                           .n_node = high - low,
                           .found_s = (int64_t)operations_detect_s(&e->practice, (operations_cause_id)o->cause),
                           .cause = o->cause};
    e->drawn[e->n_drawn++] = at;
    at.at_s = to_s;
    at.kind = OPERATIONS_NODES_UP;
    e->drawn[e->n_drawn++] = at;
  }
}

// Draws the outages of the first `days`. Longer draws begin with the same outages: those of a day do not depend on what
// comes later, and the hazard is that of one year's age throughout.
static sg_err draw(twin_cluster_events *e, double days) {
  arena             *a = arena_create();
  operations_outage *o;
  int32_t            n;
  if (!a) return SG_ERR_MEMORY;
  e->fleet.days = days;
  e->fleet.multiplier = e->multiplier / operations_age_factor(e->fleet.from_day, e->fleet.from_day + days);
  sg_err err = operations_fleet_outages(&e->fleet, e->s, a, &o, &n);
  if (!err && !(e->drawn = ARENA_NEW(a, operations_event, 2 * (size_t)e->c->n_part * (size_t)n + 1)))
    err = SG_ERR_MEMORY;
  if (err) {
    arena_free(a);
    return err;
  }
  e->n_drawn = e->next_drawn = 0;
  for (int32_t i = 0; i < n; i++) add_outage(e, &o[i]);
  if (e->n_drawn) qsort(e->drawn, e->n_drawn, sizeof *e->drawn, by_event);
  const int64_t told_s = e->from_s + (int64_t)(DAY_S * e->days);
  while (e->next_drawn < e->n_drawn && e->days > 0.0 && e->drawn[e->next_drawn].at_s < told_s) e->next_drawn++;
  arena_free(e->a);
  e->a = a;
  e->days = days;
  return SG_OK;
}

// Whether e->drawn holds the next event of the fleet: what lies beyond the days drawn may yet be preceded by others.
static bool fleet_has_next(twin_cluster_events *e) {
  for (;;) {
    const int64_t until_s = e->from_s + (int64_t)(DAY_S * e->days);
    if (e->next_drawn < e->n_drawn && e->drawn[e->next_drawn].at_s < until_s) return true;
    if (e->exhausted || e->err || !e->c->failures.on || e->multiplier <= 0.0) return false;
    if (e->days >= MOST_DAYS) {
      e->exhausted = true;
      continue;
    }
    const sg_err err = draw(e, number_least(2.0 * e->days, MOST_DAYS));
    if (err == SG_ERR_LIMIT) e->exhausted = true;
    else e->err = err;
  }
}

// ---- Together -----------------------------------------------------------------------------------------------------------

sg_err twin_cluster_events_begin(twin_cluster_events *e, int64_t first_submit_s) {
  const twin_cluster *c = e->c;
  const size_t        parts = (size_t)c->n_part, most = 4 * (e->n_cap + 1) * parts + 2 * TWIN_CLUSTER_PARTS;
  e->from_s = first_submit_s;
  e->window = ARENA_NEW(c->a, operations_window, most);
  e->known = ARENA_NEW(c->a, operations_event, most);
  if (!e->window || !e->known) return SG_ERR_MEMORY;
  for (int32_t i = 1; i < c->n_part; i++) {
    const twin_cluster_part *p = &c->part[i];
    if (!p->reserved_gpus) continue;
    add_window(e, 0, hours_from(e, p->from_h), hours_from(e, p->to_h), -p->reserved_gpus);
    add_window(e, i, hours_from(e, p->from_h), hours_from(e, p->to_h), p->reserved_gpus);
  }
  for (int32_t i = 0; i < c->n_service; i++) add_maintenance(e, &c->service[i]);
  for (size_t i = 0; i < e->n_cap; i++) {
    const bool last = i + 1 == e->n_cap || e->cap[i + 1].from_s > e->cap[i].to_s;
    for (int32_t k = 0; k < c->n_part; k++) add_cap(e, &e->cap[i], k, last);
  }
  if (e->n_known) qsort(e->known, e->n_known, sizeof *e->known, by_event);
  return c->failures.on && e->multiplier > 0.0 ? draw(e, FIRST_DAYS) : SG_OK;
}

const operations_window *twin_cluster_events_windows(const twin_cluster_events *e, size_t *n) {
  *n = e->n_window;
  return e->window;
}

bool twin_cluster_events_next(void *events, operations_event *out) {
  twin_cluster_events *e = events;
  const bool           breaks = fleet_has_next(e), known = e->next_known < e->n_known;
  if (e->err || (!breaks && !known)) return false;
  const bool first = known && (!breaks || e->known[e->next_known].at_s <= e->drawn[e->next_drawn].at_s);
  *out = first ? e->known[e->next_known++] : e->drawn[e->next_drawn++];
  e->c->failures.outages += !first && out->kind == OPERATIONS_NODES_DOWN;
  return true;
}

sg_err twin_cluster_events_result(const twin_cluster_events *e, int64_t end_s) {
  for (size_t i = 0; i < e->n_cap; i++) {
    const int64_t zero_s = e->by_hour ? e->from_s : 0, from_s = e->cap[i].from_s + zero_s,
                  to_s = e->cap[i].to_s + zero_s;
    const int64_t low_s = from_s > e->from_s ? from_s : e->from_s, high_s = to_s < end_s ? to_s : end_s;
    if (high_s > low_s) e->c->capped_s += high_s - low_s;
  }
  if (e->err) return e->err;
  return e->exhausted && (double)(end_s - e->from_s) > DAY_S * e->days ? SG_ERR_LIMIT : SG_OK;
}

const operations_shape *twin_cluster_events_shape(const twin_cluster_events *e) { return &e->fleet.shape; }
