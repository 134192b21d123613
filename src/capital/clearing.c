#include "clearing.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

__extension__ typedef unsigned __int128 wide;

// Nearest whole of budget * owed / rest, halves up; 0 <= owed <= rest, rest > 0.
static int64_t share_of(int64_t budget, int64_t owed, int64_t rest) {
  if (budget < INT64_C(1) << 50 && rest < INT64_C(1) << 61) {
    // A quotient in doubles is within 2 of the true one, so what is left of the product is within 3 rest, which fits,
    // and arithmetic modulo 2^64 gives it exactly. Several times faster than 128-bit division.
    int64_t got = (int64_t)((double)budget * (double)owed / (double)rest);
    int64_t left = (int64_t)((uint64_t)budget * (uint64_t)owed - (uint64_t)got * (uint64_t)rest);
    for (; left < 0; left += rest) got--;
    for (; left >= rest; left -= rest) got++;
    return got + (left >= rest - left);
  }
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

enum { BLOCK_MOST = 64, OUTSIDE = BLOCK_MOST, LEAP_EVERY = 8, LEAP_RARELY = 64 };

// A block: parties that pass losses on to one another. Symbols as in the header.
typedef struct block {
  size_t  n, party[BLOCK_MOST];
  size_t  from[BLOCK_MOST], to[BLOCK_MOST];  // slice of sorted: claims of the marginal rank
  int64_t owed[BLOCK_MOST];                  // at that rank
  int64_t left[BLOCK_MOST];                  // b: paid at that rank, > 0
  int64_t lost[BLOCK_MOST];                  // r: paid so far less what it can pay now
  int64_t source[BLOCK_MOST];                // T
  int64_t fall[BLOCK_MOST];                  // d: proven fall of its payments
  double  blur[BLOCK_MOST];                  // w: most that rounding can take off a fall that arrives
  double  edge[BLOCK_MOST][BLOCK_MOST];      // owed by the row to the column, at the marginal rank of the row
  double  out[BLOCK_MOST];                   // owed by it beyond the block, same rank
  double  flow[BLOCK_MOST][BLOCK_MOST], sink[BLOCK_MOST];  // for elimination
  double  gain[BLOCK_MOST], loss[BLOCK_MOST];              // right sides, then solutions
} block;

typedef struct work {
  const capital_claim *claim;
  size_t               n_party, n_claim;
  const int64_t       *cash;    // (n_party)
  int64_t             *paid;    // (n_claim), by place in the list
  block               *block;   // (1)
  int64_t             *owes;    // (n_party) sum of what it owes
  int64_t             *gets;    // (n_party) sum of what it is being paid
  int64_t             *pays;    // (n_party) budget that its payments now are the split of
  size_t              *sorted;  // (n_claim) claims by payer, rank, canonical order
  size_t              *first;   // (n_party + 1) slice of sorted
  unsigned char       *stale;   // (n_party) its receipts fell since it was last looked at
  unsigned char       *mark;    // (n_party) in the search for blocks
  unsigned char       *place;   // (n_party) in the block, or OUTSIDE
} work;

size_t capital_clearing_bytes(size_t n_party, size_t n_claim) {
  size_t parties, claims, all;
  size_t per_party = 3 * sizeof(int64_t) + sizeof(size_t) + 3;
  if (__builtin_mul_overflow(n_party + 1, per_party, &parties)) return SIZE_MAX;
  if (__builtin_mul_overflow(n_claim, sizeof(size_t), &claims)) return SIZE_MAX;
  if (__builtin_add_overflow(parties, sizeof(block), &parties)) return SIZE_MAX;
  return __builtin_add_overflow(parties, claims, &all) ? SIZE_MAX : all;
}

static void work_place(work *w, void *scratch) {
  w->block = scratch;
  w->owes = (int64_t *)(void *)(w->block + 1);
  w->gets = w->owes + w->n_party;
  w->pays = w->gets + w->n_party;
  w->first = (size_t *)(void *)(w->pays + w->n_party);
  w->sorted = w->first + w->n_party + 1;
  w->stale = (unsigned char *)(w->sorted + w->n_claim);
  w->mark = w->stale + w->n_party;
  w->place = w->mark + w->n_party;
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

// Cash and receipts: never beyond int64.
static int64_t has(const work *w, size_t party) {
  int64_t have;
  return __builtin_add_overflow(w->cash[party], w->gets[party], &have) ? INT64_MAX : have;
}

// What a party has to pay with: never negative.
static int64_t budget_of(const work *w, size_t party) {
  int64_t have = has(w, party);
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

// Pays the claims of one party out of a budget: rank by rank, the first that is not whole is split.
static void settle(work *w, size_t party, int64_t budget) {
  size_t end = w->first[party + 1];
  if (budget < w->pays[party]) w->pays[party] = budget;
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

// ---- Leaps: many sweeps at once around rings, by the bound in the header -------------------------------------

// The rank that would bear the next lost cent: slice of sorted, owed and paid there. False: no loss is passed on.
static bool marginal(const work *w, size_t party, size_t *from, size_t *to, int64_t *owed, int64_t *left) {
  *left = w->pays[party];
  if (w->cash[party] == CAPITAL_DEEP || *left == 0) return false;
  if (*left == w->owes[party] && has(w, party) > *left) return false;
  for (*from = w->first[party]; *from < w->first[party + 1]; *from = *to, *left -= *owed) {
    int32_t rank = w->claim[w->sorted[*from]].rank;
    *owed = 0;
    for (*to = *from; *to < w->first[party + 1] && w->claim[w->sorted[*to]].rank == rank; ++*to)
      *owed += w->claim[w->sorted[*to]].owed_cents;
    if (*left <= *owed) return true;
  }
  return false;
}

enum { DONE = 1, BELOW = 2, ABOVE = 4 };  // marks: in a block already; gets losses of the seed; passes some to it

// Marks what the seed reaches (BELOW) and what reaches it (ABOVE) along claims with at least this share of their rank.
static void mark_around(work *w, size_t seed, double least_share) {
  for (size_t p = 0; p < w->n_party; p++) w->mark[p] &= DONE;
  w->mark[seed] |= BELOW | ABOVE;
  for (bool grows = true; grows;) {
    grows = false;
    for (size_t p = 0, from, to; p < w->n_party; p++) {
      int64_t owed, left;
      if (!marginal(w, p, &from, &to, &owed, &left)) continue;
      for (size_t i = from; i < to; i++) {
        const capital_claim *c = &w->claim[w->sorted[i]];
        unsigned char *payer = &w->mark[p], *payee = &w->mark[c->payee], was = *payer | (unsigned char)(*payee << 4);
        if (c->owed_cents == 0 || (double)c->owed_cents < least_share * (double)owed) continue;
        *payee |= *payer & BELOW;
        *payer |= *payee & ABOVE;
        grows |= was != (*payer | (unsigned char)(*payee << 4));
      }
    }
  }
}

// The parties strongly connected to the seed by such claims; false: none or too many.
static bool find_block(work *w, size_t seed, double least_share) {
  block *b = w->block;
  mark_around(w, seed, least_share);
  b->n = 0;
  for (size_t p = 0; p < w->n_party; p++) b->n += (w->mark[p] & (BELOW | ABOVE)) == (BELOW | ABOVE);
  w->mark[seed] |= DONE;
  if (b->n < 2 || b->n > BLOCK_MOST) return false;
  b->n = 0;
  for (size_t p = 0; p < w->n_party; p++) {
    w->place[p] = OUTSIDE;
    if ((w->mark[p] & (BELOW | ABOVE)) != (BELOW | ABOVE)) continue;
    w->mark[p] |= DONE;
    w->place[p] = (unsigned char)b->n;
    b->party[b->n++] = p;
  }
  return true;
}

// Where the claims of party k at its marginal rank go, and what their rounding may hide.
static void block_claims(work *w, size_t k) {
  block *b = w->block;
  double rest = (double)b->owed[k], err = 0;  // err: of what is left for this claim and those after it
  for (size_t i = b->from[k]; i < b->to[k]; i++) {
    const capital_claim *c = &w->claim[w->sorted[i]];
    double               owed = (double)c->owed_cents, share = owed < rest ? owed / rest : 1;
    size_t               to = w->place[c->payee];
    if (to == OUTSIDE) b->out[k] += owed;
    else b->edge[k][to] += owed, b->blur[to] += 2 * (share * err + (share < 1 ? 0.5 : 0));
    err = (1 - share) * err + (share < 1 ? 0.5 : 0);
    rest -= owed;
  }
}

// Fills the block from its parties; returns R, what they can no longer pay, all together.
static int64_t block_fill(work *w) {
  block  *b = w->block;
  int64_t sum = 0;
  memset(b->edge, 0, sizeof b->edge);
  for (size_t k = 0; k < b->n; k++) b->blur[k] = b->out[k] = 0;
  for (size_t k = 0; k < b->n; k++) {
    size_t p = b->party[k];
    marginal(w, p, &b->from[k], &b->to[k], &b->owed[k], &b->left[k]);
    if (__builtin_sub_overflow(w->pays[p], has(w, p), &b->lost[k]) || b->lost[k] > w->pays[p]) b->lost[k] = w->pays[p];
    if (__builtin_add_overflow(sum, b->lost[k], &sum)) return 0;
    block_claims(w, k);
  }
  return sum;
}

// Solves y_j = rhs_j + sum over q of y_q * edge[q][j] / owed[q] for gain and loss, without the party `off` (b->n: with
// all). Elimination by Grassmann, Taksar, Heyman (Operations Research 33(5), 1985): no subtraction, so each y is right
// to about 2 n^3 roundings (O'Cinneide, Numerische Mathematik 65, 1993), 6e-11 for 64. False: losses cannot leave.
static bool solve(block *b, size_t off) {
  size_t n = b->n;
  for (size_t q = 0; q < n; q++) {
    b->sink[q] = b->out[q] + (off < n ? b->edge[q][off] : 0);
    memcpy(b->flow[q], b->edge[q], n * sizeof(double));
  }
  double pivot[BLOCK_MOST];
  for (size_t e = n; e-- > 0;) {
    if (e == off) continue;
    pivot[e] = b->sink[e];
    for (size_t j = 0; j < e; j++) pivot[e] += j == off ? 0 : b->flow[e][j];
    if (!(pivot[e] > 0)) return false;
    for (size_t j = 0; j < e; j++) {
      double on = b->flow[e][j] / pivot[e];
      if (j == off || !(on > 0)) continue;
      b->gain[j] += on * b->gain[e], b->loss[j] += on * b->loss[e];
      for (size_t q = 0; q < e; q++) b->flow[q][j] += b->flow[q][e] * on;
    }
    for (size_t q = 0; q < e; q++) b->sink[q] += b->flow[q][e] * (b->sink[e] / pivot[e]);
  }
  for (size_t e = 0; e < n; e++) {  // back: from here gain and loss are per cent owed
    if (e == off) continue;
    for (size_t q = 0; q < e; q++) {
      if (q == off) continue;
      b->gain[e] += b->flow[q][e] * b->gain[q], b->loss[e] += b->flow[q][e] * b->loss[q];
    }
    b->gain[e] /= pivot[e], b->loss[e] /= pivot[e];
  }
  for (size_t e = 0; e < n; e++) b->gain[e] *= (double)b->owed[e], b->loss[e] *= (double)b->owed[e];
  return true;
}

// What party k pays beyond the block at its marginal rank out of a budget for that rank.
static int64_t leak(const work *w, size_t k, int64_t budget) {
  const block *b = w->block;
  int64_t      rest = b->owed[k], sum = 0;
  for (size_t i = b->from[k]; i < b->to[k]; i++) {
    const capital_claim *c = &w->claim[w->sorted[i]];
    int64_t              paid = budget == rest ? c->owed_cents : share_of(budget, c->owed_cents, rest);
    if (w->place[c->payee] == OUTSIDE) sum += paid;
    budget -= paid, rest -= c->owed_cents;
  }
  return sum;
}

// T: the least fall of party k that lowers its leak by `by` cents, or that empties its marginal rank.
static int64_t source_of(const work *w, size_t k, int64_t by) {
  int64_t full = leak(w, k, w->block->left[k]), low = 0, high = w->block->left[k];
  while (high - low > 1) {
    int64_t mid = low + (high - low) / 2;
    if (full - leak(w, k, w->block->left[k] - mid) >= by) high = mid;
    else low = mid;
  }
  return high;
}

// Thresholds l_k >= 1 with sum (l_k - 1) < R, in proportion to the leaks that the equations without cents foresee, so
// that all sources tell about the same story; then T.
static void block_sources(work *w, int64_t sum) {
  block *b = w->block;
  double all = 0;
  for (size_t k = 0; k < b->n; k++) b->gain[k] = b->lost[k] > 0 ? (double)b->lost[k] : 0, b->loss[k] = 0;
  bool leaks = solve(b, b->n);
  for (size_t k = 0; k < b->n; k++) all += b->gain[k] = leaks ? b->gain[k] * b->out[k] / (double)b->owed[k] : 0;
  int64_t spare = sum - 1;
  for (size_t k = 0; k < b->n; k++) {
    double  want = all > 0 ? (double)(sum - 1) * (b->gain[k] / all) : 0;
    int64_t more = want >= (double)spare ? spare : (int64_t)want;
    b->source[k] = b->out[k] > 0 ? source_of(w, k, 1 + more) : b->left[k];
    if (b->out[k] > 0) spare -= more;
  }
}

// The falls that follow for everyone if party k falls by T; lowers b->fall to them.
static void falls_from(block *b, size_t k) {
  const double sure = 1e-9;  // well above the error of solve
  for (size_t j = 0; j < b->n; j++) {
    double lost = (double)b->lost[j];
    b->gain[j] = (double)b->source[k] * (b->edge[k][j] / (double)b->owed[k]) + (lost > 0 ? lost : 0);
    b->loss[j] = b->blur[j] + (lost < 0 ? -lost : 0);
  }
  b->gain[k] = b->loss[k] = 0;
  if (!solve(b, k)) return;
  b->gain[k] = (double)b->source[k], b->loss[k] = 0;
  double scale = 1;  // nobody falls out of its marginal rank
  for (size_t j = 0; j < b->n; j++) {
    double most = ((double)b->left[j] + b->loss[j] * (1 - sure)) * (1 - sure);
    if (scale * b->gain[j] > most) scale = most / b->gain[j];
  }
  for (size_t j = 0; j < b->n; j++) {
    double fall = floor(scale * b->gain[j] * (1 - sure) - b->loss[j] * (1 + sure));
    if (fall < (double)b->fall[j]) b->fall[j] = fall > 0 ? (int64_t)fall : 0;
  }
}

// Lowers payments to the bound, block by block. Returns whether anyone's fell.
static bool leap(work *w, double least_share) {
  block *b = w->block;
  bool   fell = false;
  memset(w->mark, 0, w->n_party);
  for (size_t seed = 0, from, to; seed < w->n_party; seed++) {
    int64_t owed, left;
    if ((w->mark[seed] & DONE) || !marginal(w, seed, &from, &to, &owed, &left) || has(w, seed) >= w->pays[seed])
      continue;
    if (!find_block(w, seed, least_share)) continue;
    int64_t sum = block_fill(w);
    if (sum <= 0) continue;
    block_sources(w, sum);
    memcpy(b->fall, b->left, sizeof b->fall);
    for (size_t k = 0; k < b->n; k++) falls_from(b, k);
    for (size_t k = 0; k < b->n; k++) {
      if (b->fall[k] == 0) continue;
      settle(w, b->party[k], w->pays[b->party[k]] - b->fall[k]);
      fell = true;
    }
  }
  return fell;
}

static int32_t go_down(work *w) {
  // Least shares within a block. Small ones let a party of a few cents into a block of millions, and prove little.
  const double shares[] = {0, 0x1p-24, 0x1p-16, 0x1p-8, 0x1p-4, 0x1p-2};
  int32_t      n_sweep = 0, every = LEAP_EVERY, next = LEAP_EVERY;
  memset(w->stale, 1, w->n_party);
  for (bool changed = true; changed;) {
    changed = false;
    if (n_sweep < INT32_MAX) n_sweep++;
    for (size_t p = 0; p < w->n_party; p++) {
      if (!w->stale[p]) continue;
      w->stale[p] = 0;
      if (!is_short(w, p)) continue;
      settle(w, p, budget_of(w, p));
      changed = true;
    }
    if (!changed || n_sweep < next) continue;
    bool fell = false;
    for (size_t i = 0; i < sizeof shares / sizeof *shares; i++) fell |= leap(w, shares[i]);
    every = fell ? LEAP_EVERY : every < LEAP_RARELY ? 2 * every : every;
    if (__builtin_add_overflow(n_sweep, every, &next)) next = INT32_MAX;
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
    memcpy(w.pays, w.owes, n_party * sizeof *w.pays);
    got.n_sweep = go_down(&w);
    got.paid_cents = 0;
    for (size_t i = 0; i < n_claim; i++) got.paid_cents += paid_cents[i];
    for (size_t p = 0; p < n_party; p++) got.n_short += is_short(&w, p);
  }
  if (out) *out = got;
  return SG_OK;
}
