/* One action on many things: of a list as it is, row by row, each once, whoever is killed meanwhile. */
#include "tests/api/shopping.h"

#include <signal.h>
#include <string.h>

static struct person seller, other, admin, warehouse, manager, customer;
static const char   *category;

static void
need_people(void)
{
	struct answer answer;

	if (seller.id != NULL)
		return;
	seller = person_new("shopkeeper");
	other = person_new("shopkeeper");
	admin = person_new("admin");
	warehouse = person_new("warehouse");
	manager = person_new("account_manager");
	customer = person_new("customer");
	answer = api_post("/categories", admin.access, form("{\"name\": \"Bulk %s\"}", seller.merchant + 24));
	EXPECT(answer, 201);
	category = text_at(&answer, "id");
}

/* So many drafts of the seller, each for 10.00 and 5 on hand. */
static void
drafts_new(const struct person *owner, int count)
{
	static int number;

	for (int i = 0; i < count; i++)
		EXPECT(api_post("/products", owner->access,
			   form("{\"name\": \"Draft\", \"category_id\": \"%s\", \"price\": \"10.00\", "
				"\"variants\": [{\"sku\": \"B-%s-%d\", \"on_hand\": 5}]}",
			       category, owner->merchant + 24, ++number)),
		    201);
}

static const char *
request(const struct person *person, const char *body)
{
	struct answer answer = api_post("/bulk-actions", person->access, body);

	EXPECT(answer, 202);
	CHECK_TEXT(text_at(&answer, "status"), "queued");
	return text_at(&answer, "id");
}

static struct answer
ended(const struct person *person, const char *id)
{
	struct answer answer;

	WAIT_FOR("1", "SELECT COUNT(*) FROM bulk_actions WHERE id = '%s' AND status IN ('done', 'refused')", id);
	answer = api_get(form("/bulk-actions/%s", id), person->access);
	EXPECT(answer, 200);
	return answer;
}

static void
a_filter_is_done_or_refused(void)
{
	const char   *id;
	struct answer answer;

	need_people();
	drafts_new(&seller, 4);
	drafts_new(&other, 2);
	answer = api_get("/bulk-actions/matches?action=publish&filter=status%3Ddraft", seller.access);
	EXPECT(answer, 200);
	CHECK_INT(number_at(&answer, "count"), 4);
	CHECK(!bool_at(&answer, "more"));
	id = request(&seller, "{\"action\": \"publish\", \"filter\": \"status=draft&ordering=price&limit=2\", \"expected\": 5}");
	answer = ended(&seller, id);
	CHECK_TEXT(text_at(&answer, "status"), "refused");
	CHECK_TEXT(text_at(&answer, "fault"), "the filter matches 4, not 5");
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM products WHERE merchant_id = '%s' AND status = 'published'", seller.merchant), 0);
	EXPECT_PROBLEM(api_post(form("/bulk-actions/%s/retry", id), seller.access, NULL), 409, "conflict");
	answer = ended(&seller, request(&seller, "{\"action\": \"publish\", \"filter\": \"status=draft\", \"expected\": 4}"));
	CHECK_TEXT(text_at(&answer, "status"), "done");
	CHECK_INT(number_at(&answer, "done"), 4);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM products WHERE merchant_id = '%s' AND status = 'published'", seller.merchant), 4);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM products WHERE merchant_id = '%s' AND status = 'draft'", other.merchant), 2);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM audit_records WHERE actor_id = '%s' AND action = 'product.changed'", seller.id), 4);
	answer = ended(&seller,
	    request(
		&seller, "{\"action\": \"price\", \"filter\": \"status=published\", \"expected\": 4, \"percent\": \"-12.5\"}"));
	CHECK_INT(number_at(&answer, "done"), 4);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM products WHERE merchant_id = '%s' AND price_minor = 875", seller.merchant), 4);
	answer = ended(&seller,
	    request(&seller,
		"{\"action\": \"stock\", \"filter\": \"low=true\", \"expected\": 4, \"delta\": 20, \"reason\": \"delivery\"}"));
	CHECK_INT(number_at(&answer, "done"), 4);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM inventory i JOIN variants v ON v.id = i.variant_id JOIN products p ON p.id = "
			     "v.product_id WHERE p.merchant_id = '%s' AND i.on_hand = 25",
		      seller.merchant),
	    4);
	answer = ended(&seller, request(&seller, "{\"action\": \"archive\", \"filter\": \"status=published\", \"expected\": 4}"));
	CHECK_INT(number_at(&answer, "done"), 4);
}

