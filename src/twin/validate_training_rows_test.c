// Tests of the rows of measured runs: words, each alone, and whole lines.
#include "validate_training_rows.h"

#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"

static const struct {
  const char *what, *words;
  bool        ok;
  int32_t     recompute, layers, sequence_parallel;
} recompute_rows[] = {
    {"nothing said",       "",                                                               true,  TRAINING_RECOMPUTE_NONE,      0,  0},
    {"none",               "none",                                                           true,  TRAINING_RECOMPUTE_NONE,      0,  0},
    {"unknown is none",    "not stated",                                                     true,  TRAINING_RECOMPUTE_NONE,      0,  0},
    {"none with a remark", "none at 8K (section 3.3.2)",                                     true,  TRAINING_RECOMPUTE_NONE,      0,  0},
    {"full",               "full",                                                           true,  TRAINING_RECOMPUTE_FULL,      0,  0},
    {"full with a remark", "full (HFU 57.8%)",                                               true,  TRAINING_RECOMPUTE_FULL,      0,  0},
    {"full in blocks",     "full, block, 12 layer(s) per pipeline stage",                    true,  TRAINING_RECOMPUTE_FULL,      12, 0},
    {"core attention",     "selective: core_attn",                                           true,  TRAINING_RECOMPUTE_ATTENTION, 0,  0},
    {"Korthikanti",        "selective(attention)+sequence-parallel",                         true,  TRAINING_RECOMPUTE_ATTENTION, 0,  1},
    {"by default",         "selective (modules not named: Megatron-Core default core_attn)", true,  TRAINING_RECOMPUTE_ATTENTION,
     0,                                                                                                                               0},
    {"modules",            "selective: layernorm+moe_act",                                   true,  TRAINING_RECOMPUTE_SELECTIVE, 0,  0},
    {"attention and more", "selective: core_attn+mla_up_proj",                               true,  TRAINING_RECOMPUTE_SELECTIVE, 0,  0},
    {"by operation",       "selective per-op",                                               true,  TRAINING_RECOMPUTE_SELECTIVE, 0,  0},
    {"modules not named",  "model dependent (MoE: selective modules)",                       true,  TRAINING_RECOMPUTE_SELECTIVE, 0,  0},
    {"not a word of it",   "some",                                                           false, 0,                            0,  0},
};

START_TEST(recompute_words) {
  for (size_t i = 0; i < sizeof recompute_rows / sizeof *recompute_rows; i++) {
    training_plan p = {.recompute = -1};
    bool          ok = validate_read_recompute(text_of(recompute_rows[i].words), &p);
    ck_assert_msg(ok == recompute_rows[i].ok, "%s", recompute_rows[i].what);
    if (!ok) continue;
    ck_assert_msg(p.recompute == recompute_rows[i].recompute, "%s: %d", recompute_rows[i].what, p.recompute);
    ck_assert_msg(p.recompute_layers == recompute_rows[i].layers, "%s", recompute_rows[i].what);
    ck_assert_msg(p.sequence_parallel == recompute_rows[i].sequence_parallel, "%s", recompute_rows[i].what);
  }
}
END_TEST

static const struct {
  const char *what, *word;
  bool        ok;
  int32_t     zero, shard;
} zero_rows[] = {
    {"nothing said",   "",                                true,  0, 0  },
    {"none",           "0",                               true,  0, 0  },
    {"all",            "3",                               true,  3, 0  },
    {"in a word",      "zero2",                           true,  2, 0  },
    {"with a dash",    "ZeRO-1",                          true,  1, 0  },
    {"fsdp",           "fsdp",                            true,  3, 0  },
    {"fsdp in groups", "fsdp32",                          true,  3, 32 },
    {"hybrid",         "fsdp128+dp16",                    true,  3, 128},
    {"weights stay",   "fsdp (no reshard after forward)", true,  2, 0  },
    {"on a torus",     "fsdp (ici)",                      true,  3, 0  },
    {"a fourth stage", "4",                               false, 0, 0  },
    {"words",          "some",                            false, 0, 0  },
    {"a tail",         "1x",                              false, 0, 0  },
};

