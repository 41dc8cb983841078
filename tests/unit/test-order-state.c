/* What an order may become, cell by cell against the contract. */
#include "orders/state.h"
#include "tests/suite.h"

#include <string.h>

/* As product contract, section 5, has it: one row for each transition, nothing else is possible.  An order that is delivered while it is
 * processing, or cancelled when it is shipped, follows its parts: the last of them was cancelled or came back. */
static const struct {
	enum order_status from, to;
} allowed[] = {
	{ ORDER_PENDING, ORDER_PAID },
	{ ORDER_PENDING, ORDER_CONFIRMED },
	{ ORDER_PENDING, ORDER_CANCELLED },
	{ ORDER_PENDING, ORDER_EXPIRED },
	{ ORDER_CONFIRMED, ORDER_PROCESSING },
	{ ORDER_CONFIRMED, ORDER_CANCELLED },
	{ ORDER_CONFIRMED, ORDER_REFUNDED },
	{ ORDER_PAID, ORDER_PROCESSING },
	{ ORDER_PAID, ORDER_CANCELLED },
	{ ORDER_PAID, ORDER_REFUNDED },
	{ ORDER_PROCESSING, ORDER_SHIPPED },
	{ ORDER_PROCESSING, ORDER_DELIVERED },
	{ ORDER_PROCESSING, ORDER_CANCELLED },
	{ ORDER_PROCESSING, ORDER_REFUNDED },
	{ ORDER_SHIPPED, ORDER_DELIVERED },
	{ ORDER_SHIPPED, ORDER_CANCELLED },
	{ ORDER_SHIPPED, ORDER_REFUNDED },
	{ ORDER_DELIVERED, ORDER_COMPLETED },
	{ ORDER_DELIVERED, ORDER_REFUNDED },
	{ ORDER_COMPLETED, ORDER_REFUNDED },
	{ ORDER_EXPIRED, ORDER_PAID },
};

static void
test_every_transition(void)
{
	for (int from = 0; from < ORDER_STATUS__COUNT; from++)
		for (int to = 0; to < ORDER_STATUS__COUNT; to++) {
			bool expected = false;

			for (size_t i = 0; i < sizeof allowed / sizeof *allowed; i++)
				expected = expected || ((int)allowed[i].from == from && (int)allowed[i].to == to);
			CHECK_INT(order_may_become((enum order_status)from, (enum order_status)to), expected);
		}
}

/* What is over stays over, but for late money; nothing goes back to pending. */
static void
test_ends(void)
{
	for (int status = 0; status < ORDER_STATUS__COUNT; status++) {
		CHECK(!order_may_become((enum order_status)status, ORDER_PENDING));
		CHECK(!order_may_become(ORDER_CANCELLED, (enum order_status)status));
		CHECK(!order_may_become(ORDER_REFUNDED, (enum order_status)status));
		CHECK(!order_may_become((enum order_status)status, (enum order_status)status));
	}
}

static void
test_values(void)
{
	CHECK_TEXT(order_status_values[ORDER_PENDING], "pending");
	CHECK_TEXT(order_status_values[ORDER_REFUNDED], "refunded");
	CHECK(order_status_values[ORDER_STATUS__COUNT] == NULL);
	CHECK_TEXT(order_payment_status_values[ORDER_UNPAID], "pending");
	CHECK_TEXT(order_payment_status_values[ORDER_PARTIALLY_REFUNDED], "partially_refunded");
	CHECK(order_payment_status_values[ORDER_PAYMENT_REFUNDED + 1] == NULL);
}

SUITE("order state", TEST(test_every_transition), TEST(test_ends), TEST(test_values))
