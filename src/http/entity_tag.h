/*
 * entity_tag.h: between entity_tag.c and respond_stamped.c: tags that are known by their end.
 *
 * A tag's end is what stands behind its last full stop, or all of it.
 */
#ifndef ENTITY_TAG_H
#define ENTITY_TAG_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

/* Does the header (If-None-Match) name the tag, in quotes and without W/, or "*"? */
bool etag_is_listed(const char *header, const char *tag);

/* Has a tag of the header (If-None-Match) an end of that length? */
bool etag_may_end_in(const char *header, size_t length);

/* The tag of the header whose end that is, in quotes, in the arena; NULL: there is none.  Weak or strong is the same. */
const char *etag_that_ends_in(struct arena *arena, const char *header, const char *end);

#endif
