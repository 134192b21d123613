// Cases: the folder that `stargate validate DOMAIN --cases DIR` reads, file by file.
#ifndef CLI_CASES_H
#define CLI_CASES_H

#include "../../include/stargate.h"
#include "files.h"

enum { CASES_MAX_FILES = 256, CASES_MAX_BYTES = 64 << 20, CASES_PATH = 600, CASES_PATTERNS = 8, CASES_BESIDE = 2 };

// What a domain reads: names in the folder, or in one level of folders below it; `*` stands for any part of a name.
typedef struct cases_domain {
  const char *word;    // "build"
  const char *folder;  // where its shipped cases are
  const char *pattern[CASES_PATTERNS];
  const char *beside[CASES_BESIDE];  // folders from there that are read as well where they are there: their *.csv.gz
} cases_domain;

extern const cases_domain cases_domains[];
enum { CASES_DOMAINS = 6 };

const cases_domain *cases_named(const char *word);  // NULL: no such domain

typedef struct cases {
  size_t     n;
  sg_input   file[CASES_MAX_FILES];  // in ascending byte order of name
  files_text text[CASES_MAX_FILES];
  char       path[CASES_MAX_FILES][CASES_PATH];
} cases;

// Reads what there is, unpacked where it is gzip. False: why[] says which file or folder cannot be read, is too large, or that nothing is there.
// cases_free in either case; *out is zeroed by the caller.
bool cases_read(const cases_domain *domain, const char *folder, cases *out, char why[FILES_WHY]);
void cases_free(cases *all);

#endif
