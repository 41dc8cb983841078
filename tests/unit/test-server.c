/* The worker's loop, spoken to in FastCGI records over its socket, without nginx in between. */
#include "base/arena.h"
#include "base/instant.h"
#include "base/text.h"
#include "http/server.h"
#include "tests/suite.h"

#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 };
enum { PATIENCE_MS = 20000, BODY_LIMIT = 50000 };

static struct sockaddr_un address;
static pid_t              worker;
static struct arena      *arena;

/* "/read" reads the body and says what came; "/idle" says how often the idle callback ran; all else leaves it unread. */
static void
answer(FCGX_Request *request, void *argument)
{
	const char *path = FCGX_GetParam("PATH", request->envp);
	struct text body = text_new(arena, 16);
	uint64_t    sum = 0;

	if (strcmp(path, "/idle") == 0) {
		FCGX_PutS(*(int *)argument > 0 ? "1" : "0", request->out);
		return;
	}
	if (strcmp(path, "/read") != 0) {
		FCGX_PutS("unread", request->out);
		return;
	}
	switch (request_body_read(request, &body, BODY_LIMIT)) {
	case BODY_WHOLE:
		for (size_t i = 0; i < body.length; i++)
			sum += (unsigned char)body.bytes[i];
		FCGX_PutS(arena_format(arena, "%zu %llu", body.length, (unsigned long long)sum), request->out);
		break;
	case BODY_TOO_LARGE:
		FCGX_PutS("too large", request->out);
		break;
	case BODY_CUT_OFF:
		FCGX_PutS("cut off", request->out);
		break;
	}
}

static void
finished(void *argument)
{
	(void)argument;
	arena_reset(arena);
}

static void
idle(void *argument)
{
	++*(int *)argument;
}

static void
begin(unsigned slots, int grace_ms)
{
	int           idles = 0, fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct server server = { .listen_fd = fd,
		.slots = slots,
		.grace_ms = grace_ms,
		.serve = answer,
		.finished = finished,
		.idle = idle,
		.idle_every_ms = 1,
		.argument = &idles };
	sigset_t      term;

	arena = arena_new(8 << 20);
	address = (struct sockaddr_un) { .sun_family = AF_UNIX };
	snprintf(address.sun_path + 1, sizeof address.sun_path - 1, "haat-test-server-%d-%lld", (int)getpid(),
	    (long long)monotonic_us());
	REQUIRE(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 50) == 0);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL); /* as the master does, so that none is lost before the loop runs */
	fflush(NULL);
	worker = fork();
	REQUIRE(worker >= 0);
	if (worker == 0)
		exit(server_run(&server) == 0 ? 0 : 1);
	close(fd);
}

static void
expect_end(void)
{
	int status = -1;

	REQUIRE(waitpid(worker, &status, 0) == worker);
	CHECK(WIFEXITED(status));
	CHECK_INT(WEXITSTATUS(status), 0);
	arena_free(arena);
}

static int
dial(void)
{
	struct timeval patience = { .tv_sec = PATIENCE_MS / 1000 };
	int            fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	REQUIRE(fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0);
	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
	return fd;
}

static void
add_record(struct text *text, int type, const void *bytes, size_t length)
{
	unsigned char header[8] = { 1, (unsigned char)type, 0, 1, (unsigned char)(length >> 8), (unsigned char)length };

	text_add(text, header, sizeof header);
	text_add(text, bytes, length);
}

static void
add_parameter(struct text *text, const char *name, const char *value)
{
	text_add_char(text, (char)strlen(name));
	text_add_char(text, (char)strlen(value));
	text_add_string(text, name);
	text_add_string(text, value);
}

