/* What leaves the shop, while parts of it die or hang: nothing is lost, nothing is out of order, and one delays no other. */
#include "tests/api/receiver.h"
#include "tests/faults/stack.h"

#include <arpa/inet.h>
#include <json-c/json.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
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

/* So many changes, and that is written down.  (An empty queue tells nothing: what happened last may not have come to it yet.) */
static void
wait_until_delivered(const struct told *told, int count)
{
	WAIT_FOR(form("%d", count), "SELECT COUNT(*) FROM webhook_deliveries WHERE endpoint_id = '%s' AND status = 'delivered'",
	    told->endpoint);
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
		wait_until_delivered(&told, (round + 1) * CHANGES / 2);
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
	wait_until_delivered(&told, CHANGES / 2);
	part_signal("jobs", SIGSTOP);
	for (int i = CHANGES / 2; i < CHANGES; i++)
		change_name(&told, i);
	came = receiver_wait(told.receiver, CHANGES);
	part_signal("jobs", SIGCONT);
	REQUIRE(came == CHANGES);
	wait_until_delivered(&told, CHANGES);
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
	wait_until_delivered(&told, CHANGES);
	expect_all_in_order(&told, CHANGES);
}

/* ---- one delays no other ---- */

enum { ROUNDS = 7, DELAY_MS = 1000, WAIT_MS = 30000, LOOK_MS = 5 };

/* What leaves the shop: by mail, to an endpoint, to SQS. */
enum way { MAIL, ENDPOINT, SQS, WAYS };

static const char *const way_names[] = { "mail", "endpoint", "SQS" };

/* A mail server that takes connections and says nothing: letters are sent to it, and none ever is. */
static struct {
	int fd, port;
} deaf;

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

/* From the answer of the change to when the receiver has it. */
static int64_t
delivery_ms(const struct told *told, int number)
{
	size_t  before = receiver_count(told->receiver);
	int64_t begun = now_ms();

	change_name(told, number);
	if (receiver_wait(told->receiver, before + 1) != before + 1)
		return INT64_MAX;
	return receiver_got(told->receiver, before).at_ms - begun;
}

/* The same for SQS, which is asked. */
static int64_t
message_ms(const struct told *told, int number)
{
	const char   *path = form("/sandbox/sqs/messages/merchant-%s", told->seller.merchant);
	struct answer answer = sandbox_call(path, NULL);
	int64_t       before = number_at(&answer, "count"), begun = now_ms();

	change_name(told, number);
	while (answer = sandbox_call(path, NULL), number_at(&answer, "count") <= before) {
		if (now_ms() > begun + WAIT_MS)
			return INT64_MAX;
		pause_ms(LOOK_MS);
	}
	return now_ms() - begun;
}

/* A letter that is to be sent now; its id. */
static const char *
letter_new(const struct told *told)
{
	const char *mail = sql_text("SELECT UUID()");

	sql_run("INSERT INTO mails (id, kind, cause_id, about_id, recipient_kind, recipient_id) "
		"VALUES ('%s', 'merchant-active', UNHEX(REPLACE(UUID(), '-', '')), '%s', 'user', '%s')",
	    mail, told->seller.merchant, told->seller.id);
	sql_run(
	    "INSERT INTO jobs (id, kind, lane, payload, max_attempts) VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'send_letter', 'mail', "
	    "'{\"mail\":\"%s\"}', 20)",
	    mail);
	run_job_now("send_letter");
	return mail;
}

static int64_t
letter_ms(const struct told *told)
{
	int64_t     begun = now_ms();
	const char *mail = letter_new(told);

	while (strcmp(sql_text("SELECT status FROM mails WHERE id = '%s'", mail), "sent") != 0) {
		if (now_ms() > begun + WAIT_MS)
			return INT64_MAX;
		pause_ms(LOOK_MS);
	}
	return now_ms() - begun;
}

static int
compare(const void *a, const void *b)
{
	const int64_t *one = a, *other = b;

	return (*one > *other) - (*one < *other);
}

/* The median of a few: others use the machine, too. */
static int64_t
median_ms(enum way way, const struct told *told)
{
	int64_t ms[ROUNDS];

	for (int i = 0; i < ROUNDS; i++)
		ms[i] = way == MAIL ? letter_ms(told) : way == SQS ? message_ms(told, i) : delivery_ms(told, i);
	qsort(ms, ROUNDS, sizeof *ms, compare);
	return ms[ROUNDS / 2];
}

