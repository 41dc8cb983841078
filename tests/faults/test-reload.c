/*
 * test-reload: workers are replaced under load without losing a request.
 *
 * A private nginx with kept connections stands in front of a master and its workers.  Clients send GETs and POSTs, some
 * with large bodies that the handler leaves unread; every answer must be 200 and whole while the workers are replaced
 * again and again, and at the end of the day they must all go.
 */
#include "base/arena.h"
#include "base/text.h"
#include "http/master.h"
#include "http/server.h"
#include "tests/suite.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <signal.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

enum {
	WORKERS = 4,
	SLOTS = 8,
	CLIENTS = 12,
	RELOADS = 50,
	ANSWERS_BETWEEN = 1500, /* reloads */
	PATIENCE_MS = 30000,
	BODY_MAX = 300000,
};

static char          directory[] = "/tmp/haat-reload-XXXXXX";
static char          body[BODY_MAX];
static pid_t         master_pid, nginx_pid;
static int           notified;
static struct arena *arena; /* of a worker */

static atomic_bool stopping;
static atomic_int  answers, failures;
static char        first_failure[300];

/* POST /read: how many bytes came; everything else: 600 bytes, and the body is left unread. */
static void
answer(FCGX_Request *request, void *argument)
{
	const char *path = FCGX_GetParam("REQUEST_URI", request->envp);
	bool        reading = path != NULL && strcmp(path, "/read") == 0;
	struct text read_body = text_new(arena, 0), out = text_new(arena, 1000);

	(void)argument;
	if (reading && request_body_read(request, &read_body, BODY_MAX) != BODY_WHOLE)
		TEXT_ADD(&out, "Status: 400\r\n");
	TEXT_ADD(&out, "Content-Type: text/plain\r\n");
	if (reading)
		text_addf(&out, "Content-Length: 10\r\n\r\n%010zu", read_body.length);
	else
		text_addf(&out, "Content-Length: 600\r\n\r\n%0600d", 0);
	FCGX_PutStr(out.bytes, (int)out.length, request->out);
}

static void
finished(void *argument)
{
	(void)argument;
	arena_reset(arena);
}

static int
work(int index, void *argument)
{
	struct server server = { .listen_fd = *(int *)argument, .slots = SLOTS, .serve = answer, .finished = finished };
	int           status;

	(void)index;
	arena = arena_new(4 << 20);
	status = server_run(&server) == 0 ? 0 : 1;
	arena_free(arena);
	return status;
}

static struct sockaddr_un
address_of(const char *name)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };

	snprintf(address.sun_path, sizeof address.sun_path, "%s/%s", directory, name);
	return address;
}

static void
start_workers(void)
{
	struct sockaddr_un address = address_of("worker.sock"), notice = address_of("notice.sock");
	int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	struct master      master = { .workers = WORKERS, .work = work, .argument = &fd };

	notified = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	REQUIRE(fd >= 0 && bind(fd, (struct sockaddr *)&address, sizeof address) == 0 && listen(fd, 511) == 0);
	REQUIRE(notified >= 0 && bind(notified, (struct sockaddr *)&notice, sizeof notice) == 0);
	chmod(address.sun_path, 0666);
	setenv("NOTIFY_SOCKET", notice.sun_path, 1);
	fflush(NULL);
	master_pid = fork();
	REQUIRE(master_pid >= 0);
	if (master_pid == 0)
		exit(master_run(&master) == 0 ? 0 : 1);
	close(fd);
}

