// Tests of the trace reader: three formats that say the same, broken ones, and a long one.
#include "trace.h"

#include <stdio.h>
#include <string.h>

#include "../../tests/test.h"

typedef struct memory {
  const char *at;
  size_t      n, most;  // bytes left; most given at once
  bool        breaks;   // cannot be read to its end
} memory;

static int64_t read_memory(void *user, char *buffer, size_t capacity) {
  memory *m = user;
  size_t  n = m->n < capacity ? m->n : capacity;
  if (m->n == 0 && m->breaks) return -1;
  if (n > m->most) n = m->most;
  memcpy(buffer, m->at, n);
  m->at += n;
  m->n -= n;
  return (int64_t)n;
}

enum { MOST = 8 };

typedef struct reading {
  operations_job          job[MOST];
  size_t                  n;
  operations_format       format;
  operations_trace_counts counts;
  char                    partition[2][OPERATIONS_JOB_NAME];
  sg_diags                d;
} reading;

static sg_err read_bytes(memory m, reading *r) {
  arena            *a = arena_create();
  operations_trace *t;
  bool              more = true;
  diag_init(&r->d);
  r->n = 0;
  sg_err err = operations_trace_open(read_memory, &m, "t", a, &r->d, &t);
  while (!err && more && r->n < MOST) {
    err = operations_trace_next(t, &r->job[r->n], &more);
    r->n += !err && more;
  }
  if (!err) {
    r->format = operations_trace_format(t);
    r->counts = operations_trace_count(t);
    for (int i = 0; i < 2; i++) {
      const char *name = operations_trace_partition(t, i);
      snprintf(r->partition[i], sizeof r->partition[i], "%s", name ? name : "(none)");
    }
  }
  arena_free(a);
  return err;
}

static sg_err read_text(const char *text, size_t most, reading *r) {
  return read_bytes((memory){text, strlen(text), most, false}, r);
}

// ---- The same jobs in three formats ---------------------------------------------------------------------------------------

// Two jobs, and one that never ran; sacct has steps as well.
// clang-format off
static const struct {
  const char       *what, *text;
  operations_format format;
  int64_t           zero_s, rows, steps;
} same[] = {
    {"CSV", "job_id,submit_s,start_s,duration_s,gpus,user,state,req_walltime_s,partition\n7,0,30,3600,16,ada,COMPLETED,7200," "a\n8,10,,90061,8,,,,b\n9,11,,,4,,,,a\n", OPERATIONS_CSV, 0, 3, 0},
    {"CSV as a spreadsheet writes it, columns in another order", "\xEF\xBB\xBF" "gpus,\"submit_s\",duration_s,req_walltime_s,start_s,partition,job_id\r\n16,0,3600,7200,30,\"a\",7\r\n\r\n8,10," "90061,,,b,\"8\"\r\n4,11,,,,a,9\r\n", OPERATIONS_CSV, 0, 3, 0},
    {"SWF", "; MaxProcs: 100\n;\n7 0 30 3600 16 -1 -1 16 7200 -1 1 3 1 -1 1 0 -1 -1\n 8  10 -1 90061 8 -1 -1 -1 -1 -1 1 3 1 " "-1 1 1 -1 -1\n9 11 -1 -1 4 -1 -1 4 -1 -1 5 3 1 -1 1 0 -1 -1\n", OPERATIONS_SWF, 0, 3, 0},
    {"sacct", "JobID|Partition|Submit|Start|State|ElapsedRaw|TimelimitRaw|AllocTRES\n" "7|a|2024-02-29T23:59:50|2024-03-01T00:00:20|COMPLETED|3600|120|billing=16,cpu=128,gres/gpu:h100=16,gres/" "gpu=16,node=2\n" "7.batch|a|2024-02-29T23:59:50|2024-03-01T00:00:20|COMPLETED|3600||cpu=64,gres/gpu=8,node=1\n" "8|b|2024-03-01T00:00:00|2024-03-01T00:00:00|TIMEOUT|90061|UNLIMITED|cpu=64,gres/gpu:a100=4,gres/gpu:h100=4\n" "9|a|2024-03-01T00:00:01|Unknown|PENDING|0|60|\n", OPERATIONS_SACCT, 1709251190, 4, 1},
    {"sacct --parsable with durations", "JobID|Submit|Start|State|Elapsed|Timelimit|ReqTRES|AllocTRES|Partition|\n" "7|2024-02-29T23:59:50|2024-03-01T00:00:20|COMPLETED|01:00:00|02:00:00|x|gres/gpu=16|a|\n" "8|2024-03-01T00:00:00|None|FAILED|1-01:01:01|Partition_Limit|gres/gpu=8||b|\n", OPERATIONS_SACCT, 1709251190, 2, 0},
};
// clang-format on

