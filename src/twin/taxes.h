// Income tax of the twin's parties.
#ifndef TWIN_TAXES_H
#define TWIN_TAXES_H

#include "state.h"

// What the party owes now: 0 but in the last month of a tax year. Call once a month, after all else has accrued.
double twin_tax_usd(twin_state *s, int32_t party);

// Class in which cost of a campus is written off that comes into service in `month`; terms of a contract of rule `tax`
// (NULL: no tax).
capital_tax_class twin_tax_class(const twin_state *s, int32_t write_off, int32_t campus, int32_t month);
capital_tax_terms twin_tax_terms(const twin_state *s, const capital_contract *tax);

#endif
