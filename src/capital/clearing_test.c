#include "clearing.h"

#include <math.h>
#include <stdbool.h>
#include <string.h>

#include "../../tests/test.h"

static uint64_t next_u64(uint64_t *s) {  // splitmix64
  uint64_t z = (*s += 0x9e3779b97f4a7c15u);
  z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
  z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
  return z ^ (z >> 31);
}

enum { MOST = 64 };
static int64_t scratch[16384];

static capital_cleared clear(const capital_claim *claim, size_t n, const int64_t *cash, size_t n_party, int64_t *paid) {
  capital_cleared out;
  ck_assert_uint_le(capital_clearing_bytes(n_party, n), sizeof scratch);
  ck_assert_int_eq(capital_clear(claim, n, cash, n_party, scratch, paid, &out), SG_OK);
  return out;
}

#define DEEP CAPITAL_DEEP

// Answers by hand, from the equations of Eisenberg and Noe.
// clang-format off
static const struct {
  const char   *what;
  size_t        n_party, n;
  int64_t       cash[4];
  capital_claim claim[6];
  int64_t       want[6];
  int32_t       n_short;
} rows[] = {
  {"everyone can pay", 2, 1, {100, 0},
    {{0, 1, 0, 0, 80}}, {80}, 0},
  {"one that cannot", 2, 1, {50, 0},
    {{0, 1, 0, 0, 80}}, {50}, 1},
  {"a penniless ring settles in full", 3, 3, {0, 0, 0},
    {{0, 1, 0, 0, 100}, {1, 2, 0, 1, 100}, {2, 0, 0, 2, 100}}, {100, 100, 100}, 0},
  {"an uneven ring turns as fast as its least link", 3, 3, {0, 0, 0},
    {{0, 1, 0, 0, 100}, {1, 2, 0, 1, 70}, {2, 0, 0, 2, 100}}, {70, 70, 70}, 2},
  {"cash in a ring adds to the least link", 3, 3, {10, 0, 0},
    {{0, 1, 0, 0, 100}, {1, 2, 0, 1, 70}, {2, 0, 0, 2, 100}}, {80, 70, 70}, 2},
  {"a ring that leaks to a creditor outside runs dry", 3, 3, {0, 0, 0},
    {{0, 1, 0, 1, 100}, {1, 0, 0, 2, 100}, {0, 2, 0, 0, 100}}, {0, 0, 0}, 2},
  {"or down to the odd cent, which the order may keep inside", 3, 3, {0, 0, 0},
    {{0, 1, 0, 0, 100}, {1, 0, 0, 1, 100}, {0, 2, 0, 2, 100}}, {1, 1, 0}, 2},
  // p0 = 30 + p1, p1 = p0 / 2 (the other half leaks): p0 = 60, p1 = 30.
  {"a leaking ring with cash: geometric series", 3, 3, {30, 0, 0},
    {{0, 1, 0, 1, 100}, {0, 2, 0, 0, 100}, {1, 0, 0, 2, 100}}, {30, 30, 30}, 2},
  {"a chain passes its shortage on", 4, 3, {40, 10, 5, 0},
    {{0, 1, 0, 0, 100}, {1, 2, 0, 1, 100}, {2, 3, 0, 2, 100}}, {40, 50, 55}, 3},
  {"senior first", 3, 2, {50, 0, 0},
    {{0, 1, 1, 0, 40}, {0, 2, 0, 1, 30}}, {20, 30}, 1},
  {"a junior gets nothing before the senior is whole", 3, 2, {29, 0, 0},
    {{0, 1, 1, 0, 40}, {0, 2, 0, 1, 30}}, {0, 29}, 1},
  {"pro rata within a rank", 3, 2, {50, 0, 0},
    {{0, 1, 0, 0, 75}, {0, 2, 0, 1, 25}}, {38, 12}, 1},
  {"an odd cent goes by order, not by place", 3, 2, {1, 0, 0},
    {{0, 1, 0, 7, 10}, {0, 2, 0, 3, 10}}, {0, 1}, 1},
  {"ranks in a ring: the senior claim circulates", 3, 3, {0, 0, 0},
    {{0, 1, 0, 0, 50}, {1, 0, 0, 1, 80}, {0, 2, 1, 2, 100}}, {50, 50, 0}, 2},
  {"a deep party pays whatever it gets", 3, 3, {DEEP, 0, 0},
    {{0, 1, 0, 0, 100}, {1, 2, 0, 1, 200}, {2, 0, 0, 2, 300}}, {100, 100, 100}, 2},
  {"an overdraft swallows receipts first", 3, 2, {60, -20, 0},
    {{0, 1, 0, 0, 60}, {1, 2, 0, 1, 60}}, {60, 40}, 1},
  {"a deeper one swallows them all", 3, 2, {60, -90, 0},
    {{0, 1, 0, 0, 60}, {1, 2, 0, 1, 60}}, {60, 0}, 1},
};
// clang-format on

