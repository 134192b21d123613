// Training for people: the best plans, one step in its parts, the run, other sizes.
#include "train_report.h"

#include <math.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "../training/transformer.h"

enum { BAR = 24 };

// ---- Phrases ----------------------------------------------------------------------------------------------

static void seconds(double s, char out[PHRASE]) {
  char number[PHRASE];
  bool us = fabs(s) < 1e-4, ms = fabs(s) < 0.1;
  phrase_number(us ? s * 1e6 : ms ? s * 1e3 : s, number);
  (void)snprintf(out, PHRASE, "%.30s %s", number, us ? "us" : ms ? "ms" : "s");
}

static void gigabytes(double bytes, char out[PHRASE]) {
  char number[PHRASE];
  phrase_number(bytes / 1e9, number);
  (void)snprintf(out, PHRASE, "%.30s GB", number);
}

// "38.4 %": shares of which tenths matter.
static void percent(double frac, char out[PHRASE]) {
  long tenths = lround(1000 * frac);
  (void)snprintf(out, PHRASE, "%ld.%ld %%", tenths / 10, labs(tenths % 10));
}

static void bar(const page *p, double frac, page_look look) {
  char text[BAR + 1];
  int  n = frac > 0 ? (int)round(frac * BAR) : 0;
  memset(text, '#', BAR);
  text[n > BAR ? BAR : n] = '\0';
  page_cell(p, text, BAR, false, look);
}

// ---- Head -------------------------------------------------------------------------------------------------

static void head(const page *p, const twin_train *t) {
  const training_plan *plan = &t->search.best[0].plan;
  char                 gpus[PHRASE], all[PHRASE], active[PHRASE], batch[PHRASE], seq[PHRASE], memory[PHRASE];
  phrase_number(t->gpus, gpus);
  phrase_number(t->params.total / 1e9, all);
  phrase_number(t->params.active / 1e9, active);
  phrase_number(plan->batch, batch);
  phrase_number(plan->seq_tokens, seq);
  gigabytes(t->machine.memory_bytes, memory);
  page_wrapf(p, 0, LOOK_BOLD, "%s on %s %s | %s", t->model_name, gpus, t->accelerator_name, t->precision_word);
  bool sparse = t->params.active < 0.999 * t->params.total;
  page_wrapf(
      p, 2, LOOK_PLAIN, "%s billion parameters%s%s%s; a step of %s sequences of %s tokens; %s a GPU; network: %s", all,
      sparse ? ", " : "", sparse ? active : "", sparse ? " for a token" : "", batch, seq, memory, t->fabric_name);
  if (!t->own_shape)
    page_wrapf(p, 2, LOOK_PLAIN, "Its architecture is not published: planned as one of the usual shape, %d layers of width %d", (int)t->shape.layers, (int)t->shape.hidden);
}

// ---- Plans ------------------------------------------------------------------------------------------------

typedef struct column {
  const char *head;
  int         width;
} column;

static const column columns[] = {
    {"tp",    4},
    {"cp",    3},
    {"pp",    4},
    {"vp",    3},
    {"dp",    6},
    {"ep",    4},
    {"mbs",   4},
    {"zero",  5},
    {"again", 6},
    {"turns", 6},
    {"step",  8},
    {"MFU",   7},
    {"GB",    5},
};
enum { COLUMNS = sizeof columns / sizeof columns[0] };

static void held_back(const twin_train *t, const training_found *f, int most, char *out, size_t n) {
  twin_train_cause lost[TRAIN_CAUSES];
  int32_t          causes = twin_train_causes(t, f, lost);
  out[0] = '\0';
  for (int32_t i = 0; i < causes && i < most; i++) {
    char   share[PHRASE];
    size_t used = strlen(out);
    phrase_share(lost[i].share_frac, share);
    (void)snprintf(out + used, n - used, "%s%s %s", i ? ", " : "", lost[i].what, share);
  }
}

