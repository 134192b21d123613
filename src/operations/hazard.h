// Hazard: what stops work on a cluster, how often, how it is noticed, and how long the part is away.
//
// One structure for all fleets: a list of causes, each with a rate per unit (GPU, host, link, switch, rack, cooling
// loop, power feed, site), times one multiplier of the fleet, times one factor of age. Causes of one GPU or host are
// independent; those of a switch and above take everything below them at once. Rates are those of Llama 3's 54 days
// on 16,384 H100, the one large fleet whose interruptions are published by cause; multiplier 1 is that fleet. Pure,
// no allocation.
#ifndef OPERATIONS_HAZARD_H
#define OPERATIONS_HAZARD_H

#include <stdbool.h>
#include <stdint.h>

typedef enum operations_level {
  OPERATIONS_LEVEL_GPU,
  OPERATIONS_LEVEL_NODE,
  OPERATIONS_LEVEL_LINK,    // one to a GPU
  OPERATIONS_LEVEL_SWITCH,  // first switch above the nodes
  OPERATIONS_LEVEL_RACK,    // power shelf, manifold, NVLink backplane
  OPERATIONS_LEVEL_LOOP,    // cooling
  OPERATIONS_LEVEL_FEED,    // power
  OPERATIONS_LEVEL_SITE,
  OPERATIONS_LEVELS
} operations_level;

// enum, name, level, interruptions in 54 days of 16,384 H100 (per unit and year from RACK up), hardware, seconds
// until noticed with inspection (NaN: by its timeout only), hours until a broken unit is back.
//   Counts: Llama 3, arXiv:2407.21783, table 5, 2024-07; its 35 of network are here 28 of links and 7 of switches
//     (assumption, see docs/validation-reliability.md#assumptions).
//   Seconds: ByteRobust, arXiv:2509.16293, 2025-09 (NIC, port 30, switch 60, driver, GPU 10, kernel 2); of the parts
//     of a host half of the health-check period of 5 min, Kokolis et al., arXiv:2410.21680, 2024-10.
//   Racks and above: Dean, "Designs, lessons and advice from building large distributed systems", LADIS 2009: in a
//     year a cluster of some 1,800 machines sees 20 racks fail for 1 to 6 h (most by their switch, which is counted
//     apart: 0.2 a rack, assumption), 1 PDU of 500 to 1,000 machines for 6 h (0.42 a feed), and half an overheating
//     for 1 to 2 days.
//   Site: Uptime Institute, Tier III, 99.982 % or 1.6 h a year, as events of 4 h (assumption).
//   Repair of nodes: 48 h, as racks in data/catalogue; links 2 h, switches 4 h: assumption, see
//     docs/validation-reliability.md#assumptions.
// clang-format off
#define OPERATIONS_CAUSE_LIST(X)                                                          \
  X(GPU,      "GPU",                        GPU,    148,  true,  10,   48)                \
  X(HBM,      "HBM",                        GPU,    72,   true,  10,   48)                \
  X(SRAM,     "GPU SRAM",                   GPU,    19,   true,  10,   48)                \
  X(GSP,      "GPU system processor",       GPU,    17,   true,  10,   48)                \
  X(CORRUPT,  "silent data corruption",     GPU,    6,    true,  (double)NAN, 48)         \
  X(THERMAL,  "thermal interface, sensor",  GPU,    6,    true,  10,   48)                \
  X(NIC,      "NIC",                        NODE,   7,    true,  30,   48)                \
  X(SSD,      "SSD",                        NODE,   3,    true,  150,  48)                \
  X(PSU,      "power supply",               NODE,   3,    true,  150,  48)                \
  X(CHASSIS,  "server chassis",             NODE,   2,    true,  150,  48)                \
  X(IO,       "IO board",                   NODE,   2,    true,  150,  48)                \
  X(CPU,      "CPU",                        NODE,   2,    true,  150,  48)                \
  X(DIMM,     "system memory",              NODE,   2,    true,  150,  48)                \
  X(HOST,     "host maintenance",           NODE,   32,   false, 150,  2)                 \
  X(SOFTWARE, "software",                   GPU,    54,   false, 2,    0)                 \
  X(DEPENDS,  "dependency",                 GPU,    2,    false, 150,  0)                 \
  X(STALL,    "silent stall",               GPU,    7,    false, (double)NAN, 0)          \
  X(LINK,     "link",                       LINK,   28,   false, 30,   2)                 \
  X(SWITCH,   "switch",                     SWITCH, 7,    false, 60,   4)                 \
  X(RACK,     "rack",                       RACK,   0.2,  false, 60,   3.5)               \
  X(LOOP,     "cooling loop",               LOOP,   0.5,  false, 60,   36)                \
  X(FEED,     "power feed",                 FEED,   0.42, false, 60,   6)                 \
  X(SITE,     "site",                       SITE,   0.4,  false, 60,   4)
