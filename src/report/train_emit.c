// The best plan as launch arguments: Megatron-LM, NeMo 2, torchtitan. Names of arguments as of 2025-10: Megatron Core 0.14
// (megatron/training/arguments.py), NeMo 2.5 (nemo.lightning), torchtitan 0.2 (torchtitan/config/job_config.py); none of the
// three was at hand to run what is written here.
#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "train_report.h"

typedef struct emit {
  const twin_train     *t;
  const training_shape *s;
  const training_plan  *p;
  text_buffer          *out;
  int32_t               per_node, nodes;
  bool                  gated, mla, moe;
  const char           *before, *after;  // around each argument
  double                steps;
} emit;

static void put(const emit *e, const char *format, ...) __attribute__((format(printf, 2, 3)));
static void put(const emit *e, const char *format, ...) {
  char    text[240];
  va_list args;
  va_start(args, format);
  (void)vsnprintf(text, sizeof text, format, args);
  va_end(args);
  text_addf(e->out, "%s%s%s\n", e->before, text, e->after);
}

static void lacks(const emit *e, bool true_of_plan, const char *what) {
  if (true_of_plan) text_addf(e->out, "# not expressed: %s\n", what);
}

// What stands above every launch: the plan in our own words and the time that it is expected to take.
static void preface(const emit *e, const char *framework) {
  char words[240], step[32], mfu[32];
  twin_train_plan_words(e->p, words, sizeof words);
  step[text_number_write(e->t->search.best[0].step.step_s, 4, step)] = '\0';
  mfu[text_number_write(100 * e->t->search.best[0].step.mfu_frac, 3, mfu)] = '\0';
  text_addf(e->out, "# %s on %d %s with %s: %s\n", e->t->model_name, e->t->gpus, e->t->accelerator_name, framework,
            words);
  text_addf(e->out, "# expected: %s s a step, MFU %s %%\n", step, mfu);
}

// What no framework takes as an argument.
static void lacks_everywhere(const emit *e) {
  const training_plan *p = e->p;
  const double         overlap[] = {p->overlap_tp_frac, p->overlap_cp_frac, p->overlap_pp_frac, p->overlap_dp_frac,
                                    p->overlap_ep_frac};
  bool                 partly = false;
  for (int i = 0; i < 5; i++) partly |= overlap[i] > 0 && overlap[i] < 1;
  lacks(e, partly, "how much of an overlap is reached; it is on or off");
}

// Layers of the first, each middle and the last chunk of the pipeline; chunks hold equally many, rounded up, and what is
// missing then is taken from the ends. False: the ends are too small for that.
static bool uneven(const emit *e, int32_t *first, int32_t *middle, int32_t *last) {
  int32_t chunks = e->p->pp * e->p->vp, missing;
  *middle = (e->s->layers + chunks - 1) / chunks;
  missing = chunks * *middle - e->s->layers;
  *first = *middle - missing / 2;
  *last = *middle - (missing - missing / 2);
  return *first > 0 && *last > 0;
}

static bool is_uneven(const emit *e) { return e->s->layers % (e->p->pp * e->p->vp) != 0; }

// ---- Megatron-LM --------------------------------------------------------------------------------------------

