/* Many who say at once that a parcel's cash has come, or that nobody took it: it counts once. */
#include "tests/races/crowd.h"

enum { MANY = 32, PRICE = 2000 };

static struct person first, second, customer, admin;
static struct goods  dear, cheap;

static void
need_people(void)
{
	if (admin.id != NULL)
		return;
	first = person_new("shopkeeper");
	second = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	dear = goods_new(&first, "20.00", 1000);
	cheap = goods_new(&second, "10.00", 1000);
}

/* Confirmed, and the first seller's parcel delivered; *part: that parcel. */
static const char *
sold(const char **order, const char **part)
{
	struct answer answer = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"pickup\", \"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": 1}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		address_new(&customer), dear.variant, cheap.variant));
	const char   *reference;

	EXPECT(answer, 201);
	*order = text_at(&answer, "id");
	reference = cash_confirmed(&customer, &admin, *order);
	*part = parcel_delivered(&admin, *order, &first);
	return reference;
}

static struct call
collecting(const char *reference, const char *part)
{
	return (struct call) { .method = "POST",
		.path = form("/payments/%s/collect", reference),
		.token = admin.access,
		.body = part == NULL ? "{}" : form("{\"fulfilment_id\": \"%s\"}", part) };
}

static int64_t
carried(const char *reference)
{
	return sql_number(
	    "SELECT IFNULL(SUM(e.amount_minor), 0) FROM payments p JOIN ledger_transactions t ON t.origin_id = p.id "
	    "JOIN ledger_entries e ON e.transaction_id = t.id JOIN ledger_accounts a ON a.id = e.account_id "
	    "WHERE p.reference = '%s' AND a.kind = 'carrier'",
	    reference);
}

static void
test_collected_by_many(void)
{
	struct call   calls[MANY];
	struct answer answers[MANY];
	const char   *order, *part, *reference;

	need_people();
	reference = sold(&order, &part);
	for (size_t i = 0; i < MANY; i++)
		calls[i] = collecting(reference, i % 2 == 0 ? part : NULL);
	api_calls(calls, MANY, answers);
	CHECK_INT(count_status(answers, MANY, 200), 1);
	CHECK_INT(count_saying(answers, MANY, 409, "code", "payment_state"), MANY - 1);
	CHECK_INT(carried(reference), PRICE);
	CHECK_INT(sql_number("SELECT collected_minor FROM payments WHERE reference = '%s'", reference), PRICE);
	EXPECT_CONSISTENT();
}

/* The last two parts end at the same moment, each in another way: the payment ends once, with what came. */
static void
test_the_last_two_at_once(void)
{
	enum { ROUNDS = 6, EACH = 4 };

	need_people();
	for (int round = 0; round < ROUNDS; round++) {
		struct call   calls[2 * EACH];
		struct answer answers[2 * EACH];
		const char   *order, *part, *other, *reference = sold(&order, &part);

		other =
		    sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", order, second.merchant);
		for (size_t i = 0; i < EACH; i++) {
			calls[2 * i] = collecting(reference, part);
			calls[2 * i + 1] = (struct call) { .method = "POST",
				.path = form("/fulfilments/%s/cancel", other),
				.token = admin.access,
				.body = "{\"reason\": \"gone\"}" };
		}
		api_calls(calls, 2 * EACH, answers);
		CHECK_INT(count_status(answers, 2 * EACH, 200), 2);
		CHECK_TEXT(sql_text("SELECT CONCAT(status, ' ', collected_minor, ' ', received_minor) FROM payments "
				    "WHERE reference = '%s'",
			       reference),
		    "succeeded 2000 2000");
		CHECK_INT(sql_number("SELECT COUNT(*) FROM events e JOIN payments p ON p.id = e.aggregate_id "
				     "WHERE p.reference = '%s' AND e.type = 'payment.succeeded'",
			      reference),
		    1);
	}
	EXPECT_CONSISTENT();
}

SUITE("races: cash", TEST(test_collected_by_many), TEST(test_the_last_two_at_once))
