/*
 * Events of a provider of which nothing here can prove that they are genuine, and that sends several in one body, against a
 * MariaDB of its own with the whole schema.  The provider is made up.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "payments/json_path.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"
#include "webhooks/dead_events.h"
#include "webhooks/inbox.h"
#include "webhooks/webhooks.h"

#include <json-c/json.h>
#include <mysql.h>

enum { ARENA_BYTES = 16 << 20 };

static struct config config;
static struct arena *arena;
static MYSQL        *root; /* what others see */
static struct work   work;

/*
 * A body names its events, each with what it says: "ignored" concerns nobody, "unknown" is about a payment that is not there.
 * What says "forged" was not sent by the provider, nor was what comes with the signature "forged".
 */
static const char two_events[] = "{\"secret\":\"s3cr3t\",\"events\":[\"ignored:one\",\"unknown:two\"]}";
static const char another_two[] = "{\"secret\":\"s3cr3t\",\"events\":[\"unknown:two\",\"third:three\"]}";
static const char forged_body[] = "{\"events\":[\"ignored:forged\"]}";
static const char true_body[] = "{\"events\":[\"ignored:one\"]}";
static const char other_body[] = "{\"events\":[\"ignored:another\"]}";

/* ---- the provider ---- */

static const struct problem *answer_of_provider; /* NULL: it says what is genuine */
static char                  asked_with[2][32];
static int                   asked;

static const struct problem *
fake_parse(struct arena *in, struct bytes bytes, struct provider_events *events)
{
	struct json_object *list = json_at(json_read(in, (const char *)bytes.bytes, bytes.length), "events");

	events->count = list == NULL ? 0 : json_object_array_length(list);
	for (size_t i = 0; i < events->count; i++) {
		const char *content = arena_string(in, json_object_get_string(json_object_array_get_idx(list, i)));
		const char *id = arena_copy(in, content, strcspn(content, ":"));
		bool        ignored = strcmp(id, "unknown") != 0;

		events->list[i] = (struct provider_event) { .kind = ignored ? EVENT_IS_IGNORED : EVENT_IS_PAYMENT,
			.id = id,
			.type = "thing.happened",
			.content = content,
			.transaction_id = ignored ? NULL : "nowhere",
			.reference = ignored ? NULL : "PAY-N0WHERE000" };
	}
	return OK;
}

static const struct problem *
fake_confirm(struct work *in, const char *const *signatures, struct bytes bytes, const struct provider_event *event)
{
	(void)in, (void)event;
	asked++;
	for (int i = 0; i < 2; i++)
		snprintf(asked_with[i], sizeof asked_with[i], "%s", signatures[i] == NULL ? "(none)" : signatures[i]);
	if (answer_of_provider != NULL)
		return answer_of_provider;
	/* The body as it came, secrets and all: else no signature could be checked. */
	CHECK(memmem(bytes.bytes, bytes.length, "two", 3) == NULL || memmem(bytes.bytes, bytes.length, "s3cr3t", 6) != NULL);
	return memmem(bytes.bytes, bytes.length, "forged", 6) != NULL || strcmp(asked_with[1], "forged") == 0
	    ? problem(BAD_SIGNATURE, "the provider does not know it")
	    : OK;
}

static const char *const headers[] = { "Fake-Id", "Fake-Signature", NULL };
static const char *const private_members[] = { "secret", NULL };

static const struct provider fake = { .name = "fake",
	.signature_headers = headers,
	.private_members = private_members,
	.parse_events = fake_parse,
	.confirm_event = fake_confirm };

/* The same, where the signature is enough. */
static const struct provider signing = {
	.name = "signing", .signature_headers = headers, .private_members = private_members, .parse_events = fake_parse
};

/* ---- the scene ---- */

static int64_t
count(const char *where)
{
	return private_value(root, arena_format(arena, "SELECT COUNT(*) FROM webhook_events WHERE %s", where));
}

