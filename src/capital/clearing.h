// Clearing: all obligations of one month at once, the greatest payments that everyone can make.
//
// A party pays min(what it owes, its cash + what it receives), senior ranks first, within a rank in proportion to
// what is owed. Payments depend on one another around circular chains; among the vectors that satisfy this there is a
// greatest one, and it is the answer: a ring in which everyone waits for everyone settles without any cash.
// Source: Eisenberg, Noe, "Systemic risk in financial systems", Management Science 47(2), 2001; ranks: Elsinger,
// "Financial networks, cross holdings, and limited liability", Oesterreichische Nationalbank WP 156, 2009.
//
// In whole cents. Let x(b) be the split of b cents over the claims of one rank: claims in a canonical order (largest
// first, then by `order`, then payee), each takes b * owed / (owed of itself and those after it), to the nearest cent,
// out of what is left. No x_k(b) and no rest ever falls when b grows, so the map "payments -> payments" is monotone on
// a finite lattice: it has a greatest fixed point (Tarski, Pacific J. Math. 5, 1955), and going down from "all paid"
// reaches it, in any order of parties, since the sum of payments is a whole number that falls at every change.
// So, exactly: nobody pays more than owed or than it has; nobody who owes keeps a cent; no cent to a junior rank before
// the senior one is whole; and no obligation's place in the list matters. (Plain largest remainder is not monotone, the
// Alabama paradox, and would allow none of this.) The price: a share may differ from the exact proportion by
// (1 + H)/2 cents, H = 1 + 1/2 + ... + 1/(n-1) for n claims in that rank: at most 1 cent for two, 2.3 for twenty; and
// around a ring that passes on a share g of what it gets, rounding adds up to about 1 / (1 - g) times that.
//
// Sweeps alone are slow around rings that pass nearly everything on: they fall by what leaks, in the end a cent a
// sweep. So every few sweeps payments leap down to a bound that no fixed point exceeds (the fictitious default of
// Eisenberg and Noe, and of Rogers, Veraart, "Failure and rescue in an interbank network", Management Science 59(4),
// 2013, with room for the cents). Why it holds: party p now pays u_p, b_p > 0 of it at its marginal rank, and
// r_p = u_p - (cash + receipts). Let u - d be a fixed point, d >= 0, and B a strongly connected set of such parties
// (claims of marginal ranks). D_k: fall of a claim's payment. Then d_j >= min(u_j, r_j + sum of D_k over claims to j).
// (1) R = sum of r over B. If R > 0, some p in B has d_p >= T_p. For if all d_p < b_p, adding up gives
//     sum of (d_p - falls inside B) >= R: what B pays outside at these ranks falls by R cents or more. Take integers
//     l_p >= 1 with sum (l_p - 1) < R: some p lowers its leak by l_p. T_p, found by bisection of the very split, is the
//     least fall that does this, or b_p.
// (2) D_k(d) >= s_k min(d, b) - w_k, s_k its share, w_k twice the rounding above. So m = min(d, b) obeys, for j other
//     than p and any scale t <= 1: m_p >= t T_p; m_j >= min(b_j, t max(r_j, 0) + min(r_j, 0) - w_j + sum of s m). Let v
//     solve this with equality and without min(b_j, .), t so small that v <= b. Then e = min(m - v, 0) has e_p = 0 and
//     e >= A e, where A, the shares without p, has powers that vanish, since from all of B losses reach p: e >= 0, so
//     d >= v.
// (3) Which p it is, is unknown: the bound is the least v over all p in B, less 1e-9 of it for doubles, rounded down.
// From there sweeps only lower payments: they end at an x <= F(x) that is not below the greatest fixed point, hence
// (Tarski) at it. The leap decides how fast, never where. B is sought among all shares and again among large ones only.
#ifndef CAPITAL_CLEARING_H
#define CAPITAL_CLEARING_H

#include <stddef.h>
#include <stdint.h>

#include "../../include/stargate.h"

#define CAPITAL_DEEP INT64_MAX  // cash of a party that can always pay: lenders, customers, the outside world

typedef struct capital_claim {
  int32_t payer, payee;  // parties, not the same
  int32_t rank;          // 0 is paid first
  int32_t order;         // canonical key, for example the contract: breaks ties in cents, not by place in the list
  int64_t owed_cents;    // >= 0
} capital_claim;

typedef struct capital_cleared {
  int64_t owed_cents, paid_cents;  // over all claims
  int32_t n_short;                 // parties that could not pay everything
  int32_t n_sweep;                 // passes over parties; 0: everyone could pay
} capital_cleared;

size_t capital_clearing_bytes(size_t n_party, size_t n_claim);  // of scratch; SIZE_MAX: overflow

// Clears a month. cash_cents: (n_party) before payments; CAPITAL_DEEP = unlimited; negative: receipts fill the hole
// first. scratch: capital_clearing_bytes, aligned to 8. paid_cents: (n_claim), in the order of the claims; no aliasing.
// *out may be NULL. Errors: SG_ERR_RANGE: a party that does not exist, payer = payee, owed < 0, or sums beyond int64.
// Cost: O(n_claim + n_party) when everyone can pay; otherwise + a sort, + sweeps: a few for chains, tens and seldom
// hundreds for rings, whatever they leak. A leap costs some n^4 for n parties in a ring; more than 64 tied to one
// another by large shares are left to sweeps: around a ring that passes on a share g, about (log(cents) + 1) / (1 - g).
sg_err capital_clear(const capital_claim *claim, size_t n_claim, const int64_t *cash_cents, size_t n_party,
                     void *scratch, int64_t *paid_cents, capital_cleared *out);

// The split x(b) of `budget_cents` over owed[0..n), already in canonical order; out (n) may be owed itself.
// 0 <= budget <= sum of owed.
void capital_split(const int64_t *owed_cents, size_t n, int64_t budget_cents, int64_t *out_cents);

#endif