// clang-format on
#define OPERATIONS_CAUSE_ENUM(id, ...) OPERATIONS_CAUSE_##id,
typedef enum operations_cause_id { OPERATIONS_CAUSE_LIST(OPERATIONS_CAUSE_ENUM) OPERATIONS_CAUSES } operations_cause_id;
#undef OPERATIONS_CAUSE_ENUM

typedef struct operations_cause {
  const char      *name;
  operations_level level;
  double           count;         // as in the list
  double           per_unit_day;  // at multiplier 1 and age factor 1
  double           detect_s, repair_h;
  bool             hardware;  // of a node: a share of these takes the node out, the rest is gone after a restart
} operations_cause;

// id: 0 .. OPERATIONS_CAUSES - 1.
operations_cause operations_cause_of(operations_cause_id id);

// How a fleet is put together. Every count >= 1.
typedef struct operations_shape {
  double gpus_per_node, gpus_per_switch;
  double nodes_per_rack, spare_trays;  // spare_trays: nodes of each rack that no job is given
  double racks_per_loop, racks_per_feed, racks_per_site;
  double memory_factor;  // of the rate of HBM: 1 for H100; A100: OPERATIONS_A100_MEMORY
} operations_shape;

extern const operations_shape operations_shape_hgx;    // 8-GPU servers, four to a rack, one switch to 16 GPUs
extern const operations_shape operations_shape_nvl72;  // 18 trays of 4 GPUs, 16 of them used

// Memory errors come 3.2 times less often on A100 than on H100: Cui et al., arXiv:2503.11901, 2025-03.
#define OPERATIONS_A100_MEMORY 0.3125

// All causes together interrupt a job this many times as often as hardware takes one of its nodes out: jobs on 1,024
// GPUs of RSC-1 ran 7.9 h between failures, its node failures alone would give 28.8 h. Kokolis et al.,
// arXiv:2410.21680, 2024-10.
#define OPERATIONS_ALL_OVER_NODE (28.846 / 7.9)

// Share of hardware interruptions that take the node out until it is repaired, so that the ratio above holds; the
// rest is gone after a restart. About 0.4.
double operations_node_out_frac(const operations_shape *shape);

// Units of a level in a fleet of so many GPUs; not rounded, so that rates are in proportion to nodes.
double operations_units(const operations_shape *shape, operations_level level, double gpus);

// Interruptions per day of a job on so many GPUs by one cause, by all, and hardware node failures alone; at
// multiplier 1.
double operations_cause_per_day(const operations_shape *shape, operations_cause_id id, double gpus);
double operations_all_per_day(const operations_shape *shape, double gpus);
double operations_node_out_per_day(const operations_shape *shape, double gpus);

// Multiplier of a fleet that is known by the mean time between interruptions of one GPU, hours (racks of
// data/catalogue).
double operations_multiplier_of_mtbf(const operations_shape *shape, double gpu_mtbf_h);

// Published fleets in order of their dates, and the lognormal that the multipliers of the first n make (2 .. OPERATIONS_READINGS):
// exp(mean_ln + sd_ln z). Whoever forecasts from 2024 may know the first OPERATIONS_READINGS_2024.
typedef struct operations_fleet_reading {
  const char *name;
  double      per_1000_node_day;  // of 8-GPU nodes
  bool        node_only;          // hardware node failures, not all interruptions
  bool        a100;
} operations_fleet_reading;
enum { OPERATIONS_READINGS_2024 = 3, OPERATIONS_READINGS = 4 };
extern const operations_fleet_reading operations_fleet_readings[OPERATIONS_READINGS];
double                                operations_reading_multiplier(const operations_fleet_reading *reading);
void                                  operations_multiplier_spread(int n, double *mean_ln, double *sd_ln);

// Factor of age, mean of days from_day .. to_day since commissioning (0 <= from_day < to_day): early failures that
// die out, a constant, and wear; 1 at one year, about the age of the fleets above.
//   h(t) = 1 + a (t / 30 d)^(k - 1) + (t / 6 yr)^3,  k = 0.7, a = 0.7: the first month has twice the constant
// Source: Weibull shape 0.7 to 0.8 between failures, Schroeder & Gibson, "A large-scale study of failures in
// high-performance computing systems", DSN 2006; size of the early part and wear: assumption, see
// docs/validation-reliability.md#assumptions.
double operations_age_factor(double from_day, double to_day);

#endif
