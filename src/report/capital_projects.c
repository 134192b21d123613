// Projects: how the rows of capital/project.h are told by year, and why one cannot be told.
#include <stdio.h>

#include "capital_parts.h"

void report_project_why(const report_capital *c, const twin_financing *f, char out[REPORT_WHY]) {
  bool        one = f->why_facility >= 0;
  const char *contract =
      one ? programme_name(&c->m->p, CLASS_CONTRACT, c->m->deal[f->loan[f->why_facility]].contract) : "";
  (void)snprintf(out, REPORT_WHY, "%s%.100s%s%.190s", one ? "'" : "", contract, one ? "': " : "", f->why);
}

report_format report_project_format(int32_t row) {
  switch (row) {
    case PROJECT_DSCR:
    case PROJECT_LLCR:
    case PROJECT_PLCR:
    case PROJECT_ICR: return REPORT_RATIO;
    case PROJECT_LOCKED:
    case PROJECT_DEFAULT: return REPORT_MONTHS;
    default: return REPORT_MONEY;
  }
}

report_fold report_project_fold(int32_t row) {
  switch (row) {
    case PROJECT_DSCR:
    case PROJECT_LLCR:
    case PROJECT_PLCR:
    case PROJECT_ICR: return REPORT_LEAST;
    case PROJECT_LOSSES:
    case PROJECT_RESERVE:
    case PROJECT_MAINTENANCE:
    case PROJECT_WORKING:
    case PROJECT_HELD:
    case PROJECT_CASH:
    case PROJECT_DEBT:
    case PROJECT_ARREARS:
    case PROJECT_OWED:
    case PROJECT_ASSETS: return REPORT_LAST;
    default: return REPORT_SUM;
  }
}
