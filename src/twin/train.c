// Train: the tables of what a user says, and from there to shape, machine, plan.
#include "train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../programme/catalogue.h"
#include "../revenue/revenue.h"
#include "classes.h"
#include "../operations/goodput.h"
#include "../operations/hazard.h"
#include "train_parts.h"

// ---- Tables -----------------------------------------------------------------------------------------------

enum { SOME = 1 << 24 };

// clang-format off
#define S train_top
static const field_row top_rows[] = {
  ROW_REF(S, model, "model", "model", "", "What is trained; default: the one model of the file."),
  ROW_REF(S, on, "on", "accelerator", "", "What it runs on; default: the one accelerator of the file."),
  ROW_REF(S, fabric, "fabric", "fabric", "", "Network between scale-up domains; default: that of the file, else the accelerator's usual NIC."),
  ROW_COUNT(S, gpus, "gpus", "", 1, SOME, "Accelerators."),
  ROW_NUMBER(S, tokens, "tokens", "token", "", 1, HUGE_VAL, "Tokens of the run; default: the model's.", NULL),
  ROW_COUNT(S, batch, "batch", "", 1, SOME, "Sequences of a step; default: 16 million tokens."),
  ROW_COUNT(S, seq_tokens, "seq", "8192", 1, SOME, "Tokens of a sequence."),
  ROW_CHOICE(S, precision, "precision", COMPUTE_PRECISIONS, "bf16", "Of matrix products."),
  ROW_NUMBER(S, rent_usd_per_gpu_h, "rent", "USD/GPU-h", "", 0, HUGE_VAL, "Price of a GPU-hour; default: the market rent of the catalogue.", NULL),
  ROW_NUMBER(S, price_usd, "price", "USD", "", 0, HUGE_VAL, "Of a GPU with its share of server and network; default: that of the rack.", NULL),
  ROW_NUMBER(S, mtbf_h, "mtbf", "h", "50676 h", 1, HUGE_VAL, "Mean time between failures of one GPU, where no rack says it.",
    "Llama 3 405B, arXiv:2407.21783 sec. 3.3.4, 2024-07: 419 unexpected interruptions in 54 days on 16,384 H100"),
  ROW_REF(S, rack, "rack", "rack", "", "Rack whose price and failures hold; default: the first of the catalogue with this accelerator."),
  ROW_TEXT(S, across, "across", "", "Campuses: 3x1000km, or NAME:GPUS@KM,..."),
  ROW_NUMBER(S, campus_up_frac, "campus_up", "frac", "99.5 %", 0.01, 1, "Share of time that a campus as a whole works.", "assumption, see docs/assumptions.md#sites"),
  ROW_CHILDREN(S, plan, "plan", "plan", "One plan instead of a search."),
};
#undef S

