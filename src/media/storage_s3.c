/* Amazon S3, or what speaks like it: PUT and DELETE of objects (Amazon S3 API reference), signed by libcurl. */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "media/outside.h"
#include "media/storage.h"

#include <stdlib.h>

/* A bucket whose name has dots has no certificate for a host of its own; with other services it stands in the path, too. */
static const char *
base_url(const struct config *config, struct arena *arena)
{
	const char *bucket = config->media.s3.bucket, *region = config->media.s3.region;
	const char *other = config->media.s3.base_url;

	if (*other != '\0')
		return arena_format(arena, "%s/%s", other, bucket);
	if (strchr(bucket, '.') != NULL)
		return arena_format(arena, "https://s3.%s.amazonaws.com/%s", region, bucket);
	return arena_format(arena, "https://%s.s3.%s.amazonaws.com", bucket, region);
}

/* Names of files need no escapes. */
static const char *
key_of(struct work *work, const struct stored_file *file)
{
	(void)work;
	return file->name;
}

/* `headers` has room for the body's digest, and NULL behind it, at the end. */
static const struct problem *
send_call(
    struct work *work, const char *method, const struct stored_file *file, struct bytes body, const char **headers, size_t n)
{
	const struct config *config = work->config;
	unsigned char        digest[32];
	struct http_reply    reply;
	struct http_call     call = { .method = method,
		    .url = arena_format(work->arena, "%s/%s", base_url(config, work->arena), file->name),
		    .headers = headers,
		    .body = (const char *)body.bytes,
		    .body_length = body.length,
		    .signing = &(const struct http_signing) { .region = config->media.s3.region,
			.service = "s3",
			.key_id = config->media.s3.access_key_id,
			.secret = config->media.s3.secret_access_key } };

	sha256(body.length == 0 ? "" : (const void *)body.bytes, body.length, digest);
	headers[n] = arena_format(work->arena, "x-amz-content-sha256: %s", hex_encode(work->arena, digest, sizeof digest));
	headers[n + 1] = NULL;
	return outside_call(work, &call, &reply);
}

static const struct problem *
put(struct work *work, const char *path, const struct stored_file *file)
{
	const char  *headers[4] = { arena_format(work->arena, "Content-Type: %s", file->type),
		 "Cache-Control: " OUTSIDE_CACHE_CONTROL };
	struct bytes body;

	TRY(outside_read(work, path, "", "", &body));
	return send_call(work, "PUT", file, body, headers, 2);
}

/* It says 204 also where there was none. */
static const struct problem *
remove_file(struct work *work, const struct stored_file *file)
{
	const char *headers[2];

	return send_call(work, "DELETE", file, (struct bytes) { NULL, 0 }, headers, 0);
}

const struct storage storage_s3 = { put, remove_file, key_of, base_url, key_of };
