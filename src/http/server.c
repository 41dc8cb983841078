#include "http/server.h"

#include "base/config.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/text.h"
#include "http/master.h"

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <unistd.h>

enum {
	ACCEPT_PAUSE_MS = 100, /* after an accept that failed for want of descriptors or memory */
	READ_BYTES = 16 * 1024,
};

/*
 * Signals come through a descriptor that is polled with the sockets: ppoll with an open mask does not deliver a pending
 * signal while some socket is readable, so a busy worker would never see TERM.
 */
enum { POLL_SIGNALS, POLL_LISTEN, POLL_SLOTS };

struct loop {
	const struct server *server;
	int                  signals_fd;
	bool                 stopping;
	int64_t              closing_at_ms, end_at_ms; /* once stopping: answers close from, idle connections end at */
	int64_t              idle_at_ms, accept_at_ms;
	FCGX_Request         slots[SLOTS_MAX];
	struct pollfd        polls[POLL_SLOTS + SLOTS_MAX];
};

static void
start_draining(struct loop *loop)
{
	int grace_ms = loop->server->grace_ms > 0 ? loop->server->grace_ms : SERVER_GRACE_MS;

	loop->stopping = true;
	loop->closing_at_ms = monotonic_ms() + grace_ms;
	loop->end_at_ms = loop->closing_at_ms + grace_ms / 4;
	/* A connection that breaks makes the library accept another one: let it find nothing. */
	for (unsigned i = 0; i < loop->server->slots; i++)
		loop->slots[i].listen_sock = -1;
}

static void
take_signals(struct loop *loop)
{
	struct signalfd_siginfo info;

	while (read(loop->signals_fd, &info, sizeof info) == (ssize_t)sizeof info)
		if ((info.ssi_signo == SIGTERM || info.ssi_signo == SIGINT) && !loop->stopping)
			start_draining(loop);
}

static FCGX_Request *
free_slot(struct loop *loop)
{
	for (unsigned i = 0; i < loop->server->slots; i++)
		if (loop->slots[i].ipcFd < 0)
			return &loop->slots[i];
	return NULL;
}

static bool
any_open(const struct loop *loop)
{
	for (unsigned i = 0; i < loop->server->slots; i++)
		if (loop->slots[i].ipcFd >= 0)
			return true;
	return false;
}

/* Milliseconds from `now` until the earliest thing to do without being asked; -1: nothing. */
static int
time_left(const struct loop *loop, int64_t now)
{
	int64_t next = INT64_MAX;

	if (loop->server->idle != NULL)
		next = loop->idle_at_ms;
	if (loop->stopping && loop->end_at_ms < next)
		next = loop->end_at_ms;
	if (!loop->stopping && loop->accept_at_ms > now && loop->accept_at_ms < next)
		next = loop->accept_at_ms;
	return next == INT64_MAX ? -1 : next <= now ? 0 : (int)(next - now);
}

/* Waits until a socket is readable, a signal has come or time is up; false: nothing is readable. */
static bool
watch(struct loop *loop)
{
	unsigned slots = loop->server->slots;
	int64_t  now = monotonic_ms();
	bool     listening = !loop->stopping && now >= loop->accept_at_ms && free_slot(loop) != NULL;

	loop->polls[POLL_SIGNALS] = (struct pollfd) { .fd = loop->signals_fd, .events = POLLIN };
	loop->polls[POLL_LISTEN] = (struct pollfd) { .fd = listening ? loop->server->listen_fd : -1, .events = POLLIN };
	for (unsigned i = 0; i < slots; i++)
		loop->polls[POLL_SLOTS + i] = (struct pollfd) { .fd = loop->slots[i].ipcFd, .events = POLLIN | POLLRDHUP };
	return poll(loop->polls, POLL_SLOTS + slots, time_left(loop, now)) > 0;
}

/* Reads what is left of the body. */
static void
discard_body(FCGX_Request *request)
{
	char rest[READ_BYTES];

	while (FCGX_GetStr(rest, sizeof rest, request->in) == (int)sizeof rest)
		continue;
}

