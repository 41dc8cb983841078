/* The cache against a memcached of its own, which is killed, stopped and started again. */
#include "store/cache.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "base/metrics.h"
#include "tests/suite.h"

#include <errno.h>
#include <pwd.h>
#include <setjmp.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { TIMEOUT_MS = 300, OPEN_SECONDS = 1, FAILURES = 3 };
enum { HIT, MISS, FAILURE, CIRCUIT_OPEN }; /* METRIC_CACHE */

static char          directory[] = "/tmp/haat-cache.XXXXXX", socket_path[64], servers[100];
static pid_t         server;
static struct config config;
static struct arena *arena;
static struct cache *cache;

static bool
connects(void)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool               connected;

	snprintf(address.sun_path, sizeof address.sun_path, "%s", socket_path);
	connected = connect(fd, (struct sockaddr *)&address, sizeof address) == 0;
	close(fd);
	return connected;
}

/* False when memcached is not installed. */
static bool
start_server(void)
{
	struct passwd *user = getpwuid(getuid());
	int            status;

	unlink(socket_path);
	server = fork();
	if (server == 0) {
		execlp("memcached", "memcached", "-u", user->pw_name, "-s", socket_path, "-m", "8", "-t", "1", (char *)NULL);
		_exit(errno == ENOENT ? 77 : 1);
	}
	while (!connects()) {
		if (waitpid(server, &status, WNOHANG) == server) {
			server = 0;
			return false;
		}
		usleep(2000);
	}
	return true;
}

static void
kill_server(void)
{
	kill(server, SIGKILL);
	waitpid(server, NULL, 0);
	server = 0;
}

static void
open_cache(void)
{
	if (arena == NULL)
		arena = arena_new(8 << 20);
	arena_reset(arena);
	if (cache != NULL)
		cache_close(cache);
	cache = cache_open(&config, arena);
}

/* Each test begins with a running server, an empty store and a closed circuit. */
static bool
begin(void)
{
	if (server == 0 && !start_server()) {
		skip_test("memcached is not installed");
		return false;
	}
	open_cache();
	REQUIRE(cache_clear(cache));
	return true;
}

static int64_t
count(size_t outcome)
{
	return metric_value(METRIC_CACHE, outcome, 0);
}

static void
test_stores_and_finds(void)
{
	struct cached value;
	int64_t       hits, misses;

	if (!begin())
		return;
	hits = count(HIT), misses = count(MISS);
	CHECK(!cache_get(cache, "nothing", &value));
	CHECK(value.bytes == NULL);
	CHECK(cache_set(cache, "greeting", "hel\0lo", 6, 60));
	CHECK(cache_get(cache, "greeting", &value));
	CHECK_INT(value.length, 6);
	CHECK(memcmp(value.bytes, "hel\0lo", 7) == 0);
	CHECK_INT(count(HIT) - hits, 1);
	CHECK_INT(count(MISS) - misses, 1);
	CHECK(cache_set(cache, "empty", "", 0, 60));
	CHECK(cache_get(cache, "empty", &value));
	CHECK_INT(value.length, 0);
	CHECK(cache_available(cache));
}

static bool
get_two(struct cache *from, const char *one, const char *other, struct cached *first, struct cached *second)
{
	const char   *keys[] = { one, other };
	struct cached values[2];
	bool          answered = cache_get_many(from, keys, 2, values);

	*first = values[0];
	*second = values[1];
	return answered && first->bytes != NULL && second->bytes != NULL;
}

static void
test_gets_two_at_once(void)
{
	struct cached first, second;
	char         *big;

	if (!begin())
		return;
	big = arena_alloc(arena, 300000);
	memset(big, 'x', 300000);
	CHECK(!get_two(cache, "version", "tree", &first, &second));
	CHECK(first.bytes == NULL && second.bytes == NULL);
	CHECK(cache_set(cache, "tree", big, 300000, 60));
	CHECK(!get_two(cache, "version", "tree", &first, &second));
	CHECK(first.bytes == NULL);
	CHECK_INT(second.length, 300000);
	CHECK(cache_set(cache, "version", "7", 1, 60));
	CHECK(get_two(cache, "version", "tree", &first, &second));
	CHECK_TEXT(first.bytes, "7");
	REQUIRE(second.length == 300000);
	CHECK(memcmp(second.bytes, big, 300000) == 0);
	CHECK(get_two(cache, "tree", "version", &first, &second));
	CHECK_TEXT(second.bytes, "7");
}

