/*
 * What is fetched from others and kept, against a MariaDB of its own: the lease, the seal, what is refused; and certificates
 * from a server of our own that answers for PayPal's.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/vault.h"
#include "net/certificates.h"
#include "net/remote_value.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/suite.h"
#include "tests/unit/vectors.h"

#include <arpa/inet.h>
#include <glob.h>
#include <microhttpd.h>
#include <mysql.h>
#include <openssl/pem.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#define HOST "api.sandbox.paypal.com"
#define PATH "/v1/notifications/certs/"
#define SIGNER_NAME "messageverificationcerts.sandbox.paypal.com"

enum { DAY = 86400, LARGE = 65536 };

static struct config config;
static struct arena *arena;
static MYSQL        *root; /* what others see */
static struct work   work;

/* What all processes of this test see. */
static struct shared {
	_Atomic int fetched, fails, slow;
} * shared;

static void
open_work(void)
{
	arena_reset(arena);
	if (work.db != NULL)
		db_close(work.db);
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
	open_work();
}

/* --- the table ------------------------------------------------------------------------------------------------------- */

/* "<argument> <how many were fetched>" */
static const struct problem *
fetch_number(struct work *w, const void *argument, struct bytes *value, int64_t *seconds)
{
	const char *text;

	if (shared->slow)
		pause_us(300000);
	text = arena_format(w->arena, "%s %d", (const char *)argument, ++shared->fetched);
	*value = (struct bytes) { (const unsigned char *)text, strlen(text) };
	*seconds = 60;
	return shared->fails ? problem(PROVIDER_UNAVAILABLE, "no") : OK;
}

static const char *
get(const char *name, const struct bytes *refused)
{
	struct bytes value;

	return remote_value(&work, name, REMOTE_OF_STRANGERS, refused, fetch_number, "token", &value) == OK
	    ? (const char *)value.bytes
	    : "(none)";
}

static void
test_a_value_is_fetched_once(void)
{
	begin();
	CHECK_TEXT(get("bkash token", NULL), "token 1");
	CHECK_TEXT(get("bkash token", NULL), "token 1");
	open_work(); /* another process */
	CHECK_TEXT(get("bkash token", NULL), "token 1");
	CHECK_TEXT(get("paypal token", NULL), "token 2");
	CHECK_INT(
	    private_value(root, "SELECT COUNT(*) FROM remote_values WHERE fetching_until IS NULL AND valid_until > NOW(3)"), 2);
}

static void
test_a_value_that_has_expired(void)
{
	begin();
	CHECK_TEXT(get("t", NULL), "token 1");
	REQUIRE(private_run(root, "UPDATE remote_values SET valid_until = NOW(3)") == 0);
	CHECK_TEXT(get("t", NULL), "token 2");
}

static void
test_many_processes_fetch_once(void)
{
	begin();
	shared->slow = 1;
	for (int i = 0; i < 6; i++)
		if (fork() == 0) {
			open_work();
			_exit(strcmp(get("t", NULL), "token 1") != 0);
		}
	for (int i = 0, status; i < 6; i++) {
		REQUIRE(wait(&status) > 0);
		CHECK_INT(status, 0);
	}
	CHECK_INT(shared->fetched, 1);
}

static void
test_the_lease_of_a_dead_process_ends(void)
{
	begin();
	REQUIRE(
	    private_run(root, "INSERT INTO remote_values (name, fetching_until) VALUES ('t', NOW(3) + INTERVAL 1 SECOND)") == 0);
	CHECK_TEXT(get("t", NULL), "token 1");
	/* Who waits does not wait for ever. */
	REQUIRE(
	    private_run(root, "INSERT INTO remote_values (name, fetching_until) VALUES ('u', NOW(3) + INTERVAL 1 HOUR)") == 0);
	CHECK_TEXT(get("u", NULL), "(none)");
	CHECK_INT(shared->fetched, 1);
}

