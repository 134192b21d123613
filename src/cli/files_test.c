// Tests of reading and writing, in a folder of their own.
#define _POSIX_C_SOURCE 200809L
#include "files.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "../../tests/test.h"

static char folder[64];

static const char *in(const char *name) {
  static char path[4][400];
  static int  next;
  next = (next + 1) % 4;
  snprintf(path[next], sizeof path[next], "%s/%s", folder, name);
  return path[next];
}

static void enter(void) {
  snprintf(folder, sizeof folder, "/tmp/stargate-files-XXXXXX");
  ck_assert_ptr_nonnull(mkdtemp(folder));
}

static int entries(void) {
  int            n = 0;
  DIR           *d = opendir(folder);
  struct dirent *e;
  while ((e = readdir(d)) != NULL) n += e->d_name[0] != '.';
  closedir(d);
  return n;
}

static void leave(void) {
  DIR           *d = opendir(folder);
  struct dirent *e;
  while ((e = readdir(d)) != NULL)
    if (strcmp(e->d_name, ".") && strcmp(e->d_name, "..") && unlink(in(e->d_name)) != 0) (void)rmdir(in(e->d_name));
  closedir(d);
  ck_assert_int_eq(rmdir(folder), 0);
}

static void expect(const char *path, const char *want) {
  files_text text;
  char       why[FILES_WHY];
  ck_assert_msg(files_read(path, 1 << 20, &text, why, NULL), "%s", why);
  ck_assert_str_eq(text.at, want);
  ck_assert_uint_eq(text.n, strlen(want));
  free(text.at);
}

START_TEST(writes_and_replaces) {
  char        why[FILES_WHY];
  struct stat s;
  enter();
  ck_assert_msg(files_write(in("a"), "one", 3, why), "%s", why);
  expect(in("a"), "one");
  ck_assert_int_eq(chmod(in("a"), 0640), 0);
  ck_assert_msg(files_write(in("a"), "", 0, why), "%s", why);
  expect(in("a"), "");
  ck_assert_int_eq(stat(in("a"), &s), 0);
  ck_assert_uint_eq(s.st_mode & 0777, 0640);  // an existing file keeps its mode
  ck_assert_int_eq(symlink("a", in("link")), 0);
  ck_assert_msg(files_write(in("link"), "two", 3, why), "%s", why);
  expect(in("a"), "two");
  ck_assert_int_eq(lstat(in("link"), &s), 0);
  ck_assert(S_ISLNK(s.st_mode));
  ck_assert_int_eq(entries(), 2);  // nothing is left beside
  leave();
}
END_TEST

START_TEST(refuses) {
  char why[FILES_WHY], long_name[5000];
  memset(long_name, 'x', sizeof long_name - 1);
  long_name[sizeof long_name - 1] = '\0';
  enter();
  ck_assert_int_eq(mkfifo(in("fifo"), 0600), 0);
  ck_assert_int_eq(mkdir(in("folder"), 0700), 0);
  ck_assert_int_eq(symlink("nothing", in("dangling")), 0);
  const struct {
    const char *path, *says;
  } rows[] = {
      {in("fifo"),        "not a regular file"},
      {in("folder"),      "is a directory"    },
      {in("dangling"),    "leads nowhere"     },
      {"/dev/null",       "not a regular file"},
      {"",                "is no name"        },
      {"/nowhere/at/all", "No such file"      },
      {long_name,         "too long"          },
  };
  for (size_t i = 0; i < sizeof rows / sizeof rows[0]; i++) {
    ck_assert_msg(!files_may_write(rows[i].path, why), "%s", rows[i].path);
    ck_assert_msg(strstr(why, rows[i].says) != NULL, "%s", why);
    ck_assert(!files_write(rows[i].path, "x", 1, why));
  }
  ck_assert(!files_write(in("new/"), "x", 1, why));
  ck_assert_int_eq(entries(), 3);
  leave();
}
END_TEST

// A limit on the size of files stands in for a full disk: the old text stays, nothing is left beside it.
START_TEST(full_disk_leaves_the_old_text) {
  char          why[FILES_WHY];
  struct rlimit limit = {4096, 4096};
  static char   large[100000];
  enter();
  memset(large, 'x', sizeof large);
  ck_assert_msg(files_write(in("a"), "old", 3, why), "%s", why);
  (void)signal(SIGXFSZ, SIG_IGN);
  ck_assert_int_eq(setrlimit(RLIMIT_FSIZE, &limit), 0);  // of this test's process alone: Check forks
  ck_assert(!files_write(in("a"), large, sizeof large, why));
  ck_assert_msg(strstr(why, strerror(EFBIG)) != NULL, "%s", why);
  ck_assert(!files_write(in("b"), large, sizeof large, why));
  ck_assert_int_eq(entries(), 1);
  expect(in("a"), "old");
  leave();
}
END_TEST

START_TEST(reads) {
  char       why[FILES_WHY];
  files_text text;
  bool       missing = false;
  enter();
  ck_assert(!files_read(in("nothing"), 100, &text, why, &missing));
  ck_assert(missing);
  ck_assert(!files_read(folder, 100, &text, why, &missing));
  ck_assert(!missing);
  ck_assert_msg(strstr(why, "is a directory") != NULL, "%s", why);
  size_t n = 300000;
  char  *large = malloc(n);
  for (size_t i = 0; i < n; i++) large[i] = (char)('a' + i % 26);
  ck_assert_msg(files_write(in("a"), large, n, why), "%s", why);
  ck_assert(files_read(in("a"), n, &text, why, NULL));
  ck_assert(text.n == n && !memcmp(text.at, large, n) && text.at[n] == '\0');
  free(text.at);
  // One byte more than the limit, so that whoever knows the limit sees that it is passed.
  ck_assert(files_read(in("a"), 1000, &text, why, NULL));
  ck_assert_uint_eq(text.n, 1001);
  free(text.at);
  ck_assert(files_read("/dev/zero", 1000, &text, why, NULL));
  ck_assert_uint_eq(text.n, 1001);
  free(text.at);
  free(large);
  leave();
}
END_TEST

START_TEST(puts_all_or_says_why) {
  int fd = open("/dev/full", O_WRONLY);
  ck_assert_int_ge(fd, 0);
  ck_assert(!files_put(fd, "x", 1));
  ck_assert_int_eq(errno, ENOSPC);
  ck_assert(files_put(fd, "x", 0));
  close(fd);
  int pipe_fd[2];
  (void)signal(SIGPIPE, SIG_IGN);
  ck_assert_int_eq(pipe(pipe_fd), 0);
  close(pipe_fd[0]);
  ck_assert(!files_put(pipe_fd[1], "x", 1));
  ck_assert_int_eq(errno, EPIPE);
  close(pipe_fd[1]);
}
END_TEST

TEST_LIST("files", writes_and_replaces, refuses, full_disk_leaves_the_old_text, reads, puts_all_or_says_why)