START_TEST(zero_words) {
  for (size_t i = 0; i < sizeof zero_rows / sizeof *zero_rows; i++) {
    training_plan p = {.zero = -1};
    bool          ok = validate_read_zero(text_of(zero_rows[i].word), &p);
    ck_assert_msg(ok == zero_rows[i].ok, "%s", zero_rows[i].what);
    if (ok) ck_assert_msg(p.zero == zero_rows[i].zero && p.shard == zero_rows[i].shard, "%s", zero_rows[i].what);
  }
}
END_TEST

static const struct {
  const char      *what, *words;
  validate_overlap want;  // tp cp pp dp ep graphs
} overlap_rows[] = {
    {"nothing",                   "",                                                          {-1, -1, -1, -1, -1, -1}},
    {"a list",                    "TP, PP p2p, grad reduce and param gather overlap on",       {1, -1, 1, 1, -1, -1}   },
    {"clauses",                   "TP overlap off; PP p2p overlap on",                         {0, -1, 1, -1, -1, -1}  },
    {"a remark is no word of it", "param gather overlap on (also with optimiser step)",        {-1, -1, -1, 1, -1, -1} },
    {"experts",                   "MoE all-to-all overlap off; CUDA graph transformer engine", {-1, -1, -1, -1, 0, 1}  },
    {"experts on",                "MoE all-to-all overlap on; CUDA graph none set",            {-1, -1, -1, -1, 1, 0}  },
    {"graphs off",                "CUDA graphs off; Megatron-FSDP",                            {-1, -1, -1, -1, -1, 0} },
    {"asynchronous",              "asyncTP",                                                   {1, -1, -1, -1, -1, -1} },
    {"plain",                     "vanilla",                                                   {0, -1, -1, -1, -1, -1} },
    {"elsewhere",                 "see repo config",                                           {-1, -1, -1, -1, -1, -1}},
};

START_TEST(overlap_words) {
  for (size_t i = 0; i < sizeof overlap_rows / sizeof *overlap_rows; i++) {
    validate_overlap got;
    validate_read_overlap(text_of(overlap_rows[i].words), &got);
    ck_assert_msg(memcmp(&got, &overlap_rows[i].want, sizeof got) == 0, "%s", overlap_rows[i].what);
  }
}
END_TEST

START_TEST(precision_words) {
  int32_t p = -1;
  ck_assert(validate_read_precision(text_of("fp8-cs"), &p) && p == COMPUTE_FP8);
  ck_assert(validate_read_precision(text_of("mxfp8"), &p) && p == COMPUTE_MXFP8);
  ck_assert(!validate_read_precision(text_of("fp8x"), &p));
  ck_assert(!validate_read_precision(text_of(""), &p));
}
END_TEST

// ---- Lines --------------------------------------------------------------------------------------------------------------

static const char head[] =
    "id,group,model,arch,layers,hidden,heads,kv_heads,head_dim,ffn,act,vocab,seq,experts,top_k,moe_ffn,shared_experts,"
    "dense_layers,hardware,scaleup_domain,nic_gbps_per_gpu,n_gpus,tp,cp,pp,vp,dp,ep,zero,mbs,gbs,precision,recompute,"
    "overlap,step_time_s,mem_gib_per_gpu,stack,stack_date,plan_complete,notes\n";
#define DENSE   "32,4096,32,8,128,14336,swiglu,128256,8192,,,,,"
#define EXPERTS "61,7168,128,128,128,18432,swiglu,129280,4096,256,8,2048,1,3"

