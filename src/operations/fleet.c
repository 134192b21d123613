// Fleet, first pass: outages, repair and spares. The second is fleet_run.c.
#include "fleet.h"

#include <math.h>
#include <stdlib.h>
#include <string.h>

#include "../base/number.h"

#define DAY_S  86400.0
#define HOUR_S 3600.0

enum { MOST_OUTAGES = 2000000 };

operations_fleet operations_fleet_of(const operations_shape *shape, double gpus) {
  const double rack_gpus = shape->gpus_per_node * (shape->nodes_per_rack - shape->spare_trays);
  const double racks = number_most(1.0, ceil(gpus / rack_gpus));
  return (operations_fleet){.shape = *shape,
                            .racks = (int32_t)racks,
                            .spare_racks = (int32_t)ceil(0.005 * racks),
                            .multiplier = 1.0,
                            .from_day = 365.0,
                            .days = 30.0,
                            .crews = (int32_t)ceil(gpus / 12500.0),
                            .hands_on_h = 4.0,
                            .shift_h = 24.0,
                            .window_every_day = 54.0 / 47.0};
}

static int32_t rack_places(const operations_fleet *f) {
  return (int32_t)(f->shape.nodes_per_rack - f->shape.spare_trays);
}

int32_t operations_fleet_places(const operations_fleet *fleet) { return fleet->racks * rack_places(fleet); }

sg_err operations_fleet_check(const operations_fleet *fleet, const char **why) {
  const operations_shape *s = &fleet->shape;
  *why = "";
  if (!(s->gpus_per_node >= 1 && s->gpus_per_switch >= 1 && s->nodes_per_rack >= 1 && s->racks_per_loop >= 1 &&
        s->racks_per_feed >= 1 && s->racks_per_site >= 1 && s->spare_trays >= 0 && s->spare_trays < s->nodes_per_rack))
    *why = "a count of the shape is below 1, or no tray is left for jobs";
  else if (fleet->racks < 1 || fleet->spare_racks < 0 || fleet->crews < 1) *why = "racks and crews must be at least 1";
  else if (!((double)fleet->racks * s->nodes_per_rack < 2147483647.0)) *why = "more nodes than 2^31";
  else if (!(fleet->multiplier >= 0 && fleet->multiplier < 1e6 && fleet->from_day >= 0 && fleet->from_day < 1e6))
    *why = "multiplier and age must be finite and not negative";
  else if (!(fleet->days > 0 && fleet->days <= 3660)) *why = "days must be above 0 and at most 3,660";
  else if (!(fleet->hands_on_h >= 0 && fleet->hands_on_h < 1e6 && fleet->shift_h > 0 && fleet->shift_h <= 24 &&
             fleet->shift_start_h >= 0 && fleet->shift_start_h < 24))
    *why = "hours of repair or of a shift are out of range";
  else if (!(fleet->window_every_day >= 0 && fleet->window_h >= 0 && fleet->window_h < 1e6))
    *why = "maintenance windows are out of range";
  return **why ? SG_ERR_RANGE : SG_OK;
}

// ---- What breaks ---------------------------------------------------------------------------------------------------

typedef struct outage_list {
  operations_outage *at;
  double            *hands_on_s, *rest_s;  // of its repair: with a crew, then without; 0, 0: nothing to repair
  int32_t            n, capacity;
} outage_list;

// A first guess grows by half each time; the arena keeps the old ones until the caller is done.
static sg_err list_room(outage_list *l, arena *a) {
  if (l->n < l->capacity) return SG_OK;
  if (l->capacity >= MOST_OUTAGES) return SG_ERR_LIMIT;
  const outage_list was = *l;
  l->capacity = l->capacity ? l->capacity + l->capacity / 2 : 4096;
  l->at = ARENA_NEW(a, operations_outage, l->capacity);
  l->hands_on_s = ARENA_NEW(a, double, l->capacity);
  l->rest_s = ARENA_NEW(a, double, l->capacity);
  if (!l->at || !l->hands_on_s || !l->rest_s) return SG_ERR_MEMORY;
  if (was.n) {
    memcpy(l->at, was.at, (size_t)was.n * sizeof *l->at);
    memcpy(l->hands_on_s, was.hands_on_s, (size_t)was.n * sizeof(double));
    memcpy(l->rest_s, was.rest_s, (size_t)was.n * sizeof(double));
  }
  return SG_OK;
}

