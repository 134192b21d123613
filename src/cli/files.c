#define _POSIX_C_SOURCE 200809L
#define _XOPEN_SOURCE   700  // realpath
#include "files.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static bool fail(char why[FILES_WHY], const char *path, const char *what) {
  snprintf(why, FILES_WHY, "%.250s: %s", path, what);
  return false;
}

// ---- Reading --------------------------------------------------------------------------------------------

static bool read_all(int fd, const char *name, size_t most, files_text *out, char why[FILES_WHY]) {
  size_t capacity = 64 * 1024;
  char  *at = malloc(capacity + 1);
  size_t n = 0;
  while (at && n <= most) {
    if (n == capacity) {
      char *more = realloc(at, 2 * capacity + 1);
      if (!more) break;
      at = more;
      capacity *= 2;
    }
    size_t  room = capacity - n < most + 1 - n ? capacity - n : most + 1 - n;
    ssize_t got = room ? read(fd, at + n, room) : 0;
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      fail(why, name, strerror(errno));
      free(at);
      return false;
    }
    if (got == 0) {
      at[n] = '\0';
      *out = (files_text){at, n};
      return true;
    }
    n += (size_t)got;
  }
  if (at && n > most) {
    at[n] = '\0';
    *out = (files_text){at, n};
    return true;
  }
  free(at);
  return fail(why, name, "out of memory");
}

bool files_read(const char *path, size_t most, files_text *out, char why[FILES_WHY], bool *missing) {
  struct stat s;
  if (missing) *missing = false;
  *out = (files_text){NULL, 0};
  if (!strcmp(path, "-")) return read_all(STDIN_FILENO, "standard input", most, out, why);
  int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    if (missing) *missing = errno == ENOENT;
    return fail(why, path, strerror(errno));
  }
  bool fine = fstat(fd, &s) == 0 && S_ISDIR(s.st_mode) ? fail(why, path, "is a directory, not a file")
                                                       : read_all(fd, path, most, out, why);
  close(fd);
  return fine;
}

// ---- Writing --------------------------------------------------------------------------------------------

// Where `path` leads, and the mode that what stands there has (0: nothing stands there). False: it cannot be written.
static bool target(const char *path, char real[PATH_MAX], mode_t *mode, char why[FILES_WHY]) {
  struct stat link, s;
  size_t      n = strlen(path);
  *mode = 0;
  if (!n) return fail(why, "''", "is no name for a file");
  if (n >= PATH_MAX - 16) return fail(why, path, "the path is too long");
  memcpy(real, path, n + 1);
  if (lstat(path, &link) != 0) return errno == ENOENT && path[n - 1] != '/' ? true : fail(why, path, strerror(errno));
  if (stat(path, &s) != 0)
    return fail(why, path, S_ISLNK(link.st_mode) ? "is a link that leads nowhere" : strerror(errno));
  if (S_ISDIR(s.st_mode)) return fail(why, path, "is a directory, not a file");
  if (!S_ISREG(s.st_mode)) return fail(why, path, "is not a regular file; only - writes to anything else");
  if (S_ISLNK(link.st_mode)) {
    if (!realpath(path, real) || strlen(real) >= PATH_MAX - 16) return fail(why, path, "the link cannot be followed");
  }
  *mode = s.st_mode & 07777;
  return true;
}

static void folder_of(const char *path, char folder[PATH_MAX]) {
  const char *slash = strrchr(path, '/');
  if (!slash) memcpy(folder, ".", 2);
  else if (slash == path) memcpy(folder, "/", 2);
  else snprintf(folder, PATH_MAX, "%.*s", (int)(slash - path), path);
}

bool files_may_write(const char *path, char why[FILES_WHY]) {
  char   real[PATH_MAX], folder[PATH_MAX];
  mode_t mode;
  if (!target(path, real, &mode, why)) return false;
  folder_of(real, folder);
  if (access(folder, W_OK | X_OK) != 0) return fail(why, path, strerror(errno));
  if (mode && access(real, W_OK) != 0) return fail(why, path, strerror(errno));
  return true;
}

bool files_put(int descriptor, const char *at, size_t n) {
  while (n) {
    ssize_t done = write(descriptor, at, n);
    if (done < 0 && errno == EINTR) continue;
    if (done <= 0) return false;
    at += done;
    n -= (size_t)done;
  }
  return true;
}

// Names that end in a rename are only safe once the folder is on the disk as well; not every file system can do it.
static void flush_folder(const char *path) {
  char folder[PATH_MAX];
  folder_of(path, folder);
  int fd = open(folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
  if (fd < 0) return;
  (void)fsync(fd);
  close(fd);
}

bool files_begin(const char *path, files_output *out, char why[FILES_WHY]) {
  _Static_assert(sizeof out->real >= PATH_MAX, "holds any path");
  mode_t mode, mask;
  *out = (files_output){.descriptor = -1};
  if (!files_may_write(path, why) || !target(path, out->real, &mode, why)) return false;
  snprintf(out->beside, sizeof out->beside, "%s.XXXXXX", out->real);
  out->descriptor = mkstemp(out->beside);
  if (out->descriptor < 0) return fail(why, path, strerror(errno));
  mask = umask(0);
  umask(mask);
  if (fchmod(out->descriptor, mode ? mode : (0666 & ~mask)) == 0) return true;
  fail(why, path, strerror(errno));
  close(out->descriptor);
  (void)unlink(out->beside);
  return false;
}

bool files_end(files_output *out, bool keep, char why[FILES_WHY]) {
  bool fine = keep && fsync(out->descriptor) == 0;
  int  error = errno;
  if (close(out->descriptor) != 0 && fine) fine = false, error = errno;
  if (fine && rename(out->beside, out->real) != 0) fine = false, error = errno;
  if (fine) {
    flush_folder(out->real);
    return true;
  }
  (void)unlink(out->beside);
  return keep ? fail(why, out->real, strerror(error)) : true;
}

bool files_write(const char *path, const char *at, size_t n, char why[FILES_WHY]) {
  files_output out;
  char         unused[FILES_WHY];
  if (!files_begin(path, &out, why)) return false;
  if (files_put(out.descriptor, at, n)) return files_end(&out, true, why);
  fail(why, path, strerror(errno));
  (void)files_end(&out, false, unused);
  return false;
}