static void megatron_shape(const emit *e) {
  const training_shape *s = e->s;
  put(e, "--num-layers %d --hidden-size %d --ffn-hidden-size %d", s->layers, s->hidden,
      s->ffn > 0 ? s->ffn : s->expert_ffn);
  put(e, "--num-attention-heads %d", s->heads);
  if (!e->mla && s->head_dim > 0) put(e, "--kv-channels %d", s->head_dim);
  if (!e->mla && s->kv_heads > 0 && s->kv_heads < s->heads)
    put(e, "--group-query-attention --num-query-groups %d", s->kv_heads);
  if (e->mla) {
    put(e, "--multi-latent-attention --kv-lora-rank %d --qk-head-dim %d", s->kv_rank, s->head_dim);
    put(e, "--qk-pos-emb-head-dim %d --v-head-dim %d", s->rope_dim, training_value_dim(s));
    if (s->q_rank > 0) put(e, "--q-lora-rank %d", s->q_rank);
  }
  if (s->window_tokens > 0) put(e, "--window-size %d,0", s->window_tokens - 1);
  if (s->window_tokens > 0 && s->window_every > 1) put(e, "--window-attn-skip-freq %d", s->window_every);
  if (s->activation == TRAINING_SWIGLU) put(e, "--swiglu");
  if (s->activation == TRAINING_RELU2) put(e, "--squared-relu");
  if (!s->biases) put(e, "--disable-bias-linear --normalization RMSNorm");
  put(e, "--position-embedding-type %s", s->positions > 0 ? "learned_absolute" : "rope");
  if (!s->tied) put(e, "--untie-embeddings-and-output-weights");
  put(e, "--seq-length %d --max-position-embeddings %d", e->p->seq_tokens, e->p->seq_tokens);
  if (s->mtp_layers > 0) put(e, "--mtp-num-layers %d", s->mtp_layers);
}

static void megatron_experts(const emit *e) {
  const training_shape *s = e->s;
  if (!e->moe) return;
  put(e, "--num-experts %d --moe-router-topk %d --moe-ffn-hidden-size %d", s->experts, s->top_k, s->expert_ffn);
  if (s->shared_experts > 0) put(e, "--moe-shared-expert-intermediate-size %d", s->shared_experts * s->expert_ffn);
  if (s->dense_layers > 0) put(e, "--moe-layer-freq '([0]*%d+[1]*%d)'", s->dense_layers, s->layers - s->dense_layers);
  if (s->capacity_frac > 0) put(e, "--moe-expert-capacity-factor %.3g", s->capacity_frac);
  put(e, "--moe-grouped-gemm --moe-token-dispatcher-type alltoall --moe-router-load-balancing-type aux_loss");
}

static void megatron_precision(const emit *e) {
  static const char *const words[COMPUTE_PRECISION_COUNT] = {
      [COMPUTE_FP32] = "",  // the default
      [COMPUTE_FP16] = "--fp16",
      [COMPUTE_BF16] = "--bf16",
      [COMPUTE_FP8] = "--bf16 --fp8-format hybrid --fp8-recipe tensorwise",
      [COMPUTE_MXFP8] = "--bf16 --fp8-format e4m3 --fp8-recipe mxfp8",
      [COMPUTE_NVFP4] = "--bf16 --fp4-format e2m1 --fp4-recipe nvfp4",
  };
  if (words[e->p->precision][0]) put(e, "%s", words[e->p->precision]);
}

static void megatron_recompute(const emit *e) {
  const training_plan *p = e->p;
  int32_t              stage = e->s->layers / (p->pp * p->vp), n = p->recompute_layers;
  if (p->recompute == TRAINING_RECOMPUTE_ATTENTION)
    put(e, "--recompute-granularity selective --recompute-modules core_attn");
  if (p->recompute == TRAINING_RECOMPUTE_SELECTIVE)
    put(e, "--recompute-granularity selective --recompute-modules core_attn layernorm%s%s",
        e->moe ? " moe_act" : " mlp", e->mla ? " mla_up_proj" : "");
  if (p->recompute == TRAINING_RECOMPUTE_FULL && n > 0 && n < stage)
    put(e, "--recompute-granularity full --recompute-method block --recompute-num-layers %d", n);
  else if (p->recompute == TRAINING_RECOMPUTE_FULL)
    put(e, "--recompute-granularity full --recompute-method uniform --recompute-num-layers 1");
}

