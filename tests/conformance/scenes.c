#include "tests/conformance/scenes.h"

#include <string.h>
#include <unistd.h>

enum { PATIENCE_MS = 30000, PAUSE_MS = 50, ASK_MS = 1000, TRIES = 30 };

const struct means all_means[] = {
	{ "stripe", "USD", "20.00", "payment_intent=" },
	{ "razorpay", "INR", "2000.00", "razorpay_order_id=", .stays = true, .pays_again = true },
	{ "paystack", "NGN", "20000.00", "reference=" },
	{ "flutterwave", "NGN", "20000.00", "status=successful&tx_ref=" },
	{ "bkash", "BDT", "2000.00", "status=success&paymentID=" },
	{ "paypal", "USD", "20.00", "PayerID=QYR5Z8XDVJNXQ&token=" },
	{ .name = NULL },
};

const struct means *means;
struct person       customer, admin;
struct goods        goods;
static const char  *address;

void
scenes_of(const char *provider)
{
	static struct goods of_provider[sizeof all_means / sizeof *all_means];
	struct goods       *own;

	if (customer.id == NULL) {
		customer = person_new("customer");
		admin = person_new("admin");
		address = address_new(&customer);
	}
	for (means = all_means; means->name != NULL && strcmp(means->name, provider) != 0;)
		means++;
	REQUIRE(means->name != NULL);
	own = &of_provider[means - all_means];
	if (own->variant == NULL) {
		struct person seller = shopkeeper_new(means->currency);

		*own = goods_new(&seller, means->price, 1000);
	}
	goods = *own;
}

int
act(const char *what, const char *subject, const char *body)
{
	return sandbox_call(form("/sandbox/%s/%s/%s", means->name, what, subject), body == NULL ? "{}" : body).status;
}

void
misbehave(const char *subject, const char *fault, int count)
{
	EXPECT(sandbox_call(form("/sandbox/switches/%s", subject), form("{\"%s\": %d}", fault, count)), 200);
}

bool
still_misbehaves(const char *subject, const char *fault)
{
	struct answer answer = sandbox_call(form("/sandbox/switches/%s", subject), NULL);

	EXPECT(answer, 200);
	return number_at(&answer, fault) != 0;
}

const char *
new_order(void)
{
	return order_new(&customer, address, &goods, 1);
}

bool
read_live_attempt(const char *order, struct attempt *attempt)
{
	*attempt = (struct attempt) { .order = order,
		.reference = sql_text("SELECT reference FROM payments WHERE order_id = '%s' AND live = 1 "
				      "AND provider_transaction_id IS NOT NULL",
		    order),
		.transaction = sql_text("SELECT provider_transaction_id FROM payments WHERE order_id = '%s' AND live = 1", order),
		.total = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", order) };
	return attempt->reference != NULL;
}

struct attempt
begin_for(const char *order)
{
	struct attempt attempt;

	REQUIRE(order != NULL);
	for (int i = 0; i < TRIES; i++) {
		attempt.answer = payment_new(&customer, order, means->name);
		if (read_live_attempt(order, &attempt))
			return attempt;
		usleep(100000);
	}
	EXPECT(payment_new(&customer, order, means->name), 201);
	REQUIRE(read_live_attempt(order, &attempt));
	return attempt;
}

struct attempt
begin(void)
{
	return begin_for(new_order());
}

void
reconcile(const struct attempt *attempt)
{
	sql_run("UPDATE payments SET next_check_at = NOW(3) WHERE reference = '%s' AND next_check_at IS NOT NULL",
	    attempt->reference);
	run_job_now("reconcile_payments");
}

/* Those of the order only: the tries of a refund are counted, and other programs push theirs. */
static void
push_refunds(const char *order)
{
	sql_run("UPDATE jobs j JOIN refunds r ON j.unique_key = CONCAT('refund:', CAST(r.id AS UUID)) "
		"JOIN payments p ON p.id = r.payment_id SET j.run_at = NOW(3) "
		"WHERE j.kind = 'refund_payment' AND j.status = 'ready' AND p.order_id = '%s'",
	    order);
}

bool
goes_on(const struct attempt *attempt, int64_t *waited_ms)
{
	usleep(PAUSE_MS * 1000);
	*waited_ms += PAUSE_MS;
	if (*waited_ms % ASK_MS == 0) {
		push_refunds(attempt->order);
		reconcile(attempt);
	}
	return *waited_ms < PATIENCE_MS;
}

void
wait_number(const struct attempt *attempt, int64_t expected, const char *query)
{
	for (int64_t waited = 0; sql_number("%s", query) != expected && goes_on(attempt, &waited);)
		continue;
	CHECK_INT(sql_number("%s", query), expected);
}

void
wait_status(const struct attempt *attempt, const char *status)
{
	wait_number(attempt, 1,
	    form("SELECT COUNT(*) FROM payments WHERE reference = '%s' AND status = '%s'", attempt->reference, status));
}

const char *
return_path(const struct attempt *attempt)
{
	return form("/payments/return/%s?%s%s", means->name, means->back, attempt->transaction);
}

void
come_back(const struct attempt *attempt)
{
	if (!means->stays)
		EXPECT(api_get(return_path(attempt), NULL), 303);
}

void
pay(const struct attempt *attempt)
{
	CHECK_INT(act("pay", attempt->transaction, NULL), 200);
	come_back(attempt);
}

void
agree(const struct attempt *attempt)
{
	CHECK_INT(act("pay", attempt->transaction, "returns=0"), 200);
}

bool
is_paid(const char *order)
{
	return sql_number("SELECT status = 'paid' FROM orders WHERE id = '%s'", order) == 1;
}

void
wait_paid(const struct attempt *attempt)
{
	for (int64_t waited = 0; !is_paid(attempt->order) && goes_on(attempt, &waited);)
		continue;
	CHECK(is_paid(attempt->order));
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt->reference), "succeeded");
}

