// Packed: reading files that may be gzip, whole or piece by piece. Which they are is told from their first bytes.
#ifndef CLI_PACKED_H
#define CLI_PACKED_H

#include <stdint.h>

#include "files.h"

typedef struct packed packed;

// Opens a file, or standard input for "-". NULL: why[] says what went wrong.
packed *packed_open(const char *path, char why[FILES_WHY]);
int64_t packed_read(void *file, char *buffer,
                    size_t capacity);  // an sg_read; negative also where the file is cut short
void    packed_close(packed *file);    // NULL is fine

// Reads all of it, unpacked, up to most + 1 bytes, as files_read does.
bool packed_read_all(const char *path, size_t most, files_text *out, char why[FILES_WHY]);

#endif
