// Settings of a cluster. See cluster_settings.h.
#include "cluster_settings.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/text.h"
#include "../operations/policy.h"

sg_err twin_cluster_refuse(const twin_cluster_settings *s, sg_err code, const char *hint, const char *what,
                           const char *word) {
  return diag_add(s->diags, SG_ERROR, code, (diag_place){0}, hint, what, word);
}

const char *twin_cluster_setting(const twin_cluster_settings *s, const char *name) {
  const char *found = NULL;
  for (size_t i = 0; i < s->n; i++)
    if (!strcmp(s->key[i], name)) found = s->value[i];
  return found;
}

sg_err twin_cluster_only(const twin_cluster_settings *s, const char *const *known, size_t n_known) {
  for (size_t i = 0; i < s->n; i++) {
    size_t k = 0;
    while (k < n_known && strcmp(known[k], s->key[i]) != 0) k++;
    if (k == n_known) return twin_cluster_refuse(s, SG_ERR_KEY, NULL, "'%.60s' has no meaning here", s->key[i]);
  }
  return SG_OK;
}

int twin_cluster_numbers(const char *word, int most, int64_t out[]) {
  int n = 0;
  for (const char *at = word;;) {
    int64_t v = 0;
    bool    digit = false;
    for (; *at; at++) {
      if ((*at == '_' || *at == ',') && digit) continue;
      if (*at < '0' || *at > '9' || v > OPERATIONS_MAX_GPUS) break;
      v = 10 * v + (*at - '0');
      digit = true;
    }
    if (!digit || v < 1 || v > OPERATIONS_MAX_GPUS || n == most) return 0;
    out[n++] = v;
    if (!*at) return n;
    if (*at++ != 'x') return 0;
  }
}

sg_err twin_cluster_number(const twin_cluster_settings *s, const char *name, double low, double high, const char *hint,
                           double *out) {
  const char *word = twin_cluster_setting(s, name);
  double      x;
  char        what[80];
  if (!word) return SG_OK;
  if (text_number(text_of(word), &x) && x >= low && x <= high) {
    *out = x;
    return SG_OK;
  }
  (void)snprintf(what, sizeof what, "%s cannot be '%%.60s'", name);
  return twin_cluster_refuse(s, SG_ERR_RANGE, hint, what, word);
}

// ---- The machine ----------------------------------------------------------------------------------------------------

static sg_err too_large(const twin_cluster_settings *s, const char *word) {
  return twin_cluster_refuse(s, SG_ERR_RANGE, "ten million GPUs is the most", "a machine of %.60s is too large", word);
}

static sg_err read_racks(const twin_cluster_settings *s, const char *word, operations_partition *out) {
  int64_t d[4];
  int     n = twin_cluster_numbers(word, 4, d);
  if (n < 3)
    return twin_cluster_refuse(
        s, SG_ERR_RANGE,
        "racks, nodes of a rack, GPUs of a node: 8x18x4; before them, if you like, blocks of racks: 4x8x18x4",
        "racks cannot be '%.60s'", word);
  int64_t blocks = n == 4 ? d[0] : 1, racks = d[n - 3], nodes = d[n - 2], gpus = d[n - 1];
  // each is at most 10^7, so four of them are multiplied in doubles
  if ((double)blocks * (double)racks * (double)nodes * (double)gpus > OPERATIONS_MAX_GPUS) return too_large(s, word);
  *out = (operations_partition){.n_node = (int32_t)(blocks * racks * nodes),
                                .gpus_per_node = (int32_t)gpus,
                                .nodes_per_rack = (int32_t)nodes,
                                .racks_per_block = n == 4 ? (int32_t)racks : 0};
  return SG_OK;
}

sg_err twin_cluster_read_machine(const twin_cluster_settings *s, operations_partition *out) {
  const char *capacity = twin_cluster_setting(s, "capacity"), *nodes = twin_cluster_setting(s, "nodes");
  const char *racks = twin_cluster_setting(s, "racks");
  int64_t     d[2];
  int         given = !!capacity + !!nodes + !!racks;
  if (given > 1)
    return twin_cluster_refuse(s, SG_ERR_KEY, "capacity, nodes or racks", "the machine's size is given %s",
                               "more than once");
  if (!given)
    return twin_cluster_refuse(s, SG_ERR_KEY, "--capacity 512, --nodes 64x8 or --racks 8x18x4",
                               "the machine's size is %s", "missing");
  *out = (operations_partition){0};
  if (racks) return read_racks(s, racks, out);
  if (capacity) {
    if (twin_cluster_numbers(capacity, 1, d) != 1)
      return twin_cluster_refuse(s, SG_ERR_RANGE,
                                 "a whole number of GPUs, at most ten million; nodes go by --nodes 64x8",
                                 "capacity cannot be '%.60s'", capacity);
    out->gpus = d[0];
    return SG_OK;
  }
  if (twin_cluster_numbers(nodes, 2, d) != 2)
    return twin_cluster_refuse(s, SG_ERR_RANGE, "nodes and the GPUs of each: 64x8", "nodes cannot be '%.60s'", nodes);
  if ((double)d[0] * (double)d[1] > OPERATIONS_MAX_GPUS) return too_large(s, nodes);
  out->n_node = (int32_t)d[0];
  out->gpus_per_node = (int32_t)d[1];
  return SG_OK;
}

