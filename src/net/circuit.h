/*
 * circuit.h: keep a sick outside service from taking the workers with it.
 *
 * For each service a circuit and a bulkhead, shared by all processes of the host through a mapped file in the run
 * directory.  The circuit opens after config payments.circuit_failures failures in a row and lets one probe through after
 * payments.circuit_open_seconds.  The bulkhead lets at most payments.bulkhead calls be under way at once, and of the workers that
 * answer requests one less than there are, so that a service that hangs never has them all; a place is taken with a deadline, so
 * that one whose process was killed becomes free by itself.
 */
#ifndef CIRCUIT_H
#define CIRCUIT_H

#include <stdbool.h>
#include <stdint.h>

struct config;

/* Payment providers are numbered from 0 by enum provider_number; the others from the end. */
enum {
	CIRCUIT_SERVICES_MAX = 16,
	CIRCUIT_MAIL = CIRCUIT_SERVICES_MAX - 1,
	CIRCUIT_ISSUER = CIRCUIT_SERVICES_MAX - 2,
	CIRCUIT_MEDIA = CIRCUIT_SERVICES_MAX - 3
};

/* Who calls: the workers of the pool `pay`, or those of jobs, for which no client waits. */
enum circuit_callers { CIRCUIT_FOR_REQUESTS, CIRCUIT_FOR_JOBS };

/* Map the shared state (private memory when the directory cannot be written); before the first enter. */
void circuit_open_shared(const struct config *config, enum circuit_callers callers);

enum circuit_outcome { CIRCUIT_ENTERED, CIRCUIT_IS_OPEN, CIRCUIT_IS_FULL };

/* Ask to call the service (0 .. CIRCUIT_SERVICES_MAX - 1).  When entered, circuit_leave must follow with the place. */
enum circuit_outcome circuit_enter(unsigned service, int64_t longest_call_ms, int *place);

/*
 * The same, but many who call at the same time wait for one another a little.  Where the service hangs nobody waits: who stands
 * behind a worker that does would wait for all of them.
 */
enum circuit_outcome circuit_enter_soon(unsigned service, int64_t longest_call_ms, int *place);

/* Of the calls under way in the places of this kind of callers, has any begun within the last `milliseconds`? */
bool circuit_has_begun_since(unsigned service, int64_t longest_call_ms, int64_t milliseconds);

/* The call is over; `healthy` is false for time-outs, refused connections and 5xx. */
void circuit_leave(unsigned service, int place, bool healthy);

/* Does a client wait for what this process does? */
bool circuit_is_for_requests(void);

/* Is the service not to be called at present? */
bool circuit_is_open(unsigned service);

#endif