/* A peer that stalls in the middle of a request must not hold the worker for ever. */
static void
limit_stalls(int fd)
{
	struct timeval limit = { .tv_sec = SERVER_STALL_SECONDS };

	setsockopt(fd, SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
	setsockopt(fd, SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
}

/* Reads one request on a slot, from a new connection when the slot has none, and answers it. */
static void
serve_slot(struct loop *loop, FCGX_Request *request)
{
	const struct server *server = loop->server;
	int                  fd = request->ipcFd;
	int                  error = FCGX_Accept_r(request);

	if (error == -EAGAIN || error == -EWOULDBLOCK || error == -EINTR || error == -ECONNABORTED || error == -EBADF)
		return; /* another worker won, or the connection broke */
	if (error != 0) {
		log_error("cannot accept a connection", LOG_TEXT("cause", strerror(-error)));
		loop->accept_at_ms = monotonic_ms() + ACCEPT_PAUSE_MS;
		return;
	}
	if (request->ipcFd != fd)
		limit_stalls(request->ipcFd);
	server->serve(request, server->argument);
	discard_body(request);
	if (loop->stopping && monotonic_ms() >= loop->closing_at_ms)
		request->keepConnection = 0; /* straight after the answer nginx is least likely to be using it again */
	FCGX_Finish_r(request);
	if (server->finished != NULL)
		server->finished(server->argument);
}

/* Has the peer closed, with nothing more to read? */
static bool
at_end(const struct pollfd *poll_)
{
	char byte;

	return (poll_->revents & (POLLRDHUP | POLLHUP | POLLERR)) != 0 && recv(poll_->fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) <= 0;
}

static void
serve_readable(struct loop *loop)
{
	for (unsigned i = 0; i < loop->server->slots; i++) {
		struct pollfd *poll_ = &loop->polls[POLL_SLOTS + i];

		if (poll_->fd < 0 || poll_->revents == 0)
			continue;
		if (at_end(poll_))
			FCGX_Free(&loop->slots[i], 1); /* FCGX_Accept_r would go on to take a new connection */
		else
			serve_slot(loop, &loop->slots[i]);
	}
	if (loop->polls[POLL_LISTEN].revents != 0) {
		FCGX_Request *request = free_slot(loop);

		if (request != NULL)
			serve_slot(loop, request);
	}
}

static void
run_loop(struct loop *loop)
{
	const struct server *server = loop->server;

	while (!loop->stopping || any_open(loop)) {
		if (watch(loop)) {
			log_hold();
			serve_readable(loop);
			log_flush();
			if (loop->polls[POLL_SIGNALS].revents != 0)
				take_signals(loop);
		} else if (loop->stopping && monotonic_ms() >= loop->end_at_ms) {
			break;
		}
		if (server->idle != NULL && monotonic_ms() >= loop->idle_at_ms) {
			server->idle(server->argument);
			loop->idle_at_ms = monotonic_ms() + server->idle_every_ms;
		}
	}
	for (unsigned i = 0; i < server->slots; i++)
		if (loop->slots[i].ipcFd >= 0)
			FCGX_Free(&loop->slots[i], 1);
}

static bool
prepare_socket(int fd)
{
	int       listening = 0, flags = fcntl(fd, F_GETFL);
	socklen_t length = sizeof listening;

	if (getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &listening, &length) != 0 || !listening) {
		log_error("cannot serve: the descriptor is not a listening socket", LOG_NUMBER("descriptor", fd));
		return false;
	}
	/* Not blocking, since all workers wake for one connection and one gets it. */
	if (flags < 0 || fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0) {
		log_error("cannot serve: cannot make the socket non-blocking", LOG_TEXT("cause", strerror(errno)));
		return false;
	}
	return true;
}

int
server_run(const struct server *server)
{
	static struct loop loop;
	sigset_t           signals, before;

	assert(server->slots >= 1 && server->slots <= SLOTS_MAX && server->serve != NULL);
	assert(server->idle == NULL || server->idle_every_ms > 0);
	loop = (struct loop) { .server = server };
	if (FCGX_Init() != 0) {
		log_error("cannot serve: cannot initialize libfcgi");
		return -1;
	}
	if (!prepare_socket(server->listen_fd))
		return -1;
	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	sigaddset(&signals, SIGHUP);
	sigaddset(&signals, SIGUSR1); /* the library would stop accepting on it */
	sigprocmask(SIG_BLOCK, &signals, &before);
	loop.signals_fd = signalfd(-1, &signals, SFD_NONBLOCK | SFD_CLOEXEC);
	if (loop.signals_fd < 0) {
		log_error("cannot serve: no signal descriptor", LOG_TEXT("cause", strerror(errno)));
		sigprocmask(SIG_SETMASK, &before, NULL);
		return -1;
	}
	for (unsigned i = 0; i < server->slots; i++)
		FCGX_InitRequest(&loop.slots[i], server->listen_fd, FCGI_FAIL_ACCEPT_ON_INTR);
	for (unsigned i = 0; i < server->slots; i++)
		loop.slots[i].ipcFd = -1;
	worker_ready();
	run_loop(&loop);
	close(loop.signals_fd);
	sigprocmask(SIG_SETMASK, &before, NULL);
	return 0;
}

enum body
request_body_read(FCGX_Request *request, struct text *into, size_t limit)
{
	const char *length = FCGX_GetParam("CONTENT_LENGTH", request->envp);
	bool        declared = length != NULL && *length != '\0';
	uint64_t    expected = declared ? strtoull(length, NULL, 10) : 0;
	char        piece[READ_BYTES];
	size_t      total = 0;
	int         got;

	if (expected <= limit)
		text_reserve(into, expected);
	do {
		got = FCGX_GetStr(piece, sizeof piece, request->in);
		total += (size_t)got;
		if (total <= limit)
			text_add(into, piece, (size_t)got);
	} while (got == (int)sizeof piece);
	if (FCGX_GetError(request->in) != 0 || (declared && expected != total))
		return BODY_CUT_OFF;
	return total > limit ? BODY_TOO_LARGE : BODY_WHOLE;
}
