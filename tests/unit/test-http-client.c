/* Calls to others: what goes along, what comes back, and what is known when nothing does. */
#include "base/arena.h"
#include "base/span.h"
#include "net/http_client.h"
#include "store/work.h"
#include "tests/suite.h"

#include <arpa/inet.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#define TRACE "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"

enum { REQUEST_ROOM = 4096, TIMEOUT_MS = 300, MUCH = 600000, TOO_MUCH = (1 << 20) + 1 };

enum manner { ECHOES, HANGS_UP, SAYS_NOTHING, SAYS_MUCH, SAYS_TOO_MUCH, SAYS_HOW_OLD };

/* What SAYS_HOW_OLD says, one after another, and for how many seconds that may be kept. */
static const struct {
	const char *headers;
	int64_t     seconds;
} ages[] = {
	{ "Cache-Control: public, max-age=3600\r\n", 3600 },
	{ "Cache-Control: public, MAX-AGE=3600\r\nAge: 1000\r\n", 2600 },
	{ "Age: 3600\r\nCache-Control: max-age=3600\r\n", 0 },
	{ "Cache-Control: max-age=60\r\nAge: 99999999999999999999\r\n", 0 },
	{ "Cache-Control: max-age=60\r\nAge: -5\r\n", 60 },
	{ "Cache-Control: max-age=60\r\nAge: old\r\n", 60 },
	{ "Cache-Control: max-age=60, no-store\r\nAge: 5\r\n", 0 },
	{ "Age: 5\r\n", 0 },
};
enum { AGES = sizeof ages / sizeof *ages };

struct server {
	pid_t       process;
	const char *url;
};

static void
say_much(int connection, size_t length)
{
	static char body[TOO_MUCH];
	char        head[200];
	int n = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", length);

	memset(body, 'x', sizeof body);
	if (write(connection, head, (size_t)n) != n)
		_exit(1);
	/* A caller that had enough closes the connection. */
	signal(SIGPIPE, SIG_IGN);
	for (size_t sent = 0; sent < length;) {
		ssize_t part = write(connection, body, length - sent);

		if (part <= 0)
			return;
		sent += (size_t)part;
	}
}

static void
say_how_old(int connection)
{
	static size_t turn;
	char          head[200];
	int           n = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n%s\r\n",
		      ages[turn++ % AGES].headers);

	if (write(connection, head, (size_t)n) != n)
		_exit(1);
}

/* One request; an echo answers with the whole of it as the body. */
static void
serve_one(int connection, enum manner manner)
{
	char   request[REQUEST_ROOM] = "", head[200];
	size_t length = 0;

	while (strstr(request, "\r\n\r\n") == NULL && length < sizeof request - 1) {
		ssize_t got = read(connection, request + length, sizeof request - 1 - length);

		if (got <= 0)
			break;
		length += (size_t)got;
	}
	if (manner == SAYS_NOTHING)
		pause();
	if (manner == SAYS_MUCH || manner == SAYS_TOO_MUCH)
		say_much(connection, manner == SAYS_MUCH ? MUCH : TOO_MUCH);
	if (manner == SAYS_HOW_OLD)
		say_how_old(connection);
	if (manner == ECHOES) {
		int n = snprintf(head, sizeof head,
		    "HTTP/1.1 402 Payment Required\r\nContent-Length: %zu\r\nConnection: close\r\n\r\n", length);

		if (write(connection, head, (size_t)n) != n || write(connection, request, length) != (ssize_t)length)
			_exit(1);
	}
	close(connection);
}

/* A child that serves on a free port of loopback until it is stopped. */
static struct server
server_start(struct arena *arena, enum manner manner)
{
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t          size = sizeof address;
	int                listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct server      server;

	REQUIRE(listener >= 0 && bind(listener, (struct sockaddr *)&address, size) == 0 && listen(listener, 5) == 0 &&
	    getsockname(listener, (struct sockaddr *)&address, &size) == 0);
	server.url = arena_format(arena, "http://127.0.0.1:%d/v1/things", ntohs(address.sin_port));
	server.process = fork();
	if (server.process == 0)
		for (;;)
			serve_one(accept(listener, NULL, NULL), manner);
	close(listener);
	return server;
}

static void
server_stop(struct server *server)
{
	kill(server->process, SIGKILL);
	waitpid(server->process, NULL, 0);
}

