/*
 * value.h: the values that a template is filled from while it is printed: fields of structs, and what is inside of the JSON that
 * some of them hold.  For the files of this folder.
 */
#ifndef TEMPLATE_VALUE_H
#define TEMPLATE_VALUE_H

#include "template/node.h"

struct arena;
struct json_object;

/* One of both: a struct or one of its fields, or JSON.  Neither: absent. */
struct value {
	const void         *field, *owner; /* the latter: the struct that a field is of */
	struct json_object *json;
};

enum { PARSED_MAX = 8 };

/* Where the values of a template stand while it is printed. */
struct stack {
	struct arena                   *arena;
	struct value                    values[SECTIONS_MAX + 1];
	size_t                          depth;
	const struct template_language *language;
	struct {
		const char         *text;
		struct json_object *json;
	} parsed[PARSED_MAX]; /* texts of JSON that were read already */
	size_t n_parsed;
};

/* What a reference means. */
struct value value_find(struct stack *stack, const struct reference *reference);

/* Does a section of it print anything? */
bool value_is_true(struct stack *stack, const struct reference *reference, struct value value);

/* How many elements a list has, and one of them. */
size_t       value_count(struct stack *stack, const struct reference *reference, struct value *value);
struct value value_element(const struct reference *reference, struct value value, size_t i);
bool         value_is_list(const struct reference *reference);

/* A scalar as its text, without the quotes that JSON puts around it; NULL when it is absent. */
const char *value_text(struct arena *arena, const struct reference *reference, struct value value);

/* As a whole number; 0 when it is absent. */
int64_t value_integer(struct value value);

/* Append it as JSON. */
void value_add_json(struct text *json, const struct reference *reference, struct value value);

#endif