int64_t
kept_of(const char *order)
{
	const char   *own = sql_text("SELECT CONCAT(',', GROUP_CONCAT(provider_transaction_id), ',') FROM payments "
				       "WHERE order_id = '%s' AND provider = '%s'",
	      order, means->name);
	struct answer all = sandbox_call(form("/sandbox/%s/transactions", means->name), NULL);
	int64_t       kept = 0;

	EXPECT(all, 200);
	for (size_t i = 0; own != NULL && i < length_at(&all, "results"); i++)
		if (strstr(own, form(",%s,", text_at(&all, form("results.%zu.id", i)))) != NULL)
			kept +=
			    number_at(&all, form("results.%zu.received", i)) - number_at(&all, form("results.%zu.refunded", i));
	return kept;
}

int64_t
booked_of(const char *order)
{
	return sql_number("SELECT IFNULL(SUM(e.amount_minor), 0) FROM ledger_entries e "
			  "JOIN ledger_accounts a ON a.id = e.account_id JOIN ledger_transactions t ON t.id = e.transaction_id "
			  "JOIN payments p ON p.id = t.origin_id WHERE p.order_id = '%s' AND a.kind IN ('clearing', 'fee')",
	    order);
}

void
wait_kept(const struct attempt *attempt, int64_t expected)
{
	for (int64_t waited = 0; kept_of(attempt->order) != expected && goes_on(attempt, &waited);)
		continue;
	CHECK_INT(kept_of(attempt->order), expected);
}

struct attempt
paid(void)
{
	struct attempt attempt = begin();

	pay(&attempt);
	wait_paid(&attempt);
	return attempt;
}

/* An amount of the provider's currency, all of which have two digits. */
static const char *
decimal(int64_t minor)
{
	return form("%lld.%02lld", (long long)(minor / 100), (long long)(minor % 100));
}

struct call
refund_call(const struct attempt *attempt, int64_t minor)
{
	return (struct call) { .method = "POST",
		.path = form("/payments/%s/refunds", attempt->reference),
		.token = admin.access,
		.body = form("{\"amount\": \"%s\", \"reason\": \"as agreed\"}", decimal(minor)) };
}

struct answer
refund(const struct attempt *attempt, int64_t minor)
{
	struct call call = refund_call(attempt, minor);

	return api_post(call.path, call.token, call.body);
}

const char *
refund_part(const struct attempt *attempt, int64_t minor)
{
	struct answer answer = refund(attempt, minor);
	const char   *id = text_at(&answer, "id");

	EXPECT(answer, 201);
	wait_number(attempt, 1, form("SELECT COUNT(*) FROM refunds WHERE id = '%s' AND status = 'succeeded'", id));
	return id;
}