static struct http_reply
ask(struct arena *arena, const char *url, const char *request_id, const char *traceparent)
{
	static const char *const headers[] = { "Authorization: Bearer key", NULL };
	struct work              work = { .arena = arena, .request_id = request_id, .traceparent = traceparent, .address = "" };
	struct http_call         call = { .method = "POST",
			.url = url,
			.headers = headers,
			.body = "a=b",
			.body_length = 3,
			.connect_timeout_ms = TIMEOUT_MS,
			.timeout_ms = TIMEOUT_MS };
	struct http_reply        reply;

	http_call(&work, &call, &reply);
	return reply;
}

static void
test_request_and_trace_go_along(void)
{
	struct arena     *arena = arena_new(1 << 20);
	struct server     server = server_start(arena, ECHOES);
	struct http_reply reply = ask(arena, server.url, "client-0001", TRACE);

	CHECK_INT(reply.outcome, HTTP_ANSWERED);
	CHECK_INT(reply.status, 402);
	CHECK(strncmp(reply.body, "POST /v1/things HTTP/1.1\r\n", 26) == 0);
	CHECK(strstr(reply.body, "\r\nX-Request-Id: client-0001\r\n") != NULL);
	CHECK(strstr(reply.body, "\r\ntraceparent: " TRACE "\r\n") != NULL);
	CHECK(strstr(reply.body, "\r\nAuthorization: Bearer key\r\n") != NULL);
	reply = ask(arena, server.url, "", "");
	CHECK_INT(reply.outcome, HTTP_ANSWERED);
	CHECK(strstr(reply.body, "X-Request-Id") == NULL && strstr(reply.body, "traceparent") == NULL);
	span_open("0af7651916cd43dd8448eb211c80319c", "b7ad6b7169203331", "", 0);
	reply = ask(arena, server.url, "", TRACE);
	span_close(NULL);
	/* In a traced request the call itself is the parent of what is done there. */
	CHECK(strstr(reply.body, "\r\ntraceparent: 00-0af7651916cd43dd8448eb211c80319c-") != NULL);
	CHECK(strstr(reply.body, "-b7ad6b7169203331-") == NULL && strstr(reply.body, TRACE) == NULL);
	server_stop(&server);
	arena_free(arena);
}

/* Only a call that never began is certain to have had no effect. */
static void
test_what_is_known_without_an_answer(void)
{
	struct arena     *arena = arena_new(1 << 20);
	struct server     server = server_start(arena, HANGS_UP);
	struct http_reply reply = ask(arena, server.url, "", "");

	CHECK_INT(reply.outcome, HTTP_UNKNOWN);
	CHECK(reply.error[0] != '\0');
	server_stop(&server);
	CHECK_INT(ask(arena, server.url, "", "").outcome, HTTP_UNREACHABLE);
	server = server_start(arena, SAYS_NOTHING);
	CHECK_INT(ask(arena, server.url, "", "").outcome, HTTP_UNKNOWN);
	server_stop(&server);
	CHECK_INT(ask(arena, "file:///etc/hostname", "", "").outcome, HTTP_UNREACHABLE);
	arena_free(arena);
}

static void
abandon(void *argument)
{
	(void)argument;
	CHECK(!"the arena was exhausted in the middle of a call");
}

/* A long answer needs nothing of the arena: a jump would leave libcurl in the middle, and its handle of no more use. */
static void
test_long_answers_lie_beside_the_arena(void)
{
	struct arena     *arena = arena_new(16 << 10);
	struct server     much = server_start(arena, SAYS_MUCH), too_much = server_start(arena, SAYS_TOO_MUCH);
	struct http_reply reply;

	arena_on_exhausted(arena, abandon, NULL);
	for (int i = 0; i < 2; i++) {
		reply = ask(arena, much.url, "", "");
		CHECK_INT(reply.outcome, HTTP_ANSWERED);
		CHECK_INT(reply.length, MUCH);
		CHECK_INT(strspn(reply.body, "x"), MUCH);
		CHECK_INT(ask(arena, too_much.url, "", "").outcome, HTTP_UNKNOWN);
	}
	server_stop(&much);
	server_stop(&too_much);
	arena_free(arena);
}

/* A cache on the way has used up some of the time. */
static void
test_what_is_old_is_kept_for_less(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct server server = server_start(arena, SAYS_HOW_OLD);

	for (size_t i = 0; i < AGES; i++)
		CHECK_INT(ask(arena, server.url, "", "").max_age_seconds, ages[i].seconds);
	server_stop(&server);
	arena_free(arena);
}

SUITE("calls to others", TEST(test_request_and_trace_go_along), TEST(test_what_is_known_without_an_answer),
    TEST(test_long_answers_lie_beside_the_arena), TEST(test_what_is_old_is_kept_for_less))
