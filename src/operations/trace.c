// Trace: see trace.h.
#include "trace.h"

#include <math.h>
#include <stdio.h>
#include <string.h>

#include "../base/calendar.h"
#include "../base/text.h"

enum { MOST_FIELDS = 256, SWF_FIELDS = 18 };

// What a trace may say of a job.
enum {
  OF_NAME,
  OF_SUBMIT,
  OF_START,
  OF_RUN,
  OF_GPUS,
  OF_GPUS_ASKED,
  OF_LIMIT,
  OF_PRIORITY,
  OF_PARTITION,
  OF_STATE,
  OF_USER,
  OF_COUNT
};

struct operations_trace {
  operations_read        *read;
  void                   *user;
  const char             *name;
  sg_diags               *diags;
  operations_format       format;
  operations_trace_counts counts;
  char                    buffer[OPERATIONS_TRACE_LINE + 1];
  size_t                  at, end;         // unread part of the buffer
  bool                    no_more, whole;  // the source has ended; the line ended in a line break
  int32_t                 line;
  text_slice              text;  // of the line
  text_slice              field[MOST_FIELDS];
  int32_t                 n_field, n_head;
  int32_t                 column[OF_COUNT];  // -1: none
  bool                    run_is_raw, limit_is_raw;
  int64_t                 last_submit_s;
  int32_t                 n_partition;
  char                    partition[OPERATIONS_TRACE_PARTITIONS][OPERATIONS_JOB_NAME];
};

int64_t operations_read_text(void *unread, char *buffer, size_t capacity) {
  operations_unread *u = unread;
  const size_t       n = u->n < capacity ? u->n : capacity;
  if (n) memcpy(buffer, u->at, n);
  u->at += n;
  u->n -= n;
  return (int64_t)n;
}

// ---- Findings -----------------------------------------------------------------------------------------------------------

// A finding in the line at hand, under field f (-1: the line). Always returns code.
static sg_err refuse(operations_trace *t, sg_err code, int32_t f, const char *hint, const char *message) {
  const text_slice  field = f >= 0 && f < t->n_field ? t->field[f] : (text_slice){t->text.at, 0};
  const diag_source source = {t->name, t->text.at, t->text.n};
  const bool        inside = field.at >= t->text.at && field.at + field.n <= t->text.at + t->text.n;
  int32_t           column = 1;
  for (const char *c = t->text.at; inside && c < field.at; c++) column += ((unsigned char)*c & 0xC0) != 0x80;
  const size_t kept = t->diags ? t->diags->n : 0;
  diag_add(t->diags, SG_ERROR, code, (diag_place){&source, 1, column, field.n ? (int32_t)field.n : 1}, hint, "%s",
           message);
  if (t->diags && t->diags->n > kept) t->diags->item[kept].line = t->line;  // the source held this line alone
  return code;
}

static sg_err refuse_field(operations_trace *t, sg_err code, int32_t f, const char *what, const char *hint) {
  char             message[240];
  const text_slice s = t->field[f];
  snprintf(message, sizeof message, "'%.*s' %s", s.n < 60 ? (int)s.n : 60, s.at, what);
  return refuse(t, code, f, hint, message);
}

// ---- Lines and fields ---------------------------------------------------------------------------------------------------

// Fills the buffer behind what is unread.
static sg_err fill(operations_trace *t) {
  if (t->at > 0) memmove(t->buffer, t->buffer + t->at, t->end - t->at);
  t->end -= t->at;
  t->at = 0;
  while (!t->no_more && t->end < OPERATIONS_TRACE_LINE) {
    const int64_t n = t->read(t->user, t->buffer + t->end, OPERATIONS_TRACE_LINE - t->end);
    if (n < 0) {
      t->line++;
      return refuse(t, SG_ERR_IO, -1, "it may be cut short", "the file could not be read further");
    }
    t->no_more = n == 0;
    t->end += (size_t)n;
    if (n > 0 && memchr(t->buffer + t->end - n, '\n', (size_t)n)) break;
  }
  return SG_OK;
}

