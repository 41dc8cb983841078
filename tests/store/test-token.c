/*
 * Tokens that a provider grants, against a MariaDB of its own and a provider of our own: one is fetched once for all processes,
 * goes with every call, and is fetched again once when it is refused.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "net/circuit.h"
#include "net/http_client.h"
#include "net/remote_value.h"
#include "payments/token.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/suite.h"

#include <arpa/inet.h>
#include <glob.h>
#include <microhttpd.h>
#include <mysql.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

static struct config              config;
static struct arena              *arena;
static MYSQL                     *root; /* what others see */
static struct work                work;
static struct MHD_Daemon         *server;
static struct http_reply          reply;
static const struct token_scheme *scheme;

/* What all processes of this test see.  Only the newest token is good. */
static struct shared {
	_Atomic int granted, called, accepted, slow, refuses_all, answer_of_grant, forbids;
} * shared;

/* Good ones, and what is none; the number of the grant stands for "|". */
static const char *const grants[] = { "{\"id_token\":\"T|\",\"expires_in\":3600}",
	"{\"id_token\":\"T|\",\"expires_in\":\"3600\"}", "{\"id_token\":\"T|\"}",
	"{\"id_token\":\"T|\\r\\nX: y\",\"expires_in\":3600}", "{\"id_token\":\"\",\"expires_in\":3600}",
	"{\"id_token\":\"T|\",\"expires_in\":\"soon\"}", "{\"id_token\":\"T|\",\"expires_in\":0}", "<html>" };

/* ---- the provider ---- */

static void
write_grant(char *body, size_t size)
{
	const char *grant = grants[shared->answer_of_grant], *number = strchr(grant, '|');
	int         before = number == NULL ? (int)strlen(grant) : (int)(number - grant);

	++shared->granted;
	if (number == NULL)
		snprintf(body, size, "%s", grant);
	else
		snprintf(body, size, "%.*s%d%s", before, grant, shared->granted, number + 1);
}

static enum MHD_Result
answer(void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **state)
{
	const char          *authorization = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "Authorization");
	const char          *other = MHD_lookup_connection_value(connection, MHD_HEADER_KIND, "X-Other");
	char                 body[200] = "{}", good[50];
	unsigned             status = 200;
	struct MHD_Response *response;
	enum MHD_Result      queued;

	(void)context, (void)method, (void)version, (void)upload, (void)state;
	*upload_size = 0;
	if (strcmp(url, "/token") == 0) {
		if (shared->slow)
			pause_us(shared->slow * 300000);
		write_grant(body, sizeof body);
	} else {
		shared->called++;
		snprintf(good, sizeof good, "Bearer T%d", shared->granted);
		if (shared->refuses_all || authorization == NULL || strcmp(authorization, good) != 0 || other == NULL)
			status = shared->forbids ? 403 : 401;
		else
			shared->accepted++;
	}
	response = MHD_create_response_from_buffer(strlen(body), body, MHD_RESPMEM_MUST_COPY);
	queued = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return queued;
}

static const char *
address(const char *path)
{
	return arena_format(arena, "http://127.0.0.1:%d%s", MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port, path);
}

static void
ask(struct work *w, struct http_call *call)
{
	(void)w;
	call->method = "GET";
	call->url = address("/token");
}

static const struct provider     fake = { .name = "stripe", .number = PROVIDER_STRIPE };
static const struct token_scheme eager = { &fake, "Authorization: Bearer ", "id_token", true, 0, ask };
static const struct token_scheme patient = { &fake, "Authorization: Bearer ", "id_token", false, 3600, ask };

/* ---- the scene ---- */

static void
open_work(void)
{
	if (work.db != NULL)
		db_close(work.db);
	arena_reset(arena);
	work = (struct work) { .arena = arena,
		.db = db_open(&config, arena),
		.config = &config,
		.request_id = "",
		.traceparent = "",
		.address = "" };
}

static void
begin(void)
{
	REQUIRE(private_run(root, "DELETE FROM remote_values") == 0);
	memset(shared, 0, sizeof *shared);
	scheme = &eager;
	open_work();
}

static const struct problem *
call(void)
{
	const char *const headers[] = { "X-Other: yes", NULL };
	struct http_call  http = { .method = "GET", .url = address("/call"), .headers = headers };

	return provider_call_with_token(&work, scheme, (struct payment_id) { 0 }, NULL, &http, &reply);
}

