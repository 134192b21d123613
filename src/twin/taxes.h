// Income tax of the twin's parties.
#ifndef TWIN_TAXES_H
#define TWIN_TAXES_H

#include "state.h"

// What the party owes now: 0 but in the last month of a tax year. Call once a month, after all else has accrued.
double twin_tax_usd(twin_state *s, int32_t party);

#endif
