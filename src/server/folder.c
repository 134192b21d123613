#define _POSIX_C_SOURCE 200809L
#include "folder.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

enum { COPIES = 999 };

static bool put(int fd, const char *at, size_t n) {
  while (n) {
    ssize_t done = write(fd, at, n);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    at += done;
    n -= (size_t)done;
  }
  return true;
}

// A file that was not there before; *written is its name. Negative: errno says why.
static int create(int folder, const char *name, char written[FOLDER_NAME]) {
  const char *ending = strrchr(name, '.');
  int         stem = ending ? (int)(ending - name) : (int)strlen(name), fd = -1;
  for (int copy = 1; copy <= COPIES; copy++) {
    if (copy == 1) snprintf(written, FOLDER_NAME, "%s", name);
    else snprintf(written, FOLDER_NAME, "%.*s-%d%s", stem, name, copy, ending ? ending : "");
    fd = openat(folder, written, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0644);
    if (fd >= 0 || errno != EEXIST) return fd;
  }
  return fd;
}

bool folder_write(int folder, const char *name, const char *at, size_t n, char written[FOLDER_NAME],
                  char why[FOLDER_WHY]) {
  int fd = create(folder, name, written);
  if (fd < 0) {
    snprintf(why, FOLDER_WHY, "%.60s: %s", written, strerror(errno));
    return false;
  }
  bool fine = put(fd, at, n);
  int  wrong = errno;
  if (close(fd) != 0 && fine) fine = false, wrong = errno;
  if (!fine) {
    (void)unlinkat(folder, written, 0);
    snprintf(why, FOLDER_WHY, "%.60s: %s", written, strerror(wrong));
  }
  return fine;
}
