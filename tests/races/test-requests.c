/* Many at once about the same payment request, and about the same API key. */
#include "tests/races/crowd.h"

#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MANY = 16, DUELS = 10, LOAD = 40 };

static struct person seller;

static void
need_people(void)
{
	if (seller.id == NULL)
		seller = person_new("shopkeeper");
}

static const char *
wanted(const char *more)
{
	return form("{\"amount\": \"50.00\", \"currency\": \"USD\", \"customer\": {\"email\": \"payer@example.test\"}, "
		    "\"return_url\": \"https://merchant.example/thanks\"%s}",
	    more);
}

static const char *
request_new(void)
{
	struct answer answer;

	need_people();
	answer = api_post("/payments/initialize", seller.access, wanted(""));
	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "reference");
}

static struct call
attempt_at(const char *provider, const char *reference)
{
	return (struct call) { .method = "POST",
		.path = form("/payments/%s/attempts", reference),
		.body = form("{\"provider\": \"%s\"}", provider) };
}

static struct call
attempt_call(const char *reference)
{
	return attempt_at("stripe", reference);
}

static void
test_one_name_is_taken_once(void)
{
	const char   *name = form("INV-%s", fresh_phone() + 1), *first = NULL;
	struct call   calls[MANY];
	struct answer answers[MANY];

	need_people();
	for (size_t i = 0; i < MANY; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = "/payments/initialize",
			.token = seller.access,
			.body = wanted(form(", \"merchant_reference\": \"%s\"", name)) };
	api_calls(calls, MANY, answers);
	CHECK_INT(count_status(answers, MANY, 201), 1);
	CHECK_INT(count_saying(answers, MANY, 409, "code", "merchant_reference_taken"), MANY - 1);
	for (size_t i = 0; i < MANY; i++)
		if (answers[i].status == 201)
			first = text_at(&answers[i], "reference");
	REQUIRE(first != NULL);
	for (size_t i = 0; i < MANY; i++)
		CHECK(strstr(answers[i].body, first) != NULL);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payment_requests WHERE merchant_reference = '%s'", name), 1);
}

/* Who comes while the provider is being asked is told to try again, and finds the page that the first was led to. */
static void
begin_at_once(const char *provider)
{
	const char   *reference = request_new(), *page = NULL;
	struct call   calls[MANY];
	struct answer answers[MANY], again;
	size_t        begun;

	for (size_t i = 0; i < MANY; i++)
		calls[i] = attempt_at(provider, reference);
	api_calls(calls, MANY, answers);
	begun = count_status(answers, MANY, 201);
	CHECK(begun >= 1);
	CHECK_INT(begun + count_saying(answers, MANY, 409, "code", "payment_in_progress"), MANY);
	again = api_call("POST", calls[0].path, NULL, calls[0].body, NULL);
	EXPECT(again, 201);
	page = text_at(&again, "provider_transaction_id");
	for (size_t i = 0; i < MANY; i++)
		if (answers[i].status == 201)
			CHECK_TEXT(text_at(&answers[i], "provider_transaction_id"), page);
	CHECK_TEXT(sql_text("SELECT GROUP_CONCAT(p.status IN ('pending', 'requires_action')) FROM payments p "
			    "JOIN payment_requests r ON r.id = p.request_id WHERE r.reference = '%s'",
		       reference),
	    "1");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM payment_declines d JOIN payments p ON p.id = d.payment_id "
			     "JOIN payment_requests r ON r.id = p.request_id WHERE r.reference = '%s'",
		      reference),
	    0);
	CHECK_INT(sandbox_post(form("/sandbox/%s/pay/%s", provider, page), NULL), 200);
	WAIT_FOR("paid", "SELECT status FROM payment_requests WHERE reference = '%s'", reference);
}

static void
test_one_attempt_is_live(void)
{
	begin_at_once("stripe");
	begin_at_once("paystack");
	begin_at_once("flutterwave");
	EXPECT_CONSISTENT();
}