// ---- Parts of it ------------------------------------------------------------------------------------------------------

int64_t twin_cluster_part_gpus(const twin_cluster_part *part) {
  return part->of.n_node ? (int64_t)part->of.n_node * part->of.gpus_per_node : part->of.gpus;
}

// "GPUS" or "GPUS@FROM-TO", hours since the first submission; to_h 0: for ever.
static bool read_share(const char *word, int64_t *gpus, double *from_h, double *to_h) {
  const char *at = strchr(word, '@'), *dash = at ? strchr(at, '-') : NULL;
  char        count[24];
  size_t      n = at ? (size_t)(at - word) : strlen(word);
  if (n >= sizeof count || (at && !dash)) return false;
  memcpy(count, word, n);
  count[n] = '\0';
  *from_h = *to_h = 0.0;
  if (twin_cluster_numbers(count, 1, gpus) != 1) return false;
  return !at || (text_number((text_slice){at + 1, (size_t)(dash - at - 1)}, from_h) &&
                 text_number(text_of(dash + 1), to_h) && *from_h >= 0.0 && *to_h > *from_h && *to_h <= 1e5);
}

static sg_err read_part(const twin_cluster_settings *s, const char *word, twin_cluster *c) {
  const char        *equals = strchr(word, '=');
  twin_cluster_part *p = &c->part[c->n_part];
  int64_t            gpus;
  size_t             n = equals ? (size_t)(equals - word) : 0;
  if (!n || n >= sizeof p->name || !read_share(equals + 1, &gpus, &p->from_h, &p->to_h))
    return twin_cluster_refuse(
        s, SG_ERR_RANGE, "NAME=GPUS, or for some hours since the first submission NAME=GPUS@FROM-TO: big=512@24-168",
        "partition cannot be '%.60s'", word);
  if (c->n_part == TWIN_CLUSTER_PARTS)
    return twin_cluster_refuse(s, SG_ERR_LIMIT, "15 is the most", "there is no room for partition '%.60s'", word);
  memcpy(p->name, word, n);
  for (int32_t i = 1; i < c->n_part; i++)
    if (!strcmp(c->part[i].name, p->name))
      return twin_cluster_refuse(s, SG_ERR_KEY, NULL, "partition '%.60s' stands twice", p->name);
  if (c->placed && (p->to_h > 0.0 || gpus % c->machine.gpus_per_node))
    return twin_cluster_refuse(s, SG_ERR_RANGE,
                               p->to_h > 0.0 ? "give --capacity in place of nodes, or leave out the hours"
                                             : "a multiple of the GPUs of a node",
                               "partition '%.60s' cannot be had on nodes", word);
  operations_partition *rest = &c->part[0].of;
  if (gpus > twin_cluster_part_gpus(&c->part[0]))
    return twin_cluster_refuse(s, SG_ERR_RANGE, NULL, "partition '%.60s' is larger than what is left of the machine",
                               word);
  p->of = c->machine;
  if (c->placed) {
    p->of.n_node = (int32_t)(gpus / c->machine.gpus_per_node);
    rest->n_node -= p->of.n_node;
  } else {
    p->of.gpus = p->to_h > 0.0 ? 0 : gpus;
    rest->gpus -= p->of.gpus;
  }
  p->reserved_gpus = p->to_h > 0.0 ? gpus : 0;
  c->n_part++;
  return SG_OK;
}

static sg_err read_maintenance(const twin_cluster_settings *s, const char *word, twin_cluster *c) {
  twin_cluster_service *m = &c->service[c->n_service];
  if (!read_share(word, &m->gpus, &m->from_h, &m->to_h) || !(m->to_h > 0.0))
    return twin_cluster_refuse(s, SG_ERR_RANGE, "GPUS@FROM-TO, hours since the first submission: 64@24-32",
                               "maintenance cannot be '%.60s'", word);
  if (c->n_service + 1 == TWIN_CLUSTER_PARTS)
    return twin_cluster_refuse(s, SG_ERR_LIMIT, "15 is the most", "there is no room for maintenance '%.60s'", word);
  if (m->gpus > twin_cluster_part_gpus(&c->part[0]))
    return twin_cluster_refuse(s, SG_ERR_RANGE, "partitions apart", "maintenance '%.60s' is larger than the machine",
                               word);
  c->n_service++;
  return SG_OK;
}