static void
test_goes_with_every_call(void)
{
	begin();
	CHECK(call() == OK && reply.status == 200);
	CHECK(call() == OK);
	open_work(); /* another process */
	CHECK(call() == OK);
	CHECK_INT(shared->granted, 1);
	CHECK_INT(shared->accepted, 3);
	CHECK_INT(shared->called, 3);
	CHECK_INT(private_value(root,
		      "SELECT COUNT(*) FROM remote_values WHERE name = 'stripe.token' AND value NOT LIKE '%T1%' "
		      "AND TIMESTAMPDIFF(SECOND, NOW(), valid_until) BETWEEN 3300 AND 3540"),
	    1);
}

static void
test_refused_one_is_fetched_again_once(void)
{
	begin();
	CHECK(call() == OK);
	shared->granted++; /* the provider has forgotten it */
	CHECK(call() == OK && reply.status == 200);
	CHECK_INT(shared->granted, 3);
	CHECK_INT(shared->called, 3);
	CHECK(call() == OK);
	CHECK_INT(shared->called, 4);
	/* A provider that takes none of its own tokens is not asked for ever. */
	shared->refuses_all = 1;
	CHECK(problem_is(call(), PROBLEM_PROVIDER_UNAVAILABLE));
	CHECK_INT(reply.status, 401);
	CHECK_INT(shared->granted, 4);
	CHECK_INT(shared->called, 6);
}

/* "Forbidden" is about the credentials, but where the provider says it of tokens, too. */
static void
test_forbidden(void)
{
	static const struct token_scheme strict = { &fake, "Authorization: Bearer ", "id_token", false, 0, ask };

	begin();
	shared->forbids = shared->refuses_all = 1;
	CHECK(problem_is(call(), PROBLEM_PROVIDER_UNAVAILABLE));
	CHECK_INT(shared->granted, 2);
	begin();
	scheme = &strict;
	shared->forbids = shared->refuses_all = 1;
	CHECK(problem_is(call(), PROBLEM_PROVIDER_UNAVAILABLE));
	CHECK_INT(shared->granted, 1);
	CHECK_INT(shared->called, 1);
}

/* Others have a lease: who answers a client waits for a fetch that has just begun, and for none that hangs or has failed. */
static void
test_requests_do_not_wait_for_what_hangs(void)
{
	enum { LONG_MS = 4000 };
	int64_t started;

	begin();
	circuit_open_shared(&config, CIRCUIT_FOR_REQUESTS);
	REQUIRE(
	    private_run(root,
		"INSERT INTO remote_values (name, fetching_until) VALUES ('stripe.token', NOW(3) + INTERVAL 20 SECOND)") == 0);
	started = monotonic_ms();
	CHECK(problem_is(call(), PROBLEM_PROVIDER_UNAVAILABLE));
	CHECK(monotonic_ms() - started < LONG_MS);
	CHECK_INT(shared->granted, 0);
	circuit_open_shared(&config, CIRCUIT_FOR_JOBS);
}

/* Credentials that are refused are not sent again with every call. */
static void
test_refused_credentials_are_left_alone_for_a_moment(void)
{
	begin();
	shared->answer_of_grant = 2;
	CHECK(problem_is(call(), PROBLEM_PROVIDER_UNAVAILABLE));
	CHECK_INT(shared->granted, 1);
	CHECK_INT(private_value(root,
		      "SELECT COUNT(*) FROM remote_values WHERE name = 'stripe.token' AND value IS NULL AND "
		      "fetching_until IS NOT NULL"),
	    1);
	REQUIRE(private_run(root, "UPDATE remote_values SET fetching_until = NOW(3) + INTERVAL 1 HOUR") == 0);
	circuit_open_shared(&config, CIRCUIT_FOR_REQUESTS);
	CHECK(problem_is(call(), PROBLEM_PROVIDER_UNAVAILABLE));
	circuit_open_shared(&config, CIRCUIT_FOR_JOBS);
	CHECK_INT(shared->granted, 1);
}

static const struct problem *
fetch_old(struct work *w, const void *argument, struct bytes *value, int64_t *seconds)
{
	const char *text = arena_format(w->arena, "%lldr T0", (long long)unix_seconds() - 3600);

	(void)argument;
	*value = (struct bytes) { (const unsigned char *)text, strlen(text) };
	*seconds = 600;
	return OK;
}

