/*
 * server.h: the loop of one FastCGI worker on libfcgi: one request at a time over several kept connections.
 *
 * nginx keeps its connections to the workers open (fastcgi_keep_conn), which doubles the speed but would pin a plain
 * accept loop to one connection.  So a worker holds an array of slots, each with one connection, and polls the listening
 * socket and all open slots.  The caller owns everything it passes in; the loop owns the connections.
 *
 * Promises: TERM and INT are seen between two requests, never inside one; HUP and USR1 do nothing (the master acts on
 * HUP).  A stopping worker leaves the listening socket to its successors and goes on answering on its open connections
 * until nginx has closed them, because nginx does not repeat a POST whose connection was closed under it.  What the
 * handler leaves unread of a body is read and dropped before the request is finished, or it would be taken for the next
 * request.  All descriptors but the listening one are closed when the loop returns.
 */
#ifndef SERVER_H
#define SERVER_H

#include <fcgiapp.h>
#include <stddef.h>

/* The library's printf writes past its buffer when a field is wide: answers are made with text.h or snprintf. */
#pragma GCC poison FCGX_FPrintF FCGX_VFPrintF

struct text;

struct server {
	int      listen_fd; /* a listening socket; 0 as systemd and ./dev hand it over */
	unsigned slots;     /* connections held at once, 1 to SLOTS_MAX of base/config.h; 1 where nginx does not keep them open */
	int      grace_ms;  /* how long a stopping worker waits for nginx to close; 0: SERVER_GRACE_MS */

	/* Answers one request by FCGX_PutStr and the like on request->out.  The request is finished by the loop. */
	void (*serve)(FCGX_Request *request, void *argument);

	/* Called when the answer has gone out: to write the log line, to reset the arena.  NULL: not called. */
	void (*finished)(void *argument);

	/* Called between requests about every idle_every_ms, under load too.  NULL: not called. */
	void (*idle)(void *argument);
	int idle_every_ms;

	void *argument; /* for the three above */
};

enum {
	SERVER_GRACE_MS = 8000,    /* longer than keepalive_timeout of the upstream in nginx's configuration */
	SERVER_STALL_SECONDS = 30, /* a peer that neither sends nor takes for so long loses its connection */
};

/*
 * Serves until TERM or INT, then drains.  Tells the master that the worker is ready (worker_ready of master.h) as soon
 * as the first request could be answered.  0 when drained; -1, logged, when the socket is not a listening one or the
 * library does not start.
 */
int server_run(const struct server *server);

/* How reading a body ended. */
enum body {
	BODY_WHOLE,
	BODY_TOO_LARGE, /* more than the limit; answer 413 */
	BODY_CUT_OFF,   /* the connection ended inside, or less came than CONTENT_LENGTH says: nothing may be made of it */
};

/*
 * Appends the request's body, at most `limit` bytes, to `into`.  The body is read to its end in any case.  It does not
 * trust CONTENT_LENGTH, which a chunked body lacks: what counts is what came.
 */
enum body request_body_read(FCGX_Request *request, struct text *into, size_t limit);

#endif
