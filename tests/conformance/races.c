#include "tests/conformance/races.h"

#include "tests/conformance/scenes.h"
#include "tests/races/crowd.h"

#include <string.h>

enum { COPIES = 50, RETURNS = 8, REFUNDS = 24, DUELS = 6, HEADERS_MAX = 12 };

/* The signed webhooks about the attempt, the oldest first.  Some name the provider's mark, some ours. */
static struct answer
events_of(const struct attempt *attempt)
{
	struct answer events = sandbox_call(form("/sandbox/events/%s", attempt->transaction), NULL);

	if (length_at(&events, "results") == 0)
		events = sandbox_call(form("/sandbox/events/%s", attempt->reference), NULL);
	EXPECT(events, 200);
	return events;
}

static struct call
event_call(const struct answer *events, size_t i)
{
	const char **headers = (const char **)form("%*s", (int)(HEADERS_MAX * sizeof *headers), "");
	size_t       count = length_at(events, form("results.%zu.headers", i));

	REQUIRE(count < HEADERS_MAX);
	for (size_t j = 0; j < count; j++)
		headers[j] = text_at(events, form("results.%zu.headers.%zu", i, j));
	headers[count] = NULL;
	return (struct call) { .method = "POST",
		.path = form("/webhooks/%s", means->name),
		.body = text_at(events, form("results.%zu.body", i)),
		.headers = headers };
}

/* Of whom the shop is told nothing but by us. */
static struct attempt
begin_unheard(void)
{
	struct attempt attempt = begin();

	sandbox_switch(attempt.transaction, "{\"webhook_never\": true}");
	return attempt;
}

/* ---- one event, many times ---- */

/* One is taken, the others were; of an event that the provider must be asked about first, all that come before its answer wait. */
static void
tell_at_once(const struct answer *events, size_t event)
{
	struct call   calls[COPIES];
	struct answer answers[COPIES];
	size_t        processed, deferred;

	for (size_t i = 0; i < COPIES; i++)
		calls[i] = event_call(events, event);
	api_calls(calls, COPIES, answers);
	processed = count_saying(answers, COPIES, 200, "status", "processed");
	deferred = count_saying(answers, COPIES, 200, "status", "deferred");
	CHECK(processed == 1 || (processed == 0 && deferred > 0));
	CHECK_INT(count_saying(answers, COPIES, 200, "status", "already_processed"), COPIES - processed - deferred);
}

void
told_fifty_times(void)
{
	struct attempt attempt = begin_unheard();
	int64_t        on_hand = stock_of("on_hand", goods.variant), reserved = stock_of("reserved", goods.variant);
	struct answer  events;
	size_t         told;

	/* What it says first; where that is nothing before the payer has come back, after that. */
	told = length_at(&(struct answer[]) { events_of(&attempt) }[0], "results");
	agree(&attempt);
	events = events_of(&attempt);
	if (length_at(&events, "results") == told) {
		come_back(&attempt);
		events = events_of(&attempt);
	}
	CHECK(length_at(&events, "results") > told);
	for (; told < length_at(&events, "results"); told++)
		tell_at_once(&events, told);
	wait_paid(&attempt);
	/* And what it says once the money is taken. */
	events = events_of(&attempt);
	for (; told < length_at(&events, "results"); told++)
		tell_at_once(&events, told);
	wait_number(&attempt, (int64_t)told,
	    form("SELECT IF(SUM(status NOT IN ('processed', 'ignored')) > 0, -1, COUNT(*)) FROM webhook_events "
		 "WHERE provider = '%s' AND (payload LIKE '%%%s%%' OR payload LIKE '%%%s%%')",
		means->name, attempt.transaction, attempt.reference));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM events WHERE type = 'order.paid' AND aggregate_id = '%s'", attempt.order), 1);
	CHECK_INT(stock_of("on_hand", goods.variant), on_hand - 1);
	CHECK_INT(stock_of("reserved", goods.variant), reserved - 1);
	CHECK_INT(booked_of(attempt.order), attempt.total);
	wait_kept(&attempt, attempt.total);
}