START_TEST(three_formats_say_the_same) {
  for (size_t i = 0; i < 4; i++)
    for (size_t most = 1; most <= 4096; most *= 16) {
      reading r;
      ck_assert_msg(read_text(same[i].text, most, &r) == SG_OK, "%s: %s", same[i].what, r.d.item[0].message);
      ck_assert_msg(r.format == same[i].format && r.n == 2, "%s", same[i].what);
      const operations_job *a = &r.job[0], *b = &r.job[1];
      ck_assert_msg(a->submit_s == same[i].zero_s && a->run_s == 3600 && a->limit_s == 7200 && a->gpus == 16, "%s",
                    same[i].what);
      ck_assert_msg(a->recorded_start_s == same[i].zero_s + 30 && !strcmp(a->name, "7") && a->row == 0, "%s",
                    same[i].what);
      ck_assert_msg(b->submit_s == same[i].zero_s + 10 && b->run_s == 90061 && b->limit_s == -1 && b->gpus == 8, "%s",
                    same[i].what);
      ck_assert_msg(a->partition == 0 && b->partition == 1 && !strcmp(b->name, "8"), "%s", same[i].what);
      ck_assert_str_eq(r.partition[1], i == 2 ? "1" : "b");
      ck_assert_int_eq(r.counts.rows, same[i].rows);
      ck_assert_int_eq(r.counts.no_run, 1);
      ck_assert_int_eq(r.counts.no_limit, 1);
      ck_assert_int_eq(r.counts.steps, same[i].steps);
    }
}
END_TEST

// Elapsed and Timelimit as durations; a job without a start did not run; GPUs asked for stand in where none are allocated.
START_TEST(sacct_durations_are_read) {
  reading r;
  ck_assert_int_eq(read_text(same[4].text, 64, &r), SG_OK);
  ck_assert_uint_eq(r.n, 1);
  ck_assert_int_eq(r.job[0].run_s, 3600);
  ck_assert_int_eq(r.job[0].limit_s, 7200);
  ck_assert_int_eq(r.counts.no_run, 1);
  ck_assert_int_eq(
      read_text(
          "Submit|ElapsedRaw|Timelimit|ReqTRES\n1700000000|60|2-03:04:05|gres/gpu:h100=8\n1700000000|60|12:30|cpu=4\n",
          64, &r),
      SG_OK);
  ck_assert_int_eq(r.job[0].limit_s, 2 * 86400 + 3 * 3600 + 4 * 60 + 5);
  ck_assert_int_eq(r.job[0].submit_s, 1700000000);
  ck_assert_str_eq(r.job[0].name, "0");
  ck_assert_int_eq(r.counts.no_gpus, 1);
}
END_TEST

// ---- What is wrong ----------------------------------------------------------------------------------------------------------

#define HEAD "job_id,submit_s,duration_s,gpus,req_walltime_s\n"

// clang-format off
static const struct {
  const char *what, *text;
  sg_err      want;
  int32_t     line, column;
  const char *message;
} broken[] = {
    {"empty", "", SG_ERR_KEY, 0, 0, "nothing in it"},
    {"blank", "\n \n", SG_ERR_KEY, 0, 0, "nothing in it"},
    {"no head", "1,0,5,8,10\n", SG_ERR_KEY, 1, 1, "submit_s, duration_s and gpus"},
    {"a column twice", "submit_s,duration_s,gpus,gpus\n", SG_ERR_KEY, 1, 26, "'gpus' stands twice"},
    {"sacct without GPUs", "JobID|Submit|Elapsed\n", SG_ERR_KEY, 1, 1, "AllocTRES"},
    {"out of order", HEAD "a,5,1,1,\nb,4,1,1,\n", SG_ERR_RANGE, 3, 3, "'4' is before"},
    {"a negative run time", HEAD "a,5,-1,1,\n", SG_ERR_RANGE, 2, 5, "'-1' is a negative run time"},
    {"a negative limit", HEAD "a,5,1,1,-3\n", SG_ERR_RANGE, 2, 9, "negative walltime"},
    {"no number", HEAD "a,soon,1,1,\n", SG_ERR_TYPE, 2, 3, "'soon' is no number"},
    {"no submission", HEAD "a,,1,1,\n", SG_ERR_TYPE, 2, 3, "is no number"},
    {"too large a time", HEAD "a,1e30,1,1,\n", SG_ERR_RANGE, 2, 3, "too large"},
    {"too many GPUs", HEAD "a,1,1,10000001,\n", SG_ERR_RANGE, 2, 7, "10 million"},
    {"too few fields", HEAD "a,5,1\nb,6,1,1,\n", SG_ERR_SYNTAX, 2, 1, "3 fields where there should be 5"},
    {"too many fields", HEAD "a,5,1,1,1,1\n", SG_ERR_SYNTAX, 2, 1, "6 fields"},
    {"cut short", HEAD "a,5,1,1,\nb,6", SG_ERR_SYNTAX, 3, 1, "2 fields"},
    {"a quote left open", HEAD "\"a,5,1,1,\n", SG_ERR_SYNTAX, 2, 1, "never closed"},
    {"text behind a quote", HEAD "\"a\"b,5,1,1,\n", SG_ERR_SYNTAX, 2, 2, "behind a closing quote"},
    {"not UTF-8", HEAD "a\xFF,5,1,1,\n", SG_ERR_SYNTAX, 2, 1, "byte 2 of the line is not UTF-8"},
    {"packed", "\x1F\x8B\x08", SG_ERR_SYNTAX, 1, 1, "not UTF-8"},
    {"a long name", HEAD "abcdefghijklmnopqrstuvwxyz0123456,5,1,1,\n", SG_ERR_LIMIT, 2, 1, "31 bytes"},
    {"a time that is none", "Submit|Elapsed|AllocTRES\n2024-02-30T00:00:00|01:00|gres/gpu=1\n", SG_ERR_TYPE, 2, 1, "is no time"},
    {"a year out of range", "Submit|Elapsed|AllocTRES\n1012-02-28T00:00:00|01:00|gres/gpu=1\n", SG_ERR_TYPE, 2, 1, "is no time"},
    {"a duration that is none", "Submit|Elapsed|AllocTRES\n2024-02-28T00:00:00|1 h|gres/gpu=1\n", SG_ERR_TYPE, 2, 21, "'1 h' is no duration"},
    {"GPUs that are none", "Submit|Elapsed|AllocTRES\n2024-02-28T00:00:00|01:00|gres/gpu=x\n", SG_ERR_TYPE, 2, 27, "number of GPUs"},
    {"too few numbers", "; x\n1 2 3\n", SG_ERR_SYNTAX, 2, 1, "3 fields where there should be 18"},
};
// clang-format on

