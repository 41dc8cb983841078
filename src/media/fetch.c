#include "media/fetch.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/write_all.h"
#include "media/content.h"
#include "net/download.h"
#include "store/db.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

enum { WHOLE_MS = 60000, DIGEST = 32 };

struct fetching {
	int         fd, error; /* of the file; errno of what could not be written */
	int64_t     size;
	EVP_MD_CTX *digest;
};

static void
close_fetching(void *object)
{
	struct fetching *fetching = object;

	if (fetching->fd >= 0)
		close(fetching->fd);
	EVP_MD_CTX_free(fetching->digest);
}

static bool
take(const char *bytes, size_t length, void *argument)
{
	struct fetching *fetching = argument;

	fetching->size += (int64_t)length;
	if (EVP_DigestUpdate(fetching->digest, bytes, length) != 1)
		abort();
	if (write_all(fetching->fd, bytes, length))
		return true;
	fetching->error = errno;
	return false;
}

static const struct problem *
outcome_of(struct work *work, const struct fetching *fetching, enum download_outcome outcome, const char *cause)
{
	if (outcome == DOWNLOADED)
		return OK;
	if (outcome == DOWNLOAD_CLOSED)
		return problem_useless(work->arena, PROBLEM_VALIDATION_FAILED, "the picture's address is not public");
	if (outcome == DOWNLOAD_TOO_LARGE)
		return problem_useless(work->arena, PROBLEM_VALIDATION_FAILED, "the picture is too large");
	if (fetching->error == ENOSPC || fetching->error == EDQUOT)
		return problem(STORAGE_FULL, "there is no room left for pictures");
	log_warning("a picture cannot be fetched", LOG_TEXT("cause", cause));
	return problem(PROVIDER_UNAVAILABLE, "the picture cannot be fetched");
}

static const struct problem *
fetch(struct work *work, struct fetching *fetching, const char *url)
{
	const struct download wanted = { .url = url,
		.protocols = "http,https",
		.bytes_max = work->config->http.file_bytes,
		.timeout_ms = WHOLE_MS,
		.take = take,
		.argument = fetching };
	const char           *cause;
	enum download_outcome outcome;

	if (fetching->digest == NULL || EVP_DigestInit_ex(fetching->digest, EVP_sha256(), NULL) != 1)
		abort();
	outcome = download(work->config, &wanted, &cause);
	return outcome_of(work, fetching, outcome, cause);
}

/* Written down before anything is made of it, so that what is tried again has the same file. */
static const struct problem *
write_row(struct work *work, const struct media_row *row)
{
	return db_run(work->db, NULL,
	    "UPDATE media SET type = ?, sha256 = ?, bytes = ?, width = ?, height = ? WHERE id = ? AND status = 'pending'",
	    P(row->type), P(row->sha256), P(row->bytes), P(row->width), P(row->height), P(row->id));
}

static void
fill_row(struct work *work, const struct fetching *fetching, const struct content *content, struct media_row *row)
{
	unsigned char *digest = arena_alloc(work->arena, DIGEST);

	if (EVP_DigestFinal_ex(fetching->digest, digest, NULL) != 1)
		abort();
	row->type = content->type;
	row->sha256 = (struct bytes) { digest, DIGEST };
	row->bytes = ARENA_NEW(work->arena, int64_t);
	row->width = ARENA_NEW(work->arena, int64_t);
	row->height = ARENA_NEW(work->arena, int64_t);
	*row->bytes = fetching->size;
	*row->width = content->width;
	*row->height = content->height;
}

static const struct problem *
keep(struct work *work, const struct fetching *fetching, struct media_id id)
{
	const char *to = media_original(work, id);
	char        from[40];

	snprintf(from, sizeof from, "/proc/self/fd/%d", fetching->fd);
	unlink(to); /* of an attempt that came no further */
	if (fsync(fetching->fd) == 0 && linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) == 0)
		return OK;
	log_error("cannot keep a picture", LOG_ID("file", to), LOG_TEXT("cause", strerror(errno)));
	return errno == ENOSPC || errno == EDQUOT ? problem(STORAGE_FULL, "there is no room left for pictures")
						  : problem(INTERNAL, "pictures cannot be stored");
}

const struct problem *
fetch_media(struct work *work, struct media_row *row)
{
	struct fetching *fetching = ARENA_NEW(work->arena, struct fetching);
	struct content   content;
	const char      *fault;

	*fetching = (struct fetching) { .fd = open(work->config->media.originals_directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0640),
		.digest = EVP_MD_CTX_new() };
	arena_defer(work->arena, close_fetching, fetching);
	if (fetching->fd < 0) {
		log_error("cannot write a picture", LOG_TEXT("cause", strerror(errno)));
		return problem(INTERNAL, "pictures cannot be stored");
	}
	TRY(fetch(work, fetching, row->source_url));
	fault = content_read(fetching->fd, fetching->size, &content);
	if (fault != NULL || content.kind != MEDIA_IMAGE)
		return problem_useless(work->arena, PROBLEM_VALIDATION_FAILED,
		    arena_format(work->arena, "what is there %s", fault == NULL ? "is no picture" : fault));
	fill_row(work, fetching, &content, row);
	TRY(keep(work, fetching, row->id));
	return db_transaction(work, write_row(work, row));
}