// Places under a unit chosen by u in (0, 1), evenly among the units of its level.
static void places_of(const operations_fleet *f, operations_level level, double u, int32_t *first, int32_t *n) {
  const int32_t per_rack = rack_places(f), all = operations_fleet_places(f);
  int32_t       each = 1;
  switch (level) {
    case OPERATIONS_LEVEL_SWITCH: {
      const double nodes = f->shape.gpus_per_switch / f->shape.gpus_per_node;
      each = (int32_t)number_most(1.0, number_least(nodes, per_rack));
      break;
    }
    case OPERATIONS_LEVEL_RACK: each = per_rack; break;
    case OPERATIONS_LEVEL_LOOP: each = (int32_t)f->shape.racks_per_loop * per_rack; break;
    case OPERATIONS_LEVEL_FEED: each = (int32_t)f->shape.racks_per_feed * per_rack; break;
    case OPERATIONS_LEVEL_SITE: each = (int32_t)f->shape.racks_per_site * per_rack; break;
    case OPERATIONS_LEVEL_GPU:
    case OPERATIONS_LEVEL_NODE:
    case OPERATIONS_LEVEL_LINK:
    case OPERATIONS_LEVELS: break;
  }
  const int32_t units = (all + each - 1) / each;
  const int32_t unit = (int32_t)number_least(units - 1, floor(u * units));
  *first = unit * each;
  *n = *first + each <= all ? each : all - *first;
}

// Marks of one outage, in steps of its stream: gap, thinning, unit, taken out or not, repair.
enum { MARK_GAP, MARK_KEEP, MARK_UNIT, MARK_OUT, MARK_REPAIR, MARKS };

static bool needs_crew(const operations_cause *c) {
  return c->hardware || c->level == OPERATIONS_LEVEL_LINK || c->level == OPERATIONS_LEVEL_SWITCH ||
         c->level == OPERATIONS_LEVEL_RACK;
}

double operations_fleet_crew_load(const operations_fleet *fleet) {
  const double gpus = operations_fleet_places(fleet) * fleet->shape.gpus_per_node;
  double       hours = 0.0;
  for (int i = 0; i < OPERATIONS_CAUSES; i++) {
    const operations_cause c = operations_cause_of((operations_cause_id)i);
    const double           out = c.hardware ? operations_node_out_frac(&fleet->shape) : 1.0;
    if (needs_crew(&c))
      hours += out * operations_cause_per_day(&fleet->shape, (operations_cause_id)i, gpus) *
               number_least(c.repair_h, fleet->hands_on_h);
  }
  return fleet->multiplier * hours / (fleet->crews * fleet->shift_h);
}

static sg_err add_outage(const operations_fleet *f, operations_cause_id id, double time_s, stream s, uint64_t key,
                         uint32_t step, outage_list *l, arena *a) {
  const operations_cause c = operations_cause_of(id);
  const bool             crew = needs_crew(&c);
  const bool out = !c.hardware || stream_uniform(s, key, step + MARK_OUT) < operations_node_out_frac(&f->shape);
  sg_err     err = list_room(l, a);
  if (err) return err;
  operations_outage *o = &l->at[l->n];
  *o = (operations_outage){.time_s = time_s, .granted_s = time_s, .back_s = time_s, .cause = (int32_t)id};
  places_of(f, c.level, stream_uniform(s, key, step + MARK_UNIT), &o->first, &o->n);
  const double repair_s = out ? -log(stream_uniform(s, key, step + MARK_REPAIR)) * c.repair_h * HOUR_S : 0.0;
  const double hands_on = crew ? number_least(1.0, f->hands_on_h / number_most(c.repair_h, 1e-9)) : 0.0;
  l->hands_on_s[l->n] = hands_on * repair_s;
  l->rest_s[l->n] = repair_s - l->hands_on_s[l->n];
  l->n++;
  return SG_OK;
}

// Outages of one cause as points of a plane, time by height, with `per_s` points a second and unit of height; those
// below the multiplier happen. Strip by strip of unit height, so that a higher multiplier keeps every point of a
// lower one.
static sg_err draw_cause(const operations_fleet *f, operations_cause_id id, double per_s, double multiplier, stream s,
                         outage_list *l, arena *a) {
  const uint64_t cause_key = stream_key_join(stream_key("operations.fleet.outage"), (uint64_t)id);
  sg_err         err = SG_OK;
  for (double floor_at = 0.0; floor_at < multiplier && per_s > 0.0 && !err; floor_at += 1.0) {
    const uint64_t key = stream_key_join(cause_key, (uint64_t)floor_at);
    double         time_s = 0.0;
    for (uint32_t step = 0; !err; step += MARKS) {
      time_s -= log(stream_uniform(s, key, step + MARK_GAP)) / per_s;
      if (time_s >= f->days * DAY_S || step > UINT32_MAX - 2 * MARKS) break;
      if (floor_at + stream_uniform(s, key, step + MARK_KEEP) < multiplier)
        err = add_outage(f, id, time_s, s, key, step, l, a);
    }
  }
  return err;
}

