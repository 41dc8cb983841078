/*
 * ops.h: what operators ask of a running shop: is it alive, is it ready, what does it count, what is its API.
 */
#ifndef OPS_H
#define OPS_H

#include "http/route.h"

extern const struct route_table ops_table;

#endif