#define S train_plan_row
static const field_row plan_rows[] = {
  ROW_COUNT(S, at.tp, "tp", "", 1, SOME, "tensor parallelism: GPUs that share a layer [1]"),
  ROW_COUNT(S, at.cp, "cp", "", 1, SOME, "context parallelism: GPUs that share a sequence [1]"),
  ROW_COUNT(S, at.pp, "pp", "", 1, SOME, "pipeline stages [1]"),
  ROW_COUNT(S, at.vp, "vp", "", 1, SOME, "pieces of each stage, for interleaving [1]"),
  ROW_COUNT(S, at.dp, "dp", "", 1, SOME, "data parallelism [what is left of --gpus]"),
  ROW_COUNT(S, at.ep, "ep", "", 1, SOME, "expert parallelism, out of tp x cp x dp [1]"),
  ROW_COUNT(S, at.etp, "etp", "", 1, SOME, "GPUs that share an expert [1]"),
  ROW_COUNT(S, at.zero, "zero", "", 0, 3, "replicas share: 1 optimizer, 2 + gradients, 3 + weights [1]"),
  ROW_COUNT(S, at.shard, "shard", "", 0, SOME, "GPUs that share them; 0: all replicas [0]"),
  ROW_COUNT(S, at.micro_batch, "mbs", "", 1, SOME, "sequences of a micro-batch [1]"),
  ROW_CHOICE(S, at.recompute, "recompute", TRAINING_RECOMPUTES, "", "none, attention, selective or full [none]"),
  ROW_COUNT(S, at.recompute_layers, "recompute_layers", "", 0, SOME, "layers of a stage that do; 0: all [0]"),
  ROW_CHOICE(S, at.schedule, "schedule", TRAINING_SCHEDULES, "", "1f1b, interleaved or zero-bubble [by vp]"),
  ROW_CHOICE(S, at.precision, "precision", COMPUTE_PRECISIONS, "", "of matrix products [--precision]"),
  ROW_CHOICE(S, at.sequence_parallel, "sp", "no|yes", "", "with tp: norms cut along the sequence [yes]"),
  ROW_CHOICE(S, at.cuda_graphs, "graphs", "no|yes", "", "kernels launched as a graph [no]"),
  ROW_CHOICE(S, at.unfused, "unfused", "no|yes", "", "kernels before FlashAttention [no]"),
  ROW_NUMBER(S, at.overlap_tp_frac, "overlap_tp", "frac", "", 0, 1, "share of its communication hidden, if it can be", NULL),
  ROW_NUMBER(S, at.overlap_cp_frac, "overlap_cp", "frac", "", 0, 1, "the same of context parallelism", NULL),
  ROW_NUMBER(S, at.overlap_pp_frac, "overlap_pp", "frac", "", 0, 1, "the same of the pipeline", NULL),
  ROW_NUMBER(S, at.overlap_dp_frac, "overlap_dp", "frac", "", 0, 1, "the same of data parallelism", NULL),
  ROW_NUMBER(S, at.overlap_ep_frac, "overlap_ep", "frac", "", 0, 1, "the same of expert parallelism", NULL),
};
#undef S

const class_row twin_train_class = { "training", NULL, sizeof(train_top), FIELD_TABLE(top_rows), CLASS_PLAIN, "What is trained, on what." };
const class_row twin_train_plan_class = { "plan", NULL, sizeof(train_plan_row), FIELD_TABLE(plan_rows), CLASS_PLAIN, "How a model is spread over GPUs." };
// clang-format on

enum {
  OF_TOP,
  OF_SHARE,
  OF_ACCELERATOR,
  OF_FABRIC,
  OF_MODEL,
  OF_PLAN,
  OF_RACK,
  OF_RELIABILITY,
  OF_RENT,
  OF_SUPPLY,
  OF_COUNT
};

static programme_classes train_classes(const class_row *class[OF_COUNT]) {
  class[OF_TOP] = &twin_train_class;
  class[OF_SHARE] = twin_class_rows[CLASS_SHARE];
  class[OF_ACCELERATOR] = &compute_accelerator_class;
  class[OF_FABRIC] = &compute_fabric_class;
  class[OF_MODEL] = &training_model_class;
  class[OF_PLAN] = &twin_train_plan_class;
  class[OF_RACK] = &compute_rack_class;
  class[OF_RELIABILITY] = &operations_reliability_class;
  class[OF_RENT] = twin_class_rows[CLASS_RENT];
  class[OF_SUPPLY] = twin_class_rows[CLASS_SUPPLY];
  return (programme_classes){class, OF_COUNT, "stargate help train"};
}

double train_effective_frac(const train_reading *r, int32_t gpus, int32_t dp, double *gang_frac) {
  const operations_shape *shape = r->t->machine.tier[0].gpus > 8 ? &operations_shape_nvl72 : &operations_shape_hgx;
  double                  mtbf_h = r->t->rack ? r->t->rack->mtbf_h : r->top->mtbf_h;
  operations_practice     practice = operations_practice_standard();
  operations_expectation  gang, elastic;
  operations_expect(shape, operations_multiplier_of_mtbf(shape, mtbf_h), 1, &practice, gpus, &gang);
  practice.replicas = dp;
  operations_expect(shape, operations_multiplier_of_mtbf(shape, mtbf_h), 1, &practice, gpus, &elastic);
  if (gang_frac) *gang_frac = gang.useful_frac;
  return fmax(gang.useful_frac, elastic.useful_frac);
}

// ---- Words of a plan --------------------------------------------------------------------------------------

// A member of a plan through its row: rows count from the start of train_plan_row.
static size_t at_of(const field_row *f) { return f->offset - offsetof(train_plan_row, at); }

