/* What leaves the shop, while parts of it die or hang: nothing is lost, nothing is out of order, and one delays no other. */
#include "tests/api/receiver.h"
#include "tests/faults/stack.h"

#include <json-c/json.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

enum { CHANGES = 12 };

struct told {
	struct person    seller;
	struct receiver *receiver;
	const char      *endpoint, *product;
};

static void
listen_to(struct told *told)
{
	struct answer made;

	told->receiver = receiver_new();
	made = api_post("/webhook-endpoints", told->seller.access,
	    form("{\"url\": \"%s\", \"event_types\": [\"product.changed\"]}", receiver_url(told->receiver, "")));
	EXPECT(made, 201);
	told->endpoint = text_at(&made, "id");
}

static struct told
told_new(void)
{
	struct told told = { .seller = person_new("shopkeeper") };

	told.product = goods_new(&told.seller, "20.00", 5).product;
	listen_to(&told);
	return told;
}

static void
change_name(const struct told *told, int number)
{
	EXPECT(api_patch(form("/products/%s", told->product), told->seller.access, form("{\"name\": \"name %d\"}", number)), 200);
}

static void
hurry(const struct told *told)
{
	sql_run("UPDATE webhook_queue SET due_at = NOW(3) WHERE endpoint_id = '%s'", told->endpoint);
}

static void
expect_all_in_order(const struct told *told, int count)
{
	int next = 0;

	for (size_t i = 0; i < receiver_count(told->receiver); i++) {
		struct answer body = { .json = json_tokener_parse(receiver_got(told->receiver, i).body) };
		int           number = -1;

		sscanf(text_at(&body, "data.name"), "name %d", &number);
		CHECK(number <= next);
		if (number == next)
			next++;
	}
	CHECK_INT(next, count);
}

/* Killed in the middle of a delivery, again and again: another takes over by the lease. */
static void
test_killed_process(void)
{
	struct told told = told_new();
	pid_t       pids[PART_PROCESSES_MAX];

	for (int round = 0; round < 2; round++) {
		size_t before = receiver_count(told.receiver), count;

		receiver_manner(told.receiver, HANGS, 200, "");
		for (int i = 0; i < CHANGES / 2; i++)
			change_name(&told, round * CHANGES / 2 + i);
		REQUIRE(receiver_wait(told.receiver, before + 1) == before + 1);
		count = part_workers("jobs", pids);
		for (size_t i = 0; i < count; i++)
			kill(pids[i], SIGKILL);
		receiver_manner(told.receiver, ANSWERS, 200, "");
		WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint);
	}
	expect_all_in_order(&told, CHANGES);
	/* What was under way came twice, with one id. */
	CHECK_TEXT(receiver_got(told.receiver, 0).id, receiver_got(told.receiver, 1).id);
}

static pid_t
second_jobs(void)
{
	const char *directory = form("%s/second", shop_directory());
	pid_t       process;

	mkdir(directory, 0700);
	process = fork();
	if (process == 0) {
		unsetenv("HAAT_BUFFER_POOL"); /* ./dev alone knows it */
		setenv("HAAT_RUN_DIRECTORY", directory, 1);
		execl(form("%s/src/haat-jobs", getenv("HAAT_BUILD")), "haat-jobs", "--config",
		    form("%s/haat.conf", shop_directory()), (char *)NULL);
		_exit(1);
	}
	return process;
}

/* Two machines: one delivers, and when it freezes the other does, and not both once it goes on. */
static void
test_two_processes(void)
{
	struct told told = told_new();
	pid_t       second = second_jobs();
	size_t      came;
	int         status;

	for (int i = 0; i < CHANGES / 2; i++)
		change_name(&told, i);
	/* Recorded too: what was not would come again. */
	WAIT_FOR(form("%d", CHANGES / 2),
	    "SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = '%s' AND status = 'delivered'", told.endpoint);
	part_signal("jobs", SIGSTOP);
	for (int i = CHANGES / 2; i < CHANGES; i++)
		change_name(&told, i);
	came = receiver_wait(told.receiver, CHANGES);
	part_signal("jobs", SIGCONT);
	REQUIRE(came == CHANGES);
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint);
	expect_all_in_order(&told, CHANGES);
	CHECK_INT(receiver_count(told.receiver), CHANGES);
	CHECK_INT(receiver_most(told.receiver), 1);
	kill(second, SIGTERM);
	waitpid(second, &status, 0);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
}

static void
test_database_gone(void)
{
	struct told told = told_new();

	receiver_manner(told.receiver, HANGS, 200, "");
	for (int i = 0; i < CHANGES; i++)
		change_name(&told, i);
	REQUIRE(receiver_wait(told.receiver, 1) == 1);
	part_kill("mariadb");
	receiver_manner(told.receiver, ANSWERS, 200, "");
	pause_ms(1000);
	part_start("mariadb");
	wait_until_ready_says(200);
	hurry(&told);
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", told.endpoint);
	expect_all_in_order(&told, CHANGES);
}

/* From the answer of the change to when the receiver has it, at best of a few. */
static int64_t
least_delay_ms(const struct told *told)
{
	int64_t least = INT64_MAX;

	for (int i = 0; i < 5; i++) {
		size_t          before = receiver_count(told->receiver);
		struct timespec now;
		int64_t         took;

		clock_gettime(CLOCK_MONOTONIC, &now);
		change_name(told, i);
		if (receiver_wait(told->receiver, before + 1) != before + 1)
			return INT64_MAX;
		took = receiver_got(told->receiver, before).at_ms - ((int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000);
		least = took < least ? took : least;
	}
	return least;
}

/* SQS stands still and an endpoint hangs: who listens well is told within the second. */
static void
test_independent(void)
{
	struct told well = told_new(), hanging = { .seller = well.seller, .product = well.product };

	listen_to(&hanging);
	receiver_manner(hanging.receiver, HANGS, 200, "");
	part_signal("sandbox", SIGSTOP);
	CHECK(least_delay_ms(&well) < 1000);
	CHECK_INT(receiver_count(hanging.receiver), 1);
	part_signal("sandbox", SIGCONT);
	receiver_manner(hanging.receiver, ANSWERS, 200, "");
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id = '%s'", hanging.endpoint);
	/* And SQS gets all that it has missed. */
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM events e JOIN event_cursors c ON c.consumer = 'sqs' WHERE e.aggregate_id = '%s' AND "
	    "IFNULL(e.batch, c.batch + 1) > c.batch",
	    well.product);
}

SUITE("faults: what leaves the shop", TEST(test_killed_process), TEST(test_two_processes), TEST(test_database_gone),
    TEST(test_independent))
