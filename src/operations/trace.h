// Trace: jobs that a cluster ran, row by row from a callback, in memory that does not grow with the rows.
//
// Three formats, told apart by the first line that is not blank:
//   CSV    a head line with submit_s, duration_s, gpus; also read: job_id, start_s, req_walltime_s, priority, partition,
//          user.
//          Times in seconds; fields may be quoted (RFC 4180), but not hold line breaks
//   SWF    Standard Workload Format: 18 numbers a line, comments after ';', -1 unknown. Processors stand for GPUs
//          Chapin et al., "Benchmarks and Standards for the Evaluation of Parallel Job Schedulers", JSSPP 1999
//   sacct  what `sacct --parsable2` prints: a head line with '|'. Needs Submit; Elapsed or ElapsedRaw; AllocTRES or
//          ReqTRES with gres/gpu=N; also read: JobID, Start, State, Timelimit or TimelimitRaw, Partition, Priority,
//          User.
//          Lines of steps (JobID with a '.') are passed over. Times as printed, without time zone
//          SchedMD, Slurm 23.02 documentation: sacct(1), 2023
// Gzip is the caller's business.
#ifndef OPERATIONS_TRACE_H
#define OPERATIONS_TRACE_H

#include "../base/diag.h"
#include "schedule.h"

enum { OPERATIONS_TRACE_LINE = 65536, OPERATIONS_TRACE_PARTITIONS = 256 };

// Fills buffer with up to capacity > 0 bytes. Returns how many; 0: the end; negative: it could not be read.
typedef int64_t operations_read(void *user, char *buffer, size_t capacity);

// A text in memory as such a source; user is an operations_unread, which moves on.
typedef struct operations_unread {
  const char *at;
  size_t      n;
} operations_unread;
int64_t operations_read_text(void *unread, char *buffer, size_t capacity);

typedef enum operations_format { OPERATIONS_CSV, OPERATIONS_SWF, OPERATIONS_SACCT } operations_format;

// What was read so far. rows = jobs + no_run + no_gpus + steps.
typedef struct operations_trace_counts {
  int64_t rows, jobs;
  int64_t no_run;    // left out: never ran, or had not ended
  int64_t no_gpus;   // left out: asked for none
  int64_t steps;     // lines of sacct that are parts of a job
  int64_t no_limit;  // jobs without walltime limit: the scheduler then knows the run time
} operations_trace_counts;

typedef struct operations_trace operations_trace;

// Reads the first line. name: shown in findings, kept by the caller as diags is (NULL: nothing is said). Memory from the
// arena, about 70 kB. Errors: SG_ERR_MEMORY, SG_ERR_IO; SG_ERR_KEY: no known format, a column is missing or stands twice.
sg_err operations_trace_open(operations_read *read, void *user, const char *name, arena *a, sg_diags *diags,
                             operations_trace **out);

// An operations_job_source: the next job; user is the trace. Errors, with line and hint in diags: SG_ERR_IO; SG_ERR_SYNTAX
// (not UTF-8, too few or many fields, an end in mid-line); SG_ERR_TYPE (no number); SG_ERR_RANGE (negative or too large,
// submissions out of order); SG_ERR_LIMIT (a line of more than OPERATIONS_TRACE_LINE bytes, too many partitions).
sg_err operations_trace_next(void *trace, operations_job *job, bool *more);

operations_format       operations_trace_format(const operations_trace *trace);
operations_trace_counts operations_trace_count(const operations_trace *trace);
// Name of partition i, as jobs have them in job->partition in order of appearance; "" where the trace names none.
// NULL: fewer were seen.
const char *operations_trace_partition(const operations_trace *trace, int32_t i);

#endif
