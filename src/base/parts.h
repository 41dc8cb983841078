/*
 * parts.h: how each part of the shop is, and since when: shared by all processes of the host, as gauges of metrics.h.
 *
 * Whoever looks at a part says what it saw; the time of the last change stays.  The parts are PARTS of metrics.h; who looks is
 * ops/operations.h.
 */
#ifndef PARTS_H
#define PARTS_H

#include "base/metrics.h"

enum part_condition { CONDITION_OK, CONDITION_DEGRADED, CONDITION_DOWN };

/* By enum part and enum part_condition, NULL at the end. */
extern const char *const part_values[], *const condition_values[];

/* Note what was seen of a part; returns since when it has been seen so, in Unix seconds. */
int64_t part_seen(enum part part, enum part_condition condition);

#endif
