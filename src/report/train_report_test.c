// Tests of what training reports look like: width, JSON, launch arguments, lists.
#include <string.h>

#include "../../tests/test.h"
#include "probe.h"

enum { SETS = 8 };

static const struct train_case {
  const char *what;
  sg_set      set[SETS];
} cases[] = {
    {"a search",           {{"model", "llama-3-8b"}, {"on", "H100"}, {"gpus", "64"}}                 },
    {"a plan",
     {{"model", "gpt-3"},
      {"on", "A100"},
      {"gpus", "1024"},
      {"batch", "1536"},
      {"seq", "2048"},
      {"plan.tp", "8"},
      {"plan.pp", "8"},
      {"plan.recompute", "full"}}                                                                    },
    {"experts",
     {{"model", "deepseek-v3"},
      {"on", "H800"},
      {"gpus", "2048"},
      {"batch", "15360"},
      {"seq", "4096"},
      {"plan.pp", "16"},
      {"plan.ep", "64"},
      {"plan.recompute", "full"}}                                                                    },
    {"campuses",
     {{"model", "llama-3-70b"},
      {"on", "GB200"},
      {"gpus", "1152"},
      {"precision", "fp8"},
      {"across", "east:576@0, far west:576@4000"}}                                                   },
    {"without a network",
     {{"model", "llama-3-8b"}, {"on", "TPUv5p"}, {"gpus", "256"}, {"seq", "131072"}, {"batch", "64"}}},
    {"more than can work", {{"model", "llama-3-8b"}, {"on", "H100"}, {"gpus", "16777216"}}           },
};
enum { CASES = sizeof cases / sizeof cases[0] };

static sg_training *train(const struct train_case *c) {
  size_t       n = 0;
  sg_training *out = NULL;
  sg_diags    *diags = calloc(1, sizeof *diags);
  while (n < SETS && c->set[n].path) n++;
  ck_assert_msg(sg_train(NULL, c->set, n, NULL, diags, &out) == SG_OK, "%s: %s", c->what, diags->item[0].message);
  free(diags);
  return out;
}

// "nan" or "inf" as a word of its own: none may be printed.
static bool has_no_number(const char *text) {
  static const char *const words[] = {"nan", "-nan", "inf", "-inf"};
  for (const char *at = text; *at; at += strcspn(at, " \n,:"), at += strspn(at, " \n,:"))
    for (size_t i = 0; i < 4; i++)
      if (!strncmp(at, words[i], strlen(words[i])) && strchr(" \n,:%", at[strlen(words[i])])) return true;
  return false;
}

START_TEST(pages_fit_and_json_is_json) {
  for (size_t i = 0; i < CASES; i++) {
    sg_training *t = train(&cases[i]);
    sg_text      page, json;
    ck_assert_int_eq(sg_training_text(t, sg_style_default(), &page), SG_OK);
    ck_assert_int_eq(sg_training_json(t, &json), SG_OK);
    ck_assert_msg(probe_widest(page.at) <= 80, "%s: %d columns\n%s", cases[i].what, probe_widest(page.at), page.at);
    ck_assert_msg(!has_no_number(page.at), "%s\n%s", cases[i].what, page.at);
    ck_assert_msg(probe_json_valid(json.at), "%s", cases[i].what);
    ck_assert_msg(probe_text_is(json.at, "schema", "stargate.train/1"), "%s", cases[i].what);
    // Parts of the step sum to the step, parts of memory to its total.
    static const char *const step[] = {"forward_s", "backward_s", "recompute_s", "optimizer_s",
                                       "bubble_s",  "tp_s",       "cp_s",        "pp_s",
                                       "dp_s",      "ep_s",       "straggler_s", "other_s"};
    static const char *const memory[] = {"weights_bytes",     "gradients_bytes", "optimizer_bytes",
                                         "activations_bytes", "buffers_bytes",   "context_bytes"};
    double                   sum_s = 0, sum_bytes = 0;
    char                     path[80];
    for (size_t k = 0; k < 12; k++)
      snprintf(path, sizeof path, "plans/0/step/%s", step[k]), sum_s += probe_number_at(json.at, path);
    for (size_t k = 0; k < 6; k++)
      snprintf(path, sizeof path, "plans/0/memory/%s", memory[k]), sum_bytes += probe_number_at(json.at, path);
    test_near(sum_s / probe_number_at(json.at, "plans/0/step/step_s"), 1, 1e-9);
    test_near(sum_bytes / probe_number_at(json.at, "plans/0/memory/total_bytes"), 1, 1e-9);
    sg_text_free(&page);
    sg_text_free(&json);
    sg_training_free(t);
  }
}
END_TEST

