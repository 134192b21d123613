#define _POSIX_C_SOURCE 200809L
#define _DEFAULT_SOURCE  // sysconf(_SC_NPROCESSORS_ONLN), struct winsize
#include "commands.h"

#include <errno.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "../programme/spec.h"
#include "cases.h"
#include "files.h"
#include "packed.h"
#include "progress.h"

// ---- Terminal -------------------------------------------------------------------------------------------

static bool wants_colour(int fd) {
  const char *no = getenv("NO_COLOR"), *term = getenv("TERM");
  return isatty(fd) && !(no && no[0]) && !(term && !strcmp(term, "dumb"));
}

static int columns_of(int fd) {
  struct winsize w;
  if (!isatty(fd) || ioctl(fd, TIOCGWINSZ, &w) != 0 || !w.ws_col) return 80;
  return w.ws_col < 60 ? 60 : w.ws_col > 200 ? 200 : w.ws_col;
}

static sg_style style_of(int fd) {
  sg_style style = sg_style_default();
  style.colour = wants_colour(fd);
  style.width = columns_of(fd);
  return style;
}

int cli_complain(const char *message) {
  char text[600];
  int  n = snprintf(text, sizeof text, "stargate: %s\n", message);
  if (n > 0) (void)files_put(STDERR_FILENO, text, strlen(text));
  return EXIT_BAD;
}

static int complain_err(sg_err err) { return cli_complain(sg_err_meaning(err)); }

// All of stdout goes through here: a full disk or a closed pipe is an error like any other.
static int print(const char *at, size_t n, int status) {
  if (files_put(STDOUT_FILENO, at, n)) return status;
  if (errno == EPIPE) return EXIT_BAD;  // whoever read has gone: nothing to tell
  char why[200];
  snprintf(why, sizeof why, "standard output: %s", strerror(errno));
  return cli_complain(why);
}

static int print_text(sg_text *text, int status) {
  int result = print(text->at ? text->at : "", text->n, status);
  sg_text_free(text);
  return result;
}

int cli_usage(const cli_mistake *m) {
  const char *of = m->command == CLI_HELP ? "" : cli_command_word(m->command);
  char        text[700];
  snprintf(text, sizeof text, "%s%s%s\n  see `stargate help%s%s`", m->message, m->hint[0] ? "\n  " : "", m->hint,
           of[0] ? " " : "", of);
  return cli_complain(text);
}

// ---- Input ----------------------------------------------------------------------------------------------

static void show_findings(const sg_diags *diags) {
  int  colour = wants_colour(STDERR_FILENO);
  char small[2048], line[80];
  for (size_t i = 0; i < diags->n; i++) {
    size_t need = sg_diag_render(&diags->item[i], colour, small, sizeof small);
    char  *large = need < sizeof small ? NULL : malloc(need + 1);
    if (large) (void)sg_diag_render(&diags->item[i], colour, large, need + 1);
    const char *text = large ? large : small;
    (void)files_put(STDERR_FILENO, text, strlen(text));
    free(large);
  }
  if (!diags->n_more) return;
  int n = snprintf(line, sizeof line, "and %zu more\n", diags->n_more);
  if (n > 0) (void)files_put(STDERR_FILENO, line, (size_t)n);
}

// A programme and what its model leans on.
typedef struct loaded {
  files_text text;
  sg_diags  *diags;
  sg_model  *model;  // NULL: findings say why
  sg_err     err;
} loaded;

static void unload(loaded *in) {
  sg_model_free(in->model);
  free(in->diags);
  free(in->text.at);
}

const char *cli_shown_name(const char *path) { return strcmp(path, "-") ? path : "<stdin>"; }

// False: the file could not be read at all, and the user was told.
bool cli_read_yaml(const char *path, files_text *out) {
  char why[FILES_WHY];
  if (!files_read(path, SPEC_MAX_BYTES, out, why, NULL)) {
    cli_complain(why);
    return false;
  }
  if (out->n <= SPEC_MAX_BYTES) return true;
  // no more than that was read, so the library could not tell the size
  snprintf(why, sizeof why, "%.200s: is larger than %d MB, the most that a programme may have", cli_shown_name(path),
           SPEC_MAX_BYTES >> 20);
  cli_complain(why);
  return false;
}