static bool
write_nginx_conf(const char *path)
{
	FILE *file = fopen(path, "w");

	if (file == NULL)
		return false;
	fprintf(file,
	    "%s worker_processes 2; daemon off; pid nginx.pid; error_log error.log warn;\n"
	    "events { worker_connections 256; }\n"
	    "http { access_log off; client_max_body_size 1m; client_body_buffer_size 16k; keepalive_requests 1000000;\n"
	    "client_body_temp_path body; fastcgi_temp_path fastcgi; proxy_temp_path proxy; uwsgi_temp_path uwsgi; "
	    "scgi_temp_path scgi;\n"
	    "upstream workers { server unix:%s/worker.sock; keepalive 64; keepalive_requests 1000; keepalive_timeout 1s; }\n"
	    "server { listen unix:%s/nginx.sock; location / { fastcgi_pass workers; fastcgi_keep_conn on;\n"
	    "fastcgi_param REQUEST_URI $request_uri; fastcgi_param REQUEST_METHOD $request_method;\n"
	    "fastcgi_param CONTENT_LENGTH $content_length; } } }\n",
	    geteuid() == 0 ? "user root;" : "", directory, directory);
	return fclose(file) == 0;
}

static int
dial(void)
{
	struct sockaddr_un address = address_of("nginx.sock");
	struct timeval     patience = { .tv_sec = PATIENCE_MS / 1000 };
	int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (fd >= 0 && connect(fd, (struct sockaddr *)&address, sizeof address) == 0) {
		setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &patience, sizeof patience);
		return fd;
	}
	close(fd);
	return -1;
}

/* Starts nginx and waits until it takes connections; false when it does not. */
static bool
start_nginx(const char *program)
{
	char conf[200], errors[200];
	int  fd = -1;

	snprintf(conf, sizeof conf, "%s/nginx.conf", directory);
	snprintf(errors, sizeof errors, "%s/error.log", directory);
	if (!write_nginx_conf(conf))
		return false;
	fflush(NULL);
	nginx_pid = fork();
	if (nginx_pid == 0) {
		execl(program, "nginx", "-p", directory, "-c", conf, "-e", errors, (char *)NULL);
		_exit(127);
	}
	for (int tries = 0; fd < 0 && tries < PATIENCE_MS / 10; tries++) {
		if (waitpid(nginx_pid, NULL, WNOHANG) != 0)
			return false;
		fd = dial();
		if (fd < 0)
			poll(NULL, 0, 10);
	}
	close(fd);
	return fd >= 0;
}

static void
fail(const char *path, const char *got)
{
	if (atomic_fetch_add(&failures, 1) == 0)
		snprintf(first_failure, sizeof first_failure, "%s: %.200s", path, got);
}

static bool
send_all(int fd, const char *bytes, size_t length)
{
	for (ssize_t sent; length > 0; bytes += sent, length -= (size_t)sent)
		if ((sent = send(fd, bytes, length, MSG_NOSIGNAL)) <= 0)
			return false;
	return true;
}

/* One request over a kept connection; false when the connection is no more. */
static bool
exchange(int fd, const char *method, const char *path, size_t length)
{
	char   head[200], got[4096] = "", expected[32];
	size_t have = 0, whole = sizeof got - 1;
	int    head_length =
	    snprintf(head, sizeof head, "%s %s HTTP/1.1\r\nHost: haat.test\r\nContent-Length: %zu\r\n\r\n", method, path, length);

	if (!send_all(fd, head, (size_t)head_length) || !send_all(fd, body, length)) {
		fail(path, "nginx closed the connection");
		return false;
	}
	while (have < whole) {
		ssize_t     more = recv(fd, got + have, whole - have, 0);
		const char *end;

		if (more <= 0) {
			fail(path, have > 0 ? got : "nothing");
			return false;
		}
		have += (size_t)more;
		got[have] = '\0';
		end = strstr(got, "\r\n\r\n");
		if (end == NULL)
			continue;
		if (strncmp(got, "HTTP/1.1 200 ", 13) != 0) {
			fail(path, got);
			return false;
		}
		whole = (size_t)(end + 4 - got) + (strcmp(path, "/read") == 0 ? 10 : 600);
	}
	snprintf(expected, sizeof expected, "\r\n\r\n%010zu", strcmp(path, "/read") == 0 ? length : 0);
	if (strstr(got, expected) == NULL)
		fail(path, got);
	atomic_fetch_add(&answers, 1);
	return true;
}

