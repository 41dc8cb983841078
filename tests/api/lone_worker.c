#include "tests/api/lone_worker.h"

#include "base/arena.h"
#include "base/shape.h"
#include "base/text.h"
#include "http/route.h"
#include "tests/api/check.h"

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum { BEGIN_REQUEST = 1, END_REQUEST = 3, PARAMS = 4, STDIN = 5, STDOUT = 6 }; /* FastCGI records */
enum { BACKLOG = 50 };

/* Of each pool one, started when it is first needed. */
static struct lone {
	struct sockaddr_un address;
	pid_t              master;
} lone[POOL__COUNT];
enum { SETTINGS_MAX = 16 };

static char *settings_used[SETTINGS_MAX]; /* copies: what the tests form does not stay */

static void
become_workers(int fd, enum pool pool, char *const *settings)
{
	const char *build = getenv("HAAT_BUILD");
	const char *program = form("%s/src/haatd", build == NULL ? "." : build);
	const char *config = form("%s/haat.conf", shop_directory());

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	/* What is for ./dev alone would be taken for unknown settings. */
	unsetenv("HAAT_PRODUCTS");
	unsetenv("HAAT_CONFIGURE");
	unsetenv("HAAT_BUFFER_POOL");
	for (; *settings != NULL; settings++)
		putenv(form("%s", *settings));
	dup2(fd, STDIN_FILENO);
	if (freopen(form("%s/log/lone-workers.log", shop_directory()), "a", stderr) != NULL)
		execl(program, "haatd", "--config", config, "--pool", pool_values[pool], "--workers", "2", (char *)NULL);
	_exit(127);
}

void
lone_workers_start(const char *const *settings)
{
	size_t count = 0;

	atexit(lone_workers_stop);
	for (size_t i = 0; settings_used[i] != NULL; i++) {
		free(settings_used[i]);
		settings_used[i] = NULL;
	}
	for (; settings[count] != NULL && count + 1 < SETTINGS_MAX; count++)
		settings_used[count] = strdup(settings[count]);
	REQUIRE(settings[count] == NULL);
}

static void
start(enum pool pool)
{
	struct sockaddr_un *address = &lone[pool].address;
	int                 fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	address->sun_family = AF_UNIX;
	snprintf(address->sun_path, sizeof address->sun_path, "%s/lone-%s-%d.sock", shop_directory(), pool_values[pool],
	    (int)getpid());
	unlink(address->sun_path);
	REQUIRE(fd >= 0 && bind(fd, (struct sockaddr *)address, sizeof *address) == 0 && listen(fd, BACKLOG) == 0);
	lone[pool].master = fork();
	if (lone[pool].master == 0)
		become_workers(fd, pool, settings_used);
	close(fd);
}

void
lone_workers_stop(void)
{
	for (int pool = 0; pool < POOL__COUNT; pool++) {
		if (lone[pool].master <= 0)
			continue;
		kill(lone[pool].master, SIGTERM);
		waitpid(lone[pool].master, NULL, 0);
		unlink(lone[pool].address.sun_path);
		lone[pool].master = 0;
	}
}

void
lone_workers_signal(enum pool pool, int signal_number)
{
	REQUIRE(lone[pool].master > 0);
	kill(lone[pool].master, signal_number);
}

/* Where the row of a path of these tests stands. */
static const char *
whole(const char *path)
{
	bool outside = strcmp(path, "/health") == 0 || strcmp(path, "/ready") == 0 || strcmp(path, "/metrics") == 0 ||
	    strncmp(path, "/pay/", 5) == 0;

	if (path[0] == '/' && path[1] == '/') /* a page, as api_get has it */
		return path + 1;
	return form("%s%s", outside ? "" : "/api/v1", path);
}

/* The pool of the row, as nginx would choose it. */
static enum pool
pool_of(const char *method, const char *path)
{
	struct path_parameter parameters[PARAMETERS_OF_PATH_MAX];
	unsigned              allowed;
	int                   index = value_index(method_values, method);
	const char           *bare = form("%.*s", (int)strcspn(path, "?"), path);
	const struct route   *route = index < 0 ? NULL : route_find((enum method)index, whole(bare), parameters, &allowed);

	return route == NULL ? POOL_API : route->pool;
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
	size_t        length = strlen(value);
	unsigned char lengths[5] = { (unsigned char)strlen(name), (unsigned char)(0x80 | length >> 24),
		(unsigned char)(length >> 16), (unsigned char)(length >> 8), (unsigned char)length };

	text_add(text, lengths, sizeof lengths);
	text_add_string(text, name);
	text_add(text, value, length);
}

static const char *more_name, *more_value;

void
lone_parameter(const char *name, const char *value)
{
	more_name = value == NULL ? NULL : name;
	more_value = value;
}

