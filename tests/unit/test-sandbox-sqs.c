/* What the stand-in of SQS keeps: an id counts for five minutes, and nothing stays for ever. */
#include "tests/suite.h"

#include "base/seams.h"
#include "sandbox/sqs/kept.h"

#include <stdio.h>

static int64_t seconds = 1795180455;

static int64_t
wall(void)
{
	return seconds * 1000;
}

static int64_t
monotonic(void)
{
	return seconds * 1000000;
}

static void
pass(int64_t microseconds)
{
	seconds += microseconds / 1000000;
}

static const struct clock ours = { wall, monotonic, pass };

static void
an_id_counts_for_five_minutes(void)
{
	clock_use(&ours);
	CHECK(!sqs_is_repeat("a"));
	CHECK(sqs_is_repeat("a"));
	CHECK(!sqs_is_repeat("b"));
	/* In the other half meanwhile. */
	seconds += DEDUPLICATION_SECONDS - 2;
	CHECK(!sqs_is_repeat("c"));
	seconds++;
	CHECK(sqs_is_repeat("a"));
	CHECK(sqs_is_repeat("c"));
	seconds++;
	CHECK(!sqs_is_repeat("a"));
	CHECK(sqs_is_repeat("c"));
	CHECK(sqs_is_repeat("a"));
	seconds += DEDUPLICATION_SECONDS;
	CHECK(!sqs_is_repeat("a"));
	clock_use(NULL);
}

/* A message a second for hours, and then very many at once. */
static void
nothing_stays(void)
{
	enum { HOURS = 3, ALL = HOURS * 3600, SHOWN = 10 };
	int64_t             ids, messages, count, most = 0;
	struct json_object *shown;
	char                id[32];

	clock_use(&ours);
	for (int i = 0; i < ALL; i++) {
		seconds++;
		snprintf(id, sizeof id, "%d", i);
		CHECK(!sqs_is_repeat(id));
		sqs_keep_message(i % 2 == 0 ? "even" : "odd", json_object_new_int(i));
		sqs_count_kept(&ids, &messages);
		most = ids > most ? ids : most;
		most = messages > most ? messages : most;
	}
	CHECK(most >= DEDUPLICATION_SECONDS && most <= 2 * DEDUPLICATION_SECONDS);
	/* The last, in their order, over both halves. */
	shown = sqs_kept_messages("odd", INT64_MAX, &count);
	CHECK(count >= DEDUPLICATION_SECONDS / 2);
	CHECK_INT((int64_t)json_object_array_length(shown), count);
	for (int64_t i = 0; i < count; i++)
		CHECK_INT(json_object_get_int64(json_object_array_get_idx(shown, (size_t)i)), ALL - 1 - 2 * (count - 1 - i));
	json_object_put(shown);
	shown = sqs_kept_messages("even", SHOWN, &count);
	CHECK_INT((int64_t)json_object_array_length(shown), SHOWN);
	CHECK_INT(json_object_get_int64(json_object_array_get_idx(shown, SHOWN - 1)), ALL - 2);
	json_object_put(shown);
	for (int i = 0; i < 5 * MESSAGES_OF_HALF; i++)
		sqs_keep_message("flood", json_object_new_int(i));
	sqs_count_kept(&ids, &messages);
	CHECK(messages <= 2 * MESSAGES_OF_HALF);
	clock_use(NULL);
}

SUITE("sandbox: what SQS keeps", TEST(an_id_counts_for_five_minutes), TEST(nothing_stays))
