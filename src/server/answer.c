#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE  // mkdtemp
#include "answer.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "../base/json.h"
#include "../report/html.h"
#include "folder.h"

static const char json_type[] = "application/json";

// ---- Answers of every kind ------------------------------------------------------------------------------

static server_answer no_memory(void) {
  static const char text[] = "{\"error\":\"out of memory\",\"hint\":null}\n";
  return (server_answer){.status = 503, .type = json_type, .at = text, .n = sizeof text - 1};
}

// Hands the buffer over.
static server_answer own(int status, const char *type, text_buffer *b) {
  if (b->failed) {
    text_buffer_free(b);
    return no_memory();
  }
  return (server_answer){.status = status, .type = type, .at = b->at ? b->at : "", .n = b->n, .own = *b};
}

// The same of a text of the library's, which is made of malloc too.
static server_answer own_text(int status, const char *type, sg_err err, sg_text *text) {
  if (err == SG_ERR_MEMORY) return no_memory();
  text_buffer b = {.at = text->at, .n = text->n, .capacity = text->n + 1};
  return own(status, type, &b);
}

server_answer server_answer_error(int status, const char *error, const char *hint) {
  text_buffer b = {0};
  json_writer w = json_begin(&b, 0);
  json_object(&w);
  json_key(&w, "error");
  json_string(&w, error);
  json_key(&w, "hint");
  json_string(&w, hint);
  json_end(&w);
  (void)json_finish(&w);
  return own(status, json_type, &b);
}

server_answer server_answer_refusal(const request_verdict *v) {
  server_answer a = server_answer_error(v->status, v->error, v->hint);
  a.allow = v->allow;
  return a;
}

void server_answer_free(server_site *site, server_answer *a) {
  text_buffer_free(&a->own);
  if (a->document) runs_document_release(site->runs, a->document);
  *a = (server_answer){0};
}

static const char *reason(int status) {
  static const struct {
    int         status;
    const char *words;
  } rows[] = {
      {200, "OK"                    },
      {202, "Accepted"              },
      {204, "No Content"            },
      {400, "Bad Request"           },
      {401, "Unauthorized"          },
      {403, "Forbidden"             },
      {404, "Not Found"             },
      {405, "Method Not Allowed"    },
      {408, "Request Timeout"       },
      {411, "Length Required"       },
      {413, "Content Too Large"     },
      {414, "URI Too Long"          },
      {415, "Unsupported Media Type"},
      {421, "Misdirected Request"   },
      {422, "Unprocessable Content" },
      {429, "Too Many Requests"     },
      {503, "Service Unavailable"   },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++)
    if (rows[i].status == status) return rows[i].words;
  return "Error";
}

void server_answer_head(const server_answer *a, long long n, text_buffer *out) {
  text_addf(out, "HTTP/1.1 %d %s\r\n", a->status, reason(a->status));
  if (a->status != 204) text_addf(out, "Content-Type: %s\r\n", a->type);
  if (n >= 0 && a->status != 204) text_addf(out, "Content-Length: %lld\r\n", n);
  if (a->allow) text_addf(out, "Allow: %s\r\n", a->allow);
  if (a->file) text_addf(out, "Content-Disposition: attachment; filename=\"%s\"\r\n", a->file);
  text_puts(out,
            "Connection: close\r\n"
            "Cache-Control: no-store\r\n"
            "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
            "connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'\r\n"
            "X-Content-Type-Options: nosniff\r\n"
            "Referrer-Policy: no-referrer\r\n"
            "Cross-Origin-Opener-Policy: same-origin\r\n"
            "Cross-Origin-Resource-Policy: same-origin\r\n\r\n");
}

// ---- Work that takes a while ----------------------------------------------------------------------------

