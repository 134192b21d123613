#include "hazard.h"

#include <math.h>

// Llama 3's run: 54 days, 16,384 GPUs in servers of 8, one top-of-rack switch to 16. arXiv:2407.21783 sec. 3.3,
// 2024-07.
#define LLAMA_DAYS        54.0
#define LLAMA_GPUS        16384.0
#define LLAMA_NODE_GPUS   8.0
#define LLAMA_SWITCH_GPUS 16.0
#define YEAR_DAYS         365.25

const operations_shape operations_shape_hgx = {.gpus_per_node = 8,
                                               .gpus_per_switch = LLAMA_SWITCH_GPUS,
                                               .nodes_per_rack = 4,
                                               .racks_per_loop = 32,
                                               .racks_per_feed = 16,
                                               .racks_per_site = 3125,
                                               .memory_factor = 1};
// 18 trays, of which a production run used 16: marin-community/marin issue 8925, 2026. Loops, feeds and sites:
// assumption, see docs/validation-reliability.md#assumptions.
const operations_shape operations_shape_nvl72 = {.gpus_per_node = 4,
                                                 .gpus_per_switch = 72,
                                                 .nodes_per_rack = 18,
                                                 .spare_trays = 2,
                                                 .racks_per_loop = 16,
                                                 .racks_per_feed = 8,
                                                 .racks_per_site = 1400,
                                                 .memory_factor = 1};

// RSC: arXiv:2410.21680, 2024-10. Llama 3: 419 / (54 x 2,048). FT-HSDP: arXiv:2602.00277, 2026-02.
const operations_fleet_reading operations_fleet_readings[OPERATIONS_READINGS] = {
    {"Llama 3", 3.7886, false, false},
    {"RSC-1",   6.5,    true,  true },
    {"RSC-2",   2.34,   true,  true },
    {"FT-HSDP", 2.3,    false, false},
};

#define CAUSE_ROW(id, name, level, count, hardware, detect_s, repair_h) \
  {name, OPERATIONS_LEVEL_##level, count, 0.0, detect_s, repair_h, hardware},
static const operations_cause cause_rows[OPERATIONS_CAUSES] = {OPERATIONS_CAUSE_LIST(CAUSE_ROW)};

static double llama_units(operations_level level) {
  if (level == OPERATIONS_LEVEL_NODE) return LLAMA_GPUS / LLAMA_NODE_GPUS;
  if (level == OPERATIONS_LEVEL_SWITCH) return LLAMA_GPUS / LLAMA_SWITCH_GPUS;
  return LLAMA_GPUS;
}

operations_cause operations_cause_of(operations_cause_id id) {
  operations_cause c = cause_rows[id];
  c.per_unit_day =
      c.level >= OPERATIONS_LEVEL_RACK ? c.count / YEAR_DAYS : c.count / (LLAMA_DAYS * llama_units(c.level));
  return c;
}

double operations_units(const operations_shape *shape, operations_level level, double gpus) {
  const double racks = gpus / (shape->gpus_per_node * shape->nodes_per_rack);
  switch (level) {
    case OPERATIONS_LEVEL_NODE: return gpus / shape->gpus_per_node;
    case OPERATIONS_LEVEL_SWITCH: return gpus / shape->gpus_per_switch;
    case OPERATIONS_LEVEL_RACK: return racks;
    case OPERATIONS_LEVEL_LOOP: return racks / shape->racks_per_loop;
    case OPERATIONS_LEVEL_FEED: return racks / shape->racks_per_feed;
    case OPERATIONS_LEVEL_SITE: return racks / shape->racks_per_site;
    case OPERATIONS_LEVEL_GPU:
    case OPERATIONS_LEVEL_LINK:
    case OPERATIONS_LEVELS: break;
  }
  return gpus;
}

double operations_cause_per_day(const operations_shape *shape, operations_cause_id id, double gpus) {
  const operations_cause c = operations_cause_of(id);
  return c.per_unit_day * operations_units(shape, c.level, gpus) *
         (id == OPERATIONS_CAUSE_HBM ? shape->memory_factor : 1.0);
}

double operations_all_per_day(const operations_shape *shape, double gpus) {
  double sum = 0.0;
  for (int i = 0; i < OPERATIONS_CAUSES; i++) sum += operations_cause_per_day(shape, (operations_cause_id)i, gpus);
  return sum;
}

double operations_node_out_per_day(const operations_shape *shape, double gpus) {
  return operations_all_per_day(shape, gpus) / OPERATIONS_ALL_OVER_NODE;
}

double operations_node_out_frac(const operations_shape *shape) {
  double hardware = 0.0;
  for (int i = 0; i < OPERATIONS_CAUSES; i++)
    if (cause_rows[i].hardware) hardware += operations_cause_per_day(shape, (operations_cause_id)i, 1.0);
  return operations_node_out_per_day(shape, 1.0) / hardware;
}

double operations_multiplier_of_mtbf(const operations_shape *shape, double gpu_mtbf_h) {
  return 24.0 / gpu_mtbf_h / operations_all_per_day(shape, 1.0);
}

double operations_reading_multiplier(const operations_fleet_reading *reading) {
  operations_shape shape = operations_shape_hgx;
  if (reading->a100) shape.memory_factor = OPERATIONS_A100_MEMORY;
  const double here = reading->node_only ? operations_node_out_per_day(&shape, shape.gpus_per_node)
                                         : operations_all_per_day(&shape, shape.gpus_per_node);
  return reading->per_1000_node_day / 1000.0 / here;
}

void operations_multiplier_spread(int n, double *mean_ln, double *sd_ln) {
  double sum = 0.0, square = 0.0;
  for (int i = 0; i < n; i++) {
    const double x = log(operations_reading_multiplier(&operations_fleet_readings[i]));
    sum += x;
    square += x * x;
  }
  *mean_ln = sum / n;
  *sd_ln = sqrt((square - sum * *mean_ln) / (n - 1));
}

// Days of constant hazard that age 0 .. day brings: the integral of h.
static double age_days(double day) {
  const double early_day = 30.0, shape = 0.7, wear_day = 6.0 * YEAR_DAYS;
  return day + early_day * pow(day / early_day, shape) + 0.25 * wear_day * pow(day / wear_day, 4.0);
}

double operations_age_factor(double from_day, double to_day) {
  const double at_year = (age_days(YEAR_DAYS + 1.0) - age_days(YEAR_DAYS - 1.0)) / 2.0;
  return (age_days(to_day) - age_days(from_day)) / (to_day - from_day) / at_year;
}