/* Everything of a request but the end of its body. */
static struct text
request_text(const char *path, size_t declared, const char *body, size_t length)
{
	static const unsigned char begin_body[8] = { 0, 1, 1 }; /* responder, connection kept */
	struct text                request = text_new(arena, 1000), parameters = text_new(arena, 100);
	char                       number[24];

	snprintf(number, sizeof number, "%zu", declared);
	add_parameter(&parameters, "PATH", path);
	add_parameter(&parameters, "CONTENT_LENGTH", number);
	add_record(&request, BEGIN_REQUEST, begin_body, sizeof begin_body);
	add_record(&request, PARAMS, parameters.bytes, parameters.length);
	add_record(&request, PARAMS, NULL, 0);
	for (size_t sent = 0, piece; sent < length; sent += piece) {
		piece = length - sent < 30000 ? length - sent : 30000;
		add_record(&request, STDIN, body + sent, piece);
	}
	return request;
}

static void
ask(int fd, const char *path, const char *body, size_t length)
{
	struct text request = request_text(path, length, body, length);

	add_record(&request, STDIN, NULL, 0);
	CHECK_INT(send(fd, request.bytes, request.length, MSG_NOSIGNAL), (int64_t)request.length);
}

/* The answer up to its END_REQUEST; NULL when the connection ends before. */
static const char *
hear(int fd)
{
	struct text   heard = text_new(arena, 100);
	unsigned char header[8];
	char          bytes[65536 + 256];

	while (recv(fd, header, sizeof header, MSG_WAITALL) == (ssize_t)sizeof header) {
		size_t length = (size_t)header[4] << 8 | header[5], padding = header[6];

		if (length + padding > 0 && recv(fd, bytes, length + padding, MSG_WAITALL) != (ssize_t)(length + padding))
			return NULL;
		if (header[1] == STDOUT)
			text_add(&heard, bytes, length);
		if (header[1] == END_REQUEST)
			return heard.bytes;
	}
	return NULL;
}

static void
test_bodies(void)
{
	char body[BODY_LIMIT + 1];
	int  fd;

	memset(body, 3, sizeof body);
	begin(2, 0);
	fd = dial();
	ask(fd, "/read", "abc", 3);
	CHECK_TEXT(hear(fd), "3 294");
	ask(fd, "/read", NULL, 0);
	CHECK_TEXT(hear(fd), "0 0");
	ask(fd, "/read", body, BODY_LIMIT);
	CHECK_TEXT(hear(fd), "50000 150000");
	ask(fd, "/read", body, BODY_LIMIT + 1);
	CHECK_TEXT(hear(fd), "too large");
	for (int i = 0; i < 3; i++) {
		ask(fd, "/leave", body, sizeof body);
		CHECK_TEXT(hear(fd), "unread");
	}
	ask(fd, "/read", "abc", 3);
	CHECK_TEXT(hear(fd), "3 294");
	close(fd);
	kill(worker, SIGTERM);
	expect_end();
}

static void
test_cut_off_bodies(void)
{
	struct text request;
	int         fd;

	begin(2, 0);
	fd = dial();
	request = request_text("/read", 10, "abc", 3);
	add_record(&request, STDIN, NULL, 0);
	CHECK_INT(send(fd, request.bytes, request.length, MSG_NOSIGNAL), (int64_t)request.length);
	CHECK_TEXT(hear(fd), "cut off");
	request = request_text("/read", 10, "abc", 3);
	CHECK_INT(send(fd, request.bytes, request.length, MSG_NOSIGNAL), (int64_t)request.length);
	shutdown(fd, SHUT_WR);
	CHECK_TEXT(hear(fd), "cut off");
	close(fd);
	fd = dial();
	request = request_text("/read", 10, "abc", 3);
	CHECK_INT(send(fd, request.bytes, 30, MSG_NOSIGNAL), 30); /* not even all parameters */
	close(fd);
	fd = dial();
	CHECK_INT(send(fd, "GET / HTTP/1.1\r\n\r\n", 18, MSG_NOSIGNAL), 18); /* another protocol */
	CHECK_TEXT(hear(fd), NULL);
	close(fd);
	fd = dial();
	ask(fd, "/read", "abc", 3);
	CHECK_TEXT(hear(fd), "3 294");
	close(fd);
	kill(worker, SIGTERM);
	expect_end();
}