static void megatron_parallel(const emit *e) {
  const training_plan *p = e->p;
  put(e, "--tensor-model-parallel-size %d --pipeline-model-parallel-size %d --context-parallel-size %d", p->tp, p->pp,
      p->cp);
  if (p->vp > 1 && !is_uneven(e)) put(e, "--num-virtual-stages-per-pipeline-rank %d", p->vp);
  if (p->tp > 1 && p->sequence_parallel) put(e, "--sequence-parallel");
  if (e->moe) put(e, "--expert-model-parallel-size %d --expert-tensor-parallel-size %d", p->ep, p->etp);
  if (p->zero == 1) put(e, "--use-distributed-optimizer");
  if (p->zero > 1)
    put(e, "--use-distributed-optimizer --use-megatron-fsdp --data-parallel-sharding-strategy %s",
        p->zero == 3 ? "optim_grads_params" : "optim_grads");
  if (p->zero > 0 && p->shard > 0 && p->shard < p->dp * p->cp)
    put(e, "--num-distributed-optimizer-instances %d", p->dp * p->cp / p->shard);
  if (p->overlap_dp_frac > 0)
    put(e, p->zero > 0 ? "--overlap-grad-reduce --overlap-param-gather" : "--overlap-grad-reduce");
  if (p->overlap_tp_frac > 0 && p->tp > 1 && p->sequence_parallel) put(e, "--tp-comm-overlap");
  if (p->overlap_ep_frac > 0 && p->ep > 1) put(e, "--overlap-moe-expert-parallel-comm --delay-wgrad-compute");
  if (p->cuda_graphs) put(e, "--enable-cuda-graph");
  put(e, "--micro-batch-size %d --global-batch-size %d", p->micro_batch, p->batch);
}

// Stages of unequal length: E embedding, t layer, m module of multi-token prediction, L logits.
static void megatron_layout(const emit *e) {
  int32_t first, middle, last;
  if (!is_uneven(e) || !uneven(e, &first, &middle, &last)) return;
  put(e, "--pipeline-model-parallel-layout 'Et*%d|(t*%d|)*%dt*%d%sL'", first, middle, e->p->pp * e->p->vp - 2, last,
      e->s->mtp_layers > 0 ? "m" : "");
}

static void megatron(emit *e) {
  int32_t ends[3];
  text_puts(e->out, "#!/usr/bin/env bash\n");
  preface(e, "Megatron-LM");
  text_puts(
      e->out,
      "# Run it on every node with NODE_RANK and MASTER_ADDR set, in a checkout of Megatron-LM. Data are mock: give\n"
      "# --data-path and --tokenizer-type for real ones.\n");
  lacks_everywhere(e);
  lacks(e, e->p->schedule == TRAINING_ZERO_BUBBLE, "the zero-bubble schedule; this launches 1F1B");
  lacks(e, is_uneven(e) && !uneven(e, &ends[0], &ends[1], &ends[2]),
        "stages of such unequal length: share the layers out by hand");
  lacks(e, e->s->activation == TRAINING_GEGLU, "GEGLU; no argument names it, the MLP will be plain GELU");
  lacks(e, e->p->recompute == TRAINING_RECOMPUTE_SELECTIVE && e->p->recompute_layers > 0,
        "selective recomputation of some layers only");
  lacks(e, e->p->unfused, "kernels before FlashAttention");
  text_addf(
      e->out,
      "export CUDA_DEVICE_MAX_CONNECTIONS=1\n"
      "torchrun --nproc-per-node %d --nnodes %d --node-rank \"${NODE_RANK:-0}\" \\\n"
      "  --master-addr \"${MASTER_ADDR:-localhost}\" --master-port \"${MASTER_PORT:-29500}\" pretrain_gpt.py \\\n",
      e->per_node, e->nodes);
  e->before = "  ";
  e->after = " \\";
  megatron_shape(e);
  megatron_experts(e);
  megatron_parallel(e);
  megatron_layout(e);
  megatron_precision(e);
  megatron_recompute(e);
  put(e, "--use-mcore-models --transformer-impl transformer_engine --attention-backend flash");
  put(e, "--mock-data --tokenizer-type NullTokenizer --vocab-size %d",
      e->s->vocab - 1);  // it adds one for the end of text
  put(e, "--lr 3e-5 --min-lr 3e-6 --lr-decay-style cosine --lr-warmup-fraction 0.01 --clip-grad 1.0");
  e->after = "";
  put(e, "--train-iters %.0f --eval-iters 0 --log-interval 1 --log-throughput", e->steps);
}

// ---- NeMo 2 -------------------------------------------------------------------------------------------------