static void plan_line(const page *p, const twin_train *t, const training_found *f) {
  static const char *const again[TRAINING_RECOMPUTE_COUNT] = {"-", "attn", "sel", "full"};
  static const char *const turns[TRAINING_SCHEDULE_COUNT] = {"1f1b", "inter", "zb"};
  const training_plan     *plan = &f->plan;
  const int32_t count[] = {plan->tp, plan->cp, plan->pp, plan->vp, plan->dp, plan->ep, plan->micro_batch, plan->zero};
  char          cell[COLUMNS][PHRASE], why[120];
  for (int i = 0; i < 8; i++) (void)snprintf(cell[i], PHRASE, "%d", count[i]);
  (void)snprintf(cell[8], PHRASE, "%s", again[plan->recompute]);
  (void)snprintf(cell[9], PHRASE, "%s", plan->pp > 1 ? turns[plan->schedule] : "-");
  seconds(f->step.step_s, cell[10]);
  percent(f->step.mfu_frac, cell[11]);
  (void)snprintf(cell[12], PHRASE, "%.0f", f->step.memory.total_bytes / 1e9);
  for (int i = 0; i < COLUMNS; i++) page_cell(p, cell[i], columns[i].width, true, LOOK_PLAIN);
  held_back(t, f, 1, why, sizeof why);
  page_gap(p, 1);
  page_cell(p, why, p->width - 66, false, LOOK_DIM);
  page_end(p);
}

static void plans(const page *p, const twin_train *t) {
  char compared[PHRASE];
  page_title(p, "Fastest plans that fit");
  for (int i = 0; i < COLUMNS; i++) page_cell(p, columns[i].head, columns[i].width, true, LOOK_DIM);
  page_cell(p, " most lost to", p->width - 65, false, LOOK_DIM);
  page_end(p);
  for (int32_t i = 0; i < t->search.n; i++) plan_line(p, t, &t->search.best[i]);
  phrase_number((double)(t->search.n_priced + t->search.n_cut), compared);
  page_wrapf(p, 2, LOOK_DIM, "Out of %s plans. again: recomputed activations; turns: schedule of the pipeline.",
             compared);
}

// ---- One step ---------------------------------------------------------------------------------------------

static void part_line(const page *p, const char *what, double value_s, double of_s) {
  char s[PHRASE], share[PHRASE];
  seconds(value_s, s);
  percent(value_s / of_s, share);
  page_gap(p, 2);
  page_cell(p, what, 28, false, LOOK_PLAIN);
  page_cell(p, s, 10, true, LOOK_PLAIN);
  page_cell(p, share, 9, true, LOOK_PLAIN);
  page_gap(p, 2);
  bar(p, value_s / of_s, LOOK_DIM);
  page_end(p);
}

static void times(const page *p, const training_step *s) {
  const struct {
    const char *what;
    double      s;
  } rows[] = {
      {"forward",                s->forward_s                                   },
      {"backward",               s->backward_s                                  },
      {"recomputation",          s->recompute_s                                 },
      {"pipeline bubble",        s->bubble_s                                    },
      {"communication, exposed", s->tp_s + s->cp_s + s->pp_s + s->dp_s + s->ep_s},
      {"optimizer",              s->optimizer_s                                 },
      {"stragglers",             s->straggler_s                                 },
      {"other",                  s->other_s                                     },
  };
  page_title(p, "Time of a step");
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (rows[i].s > 0) part_line(p, rows[i].what, rows[i].s, s->step_s);
  part_line(p, "step", s->step_s, s->step_s);
}

static void traffic(const page *p, const training_step *s) {
  const struct {
    const char *what;
    double      exposed_s, link_s;
  } rows[] = {
      {"tensor",   s->tp_s, s->tp_link_s},
      {"context",  s->cp_s, s->cp_link_s},
      {"pipeline", s->pp_s, s->pp_link_s},
      {"data",     s->dp_s, s->dp_link_s},
      {"expert",   s->ep_s, s->ep_link_s},
  };
  bool titled = false;
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char exposed[PHRASE], link[PHRASE], line[200];
    if (!(rows[i].link_s > 0)) continue;
    if (!titled) page_title(p, "Communication, exposed of all");
    titled = true;
    seconds(rows[i].exposed_s, exposed);
    seconds(rows[i].link_s, link);
    (void)snprintf(line, sizeof line, "%s of %s", exposed, link);
    page_gap(p, 2);
    page_cell(p, rows[i].what, 18, false, LOOK_PLAIN);
    page_cell(p, line, 30, true, LOOK_PLAIN);
    page_end(p);
  }
}