// Loading takes a tenth of a second and tens of megabytes: so many at once as there are processors, the others wait.
static bool heavy_begin(server_site *site) {
  struct timespec until;
  clock_gettime(CLOCK_REALTIME, &until);
  until.tv_sec += 15;
  while (sem_timedwait(&site->heavy, &until))
    if (errno != EINTR) return false;
  return true;
}

static void heavy_end(server_site *site) { sem_post(&site->heavy); }

static server_answer busy(void) { return server_answer_error(503, "the server is busy", "try again in a moment"); }

// Most programmes differ little from the one before.
static sg_err load(server_site *site, const order *o, sg_diags *diags, sg_model **model) {
  sg_input input = {site->name ? site->name : "programme.yaml", o->yaml, o->n_yaml};
  run     *last = runs_last(site->runs);
  sg_err   err = sg_model_load_like(&input, o->set, o->n_set, last ? run_model(last) : NULL, diags, model);
  runs_release(site->runs, last);
  return err;
}

// Loads what the body tells and gives it to `then`.
typedef server_answer order_fn(server_site *site, order *o, sg_diags *diags);

static server_answer with_order(server_site *site, const char *body, size_t n, order_fn *then) {
  order         o;
  const char   *error = NULL, *hint = NULL;
  sg_diags     *diags = calloc(1, sizeof *diags);
  server_answer a;
  if (!order_read(body, n, &o, &error, &hint)) a = server_answer_error(400, error, hint);
  else if (!diags) a = no_memory();
  else a = then(site, &o, diags);
  order_free(&o);
  free(diags);
  return a;
}

// ---- What there is --------------------------------------------------------------------------------------

static server_answer answer_asset(const char *name) {
  const unsigned char *at;
  server_answer        a = {.status = 200};
  if (!report_asset(name, &at, &a.n, &a.type))
    return server_answer_error(404, "this program was built without its page", NULL);
  a.at = (const char *)at;
  return a;
}

static server_answer answer_programme(const server_site *site) {
  text_buffer b = {0};
  json_writer w = json_begin(&b, 0);
  json_object(&w);
  json_key(&w, "name");
  json_string(&w, site->name);
  json_key(&w, "yaml");
  json_text(&w, (text_slice){site->yaml, site->n_yaml});
  json_key(&w, "version");
  json_string(&w, SG_VERSION);
  json_key(&w, "threads");
  json_int(&w, site->threads);
  json_key(&w, "limits");
  json_object(&w);
  json_key(&w, "body_bytes");
  json_int(&w, REQUEST_BODY_MAX);
  json_key(&w, "scenarios");
  json_int(&w, ORDER_SCENARIOS_MAX);
  json_end(&w);
  json_key(&w, "out");
  json_bool(&w, site->folder >= 0);
  json_end(&w);
  if (!json_finish(&w)) b.failed = true;
  return own(200, json_type, &b);
}

static server_answer answer_schema(void) {
  sg_text text = {0};
  sg_err  err = sg_schema(&text);
  return own_text(200, json_type, err, &text);
}

static server_answer answer_check(server_site *site, order *o, sg_diags *diags) {
  sg_model *model = NULL;
  sg_text   text = {0};
  if (!heavy_begin(site)) return busy();
  (void)load(site, o, diags, &model);  // what is wrong stands in diags
  sg_err err = sg_check_json(model, diags, &text);
  sg_model_free(model);
  heavy_end(site);
  return own_text(200, json_type, err, &text);
}

// ---- Runs -----------------------------------------------------------------------------------------------

static server_answer begin(server_site *site, run *r, order *o, sg_diags *diags) {
  sg_model *model = NULL;
  sg_text   text = {0};
  sg_err    err = load(site, o, diags, &model);
  if (err) {
    runs_abandon(site->runs, r);
    err = sg_check_json(NULL, diags, &text);
    return own_text(422, json_type, err, &text);
  }
  if (!runs_begin(site->runs, r, o, model)) {
    sg_model_free(model);
    runs_abandon(site->runs, r);
    return server_answer_error(503, "the run was cancelled before it began", NULL);
  }
  text_buffer b = {0};
  text_addf(&b, "{\"id\":%llu}\n", (unsigned long long)run_id(r));
  runs_release(site->runs, r);
  return own(202, json_type, &b);
}

