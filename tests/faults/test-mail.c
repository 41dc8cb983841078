/* A mail server that is away, hangs, or loses what we know of it; a folder without room: letters wait, nothing else does. */
#include "tests/faults/stack.h"

#include "base/instant.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	LETTERS = 6,
	LINE_ROOM = 2000,
	ID_ROOM = 120,
	TAKEN_MAX = 64,
	DELAY_MS = 1000,
	TINY_FILL = 4096,
	WAIT_MS = 30000,
	BRIEF_MS = 1000,
	LONG_MS = 20000
};

/* ---- a mail server in processes of its own ---- */

enum manner {
	ANSWERS,
	HANGS,         /* takes the connection and never says a word */
	SWALLOWS,      /* has the letter and never says so */
	KILLS_WORKERS, /* once: it has the letter, and who sent it never hears of it */
};

struct server {
	atomic_int manner, connections, taken;
	char       ids[TAKEN_MAX][ID_ROOM]; /* the Message-IDs of what it took, in that order */
	int        port;
	pid_t      process;
};

static struct server *server;

static void
say(FILE *connection, const char *answer)
{
	fprintf(connection, "%s\r\n", answer);
	fflush(connection);
}

static void
kill_workers(void)
{
	pid_t  pids[PART_PROCESSES_MAX];
	size_t count = part_workers("jobs", pids);

	for (size_t i = 0; i < count; i++)
		kill(pids[i], SIGKILL);
}

static void
take_letter(FILE *connection)
{
	char line[LINE_ROOM], id[ID_ROOM] = "";
	int  place;

	say(connection, "354 go on");
	do {
		if (fgets(line, sizeof line, connection) == NULL)
			return; /* who sent it has given up, and it is no letter */
		if (strncmp(line, "Message-ID: ", 12) == 0 && *id == '\0')
			snprintf(id, sizeof id, "%.*s", (int)strcspn(line + 12, "\r"), line + 12);
	} while (strcmp(line, ".\r\n") != 0);
	place = atomic_fetch_add(&server->taken, 1);
	if (place < TAKEN_MAX)
		memcpy(server->ids[place], id, sizeof id);
	while (atomic_load(&server->manner) == SWALLOWS)
		pause();
	if (atomic_load(&server->manner) == KILLS_WORKERS) {
		atomic_store(&server->manner, ANSWERS);
		kill_workers();
	}
	say(connection, "250 taken");
}

static void
converse(int fd)
{
	FILE *connection = fdopen(fd, "r+");
	char  line[LINE_ROOM];

	atomic_fetch_add(&server->connections, 1);
	if (connection == NULL)
		_exit(1);
	while (atomic_load(&server->manner) == HANGS)
		pause();
	setvbuf(connection, NULL, _IONBF, 0);
	say(connection, "220 mail.haat.test");
	while (fgets(line, sizeof line, connection) != NULL) {
		if (strncmp(line, "DATA", 4) == 0)
			take_letter(connection);
		else if (strncmp(line, "QUIT", 4) == 0)
			break;
		else
			say(connection, "250 ok");
	}
	say(connection, "221 bye");
}

static int
listen_at(int port)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)port), .sin_addr = { htonl(INADDR_LOOPBACK) }
	};
	socklen_t length = sizeof address;
	int       fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), yes = 1;

	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
	for (int64_t end = monotonic_ms() + WAIT_MS;
	     bind(fd, (struct sockaddr *)&address, sizeof address) != 0 && monotonic_ms() < end;)
		pause_ms(10);
	REQUIRE(fd >= 0 && listen(fd, 64) == 0);
	REQUIRE(getsockname(fd, (struct sockaddr *)&address, &length) == 0);
	server->port = ntohs(address.sin_port);
	return fd;
}

static void
server_stop(void)
{
	if (server->process == 0)
		return;
	kill(-server->process, SIGKILL);
	waitpid(server->process, NULL, 0);
	server->process = 0;
}