static void memory(const page *p, const twin_train *t, const training_memory *m) {
  const struct {
    const char *what;
    double      bytes;
  } rows[] = {
      {"weights",     m->weights_bytes    },
      {"gradients",   m->gradients_bytes  },
      {"optimizer",   m->optimizer_bytes  },
      {"activations", m->activations_bytes},
      {"buffers",     m->buffers_bytes    },
      {"process",     m->context_bytes    },
      {"in all",      m->total_bytes      },
  };
  char has[PHRASE], title[120];
  gigabytes(t->machine.memory_bytes, has);
  (void)snprintf(title, sizeof title, "Memory of the fullest GPU, of %.40s", has);
  page_title(p, title);
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    char size[PHRASE], share[PHRASE];
    if (!(rows[i].bytes > 0)) continue;
    gigabytes(rows[i].bytes, size);
    percent(rows[i].bytes / t->machine.memory_bytes, share);
    page_gap(p, 2);
    page_cell(p, rows[i].what, 28, false, LOOK_PLAIN);
    page_cell(p, size, 10, true, LOOK_PLAIN);
    page_cell(p, share, 9, true, LOOK_PLAIN);
    page_gap(p, 2);
    bar(p, rows[i].bytes / t->machine.memory_bytes, LOOK_DIM);
    page_end(p);
  }
}

static void rates(const page *p, const twin_train *t, const training_found *f) {
  const training_step *s = &f->step;
  char mfu[PHRASE], hfu[PHRASE], tokens[PHRASE], each[PHRASE], energy[PHRASE], roof[PHRASE], reached[PHRASE], why[240];
  percent(s->mfu_frac, mfu);
  percent(s->hfu_frac, hfu);
  phrase_number(s->tokens_per_s, tokens);
  phrase_number(s->tokens_per_s / t->gpus, each);
  text_quantity(s->energy_j / 3.6e9, "MWh", energy, sizeof energy);
  seconds(twin_train_roofline_s(t, f), roof);
  percent(twin_train_roofline_s(t, f) / s->step_s, reached);
  held_back(t, f, 3, why, sizeof why);
  page_title(p, "Speed");
  page_wrapf(p, 2, LOOK_PLAIN, "%s tokens per second, %s of each GPU; %s a step", tokens, each, energy);
  page_wrapf(
      p, 2, LOOK_PLAIN,
      "MFU %s, HFU %s: FLOP of the model (HFU: with recomputation), causal half of attention, over the BF16 peak", mfu,
      hfu);
  page_wrapf(p, 2, LOOK_PLAIN, "roofline %s (FLOP of the model at the %s peak): the step reaches %s of it; lost: %s",
             roof, t->precision_word, reached, why[0] ? why : "nothing");
}

// ---- The run ----------------------------------------------------------------------------------------------

static void pair(const page *p, const char *what, const char *value, const char *note) {
  page_gap(p, 2);
  page_cell(p, what, 14, false, LOOK_PLAIN);
  page_cell(p, value, 18, true, LOOK_PLAIN);
  page_gap(p, 2);
  page_cell(p, note, p->width - 36, false, LOOK_DIM);
  page_end(p);
}

// Dollars; of what is not known, what would tell.
static void dollars(const page *p, const char *what, double usd, const char *note) {
  char value[PHRASE];
  if (isnan(usd)) return;
  text_quantity(usd, "USD", value, sizeof value);
  pair(p, what, value, note);
}

