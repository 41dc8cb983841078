/* Documents in memcached under stamps, by two workers with a MariaDB and a memcached of their own, which hangs and dies. */
#include "store/stamped.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/metrics.h"
#include "base/text.h"
#include "store/cache.h"
#include "store/db.h"
#include "store/trust.h"
#include "store/work.h"
#include "tests/private_cache.h"
#include "tests/private_database.h"
#include "tests/suite.h"

#include <mysql.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <zlib.h>

enum { FILLING = 3000, STEPS = 1500, THINGS = 3 };

static struct config config;
static MYSQL        *root;
static struct arena *arenas[2];
static struct work   workers[2];
static struct work  *near = &workers[0], *far = &workers[1];

static const struct stamped_key thing = { .name = "thing", .stamps = { "s:0", "s:all" }, .n_stamps = 2 };

static void
create_tables(void)
{
	char   path[500], sql[4000];
	FILE  *file;
	size_t length;

	snprintf(path, sizeof path, "%s/sql/0059_cache_trust.up.sql", source_directory());
	file = fopen(path, "r");
	length = file == NULL ? 0 : fread(sql, 1, sizeof sql - 1, file);
	sql[length] = '\0';
	if (file == NULL || fclose(file) != 0 || private_run(root, sql) != 0 ||
	    private_run(root, "CREATE TABLE things (id INT PRIMARY KEY, value BIGINT NOT NULL)") != 0)
		abort();
	for (int i = 0; i < THINGS; i++) {
		snprintf(sql, sizeof sql, "INSERT INTO things VALUES (%d, 0)", i);
		private_run(root, sql);
	}
}

static void
open_worker(size_t i)
{
	if (arenas[i] == NULL)
		arenas[i] = arena_new(8 << 20);
	arena_reset(arenas[i]);
	if (workers[i].db != NULL)
		db_close(workers[i].db), cache_close(workers[i].cache);
	workers[i] = (struct work) { .arena = arenas[i],
		.db = db_open(&config, arenas[i]),
		.cache = cache_open(&config, arenas[i]),
		.config = &config,
		.request_id = "",
		.traceparent = "",
		.address = "" };
}

static bool
begin(void)
{
	if (!private_cache_start(&config)) {
		skip_test("memcached is not installed");
		return false;
	}
	REQUIRE(private_run(root, "DELETE FROM cache_trust") == 0 && private_run(root, "UPDATE things SET value = 0") == 0);
	for (size_t i = 0; i < 2; i++) {
		open_worker(i);
		REQUIRE(trust_begin(&workers[i]));
	}
	REQUIRE(cache_clear(near->cache));
	return true;
}

/* ---- the document: the value of a row, with something to pack behind it ---- */

struct wanted {
	int id;
	int makes; /* so far */
	void (*meanwhile)(void);
	bool refuse;
};

static const struct problem *
make(struct work *work, void *argument, struct text *into, const char **label)
{
	struct wanted *wanted = argument;
	int64_t        value;

	wanted->makes++;
	TRY(db_value(work->db, &value, "SELECT value FROM things WHERE id = ?", P(wanted->id)));
	if (wanted->meanwhile != NULL)
		wanted->meanwhile();
	if (wanted->refuse)
		return problem(NOT_FOUND, "thing not found");
	text_addf(into, "%lld ", (long long)value);
	for (int i = 0; i < FILLING; i++)
		text_add_char(into, 'x');
	*label = arena_format(work->arena, "thing-%d", wanted->id);
	return OK;
}

/* The document's value as a worker reads it. */
static int64_t
read_value(struct work *work, const struct stamped_key *key, bool packed, struct wanted *wanted, struct stamped *document)
{
	char     plain[FILLING + 100] = "";
	z_stream stream = { .next_out = (unsigned char *)plain, .avail_out = sizeof plain - 1 };

	REQUIRE(stamped_read(work, key, packed, make, wanted, document) == OK);
	if (!document->packed) {
		CHECK(document->length > FILLING);
		return strtoll(document->bytes, NULL, 10);
	}
	CHECK(packed && document->length < FILLING / 2);
	stream.next_in = (unsigned char *)document->bytes;
	stream.avail_in = (unsigned)document->length;
	REQUIRE(inflateInit2(&stream, 15 + 16) == Z_OK);
	CHECK(inflate(&stream, Z_FINISH) == Z_STREAM_END);
	inflateEnd(&stream);
	CHECK(strlen(plain) > FILLING);
	return strtoll(plain, NULL, 10);
}

