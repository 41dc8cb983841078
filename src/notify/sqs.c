#include "notify/sqs.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "events/doorbell.h"
#include "events/feed.h"
#include "events/job.h"
#include "notify/sqs_call.h"
#include "notify/sqs_queue.h"
#include "notify/stop.h"
#include "store/db.h"
#include "store/work.h"

#include <setjmp.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

enum { BATCHES = 8, AGAIN_MAX = 256, LOOK_MS = 1000, PAUSE_FIRST_MS = 500, PAUSE_MAX_MS = 30000, WINDOW_MEMORY = 64 << 20 };

/* What became of a message of the window. */
enum state { STATE_WAITS, STATE_UNDER_WAY, STATE_SENT, STATE_PUT_BY, STATE_BEHIND, STATE_DEAD };

struct sending {
	struct work        *work, *window; /* the window's own: its arena lives as long as the messages */
	struct feed         feed;
	CURLM              *multi;
	struct sqs_call     calls[SQS_CALLS_MAX];
	size_t              under_way;
	struct sqs_message *messages;
	struct sqs_result  *outcomes; /* of the messages that are put by or dead; else without an event */
	enum state         *states;
	size_t             *groups;             /* the number of each message's group */
	bool               *busy;               /* by group: one of it is under way, or was put by */
	size_t              count, left, first; /* messages; those that wait or are under way; the first that may wait */
	int64_t             after, last;        /* the batch that the window begins behind, and the one that it ends with */
	bool                again, open;        /* the window is of messages that were refused before; there is one */
	int                 doorbell, stop;
	int64_t             look_at_ms, again_at_ms, pause_until_ms, pause_ms;
	bool                stopping;
	jmp_buf             exhausted;
};

/* ---- the window ---- */

/* Groups by number; those in which messages wait in sqs_queue take no new ones before them. */
static const struct problem *
number_groups(struct sending *s)
{
	struct arena     *arena = s->window->arena;
	const char      **names = ARENA_ARRAY(arena, s->count, const char *), *last = SQS_GROUPS_END;
	struct sqs_group *waiting;
	size_t            known = 0;

	s->groups = ARENA_ARRAY(arena, s->count, size_t);
	s->busy = ARENA_ARRAY(arena, s->count, bool);
	for (size_t i = 0; i < s->count; i++) {
		size_t group = 0;

		while (group < known && strcmp(names[group], s->messages[i].group) != 0)
			group++;
		if (group == known)
			names[known++] = s->messages[i].group;
		s->groups[i] = group;
	}
	while (!s->again && last != NULL) {
		TRY(sqs_group_before(s->window, last, &waiting));
		last = waiting == NULL ? NULL : waiting->name;
		for (size_t group = 0; group < known && last != NULL; group++)
			s->busy[group] |= strcmp(names[group], last) == 0;
	}
	for (size_t i = 0; i < s->count; i++)
		if (s->busy[s->groups[i]]) {
			s->states[i] = STATE_BEHIND;
			s->left--;
		}
	return OK;
}

static const struct problem *
open_window(struct sending *s, bool again)
{
	struct arena *arena = s->window->arena;

	arena_reset(arena);
	s->again = again;
	s->after = s->last = s->feed.batch;
	if (again) {
		TRY(sqs_messages_again(s->window, AGAIN_MAX, &s->messages, &s->count));
	} else {
		TRY(feed_next(s->window, &s->feed, BATCHES, &s->last));
		s->count = 0;
		if (s->last > s->feed.batch)
			TRY(sqs_messages_of(s->window, &s->feed, s->last, &s->messages, &s->count));
	}
	s->left = s->count;
	s->first = 0;
	s->states = ARENA_ARRAY(arena, s->count, enum state);
	s->outcomes = ARENA_ARRAY(arena, s->count, struct sqs_result);
	TRY(number_groups(s));
	s->open = s->count > 0 || s->last > s->feed.batch;
	return OK;
}

/*
 * What is sent is forgotten, what is not is kept in the table; the cursor moves with it.  After a problem nobody knows whether it
 * has: the window is given up, and what is behind the cursor is read anew.  SQS drops what it has had already.
 */
static const struct problem *
close_window(struct sending *s)
{
	s->open = false;
	for (size_t i = 0; i < s->count; i++) {
		struct sqs_result *o = &s->outcomes[i];

		o->message = &s->messages[i];
		o->kind = s->states[i] == STATE_SENT ? SQS_IS_SENT
		    : s->states[i] == STATE_DEAD     ? SQS_IS_DEAD
		    : s->states[i] == STATE_PUT_BY   ? SQS_IS_PUT_BY
						     : SQS_IS_BEHIND;
	}
	TRY(sqs_record(s->work, &s->feed, s->last, s->again, s->outcomes, s->count));
	s->feed.batch = s->last;
	return OK;
}

