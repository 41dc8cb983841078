/* bKash as haat-sandbox speaks it: what bKash would refuse is refused, in its own codes. */
#include "tests/suite.h"
#include "tests/unit/sandbox_peer.h"

#include <stdio.h>
#include <string.h>

#define CHECKOUT "/bkash/v1.2.0-beta/tokenized/checkout/"
#define REFUND "/bkash/v2/tokenized-checkout/refund/payment/"
#define JSON_BOTH "Content-Type: application/json", "Accept: application/json"
#define APP "{\"app_key\":\"sandboxKey\",\"app_secret\":\"sandboxSecret\"}"

static char authorization[200] = "Authorization: ";

/* What one call is answered, and its code in the member of that name. */
static void
check(const char *const *headers, const char *path, const char *body, long status, const char *member, const char *expected)
{
	struct answer answer = call_with(headers, "POST", path, body);

	CHECK_INT(answer.status, status);
	CHECK_TEXT(text_at(answer.json, member), expected);
	drop(answer);
}

static struct answer
ask(const char *path, const char *body)
{
	return call_with((const char *const[]) { JSON_BOTH, authorization, "X-APP-Key: sandboxKey", NULL }, "POST", path, body);
}

static void
check_code(const char *path, const char *body, const char *code)
{
	struct answer answer = ask(path, body);

	CHECK_INT(answer.status, 200);
	CHECK_TEXT(text_at(answer.json, strncmp(path, REFUND, sizeof REFUND - 1) == 0 ? "externalCode" : "statusCode"), code);
	drop(answer);
}

static void
test_tokens(void)
{
	static const char *const right[] = { JSON_BOTH, "username: sandboxUser", "password: sandboxWord", NULL };
	static const char *const wrong[] = { JSON_BOTH, "username: sandboxUser", "password: another", NULL };
	static const char *const bare[] = { JSON_BOTH, "X-APP-Key: sandboxKey", NULL };
	static const char *const no_accept[] = { "Content-Type: application/json", "username: sandboxUser", NULL };
	static const char        status[] = CHECKOUT "payment/status", grant[] = CHECKOUT "token/grant";
	char                     bearer[220];
	struct answer            answer;

	check(wrong, grant, APP, 401, "message", "Unauthorized");
	check(no_accept, grant, APP, 415, "message", "Unsupported Media Type");
	check(right, grant, "{\"app_key\":\"sandboxKey\",\"app_secret\":\"x\"}", 200, "statusCode", "2001");
	check(right, grant, "{\"app_key\":\"sandboxKey\"}", 200, "statusCode", "2065");
	answer = call_with(right, "POST", grant, APP);
	CHECK_TEXT(text_at(answer.json, "statusCode"), "0000");
	CHECK_INT(integer_at(answer.json, "expires_in"), 3600);
	snprintf(authorization, sizeof authorization, "Authorization: %s", text_at(answer.json, "id_token"));
	snprintf(bearer, sizeof bearer, "Authorization: Bearer %s", text_at(answer.json, "id_token"));
	drop(answer);

	check(bare, status, "{\"paymentID\":\"x\"}", 401, "message", "Unauthorized");
	check((const char *const[]) { JSON_BOTH, "X-APP-Key: another", authorization, NULL }, status, "{}", 401, "message",
	    "Forbidden");
	check((const char *const[]) { JSON_BOTH, "X-APP-Key: sandboxKey", "Authorization: 99999999999.0123", NULL }, status, "{}",
	    401, "message", "Unauthorized");
	check((const char *const[]) { JSON_BOTH, "X-APP-Key: sandboxKey", bearer, NULL }, status, "{\"paymentID\":\"x\"}", 200,
	    "statusCode", "2002");
	check_code(status, "{\"paymentID\":\"x\"}", "2002");
	check_code(status, "{}", "2065");
}

#define REQUEST(mode, url, amount, currency, intent, invoice) \
	"{\"mode\":\"" mode "\",\"payerReference\":\"p\",\"callbackURL\":\"" url "\",\"amount\":\"" amount \
	"\",\"currency\":\"" currency "\",\"intent\":\"" intent "\",\"merchantInvoiceNumber\":\"" invoice "\"}"
#define GOOD(amount, invoice) REQUEST("0011", "https://shop.example/back", amount, "BDT", "sale", invoice)

static void
test_creations(void)
{
	static const struct {
		const char *body, *code;
	} cases[] = {
		{ REQUEST("0001", "https://shop.example/", "500.50", "BDT", "sale", "PAY-1"), "2063" },
		{ REQUEST("0011", "shop.example", "500.50", "BDT", "sale", "PAY-1"), "2065" },
		{ REQUEST("0011", "https://shop.example/", "500.505", "BDT", "sale", "PAY-1"), "2006" },
		{ REQUEST("0011", "https://shop.example/", "0.99", "BDT", "sale", "PAY-1"), "2006" },
		{ REQUEST("0011", "https://shop.example/", "5e2", "BDT", "sale", "PAY-1"), "2006" },
		{ REQUEST("0011", "https://shop.example/", "500.50", "USD", "sale", "PAY-1"), "2007" },
		{ REQUEST("0011", "https://shop.example/", "500.50", "BDT", "buy", "PAY-1"), "2008" },
		{ REQUEST("0011", "https://shop.example/", "500.50", "BDT", "sale", ""), "2065" },
		{ "{\"mode\":\"0011\"}", "2065" },
	};

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_code(CHECKOUT "create", cases[i].body, cases[i].code);
}