static int64_t
value_for(struct work *work)
{
	struct wanted  wanted = { .id = 0 };
	struct stamped document;

	return read_value(work, &thing, false, &wanted, &document);
}

static const struct problem *
set_value(struct work *work, int id, int64_t value)
{
	return db_run(work->db, NULL, "UPDATE things SET value = ? WHERE id = ?", P(value), P(id));
}

/* Commits and puts the new stamp in place; how long that took. */
static int64_t
write_value(struct work *work, int id, int64_t value)
{
	static const char *const stamps[THINGS] = { "s:0", "s:1", "s:2" };
	int64_t                  started;

	REQUIRE(db_transaction(work, set_value(work, id, value)) == OK);
	started = monotonic_ms();
	stamps_renew(work, &stamps[id], 1);
	return monotonic_ms() - started;
}

static int64_t
documents(enum document_outcome outcome)
{
	return metric_value(METRIC_DOCUMENTS, outcome, 0);
}

/* ---- the tests ---- */

static void
test_is_made_once_and_found_by_all(void)
{
	struct wanted  wanted = { .id = 0 };
	struct stamped plain, packed;
	int64_t        found, made;

	if (!begin())
		return;
	found = documents(DOCUMENT_FOUND), made = documents(DOCUMENT_MADE);
	write_value(near, 0, 41);
	CHECK_INT(read_value(near, &thing, false, &wanted, &plain), 41);
	CHECK(!plain.packed && plain.tag != NULL);
	CHECK_TEXT(plain.label, "thing-0");
	CHECK_INT(read_value(far, &thing, false, &wanted, &packed), 41);
	CHECK_INT(wanted.makes, 1);
	CHECK_TEXT(packed.tag, plain.tag);
	CHECK_TEXT(packed.label, "thing-0");
	CHECK_INT(read_value(far, &thing, true, &wanted, &packed), 41);
	CHECK(packed.packed);
	CHECK_INT(wanted.makes, 2);
	CHECK_TEXT(packed.tag, plain.tag);
	CHECK_INT(read_value(near, &thing, true, &wanted, &packed), 41);
	CHECK_INT(wanted.makes, 2);
	CHECK_TEXT(stamped_tag(far, &thing), plain.tag);
	CHECK_INT(strlen(plain.tag), STAMPED_TAG_LENGTH);
	CHECK_INT(documents(DOCUMENT_FOUND) - found, 2);
	CHECK_INT(documents(DOCUMENT_MADE) - made, 2);
}

static void
test_a_change_is_seen_by_all(void)
{
	struct wanted  wanted = { .id = 0 };
	struct stamped document;
	const char    *tag;

	if (!begin())
		return;
	for (int64_t value = 1; value < 20; value++) {
		write_value(value % 2 ? near : far, 0, value);
		CHECK_INT(value_for(near), value);
		CHECK_INT(value_for(far), value);
		CHECK_INT(read_value(near, &thing, true, &wanted, &document), value);
	}
	tag = stamped_tag(near, &thing);
	write_value(near, 1, 7);
	CHECK_TEXT(stamped_tag(near, &thing), tag); /* of another thing */
	stamps_renew(far, (const char *const[]) { "s:all" }, 1);
	CHECK(strcmp(stamped_tag(near, &thing), tag) != 0);
}

/* The other one writes while the document is made from what was there before. */
static void
write_meanwhile(void)
{
	write_value(far, 0, 2);
}

static void
test_what_was_overtaken_is_not_used(void)
{
	struct wanted  wanted = { .id = 0, .meanwhile = write_meanwhile };
	struct stamped document;

	if (!begin())
		return;
	write_value(near, 0, 1);
	CHECK_INT(read_value(near, &thing, false, &wanted, &document), 1); /* it began before */
	CHECK_INT(value_for(near), 2);
	CHECK_INT(value_for(far), 2);
}

static void
lose_stamp_meanwhile(void)
{
	cache_remove(far->cache, "s:0");
	write_value(far, 0, 3);
}

