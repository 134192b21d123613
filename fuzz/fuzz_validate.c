// Fuzzes the reader of validation sets: sites.csv, then after a line "%%" observations.csv. Whatever it accepts must be
// in order; the forecast itself is fitted to dozens of sites and far too slow for a fuzzer.
#include <math.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../src/twin/validate_sites.h"

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n);

static void hold(int truth) {
  if (!truth) __builtin_trap();
}

static void check_site(const validate_sites *all, int32_t i) {
  const validate_site *s = &all->site[i];
  hold(memchr(s->name, '\0', sizeof s->name) != NULL && s->n_reading >= 0);
  if (s->bad) return;
  hold(s->name[0] != '\0' && isfinite(s->works_start_day));
  hold(isfinite(s->planned_mw) && s->planned_mw > 0);
  hold(s->buildings >= 1 && s->buildings <= VALIDATE_MAX_BUILDINGS);
  hold(validate_sites_find(all, s->name) == i);
  for (int32_t k = 0; k < s->n_reading; k++) {
    const validate_reading *r = &s->reading[k];
    hold(isfinite(r->day) && isfinite(r->facility_mw) && r->facility_mw >= 0);
    hold(r->day <= all->last_day && (k == 0 || s->reading[k - 1].day <= r->day));
    double frac = validate_site_frac(s, r->day);
    hold(frac >= 0 && isfinite(frac));
  }
}

static void read_both(const char *sites, size_t n_sites, const char *seen, size_t n_seen) {
  arena         *a = arena_create();
  sg_diags      *d = malloc(sizeof *d);
  validate_sites all = {0};
  diag_source    site_csv = {"sites.csv", sites, n_sites}, seen_csv = {"observations.csv", seen, n_seen};
  if (!a || !d) abort();
  diag_init(d);
  sg_err err = validate_sites_read(&site_csv, seen ? &seen_csv : NULL, a, d, &all);
  hold(err == SG_OK || err == SG_ERR_MEMORY || d->n_errors > 0);
  if (!err) hold(all.n > 0 && all.n <= VALIDATE_MAX_SITES);
  for (int32_t i = 0; !err && i < all.n; i++) check_site(&all, i);
  for (size_t i = 0; i < d->n; i++) {
    char out[2048];
    hold(d->item[i].message[0] != '\0' && diag_render(&d->item[i], 0, out, sizeof out) > 0);
  }
  free(d);
  arena_free(a);
}

// A copy of the exact size: AddressSanitizer sees one byte too far.
static char *copy(const uint8_t *bytes, size_t n) {
  char *at = malloc(n ? n : 1);
  if (!at) abort();
  if (n) memcpy(at, bytes, n);
  return at;
}

int LLVMFuzzerTestOneInput(const uint8_t *bytes, size_t n) {
  size_t split = 0;
  while (split + 4 <= n && memcmp(bytes + split, "\n%%\n", 4) != 0) split++;
  int    both = split + 4 <= n;
  size_t n_sites = both ? split + 1 : n;
  char  *sites = copy(bytes, n_sites), *seen = both ? copy(bytes + split + 4, n - split - 4) : NULL;
  read_both(sites, n_sites, seen, both ? n - split - 4 : 0);
  free(sites);
  free(seen);
  return 0;
}
