// Train: the same model on several campuses: what --across says, and what training/sites.h makes of it.
#include <math.h>
#include <stdio.h>
#include <string.h>

#include "train_parts.h"

// ---- Reading ------------------------------------------------------------------------------------------------

static sg_err unreadable(const train_reading *r, const char *what) {
  return train_complain(r, SG_ERR_TYPE, NULL, "across", "write 3x1000km, or NAME:GPUS@KM,NAME:GPUS@KM,...", what);
}

static sg_err too_many(const train_reading *r) {
  char what[80];
  snprintf(what, sizeof what, "campuses are 2 to %d", TRAINING_SITES_MOST);
  return train_complain(r, SG_ERR_RANGE, NULL, "across", "leave the least of them out", what);
}

// "3x1000km": as many equal campuses, each as far from each other.
static sg_err read_equal(const train_reading *r, text_slice s, twin_train_sites *out) {
  double count, km;
  size_t n = text_number_scan(s, &count);
  if (!n || n >= s.n || s.at[n] != 'x')
    return unreadable(r, "'across' begins with a number of campuses, as in 3x1000km");
  text_slice rest = text_trim((text_slice){s.at + n + 1, s.n - n - 1});
  size_t     used = text_number_scan(rest, &km);
  if (!used || !text_equal(text_trim((text_slice){rest.at + used, rest.n - used}), "km") || !(km >= 0 && km <= 20037))
    return unreadable(r, "'across' ends in a distance of 0 to 20,037 km");
  if (!(count >= 2 && count <= TRAINING_SITES_MOST) || count != floor(count)) return too_many(r);
  out->n = (int32_t)count;
  if (r->t->gpus % out->n)
    return train_complain(r, SG_ERR_RANGE, NULL, "across", "write NAME:GPUS@KM,... for unequal campuses",
                          "the GPUs cannot be shared out evenly among the campuses");
  for (int32_t i = 0; i < out->n; i++) {
    out->gpus[i] = r->t->gpus / out->n;
    snprintf(out->name[i], sizeof out->name[i], "campus %d", i + 1);
    for (int32_t k = 0; k < out->n; k++) out->straight_km[i * out->n + k] = i == k ? 0 : km;
  }
  return SG_OK;
}

// One "NAME:GPUS@KM" of n bytes.
static bool read_campus(const char *at, size_t n, twin_train_sites *out, double *km) {
  const char *colon = memchr(at, ':', n), *sign = colon ? memchr(colon, '@', n - (size_t)(colon - at)) : NULL;
  double      gpus;
  if (!sign || colon == at || (size_t)(colon - at) >= sizeof out->name[0]) return false;
  text_slice distance = text_trim((text_slice){sign + 1, n - (size_t)(sign + 1 - at)});
  if (distance.n > 2 && !memcmp(distance.at + distance.n - 2, "km", 2))
    distance = text_trim((text_slice){distance.at, distance.n - 2});
  if (!text_number((text_slice){colon + 1, (size_t)(sign - colon - 1)}, &gpus) || !text_number(distance, km))
    return false;
  if (!(gpus >= 1 && gpus <= (1 << 24)) || gpus != floor(gpus) || !(fabs(*km) <= 20037)) return false;
  snprintf(out->name[out->n], sizeof out->name[0], "%.*s", (int)(colon - at), at);
  out->gpus[out->n++] = (int32_t)gpus;
  return true;
}

// Campuses along a line, each at its distance from the first.
static sg_err read_named(const train_reading *r, const char *s, twin_train_sites *out) {
  double  km[TRAINING_SITES_MOST];
  int64_t sum = 0;
  for (const char *at = s; *at; at += strspn(at, ", ")) {
    size_t n = strcspn(at, ",");
    if (out->n == TRAINING_SITES_MOST) return too_many(r);
    if (!read_campus(at, n, out, &km[out->n]))
      return unreadable(r, "each campus has a name, a whole number of GPUs and a distance in km");
    sum += out->gpus[out->n - 1];
    at += n;
  }
  if (out->n < 2) return too_many(r);
  if (sum != r->t->gpus)
    return train_complain(r, SG_ERR_RANGE, NULL, "across", "--gpus is that of all campuses together",
                          "the GPUs of the campuses do not add up to --gpus");
  for (int32_t i = 0; i < out->n; i++)
    for (int32_t k = 0; k < out->n; k++) out->straight_km[i * out->n + k] = fabs(km[i] - km[k]);
  return SG_OK;
}