static const char *python(bool yes) { return yes ? "True" : "False"; }

static void nemo_config(const emit *e) {
  const training_shape *s = e->s;
  int32_t               first, middle, last;
  put(e, "num_layers=%d, hidden_size=%d, ffn_hidden_size=%d, num_attention_heads=%d,", s->layers, s->hidden,
      s->ffn > 0 ? s->ffn : s->expert_ffn, s->heads);
  if (!e->mla && s->kv_heads > 0) put(e, "num_query_groups=%d,", s->kv_heads);
  if (!e->mla && s->head_dim > 0) put(e, "kv_channels=%d,", s->head_dim);
  if (e->mla) {
    put(e, "kv_lora_rank=%d, qk_head_dim=%d, qk_pos_emb_head_dim=%d, v_head_dim=%d,", s->kv_rank, s->head_dim,
        s->rope_dim, training_value_dim(s));
    if (s->q_rank > 0) put(e, "q_lora_rank=%d,", s->q_rank);
  }
  put(e, "gated_linear_unit=%s, activation_func=%s,", python(e->gated),
      s->activation == TRAINING_SWIGLU  ? "F.silu"
      : s->activation == TRAINING_RELU2 ? "squared_relu"
                                        : "F.gelu");
  put(e, "normalization=\"%s\", add_bias_linear=%s, position_embedding_type=\"%s\",",
      s->biases ? "LayerNorm" : "RMSNorm", python(s->biases), s->positions > 0 ? "learned_absolute" : "rope");
  put(e, "share_embeddings_and_output_weights=%s, seq_length=%d,", python(s->tied), e->p->seq_tokens);
  if (s->window_tokens > 0) put(e, "window_size=(%d, 0),", s->window_tokens - 1);
  if (s->window_tokens > 0 && s->window_every > 1) put(e, "window_attn_skip_freq=%d,", s->window_every);
  if (e->moe) {
    put(e, "num_moe_experts=%d, moe_router_topk=%d, moe_ffn_hidden_size=%d,", s->experts, s->top_k, s->expert_ffn);
    if (s->shared_experts > 0) put(e, "moe_shared_expert_intermediate_size=%d,", s->shared_experts * s->expert_ffn);
    if (s->dense_layers > 0)
      put(e, "moe_layer_freq=[0] * %d + [1] * %d,", s->dense_layers, s->layers - s->dense_layers);
    if (s->capacity_frac > 0) put(e, "moe_expert_capacity_factor=%.3g,", s->capacity_frac);
    put(e, "moe_grouped_gemm=True, moe_token_dispatcher_type=\"alltoall\",");
  }
  if (s->mtp_layers > 0) put(e, "mtp_num_layers=%d,", s->mtp_layers);
  if (e->p->recompute == TRAINING_RECOMPUTE_ATTENTION)
    put(e, "recompute_granularity=\"selective\", recompute_modules=[\"core_attn\"],");
  if (e->p->recompute == TRAINING_RECOMPUTE_SELECTIVE)
    put(e, "recompute_granularity=\"selective\", recompute_modules=[\"core_attn\", \"layernorm\"%s%s],",
        e->moe ? ", \"moe_act\"" : ", \"mlp\"", e->mla ? ", \"mla_up_proj\"" : "");
  if (e->p->recompute == TRAINING_RECOMPUTE_FULL)
    put(e, "recompute_granularity=\"full\", recompute_method=\"%s\", recompute_num_layers=%d,",
        e->p->recompute_layers > 0 ? "block" : "uniform", e->p->recompute_layers > 0 ? e->p->recompute_layers : 1);
  if (e->p->cuda_graphs) put(e, "enable_cuda_graph=True,");
  if (e->p->vp == 1 && is_uneven(e) && uneven(e, &first, &middle, &last))
    put(e, "num_layers_in_first_pipeline_stage=%d, num_layers_in_last_pipeline_stage=%d,", first, last);
}