START_TEST(closed_forms) {
  for (size_t r = 0; r < sizeof rows / sizeof *rows; r++) {
    int64_t         paid[6] = {0}, owed = 0;
    capital_cleared out = clear(rows[r].claim, rows[r].n, rows[r].cash, rows[r].n_party, paid);
    for (size_t i = 0; i < rows[r].n; i++) {
      owed += rows[r].claim[i].owed_cents;
      ck_assert_msg(paid[i] == rows[r].want[i], "%s: claim %zu got %lld, not %lld", rows[r].what, i, (long long)paid[i],
                    (long long)rows[r].want[i]);
    }
    ck_assert_msg(out.n_short == rows[r].n_short, "%s: %d short", rows[r].what, out.n_short);
    ck_assert_msg((out.n_short == 0) == (out.n_sweep == 0), "%s: %d sweeps", rows[r].what, out.n_sweep);
    ck_assert_int_eq(out.owed_cents, owed);
  }
}
END_TEST

static const struct {
  const char   *what;
  int64_t       cash;
  capital_claim claim[2];
  size_t        n;
} bad_rows[] = {
    {"payer beyond the parties", 0, {{2, 0, 0, 0, 1}},                          1},
    {"payee below zero",         0, {{0, -1, 0, 0, 1}},                         1},
    {"pays itself",              0, {{1, 1, 0, 0, 1}},                          1},
    {"negative sum",             0, {{0, 1, 0, 0, -1}},                         1},
    {"sums that do not fit",     0, {{0, 1, 0, 0, INT64_MAX}, {1, 0, 0, 1, 1}}, 2},
};

START_TEST(refuses_nonsense) {
  for (size_t r = 0; r < sizeof bad_rows / sizeof *bad_rows; r++) {
    int64_t paid[2], cash[2] = {bad_rows[r].cash, 0};
    ck_assert_msg(capital_clear(bad_rows[r].claim, bad_rows[r].n, cash, 2, scratch, paid, NULL) == SG_ERR_RANGE, "%s",
                  bad_rows[r].what);
  }
  ck_assert_int_eq(capital_clear(NULL, 0, NULL, 0, scratch, NULL, NULL), SG_OK);
}
END_TEST

// ---- Random networks ------------------------------------------------------------------------------------

typedef struct net {
  size_t        n_party, n;
  int64_t       cash[12];
  capital_claim claim[MOST];
} net;

static net random_net(uint64_t *s, size_t most_party, size_t most_claim, int64_t most_cents, int32_t ranks) {
  net g = {.n_party = 2 + next_u64(s) % (most_party - 1)};
  g.n = 1 + next_u64(s) % most_claim;
  for (size_t p = 0; p < g.n_party; p++) {
    uint64_t die = next_u64(s) % 8;
    g.cash[p] = die == 0 ? DEEP : die < 4 ? 0 : (int64_t)(next_u64(s) % (uint64_t)(most_cents + 1));
  }
  for (size_t i = 0; i < g.n; i++) {
    int32_t payer = (int32_t)(next_u64(s) % g.n_party);
    int32_t payee = (int32_t)((size_t)payer + 1 + next_u64(s) % (g.n_party - 1)) % (int32_t)g.n_party;
    g.claim[i] = (capital_claim){payer, payee, (int32_t)(next_u64(s) % (uint64_t)ranks), (int32_t)i,
                                 (int64_t)(next_u64(s) % (uint64_t)(most_cents + 1))};
  }
  return g;
}

static int64_t has(const net *g, size_t party, const int64_t *paid) {  // cash and receipts
  if (g->cash[party] == DEEP) return DEEP;
  int64_t sum = g->cash[party];
  for (size_t i = 0; i < g->n; i++) sum += (size_t)g->claim[i].payee == party ? paid[i] : 0;
  return sum;
}