START_TEST(what_is_wrong_is_said_with_its_place) {
  for (size_t i = 0; i < sizeof broken / sizeof broken[0]; i++) {
    reading      r;
    const sg_err err = read_text(broken[i].text, 64, &r);
    ck_assert_msg(err == broken[i].want, "%s: %d", broken[i].what, err);
    ck_assert_msg(r.d.n_errors == 1, "%s", broken[i].what);
    ck_assert_msg(strstr(r.d.item[0].message, broken[i].message) != NULL, "%s: %s", broken[i].what,
                  r.d.item[0].message);
    if (broken[i].line)
      ck_assert_msg(r.d.item[0].line == broken[i].line && r.d.item[0].column == broken[i].column, "%s: %d:%d",
                    broken[i].what, r.d.item[0].line, r.d.item[0].column);
  }
}
END_TEST

START_TEST(a_source_that_breaks_off_is_an_error) {
  reading     r;
  const char *text = HEAD "a,5,1,1,\n";
  ck_assert_int_eq(read_bytes((memory){text, strlen(text), 64, true}, &r), SG_ERR_IO);
  ck_assert_uint_eq(r.n, 1);
  char *line = malloc(OPERATIONS_TRACE_LINE + 100);
  memset(line, 'x', OPERATIONS_TRACE_LINE + 99);
  line[OPERATIONS_TRACE_LINE + 99] = '\0';
  ck_assert_int_eq(read_text(line, 4096, &r), SG_ERR_LIMIT);
  free(line);
}
END_TEST

// ---- Long traces ------------------------------------------------------------------------------------------------------------

typedef struct endless {
  int64_t row, rows;
  char    line[64];
  size_t  at, n;
} endless;

static int64_t read_endless(void *user, char *buffer, size_t capacity) {
  endless *x = user;
  if (x->at == x->n) {
    if (x->row > x->rows) return 0;
    x->n = (size_t)(x->row ? snprintf(x->line, sizeof x->line, "%lld,%lld,30,4\n", (long long)x->row,
                                      (long long)(10 * x->row))
                           : snprintf(x->line, sizeof x->line, "job_id,submit_s,duration_s,gpus\n"));
    x->at = 0;
    x->row++;
  }
  const size_t n = x->n - x->at < capacity ? x->n - x->at : capacity;
  memcpy(buffer, x->line + x->at, n);
  x->at += n;
  return (int64_t)n;
}

// Read and scheduled as it comes, a million rows take no more memory than a thousand.
START_TEST(memory_does_not_grow_with_the_rows) {
  size_t bytes[2];
  for (int k = 0; k < 2; k++) {
    arena               *a = arena_create();
    operations_trace    *t;
    operations_metrics   m;
    operations_partition pool = {.gpus = 12};
    endless              x = {.rows = k ? 1000000 : 1000};
    ck_assert_int_eq(operations_trace_open(read_endless, &x, "t", a, NULL, &t), SG_OK);
    const operations_schedule s = {.policy = operations_policy_default(),
                                   .partition = &pool,
                                   .n_partition = 1,
                                   .next_job = operations_trace_next,
                                   .jobs = t};
    ck_assert_int_eq(operations_schedule_run(&s, a, &m), SG_OK);
    ck_assert_int_eq(m.jobs, x.rows);
    ck_assert_double_eq(m.max_wait_s, 0.0);
    bytes[k] = arena_bytes(a);
    arena_free(a);
  }
  ck_assert_uint_eq(bytes[0], bytes[1]);
}
END_TEST

TEST_LIST("trace", three_formats_say_the_same, sacct_durations_are_read, what_is_wrong_is_said_with_its_place,
          a_source_that_breaks_off_is_an_error, memory_does_not_grow_with_the_rows)
