/* What a payment and a dispute may become, cell by cell against the contract. */
#include "payments/dispute.h"
#include "payments/payment.h"
#include "payments/request.h"
#include "tests/suite.h"

/* One row for each transition, nothing else is possible. */
static const struct {
	enum payment_status from, to;
} allowed[] = {
	{ PAYMENT_PENDING, PAYMENT_REQUIRES_ACTION },
	{ PAYMENT_PENDING, PAYMENT_PROCESSING },
	{ PAYMENT_PENDING, PAYMENT_SUCCEEDED },
	{ PAYMENT_PENDING, PAYMENT_FAILED },
	{ PAYMENT_PENDING, PAYMENT_CANCELLED },
	{ PAYMENT_PENDING, PAYMENT_EXPIRED },
	{ PAYMENT_REQUIRES_ACTION, PAYMENT_PROCESSING },
	{ PAYMENT_REQUIRES_ACTION, PAYMENT_SUCCEEDED },
	{ PAYMENT_REQUIRES_ACTION, PAYMENT_FAILED },
	{ PAYMENT_REQUIRES_ACTION, PAYMENT_CANCELLED },
	{ PAYMENT_REQUIRES_ACTION, PAYMENT_EXPIRED },
	{ PAYMENT_PROCESSING, PAYMENT_REQUIRES_ACTION },
	{ PAYMENT_PROCESSING, PAYMENT_SUCCEEDED },
	{ PAYMENT_PROCESSING, PAYMENT_FAILED },
	{ PAYMENT_PROCESSING, PAYMENT_CANCELLED },
	{ PAYMENT_PROCESSING, PAYMENT_EXPIRED },
	{ PAYMENT_SUCCEEDED, PAYMENT_PARTIALLY_REFUNDED },
	{ PAYMENT_SUCCEEDED, PAYMENT_REFUNDED },
	{ PAYMENT_SUCCEEDED, PAYMENT_DISPUTED },
	/* The payer tries again after a decline, until the attempt is closed at the provider. */
	{ PAYMENT_FAILED, PAYMENT_REQUIRES_ACTION },
	{ PAYMENT_FAILED, PAYMENT_PROCESSING },
	{ PAYMENT_FAILED, PAYMENT_SUCCEEDED },
	{ PAYMENT_FAILED, PAYMENT_CANCELLED },
	{ PAYMENT_FAILED, PAYMENT_EXPIRED },
	/* Late money. */
	{ PAYMENT_CANCELLED, PAYMENT_SUCCEEDED },
	{ PAYMENT_EXPIRED, PAYMENT_SUCCEEDED },
	{ PAYMENT_PARTIALLY_REFUNDED, PAYMENT_REFUNDED },
	{ PAYMENT_PARTIALLY_REFUNDED, PAYMENT_DISPUTED },
	{ PAYMENT_REFUNDED, PAYMENT_DISPUTED },
	{ PAYMENT_DISPUTED, PAYMENT_SUCCEEDED },
	{ PAYMENT_DISPUTED, PAYMENT_PARTIALLY_REFUNDED },
	{ PAYMENT_DISPUTED, PAYMENT_REFUNDED },
};

/* What an event may say of a dispute, whenever it comes. */
static const struct {
	enum dispute_status from, to;
} told[] = {
	{ DISPUTE_INQUIRY, DISPUTE_OPEN },
	{ DISPUTE_INQUIRY, DISPUTE_SUBMITTED },
	{ DISPUTE_INQUIRY, DISPUTE_WON },
	{ DISPUTE_INQUIRY, DISPUTE_LOST },
	{ DISPUTE_INQUIRY, DISPUTE_ACCEPTED },
	{ DISPUTE_INQUIRY, DISPUTE_CLOSED },
	{ DISPUTE_OPEN, DISPUTE_SUBMITTED },
	{ DISPUTE_OPEN, DISPUTE_WON },
	{ DISPUTE_OPEN, DISPUTE_LOST },
	{ DISPUTE_OPEN, DISPUTE_ACCEPTED },
	{ DISPUTE_OPEN, DISPUTE_CLOSED },
	{ DISPUTE_SUBMITTED, DISPUTE_WON },
	{ DISPUTE_SUBMITTED, DISPUTE_LOST },
	{ DISPUTE_SUBMITTED, DISPUTE_ACCEPTED },
	{ DISPUTE_SUBMITTED, DISPUTE_CLOSED },
};

static void
test_every_transition(void)
{
	for (int from = 0; from < PAYMENT_STATUS__COUNT; from++)
		for (int to = 0; to < PAYMENT_STATUS__COUNT; to++) {
			bool expected = false;

			for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
				expected = expected || ((int)allowed[i].from == from && (int)allowed[i].to == to);
			CHECK_INT(payment_may_become((enum payment_status)from, (enum payment_status)to), expected);
		}
}

/* Nothing goes back to pending, and what is over ends in another way only with money. */
static void
test_ends(void)
{
	for (int status = 0; status < PAYMENT_STATUS__COUNT; status++) {
		CHECK(!payment_may_become((enum payment_status)status, PAYMENT_PENDING));
		CHECK(!payment_may_become((enum payment_status)status, (enum payment_status)status));
		CHECK_INT(payment_may_become(PAYMENT_CANCELLED, (enum payment_status)status), status == PAYMENT_SUCCEEDED);
		CHECK_INT(payment_may_become(PAYMENT_EXPIRED, (enum payment_status)status), status == PAYMENT_SUCCEEDED);
	}
}

static void
test_every_event_of_a_dispute(void)
{
	for (int from = 0; from < DISPUTE_STATUS__COUNT; from++)
		for (int to = 0; to < DISPUTE_STATUS__COUNT; to++) {
			bool expected = false;

			for (size_t i = 0; i < sizeof told / sizeof *told; i++)
				expected = expected || ((int)told[i].from == from && (int)told[i].to == to);
			CHECK_INT(dispute_may_become((enum dispute_status)from, (enum dispute_status)to), expected);
		}
}

static void
test_every_transition_of_a_request(void)
{
	for (int from = 0; from < REQUEST_STATUS__COUNT; from++)
		for (int to = 0; to < REQUEST_STATUS__COUNT; to++)
			CHECK_INT(request_may_become((enum request_status)from, (enum request_status)to),
			    (from == REQUEST_OPEN && to != REQUEST_OPEN) || (from == REQUEST_EXPIRED && to == REQUEST_PAID));
}

static void
test_values(void)
{
	CHECK_TEXT(request_status_values[REQUEST_EXPIRED], "expired");
	CHECK(request_status_values[REQUEST_STATUS__COUNT] == NULL);
	CHECK_TEXT(payment_status_values[PAYMENT_PENDING], "pending");
	CHECK_TEXT(payment_status_values[PAYMENT_DISPUTED], "disputed");
	CHECK(payment_status_values[PAYMENT_STATUS__COUNT] == NULL);
	CHECK_TEXT(dispute_status_values[DISPUTE_OPEN], "open");
	CHECK_TEXT(dispute_status_values[DISPUTE_CLOSED], "closed");
	CHECK(dispute_status_values[DISPUTE_STATUS__COUNT] == NULL);
}

SUITE("payment state", TEST(test_every_transition), TEST(test_ends), TEST(test_every_event_of_a_dispute),
    TEST(test_every_transition_of_a_request), TEST(test_values))