// `status` NULL: can be computed; `why` NULL or a part of the reason.
static const struct {
  const char *what, *line, *status, *why;
} line_rows[] = {
    {"dense",               "a,g,m,dense," DENSE ",H100,8,400,16,2,1,2,4,4,,1,1,64,bf16,none,,2.5,,nemo1,2024-07,1,",  NULL,      NULL          },
    {"not complete",        "a,g,m,dense," DENSE ",H100,8,400,16,2,1,2,,4,,1,,64,bf16,none,,2.5,,nemo1,2024-07,0,",    "skipped",
     "plan_complete"                                                                                                                            },
    {"nothing measured",    "a,g,m,dense," DENSE ",H100,8,400,16,2,1,2,,4,,1,1,64,bf16,none,,,,nemo1,2024-07,1,",
     "skipped",                                                                                                                   "no step time"},
    {"no such part",        "a,g,m,dense," DENSE ",H99,8,400,16,2,1,2,,4,,1,1,64,bf16,none,,2.5,,nemo1,2024-07,1,",    "input",
     "hardware"                                                                                                                                 },
    {"no micro-batch",      "a,g,m,dense," DENSE ",H100,8,400,16,2,1,2,,4,,1,,64,bf16,none,,2.5,,nemo1,2024-07,1,",    "input",
     "mbs is not given"                                                                                                                         },
    {"a word for a number", "a,g,m,dense," DENSE ",H100,8,400,16,two,1,2,,4,,1,1,64,bf16,none,,2.5,,nemo1,2024-07,1,",
     "input",                                                                                                                     "tp: 'two'"   },
    {"half a GPU",          "a,g,m,dense," DENSE ",H100,8,400,16,2,1,2,,4.5,,1,1,64,bf16,none,,2.5,,nemo1,2024-07,1,", "input",
     "dp: '4.5'"                                                                                                                                },
    {"degrees do not fit",  "a,g,m,dense," DENSE ",H100,8,400,32,2,1,2,,4,,1,1,64,bf16,none,,2.5,,nemo1,2024-07,1,",
     "input",                                                                                                                     "n_gpus 32"   },
    {"batch does not fit",  "a,g,m,dense," DENSE ",H100,8,400,16,2,1,2,,4,,1,3,64,bf16,none,,2.5,,nemo1,2024-07,1,",
     "input",                                                                                                                     "plan:"       },
    {"precision",           "a,g,m,dense," DENSE ",H100,8,400,16,2,1,2,,4,,1,1,64,int8,none,,2.5,,nemo1,2024-07,1,",   "input",
     "precision: 'int8'"                                                                                                                        },
    {"recompute",           "a,g,m,dense," DENSE ",H100,8,400,16,2,1,2,,4,,1,1,64,bf16,half,,2.5,,nemo1,2024-07,1,",   "input",
     "recompute: 'half'"                                                                                                                        },
    {"zero",                "a,g,m,dense," DENSE ",H100,8,400,16,2,1,2,,4,,7,1,64,bf16,none,,2.5,,nemo1,2024-07,1,",   "input",   "zero"        },
    {"negative time",       "a,g,m,dense," DENSE ",H100,8,400,16,2,1,2,,4,,1,1,64,bf16,none,,-2,,nemo1,2024-07,1,",    "input",
     "step_time_s"                                                                                                                              },
    {"negative rate",       "a,g,m,dense," DENSE ",H100,8,-400,16,2,1,2,,4,,1,1,64,bf16,none,,2,,nemo1,2024-07,1,",    "input",
     "nic_gbps"                                                                                                                                 },
    {"too few fields",      "a,g,m,dense," DENSE ",H100,8,400,16,2",                                                   "input",   "fields"      },
    {"no id",               ",g,m,dense," DENSE ",H100,8,400,16,2,1,2,,4,,1,1,64,bf16,none,,2.5,,nemo1,2024-07,1,",    "input",   "no id"       },
};

static sg_err read_text(const char *text, validate_run_set set, arena *a, validate_runs *out) {
  diag_source *source = ARENA_NEW(a, diag_source, 1);
  *source = (diag_source){"published.csv", text, strlen(text)};
  validate_machines *machines = validate_machines_create(a, NULL);
  ck_assert_ptr_nonnull(machines);
  return validate_runs_read(source, set, machines, a, NULL, out);
}

START_TEST(lines) {
  for (size_t i = 0; i < sizeof line_rows / sizeof *line_rows; i++) {
    arena        *a = arena_create();
    validate_runs runs = {0};
    char          text[2000];
    snprintf(text, sizeof text, "%s%s\n", head, line_rows[i].line);
    ck_assert_int_eq(read_text(text, RUNS_PUBLISHED, a, &runs), SG_OK);
    ck_assert_int_eq(runs.n, 1);
    const validate_run *run = &runs.at[0];
    if (!line_rows[i].status) ck_assert_msg(!run->status && run->machine, "%s: %s", line_rows[i].what, run->why);
    else ck_assert_msg(run->status && !strcmp(run->status, line_rows[i].status), "%s", line_rows[i].what);
    if (line_rows[i].why) ck_assert_msg(strstr(run->why, line_rows[i].why), "%s: %s", line_rows[i].what, run->why);
    arena_free(a);
  }
}
END_TEST

