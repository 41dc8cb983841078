/*
 * shop.h: the whole shop, listed: what the programs and the tests wire together.
 */
#ifndef SHOP_H
#define SHOP_H

#include "events/worker.h"
#include "http/route.h"

/* Every route table, NULL at the end. */
extern const struct route_table *const shop_tables[];

/* What runs the jobs of each kind. */
extern const struct job_handler shop_jobs[];
extern const size_t             shop_jobs_count;

/*
 * Name the values of the metrics' labels and open them.  Every program of the shop does it this way, so that all count
 * in one file; routes_use(shop_tables) comes before.
 */
void shop_metrics_open(const char *run_directory);

#endif
