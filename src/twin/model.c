// Loading: catalogue and file -> rows -> tranches, books, series, rules -> the plan run.
#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../base/calendar.h"
#include "../programme/catalogue.h"
#include "hubs.h"
#include "parts.h"
#include "state.h"
#include "goodput.h"
#include "throughput.h"
#include "weather.h"

const spec_node *twin_node(const twin_load *load, const char *path) {
  const spec_node *at = load->user;
  while (at && *path) {
    size_t n = strcspn(path, ".");
    char key[200];
    if (n >= sizeof key) return NULL;
    memcpy(key, path, n);
    key[n] = 0;
    at = spec_get(at, key);
    path += n + (path[n] == '.');
  }
  return at;
}

const spec_node *twin_row_node(const twin_load *load, twin_class class, const char *name) {
  const spec_node *map = spec_get(load->user, twin_class_rows[class]->plural), *row = map ? spec_get(map, name) : NULL;
  const char *dash = strrchr(name, '-');
  char of[200];
  if (row || !map || !dash || (size_t)(dash - name) >= sizeof of) return row;
  memcpy(of, name, (size_t)(dash - name));  // `count: 4` makes NAME-1 to NAME-4
  of[dash - name] = 0;
  return spec_get(map, of);
}

diag_place twin_row_place(const twin_load *load, twin_class class, const char *name, const char *key) {
  const spec_node *row = twin_row_node(load, class, name), *in = row && key ? spec_get(row, key) : NULL;
  return in ? in->place : row ? row->key_place : (diag_place){ load->user->place.source, 1, 1, 1 };
}

static const void *rows_at(const programme_model *p, const unsigned char *block, twin_class class) { return block + p->rows[class].offset; }

void twin_view_bind(const programme_model *p, unsigned char *block, twin_view *out) {
  *out = (twin_view){
    .top = rows_at(p, block, CLASS_TOP), .share = rows_at(p, block, CLASS_SHARE), .party = rows_at(p, block, CLASS_PARTY),
    .asset = rows_at(p, block, CLASS_ASSET), .contract = rows_at(p, block, CLASS_CONTRACT),
    .contract_type = rows_at(p, block, CLASS_CONTRACT_TYPE), .gate_kind = rows_at(p, block, CLASS_GATE_KIND),
    .gate = rows_at(p, block, CLASS_GATE), .perimeter = rows_at(p, block, CLASS_PERIMETER),
    .campus = rows_at(p, block, CLASS_CAMPUS), .buildings = rows_at(p, block, CLASS_BUILDINGS),
    .building_type = rows_at(p, block, CLASS_BUILDING_TYPE), .activity = rows_at(p, block, CLASS_ACTIVITY),
    .crew = rows_at(p, block, CLASS_CREW), .supply = rows_at(p, block, CLASS_SUPPLY), .weather = rows_at(p, block, CLASS_WEATHER),
    .weather_month = rows_at(p, block, CLASS_WEATHER_MONTH), .cooling = rows_at(p, block, CLASS_COOLING),
    .grid = rows_at(p, block, CLASS_GRID), .plant = rows_at(p, block, CLASS_PLANT), .generation = rows_at(p, block, CLASS_GENERATION),
    .battery = rows_at(p, block, CLASS_BATTERY), .storage = rows_at(p, block, CLASS_STORAGE),
    .tariff = rows_at(p, block, CLASS_TARIFF), .accelerator = rows_at(p, block, CLASS_ACCELERATOR), .rack = rows_at(p, block, CLASS_RACK),
    .model = rows_at(p, block, CLASS_MODEL), .run = rows_at(p, block, CLASS_RUN), .reliability = rows_at(p, block, CLASS_RELIABILITY),
    .service = rows_at(p, block, CLASS_SERVICE), .rent = rows_at(p, block, CLASS_RENT), .market = rows_at(p, block, CLASS_MARKET),
    .shock = rows_at(p, block, CLASS_SHOCK), .effect = rows_at(p, block, CLASS_EFFECT), .promise = rows_at(p, block, CLASS_PROMISE),
    .fact = rows_at(p, block, CLASS_FACT), .ref = (const int32_t *)(const void *)(block + p->refs_offset) };
}

// Where a top-level key stands; the start of the file when it has none.
static diag_place place_of_key(const twin_load *load, const char *key) {
  const spec_node *node = spec_get(load->user, key);
  return node ? node->key_place : (diag_place){ load->user->place.source, 1, 1, 1 };
}

// ---- Time -------------------------------------------------------------------------------------------------------------------

