/* The master with real processes.  Workers report what they do through a pipe; nothing here sleeps. */
#include "base/instant.h"
#include "http/master.h"
#include "tests/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORKERS = 3, PATIENCE_MS = 20000, HANGS_MS = 100, WELL_MS = 5000 };

enum what { NOTHING, STARTED, ENDED, REFUSED };

struct report {
	enum what what;
	int       index;
	pid_t     pid;
	int64_t   at_ms;
	bool      draining; /* the master was told to stop */
	int       read;     /* what its configuration says */
};

/* Shared with the workers: how the next ones behave. */
struct mood {
	bool never_ready, deaf, ends_at_once, unreadable;
	int  written; /* what reload reads */
};

/* Shared with the master too: how long it waits for the next ones.  A busy machine may take its time for those that are well. */
struct shared {
	struct mood   mood;
	struct master master;
};

static int                     reports[2], notified;
static volatile struct shared *shared;
static pid_t                   master_pid;
static int                     last_read; /* by the master, and so by the workers that it forks afterwards */

static void
report(enum what what, int index)
{
	struct report report = { .what = what,
		.index = index,
		.pid = getpid(),
		.at_ms = monotonic_ms(),
		.draining = worker_draining(),
		.read = last_read };

	if (write(reports[1], &report, sizeof report) != (ssize_t)sizeof report)
		_exit(99);
}

static int
work(int index, void *argument)
{
	struct mood own = shared->mood; /* before the report, after which the test changes it */
	sigset_t    signals;

	(void)argument;
	report(STARTED, index);
	if (own.ends_at_once)
		return 3;
	if (!own.never_ready)
		worker_ready();
	sigemptyset(&signals);
	sigaddset(&signals, own.deaf ? SIGUSR2 : SIGTERM);
	while (sigwaitinfo(&signals, NULL) < 0)
		continue;
	report(ENDED, index);
	return 0;
}

static bool
reload(void *argument)
{
	(void)argument;
	if (shared->mood.unreadable) {
		report(REFUSED, 0);
		return false;
	}
	last_read = shared->mood.written;
	return true;
}

static void
begin(struct mood first_mood, int drain_ms)
{
	static int         count;
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	char               name[64];
	int                length = snprintf(name, sizeof name, "@haat-test-master-%d-%d", (int)getpid(), count++);

	memcpy(address.sun_path + 1, name + 1, (size_t)length - 1);
	notified = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	REQUIRE(notified >= 0 && pipe2(reports, O_CLOEXEC) == 0);
	REQUIRE(bind(notified, (struct sockaddr *)&address,
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + (size_t)length)) == 0);
	setenv("NOTIFY_SOCKET", name, 1);
	shared = mmap(NULL, sizeof *shared, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(shared != MAP_FAILED);
	*shared = (struct shared) { first_mood, { .workers = WORKERS, .work = work, .drain_ms = drain_ms, .reload = reload } };
	fflush(NULL);
	master_pid = fork();
	REQUIRE(master_pid >= 0);
	if (master_pid == 0)
		exit(master_run((struct master *)&shared->master) == 0 ? 0 : 1);
}

/* The next report; .what is NOTHING when none comes. */
static struct report
next_report(void)
{
	struct pollfd poll_ = { .fd = reports[0], .events = POLLIN };
	struct report next = { 0 };

	if (poll(&poll_, 1, PATIENCE_MS) != 1 || read(reports[0], &next, sizeof next) != (ssize_t)sizeof next)
		next.what = NOTHING;
	return next;
}

/* Waits for a datagram of the master that begins with `state`. */
static void
expect_notice(const char *state)
{
	struct pollfd poll_ = { .fd = notified, .events = POLLIN };
	char          got[200] = "nothing";

	if (poll(&poll_, 1, PATIENCE_MS) == 1) {
		ssize_t length = recv(notified, got, sizeof got - 1, 0);

		got[length < 0 ? 0 : length] = '\0';
	}
	got[strlen(state) < sizeof got ? strlen(state) : 0] = '\0';
	CHECK_TEXT(got, state);
}

static void
collect_first(pid_t pids[WORKERS])
{
	memset(pids, 0, WORKERS * sizeof *pids);
	for (int i = 0; i < WORKERS; i++) {
		struct report started = next_report();

		REQUIRE(started.what == STARTED && started.index >= 0 && started.index < WORKERS);
		CHECK_INT(pids[started.index], 0);
		pids[started.index] = started.pid;
	}
	expect_notice("READY=1");
}