static server_answer answer_start(server_site *site, order *o, sg_diags *diags) {
  run *r = runs_reserve(site->runs, o->page);
  if (!r) return server_answer_error(429, "too many runs at once", "cancel one, or wait until one has ended");
  if (!heavy_begin(site)) {
    runs_abandon(site->runs, r);
    return busy();
  }
  server_answer a = begin(site, r, o, diags);
  heavy_end(site);
  return a;
}

static server_answer no_run(void) {
  return server_answer_error(404, "there is no such run", "it may have been forgotten: only the last few are kept");
}

static server_answer answer_cancel(server_site *site, uint64_t id) {
  run *r = runs_find(site->runs, id);
  if (!r) return no_run();
  runs_cancel(site->runs, r);
  runs_release(site->runs, r);
  return (server_answer){.status = 204, .type = json_type, .at = ""};
}

// ---- Files of a run -------------------------------------------------------------------------------------

static server_answer file_json(server_site *site, run *r) {
  server_answer a = {.status = 200, .type = json_type, .document = runs_newest(site->runs, r)};
  if (!a.document) return server_answer_error(404, "the run has no result yet", "wait for its first event");
  a.at = runs_document_text(a.document, &a.n);
  return a;
}

static server_answer file_report(server_site *site, run *r) {
  sg_text          text = {0};
  const sg_result *result = runs_result(site->runs, r);
  if (!result) return server_answer_error(404, "the run has not ended", "wait for its last event, or cancel it");
  sg_err err = sg_result_html(result, &text);
  return own_text(200, request_files[FILE_REPORT].type, err, &text);
}

// The text as it was sent; overrides are no part of it, so that they stand on top as comments.
static server_answer file_programme(run *r) {
  text_buffer  b = {0};
  const order *o = run_order(r);
  for (size_t i = 0; i < o->n_set; i++) text_addf(&b, "# --set %s=%s\n", o->set[i].path, o->set[i].value);
  text_add(&b, o->yaml, o->n_yaml);
  return own(200, request_files[FILE_PROGRAMME].type, &b);
}

static void read_whole(const char *path, text_buffer *out) {
  char  piece[1 << 16];
  FILE *f = fopen(path, "rbe");
  if (!f) out->failed = true;
  for (size_t n; f && (n = fread(piece, 1, sizeof piece, f)) > 0;) text_add(out, piece, n);
  if (f && (ferror(f) | fclose(f))) out->failed = true;
}

// The library writes workbooks to a path: here in a folder that nobody else can look into, gone before the answer is sent.
static sg_err workbook(const sg_capital *capital, text_buffer *out) {
  char folder[] = "/tmp/stargate-XXXXXX", path[sizeof folder + 16];
  if (!mkdtemp(folder)) return SG_ERR_IO;
  snprintf(path, sizeof path, "%s/workbook.xlsx", folder);
  sg_err err = sg_capital_xlsx(capital, path);
  if (!err) read_whole(path, out);
  (void)unlink(path);
  (void)rmdir(folder);
  return err;
}

static server_answer file_books(const run *r, request_file file) {
  sg_capital   *capital = NULL;
  sg_text       text = {0};
  text_buffer   b = {0};
  server_answer a;
  sg_err        err = sg_capital_run(run_model(r), run_order(r)->seed, -1, &capital);
  if (!err && file == FILE_JOURNAL) err = sg_capital_journal(capital, SG_JOURNAL_HLEDGER, &text);
  if (!err && file == FILE_WORKBOOK) err = workbook(capital, &b);
  sg_capital_free(capital);
  if (!err)
    return file == FILE_JOURNAL ? own_text(200, request_files[file].type, err, &text)
                                : own(200, request_files[file].type, &b);
  text_buffer_free(&b);
  if (err == SG_ERR_RANGE && file == FILE_WORKBOOK)
    a = server_answer_error(404, "there is nothing to make a workbook of",
                            "no campus of this programme has loans or outside owners");
  else a = err == SG_ERR_MEMORY ? no_memory() : server_answer_error(503, sg_err_meaning(err), NULL);
  return a;
}

