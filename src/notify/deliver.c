#include "notify/deliver.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "events/doorbell.h"
#include "events/feed.h"
#include "events/job.h"
#include "notify/spread.h"
#include "notify/stop.h"
#include "notify/transfer.h"
#include "store/work.h"

#include <setjmp.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOOK_MS = 1000, PAUSE_FIRST_MS = 100, PAUSE_MAX_MS = 2000, RECORD_AT_ONCE = 100 };

struct delivering {
	struct work     *work;
	struct feed      feed;
	CURLM           *multi;
	struct transfer *transfers; /* under way, and those that are over and not yet recorded */
	size_t           under_way;
	bool             full;  /* more bytes may not be under way */
	size_t           first; /* which endpoint goes first: each in its turn when there is no room for all */
	int              doorbell, stop;
	int64_t          look_at_ms, pause_ms;
	bool             stopping;
	jmp_buf          exhausted;
};

/* How many transfers of an endpoint there are. */
static size_t
count_of(const struct delivering *d, struct endpoint_id endpoint)
{
	size_t count = 0;

	for (const struct transfer *t = d->transfers; t != NULL; t = t->next)
		count += ID_EQUAL(t->attempt.endpoint, endpoint);
	return count;
}

static bool
is_under_way(const struct delivering *d, const struct due_endpoint *endpoint, const struct due_delivery *delivery)
{
	for (const struct transfer *t = d->transfers; t != NULL; t = t->next)
		if (ID_EQUAL(t->attempt.endpoint, endpoint->id) && uuid_equal(t->attempt.aggregate, delivery->aggregate))
			return true;
	return false;
}

static const struct problem *
begin(struct delivering *d, const struct due_endpoint *endpoint, const struct due_delivery *delivery)
{
	struct due_event *said;
	struct attempt    attempt;
	struct transfer  *transfer;

	TRY(queue_said(d->work, delivery, &said));
	transfer = transfer_new(d->work, endpoint, delivery, said, &attempt);
	if (transfer == NULL)
		return queue_record(d->work, &d->feed, &attempt, 1);
	if (curl_multi_add_handle(d->multi, transfer->curl) != CURLM_OK)
		abort();
	transfer->next = d->transfers;
	d->transfers = transfer;
	d->under_way++;
	return OK;
}

/* As many as the endpoint, and all together, may have more. */
static const struct problem *
begin_of(struct delivering *d, const struct due_endpoint *endpoint)
{
	size_t               most = endpoint->failing ? 1 : DELIVERIES_OF_ENDPOINT, has = count_of(d, endpoint->id), count;
	struct due_delivery *due;

	if (has >= most)
		return OK;
	TRY(queue_due(d->work, endpoint->id, DELIVERIES_OF_ENDPOINT + (int64_t)has, &due, &count));
	for (size_t i = 0; i < count && has < most && d->under_way < DELIVERIES_UNDER_WAY; i++)
		if (!is_under_way(d, endpoint, &due[i])) {
			struct arena_mark mark = arena_mark(d->work->arena);

			if (!transfer_has_room(d->transfers, endpoint->id, (size_t)due[i].bytes, &d->full))
				break;
			TRY(begin(d, endpoint, &due[i]));
			arena_release(d->work->arena, mark);
			has++;
		}
	return OK;
}

static const struct problem *
begin_due(struct delivering *d)
{
	struct due_endpoint *endpoints;
	size_t               count;

	if (d->under_way >= DELIVERIES_UNDER_WAY)
		return OK;
	TRY(queue_endpoints(d->work, &endpoints, &count));
	d->full = false;
	for (size_t i = 0; i < count && d->under_way < DELIVERIES_UNDER_WAY && !d->full; i++) {
		struct arena_mark mark = arena_mark(d->work->arena);

		TRY(begin_of(d, &endpoints[(d->first + i) % count]));
		arena_release(d->work->arena, mark);
	}
	if (count > 0 && (d->full || d->under_way >= DELIVERIES_UNDER_WAY))
		d->first = (d->first + 1) % count;
	return OK;
}

/* Those that libcurl has ended since. */
static size_t
collect(struct delivering *d)
{
	CURLMsg *message;
	size_t   ended = 0;
	int      left;

	while ((message = curl_multi_info_read(d->multi, &left)) != NULL) {
		CURLcode         code = message->data.result;
		CURL            *curl = message->easy_handle;
		struct transfer *transfer;

		if (message->msg != CURLMSG_DONE || curl_easy_getinfo(curl, CURLINFO_PRIVATE, &transfer) != CURLE_OK)
			continue;
		curl_multi_remove_handle(d->multi, curl);
		transfer_ended(transfer, code);
		d->under_way--;
		ended++;
	}
	return ended;
}

/* Those that are written down; `all`: those under way too, which somebody else will deliver again. */
static void
forget(struct delivering *d, bool all)
{
	struct transfer **at = &d->transfers, *transfer;

	while ((transfer = *at) != NULL) {
		if (!all && !transfer->recorded) {
			at = &transfer->next;
			continue;
		}
		*at = transfer->next;
		if (!transfer->over) {
			curl_multi_remove_handle(d->multi, transfer->curl);
			d->under_way--;
		}
		transfer_free(transfer);
	}
}