// Paid by a party: to ranks below `rank`, to `rank`, and owed at it.
static void rank_sums(const net *g, size_t party, int32_t rank, const int64_t *paid, int64_t *to, int64_t *owed,
                      size_t *n) {
  *to = *owed = 0, *n = 0;
  for (size_t i = 0; i < g->n; i++) {
    if ((size_t)g->claim[i].payer != party || g->claim[i].rank != rank) continue;
    *to += paid[i], *owed += g->claim[i].owed_cents, ++*n;
  }
}

static void check_party(const net *g, size_t party, const int64_t *paid, int32_t ranks) {
  int64_t all = 0, left = has(g, party, paid);
  bool    whole = true;
  for (int32_t rank = 0; rank < ranks; rank++) {
    int64_t to, owed;
    size_t  n;
    rank_sums(g, party, rank, paid, &to, &owed, &n);
    ck_assert_msg(whole || to == 0, "a junior was paid before the senior was whole");
    double bound = 0.5;
    for (size_t k = 1; k < n; k++) bound += 0.5 / (double)k;
    for (size_t i = 0; i < g->n; i++) {
      if ((size_t)g->claim[i].payer != party || g->claim[i].rank != rank) continue;
      ck_assert(paid[i] >= 0 && paid[i] <= g->claim[i].owed_cents);
      if (owed > 0)
        test_near((double)paid[i], (double)to * (double)g->claim[i].owed_cents / (double)owed, bound + 1e-6);
    }
    whole = whole && to == owed;
    all += to;
  }
  ck_assert_msg(all <= left, "paid more than it has");
  ck_assert_msg(whole || all == left, "keeps cash and owes");
}

START_TEST(properties_hold) {
  uint64_t s = 7;
  int      rings = 0;
  for (int round = 0; round < 20000; round++) {
    int64_t most = round % 3 == 0 ? 5 : round % 3 == 1 ? 1000 : 100000000000;
    net     g = random_net(&s, 12, MOST, most, 3);
    int64_t paid[MOST];
    rings += clear(g.claim, g.n, g.cash, g.n_party, paid).n_sweep > 1 ? 1 : 0;
    for (size_t p = 0; p < g.n_party; p++) check_party(&g, p, paid, 3);
  }
  ck_assert_int_gt(rings, 5000);  // the hard case was met often
}
END_TEST

START_TEST(shuffling_changes_nothing) {
  uint64_t s = 11;
  for (int round = 0; round < 5000; round++) {
    net     g = random_net(&s, 9, 40, round % 2 ? 9 : 1000000, 3), h = g;
    size_t  at[MOST];
    int64_t paid[MOST], shuffled[MOST];
    for (size_t i = 0; i < g.n; i++) at[i] = i;
    for (size_t i = g.n; i > 1; i--) {
      size_t k = next_u64(&s) % i, t = at[i - 1];
      at[i - 1] = at[k], at[k] = t;
    }
    for (size_t i = 0; i < g.n; i++) h.claim[i] = g.claim[at[i]];
    clear(g.claim, g.n, g.cash, g.n_party, paid);
    clear(h.claim, h.n, h.cash, h.n_party, shuffled);
    for (size_t i = 0; i < g.n; i++) ck_assert_int_eq(shuffled[i], paid[at[i]]);
  }
}
END_TEST

// What every party would pay if receipts were those of `paid`: the map whose greatest fixed point is wanted, written
// afresh. Claims of one payer and rank in canonical order: largest first, then `order`.
static void answer(const net *g, const int64_t *paid, int64_t *out) {
  for (size_t p = 0; p < g->n_party; p++) {
    int64_t left = has(g, p, paid);
    for (int32_t rank = 0; rank < 3; rank++) {
      size_t  at[MOST], n = 0;
      int64_t owed[MOST], sum = 0;
      for (size_t i = 0; i < g->n; i++)
        if ((size_t)g->claim[i].payer == p && g->claim[i].rank == rank) at[n++] = i, sum += g->claim[i].owed_cents;
      for (size_t i = 1; i < n; i++)
        for (size_t k = i; k > 0 && g->claim[at[k]].owed_cents > g->claim[at[k - 1]].owed_cents; k--) {
          size_t t = at[k];
          at[k] = at[k - 1], at[k - 1] = t;
        }
      for (size_t i = 0; i < n; i++) owed[i] = g->claim[at[i]].owed_cents;
      int64_t budget = left < 0 ? 0 : left < sum ? left : sum;
      capital_split(owed, n, budget, owed);
      for (size_t i = 0; i < n; i++) out[at[i]] = owed[i];
      if (left != DEEP) left -= budget;
    }
  }
}