/* Orders of one piece each, paid by cash on delivery, so that each has a part to pack; the parts' ids as JSON. */
static const char *
parts_new(const struct goods *goods, int count)
{
	const char *address = address_new(&customer), *ids = "";

	for (int i = 0; i < count; i++) {
		const char *order = order_new(&customer, address, goods, 1);

		cash_confirmed(&customer, &admin, order);
		ids = form("%s%s\"%s\"", ids, i == 0 ? "" : ", ",
		    sql_text("SELECT CAST(id AS UUID) FROM fulfilments WHERE order_id = '%s'", order));
	}
	return ids;
}

static void
rows_fail_by_themselves_and_are_tried_again(void)
{
	struct goods  goods, others;
	const char   *own, *foreign, *id, *first;
	struct answer answer;

	need_people();
	goods = goods_new(&seller, "3.00", 100);
	others = goods_new(&other, "3.00", 100);
	own = parts_new(&goods, 3);
	foreign = parts_new(&others, 1);
	first = form("%.36s", own + 1);
	EXPECT(api_post(form("/fulfilments/%s/pack", first), seller.access, NULL), 200);
	id = request(&seller, form("{\"action\": \"pack\", \"ids\": [%s, %s]}", own, foreign));
	answer = ended(&seller, id);
	CHECK_INT(number_at(&answer, "total"), 4);
	CHECK_INT(number_at(&answer, "done"), 2);
	CHECK_INT(number_at(&answer, "failed"), 2);
	CHECK_TEXT(text_at(&answer, "errors.0.id"), first);
	CHECK_TEXT(text_at(&answer, "errors.0.code"), "fulfilment_state");
	CHECK_TEXT(text_at(&answer, "errors.1.code"), "not_found");
	EXPECT(api_post(form("/fulfilments/%s/unpack", first), seller.access, NULL), 200);
	answer = api_post(form("/bulk-actions/%s/retry", id), seller.access, NULL);
	EXPECT(answer, 202);
	answer = ended(&seller, id);
	CHECK_INT(number_at(&answer, "done"), 3);
	CHECK_INT(number_at(&answer, "failed"), 1);
	answer = api_get(form("/bulk-actions/%s/rows?status=done&limit=2", id), seller.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 2);
	CHECK(has_at(&answer, "next"));
	answer = api_get(form("/bulk-actions/%s/rows?format=csv", id), seller.access);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, ",failed,not_found,") != NULL);
	answer = ended(&seller,
	    request(&seller, "{\"action\": \"ship\", \"filter\": \"status=packed\", \"expected\": 3, \"carrier\": \"Pathao\"}"));
	CHECK_INT(number_at(&answer, "done"), 3);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM fulfilments WHERE merchant_id = '%s' AND carrier = 'Pathao'", seller.merchant), 3);
	CHECK_INT(length_at((struct answer[]) { api_get("/bulk-actions", seller.access) }, "results") >= 2, 1);
	EXPECT_PROBLEM(api_get(form("/bulk-actions/%s", id), admin.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("/bulk-actions/%s/rows", id), other.access), 404, "not_found");
	EXPECT_PROBLEM(api_post(form("/bulk-actions/%s/retry", id), other.access, NULL), 404, "not_found");
}

static void
reviews_and_events(void)
{
	struct answer answer;
	const char   *event;

	need_people();
	event = sql_text("SELECT UUID()");
	sql_run("INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status) "
		"VALUES ('%s', 'stripe', 'evt_%s', 'bulk.unheard_of', '{}', REPEAT('x', 32), 'dead')",
	    event, event);
	answer = ended(&admin,
	    request(&admin, "{\"action\": \"replay\", \"filter\": \"status=dead&type=bulk.unheard_of\", \"expected\": 1}"));
	CHECK_INT(number_at(&answer, "done"), 1);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM webhook_events WHERE id = '%s' AND status = 'dead' AND attempts = 0", event), 0);
	sql_run("UPDATE webhook_events SET status = 'dead', next_attempt_at = NULL WHERE id = '%s'", event);
	EXPECT_FAULT(api_post("/bulk-actions", admin.access, form("{\"action\": \"drop\", \"ids\": [\"%s\"]}", event)), "reason");
	answer = ended(&admin, request(&admin, form("{\"action\": \"drop\", \"ids\": [\"%s\"], \"reason\": \"test\"}", event)));
	CHECK_INT(number_at(&answer, "done"), 1);
	CHECK_TEXT(sql_text("SELECT status FROM webhook_events WHERE id = '%s'", event), "dropped");
	answer = ended(&manager,
	    request(&manager, form("{\"action\": \"hide_review\", \"ids\": [\"%s\"], \"reason\": \"insults\"}", event)));
	CHECK_TEXT(text_at(&answer, "errors.0.code"), "not_found");
}

