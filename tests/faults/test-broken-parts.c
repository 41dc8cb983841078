/* Disks that take nothing more, and pools of workers that are gone or stand still. */
#include "tests/faults/stack.h"

#include "base/instant.h"

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

enum { PURCHASES = 5, GATEWAY_MS = 20000, TINY_FILL = 4096 };

static const char *const programs[] = { "api", "auth", "pay", "hooks", "jobs" };
enum { PROGRAMS = sizeof programs / sizeof *programs };

static struct person seller, customer;
static struct goods  goods;
static const char   *address;

static void
need_people(void)
{
	if (address != NULL)
		return;
	seller = person_new("shopkeeper");
	customer = person_new("customer");
	goods = goods_new(&seller, "15.00", 1000);
	address = address_new(&customer);
}

/* Browse, order, pay, and see it paid. */
static void
purchase(void)
{
	const char   *order;
	struct answer answer;

	EXPECT(api_get("/products?limit=12", NULL), 200);
	EXPECT(api_get("/categories/tree", NULL), 200);
	order = order_new(&customer, address, &goods, 1);
	answer = payment_new(&customer, order, "stripe");
	EXPECT(answer, 201);
	sandbox_act("pay", text_at(&answer, "provider_transaction_id"));
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", order);
}

/* How large a file the processes of the programs may write. */
static void
limit_files(rlim_t bytes)
{
	for (size_t i = 0; i < PROGRAMS; i++) {
		pid_t  pids[PART_PROCESSES_MAX + 1];
		size_t count = part_workers(programs[i], pids);

		pids[count] = part_process(programs[i]);
		for (size_t j = 0; j <= count; j++) {
			struct rlimit limit;

			CHECK_INT(prlimit(pids[j], RLIMIT_FSIZE, NULL, &limit), 0);
			limit.rlim_cur = bytes < limit.rlim_max ? bytes : limit.rlim_max;
			CHECK_INT(prlimit(pids[j], RLIMIT_FSIZE, &limit, NULL), 0);
		}
	}
}

/* All processes of the programs in one number. */
static int64_t
roll_call(void)
{
	uint64_t sum = 0;

	for (size_t i = 0; i < PROGRAMS; i++) {
		pid_t  pids[PART_PROCESSES_MAX];
		size_t count = part_workers(programs[i], pids);

		sum = sum * 31 + (uint64_t)part_process(programs[i]);
		for (size_t j = 0; j < count; j++)
			sum = sum * 31 + (uint64_t)pids[j];
	}
	return (int64_t)sum;
}

static int64_t
log_bytes(void)
{
	struct stat log;

	return stat(form("%s/log/api.log", shop_directory()), &log) == 0 ? (int64_t)log.st_size : -1;
}

static void
test_log_that_cannot_be_written(void)
{
	int64_t before, written;

	need_people();
	before = roll_call();
	limit_files(0);
	written = log_bytes();
	for (int i = 0; i < PURCHASES; i++)
		purchase();
	CHECK_INT(log_bytes(), written);
	limit_files(RLIM_INFINITY);
	CHECK_INT(roll_call(), before);
	purchase();
	CHECK(log_bytes() > written);
	EXPECT_CONSISTENT();
}

/* A file system of its own that has no byte left; NULL where we may not mount one. */
static const char *
full_directory(void)
{
	const char *path = form("%s/tiny", shop_directory());
	char        zeros[TINY_FILL] = "";
	int         file;

	mkdir(path, 0700);
	if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=0700") != 0)
		return NULL;
	file = open(form("%s/fill", path), O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
	REQUIRE(file >= 0);
	for (size_t length = sizeof zeros; length > 0; length /= 2)
		while (write(file, zeros, length) == (ssize_t)length)
			;
	close(file);
	return path;
}

/* The pools that keep something there: metrics, and the circuits of providers. */
static void
restart_pools_in(const char *directory)
{
	if (directory == NULL)
		unsetenv("HAAT_RUN_DIRECTORY");
	else
		setenv("HAAT_RUN_DIRECTORY", directory, 1);
	part_kill("api");
	part_kill("pay");
	part_start("api");
	part_start("pay");
}

static void
test_full_run_directory(void)
{
	const char   *path;
	struct answer answer;

	need_people();
	path = full_directory();
	if (path == NULL) {
		skip_test("no file system can be mounted here");
		return;
	}
	restart_pools_in(path);
	answer = api_get("/ready", NULL);
	EXPECT_PROBLEM(answer, 503, "not_ready");
	CHECK(has_at(&answer, "details.disk"));
	CHECK(!has_at(&answer, "details.database"));
	EXPECT(api_get("/health", NULL), 200);
	EXPECT(api_get("/metrics", NULL), 200);
	for (int i = 0; i < PURCHASES; i++)
		purchase();
	restart_pools_in(NULL);
	CHECK_INT(umount2(path, MNT_DETACH), 0);
	rmdir(path);
	wait_until_ready_says(200);
	EXPECT_CONSISTENT();
}

/* One call of each pool. */
static struct answer
call_pool(const char *pool)
{
	if (strcmp(pool, "auth") == 0)
		return api_post("/accounts/login", NULL, "{\"email\": \"nobody@people.test\", \"password\": \"Nothing-7-Here\"}");
	if (strcmp(pool, "pay") == 0)
		return api_post("/payments", customer.access,
		    "{\"order_id\": \"00000000-0000-7000-8000-000000000000\", \"provider\": \"stripe\"}");
	if (strcmp(pool, "hooks") == 0)
		return api_post("/webhooks/stripe", NULL, "{}");
	return api_get("/products?limit=1", NULL);
}

/* What the pool says when it is there. */
static int
status_of_pool(const char *pool)
{
	return strcmp(pool, "api") == 0 ? 200 : strcmp(pool, "pay") == 0 ? 404 : 401;
}

static void
test_pool_that_is_gone(void)
{
	static const char *const pools[] = { "api", "auth", "pay", "hooks" };

	need_people();
	for (size_t i = 0; i < 4; i++) {
		struct answer answer;

		part_kill(pools[i]);
		answer = call_pool(pools[i]);
		EXPECT_PROBLEM(answer, 502, "bad_gateway");
		CHECK_TEXT(header_of(&answer, "Content-Type"), "application/json; charset=utf-8");
		CHECK(header_of(&answer, "Retry-After") != NULL);
		for (size_t j = 0; j < 4; j++)
			if (j != i)
				EXPECT(call_pool(pools[j]), status_of_pool(pools[j]));
		part_start(pools[i]);
		EXPECT(call_pool(pools[i]), status_of_pool(pools[i]));
	}
	purchase();
	EXPECT_CONSISTENT();
}

static void
test_pool_that_stands_still(void)
{
	struct answer answer;

	need_people();
	part_signal("api", SIGSTOP);
	answer = api_get("/products?limit=1", NULL);
	part_signal("api", SIGCONT);
	EXPECT_PROBLEM(answer, 504, "gateway_timeout");
	CHECK(answer.milliseconds < GATEWAY_MS);
	wait_until_ready_says(200);
	purchase();
	EXPECT_CONSISTENT();
}

SUITE("full disks and absent workers", TEST(test_log_that_cannot_be_written), TEST(test_full_run_directory),
    TEST(test_pool_that_is_gone), TEST(test_pool_that_stands_still))