static double plan_get(const training_plan *p, const field_row *f) {
  double  x;
  int32_t i;
  if (f->type == FIELD_NUMBER) return memcpy(&x, (const char *)p + at_of(f), sizeof x), x;
  return memcpy(&i, (const char *)p + at_of(f), sizeof i), (double)i;
}

static void plan_set(training_plan *p, const field_row *f, double x) {
  int32_t i = f->type == FIELD_NUMBER ? 0 : (int32_t)x;
  if (f->type == FIELD_NUMBER) memcpy((char *)p + at_of(f), &x, sizeof x);
  else memcpy((char *)p + at_of(f), &i, sizeof i);
}

// Lays the words that were given (neither -1 nor NaN) over a plan.
static void plan_over(training_plan *p, const training_plan *given) {
  for (size_t i = 0; i < twin_train_plan_class.n_field; i++) {
    const field_row *f = &plan_rows[i];
    double           x = plan_get(given, f);
    if (f->type == FIELD_NUMBER ? !isnan(x) : x >= 0) plan_set(p, f, x);
  }
}

// The k-th of "red|green|blue".
static text_slice choice_word(const char *words, int k) {
  for (; k > 0; k--) words += strcspn(words, "|") + 1;
  return (text_slice){words, strcspn(words, "|")};
}

void twin_train_plan_words(const training_plan *p, char *out, size_t n) {
  static const char *const always[] = {"tp", "pp", "dp", "mbs"};
  const training_plan      usual = training_plan_default();
  size_t                   used = 0;
  out[0] = '\0';
  for (size_t i = 0; i < twin_train_plan_class.n_field && used + 40 < n; i++) {
    const field_row *f = &plan_rows[i];
    double           x = plan_get(p, f);
    char             number[32];
    bool             show = x != plan_get(&usual, f);
    for (size_t k = 0; k < sizeof always / sizeof always[0]; k++) show |= !strcmp(f->name, always[k]);
    if (!show) continue;
    number[text_number_write(x, 6, number)] = '\0';
    text_slice word = f->type == FIELD_CHOICE ? choice_word(f->of, (int)x) : text_of(number);
    used += (size_t)snprintf(out + used, n - used, "%s%s=%.*s", used ? "," : "", f->name, (int)word.n, word.at);
  }
}

static const char *precision_word(const training_plan *p, arena *a) {
  text_slice word = choice_word(COMPUTE_PRECISIONS, p->precision);
  return arena_text(a, word.at, word.n);
}

// ---- Reading ----------------------------------------------------------------------------------------------

// Where a key stands; of a row that the file does not have, where the row is asked for.
static diag_place key_place(const train_reading *r, const char *section, const char *key) {
  const spec_node *map = section ? spec_get(r->user, section) : r->user, *node = map ? spec_get(map, key) : NULL;
  if (node && section) return node->key_place;
  if (section) node = spec_get(r->user, !strcmp(section, "models") ? "model" : "on");
  return !node ? (diag_place){0} : node->place.source ? node->place : node->key_place;
}

sg_err train_complain(const train_reading *r, sg_err code, const char *section, const char *key, const char *hint,
                      const char *what) {
  return diag_add(r->diags, SG_ERROR, code, key_place(r, section, key), hint, "%s", what);
}

// The row that is named, or the only one of its class; -1: said in diags.
static int32_t pick(const train_reading *r, int class, int32_t named, const char *key, const char *plural) {
  const programme_model *p = &r->t->p;
  int32_t                n = p->rows[class].n;
  char                   what[160], hint[160];
  if (named >= 0) return named;
  if (n == 1) return 0;
  if (n > 1) snprintf(what, sizeof what, "the file has %d %s: which one?", n, plural);
  else snprintf(what, sizeof what, "nothing says which of the %s it is", plural);
  if (!strcmp(key, "model")) snprintf(hint, sizeof hint, n > 1 ? "write FILE:NAME" : "write `models: {NAME: {...}}`");
  else snprintf(hint, sizeof hint, "write --%s NAME, or `%s: NAME` in the file", key, key);
  (void)diag_add(r->diags, SG_ERROR, SG_ERR_KEY, key_place(r, NULL, plural), hint, "%s", what);
  return -1;
}

