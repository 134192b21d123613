#define _POSIX_C_SOURCE 200809L
#include "cases.h"

#include <dirent.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>

#include "packed.h"

// clang-format off
const cases_domain cases_domains[CASES_DOMAINS] = {
  { "build", "data/validation/build", { "sites.csv", "observations.csv" }, { NULL } },
  { "capital", "data/validation/finance", { "inputs.csv", "schedules.csv", "results.csv", "annual.csv", "flip_inputs.csv", "flip_results.csv", "flip_annual.csv" }, { NULL } },
  { "training", "data/validation/training", { "published.csv", "vtrain_multi.csv", "vtrain_single.csv", "calculon.csv", "systems/*.json" }, { NULL } },
  { "multisite", "data/validation/multisite", { "published.csv" }, { NULL } },
  { "power", "data/validation/power", { "published.csv", "dispatch/*.json", "dispatch/*.csv", "dispatch/*.csv.gz", "tariffs/cases.json", "tariffs/expected.csv" }, { NULL } },
  { "operations", "data/validation/cluster", { "*.starts.csv.gz", "scheduler-summary.csv", "tiny-cases.csv", "published.csv", "reliability.csv", "ettr-reference.csv", "spares-reference.csv", "*.csv.gz" }, { "../../traces", "../../data/job-traces" } },
};
// clang-format on

const cases_domain *cases_named(const char *word) {
  for (int i = 0; i < CASES_DOMAINS; i++)
    if (!strcmp(cases_domains[i].word, word)) return &cases_domains[i];
  return NULL;
}

static bool wanted(const cases_domain *domain, const char *name) {
  for (int i = 0; i < CASES_PATTERNS && domain->pattern[i]; i++)
    if (!fnmatch(domain->pattern[i], name, FNM_PATHNAME | FNM_PERIOD)) return true;
  return false;
}

static bool refuse(char why[FILES_WHY], const char *path, const char *what) {
  snprintf(why, FILES_WHY, "%.250s: %s", path, what);
  return false;
}

// Lists the files of folder/below that the domain wants; folders in it only where `below` is the folder itself.
static bool list(const cases_domain *domain, const char *folder, const char *below, cases *out, char why[FILES_WHY]) {
  char path[CASES_PATH], name[CASES_PATH];
  snprintf(path, sizeof path, "%.400s%s%.100s", folder, below[0] ? "/" : "", below);
  DIR *at = opendir(path);
  if (!at) return refuse(why, path, strerror(errno));
  bool fine = true;
  for (struct dirent *e; fine && (e = readdir(at));) {
    struct stat s;
    if (e->d_name[0] == '.' || strlen(e->d_name) > 100) continue;
    snprintf(name, sizeof name, "%.100s%s%s", below, below[0] ? "/" : "", e->d_name);
    snprintf(path, sizeof path, "%.400s/%.198s", folder, name);
    if (wanted(domain, name)) {
      if (out->n == CASES_MAX_FILES) fine = refuse(why, folder, "holds too many files of cases");
      else memcpy(out->path[out->n++], path, sizeof path);
    } else if (!below[0] && stat(path, &s) == 0 && S_ISDIR(s.st_mode)) {
      fine = list(domain, folder, name, out, why);
    }
  }
  closedir(at);
  return fine;
}

// Packed files of the folders beside; a folder that is not there holds none.
static bool list_beside(const cases_domain *domain, const char *folder, cases *out, char why[FILES_WHY]) {
  static const cases_domain packed_csv = {.pattern = {"*.csv.gz"}};
  struct stat               s;
  bool                      fine = true;
  for (int i = 0; fine && i < CASES_BESIDE && domain->beside[i]; i++) {
    char path[CASES_PATH];
    snprintf(path, sizeof path, "%.400s/%.100s", folder, domain->beside[i]);
    if (strlen(path) <= 400 && stat(path, &s) == 0 && S_ISDIR(s.st_mode)) fine = list(&packed_csv, path, "", out, why);
  }
  return fine;
}

static int by_name(const void *a, const void *b) { return strcmp(a, b); }

bool cases_read(const cases_domain *domain, const char *folder, cases *out, char why[FILES_WHY]) {
  if (strlen(folder) > 400) return refuse(why, folder, "the path is too long");
  if (!list(domain, folder, "", out, why)) return false;
  if (out->n && !list_beside(domain, folder, out, why)) return false;
  qsort(out->path, out->n, sizeof out->path[0], by_name);
  for (size_t i = 0; i < out->n; i++) {
    if (!packed_read_all(out->path[i], CASES_MAX_BYTES, &out->text[i], why)) return false;
    if (out->text[i].n > CASES_MAX_BYTES)
      return refuse(why, out->path[i], "is larger than 64 MB, the most that a file of cases may have");
    out->file[i] = (sg_input){out->path[i], out->text[i].at, out->text[i].n};
  }
  if (out->n) return true;
  char what[200] = "holds none of its files:";
  for (int i = 0; i < CASES_PATTERNS && domain->pattern[i]; i++) {
    size_t n = strlen(what);
    snprintf(what + n, sizeof what - n, "%s %s", i ? "," : "", domain->pattern[i]);
  }
  return refuse(why, folder, what);
}

void cases_free(cases *all) {
  for (size_t i = 0; i < all->n; i++) free(all->text[i].at);
  all->n = 0;
}
