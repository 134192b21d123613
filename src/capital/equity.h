// Equity: who pays in, who gets what, in tiers of a preferred return or until a flip.
#ifndef CAPITAL_EQUITY_H
#define CAPITAL_EQUITY_H

#include <stddef.h>
#include <stdint.h>

#include "../../include/stargate.h"

enum { CAPITAL_OWNERS = 16, CAPITAL_TIERS = 6 };

// A tier pays out until the owner it measures has its hurdle, then the next one does; a tier without a hurdle, and the
// last one whatever its hurdle, takes all that is left. A catch-up is a tier whose shares differ from its neighbours'.
typedef struct capital_tier {
  double  hurdle_frac_per_yr;          // return on what `measured` has paid in, > -1; NaN: no hurdle
  int32_t measured;                    // owner whose return counts; -1: all owners together
  double  share_frac[CAPITAL_OWNERS];  // of cash paid out in this tier; sum 1
} capital_tier;

typedef struct capital_equity_terms {
  int32_t      n_owner, n_tier;
  double       call_frac[CAPITAL_OWNERS];  // share of each call; sum 1: shares in profit may differ from shares in cash
  capital_tier tier[CAPITAL_TIERS];
} capital_equity_terms;

typedef struct capital_equity_state {
  double balance_usd[CAPITAL_TIERS];  // what the measured owner lacks to its hurdle, compounding; negative: it has more
} capital_equity_state;

// A tier's balance grows by the measured owner's calls and by (1 + hurdle)^year - 1, and falls by what that owner
// receives from whichever tier; the tier is met when it is <= 0. So at 0 the owner's flows have an NPV of 0 at the
// hurdle, and what it had above the hurdle counts against later calls. With x the cash of a tier: x = balance / the
// measured owner's share (all, where that is 0).
// Source: the usual preferred-return waterfall with IRR hurdles, for example Linneman, Kirsch, Real Estate Finance and
// Investments, 5th ed. 2018, on joint ventures.
void capital_equity_open(const capital_equity_terms *k, capital_equity_state *s);
// Once a period, before its calls and distributions; year: its length.
void capital_equity_accrue(const capital_equity_terms *k, capital_equity_state *s, double year);
// usd >= 0; paid, got: (n_owner), overwritten; their sums are usd to rounding.
void capital_equity_call(const capital_equity_terms *k, capital_equity_state *s, double usd, double *paid_usd);
void capital_equity_distribute(const capital_equity_terms *k, capital_equity_state *s, double usd, double *got_usd);

// Partnership flip by periods: the investor has the `before` shares up to and including the first period at whose end
// its cumulative IRR reaches target, the `after` shares from the next.
// It flips once, for good. IRR to date >= target is read as NPV at the target >= 0 (short of it by up to 1e-9 of the
// flows' absolute value counts), which is the same while the investor's flows change sign once; an investor who paid
// nothing is there after flow 1.
// Source: conventions of ssc's leveraged partnership flip (NREL, System Advisor Model), checked in equity_test.c.
typedef struct capital_flip {
  double target_frac;  // per period, > -1
  double equity_frac;  // investor's share of flow 0
  double cash_before_frac, tax_before_frac, cash_after_frac, tax_after_frac;
} capital_flip;

// cash: (n) of the project before income tax, flow 0 = -equity; tax: (n), POSITIVE WHEN RECEIVED, credits included,
// flow 0 = 0. investor: (n) after-tax flow of the investor; developer: (n) the rest, so that both sum to cash + tax; no
// aliasing. irr_to_date: (n) or NULL, NaN where there is no IRR or several. Returns the first period with the `after`
// shares, or n: never. Cost O(n), with irr_to_date O(n^2).
int32_t capital_flip_run(const capital_flip *k, const double *cash_usd, const double *tax_usd, int32_t n,
                         double *investor_usd, double *developer_usd, double *irr_to_date);

#endif