// Sequences of a step of about 2^24 tokens (Llama 3 405B: 16M tokens through most of its training, arXiv:2407.21783 sec. 3.4),
// a multiple of the odd part of the number of GPUs, so that replicas can share it evenly.
static int32_t usual_batch(int32_t gpus, int32_t seq_tokens) {
  int32_t odd = gpus;
  while (odd % 2 == 0) odd /= 2;
  double sequences = 16777216.0 / seq_tokens, times = round(sequences / odd);
  return (int32_t)fmin((double)SOME, fmax(times, 1.0) * odd);
}

// Prices and power of a GPU: what the user says, else what the catalogue says of its rack and rent.
static training_terms terms_of(const train_reading *r) {
  const twin_train   *t = r->t;
  const train_top    *top = r->top;
  training_terms      terms = training_terms_default();
  const revenue_rent *rent = t->rack && t->rack->rent >= 0 ? programme_row(&t->p, OF_RENT, t->rack->rent) : NULL;
  terms.usd_per_gpu_h = !isnan(top->rent_usd_per_gpu_h) ? top->rent_usd_per_gpu_h
                        : rent                          ? rent->rent_usd_per_gpu_h
                                                        : (double)NAN;
  terms.usd_per_gpu = !isnan(top->price_usd) ? top->price_usd
                      : t->rack              ? compute_rack_cost_usd(t->rack) / t->rack->gpus
                                             : (double)NAN;
  if (!isnan(t->machine.power_w)) terms.it_kw_per_gpu = t->machine.power_w / 1000.0;
  return terms;
}

// What the file and the command line say, checked: everything of *t but plans and account.
static sg_err settle(train_reading *r) {
  twin_train      *t = r->t;
  const train_top *top = programme_row(&t->p, OF_TOP, 0);
  char             why[200];
  int32_t          model = pick(r, OF_MODEL, top->model, "model", "models");
  int32_t          on = pick(r, OF_ACCELERATOR, top->on, "on", "accelerators");
  int32_t          fabric = pick(r, OF_FABRIC, top->fabric, "fabric", "fabrics");
  if (model < 0 || on < 0 || fabric < 0) return SG_ERR_KEY;
  if (top->gpus < 0)
    return train_complain(r, SG_ERR_KEY, NULL, "gpus", "write --gpus N, or `gpus: N` in the file",
                          "nothing says how many GPUs there are");
  t->model = programme_row(&t->p, OF_MODEL, model);
  t->accelerator = programme_row(&t->p, OF_ACCELERATOR, on);
  t->fabric = programme_row(&t->p, OF_FABRIC, fabric);
  t->model_name = programme_name(&t->p, OF_MODEL, model);
  t->accelerator_name = programme_name(&t->p, OF_ACCELERATOR, on);
  t->fabric_name = programme_name(&t->p, OF_FABRIC, fabric);
  t->own_shape = training_model_shape(t->model, &t->shape);
  t->gpus = top->gpus;
  t->software = training_software_default();
  compute_machine_of(t->accelerator, t->fabric, &t->machine);
  char what[300];
  if (training_shape_check(&t->shape, why, sizeof why)) {
    snprintf(what, sizeof what, "model '%.60s' makes no sense: %s", t->model_name, why);
    return train_complain(r, SG_ERR_RANGE, "models", t->model_name,
                          "`stargate explain models` lists what describes one", what);
  }
  if (isnan(t->accelerator->scaleup_gb_per_s))
    return train_complain(r, SG_ERR_KEY, "accelerators", t->accelerator_name,
                          "of one GPU, one direction, such as 450 GB/s",
                          "nothing says how fast its scale-up domain is: `scaleup`");
  bool own_fabric = strcmp(t->fabric_name, "usual") != 0 && spec_get(spec_get(r->user, "fabrics"), t->fabric_name);
  if (compute_machine_check(&t->machine, why, sizeof why))
    return train_complain(r, SG_ERR_RANGE, own_fabric ? "fabrics" : "accelerators",
                          own_fabric ? t->fabric_name : t->accelerator_name,
                          "`stargate explain accelerators` and `... fabrics` list what describes one", why);
  r->fixed = training_plan_default();
  r->fixed.seq_tokens = top->seq_tokens;
  r->fixed.batch = top->batch > 0 ? top->batch : usual_batch(top->gpus, top->seq_tokens);
  r->fixed.precision = top->precision;
  r->top = top;
  t->rack = top->rack < 0 ? NULL : programme_row(&t->p, OF_RACK, top->rack);
  t->run.tokens = isnan(top->tokens) ? t->model->tokens : top->tokens;
  t->run.terms = terms_of(r);
  if (compute_machine_has(&t->machine, (compute_precision)r->fixed.precision, why, sizeof why))
    return train_complain(r, SG_ERR_RANGE, NULL, "precision", "choose another with --precision", why);
  training_count_params(&t->shape, &t->params);
  if (top->plan.n) r->given = &((const train_plan_row *)programme_row(&t->p, OF_PLAN, top->plan.first))->at;
  return SG_OK;
}

