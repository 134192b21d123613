// Files: reading inputs whole, writing outputs so that none is ever left half-written.
#ifndef CLI_FILES_H
#define CLI_FILES_H

#include <stdbool.h>
#include <stddef.h>

enum { FILES_WHY = 400 };

typedef struct files_text {
  char  *at;  // n bytes and a NUL; give back with free()
  size_t n;
} files_text;

// Reads a file, or standard input for "-", up to most + 1 bytes: so that whoever knows the limit can say that it is
// passed. False: why[] says what went wrong, and *missing (may be NULL) whether there is no such file.
bool files_read(const char *path, size_t most, files_text *out, char why[FILES_WHY], bool *missing);

// Whether `path` can be written: a regular file or a new name, in a folder that lets one. To be asked before a long
// run.
bool files_may_write(const char *path, char why[FILES_WHY]);

// Writes beside `path`, flushes to the disk and renames: either the whole text stands there or what stood there before.
// A symbolic link is followed; an existing file keeps its mode.
bool files_write(const char *path, const char *at, size_t n, char why[FILES_WHY]);

// The same for what comes piece by piece through files_put(out->descriptor, ...). files_end keeps it, or with keep =
// false takes it away as if nothing had been written.
typedef struct files_output {
  int  descriptor;
  char real[4096], beside[4104];
} files_output;
bool files_begin(const char *path, files_output *out, char why[FILES_WHY]);
bool files_end(files_output *out, bool keep, char why[FILES_WHY]);

// Writes all bytes to an open descriptor. False: errno says why.
bool files_put(int descriptor, const char *at, size_t n);

#endif
