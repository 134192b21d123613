// stargate: the program. Reads the command line and hands over to the command.
#define _POSIX_C_SOURCE 200809L
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "commands.h"

// A file that is opened must never become standard output because the caller had closed that.
static void keep_standard_streams(void) {
  for (int fd = 0; fd <= 2; fd++)
    if (fcntl(fd, F_GETFD) < 0) (void)open("/dev/null", O_RDONLY);  // read only: writing to it is still an error
}

int main(int argc, char **argv) {
  static int (*const run[CLI_COMMANDS])(const cli_options *) = {
      [CLI_RUN] = cli_run,
      [CLI_CAPITAL] = cli_capital,
      [CLI_POWER] = cli_power,
      [CLI_TRAIN] = cli_train,
      [CLI_CLUSTER] = cli_cluster,
      [CLI_CHECK] = cli_check,
      [CLI_EXPLAIN] = cli_explain,
      [CLI_SCHEMA] = cli_schema,
      [CLI_VALIDATE] = cli_validate,
      [CLI_SERVE] = cli_serve,
      [CLI_HELP] = cli_show_help,
      [CLI_VERSION] = cli_show_version,
  };
  cli_options options;
  cli_mistake mistake;
  // A closed pipe and a file-size limit are errors of a write, with a message, not the end of the program.
  (void)signal(SIGPIPE, SIG_IGN);
  (void)signal(SIGXFSZ, SIG_IGN);
  keep_standard_streams();
  int status = cli_options_parse(argc, argv, &options, &mistake) ? run[options.command](&options) : cli_usage(&mistake);
  cli_options_free(&options);
  return status;
}
