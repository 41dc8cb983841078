/*
 * upload.h: the parts of a multipart body: files go to the disk as they come and are never held in memory, fields are small.
 *
 * A file has no name in the file system (O_TMPFILE): it is gone with its descriptor, which the arena closes, so nothing is
 * left behind by a request that fails or a worker that dies.
 */
#ifndef UPLOAD_H
#define UPLOAD_H

#include "base/text.h"
#include "http/request.h"

/* What was not a file. */
struct upload_fields {
	struct text form; /* the fields as application/x-www-form-urlencoded */
	const char *json; /* the part named by the row's .upload.json; NULL when there was none */
};

enum { UPLOAD_FIELDS_MAX = 100 };

/*
 * Reads the whole body into request->uploads and *fields, and sets request->raw to a digest of its parts, for an
 * Idempotency-Key: the boundary does not count.  BAD_REQUEST when it is malformed or ends early, BODY_TOO_LARGE over
 * http.file_bytes, http.upload_bytes or, for fields, http.json_bytes; VALIDATION_FAILED for a file that the route does not
 * take; STORAGE_FULL, or INTERNAL, both logged, when the directory of such files cannot be written.
 */
const struct problem *upload_read(struct request *request, const char *content_type, struct upload_fields *fields);

/* The same without the files, which are read and dropped: for a request that is refused before its body is looked at. */
const struct problem *upload_read_fields(struct request *request, const char *content_type, struct upload_fields *fields);

/* The same of a body that is one file itself (TAKES_FILE). */
const struct problem *upload_read_file(struct request *request, const char *content_type);

/*
 * Give a large file a name below http.import_directory, or a kept one below media.originals_directory, under which it outlives the
 * request, once it is on the disk for certain.  STORAGE_FULL, INTERNAL, logged, when that cannot be.
 */
const struct problem *upload_keep(struct work *work, const struct upload *file, const char *name);
const struct problem *upload_keep_media(struct work *work, const struct upload *file, const char *name);

/* Each run of a handler reads the files from their beginning: it may run again in a new transaction. */
const struct problem *upload_rewind(struct request *request);

#endif