// The plan that was given, with what follows from the rest; it must use all GPUs.
sg_err train_given_plan(train_reading *r, training_plan *out) {
  char           why[200];
  const char    *hint = "the words of --plan: `stargate help train`";
  training_plan *p = out;
  *p = r->fixed;
  p->dp = 0;
  plan_over(p, r->given);
  if (p->vp > 1 && r->given->schedule < 0) p->schedule = TRAINING_INTERLEAVED;
  double other = (double)p->tp * p->cp * p->pp * (p->dp ? p->dp : 1);
  if (fmod(r->t->gpus, other) != 0 || (p->dp && other != r->t->gpus)) {
    snprintf(why, sizeof why, "%d GPUs cannot be shared out: tp %d x cp %d x pp %d%s%.0d is %.0f", r->t->gpus, p->tp,
             p->cp, p->pp, p->dp ? " x dp " : "", p->dp, other);
    return train_complain(
        r, SG_ERR_RANGE, NULL, "plan",
        p->dp ? "leave dp out: it follows from the others" : "the product must divide the number of GPUs", why);
  }
  if (!p->dp) p->dp = (int32_t)(r->t->gpus / other);
  if (training_plan_check(&r->t->shape, p, why, sizeof why))
    return train_complain(r, SG_ERR_RANGE, NULL, "plan", hint, why);
  if (compute_machine_has(&r->t->machine, (compute_precision)p->precision, why, sizeof why))
    return train_complain(r, SG_ERR_RANGE, NULL, "plan", "choose another precision", why);
  return SG_OK;
}

// The first rack of the catalogue that holds an accelerator; NULL: none.
static const char *rack_with(const train_reading *r, text_slice accelerator) {
  for (size_t i = 0; i < r->catalogue->n; i++) {
    const spec_node *racks = spec_get(r->catalogue->root[i], "racks");
    for (const spec_node *rack = racks ? racks->first : NULL; rack; rack = rack->next) {
      const spec_node *holds = spec_get(rack, "accelerator");
      if (holds && holds->text.n == accelerator.n && !memcmp(holds->text.at, accelerator.at, accelerator.n))
        return rack->key.at;
    }
  }
  return NULL;
}

// Words that no plan has; else a lone one would be taken for the name of a plan.
static sg_err check_words(const train_reading *r) {
  const char      *known[sizeof plan_rows / sizeof plan_rows[0]], *near;
  const spec_node *plan = spec_get(r->user, "plan");
  const size_t     n = sizeof plan_rows / sizeof plan_rows[0];
  sg_err           err = SG_OK;
  char             hint[120];
  for (size_t i = 0; i < n; i++) known[i] = plan_rows[i].name;
  for (const spec_node *at = plan && plan->kind == SPEC_MAP ? plan->first : NULL; at; at = at->next) {
    size_t k = 0;
    while (k < n && !text_equal(at->key, known[k])) k++;
    if (k < n) continue;
    near = text_nearest(at->key, known, n);
    snprintf(hint, sizeof hint, near ? "did you mean '%s'?" : "`stargate help train` lists them", near);
    err = diag_add(r->diags, SG_ERROR, SG_ERR_KEY, at->key_place, hint, "a plan has no word '%.60s'", at->key.at);
  }
  return err;
}