static void run(const page *p, const twin_train *t) {
  const twin_train_account *r = &t->run;
  const training_bill      *b = &r->bill;
  char                      value[PHRASE], note[160], number[PHRASE];
  page_title(p, "The run");
  text_quantity(r->tokens, "token", value, sizeof value);
  phrase_number(r->steps, number);
  (void)snprintf(note, sizeof note, "%s steps", number);
  pair(p, "data", value, note);
  text_quantity(r->duration_day, "day", value, sizeof value);
  percent(r->effective_frac, number);
  if (r->effective_frac > r->gang_frac) {
    char gang[PHRASE];
    percent(r->gang_frac, gang);
    (void)snprintf(note, sizeof note, "%s computes; as one gang %s", number, gang);
  } else {
    (void)snprintf(note, sizeof note, "%s of the time computes; else failures", number);
  }
  pair(p, "duration", value, note);
  text_quantity(r->gpu_h, "GPU-h", value, sizeof value);
  pair(p, "GPU time", value, "");
  text_quantity(r->energy_mwh, "MWh", value, sizeof value);
  phrase_number(r->terms.it_kw_per_gpu * r->terms.pue_frac, number);
  (void)snprintf(note, sizeof note, "at the meter, %s kW a GPU", number);
  pair(p, "energy", value, note);
  (void)text_number_write(r->loss, 4, value);
  pair(p, "expected loss", value, "nats per token (law of arXiv:2404.10102)");
  char tokens[PHRASE];
  (void)text_number_write(r->optimal_loss, 4, value);
  phrase_number(r->optimal_params / 1e9, number);
  text_quantity(r->optimal_tokens, "token", tokens, sizeof tokens);
  (void)snprintf(note, sizeof note, "best for its FLOP: %s billion, %s", number, tokens);
  pair(p, "least loss", value, note);
  percent(r->next_year_frac, value);
  pair(p, "in a year", value, "of its FLOP do the same (arXiv:2403.05812)");
  phrase_number(r->terms.usd_per_gpu_h, number);
  (void)snprintf(note, sizeof note, "GPU time at %s USD: the headline", number);
  dollars(p, "rented", b->rent_usd, note);
  dollars(p, "owned", b->amortised_usd, "loss of value of the hardware, and energy");
  dollars(p, "research", b->research_usd, "experiments and failed runs before it");
  dollars(p, "staff", b->staff_usd, "of the development of the model");
  dollars(p, "development", b->development_usd, "owned, research and staff together");
  dollars(p, "purchase", b->purchase_usd, "of the GPUs with servers and network");
  bool no_rent = isnan(r->terms.usd_per_gpu_h), no_price = isnan(r->terms.usd_per_gpu);
  if (isnan(r->duration_day))
    page_wrap(p, 2, LOOK_PLAIN, "So many GPUs fail more often than they can begin again: the run does not end.");
  else if (no_rent || no_price)
    page_wrapf(p, 2, LOOK_DIM, "The catalogue has no %s for %s: give %s.",
               no_rent && no_price ? "rent and no price"
               : no_rent           ? "rent"
                                   : "price",
               t->accelerator_name,
               no_rent && no_price ? "--rent and --price"
               : no_rent           ? "--rent"
                                   : "--price");
}

// ---- Several campuses ---------------------------------------------------------------------------------------

static void sites(const page *p, const twin_train *t) {
  static const char *const   method[TRAINING_SITES_METHOD_COUNT] = {"synchronous", "DiLoCo", "streaming DiLoCo"};
  const twin_train_sites    *s = t->sites;
  const training_sites_plan *plan = &s->plan;
  char                       value[PHRASE], note[200] = "", number[PHRASE];
  page_title(p, "Across campuses: the quickest way to the loss of one site");
  for (int32_t i = 0; i < s->n; i++) {
    size_t used = strlen(note);
    if (plan->campuses >> i & 1 && used + 42 < sizeof note)
      (void)snprintf(note + used, sizeof note - used, "%s%s", used ? ", " : "", s->name[i]);
  }
  (void)snprintf(value, sizeof value, "%d of %d", plan->sites, s->n);
  pair(p, "campuses", value, note);
  (void)snprintf(note, sizeof note,
                 plan->sync.inner_steps < 2 ? "agree in every step"
                 : plan->sync.fragments > 1 ? "agree every %d steps, in %d pieces"
                                            : "agree every %d steps",
                 plan->sync.inner_steps, plan->sync.fragments);
  pair(p, "method", plan->sites > 1 ? method[plan->method] : "one campus", plan->sites > 1 ? note : "");
  text_quantity(plan->equal_loss_time_s / 86400.0, "day", value, sizeof value);
  percent(plan->penalty_frac, number);
  (void)snprintf(note, sizeof note, "%s more of the reducible loss made good", number);
  pair(p, "duration", value, note);
  percent(plan->utilisation_frac, value);
  percent(plan->goodput_frac, number);
  (void)snprintf(note, sizeof note, "not waiting for links; %s not failing", number);
  pair(p, "computing", value, note);
  if (plan->sites < 2) return;
  phrase_number(plan->bits_per_s / 1e9, number);
  (void)snprintf(value, sizeof value, "%.30s Gbit/s", number);
  phrase_number(plan->ring_km, number);
  (void)snprintf(note, sizeof note, "each way on each link; routes of %s km", number);
  pair(p, "links", value, note);
  dollars(p, "fibre", plan->fibre_usd, "new cable of its own, lit for the route");
  dollars(p, "optics", plan->optics_usd, "at the ends of the links");
  text_quantity(t->run.duration_day, "day", value, sizeof value);
  pair(p, "for comparison", value, "all GPUs on one campus");
}