sg_err twin_cluster_read_parts(const twin_cluster_settings *s, twin_cluster *c) {
  sg_err err = SG_OK;
  c->part[0].of = c->machine;
  c->n_part = 1;
  for (size_t i = 0; i < s->n && !err; i++)
    if (!strcmp(s->key[i], "partition")) err = read_part(s, s->value[i], c);
  for (size_t i = 0; i < s->n && !err; i++)
    if (!strcmp(s->key[i], "maintenance")) err = read_maintenance(s, s->value[i], c);
  for (int32_t i = c->n_part - 1, node = 0; i >= 0; node += c->part[i--].of.n_node) c->part[i].first_node = node;
  return err;
}

// ---- Policy and practice ------------------------------------------------------------------------------------------------

sg_err twin_cluster_read_policy(const twin_cluster_settings *s, const operations_partition *machine,
                                operations_policy *out) {
  static const char *const known[] = {"fcfs",      "easy",     "sjbf",    "easy-sjbf", "conservative", "batch",
                                      "pyss-ties", "priority", "preempt", "firstfit",  "bestfit",      "rackfit"};
  const char              *words = twin_cluster_setting(s, "policy");
  operations_partition     named = {0};
  text_slice               bad;
  char                     hint[200] =
      "fcfs, easy, easy-sjbf, conservative; joined by '-': batch, pyss-ties, priority, "
      "preempt, firstfit, bestfit, rackfit",
       word[64];
  if (!operations_policy_parse(text_of(words ? words : "fcfs"), out, &named, &bad)) {
    const char *near = text_nearest(bad, known, sizeof known / sizeof known[0]);
    (void)snprintf(word, sizeof word, "%.*s", bad.n < 60 ? (int)bad.n : 60, bad.at);
    if (near) (void)snprintf(hint, sizeof hint, "did you mean '%s'?", near);
    return twin_cluster_refuse(s, SG_ERR_NAME, hint, "there is no policy '%s'", word);
  }
  if (named.n_node)
    return twin_cluster_refuse(s, SG_ERR_KEY, "the machine is told by --nodes 64x8", "policy '%.60s' names nodes",
                               words);
  if (out->fit != OPERATIONS_FIRST_FIT && !machine->n_node)
    return twin_cluster_refuse(s, SG_ERR_RANGE, "give --nodes 64x8 or --racks 8x18x4 in place of --capacity",
                               "policy '%.60s' places jobs on nodes, but there is one pool", words);
  if (out->backfill == OPERATIONS_CONSERVATIVE && machine->n_node)
    return twin_cluster_refuse(s, SG_ERR_RANGE, "give --capacity, or another policy",
                               "policy '%.60s' is for one pool, not for nodes", words);
  return SG_OK;
}

sg_err twin_cluster_read_practice(const twin_cluster_settings *s, operations_practice *out, double *restart_min) {
  static const struct {
    const char         *word;
    operations_interval interval;
  } rules[] = {
      {"auto",  OPERATIONS_INTERVAL_BEST },
      {"young", OPERATIONS_INTERVAL_YOUNG},
      {"daly",  OPERATIONS_INTERVAL_DALY },
  };
  const char *word = twin_cluster_setting(s, "checkpoint");
  double      minutes = 0.0;
  *out = operations_practice_standard();
  *restart_min = (double)NAN;
  for (size_t i = 0; i < sizeof rules / sizeof rules[0] && word; i++) {
    if (strcmp(word, rules[i].word) != 0) continue;
    out->interval = rules[i].interval;
    word = NULL;
  }
  if (word && (!text_number(text_of(word), &minutes) || !(minutes > 0.0 && minutes <= 1e6)))
    return twin_cluster_refuse(s, SG_ERR_RANGE, "auto, young, daly, or minutes between checkpoints, such as 30",
                               "checkpoint cannot be '%.60s'", word);
  if (word) {
    out->interval = OPERATIONS_INTERVAL_FIXED;
    out->interval_s = 60.0 * minutes;
  }
  return twin_cluster_number(s, "restart", 0.0, 1e5, "minutes from finding a failure to computing again, such as 10",
                             restart_min);
}
