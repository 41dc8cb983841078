#include "tests/conformance/renewed.h"

#include "tests/api/subscribing.h"
#include "tests/conformance/scenes.h"
#include "tests/conformance/stored.h"

#include <string.h>

static const char *
monthly(void)
{
	struct answer answer = api_post("/plans", admin.access,
	    form("{\"name\": \"Of the month\", \"amount\": \"%s\", \"every\": \"month\", \"merchant_id\": \"%s\"}", means->price,
		sql_text("SELECT merchant_id FROM products WHERE id = '%s'", goods.product)));

	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

/* Of its open period: the payment that is live. */
static struct attempt
live_of(const char *id)
{
	const char *live = form("FROM payments p JOIN subscription_periods d ON d.status = 'due' AND d.subscription_id = '%s' "
				"WHERE p.live = 1 AND (p.period_id = d.id OR p.request_id IN "
				"(SELECT r.id FROM payment_requests r WHERE r.period_id = d.id))",
	    id);

	return (struct attempt) { .reference = sql_text("SELECT p.reference %s", live),
		.transaction = sql_text("SELECT p.provider_transaction_id %s", live) };
}

/* Where nobody is charged while away, by the link. */
static void
pay_period(const char *id, bool by_link)
{
	struct attempt attempt;

	if (by_link)
		EXPECT(
		    api_post(
			form("/payments/%s/attempts",
			    sql_text(
				"SELECT payment_reference FROM subscription_periods WHERE subscription_id = '%s' AND status = 'due'",
				id)),
			NULL, form("{\"provider\": \"%s\"}", means->name)),
		    201);
	attempt = live_of(id);
	if (by_link)
		pay(&attempt);
	else if (attempt.transaction != NULL) /* the bank takes its time */
		CHECK_INT(act("pay", attempt.transaction, NULL), 200);
}

static void
wait_period(const char *id, int number)
{
	WAIT_FOR(
	    form("%d", number), "SELECT COUNT(*) FROM subscription_periods WHERE subscription_id = '%s' AND status = 'paid'", id);
	WAIT_FOR("active", "SELECT status FROM subscriptions WHERE id = '%s'", id);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payments p JOIN subscription_periods d ON d.payment_id = p.id "
			     "WHERE d.subscription_id = '%s' AND p.provider = '%s' AND p.succeeded_at IS NOT NULL",
		      id, means->name),
	    number);
}

const char *
subscription_renews(void)
{
	bool        by_link = !can_be_stored();
	const char *id =
	    subscription_new(&customer, monthly(), by_link ? "" : form(", \"payment_method_id\": \"%s\"", stored_method("card")));

	pay_period(id, by_link);
	wait_period(id, 1);
	subscription_run_out(id);
	pay_period(id, by_link);
	wait_period(id, 2);
	CHECK_INT(subscription_events(id, "charged"), 2);
	return NULL;
}
