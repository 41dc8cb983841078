/* The job queue and the events as operators see them. */
#include "tests/api/shopping.h"

#include <string.h>

static struct person admin;

static void
need_admin(void)
{
	if (admin.id == NULL)
		admin = person_new("admin");
}

/* One of a kind that nothing takes: of a lane of its own. */
static const char *
job_new(const char *status)
{
	const char *kind = form("test_%s", fresh_phone() + 1);

	sql_run("INSERT INTO jobs (id, kind, lane, status, run_at, attempts, last_error, done, total) VALUES "
		"(UNHEX(REPLACE(UUID(), '-', '')), '%s', 'test', '%s', NOW(3) + INTERVAL 1 DAY, 5, 'broken', 3, 10)",
	    kind, status);
	return sql_text("SELECT id FROM jobs WHERE kind = '%s'", kind);
}

static void
forget_job(const char *id)
{
	sql_run("DELETE FROM jobs WHERE id = '%s'", id);
}

static void
test_look(void)
{
	struct answer answer;
	const char   *id, *kind;

	need_admin();
	id = job_new("dead");
	kind = sql_text("SELECT kind FROM jobs WHERE id = '%s'", id);
	answer = api_get(form("/jobs?status=dead&kind=%s&lane=test", kind), admin.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.id"), id);
	EXPECT(api_get("/jobs?status=ready&limit=1", admin.access), 200);
	answer = api_get(form("/jobs/%s", id), admin.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "dead");
	CHECK_INT(number_at(&answer, "priority"), 5);
	CHECK_INT(number_at(&answer, "done"), 3);
	CHECK_INT(number_at(&answer, "total"), 10);
	CHECK_TEXT(text_at(&answer, "last_error"), "broken");
	forget_job(id);
	EXPECT_PROBLEM(api_get(form("/jobs/%s", id), admin.access), 404, "not_found");
}

static void
test_retry(void)
{
	struct answer answer;
	const char   *id;

	need_admin();
	id = job_new("dead");
	EXPECT_FAULT(api_post(form("/jobs/%s/retry", id), admin.access, "{}"), "reason");
	answer = api_post(form("/jobs/%s/retry", id), admin.access, "{\"reason\": \"fixed\", \"priority\": 2}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "status"), "ready");
	CHECK_INT(number_at(&answer, "attempts"), 0);
	CHECK_INT(number_at(&answer, "priority"), 2);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND actor_id = '%s' AND "
			     "(action = 'job.retried' AND JSON_VALUE(before_state, '$.status') = 'dead' OR "
			     "action = 'job.reason' AND JSON_VALUE(after_state, '$.reason') = 'fixed')",
		      id, admin.id),
	    2);
	/* One that waits is due now; one that runs is left alone. */
	sql_run("UPDATE jobs SET run_at = NOW(3) + INTERVAL 1 DAY WHERE id = '%s'", id);
	EXPECT(api_post(form("/jobs/%s/retry", id), admin.access, "{\"reason\": \"now\"}"), 200);
	CHECK_INT(sql_number("SELECT run_at <= NOW(3) AND priority = 2 FROM jobs WHERE id = '%s'", id), 1);
	sql_run("UPDATE jobs SET status = 'running', lease_until = NOW(3) + INTERVAL 1 HOUR WHERE id = '%s'", id);
	EXPECT_PROBLEM(api_post(form("/jobs/%s/retry", id), admin.access, "{\"reason\": \"now\"}"), 409, "conflict");
	forget_job(id);
}

static void
test_drop(void)
{
	const char *id, *waiting;

	need_admin();
	id = job_new("dead");
	waiting = job_new("ready");
	EXPECT_FAULT(api_post(form("/jobs/%s/drop", id), admin.access, "{}"), "reason");
	EXPECT_PROBLEM(api_post(form("/jobs/%s/drop", waiting), admin.access, "{\"reason\": \"no\"}"), 409, "conflict");
	EXPECT(api_post(form("/jobs/%s/drop", id), admin.access, "{\"reason\": \"done by hand\"}"), 204);
	EXPECT_PROBLEM(api_get(form("/jobs/%s", id), admin.access), 404, "not_found");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'job.dropped' AND "
			     "JSON_VALUE(before_state, '$.reason') = 'done by hand'",
		      id),
	    1);
	forget_job(waiting);
}

static void
test_events(void)
{
	struct person accountant = person_new("accountant"), seller = person_new("shopkeeper");
	struct goods  goods = goods_new(&seller, "20.00", 5);
	struct answer answer;

	EXPECT(api_patch(form("/products/%s", goods.product), seller.access, "{\"name\": \"another\"}"), 200);
	answer = api_get(form("/events?aggregate=%s", goods.product), accountant.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.type"), "product.changed");
	CHECK_TEXT(text_at(&answer, "results.0.aggregate_type"), "product");
	CHECK_TEXT(text_at(&answer, "results.0.actor_id"), seller.id);
	CHECK(strstr(text_at(&answer, "results.0.payload"), goods.product) != NULL);
	answer = api_get(form("/events?aggregate=%s&type=product.created", goods.product), accountant.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = api_get("/events?type=user.created&limit=1", accountant.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.type"), "user.created");
}

static void
test_audit(void)
{
	struct person accountant = person_new("accountant"), seller = person_new("shopkeeper");
	struct answer answer;

	need_admin();
	EXPECT(api_post(form("/merchants/%s/suspend", seller.merchant), admin.access, NULL), 200);
	EXPECT(api_post(form("/merchants/%s/activate", seller.merchant), admin.access, NULL), 200);
	answer = api_get(form("/audit?subject=%s", seller.merchant), accountant.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.action"), "merchant.activated");
	CHECK_TEXT(text_at(&answer, "results.1.action"), "merchant.suspended");
	CHECK_TEXT(text_at(&answer, "results.1.subject_type"), "merchant");
	CHECK_TEXT(text_at(&answer, "results.1.actor_id"), admin.id);
	CHECK_TEXT(text_at(&answer, "results.1.actor_role"), "admin");
	CHECK(strstr(text_at(&answer, "results.1.before"), "\"status\":\"active\"") != NULL);
	CHECK(strstr(text_at(&answer, "results.1.after"), "\"status\":\"suspended\"") != NULL);
	answer = api_get(form("/audit?actor=%s&action=merchant.suspended", admin.id), accountant.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	CHECK_TEXT(text_at(&answer, "results.0.subject_id"), seller.merchant);
	answer = api_get(form("/audit?actor=%s&limit=1", admin.id), accountant.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer = api_get(text_at(&answer, "next") + strlen("/api/v1"), accountant.access);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "results.0.action"), "merchant.suspended");
	EXPECT_PROBLEM(api_get("/audit?cursor=x", accountant.access), 400, "bad_cursor");
}

SUITE("api: queue", TEST(test_look), TEST(test_retry), TEST(test_drop), TEST(test_events), TEST(test_audit))