static jmp_buf exhausted;

static void
abandon(void *argument)
{
	(void)argument;
	longjmp(exhausted, 1);
}

/* A value for which the arena has no room, and another behind it: libmemcached reads the rest before it asks again. */
static void
test_abandoned_in_the_middle(void)
{
	struct arena *small = arena_new(10000);
	struct cache *narrow;
	struct cached first, second;
	char         *big;

	if (!begin())
		return;
	big = arena_alloc(arena, 300000);
	memset(big, 'x', 300000);
	CHECK(cache_set(cache, "tree", big, 300000, 60) && cache_set(cache, "version", "7", 1, 60));
	narrow = cache_open(&config, small);
	arena_on_exhausted(small, abandon, NULL);
	for (int i = 0; i < 3; i++) {
		if (setjmp(exhausted) == 0) {
			get_two(narrow, "tree", "version", &first, &second);
			CHECK(!"there was room");
		}
		arena_reset(small);
		CHECK(cache_get(narrow, "version", &first));
		CHECK_TEXT(first.bytes, "7");
		CHECK(!cache_get(narrow, "nothing", &first));
		CHECK(cache_set(narrow, "other", "8", 1, 60) && cache_get(narrow, "other", &first));
		CHECK_TEXT(first.bytes, "8");
	}
	cache_close(narrow);
	arena_free(small);
}

static void
test_adds_once(void)
{
	struct cached value;

	if (!begin())
		return;
	CHECK_INT(cache_add(cache, "lock", "a", 1, 60), CACHE_STORED);
	CHECK_INT(cache_add(cache, "lock", "b", 1, 60), CACHE_EXISTS);
	CHECK(cache_get(cache, "lock", &value));
	CHECK_TEXT(value.bytes, "a");
	CHECK(cache_clear(cache));
	CHECK_INT(cache_add(cache, "lock", "b", 1, 60), CACHE_STORED);
}

static void
test_renews_and_removes(void)
{
	/* More than go at once, and one that is no key by itself. */
	static const char *const stamps[] = { "stamp", "s:1", "s:2", "s:3", "s:4", "s:5", "s:6", "s:7", "a stamp", "s:9" };
	enum { STAMPS = sizeof stamps / sizeof *stamps };
	struct cached first, second, before[STAMPS];
	char          stamp[CACHE_STAMP_ROOM];
	size_t        length;

	if (!begin())
		return;
	CHECK(cache_renew(cache, stamps, 0));
	CHECK(cache_renew(cache, stamps, 1));
	CHECK(cache_get(cache, "stamp", &first));
	CHECK(first.length > 0 && strspn(first.bytes, "0123456789") == first.length);
	CHECK(cache_renew(cache, stamps, 1));
	CHECK(cache_get(cache, "stamp", &second));
	CHECK(strcmp(first.bytes, second.bytes) != 0);
	length = cache_fresh_stamp(stamp);
	CHECK_INT(length, strlen(stamp));
	CHECK(strcmp(stamp, second.bytes) != 0);
	cache_remove(cache, "stamp");
	CHECK(!cache_get(cache, "stamp", &first));
	cache_remove(cache, "stamp");
	CHECK(cache_renew(cache, stamps, 1) && cache_get(cache, "stamp", &first));
	CHECK(cache_renew(cache, stamps, STAMPS));
	for (size_t i = 0; i < STAMPS; i++)
		CHECK(cache_get(cache, stamps[i], &before[i]));
	CHECK(cache_renew(cache, stamps, STAMPS));
	for (size_t i = 0; i < STAMPS; i++)
		CHECK(cache_get(cache, stamps[i], &second) && strcmp(before[i].bytes, second.bytes) != 0);
	/* What follows is answered again. */
	CHECK(cache_set(cache, "stamp", "x", 1, 60));
	CHECK_INT(cache_add(cache, "stamp", "y", 1, 60), CACHE_EXISTS);
}

static void
test_forgets_in_time(void)
{
	struct cached value;
	int64_t       until;

	if (!begin())
		return;
	CHECK(cache_set(cache, "short", "x", 1, 1));
	CHECK(cache_get(cache, "short", &value));
	for (until = monotonic_ms() + 4000; monotonic_ms() < until && cache_get(cache, "short", &value);)
		usleep(20000);
	CHECK(!cache_get(cache, "short", &value));
}

