/* A body laid over the object as it stands. */
#include "base/shape_value.h"

#include <assert.h>
#include <string.h>

void
shape_merge(const struct shape *shape, const void *body, void *into)
{
	const struct shape_seen *seen = (const struct shape_seen *)((const char *)body + shape->seen_offset - 1);

	assert(shape->seen_offset > 0);
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];

		if ((seen->bits >> i & 1) == 0)
			continue;
		memcpy((char *)into + member->offset, (const char *)body + member->offset,
		    member->pointer ? sizeof(void *) : kind_size(member));
		if (member->kind == MEMBER_ARRAY || member->kind == MEMBER_TEXTS)
			memcpy((char *)into + member->count_offset, (const char *)body + member->count_offset, sizeof(size_t));
	}
}

void
shape_note(const struct shape *shape, void *body, const char *name)
{
	const struct member *member = shape_member(shape, name, strlen(name));

	assert(member != NULL);
	note_seen(shape, body, (size_t)(member - shape->members));
}