// Both texts as one tree, whose fabric is named in any case: an empty row is the accelerator's usual network.
static sg_err read_tree(train_reading *r, const diag_source *file, const char *const *path, const char *const *value,
                        size_t n) {
  arena       *a = r->t->a;
  diag_source *source = ARENA_NEW(a, diag_source, 1);
  sg_err       err = SG_OK;
  if (!source) return SG_ERR_MEMORY;
  *source = file ? *file : (diag_source){"command line", "", 0};
  if (file) err = spec_read(source, a, r->diags, &r->user);
  else r->user = ARENA_NEW(a, spec_node, 1);
  if (!r->user) return err ? err : SG_ERR_MEMORY;
  if (!file)
    *r->user = (spec_node){
        .kind = SPEC_MAP, .place = {source, 1, 1, 1}
    };
  for (size_t i = 0; i < n; i++) {
    sg_err set = spec_set(r->user, path[i], value[i], a, r->diags);
    if (!err) err = set;
  }
  if (!err) err = check_words(r);
  const spec_node *on = spec_get(r->user, "on");
  const char      *rack = on && on->kind == SPEC_SCALAR && !spec_get(r->user, "rack") ? rack_with(r, on->text) : NULL;
  if (!err && rack) err = spec_set(r->user, "rack", rack, a, r->diags);
  if (err || spec_get(r->user, "fabric") || spec_get(r->user, "fabrics")) return err;
  return spec_set(r->user, "fabrics", "{usual: {}}", a, r->diags);
}

static sg_err read_all(train_reading *r, const diag_source *file, const char *const *path, const char *const *value,
                       size_t n) {
  arena               *a = r->t->a;
  programme_catalogue *catalogue = ARENA_NEW(a, programme_catalogue, 1);
  const class_row **class = ARENA_NEW(a, const class_row *, OF_COUNT);
  if (!catalogue || !class) return SG_ERR_MEMORY;
  sg_err err = programme_catalogue_read(a, r->diags, catalogue);
  r->catalogue = catalogue;
  if (!err) err = read_tree(r, file, path, value, n);
  if (!err)
    err = programme_compile(train_classes(class), r->user, catalogue->root, catalogue->n, a, r->diags, &r->t->p);
  return err ? err : settle(r);
}

sg_err twin_train_run(const diag_source *file, const char *const *set_path, const char *const *set_value, size_t n_set,
                      const twin_train_opts *opts, sg_diags *diags, twin_train **out) {
  arena        *a = arena_create();
  train_reading r = {.t = a ? ARENA_NEW(a, twin_train, 1) : NULL, .diags = diags, .opts = opts};
  *out = NULL;
  if (r.t) r.t->a = a;
  sg_err err = r.t ? read_all(&r, file, set_path, set_value, n_set) : SG_ERR_MEMORY;
  if (!err) err = train_compute(&r);
  if (!err && !(r.t->precision_word = precision_word(&r.t->search.best[0].plan, a))) err = SG_ERR_MEMORY;
  for (size_t i = 0; i < diags->n; i++)  // nobody typed "--set"
    if (!strcmp(diags->item[i].file, "--set"))
      snprintf(diags->item[i].file, sizeof diags->item[i].file, "command line");
  if (err) arena_free(a);
  else *out = r.t;
  return err;
}

void twin_train_free(twin_train *t) {
  if (t) arena_free(t->a);
}

// ---- Catalogue --------------------------------------------------------------------------------------------

// The section of the catalogue stands for the user's file: then all its rows are taken, not only those that are named.
sg_err twin_train_catalogue(const char *plural, arena *a, programme_model *out, int32_t *class_index) {
  programme_catalogue *catalogue = ARENA_NEW(a, programme_catalogue, 1);
  const class_row **class = ARENA_NEW(a, const class_row *, OF_COUNT);
  sg_diags *diags = ARENA_NEW(a, sg_diags, 1);
  if (!catalogue || !class || !diags) return SG_ERR_MEMORY;
  programme_classes classes = train_classes(class);
  sg_err            err = programme_catalogue_read(a, NULL, catalogue);
  if (err) return err;
  *class_index = -1;
  for (int32_t i = OF_ACCELERATOR; i <= OF_MODEL; i++)
    if (!strcmp(class[i] -> plural, plural)) *class_index = i;
  for (size_t i = 0; i < catalogue->n && *class_index >= 0; i++) {
    spec_node *section = spec_get(catalogue->root[i], plural);
    if (!section) continue;
    spec_node alone = *section, root = {.kind = SPEC_MAP, .place = section->place, .first = &alone, .n = 1};
    alone.next = NULL;
    return programme_compile(classes, &root, catalogue->root, catalogue->n, a, diags, out);
  }
  return SG_ERR_NAME;
}