START_TEST(a_line_becomes_shape_and_plan) {
  arena        *a = arena_create();
  validate_runs runs = {0};
  char          text[3000];
  snprintf(
      text, sizeof text, "%s%s\n%s\n", head,
      "a,g,m,dense," DENSE ",H100,8,400,16,2,1,2,4,4,,1,1,64,fp8,none,TP overlap off,2.5,70,nemo1,2024-07,1,",
      "b,g,m,moe," EXPERTS
      ",GB200,72,400,256,1,1,4,4,64,64,1,1,4096,mxfp8,selective: mla_up_proj,"
      "MoE all-to-all overlap on,13,,nemo,2026-08,1,\"MLA q_lora 1536 kv_lora 512 rope 64; force-balanced; with MTP\"");
  ck_assert_int_eq(read_text(text, RUNS_PUBLISHED, a, &runs), SG_OK);
  const validate_run *r = &runs.at[0], *q = &runs.at[1];
  ck_assert_msg(!r->status && !q->status, "%s %s", r->why, q->why);
  ck_assert(r->plan.tp == 2 && r->plan.vp == 4 && r->plan.schedule == TRAINING_INTERLEAVED);
  ck_assert(r->plan.precision == COMPUTE_FP8 && r->plan.sequence_parallel == 1 && !r->plan.unfused);
  test_near(r->plan.overlap_tp_frac, 0.0, 1e-15);
  test_near(r->plan.overlap_dp_frac, 1.0, 1e-15);
  test_near(r->memory_bytes, 70.0 * 0x1p30, 1e-12);
  ck_assert_int_eq((int)r->stratum, STRATUM_DENSE8);
  ck_assert(q->shape.q_rank == 1536 && q->shape.kv_rank == 512 && q->shape.rope_dim == 64 && q->shape.mtp_layers == 1);
  ck_assert(q->balanced && q->plan.etp == 1 && q->plan.ep == 64 && q->machine->tier[0].gpus == 72);
  ck_assert(q->plan.recompute == TRAINING_RECOMPUTE_SELECTIVE && (int)q->stratum == STRATUM_MOE);
  test_near(q->plan.overlap_ep_frac, 1.0, 1e-15);
  arena_free(a);
}
END_TEST

// Megatron of 2021 overlaps nothing and has no sequence parallelism; PyTorch's FSDP fetches ahead.
START_TEST(stacks_of_their_time) {
  arena        *a = arena_create();
  validate_runs runs = {0};
  char          text[3000];
  snprintf(text, sizeof text, "%s%s\n%s\n", head,
           "a,g,m,dense," DENSE ",A100-80,8,200,16,2,1,2,,4,,0,1,64,fp16,full,,2.5,,megatron-lm,2021-04,1,",
           "b,g,m,dense," DENSE
           ",H100,8,400,16,1,1,1,,16,,fsdp,1,64,bf16,full,,2,,torchtitan,2024-12,1,H100 96GB HBM2e");
  ck_assert_int_eq(read_text(text, RUNS_PUBLISHED, a, &runs), SG_OK);
  const training_plan *p = &runs.at[0].plan, *q = &runs.at[1].plan;
  ck_assert(p->unfused && !p->sequence_parallel && p->overlap_tp_frac == 0.0 && p->overlap_dp_frac == 0.0);
  ck_assert(!q->unfused && q->flash2 && q->zero == 3 && q->overlap_dp_frac == 1.0);
  ck_assert(runs.at[1].machine->memory_bytes > 88e9);  // the part with 96 GB
  arena_free(a);
}
END_TEST