/*
 * The next workers hang, and are killed soon; or they are well, and have the time that they need.  One that just begins may
 * get one of both: then the test takes longer.
 */
static void
let_hang(bool hang)
{
	shared->mood.never_ready = hang;
	shared->master.ready_ms = hang ? HANGS_MS : WELL_MS;
}

static void
close_all(void)
{
	close(reports[0]);
	close(reports[1]);
	close(notified);
	munmap((void *)shared, sizeof *shared);
}

/* TERM; the master must end well, and as many workers with it as `ended` says. */
static void
end(int ended)
{
	int status = -1;

	kill(master_pid, SIGTERM);
	expect_notice("STOPPING=1");
	REQUIRE(waitpid(master_pid, &status, 0) == master_pid);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
	for (int i = 0; i < ended; i++)
		CHECK_INT(next_report().what, ENDED);
	close_all();
}

static void
test_term_ends_all(void)
{
	pid_t pids[WORKERS];

	begin((struct mood) { 0 }, 0);
	collect_first(pids);
	end(WORKERS);
	for (int i = 0; i < WORKERS; i++)
		CHECK(kill(pids[i], 0) != 0 && errno == ESRCH);
}

static void
test_killed_worker_is_replaced(void)
{
	pid_t pids[WORKERS];

	begin((struct mood) { 0 }, 0);
	collect_first(pids);
	for (int i = 0; i < WORKERS; i++) {
		struct report started;

		kill(pids[i], SIGKILL);
		started = next_report();
		CHECK_INT(started.what, STARTED);
		CHECK_INT(started.index, i);
		CHECK(kill(pids[i], 0) != 0 && errno == ESRCH); /* no zombie */
	}
	end(WORKERS);
}

/* Reads the reports of one round of replacement: each successor starts before its predecessor ends. */
static void
expect_round(pid_t pids[WORKERS])
{
	pid_t successors[WORKERS] = { 0 };
	int   started = 0, ended = 0;

	while (ended < WORKERS) {
		struct report got = next_report();

		REQUIRE(got.what != NOTHING);
		if (got.what == STARTED) {
			CHECK_INT(got.index, started); /* one after another */
			successors[got.index] = got.pid;
			started++;
		} else {
			CHECK_INT(got.pid, pids[got.index]);
			CHECK(successors[got.index] != 0);
			ended++;
		}
	}
	CHECK_INT(started, WORKERS);
	memcpy(pids, successors, sizeof successors);
}

static void
test_hup_replaces_one_by_one(void)
{
	pid_t pids[WORKERS];

	begin((struct mood) { 0 }, 0);
	collect_first(pids);
	for (int round = 0; round < 5; round++) {
		kill(master_pid, SIGHUP);
		expect_notice("RELOADING=1\nMONOTONIC_USEC=");
		expect_round(pids);
		expect_notice("READY=1");
	}
	end(WORKERS);
}

static void
test_hup_during_replacement_is_not_lost(void)
{
	pid_t pids[WORKERS];
	int   started = 0, ended = 0;

	begin((struct mood) { 0 }, 0);
	collect_first(pids);
	let_hang(true);
	kill(master_pid, SIGHUP);
	expect_notice("RELOADING=1");
	CHECK_INT(next_report().what, STARTED); /* hangs, so that the round goes on until it is killed */
	kill(master_pid, SIGHUP);
	let_hang(false);
	expect_notice("READY=1");
	expect_notice("RELOADING=1");
	expect_notice("READY=1");
	while (ended < 2 * WORKERS) {
		struct report got = next_report();

		REQUIRE(got.what != NOTHING);
		started += got.what == STARTED;
		ended += got.what == ENDED;
	}
	CHECK(started >= 2 * WORKERS); /* more of them when another hung meanwhile */
	end(WORKERS);
}