// Tiny cases: of all payment vectors that exist, the one found satisfies the equations and is at least as large, claim
// by claim, as every other that does.
START_TEST(greatest_of_all_by_brute_force) {
  uint64_t s = 5;
  int      several = 0;
  for (int round = 0; round < 1500; round++) {
    net     g = random_net(&s, 4, 5, 4, 2);
    int64_t paid[MOST], p[MOST] = {0}, q[MOST] = {0};
    clear(g.claim, g.n, g.cash, g.n_party, paid);
    answer(&g, paid, q);
    for (size_t i = 0; i < g.n; i++) ck_assert_int_eq(q[i], paid[i]);
    int found = 0;
    for (size_t i = 0; i < g.n;) {  // counts p through the box [0, owed]
      answer(&g, p, q);
      if (memcmp(p, q, g.n * sizeof *p) == 0) {
        found++;
        for (size_t k = 0; k < g.n; k++) ck_assert_int_le(p[k], paid[k]);
      }
      for (i = 0; i < g.n && p[i] == g.claim[i].owed_cents; i++) p[i] = 0;
      if (i < g.n) p[i]++;
    }
    ck_assert_int_ge(found, 1);
    several += found > 1;
  }
  ck_assert_int_gt(several, 50);  // the greatest was a choice
}
END_TEST

// More cash for anyone, nobody is paid less.
START_TEST(more_cash_never_hurts) {
  uint64_t s = 3;
  for (int round = 0; round < 5000; round++) {
    net     g = random_net(&s, 8, 30, round % 2 ? 12 : 100000, 3);
    int64_t paid[MOST], richer[MOST];
    clear(g.claim, g.n, g.cash, g.n_party, paid);
    size_t p = next_u64(&s) % g.n_party;
    if (g.cash[p] != DEEP) g.cash[p] += 1 + (int64_t)(next_u64(&s) % 50);
    clear(g.claim, g.n, g.cash, g.n_party, richer);
    for (size_t i = 0; i < g.n; i++) ck_assert_int_ge(richer[i], paid[i]);
  }
}
END_TEST

START_TEST(split_is_monotone_and_whole) {
  uint64_t s = 13;
  for (int round = 0; round < 300; round++) {
    int64_t owed[12], sum = 0, before[12] = {0}, out[12];
    size_t  n = 1 + next_u64(&s) % 12;
    for (size_t i = 0; i < n; i++) sum += owed[i] = (int64_t)(next_u64(&s) % 40);
    for (int64_t budget = 0; budget <= sum; budget++) {
      capital_split(owed, n, budget, out);
      int64_t total = 0;
      for (size_t i = 0; i < n; i++) {
        ck_assert_int_ge(out[i], before[i]);
        total += before[i] = out[i];
      }
      ck_assert_int_eq(total, budget);
    }
    ck_assert(memcmp(out, owed, n * sizeof *owed) == 0);
  }
}
END_TEST

// A ring that passes on 99 % of half a million dollars still ends, and near the real solution: the sum of a geometric
// series, 1 / (1 - 0.99) times the cash put in.
START_TEST(slow_ring_ends) {
  capital_claim claim[] = {
      {0, 1, 0, 0, 9900000000},
      {0, 2, 0, 1, 100000000 },
      {1, 0, 0, 2, 9900000000}
  };
  int64_t         cash[] = {50000000, 0, 0}, paid[3];
  capital_cleared out = clear(claim, 3, cash, 3, paid);
  test_near((double)paid[1], 50000000.0, 60.0);
  test_near((double)paid[0], 99 * 50000000.0, 6000.0);  // a cent of rounding per round, 100 rounds deep
  ck_assert_int_lt(out.n_sweep, 4000);
}
END_TEST

// ---- Against plain sweeps -------------------------------------------------------------------------------

