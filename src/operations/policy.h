// Policy: a way of scheduling, from words.
#ifndef OPERATIONS_POLICY_H
#define OPERATIONS_POLICY_H

#include "../base/text.h"
#include "schedule.h"

// Reads words joined by '-', in any order: "easy-sjbf-pyss-ties", "fcfs-nodes64x8-bestfit", "priority-easy-preempt".
//   fcfs | easy | easy-sjbf | conservative    who may pass the head of the queue (fcfs where none is named)
//   batch | pyss-ties                         tie rule
//   priority, preempt                         order of the queue; stopping others
//   nodesNxG, firstfit | bestfit | rackfit    N nodes of G GPUs in place of one pool
// Fills both from their defaults; *partition is left alone where no nodes are named. False: *bad is the word that is none.
bool operations_policy_parse(text_slice words, operations_policy *policy, operations_partition *partition,
                             text_slice *bad);

#endif
