// Number: the lesser and the greater of two, inline. fmin and fmax are calls, since they also say what of a NaN; here
// neither may be one.
#ifndef BASE_NUMBER_H
#define BASE_NUMBER_H

static inline double number_least(double a, double b) { return a < b ? a : b; }
static inline double number_most(double a, double b) { return a > b ? a : b; }

#endif
