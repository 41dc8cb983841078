/* Events of providers that could not be applied, and what staff do about them. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person admin, accountant;

static void
need_staff(void)
{
	if (admin.id != NULL)
		return;
	admin = person_new("admin");
	accountant = person_new("accountant");
}

static const char *
fresh_event(void)
{
	return form("evt_dead_%s", fresh_phone() + 1);
}

/* One with our mark, about a payment that nobody knows. */
static void
deliver(const char *event, const char *type)
{
	const char *body =
	    form("{\"id\": \"%s\", \"object\": \"event\", \"type\": \"%s\", \"data\": {\"object\": {\"id\": \"pi_%s\", "
		 "\"object\": \"payment_intent\", \"status\": \"succeeded\", \"amount\": 100, \"amount_received\": 100, "
		 "\"currency\": \"usd\", \"metadata\": {\"reference\": \"PAY-0000000000\"}}}}",
		event, type, event);
	struct answer answer = api_call("POST", "/webhooks/stripe", NULL, body, HEADERS(stripe_signature(body, 0)));

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "deferred");
}

/* As its last attempt leaves it; the id of its row. */
static const char *
die(const char *event)
{
	sql_run(
	    "UPDATE webhook_events SET attempts = 100, next_attempt_at = NOW(3) WHERE event_id = '%s' AND status = 'deferred'",
	    event);
	run_job_now("replay_webhook");
	WAIT_FOR("dead", "SELECT status FROM webhook_events WHERE event_id = '%s'", event);
	return sql_text("SELECT id FROM webhook_events WHERE event_id = '%s'", event);
}

static const char *
dead_event(const char *type)
{
	const char *event = fresh_event();

	deliver(event, type);
	return die(event);
}

static int64_t
audited(const char *action, const char *id, const char *before, const char *after)
{
	return sql_number("SELECT COUNT(*) FROM audit_records WHERE action = '%s' AND subject_type = 'webhook_event' "
			  "AND subject_id = '%s' AND actor_id = '%s' AND JSON_VALUE(before_state, '$.status') = '%s' "
			  "AND JSON_VALUE(after_state, '$.status') = '%s'",
	    action, id, admin.id, before, after);
}

static void
test_list(void)
{
	const char   *id, *type;
	struct answer answer;

	need_staff();
	id = dead_event("payment_intent.succeeded");
	answer = api_get("/webhook-events?status=dead&limit=1", accountant.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), id);
	CHECK_TEXT(text_at(&answer, "results.0.status"), "dead");
	CHECK(has_at(&answer, "results.0.error") && !has_at(&answer, "results.0.payload"));
	answer = api_get("/webhook-events?status=dead&provider=stripe&type=payment_intent.succeeded&limit=1", accountant.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.id"), id);
	answer = api_get("/webhook-events?status=dead&provider=nobody", admin.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 0);
	type = form("test.%s", fresh_event());
	sql_run("UPDATE webhook_events SET type = '%s' WHERE id = '%s'", type, id);
	answer = api_get(form("/webhook-events?type=%s", type), admin.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), id);
	EXPECT_FAULT(api_get("/webhook-events?status=lost", admin.access), "status");
	EXPECT_PROBLEM(api_get("/webhook-events?cursor=x", admin.access), 400, "bad_cursor");
}

