// What `stargate validate` says of a domain, for people.
#ifndef REPORT_VALIDATE_SUMMARY_H
#define REPORT_VALIDATE_SUMMARY_H

#include "../twin/validate.h"
#include "page.h"

void report_validate_summary(const validate_report *report, sg_style style, text_buffer *out);

#endif
