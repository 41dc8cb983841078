#include "media/fetch.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "media/content.h"
#include "net/target.h"
#include "store/db.h"

#include <curl/curl.h>
#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <unistd.h>

enum { REDIRECTS_MAX = 3, CONNECT_MS = 5000, WHOLE_MS = 60000, DIGEST = 32 };

struct fetching {
	const struct config *config;
	int                  fd, error; /* of the file; errno of what could not be written */
	int64_t              size;
	bool                 closed, too_large;
	EVP_MD_CTX          *digest;
};

static void
close_fetching(void *object)
{
	struct fetching *fetching = object;

	if (fetching->fd >= 0)
		close(fetching->fd);
	EVP_MD_CTX_free(fetching->digest);
}

/* Less than it was given makes curl give up. */
static size_t
take(char *bytes, size_t size, size_t count, void *argument)
{
	struct fetching *fetching = argument;
	size_t           length = size * count;

	fetching->size += (int64_t)length;
	fetching->too_large = fetching->size > fetching->config->http.file_bytes;
	if (fetching->too_large)
		return 0;
	if (EVP_DigestUpdate(fetching->digest, bytes, length) != 1)
		abort();
	if (write(fetching->fd, bytes, length) == (ssize_t)length)
		return length;
	fetching->error = errno;
	return 0;
}

/* libcurl is about to connect to this address and no other. */
static curl_socket_t
open_socket(void *argument, curlsocktype purpose, struct curl_sockaddr *address)
{
	struct fetching *fetching = argument;

	if (purpose == CURLSOCKTYPE_IPCXN && target_may_be(fetching->config, &address->addr, false))
		return socket(address->family, address->socktype | SOCK_CLOEXEC, address->protocol);
	fetching->closed = true;
	return CURL_SOCKET_BAD;
}

static void
set_options(CURL *curl, struct fetching *fetching, const char *url)
{
	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 1L);
	curl_easy_setopt(curl, CURLOPT_MAXREDIRS, (long)REDIRECTS_MAX);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_REDIR_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_DISALLOW_USERNAME_IN_URL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "haat/" PACKAGE_VERSION);
	curl_easy_setopt(curl, CURLOPT_CAINFO, fetching->config->certificates.roots_file);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)CONNECT_MS);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)WHOLE_MS);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L);
	curl_easy_setopt(curl, CURLOPT_FAILONERROR, 1L);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, fetching);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETFUNCTION, open_socket);
	curl_easy_setopt(curl, CURLOPT_OPENSOCKETDATA, fetching);
}

static const struct problem *
outcome_of(struct work *work, const struct fetching *fetching, CURLcode code)
{
	if (fetching->closed)
		return problem_useless(work->arena, PROBLEM_VALIDATION_FAILED, "the picture's address is not public");
	if (fetching->too_large)
		return problem_useless(work->arena, PROBLEM_VALIDATION_FAILED, "the picture is too large");
	if (fetching->error == ENOSPC || fetching->error == EDQUOT)
		return problem(STORAGE_FULL, "there is no room left for pictures");
	if (code == CURLE_OK)
		return OK;
	log_warning("a picture cannot be fetched", LOG_TEXT("cause", curl_easy_strerror(code)));
	return problem(PROVIDER_UNAVAILABLE, "the picture cannot be fetched");
}

static const struct problem *
download(struct work *work, struct fetching *fetching, const char *url)
{
	CURL    *curl = curl_easy_init();
	CURLcode code;

	if (curl == NULL || fetching->digest == NULL || EVP_DigestInit_ex(fetching->digest, EVP_sha256(), NULL) != 1)
		abort();
	set_options(curl, fetching, url);
	code = curl_easy_perform(curl);
	curl_easy_cleanup(curl);
	return outcome_of(work, fetching, code);
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

	*fetching = (struct fetching) { .config = work->config,
		.fd = open(work->config->media.originals_directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0640),
		.digest = EVP_MD_CTX_new() };
	arena_defer(work->arena, close_fetching, fetching);
	if (fetching->fd < 0) {
		log_error("cannot write a picture", LOG_TEXT("cause", strerror(errno)));
		return problem(INTERNAL, "pictures cannot be stored");
	}
	TRY(download(work, fetching, row->source_url));
	fault = content_read(fetching->fd, fetching->size, &content);
	if (fault != NULL || content.kind != MEDIA_IMAGE)
		return problem_useless(work->arena, PROBLEM_VALIDATION_FAILED,
		    arena_format(work->arena, "what is there %s", fault == NULL ? "is no picture" : fault));
	fill_row(work, fetching, &content, row);
	TRY(keep(work, fetching, row->id));
	return db_transaction(work, write_row(work, row));
}