/* All behind it in its group wait until it was sent. */
static void
put_by(struct sending *s, size_t number, const char *error)
{
	s->states[number] = STATE_PUT_BY;
	s->outcomes[number].error = arena_string(s->window->arena, error);
	for (size_t i = number + 1; i < s->count; i++)
		if (s->groups[i] == s->groups[number] && s->states[i] == STATE_WAITS) {
			s->states[i] = STATE_BEHIND;
			s->left--;
		}
}

/* ---- calls ---- */

static size_t
choose(struct sending *s, size_t numbers[SQS_ENTRIES_MAX])
{
	size_t count = 0;

	while (s->first < s->count && s->states[s->first] != STATE_WAITS)
		s->first++;
	for (size_t i = s->first; i < s->count && count < SQS_ENTRIES_MAX; i++)
		if (s->states[i] == STATE_WAITS && !s->busy[s->groups[i]]) {
			s->states[i] = STATE_UNDER_WAY;
			s->busy[s->groups[i]] = true;
			numbers[count++] = i;
		}
	return count;
}

static void
begin_calls(struct sending *s)
{
	size_t calls = (size_t)s->work->config->sqs.calls, numbers[SQS_ENTRIES_MAX], count;

	for (size_t i = 0; i < calls; i++) {
		if (s->calls[i].under_way)
			continue;
		if ((count = choose(s, numbers)) == 0)
			return;
		sqs_call_begin(s->work->config, s->work->arena, &s->calls[i], s->messages, numbers, count);
		if (curl_multi_add_handle(s->multi, s->calls[i].curl) != CURLM_OK)
			abort();
		s->under_way++;
	}
}

static void
take_verdict(struct sending *s, const struct sqs_entry *entry)
{
	size_t number = entry->number;

	s->busy[s->groups[number]] = false;
	s->left--;
	if (entry->verdict == VERDICT_SENT) {
		s->states[number] = STATE_SENT;
		metric_add(METRIC_SQS_MESSAGES, SQS_SENT, 0, 1);
	} else if (entry->verdict == VERDICT_REFUSED) {
		s->states[number] = STATE_DEAD;
		s->outcomes[number].error = arena_string(s->window->arena, entry->error);
		log_error("SQS refuses a message for good",
		    LOG_ID("event", uuid_text(s->work->arena, s->messages[number].event.uuid)), LOG_TEXT("cause", entry->error));
		metric_add(METRIC_SQS_MESSAGES, SQS_DEAD, 0, 1);
	} else {
		put_by(s, number, entry->error);
		metric_add(METRIC_SQS_MESSAGES, SQS_REFUSED, 0, 1);
	}
}

/* SQS as a whole: nothing is lost, and nothing goes on for a while. */
static void
pause_all(struct sending *s, const char *error)
{
	s->pause_ms = s->pause_ms == 0 ? PAUSE_FIRST_MS : s->pause_ms * 2 < PAUSE_MAX_MS ? s->pause_ms * 2 : PAUSE_MAX_MS;
	s->pause_until_ms = monotonic_ms() + s->pause_ms;
	log_warning("cannot send to SQS", LOG_TEXT("cause", error), LOG_NUMBER("pause_ms", s->pause_ms));
	metric_add(METRIC_SQS_MESSAGES, SQS_FAILED, 0, 1);
}

static void
end_call(struct sending *s, struct sqs_call *call, CURLcode code)
{
	const char *error;
	bool        judged = sqs_call_ended(call, s->work->arena, code, &error);

	s->under_way--;
	for (size_t i = 0; i < call->count; i++)
		if (judged) {
			take_verdict(s, &call->entries[i]);
		} else {
			size_t number = call->entries[i].number;

			s->states[number] = STATE_WAITS;
			s->busy[s->groups[number]] = false;
			if (number < s->first)
				s->first = number;
		}
	if (judged)
		s->pause_ms = 0;
	else
		pause_all(s, error);
}

static void
collect(struct sending *s)
{
	CURLMsg *message;
	int      left;

	while ((message = curl_multi_info_read(s->multi, &left)) != NULL) {
		CURL            *curl = message->easy_handle;
		CURLcode         code = message->data.result;
		struct sqs_call *call;

		if (message->msg != CURLMSG_DONE || curl_easy_getinfo(curl, CURLINFO_PRIVATE, &call) != CURLE_OK)
			continue;
		curl_multi_remove_handle(s->multi, curl);
		end_call(s, call, code);
	}
}

/* Another process sends from now on. */
static void
forget_all(struct sending *s)
{
	for (size_t i = 0; i < SQS_CALLS_MAX; i++)
		if (s->calls[i].under_way) {
			curl_multi_remove_handle(s->multi, s->calls[i].curl);
			s->calls[i].under_way = false;
			s->under_way--;
		}
	s->open = false;
}

/* ---- the loop ---- */