// The reference: sweeps down from "all paid" and nothing else, through capital_split. Returns sweeps, or 0 past `most`.
static int plain(const net *g, int64_t *paid, int most) {
  size_t at[MOST];
  for (size_t i = 0; i < g->n; i++) {  // canonical order, by insertion
    size_t k = i;
    for (; k > 0 &&
           (g->claim[at[k - 1]].rank > g->claim[i].rank ||
            (g->claim[at[k - 1]].rank == g->claim[i].rank && g->claim[at[k - 1]].owed_cents < g->claim[i].owed_cents));
         k--)
      at[k] = at[k - 1];
    at[k] = i;
    paid[i] = g->claim[i].owed_cents;
  }
  for (int sweep = 1; sweep <= most; sweep++) {
    bool fell = false;
    for (size_t p = 0; p < g->n_party; p++) {
      int64_t left = has(g, p, paid);
      for (int32_t rank = 0; rank < 3; rank++) {
        int64_t owed[MOST], sum = 0;
        size_t  mine[MOST], n = 0;
        for (size_t i = 0; i < g->n; i++) {
          const capital_claim *c = &g->claim[at[i]];
          if ((size_t)c->payer == p && c->rank == rank) mine[n] = at[i], sum += owed[n++] = c->owed_cents;
        }
        int64_t budget = left < 0 ? 0 : left < sum ? left : sum;
        capital_split(owed, n, budget, owed);
        for (size_t i = 0; i < n; i++) fell |= owed[i] != paid[mine[i]], paid[mine[i]] = owed[i];
        if (left != DEEP) left -= budget;
      }
    }
    if (!fell) return sweep;
  }
  return 0;
}

// A ring of `ring` parties with claims of about `most` cents, chords, ranks, overdrafts, and leaks of about most / leak;
// the parties after it stand outside and may pay back in.
static net random_ring(uint64_t *s, size_t ring, int64_t most, int64_t leak) {
  net     g = {.n_party = ring + 1 + next_u64(s) % 2};
  int64_t drip = 1 + most / leak;
  for (size_t p = 0; p < g.n_party; p++) {
    uint64_t die = next_u64(s) % 8;
    g.cash[p] = die < 5 ? 0 : die < 6 ? -(int64_t)(next_u64(s) % 5) : (int64_t)(next_u64(s) % (uint64_t)drip);
    if (p >= ring && die == 0) g.cash[p] = DEEP;
  }
  for (size_t p = 0; p < g.n_party; p++) {
    int32_t  rank = (int32_t)(next_u64(s) % 3);
    unsigned kinds = p < ring ? 1 | (unsigned)next_u64(s) % 32 : next_u64(s) % 3 == 0 ? 2 : 0;
    for (unsigned kind = 0; kind < 5; kind++) {  // along the ring, two chords, a leak, one of another rank
      size_t to = kind == 0 ? (p + 1) % ring : kind == 3 ? ring : next_u64(s) % g.n_party;
      if (!(kinds >> kind & 1) || to == p) continue;
      int64_t owed =
          kind < 3 ? most / 2 + (int64_t)(next_u64(s) % (uint64_t)most) : 1 + (int64_t)(next_u64(s) % (uint64_t)drip);
      if (kind == 4) rank = (rank + 1) % 3;
      g.claim[g.n] = (capital_claim){(int32_t)p, (int32_t)to, rank, (int32_t)g.n, owed};
      g.n++;
    }
  }
  return g;
}

// Every cent as plain sweeps have it, wherever these end in reasonable time: rings that pass on 1 - 1e-1 .. 1 - 1e-9.
START_TEST(leaps_change_no_cent) {
  uint64_t s = 17;
  int      same = 0, slow = 0;
  for (int round = 0; same < 24000; round++) {
    ck_assert_int_lt(round, 40000);
    int64_t most = 10, leak = 10, paid[MOST], want[MOST];
    for (uint64_t i = next_u64(&s) % 11; i > 0; i--) most *= 10;
    for (uint64_t i = next_u64(&s) % 9; i > 0; i--) leak *= 10;
    net             g = random_ring(&s, 2 + next_u64(&s) % 9, most, leak);
    int             sweeps = plain(&g, want, round % 8 ? 300 : 3000);
    capital_cleared out = clear(g.claim, g.n, g.cash, g.n_party, paid);
    ck_assert_int_lt(out.n_sweep, 3000);
    if (sweeps == 0) continue;
    for (size_t i = 0; i < g.n; i++) ck_assert_int_eq(paid[i], want[i]);
    same++, slow += sweeps > 100;
  }
  ck_assert_int_gt(slow, 300);  // the leap was put to the test
}
END_TEST