static void
what_cannot_be_asked_for(void)
{
	struct answer answer;

	need_people();
	EXPECT_PROBLEM(api_post("/bulk-actions", customer.access, "{\"action\": \"pack\", \"filter\": \"\", \"expected\": 0}"),
	    403, "forbidden");
	EXPECT_PROBLEM(
	    api_post("/bulk-actions", seller.access, "{\"action\": \"hide_review\", \"filter\": \"\", \"expected\": 0}"), 403,
	    "forbidden");
	EXPECT_PROBLEM(
	    api_post("/bulk-actions", warehouse.access, "{\"action\": \"publish\", \"filter\": \"\", \"expected\": 0}"), 403,
	    "forbidden");
	EXPECT_FAULT(api_post("/bulk-actions", seller.access, "{\"action\": \"burn\"}"), "action");
	answer = api_post("/bulk-actions", seller.access, "{\"action\": \"price\", \"carrier\": \"x\", \"percent\": \"-99\"}");
	EXPECT_FAULT(answer, "ids");
	EXPECT_FAULT(answer, "carrier");
	EXPECT_FAULT(answer, "percent");
	EXPECT_FAULT(
	    api_post("/bulk-actions", seller.access, "{\"action\": \"pack\", \"filter\": \"status=pending\"}"), "expected");
	EXPECT_FAULT(
	    api_post("/bulk-actions", seller.access, "{\"action\": \"pack\", \"filter\": \"status=lost\", \"expected\": 1}"),
	    "filter");
	EXPECT_FAULT(
	    api_post("/bulk-actions", seller.access, "{\"action\": \"publish\", \"filter\": \"\", \"expected\": 1}"), "filter");
	EXPECT_FAULT(api_post("/bulk-actions", seller.access, "{\"action\": \"pack\", \"ids\": [\"one\"]}"), "ids.0");
	EXPECT_FAULT(api_post("/bulk-actions", seller.access,
			 form("{\"action\": \"pack\", \"ids\": [\"%s\", \"%s\"]}", seller.id, seller.id)),
	    "ids");
	EXPECT_FAULT(api_post("/bulk-actions", seller.access,
			 "{\"action\": \"stock\", \"filter\": \"low=true\", \"expected\": 1, \"delta\": 0}"),
	    "reason");
	EXPECT_FAULT(api_get("/bulk-actions/matches?action=pack", seller.access), "filter");
	EXPECT_FAULT(api_get("/bulk-actions/matches?action=pack&filter=status%3Dlost", seller.access), "filter");
	EXPECT_FAULT(api_get("/bulk-actions/matches?action=publish&filter=", seller.access), "filter");
	EXPECT_PROBLEM(api_get("/bulk-actions/matches?action=hide_review&filter=", seller.access), 403, "forbidden");
	answer = api_get("/bulk-actions/matches?action=pack&filter=", seller.access);
	EXPECT(answer, 200);
	/* The same key asks once. */
	for (int i = 0; i < 2; i++)
		EXPECT(api_call("POST", "/bulk-actions", other.access,
			   "{\"action\": \"archive\", \"filter\": \"status=published\", \"expected\": 9}",
			   HEADERS("Idempotency-Key: bulk-once")),
		    202);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM bulk_actions WHERE user_id = '%s' AND expected = 9", other.id), 1);
}

/* The worker that runs the job, as its row says: "host:pid". */
static void
kill_worker(const char *id)
{
	WAIT_FOR("1", "SELECT done + failed > 20 FROM bulk_actions WHERE id = '%s'", id);
	kill(
	    (pid_t)sql_number("SELECT SUBSTRING_INDEX(worker, ':', -1) FROM jobs WHERE unique_key = 'run_bulk:%s'", id), SIGKILL);
	/* Nobody waits for the lease of the dead. */
	sql_run(
	    "UPDATE jobs SET lease_until = NOW(3) - INTERVAL 1 SECOND WHERE unique_key = 'run_bulk:%s' AND status = 'running'",
	    id);
}