static bool load(const cli_options *o, loaded *in) {
  *in = (loaded){.err = SG_OK};
  if (!cli_read_yaml(o->file, &in->text)) return false;
  in->diags = calloc(1, sizeof *in->diags);
  if (!in->diags) {
    complain_err(SG_ERR_MEMORY);
    return false;
  }
  sg_input input = {cli_shown_name(o->file), in->text.at, in->text.n};
  in->err = sg_model_load(&input, o->set, o->n_set, in->diags, &in->model);
  show_findings(in->diags);
  if (in->err && !in->diags->n) complain_err(in->err);
  return true;
}

// Whether all outputs that were asked for can be written: said before a long run, not after it.
static bool may_write(const cli_options *o) {
  char why[FILES_WHY];
  bool json = !o->json || !strcmp(o->json, "-") || files_may_write(o->json, why);
  if (json && (!o->journal || files_may_write(o->journal, why)) && (!o->xlsx || files_may_write(o->xlsx, why)) &&
      (!o->html || !strcmp(o->html, "-") || files_may_write(o->html, why)) &&
      (!o->starts || files_may_write(o->starts, why)) && (!o->hourly || files_may_write(o->hourly, why)))
    return true;
  cli_complain(why);
  return false;
}

// A text to where it was asked for: PATH, or stdout for "-".
static int put_file(const char *path, sg_err err, sg_text *text, int status) {
  char why[FILES_WHY];
  if (err) {
    sg_text_free(text);
    return complain_err(err);
  }
  if (!strcmp(path, "-")) return print_text(text, status);
  bool fine = files_write(path, text->at, text->n, why);
  sg_text_free(text);
  return fine ? status : cli_complain(why);
}

static int put_json(const cli_options *o, sg_err err, sg_text *json, int status) {
  return put_file(o->json, err, json, status);
}

static bool is_stdout(const char *path) { return path && !strcmp(path, "-"); }

// Whether stdout takes a file, so that nothing for people goes there.
static bool json_alone(const cli_options *o) { return is_stdout(o->json) || is_stdout(o->html); }

// The worse of two: bad output outweighs everything, an interrupt outweighs findings.
static int worse(int a, int b) {
  if (a == EXIT_BAD || b == EXIT_BAD) return EXIT_BAD;
  return a > b ? a : b;
}

int cli_processors(int most) {
  long n = sysconf(_SC_NPROCESSORS_ONLN);
  return n < 1 ? 1 : n > most ? most : (int)n;
}

// ---- run ------------------------------------------------------------------------------------------------

// Set by Ctrl-C while scenarios run. The one global: a signal handler can reach nothing else.
static volatile sig_atomic_t stop_asked;

static void ask_to_stop(int number) {
  (void)number;
  stop_asked = 1;
}

// Ctrl-C asks once; the next one ends the program as usual. Where it was ignored (a job in the background) it stays so.
static sg_err run_watched(const cli_options *o, const sg_model *model, sg_result **result, double *elapsed_s) {
  struct sigaction ask = {.sa_handler = ask_to_stop, .sa_flags = (int)SA_RESETHAND}, before;
  cli_progress     progress = {
          .show = isatty(STDERR_FILENO), .width = columns_of(STDERR_FILENO), .start_s = cli_now_s(), .stop = &stop_asked};
  sg_run_opts opts = sg_run_opts_default();
  opts.seed = o->seed;
  opts.scenarios = o->scenarios;
  opts.without = o->without;
  opts.threads = o->threads ? o->threads : cli_processors(256);
  opts.progress = cli_progress_tick;
  opts.user = &progress;
  stop_asked = 0;
  sigemptyset(&ask.sa_mask);
  if (sigaction(SIGINT, NULL, &before) != 0 || before.sa_handler != SIG_IGN) (void)sigaction(SIGINT, &ask, &before);
  sg_err err = sg_run(model, &opts, result);
  (void)sigaction(SIGINT, &before, NULL);
  cli_progress_clear(&progress);
  *elapsed_s = cli_now_s() - progress.start_s;
  return err;
}