/* Every page has the next one's events behind its own. */
static void
test_pages(void)
{
	struct answer answer;
	const char   *first, *second, *next;

	need_staff();
	second = dead_event("payment_intent.succeeded");
	first = dead_event("payment_intent.succeeded");
	answer = api_get("/webhook-events?provider=stripe&status=dead&limit=1", admin.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.id"), first);
	next = text_at(&answer, "next");
	REQUIRE(next != NULL && strstr(next, "/webhook-events") != NULL);
	answer = api_get(strstr(next, "/webhook-events"), admin.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.id"), second);
}

static void
test_one(void)
{
	const char   *id, *sealed;
	struct answer answer;

	need_staff();
	id = dead_event("payment_intent.succeeded");
	sql_run("UPDATE webhook_events SET payload = JSON_INSERT(payload, '$.data.object.receipt_email', 'jane@example.org') "
		"WHERE id = '%s'",
	    id);
	answer = api_get(form("/webhook-events/%s", id), accountant.access);
	EXPECT(answer, 200);
	CHECK(strstr(text_at(&answer, "payload"), "PAY-0000000000") != NULL);
	CHECK(strstr(answer.body, "jane@example.org") == NULL);
	EXPECT_PROBLEM(api_get("/webhook-events/01890000-0000-7000-8000-00000000dead", admin.access), 404, "not_found");
	/* What is not verified yet is kept as it came, and shown to nobody. */
	sql_run("INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status, next_attempt_at, "
		"signatures, claim) VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'test-sealed', 'x', 'x', x'ff00fe', "
		"REPEAT('x', 32), 'unverified', NOW(3) + INTERVAL 1 DAY, 'secretly-signed', 'x')");
	sealed = sql_text("SELECT id FROM webhook_events WHERE provider = 'test-sealed'");
	answer = api_get(form("/webhook-events/%s", sealed), admin.access);
	sql_run("DELETE FROM webhook_events WHERE provider = 'test-sealed'");
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "payload"));
	CHECK(strstr(answer.body, "secretly-signed") == NULL);
}

/* One with the id of another event: refused, and the first of them is there to be held against what was kept. */
static void
test_collision(void)
{
	static const char *const amounts[] = { "101", "102" };
	const char              *event = fresh_event(), *path;
	struct answer            answer;

	need_staff();
	deliver(event, "payment_intent.succeeded");
	path = form("/webhook-events/%s", sql_text("SELECT id FROM webhook_events WHERE event_id = '%s'", event));
	answer = api_get(path, accountant.access);
	CHECK(!has_at(&answer, "colliding_payload") && !has_at(&answer, "collided_at"));
	for (size_t i = 0; i < 2; i++) {
		const char *body =
		    form("{\"id\": \"%s\", \"object\": \"event\", \"type\": \"payment_intent.succeeded\", \"data\": "
			 "{\"object\": {\"id\": \"pi_%s\", \"object\": \"payment_intent\", \"status\": \"succeeded\", "
			 "\"amount\": %s, \"receipt_email\": \"jane@example.org\", \"currency\": \"usd\"}}}",
			event, event, amounts[i]);

		EXPECT_PROBLEM(
		    api_call("POST", "/webhooks/stripe", NULL, body, HEADERS(stripe_signature(body, 0))), 409, "event_collision");
	}
	answer = api_get(path, accountant.access);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "collision_count"), 2);
	CHECK(strstr(text_at(&answer, "payload"), "PAY-0000000000") != NULL);
	CHECK(strstr(text_at(&answer, "colliding_payload"), "101") != NULL && has_at(&answer, "collided_at"));
	CHECK(strstr(answer.body, "jane@example.org") == NULL);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM webhook_collisions WHERE payload LIKE '%%jane@example.org%%'"), 0);
	/* In lists it is only counted. */
	answer = api_get("/webhook-events?provider=stripe&status=deferred&limit=1", accountant.access);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "results.0.collision_count"), 2);
	CHECK(!has_at(&answer, "results.0.colliding_payload"));
	/* It goes with its event. */
	sql_run("DELETE FROM webhook_events WHERE event_id = '%s'", event);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM webhook_collisions c LEFT JOIN webhook_events e ON e.id = c.id WHERE e.id IS NULL"),
	    0);
}

