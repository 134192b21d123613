// Equity: who pays in, who gets what, in tiers of a preferred return or until a flip.
#ifndef CAPITAL_EQUITY_H
#define CAPITAL_EQUITY_H

#include <stddef.h>
#include <stdint.h>

#include "../../include/stargate.h"

enum { CAPITAL_OWNERS = 16, CAPITAL_TIERS = 6 };

// A tier pays out until every owner's hurdle is met, then the next one; the last tier has no hurdle.
typedef struct capital_tier {
  double hurdle_frac_per_yr;          // return on what `measured` has paid in; NaN: no hurdle (last tier)
  int32_t measured;                   // owner whose return counts; -1: all owners together
  double share_frac[CAPITAL_OWNERS];  // of cash paid out in this tier; sum 1
} capital_tier;

typedef struct capital_equity_terms {
  int32_t      n_owner, n_tier;
  double       call_frac[CAPITAL_OWNERS];  // share of each call; sum 1: shares in profit may differ from shares in cash
  capital_tier tier[CAPITAL_TIERS];
} capital_equity_terms;

typedef struct capital_equity_state {
  double balance_usd[CAPITAL_TIERS];  // what the measured owner still lacks to its hurdle, compounding
} capital_equity_state;

void capital_equity_open(const capital_equity_terms *k, capital_equity_state *s);
void capital_equity_accrue(const capital_equity_terms *k, capital_equity_state *s, double year);  // once a period, first
void capital_equity_call(const capital_equity_terms *k, capital_equity_state *s, double usd, double *paid_usd);        // paid: (n_owner)
void capital_equity_distribute(const capital_equity_terms *k, capital_equity_state *s, double usd, double *got_usd);   // got: (n_owner)
// Sum of got is usd to rounding. A tier's hurdle: balance grows by calls and (1+hurdle)^year - 1, falls by what is received;
// the tier is met when the balance is <= 0. Source: usual preferred-return waterfall; see docs/model.md.

// Partnership flip by periods: the investor has the `before` shares up to and including the first period at whose end its
// cumulative IRR reaches target, the `after` shares from the next.
typedef struct capital_flip {
  double target_frac;           // per period
  double equity_frac;           // investor's share of equity
  double cash_before_frac, tax_before_frac, cash_after_frac, tax_after_frac;
} capital_flip;
// cash, tax: (n) of the project, flow 0 = -equity with tax 0; investor: (n) after-tax flow of the investor; developer has
// the rest. Returns the first period with the `after` shares, or n: never. irr_to_date: (n) or NULL.
int32_t capital_flip_run(const capital_flip *k, const double *cash_usd, const double *tax_usd, int32_t n, double *investor_usd, double *developer_usd,
                         double *irr_to_date);

#endif