static sg_err set_months(twin_load *load) {
  twin_model *m = load->m;
  const twin_view *v = &m->plan_view;
  for (int32_t i = 0; i < m->p.n_value; i++)
    if (m->p.value[i].draw >= 0 && (!strcmp(m->p.value[i].path, "horizon") || !strcmp(m->p.value[i].path, "start")))
      return diag_add(load->diags, SG_ERROR, SG_ERR_TYPE, m->p.value[i].place, "all scenarios cover the same months: write one value",
                      "'%s' cannot be uncertain", m->p.value[i].path);
  int32_t as_of = calendar_month_of_day(v->top->as_of_day), start = isnan(v->top->start_day) ? as_of : calendar_month_of_day(v->top->start_day);
  int32_t length = (int32_t)ceil(v->top->horizon_day / CALENDAR_DAYS_PER_MONTH - 1e-6), first = start;
  for (int32_t c = 0; c < m->n[CLASS_CAMPUS]; c++) {
    double day = twin_campus_start_day(v, m, c);
    if (day > -200000 && day < 200000 && calendar_month_of_day(day) < first) first = calendar_month_of_day(day);
  }
  m->month0 = first;
  m->report0 = start - first;
  m->n_month = m->report0 + length;
  m->as_of_month = as_of - first;
  m->n_year = (first + m->n_month - 1) / 12 - first / 12 + 1;
  if (m->n_month > TWIN_MAX_MONTHS)
    return diag_add(load->diags, SG_ERROR, SG_ERR_LIMIT, place_of_key(load, "horizon"), "shorten the horizon, or begin works later",
                    "%d months from the first works to the end of the horizon; at most %d", m->n_month, TWIN_MAX_MONTHS);
  if (m->n_month < 1) return SG_ERR_RANGE;
  m->day0 = ARENA_NEW(m->a, double, m->n_month + 2);
  if (!m->day0) return SG_ERR_MEMORY;
  for (int32_t t = 0; t <= m->n_month; t++) m->day0[t] = calendar_first_day(first + t);
  return SG_OK;
}

// ---- Draws --------------------------------------------------------------------------------------------------------------------

static sg_err sort_draws(twin_model *m) {
  int32_t rows = m->n[CLASS_ACTIVITY];
  m->plain_draw = ARENA_NEW(m->a, int32_t, m->p.n_draw + 1);
  m->work_draw = ARENA_NEW(m->a, int32_t, 2 * rows + 1);
  if (!m->plain_draw || !m->work_draw) return SG_ERR_MEMORY;
  for (int32_t i = 0; i < 2 * rows; i++) m->work_draw[i] = -1;
  size_t first = m->p.rows[CLASS_ACTIVITY].offset, size = sizeof(build_activity);
  for (int32_t i = 0; i < m->p.n_draw; i++) {
    size_t slot = m->p.draw[i].slot, in = slot - first;
    bool work = slot >= first && in < (size_t)rows * size;
    if (work && in % size == offsetof(build_activity, takes_day)) m->work_draw[2 * (in / size)] = i;
    else if (work && in % size == offsetof(build_activity, fixed_usd_per_mw)) m->work_draw[2 * (in / size) + 1] = i;
    else m->plain_draw[m->n_plain++] = i;
  }
  return SG_OK;
}

// ---- Plan run ---------------------------------------------------------------------------------------------------------------------

static double *keep(arena *a, const double *from, int32_t n) {
  double *to = ARENA_NEW(a, double, n + 1);
  if (to && n) memcpy(to, from, (size_t)n * sizeof *to);
  return to;
}

static int32_t *keep_int(arena *a, const int32_t *from, int32_t n) {
  int32_t *to = ARENA_NEW(a, int32_t, n + 1);
  if (to && n) memcpy(to, from, (size_t)n * sizeof *to);
  return to;
}

static sg_err run_plan(twin_model *m) {
  int32_t n = m->net.n_activity;
  m->plan_build.start_day = ARENA_NEW(m->a, double, n + 1);  // read while the plan itself runs: nothing is due yet
  if (!m->plan_build.start_day) return SG_ERR_MEMORY;
  for (int32_t i = 0; i < n; i++) m->plan_build.start_day[i] = HUGE_VAL;
  m->plan_begin_day = ARENA_NEW(m->a, double, m->net.n_building + 1);
  if (!m->plan_begin_day) return SG_ERR_MEMORY;
  for (int32_t b = 0; b < m->net.n_building; b++) m->plan_begin_day[b] = HUGE_VAL;
  twin_state *s = twin_state_create(m);
  if (!s) return SG_ERR_MEMORY;
  twin_scenario_run(s, MODE_PLAN, 0, 0, CAUSE_NONE, m->n_month);
  m->plan_build = (build_state){ keep(m->a, s->build.start_day, n), keep(m->a, s->build.finish_day, n), keep(m->a, s->build.ready_day, n),
    keep(m->a, s->build.pause_day, n), keep_int(m->a, s->build.driver, n), keep_int(m->a, s->build.wait_cause, n),
    keep(m->a, s->build.free_day, m->net.n_crew), keep_int(m->a, s->build.crew, n), keep_int(m->a, s->build.crew_user, m->net.n_crew), 0 };
  m->plan_draw = (build_draw){ keep(m->a, s->draw.work_day, n), keep(m->a, s->draw.available_day, n), keep(m->a, s->draw.gate_open_day, m->net.n_gate) };
  m->plan_record = ARENA_NEW(m->a, double, (size_t)m->n_month * m->record + 1);
  bool ok = m->plan_record && m->plan_build.start_day && m->plan_build.finish_day && m->plan_build.ready_day && m->plan_build.pause_day &&
            m->plan_build.driver && m->plan_build.wait_cause && m->plan_draw.work_day && m->plan_draw.available_day && m->plan_draw.gate_open_day;
  for (int32_t b = 0; ok && b < m->net.n_building; b++) m->plan_begin_day[b] = m->plan_build.start_day[m->building[b].begin_activity];
  if (ok) memcpy(m->plan_record, s->record, (size_t)m->n_month * m->record * sizeof(double));
  memcpy(m->plan_scalar, s->scalar, sizeof m->plan_scalar);
  twin_state_free(s);
  return ok ? SG_OK : SG_ERR_MEMORY;
}

