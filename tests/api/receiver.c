#include "tests/api/receiver.h"

#include "tests/api/api.h"

#include <arpa/inet.h>
#include <errno.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

enum { REQUESTS_MAX = 20000, REQUEST_BYTES = 256 << 10, PATIENCE_MS = 30000, BABBLE_BYTES = 4 << 20 };

struct receiver {
	pthread_mutex_t lock;
	pthread_cond_t  changed;
	int             listener, port;
	enum manner     manner;
	int             status;
	const char     *headers;
	struct received got[REQUESTS_MAX];
	size_t          count, now, most;
};

/* A connection, and what has been read of it. */
struct line {
	struct receiver *receiver;
	int              fd;
	char            *bytes;
	size_t           length;
};

static int64_t
now_ms(void)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (int64_t)now.tv_sec * 1000 + now.tv_nsec / 1000000;
}

static void
nap_ms(int64_t milliseconds)
{
	struct timespec nap = { milliseconds / 1000, milliseconds % 1000 * 1000000 };

	while (nanosleep(&nap, &nap) != 0 && errno == EINTR)
		;
}

static char *
value_of(const char *head, const char *name)
{
	size_t length = strlen(name);

	for (const char *at = head; (at = strstr(at, "\r\n")) != NULL && at[2] != '\r';) {
		at += 2;
		if (strncasecmp(at, name, length) == 0 && at[length] == ':')
			return strndup(at + length + 2, strcspn(at + length + 2, "\r"));
	}
	return NULL;
}

/* The length of the request that stands at the beginning; 0: it is not whole yet. */
static size_t
whole(const struct line *line)
{
	const char *end = strstr(line->bytes, "\r\n\r\n");
	char       *said;
	size_t      length;

	if (end == NULL)
		return 0;
	said = value_of(line->bytes, "Content-Length");
	length = (size_t)(end + 4 - line->bytes) + (said == NULL ? 0 : (size_t)strtoul(said, NULL, 10));
	free(said);
	return line->length >= length ? length : 0;
}

static bool
read_request(struct line *line, size_t *length)
{
	while ((*length = whole(line)) == 0) {
		ssize_t more = read(line->fd, line->bytes + line->length, REQUEST_BYTES - line->length - 1);

		if (more <= 0)
			return false;
		line->length += (size_t)more;
		line->bytes[line->length] = '\0';
	}
	return true;
}

static void
keep(struct receiver *receiver, const char *head, size_t length)
{
	const char     *path = strchr(head, ' ') + 1, *body = strstr(head, "\r\n\r\n") + 4;
	struct received got = { .path = strndup(path, strcspn(path, " ")),
		.head = strndup(head, (size_t)(body - head)),
		.id = value_of(head, "webhook-id"),
		.timestamp = value_of(head, "webhook-timestamp"),
		.signature = value_of(head, "webhook-signature"),
		.body = strndup(body, length - (size_t)(body - head)),
		.at_ms = now_ms() };

	pthread_mutex_lock(&receiver->lock);
	if (receiver->count < REQUESTS_MAX)
		receiver->got[receiver->count++] = got;
	if (++receiver->now > receiver->most)
		receiver->most = receiver->now;
	pthread_cond_broadcast(&receiver->changed);
	pthread_mutex_unlock(&receiver->lock);
}

static bool
put(int fd, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t sent = send(fd, bytes, length, MSG_NOSIGNAL);

		if (sent <= 0)
			return false;
		bytes += sent;
		length -= (size_t)sent;
	}
	return true;
}

static bool
drip(int fd)
{
	static const char head[] = "HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n";

	if (!put(fd, head, sizeof head - 1))
		return false;
	while (put(fd, ".", 1))
		nap_ms(200);
	return false;
}

static bool
babble(int fd)
{
	static char piece[65536];
	char        head[100];
	int         length = snprintf(head, sizeof head, "HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n", BABBLE_BYTES);

	memset(piece, 'x', sizeof piece);
	if (!put(fd, head, (size_t)length))
		return false;
	for (size_t sent = 0; sent < BABBLE_BYTES; sent += sizeof piece)
		if (!put(fd, piece, sizeof piece))
			return false;
	return true;
}

