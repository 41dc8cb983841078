/* Templates read: tags become nodes, names become members, and each value gets its place. */
#include "base/arena.h"
#include "base/text.h"
#include "template/compile.h"

#include <string.h>

enum { PARTIALS_MAX = 16, SOURCE_BYTES_MAX = 1 << 20 };

static const char *
check_value(const struct reference *reference, enum escaping escaping)
{
	if (escaping == ESCAPE_JSON)
		return NULL;
	if (reference->shape != NULL)
		return "an object is printed by its members";
	if (reference->element)
		return NULL;
	switch (reference->member->kind) {
	case MEMBER_ARRAY:
	case MEMBER_TEXTS:
		return "a list is printed by its elements";
	case MEMBER_MAP:
	case MEMBER_JSON:
		return "this value is JSON";
	default:
		return NULL;
	}
}

static bool
compile_value(struct compiling *compiling, const struct file *file, const struct tag *tag)
{
	struct node     *node;
	enum escaping    escaping = ESCAPE_NOTHING;
	struct reference reference;
	const char      *what = compile_reference(compiling, tag, &reference);

	if (what == NULL && compiling->is_html)
		what = html_value(&compiling->html, &escaping);
	if (what == NULL)
		what = check_value(&reference, escaping);
	if (what != NULL)
		return compile_fault(compiling, file, tag->line, tag->whole, what);
	node = compile_node(compiling, NODE_VALUE);
	node->reference = reference;
	node->escaping = escaping;
	return true;
}

static bool
compile_text(struct compiling *compiling, const struct file *file, const struct tag *tag)
{
	const char *what = NULL;

	if (file->is_message)
		return compile_words(compiling, file, tag);
	if (compiling->is_html)
		what = html_text(&compiling->html, tag->bytes, tag->length);
	if (what != NULL)
		return compile_fault(compiling, file, tag->line, compiling->html.tag, what);
	compile_bytes(compiling, tag->bytes, tag->length);
	return true;
}

/* What a map's section is filled from: each of its pairs. */
struct pair {
	const char *name, *value;
};

static const struct member pair_members[] = {
	M_TEXT(struct pair, name, "name", 64),
	M_TEXT(struct pair, value, "value", 500),
};
SHAPE(struct pair, pair_shape, "Pair", pair_members);

/* What a section's inside is told by ".": an element of a list, or the value itself. */
static void
open_frame(struct compiling *compiling, const struct reference *reference)
{
	struct reference inner = *reference;

	if (reference->shape == NULL && !reference->element) {
		const enum member_kind kind = reference->member->kind;

		inner.element = kind == MEMBER_TEXTS;
		inner.shape = kind == MEMBER_ARRAY || kind == MEMBER_JSON ? reference->member->of
		    : kind == MEMBER_MAP                                  ? &pair_shape
									  : NULL;
	}
	inner.inside = inner.inside || (reference->member != NULL && holds_json(reference->member));
	compiling->frames[++compiling->depth] = inner;
}

static bool compile_tags(
    struct compiling *compiling, const struct file *file, const struct tags *tags, size_t *at, const struct tag *section);

static bool
compile_section(struct compiling *compiling, const struct file *file, const struct tags *tags, size_t *at, const struct tag *tag)
{
	bool             opens;
	struct node     *node;
	struct html      before;
	struct reference reference;
	const char      *what = compile_reference(compiling, tag, &reference);

	if (what == NULL && compiling->is_html)
		what = html_border(&compiling->html);
	if (what == NULL && compiling->sections++ == SECTIONS_MAX)
		what = "sections are nested too deeply";
	if (what != NULL)
		return compile_fault(compiling, file, tag->line, tag->whole, what);
	before = compiling->html;
	node = compile_node(compiling, tag->kind == TAG_INVERTED ? NODE_INVERTED : NODE_SECTION);
	node->reference = reference;
	compiling->last = &node->inner;
	opens = node->kind == NODE_SECTION && section_opens(&reference);
	if (opens)
		open_frame(compiling, &reference);
	if (!compile_tags(compiling, file, tags, at, tag))
		return false;
	compiling->depth -= opens;
	compiling->sections--;
	compiling->last = &node->next;
	if (!compiling->is_html)
		return true;
	what = html_border(&compiling->html);
	if (what == NULL && !html_join(&compiling->html, &before))
		what = "the section ends in another place of the markup than it begins in";
	return what == NULL || compile_fault(compiling, file, tag->line, tag->whole, what);
}

