#include "http/upload.h"

#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "http/multipart.h"
#include "http/unpack.h"

#include <errno.h>
#include <fcntl.h>
#include <openssl/evp.h>
#include <unistd.h>

enum { PIECE = 16 * 1024, DIGEST = UPLOAD_DIGEST };

struct reading {
	struct request       *request;
	struct upload_fields *fields;
	struct upload        *file;               /* the one at hand; NULL: a field */
	struct text           value;              /* of the field at hand */
	const char           *name;               /* of the part at hand */
	bool                  drops_files, drops; /* every file; the part at hand */
	size_t                n_fields, fields_bytes;
	EVP_MD_CTX           *digest;
	EVP_MD_CTX           *content; /* of the large or kept file at hand */
	struct unpack        *unpack;  /* the same */
};

static void
close_file(void *object)
{
	close(((struct upload *)object)->fd);
}

static void
free_digest(void *object)
{
	EVP_MD_CTX_free(object);
}

static void
add_to_digest(struct reading *reading, const void *bytes, size_t length)
{
	if (EVP_DigestUpdate(reading->digest, bytes, length) != 1)
		abort();
}

static EVP_MD_CTX *
new_digest(struct arena *arena)
{
	EVP_MD_CTX *digest = EVP_MD_CTX_new();

	if (digest == NULL || EVP_DigestInit_ex(digest, EVP_sha256(), NULL) != 1)
		abort();
	arena_defer(arena, free_digest, digest);
	return digest;
}

static const struct problem *store(const char *bytes, size_t length, void *argument);

/* A file cannot be written: why, by errno. */
static const struct problem *
cannot_store(const char *where)
{
	bool full = errno == ENOSPC || errno == EDQUOT;

	log_error("cannot store an upload", LOG_ID("where", where), LOG_TEXT("cause", strerror(errno)));
	return full ? problem(STORAGE_FULL, "there is no room left for uploads") : problem(INTERNAL, "uploads cannot be stored");
}

/* A file that is to have a name later must lie on the same disk as its name. */
static const char *
directory_of(const struct request *request)
{
	const struct config *config = request->work->config;

	if (request->route->upload.kept)
		return config->media.originals_directory;
	return request->route->upload.large ? config->http.import_directory : config->http.upload_directory;
}

static const struct problem *
begin_file(struct reading *reading, const struct multipart_part *part)
{
	struct request *request = reading->request;
	struct arena   *arena = request->work->arena;
	const char     *directory = directory_of(request);
	struct upload  *file;

	if (request->route->upload.files == NULL || strcmp(part->name, request->route->upload.files) != 0)
		return problem_at(arena, PROBLEM_VALIDATION_FAILED, part->name, "must not be a file");
	if (request->n_uploads == request->route->upload.max)
		return problem_at(arena, PROBLEM_VALIDATION_FAILED, part->name,
		    arena_format(arena, "must have at most %u files", request->route->upload.max));
	if (request->uploads == NULL)
		request->uploads = arena_array(arena, request->route->upload.max, sizeof *request->uploads);
	file = &request->uploads[request->n_uploads];
	*file = (struct upload) { .filename = part->filename,
		.content_type = part->content_type,
		.fd = open(directory, O_TMPFILE | O_RDWR | O_CLOEXEC, 0640) };
	if (file->fd < 0)
		return cannot_store(directory);
	arena_defer(arena, close_file, file);
	request->n_uploads++;
	reading->file = file;
	if (request->route->upload.large || request->route->upload.kept)
		reading->content = new_digest(arena);
	if (request->route->upload.large)
		reading->unpack = unpack_new(arena, store, reading);
	return OK;
}

/* What browsers send of a form's field for files in which none was chosen: an empty field. */
static bool
is_unchosen(const struct request *request, const struct multipart_part *part)
{
	return request->route->show_problem != NULL && part->filename[0] == '\0';
}