/* All events of the body are taken in; the outcome of the first is that of all, or `second` of the second. */
static void
receive_from(
    const struct provider *provider, const char *body, const char *signature, enum inbox_outcome first, enum inbox_outcome second)
{
	const char            *signatures[] = { NULL, signature };
	struct bytes           bytes = { (const unsigned char *)body, strlen(body) };
	struct provider_events events;

	REQUIRE(fake_parse(arena, bytes, &events) == OK);
	for (size_t i = 0; i < events.count; i++) {
		enum inbox_outcome    outcome = OUTCOME_COLLISION;
		const struct problem *problem = take_event(
		    &work, provider, &events.list[i], provider->confirm_event == NULL ? NULL : signatures, bytes, &outcome);

		CHECK_TEXT(problem == OK ? "taken" : problem->message, "taken");
		CHECK_INT(outcome, i == 0 ? first : second);
	}
}

static void
receive(enum inbox_outcome expected)
{
	receive_from(&fake, two_events, "t=1,v1=abc", expected, expected);
}

static void
begin_empty(const struct problem *answer)
{
	arena_reset(arena);
	REQUIRE(private_run(root, "DELETE FROM webhook_events") == 0 && private_run(root, "DELETE FROM jobs") == 0 &&
	    private_run(root, "DELETE FROM events") == 0);
	answer_of_provider = answer;
	asked = 0;
}

static void
begin(const struct problem *answer)
{
	begin_empty(answer);
	receive(OUTCOME_DEFERRED);
}

/* What the job does, with the provider that is in no table. */
static void
ask_about_all(void)
{
	struct due_event *events;
	size_t            n;

	REQUIRE(due_events(&work, INBOX_UNVERIFIED, "", &events, &n) == OK);
	for (size_t i = 0; i < n; i++)
		CHECK(confirm_event(&work, &fake, &events[i]) == OK);
}

static void
test_is_stored_until_it_is_asked(void)
{
	begin(OK);
	/* Whole, but for nobody to read: it may hold anything. */
	CHECK_INT(
	    count(
		"status = 'unverified' AND LENGTH(payload) > 29 AND signatures NOT LIKE '%abc%' AND payload NOT LIKE '%s3cr3t%' "
		"AND payload NOT LIKE '%two%'"),
	    2);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM jobs WHERE kind = 'confirm_webhook' AND lane = 'webhooks'"), 1);
	receive(OUTCOME_DEFERRED);
	CHECK_INT(count("TRUE"), 2);
	CHECK_INT(asked, 0);
}

static void
test_genuine_events_are_taken_up(void)
{
	begin(OK);
	ask_about_all();
	CHECK_INT(asked, 2);
	CHECK_TEXT(asked_with[0], "(none)");
	CHECK_TEXT(asked_with[1], "t=1,v1=abc");
	CHECK_INT(count("event_id = 'ignored' AND status = 'ignored'"), 1);
	CHECK_INT(count("event_id = 'unknown' AND status = 'deferred' AND error = 'the payment is not known yet'"), 1);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM jobs WHERE kind = 'replay_webhook'"), 1);
	/* From now on it is kept like every other: without secrets and signatures. */
	CHECK_INT(count("signatures IS NULL AND payload NOT LIKE '%s3cr3t%' AND payload LIKE '%unknown:two%'"), 2);
	receive(OUTCOME_ALREADY);
}

static void
test_forged_events_are_deleted(void)
{
	begin(problem(BAD_SIGNATURE, "the provider does not know it"));
	ask_about_all();
	CHECK_INT(count("TRUE"), 0);
}

/* Nobody can tell for now: it is tried again, ten minutes long. */
static void
test_what_nobody_can_tell_is_kept_for_a_while(void)
{
	begin(problem(PROVIDER_UNAVAILABLE, "the provider did not answer"));
	ask_about_all();
	CHECK_INT(
	    count(
		"status = 'unverified' AND attempts = 1 AND next_attempt_at > NOW(3) AND error = 'the provider did not answer'"),
	    2);
	ask_about_all(); /* its time has not come */
	CHECK_INT(asked, 2);
	REQUIRE(private_run(root,
		    "UPDATE webhook_events SET next_attempt_at = NOW(3), attempts = 14, received_at = NOW(3) - "
		    "INTERVAL IF(event_id = 'unknown', 600, 580) SECOND") == 0);
	ask_about_all();
	CHECK_INT(asked, 4);
	CHECK_INT(count("event_id = 'unknown'"), 0);
	CHECK_INT(count("status = 'unverified' AND attempts = 15 AND next_attempt_at = received_at + INTERVAL 600 SECOND"), 1);
	/* One that is found to be genuine as late as that is taken all the same. */
	REQUIRE(
	    private_run(root, "UPDATE webhook_events SET next_attempt_at = NOW(3), received_at = NOW(3) - INTERVAL 1 HOUR") == 0);
	answer_of_provider = OK;
	ask_about_all();
	CHECK_INT(count("event_id = 'ignored' AND status = 'ignored' AND signatures IS NULL AND payload NOT LIKE '%s3cr3t%'"), 1);
}