// ---- The whole ----------------------------------------------------------------------------------------------------------------------

static sg_err check_sizes(twin_load *load) {
  static const struct { twin_class class; int32_t most; } limits[] = { { CLASS_CAMPUS, TWIN_MAX_CAMPUSES }, { CLASS_PARTY, TWIN_MAX_PARTIES }, { CLASS_CONTRACT, 500 } };
  for (size_t i = 0; i < sizeof limits / sizeof limits[0]; i++)
    if (load->m->n[limits[i].class] > limits[i].most)
      return diag_add(load->diags, SG_ERROR, SG_ERR_LIMIT, place_of_key(load, twin_class_rows[limits[i].class]->plural),
                      "take several together as one", "%d %s, those of the catalogue included; at most %d", load->m->n[limits[i].class],
                      twin_class_rows[limits[i].class]->plural, limits[i].most);
  return SG_OK;
}

static sg_err find_tariff_markets(twin_load *load) {
  twin_model *m = load->m;
  m->tariff_market = ARENA_NEW(m->a, int32_t, m->n[CLASS_TARIFF] + 1);
  if (!m->tariff_market) return SG_ERR_MEMORY;
  sg_err err = SG_OK;
  for (int32_t t = 0; t < m->n[CLASS_TARIFF]; t++) {
    const char *name = programme_text(&m->p, m->plan_view.tariff[t].market), *tariff = programme_name(&m->p, CLASS_TARIFF, t);
    m->tariff_market[t] = *name ? programme_find(&m->p, CLASS_MARKET, name) : -1;
    if (!*name || m->tariff_market[t] >= 0) continue;
    char path[240];
    snprintf(path, sizeof path, "tariffs.%s.market", tariff);
    const spec_node *node = twin_node(load, path);
    err = diag_add(load->diags, SG_ERROR, SG_ERR_NAME, node ? node->place : (diag_place){0}, "name a row of `markets`, or leave it out for a fixed price",
                   "tariff '%s' follows the market '%s', which does not exist", tariff, name);
  }
  return err;
}

static sg_err build_model(twin_load *load) {
  twin_model *m = load->m;
  for (int c = 0; c < CLASS_COUNT; c++) m->n[c] = m->p.rows[c].n;
  twin_view_bind(&m->p, m->p.block, &m->plan_view);
  static const char *const paths[] = { "demand", "power", "gas", "interest", "shares" };
  int32_t *const rows[] = { &m->market_demand, &m->market_power, &m->market_gas, &m->market_interest, &m->market_shares };
  for (int i = 0; i < 5; i++) *rows[i] = programme_find(&m->p, CLASS_MARKET, paths[i]);
  sg_err err = check_sizes(load);
  if (!err) err = find_tariff_markets(load);
  if (!err) err = set_months(load);
  if (!err) err = sort_draws(m);
  if (!err) err = twin_make_series(load);
  if (err) return err;
  // Whatever makes no sense is reported at once, so each of these is asked even when another found something.
  sg_err (*const sense[])(twin_load *) = { twin_check_tranches, twin_check_books, twin_make_rules };
  for (size_t i = 0; i < sizeof sense / sizeof sense[0]; i++) {
    sg_err found = sense[i](load);
    if (!err) err = found;
  }
  if (!err) err = twin_make_tranches(load);
  if (!err) err = twin_make_books(load);
  if (!err) err = twin_make_throughput(m, load->like);
  if (!err) err = twin_make_goodput(load);
  if (!err) err = twin_make_weather(m, load->diags);
  if (!err) err = twin_make_places(m, load->diags);
  if (!err) err = run_plan(m);
  return err;
}