// The summary with the time that the run took at the end of its first line: the library knows no clock.
static int print_summary(const sg_result *result, double elapsed_s, int status) {
  sg_text     text = {0};
  text_buffer b = {0};
  char        took[40];
  sg_err      err = sg_result_summary(result, style_of(STDOUT_FILENO), &text);
  if (!err) {
    const char *end = memchr(text.at, '\n', text.n);
    size_t      head = end ? (size_t)(end - text.at) : text.n;
    cli_duration(elapsed_s, took, sizeof took);
    text_add(&b, text.at, head);
    text_addf(&b, " | %s", took);
    text_add(&b, text.at + head, text.n - head);
  }
  sg_text_free(&text);
  int result_status = err || b.failed ? complain_err(err ? err : SG_ERR_MEMORY) : print(b.at, b.n, status);
  text_buffer_free(&b);
  return result_status;
}

static int run_ensemble(const cli_options *o, const sg_model *model) {
  sg_result *result = NULL;
  double     elapsed_s = 0;
  sg_err     err = run_watched(o, model, &result, &elapsed_s);
  int        status = err == SG_ERR_CANCELLED ? EXIT_INTERRUPTED : EXIT_FINE;
  if (err && !(err == SG_ERR_CANCELLED && result)) {
    sg_result_free(result);
    return err == SG_ERR_CANCELLED ? EXIT_INTERRUPTED : complain_err(err);
  }
  if (!json_alone(o)) status = print_summary(result, elapsed_s, status);
  if (o->json) {
    sg_text json = {0};
    sg_err  wrong = sg_result_json(result, &json);
    status = worse(put_json(o, wrong, &json, status), status);
  }
  if (o->html) {
    sg_text html = {0};
    sg_err  wrong = sg_result_html(result, &html);
    status = worse(put_file(o->html, wrong, &html, status), status);
  }
  if (err == SG_ERR_CANCELLED) cli_complain("interrupted: what was done until then is shown");
  sg_result_free(result);
  return status;
}

static int run_one(const cli_options *o, const sg_model *model) {
  int     status = EXIT_FINE;
  sg_text text = {0};
  if (!json_alone(o)) {
    sg_err err = sg_scenario_trace(model, o->seed, o->scenario, style_of(STDOUT_FILENO), &text);
    status = err ? complain_err(err) : print_text(&text, EXIT_FINE);
  }
  if (o->json && status == EXIT_FINE) {
    sg_text json = {0};
    sg_err  err = sg_scenario_json(model, o->seed, o->scenario, &json);
    status = put_json(o, err, &json, status);
  }
  return status;
}

int cli_run(const cli_options *o) {
  loaded in;
  int    status = EXIT_BAD;
  if (!may_write(o)) return EXIT_BAD;
  if (load(o, &in) && in.model) status = o->one ? run_one(o, in.model) : run_ensemble(o, in.model);
  unload(&in);
  return status;
}

// ---- capital --------------------------------------------------------------------------------------------

static int write_capital(const cli_options *o, const sg_capital *capital) {
  int               status = EXIT_FINE;
  sg_text           text = {0};
  sg_journal_syntax syntax;
  if (o->journal && cli_journal_syntax(o->journal, &syntax)) {
    sg_err err = sg_capital_journal(capital, syntax, &text);
    status = put_file(o->journal, err, &text, status);
  }
  if (o->xlsx && status == EXIT_FINE) {
    sg_err err = sg_capital_xlsx(capital, o->xlsx);
    if (err == SG_ERR_RANGE)
      status =
          cli_complain("no campus of this programme has loans or outside owners: there is nothing to make a workbook of");
    else if (err) status = complain_err(err);
  }
  if (!json_alone(o) && status == EXIT_FINE) {
    sg_err err = sg_capital_text(capital, style_of(STDOUT_FILENO), &text);
    status = put_file("-", err, &text, status);
  }
  if (o->json && status == EXIT_FINE) {
    sg_err err = sg_capital_json(capital, &text);
    status = put_json(o, err, &text, status);
  }
  return status;
}

