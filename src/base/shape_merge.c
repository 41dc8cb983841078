/* A body laid over the object as it stands. */
#include "base/shape.h"

#include <assert.h>
#include <string.h>

/* The size of a member's field in its struct. */
static size_t
field_size(const struct member *member)
{
	if (member->pointer)
		return sizeof(void *);
	switch (member->kind) {
	case MEMBER_TEXT:
	case MEMBER_ARRAY:
	case MEMBER_TEXTS:
	case MEMBER_MAP:
		return sizeof(void *);
	case MEMBER_INTEGER:
		return sizeof(int64_t);
	case MEMBER_BOOLEAN:
		return sizeof(bool);
	case MEMBER_UUID:
		return sizeof(struct uuid);
	case MEMBER_DECIMAL:
		return sizeof(struct decimal);
	case MEMBER_ENUM:
		return sizeof(int);
	case MEMBER_TIME:
		return sizeof(struct instant);
	case MEMBER_OBJECT:
		return member->of->size;
	default:
		assert(!"a kind that no body has");
		return 0;
	}
}

void
shape_merge(const struct shape *shape, const void *body, void *into)
{
	const struct shape_seen *seen = (const struct shape_seen *)((const char *)body + shape->seen_offset - 1);

	assert(shape->seen_offset > 0);
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];

		if ((seen->bits >> i & 1) == 0)
			continue;
		memcpy((char *)into + member->offset, (const char *)body + member->offset, field_size(member));
		if (member->kind == MEMBER_ARRAY || member->kind == MEMBER_TEXTS)
			memcpy((char *)into + member->count_offset, (const char *)body + member->count_offset, sizeof(size_t));
	}
}
