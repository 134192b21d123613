#define _POSIX_C_SOURCE 200809L
#include "packed.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>
#include <zlib.h>

// zlib's own handle under our name: no field of its own is needed.
static gzFile handle(void *file) { return (gzFile)file; }

packed *packed_open(const char *path, char why[FILES_WHY]) {
  struct stat s;
  bool        standard = !strcmp(path, "-");
  int         fd = standard ? dup(STDIN_FILENO) : open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
  if (fd < 0) {
    snprintf(why, FILES_WHY, "%.250s: %s", standard ? "standard input" : path, strerror(errno));
    return NULL;
  }
  bool   folder = fstat(fd, &s) == 0 && S_ISDIR(s.st_mode);
  gzFile file = folder ? NULL : gzdopen(fd, "rb");
  if (file) return (packed *)file;
  close(fd);
  snprintf(why, FILES_WHY, "%.250s: %s", path, folder ? "is a directory, not a file" : "out of memory");
  return NULL;
}

int64_t packed_read(void *file, char *buffer, size_t capacity) {
  unsigned most = capacity < (1u << 30) ? (unsigned)capacity : 1u << 30;
  int      n = gzread(handle(file), buffer, most), error = Z_OK;
  // A file that ends within its packed data looks like the end until one asks.
  if (n <= 0) (void)gzerror(handle(file), &error);
  return n == 0 && error != Z_OK && error != Z_STREAM_END ? -1 : n;
}

void packed_close(packed *file) {
  if (file) (void)gzclose(handle(file));
}

bool packed_read_all(const char *path, size_t most, files_text *out, char why[FILES_WHY]) {
  size_t  capacity = 1 << 16;
  int64_t got = 1;
  *out = (files_text){NULL, 0};
  packed *file = packed_open(path, why);
  if (!file) return false;
  char *at = malloc(capacity + 1);
  while (at && got > 0 && out->n <= most) {
    if (out->n == capacity) {
      char *more = realloc(at, 2 * capacity + 1);
      if (!more) break;
      at = more;
      capacity *= 2;
    }
    got = packed_read(file, at + out->n, capacity - out->n);
    if (got > 0) out->n += (size_t)got;
  }
  packed_close(file);
  bool fine = at && (got == 0 || out->n > most);
  if (!fine) {
    snprintf(why, FILES_WHY, "%.250s: %s", path, got < 0 ? "cannot be unpacked; it may be cut short" : "out of memory");
    free(at);
    out->n = 0;
    return false;
  }
  at[out->n] = '\0';
  out->at = at;
  return true;
}
