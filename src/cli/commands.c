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
#include "files.h"
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

static int complain(const char *message) {
  char text[600];
  int  n = snprintf(text, sizeof text, "stargate: %s\n", message);
  if (n > 0) (void)files_put(STDERR_FILENO, text, strlen(text));
  return EXIT_BAD;
}

static int complain_err(sg_err err) { return complain(sg_err_meaning(err)); }

// All of stdout goes through here: a full disk or a closed pipe is an error like any other.
static int print(const char *at, size_t n, int status) {
  if (files_put(STDOUT_FILENO, at, n)) return status;
  if (errno == EPIPE) return EXIT_BAD;  // whoever read has gone: nothing to tell
  char why[200];
  snprintf(why, sizeof why, "standard output: %s", strerror(errno));
  return complain(why);
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
  return complain(text);
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

static const char *shown_name(const cli_options *o) { return strcmp(o->file, "-") ? o->file : "<stdin>"; }

// False: the file could not be read at all, and the user was told.
static bool load(const cli_options *o, loaded *in) {
  char why[FILES_WHY];
  *in = (loaded){.err = SG_OK};
  if (!files_read(o->file, SPEC_MAX_BYTES, &in->text, why, NULL)) {
    complain(why);
    return false;
  }
  if (in->text.n > SPEC_MAX_BYTES) {  // no more than that was read, so the library could not tell the size
    snprintf(why, sizeof why, "%.200s: is larger than %d MB, the most that a programme may have", shown_name(o),
             SPEC_MAX_BYTES >> 20);
    complain(why);
    return false;
  }
  in->diags = calloc(1, sizeof *in->diags);
  if (!in->diags) {
    complain_err(SG_ERR_MEMORY);
    return false;
  }
  sg_input input = {shown_name(o), in->text.at, in->text.n};
  in->err = sg_model_load(&input, o->set, o->n_set, in->diags, &in->model);
  show_findings(in->diags);
  if (in->err && !in->diags->n) complain_err(in->err);
  return true;
}

// Whether all outputs that were asked for can be written: said before a long run, not after it.
static bool may_write(const cli_options *o) {
  char why[FILES_WHY];
  bool json = !o->json || !strcmp(o->json, "-") || files_may_write(o->json, why);
  if (json && (!o->journal || files_may_write(o->journal, why)) && (!o->xlsx || files_may_write(o->xlsx, why))) return true;
  complain(why);
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
  return fine ? status : complain(why);
}

static int put_json(const cli_options *o, sg_err err, sg_text *json, int status) {
  return put_file(o->json, err, json, status);
}

static bool json_alone(const cli_options *o) { return o->json && !strcmp(o->json, "-"); }

// The worse of two: bad output outweighs everything, an interrupt outweighs findings.
static int worse(int a, int b) {
  if (a == EXIT_BAD || b == EXIT_BAD) return EXIT_BAD;
  return a > b ? a : b;
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
          .show = isatty(STDERR_FILENO), .width = columns_of(STDERR_FILENO), .start_s = cli_now_s(),
                           .stop = &stop_asked};
  long        processors = sysconf(_SC_NPROCESSORS_ONLN);
  sg_run_opts opts = sg_run_opts_default();
  opts.seed = o->seed;
  opts.scenarios = o->scenarios;
  opts.without = o->without;
  opts.threads = o->threads ? o->threads : processors < 1 ? 1 : processors > 256 ? 256 : (int)processors;
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
  if (err == SG_ERR_CANCELLED) complain("interrupted: what was done until then is shown");
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
    if (err == SG_ERR_RANGE) status = complain("no campus of this programme has loans or outside owners: there is nothing to make a workbook of");
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

static bool read_case(const char *folder, const char *name, files_text *out, char path[600], bool *missing) {
  char why[FILES_WHY];
  snprintf(path, 600, "%.500s/%s", folder, name);
  if (files_read(path, (size_t)64 << 20, out, why, missing)) return true;
  if (!missing || !*missing) complain(why);
  return false;
}

static int put_validation(const cli_options *o, sg_text *summary, sg_text *json, bool met) {
  int status = met ? EXIT_FINE : EXIT_FOUND;
  if (!json_alone(o)) status = print(summary->at ? summary->at : "", summary->n, status);
  return o->json ? worse(status, put_json(o, SG_OK, json, status)) : status;
}

static int validate_build(const cli_options *o) {
  const char *folder = o->cases ? o->cases : "data/validation/build";
  char        site_path[600], seen_path[600];
  files_text  sites = {0}, seen = {0};
  bool        missing = false;
  int         status = EXIT_BAD, met = 0;
  if (!may_write(o) || !read_case(folder, "sites.csv", &sites, site_path, NULL)) return EXIT_BAD;
  bool      has_seen = read_case(folder, "observations.csv", &seen, seen_path, &missing);
  sg_diags *diags = calloc(1, sizeof *diags);
  sg_text   summary = {0}, json = {0};
  if (!diags) complain_err(SG_ERR_MEMORY);
  if (diags && (has_seen || missing)) {
    sg_input site_input = {site_path, sites.at, sites.n}, seen_input = {seen_path, seen.at, seen.n};
    sg_err err = sg_validate_build(&site_input, has_seen ? &seen_input : NULL, o->seed, diags, style_of(STDOUT_FILENO),
                                   &summary, &json, &met);
    show_findings(diags);
    if (err && !diags->n) complain_err(err);
    if (!err) status = put_validation(o, &summary, &json, !has_seen || met);  // nothing observed: nothing to miss
  }
  sg_text_free(&summary);
  sg_text_free(&json);
  free(diags);
  free(sites.at);
  free(seen.at);
  return status;
}

// Reads what there is of the seven files; false: one cannot be read, or neither file of inputs is there.
static bool read_cases(const char *folder, files_text text[7], char path[7][600], sg_input input[7],
                       const sg_input *at[7]) {
  static const char *const name[] = {"inputs.csv",      "schedules.csv",    "results.csv",    "annual.csv",
                                     "flip_inputs.csv", "flip_results.csv", "flip_annual.csv"};
  char why[FILES_WHY + 600];
  for (int i = 0; i < 7; i++) {
    bool missing = false;
    if (read_case(folder, name[i], &text[i], path[i], &missing)) {
      input[i] = (sg_input){path[i], text[i].at, text[i].n};
      at[i] = &input[i];
    } else if (!missing) {
      return false;
    }
  }
  if (at[0] || at[4]) return true;
  snprintf(why, sizeof why, "%.500s: there is neither inputs.csv nor flip_inputs.csv", folder);
  complain(why);
  return false;
}

static int validate_capital(const cli_options *o) {
  const char     *folder = o->cases ? o->cases : "data/validation/finance";
  files_text      text[7] = {{0}};
  char            path[7][600];
  sg_input        input[7];
  const sg_input *at[7] = {NULL};
  sg_text         summary = {0}, json = {0};
  int             status = EXIT_BAD, met = 0;
  if (!may_write(o)) return EXIT_BAD;
  sg_diags *diags = calloc(1, sizeof *diags);
  if (!diags) complain_err(SG_ERR_MEMORY);
  if (diags && read_cases(folder, text, path, input, at)) {
    sg_capital_cases cases = {at[0], at[1], at[2], at[3], at[4], at[5], at[6]};
    sg_err           err = sg_validate_capital(&cases, diags, style_of(STDOUT_FILENO), &summary, &json, &met);
    show_findings(diags);
    if (err && !diags->n) complain_err(err);
    if (!err) status = put_validation(o, &summary, &json, met);
  }
  sg_text_free(&summary);
  sg_text_free(&json);
  free(diags);
  for (int i = 0; i < 7; i++) free(text[i].at);
  return status;
}

int cli_validate(const cli_options *o) {
  return o->file && !strcmp(o->file, "capital") ? validate_capital(o) : validate_build(o);
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
