/*
 * gauges.h: metrics that are asked for rather than counted: the parts' health, the queue, what waits, circuits.
 */
#ifndef GAUGES_H
#define GAUGES_H

struct operations;
struct text;

/*
 * Appends them in Prometheus' text format.  When the database does not answer, haat_database_up is 0 and what it knows is left
 * out.
 */
void print_gauges(const struct operations *operations, struct text *out);

#endif