static const struct problem *
begin(const struct multipart_part *part, void *argument)
{
	struct reading *reading = argument;

	/* Names and types with their ends, so that no two bodies have one digest. */
	add_to_digest(reading, part->name, strlen(part->name) + 1);
	add_to_digest(reading, part->content_type, strlen(part->content_type) + 1);
	add_to_digest(
	    reading, part->filename == NULL ? "" : part->filename, part->filename == NULL ? 1 : strlen(part->filename) + 1);
	reading->name = part->name;
	reading->file = NULL;
	reading->drops = reading->drops_files && part->filename != NULL;
	if (reading->drops)
		return OK;
	if (part->filename != NULL && !is_unchosen(reading->request, part))
		return begin_file(reading, part);
	if (++reading->n_fields > UPLOAD_FIELDS_MAX)
		return problem(BAD_REQUEST, "the form has too many fields");
	reading->value = text_new(reading->request->work->arena, 256);
	return OK;
}

static const struct problem *
store(const char *bytes, size_t length, void *argument)
{
	struct reading *reading = argument;
	struct upload  *file = reading->file;

	file->size += (int64_t)length;
	if (reading->content != NULL && EVP_DigestUpdate(reading->content, bytes, length) != 1)
		abort();
	while (length > 0) {
		ssize_t written = write(file->fd, bytes, length);

		if (written < 0 && errno == EINTR)
			continue;
		if (written < 0)
			return cannot_store(directory_of(reading->request));
		bytes += written;
		length -= (size_t)written;
	}
	return OK;
}

static const struct problem *
write_file(struct reading *reading, const char *bytes, size_t length)
{
	const struct config *config = reading->request->work->config;
	bool                 large = reading->request->route->upload.large;

	reading->file->sent += (int64_t)length;
	if (reading->file->sent > (large ? config->http.import_bytes : config->http.file_bytes))
		return problem(BODY_TOO_LARGE, "a file is too large");
	return large ? unpack_feed(reading->unpack, bytes, length) : store(bytes, length, reading);
}

static const struct problem *
end_file(struct reading *reading)
{
	if (reading->content == NULL)
		return OK;
	if (reading->unpack != NULL)
		TRY(unpack_finish(reading->unpack));
	if (EVP_DigestFinal_ex(reading->content, reading->file->digest, NULL) != 1)
		abort();
	return OK;
}

static const struct problem *
data(const char *bytes, size_t length, void *argument)
{
	struct reading *reading = argument;

	add_to_digest(reading, bytes, length);
	if (reading->drops)
		return OK;
	if (reading->file != NULL)
		return write_file(reading, bytes, length);
	reading->fields_bytes += length;
	if (reading->fields_bytes > (size_t)reading->request->work->config->http.json_bytes)
		return problem(BODY_TOO_LARGE, "the fields of the form are too large");
	text_add(&reading->value, bytes, length);
	return OK;
}

static const struct problem *
end(void *argument)
{
	struct reading       *reading = argument;
	struct upload_fields *fields = reading->fields;
	const char           *json = reading->request->route->upload.json;
	int64_t               size = reading->file != NULL ? reading->file->sent : (int64_t)reading->value.length;

	add_to_digest(reading, &size, sizeof size);
	if (reading->drops)
		return OK;
	if (reading->file != NULL)
		return end_file(reading);
	if (strlen(reading->value.bytes) != reading->value.length)
		return problem_at(
		    reading->request->work->arena, PROBLEM_VALIDATION_FAILED, reading->name, "must not contain NUL");
	if (json != NULL && strcmp(reading->name, json) == 0 && fields->json == NULL) {
		fields->json = reading->value.bytes;
	} else if (json != NULL) {
		return problem_at(
		    reading->request->work->arena, PROBLEM_VALIDATION_FAILED, reading->name, "is unknown or repeated");
	} else {
		text_addf(&fields->form, "%s", fields->form.length > 0 ? "&" : "");
		text_add_percent(&fields->form, reading->name);
		text_add_char(&fields->form, '=');
		text_add_percent(&fields->form, reading->value.bytes);
	}
	return OK;
}

