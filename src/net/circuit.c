#include "net/circuit.h"

#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/shared_file.h"

#include <assert.h>

enum { LATE_MS = 1000 };

/* One service; every member is changed by atomic operations only. */
struct service {
	int64_t failures;             /* in a row */
	int64_t open_until_ms;        /* monotonic, which is one clock for all processes of the host; 0: closed */
	int64_t places[BULKHEAD_MAX]; /* 0: free; else when it becomes free by itself */
};

static struct service       private_services[CIRCUIT_SERVICES_MAX];
static struct service      *services = private_services;
static const struct config *settings;
static enum circuit_callers callers;

void
circuit_open_shared(const struct config *config, enum circuit_callers who)
{
	char  path[512];
	void *mapped;

	settings = config;
	callers = who;
	snprintf(path, sizeof path, "%s/circuits-%zu", config->run_directory, sizeof private_services);
	mapped = shared_file_map(path, sizeof private_services, NULL);
	if (mapped == NULL)
		log_warning("cannot share circuit breaker state between processes", LOG_TEXT("path", path));
	else
		services = mapped;
}

/* When open, the one who moves the time on is the probe. */
static bool
may_pass(struct service *service)
{
	int64_t until = __atomic_load_n(&service->open_until_ms, __ATOMIC_RELAXED), now = monotonic_ms();

	if (until == 0)
		return true;
	if (now < until)
		return false;
	return __atomic_compare_exchange_n(&service->open_until_ms, &until, now + settings->payments.circuit_open_seconds * 1000,
	    false, __ATOMIC_ACQ_REL, __ATOMIC_RELAXED);
}

/*
 * The i-th place to try: requests take the first ones, jobs begin with the last, so that neither finds all taken by the other
 * while few are.
 */
static int
place_number(int i, int count)
{
	return callers == CIRCUIT_FOR_REQUESTS ? i : count - 1 - i;
}

/* Places for this process's kind. */
static int
places_open(int count)
{
	int spare = (int)settings->workers.pay - 1;

	if (callers == CIRCUIT_FOR_JOBS || count <= spare)
		return count;
	return spare > 1 ? spare : 1;
}

/* A place that nobody gives back becomes free by itself. */
static int64_t
deadline(int64_t now, int64_t longest_call_ms)
{
	return now + longest_call_ms + LATE_MS;
}

enum circuit_outcome
circuit_enter(unsigned service_number, int64_t longest_call_ms, int *place)
{
	struct service *service = &services[service_number];
	int64_t         now = monotonic_ms();
	int             count = (int)settings->payments.bulkhead;

	assert(service_number < CIRCUIT_SERVICES_MAX && count <= BULKHEAD_MAX);
	if (!may_pass(service))
		return CIRCUIT_IS_OPEN;
	for (int i = 0; i < places_open(count); i++) {
		int     number = place_number(i, count);
		int64_t taken = __atomic_load_n(&service->places[number], __ATOMIC_RELAXED);

		if (taken < now &&
		    __atomic_compare_exchange_n(&service->places[number], &taken, deadline(now, longest_call_ms), false,
			__ATOMIC_ACQ_REL, __ATOMIC_RELAXED)) {
			*place = number;
			return CIRCUIT_ENTERED;
		}
	}
	return CIRCUIT_IS_FULL;
}

bool
circuit_has_begun_since(unsigned service_number, int64_t longest_call_ms, int64_t milliseconds)
{
	int64_t since = deadline(monotonic_ms() - milliseconds, longest_call_ms);
	int     count = (int)settings->payments.bulkhead;

	for (int i = 0; i < places_open(count); i++)
		if (__atomic_load_n(&services[service_number].places[place_number(i, count)], __ATOMIC_RELAXED) >= since)
			return true;
	return false;
}

void
circuit_leave(unsigned service_number, int place, bool healthy)
{
	struct service *service = &services[service_number];

	__atomic_store_n(&service->places[place], 0, __ATOMIC_RELEASE);
	if (healthy) {
		__atomic_store_n(&service->failures, 0, __ATOMIC_RELAXED);
		__atomic_store_n(&service->open_until_ms, 0, __ATOMIC_RELAXED);
	} else if (__atomic_add_fetch(&service->failures, 1, __ATOMIC_RELAXED) >= settings->payments.circuit_failures) {
		__atomic_store_n(
		    &service->open_until_ms, monotonic_ms() + settings->payments.circuit_open_seconds * 1000, __ATOMIC_RELAXED);
	}
}

bool
circuit_is_for_requests(void)
{
	return callers == CIRCUIT_FOR_REQUESTS;
}

bool
circuit_is_open(unsigned service_number)
{
	int64_t until;

	assert(service_number < CIRCUIT_SERVICES_MAX);
	until = __atomic_load_n(&services[service_number].open_until_ms, __ATOMIC_RELAXED);
	return until != 0 && monotonic_ms() < until;
}

enum circuit_outcome
circuit_enter_soon(unsigned service, int64_t longest_call_ms, int *place)
{
	enum { PAUSE_MS = 20, WAIT_MS = 300 };
	enum circuit_outcome outcome = circuit_enter(service, longest_call_ms, place);

	for (int waited = 0;
	     outcome == CIRCUIT_IS_FULL && waited < WAIT_MS && circuit_has_begun_since(service, longest_call_ms, WAIT_MS);
	     waited += PAUSE_MS) {
		pause_us(PAUSE_MS * 1000);
		outcome = circuit_enter(service, longest_call_ms, place);
	}
	return outcome;
}
