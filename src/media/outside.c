#include "media/outside.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "net/circuit.h"

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <unistd.h>

enum { FULL_SECONDS = 2, SETTINGS_SECONDS = 60, SAID_MAX = 300 };

/* False with errno. */
static bool
read_all(const char *path, unsigned char *into, size_t length)
{
	int     fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t got = 1;

	if (fd < 0)
		return false;
	for (size_t have = 0; have < length && got > 0; have += got > 0 ? (size_t)got : 0)
		got = read(fd, into + have, length - have);
	close(fd);
	errno = got == 0 ? EIO : errno; /* it has become shorter */
	return got > 0;
}

const struct problem *
outside_read(struct work *work, const char *path, const char *before, const char *behind, struct bytes *body)
{
	size_t         first = strlen(before), last = strlen(behind), length;
	unsigned char *bytes;
	struct stat    status;

	if (stat(path, &status) != 0) {
		log_error("cannot read a picture", LOG_ID("file", path), LOG_TEXT("cause", strerror(errno)));
		return problem(INTERNAL, "pictures cannot be stored");
	}
	length = (size_t)status.st_size;
	if ((bytes = malloc(first + length + last + 1)) == NULL)
		abort();
	arena_defer(work->arena, free, bytes);
	if (!read_all(path, bytes + first, length)) {
		log_error("cannot read a picture", LOG_ID("file", path), LOG_TEXT("cause", strerror(errno)));
		return problem(INTERNAL, "pictures cannot be stored");
	}
	memcpy(bytes, before, first);
	memcpy(bytes + first + length, behind, last + 1);
	*body = (struct bytes) { bytes, first + length + last };
	return OK;
}

/* Will it be the same soon?  420 is Cloudinary's for too many calls, 503 with SlowDown that of S3. */
static bool
is_busy(const struct http_reply *reply)
{
	return reply->outcome != HTTP_ANSWERED || reply->status >= 500 || reply->status == 408 || reply->status == 420 ||
	    reply->status == 429;
}

/* Another region, credentials, rights, or no such bucket or cloud: whoever runs the shop must see to it. */
static bool
is_of_settings(int status)
{
	return (status >= 300 && status < 400) || status == 401 || status == 403 || status == 404;
}

static const struct problem *
judge(struct work *work, const struct http_reply *reply)
{
	const char *said = reply->outcome == HTTP_ANSWERED ? reply->body : reply->error;

	if (reply->outcome == HTTP_ANSWERED && reply->status >= 200 && reply->status < 300)
		return OK;
	log_error("the store of pictures refuses a call", LOG_NUMBER("status", reply->status),
	    LOG_TEXT("answer", arena_format(work->arena, "%.*s", (int)SAID_MAX, said)));
	if (is_busy(reply))
		return problem_waits(work->arena, PROBLEM_NOT_READY, "the store of pictures does not answer",
		    (int)work->config->payments.circuit_open_seconds);
	if (is_of_settings(reply->status))
		return problem_waits(
		    work->arena, PROBLEM_NOT_READY, "the store of pictures refuses our settings", SETTINGS_SECONDS);
	return problem(INTERNAL, "the store of pictures does not take a call");
}

const struct problem *
outside_call(struct work *work, struct http_call *call, struct http_reply *reply)
{
	const struct config *config = work->config;
	int                  place;

	call->connect_timeout_ms = config->media.connect_timeout_ms;
	call->timeout_ms = config->media.timeout_ms;
	call->roots_file = config->certificates.roots_file;
	switch (circuit_enter(CIRCUIT_MEDIA, call->timeout_ms, &place)) {
	case CIRCUIT_IS_OPEN:
		return problem_waits(work->arena, PROBLEM_NOT_READY, "the store of pictures does not answer",
		    (int)config->payments.circuit_open_seconds);
	case CIRCUIT_IS_FULL:
		return problem_waits(work->arena, PROBLEM_NOT_READY, "too many pictures are being stored", FULL_SECONDS);
	case CIRCUIT_ENTERED:
		break;
	}
	http_call(work, call, reply);
	circuit_leave(CIRCUIT_MEDIA, place, !is_busy(reply));
	return judge(work, reply);
}