// Windows: the sites take turns, so that never all stop at once.
static sg_err add_windows(const operations_fleet *f, outage_list *l, arena *a) {
  if (!(f->window_every_day > 0.0)) return SG_OK;
  const int32_t all = operations_fleet_places(f), each = (int32_t)f->shape.racks_per_site * rack_places(f);
  const int32_t sites = (all + each - 1) / each;
  for (int32_t i = 0; i < sites; i++) {
    for (double day = f->window_every_day * (i + 0.5) / sites; day < f->days; day += f->window_every_day) {
      sg_err err = list_room(l, a);
      if (err) return err;
      const double at_s = day * DAY_S, back_s = at_s + f->window_h * HOUR_S;
      l->at[l->n] = (operations_outage){.time_s = at_s,
                                        .granted_s = back_s,
                                        .back_s = back_s,
                                        .first = i * each,
                                        .n = i < sites - 1 ? each : all - i * each,
                                        .cause = OPERATIONS_PLANNED,
                                        .lossless = true};
      l->hands_on_s[l->n] = l->rest_s[l->n] = 0.0;
      l->n++;
    }
  }
  return SG_OK;
}

// ---- Repair --------------------------------------------------------------------------------------------------------

// The next moment, from at_s on, at which crews are at work.
static double shift_opens(const operations_fleet *f, double at_s) {
  const double hour = fmod(at_s / HOUR_S - f->shift_start_h + 24.0, 24.0);
  return hour < f->shift_h ? at_s : at_s + (24.0 - hour) * HOUR_S;
}

// First come, first served by the crew that is free first; a job once begun is finished. crew_s: (crews), zeroed.
static void repair_all(const operations_fleet *f, outage_list *l, double *crew_s) {
  for (int32_t i = 0; i < l->n; i++) {
    operations_outage *o = &l->at[i];
    if (o->cause == OPERATIONS_PLANNED) continue;
    double done_s = o->time_s;
    if (l->hands_on_s[i] > 0.0) {
      int32_t first = 0;
      for (int32_t c = 1; c < f->crews; c++)
        if (crew_s[c] < crew_s[first]) first = c;
      done_s = shift_opens(f, number_most(o->time_s, crew_s[first])) + l->hands_on_s[i];
      crew_s[first] = done_s;
    }
    o->back_s = o->granted_s = done_s + l->rest_s[i];
  }
}

// ---- Spares --------------------------------------------------------------------------------------------------------

// A node out alone is stood in for by a spare tray of its rack while there is one, otherwise by a node of the spare
// racks; what takes several nodes up to a whole rack, by as many of those. In the order in which they failed, nobody
// overtakes; whenever something comes back all that wait are looked at again. For cooling loops, power feeds and
// sites nothing stands in.
typedef struct spare_state {
  const operations_fleet *f;
  operations_outage      *o;
  int32_t                *out, n_out;  // outages under way that spares can stand in for, by time of failure
  int32_t                *in_rack;     // (racks) single nodes among them
  double                  used;        // nodes of spare racks that they ask for
  double                  next_s;      // when the first of them is back
  int32_t                 n_wait;      // have no spare yet
} spare_state;

static bool can_stand_in(const operations_outage *o) {
  return o->back_s > o->time_s && o->cause != OPERATIONS_PLANNED &&
         operations_cause_of((operations_cause_id)o->cause).level <= OPERATIONS_LEVEL_RACK;
}

// The next in the order of failures asks: it and all before it must fit.
static void ask(spare_state *s, operations_outage *o, double now_s) {
  const int32_t rack = o->first / rack_places(s->f);
  const bool    local = o->n == 1 && s->in_rack[rack]++ < s->f->shape.spare_trays;
  if (!local) s->used += o->n;
  if (!(o->granted_s > now_s)) return;
  if (local || s->used <= s->f->spare_racks * s->f->shape.nodes_per_rack) o->granted_s = now_s;
  else s->n_wait++;
}

static void take_back(spare_state *s, int32_t i) {
  const operations_outage *o = &s->o[s->out[i]];
  const int32_t            rack = o->first / rack_places(s->f);
  if (o->n > 1 || --s->in_rack[rack] >= s->f->shape.spare_trays) s->used -= o->n;
  s->n_out--;
  memmove(s->out + i, s->out + i + 1, (size_t)(s->n_out - i) * sizeof *s->out);
}

