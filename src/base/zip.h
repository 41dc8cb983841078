/*
 * zip.h: a ZIP archive (PKWARE APPNOTE 6.3, without ZIP64), written into a file from front to back in bounded memory.
 *
 *   struct zip *zip = zip_new(arena, fd);
 *
 *   zip_begin(zip, "orders.json");
 *   zip_add(zip, bytes, length);
 *   if (!zip_finish(zip))
 *           ... the archive is not whole: what was wrong stands in errno ...
 *
 * What fails once makes all that follows fail, so only the end need be looked at; zip_add says so at once for who has more to do.
 */
#ifndef ZIP_H
#define ZIP_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct zip;

enum { ZIP_FILES_MAX = 100 };

/* An archive in the empty file `fd`, which stays the caller's and is written by position; lives in the arena. */
struct zip *zip_new(struct arena *arena, int fd);

/* What is added from now on is the file of that name, UTF-8 without a leading slash; at most ZIP_FILES_MAX of them. */
bool zip_begin(struct zip *zip, const char *name);
bool zip_add(struct zip *zip, const void *bytes, size_t length);

/* The directory at the end. */
bool zip_finish(struct zip *zip);

#endif