/* Not configured: whoever configures it later begins with what happens then. */
static const struct problem *
keep_up(struct sending *s)
{
	int64_t last;

	TRY(feed_next(s->work, &s->feed, INT32_MAX, &last));
	s->look_at_ms = monotonic_ms() + LOOK_MS;
	if (last == s->feed.batch)
		return OK;
	TRY(sqs_record(s->work, &s->feed, last, false, NULL, 0));
	s->feed.batch = last;
	return OK;
}

static const struct problem *
next_window(struct sending *s)
{
	if (monotonic_ms() >= s->again_at_ms) {
		s->again_at_ms = monotonic_ms() + LOOK_MS;
		TRY(open_window(s, true));
	}
	if (!s->open)
		TRY(open_window(s, false));
	if (!s->open)
		s->look_at_ms = monotonic_ms() + LOOK_MS;
	return OK;
}

static const struct problem *
work_once(struct sending *s)
{
	TRY(feed_take(s->work, &s->feed));
	if (!feed_is_held(&s->feed)) {
		forget_all(s);
		s->look_at_ms = monotonic_ms() + LOOK_MS;
		return OK;
	}
	if (s->open && s->feed.batch != s->after) /* the cursor was moved meanwhile */
		forget_all(s);
	if (monotonic_ms() < s->look_at_ms)
		return OK;
	if (*s->work->config->sqs.queue_url == '\0')
		return keep_up(s);
	if (s->open && s->left == 0 && s->under_way == 0)
		TRY(close_window(s));
	if (!s->open && !s->stopping)
		TRY(next_window(s));
	if (s->open && !s->stopping && monotonic_ms() >= s->pause_until_ms)
		begin_calls(s);
	return OK;
}

static void
abandon(void *argument)
{
	longjmp(((struct sending *)argument)->exhausted, 1);
}

/* What is read is bounded; if it were not, the process would not die of it. */
static const struct problem *
work_in_memory(struct sending *s)
{
	const struct problem *problem;

	if (setjmp(s->exhausted) == 0) {
		arena_on_exhausted(s->work->arena, abandon, s);
		arena_on_exhausted(s->window->arena, abandon, s);
		problem = work_once(s);
	} else {
		work_abandon(s->work);
		work_abandon(s->window);
		forget_all(s);
		problem = problem(OVERLOADED, "messages of SQS need more memory than there may be");
		log_error("out of memory", LOG_TEXT("cause", problem->message));
	}
	arena_on_exhausted(s->work->arena, NULL, NULL);
	arena_on_exhausted(s->window->arena, NULL, NULL);
	return problem;
}

static int64_t
wait_ms(const struct sending *s, const struct problem *problem)
{
	int64_t now = monotonic_ms();
	int64_t until = s->look_at_ms > s->pause_until_ms ? s->look_at_ms : s->pause_until_ms;

	if (problem != OK)
		return LOOK_MS;
	if (s->under_way > 0)
		return LOOK_MS;
	return until <= now ? 0 : until - now < LOOK_MS ? until - now : LOOK_MS;
}

static void
wait_for_any(struct sending *s, int64_t milliseconds)
{
	struct curl_waitfd also[] = { { .fd = s->doorbell, .events = CURL_WAIT_POLLIN },
		{ .fd = s->stop, .events = CURL_WAIT_POLLIN } };
	int                ignored;

	curl_multi_poll(s->multi, also, 2, (int)milliseconds, NULL);
	if (also[0].revents != 0) {
		doorbell_answer(s->doorbell, true);
		s->look_at_ms = 0;
	}
	s->stopping |= stop_asked(s->stop);
	curl_multi_perform(s->multi, &ignored);
	collect(s);
}

void
send_to_sqs(struct work *work, int doorbell)
{
	struct work    window = *work;
	struct sending s = { .work = work,
		.window = &window,
		.feed = { .consumer = "sqs" },
		.multi = curl_multi_init(),
		.doorbell = doorbell,
		.stop = stop_open() };

	if (s.multi == NULL)
		abort();
	window.arena = arena_new(WINDOW_MEMORY);
	window.db = db_open(work->config, window.arena);
	while (!s.stopping || s.under_way > 0) {
		const struct problem *problem = work_in_memory(&s);

		metric_set(METRIC_LANE_SEEN, LANE_SQS, 0, unix_seconds());
		if (problem != OK)
			feed_doubt(&s.feed);
		if (problem != OK && !feed_is_held(&s.feed))
			forget_all(&s);
		wait_for_any(&s, wait_ms(&s, problem));
		arena_reset(work->arena);
	}
	if (s.open && s.left == 0)
		(void)close_window(&s);
	feed_release(work, &s.feed);
	for (size_t i = 0; i < SQS_CALLS_MAX; i++)
		sqs_call_free(&s.calls[i]);
	curl_multi_cleanup(s.multi);
	db_close(window.db);
	arena_free(window.arena);
	close(s.stop);
}