static void
test_idle_connection_does_not_pin(void)
{
	int first, second, third;

	begin(2, 0);
	first = dial();
	ask(first, "/", NULL, 0);
	CHECK_TEXT(hear(first), "unread");
	second = dial();
	ask(second, "/", NULL, 0);
	CHECK_TEXT(hear(second), "unread");
	third = dial();
	ask(third, "/", NULL, 0); /* waits: no slot is free */
	ask(first, "/", NULL, 0);
	CHECK_TEXT(hear(first), "unread");
	ask(second, "/", NULL, 0);
	CHECK_TEXT(hear(second), "unread");
	close(first);
	CHECK_TEXT(hear(third), "unread");
	ask(third, "/idle", NULL, 0);
	CHECK_TEXT(hear(third), "1");
	close(second);
	close(third);
	kill(worker, SIGTERM);
	expect_end();
}

static void
test_draining_worker_answers_until_closed(void)
{
	int first, second, late;

	begin(4, 0);
	first = dial();
	ask(first, "/", NULL, 0);
	CHECK_TEXT(hear(first), "unread");
	second = dial();
	ask(second, "/", NULL, 0);
	CHECK_TEXT(hear(second), "unread");
	kill(worker, SIGTERM);
	for (int i = 0; i < 50; i++) {
		ask(first, "/read", "abc", 3);
		CHECK_TEXT(hear(first), "3 294");
	}
	late = dial(); /* left to a successor */
	ask(late, "/", NULL, 0);
	close(first);
	ask(second, "/read", "abc", 3);
	CHECK_TEXT(hear(second), "3 294");
	CHECK_INT(waitpid(worker, NULL, WNOHANG), 0);
	close(second);
	expect_end();
	close(late);
}

static void
test_drain_is_bounded(void)
{
	struct pollfd end_of_busy;
	int           idle_fd, busy;
	char          byte;

	begin(4, 200);
	idle_fd = dial();
	ask(idle_fd, "/", NULL, 0);
	CHECK_TEXT(hear(idle_fd), "unread");
	busy = dial();
	ask(busy, "/", NULL, 0);
	CHECK_TEXT(hear(busy), "unread");
	kill(worker, SIGTERM);
	do {
		ask(busy, "/", NULL, 0);
		CHECK_TEXT(hear(busy), "unread"); /* the last answer too comes whole, then the connection closes */
		end_of_busy = (struct pollfd) { .fd = busy, .events = POLLIN };
	} while (poll(&end_of_busy, 1, 20) == 0);
	CHECK_INT(recv(busy, &byte, 1, 0), 0);
	close(busy);
	CHECK_TEXT(hear(idle_fd), NULL);
	expect_end();
	close(idle_fd);
}

static void
test_hup_is_not_for_workers(void)
{
	int fd;

	begin(1, 0);
	fd = dial();
	ask(fd, "/", NULL, 0);
	CHECK_TEXT(hear(fd), "unread");
	kill(worker, SIGHUP);
	kill(worker, SIGUSR1);
	ask(fd, "/", NULL, 0);
	CHECK_TEXT(hear(fd), "unread");
	close(fd);
	fd = dial();
	ask(fd, "/", NULL, 0);
	CHECK_TEXT(hear(fd), "unread");
	close(fd);
	kill(worker, SIGINT);
	expect_end();
}

static void
test_what_is_no_socket_is_refused(void)
{
	struct server server = { .listen_fd = -1, .slots = 1, .serve = answer };

	CHECK_INT(server_run(&server), -1);
}

SUITE("worker loop", TEST(test_bodies), TEST(test_cut_off_bodies), TEST(test_idle_connection_does_not_pin),
    TEST(test_draining_worker_answers_until_closed), TEST(test_drain_is_bounded), TEST(test_hup_is_not_for_workers),
    TEST(test_what_is_no_socket_is_refused))