/* Any text is a key: memcached itself would take a space or a line break for the end of it, and a command behind it. */
static void
test_takes_any_key(void)
{
	static const char *const keys[] = { "with space", "line\r\nflush_all\r\n", "", "tab\there", "\x7f" };
	struct cached            value;
	char                     key[400], other[400];

	if (!begin())
		return;
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++)
		CHECK(cache_set(cache, keys[i], &"abcde"[i], 1, 60));
	for (size_t i = 0; i < sizeof keys / sizeof *keys; i++) {
		REQUIRE(cache_get(cache, keys[i], &value));
		CHECK_INT(value.bytes[0], "abcde"[i]);
	}
	memset(key, 'k', sizeof key);
	key[sizeof key - 1] = '\0';
	memcpy(other, key, sizeof key);
	other[sizeof other - 2] = 'o';
	CHECK(cache_set(cache, key, "long", 4, 60));
	CHECK(cache_get(cache, key, &value));
	CHECK(!cache_get(cache, other, &value));
	for (size_t length = 180; length < 260; length++) {
		key[length] = '\0';
		CHECK(cache_set(cache, key, "edge", 4, 60));
		CHECK(cache_get(cache, key, &value));
		key[length] = 'k';
	}
}

static void
test_keeps_shops_apart(void)
{
	struct cached value;

	if (!begin())
		return;
	CHECK(cache_set(cache, "name", "here", 4, 60));
	config.cache.prefix = "other:";
	CHECK(!cache_get(cache, "name", &value));
	config.cache.prefix = "haat:";
	CHECK(cache_get(cache, "name", &value));
}

static void
test_refuses_what_is_too_large(void)
{
	struct cached value;
	char         *big;

	if (!begin())
		return;
	big = arena_alloc(arena, CACHE_VALUE_MAX + 1);
	memset(big, 'x', CACHE_VALUE_MAX + 1);
	CHECK(!cache_set(cache, "big", big, CACHE_VALUE_MAX + 1, 60));
	CHECK(cache_set(cache, "big", big, CACHE_VALUE_MAX, 60));
	CHECK(cache_get(cache, "big", &value));
	CHECK_INT(value.length, CACHE_VALUE_MAX);
}

static int64_t
timed_get(void)
{
	struct cached value;
	int64_t       started = monotonic_ms();

	CHECK(!cache_get(cache, "x", &value));
	return monotonic_ms() - started;
}

static void
wait_until_closed(void)
{
	for (int64_t until = monotonic_ms() + 5000; !cache_available(cache) && monotonic_ms() < until;)
		usleep(20000);
	CHECK(cache_available(cache));
}

static void
test_dead_server_opens_the_circuit(void)
{
	struct cached value;
	int64_t       failures, opens;

	if (!begin())
		return;
	CHECK(cache_set(cache, "x", "1", 1, 60));
	kill_server();
	failures = count(FAILURE);
	for (int i = 0; i < FAILURES; i++)
		CHECK(timed_get() < TIMEOUT_MS / 2);
	CHECK_INT(count(FAILURE) - failures, FAILURES);
	opens = count(CIRCUIT_OPEN);
	for (int i = 0; i < 1000; i++)
		cache_get(cache, "x", &value);
	CHECK_INT(cache_add(cache, "lock", "a", 1, 60), CACHE_UNAVAILABLE);
	CHECK(!cache_set(cache, "x", "1", 1, 60));
	CHECK(!cache_renew(cache, &(const char *) { "n" }, 1));
	CHECK(!cache_available(cache));
	CHECK_INT(count(FAILURE) - failures, FAILURES);
	CHECK_INT(count(CIRCUIT_OPEN) - opens, 1004);
	REQUIRE(start_server());
	wait_until_closed();
	CHECK(!cache_get(cache, "x", &value));
	CHECK(cache_set(cache, "x", "2", 1, 60));
	CHECK(cache_get(cache, "x", &value));
}