static void
test_a_refused_value_is_fetched_again_once(void)
{
	const struct bytes first = { (const unsigned char *)"token 1", 7 };

	begin();
	CHECK_TEXT(get("t", NULL), "token 1");
	CHECK_TEXT(get("t", &first), "token 2");
	/* Another process whose first was refused, too, takes what is there. */
	CHECK_TEXT(get("t", &first), "token 2");
	CHECK_TEXT(get("t", NULL), "token 2");
	CHECK_INT(shared->fetched, 2);
}

static void
test_a_fetch_that_fails(void)
{
	begin();
	shared->fails = 1;
	CHECK_TEXT(get("t", NULL), "(none)");
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM remote_values"), 0);
	shared->fails = 0;
	CHECK_TEXT(get("t", NULL), "token 2");
	/* One that has been here is left alone for a moment. */
	REQUIRE(private_run(root, "UPDATE remote_values SET valid_until = NOW(3)") == 0);
	shared->fails = 1;
	CHECK_TEXT(get("t", NULL), "(none)");
	CHECK_INT(private_value(root, "SELECT fetching_until > NOW(3) FROM remote_values"), 1);
}

static void
test_values_are_sealed(void)
{
	begin();
	get("t", NULL);
	get("u", NULL);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM remote_values WHERE value LIKE '%token%'"), 0);
	/* Neither another row's nor a changed one is opened: they are fetched anew. */
	REQUIRE(private_run(root,
		    "UPDATE remote_values t JOIN remote_values u ON u.name = 'u' SET t.value = u.value WHERE t.name = 't'") == 0);
	CHECK_TEXT(get("t", NULL), "token 3");
	REQUIRE(
	    private_run(root,
		"UPDATE remote_values SET value = CONCAT(LEFT(value, 14), CHAR(ORD(SUBSTR(value, 15, 1)) ^ 1), SUBSTR(value, 16)) "
		"WHERE name = 't'") == 0);
	CHECK_TEXT(get("t", NULL), "token 4");
	config.auth.seal_secret = "another secret of at least 32 bytes, too";
	CHECK_TEXT(get("t", NULL), "token 5");
}

static void
test_the_vault(void)
{
	const char        *secret = "a secret of at least thirty-two bytes";
	const struct bytes plain = { (const unsigned char *)"id_token", 8 };
	struct bytes       sealed, again, opened;

	open_work();
	sealed = vault_seal(arena, secret, "row", plain);
	again = vault_seal(arena, secret, "row", plain);
	CHECK_INT(sealed.length, 8 + 1 + 12 + 16);
	CHECK(memcmp(sealed.bytes, again.bytes, sealed.length) != 0);
	REQUIRE(vault_open(arena, secret, "row", sealed, &opened));
	CHECK_TEXT((const char *)opened.bytes, "id_token");
	CHECK(!vault_open(arena, secret, "other", sealed, &opened));
	CHECK(!vault_open(arena, "another secret", "row", sealed, &opened));
	for (size_t i = 0; i < sealed.length; i++) {
		unsigned char *changed = arena_alloc(arena, sealed.length);

		memcpy(changed, sealed.bytes, sealed.length);
		changed[i] ^= 1;
		CHECK(!vault_open(arena, secret, "row", (struct bytes) { changed, sealed.length }, &opened));
		CHECK(!vault_open(arena, secret, "row", (struct bytes) { sealed.bytes, i }, &opened));
	}
	sealed = vault_seal(arena, secret, "row", (struct bytes) { (const unsigned char *)"", 0 });
	CHECK(vault_open(arena, secret, "row", sealed, &opened) && opened.length == 0);
}

/* --- certificates ---------------------------------------------------------------------------------------------------- */

static struct MHD_Daemon *server;
static const char        *good_pem, *other_pem;
static int64_t            signers_end;
static char               roots_path[300], connect_to[100];
static const char        *connect_list[] = { connect_to, NULL };