// ---- Sizes ------------------------------------------------------------------------------------------------

static void sizes(const page *p, const twin_train *t) {
  double most = 0;
  page_title(p, "The same batch on fewer and more GPUs");
  static const column cells[] = {
      {"GPUs",     10},
      {"tokens/s", 15},
      {"MFU",      8 },
      {"step",     9 },
      {"run",      11}
  };
  for (size_t i = 0; i < 5; i++) page_cell(p, cells[i].head, cells[i].width, true, LOOK_DIM);
  page_end(p);
  for (int32_t i = 0; i < t->n_size; i++) most = fmax(most, t->size[i].found.step.tokens_per_s);
  for (int32_t i = 0; i < t->n_size; i++) {
    const twin_train_size *size = &t->size[i];
    const training_step   *s = &size->found.step;
    char                   cell[5][PHRASE] = {"", "no plan fits", "", "", ""};
    page_look              look = size->gpus == t->gpus ? LOOK_BOLD : LOOK_PLAIN;
    bool                   any = size->found.plan.tp > 0;
    phrase_number(size->gpus, cell[0]);
    if (any) {
      phrase_number(s->tokens_per_s, cell[1]);
      percent(s->mfu_frac, cell[2]);
      seconds(s->step_s, cell[3]);
      text_quantity(size->duration_day, "day", cell[4], PHRASE);
    }
    for (int k = 0; k < 5; k++) page_cell(p, cell[k], cells[k].width, true, look);
    page_gap(p, 2);
    if (any) bar(p, s->tokens_per_s / most, look);
    page_end(p);
  }
}

// ---- The page ---------------------------------------------------------------------------------------------

sg_err report_train_text(const twin_train *t, sg_style style, text_buffer *out) {
  page                  p = page_begin(out, style);
  const training_found *best = &t->search.best[0];
  char                  words[240];
  text_buffer           spaced = {0};
  head(&p, t);
  if (t->searched) plans(&p, t);
  twin_train_plan_words(&best->plan, words, sizeof words);
  page_title(&p, t->searched ? "The first of them" : "The plan");
  for (char *c = words; *c; c++) text_addf(&spaced, *c == ',' ? "%c " : "%c", *c);  // so that lines break between words
  page_wrap(&p, 2, LOOK_PLAIN, spaced.at ? spaced.at : "");
  text_buffer_free(&spaced);
  rates(&p, t, best);
  times(&p, &best->step);
  traffic(&p, &best->step);
  memory(&p, t, &best->step.memory);
  run(&p, t);
  if (t->sites) sites(&p, t);
  if (t->searched) sizes(&p, t);
  return out->failed ? SG_ERR_MEMORY : SG_OK;
}

// ---- What the catalogue has -------------------------------------------------------------------------------

typedef struct list_cell {
  const char *head;
  int         width;
} list_cell;