static struct {
	char id[80], transaction[80];
} made;

/* A payment whose payer has done that ("" nothing yet), from that wallet. */
static void
make(const char *body, const char *act, const char *wallet)
{
	struct answer answer = ask(CHECKOUT "create", body);
	char          path[140], form[80];

	CHECK_TEXT(text_at(answer.json, "transactionStatus"), "Initiated");
	CHECK(strstr(text_at(answer.json, "successCallbackURL"), "status=success&signature=") != NULL);
	snprintf(made.id, sizeof made.id, "%s", text_at(answer.json, "paymentID"));
	drop(answer);
	if (*act == '\0')
		return;
	snprintf(path, sizeof path, "/sandbox/bkash/%s/%s", act, made.id);
	snprintf(form, sizeof form, "returns=0&wallet=%s", wallet);
	answer = call("POST", path, form, NULL);
	CHECK_INT(answer.status, 200);
	drop(answer);
}

static const char *
named(void)
{
	static char body[120];

	snprintf(body, sizeof body, "{\"paymentID\":\"%s\"}", made.id);
	return body;
}

/* Only an execution takes money, once, and only what the payer has agreed to; until then the payment says Initiated. */
static void
test_executions(void)
{
	struct answer answer;

	make(GOOD("700", "PAY-2"), "", "");
	check_code(CHECKOUT "execute", named(), "2056");
	make(GOOD("701", "PAY-3"), "fail", "01823074817");
	check_code(CHECKOUT "execute", named(), "2023");
	answer = ask(CHECKOUT "payment/status", named());
	CHECK_TEXT(text_at(answer.json, "transactionStatus"), "Initiated");
	drop(answer);

	make(GOOD("500.50", "PAY-4"), "pay", "01770618575");
	answer = ask(CHECKOUT "execute", named());
	CHECK_TEXT(text_at(answer.json, "statusCode"), "0000");
	CHECK_TEXT(text_at(answer.json, "transactionStatus"), "Completed");
	CHECK_TEXT(text_at(answer.json, "amount"), "500.5");
	CHECK_TEXT(text_at(answer.json, "merchantInvoiceNumber"), "PAY-4");
	snprintf(made.transaction, sizeof made.transaction, "%s", text_at(answer.json, "trxID"));
	drop(answer);
	check_code(CHECKOUT "execute", named(), "2062");
	check_code(CHECKOUT "create", GOOD("500.50", "PAY-4"), "2062");
}

static const char *
refund_of(const char *transaction, const char *more)
{
	static char body[400];

	snprintf(body, sizeof body, "{\"paymentId\":\"%s\",\"trxId\":\"%s\"%s}", made.id, transaction, more);
	return body;
}

#define GIVE(amount) ",\"refundAmount\":\"" amount "\",\"sku\":\"s\",\"reason\":\"r\""

static void
test_refunds(void)
{
	static const struct {
		const char *more, *code;
	} cases[] = { { "", "2065" }, { ",\"refundAmount\":\"1.00\",\"reason\":\"r\"", "2065" },
		{ ",\"refundAmount\":\"1.00\",\"sku\":\"s\"", "2065" }, { GIVE("1.5"), "2006" }, { GIVE("0.00"), "2006" },
		{ GIVE("500.51"), "2026" } };
	struct answer answer;

	for (size_t i = 0; i < sizeof cases / sizeof *cases; i++)
		check_code(REFUND "transaction", refund_of(made.transaction, cases[i].more), cases[i].code);
	check_code(REFUND "transaction", refund_of("another", GIVE("1.00")), "2033");
	answer = ask(REFUND "transaction", refund_of(made.transaction, GIVE("500.00")));
	CHECK_TEXT(text_at(answer.json, "refundTransactionStatus"), "Completed");
	CHECK_TEXT(text_at(answer.json, "refundAmount"), "500");
	drop(answer);
	check_code(REFUND "transaction", refund_of(made.transaction, GIVE("1.00")), "2026");
	answer = ask(REFUND "transaction", refund_of(made.transaction, GIVE("0.50")));
	CHECK_TEXT(text_at(answer.json, "originalTrxAmount"), "500.50");
	drop(answer);
	check_code(REFUND "transaction", refund_of(made.transaction, GIVE("0.50")), "2034");
	answer = ask(REFUND "status", refund_of(made.transaction, ""));
	CHECK_TEXT(text_at(answer.json, "refundTransactions.0.refundAmount"), "0.5");
	CHECK_TEXT(text_at(answer.json, "refundTransactions.1.refundAmount"), "500");
	drop(answer);
}

/* The same wallet pays the same amount once in two minutes. */
static void
test_the_same_amount_again(void)
{
	make(GOOD("500.50", "PAY-5"), "pay", "01770618575");
	check_code(CHECKOUT "execute", named(), "2029");
	make(GOOD("500.50", "PAY-6"), "pay", "01929918378");
	check_code(CHECKOUT "execute", named(), "0000");
}

int
main(void)
{
	static const struct test tests[] = { TEST(test_tokens), TEST(test_creations), TEST(test_executions), TEST(test_refunds),
		TEST(test_the_same_amount_again) };
	int                      result = 1;

	if (peer_open() && start_sandbox("development"))
		result = run_suite("sandbox-bkash", tests, sizeof tests / sizeof *tests);
	peer_close();
	return result;
}