/* Anew, at the port that it has or had. */
static void
server_start(enum manner manner)
{
	int   fd;
	pid_t child;

	server_stop();
	fd = listen_at(server->port);
	atomic_store(&server->manner, manner);
	atomic_store(&server->taken, 0);
	atomic_store(&server->connections, 0);
	fflush(NULL);
	child = fork();
	REQUIRE(child >= 0);
	if (child == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		setpgid(0, 0);
		signal(SIGCHLD, SIG_IGN);
		signal(SIGPIPE, SIG_IGN);
		for (;;) {
			int connection = accept(fd, NULL, NULL);

			if (connection >= 0 && fork() == 0) {
				prctl(PR_SET_PDEATHSIG, SIGKILL);
				close(fd); /* the port is free when the one that listens is gone */
				converse(connection);
				_exit(0);
			}
			close(connection);
		}
	}
	close(fd);
	setpgid(child, child);
	server->process = child;
}

/* ---- the shop ---- */

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
	goods = goods_new(&seller, "30.00", 1000);
	address = address_new(&customer);
	server = mmap(NULL, sizeof *server, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	REQUIRE(server != MAP_FAILED);
}

/*
 * The jobs begin anew with the mail server, which they give so much time, or with this folder instead; without either as the shop has
 * it.  A lease is at least twice that time, else what tests/faults/run gives it.
 */
static void
restart_jobs(int64_t timeout_ms, const char *directory)
{
	static const char       *lease;
	static const char *const names[] = { "HAAT_MAIL_HOST", "HAAT_MAIL_PORT", "HAAT_MAIL_TLS", "HAAT_MAIL_TIMEOUT_MS",
		"HAAT_MAIL_RETRY_SECONDS", "HAAT_MAIL_DIRECTORY" };
	const char *const values[] = { "127.0.0.1", form("%d", server->port), "none", form("%lld", (long long)timeout_ms), "1" };

	if (lease == NULL)
		lease = form("%s", getenv("HAAT_JOBS_LEASE_SECONDS"));
	setenv("HAAT_JOBS_LEASE_SECONDS", timeout_ms > BRIEF_MS ? form("%lld", (long long)timeout_ms * 2 / 1000) : lease, 1);
	for (size_t i = 0; i < sizeof names / sizeof *names; i++)
		unsetenv(names[i]);
	for (size_t i = 0; timeout_ms > 0 && i < sizeof values / sizeof *values; i++)
		setenv(names[i], values[i], 1);
	if (directory != NULL)
		setenv("HAAT_MAIL_DIRECTORY", directory, 1);
	part_stop("jobs");
	part_start("jobs");
}

/* A letter that is to be sent now; its id. */
static const char *
letter_new(void)
{
	const char *mail = sql_text("SELECT UUID()");

	sql_run("INSERT INTO mails (id, kind, cause_id, about_id, recipient_kind, recipient_id) "
		"VALUES ('%s', 'merchant-active', UNHEX(REPLACE(UUID(), '-', '')), '%s', 'user', '%s')",
	    mail, seller.merchant, seller.id);
	sql_run(
	    "INSERT INTO jobs (id, kind, lane, payload, max_attempts) VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'send_letter', 'mail', "
	    "'{\"mail\":\"%s\"}', 3)",
	    mail);
	return mail;
}

static void
letters_new(const char *mails[LETTERS])
{
	for (size_t i = 0; i < LETTERS; i++)
		mails[i] = letter_new();
	run_job_now("send_letter");
}

static int64_t
count_of_id(const char *mail)
{
	const char *id = form("<mail.%s@haat.test>", mail);
	int64_t     count = 0;

	for (int i = 0; i < atomic_load(&server->taken) && i < TAKEN_MAX; i++)
		count += strcmp(server->ids[i], id) == 0;
	return count;
}

/* All were sent, once each, and no attempt is left in the queue. */
static void
wait_for_letters(const char *mails[LETTERS])
{
	for (size_t i = 0; i < LETTERS; i++) {
		WAIT_FOR("sent", "SELECT status FROM mails WHERE id = '%s'", mails[i]);
		CHECK_INT(count_of_id(mails[i]), 1);
	}
}