static void
test_replay_one(void)
{
	const char   *id, *path;
	struct answer answer;

	need_staff();
	id = dead_event("payment_intent.succeeded");
	path = form("/webhook-events/%s/replay", id);
	EXPECT_PROBLEM(api_post(path, accountant.access, NULL), 403, "forbidden");
	answer = api_post(path, admin.access, NULL);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "deferred");
	CHECK_INT(number_at(&answer, "attempts"), 0);
	CHECK_INT(audited("webhook_event.replayed", id, "dead", "deferred"), 1);
	WAIT_FOR("1", "SELECT attempts > 0 FROM webhook_events WHERE id = '%s'", id);
	EXPECT_PROBLEM(api_post(path, admin.access, NULL), 409, "conflict");
	EXPECT_PROBLEM(
	    api_post("/webhook-events/01890000-0000-7000-8000-00000000dead/replay", admin.access, NULL), 404, "not_found");
}

/* Of an event that died before its payment was there; replayed, it is applied. */
static void
test_replay_applies(void)
{
	struct person  customer = person_new("customer"), seller = person_new("shopkeeper");
	struct goods   goods = goods_new(&seller, "20.00", 10);
	struct attempt attempt = attempt_new(&customer, order_new(&customer, address_new(&customer), &goods, 1));
	const char    *id;

	need_staff();
	id = dead_event("payment_intent.processing");
	sql_run("UPDATE webhook_events SET payload = REPLACE(REPLACE(payload, '\"succeeded\"', '\"processing\"'), "
		"CONCAT('pi_', event_id), '%s') WHERE id = '%s'",
	    attempt.transaction, id);
	EXPECT(api_post(form("/webhook-events/%s/replay", id), admin.access, NULL), 200);
	WAIT_FOR("processed", "SELECT status FROM webhook_events WHERE id = '%s'", id);
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE reference = '%s'", attempt.reference), "processing");
}

static void
test_replay_all(void)
{
	const char   *first, *second;
	struct answer answer;
	int64_t       noted;

	need_staff();
	first = dead_event("payment_intent.succeeded");
	second = dead_event("payment_intent.succeeded");
	noted = sql_number("SELECT COUNT(*) FROM audit_records WHERE action = 'webhook_events.replayed'");
	EXPECT_PROBLEM(api_post("/webhook-events/replay-all", accountant.access, NULL), 403, "forbidden");
	answer = api_post("/webhook-events/replay-all", admin.access, NULL);
	EXPECT(answer, 200);
	CHECK(number_at(&answer, "replayed") >= 2);
	WAIT_FOR("2", "SELECT COUNT(*) FROM webhook_events WHERE id IN ('%s', '%s') AND status = 'deferred' AND attempts > 0",
	    first, second);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE action = 'webhook_events.replayed'"), noted + 1);
}

static void
test_drop(void)
{
	const char   *id, *path;
	struct answer answer;

	need_staff();
	id = dead_event("payment_intent.succeeded");
	path = form("/webhook-events/%s/drop", id);
	EXPECT_FAULT(api_post(path, admin.access, "{}"), "reason");
	EXPECT_PROBLEM(api_post(path, accountant.access, "{\"reason\": \"mine\"}"), 403, "forbidden");
	answer = api_post(path, admin.access, "{\"reason\": \"paid by hand\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "dropped");
	CHECK_TEXT(text_at(&answer, "error"), "dropped: paid by hand");
	CHECK_INT(audited("webhook_event.dropped", id, "dead", "dropped"), 1);
	EXPECT_PROBLEM(api_post(path, admin.access, "{\"reason\": \"again\"}"), 409, "conflict");
	EXPECT_PROBLEM(api_post(form("/webhook-events/%s/replay", id), admin.access, NULL), 409, "conflict");
	CHECK_INT(audited("webhook_event.dropped", id, "dead", "dropped"), 1);
}

static void
test_none_is_left(void)
{
	sql_run("UPDATE webhook_events SET status = 'dropped', next_attempt_at = NULL WHERE status IN ('dead', 'deferred') "
		"AND event_id LIKE 'evt\\_dead\\_%%'");
	EXPECT_CONSISTENT();
}

SUITE("dead webhooks", TEST(test_list), TEST(test_pages), TEST(test_one), TEST(test_collision), TEST(test_replay_one),
    TEST(test_replay_applies), TEST(test_replay_all), TEST(test_drop), TEST(test_none_is_left))
