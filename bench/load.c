/*
 * load: requests from a template (request.h) over kept connections: as fast as they are answered, or at a rate.
 *
 *   load --port=N --request=FILE [--headers=FILE] [--values=FILE [--start=LINE] [--once]] [--sign=PROVIDER:SECRET_FILE]
 *        [--tls] [--addresses] [--connections=N] [--seconds=S] [--rate=PER_SECOND]
 *
 * With --addresses each connection comes from an address of its own, 127.0.0.2 and on: as from so many customers.
 *
 * With --rate a request is due at its time whether or not earlier ones were answered, and its latency counts from then: so
 * what waits behind a slow answer is slow, too.  The program sleeps until the very time when a request is due; how late it
 * came itself is told as late_p99_ms, which is the machine's doing and not that of the shop.  Prints one line of JSON.
 */
#include "base/instant.h"
#include "bench/measure.h"
#include "bench/request.h"

#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <netinet/tcp.h>
#include <openssl/ssl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

enum { CONNECTIONS_MAX = 250, ANSWER_BYTES = 256 * 1024, GRACE_US = 2000000 };

struct options {
	const char *request, *headers, *values, *sign;
	int64_t     port, connections, start;
	double      seconds, rate;
	bool        once, tls, addresses;
};

struct connection {
	int     fd;
	SSL    *ssl;      /* NULL in plain HTTP */
	bool    waiting;  /* for an answer */
	int64_t since_us; /* when its request was due */
	char    answer[ANSWER_BYTES];
	size_t  length;
};

struct load {
	struct options options;
	struct template template;
	struct lines       lines;
	SSL_CTX           *tls;
	size_t             next_line, sent, in_time, refused, broken;
	struct samples     latency, late;
	int                epoll;
	struct connection *connections;
	int64_t            started_us, until_us;
	bool               exhausted;
	char               first_refusal[1500];
};

static void
cannot_connect(const char *cause)
{
	fprintf(stderr, "load: cannot connect: %s\n", cause);
	exit(EXIT_FAILURE);
}

static void
open_connection(struct load *load, struct connection *connection)
{
	struct sockaddr_in address = {
		.sin_family = AF_INET, .sin_port = htons((uint16_t)load->options.port), .sin_addr.s_addr = htonl(INADDR_LOOPBACK)
	};
	int one = 1;

	connection->fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (load->options.addresses) {
		struct sockaddr_in own = { .sin_family = AF_INET,
			.sin_addr.s_addr = htonl(INADDR_LOOPBACK + 1 + (uint32_t)(connection - load->connections)) };

		if (bind(connection->fd, (struct sockaddr *)&own, sizeof own) != 0)
			cannot_connect(strerror(errno));
	}
	if (connection->fd < 0 || connect(connection->fd, (struct sockaddr *)&address, sizeof address) != 0)
		cannot_connect(strerror(errno));
	setsockopt(connection->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof one);
	if (load->tls != NULL) {
		connection->ssl = SSL_new(load->tls);
		if (connection->ssl == NULL || SSL_set_fd(connection->ssl, connection->fd) != 1 ||
		    SSL_set_tlsext_host_name(connection->ssl, "localhost") != 1 || SSL_connect(connection->ssl) != 1)
			cannot_connect("the TLS handshake fails");
	}
	fcntl(connection->fd, F_SETFL, O_NONBLOCK);
	connection->waiting = false;
	connection->length = 0;
	epoll_ctl(
	    load->epoll, EPOLL_CTL_ADD, connection->fd, &(struct epoll_event) { .events = EPOLLIN, .data.ptr = connection });
}

static void
reopen_connection(struct load *load, struct connection *connection)
{
	load->broken += connection->waiting;
	SSL_free(connection->ssl);
	connection->ssl = NULL;
	close(connection->fd);
	open_connection(load, connection);
}

static bool
send_all(struct connection *connection, const char *bytes, size_t length)
{
	if (connection->ssl != NULL)
		return SSL_write(connection->ssl, bytes, (int)length) == (int)length;
	return send(connection->fd, bytes, length, MSG_NOSIGNAL) == (ssize_t)length;
}