// ---- Findings in the order of the file ---------------------------------------------------------------------------------------

typedef struct found_at { int32_t elsewhere, line, column; size_t index; } found_at;

static int compare_found(const void *left, const void *right) {
  const found_at *a = left, *b = right;
  if (a->elsewhere != b->elsewhere) return a->elsewhere < b->elsewhere ? -1 : 1;
  if (a->line != b->line) return a->line < b->line ? -1 : 1;
  if (a->column != b->column) return a->column < b->column ? -1 : 1;
  return (a->index > b->index) - (a->index < b->index);
}

// Sorts by line; a note stays behind the error that it belongs to. Out of memory: they stay as they were found.
static void sort_findings(sg_diags *diags, const char *file, arena *a) {
  found_at *at = diags ? ARENA_NEW(a, found_at, diags->n + 1) : NULL;
  sg_diag *sorted = diags ? ARENA_NEW(a, sg_diag, diags->n + 1) : NULL;
  if (!at || !sorted) return;
  for (size_t i = 0; i < diags->n; i++) {
    const sg_diag *d = &diags->item[i];
    bool note = i > 0 && d->severity == SG_NOTE;
    at[i] = note ? at[i - 1] : (found_at){ strncmp(d->file, file, sizeof d->file - 4) != 0, d->line, d->column, i };
    at[i].index = i;
  }
  qsort(at, diags->n, sizeof *at, compare_found);
  for (size_t i = 0; i < diags->n; i++) sorted[i] = diags->item[at[i].index];
  if (diags->n) memcpy(diags->item, sorted, diags->n * sizeof *sorted);
}

static const char *owned_text(arena *a, const char *s, size_t n) { return arena_text(a, s, n); }

static sg_err keep_settings(twin_model *m, const char *const *path, const char *const *value, size_t n) {
  m->set_path = ARENA_NEW(m->a, const char *, n + 1);
  m->set_value = ARENA_NEW(m->a, const char *, n + 1);
  if (!m->set_path || !m->set_value) return SG_ERR_MEMORY;
  for (m->n_set = 0; m->n_set < n; m->n_set++) {
    m->set_path[m->n_set] = arena_text(m->a, path[m->n_set], strlen(path[m->n_set]));
    m->set_value[m->n_set] = arena_text(m->a, value[m->n_set], strlen(value[m->n_set]));
    if (!m->set_path[m->n_set] || !m->set_value[m->n_set]) return SG_ERR_MEMORY;
  }
  return SG_OK;
}

sg_err twin_model_load(const diag_source *file, const char *const *set_path, const char *const *set_value, size_t n_set,
                       sg_diags *diags, twin_model **out) {
  return twin_model_load_like(file, set_path, set_value, n_set, NULL, diags, out);
}

sg_err twin_model_load_like(const diag_source *file, const char *const *set_path, const char *const *set_value, size_t n_set,
                            const twin_model *like, sg_diags *diags, twin_model **out) {
  *out = NULL;
  arena *a = arena_create();
  twin_model *m = a ? ARENA_NEW(a, twin_model, 1) : NULL;
  programme_catalogue *catalogue = a ? ARENA_NEW(a, programme_catalogue, 1) : NULL;
  diag_source *source = a ? ARENA_NEW(a, diag_source, 1) : NULL;
  if (!m || !catalogue || !source) {
    arena_free(a);
    return SG_ERR_MEMORY;
  }
  m->a = a;
  // The model keeps its own copy of the text: places in it are reported for as long as it lives.
  *source = (diag_source){ owned_text(a, file->name, strlen(file->name)), file->bytes <= SPEC_MAX_BYTES ? owned_text(a, file->text, file->bytes) : file->text, file->bytes };
  spec_node *user = NULL;
  sg_err err = source->name && source->text ? programme_catalogue_read(a, diags, catalogue) : SG_ERR_MEMORY;
  if (!err) err = spec_read(source, a, diags, &user);
  for (size_t i = 0; i < n_set && user; i++) {
    sg_err set = spec_set(user, set_path[i], set_value[i], a, diags);
    if (!err) err = set;
  }
  if (user) {
    sg_err compiled = programme_compile(twin_classes(), user, catalogue->root, catalogue->n, a, diags, &m->p);
    if (!err) err = compiled;
  } else if (!err) {
    err = SG_ERR_SYNTAX;
  }
  twin_load load = { m, user, diags, like };
  if (!err) err = build_model(&load);
  if (!err) err = keep_settings(m, set_path, set_value, n_set);
  if (source->name) sort_findings(diags, source->name, a);
  if (err) {
    arena_free(a);
    return err;
  }
  m->user = user;
  m->file = source->name;
  *out = m;
  return SG_OK;
}

void twin_model_free(twin_model *m) {
  if (m) arena_free(m->a);
}
