/*
 * gauges.h: metrics that are asked for rather than counted: the parts' health, the queue, what waits, circuits.
 */
#ifndef GAUGES_H
#define GAUGES_H

struct text;
struct work;

/*
 * Appends them in Prometheus' text format, within seconds: the parts are checked as /ready does, then four statements of half
 * a second at most.  When the database does not answer, haat_database_up is 0 and what it knows is left out.
 */
void print_gauges(struct work *work, struct text *out);

#endif