static bool compile_file(struct compiling *compiling, const struct file *file, const struct tag *indented);

/* One form of a message, where its tag stands. */
static bool
compile_form(struct compiling *compiling, const struct file *file, const struct tag *tag, const char *key, const char *words)
{
	const struct file inner = { arena_format(compiling->arena, "%s: %s", compiling->source->language->locale->code, key),
		file, file->depth + 1, true };
	struct tag_fault  fault;
	struct tags       tags;
	size_t            at = 0;

	if (file->is_message)
		return compile_fault(compiling, file, tag->line, tag->whole, "a message holds no other message");
	if (!tags_read(compiling->arena, words, strlen(words), &tags, &fault))
		return compile_fault(compiling, &inner, fault.line, fault.whole, fault.what);
	return compile_tags(compiling, &inner, &tags, &at, NULL);
}

/* The number that a message's form goes with. */
static const char *
find_number(struct compiling *compiling, const struct tag *tag, struct reference *reference)
{
	const struct tag name = { .bytes = tag->second, .length = tag->second_length };
	const char      *what;

	if (tag->second == NULL)
		return "the message has forms, so its tag names a number";
	what = compile_reference(compiling, &name, reference);
	if (what == NULL && (reference->shape != NULL || reference->element || reference->member->kind != MEMBER_INTEGER))
		what = "the forms of a message go with a whole number";
	return what;
}

static bool
compile_forms(struct compiling *compiling, const struct file *file, const struct tag *tag, const char *key)
{
	const struct template_language *language = compiling->source->language;
	struct reference                reference;
	struct html                     before = compiling->html, first;
	struct node                    *node;
	const char                     *what = find_number(compiling, tag, &reference);
	bool                            forms;

	if (what != NULL)
		return compile_fault(compiling, file, tag->line, tag->whole, what);
	node = compile_node(compiling, NODE_PLURAL);
	node->reference = reference;
	for (int plural = 0; plural < PLURALS; plural++) {
		const char *words = language->message(language->argument, key, plural, &forms);

		compiling->last = &node->forms[plural];
		compiling->html = before;
		if (!compile_form(compiling, file, tag, key, words))
			return false;
		if (plural == 0)
			first = compiling->html;
		else if (compiling->is_html && !html_join(&compiling->html, &first))
			return compile_fault(
			    compiling, file, tag->line, tag->whole, "the forms of the message end in different places");
	}
	compiling->last = &node->next;
	return true;
}

static bool
compile_message(struct compiling *compiling, const struct file *file, const struct tag *tag)
{
	const struct template_language *language = compiling->source->language;
	const char                     *key = arena_copy(compiling->arena, tag->bytes, tag->length), *words;
	const char                     *what = compile_language(compiling);
	bool                            forms = false;

	if (what != NULL)
		return compile_fault(compiling, file, tag->line, tag->whole, what);
	words = language->message(language->argument, key, PLURAL_OTHER, &forms);
	if (words == NULL)
		return compile_fault(compiling, file, tag->line, tag->whole,
		    arena_format(compiling->arena, "there is no message of that key in '%s'", language->locale->code));
	if (!forms && tag->second != NULL)
		return compile_fault(compiling, file, tag->line, tag->whole, "the message has one form only");
	return forms ? compile_forms(compiling, file, tag, key) : compile_form(compiling, file, tag, key, words);
}

static bool
compile_partial(struct compiling *compiling, const struct file *file, const struct tag *tag)
{
	const struct file inner = { arena_format(compiling->arena, "%.*s%s", (int)tag->length, tag->bytes, compiling->ending),
		file, file->depth + 1, false };

	for (const struct file *outer = file; outer != NULL; outer = outer->outer)
		if (strcmp(outer->name, inner.name) == 0)
			return compile_fault(compiling, file, tag->line, tag->whole, "a template may not include itself");
	if (inner.depth > PARTIALS_MAX)
		return compile_fault(compiling, file, tag->line, tag->whole, "partials are nested too deeply");
	return compile_file(compiling, &inner, tag);
}