/* As it was told to by then; one that hangs is woken by a new manner. */
static bool
answer(struct receiver *receiver, int fd)
{
	char        head[1000];
	enum manner manner;
	int         length;

	pthread_mutex_lock(&receiver->lock);
	while (receiver->manner == HANGS)
		pthread_cond_wait(&receiver->changed, &receiver->lock);
	manner = receiver->manner;
	length = snprintf(
	    head, sizeof head, "HTTP/1.1 %d Said\r\n%sContent-Length: 6\r\n\r\nheard\n", receiver->status, receiver->headers);
	pthread_mutex_unlock(&receiver->lock);
	if (manner == DRIPS)
		return drip(fd);
	if (manner == BABBLES)
		return babble(fd);
	if (manner == WAITS)
		nap_ms(300);
	return put(fd, head, (size_t)length);
}

static void *
serve(void *argument)
{
	struct line *line = argument;
	size_t       length;
	bool         fine = true;

	while (fine && read_request(line, &length)) {
		char *head = strndup(line->bytes, length);

		keep(line->receiver, head, length);
		free(head);
		memmove(line->bytes, line->bytes + length, line->length - length + 1);
		line->length -= length;
		fine = answer(line->receiver, line->fd);
		pthread_mutex_lock(&line->receiver->lock);
		line->receiver->now--;
		pthread_mutex_unlock(&line->receiver->lock);
	}
	close(line->fd);
	free(line->bytes);
	free(line);
	return NULL;
}

static void *
listen_for_all(void *argument)
{
	struct receiver *receiver = argument;

	for (;;) {
		struct line *line = calloc(1, sizeof *line);
		pthread_t    thread;

		line->receiver = receiver;
		line->bytes = calloc(1, REQUEST_BYTES);
		line->fd = accept(receiver->listener, NULL, NULL);
		if (line->fd < 0 || pthread_create(&thread, NULL, serve, line) != 0)
			abort();
		pthread_detach(thread);
	}
	return NULL;
}

struct receiver *
receiver_new(void)
{
	struct receiver   *receiver = calloc(1, sizeof *receiver);
	struct sockaddr_in address = { .sin_family = AF_INET, .sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	socklen_t          size = sizeof address;
	pthread_t          thread;

	pthread_mutex_init(&receiver->lock, NULL);
	pthread_cond_init(&receiver->changed, NULL);
	receiver->status = 200;
	receiver->headers = "";
	receiver->listener = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (bind(receiver->listener, (struct sockaddr *)&address, sizeof address) != 0 || listen(receiver->listener, 500) != 0 ||
	    getsockname(receiver->listener, (struct sockaddr *)&address, &size) != 0 ||
	    pthread_create(&thread, NULL, listen_for_all, receiver) != 0)
		abort();
	pthread_detach(thread);
	receiver->port = ntohs(address.sin_port);
	return receiver;
}

const char *
receiver_url(const struct receiver *receiver, const char *path)
{
	return form("http://127.0.0.1:%d/%s", receiver->port, path);
}

void
receiver_manner(struct receiver *receiver, enum manner manner, int status, const char *headers)
{
	pthread_mutex_lock(&receiver->lock);
	receiver->manner = manner;
	receiver->status = status;
	receiver->headers = headers;
	pthread_cond_broadcast(&receiver->changed);
	pthread_mutex_unlock(&receiver->lock);
}

size_t
receiver_count(struct receiver *receiver)
{
	size_t count;

	pthread_mutex_lock(&receiver->lock);
	count = receiver->count;
	pthread_mutex_unlock(&receiver->lock);
	return count;
}

size_t
receiver_most(struct receiver *receiver)
{
	size_t most;

	pthread_mutex_lock(&receiver->lock);
	most = receiver->most;
	pthread_mutex_unlock(&receiver->lock);
	return most;
}

struct received
receiver_got(struct receiver *receiver, size_t number)
{
	struct received got;

	pthread_mutex_lock(&receiver->lock);
	if (number >= receiver->count)
		abort();
	got = receiver->got[number];
	pthread_mutex_unlock(&receiver->lock);
	return got;
}

size_t
receiver_wait(struct receiver *receiver, size_t count)
{
	struct timespec until;
	size_t          got;
	int             waited = 0;

	clock_gettime(CLOCK_REALTIME, &until);
	until.tv_sec += PATIENCE_MS / 1000;
	pthread_mutex_lock(&receiver->lock);
	while (receiver->count < count && waited == 0)
		waited = pthread_cond_timedwait(&receiver->changed, &receiver->lock, &until);
	got = receiver->count;
	pthread_mutex_unlock(&receiver->lock);
	return got;
}
