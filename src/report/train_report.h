// What `stargate train` says: for a terminal, as JSON, as launch arguments of a framework.
#ifndef REPORT_TRAIN_REPORT_H
#define REPORT_TRAIN_REPORT_H

#include "../base/json.h"
#include "../twin/train.h"
#include "page.h"

sg_err report_train_text(const twin_train *t, sg_style style, text_buffer *out);

// Schema stargate.train/1.
sg_err report_train_json(const twin_train *t, text_buffer *out);

// The best plan for "megatron" (a shell script), "nemo" (a Python script) or "torchtitan" (a shell script); what the framework
// cannot express stands there as comments. Errors: NAME (no such framework), MEMORY.
sg_err report_train_emit(const twin_train *t, const char *framework, text_buffer *out);

// Rows of the catalogue: "models", "accelerators", "fabrics". Errors: NAME, MEMORY.
sg_err report_train_list(const char *what, sg_style style, text_buffer *out);

#endif
