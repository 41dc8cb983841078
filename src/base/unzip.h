/*
 * unzip.h: the one file of a ZIP archive (PKWARE APPNOTE 6.3, without ZIP64 and encryption) that stands in memory.
 */
#ifndef UNZIP_H
#define UNZIP_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Do the bytes begin as an archive does? */
bool unzip_is_archive(const char *bytes, size_t length);

/*
 * Unpack an archive of exactly one file, of at most `most` bytes: *plain, in the arena with a NUL behind it, and *plain_length.
 * NULL, or what is wrong with the archive, a constant.
 */
const char *unzip_only(struct arena *arena, const char *bytes, size_t length, size_t most, char **plain, size_t *plain_length);

#endif
