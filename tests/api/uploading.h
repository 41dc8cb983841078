/*
 * uploading.h: files for tests that upload, and the calls that do.
 */
#ifndef UPLOADING_H
#define UPLOADING_H

#include "tests/api/api.h"

/* Bytes that may hold NUL; they live until the program ends. */
struct file {
	const char *bytes;
	size_t      length;
};

/* A PNG of that many pixels of one colour, which no other has; with `text` (NULL: without) in a text chunk. */
struct file png_new(unsigned width, unsigned height, const char *text);

/* A JPEG made of such a PNG, with an EXIF that says `orientation` and a GPS text. */
struct file jpeg_new(unsigned width, unsigned height, int orientation, const char *gps);

/* A text packed by gzip. */
struct file gzip_new(const char *text);

/* The one behind the other. */
struct file files_joined(struct file first, const void *bytes, size_t length);

/* POST (or another method) of `n` files as parts `name`, with the JSON of a part `json_name` (NULL: none) before them. */
struct answer upload_to(const char *path, const char *token, const char *name, const struct file *files, size_t n,
    const char *json_name, const char *json);
struct answer upload_by(const char *method, const char *path, const char *token, const char *name, const struct file *files,
    size_t n, const char *json_name, const char *json);

/* POST /media. */
struct answer upload(const struct person *person, const struct file *files, size_t n);

/* The id of one uploaded file, once it is ready. */
const char *uploaded(const struct person *person, struct file file);

/* One request is answered with the file; the URL of the server, which a child is. */
const char *serve_once(struct file file);

#endif