int cli_capital(const cli_options *o) {
  loaded in;
  int    status = EXIT_BAD;
  if (!may_write(o)) return EXIT_BAD;
  if (load(o, &in) && in.model) {
    sg_capital *capital = NULL;
    sg_err      err = sg_capital_run(in.model, o->seed, o->one ? (int64_t)o->scenario : -1, &capital);
    status = err ? complain_err(err) : write_capital(o, capital);
    sg_capital_free(capital);
  }
  unload(&in);
  return status;
}

// ---- power ----------------------------------------------------------------------------------------------

static int write_power(const cli_options *o, const sg_power *power) {
  int     status = EXIT_FINE;
  sg_text text = {0};
  if (o->hourly) {
    sg_err err = sg_power_hourly(power, &text);
    status = put_file(o->hourly, err, &text, status);
  }
  if (!json_alone(o) && status == EXIT_FINE) {
    sg_err err = sg_power_text(power, style_of(STDOUT_FILENO), &text);
    status = put_file("-", err, &text, status);
  }
  if (o->json && status == EXIT_FINE) {
    sg_err err = sg_power_json(power, &text);
    status = put_json(o, err, &text, status);
  }
  return status;
}

int cli_power(const cli_options *o) {
  loaded    in;
  int       status = EXIT_BAD;
  sg_diags *diags = calloc(1, sizeof *diags);
  if (!may_write(o)) return free(diags), EXIT_BAD;
  if (load(o, &in) && in.model && diags) {
    sg_power_opts opts = {.campus = o->campus, .year = o->year, .price_year = o->price_year, .prices_drawn = o->drawn, .price_seed = o->seed, .it_mw = o->it_mw, .optimise = o->optimise};
    sg_power     *power = NULL;
    sg_err        err = sg_power_run(in.model, &opts, diags, &power);
    show_findings(diags);
    if (err && !diags->n) complain_err(err);
    if (!err) status = write_power(o, power);
    sg_power_free(power);
  }
  unload(&in);
  free(diags);
  return status;
}

// ---- train ----------------------------------------------------------------------------------------------

static int write_training(const cli_options *o, const sg_training *training) {
  int     status = EXIT_FINE;
  sg_text text = {0};
  if (!json_alone(o)) {
    sg_err err = o->emit ? sg_training_emit(training, o->emit, &text)
                         : sg_training_text(training, style_of(STDOUT_FILENO), &text);
    status = put_file("-", err, &text, status);
  }
  if (o->json && status == EXIT_FINE) {
    sg_err err = sg_training_json(training, &text);
    status = put_json(o, err, &text, status);
  }
  return status;
}

static int train(const cli_options *o, const sg_input *file) {
  sg_training  *training = NULL;
  sg_train_opts opts = {.top = o->top, .threads = cli_processors(64)};
  sg_diags     *diags = calloc(1, sizeof *diags);
  if (!diags) return complain_err(SG_ERR_MEMORY);
  sg_err err = sg_train(file, o->set, o->n_set, &opts, diags, &training);
  show_findings(diags);
  if (err && !diags->n) complain_err(err);
  int status = err ? EXIT_BAD : write_training(o, training);
  sg_training_free(training);
  free(diags);
  return status;
}

int cli_train(const cli_options *o) {
  sg_text text = {0};
  if (o->list) {
    sg_err err = sg_train_list(o->list, style_of(STDOUT_FILENO), &text);
    return err ? complain_err(err) : print_text(&text, EXIT_FINE);
  }
  if (!may_write(o)) return EXIT_BAD;
  if (!o->file) return train(o, NULL);
  files_text in = {0};
  char       path[4096];
  snprintf(path, sizeof path, "%.*s", (int)cli_model_path(o->file), o->file);
  if (!cli_read_yaml(path, &in)) return EXIT_BAD;
  sg_input file = {cli_shown_name(path), in.at, in.n};
  int      status = train(o, &file);
  free(in.at);
  return status;
}

// ---- cluster --------------------------------------------------------------------------------------------

enum { CAPS_MAX_BYTES = 64 << 20 };

static int put_piece(void *user, const char *at, size_t n) {
  const files_output *file = user;
  return files_put(file->descriptor, at, n);
}

