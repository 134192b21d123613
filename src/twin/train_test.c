// Tests of what `stargate train` computes: reading, refusals, search against single plans, the account.
#include "train.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"

#define MINE                                                                                                        \
  "models:\n  mine: {params: 1.3 billion, tokens: 26 Gtok, layers: 24, hidden: 2048, heads: 16, ffn: 8192, vocab: " \
  "51200}\n"

static sg_diags diags_of_last;  // of the last call of run()

static twin_train *run(const char *text, const char *const (*set)[2], size_t n, int32_t threads) {
  const char     *path[12], *value[12];
  diag_source     file = {"mine.yaml", text, text ? strlen(text) : 0};
  twin_train     *t = NULL;
  twin_train_opts opts = {.top = 5, .threads = threads};
  for (size_t i = 0; i < n; i++) path[i] = set[i][0], value[i] = set[i][1];
  memset(&diags_of_last, 0, sizeof diags_of_last);
  sg_err err = twin_train_run(text ? &file : NULL, path, value, n, &opts, &diags_of_last, &t);
  ck_assert_int_eq(err == SG_OK, t != NULL);
  ck_assert_msg(t || diags_of_last.n_errors > 0, "an error without a finding: %s", sg_err_word(err));
  return t;
}

static twin_train *must_run(const char *text, const char *const (*set)[2], size_t n) {
  twin_train *t = run(text, set, n, 1);
  ck_assert_msg(t != NULL, "%s", diags_of_last.item[0].message);
  return t;
}