static void
send_request(struct load *load, struct connection *connection, int64_t due_us)
{
	static char  request[REQUEST_BYTES_MAX];
	char *const *words = NULL;
	size_t       length;

	if (load->lines.count > 0) {
		words = load->lines.words[load->next_line++ % load->lines.count];
		load->exhausted = load->options.once && load->next_line >= load->lines.count;
	}
	length = request_write(&load->template, words, load->sent++, request);
	connection->since_us = due_us;
	connection->length = 0;
	connection->waiting = true;
	if (!send_all(connection, request, length))
		reopen_connection(load, connection);
}

/* The length of the whole answer, once its head is there; 0 before. */
static size_t
whole_length(const struct connection *connection)
{
	static const char length_field[] = "\r\nContent-Length: ";
	const char       *end = memmem(connection->answer, connection->length, "\r\n\r\n", 4), *field;
	size_t            head;

	if (end == NULL)
		return 0;
	head = (size_t)(end - connection->answer) + 4;
	field = memmem(connection->answer, head, length_field, sizeof length_field - 1);
	if (field != NULL)
		return head + strtoul(field + sizeof length_field - 1, NULL, 10);
	if (strncmp(connection->answer + 9, "204", 3) == 0 || strncmp(connection->answer + 9, "304", 3) == 0)
		return head;
	/* Chunked: whole when the last chunk is there. */
	return connection->length >= 5 && memcmp(connection->answer + connection->length - 5, "0\r\n\r\n", 5) == 0
	    ? connection->length
	    : SIZE_MAX;
}

static void
note_answer(struct load *load, struct connection *connection)
{
	int     status = (int)strtol(connection->answer + 9, NULL, 10);
	int64_t now_us = monotonic_us();

	connection->waiting = false;
	if (status >= 200 && status <= 299) {
		sample_add(&load->latency, now_us - connection->since_us);
		load->in_time += now_us <= load->until_us;
	} else if (load->refused++ == 0) {
		snprintf(load->first_refusal, sizeof load->first_refusal, "%.1499s", connection->answer);
	}
}

/* How many bytes came; 0: none yet, -1: the connection has ended. */
static int
receive(struct connection *connection)
{
	char   *into = connection->answer + connection->length;
	size_t  room = ANSWER_BYTES - 1 - connection->length;
	ssize_t got;

	if (connection->ssl == NULL) {
		got = recv(connection->fd, into, room, 0);
		return got > 0 ? (int)got : got < 0 && errno == EAGAIN ? 0 : -1;
	}
	got = SSL_read(connection->ssl, into, (int)room);
	return got > 0 ? (int)got : SSL_get_error(connection->ssl, (int)got) == SSL_ERROR_WANT_READ ? 0 : -1;
}

/* Reads what there is; what TLS has taken from the socket already would wake nobody. */
static void
read_answer(struct load *load, struct connection *connection)
{
	do {
		int    got = receive(connection);
		size_t whole;

		if (got < 0)
			reopen_connection(load, connection);
		if (got <= 0)
			return;
		connection->length += (size_t)got;
		connection->answer[connection->length] = '\0';
		whole = whole_length(connection);
		if (whole > 0 && connection->length >= whole && connection->waiting)
			note_answer(load, connection);
	} while (connection->ssl != NULL && SSL_pending(connection->ssl) > 0);
}

static int64_t
due_of(const struct load *load, size_t request)
{
	return load->started_us + (int64_t)((double)request * 1e6 / load->options.rate);
}

/* The next requests on idle connections: at once, or those that are due.  Returns until when there is nothing to send. */
static int64_t
feed(struct load *load, int64_t now_us)
{
	for (int64_t i = 0; i < load->options.connections && !load->exhausted; i++) {
		struct connection *connection = &load->connections[i];
		int64_t            due_us = now_us;

		if (connection->waiting)
			continue;
		if (load->options.rate > 0) {
			due_us = due_of(load, load->sent);
			if (due_us > now_us)
				return due_us;
			sample_add(&load->late, now_us - due_us);
		}
		send_request(load, connection, due_us);
	}
	return INT64_MAX;
}

static bool
any_waiting(const struct load *load)
{
	for (int64_t i = 0; i < load->options.connections; i++)
		if (load->connections[i].waiting)
			return true;
	return false;
}