static void
test_keys_may_be_lost_at_any_time(void)
{
	static const char *const keys[] = { "s:0", "s:all", "thing", "gz:thing" };
	struct wanted            wanted = { .id = 0, .meanwhile = lose_stamp_meanwhile };
	struct stamped           document;
	const char              *tag;

	if (!begin())
		return;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		write_value(near, 0, (int64_t)i + 10);
		CHECK_INT(value_for(near), i + 10);
		tag = stamped_tag(near, &thing);
		cache_remove(near->cache, keys[i]);
		private_run(root, "UPDATE things SET value = 99 WHERE id = 0"); /* by nobody: seen where it must be made anew */
		CHECK_INT(value_for(far), i < 3 ? 99 : 13);
		if (i < 2)
			CHECK(strcmp(stamped_tag(near, &thing), tag) != 0);
	}
	cache_remove(near->cache, "s:0");
	read_value(near, &thing, false, &wanted, &document);
	CHECK_INT(value_for(near), 3);
	cache_remove(near->cache, "s:0");
	CHECK(stamped_tag(near, &thing) == NULL);
}

static void
test_a_problem_is_not_kept(void)
{
	struct wanted  wanted = { .id = 0, .refuse = true };
	struct stamped document;

	if (!begin())
		return;
	CHECK(problem_is(stamped_read(near, &thing, false, make, &wanted, &document), PROBLEM_NOT_FOUND));
	CHECK(problem_is(stamped_read(far, &thing, false, make, &wanted, &document), PROBLEM_NOT_FOUND));
	CHECK_INT(wanted.makes, 2);
	wanted.refuse = false;
	CHECK_INT(read_value(near, &thing, false, &wanted, &document), 0); /* at once: the lock is gone */
	CHECK_INT(wanted.makes, 3);
}

/* A lock whose holder died: the others wait for a moment only. */
static void
test_a_dead_maker_is_not_waited_for(void)
{
	struct wanted  wanted = { .id = 0 };
	struct stamped document;
	struct cached  stamps[2];
	int64_t        epoch, started;

	if (!begin())
		return;
	value_for(near);
	cache_get_many(near->cache, thing.stamps, 2, stamps);
	REQUIRE(trust_epoch(near, &epoch));
	cache_remove(near->cache, "thing");
	cache_add(near->cache,
	    arena_format(near->arena, "making:thing:%lld %s %s", (long long)epoch, stamps[0].bytes, stamps[1].bytes), "1", 1, 60);
	started = monotonic_ms();
	CHECK_INT(read_value(near, &thing, false, &wanted, &document), 0);
	CHECK_INT(wanted.makes, 1);
	CHECK(document.tag == NULL);
	CHECK(monotonic_ms() - started >= 150 && monotonic_ms() - started < 2000);
}

/*
 * Near's memcached hangs while near writes, and goes on before far, which noticed nothing, reads: near has not returned from
 * its write before far believes nothing that is there.
 */
static void
test_a_hanging_cache_hides_no_write(void)
{
	int64_t epoch;

	if (!begin())
		return;
	write_value(near, 0, 1);
	CHECK_INT(value_for(far), 1);
	private_cache_signal(SIGSTOP);
	CHECK(!cache_available(near->cache)); /* the circuit opens: not even late does memcached hear of the stamp */
	CHECK(write_value(near, 0, 2) >= TRUST_MS);
	private_cache_signal(SIGCONT);
	CHECK_INT(value_for(far), 2);
	CHECK(!trust_epoch(far, &epoch));
	/* Everybody knows by now: nobody waits again. */
	private_run(root, "UPDATE cache_trust SET lost_at = NOW(3) - INTERVAL 1 HOUR");
	CHECK(write_value(near, 0, 3) < TRUST_MS);
	CHECK_INT(value_for(far), 3);
	for (int64_t until = monotonic_ms() + 5000; !trust_epoch(far, &epoch) && monotonic_ms() < until; usleep(20000))
		CHECK(trust_regain(far) == OK);
	CHECK(trust_epoch(far, &epoch));
	CHECK_INT(value_for(far), 3);
	CHECK(write_value(far, 0, 4) < TRUST_MS);
	CHECK_INT(value_for(far), 4);
}

static void
test_a_dead_cache_hides_no_write(void)
{
	int64_t epoch;

	if (!begin())
		return;
	write_value(near, 0, 1);
	CHECK_INT(value_for(far), 1);
	private_cache_stop();
	write_value(near, 0, 2);
	CHECK_INT(value_for(near), 2);
	CHECK_INT(value_for(far), 2);
	CHECK(trust_regain(far) == OK);
	CHECK(!trust_epoch(far, &epoch));
	REQUIRE(private_cache_start(&config));
	CHECK_INT(value_for(far), 2);
	for (int64_t until = monotonic_ms() + 5000; !trust_epoch(far, &epoch) && monotonic_ms() < until; usleep(20000))
		trust_regain(far);
	CHECK(trust_epoch(far, &epoch));
}