START_TEST(refuses_with_place_and_hint) {
  static const struct {
    const char *what, *text, *set[4][2];
    sg_err      want;
    const char *file, *says;
  } rows[] = {
      {"no heads",
       "models:\n  m: {params: 1 billion, tokens: 1 Gtok, layers: 2, hidden: 64, heads: 0, ffn: 256, vocab: 512}\n", {{"on", "A100"}, {"gpus", "8"}},
       SG_ERR_RANGE,                                                                                                                                                                                      "mine.yaml",
       "heads"                                                                                                                                                                                                                                    },
      {"hidden not divisible",
       "models:\n  m: {params: 1 billion, tokens: 1 Gtok, layers: 2, hidden: 65, heads: 2, ffn: 256, vocab: 512}\n", {{"on", "A100"}, {"gpus", "8"}},
       SG_ERR_RANGE,                                                                                                                                                                                      "mine.yaml",
       "hidden"                                                                                                                                                                                                                                   },
      {"more stages than layers",
       MINE,                                                                                                         {{"on", "A100"}, {"gpus", "64"}, {"plan.pp", "32"}},
       SG_ERR_RANGE,                                                                                                                                                                                      "command line",
       "32 pipeline stages for 24 layers"                                                                                                                                                                                                         },
      {"GPUs not divisible",
       MINE,                                                                                                         {{"on", "A100"}, {"gpus", "100"}, {"plan.tp", "8"}},
       SG_ERR_RANGE,                                                                                                                                                                                      "command line",
       "100 GPUs cannot be shared out"                                                                                                                                                                                                            },
      {"dp too large",
       MINE,                                                                                                         {{"on", "A100"}, {"gpus", "8"}, {"plan.dp", "16"}},
       SG_ERR_RANGE,                                                                                                                                                                                      "command line",
       "8 GPUs cannot be shared out"                                                                                                                                                                                                              },
      {"fits nowhere",
       NULL,                                                                                                         {{"model", "megatron-1t"}, {"on", "A100"}, {"gpus", "8"}},
       SG_ERR_RANGE,                                                                                                                                                                                      "command line",
       "no plan fits on 8 GPUs"                                                                                                                                                                                                                   },
      {"does not fit",
       NULL,                                                                                                         {{"model", "gpt-3"}, {"on", "A100"}, {"gpus", "8"}, {"plan.tp", "8"}},
       SG_ERR_RANGE,                                                                                                                                                                                      "command line",
       "on a GPU that has"                                                                                                                                                                                                                        },
      {"negative bandwidth",
       MINE "fabrics: {f: {nic: -400 Gbps}}\n",
       {{"on", "A100"}, {"gpus", "8"}},
       SG_ERR_RANGE,                                                                                                                                                                                      "mine.yaml",
       "'nic' is out of range"                                                                                                                                                                                                                    },
      {"no bandwidth",
       MINE "fabrics: {f: {nic: 0 Gbps}}\n",
       {{"on", "A100"}, {"gpus", "8"}},
       SG_ERR_RANGE,                                                                                                                                                                                      "mine.yaml",
       "a rate above 0"                                                                                                                                                                                                                           },
      {"unknown model",
       NULL,                                                                                                         {{"model", "gpt3"}, {"on", "A100"}, {"gpus", "8"}},
       SG_ERR_NAME,                                                                                                                                                                                       "command line",
       "there is no model 'gpt3'"                                                                                                                                                                                                                 },
      {"unknown accelerator",
       MINE,                                                                                                         {{"on", "A1000"}, {"gpus", "8"}},
       SG_ERR_NAME,                                                                                                                                                                                       "command line",
       "there is no accelerator"                                                                                                                                                                                                                  },
      {"unknown fabric",
       MINE,                                                                                                         {{"on", "A100"}, {"gpus", "8"}, {"fabric", "infinband-400"}},
       SG_ERR_NAME,                                                                                                                                                                                       "command line",
       "there is no fabric"                                                                                                                                                                                                                       },
      {"unknown word",
       MINE,                                                                                                         {{"on", "A100"}, {"gpus", "8"}, {"plan.tpp", "8"}},
       SG_ERR_KEY,                                                                                                                                                                                        "command line",
       "no word 'tpp'"                                                                                                                                                                                                                            },
      {"unknown key",                 MINE "pace: 3\n",                                                              {{"on", "A100"}, {"gpus", "8"}},                                       SG_ERR_KEY,   "mine.yaml",    "unknown key 'pace'"    },
      {"two models",
       MINE "  other: {like: mine}\n",
       {{"on", "A100"}, {"gpus", "8"}},
       SG_ERR_KEY,                                                                                                                                                                                        "mine.yaml",
       "which one"                                                                                                                                                                                                                                },
      {"no accelerator",              MINE,                                                                          {{"gpus", "8"}},                                                       SG_ERR_KEY,   "",             "accelerators"          },
      {"no GPUs",                     MINE,                                                                          {{"on", "A100"}, {"gpus", "0"}},                                       SG_ERR_RANGE, "command line", "'gpus' is out of range"},
      {"no such units",
       MINE,                                                                                                         {{"on", "A100"}, {"gpus", "8"}, {"precision", "fp8"}},
       SG_ERR_RANGE,                                                                                                                                                                                      "command line",
       "fp8"                                                                                                                                                                                                                                      },
      {"campuses in words",
       MINE,                                                                                                         {{"on", "A100"}, {"gpus", "8"}, {"across", "some"}},
       SG_ERR_TYPE,                                                                                                                                                                                       "command line",
       "number of campuses"                                                                                                                                                                                                                       },
      {"one campus",
       MINE,                                                                                                         {{"on", "A100"}, {"gpus", "8"}, {"across", "1x10km"}},
       SG_ERR_RANGE,                                                                                                                                                                                      "command line",
       "2 to 10"                                                                                                                                                                                                                                  },
      {"campuses that do not add up",
       MINE,                                                                                                         {{"on", "A100"}, {"gpus", "8"}, {"across", "a:4@0,b:2@10"}},
       SG_ERR_RANGE,                                                                                                                                                                                      "command line",
       "add up"                                                                                                                                                                                                                                   },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    size_t n = 0;
    while (n < 4 && rows[i].set[n][0]) n++;
    twin_train *t = run(rows[i].text, (const char *const(*)[2])rows[i].set, n, 1);
    ck_assert_msg(t == NULL, "%s: accepted", rows[i].what);
    const sg_diag *d = &diags_of_last.item[0];
    ck_assert_msg(d->code == rows[i].want, "%s: %s", rows[i].what, sg_err_word(d->code));
    ck_assert_msg(strstr(d->message, rows[i].says) != NULL, "%s: %s", rows[i].what, d->message);
    ck_assert_msg(!strcmp(d->file, rows[i].file), "%s: in %s", rows[i].what, d->file);
    ck_assert_msg(d->hint[0] != '\0', "%s: no hint", rows[i].what);
    ck_assert_msg(!strstr(d->message, "nan") && !strstr(d->hint, "nan"), "%s: %s", rows[i].what, d->message);
  }
}
END_TEST

START_TEST(words_are_read_back) {
  static const char *const set[][2] = {
      {"on",              "A100"     },
      {"gpus",            "64"       },
      {"batch",           "64"       },
      {"seq",             "2048"     },
      {"plan.tp",         "2"        },
      {"plan.pp",         "4"        },
      {"plan.vp",         "2"        },
      {"plan.recompute",  "attention"},
      {"plan.overlap_dp", "50 %"     },
  };
  twin_train          *t = must_run(MINE, set, 9);
  const training_plan *p = &t->search.best[0].plan;
  char                 words[240];
  ck_assert_int_eq(p->dp, 8);
  ck_assert_int_eq(p->schedule, TRAINING_INTERLEAVED);  // follows from vp
  ck_assert_int_eq(p->seq_tokens, 2048);
  twin_train_plan_words(p, words, sizeof words);
  ck_assert_str_eq(words, "tp=2,pp=4,vp=2,dp=8,mbs=1,recompute=attention,schedule=interleaved,overlap_dp=0.5");
  ck_assert(!t->searched);
  ck_assert_int_eq(t->n_size, 0);
  twin_train_free(t);
}
END_TEST