/* Its payers pay while its merchant cancels: each is paid and cannot be cancelled any more, or its money goes back. */
static void
test_cancelled_while_it_succeeds(void)
{
	const char   *references[DUELS], *transactions[DUELS];
	struct call   calls[DUELS];
	struct answer answers[DUELS];
	pid_t         payers;
	int           status = -1;

	for (size_t i = 0; i < DUELS; i++) {
		struct call   begin;
		struct answer answer;

		references[i] = request_new();
		begin = attempt_call(references[i]);
		answer = api_call(begin.method, begin.path, NULL, begin.body, NULL);
		EXPECT(answer, 201);
		transactions[i] = text_at(&answer, "provider_transaction_id");
		calls[i] = (struct call) { .method = "PUT",
			.path = form("/payments/%s/status", references[i]),
			.token = seller.access,
			.body = "{\"status\": \"cancelled\", \"reason\": \"a race\"}" };
	}
	payers = fork();
	REQUIRE(payers >= 0);
	if (payers == 0) {
		for (size_t i = 0; i < DUELS; i++)
			(void)sandbox_post(form("/sandbox/stripe/pay/%s", transactions[i]), "force=1");
		_exit(0);
	}
	api_calls(calls, DUELS, answers);
	CHECK(waitpid(payers, &status, 0) == payers && status == 0);
	CHECK_INT(count_status(answers, DUELS, 200) + count_saying(answers, DUELS, 409, "code", "payment_state"), DUELS);
	for (size_t i = 0; i < DUELS; i++) {
		WAIT_FOR(answers[i].status == 200 ? "cancelled refunded" : "paid succeeded",
		    "SELECT CONCAT(r.status, ' ', p.status) FROM payment_requests r JOIN payments p ON p.request_id = r.id "
		    "WHERE r.reference = '%s'",
		    references[i]);
	}
	EXPECT_CONSISTENT();
}

/* A shop exchanges its key while its servers call: none of their calls is refused, by the old key or by the new one. */
static void
test_key_exchanged_under_load(void)
{
	struct call   calls[LOAD + 1];
	struct answer answers[LOAD + 1], answer;
	const char   *key, *id, *fresh;

	need_people();
	answer = api_post("/merchants/me/api-keys", seller.access,
	    "{\"name\": \"web shop\", \"scopes\": [\"payment:take_own\", \"payment:read_own\"]}");
	EXPECT(answer, 201);
	key = text_at(&answer, "key");
	id = text_at(&answer, "id");
	for (size_t i = 0; i <= LOAD; i++)
		calls[i] = i % 2 == 0
		    ? (struct call) { .method = "GET", .path = "/payments", .token = key }
		    : (struct call) { .method = "POST", .path = "/payments/initialize", .token = key, .body = wanted("") };
	calls[LOAD / 2] =
	    (struct call) { .method = "POST", .path = form("/merchants/me/api-keys/%s/rotate", id), .token = seller.access };
	api_calls(calls, LOAD + 1, answers);
	fresh = text_at(&answers[LOAD / 2], "key");
	REQUIRE(fresh != NULL);
	CHECK_INT(count_status(answers, LOAD + 1, 200) + count_status(answers, LOAD + 1, 201), LOAD + 1);
	for (size_t i = 0; i < LOAD; i++)
		calls[i].token = i % 4 < 2 ? key : fresh;
	calls[LOAD / 2] = calls[0];
	api_calls(calls, LOAD, answers);
	CHECK_INT(count_status(answers, LOAD, 200) + count_status(answers, LOAD, 201), LOAD);

	/* Exchanged by many at once it has one successor. */
	id = sql_text("SELECT replaced_by FROM api_keys WHERE id = '%s'", id);
	for (size_t i = 0; i < MANY; i++)
		calls[i] = (struct call) {
			.method = "POST", .path = form("/merchants/me/api-keys/%s/rotate", id), .token = seller.access
		};
	api_calls(calls, MANY, answers);
	CHECK_INT(count_status(answers, MANY, 201), 1);
	CHECK_INT(count_saying(answers, MANY, 409, "code", "conflict"), MANY - 1);
}

SUITE("many at once about the same payment request", TEST(test_one_name_is_taken_once), TEST(test_one_attempt_is_live),
    TEST(test_cancelled_while_it_succeeds), TEST(test_key_exchanged_under_load))