static void nemo_strategy(const emit *e) {
  const training_plan *p = e->p;
  put(e, "tensor_model_parallel_size=%d, pipeline_model_parallel_size=%d, context_parallel_size=%d,", p->tp, p->pp,
      p->cp);
  if (p->pp > 1) put(e, "pipeline_dtype=torch.bfloat16,");
  if (p->vp > 1) put(e, "virtual_pipeline_model_parallel_size=%d,", p->vp);
  put(e, "sequence_parallel=%s,", python(p->tp > 1 && p->sequence_parallel));
  if (e->moe) put(e, "expert_model_parallel_size=%d, expert_tensor_parallel_size=%d,", p->ep, p->etp);
  put(e, "ddp=DistributedDataParallelConfig(use_distributed_optimizer=%s, overlap_grad_reduce=%s,", python(p->zero > 0),
      python(p->overlap_dp_frac > 0));
  put(e, "    overlap_param_gather=%s%s),", python(p->zero > 0 && p->overlap_dp_frac > 0),
      p->zero == 3   ? ", use_megatron_fsdp=True, data_parallel_sharding_strategy=\"optim_grads_params\""
      : p->zero == 2 ? ", use_megatron_fsdp=True, data_parallel_sharding_strategy=\"optim_grads\""
                     : "");
}

static void nemo(emit *e) {
  int32_t                  ends[3];
  static const char *const plugin[COMPUTE_PRECISION_COUNT] = {
      [COMPUTE_FP32] = "precision=\"32\"",
      [COMPUTE_FP16] = "precision=\"16-mixed\"",
      [COMPUTE_BF16] = "precision=\"bf16-mixed\"",
      [COMPUTE_FP8] = "precision=\"bf16-mixed\", fp8=\"hybrid\", fp8_recipe=\"tensorwise\"",
      [COMPUTE_MXFP8] = "precision=\"bf16-mixed\", fp8=\"e4m3\", fp8_recipe=\"mxfp8\"",
      [COMPUTE_NVFP4] = "precision=\"bf16-mixed\"",
  };
  preface(e, "NeMo");
  text_addf(
      e->out,
      "# Run it on every node: torchrun --nproc-per-node %d --nnodes %d --node-rank $NODE_RANK\n"
      "#   --master-addr $MASTER_ADDR THIS_FILE. Data are mock: put a PreTrainingDataModule there for real ones.\n",
      e->per_node, e->nodes);
  lacks_everywhere(e);
  lacks(e, e->p->schedule == TRAINING_ZERO_BUBBLE, "the zero-bubble schedule; this launches 1F1B");
  lacks(e, is_uneven(e) && !uneven(e, &ends[0], &ends[1], &ends[2]),
        "stages of such unequal length: share the layers out by hand");
  lacks(e, e->p->precision == COMPUTE_NVFP4, "NVFP4; this trains in BF16");
  lacks(e, e->p->zero > 0 && e->p->shard > 0 && e->p->shard < e->p->dp * e->p->cp,
        "states shared by a part of the replicas");
  lacks(e, e->p->overlap_tp_frac > 0 && e->p->tp > 1,
        "overlap of tensor traffic: add MegatronCommOverlapCallback(tp_comm_overlap=True)");
  lacks(e, e->p->unfused, "kernels before FlashAttention");
  text_addf(e->out,
            "import torch\nimport torch.nn.functional as F\n"
            "from megatron.core.activations import squared_relu\n"
            "from megatron.core.distributed import DistributedDataParallelConfig\n"
            "from megatron.core.optimizer import OptimizerConfig\n"
            "from nemo import lightning as nl\nfrom nemo.collections import llm\n\n"
            "config = llm.%s(\n",
            e->mla ? "DeepSeekV3Config" : "GPTConfig");
  e->before = "    ";
  e->after = "";
  nemo_config(e);
  text_puts(e->out, ")\nstrategy = nl.MegatronStrategy(\n");
  nemo_strategy(e);
  text_addf(
      e->out,
      ")\ntrainer = nl.Trainer(accelerator=\"gpu\", devices=%d, num_nodes=%d, max_steps=%.0f, limit_val_batches=0,\n"
      "    strategy=strategy, plugins=nl.MegatronMixedPrecision(%s))\n",
      e->per_node, e->nodes, e->steps, plugin[e->p->precision]);
  text_addf(e->out, "data = llm.MockDataModule(seq_length=%d, micro_batch_size=%d, global_batch_size=%d)\n",
            e->p->seq_tokens, e->p->micro_batch, e->p->batch);
  text_addf(e->out,
            "optim = nl.MegatronOptimizerModule(config=OptimizerConfig(optimizer=\"adam\", lr=3e-5, bf16=%s,\n"
            "    use_distributed_optimizer=%s))\n",
            python(e->p->precision != COMPUTE_FP16 && e->p->precision != COMPUTE_FP32), python(e->p->zero > 0));
  text_addf(e->out,
            "llm.train(model=llm.%s(config, tokenizer=data.tokenizer), data=data, trainer=trainer, optim=optim)\n",
            e->mla ? "DeepSeekModel" : "GPTModel");
}

