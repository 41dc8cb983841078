/* How much may be under way to webhook endpoints at once, and what is never sent. */
#include "notify/queue.h"
#include "notify/transfer.h"
#include "store/work.h"
#include "tests/suite.h"

#include <stdlib.h>

enum { ENDPOINTS = TRANSFER_BYTES_MAX / TRANSFER_BYTES_OF_ENDPOINT_MAX };

static const size_t all = TRANSFER_BYTES_MAX, of_one = TRANSFER_BYTES_OF_ENDPOINT_MAX;

static struct endpoint_id
endpoint_number(unsigned char number)
{
	return (struct endpoint_id) { .uuid = { .bytes = { [15] = number } } };
}

/* In front of the others. */
static void
add(struct transfer **transfers, unsigned char endpoint, size_t bytes)
{
	struct transfer *transfer = calloc(1, sizeof *transfer);

	REQUIRE(transfer != NULL);
	transfer->attempt.endpoint = endpoint_number(endpoint);
	transfer->bytes = bytes;
	transfer->next = *transfers;
	*transfers = transfer;
}

static void
forget(struct transfer *transfers)
{
	while (transfers != NULL) {
		struct transfer *next = transfers->next;

		free(transfers);
		transfers = next;
	}
}

static void
expect_room(const struct transfer *transfers, unsigned char endpoint, size_t bytes, bool has, bool is_full)
{
	bool full = !is_full;

	CHECK_INT(transfer_has_room(transfers, endpoint_number(endpoint), bytes, &full), has);
	CHECK_INT(full, is_full);
}

static void
an_endpoint_has_its_part(void)
{
	struct transfer *transfers = NULL;

	expect_room(transfers, 1, of_one + 1, true, false); /* one alone */
	add(&transfers, 1, of_one - 1000);
	expect_room(transfers, 1, 1000, true, false);
	expect_room(transfers, 1, 1001, false, false);
	expect_room(transfers, 2, of_one + 1, true, false);
	add(&transfers, 1, 600);
	add(&transfers, 2, of_one);
	expect_room(transfers, 1, 400, true, false);
	expect_room(transfers, 1, 401, false, false);
	expect_room(transfers, 2, 1, false, false);
	transfers->over = true; /* its bytes are in memory still */
	expect_room(transfers, 2, 1, false, false);
	forget(transfers);
}

static void
all_together_are_bounded(void)
{
	struct transfer *transfers = NULL;

	expect_room(transfers, 1, all + 1, true, false); /* one alone */
	for (unsigned char i = 1; i < ENDPOINTS; i++)
		add(&transfers, i, of_one);
	expect_room(transfers, 0, of_one, true, false);
	expect_room(transfers, 0, of_one + 1, false, true);
	expect_room(transfers, 1, of_one + 1, false, true);
	add(&transfers, 0, of_one);
	expect_room(transfers, 200, 1, false, true);
	expect_room(transfers, 200, 0, true, false);
	forget(transfers);
}

/* Its payload is not even read: this work has no database. */
static void
too_large_is_hopeless(void)
{
	struct work         work = { 0 };
	struct due_endpoint endpoint = { .id = endpoint_number(1), .url = "https://hooks.test/" };
	struct due_delivery delivery = { .attempts = 2, .bytes = DUE_PAYLOAD_MAX + 1 };
	struct due_event    none, *said = &none;
	struct attempt      attempt;

	CHECK(queue_said(&work, &delivery, &said) == OK);
	CHECK(said == NULL);
	CHECK(transfer_new(&work, &endpoint, &delivery, said, &attempt) == NULL);
	CHECK_INT(attempt.outcome, ATTEMPT_HOPELESS);
	CHECK_INT(attempt.attempts, 3);
	CHECK_TEXT(attempt.error, "the event is too large");
	delivery.bytes = DUE_PAYLOAD_MAX;
	CHECK(transfer_new(&work, &endpoint, &delivery, NULL, &attempt) == NULL);
	CHECK_TEXT(attempt.error, "the event is no longer kept");
}

SUITE("transfer", TEST(an_endpoint_has_its_part), TEST(all_together_are_bounded), TEST(too_large_is_hopeless))
