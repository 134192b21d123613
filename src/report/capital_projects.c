// Projects: how the rows of capital/project.h are told by year.
#include "capital_parts.h"

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