/* Answers for PayPal: the name at the end of the path says how. */
static enum MHD_Result
answer(void *context, struct MHD_Connection *connection, const char *url, const char *method, const char *version,
    const char *upload, size_t *upload_size, void **state)
{
	static char          large[LARGE + 1];
	const char          *name = strncmp(url, PATH, sizeof PATH - 1) == 0 ? url + sizeof PATH - 1 : "";
	const char          *body = strcmp(name, "OTHER") == 0 ? other_pem : good_pem;
	unsigned             status = 200;
	struct MHD_Response *response;
	enum MHD_Result      queued;

	(void)context, (void)method, (void)version, (void)upload, (void)upload_size, (void)state;
	shared->fetched++;
	if (strcmp(name, "PAGE") == 0)
		body = "<html>maintenance</html>";
	if (strcmp(name, "GONE") == 0)
		status = 404;
	if (strcmp(name, "LARGE") == 0 || strcmp(name, "LARGEST") == 0) {
		memset(large, '\n', sizeof large);
		memcpy(large, good_pem, strlen(good_pem));
		large[strcmp(name, "LARGE") == 0 ? LARGE : LARGE - 1] = '\n';
		response =
		    MHD_create_response_from_buffer(strcmp(name, "LARGE") == 0 ? LARGE + 1 : LARGE, large, MHD_RESPMEM_MUST_COPY);
	} else {
		response = MHD_create_response_from_buffer(strlen(body), (void *)(uintptr_t)body, MHD_RESPMEM_MUST_COPY);
	}
	if (strcmp(name, "MOVED") == 0) {
		status = 302;
		MHD_add_response_header(response, "Location", "https://" HOST PATH "CERT-1");
	}
	queued = MHD_queue_response(connection, status, response);
	MHD_destroy_response(response);
	return queued;
}

static const char *
key_pem(const struct signer *signer)
{
	static char pem[8192]; /* the server's: there is one */
	BIO        *bio = BIO_new(BIO_s_mem());
	char       *bytes;
	long        length;

	REQUIRE(PEM_write_bio_PrivateKey(bio, signer->key, NULL, NULL, 0, NULL, NULL) == 1);
	length = BIO_get_mem_data(bio, &bytes);
	REQUIRE(length < (long)sizeof pem);
	memcpy(pem, bytes, (size_t)length);
	pem[length] = '\0';
	BIO_free(bio);
	return pem;
}

/* A root of our own, a server under it, and the certificates it hands out. */
static void
start_server(void)
{
	const int64_t               from = unix_seconds() - DAY, until = unix_seconds() + 40 * DAY;
	const struct signer_options of_root = { "root of tests", NULL, from, until, 2048, 1, NULL };
	const struct signer_options of_server = { HOST, NULL, from, until, 2048, 0, NULL };
	const struct signer_options of_signer = { SIGNER_NAME, NULL, from, until, 2048, 0, NULL };
	const struct signer         authority = make_signer(NULL, &of_root), tls = make_signer(&authority, &of_server);
	const struct signer         signer = make_signer(&authority, &of_signer), stranger = make_signer(NULL, &of_signer);
	const struct signer *const  all[] = { &authority, &tls, &signer, &stranger };
	FILE                       *file = fopen(roots_path, "w");

	REQUIRE(file != NULL);
	if (fputs(signers_pem(all, 1), file) < 0 || fclose(file) != 0)
		abort();
	good_pem = signers_pem(all + 2, 1);
	other_pem = signers_pem(all + 3, 1);
	signers_end = until;
	server = MHD_start_daemon(MHD_USE_INTERNAL_POLLING_THREAD | MHD_USE_TLS, 0, NULL, NULL, answer, NULL,
	    MHD_OPTION_HTTPS_MEM_KEY, key_pem(&tls), MHD_OPTION_HTTPS_MEM_CERT, signers_pem(all + 1, 1), MHD_OPTION_END);
	REQUIRE(server != NULL);
	snprintf(connect_to, sizeof connect_to, HOST ":443:127.0.0.1:%d",
	    MHD_get_daemon_info(server, MHD_DAEMON_INFO_BIND_PORT)->port);
	config.certificates.roots_file = roots_path;
	config.certificates.connect_to = connect_list;
}