// The next line, without its break. *more = false: there is none.
static sg_err next_line(operations_trace *t, bool *more) {
  const char *stop = memchr(t->buffer + t->at, '\n', t->end - t->at);
  t->text = (text_slice){t->buffer, 0};
  if (!stop) {
    const sg_err err = fill(t);
    if (err) return err;
    stop = memchr(t->buffer, '\n', t->end);
  }
  t->whole = stop != NULL;
  *more = stop || t->end > t->at;
  if (!*more) return SG_OK;
  t->line++;
  const char *first = t->buffer + t->at;
  size_t      n = (stop ? (size_t)(stop - first) : t->end - t->at), bad;
  t->at += n + (stop ? 1 : 0);
  if (n > 0 && first[n - 1] == '\r') n--;
  t->text = (text_slice){first, n};
  if (!stop && !t->no_more) {
    t->text.n = 80;
    return refuse(t, SG_ERR_LIMIT, -1, NULL, "the line is longer than 65536 bytes");
  }
  if (text_utf8_valid(first, n, &bad)) return SG_OK;
  char message[120];
  snprintf(message, sizeof message, "byte %zu of the line is not UTF-8", bad + 1);
  return refuse(t, SG_ERR_SYNTAX, -1, "save the file as UTF-8; a compressed file must be unpacked first", message);
}

// One field of CSV that begins with a quote, doubled quotes made single in place; returns where it ends, NULL: never closed.
static char *unquote(char *at, const char *end, text_slice *out) {
  char *to = at + 1, *from = at + 1;
  for (; from < end; from++) {
    if (*from == '"' && !(from + 1 < end && from[1] == '"')) break;
    if (*from == '"') from++;
    *to++ = *from;
  }
  if (from >= end) return NULL;
  *out = (text_slice){at + 1, (size_t)(to - at - 1)};
  return from + 1;
}

static sg_err split(operations_trace *t) {
  const char *end = t->text.at + t->text.n;
  char       *at = t->buffer + (t->text.at - t->buffer);
  const char  separator = t->format == OPERATIONS_SACCT ? '|' : ',';
  for (t->n_field = 0;; at++) {
    if (t->n_field == MOST_FIELDS) return refuse(t, SG_ERR_LIMIT, -1, NULL, "the line has more than 256 fields");
    text_slice *f = &t->field[t->n_field++];
    if (separator == ',' && at < end && *at == '"') {
      at = unquote(at, end, f);
      if (!at) return refuse(t, SG_ERR_SYNTAX, -1, "fields must not hold line breaks", "a quote is never closed");
    } else {
      char *stop = memchr(at, separator, (size_t)(end - at));
      if (!stop) stop = at + (end - at);
      *f = text_trim((text_slice){at, (size_t)(stop - at)});
      at = stop;
    }
    if (at >= end) return SG_OK;
    if (*at != separator) return refuse(t, SG_ERR_SYNTAX, t->n_field - 1, NULL, "text behind a closing quote");
  }
}

static void split_blanks(operations_trace *t) {
  const char *at = t->text.at, *end = at + t->text.n;
  for (t->n_field = 0; t->n_field < MOST_FIELDS;) {
    while (at < end && (*at == ' ' || *at == '\t')) at++;
    if (at == end) return;
    const char *first = at;
    while (at < end && *at != ' ' && *at != '\t') at++;
    t->field[t->n_field++] = (text_slice){first, (size_t)(at - first)};
  }
}

// ---- The head -------------------------------------------------------------------------------------------------------------

// Columns by name; of several the first that is there is read.
static const struct {
  int         of;
  const char *csv, *sacct;
} heads[] = {
    {OF_NAME,       "job_id",         "JobID"       },
    {OF_SUBMIT,     "submit_s",       "Submit"      },
    {OF_START,      "start_s",        "Start"       },
    {OF_RUN,        "duration_s",     "ElapsedRaw"  },
    {OF_RUN,        NULL,             "Elapsed"     },
    {OF_GPUS,       "gpus",           "AllocTRES"   },
    {OF_GPUS_ASKED, NULL,             "ReqTRES"     },
    {OF_LIMIT,      "req_walltime_s", "TimelimitRaw"},
    {OF_LIMIT,      NULL,             "Timelimit"   },
    {OF_PRIORITY,   "priority",       "Priority"    },
    {OF_PARTITION,  "partition",      "Partition"   },
    {OF_STATE,      NULL,             "State"       },
    {OF_USER,       "user",           "User"        },
};

