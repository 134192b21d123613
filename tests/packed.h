// Files for tests and benches, unpacked if they are gzip.
#ifndef TESTS_PACKED_H
#define TESTS_PACKED_H

#include <zlib.h>

#include "../src/base/text.h"

// False: it could not be read. text_buffer_free in either case.
static inline int packed_read(const char *path, text_buffer *out) {
  char   part[65536];
  int    n = -1;
  gzFile file = gzopen(path, "rb");
  if (!file) return 0;
  while ((n = gzread(file, part, sizeof part)) > 0) text_add(out, part, (size_t)n);
  gzclose(file);
  return n == 0 && !out->failed;
}

#endif
