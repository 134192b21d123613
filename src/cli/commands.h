// Commands: what each does with the library, files and the terminal. Each returns the exit status.
#ifndef CLI_COMMANDS_H
#define CLI_COMMANDS_H

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
int cli_show_help(const cli_options *o);
int cli_show_version(const cli_options *o);

int cli_usage(const cli_mistake *mistake);  // says it on stderr

#endif
