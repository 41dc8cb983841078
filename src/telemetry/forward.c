#include "telemetry/forward.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "events/job.h"
#include "notify/stop.h"
#include "store/work.h"
#include "telemetry/otlp.h"
#include "telemetry/outlet.h"
#include "telemetry/sentry.h"

#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

enum { LOOK_MS = 1000, LEAVE_MS = 3000, DATAGRAMS_AT_ONCE = 256 };

struct forwarding {
	struct work   *work;
	CURLM         *multi;
	struct outlet *outlets[TELEMETRY_KIND__COUNT]; /* by enum telemetry_kind; NULL: nobody collects those */
	int            doorbell, stop;
	bool           stopping;
};

static void
open_outlets(struct forwarding *f)
{
	const struct config *config = f->work->config;
	struct arena        *arena = f->work->arena;
	const char          *otlp = config->telemetry.otlp_url, *may = config->telemetry.otlp_authorization;
	const char *const    errors[] = { "Content-Type: application/x-sentry-envelope",
		   sentry_authorization(arena, config->telemetry.sentry_dsn), "Expect:", NULL };
	const char *const    spans[] = { "Content-Type: application/json",
		   "Expect:", *may == '\0' ? NULL : arena_format(arena, "Authorization: %s", may), NULL };
	size_t               length = strlen(otlp);

	if (*config->telemetry.sentry_dsn != '\0')
		f->outlets[TELEMETRY_ERRORS] =
		    outlet_open(f->multi, config, &sentry_collector, sentry_url(arena, config->telemetry.sentry_dsn), errors);
	while (length > 0 && otlp[length - 1] == '/')
		length--;
	if (length > 0)
		f->outlets[TELEMETRY_SPANS] = outlet_open(
		    f->multi, config, &otlp_collector, arena_format(arena, "%.*s/v1/traces", (int)length, otlp), spans);
	arena_reset(arena);
}

/* So many at once and no more, that answers are not kept waiting by who sends without end. */
static void
read_datagrams(struct forwarding *f)
{
	static char bytes[TELEMETRY_BYTES_MAX];

	for (int i = 0; i < DATAGRAMS_AT_ONCE; i++) {
		ssize_t               length = recv(f->doorbell, bytes, sizeof bytes, MSG_DONTWAIT);
		struct telemetry_head head;

		if (length < 0)
			return;
		if ((size_t)length <= sizeof head) /* a ring: for nobody */
			continue;
		memcpy(&head, bytes, sizeof head);
		if (head.kind < TELEMETRY_KIND__COUNT && head.count > 0 && f->outlets[head.kind] != NULL)
			outlet_put(f->outlets[head.kind], head.count, bytes + sizeof head, (size_t)length - sizeof head);
	}
}

static void
collect(struct forwarding *f)
{
	CURLMsg *message;
	int      left;

	while ((message = curl_multi_info_read(f->multi, &left)) != NULL) {
		CURL          *curl = message->easy_handle;
		CURLcode       code = message->data.result;
		struct outlet *outlet;

		if (message->msg != CURLMSG_DONE || curl_easy_getinfo(curl, CURLINFO_PRIVATE, &outlet) != CURLE_OK)
			continue;
		curl_multi_remove_handle(f->multi, curl);
		outlet_ended(outlet, f->work, code);
	}
}

static int64_t
wait_ms(const struct forwarding *f)
{
	int64_t least = LOOK_MS;

	for (int kind = 0; kind < TELEMETRY_KIND__COUNT; kind++)
		if (f->outlets[kind] != NULL)
			least = outlet_wait_ms(f->outlets[kind], least);
	return f->stopping && least > LOOK_MS / 10 ? LOOK_MS / 10 : least;
}

static void
wait_for_any(struct forwarding *f)
{
	struct curl_waitfd also[] = { { .fd = f->doorbell, .events = CURL_WAIT_POLLIN },
		{ .fd = f->stop, .events = CURL_WAIT_POLLIN } };
	int                ignored;

	curl_multi_poll(f->multi, also, f->stopping ? 1 : 2, (int)wait_ms(f), NULL);
	f->stopping |= stop_asked(f->stop);
	read_datagrams(f);
	curl_multi_perform(f->multi, &ignored);
	collect(f);
}

static bool
is_busy(const struct forwarding *f)
{
	for (int kind = 0; kind < TELEMETRY_KIND__COUNT; kind++)
		if (f->outlets[kind] != NULL && outlet_is_busy(f->outlets[kind]))
			return true;
	return false;
}

void
forward_telemetry(struct work *work, int doorbell)
{
	struct forwarding f = { .work = work, .multi = curl_multi_init(), .doorbell = doorbell, .stop = stop_open() };
	int64_t           leave_at_ms = INT64_MAX;

	if (f.multi == NULL)
		abort();
	open_outlets(&f);
	while (!f.stopping || (is_busy(&f) && monotonic_ms() < leave_at_ms)) {
		metric_set(METRIC_LANE_SEEN, LANE_TELEMETRY, 0, unix_seconds());
		wait_for_any(&f);
		if (f.stopping && leave_at_ms == INT64_MAX)
			leave_at_ms = monotonic_ms() + LEAVE_MS;
		for (int kind = 0; kind < TELEMETRY_KIND__COUNT; kind++)
			if (f.outlets[kind] != NULL)
				outlet_begin(f.outlets[kind], work, f.stopping);
		arena_reset(work->arena);
	}
	for (int kind = 0; kind < TELEMETRY_KIND__COUNT; kind++)
		outlet_close(f.outlets[kind]);
	curl_multi_cleanup(f.multi);
	close(f.stop);
}
