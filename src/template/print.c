/* Templates filled from structs. */
#include "base/arena.h"
#include "base/text.h"
#include "template/escape.h"
#include "template/template.h"
#include "template/value.h"

#include <assert.h>
#include <string.h>

static void
print_value(const struct node *node, struct stack *stack, struct text *out)
{
	struct value value = value_find(stack, &node->reference);
	struct text  json;
	const char  *text;

	if (node->escaping == ESCAPE_JSON) {
		json = text_new(out->arena, 256);
		value_add_json(&json, &node->reference, value);
		escape(out, ESCAPE_JSON, json.bytes, json.length);
		return;
	}
	text = value_text(out->arena, &node->reference, value);
	if (text != NULL)
		escape(out, node->escaping, text, strlen(text));
}

/* Amounts that are written already have their currency beside them. */
static void
add_amount(const struct node *node, struct stack *stack, const char *written, struct text *text)
{
	const char    *currency;
	struct decimal decimal;
	struct money   money;

	currency = value_text(stack->arena, node->currency, value_find(stack, node->currency));
	if (currency != NULL && decimal_parse(written, strlen(written), &decimal) && decimal_to_money(decimal, currency, &money))
		text_add_local_money(text, stack->language->locale, money);
}

static void
add_time(const struct node *node, struct stack *stack, struct value value, struct text *text)
{
	struct instant instant;

	if (value.json == NULL)
		instant = *(const struct instant *)value.field;
	else if (!instant_parse(value_text(stack->arena, &node->reference, value), &instant))
		return;
	text_add_local_time(text, stack->language->locale, instant, stack->language->zone, node->date);
}

static void
add_word(const struct node *node, struct stack *stack, struct value value, struct text *text)
{
	const char *word = value_text(stack->arena, &node->reference, value);

	for (size_t i = 0; node->reference.member->values[i] != NULL; i++)
		if (strcmp(node->reference.member->values[i], word) == 0)
			text_add_string(text, node->words[i]);
}

/* A day is that of a calendar, not of a zone. */
static void
add_day(struct stack *stack, const char *written, struct text *text)
{
	struct instant instant;

	if (instant_parse(arena_format(stack->arena, "%sT00:00:00Z", written), &instant))
		text_add_local_time(text, stack->language->locale, instant, "UTC", DATE_LONG);
}

static void
add_text(const struct node *node, struct stack *stack, struct value value, struct text *text)
{
	const struct locale *locale = stack->language->locale;
	const char          *written = value_text(stack->arena, &node->reference, value);

	if (written == NULL)
		return;
	switch (node->text) {
	case TEXT_COUNTRY:
		text_add_string(text, locale_country(locale, written));
		break;
	case TEXT_NUMBER:
		text_add_local_decimal(text, locale, written);
		break;
	case TEXT_AMOUNT:
		add_amount(node, stack, written, text);
		break;
	case TEXT_DAY:
		add_day(stack, written, text);
		break;
	}
}

/* As the language writes it. */
static void
print_local(const struct node *node, struct stack *stack, struct text *out)
{
	struct value value = value_find(stack, &node->reference);
	struct text  text = text_new(out->arena, 64);

	if (value.json == NULL && value.field == NULL)
		return;
	switch (node->reference.member->kind) {
	case MEMBER_MONEY:
		if (value.json == NULL)
			text_add_local_money(&text, stack->language->locale, *(const struct money *)value.field);
		else
			add_amount(node, stack, value_text(stack->arena, &node->reference, value), &text);
		break;
	case MEMBER_INTEGER:
		text_add_local_integer(&text, stack->language->locale, value_integer(value));
		break;
	case MEMBER_TIME:
		add_time(node, stack, value, &text);
		break;
	case MEMBER_ENUM:
		add_word(node, stack, value, &text);
		break;
	case MEMBER_TEXT:
		add_text(node, stack, value, &text);
		break;
	default:
		assert(!"a kind that languages write alike");
	}
	escape(out, node->escaping, text.bytes, text.length);
}

static void print_nodes(const struct node *node, struct stack *stack, struct text *out);

/* The form of a message that goes with its number; what is not there counts as none. */
static void
print_plural(const struct node *node, struct stack *stack, struct text *out)
{
	const int64_t number = value_integer(value_find(stack, &node->reference));

	print_nodes(node->forms[locale_plural(stack->language->locale, number)], stack, out);
}

static void
print_inner(const struct node *node, struct stack *stack, struct value value, struct text *out)
{
	stack->values[++stack->depth] = value;
	print_nodes(node->inner, stack, out);
	stack->depth--;
}

static void
print_section(const struct node *node, struct stack *stack, struct text *out)
{
	const struct reference *reference = &node->reference;
	struct value            value = value_find(stack, reference);
	const bool              shown = value_is_true(stack, reference, value);
	size_t                  count;

	if (shown == (node->kind == NODE_INVERTED))
		return;
	if (node->kind == NODE_INVERTED || !section_opens(reference)) {
		print_nodes(node->inner, stack, out);
		return;
	}
	if (!value_is_list(reference)) {
		print_inner(node, stack, value, out);
		return;
	}
	count = value_count(stack, reference, &value);
	for (size_t i = 0; i < count; i++)
		print_inner(node, stack, value_element(reference, value, i), out);
}

static void
print_nodes(const struct node *node, struct stack *stack, struct text *out)
{
	for (; node != NULL; node = node->next) {
		switch (node->kind) {
		case NODE_TEXT:
			text_add(out, node->bytes, node->length);
			break;
		case NODE_VALUE:
			print_value(node, stack, out);
			break;
		case NODE_LOCAL:
			print_local(node, stack, out);
			break;
		case NODE_PLURAL:
			print_plural(node, stack, out);
			break;
		case NODE_SECTION:
		case NODE_INVERTED:
			print_section(node, stack, out);
		}
	}
}

void
template_print(const struct template *template, const void *value, struct text *out)
{
	struct stack stack = { .arena = out->arena, .values = { { .field = value } }, .language = template->language };

	print_nodes(template->nodes, &stack, out);
}