/* A server that holds the connection and says nothing costs one time-out, then one for each probe. */
static void
test_silent_server_costs_one_timeout(void)
{
	int64_t took, failures;

	if (!begin())
		return;
	CHECK(cache_set(cache, "x", "1", 1, 60));
	kill(server, SIGSTOP);
	waitpid(server, NULL, WUNTRACED);
	failures = count(FAILURE);
	took = timed_get();
	CHECK(took >= TIMEOUT_MS / 2 && took < TIMEOUT_MS * 2);
	for (int i = 0; i < 100; i++)
		CHECK(timed_get() < TIMEOUT_MS / 2);
	CHECK_INT(count(FAILURE) - failures, 1);
	for (int64_t until = monotonic_ms() + 5000; count(FAILURE) - failures < 2 && monotonic_ms() < until; usleep(10000))
		took = timed_get();
	CHECK(took < TIMEOUT_MS * 2);
	CHECK(timed_get() < TIMEOUT_MS / 2);
	kill(server, SIGCONT);
	wait_until_closed();
}

/* A restart between two calls is not even a miss more than the lost value. */
static void
test_restart_is_not_a_failure(void)
{
	struct cached value;
	int64_t       failures;

	if (!begin())
		return;
	CHECK(cache_set(cache, "x", "1", 1, 60));
	kill_server();
	REQUIRE(start_server());
	failures = count(FAILURE);
	CHECK(!cache_get(cache, "x", &value));
	CHECK(cache_set(cache, "x", "1", 1, 60));
	CHECK(cache_get(cache, "x", &value));
	CHECK_INT(count(FAILURE) - failures, 0);
}

static void
test_spreads_over_servers(void)
{
	struct cached first, second;
	char          two[200], key[20];

	if (!begin())
		return;
	snprintf(two, sizeof two, "%s, --SOCKET=\"%s\"", socket_path, socket_path);
	config.cache.servers = two;
	open_cache();
	for (int i = 0; i < 50; i++) {
		snprintf(key, sizeof key, "key%d", i);
		CHECK(cache_set(cache, key, key, strlen(key), 60));
	}
	for (int i = 0; i + 1 < 50; i++) {
		char next[20];

		snprintf(key, sizeof key, "key%d", i);
		snprintf(next, sizeof next, "key%d", i + 1);
		CHECK(get_two(cache, key, next, &first, &second));
		CHECK_TEXT(first.bytes, key);
		CHECK_TEXT(second.bytes, next);
	}
	config.cache.servers = servers;
}

static void
test_bad_servers_are_no_cache(void)
{
	static const char *const bad[] = { "", " , ", "--SOCKET=", "127.0.0.1:1" };

	if (!begin())
		return;
	for (size_t i = 0; i < sizeof bad / sizeof *bad; i++) {
		config.cache.servers = bad[i];
		open_cache();
		CHECK(!cache_available(cache));
		CHECK(!cache_available(cache));
	}
	config.cache.servers = servers;
}

static const struct test tests[] = {
	TEST(test_stores_and_finds),
	TEST(test_gets_two_at_once),
	TEST(test_abandoned_in_the_middle),
	TEST(test_adds_once),
	TEST(test_renews_and_removes),
	TEST(test_forgets_in_time),
	TEST(test_takes_any_key),
	TEST(test_keeps_shops_apart),
	TEST(test_refuses_what_is_too_large),
	TEST(test_dead_server_opens_the_circuit),
	TEST(test_silent_server_costs_one_timeout),
	TEST(test_restart_is_not_a_failure),
	TEST(test_spreads_over_servers),
	TEST(test_bad_servers_are_no_cache),
};

int
main(void)
{
	int result;

	if (mkdtemp(directory) == NULL)
		return 99;
	snprintf(socket_path, sizeof socket_path, "%s/socket", directory);
	snprintf(servers, sizeof servers, "--SOCKET=\"%s\"", socket_path);
	config.cache.servers = servers;
	config.cache.prefix = "haat:";
	config.cache.timeout_ms = TIMEOUT_MS;
	config.cache.circuit_failures = FAILURES;
	config.cache.circuit_open_seconds = OPEN_SECONDS;
	metrics_open(NULL);
	result = run_suite("cache", tests, sizeof tests / sizeof *tests);
	if (cache != NULL)
		cache_close(cache);
	if (arena != NULL)
		arena_free(arena);
	if (server != 0)
		kill_server();
	unlink(socket_path);
	rmdir(directory);
	return result;
}
