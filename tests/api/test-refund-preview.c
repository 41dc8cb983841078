/* What a refund will post, said before it is made. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person seller, customer, admin;

static struct attempt
paid(void)
{
	struct goods goods;

	seller = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	goods = goods_new(&seller, "20.00", 10);
	return attempt_paid(&customer, order_new(&customer, address_new(&customer), &goods, 1));
}

static int64_t
posted(const struct attempt *attempt, const char *where)
{
	return sql_number("SELECT COUNT(*) FROM ledger_transactions t JOIN ledger_entries e ON e.transaction_id = t.id JOIN "
			  "ledger_accounts a ON a.id = e.account_id JOIN payments p ON p.id = t.origin_id "
			  "WHERE p.reference = '%s' AND t.source_kind = 'refund' %s",
	    attempt->reference, where);
}

/* What is said beforehand is posted afterwards, account by account. */
static void
test_preview_is_what_is_posted(void)
{
	struct attempt attempt = paid();
	const char    *path = form("/payments/%s/refunds", attempt.reference);
	struct answer  preview = api_get(form("%s/preview?amount=7.00", path), admin.access);

	EXPECT(preview, 200);
	CHECK_TEXT(text_at(&preview, "amount"), "7.00");
	CHECK(length_at(&preview, "postings") >= 2);
	CHECK_INT(posted(&attempt, ""), 0);
	EXPECT(api_post(path, admin.access, "{\"amount\": \"7.00\", \"reason\": \"a scratch\"}"), 201);
	WAIT_FOR("700", "SELECT refunded_minor FROM payments WHERE reference = '%s'", attempt.reference);
	CHECK_INT(posted(&attempt, ""), (int64_t)length_at(&preview, "postings"));
	for (size_t i = 0; i < length_at(&preview, "postings"); i++)
		CHECK_INT(posted(&attempt,
			      form("AND a.kind = '%s' AND e.amount_minor = %s * 100",
				  text_at(&preview, form("postings.%zu.account", i)),
				  text_at(&preview, form("postings.%zu.amount", i)))),
		    1);
	preview = api_get(form("%s/preview", path), admin.access);
	EXPECT(preview, 200);
	CHECK_TEXT(text_at(&preview, "amount"), text_at(&preview, "left"));
}

/* It refuses what the refund would refuse, and tells nobody else. */
static void
test_preview_refuses_what_a_refund_would(void)
{
	struct attempt attempt = paid();
	const char    *path = form("/payments/%s/refunds/preview", attempt.reference);
	struct person  other = person_new("shopkeeper");

	EXPECT_PROBLEM(api_get(form("%s?amount=100000.00", path), admin.access), 409, "refund_too_large");
	EXPECT_PROBLEM(api_get(form("%s?amount=0.001", path), admin.access), 400, "validation_failed");
	EXPECT_PROBLEM(api_get(path, customer.access), 403, "forbidden");
	EXPECT_PROBLEM(api_get(path, other.access), 404, "not_found");
	EXPECT(api_get(path, seller.access), 200);
}

SUITE("refund preview", TEST(test_preview_is_what_is_posted), TEST(test_preview_refuses_what_a_refund_would))