// The machine as files of Slurm's, each whole or not at all.
static int write_slurm(const cli_options *o, const sg_cluster *cluster, int status) {
  static const char *const name[] = {"slurm.conf", "gres.conf", "topology.conf", "topology-block.conf"};
  char                     path[4096];
  for (size_t i = 0; i < sizeof name / sizeof name[0] && status == EXIT_FINE; i++) {
    sg_text text = {0};
    snprintf(path, sizeof path, "%.4000s/%s", o->folder, name[i]);
    sg_err err = sg_cluster_emit(cluster, name[i], &text);
    status = put_file(path, err, &text, status);
  }
  return status;
}

static int write_cluster(const cli_options *o, const sg_cluster *cluster) {
  int     status = EXIT_FINE;
  sg_text text = {0};
  if (o->folder) status = write_slurm(o, cluster, status);
  if (!json_alone(o) && status == EXIT_FINE) {
    sg_err err = sg_cluster_text(cluster, style_of(STDOUT_FILENO), &text);
    status = put_file("-", err, &text, status);
  }
  if (o->json && status == EXIT_FINE) {
    sg_err err = sg_cluster_json(cluster, &text);
    status = put_json(o, err, &text, status);
  }
  return status;
}

// Replays the trace; the list of starts is kept only when all of it stands there.
static sg_err replay(const cli_options *o, packed *trace, sg_diags *diags, sg_cluster **cluster, int *status) {
  files_output starts;
  files_text   text = {0};
  char         why[FILES_WHY];
  if ((o->caps && !files_read(o->caps, CAPS_MAX_BYTES, &text, why, NULL)) ||
      (o->starts && !files_begin(o->starts, &starts, why))) {
    free(text.at);
    *status = cli_complain(why);
    return SG_OK;
  }
  const sg_input        caps = {o->caps ? cli_shown_name(o->caps) : NULL, text.at, text.n};
  const sg_cluster_opts opts = {o->seed, o->caps ? &caps : NULL, o->starts ? put_piece : NULL, &starts};
  sg_err                err =
      sg_cluster_replay(cli_shown_name(o->file), packed_read, trace, o->set, o->n_set, &opts, diags, cluster);
  free(text.at);
  if (o->starts && !files_end(&starts, !err, why)) *status = cli_complain(why);
  return err;
}

// Prints a trace, drawn like the one that is named.
static int generate(const cli_options *o, sg_diags *diags) {
  char    why[FILES_WHY];
  packed *trace = o->file ? packed_open(o->file, why) : NULL;
  if (o->file && !trace) return cli_complain(why);
  files_output out = {.descriptor = STDOUT_FILENO};
  sg_err       err = sg_cluster_generate(o->file ? cli_shown_name(o->file) : NULL, trace ? packed_read : NULL, trace, o->set,
                                         o->n_set, o->seed, put_piece, &out, diags);
  packed_close(trace);
  if (err == SG_ERR_IO && errno == EPIPE) return EXIT_BAD;  // whoever read has gone: nothing to tell
  show_findings(diags);
  return err ? EXIT_BAD : EXIT_FINE;
}

static sg_err run_cluster(const cli_options *o, sg_diags *diags, sg_cluster **cluster, int *status) {
  char why[FILES_WHY];
  if (o->goodput) return sg_cluster_goodput(o->set, o->n_set, o->seed, diags, cluster);
  if (!o->file) return sg_cluster_machine(o->set, o->n_set, diags, cluster);
  packed *trace = packed_open(o->file, why);
  if (!trace) {
    *status = cli_complain(why);
    return SG_OK;
  }
  sg_err err = replay(o, trace, diags, cluster, status);
  packed_close(trace);
  return err;
}

int cli_cluster(const cli_options *o) {
  sg_cluster *cluster = NULL;
  int         status = EXIT_FINE;
  if (!may_write(o)) return EXIT_BAD;
  sg_diags *diags = calloc(1, sizeof *diags);
  if (!diags) return complain_err(SG_ERR_MEMORY);
  if (o->generate) {
    status = generate(o, diags);
    free(diags);
    return status;
  }
  sg_err err = run_cluster(o, diags, &cluster, &status);
  show_findings(diags);
  if (err) status = diags->n ? EXIT_BAD : complain_err(err);
  else if (status == EXIT_FINE) status = write_cluster(o, cluster);
  sg_cluster_free(cluster);
  free(diags);
  return status;
}