START_TEST(colours_are_there_when_asked_for) {
  sg_training *t = train(&cases[0]);
  sg_text      page;
  ck_assert_int_eq(sg_training_text(t, (sg_style){.colour = 1, .width = 200}, &page), SG_OK);
  ck_assert_ptr_nonnull(strstr(page.at, "\033[1m"));
  sg_text_free(&page);
  sg_training_free(t);
}
END_TEST

START_TEST(frameworks_get_their_arguments) {
  static const struct {
    size_t      of;  // case
    const char *framework, *says[6];
  } rows[] = {
      {1,
       "megatron",   {"--tensor-model-parallel-size 8", "--pipeline-model-parallel-size 8", "--global-batch-size 1536",
        "--recompute-granularity full", "--num-layers 96 --hidden-size 12288", "--nnodes 128"}},
      {1,
       "nemo",       {"tensor_model_parallel_size=8", "pipeline_model_parallel_size=8", "global_batch_size=1536",
        "recompute_granularity=\"full\"", "num_layers=96", "num_nodes=128"}                       },
      {1,
       "torchtitan", {"tensor_parallel_degree 8", "pipeline_parallel_degree 8", "global_batch_size 1536",
        "activation_checkpoint.mode full", "# not expressed: this shape", "--nnodes 128"}   },
      {2,
       "megatron",   {"--num-experts 256 --moe-router-topk 8", "--multi-latent-attention", "--moe-layer-freq '([0]*3+[1]*58)'",
        "--mtp-num-layers 1", "--expert-model-parallel-size", "--bf16"}                       },
      {2,
       "nemo",       {"num_moe_experts=256", "llm.DeepSeekV3Config(", "moe_layer_freq=[0] * 3 + [1] * 58", "kv_lora_rank=512",
        "expert_model_parallel_size=", "llm.DeepSeekModel(config"}                                },
      {2,
       "torchtitan", {"--model.name deepseek_v3 --model.flavor 671B", "expert_parallel_degree", "seq_len 4096", "-m torchtitan.train",
        "--training.steps", "--nproc-per-node 8"}                                           },
      {3,
       "megatron",   {"--fp8-format hybrid", "--nproc-per-node 4", "--group-query-attention --num-query-groups 8", "--swiglu",
        "--untie-embeddings", "--bf16"}                                                       },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    sg_training *t = train(&cases[rows[i].of]);
    sg_text      out;
    ck_assert_int_eq(sg_training_emit(t, rows[i].framework, &out), SG_OK);
    for (int k = 0; k < 6; k++)
      ck_assert_msg(strstr(out.at, rows[i].says[k]) != NULL, "%s: no %s in\n%s", rows[i].framework, rows[i].says[k],
                    out.at);
    // A shell line that goes on does so to its last argument, and there it ends.
    ck_assert_msg(out.n < 2 || strcmp(out.at + out.n - 2, "\\\n") != 0, "%s goes on", rows[i].framework);
    sg_text_free(&out);
    sg_training_free(t);
  }
  sg_training *t = train(&cases[1]);
  sg_text      out;
  ck_assert_int_eq(sg_training_emit(t, "jax", &out), SG_ERR_NAME);
  ck_assert_ptr_null(out.at);
  sg_training_free(t);
}
END_TEST

START_TEST(lists_fit) {
  static const char *const what[] = {"models", "accelerators", "fabrics"}, *const has[] = {"llama-3-405b", "GB200",
                                                                                           "infiniband-400"};
  sg_text out;
  for (size_t i = 0; i < 3; i++) {
    ck_assert_int_eq(sg_train_list(what[i], sg_style_default(), &out), SG_OK);
    ck_assert_ptr_nonnull(strstr(out.at, has[i]));
    ck_assert_msg(probe_widest(out.at) <= 80 && !has_no_number(out.at), "%s", out.at);
    sg_text_free(&out);
  }
  ck_assert_int_eq(sg_train_list("gpus", sg_style_default(), &out), SG_ERR_NAME);
}
END_TEST

START_TEST(options_are_checked) {
  sg_diags                  *diags = calloc(1, sizeof *diags);
  sg_training               *t;
  static const sg_train_opts bad[] = {
      {0,  1 },
      {65, 1 },
      {10, 0 },
      {10, 65}
  };
  for (size_t i = 0; i < 4; i++) ck_assert_int_eq(sg_train(NULL, NULL, 0, &bad[i], diags, &t), SG_ERR_RANGE);
  ck_assert_ptr_null(t);
  ck_assert_int_eq(sg_train(NULL, NULL, 0, NULL, diags, &t), SG_ERR_KEY);
  ck_assert_uint_ge(diags->n_errors, 1);
  sg_training_free(NULL);
  free(diags);
}
END_TEST

TEST_LIST("train_report", pages_fit_and_json_is_json, colours_are_there_when_asked_for, frameworks_get_their_arguments,
          lists_fit, options_are_checked)
