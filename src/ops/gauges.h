/*
 * gauges.h: metrics that are asked for rather than counted: the queue, what waits for a person, circuits.
 */
#ifndef GAUGES_H
#define GAUGES_H

struct text;
struct work;

/*
 * Appends them in Prometheus' text format.  Two round trips, each within the statement time limit of the configuration;
 * when the database does not answer, haat_database_up is 0 and what it knows is left out.
 */
void print_gauges(struct work *work, struct text *out);

#endif