static const struct problem *
certificate(const char *name)
{
	struct haat_verify_certificates certificates;
	const struct problem           *problem = certificates_get(
		      &work, CERTIFICATE_PAYPAL_SANDBOX, arena_format(arena, "https://" HOST PATH "%s", name), &certificates);

	if (problem == OK)
		CHECK(certificates.trust != NULL && strncmp(certificates.pem, good_pem, strlen(good_pem)) == 0);
	return problem;
}

static void
test_a_certificate_is_fetched_and_kept(void)
{
	if (MHD_is_feature_supported(MHD_FEATURE_TLS) != MHD_YES) {
		skip_test("libmicrohttpd has no TLS");
		return;
	}
	begin();
	start_server();
	CHECK(certificate("CERT-1") == OK);
	CHECK(certificate("CERT-1") == OK);
	open_work();
	CHECK(certificate("CERT-1") == OK);
	CHECK_INT(shared->fetched, 1);
	CHECK(certificate("CERT-2") == OK);
	CHECK_INT(shared->fetched, 2);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM remote_values WHERE value LIKE '%CERTIFICATE%'"), 0);
	/* Until they end by themselves. */
	CHECK_INT(
	    private_value(root,
		arena_format(arena,
		    "SELECT COUNT(*) FROM remote_values WHERE ABS(TIMESTAMPDIFF(SECOND, FROM_UNIXTIME(%lld), valid_until)) < 120",
		    (long long)signers_end)),
	    2);
}

static const struct problem *
kept_certificate(const char *name)
{
	struct haat_verify_certificates certificates = { NULL, 0, NULL };
	const struct problem           *problem = certificates_kept(
		      &work, CERTIFICATE_PAYPAL_SANDBOX, arena_format(arena, "https://" HOST PATH "%s", name), &certificates);

	if (problem == OK)
		CHECK(certificates.trust != NULL && strncmp(certificates.pem, good_pem, strlen(good_pem)) == 0);
	return problem;
}

/* Who has no way out makes do with what is here. */
static void
test_what_is_kept_is_got_without_asking(void)
{
	struct haat_verify_certificates certificates;

	if (server == NULL) {
		skip_test("libmicrohttpd has no TLS");
		return;
	}
	begin();
	CHECK(problem_is(kept_certificate("CERT-1"), PROBLEM_EVENT_UNVERIFIED));
	CHECK_INT(shared->fetched, 0);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM remote_values"), 0);
	CHECK(certificate("CERT-1") == OK);
	CHECK(kept_certificate("CERT-1") == OK);
	CHECK(problem_is(kept_certificate("CERT-2"), PROBLEM_EVENT_UNVERIFIED));
	CHECK(
	    problem_is(certificates_kept(&work, CERTIFICATE_PAYPAL_SANDBOX, "https://evil.example" PATH "CERT-1", &certificates),
		PROBLEM_BAD_REQUEST));
	REQUIRE(private_run(root, "UPDATE remote_values SET valid_until = NOW(3)") == 0);
	CHECK(problem_is(kept_certificate("CERT-1"), PROBLEM_EVENT_UNVERIFIED));
	CHECK_INT(shared->fetched, 1);
}

static const struct problem *
fetch_stranger(struct work *w, const void *argument, struct bytes *value, int64_t *seconds)
{
	(void)w, (void)argument;
	*value = (struct bytes) { (const unsigned char *)other_pem, strlen(other_pem) };
	*seconds = DAY;
	return OK;
}

static void
test_one_that_is_kept_but_not_valid_any_more(void)
{
	struct bytes value;

	if (server == NULL) {
		skip_test("libmicrohttpd has no TLS");
		return;
	}
	begin();
	REQUIRE(remote_value(&work, "certificate https://" HOST PATH "CERT-1", REMOTE_OF_STRANGERS, NULL, fetch_stranger, NULL,
		    &value) == OK);
	CHECK(problem_is(kept_certificate("CERT-1"), PROBLEM_EVENT_UNVERIFIED));
	CHECK(certificate("CERT-1") == OK);
	CHECK_INT(shared->fetched, 1);
}

