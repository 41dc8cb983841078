/*
 * Events of a provider that alone can tell whether they are genuine, and that sends several in one body, against a MariaDB of
 * its own with the whole schema.  The provider is made up.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "store/db.h"
#include "store/migrate.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/suite.h"
#include "webhooks/inbox.h"

#include <mysql.h>

enum { ARENA_BYTES = 16 << 20 };

static struct config config;
static struct arena *arena;
static MYSQL        *root; /* what others see */
static struct work   work;

static const char body[] = "{\"secret\":\"s3cr3t\",\"what\":\"two events\"}";

/* ---- the provider: "ignored" concerns nobody, "unknown" is about a payment that is not there ---- */

static const struct problem *answer_of_provider; /* NULL: genuine */
static char                  asked_with[2][32];
static int                   asked;

static const struct problem *
fake_parse(struct arena *in, struct bytes bytes, struct provider_events *events)
{
	(void)in, (void)bytes;
	events->count = 2;
	events->list[0] = (struct provider_event) { .kind = EVENT_IS_IGNORED, .id = "ignored", .type = "thing.happened" };
	events->list[1] = (struct provider_event) {
		.kind = EVENT_IS_PAYMENT, .id = "unknown", .type = "payment.paid", .transaction_id = "nowhere"
	};
	return OK;
}

static const struct problem *
fake_confirm(struct work *in, const char *const *signatures, struct bytes bytes, const struct provider_event *event)
{
	(void)in, (void)event;
	asked++;
	for (int i = 0; i < 2; i++)
		snprintf(asked_with[i], sizeof asked_with[i], "%s", signatures[i] == NULL ? "(none)" : signatures[i]);
	/* The body as it came, secrets and all: else no signature could be checked. */
	CHECK_INT(bytes.length, strlen(body));
	CHECK(memcmp(bytes.bytes, body, bytes.length) == 0);
	return answer_of_provider;
}

static const char *const headers[] = { "Fake-Id", "Fake-Signature", NULL };
static const char *const private_members[] = { "secret", NULL };

static const struct provider fake = { .name = "fake",
	.signature_headers = headers,
	.private_members = private_members,
	.parse_events = fake_parse,
	.confirm_event = fake_confirm };

/* ---- the scene ---- */

static void
ignore_progress(const struct migration *migration, int64_t milliseconds, void *argument)
{
	(void)migration, (void)milliseconds, (void)argument;
}

static bool
make_schema(void)
{
	const char       *directory = arena_format(arena, "%s/sql", source_directory());
	struct text       fault = text_new(arena, 200);
	struct migrations migrations;

	return migrations_read(arena, directory, &migrations, &fault) && migrate_lock(root, 5, &fault) &&
	    migrate_compare(arena, root, &migrations, &fault) && migrate_up(root, &migrations, ignore_progress, NULL, &fault);
}

static int64_t
count(const char *where)
{
	return private_value(root, arena_format(arena, "SELECT COUNT(*) FROM webhook_events WHERE %s", where));
}

/* Both events of the body are taken in. */
static void
receive(enum inbox_outcome expected)
{
	const char            *signatures[] = { NULL, "t=1,v1=abc" };
	struct provider_events events;

	REQUIRE(fake_parse(arena, (struct bytes) { (const unsigned char *)body, strlen(body) }, &events) == OK);
	for (size_t i = 0; i < events.count; i++) {
		enum inbox_outcome outcome = OUTCOME_COLLISION;

		const struct problem *problem = take_event(&work, &fake, &events.list[i], signatures,
		    (struct bytes) { (const unsigned char *)body, strlen(body) }, &outcome);

		CHECK_TEXT(problem == OK ? "taken" : problem->message, "taken");
		CHECK_INT(outcome, expected);
	}
}

static void
begin(const struct problem *answer)
{
	arena_reset(arena);
	REQUIRE(private_run(root, "DELETE FROM webhook_events") == 0 && private_run(root, "DELETE FROM jobs") == 0);
	answer_of_provider = answer;
	asked = 0;
	receive(OUTCOME_DEFERRED);
}

/* What the job does, with the provider that is in no table. */
static void
ask_about_all(void)
{
	struct unverified_event *events;
	size_t                   n;

	REQUIRE(unverified_events(&work, &events, &n) == OK);
	for (size_t i = 0; i < n; i++)
		CHECK(confirm_event(&work, &fake, &events[i]) == OK);
}

static void
test_is_stored_until_it_is_asked(void)
{
	begin(OK);
	CHECK_INT(count("status = 'unverified' AND signatures = '\\nt=1,v1=abc\\n' AND payload LIKE '%s3cr3t%'"), 2);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM jobs WHERE kind = 'confirm_webhook'"), 1);
	receive(OUTCOME_ALREADY);
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
	CHECK_INT(count("signatures IS NULL AND payload NOT LIKE '%s3cr3t%' AND payload LIKE '%two events%'"), 2);
	receive(OUTCOME_ALREADY);
}

static void
test_forged_events_are_deleted(void)
{
	begin(problem(BAD_SIGNATURE, "the provider does not know it"));
	ask_about_all();
	CHECK_INT(count("TRUE"), 0);
}

static void
test_silent_provider_is_asked_for_ten_minutes(void)
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
		    "UPDATE webhook_events SET next_attempt_at = NOW(3), received_at = NOW(3) - INTERVAL 601 SECOND "
		    "WHERE event_id = 'unknown'") == 0);
	ask_about_all();
	CHECK_INT(asked, 3);
	CHECK_INT(count("event_id = 'unknown'"), 0);
	CHECK_INT(count("event_id = 'ignored' AND status = 'unverified'"), 1);
}

static const struct test tests[] = { TEST(test_is_stored_until_it_is_asked), TEST(test_genuine_events_are_taken_up),
	TEST(test_forged_events_are_deleted), TEST(test_silent_provider_is_asked_for_ten_minutes) };

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	arena = arena_new(ARENA_BYTES);
	config = (struct config) {
		.run_directory = "/nonexistent",
		.jobs = { .attempts = 5 },
		.database = { .socket = private_socket(),
		    .host = "",
		    .user = "root",
		    .password = "",
		    .name = "inbox",
		    .connect_timeout_seconds = 5,
		    .io_timeout_seconds = 10,
		    .statement_timeout_ms = 5000,
		    .lock_wait_seconds = 5 },
	};
	root = private_connect("inbox");
	if (!make_schema()) {
		fputs("cannot make the schema\n", stderr);
		return 99;
	}
	work = (struct work) { .arena = arena,
		.db = db_open(&config, arena),
		.config = &config,
		.request_id = "",
		.traceparent = "",
		.address = "" };
	return run_suite("inbox", tests, sizeof tests / sizeof *tests);
}