// ---- check ----------------------------------------------------------------------------------------------

int cli_check(const cli_options *o) {
  loaded  in;
  sg_text text = {0};
  int     n = 0, status = EXIT_BAD;
  if (!load(o, &in)) {
    unload(&in);
    return EXIT_BAD;
  }
  sg_err err = in.model ? sg_check(in.model, style_of(STDOUT_FILENO), &text, &n) : in.err;
  if (in.model) status = err ? complain_err(err) : n ? EXIT_FOUND : EXIT_FINE;
  if (o->json) {
    sg_text json = {0};
    sg_err  wrong = sg_check_json(in.model, in.diags, &json);
    status = worse(status, put_json(o, wrong, &json, status));
  } else if (in.model && !err) {
    status = print(text.at ? text.at : "", text.n, status);
  }
  sg_text_free(&text);
  unload(&in);
  return status;
}

// ---- validate -------------------------------------------------------------------------------------------

static int put_validation(const cli_options *o, sg_text *summary, sg_text *json, bool met) {
  int status = met ? EXIT_FINE : EXIT_FOUND;
  if (!json_alone(o)) status = print(summary->at ? summary->at : "", summary->n, status);
  return o->json ? worse(status, put_json(o, SG_OK, json, status)) : status;
}

static int validate(const cli_options *o, const cases_domain *domain, cases *all, sg_diags *diags) {
  char    why[FILES_WHY];
  sg_text summary = {0}, json = {0};
  int     met = 0;
  if (!cases_read(domain, o->cases ? o->cases : domain->folder, all, why)) return cli_complain(why);
  sg_err err =
      sg_validate(domain->word, all->file, all->n, o->seed, diags, style_of(STDOUT_FILENO), &summary, &json, &met);
  show_findings(diags);
  if (err && !diags->n) complain_err(err);
  int status = err ? EXIT_BAD : put_validation(o, &summary, &json, met);
  sg_text_free(&summary);
  sg_text_free(&json);
  return status;
}

int cli_validate(const cli_options *o) {
  const cases_domain *domain = cases_named(o->file ? o->file : "build");
  if (!may_write(o)) return EXIT_BAD;
  cases    *all = calloc(1, sizeof *all);
  sg_diags *diags = calloc(1, sizeof *diags);
  int       status = all && diags ? validate(o, domain, all, diags) : complain_err(SG_ERR_MEMORY);
  if (all) cases_free(all);
  free(all);
  free(diags);
  return status;
}

// ---- explain, schema, help ------------------------------------------------------------------------------

int cli_explain(const cli_options *o) {
  sg_text text = {0};
  sg_err  err = sg_explain(o->file, style_of(STDOUT_FILENO), &text);
  if (!err) return print_text(&text, EXIT_FINE);
  // The library says what is wrong with the path; that is a diagnostic.
  if (text.n) (void)files_put(STDERR_FILENO, text.at, text.n);
  else complain_err(err);
  sg_text_free(&text);
  return EXIT_BAD;
}

int cli_schema(const cli_options *o) {
  (void)o;
  sg_text text = {0};
  sg_err  err = sg_schema(&text);
  return err ? complain_err(err) : print_text(&text, EXIT_FINE);
}

int cli_show_help(const cli_options *o) {
  text_buffer b = {0};
  cli_command about = CLI_HELP;
  for (int k = 0; o->file && k < CLI_COMMANDS; k++)
    if (!strcmp(o->file, cli_command_word((cli_command)k))) about = (cli_command)k;
  cli_help(about, &b);
  int status = b.failed ? complain_err(SG_ERR_MEMORY) : print(b.at, b.n, EXIT_FINE);
  text_buffer_free(&b);
  return status;
}

int cli_show_version(const cli_options *o) {
  (void)o;
  static const char text[] = "stargate " SG_VERSION "\n";
  return print(text, sizeof text - 1, EXIT_FINE);
}