/* How long it takes until a paid order that is cancelled has its money back: two jobs of another lane. */
static int64_t
refund_ms(void)
{
	struct attempt attempt = attempt_paid(&customer, order_new(&customer, address, &goods, 1));
	int64_t        begun;

	EXPECT(api_post(form("/orders/%s/cancel", attempt.order), customer.access, "{\"reason\": \"changed my mind\"}"), 200);
	begun = monotonic_ms();
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", attempt.reference);
	return monotonic_ms() - begun;
}

/* The quickest of three: others use the machine, too. */
static int64_t
best_refund_ms(void)
{
	int64_t best = refund_ms();

	for (int i = 1; i < 3; i++) {
		int64_t ms = refund_ms();

		best = ms < best ? ms : best;
	}
	return best;
}

/* A number of outcomes since the shop began. */
static int64_t
counted(const char *outcome)
{
	struct answer answer = api_get("/metrics", NULL);
	const char   *name = form("\nhaat_mails_total{outcome=\"%s\"} ", outcome), *at = strstr(answer.body, name);

	return at == NULL ? 0 : strtoll(at + strlen(name), NULL, 10);
}

static void
wait_until_counted(const char *outcome, int64_t least)
{
	int64_t end = monotonic_ms() + WAIT_MS;

	while (counted(outcome) < least && monotonic_ms() < end)
		pause_ms(50);
	CHECK(counted(outcome) >= least);
}

/* Nobody listens there: letters wait as long as that lasts, and none uses up an attempt; then all go. */
static void
test_server_is_away(void)
{
	const char *mails[LETTERS];
	int64_t     before;

	need_people();
	server_start(ANSWERS);
	server_stop();
	restart_jobs(BRIEF_MS, NULL);
	before = counted("unavailable");
	letters_new(mails);
	/* More than all the attempts of one letter; the circuit has opened and let probes through. */
	wait_until_counted("unavailable", before + 8);
	for (size_t i = 0; i < LETTERS; i++) {
		CHECK_TEXT(sql_text("SELECT status FROM mails WHERE id = '%s'", mails[i]), "waiting");
		/* One that is just being tried has its attempt taken back when that is over. */
		CHECK_INT(sql_number("SELECT COUNT(*) FROM jobs WHERE payload = '{\"mail\":\"%s\"}' AND status <> 'dead' "
				     "AND attempts = (status = 'running')",
			      mails[i]),
		    1);
	}
	server_start(ANSWERS);
	wait_for_letters(mails);
	server_stop();
	restart_jobs(0, NULL);
}

/* It takes connections and says nothing, to all workers of the lane: no other lane is a second later. */
static void
test_server_hangs(void)
{
	const char *mails[LETTERS];
	int64_t     free_ms, hung_ms;

	need_people();
	free_ms = best_refund_ms();
	server_start(HANGS);
	restart_jobs(LONG_MS, NULL);
	letters_new(mails);
	for (int64_t end = monotonic_ms() + WAIT_MS; atomic_load(&server->connections) < 2 && monotonic_ms() < end;)
		pause_ms(10);
	CHECK(atomic_load(&server->connections) >= 2);
	hung_ms = best_refund_ms();
	printf("(refunds within %lld ms, %lld ms while it hangs) ", (long long)free_ms, (long long)hung_ms);
	CHECK(hung_ms < free_ms + DELAY_MS);
	server_start(ANSWERS);
	wait_for_letters(mails);
	server_stop();
	restart_jobs(0, NULL);
}

/*
 * It may have the letter: the same one goes twice more, so that it is not sent without end, and then a person decides.  Who lists
 * the dead finds it, without its reader.
 */