static sg_err find_columns(operations_trace *t) {
  const bool sacct = t->format == OPERATIONS_SACCT;
  for (size_t i = 0; i < sizeof heads / sizeof heads[0]; i++) {
    const char *name = sacct ? heads[i].sacct : heads[i].csv;
    int32_t     found = -1;
    for (int32_t f = 0; name && f < t->n_field; f++) {
      if (!text_equal(t->field[f], name)) continue;
      if (found >= 0) return refuse_field(t, SG_ERR_KEY, f, "stands twice", NULL);
      found = f;
    }
    if (found < 0 || t->column[heads[i].of] >= 0) continue;
    t->column[heads[i].of] = found;
    if (heads[i].of == OF_RUN) t->run_is_raw = strcmp(name, "Elapsed") != 0;
    if (heads[i].of == OF_LIMIT) t->limit_is_raw = strcmp(name, "Timelimit") != 0;
  }
  if (t->column[OF_GPUS] < 0) t->column[OF_GPUS] = t->column[OF_GPUS_ASKED];
  t->n_head = t->n_field;
  const bool all = t->column[OF_SUBMIT] >= 0 && t->column[OF_RUN] >= 0 && t->column[OF_GPUS] >= 0;
  if (all) return SG_OK;
  return sacct
             ? refuse(t, SG_ERR_KEY, -1,
                      "sacct --parsable2 --format=JobID,Partition,Submit,Start,State,ElapsedRaw,TimelimitRaw,AllocTRES",
                      "the columns Submit, Elapsed and AllocTRES must be there")
             : refuse(t, SG_ERR_KEY, -1,
                      "a trace is CSV with these columns, a Standard Workload Format log, or sacct --parsable2",
                      "the columns submit_s, duration_s and gpus must be there");
}

static bool looks_like_swf(operations_trace *t) {
  double x;
  if (t->text.n > 0 && t->text.at[0] == ';') return true;
  split_blanks(t);
  return t->n_field >= SWF_FIELDS && text_number(t->field[0], &x) && text_number(t->field[SWF_FIELDS - 1], &x);
}

sg_err operations_trace_open(operations_read *read, void *user, const char *name, arena *a, sg_diags *diags,
                             operations_trace **out) {
  operations_trace *t = *out = ARENA_NEW(a, operations_trace, 1);
  if (!t) return SG_ERR_MEMORY;
  t->read = read;
  t->user = user;
  t->name = name;
  t->diags = diags;
  t->last_submit_s = INT64_MIN;
  for (int i = 0; i < OF_COUNT; i++) t->column[i] = -1;
  bool more = true;
  do {
    const sg_err err = next_line(t, &more);
    if (err) return err;
    if (t->line == 1 && t->text.n >= 3 && !memcmp(t->text.at, "\xEF\xBB\xBF", 3)) t->text.at += 3, t->text.n -= 3;
  } while (more && text_trim(t->text).n == 0);
  if (!more) return refuse(t, SG_ERR_KEY, -1, NULL, "there is nothing in it");
  if (looks_like_swf(t)) {
    t->format = OPERATIONS_SWF;
    t->at = (size_t)(t->text.at - t->buffer);  // to be read again
    t->line--;
    return SG_OK;
  }
  t->format = memchr(t->text.at, '|', t->text.n) ? OPERATIONS_SACCT : OPERATIONS_CSV;
  const sg_err err = split(t);
  return err ? err : find_columns(t);
}

// ---- Values ---------------------------------------------------------------------------------------------------------------

static bool is_digit(char c) { return c >= '0' && c <= '9'; }

// Digits alone, at most 12; the bytes read, 0: none.
static size_t scan_digits(text_slice s, int64_t *out) {
  size_t i = 0;
  for (*out = 0; i < s.n && i < 12 && is_digit(s.at[i]); i++) *out = 10 * *out + (s.at[i] - '0');
  return i;
}

// A whole number; fractions are rounded, half up.
static sg_err read_whole(operations_trace *t, int32_t f, int64_t *out) {
  double x;
  if (t->field[f].n > 0 && scan_digits(t->field[f], out) == t->field[f].n && *out <= OPERATIONS_MAX_TIME_S)
    return SG_OK;
  if (!text_number(t->field[f], &x)) return refuse_field(t, SG_ERR_TYPE, f, "is no number", NULL);
  if (fabs(x) > (double)OPERATIONS_MAX_TIME_S)
    return refuse_field(t, SG_ERR_RANGE, f, "is too large", "numbers go up to 1e10");
  *out = (int64_t)floor(x + 0.5);
  return SG_OK;
}