/* Up to the end of the file, or of the section. */
static bool
compile_tags(struct compiling *compiling, const struct file *file, const struct tags *tags, size_t *at, const struct tag *section)
{
	while (*at < tags->count) {
		const struct tag *tag = &tags->list[(*at)++];
		bool              done = true;

		switch (tag->kind) {
		case TAG_TEXT:
			done = compile_text(compiling, file, tag);
			break;
		case TAG_VALUE:
			done = compile_value(compiling, file, tag);
			break;
		case TAG_LOCAL:
			done = compile_local(compiling, file, tag);
			break;
		case TAG_MESSAGE:
			done = compile_message(compiling, file, tag);
			break;
		case TAG_SECTION:
		case TAG_INVERTED:
			done = compile_section(compiling, file, tags, at, tag);
			break;
		case TAG_PARTIAL:
			done = compile_partial(compiling, file, tag);
			break;
		case TAG_COMMENT:
			break;
		case TAG_CLOSE:
			if (section != NULL && section->length == tag->length &&
			    memcmp(section->bytes, tag->bytes, tag->length) == 0)
				return true;
			return compile_fault(compiling, file, tag->line, tag->whole,
			    section == NULL
				? "closes no section"
				: arena_format(compiling->arena, "'%s' of line %zu is open", section->whole, section->line));
		}
		if (!done)
			return false;
	}
	return section == NULL || compile_fault(compiling, file, section->line, section->whole, "the section is not closed");
}

/* Each line that holds anything is moved to the right, as the tag of the partial is. */
static void
indent(struct arena *arena, const struct tag *tag, const char **bytes, size_t *length)
{
	struct text text = text_new(arena, *length + 64);

	for (const char *line = *bytes, *end = line + *length; line < end;) {
		const char *newline = memchr(line, '\n', (size_t)(end - line)), *behind = newline == NULL ? end : newline + 1;

		if (*line != '\n')
			text_add(&text, tag->indent, tag->indent_length);
		text_add(&text, line, (size_t)(behind - line));
		line = behind;
	}
	*bytes = text.bytes;
	*length = text.length;
}

/* `tag`: the partial that includes it, NULL for the template itself. */
static bool
compile_file(struct compiling *compiling, const struct file *file, const struct tag *tag)
{
	const struct template_source *source = compiling->source;
	struct tag_fault              fault;
	struct tags                   tags;
	size_t                        length, at = 0;
	const char *why = "cannot be read", *bytes = source->read(compiling->arena, source->argument, file->name, &length, &why);

	if (bytes == NULL && tag != NULL)
		return compile_fault(compiling, file->outer, tag->line, tag->whole,
		    arena_format(compiling->arena, "'%s/%s': %s", compile_place(source, file->name), file->name, why));
	if (bytes == NULL) {
		*compiling->error =
		    arena_format(compiling->arena, "template '%s/%s': %s", compile_place(source, file->name), file->name, why);
		return false;
	}
	if (tag != NULL && tag->indent_length > 0)
		indent(compiling->arena, tag, &bytes, &length);
	compiling->bytes += length;
	if (compiling->bytes > SOURCE_BYTES_MAX)
		return compile_fault(compiling, file, 1, file->name, "the template is too large");
	if (!tags_read(compiling->arena, bytes, length, &tags, &fault))
		return compile_fault(compiling, file, fault.line, fault.whole, fault.what);
	return compile_tags(compiling, file, &tags, &at, NULL);
}

struct template *
template_read(
    struct arena *arena, const struct template_source *source, const char *name, const struct shape *shape, const char **error)
{
	struct template *template = ARENA_NEW(arena, struct template);
	const char       *ending = strrchr(name, '.');
	const struct file file = { .name = name };
	struct compiling  compiling = {
		 .arena = arena, .source = source, .ending = ending, .last = &template->nodes, .error = error
	};

	if (ending == NULL || (strcmp(ending, ".html") != 0 && strcmp(ending, ".txt") != 0)) {
		*error = arena_format(
		    arena, "template '%s/%s': the name ends neither with .html nor with .txt", compile_place(source, name), name);
		return NULL;
	}
	template->language = source->language;
	compiling.is_html = strcmp(ending, ".html") == 0;
	compiling.frames[0].shape = shape;
	if (!compile_file(&compiling, &file, NULL))
		return NULL;
	if (compiling.is_html && compiling.html.mode != HTML_TEXT) {
		*error = arena_format(arena, "template '%s/%s': '%s': not closed at the end", compile_place(source, name), name,
		    compiling.html.tag);
		return NULL;
	}
	return template;
}