static void
test_server_swallows_letters(void)
{
	struct person admin = person_new("admin");
	struct answer dead;
	const char   *mail, *job;

	need_people();
	server_start(SWALLOWS);
	restart_jobs(BRIEF_MS, NULL);
	mail = letter_new();
	run_job_now("send_letter");
	WAIT_FOR("dead", "SELECT status FROM jobs WHERE payload = '{\"mail\":\"%s\"}'", mail);
	CHECK_TEXT(sql_text("SELECT status FROM mails WHERE id = '%s'", mail), "dead");
	CHECK_INT(atomic_load(&server->taken), 3);
	CHECK_INT(count_of_id(mail), 3);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM mails WHERE id = '%s' AND outcome LIKE '%%at end of data'", mail), 1);
	job = sql_text("SELECT id FROM jobs WHERE payload = '{\"mail\":\"%s\"}' AND status = 'dead'", mail);
	dead = api_get("/jobs?status=dead&kind=send_letter", admin.access);
	EXPECT(dead, 200);
	CHECK(strstr(dead.body, job) != NULL && strstr(dead.body, seller.email) == NULL);
	server_start(ANSWERS);
	EXPECT(api_post(form("/jobs/%s/retry", job), admin.access, "{\"reason\": \"the server says what it took\"}"), 200);
	WAIT_FOR("sent", "SELECT status FROM mails WHERE id = '%s'", mail);
	CHECK_INT(count_of_id(mail), 1);
	server_stop();
	restart_jobs(0, NULL);
}

/* The letter goes again, as the same letter: who takes it can tell by its Message-ID. */
static void
test_worker_is_killed_before_it_records(void)
{
	const char *mail;

	need_people();
	server_start(KILLS_WORKERS);
	restart_jobs(BRIEF_MS, NULL);
	mail = letter_new();
	run_job_now("send_letter");
	WAIT_FOR("sent", "SELECT status FROM mails WHERE id = '%s'", mail);
	CHECK_INT(atomic_load(&server->taken), 2);
	CHECK_INT(count_of_id(mail), 2);
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE payload = '{\"mail\":\"%s\"}'", mail);
	/* Once it is recorded it never goes again. */
	sql_run(
	    "INSERT INTO jobs (id, kind, lane, payload, max_attempts) VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'send_letter', 'mail', "
	    "'{\"mail\":\"%s\"}', 3)",
	    mail);
	run_job_now("send_letter");
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE payload = '{\"mail\":\"%s\"}'", mail);
	CHECK_INT(atomic_load(&server->taken), 2);
	server_stop();
	restart_jobs(0, NULL);
}

static void
fill(const char *path)
{
	char zeros[TINY_FILL] = "";
	int  file = open(path, O_WRONLY | O_CREAT | O_CLOEXEC, 0600);

	REQUIRE(file >= 0);
	for (size_t length = sizeof zeros; length > 0; length /= 2)
		while (write(file, zeros, length) == (ssize_t)length)
			;
	close(file);
}

/* The development profile's folder has no byte left: no half letter stands there, and the letter comes when there is room. */
static void
test_folder_is_full(void)
{
	const char *path = form("%s/tiny", shop_directory()), *mail;
	struct stat status;

	need_people();
	mkdir(path, 0700);
	if (mount("tmpfs", path, "tmpfs", MS_NOSUID | MS_NODEV, "size=64k,mode=0700") != 0) {
		skip_test("no file system can be mounted here");
		return;
	}
	fill(form("%s/fill", path));
	restart_jobs(0, path);
	mail = letter_new();
	run_job_now("send_letter");
	WAIT_FOR("1",
	    "SELECT COUNT(*) FROM jobs WHERE payload = '{\"mail\":\"%s\"}' AND attempts = 0 AND status = 'ready' "
	    "AND last_error LIKE '%%mail.directory: No space left%%'",
	    mail);
	CHECK(stat(form("%s/%s.eml", path, mail), &status) != 0 && errno == ENOENT);
	unlink(form("%s/fill", path));
	WAIT_FOR("sent", "SELECT status FROM mails WHERE id = '%s'", mail);
	CHECK(stat(form("%s/%s.eml", path, mail), &status) == 0 && status.st_size > 500);
	restart_jobs(0, NULL);
	CHECK_INT(umount2(path, MNT_DETACH), 0);
	rmdir(path);
}

SUITE("mail", TEST(test_server_is_away), TEST(test_server_hangs), TEST(test_server_swallows_letters),
    TEST(test_worker_is_killed_before_it_records), TEST(test_folder_is_full))
