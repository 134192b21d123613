// Workbook: the projects of one scenario as a modeller's book in Excel's format (Office Open XML), by libxlsxwriter.
//
// Sheets: Inputs (named cells), Scenario (physical and market series, frozen), for each project Construction, Operation,
// Debt, Tax and Equity, all of live formulas, then Checks against the engine's own figures (sheet Engine) and Charts. Cells
// of formulas also hold the engine's value, for viewers that do not calculate.
#ifndef REPORT_WORKBOOK_H
#define REPORT_WORKBOOK_H

#include "capital_report.h"

// Writes the file at `path` (libxlsxwriter knows no other way). Errors: SG_ERR_MEMORY; SG_ERR_IO; SG_ERR_RANGE: there is no
// project in this scenario to make a book of.
sg_err report_workbook(const report_capital *c, const char *path);

#endif