// ---- torchtitan ---------------------------------------------------------------------------------------------

// Shapes that torchtitan ships (torchtitan/models/*/__init__.py). It has no arguments for others.
static const struct {
  const char *model, *flavor;
  int32_t     layers, hidden, experts;
} flavors[] = {
    {"llama3",      "8B",        32,  4096,  0  },
    {"llama3",      "70B",       80,  8192,  0  },
    {"llama3",      "405B",      126, 16384, 0  },
    {"deepseek_v3", "16B",       27,  2048,  64 },
    {"deepseek_v3", "236B",      60,  5120,  160},
    {"deepseek_v3", "671B",      61,  7168,  256},
    {"qwen3",       "0.6B",      28,  1024,  0  },
    {"qwen3",       "1.7B",      28,  2048,  0  },
    {"qwen3",       "4B",        36,  2560,  0  },
    {"qwen3",       "8B",        36,  4096,  0  },
    {"qwen3",       "14B",       40,  5120,  0  },
    {"qwen3",       "32B",       64,  5120,  0  },
    {"qwen3",       "30B-A3B",   48,  2048,  128},
    {"qwen3",       "235B-A22B", 94,  4096,  128},
};

static void titan_model(const emit *e) {
  const training_shape *s = e->s;
  for (size_t i = 0; i < sizeof flavors / sizeof flavors[0]; i++)
    if (flavors[i].layers == s->layers && flavors[i].hidden == s->hidden &&
        flavors[i].experts == (e->moe ? s->experts : 0)) {
      put(e, "--model.name %s --model.flavor %s", flavors[i].model, flavors[i].flavor);
      return;
    }
  put(e, "--model.name llama3 --model.flavor custom");
}

static bool titan_has(const emit *e) {
  for (size_t i = 0; i < sizeof flavors / sizeof flavors[0]; i++)
    if (flavors[i].layers == e->s->layers && flavors[i].hidden == e->s->hidden &&
        flavors[i].experts == (e->moe ? e->s->experts : 0))
      return true;
  return false;
}

