#include "live/publish.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "events/doorbell.h"
#include "events/feed.h"
#include "events/job.h"
#include "live/message.h"
#include "notify/stop.h"

#include <curl/curl.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

enum { LOOK_MS = 1000, TIMEOUT_MS = 2000, PAUSE_MS = 1000 };

struct publishing {
	struct work       *work;
	struct feed        feed;
	CURL              *curl;
	struct curl_slist *headers[2];    /* by enum live_kind */
	int64_t            away_until_ms; /* nginx does not answer */
};

/* nginx says who listens; nobody wants to know. */
static size_t
drop_answer(char *bytes, size_t size, size_t count, void *argument)
{
	(void)bytes;
	(void)argument;
	return size * count;
}

static struct curl_slist *
headers_of(enum live_kind kind)
{
	char               line[64];
	struct curl_slist *headers = curl_slist_append(NULL, "Content-Type: application/json");

	snprintf(line, sizeof line, "X-EventSource-Event: %s", live_kind_values[kind]);
	headers = curl_slist_append(headers, line);
	headers = curl_slist_append(headers, "Accept: application/json");
	if (headers == NULL)
		abort();
	return headers;
}

static void
open_curl(struct publishing *p)
{
	const char *socket = arena_format(p->work->arena, "%s/live.sock", p->work->config->run_directory);

	p->curl = curl_easy_init();
	if (p->curl == NULL)
		abort();
	for (enum live_kind kind = 0; kind <= LIVE_ORDER_NEW; kind++)
		p->headers[kind] = headers_of(kind);
	curl_easy_setopt(p->curl, CURLOPT_UNIX_SOCKET_PATH, socket); /* copied, as all texts but the body are */
	curl_easy_setopt(p->curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(p->curl, CURLOPT_PROXY, "");
	curl_easy_setopt(p->curl, CURLOPT_TIMEOUT_MS, (long)TIMEOUT_MS);
	curl_easy_setopt(p->curl, CURLOPT_WRITEFUNCTION, drop_answer);
}

static bool
post(struct publishing *p, const struct live_row *row)
{
	struct work *work = p->work;
	struct text  body = text_new(work->arena, 1024);
	struct uuid  all = { { 0 } };
	long         status = 0;

	shape_print(&live_message_shape, &row->message, &body);
	curl_easy_setopt(p->curl, CURLOPT_URL,
	    arena_format(work->arena, "http://localhost/publish?all=%s&order=%s", live_channel(work, row->hearer, all),
		live_channel(work, row->hearer, row->message.order.id.uuid)));
	curl_easy_setopt(p->curl, CURLOPT_HTTPHEADER, p->headers[row->message.kind]);
	curl_easy_setopt(p->curl, CURLOPT_POSTFIELDSIZE, (long)body.length);
	curl_easy_setopt(p->curl, CURLOPT_POSTFIELDS, body.bytes);
	if (curl_easy_perform(p->curl) != CURLE_OK)
		return false;
	curl_easy_getinfo(p->curl, CURLINFO_RESPONSE_CODE, &status);
	return status == 201 || status == 202; /* somebody listens, or nobody does */
}

/* A nginx that does not answer delays no batch by more than one call in a while. */
static const struct problem *
publish(void *row, void *argument)
{
	struct publishing *p = argument;
	bool               published = monotonic_ms() >= p->away_until_ms && post(p, row);

	metric_add(METRIC_LIVE_MESSAGES, published ? LIVE_PUBLISHED : LIVE_FAILED, 0, 1);
	if (!published && monotonic_ms() >= p->away_until_ms) {
		log_warning("cannot give nginx a message for browsers; they will ask what they missed");
		p->away_until_ms = monotonic_ms() + PAUSE_MS;
	}
	return OK;
}

static const struct problem *
write_down(struct publishing *p, int64_t last, int64_t *count)
{
	TRY(feed_advance(p->work, &p->feed, p->feed.batch)); /* the lease is ours; the cursor stays */
	return write_live_messages(p->work, p->feed.batch, last, count);
}

/* One batch; *found when there was one. */
static const struct problem *
work_once(struct publishing *p, bool *found)
{
	bool    enabled = p->work->config->live.enabled;
	int64_t last, count = 0;

	*found = false;
	TRY(feed_take(p->work, &p->feed));
	if (!feed_is_held(&p->feed))
		return OK;
	TRY(feed_next(p->work, &p->feed, enabled ? 1 : INT32_MAX, &last));
	if (last == p->feed.batch)
		return OK;
	if (enabled)
		TRY(db_transaction(p->work, write_down(p, last, &count)));
	if (count > 0)
		TRY(each_live_message(p->work, p->feed.batch, last, publish, p));
	TRY(db_transaction(p->work, feed_advance(p->work, &p->feed, last)));
	p->feed.batch = last;
	*found = true;
	return OK;
}

void
publish_live(struct work *work, int doorbell)
{
	struct publishing p = { .work = work, .feed = { .consumer = "live" } };
	struct pollfd     waits[] = { { .fd = doorbell, .events = POLLIN }, { .fd = stop_open(), .events = POLLIN } };
	bool              found = false;

	open_curl(&p);
	do {
		const struct problem *problem;

		if (poll(waits, 2, found ? 0 : LOOK_MS) > 0 && waits[0].revents != 0)
			doorbell_answer(doorbell, true);
		problem = work_once(&p, &found);
		metric_set(METRIC_LANE_SEEN, LANE_LIVE, 0, unix_seconds());
		if (problem != OK)
			feed_doubt(&p.feed);
		arena_reset(work->arena);
	} while (!stop_asked(waits[1].fd));
	feed_release(work, &p.feed);
	for (enum live_kind kind = 0; kind <= LIVE_ORDER_NEW; kind++)
		curl_slist_free_all(p.headers[kind]);
	curl_easy_cleanup(p.curl);
	close(waits[1].fd);
}
