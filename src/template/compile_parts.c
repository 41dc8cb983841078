/* What reading a template needs again and again: faults, nodes, and what names mean. */
#include "base/arena.h"
#include "template/compile.h"

#include <string.h>

enum { PATH_MAX_MEMBERS = 16 };

const char *
compile_place(const struct template_source *source, const char *name)
{
	return source->place_of == NULL ? source->place : source->place_of(source->argument, name);
}

bool
compile_fault(struct compiling *compiling, const struct file *file, size_t line, const char *tag, const char *what)
{
	*compiling->error = arena_format(compiling->arena, "template '%s/%s' line %zu: '%s': %s",
	    compile_place(compiling->source, file->name), file->name, line, tag, what);
	return false;
}

struct node *
compile_node(struct compiling *compiling, enum node_kind kind)
{
	struct node *node = ARENA_NEW(compiling->arena, struct node);

	node->kind = kind;
	*compiling->last = node;
	compiling->last = &node->next;
	return node;
}

void
compile_bytes(struct compiling *compiling, const char *bytes, size_t length)
{
	struct node *node;

	if (length == 0)
		return;
	node = compile_node(compiling, NODE_TEXT);
	node->bytes = bytes;
	node->length = length;
}

static const struct member *
find_member(const struct shape *shape, const char *name, size_t length)
{
	const struct member *member = shape == NULL ? NULL : shape_member(shape, name, length);

	return member == NULL || member->hidden || member->kind == MEMBER_BYTES || member->kind == MEMBER_DECIMAL ? NULL : member;
}

bool
holds_json(const struct member *member)
{
	return member->kind == MEMBER_JSON || member->kind == MEMBER_MAP;
}

/* The shape that a member's own members come from, when they can be named behind a dot. */
static const struct shape *
shape_behind(const struct member *member)
{
	return member->kind == MEMBER_OBJECT || (member->kind == MEMBER_JSON && member->single) ? member->of : NULL;
}

const char *
compile_reference(struct compiling *compiling, const struct tag *tag, struct reference *reference)
{
	const struct member **path = ARENA_ARRAY(compiling->arena, PATH_MAX_MEMBERS, const struct member *);
	const char           *name = tag->bytes, *end = name + tag->length;
	size_t                frame = compiling->depth;

	*reference = compiling->frames[frame];
	reference->frame = frame;
	reference->count = 0;
	reference->path = path;
	if (tag->length == 1 && *name == '.')
		return NULL;
	for (const struct shape *shape = NULL; name <= end; shape = reference->shape) {
		const char          *dot = memchr(name, '.', (size_t)(end - name));
		size_t               length = (size_t)((dot == NULL ? end : dot) - name);
		const struct member *member = NULL;

		/* The first word is a member of the innermost section that has one. */
		for (; reference->count == 0; frame--) {
			shape = compiling->frames[frame].shape;
			member = find_member(shape, name, length);
			if (member != NULL || frame == 0)
				break;
		}
		if (reference->count > 0)
			member = find_member(shape, name, length);
		if (member == NULL)
			return arena_format(compiling->arena, "%s has no member '%.*s'", shape == NULL ? "a value" : shape->name,
			    (int)length, name);
		if (reference->count == PATH_MAX_MEMBERS)
			return "too many names";
		if (reference->count == 0) {
			reference->frame = frame;
			reference->inside = compiling->frames[frame].inside;
		}
		path[reference->count++] = member;
		reference->inside = reference->inside || (reference->count > 1 && holds_json(reference->member));
		reference->member = member;
		reference->element = false;
		reference->shape = shape_behind(member);
		name += length + 1;
	}
	return NULL;
}