/* The successor hangs: it is killed, tried again, and the old worker serves on until one is ready. */
static void
test_old_worker_stays_until_successor_is_ready(void)
{
	pid_t pids[WORKERS];

	begin((struct mood) { 0 }, 0);
	collect_first(pids);
	let_hang(true);
	kill(master_pid, SIGHUP);
	expect_notice("RELOADING=1");
	for (int i = 0; i < 3; i++) {
		struct report got = next_report();

		CHECK_INT(got.what, STARTED);
		CHECK_INT(got.index, 0);
	}
	CHECK_INT(kill(pids[0], 0), 0);
	let_hang(false);
	expect_notice("READY=1");
	for (int ended = 0; ended < WORKERS;) {
		struct report got = next_report();

		REQUIRE(got.what != NOTHING);
		if (got.what == ENDED) {
			CHECK_INT(got.pid, pids[got.index]);
			ended++;
		}
	}
	end(WORKERS);
}

static void
test_crash_loop_slows_down(void)
{
	int64_t last[WORKERS] = { 0 };
	int     starts[WORKERS] = { 0 };

	begin((struct mood) { .ends_at_once = true }, 0);
	while (starts[0] < 6) {
		struct report got = next_report();

		REQUIRE(got.what == STARTED);
		/* After the first: at once, then 50 ms, then twice as long each time. */
		if (starts[got.index] >= 2)
			CHECK(got.at_ms - last[got.index] >= (int64_t)50 << (starts[got.index] - 2));
		last[got.index] = got.at_ms;
		starts[got.index]++;
	}
	for (int i = 1; i < WORKERS; i++)
		CHECK(starts[i] >= 5);
	end(0);
}

static void
test_deaf_worker_is_killed(void)
{
	pid_t pids[WORKERS];

	begin((struct mood) { .deaf = true }, 100);
	collect_first(pids);
	end(0);
	for (int i = 0; i < WORKERS; i++)
		CHECK(kill(pids[i], 0) != 0 && errno == ESRCH);
}

/* Until the notice is over all goes on as before, but whoever asks is told; a second TERM ends it. */
static void
test_notice_before_the_end(void)
{
	pid_t         pids[WORKERS];
	struct report started;
	int           status = -1;

	begin((struct mood) { 0 }, 0);
	shared->master.notice_ms = 1 << 30;
	collect_first(pids);
	kill(master_pid, SIGTERM);
	expect_notice("STOPPING=1");
	kill(pids[1], SIGKILL);
	started = next_report();
	CHECK_INT(started.what, STARTED);
	CHECK(started.draining);
	kill(master_pid, SIGTERM);
	for (int i = 0; i < WORKERS; i++)
		CHECK_INT(next_report().what, ENDED);
	REQUIRE(waitpid(master_pid, &status, 0) == master_pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	close_all();
	begin((struct mood) { 0 }, 0);
	shared->master.notice_ms = 200;
	collect_first(pids);
	end(WORKERS);
	CHECK(!worker_draining());
}

/* HUP reads first; what cannot be read leaves the workers alone. */
static void
test_hup_reads_again(void)
{
	pid_t pids[WORKERS];

	begin((struct mood) { .written = 1 }, 0);
	collect_first(pids);
	shared->mood.unreadable = true;
	kill(master_pid, SIGHUP);
	CHECK_INT(next_report().what, REFUSED);
	shared->mood.unreadable = false;
	shared->mood.written = 2;
	kill(master_pid, SIGHUP);
	expect_notice("RELOADING=1");
	for (int ended = 0; ended < WORKERS;) {
		struct report got = next_report();

		REQUIRE(got.what != NOTHING);
		CHECK(got.what == ENDED || got.read == 2);
		ended += got.what == ENDED;
	}
	expect_notice("READY=1");
	end(WORKERS);
}

static void
test_workers_end_with_their_master(void)
{
	pid_t pids[WORKERS];

	begin((struct mood) { 0 }, 0);
	collect_first(pids);
	kill(master_pid, SIGKILL);
	REQUIRE(waitpid(master_pid, NULL, 0) == master_pid);
	for (int i = 0; i < WORKERS; i++)
		CHECK_INT(next_report().what, ENDED);
	close_all();
}

SUITE("master", TEST(test_term_ends_all), TEST(test_killed_worker_is_replaced), TEST(test_hup_replaces_one_by_one),
    TEST(test_hup_during_replacement_is_not_lost), TEST(test_old_worker_stays_until_successor_is_ready),
    TEST(test_crash_loop_slows_down), TEST(test_deaf_worker_is_killed), TEST(test_notice_before_the_end),
    TEST(test_hup_reads_again), TEST(test_workers_end_with_their_master))