static void
test_a_new_process_believes_nothing_of_before(void)
{
	if (!begin())
		return;
	CHECK_INT(value_for(near), 0);
	private_run(root, "UPDATE things SET value = 5 WHERE id = 0"); /* by one that died between commit and stamp */
	CHECK_INT(value_for(near), 0);
	open_worker(1);
	CHECK_INT(value_for(far), 5);
	near->trust.until_ms = 0;
	CHECK_INT(value_for(near), 5);
}

/* A commit that nobody knows of: it may have come before the first epoch or before the second. */
static void
test_in_doubt_nothing_of_before_is_believed(void)
{
	int64_t epoch, now;

	if (!begin())
		return;
	REQUIRE(trust_epoch(far, &epoch));
	near->trust.owed = 2;
	for (int i = 0; i < 2; i++, epoch = now) {
		trust_renew(near);
		usleep((TRUST_MS + 50) * 1000);
		CHECK(trust_epoch(far, &now));
		CHECK(now != epoch);
	}
	trust_renew(near); /* owed no more */
	usleep((TRUST_MS + 50) * 1000);
	CHECK(trust_epoch(far, &now) && now == epoch);
}

static void
test_without_a_server_there_is_no_wait(void)
{
	if (!begin())
		return;
	config.cache.servers = "";
	CHECK(write_value(near, 0, 1) < TRUST_MS);
	CHECK_INT(value_for(far), 1);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM cache_trust WHERE lost_at IS NOT NULL"), 0);
	private_cache_start(&config);
}

/* Two workers write, read, and lose keys in random order: each read shows each write that has ended. */
static void
test_at_random(void)
{
	static const struct stamped_key keys[THINGS] = {
		{ .name = "t0", .stamps = { "s:0", "s:all" }, .n_stamps = 2 },
		{ .name = "t1", .stamps = { "s:1", "s:all" }, .n_stamps = 2 },
		{ .name = "t2", .stamps = { "s:2", "s:all" }, .n_stamps = 2 },
	};
	int64_t values[THINGS] = { 0 }, made = documents(DOCUMENT_MADE), found = documents(DOCUMENT_FOUND);

	if (!begin())
		return;
	srandom(7);
	for (int step = 0; step < STEPS; step++) {
		struct work   *worker = &workers[random() % 2];
		struct wanted  wanted = { .id = (int)(random() % THINGS) };
		struct stamped document;

		switch (random() % 8) {
		case 0:
			write_value(worker, wanted.id, ++values[wanted.id]);
			break;
		case 1:
			cache_remove(worker->cache, random() % 2 ? keys[wanted.id].name : keys[wanted.id].stamps[random() % 2]);
			break;
		default:
			CHECK_INT(read_value(worker, &keys[wanted.id], random() % 2, &wanted, &document), values[wanted.id]);
		}
		arena_reset(worker->arena);
	}
	CHECK(documents(DOCUMENT_MADE) > made && documents(DOCUMENT_FOUND) > found);
}

static const struct test tests[] = {
	TEST(test_is_made_once_and_found_by_all),
	TEST(test_a_change_is_seen_by_all),
	TEST(test_what_was_overtaken_is_not_used),
	TEST(test_keys_may_be_lost_at_any_time),
	TEST(test_a_problem_is_not_kept),
	TEST(test_a_dead_maker_is_not_waited_for),
	TEST(test_a_hanging_cache_hides_no_write),
	TEST(test_a_dead_cache_hides_no_write),
	TEST(test_a_new_process_believes_nothing_of_before),
	TEST(test_in_doubt_nothing_of_before_is_believed),
	TEST(test_without_a_server_there_is_no_wait),
	TEST(test_at_random),
};

int
main(int argc, char **argv)
{
	int result;

	(void)argc;
	private_database(argv);
	config.database.socket = private_socket();
	config.database.user = "root";
	config.database.password = "";
	config.database.name = "stamped";
	config.database.connect_timeout_seconds = 2;
	config.database.io_timeout_seconds = 30;
	config.database.statement_timeout_ms = 20000;
	config.database.lock_wait_seconds = 5;
	config.catalog.cache_seconds = 3600;
	root = private_connect("stamped");
	metrics_open(NULL);
	create_tables();
	result = run_suite("stamped documents", tests, sizeof tests / sizeof *tests);
	for (size_t i = 0; i < 2; i++)
		if (workers[i].db != NULL) {
			db_close(workers[i].db);
			cache_close(workers[i].cache);
			arena_free(arenas[i]);
		}
	mysql_close(root);
	return result;
}
