/*
 * reviews.h: what buyers say of products, and what sellers answer.
 */
#ifndef REVIEWS_H
#define REVIEWS_H

#include "http/route.h"

extern const struct route_table reviews_table;

#endif