// 70 billion parameters on 64 GPUs of 80 GB, two sequences of 8,192 each: nothing said of recompute cannot mean none.
START_TEST(what_ran_did_fit) {
#define LARGE "80,8192,64,8,128,28672,swiglu,128256,8192,,,,,,H100,8,400,64,1,1,1,,64,,fsdp,2,128,bf16,"
  arena        *a = arena_create();
  validate_runs runs = {0};
  char          text[3000];
  snprintf(text, sizeof text, "%s%s\n%s\n", head, "a,g,m,dense," LARGE ",,20,,maxtext-gpu,2025-06,1,",
           "b,g,m,dense," LARGE "none,,20,,maxtext-gpu,2025-06,1,");
  ck_assert_int_eq(read_text(text, RUNS_PUBLISHED, a, &runs), SG_OK);
  const validate_run *r = &runs.at[0];
  training_memory     m;
  training_memory_of(&r->shape, &r->plan, &m);
  ck_assert_int_eq(r->plan.recompute, TRAINING_RECOMPUTE_FULL);
  ck_assert_int_gt(r->plan.recompute_layers, 0);
  ck_assert_double_le(m.total_bytes, r->machine->memory_bytes);
  training_plan less = r->plan;
  less.recompute_layers--;
  if (less.recompute_layers > 0) training_memory_of(&r->shape, &less, &m);
  ck_assert_double_gt(m.total_bytes, r->plan.recompute_layers > 1 ? r->machine->memory_bytes : 0.0);
  ck_assert_int_eq(runs.at[1].plan.recompute, TRAINING_RECOMPUTE_NONE);  // said: taken as it stands
  arena_free(a);
}
END_TEST

START_TEST(vtrain_lines) {
  arena        *a = arena_create();
  validate_runs runs = {0};
  ck_assert_int_eq(read_text("id,n_gpus,gbs,mbs,hidden,heads,layers,seq,tp,dp,pp,iter_time_s\n"
                             "v0,2,16,8,1024,16,24,1024,1,1,2,0.37216\nv0,2,16,8,1024,16,24,1024,1,1,2,0.4\n",
                             RUNS_SINGLE, a, &runs),
                   SG_OK);
  const validate_run *r = &runs.at[0];
  ck_assert_ptr_null(r->status);
  ck_assert(r->shape.ffn == 4096 && r->plan.recompute == TRAINING_RECOMPUTE_FULL && (int)r->stratum == STRATUM_SINGLE);
  test_near(r->machine->tier[1].bytes_per_s, 12.5e9, 1e-12);
  ck_assert_str_eq(runs.at[1].why, "the id stands twice");
  arena_free(a);
}
END_TEST

START_TEST(a_missing_column_is_an_error) {
  arena        *a = arena_create();
  validate_runs runs = {0};
  ck_assert_int_eq(read_text("id,group\na,b\n", RUNS_PUBLISHED, a, &runs), SG_ERR_KEY);
  arena_free(a);
}
END_TEST

START_TEST(join_takes_what_is_new) {
  arena        *a = arena_create();
  validate_runs own = {0}, more = {0};
  char          text[4000];
#define LINE(id, group) \
  id "," group ",m,dense," DENSE ",H100,8,400,16,2,1,2,4,4,,1,1,64,bf16,none,,2.5,,nemo1,2024-07,1,\n"
  snprintf(text, sizeof text, "%s%s", head, LINE("a", "g"));
  ck_assert_int_eq(read_text(text, RUNS_PUBLISHED, a, &own), SG_OK);
  char other[4000];
  snprintf(other, sizeof other, "%s%s%s%s", head, LINE("a", "h"), LINE("b", "g"), LINE("c", "h"));
  ck_assert_int_eq(read_text(other, RUNS_PUBLISHED, a, &more), SG_OK);
  ck_assert_int_eq(validate_runs_join(&own, &more, a), SG_OK);
  ck_assert_int_eq(own.n, 2);
  ck_assert(text_equal(own.at[1].id, "c"));
  arena_free(a);
}
END_TEST

TEST_LIST("validate_training_rows", recompute_words, zero_words, overlap_words, precision_words, lines,
          a_line_becomes_shape_and_plan, stacks_of_their_time, what_ran_did_fit, vtrain_lines,
          a_missing_column_is_an_error, join_takes_what_is_new)