// [DD-[HH:]]MM:SS, as Slurm writes durations.
static bool read_duration(text_slice s, int64_t *out) {
  int64_t part[4] = {0}, value;
  int     n = 0;
  bool    days = false;
  for (size_t k; n < 4 && (k = scan_digits(s, &value)) > 0; s.at++, s.n--) {
    part[n++] = value;
    s.at += k, s.n -= k;
    if (s.n == 0) break;
    if (s.at[0] == '.') s.n = 0;  // fractions of a second
    if (s.n == 0) break;
    if (s.at[0] == '-' && n == 1) days = true;
    else if (s.at[0] != ':') return false;
  }
  if (s.n > 0 || n < 2) return false;
  if (days) *out = part[0] * 86400 + part[1] * 3600 + part[2] * 60 + part[3];
  else *out = n == 2 ? part[0] * 60 + part[1] : part[0] * 3600 + part[1] * 60 + part[2];
  return (days || n < 4) && *out <= OPERATIONS_MAX_TIME_S;
}

// YYYY-MM-DDTHH:MM:SS, or seconds since 1970.
static bool read_moment(text_slice s, int64_t *out) {
  int32_t first, last, part[3];
  if (s.n > 0 && s.n <= 10 && scan_digits(s, out) == s.n) return true;
  if (s.n != 19 || s.at[10] != 'T' || !calendar_parse((text_slice){s.at, 10}, &first, &last) || first != last)
    return false;
  for (int i = 0; i < 3; i++) {
    const char *at = s.at + 11 + 3 * i;
    if (!is_digit(at[0]) || !is_digit(at[1]) || (i < 2 && at[2] != ':')) return false;
    part[i] = 10 * (at[0] - '0') + (at[1] - '0');
  }
  *out = (int64_t)first * 86400 + part[0] * 3600 + part[1] * 60 + part[2];
  return part[0] < 24 && part[1] < 60 && part[2] < 61 && *out >= -OPERATIONS_MAX_TIME_S &&
         *out <= OPERATIONS_MAX_TIME_S;
}

// GPUs of "billing=8,cpu=64,gres/gpu=8,gres/gpu:a100=8,mem=1T": the total, else the sum of kinds.
static bool read_tres(text_slice s, int64_t *out) {
  int64_t sum = 0, value;
  for (size_t at = 0; at < s.n;) {
    const char *stop = memchr(s.at + at, ',', s.n - at);
    text_slice  one = {s.at + at, stop ? (size_t)(stop - s.at) - at : s.n - at};
    at += one.n + 1;
    if (one.n < 9 || memcmp(one.at, "gres/gpu", 8)) continue;
    const char *equals = memchr(one.at, '=', one.n);
    if (!equals) return false;
    const text_slice number = {equals + 1, one.n - (size_t)(equals + 1 - one.at)};
    if (number.n == 0 || scan_digits(number, &value) != number.n) return false;
    if (one.at[8] == '=') {
      *out = value;
      return true;
    }
    if (one.at[8] == ':') sum += value;
  }
  *out = sum;
  return true;
}

static text_slice field_of(const operations_trace *t, int of) {
  return t->column[of] >= 0 ? t->field[t->column[of]] : (text_slice){"", 0};
}

static sg_err set_partition(operations_trace *t, text_slice s, operations_job *job) {
  char name[OPERATIONS_JOB_NAME];
  snprintf(name, sizeof name, "%.*s", s.n < sizeof name - 1 ? (int)s.n : (int)sizeof name - 1, s.at);
  for (job->partition = 0; job->partition < t->n_partition; job->partition++)
    if (!strcmp(t->partition[job->partition], name)) return SG_OK;
  if (t->n_partition == OPERATIONS_TRACE_PARTITIONS)
    return refuse(t, SG_ERR_LIMIT, t->column[OF_PARTITION], NULL, "more than 256 partitions");
  memcpy(t->partition[t->n_partition++], name, sizeof name);
  return SG_OK;
}

// ---- Rows -----------------------------------------------------------------------------------------------------------------

// Numbers of a job before it is known whether they make sense; INT64_MIN: not said.
typedef struct row {
  int64_t submit_s, start_s, run_s, gpus, limit_s;
  bool    is_step;
} row;

static sg_err read_optional(operations_trace *t, int of, int64_t *out) {
  return field_of(t, of).n ? read_whole(t, t->column[of], out) : SG_OK;
}

static sg_err read_csv(operations_trace *t, row *r) {
  sg_err err = read_whole(t, t->column[OF_SUBMIT], &r->submit_s);
  if (!err) err = read_optional(t, OF_START, &r->start_s);
  if (!err) err = read_optional(t, OF_RUN, &r->run_s);
  if (!err) err = read_optional(t, OF_GPUS, &r->gpus);
  if (!err) err = read_optional(t, OF_LIMIT, &r->limit_s);
  if (err || r->run_s == INT64_MIN || r->run_s >= 0) return err;
  return refuse_field(t, SG_ERR_RANGE, t->column[OF_RUN], "is a negative run time",
                      "leave the field empty where the job never ran");
}