/* Waits for answers until a time, to the microsecond: a tick would lengthen every latency by its half. */
static void
take_answers(struct load *load, int64_t until_us)
{
	struct epoll_event events[64];
	int64_t            wait_us = until_us - monotonic_us();
	struct timespec    wait = { .tv_sec = 0 };
	int                n;

	if (wait_us > 0)
		wait = (struct timespec) { .tv_sec = wait_us / 1000000, .tv_nsec = wait_us % 1000000 * 1000 };
	n = epoll_pwait2(load->epoll, events, 64, &wait, NULL);
	for (int i = 0; i < n; i++)
		read_answer(load, events[i].data.ptr);
}

static void
run(struct load *load)
{
	int64_t now = load->started_us = monotonic_us();

	load->until_us = now + (int64_t)(load->options.seconds * 1e6);
	while (now < load->until_us && !(load->exhausted && !any_waiting(load))) {
		int64_t next_us = feed(load, now);

		take_answers(load, next_us < load->until_us ? next_us : load->until_us);
		now = monotonic_us();
	}
	if (now < load->until_us)
		load->until_us = now;
	/* What was asked in time is waited for and has a latency, so that a slow answer is not left out; the rate is without it. */
	while (any_waiting(load) && now < load->until_us + GRACE_US) {
		take_answers(load, load->until_us + GRACE_US);
		now = monotonic_us();
	}
	load->broken += any_waiting(load);
}

static void
report(struct load *load)
{
	report_begin(load->in_time, (double)(load->until_us - load->started_us) / 1e6);
	report_samples(&load->latency);
	report_ms("late_p99_ms", samples_percentile(&load->late, 99));
	report_count("answered", load->latency.count);
	report_count("refused", load->refused);
	report_count("broken", load->broken);
	report_count("used", load->next_line);
	report_end();
	if (load->refused > 0)
		fprintf(stderr, "load: %zu refused, the first one:\n%s\n", load->refused, load->first_refusal);
}

static bool
prepare(struct load *load)
{
	struct options *options = &load->options;

	if (!template_read(&load->template, options->request, options->headers, options->sign) ||
	    (options->values != NULL && !lines_read(options->values, &load->lines)))
		return false;
	load->next_line = (size_t)options->start;
	load->tls = options->tls ? SSL_CTX_new(TLS_client_method()) : NULL;
	load->connections = calloc((size_t)options->connections, sizeof *load->connections);
	load->epoll = epoll_create1(EPOLL_CLOEXEC);
	if ((options->tls && load->tls == NULL) || load->connections == NULL || load->epoll < 0)
		abort();
	prctl(PR_SET_TIMERSLACK, 1UL);
	for (int64_t i = 0; i < options->connections; i++)
		open_connection(load, &load->connections[i]);
	return true;
}

int
main(int argc, char **argv)
{
	static struct load load = { .options = { .connections = 32, .seconds = 2 } };
	struct options    *options = &load.options;
	struct argument    known[] = {
		   ARGUMENT("port", "N", &options->port, .required = true, .least = 1, .most = 65535),
		   ARGUMENT("request", "FILE", &options->request, .required = true),
		   ARGUMENT("headers", "FILE", &options->headers),
		   ARGUMENT("values", "FILE", &options->values),
		   ARGUMENT("start", "LINE", &options->start, .most = 1e9),
		   ARGUMENT("once", NULL, &options->once),
		   ARGUMENT("sign", "PROVIDER:SECRET_FILE", &options->sign),
		   ARGUMENT("tls", NULL, &options->tls),
		   ARGUMENT("addresses", NULL, &options->addresses),
		   ARGUMENT("connections", "N", &options->connections, .least = 1, .most = CONNECTIONS_MAX),
		   ARGUMENT("seconds", "S", &options->seconds, .least = 0.001, .most = 3600),
		   ARGUMENT("rate", "PER_SECOND", &options->rate, .most = 1e6),
	};

	if (!arguments_read(argc, argv, known, sizeof known / sizeof *known) || !prepare(&load))
		return EXIT_FAILURE;
	run(&load);
	report(&load);
	return load.latency.count > 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