static void
test_what_is_no_certificate_of_the_provider(void)
{
	static const char *const names[] = { "OTHER", "PAGE", "GONE", "MOVED", "LARGE" };

	if (server == NULL) {
		skip_test("libmicrohttpd has no TLS");
		return;
	}
	begin();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		CHECK(certificate(names[i]) != OK);
		CHECK_INT(shared->fetched, (int)i + 1);
	}
	CHECK(certificate("LARGEST") == OK);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM remote_values"), 1);
}

static void
test_nobody_else_is_asked(void)
{
	struct haat_verify_certificates certificates;

	if (server == NULL) {
		skip_test("libmicrohttpd has no TLS");
		return;
	}
	begin();
	CHECK(certificates_get(&work, CERTIFICATE_PAYPAL, "https://" HOST PATH "CERT-1", &certificates) != OK);
	CHECK(certificates_get(&work, CERTIFICATE_SNS, "https://" HOST PATH "CERT-1", &certificates) != OK);
	CHECK(certificates_get(&work, CERTIFICATE_PAYPAL_SANDBOX, "http://" HOST PATH "CERT-1", &certificates) != OK);
	CHECK(certificates_get(&work, CERTIFICATE_PAYPAL_SANDBOX, "https://evil.example" PATH "CERT-1", &certificates) != OK);
	CHECK(certificates_get(&work, CERTIFICATE_PAYPAL_SANDBOX, NULL, &certificates) != OK);
	CHECK_INT(shared->fetched, 0);
	/* A server that is not PayPal's by its own certificate: nothing is asked of it. */
	config.certificates.roots_file = arena_format(arena, "%s/tests/vectors/ca.pem", source_directory());
	CHECK(certificate("CERT-1") != OK);
	CHECK_INT(shared->fetched, 0);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM remote_values"), 0);
	MHD_stop_daemon(server);
}

static const struct test tests[] = { TEST(test_a_value_is_fetched_once), TEST(test_a_value_that_has_expired),
	TEST(test_many_processes_fetch_once), TEST(test_the_lease_of_a_dead_process_ends),
	TEST(test_a_refused_value_is_fetched_again_once), TEST(test_a_fetch_that_fails), TEST(test_values_are_sealed),
	TEST(test_the_vault), TEST(test_a_certificate_is_fetched_and_kept), TEST(test_what_is_kept_is_got_without_asking),
	TEST(test_one_that_is_kept_but_not_valid_any_more), TEST(test_what_is_no_certificate_of_the_provider),
	TEST(test_nobody_else_is_asked) };

/* The migration, whatever its number. */
static void
create_table(void)
{
	static char sql[4000];
	glob_t      found;
	FILE       *file;

	if (glob(arena_format(arena, "%s/sql/*_remote_values.up.sql", source_directory()), 0, NULL, &found) != 0 ||
	    (file = fopen(found.gl_pathv[0], "r")) == NULL)
		exit(99);
	sql[fread(sql, 1, sizeof sql - 1, file)] = '\0';
	fclose(file);
	globfree(&found);
	if (private_run(root, sql) != 0) {
		fprintf(stderr, "%s\n", mysql_error(root));
		exit(99);
	}
}

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	snprintf(roots_path, sizeof roots_path, "%.*s/roots.pem", (int)(strrchr(private_socket(), '/') - private_socket()),
	    private_socket());
	root = private_connect("certificates");
	arena = arena_new(64 << 20);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	config.database.socket = private_socket();
	config.database.host = "";
	config.database.user = "root";
	config.database.password = "";
	config.database.name = "certificates";
	config.database.connect_timeout_seconds = 5;
	config.database.io_timeout_seconds = 10;
	config.database.statement_timeout_ms = 5000;
	config.database.lock_wait_seconds = 5;
	config.auth.seal_secret = "a secret of at least thirty-two bytes";
	if (shared == MAP_FAILED)
		return 99;
	create_table();
	return run_suite("certificates and tokens", tests, sizeof tests / sizeof *tests);
}