// Fields by number: 1 job, 2 submission, 3 wait, 4 run time, 5 processors, 8 asked for, 9 time asked for, 12 user, 16
// partition.
static sg_err read_swf(operations_trace *t, row *r) {
  int64_t value[SWF_FIELDS];
  for (int i = 0; i < SWF_FIELDS; i++) {
    const sg_err err = read_whole(t, i, &value[i]);
    if (err) return err;
  }
  r->submit_s = value[1];
  if (value[2] >= 0) r->start_s = value[1] + value[2];
  if (value[3] >= 0) r->run_s = value[3];
  r->gpus = value[7] > 0 ? value[7] : value[4];
  if (value[8] >= 0) r->limit_s = value[8];
  return SG_OK;
}

static bool one_of(text_slice s, const char *a, const char *b, const char *c) {
  return s.n == 0 || text_equal(s, a) || text_equal(s, b) || text_equal(s, c);
}

static sg_err read_sacct(operations_trace *t, row *r) {
  const text_slice name = field_of(t, OF_NAME), start = field_of(t, OF_START), state = field_of(t, OF_STATE);
  const text_slice run = field_of(t, OF_RUN), limit = field_of(t, OF_LIMIT);
  sg_err           err = SG_OK;
  r->is_step = memchr(name.at, '.', name.n) != NULL;
  if (r->is_step) return SG_OK;
  if (!read_moment(field_of(t, OF_SUBMIT), &r->submit_s))
    return refuse_field(t, SG_ERR_TYPE, t->column[OF_SUBMIT], "is no time", "times are written 2024-01-31T23:59:59");
  if (!one_of(start, "Unknown", "None", "N/A") && !read_moment(start, &r->start_s))
    return refuse_field(t, SG_ERR_TYPE, t->column[OF_START], "is no time", "times are written 2024-01-31T23:59:59");
  const bool never = t->column[OF_START] >= 0 && r->start_s == INT64_MIN;
  if (never || (state.n && one_of(state, "RUNNING", "PENDING", "SUSPENDED"))) return SG_OK;  // no run time to know
  if (t->run_is_raw) err = read_optional(t, OF_RUN, &r->run_s);
  else if (run.n && !read_duration(run, &r->run_s))
    err = refuse_field(t, SG_ERR_TYPE, t->column[OF_RUN], "is no duration", "durations are written D-HH:MM:SS");
  if (!err && r->run_s != INT64_MIN && r->run_s < 0)
    err = refuse_field(t, SG_ERR_RANGE, t->column[OF_RUN], "is a negative run time", NULL);
  if (err) return err;
  text_slice tres = field_of(t, OF_GPUS);
  if (tres.n == 0) tres = field_of(t, OF_GPUS_ASKED);
  if (!read_tres(tres, &r->gpus))
    return refuse_field(t, SG_ERR_TYPE, t->column[OF_GPUS], "names no number of GPUs", NULL);
  if (one_of(limit, "UNLIMITED", "Partition_Limit", "INVALID")) return SG_OK;
  if (t->limit_is_raw) {  // minutes
    err = read_whole(t, t->column[OF_LIMIT], &r->limit_s);
    r->limit_s = r->limit_s > OPERATIONS_MAX_TIME_S / 60 ? OPERATIONS_MAX_TIME_S : 60 * r->limit_s;
  } else if (!read_duration(limit, &r->limit_s)) {
    err = refuse_field(t, SG_ERR_TYPE, t->column[OF_LIMIT], "is no duration", "durations are written D-HH:MM:SS");
  }
  return err;
}

// Whether the line has its fields. sacct --parsable ends its lines in one more separator.
static sg_err check_fields(operations_trace *t) {
  const bool    swf = t->format == OPERATIONS_SWF;
  const int32_t wanted = swf ? SWF_FIELDS : t->n_head;
  const bool    good = swf ? t->n_field >= wanted
                           : t->n_field == wanted ||
                              (t->format == OPERATIONS_SACCT && t->n_field == wanted + 1 && t->field[wanted].n == 0);
  if (good) return SG_OK;
  char message[120];
  snprintf(message, sizeof message, "%d fields where there should be %d", (int)t->n_field, (int)wanted);
  return refuse(t, SG_ERR_SYNTAX, -1, t->whole ? NULL : "the file ends in the middle of a line: it may be cut short",
                message);
}