/* Anybody can send them, so they have little room; what is verified needs none of it. */
static void
test_room_for_the_unverified_is_bounded(void)
{
	const char            *signatures[] = { NULL, "s" };
	struct bytes           bytes = { (const unsigned char *)two_events, strlen(two_events) };
	struct provider_events events;
	const struct problem  *problem;
	enum inbox_outcome     outcome;

	begin_empty(OK);
	for (int i = 0; i < 2; i++)
		REQUIRE(
		    private_run(root,
			arena_format(arena,
			    "INSERT INTO webhook_events (id, provider, event_id, claim, type, payload, payload_hash, signatures, "
			    "status, next_attempt_at) SELECT UNHEX(LPAD(HEX(s.seq), 32, '0')), '%s', CONCAT('evt_', s.seq), 'x', "
			    "'x.y', '{}', REPEAT('x', 32), 's', 'unverified', NOW(3) + INTERVAL 1 HOUR FROM seq_%s s",
			    i == 0 ? "fake" : "other", i == 0 ? "1_to_199" : "1001_to_1200")) == 0);
	REQUIRE(fake_parse(arena, bytes, &events) == OK);
	CHECK(take_event(&work, &fake, &events.list[0], signatures, bytes, &outcome) == OK);
	problem = take_event(&work, &fake, &events.list[1], signatures, bytes, &outcome);
	REQUIRE(problem_is(problem, PROBLEM_EVENT_UNVERIFIED));
	CHECK_INT(problem->retry_after_seconds, 60);
	CHECK_INT(count("provider = 'fake'"), 200);
	/* One that is kept was taken, however often it is sent. */
	CHECK(take_event(&work, &fake, &events.list[0], signatures, bytes, &outcome) == OK);
	CHECK_INT(outcome, OUTCOME_DEFERRED);
	CHECK(take_event(&work, &fake, &events.list[1], NULL, bytes, &outcome) == OK);
	CHECK_INT(count("provider = 'fake' AND event_id = 'unknown' AND status = 'deferred'"), 1);
}

static void
test_shown_without_secrets(void)
{
	struct stored_event *event;
	struct due_event    *due;
	size_t               n;

	begin(OK);
	REQUIRE(
	    private_run(root, "UPDATE webhook_events SET provider = 'stripe', payload = '{\"client_secret\":\"s3cr3t\"}'") == 0);
	REQUIRE(due_events(&work, INBOX_UNVERIFIED, "", &due, &n) == OK && n == 2);
	REQUIRE(show_stored_event(&work, due[0].id, &event) == OK);
	CHECK_TEXT(event->payload, NULL); /* sealed until it is verified */
	REQUIRE(private_run(root, "UPDATE webhook_events SET status = 'ignored', claim = '', signatures = NULL") == 0);
	REQUIRE(show_stored_event(&work, due[0].id, &event) == OK);
	CHECK_TEXT(event->payload, "{}");
}