START_TEST(the_search_is_no_worse_than_any_plan) {
  static const char *const set[][2] = {
      {"on",      "A100"},
      {"gpus",    "16"  },
      {"batch",   "64"  },
      {"seq",     "2048"},
      {"plan.tp", ""    },
      {"plan.pp", ""    }
  };
  static const char *const degree[] = {"1", "2", "4"};
  twin_train              *best = must_run(MINE, set, 4);
  ck_assert(best->searched && best->search.n == 5);
  for (int32_t i = 0; i + 1 < best->search.n; i++)
    ck_assert(best->search.best[i].step.step_s <= best->search.best[i + 1].step.step_s);
  for (size_t a = 0; a < 3; a++)
    for (size_t b = 0; b < 3; b++) {
      const char *one[6][2];
      memcpy(one, set, sizeof set);
      one[4][1] = degree[a];
      one[5][1] = degree[b];
      twin_train *t = run(MINE, (const char *const(*)[2])one, 6, 1);
      if (t)
        ck_assert_msg(best->search.best[0].step.step_s <= t->search.best[0].step.step_s * (1 + 1e-12),
                      "tp %s pp %s is faster", degree[a], degree[b]);
      twin_train_free(t);
    }
  twin_train_free(best);
}
END_TEST

START_TEST(threads_change_nothing) {
  static const char *const set[][2] = {
      {"model", "llama-3-8b"},
      {"on",    "H100"      },
      {"gpus",  "32"        },
      {"batch", "128"       }
  };
  twin_train *one = run(NULL, set, 4, 1), *seven = run(NULL, set, 4, 7);
  ck_assert(one && seven);
  ck_assert_int_eq(one->search.n, seven->search.n);
  for (int32_t i = 0; i < one->search.n; i++) {
    char a[240], b[240];
    twin_train_plan_words(&one->search.best[i].plan, a, sizeof a);
    twin_train_plan_words(&seven->search.best[i].plan, b, sizeof b);
    ck_assert_str_eq(a, b);
  }
  ck_assert_int_eq(memcmp(&one->run, &seven->run, sizeof one->run), 0);
  ck_assert_uint_eq(one->search.n_priced + one->search.n_cut, seven->search.n_priced + seven->search.n_cut);
  twin_train_free(one);
  twin_train_free(seven);
}
END_TEST

START_TEST(parts_add_up) {
  static const char *const set[][2] = {
      {"model",          "gpt-3"      },
      {"on",             "A100"       },
      {"gpus",           "1024"       },
      {"batch",          "1536"       },
      {"seq",            "2048"       },
      {"plan.tp",        "8"          },
      {"plan.pp",        "8"          },
      {"plan.recompute", "selective"  },
      {"rent",           "2 USD/GPU-h"},
      {"price",          "20000 USD"  }
  };
  twin_train               *t = must_run(NULL, set, 10);
  const training_found     *f = &t->search.best[0];
  const training_step      *s = &f->step;
  const twin_train_account *r = &t->run;
  twin_train_cause          lost[TRAIN_CAUSES];
  double                    sum = twin_train_roofline_s(t, f) / s->step_s;
  int32_t                   n = twin_train_causes(t, f, lost);
  for (int32_t i = 0; i < n; i++) {
    sum += lost[i].share_frac;
    ck_assert(i == 0 || lost[i].share_frac <= lost[i - 1].share_frac);
  }
  test_near(sum, 1, 1e-9);
  // The account: tokens over tokens of a step; GPU-hours are held time; the rent is their price.
  ck_assert_double_eq(r->steps, ceil(r->tokens / (1536.0 * 2048)));
  test_near(r->computing_day * 86400, r->steps * s->step_s, 1e-6 * r->steps * s->step_s);
  test_near(r->gpu_h, 24 * 1024 * r->duration_day, 1e-9 * r->gpu_h);
  test_near(r->duration_day * r->effective_frac, r->computing_day, 1e-9 * r->computing_day);
  test_near(r->optimal_params * r->optimal_tokens / (t->params.active * r->tokens), 1, 1e-9);
  ck_assert_msg(r->optimal_loss <= r->loss, "%.4f, the run itself %.4f", r->optimal_loss, r->loss);
  test_near(r->next_year_frac, exp2(-12.0 / 8), 1e-12);  // halved every eight months
  test_near(r->bill.rent_usd, 2 * r->gpu_h, 1e-9 * r->bill.rent_usd);
  test_near(r->bill.purchase_usd, 20000 * 1024.0, 1e-6);
  ck_assert(r->loss > 1.69 && r->loss < 3);
  twin_train_free(t);
}
END_TEST