static void *
client(void *argument)
{
	unsigned seed = (unsigned)(size_t)argument;
	int      fd = dial();

	for (unsigned turn = seed; !atomic_load(&stopping); turn++) {
		bool alive;

		if (turn % 4 == 1)
			alive = exchange(fd, "POST", "/read", (size_t)rand_r(&seed) % 20000);
		else if (turn % 8 == 3)
			alive = exchange(fd, "POST", "/unread", (size_t)rand_r(&seed) % BODY_MAX);
		else if (turn % 4 == 2)
			alive = exchange(fd, "POST", "/unread", (size_t)rand_r(&seed) % 300);
		else
			alive = exchange(fd, "GET", "/get", 0);
		if (!alive) {
			close(fd);
			fd = dial();
		}
	}
	close(fd);
	return NULL;
}

/* Waits until so many answers have come in all; false when they do not. */
static bool
wait_for_answers(int wanted)
{
	for (int tries = 0; atomic_load(&answers) < wanted; tries++) {
		if (tries == PATIENCE_MS)
			return false;
		poll(NULL, 0, 1);
	}
	return true;
}

static bool
notice_is(const char *state)
{
	struct pollfd poll_ = { .fd = notified, .events = POLLIN };
	char          got[100] = "";

	return poll(&poll_, 1, PATIENCE_MS) == 1 && recv(notified, got, sizeof got - 1, 0) > 0 &&
	    strncmp(got, state, strlen(state)) == 0;
}

static const char *
nginx_program(void)
{
	static const char *const places[] = { "/usr/sbin/nginx", "/usr/local/sbin/nginx", "/usr/bin/nginx" };

	for (size_t i = 0; i < sizeof places / sizeof *places; i++)
		if (access(places[i], X_OK) == 0)
			return places[i];
	return NULL;
}

static void
reload_under_load(void)
{
	pthread_t clients[CLIENTS];

	for (size_t i = 0; i < CLIENTS; i++)
		REQUIRE(pthread_create(&clients[i], NULL, client, (void *)(i + 1)) == 0);
	for (int i = 0; i < RELOADS && atomic_load(&failures) == 0; i++) {
		kill(master_pid, SIGHUP);
		CHECK(notice_is("RELOADING=1"));
		CHECK(notice_is("READY=1"));
		CHECK(wait_for_answers(atomic_load(&answers) + ANSWERS_BETWEEN));
	}
	atomic_store(&stopping, true);
	for (size_t i = 0; i < CLIENTS; i++)
		pthread_join(clients[i], NULL);
}

static void
remove_directory(void)
{
	pid_t pid = fork();

	if (pid == 0) {
		execlp("rm", "rm", "-rf", directory, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, NULL, 0);
}

static void
test_reloads_lose_nothing(void)
{
	const char *nginx = nginx_program();
	int         status = -1;

	if (nginx == NULL) {
		skip_test("there is no nginx");
		return;
	}
	REQUIRE(mkdtemp(directory) != NULL);
	start_workers();
	CHECK(notice_is("READY=1"));
	if (start_nginx(nginx))
		reload_under_load();
	else
		CHECK(!"nginx starts");
	kill(master_pid, SIGTERM);
	CHECK(notice_is("STOPPING=1"));
	REQUIRE(waitpid(master_pid, &status, 0) == master_pid);
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == 0);
	kill(nginx_pid, SIGQUIT);
	waitpid(nginx_pid, NULL, 0);
	CHECK_INT(failures, 0);
	CHECK_TEXT(first_failure, "");
	printf("(%d answers, %d reloads) ", answers, RELOADS);
	remove_directory();
}

SUITE("reloads under load", TEST(test_reloads_lose_nothing))