/* Whoever comes first, and whatever is forged of it: the true event has the id in the end, and there was no collision. */
static void
test_forged_events_hold_up_no_true_one(void)
{
	begin_empty(OK);
	receive_from(&fake, forged_body, "t=1,v1=abc", OUTCOME_DEFERRED, OUTCOME_DEFERRED);
	receive_from(&fake, true_body, "forged", OUTCOME_DEFERRED, OUTCOME_DEFERRED);
	receive_from(&fake, true_body, "t=1,v1=abc", OUTCOME_DEFERRED, OUTCOME_DEFERRED);
	CHECK_INT(count("status = 'unverified' AND event_id = 'ignored'"), 3);
	ask_about_all();
	CHECK_INT(count("TRUE"), 1);
	CHECK_INT(count("status = 'ignored' AND claim = '' AND collision_count = 0 AND payload LIKE '%ignored:one%'"), 1);
	/* Forged afterwards it is no collision either. */
	receive_from(&fake, forged_body, "t=1,v1=abc", OUTCOME_DEFERRED, OUTCOME_DEFERRED);
	receive_from(&fake, true_body, "t=2,v1=def", OUTCOME_ALREADY, OUTCOME_ALREADY);
	ask_about_all();
	CHECK_INT(count("TRUE"), 1);
	CHECK_INT(count("collision_count = 0"), 1);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events WHERE type = 'webhook.collision'"), 0);
}

/* The provider stands by both of two events under one id: that is a collision, and the same twice is none. */
static void
test_two_genuine_events_of_one_id(void)
{
	begin_empty(OK);
	receive_from(&fake, true_body, "t=1,v1=abc", OUTCOME_DEFERRED, OUTCOME_DEFERRED);
	receive_from(&fake, true_body, "t=2,v1=def", OUTCOME_DEFERRED, OUTCOME_DEFERRED);
	receive_from(&fake, other_body, "t=1,v1=abc", OUTCOME_DEFERRED, OUTCOME_DEFERRED);
	ask_about_all();
	CHECK_INT(count("TRUE"), 1);
	CHECK_INT(count("status = 'ignored' AND collision_count = 1"), 1);
	CHECK_INT(
	    private_value(root,
		"SELECT COUNT(*) FROM webhook_collisions c JOIN webhook_events e ON e.id = c.id WHERE c.payload <> e.payload "
		"AND (c.payload LIKE '%ignored:one%' OR c.payload LIKE '%ignored:another%')"),
	    1);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM events WHERE type = 'webhook.collision'"), 1);
}

/* An event is the same in whatever company it comes. */
static void
test_events_are_told_apart_one_by_one(void)
{
	begin_empty(OK);
	receive_from(&signing, two_events, "s", OUTCOME_IGNORED, OUTCOME_DEFERRED);
	receive_from(&signing, two_events, "s", OUTCOME_ALREADY, OUTCOME_ALREADY);
	receive_from(&signing, another_two, "s", OUTCOME_ALREADY, OUTCOME_IGNORED);
	CHECK_INT(count("collision_count = 0 AND signatures IS NULL AND payload NOT LIKE '%s3cr3t%'"), 3);
	receive_from(&signing, other_body, "s", OUTCOME_COLLISION, OUTCOME_COLLISION);
	CHECK_INT(count("collision_count = 1"), 1);
}

static const struct problem *
enqueue_replay(struct work *w)
{
	return job_enqueue(w, JOB_REPLAY_WEBHOOK, "replay_webhooks", NULL, NULL, NULL);
}

/* Large ones, more of them than the memory of one job holds, and one that is too large to be read at all. */
static void
test_replays_one_at_a_time(void)
{
	static const char payload[] = "CONCAT('{\"id\":\"evt_', s.seq, '\",\"object\":\"event\",\"type\":\"x.y\",\"z\":\"', "
				      "REPEAT('z', %d), '\"}')";
	struct job       *job;

	begin_empty(OK);
	for (int i = 0; i < 2; i++)
		REQUIRE(
		    private_run(root,
			arena_format(arena,
			    "INSERT INTO webhook_events (id, provider, event_id, type, payload, payload_hash, status, next_attempt_at) "
			    "SELECT UNHEX(LPAD(HEX(s.seq), 32, '0')), 'stripe', CONCAT('evt_', s.seq), 'x.y', %s, REPEAT('x', 32), "
			    "'deferred', NOW(3) - INTERVAL s.seq SECOND FROM seq_%s s",
			    arena_format(arena, payload, i == 0 ? WEBHOOK_BYTES_MAX - 100 : WEBHOOK_BYTES_MAX),
			    i == 0 ? "1_to_20" : "21_to_21")) == 0);
	REQUIRE(db_transaction(&work, enqueue_replay(&work)) == OK);
	REQUIRE(job_claim(&work, LANE_WEBHOOKS, &job) == OK && job != NULL);
	CHECK(replay_webhooks_job(&work, job) == OK);
	CHECK_INT(count("status = 'processed'"), 20);
	CHECK_INT(count("status = 'deferred' AND attempts = 1 AND event_id = 'evt_21'"), 1);
}