START_TEST(a_plan_that_does_not_fit_names_one_that_does) {
  static const char *const set[][2] = {
      {"model",   "llama-3-70b"},
      {"on",      "H100"       },
      {"gpus",    "32"         },
      {"batch",   "64"         },
      {"plan.tp", "8"          }
  };
  ck_assert_ptr_null(run(NULL, set, 5, 1));
  const char *hint = strstr(diags_of_last.item[0].hint, "--plan ");
  ck_assert_msg(hint != NULL, "%s", diags_of_last.item[0].hint);
  // The words of the hint, one setting each, are a plan that fits.
  static char words[240], path[12][40];
  const char *near[16][2];
  size_t      n = 4;
  memcpy(near, set, 4 * sizeof set[0]);
  snprintf(words, sizeof words, "%s", hint + strlen("--plan "));
  for (char *at = words; at && *at && n < 12; n++) {
    char *end = strchr(at, ','), *equals = strchr(at, '=');
    if (end) *end = '\0';
    *equals = '\0';
    snprintf(path[n], sizeof path[n], "plan.%.30s", at);
    near[n][0] = path[n];
    near[n][1] = equals + 1;
    at = end ? end + 1 : NULL;
  }
  twin_train *t = must_run(NULL, (const char *const(*)[2])near, n);
  ck_assert(t->search.best[0].step.memory.total_bytes <= t->machine.memory_bytes);
  twin_train_free(t);
}
END_TEST

START_TEST(one_gpu_has_no_communication) {
  static const char *const set[][2] = {
      {"on",      "H100"},
      {"gpus",    "1"   },
      {"batch",   "1"   },
      {"seq",     "2048"},
      {"plan.tp", "1"   }
  };
  twin_train          *t = must_run(MINE, set, 5);
  const training_step *s = &t->search.best[0].step;
  ck_assert_double_eq(s->tp_link_s + s->cp_link_s + s->pp_link_s + s->dp_link_s + s->ep_link_s, 0);
  ck_assert(isnan(t->run.terms.usd_per_gpu_h) == (t->rack == NULL));
  twin_train_free(t);
}
END_TEST

START_TEST(campuses_are_chosen) {
  static const char *const set[][2] = {
      {"model",  "llama-3-8b"},
      {"on",     "H100"      },
      {"gpus",   "64"        },
      {"batch",  "256"       },
      {"across", "2x800km"   }
  };
  static const char *const named[][2] = {
      {"model",  "llama-3-8b"              },
      {"on",     "H100"                    },
      {"gpus",   "64"                      },
      {"batch",  "256"                     },
      {"across", "east:32@0, west:32@800km"}
  };
  twin_train *equal = must_run(NULL, set, 5), *line = must_run(NULL, named, 5);
  ck_assert_int_eq(equal->sites->n, 2);
  ck_assert_str_eq(line->sites->name[1], "west");
  ck_assert_double_eq(line->sites->straight_km[1], 800);
  ck_assert_int_eq(memcmp(&equal->sites->plan, &line->sites->plan, sizeof equal->sites->plan), 0);  // two are a line
  ck_assert(equal->sites->plan.sites >= 1 && equal->sites->plan.equal_loss_time_s > 0);
  twin_train_free(equal);
  twin_train_free(line);
}
END_TEST

START_TEST(the_catalogue_compiles) {
  static const char *const plural[] = {"models", "accelerators", "fabrics"};
  for (size_t i = 0; i < 3; i++) {
    arena          *a = arena_create();
    programme_model m;
    int32_t class;
    ck_assert_int_eq(twin_train_catalogue(plural[i], a, &m, &class), SG_OK);
    ck_assert_int_gt(m.rows[class].n, 5);
    arena_free(a);
  }
  arena          *a = arena_create();
  programme_model m;
  int32_t class;
  ck_assert_int_eq(twin_train_catalogue("parties", a, &m, &class), SG_ERR_NAME);
  arena_free(a);
}
END_TEST

TEST_LIST("train", refuses_with_place_and_hint, words_are_read_back, the_search_is_no_worse_than_any_plan,
          threads_change_nothing, parts_add_up, a_plan_that_does_not_fit_names_one_that_does,
          one_gpu_has_no_communication, campuses_are_chosen, the_catalogue_compiles)