static void torchtitan(emit *e) {
  static const char *const schedule[TRAINING_SCHEDULE_COUNT] = {"1F1B", "Interleaved1F1B", "ZBVZeroBubble"};
  static const char *const recompute[TRAINING_RECOMPUTE_COUNT] = {"none", "selective", "selective", "full"};
  const training_plan     *p = e->p;
  int32_t                  replicas = p->dp, local = p->batch / p->dp;
  int32_t                  shard = p->zero == 0 ? 1 : p->shard > 0 && p->shard < replicas ? p->shard : replicas;
  text_puts(e->out, "#!/usr/bin/env bash\n");
  preface(e, "torchtitan");
  text_puts(e->out, "# Run it on every node with NODE_RANK and MASTER_ADDR set, in a checkout of torchtitan.\n");
  lacks_everywhere(e);
  lacks(e, !titan_has(e), "this shape: add it as flavor \"custom\" to torchtitan/models/llama3/__init__.py");
  lacks(e, p->precision == COMPUTE_FP16 || p->precision == COMPUTE_NVFP4, "this precision; it trains in BF16");
  lacks(e, p->zero == 1 || p->zero == 2, "ZeRO 1 and 2: FSDP without resharding after the forward pass is the nearest");
  lacks(e, p->recompute == TRAINING_RECOMPUTE_ATTENTION,
        "recomputation of attention alone: operators are chosen one by one");
  lacks(e, p->recompute_layers > 0, "recomputation of some layers only");
  lacks(e, p->tp > 1 && !p->sequence_parallel, "tensor parallelism without sequence parallelism");
  lacks(e, e->moe && p->etp != 1 && p->etp != p->tp, "experts cut in another way than attention");
  lacks(e, p->cuda_graphs, "kernels launched as a graph; --compile.enable fuses them");
  lacks(e, p->unfused, "kernels before FlashAttention");
  text_addf(
      e->out,
      "torchrun --nproc-per-node %d --nnodes %d --node-rank \"${NODE_RANK:-0}\" \\\n"
      "  --master-addr \"${MASTER_ADDR:-localhost}\" --master-port \"${MASTER_PORT:-29500}\" -m torchtitan.train \\\n",
      e->per_node, e->nodes);
  e->before = "  ";
  e->after = " \\";
  titan_model(e);
  put(e, "--parallelism.tensor_parallel_degree %d --parallelism.pipeline_parallel_degree %d", p->tp, p->pp);
  put(e, "--parallelism.context_parallel_degree %d --parallelism.data_parallel_shard_degree %d", p->cp, shard);
  put(e, "--parallelism.data_parallel_replicate_degree %d", replicas / shard);
  if (p->zero > 0) put(e, "--parallelism.fsdp_reshard_after_forward %s", p->zero == 3 ? "always" : "never");
  if (e->moe)
    put(e, "--parallelism.expert_parallel_degree %d --parallelism.expert_tensor_parallel_degree %d", p->ep, p->etp);
  if (p->pp > 1) put(e, "--parallelism.pipeline_parallel_schedule %s", schedule[p->schedule]);
  if (p->pp > 1) put(e, "--parallelism.pipeline_parallel_microbatch_size %d", p->micro_batch);
  put(e, "--training.local_batch_size %d --training.global_batch_size %d", p->pp > 1 ? local : p->micro_batch,
      p->batch);
  put(e, "--training.seq_len %d --activation_checkpoint.mode %s", p->seq_tokens, recompute[p->recompute]);
  if (p->precision == COMPUTE_FP8)
    put(e, "--model.converters quantize.linear.float8 --quantize.linear.float8.recipe_name rowwise");
  if (p->precision == COMPUTE_MXFP8) put(e, "--model.converters quantize.linear.mx");
  put(e, "--compile.enable");
  e->after = "";
  put(e, "--training.steps %.0f --metrics.log_freq 1", e->steps);
}

// ---- Which --------------------------------------------------------------------------------------------------

sg_err report_train_emit(const twin_train *t, const char *framework, text_buffer *out) {
  static const struct {
    const char *name;
    void (*write)(emit *e);
  } frameworks[] = {
      {"megatron",   megatron  },
      {"nemo",       nemo      },
      {"torchtitan", torchtitan},
  };
  const training_shape *s = &t->shape;
  // Nodes as they are sold: servers of eight, trays of four where the domain is a rack.
  int32_t most = t->accelerator->scaleup_gpus > 8 ? 4 : t->accelerator->scaleup_gpus, per_node = most;
  while (t->gpus % per_node) per_node--;
  emit e = {.t = t,
            .s = s,
            .p = &t->search.best[0].plan,
            .out = out,
            .per_node = per_node,
            .nodes = t->gpus / per_node,
            .before = "",
            .after = "",
            .mla = s->kv_rank > 0,
            .moe = s->experts > 0,
            .gated = training_gated(s),
            .steps = t->run.steps > 0 ? t->run.steps : 100};
  for (size_t i = 0; i < sizeof frameworks / sizeof frameworks[0]; i++)
    if (!strcmp(frameworks[i].name, framework)) {
      frameworks[i].write(&e);
      return out->failed ? SG_ERR_MEMORY : SG_OK;
    }
  return SG_ERR_NAME;
}
