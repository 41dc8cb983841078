/* Where a file of rates comes from: see rates.h. */
#include "exchange/rates.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/unzip.h"
#include "exchange/rate_file.h"
#include "net/download.h"
#include "store/db.h"
#include "store/work.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { WHOLE_MS = 60000 };

/* RATE_FILE_BYTES and one more. */
struct buffer {
	char  *bytes;
	size_t length;
};

static bool
take(const char *bytes, size_t length, void *argument)
{
	struct buffer *buffer = argument;

	memcpy(buffer->bytes + buffer->length, bytes, length);
	buffer->length += length;
	return true;
}

static const struct problem *
read_url(struct work *work, const char *url, struct buffer *buffer)
{
	const struct download wanted = { .url = url,
		.protocols = work->config->profile == PROFILE_DEVELOPMENT ? "https,http" : "https",
		.bytes_max = RATE_FILE_BYTES,
		.timeout_ms = WHOLE_MS,
		.take = take,
		.argument = buffer };
	const char           *cause;

	switch (download(work->config, &wanted, &cause)) {
	case DOWNLOADED:
		return OK;
	case DOWNLOAD_CLOSED:
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "url", "leads to an address that is not public");
	case DOWNLOAD_TOO_LARGE:
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "file", "is too large");
	default:
		return problem_at(work->arena, PROBLEM_PROVIDER_UNAVAILABLE, "url", arena_string(work->arena, cause));
	}
}

static const struct problem *
read_path(struct work *work, const char *path, struct buffer *buffer)
{
	FILE *file = fopen(path, "re");
	int   error;

	if (file == NULL)
		return problem_at(work->arena, PROBLEM_NOT_FOUND, path, arena_string(work->arena, strerror(errno)));
	buffer->length = fread(buffer->bytes, 1, RATE_FILE_BYTES + 1, file);
	error = ferror(file) ? errno : 0;
	fclose(file);
	if (error != 0)
		return problem_at(work->arena, PROBLEM_NOT_FOUND, path, arena_string(work->arena, strerror(error)));
	if (buffer->length > RATE_FILE_BYTES)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, path, "is too large");
	return OK;
}

const struct problem *
load_rates(struct work *work, const char *path_or_url, struct rate_file *file)
{
	bool          is_url = strncmp(path_or_url, "https://", 8) == 0 || strncmp(path_or_url, "http://", 7) == 0;
	struct buffer buffer = { .bytes = arena_room(work->arena, RATE_FILE_BYTES + 1) };
	struct faults faults = { .count = 0 };
	const char   *fault;

	TRY(is_url ? read_url(work, path_or_url, &buffer) : read_path(work, path_or_url, &buffer));
	if (unzip_is_archive(buffer.bytes, buffer.length)) {
		fault = unzip_only(work->arena, buffer.bytes, buffer.length, RATE_FILE_BYTES, &buffer.bytes, &buffer.length);
		if (fault != NULL)
			return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "archive", fault);
	}
	if (!rate_file_read(work->arena, buffer.bytes, buffer.length, rates_today(work), file, &faults))
		return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "nothing was loaded", &faults);
	return db_transaction(work, keep_rates(work, file));
}