// ---- Choice -------------------------------------------------------------------------------------------------

// The plan of one campus on its share of the batch: the one that was given, with fewer replicas, or the fastest.
static sg_err plan_alone(const train_reading *r, int32_t gpus, int32_t batch, training_found *out) {
  training_search found;
  if (r->given) {
    training_plan *p = &out->plan;
    *p = r->t->search.best[0].plan;
    p->batch = batch;
    p->dp = gpus / (p->tp * p->cp * p->pp);
    if (training_plan_gpus(p) == gpus &&
        !training_plan_evaluate(&r->t->shape, &r->t->machine, &r->t->software, p, &out->step))
      return SG_OK;
    return train_complain(r, SG_ERR_RANGE, NULL, "across",
                          "leave --plan out, or share GPUs and batch so that it divides them",
                          "the plan cannot be kept on one of the campuses alone");
  }
  sg_err err = train_search(r, gpus, batch, 1, &found);
  if (err) return err;
  if (!found.n)
    return train_complain(r, SG_ERR_RANGE, NULL, "across", "take fewer campuses, or more GPUs",
                          "no plan fits on one of the campuses alone");
  *out = found.best[0];
  return SG_OK;
}

// Sequences of a campus: its share, near enough to it and yet divisible by many degrees.
static int32_t batch_of(const train_reading *r, int32_t gpus) {
  double share = (double)r->fixed.batch * gpus / r->t->gpus, quantum = exp2(fmax(0.0, floor(log2(share / 8.0))));
  return (int32_t)fmax(1.0, round(share / quantum) * quantum);
}

static sg_err plan_campuses(const train_reading *r, twin_train_sites *out, training_campus *campus) {
  for (int32_t i = 0; i < out->n; i++) {
    int32_t batch = batch_of(r, out->gpus[i]), same = 0;
    while (out->gpus[same] != out->gpus[i]) same++;  // equal campuses are planned once
    if (same < i) out->found[i] = out->found[same];
    sg_err err = same < i ? SG_OK : plan_alone(r, out->gpus[i], batch, &out->found[i]);
    if (err) return err;
    campus[i] = (training_campus){.gpus = out->gpus[i],
                                  .step_s = out->found[i].step.step_s,
                                  .step_tokens = (double)batch * r->fixed.seq_tokens,
                                  .up_frac = r->top->campus_up_frac * train_effective_frac(r, out->gpus[i], out->found[i].plan.dp, NULL)};
  }
  return SG_OK;
}

sg_err train_sites(train_reading *r) {
  twin_train_sites *out = ARENA_NEW(r->t->a, twin_train_sites, 1);
  training_campus   campus[TRAINING_SITES_MOST];
  const char       *text = programme_text(&r->t->p, r->top->across);
  if (!out) return SG_ERR_MEMORY;
  sg_err err = strchr(text, ':') ? read_named(r, text, out) : read_equal(r, text_trim(text_of(text)), out);
  if (!err) err = plan_campuses(r, out, campus);
  if (err) return err;
  const training_law       law = training_law_besiroglu();
  const training_sites_law sites = training_sites_law_published();
  const compute_fibre      fibre = compute_fibre_usual();
  const training_step     *one = &r->t->search.best[0].step;
  const training_sites_run run = {
      .params = r->t->params.total,
      .tokens = r->t->run.tokens,
      .layers = r->t->shape.layers,
      .batch_tokens = (double)r->fixed.batch * r->fixed.seq_tokens,
      .backward_frac = one->backward_s / (one->forward_s + one->backward_s),
      .loss = r->t->run.loss,
      .irreducible_loss = law.e,
      .loss_exponent = law.alpha * law.beta / (law.alpha + law.beta),  // of both optimal, L - e falls as C^-x
      .target_frac = 0.95,
      .fibre_usd = HUGE_VAL,
  };
  r->t->sites = out;
  if (!training_sites_choose(campus, out->n, out->straight_km, &fibre, &sites, &run, &out->plan)) return SG_OK;
  return train_complain(r, SG_ERR_RANGE, NULL, "across", "the model has too many layers, or a number is out of range",
                        "training across these campuses cannot be computed");
}