/* "If-Match: x" as HTTP_IF_MATCH. */
static void
add_header(struct text *text, const char *line)
{
	size_t length = strcspn(line, ":");
	char  *name = form("HTTP_%.*s", (int)length, line);

	for (char *c = name; *c != '\0'; c++)
		*c = *c == '-' ? '_' : *c >= 'a' && *c <= 'z' ? (char)(*c - 'a' + 'A') : *c;
	add_parameter(text, name, line + length + 1 + strspn(line + length + 1, " "));
}

/* As nginx passes it: by a name of its own. */
static const char *
content_type(const char *const *headers)
{
	static const char name[] = "Content-Type: ";

	for (; headers != NULL && *headers != NULL; headers++)
		if (strncmp(*headers, name, sizeof name - 1) == 0)
			return *headers + sizeof name - 1;
	return "application/json";
}

static struct text
request_text(
    const char *address, const char *method, const char *path, const char *token, const char *body, const char *const *headers)
{
	static const unsigned char begin_body[8] = { 0, 1, 0 }; /* responder, connection closed */
	struct text                request = text_new(api_arena(), 1024), parameters = text_new(api_arena(), 1024);
	const char                *type = content_type(headers);

	add_parameter(&parameters, "REQUEST_METHOD", method);
	add_parameter(&parameters, "REQUEST_URI", whole(path));
	add_parameter(&parameters, "REMOTE_ADDR", address);
	if (more_name != NULL)
		add_parameter(&parameters, more_name, more_value);
	for (; headers != NULL && *headers != NULL; headers++)
		add_header(&parameters, *headers);
	if (token != NULL)
		add_parameter(&parameters, "HTTP_AUTHORIZATION", form("Bearer %s", token));
	if (body != NULL) {
		add_parameter(&parameters, "CONTENT_TYPE", type);
		add_parameter(&parameters, "CONTENT_LENGTH", form("%zu", strlen(body)));
	}
	add_record(&request, BEGIN_REQUEST, begin_body, sizeof begin_body);
	add_record(&request, PARAMS, parameters.bytes, parameters.length);
	add_record(&request, PARAMS, NULL, 0);
	if (body != NULL)
		add_record(&request, STDIN, body, strlen(body));
	add_record(&request, STDIN, NULL, 0);
	return request;
}

/* What the worker writes until its END_REQUEST. */
static struct text
hear(int fd)
{
	struct text   heard = text_new(api_arena(), 1024);
	unsigned char header[8];
	char          bytes[65536 + 256];

	while (recv(fd, header, sizeof header, MSG_WAITALL) == (ssize_t)sizeof header) {
		size_t length = (size_t)header[4] << 8 | header[5], padding = header[6];

		if (header[1] == END_REQUEST ||
		    (length + padding > 0 && recv(fd, bytes, length + padding, MSG_WAITALL) != (ssize_t)(length + padding)))
			break;
		if (header[1] == STDOUT)
			text_add(&heard, bytes, length);
	}
	return heard;
}

static struct answer
ask(enum pool pool, struct text request, const char *asked)
{
	struct answer answer = { .asked = asked, .headers = "", .body = "", .round_trips = -1 };
	struct text   heard;
	const char   *status, *end;
	int           fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (lone[pool].master <= 0)
		start(pool);
	REQUIRE(fd >= 0 && connect(fd, (struct sockaddr *)&lone[pool].address, sizeof lone[pool].address) == 0);
	if (send(fd, request.bytes, request.length, MSG_NOSIGNAL) != (ssize_t)request.length) {
		close(fd);
		return answer;
	}
	heard = hear(fd);
	close(fd);
	end = strstr(heard.bytes, "\r\n\r\n");
	if (end == NULL)
		return answer;
	answer.headers = form("%.*s", (int)(end + 2 - heard.bytes), heard.bytes);
	answer.body = end + 4;
	answer.length = heard.length - (size_t)(answer.body - heard.bytes);
	status = header_of(&answer, "Status");
	answer.status = status == NULL ? 0 : (int)strtol(status, NULL, 10);
	if (answer.length > 0)
		answer.json = json_read(api_arena(), answer.body, answer.length);
	return answer;
}

struct answer
lone_call(const char *address, const char *method, const char *path, const char *token, const char *body)
{
	return lone_call_to(pool_of(method, path), address, method, path, token, body);
}

struct answer
lone_call_with(
    const char *address, const char *method, const char *path, const char *token, const char *body, const char *const *headers)
{
	return ask(pool_of(method, path), request_text(address, method, path, token, body, headers),
	    form("%s %s from %s", method, path, address));
}

struct answer
lone_call_to(enum pool pool, const char *address, const char *method, const char *path, const char *token, const char *body)
{
	return ask(pool, request_text(address, method, path, token, body, NULL), form("%s %s from %s", method, path, address));
}
