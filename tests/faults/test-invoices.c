/* Numbers of invoices have no gaps, and none is given twice, whoever dies while many orders are paid at once. */
#include "tests/faults/stack.h"

#include <stdio.h>

enum { ORDERS = 64, EVERY_MS = 150 };

static void
test_killed_jobs_leave_no_gap(void)
{
	static const char *const parts[] = { "jobs", "hooks", NULL };
	struct person            seller = person_new("shopkeeper"), customer = person_new("customer");
	struct goods             goods = goods_new(&seller, "10.00", 1000);
	const char              *address = address_new(&customer);
	struct attempt           attempts[ORDERS];
	struct killer           *killer;
	int                      killed;

	for (int i = 0; i < ORDERS; i++)
		attempts[i] = attempt_new(&customer, order_new(&customer, address, &goods, 1));
	killer = killer_start(parts, EVERY_MS);
	for (int i = 0; i < ORDERS; i++)
		sandbox_act("pay", attempts[i].transaction);
	WAIT_FOR("64", "SELECT COUNT(*) FROM invoices WHERE merchant_id = '%s'", seller.merchant);
	killed = killer_stop(killer);
	printf("(%d killed) ", killed);
	CHECK(killed >= 5);
	CHECK_TEXT(
	    sql_text("SELECT CONCAT_WS(' ', MIN(sequence), MAX(sequence), COUNT(DISTINCT sequence), COUNT(DISTINCT order_id)) "
		     "FROM invoices WHERE merchant_id = '%s'",
		seller.merchant),
	    "1 64 64 64");
	EXPECT_CONSISTENT();
}

SUITE("invoices", TEST(test_killed_jobs_leave_no_gap))