static void
five_hundred_with_failures_and_a_killed_worker(void)
{
	const char   *id, *variant;
	struct answer answer;
	struct person owner = (need_people(), person_new("shopkeeper"));
	struct goods  goods = goods_new(&owner, "1.00", 1);

	/* Made of one row: 489 more of its variant, and ten of none. */
	variant = goods.variant;
	id = request(&owner, form("{\"action\": \"stock\", \"ids\": [\"%s\"], \"delta\": 1, \"reason\": \"count\"}", variant));
	ended(&owner, id);
	sql_run(
	    "INSERT INTO bulk_rows (bulk_id, position, subject_id, status) SELECT '%s', seq, IF(seq %% 50 = 0, RANDOM_BYTES(16), "
	    "'%s'), 'failed' FROM seq_2_to_500",
	    id, variant);
	sql_run("UPDATE bulk_actions SET total = 500, failed = 499 WHERE id = '%s'", id);
	EXPECT(api_post(form("/bulk-actions/%s/retry", id), owner.access, NULL), 202);
	kill_worker(id);
	WAIT_FOR("done", "SELECT status FROM bulk_actions WHERE id = '%s'", id);
	answer = ended(&owner, id);
	CHECK_INT(number_at(&answer, "done"), 490);
	CHECK_INT(number_at(&answer, "failed"), 10);
	CHECK_INT(length_at(&answer, "errors"), 10);
	/* No row was done twice, and none was left out. */
	CHECK_INT(sql_number("SELECT on_hand FROM inventory WHERE variant_id = '%s'", variant), 491);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM inventory_movements WHERE variant_id = '%s' AND note = 'count'", variant), 490);
	EXPECT_CONSISTENT();
}

/* Their jobs take turns: whoever has five under way waits for one to end. */
static void
an_account_has_five_at_once(void)
{
	struct person busy = person_new("shopkeeper");
	struct answer answers[8];
	struct call   calls[8];
	const char   *id, *body = form("{\"action\": \"publish\", \"ids\": [\"%s\"]}", busy.id);
	int           made = 0;

	id = request(&busy, body);
	ended(&busy, id);
	sql_run(
	    "INSERT INTO bulk_actions (id, user_id, action) SELECT RANDOM_BYTES(16), '%s', 'publish' FROM seq_1_to_5", busy.id);
	for (int i = 0; i < 8; i++)
		calls[i] = (struct call) { .method = "POST", .path = "/bulk-actions", .token = busy.access, .body = body };
	api_calls(calls, 8, answers);
	for (int i = 0; i < 8; i++)
		made += answers[i].status == 202;
	CHECK_INT(made, 0);
	EXPECT_PROBLEM(api_post("/bulk-actions", busy.access, body), 409, "conflict");
	EXPECT_PROBLEM(api_post(form("/bulk-actions/%s/retry", id), busy.access, "{}"), 409, "conflict");
	sql_run("DELETE FROM bulk_actions WHERE user_id = '%s' AND finished_at IS NULL LIMIT 1", busy.id);
	id = request(&busy, body);
	ended(&busy, id);
	sql_run("DELETE FROM bulk_actions WHERE user_id = '%s' AND finished_at IS NULL", busy.id);
}

static void
who_loses_the_right_does_no_more(void)
{
	struct person packer = (need_people(), person_new("warehouse"));
	struct goods  goods = goods_new(&seller, "2.00", 10);
	const char   *ids = parts_new(&goods, 1), *id;
	struct answer answer;

	/* Between the asking and the doing. */
	sql_run(
	    "INSERT INTO bulk_actions (id, user_id, action, status, total) VALUES (x'0192f0c12b3c7d4e8f50%.12s', '%s', 'pack', 'done', 1)",
	    packer.id + 24, packer.id);
	id = form("0192f0c1-2b3c-7d4e-8f50-%s", packer.id + 24);
	sql_run("INSERT INTO bulk_rows (bulk_id, position, subject_id, status) VALUES ('%s', 1, '%.36s', 'failed')", id, ids + 1);
	sql_run("UPDATE bulk_actions SET failed = 1 WHERE id = '%s'", id);
	sql_run("UPDATE users SET role = 'customer' WHERE id = '%s'", packer.id);
	EXPECT_PROBLEM(api_post(form("/bulk-actions/%s/retry", id), packer.access, NULL), 403, "forbidden");
	sql_run("UPDATE users SET role = 'account_manager' WHERE id = '%s'", packer.id);
	EXPECT(api_post(form("/bulk-actions/%s/retry", id), packer.access, NULL), 202);
	answer = ended(&packer, id);
	CHECK_TEXT(text_at(&answer, "errors.0.code"), "forbidden");
	CHECK_TEXT(sql_text("SELECT status FROM fulfilments WHERE id = '%.36s'", ids + 1), "pending");
}

SUITE("api: bulk", TEST(a_filter_is_done_or_refused), TEST(rows_fail_by_themselves_and_are_tried_again), TEST(reviews_and_events),
    TEST(what_cannot_be_asked_for), TEST(five_hundred_with_failures_and_a_killed_worker), TEST(an_account_has_five_at_once),
    TEST(who_loses_the_right_does_no_more))