static server_answer file_of(server_site *site, run *r, request_file file) {
  switch (file) {
    case FILE_JSON: return file_json(site, r);
    case FILE_REPORT: return file_report(site, r);
    case FILE_PROGRAMME: return file_programme(r);
    case FILE_WORKBOOK:
    case FILE_JOURNAL:
    case REQUEST_FILES: break;
  }
  return file_books(r, file);
}

static server_answer answer_file(server_site *site, uint64_t id, request_file file) {
  run *r = runs_find(site->runs, id);
  if (!r) return no_run();
  bool          fine = heavy_begin(site);
  server_answer a = fine ? file_of(site, r, file) : busy();
  if (fine) heavy_end(site);
  if (a.status == 200) a.file = request_files[file].name;
  runs_release(site->runs, r);
  return a;
}

static server_answer answer_save(server_site *site, const char *body, size_t n) {
  order_save  what;
  const char *error = NULL, *hint = NULL;
  char        written[FOLDER_NAME], why[FOLDER_WHY];
  text_buffer b = {0};
  if (site->folder < 0)
    return server_answer_error(403, "there is no folder to save in", "start the server with --out DIR, or download it");
  if (!order_read_save(body, n, &what, &error, &hint)) return server_answer_error(400, error, hint);
  server_answer a = answer_file(site, what.run, what.file);
  if (a.status != 200) return a;
  size_t bytes = a.n;
  bool   fine = folder_write(site->folder, request_files[what.file].name, a.at, a.n, written, why);
  server_answer_free(site, &a);
  if (!fine) return server_answer_error(503, why, "the folder of --out could not take the file");
  text_addf(&b, "{\"file\":\"%s\",\"bytes\":%zu}\n", written, bytes);
  return own(200, json_type, &b);
}

server_answer server_answer_to(server_site *site, const request_verdict *v, const char *body, size_t n) {
  switch (v->route) {
    case ROUTE_ASSET: return answer_asset(v->asset);
    case ROUTE_PROGRAMME: return answer_programme(site);
    case ROUTE_SCHEMA: return answer_schema();
    case ROUTE_CHECK: return with_order(site, body, n, answer_check);
    case ROUTE_START: return with_order(site, body, n, answer_start);
    case ROUTE_CANCEL: return answer_cancel(site, v->run);
    case ROUTE_FILE: return answer_file(site, v->run, v->file);
    case ROUTE_SAVE: return answer_save(site, body, n);
    case ROUTE_EVENTS: break;
  }
  return no_run();
}

// ---- Events ---------------------------------------------------------------------------------------------

void server_event_text(const run_event *e, text_buffer *out) {
  switch (e->kind) {
    case RUN_QUIET: text_puts(out, ": waiting\n\n"); break;
    case RUN_RESULT: text_puts(out, "event: result\ndata: "); break;
    case RUN_CANCELLED: text_puts(out, "event: cancelled\ndata: {}\n\n"); break;
    case RUN_FAILED: text_addf(out, "event: failed\ndata: {\"message\":\"%s\"}\n\n", sg_err_meaning(e->err)); break;
    case RUN_PROGRESS:
      text_addf(out, "event: progress\ndata: {\"done\":%u,\"total\":%u}\n\n", e->done, e->total);
      break;
    case RUN_DONE:
      text_addf(out, "event: done\ndata: {\"scenarios\":%u,\"seconds\":", e->total);
      text_add_number(out, e->took_s, 4);
      text_puts(out, "}\n\n");
      break;
  }
}
