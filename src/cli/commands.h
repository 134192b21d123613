// Commands: what each does with the library, files and the terminal. Each returns the exit status.
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

#include "files.h"
#include "options.h"

enum { EXIT_FINE = 0, EXIT_FOUND = 1, EXIT_BAD = 2, EXIT_INTERRUPTED = 130 };

int cli_run(const cli_options *o);
int cli_capital(const cli_options *o);
int cli_power(const cli_options *o);
int cli_train(const cli_options *o);
int cli_cluster(const cli_options *o);
int cli_check(const cli_options *o);
int cli_explain(const cli_options *o);
int cli_schema(const cli_options *o);
int cli_validate(const cli_options *o);
int cli_serve(const cli_options *o);
int cli_show_help(const cli_options *o);
int cli_show_version(const cli_options *o);

int cli_usage(const cli_mistake *mistake);  // says it on stderr

// Shared by the commands.
int         cli_complain(const char *message);                    // on stderr; returns EXIT_BAD
bool        cli_read_yaml(const char *path, files_text *out);     // "-": standard input. False: said why on stderr
const char *cli_shown_name(const char *path);                     // of a file in findings
int         cli_processors(int most);                             // that there are, 1 .. most

#endif