static void list_line(const page *p, const char *name, char cell[][PHRASE], const list_cell *of, int n,
                      page_look look) {
  page_cell(p, name, 20, false, look);
  for (int i = 0; i < n; i++) page_cell(p, cell ? cell[i] : of[i].head, of[i].width, true, cell ? look : LOOK_DIM);
  page_end(p);
}

static void number_or_blank(double value, char out[PHRASE]) {
  if (isnan(value)) (void)snprintf(out, PHRASE, "-");
  else phrase_number(value, out);
  char *end = strstr(out, ".0");  // what is counted has no decimals
  if (value < 100 && value == floor(value) && end) *end = '\0';
}

static const list_cell model_cells[] = {
    {"billions", 10},
    {"active",   9 },
    {"tokens",   14},
    {"layers",   8 },
    {"hidden",   8 },
    {"experts",  9 }
};
static const list_cell accelerator_cells[] = {
    {"BF16 TF/s", 11},
    {"FP8",       9 },
    {"FP4",       9 },
    {"GB",        6 },
    {"TB/s",      6 },
    {"domain",    8 },
    {"Gb/s",      7 }
};
static const list_cell fabric_cells[] = {
    {"Gb/s",           8 },
    {"latency",        10},
    {"pod",            8 },
    {"oversubscribed", 16}
};

static void model_cell(const void *row, char cell[][PHRASE]) {
  const training_model *m = row;
  training_params       n;
  bool                  known = m->shape.layers > 0;
  if (known) training_count_params(&m->shape, &n);
  number_or_blank((known ? n.total : m->params) / 1e9, cell[0]);
  number_or_blank((known ? n.active : m->active_params) / 1e9, cell[1]);
  text_quantity(m->tokens, "token", cell[2], PHRASE);
  number_or_blank(known ? m->shape.layers : (double)NAN, cell[3]);
  number_or_blank(known ? m->shape.hidden : (double)NAN, cell[4]);
  number_or_blank(m->shape.experts > 0 ? m->shape.experts : (double)NAN, cell[5]);
}

static void accelerator_cell(const void *row, char cell[][PHRASE]) {
  const compute_accelerator *a = row;
  const double               value[] = {a->bf16_tflops,  a->fp8_tflops,   a->fp4_tflops, a->hbm_gb,
                                        a->hbm_tb_per_s, a->scaleup_gpus, a->nic_gbps};
  for (int i = 0; i < 7; i++) number_or_blank(value[i], cell[i]);
}

static void fabric_cell(const void *row, char cell[][PHRASE]) {
  const compute_fabric *f = row;
  number_or_blank(f->nic_gbps, cell[0]);
  seconds(f->latency_s, cell[1]);
  number_or_blank(f->pod_gpus > 0 ? f->pod_gpus : (double)NAN, cell[2]);
  number_or_blank(f->oversubscription, cell[3]);
}

sg_err report_train_list(const char *what, sg_style style, text_buffer *out) {
  static const struct {
    const char      *what;
    const list_cell *cell;
    int              n;
    void (*fill)(const void *row, char cell[][PHRASE]);
  } lists[] = {
      {"models",       model_cells,       6, model_cell      },
      {"accelerators", accelerator_cells, 7, accelerator_cell},
      {"fabrics",      fabric_cells,      4, fabric_cell     },
  };
  arena          *a = arena_create();
  programme_model m;
  int32_t class;
  page   p = page_begin(out, style);
  sg_err err = a ? twin_train_catalogue(what, a, &m, &class) : SG_ERR_MEMORY;
  for (size_t k = 0; k < sizeof lists / sizeof lists[0] && !err; k++) {
    if (strcmp(lists[k].what, what)) continue;
    list_line(&p, what, NULL, lists[k].cell, lists[k].n, LOOK_DIM);
    for (int32_t i = 0; i < m.rows[class].n; i++) {
      char cell[8][PHRASE];
      lists[k].fill(programme_row(&m, (size_t) class, i), cell);
      list_line(&p, programme_name(&m, (size_t) class, i), cell, lists[k].cell, lists[k].n, LOOK_PLAIN);
    }
  }
  arena_free(a);
  return err ? err : out->failed ? SG_ERR_MEMORY : SG_OK;
}