static void
test_one_in_place_of_a_refused_one_is_left_alone(void)
{
	struct bytes value;

	begin();
	scheme = &patient;
	CHECK(call() == OK);
	shared->granted++; /* the provider has forgotten it */
	CHECK(call() == OK && reply.status == 200);
	CHECK_INT(shared->granted, 3);
	shared->called = 0;
	shared->refuses_all = 1;
	for (int i = 1; i <= 3; i++) {
		CHECK(problem_is(call(), PROBLEM_PROVIDER_UNAVAILABLE));
		CHECK_INT(shared->called, i);
		CHECK_INT(shared->granted, 3);
	}
	begin();
	scheme = &patient;
	REQUIRE(remote_value(&work, "stripe.token", REMOTE_OURS, NULL, fetch_old, NULL, &value) == OK);
	shared->granted++;
	CHECK(call() == OK);
	CHECK_INT(shared->granted, 2);
}

/* All calls of a request together: the first takes what there is, and then none is made. */
static void
test_no_call_outlives_its_request(void)
{
	int64_t started;

	begin();
	CHECK(call() == OK);
	shared->granted++;
	shared->slow = 10;
	started = monotonic_ms();
	work.calls_until_ms = started + 100;
	CHECK(problem_is(call(), PROBLEM_PROVIDER_UNAVAILABLE));
	CHECK(monotonic_ms() - started < 2500);
	shared->called = 0;
	while (monotonic_ms() < work.calls_until_ms)
		pause_us(1000);
	CHECK(problem_is(call(), PROBLEM_PROVIDER_UNAVAILABLE));
	CHECK_INT(shared->called, 0);
}

static void
test_many_processes_fetch_once(void)
{
	begin();
	shared->slow = 1;
	for (int i = 0; i < 6; i++)
		if (fork() == 0) {
			work.db = NULL;
			open_work();
			_exit(call() != OK);
		}
	for (int i = 0, status; i < 6; i++) {
		REQUIRE(wait(&status) > 0);
		CHECK_INT(status, 0);
	}
	CHECK_INT(shared->granted, 1);
	CHECK_INT(shared->accepted, 6);
}

static void
test_what_is_no_token(void)
{
	for (int i = 0; i < (int)(sizeof grants / sizeof *grants); i++) {
		begin();
		shared->answer_of_grant = i;
		if (i < 2)
			CHECK(call() == OK);
		else
			CHECK(problem_is(call(), PROBLEM_PROVIDER_UNAVAILABLE) && shared->called == 0);
	}
}

static const struct test tests[] = { TEST(test_many_processes_fetch_once), /* before this process has connections to share */
	TEST(test_goes_with_every_call), TEST(test_refused_one_is_fetched_again_once),
	TEST(test_one_in_place_of_a_refused_one_is_left_alone), TEST(test_forbidden),
	TEST(test_requests_do_not_wait_for_what_hangs), TEST(test_refused_credentials_are_left_alone_for_a_moment),
	TEST(test_what_is_no_token), TEST(test_no_call_outlives_its_request) };

/* The migration, whatever its number. */
static bool
create_table(void)
{
	static char sql[4000];
	glob_t      found;
	FILE       *file;

	if (glob(arena_format(arena, "%s/sql/*_remote_values.up.sql", source_directory()), 0, NULL, &found) != 0 ||
	    (file = fopen(found.gl_pathv[0], "r")) == NULL)
		return false;
	sql[fread(sql, 1, sizeof sql - 1, file)] = '\0';
	fclose(file);
	globfree(&found);
	return private_run(root, sql) == 0;
}

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	config = (struct config) {
		.run_directory = "/nonexistent",
		.auth = { .seal_secret = "a secret of at least thirty-two bytes" },
		.payments = { .connect_timeout_ms = 5000,
		    .timeout_ms = 20000,
		    .circuit_failures = 100,
		    .circuit_open_seconds = 1,
		    .bulkhead = 8 },
		.database = { .socket = private_socket(),
		    .host = "",
		    .user = "root",
		    .password = "",
		    .name = "token",
		    .connect_timeout_seconds = 5,
		    .io_timeout_seconds = 10,
		    .statement_timeout_ms = 5000,
		    .lock_wait_seconds = 5 },
	};
	root = private_connect("token");
	arena = arena_new(16 << 20);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	circuit_open_shared(&config, CIRCUIT_FOR_JOBS);
	server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD, 0, NULL, NULL, answer, NULL, MHD_OPTION_END);
	if (shared == MAP_FAILED || server == NULL || !create_table())
		return 99;
	return run_suite("tokens", tests, sizeof tests / sizeof *tests);
}
