#include "clearing.h"

#include <stdbool.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

// Nearest whole of budget * owed / rest, halves up; 0 <= owed <= rest, rest > 0.
static int64_t share_of(int64_t budget, int64_t owed, int64_t rest) {
  wide r = (wide)rest;
  return (int64_t)((2 * (wide)budget * (wide)owed + r) / (2 * r));
}

void capital_split(const int64_t *owed_cents, size_t n, int64_t budget_cents, int64_t *out_cents) {
  int64_t rest = 0;
  for (size_t i = 0; i < n; i++) rest += owed_cents[i];
  for (size_t i = 0; i < n; i++) {
    int64_t owed = owed_cents[i];
    int64_t paid = budget_cents == rest ? owed : share_of(budget_cents, owed, rest);
    out_cents[i] = paid;
    budget_cents -= paid;
    rest -= owed;
  }
}

// ---- Working memory -------------------------------------------------------------------------------------

typedef struct work {
  const capital_claim *claim;
  size_t               n_party, n_claim;
  const int64_t       *cash;    // (n_party)
  int64_t             *paid;    // (n_claim), by place in the list
  int64_t             *owes;    // (n_party) sum of what it owes
  int64_t             *gets;    // (n_party) sum of what it is being paid
  size_t              *sorted;  // (n_claim) claims by payer, rank, canonical order
  size_t              *first;   // (n_party + 1) slice of sorted
  unsigned char       *stale;   // (n_party) its receipts fell since it was last looked at
} work;

size_t capital_clearing_bytes(size_t n_party, size_t n_claim) {
  size_t parties, claims, all;
  size_t per_party = 2 * sizeof(int64_t) + sizeof(size_t) + 1;
  if (__builtin_mul_overflow(n_party + 1, per_party, &parties)) return SIZE_MAX;
  if (__builtin_mul_overflow(n_claim, sizeof(size_t), &claims)) return SIZE_MAX;
  return __builtin_add_overflow(parties, claims, &all) ? SIZE_MAX : all;
}

static void work_place(work *w, void *scratch) {
  w->owes = scratch;
  w->gets = w->owes + w->n_party;
  w->first = (size_t *)(void *)(w->gets + w->n_party);
  w->sorted = w->first + w->n_party + 1;
  w->stale = (unsigned char *)(w->sorted + w->n_claim);
}

// Sums what all owe and would get if all paid; false: the claims are not sound.
static bool add_up(work *w, int64_t *total) {
  if (w->n_party) memset(w->owes, 0, 2 * w->n_party * sizeof(int64_t));  // owes and gets adjoin
  *total = 0;
  for (size_t i = 0; i < w->n_claim; i++) {
    const capital_claim *c = &w->claim[i];
    if (c->payer < 0 || c->payee < 0 || (size_t)c->payer >= w->n_party || (size_t)c->payee >= w->n_party) return false;
    if (c->payer == c->payee || c->owed_cents < 0) return false;
    if (__builtin_add_overflow(*total, c->owed_cents, total)) return false;
    w->owes[c->payer] += c->owed_cents;  // no larger than the total, which fits
    w->gets[c->payee] += c->owed_cents;
    w->paid[i] = c->owed_cents;
  }
  return true;
}

// What a party has to pay with: never negative, never beyond int64.
static int64_t budget_of(const work *w, size_t party) {
  int64_t have;
  if (__builtin_add_overflow(w->cash[party], w->gets[party], &have)) return INT64_MAX;
  return have > 0 ? have : 0;
}

static bool is_short(const work *w, size_t party) {
  return w->cash[party] != CAPITAL_DEEP && budget_of(w, party) < w->owes[party];
}

// ---- Canonical order ------------------------------------------------------------------------------------

// Claims that this cannot tell apart are alike in every respect.
static bool stands_before(const capital_claim *a, const capital_claim *b) {
  if (a->payer != b->payer) return a->payer < b->payer;
  if (a->rank != b->rank) return a->rank < b->rank;
  if (a->owed_cents != b->owed_cents) return a->owed_cents > b->owed_cents;
  if (a->order != b->order) return a->order < b->order;
  return a->payee < b->payee;
}

