/*
 * shape_value.h: what the reading of JSON (shape_parse.c) and of query strings (shape_query.c) have in common: taking one
 * value into a struct, and saying what is wrong with it and where.  For those two files and shape_merge.c; everybody else
 * uses shape.h.
 */
#ifndef SHAPE_VALUE_H
#define SHAPE_VALUE_H

#include "base/ids.h"
#include "base/instant.h"
#include "base/money.h"
#include "base/shape.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { SEEN_MAX = 64 };

/* Where in the body we are: members and indexes from the root, joined only when there is a fault to report. */
struct place {
	const struct place *outer;
	const char         *name; /* NULL for an element */
	size_t              index;
};

struct parse {
	struct arena  *arena;
	struct faults *faults;
	bool           answer; /* shape_check: every member must be there */
};

/* Adds a fault at the place; the second with a number between two texts. */
void value_fault(struct parse *parse, const struct place *place, const char *what);
void value_fault_bound(struct parse *parse, const struct place *place, const char *before, int64_t bound, const char *after);

/* A blank, a tab or a line break. */
bool value_is_space(char c);

/* Each takes one value into *into when it is what the member asks for, else adds a fault.  `bytes` NULL: not a text. */
void take_text(struct parse *parse, const struct member *member, const char *bytes, const char **into, const struct place *place);
void take_integer(struct parse *parse, const struct member *member, int64_t value, int64_t *into, const struct place *place);
void take_uuid(struct parse *parse, const char *bytes, struct uuid *into, const struct place *place);
void take_enum(struct parse *parse, const struct member *member, const char *bytes, int *into, const struct place *place);
void take_decimal(
    struct parse *parse, const struct member *member, const char *bytes, struct decimal *into, const struct place *place);
void take_time(struct parse *parse, const char *bytes, struct instant *into, const struct place *place);

/* The size of a value of the member's kind; of texts and lists that of their pointer. */
size_t kind_size(const struct member *member);

/* Where the member's value goes: the field itself, or new memory that the field now points to. */
void *member_room(struct arena *arena, const struct member *member, void *struct_);

/* Gives a member that was not there its default. */
void set_default(struct arena *arena, const struct member *member, void *struct_);

/* Remembers in the struct, when it has a place for that, that the member at `index` was there. */
void note_seen(const struct shape *shape, void *struct_, size_t index);

#endif
