// What the opaque types of the public face hold: for the folders that write reports from them.
#ifndef REPORT_API_H
#define REPORT_API_H

#include "../../include/stargate.h"
#include "../twin/ensemble.h"

struct sg_model {
  twin_model *twin;
};

struct sg_result {
  const sg_model *model;  // not owned
  twin_ensemble  *runs;
};

#endif