static void
observe(const struct attempt *attempt)
{
	int64_t took_ms = instant_now().unix_ms - attempt->happened_at.unix_ms;

	if (attempt->outcome == ATTEMPT_DELIVERED)
		metric_observe_us(METRIC_DELIVERY_SECONDS, 0, 0, took_ms * 1000);
}

/* Write down those that are over.  While the database does not answer they stay, as long as the lease does. */
static const struct problem *
record_ended(struct delivering *d)
{
	struct attempt  *attempts = ARENA_ARRAY(d->work->arena, RECORD_AT_ONCE, struct attempt);
	struct transfer *ended[RECORD_AT_ONCE];
	size_t           count = 0;

	for (struct transfer *t = d->transfers; t != NULL && count < RECORD_AT_ONCE; t = t->next)
		if (t->over) {
			ended[count] = t;
			attempts[count++] = t->attempt;
		}
	if (count == 0)
		return OK;
	TRY(queue_record(d->work, &d->feed, attempts, count));
	for (size_t i = 0; i < count; i++) {
		observe(&ended[i]->attempt);
		ended[i]->recorded = true;
	}
	forget(d, false);
	return queue_put_off_rest(d->work, attempts, count);
}

static const struct problem *
work_once(struct delivering *d)
{
	bool found = true;

	TRY(feed_take(d->work, &d->feed));
	if (!feed_is_held(&d->feed)) {
		forget(d, true);
		return OK;
	}
	TRY(record_ended(d));
	if (d->stopping || monotonic_ms() < d->look_at_ms)
		return OK;
	for (int rounds = 0; found && rounds < 4; rounds++)
		TRY(spread_events(d->work, &d->feed, &found));
	TRY(begin_due(d));
	d->look_at_ms = monotonic_ms() + (found ? 0 : LOOK_MS);
	return OK;
}

static void
abandon(void *argument)
{
	longjmp(((struct delivering *)argument)->exhausted, 1);
}

/* What is read is bounded; if it were not, the process would not die of it, and its transfers go on. */
static const struct problem *
work_in_memory(struct delivering *d)
{
	const struct problem *problem;

	if (setjmp(d->exhausted) == 0) {
		arena_on_exhausted(d->work->arena, abandon, d);
		problem = work_once(d);
	} else {
		work_abandon(d->work);
		problem = problem(OVERLOADED, "deliveries need more memory than there may be");
		log_error("out of memory", LOG_TEXT("cause", problem->message));
	}
	arena_on_exhausted(d->work->arena, NULL, NULL);
	return problem;
}

/* For a transfer, a ring, TERM or the time. */
static void
wait_for_any(struct delivering *d, int64_t milliseconds)
{
	struct curl_waitfd also[] = { { .fd = d->doorbell, .events = CURL_WAIT_POLLIN },
		{ .fd = d->stop, .events = CURL_WAIT_POLLIN } };
	int                ignored;

	curl_multi_poll(d->multi, also, 2, (int)milliseconds, NULL);
	if (also[0].revents != 0) {
		doorbell_answer(d->doorbell, true);
		d->look_at_ms = 0;
	}
	d->stopping |= stop_asked(d->stop);
	curl_multi_perform(d->multi, &ignored);
	if (collect(d) > 0)
		d->look_at_ms = 0; /* there is room, and what waited behind them */
}

static int64_t
wait_ms(struct delivering *d, const struct problem *problem)
{
	int64_t until = d->look_at_ms - monotonic_ms();

	if (problem != OK) {
		d->pause_ms = d->pause_ms == 0 ? PAUSE_FIRST_MS : d->pause_ms * 2 < PAUSE_MAX_MS ? d->pause_ms * 2 : PAUSE_MAX_MS;
		d->look_at_ms = monotonic_ms() + d->pause_ms;
		return d->pause_ms;
	}
	d->pause_ms = 0;
	if (!d->feed.held)
		return LOOK_MS;
	return until < 0 ? 0 : until < LOOK_MS ? until : LOOK_MS;
}

void
deliver_webhooks(struct work *work, int doorbell)
{
	struct delivering d = { .work = work,
		.feed = { .consumer = "webhooks" },
		.multi = curl_multi_init(),
		.doorbell = doorbell,
		.stop = stop_open() };

	if (d.multi == NULL)
		abort();
	curl_multi_setopt(d.multi, CURLMOPT_MAXCONNECTS, (long)DELIVERIES_UNDER_WAY);
	curl_multi_setopt(d.multi, CURLMOPT_PIPELINING, (long)CURLPIPE_NOTHING);
	while (!d.stopping || d.transfers != NULL) {
		const struct problem *problem = work_in_memory(&d);

		metric_set(METRIC_LANE_SEEN, LANE_DELIVERIES, 0, unix_seconds());
		arena_reset(work->arena);
		if (problem != OK)
			feed_doubt(&d.feed);
		if (!feed_is_held(&d.feed))
			forget(&d, true);
		if (d.stopping && d.transfers == NULL)
			break;
		wait_for_any(&d, wait_ms(&d, problem));
	}
	feed_release(work, &d.feed);
	curl_multi_cleanup(d.multi);
	close(d.stop);
}
