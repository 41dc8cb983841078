/* What a template says in its language: messages, and values as the language writes them. */
#include "base/arena.h"
#include "base/text.h"
#include "template/compile.h"
#include "template/escape.h"

#include <string.h>

/* Is it a place for words?  Ours need no shelter from each other. */
static bool
is_text(enum escaping *escaping)
{
	if (*escaping == ESCAPE_TEXT)
		*escaping = ESCAPE_HTML;
	return *escaping == ESCAPE_HTML;
}

bool
compile_words(struct compiling *compiling, const struct file *file, const struct tag *tag)
{
	enum escaping escaping = ESCAPE_NOTHING;
	struct text   text = text_new(compiling->arena, tag->length + 16);
	const char   *what = compiling->is_html ? html_value(&compiling->html, &escaping) : NULL;

	if (what == NULL && compiling->is_html && !is_text(&escaping))
		what = "a message stands in text or in an attribute that is text";
	if (what != NULL)
		return compile_fault(compiling, file, tag->line, compiling->html.tag, what);
	escape(&text, escaping, tag->bytes, tag->length);
	compile_bytes(compiling, text.bytes, text.length);
	return true;
}

const char *
compile_language(const struct compiling *compiling)
{
	return compiling->source->language == NULL ? "this template has no language" : NULL;
}

/* The messages of an enumeration's words; NULL: *what says which is missing. */
static const char *const *
find_words(struct compiling *compiling, const struct reference *reference, const char **what)
{
	const struct template_language *language = compiling->source->language;
	const struct member            *member = reference->member;
	size_t                          count = 0;
	const char                    **words;
	bool                            forms = false;

	while (member->values[count] != NULL)
		count++;
	words = ARENA_ARRAY(compiling->arena, count + 1, const char *);
	for (size_t i = 0; i < count; i++) {
		const char *key = arena_format(compiling->arena, "%s.%s", member->name, member->values[i]);

		words[i] = language->message(language->argument, key, PLURAL_OTHER, &forms);
		if (words[i] == NULL || forms) {
			*what = arena_format(compiling->arena, "'%s' has no plain message '%s'", language->locale->code, key);
			return NULL;
		}
	}
	return words;
}

/* What an amount is in that stands inside of JSON: what the second word names, else the nearest member "currency". */
static const char *
find_currency(struct compiling *compiling, const struct tag *tag, struct node *node)
{
	static const char currency[] = "currency";
	const struct tag  name = { .bytes = tag->second == NULL ? currency : tag->second,
		 .length = tag->second == NULL ? sizeof currency - 1 : tag->second_length };
	struct reference *reference = ARENA_NEW(compiling->arena, struct reference);

	node->currency = reference;
	return compile_reference(compiling, &name, reference) == NULL ? NULL : "nothing says in which currency it is";
}

/* A country's code, or by the second word something else; false: an ordinary text. */
static bool
find_text_style(struct compiling *compiling, const struct tag *tag, struct node *node)
{
	static const char *const styles[] = { [TEXT_NUMBER] = "number", [TEXT_AMOUNT] = "amount", [TEXT_DAY] = "day" };
	const struct tag         nearest = { .bytes = tag->bytes };

	if (tag->second == NULL)
		return node->reference.member->format == FORMAT_COUNTRY;
	for (size_t i = TEXT_NUMBER; i < sizeof styles / sizeof *styles; i++)
		if (strlen(styles[i]) == tag->second_length && memcmp(styles[i], tag->second, tag->second_length) == 0) {
			node->text = (enum text_style)i;
			return i != TEXT_AMOUNT || find_currency(compiling, &nearest, node) == NULL;
		}
	return false;
}

/* Is the value one that languages write in ways of their own, and the second word one of its styles? */
static const char *
find_style(struct compiling *compiling, const struct tag *tag, struct node *node)
{
	static const char *const styles[] = { [DATE_MEDIUM] = "date", [DATE_LONG] = "long", [DATE_WITH_TIME] = "time" };
	const struct reference  *reference = &node->reference;
	const enum member_kind   kind = reference->shape != NULL || reference->element ? MEMBER_TEXT : reference->member->kind;
	const char              *what = NULL;

	if (kind == MEMBER_TIME) {
		for (size_t i = 0; tag->second != NULL && i < sizeof styles / sizeof *styles; i++)
			if (strlen(styles[i]) == tag->second_length && memcmp(styles[i], tag->second, tag->second_length) == 0) {
				node->date = (enum date_style)i;
				return NULL;
			}
		return "a time is written as date, long or time";
	}
	if (kind == MEMBER_MONEY && reference->inside)
		return find_currency(compiling, tag, node);
	if (kind == MEMBER_TEXT && !reference->element && reference->shape == NULL && find_text_style(compiling, tag, node))
		return NULL;
	if (tag->second != NULL)
		return "only a time has a style, and a text that is a number, an amount or a day";
	if (kind == MEMBER_ENUM) {
		node->words = find_words(compiling, reference, &what);
		return what;
	}
	return kind == MEMBER_MONEY || kind == MEMBER_INTEGER ? NULL : "languages write this value alike";
}

bool
compile_local(struct compiling *compiling, const struct file *file, const struct tag *tag)
{
	struct node node = { .kind = NODE_LOCAL }, *added;
	const char *what = compile_language(compiling);

	if (what == NULL)
		what = compile_reference(compiling, tag, &node.reference);
	if (what == NULL)
		what = find_style(compiling, tag, &node);
	if (what == NULL && compiling->is_html)
		what = html_value(&compiling->html, &node.escaping);
	if (what == NULL && compiling->is_html && !is_text(&node.escaping))
		what = "what a language writes stands in text or in an attribute that is text";
	if (what != NULL)
		return compile_fault(compiling, file, tag->line, tag->whole, what);
	added = compile_node(compiling, NODE_LOCAL);
	node.next = added->next;
	*added = node;
	return true;
}