/* The whole body, piece by piece. */
static const struct problem *
read_pieces(struct request *request, const struct problem *(*take)(const char *bytes, size_t length, void *to), void *to)
{
	const struct config *config = request->work->config;
	const char          *declared = request_header(request, "CONTENT_LENGTH");
	int64_t              limit = config->http.upload_bytes, total = 0;
	char                 piece[PIECE];
	int                  got;

	if (request->route->upload.large) /* and what stands around its one file */
		limit = config->http.import_bytes + config->http.json_bytes;
	if (declared != NULL && strtoll(declared, NULL, 10) > limit)
		return problem(BODY_TOO_LARGE, "the upload is too large");
	do {
		got = FCGX_GetStr(piece, sizeof piece, request->fcgi->in);
		total += got;
		if (total > limit)
			return problem(BODY_TOO_LARGE, "the upload is too large");
		TRY(take(piece, (size_t)got, to));
	} while (got == (int)sizeof piece);
	if (FCGX_GetError(request->fcgi->in) != 0)
		return problem(BAD_REQUEST, "the body is shorter than its Content-Length");
	return OK;
}

static const struct problem *
feed(const char *bytes, size_t length, void *multipart)
{
	return multipart_feed(multipart, bytes, length);
}

static void
set_digest(struct reading *reading)
{
	unsigned char *digest = arena_alloc(reading->request->work->arena, DIGEST);

	if (EVP_DigestFinal_ex(reading->digest, digest, NULL) != 1)
		abort();
	reading->request->raw = (struct bytes) { digest, DIGEST };
}

static const struct problem *
read_parts(struct request *request, const char *content_type, bool drops_files, struct upload_fields *fields)
{
	struct arena  *arena = request->work->arena;
	struct reading reading = {
		.request = request, .fields = fields, .drops_files = drops_files, .digest = new_digest(arena)
	};
	struct multipart_reader reader = { begin, data, end, &reading };
	struct multipart       *multipart;

	*fields = (struct upload_fields) { .form = text_new(arena, 256) };
	TRY(multipart_new(arena, content_type, &reader, &multipart));
	TRY(read_pieces(request, feed, multipart));
	TRY(multipart_finish(multipart));
	set_digest(&reading);
	return OK;
}

const struct problem *
upload_read(struct request *request, const char *content_type, struct upload_fields *fields)
{
	return read_parts(request, content_type, false, fields);
}

const struct problem *
upload_read_fields(struct request *request, const char *content_type, struct upload_fields *fields)
{
	return read_parts(request, content_type, true, fields);
}

const struct problem *
upload_read_file(struct request *request, const char *content_type)
{
	struct reading        reading = { .request = request, .digest = new_digest(request->work->arena) };
	struct multipart_part part = { .name = request->route->upload.files, .content_type = content_type };

	TRY(begin_file(&reading, &part));
	TRY(read_pieces(request, data, &reading));
	TRY(end_file(&reading));
	set_digest(&reading);
	return OK;
}

const struct problem *
upload_rewind(struct request *request)
{
	for (size_t i = 0; i < request->n_uploads; i++)
		if (lseek(request->uploads[i].fd, 0, SEEK_SET) != 0)
			return problem(INTERNAL, "uploads cannot be read");
	return OK;
}

static const struct problem *
keep(struct work *work, const struct upload *file, const char *directory, const char *name)
{
	char        from[40];
	const char *to = arena_format(work->arena, "%s/%s", directory, name);

	snprintf(from, sizeof from, "/proc/self/fd/%d", file->fd);
	if (fsync(file->fd) == 0 && linkat(AT_FDCWD, from, AT_FDCWD, to, AT_SYMLINK_FOLLOW) == 0)
		return OK;
	return cannot_store(to);
}

const struct problem *
upload_keep(struct work *work, const struct upload *file, const char *name)
{
	return keep(work, file, work->config->http.import_directory, name);
}

const struct problem *
upload_keep_media(struct work *work, const struct upload *file, const char *name)
{
	return keep(work, file, work->config->media.originals_directory, name);
}
