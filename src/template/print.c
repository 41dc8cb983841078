/* Templates filled from structs. */
#include "base/arena.h"
#include "base/text.h"
#include "template/escape.h"
#include "template/node.h"
#include "template/template.h"

#include <assert.h>
#include <string.h>

/* Where the values of a template stand while it is printed: of a struct itself, of anything else the field. */
struct stack {
	const void *values[SECTIONS_MAX + 1];
	size_t      depth;
};

/* The value that a reference means; NULL when it, or what it is part of, is absent. */
static const void *
find_value(const struct stack *stack, const struct reference *reference, const void **owner)
{
	const void *value = stack->values[reference->frame], *pointed;

	*owner = NULL;
	for (size_t i = 0; i < reference->count && value != NULL; i++) {
		*owner = value;
		value = (const char *)value + reference->path[i]->offset;
		if (reference->path[i]->pointer) {
			memcpy(&pointed, value, sizeof pointed);
			value = pointed;
		}
	}
	return value;
}

static size_t
count_of(const struct member *member, const void *owner)
{
	size_t count;

	memcpy(&count, (const char *)owner + member->count_offset, sizeof count);
	return count;
}

static bool
is_true(const struct reference *reference, const void *owner, const void *value)
{
	if (value == NULL)
		return false;
	if (reference->shape != NULL)
		return true;
	switch (reference->element ? MEMBER_TEXT : reference->member->kind) {
	case MEMBER_TEXT:
		return *(const char *const *)value != NULL && **(const char *const *)value != '\0';
	case MEMBER_MAP:
	case MEMBER_JSON:
		return *(const char *const *)value != NULL;
	case MEMBER_INTEGER:
		return *(const int64_t *)value != 0;
	case MEMBER_BOOLEAN:
		return *(const bool *)value;
	case MEMBER_ARRAY:
	case MEMBER_TEXTS:
		return count_of(reference->member, owner) > 0;
	default:
		return true;
	}
}

/* A scalar as its text, without the quotes that JSON puts around it; NULL when it is absent. */
static const char *
scalar_text(struct arena *arena, const struct reference *reference, const void *value)
{
	const struct member *member = reference->member;
	struct text          text;

	switch (reference->element ? MEMBER_TEXT : member->kind) {
	case MEMBER_TEXT:
	case MEMBER_MAP:
	case MEMBER_JSON:
		return *(const char *const *)value;
	case MEMBER_BOOLEAN:
		return *(const bool *)value ? "true" : "false";
	case MEMBER_ENUM:
		return member->values[*(const int *)value];
	case MEMBER_UUID:
		return uuid_text(arena, *(const struct uuid *)value);
	default:
		break;
	}
	text = text_new(arena, MONEY_TEXT_SIZE);
	if (member->kind == MEMBER_INTEGER)
		text_add_integer(&text, *(const int64_t *)value);
	else if (member->kind == MEMBER_MONEY)
		text_add_money(&text, *(const struct money *)value);
	else if (member->kind == MEMBER_TIME) {
		text_reserve(&text, INSTANT_TEXT_LENGTH);
		instant_write(*(const struct instant *)value, text.bytes);
		text.length = INSTANT_TEXT_LENGTH;
		text.bytes[text.length] = '\0';
	} else
		assert(!"a kind that is never printed");
	return text.bytes;
}

static void
add_json_value(struct text *json, const struct reference *reference, const void *owner, const void *value)
{
	const enum member_kind kind = reference->shape != NULL ? MEMBER_OBJECT
	    : reference->element                               ? MEMBER_TEXT
							       : reference->member->kind;
	const void            *elements = NULL;

	if (value != NULL && (kind == MEMBER_ARRAY || kind == MEMBER_TEXTS))
		memcpy(&elements, value, sizeof elements);
	if (value == NULL)
		TEXT_ADD(json, "null");
	else if (kind == MEMBER_OBJECT)
		shape_print(reference->shape, value, json);
	else if (kind == MEMBER_ARRAY)
		shape_print_array(reference->member->of, elements, count_of(reference->member, owner), json);
	else if (kind == MEMBER_TEXTS) {
		const char *const *texts = elements;

		text_add_char(json, '[');
		for (size_t i = 0; i < count_of(reference->member, owner); i++) {
			if (i > 0)
				text_add_char(json, ',');
			text_add_json(json, texts[i]);
		}
		text_add_char(json, ']');
	} else if (kind == MEMBER_INTEGER || kind == MEMBER_BOOLEAN)
		text_add_string(json, scalar_text(json->arena, reference, value));
	else if (kind == MEMBER_MAP || kind == MEMBER_JSON) {
		const char *raw = scalar_text(json->arena, reference, value);

		text_add_string(json, raw == NULL ? "null" : raw);
	} else
		text_add_json(json, scalar_text(json->arena, reference, value));
}

static void
print_value(const struct node *node, const struct stack *stack, struct text *out)
{
	const void *owner, *value = find_value(stack, &node->reference, &owner);
	const char *text;

	if (node->escaping == ESCAPE_JSON) {
		struct text json = text_new(out->arena, 256);

		add_json_value(&json, &node->reference, owner, value);
		escape(out, ESCAPE_JSON, json.bytes, json.length);
		return;
	}
	text = value == NULL ? NULL : scalar_text(out->arena, &node->reference, value);
	if (text != NULL)
		escape(out, node->escaping, text, strlen(text));
}

static void print_nodes(const struct node *node, struct stack *stack, struct text *out);

static void
print_inner(const struct node *node, struct stack *stack, const void *value, struct text *out)
{
	stack->values[++stack->depth] = value;
	print_nodes(node->inner, stack, out);
	stack->depth--;
}

static void
print_section(const struct node *node, struct stack *stack, struct text *out)
{
	const struct reference *reference = &node->reference;
	const void             *owner, *value = find_value(stack, reference, &owner);
	const char             *elements;
	bool                    shown = is_true(reference, owner, value);
	enum member_kind        kind = reference->shape != NULL || reference->element ? MEMBER_OBJECT : reference->member->kind;
	size_t                  size;

	if (node->kind == NODE_INVERTED) {
		if (!shown)
			print_nodes(node->inner, stack, out);
		return;
	}
	if (!shown)
		return;
	if (!section_opens(reference)) {
		print_nodes(node->inner, stack, out);
		return;
	}
	if (kind != MEMBER_ARRAY && kind != MEMBER_TEXTS) {
		print_inner(node, stack, value, out);
		return;
	}
	memcpy(&elements, value, sizeof elements);
	size = kind == MEMBER_ARRAY ? reference->member->of->size : sizeof(char *);
	for (size_t i = 0; i < count_of(reference->member, owner); i++)
		print_inner(node, stack, elements + i * size, out);
}

static void
print_nodes(const struct node *node, struct stack *stack, struct text *out)
{
	for (; node != NULL; node = node->next) {
		if (node->kind == NODE_TEXT)
			text_add(out, node->bytes, node->length);
		else if (node->kind == NODE_VALUE)
			print_value(node, stack, out);
		else
			print_section(node, stack, out);
	}
}

void
template_print(const struct template *template, const void *value, struct text *out)
{
	struct stack stack = { .values = { value } };

	print_nodes(template->nodes, &stack, out);
}