static void sift_down(const capital_claim *claim, size_t *heap, size_t at, size_t n) {
  size_t item = heap[at];
  for (size_t child; (child = 2 * at + 1) < n; at = child) {
    if (child + 1 < n && stands_before(&claim[heap[child]], &claim[heap[child + 1]])) child++;
    if (!stands_before(&claim[item], &claim[heap[child]])) break;
    heap[at] = heap[child];
  }
  heap[at] = item;
}

// Heapsort, since the library's qsort may allocate; then the slice of each payer.
static void sort_claims(work *w) {
  size_t n = w->n_claim, *heap = w->sorted;
  for (size_t i = 0; i < n; i++) heap[i] = i;
  for (size_t i = n / 2; i-- > 0;) sift_down(w->claim, heap, i, n);
  for (size_t i = n; i-- > 1;) {
    size_t last = heap[i];
    heap[i] = heap[0], heap[0] = last;
    sift_down(w->claim, heap, 0, i);
  }
  size_t next = 0;
  for (size_t p = 0; p <= w->n_party; p++) {
    while (next < n && (size_t)w->claim[heap[next]].payer < p) next++;
    w->first[p] = next;
  }
}

// ---- Going down to the greatest fixed point ---------------------------------------------------------------

// Sets one payment; less received by the payee makes it stale.
static void pay(work *w, size_t claim, int64_t cents) {
  int64_t less = w->paid[claim] - cents;
  if (less <= 0) return;
  size_t payee = (size_t)w->claim[claim].payee;
  w->paid[claim] = cents;
  w->gets[payee] -= less;
  w->stale[payee] = 1;
}

// Pays the claims of one party out of what it has: rank by rank, the first that is not whole is split.
static void settle(work *w, size_t party) {
  int64_t budget = budget_of(w, party);
  size_t  end = w->first[party + 1];
  for (size_t from = w->first[party], to; from < end; from = to) {
    int32_t rank = w->claim[w->sorted[from]].rank;
    int64_t rest = 0;
    for (to = from; to < end && w->claim[w->sorted[to]].rank == rank; to++) rest += w->claim[w->sorted[to]].owed_cents;
    if (budget >= rest) {
      budget -= rest;
      continue;
    }
    for (size_t i = from; i < to; i++) {  // as capital_split, through the index
      int64_t owed = w->claim[w->sorted[i]].owed_cents;
      int64_t paid = budget == rest ? owed : share_of(budget, owed, rest);
      pay(w, w->sorted[i], paid);
      budget -= paid, rest -= owed;
    }
  }
}

static int32_t go_down(work *w) {
  int32_t n_sweep = 0;
  memset(w->stale, 1, w->n_party);
  for (bool changed = true; changed;) {
    changed = false;
    if (n_sweep < INT32_MAX) n_sweep++;
    for (size_t p = 0; p < w->n_party; p++) {
      if (!w->stale[p]) continue;
      w->stale[p] = 0;
      if (!is_short(w, p)) continue;
      settle(w, p);
      changed = true;
    }
  }
  return n_sweep;
}

sg_err capital_clear(const capital_claim *claim, size_t n_claim, const int64_t *cash_cents, size_t n_party,
                     void *scratch, int64_t *paid_cents, capital_cleared *out) {
  work            w = {.claim = claim, .n_party = n_party, .n_claim = n_claim, .cash = cash_cents, .paid = paid_cents};
  capital_cleared got = {0};
  work_place(&w, scratch);
  if (!add_up(&w, &got.owed_cents)) return SG_ERR_RANGE;
  got.paid_cents = got.owed_cents;

  bool all_pay = true;
  for (size_t p = 0; p < n_party && all_pay; p++) all_pay = !is_short(&w, p);
  if (!all_pay) {
    sort_claims(&w);
    got.n_sweep = go_down(&w);
    got.paid_cents = 0;
    for (size_t i = 0; i < n_claim; i++) got.paid_cents += paid_cents[i];
    for (size_t p = 0; p < n_party; p++) got.n_short += is_short(&w, p);
  }
  if (out) *out = got;
  return SG_OK;
}