/* ---- one agreement, taken by many ---- */

void
taken_many_times(void)
{
	struct call    calls[RETURNS];
	struct answer  answers[RETURNS];
	struct attempt attempt = begin_unheard();

	agree(&attempt);
	for (size_t i = 0; i < RETURNS; i++)
		calls[i] = (struct call) { .method = "GET", .path = return_path(&attempt) };
	api_calls(calls, RETURNS, answers);
	CHECK_INT(count_status(answers, RETURNS, 303), RETURNS);
	wait_paid(&attempt);
	wait_kept(&attempt, attempt.total);
	CHECK_INT(booked_of(attempt.order), attempt.total);
}

/* ---- refunds ---- */

void
refunds_at_once(void)
{
	struct call    calls[REFUNDS];
	struct answer  answers[REFUNDS];
	struct attempt attempt = paid();
	int64_t        part = attempt.total * 2 / 9, fit = attempt.total / part;

	for (size_t i = 0; i < REFUNDS; i++)
		calls[i] = refund_call(&attempt, part);
	api_calls(calls, REFUNDS, answers);
	CHECK_INT(count_status(answers, REFUNDS, 201), fit);
	CHECK_INT(count_saying(answers, REFUNDS, 409, "code", "refund_too_large"), REFUNDS - fit);
	wait_number(&attempt, fit,
	    form("SELECT COUNT(*) FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s' "
		 "AND r.status = 'succeeded'",
		attempt.reference));
	wait_kept(&attempt, attempt.total - fit * part);
	CHECK_INT(booked_of(attempt.order), attempt.total - fit * part);
}

/* ---- duels ---- */

/* What says that the money came: the provider's word, and the payer who comes back.  Adds the calls. */
static size_t
success_calls(const struct attempt *attempt, struct call *calls)
{
	struct answer events = events_of(attempt);
	size_t        last = length_at(&events, "results"), count = 0;

	if (last > 0)
		calls[count++] = event_call(&events, last - 1);
	if (!means->stays)
		calls[count++] = (struct call) { .method = "GET", .path = return_path(attempt) };
	return count;
}

static void
expect_nothing_kept(const struct attempt *attempt)
{
	wait_number(attempt, 0, form("SELECT COUNT(*) FROM payments WHERE reference = '%s' AND live = 1", attempt->reference));
	wait_kept(attempt, 0);
	wait_number(attempt, 1,
	    form("SELECT COUNT(*) FROM payments WHERE reference = '%s' AND status IN ('refunded', 'cancelled', 'failed')",
		attempt->reference));
	CHECK_TEXT(sql_text("SELECT status FROM orders WHERE id = '%s'", attempt->order), "cancelled");
	CHECK_INT(booked_of(attempt->order), 0);
}

void
cancel_against_success(void)
{
	int64_t        on_hand = stock_of("on_hand", goods.variant), reserved = stock_of("reserved", goods.variant);
	struct call    calls[3 * DUELS];
	struct answer  answers[3 * DUELS];
	struct attempt attempts[DUELS];
	size_t         count = 0;

	for (int i = 0; i < DUELS; i++) {
		attempts[i] = begin_unheard();
		agree(&attempts[i]);
	}
	for (int i = 0; i < DUELS; i++) {
		struct call cancel = { .method = "POST",
			.path = form("/orders/%s/cancel", attempts[i].order),
			.token = customer.access,
			.body = "{}" };

		if (i % 2 == 0)
			calls[count++] = cancel;
		count += success_calls(&attempts[i], &calls[count]);
		if (i % 2 == 1)
			calls[count++] = cancel;
	}
	api_calls(calls, count, answers);
	for (size_t i = 0; i < count; i++)
		EXPECT(answers[i], strcmp(calls[i].method, "GET") == 0 ? 303 : 200);
	for (int i = 0; i < DUELS; i++)
		expect_nothing_kept(&attempts[i]);
	CHECK_INT(stock_of("on_hand", goods.variant), on_hand);
	CHECK_INT(stock_of("reserved", goods.variant), reserved);
}