/* Whatever is sent in the name of one provider, nobody else's true events stand behind it. */
static void
test_each_provider_has_its_turn(void)
{
	const char            *signatures[] = { NULL, "s" };
	struct bytes           named = { (const unsigned char *)true_body, strlen(true_body) };
	struct bytes           unreadable = { (const unsigned char *)"{", 1 };
	struct provider        other = fake;
	struct provider_events events;
	enum inbox_outcome     outcome;
	struct job            *job;

	begin_empty(OK);
	REQUIRE(private_run(root,
		    "INSERT INTO webhook_events (id, provider, event_id, claim, type, payload, payload_hash, signatures, status, "
		    "next_attempt_at) SELECT UNHEX(LPAD(HEX(s.seq), 32, '0')), 'paypal', CONCAT('evt_', s.seq), 'x', 'x.y', '{', "
		    "REPEAT('x', 32), 's', 'unverified', NOW(3) - INTERVAL 1 HOUR FROM seq_1_to_100 s") == 0);
	other.name = "flutterwave";
	REQUIRE(fake_parse(arena, named, &events) == OK);
	CHECK(take_event(&work, &other, &events.list[0], signatures, unreadable, &outcome) == OK);
	CHECK(job_claim(&work, LANE_WEBHOOKS, &job) == OK);
	REQUIRE(job != NULL);
	CHECK(confirm_webhooks_job(&work, job) == OK); /* what cannot be read has to wait */
	CHECK_INT(count("provider = 'flutterwave' AND attempts = 1"), 1);
	CHECK_INT(count("provider = 'paypal' AND attempts > 0"), 0);
	/* The one job that an older program had for all. */
	REQUIRE(private_run(root, "DELETE FROM jobs") == 0);
	REQUIRE(private_run(root,
		    "INSERT INTO jobs (id, kind, lane, payload, priority, run_at, max_attempts, unique_key) VALUES "
		    "(REPEAT('j', 16), 'confirm_webhook', 'webhooks', '{}', 5, NOW(3), 5, 'confirm_webhooks')") == 0);
	CHECK(job_claim(&work, LANE_WEBHOOKS, &job) == OK);
	REQUIRE(job != NULL);
	CHECK(confirm_webhooks_job(&work, job) == OK);
	CHECK_INT(private_value(root,
		      "SELECT COUNT(*) FROM jobs WHERE unique_key IN ('confirm_webhooks:paypal', "
		      "'confirm_webhooks:flutterwave', 'confirm_webhooks:bkash')"),
	    3);
}

static const struct test tests[] = { TEST(test_is_stored_until_it_is_asked), TEST(test_genuine_events_are_taken_up),
	TEST(test_forged_events_are_deleted), TEST(test_what_nobody_can_tell_is_kept_for_a_while),
	TEST(test_room_for_the_unverified_is_bounded), TEST(test_shown_without_secrets),
	TEST(test_forged_events_hold_up_no_true_one), TEST(test_two_genuine_events_of_one_id),
	TEST(test_events_are_told_apart_one_by_one), TEST(test_replays_one_at_a_time), TEST(test_each_provider_has_its_turn) };

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	arena = arena_new(ARENA_BYTES);
	config = (struct config) {
		.jobs = { .attempts = 5, .backoff_max_seconds = 3600, .lease_seconds = 60 },
		.auth = { .seal_secret = "a secret of at least thirty-two bytes" },
	};
	root = private_shop("inbox", &config, arena, &work);
	if (root == NULL)
		return 99;
	return run_suite("inbox", tests, sizeof tests / sizeof *tests);
}