static const struct {
  const char   *what;
  size_t        n_party, n;
  int64_t       cash[4];
  capital_claim claim[8];
  int32_t       most_sweeps;
} slow_rows[] = {
    {"leaks a thousandth",
     3, 3,
     {0, 0, 0},
     {{0, 1, 0, 0, 1000000000000}, {0, 2, 0, 1, 1000000000}, {1, 0, 0, 2, 1000000000000}},
     100},
    {"leaks a billionth",
     3, 3,
     {0, 0, 0},
     {{0, 1, 0, 0, 1000000000000}, {0, 2, 0, 1, 1000}, {1, 0, 0, 2, 1000000000000}},
     100},
    {"leaks a billionth, a cent flows in",
     3, 3,
     {1, 0, 0},
     {{0, 1, 0, 0, 1000000000000}, {0, 2, 0, 1, 1000}, {1, 0, 0, 2, 1000000000000}},
     100},
    {"leaks nothing, one cent of overdraft",
     2, 2,
     {-1, 0},
     {{0, 1, 0, 0, 1000000000000}, {1, 0, 0, 1, 1000000000000}},
     100},
    {"one cent short of senior debt, and a junior ring",
     3, 3,
     {0, 999999999999, 0},
     {{1, 2, 0, 0, 1000000000000}, {0, 1, 0, 1, 1000000000000}, {1, 0, 1, 2, 1000000000000}},
     100},
    {"two rings, barely tied, that barely leak",
     4, 8,
     {0, 0, 0, 0},
     {{0, 1, 0, 0, 1000000000000},
      {1, 0, 0, 1, 1000000000000},
      {0, 2, 0, 2, 1000000},
      {2, 0, 0, 3, 1000000},
      {2, 1, 0, 4, 1000000000000},
      {1, 2, 0, 5, 1000000000000},
      {1, 3, 0, 6, 1000},
      {2, 3, 0, 7, 1}},
     300},
};

// What plain sweeps would take from 1e5 to 1e12 sweeps for.
START_TEST(slow_rings_end_soon) {
  for (size_t r = 0; r < sizeof slow_rows / sizeof *slow_rows; r++) {
    net g = {.n_party = slow_rows[r].n_party, .n = slow_rows[r].n};
    memcpy(g.cash, slow_rows[r].cash, sizeof slow_rows[r].cash);
    memcpy(g.claim, slow_rows[r].claim, sizeof slow_rows[r].claim);
    int64_t         paid[MOST], again[MOST];
    capital_cleared out = clear(g.claim, g.n, g.cash, g.n_party, paid);
    ck_assert_msg(out.n_sweep <= slow_rows[r].most_sweeps, "%s: %d sweeps", slow_rows[r].what, out.n_sweep);
    ck_assert_msg(plain(&g, again, 20000) == 0, "%s: not slow at all", slow_rows[r].what);
    answer(&g, paid, again);
    ck_assert_msg(memcmp(paid, again, g.n * sizeof *paid) == 0, "%s: not a fixed point", slow_rows[r].what);
  }
}
END_TEST

// Halves up, exactly, on both sides of where the division changes its way, against 128 bits.
START_TEST(split_is_exact_at_any_size) {
  __extension__ typedef unsigned __int128 wide;
  uint64_t                                s = 19;
  for (int round = 0; round < 200000; round++) {
    int64_t a = (int64_t)(next_u64(&s) >> (2 + next_u64(&s) % 60)),
            b = (int64_t)(next_u64(&s) >> (2 + next_u64(&s) % 60));
    int64_t owed[2] = {a > b ? a : b, a > b ? b : a}, rest = a + b, out[2];
    if (rest == 0) continue;
    int64_t budget = (int64_t)((next_u64(&s) >> next_u64(&s) % 60) % (uint64_t)rest);
    capital_split(owed, 2, budget, out);
    ck_assert_int_eq(out[0], (int64_t)((2 * (wide)budget * (wide)owed[0] + (wide)rest) / (2 * (wide)rest)));
    ck_assert_int_eq(out[0] + out[1], budget);
  }
}
END_TEST

TEST_LIST("clearing", closed_forms, refuses_nonsense, properties_hold, shuffling_changes_nothing,
          greatest_of_all_by_brute_force, more_cash_never_hurts, split_is_monotone_and_whole, slow_ring_ends,
          leaps_change_no_cent, slow_rings_end_soon, split_is_exact_at_any_size)