static void
start_deaf_server(void)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t          length = sizeof address;

	deaf.fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	REQUIRE(deaf.fd >= 0 && bind(deaf.fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(deaf.fd, 64) == 0);
	REQUIRE(getsockname(deaf.fd, (struct sockaddr *)&address, &length) == 0);
	deaf.port = ntohs(address.sin_port);
}

/* The jobs begin anew with the mail server that says nothing, or as the shop has it. */
static void
restart_jobs(bool with_deaf_server)
{
	static const char       *lease;
	static const char *const names[] = { "HAAT_MAIL_HOST", "HAAT_MAIL_PORT", "HAAT_MAIL_TLS", "HAAT_MAIL_TIMEOUT_MS" };
	const char *const        values[] = { "127.0.0.1", form("%d", deaf.port), "none", form("%d", WAIT_MS) };

	if (lease == NULL)
		lease = form("%s", getenv("HAAT_JOBS_LEASE_SECONDS") == NULL ? "" : getenv("HAAT_JOBS_LEASE_SECONDS"));
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		if (with_deaf_server)
			setenv(names[i], values[i], 1);
		else
			unsetenv(names[i]);
	if (with_deaf_server)
		setenv("HAAT_JOBS_LEASE_SECONDS", form("%d", WAIT_MS * 2 / 1000), 1);
	else if (*lease != '\0')
		setenv("HAAT_JOBS_LEASE_SECONDS", lease, 1);
	else
		unsetenv("HAAT_JOBS_LEASE_SECONDS");
	part_stop("jobs");
	part_start("jobs");
}

/* One of them hangs, and has something to do. */
static void
break_way(enum way way, const struct told *well, const struct told *hanging)
{
	size_t before = receiver_count(hanging->receiver);

	switch (way) {
	case MAIL:
		restart_jobs(true);
		for (int i = 0; i < CHANGES; i++)
			letter_new(well);
		WAIT_FOR("1", "SELECT COUNT(*) > 0 FROM jobs WHERE kind = 'send_letter' AND status = 'running'");
		break;
	case ENDPOINT:
		receiver_manner(hanging->receiver, HANGS, 200, "");
		change_name(hanging, 0);
		REQUIRE(receiver_wait(hanging->receiver, before + 1) == before + 1);
		break;
	case SQS:
		part_signal("sandbox", SIGSTOP);
		change_name(well, 0);
		break;
	case WAYS:
		break;
	}
}

static void
mend_way(enum way way, const struct told *well, const struct told *hanging)
{
	if (way == SQS)
		part_signal("sandbox", SIGCONT);
	if (way == ENDPOINT)
		receiver_manner(hanging->receiver, ANSWERS, 200, "");
	if (way == MAIL) {
		close(deaf.fd); /* and with it all connections to it */
		restart_jobs(false);
		run_job_now("send_letter");
	}
	hurry(hanging);
	/* And each gets all that it has missed. */
	WAIT_FOR("0", "SELECT COUNT(*) FROM webhook_queue WHERE endpoint_id IN ('%s', '%s')", well->endpoint, hanging->endpoint);
	WAIT_FOR("0", "SELECT COUNT(*) FROM mails WHERE status = 'waiting' AND about_id = '%s'", well->seller.merchant);
	WAIT_FOR("0",
	    "SELECT COUNT(*) FROM events e JOIN event_cursors c ON c.consumer = 'sqs' WHERE e.aggregate_id = '%s' AND "
	    "IFNULL(e.batch, c.batch + 1) > c.batch",
	    well->product);
}

/* The mail server hangs, an endpoint hangs, SQS stands still: of the others none is a second later than without. */
static void
test_independent(void)
{
	struct told well = told_new(), hanging = { .seller = well.seller, .product = well.product };
	int64_t     free_ms[WAYS], with_ms;

	listen_to(&hanging);
	start_deaf_server();
	for (enum way way = 0; way < WAYS; way++)
		free_ms[way] = median_ms(way, &well);
	for (enum way broken = 0; broken < WAYS; broken++) {
		break_way(broken, &well, &hanging);
		for (enum way way = 0; way < WAYS; way++) {
			if (way == broken && way != ENDPOINT) /* another endpoint is none that hangs */
				continue;
			with_ms = median_ms(way, &well);
			printf("\n    %s hangs: %s after %lld ms, else %lld ", way_names[broken], way_names[way],
			    (long long)with_ms, (long long)free_ms[way]);
			CHECK(with_ms < free_ms[way] + DELAY_MS);
			CHECK(free_ms[way] < WAIT_MS);
		}
		mend_way(broken, &well, &hanging);
	}
}

SUITE("faults: what leaves the shop", TEST(test_killed_process), TEST(test_two_processes), TEST(test_database_gone),
    TEST(test_independent))