static void give_back(spare_state *s, double now_s) {
  while (s->n_out > 0 && s->next_s <= now_s) {
    int32_t first = 0;
    double  second_s = HUGE_VAL;
    for (int32_t i = 1; i < s->n_out; i++) {
      const double back_s = s->o[s->out[i]].back_s, least_s = s->o[s->out[first]].back_s;
      second_s = number_least(second_s, number_most(back_s, least_s));
      if (back_s < least_s) first = i;
    }
    const double back_s = s->o[s->out[first]].back_s;
    take_back(s, first);
    s->next_s = second_s;
    if (!s->n_wait) continue;
    for (int32_t i = 0; i < s->n_out; i++) s->in_rack[s->o[s->out[i]].first / rack_places(s->f)] = 0;
    s->used = s->n_wait = 0;
    for (int32_t i = 0; i < s->n_out; i++) ask(s, &s->o[s->out[i]], back_s);
  }
}

static void grant_spares(spare_state *s, int32_t n) {
  s->next_s = HUGE_VAL;
  for (int32_t i = 0; i < n; i++) {
    operations_outage *o = &s->o[i];
    if (!can_stand_in(o)) continue;
    give_back(s, o->time_s);
    s->out[s->n_out++] = i;
    s->next_s = number_least(s->next_s, o->back_s);
    ask(s, o, o->time_s);
  }
  give_back(s, HUGE_VAL);
}

// ---- Together ------------------------------------------------------------------------------------------------------

static int by_time(const void *a, const void *b) {
  const operations_outage *x = a, *y = b;
  if (x->time_s != y->time_s) return x->time_s < y->time_s ? -1 : 1;
  return (x->first > y->first) - (x->first < y->first);
}

// Sorts outages with the parts of their repairs: those travel in granted_s and back_s.
static void sort_list(outage_list *l) {
  for (int32_t i = 0; i < l->n; i++) {
    if (l->at[i].cause == OPERATIONS_PLANNED) continue;
    l->at[i].granted_s = l->hands_on_s[i];
    l->at[i].back_s = l->rest_s[i];
  }
  if (l->n) qsort(l->at, (size_t)l->n, sizeof *l->at, by_time);
  for (int32_t i = 0; i < l->n; i++) {
    l->hands_on_s[i] = l->at[i].granted_s;
    l->rest_s[i] = l->at[i].back_s;
  }
}

sg_err operations_fleet_outages(const operations_fleet *fleet, stream s, arena *a, operations_outage **out,
                                int32_t *n) {
  const char  *why;
  outage_list  l = {0};
  sg_err       err = operations_fleet_check(fleet, &why);
  const double gpus = operations_fleet_places(fleet) * fleet->shape.gpus_per_node;
  const double times =
      err ? 0.0 : fleet->multiplier * operations_age_factor(fleet->from_day, fleet->from_day + fleet->days);
  for (int i = 0; i < OPERATIONS_CAUSES && !err; i++) {
    const operations_cause_id id = (operations_cause_id)i;
    err = draw_cause(fleet, id, operations_cause_per_day(&fleet->shape, id, gpus) / DAY_S, times, s, &l, a);
  }
  if (!err) err = add_windows(fleet, &l, a);
  if (err) return err;
  double     *crew_s = ARENA_NEW(a, double, fleet->crews);
  spare_state spares = {
      .f = fleet, .o = l.at, .out = ARENA_NEW(a, int32_t, l.n + 1), .in_rack = ARENA_NEW(a, int32_t, fleet->racks)};
  if (!crew_s || !spares.out || !spares.in_rack) return SG_ERR_MEMORY;
  sort_list(&l);
  repair_all(fleet, &l, crew_s);
  grant_spares(&spares, l.n);
  *out = l.at;
  *n = l.n;
  return SG_OK;
}

static int by_event(const void *a, const void *b) {
  const operations_capacity_event *x = a, *y = b;
  if (x->time_s != y->time_s) return x->time_s < y->time_s ? -1 : 1;
  if (x->up != y->up) return x->up ? -1 : 1;
  return (x->first > y->first) - (x->first < y->first);
}

sg_err operations_fleet_capacity(const operations_outage *outage, int32_t n, arena *a, operations_capacity_event **out,
                                 int32_t *n_out) {
  operations_capacity_event *e = ARENA_NEW(a, operations_capacity_event, 2 * (size_t)n + 1);
  int32_t                    m = 0;
  if (!e) return SG_ERR_MEMORY;
  for (int32_t i = 0; i < n; i++) {
    const operations_outage *o = &outage[i];
    if (!(o->back_s > o->time_s)) continue;
    e[m++] = (operations_capacity_event){o->time_s, o->first, o->n, o->cause, false};
    e[m++] = (operations_capacity_event){o->back_s, o->first, o->n, o->cause, true};
  }
  if (m) qsort(e, (size_t)m, sizeof *e, by_event);
  *out = e;
  *n_out = m;
  return SG_OK;
}