// FNV-1a 64, as of stream keys; 0 for nothing.
static uint64_t hash_of(text_slice s) {
  uint64_t h = 14695981039346656037u;
  for (size_t i = 0; i < s.n; i++) h = (h ^ (unsigned char)s.at[i]) * 1099511628211u;
  return s.n ? h : 0;
}

static sg_err fill_job(operations_trace *t, const row *r, operations_job *job) {
  const text_slice name = field_of(t, OF_NAME), priority = field_of(t, OF_PRIORITY);
  *job = (operations_job){.row = t->counts.rows - 1,
                          .submit_s = r->submit_s,
                          .run_s = r->run_s,
                          .limit_s = r->limit_s == INT64_MIN ? -1 : r->limit_s,
                          .recorded_start_s = r->start_s,
                          .gpus = (int32_t)r->gpus};
  const bool       swf = t->format == OPERATIONS_SWF;
  const text_slice id = swf ? t->field[0] : name, user = swf ? t->field[11] : field_of(t, OF_USER);
  if (!text_equal(user, "-1")) job->user = hash_of(user);
  if (id.n >= sizeof job->name)
    return refuse(t, SG_ERR_LIMIT, t->column[OF_NAME], NULL, "the name of the job is longer than 31 bytes");
  if (id.n) memcpy(job->name, id.at, id.n);
  else snprintf(job->name, sizeof job->name, "%lld", (long long)job->row);
  if (priority.n && !text_number(priority, &job->priority))
    return refuse_field(t, SG_ERR_TYPE, t->column[OF_PRIORITY], "is no number", NULL);
  return set_partition(t, swf ? t->field[15] : field_of(t, OF_PARTITION), job);
}

// One line. *kept: it is a job.
static sg_err read_row(operations_trace *t, operations_job *job, bool *kept) {
  row    r = {INT64_MIN, INT64_MIN, INT64_MIN, 0, INT64_MIN, false};
  sg_err err = SG_OK;
  if (t->format == OPERATIONS_SWF) split_blanks(t);
  else err = split(t);
  if (!err) err = check_fields(t);
  if (err) return err;
  switch (t->format) {
    case OPERATIONS_CSV: err = read_csv(t, &r); break;
    case OPERATIONS_SWF: err = read_swf(t, &r); break;
    case OPERATIONS_SACCT: err = read_sacct(t, &r); break;
  }
  if (err) return err;
  t->counts.rows++;
  t->counts.steps += r.is_step;
  if (r.is_step) return SG_OK;
  const int32_t of_submit = t->format == OPERATIONS_SWF ? 1 : t->column[OF_SUBMIT];
  if (r.submit_s < t->last_submit_s)
    return refuse_field(t, SG_ERR_RANGE, of_submit, "is before the submission of the line above",
                        "sort the rows by the time of submission");
  t->last_submit_s = r.submit_s;
  if (r.gpus > OPERATIONS_MAX_GPUS)
    return refuse(t, SG_ERR_RANGE, t->column[OF_GPUS], NULL, "more than 10 million GPUs");
  t->counts.no_run += r.run_s == INT64_MIN;
  t->counts.no_gpus += r.run_s != INT64_MIN && r.gpus < 1;
  if (r.run_s == INT64_MIN || r.gpus < 1) return SG_OK;
  if (r.limit_s != INT64_MIN && r.limit_s < 0)
    return refuse(t, SG_ERR_RANGE, t->column[OF_LIMIT], "leave the field empty where there is none",
                  "a negative walltime limit");
  t->counts.jobs++;
  t->counts.no_limit += r.limit_s == INT64_MIN;
  *kept = true;
  return fill_job(t, &r, job);
}

sg_err operations_trace_next(void *trace, operations_job *job, bool *more) {
  operations_trace *t = trace;
  for (bool kept = false; !kept;) {
    const sg_err err = next_line(t, more);
    if (err || !*more) return err;
    if (text_trim(t->text).n == 0 || (t->format == OPERATIONS_SWF && t->text.at[0] == ';')) continue;
    const sg_err bad = read_row(t, job, &kept);
    if (bad) return bad;
  }
  return SG_OK;
}

operations_format       operations_trace_format(const operations_trace *trace) { return trace->format; }
operations_trace_counts operations_trace_count(const operations_trace *trace) { return trace->counts; }
const char             *operations_trace_partition(const operations_trace *trace, int32_t i) {
              return i >= 0 && i < trace->n_partition ? trace->partition[i] : NULL;
}
