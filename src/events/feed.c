#include "events/feed.h"

#include "base/instant.h"
#include "base/log.h"
#include "store/db.h"
#include "store/work.h"

#include <stdio.h>
#include <unistd.h>

/* The server's clock and ours are asked at different times: what is near the end counts as over. */
enum { MARGIN_MS = 1000 };

/* A process that starts anew under an old number is another holder. */
static void
name_holder(struct feed *feed)
{
	char host[64] = "";

	if (gethostname(host, sizeof host) != 0)
		host[0] = '\0';
	host[sizeof host - 1] = '\0';
	snprintf(feed->holder, sizeof feed->holder, "%.30s:%d:%llx", host, (int)getpid(), (unsigned long long)monotonic_us());
}

static const struct problem *
insert_cursor(struct work *work, const struct feed *feed)
{
	return db_run(work->db, NULL,
	    "INSERT INTO event_cursors (consumer, batch) VALUES (?, COALESCE((SELECT MAX(f.batch) FROM event_fan_out f), 0)) "
	    "ON DUPLICATE KEY UPDATE consumer = VALUES(consumer)",
	    P(feed->consumer));
}

static const struct problem *
take(struct work *work, const struct feed *feed, int64_t *taken)
{
	return db_run(work->db, taken,
	    "UPDATE event_cursors SET holder = ?, lease_until = NOW(3) + INTERVAL ? SECOND "
	    "WHERE consumer = ? AND (holder = ? OR holder IS NULL OR lease_until < NOW(3))",
	    P(feed->holder), P(FEED_LEASE_SECONDS), P(feed->consumer), P(feed->holder));
}

bool
feed_is_held(const struct feed *feed)
{
	return feed->held && monotonic_ms() < feed->until_ms;
}

const struct problem *
feed_take(struct work *work, struct feed *feed)
{
	int64_t before = monotonic_ms(), taken;
	bool    had = feed->held;

	if (feed_is_held(feed) && before < feed->renew_ms)
		return OK;
	feed->held = feed_is_held(feed);
	if (feed->holder[0] == '\0') {
		TRY(db_transaction(work, insert_cursor(work, feed)));
		name_holder(feed);
	}
	TRY(db_transaction(work, take(work, feed, &taken)));
	feed->held = taken == 1;
	if (had && !feed->held)
		log_warning("another process has taken over", LOG_ID("consumer", feed->consumer));
	if (!feed->held)
		return OK;
	feed->until_ms = before + FEED_LEASE_SECONDS * 1000 - MARGIN_MS;
	feed->renew_ms = before + FEED_RENEW_MS;
	return db_value(work->db, &feed->batch, "SELECT batch FROM event_cursors WHERE consumer = ?", P(feed->consumer));
}

const struct problem *
feed_next(struct work *work, const struct feed *feed, int64_t batches, int64_t *batch)
{
	int64_t last;

	*batch = feed->batch;
	TRY(db_value(work->db, &last, "SELECT batch FROM event_fan_out"));
	if (last > feed->batch)
		*batch = last < feed->batch + batches ? last : feed->batch + batches;
	return OK;
}

const struct problem *
feed_advance(struct work *work, const struct feed *feed, int64_t batch)
{
	int64_t ours;

	TRY(db_run(work->db, &ours,
	    "UPDATE event_cursors SET batch = ? WHERE consumer = ? AND holder = ? AND batch = ? AND lease_until > NOW(3)",
	    P(batch), P(feed->consumer), P(feed->holder), P(feed->batch)));
	return ours == 1 ? OK : problem(CONFLICT, "the lease has expired and another process may have it");
}

void
feed_doubt(struct feed *feed)
{
	feed->renew_ms = 0;
}

static const struct problem *
release(struct work *work, const struct feed *feed)
{
	return db_run(work->db, NULL,
	    "UPDATE event_cursors SET holder = NULL, lease_until = NULL WHERE consumer = ? AND holder = ?", P(feed->consumer),
	    P(feed->holder));
}

void
feed_release(struct work *work, struct feed *feed)
{
	if (feed->held)
		(void)db_transaction(work, release(work, feed));
	feed->held = false;
}
