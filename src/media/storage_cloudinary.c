/* Cloudinary: signed upload and destroy (Cloudinary Upload API reference). */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/text.h"
#include "media/cloudinary.h"
#include "media/outside.h"
#include "media/storage.h"

#include <inttypes.h>
#include <json-c/json.h>

static const char *
kind_of(const struct stored_file *file)
{
	return strncmp(file->type, "video/", 6) == 0 ? "video" : "image";
}

/* The format is no part of it, but our sizes differ by it: "products/5f/5f0c...-480-webp". */
static const char *
public_id(struct work *work, const struct stored_file *file)
{
	const char *folder = work->config->media.cloudinary.folder;
	char *id = arena_string(work->arena, arena_format(work->arena, "%s%s%s", folder, *folder == '\0' ? "" : "/", file->name));

	*strrchr(id, '.') = '-';
	return id;
}

static const char *
base_url(const struct config *config, struct arena *arena)
{
	return arena_format(arena, "https://res.cloudinary.com/%s", config->media.cloudinary.cloud_name);
}

/* "v1" as the folder of a public id might else be taken for a transformation. */
static const char *
path_of(struct work *work, const struct stored_file *file)
{
	return arena_format(work->arena, "%s/upload/v1/%s.%s", kind_of(file), public_id(work, file), media_extension(file->type));
}

static const char *
sign(struct work *work, const struct cloudinary_parameter *parameters, size_t n)
{
	const struct config *config = work->config;

	return cloudinary_signature(
	    work->arena, config->media.cloudinary.signature, config->media.cloudinary.api_secret, parameters, n);
}

static const char *
call_url(struct work *work, const struct stored_file *file, const char *action)
{
	return arena_format(work->arena, "%s/v1_1/%s/%s/%s", work->config->media.cloudinary.base_url,
	    work->config->media.cloudinary.cloud_name, kind_of(file), action);
}

static const char *
member(struct json_object *object, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) ? json_object_get_string(value) : NULL;
}

static const struct problem *
unexpected(const struct http_reply *reply)
{
	log_error("Cloudinary's answer is not what it should be", LOG_NUMBER("status", reply->status));
	return problem(INTERNAL, "the store of pictures has not answered as it should");
}

/* Is it the answer of who knows the secret, about the file that was sent? */
static const struct problem *
check_stored(struct work *work, const struct stored_file *file, const struct http_reply *reply)
{
	struct json_object *answer = json_read(work->arena, reply->body, reply->length);
	const char         *id, *version, *signature;

	if (answer == NULL)
		return unexpected(reply);
	id = member(answer, "public_id");
	version = member(answer, "version");
	signature = member(answer, "signature");
	if (id == NULL || version == NULL || signature == NULL || strcmp(id, public_id(work, file)) != 0 ||
	    strcmp(signature,
		sign(work, (const struct cloudinary_parameter[]) { { "public_id", id }, { "version", version } }, 2)) != 0)
		return unexpected(reply);
	return OK;
}

static void
add_part(struct text *body, const char *boundary, const char *name, const char *value)
{
	text_addf(body, "--%s\r\nContent-Disposition: form-data; name=\"%s\"\r\n\r\n%s\r\n", boundary, name, value);
}

/* With a public id of our own a second upload takes the place of the first. */
static const struct problem *
put(struct work *work, const char *path, const struct stored_file *file)
{
	const struct config              *config = work->config;
	const struct cloudinary_parameter parameters[] = { { "public_id", public_id(work, file) },
		{ "timestamp", arena_format(work->arena, "%" PRId64, unix_seconds()) } };
	const char                       *boundary = uuid_text(work->arena, uuid_new());
	const char *headers[] = { arena_format(work->arena, "Content-Type: multipart/form-data; boundary=%s", boundary), NULL };
	struct text before = text_new(work->arena, 1024);
	struct http_reply reply;
	struct bytes      body;
	struct http_call  call = { .method = "POST", .url = call_url(work, file, "upload"), .headers = headers };

	for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
		add_part(&before, boundary, parameters[i].name, parameters[i].value);
	add_part(&before, boundary, "api_key", config->media.cloudinary.api_key);
	add_part(&before, boundary, "signature", sign(work, parameters, sizeof parameters / sizeof *parameters));
	text_addf(&before, "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"file\"\r\nContent-Type: %s\r\n\r\n",
	    boundary, file->type);
	TRY(outside_read(work, path, before.bytes, arena_format(work->arena, "\r\n--%s--\r\n", boundary), &body));
	call.body = (const char *)body.bytes;
	call.body_length = body.length;
	TRY(outside_call(work, &call, &reply));
	return check_stored(work, file, &reply);
}

static void
add_field(struct text *body, const char *name, const char *value)
{
	text_addf(body, "%s%s=", body->length > 0 ? "&" : "", name);
	text_add_percent(body, value);
}

/* With the copies that are cached. */
static const struct problem *
remove_file(struct work *work, const struct stored_file *file)
{
	const struct cloudinary_parameter parameters[] = { { "invalidate", "true" }, { "public_id", public_id(work, file) },
		{ "timestamp", arena_format(work->arena, "%" PRId64, unix_seconds()) } };
	static const char *const          headers[] = { "Content-Type: application/x-www-form-urlencoded", NULL };
	struct text                       body = text_new(work->arena, 512);
	struct http_reply                 reply;
	struct http_call                  call = { .method = "POST", .url = call_url(work, file, "destroy"), .headers = headers };
	struct json_object               *answer;
	const char                       *result;

	for (size_t i = 0; i < sizeof parameters / sizeof *parameters; i++)
		add_field(&body, parameters[i].name, parameters[i].value);
	add_field(&body, "api_key", work->config->media.cloudinary.api_key);
	add_field(&body, "signature", sign(work, parameters, sizeof parameters / sizeof *parameters));
	call.body = body.bytes;
	call.body_length = body.length;
	TRY(outside_call(work, &call, &reply));
	answer = json_read(work->arena, reply.body, reply.length);
	result = answer == NULL ? NULL : member(answer, "result");
	return result != NULL && (strcmp(result, "ok") == 0 || strcmp(result, "not found") == 0) ? OK : unexpected(&reply);
}

const struct storage storage_cloudinary = { put, remove_file, public_id, base_url, path_of };
