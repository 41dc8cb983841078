/* The members of a shape in words: what they are, what bounds they have, what they mean. */
#include "base/html.h"
#include "base/text.h"
#include "reference/html.h"

#include <assert.h>

static const char *const format_words[FORMAT__COUNT] = {
	[FORMAT_NONE] = "",
	[FORMAT_EMAIL] = "an e-mail address",
	[FORMAT_PHONE] = "a phone number (E.164)",
	[FORMAT_SLUG] = "lower-case letters, digits and hyphens",
	[FORMAT_URL] = "an http or https URL",
	[FORMAT_COUNTRY] = "a country (ISO 3166-1 alpha-2)",
	[FORMAT_CURRENCY] = "a currency (ISO 4217)",
};

void
docs_add_object(struct text *page, const struct shape *shape, enum schema_use use, struct docs_shapes *met)
{
	size_t i = 0;

	text_addf(page, "<a href=\"#%s\">%s</a>", shape->name, shape->name);
	while (i < met->count && met->shapes[i] != shape)
		i++;
	if (i < met->count)
		return;
	assert(met->count < DOCS_SHAPES_MAX);
	met->shapes[met->count] = shape;
	met->uses[met->count++] = use;
}

/* "1 to 100 characters", "at most 100 elements", "any number of ..." when there is no bound. */
static void
add_range(struct text *page, int64_t min, int64_t max, const char *of)
{
	if (min > 0 && min == max)
		text_addf(page, "%lld%s", (long long)min, of);
	else if (min > 0 && max < INT64_MAX)
		text_addf(page, "%lld to %lld%s", (long long)min, (long long)max, of);
	else if (min > 0)
		text_addf(page, "at least %lld%s", (long long)min, of);
	else if (max < INT64_MAX)
		text_addf(page, "at most %lld%s", (long long)max, of);
}

static void
add_integer(struct text *page, const struct member *member)
{
	TEXT_ADD(page, "whole number");
	if (member->min == INT64_MIN && member->max == INT64_MAX)
		return;
	TEXT_ADD(page, ", ");
	if (member->max == INT64_MAX)
		text_addf(page, "at least %lld", (long long)member->min);
	else
		text_addf(page, "%lld to %lld", (long long)member->min, (long long)member->max);
}

static void
add_words(struct text *page, const struct member *member)
{
	TEXT_ADD(page, "one of ");
	for (size_t i = 0; member->values[i] != NULL; i++) {
		text_add_string(page, i > 0 ? ", " : "");
		docs_add_code(page, member->values[i]);
	}
}

static void
add_objects_of(struct text *page, const struct member *member, enum schema_use use, struct docs_shapes *met)
{
	bool one = member->kind == MEMBER_OBJECT || member->single;

	if (!one)
		TEXT_ADD(page, "list of ");
	docs_add_object(page, member->of, use, met);
	if (!one && member->kind == MEMBER_ARRAY) {
		TEXT_ADD(page, ", ");
		add_range(page, member->min, member->max, "");
	}
}

static void
add_map(struct text *page, const struct member *member)
{
	TEXT_ADD(page, "object with texts by name, ");
	add_range(page, 0, member->max, " names");
	text_addf(page, " of at most %lld characters, values of at most %lld",
	    (long long)(member->name_max > 0 ? member->name_max : 64),
	    (long long)(member->value_max > 0 ? member->value_max : 64));
	if (member->removes)
		TEXT_ADD(page, "; null takes a name away");
}

static void
add_type(struct text *page, const struct member *member, enum schema_use use, struct docs_shapes *met)
{
	switch (member->kind) {
	case MEMBER_TEXT:
		TEXT_ADD(page, "text, ");
		add_range(page, member->min, member->max, " characters");
		text_addf(page, "%s%s", member->format != FORMAT_NONE ? ", " : "", format_words[member->format]);
		break;
	case MEMBER_INTEGER:
		add_integer(page, member);
		break;
	case MEMBER_BOOLEAN:
		TEXT_ADD(page, "true or false");
		break;
	case MEMBER_UUID:
		TEXT_ADD(page, "id (UUID)");
		break;
	case MEMBER_MONEY:
		TEXT_ADD(page, "amount, a decimal in a text");
		break;
	case MEMBER_DECIMAL:
		text_add_string(page, use == SCHEMA_BODY ? "decimal, in a text or a number" : "decimal in a text");
		break;
	case MEMBER_ENUM:
		add_words(page, member);
		break;
	case MEMBER_TIME:
		TEXT_ADD(page, "time (RFC 3339)");
		break;
	case MEMBER_OBJECT:
	case MEMBER_ARRAY:
	case MEMBER_JSON:
		add_objects_of(page, member, use, met);
		break;
	case MEMBER_TEXTS:
		TEXT_ADD(page, "list of texts, ");
		add_range(page, member->min, member->max, "");
		text_addf(page, ", each at most %lld characters", (long long)(member->preset > 0 ? member->preset : 64));
		break;
	case MEMBER_MAP:
		add_map(page, member);
		break;
	case MEMBER_BYTES:
	case MEMBER__COUNT:
		assert(!"a kind that is never in JSON");
	}
}

static void
add_default(struct text *page, const struct member *member)
{
	TEXT_ADD(page, ", default ");
	if (member->kind == MEMBER_ENUM)
		docs_add_code(page, member->values[member->preset]);
	else if (member->kind == MEMBER_BOOLEAN)
		docs_add_code(page, member->preset != 0 ? "true" : "false");
	else
		text_addf(page, "<code>%lld</code>", (long long)member->preset);
}

void
docs_add_members(struct text *page, const struct shape *shape, enum schema_use use, struct docs_shapes *met)
{
	TEXT_ADD(page, "<dl>\n");
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];

		if (member->hidden)
			continue;
		TEXT_ADD(page, "<dt>");
		docs_add_code(page, member->name);
		if (use == SCHEMA_BODY && member->required)
			TEXT_ADD(page, " <strong>required</strong>");
		TEXT_ADD(page, "</dt><dd>");
		add_type(page, member, use, met);
		if (shape_can_be_null(member, use) && !(use == SCHEMA_ANSWER && member->omitted))
			TEXT_ADD(page, ", or null");
		if (use == SCHEMA_ANSWER && member->omitted)
			TEXT_ADD(page, ", may be absent");
		if (member->defaulted)
			add_default(page, member);
		TEXT_ADD(page, ".");
		if (member->description != NULL) {
			TEXT_ADD(page, " ");
			html_add(page, member->description);
		}
		TEXT_ADD(page, "</dd>\n");
	}
	TEXT_ADD(page, "</dl>\n");
}

void
docs_add_objects(struct text *page, struct docs_shapes *met)
{
	if (met->count == 0)
		return;
	TEXT_ADD(page, "<section aria-labelledby=\"objects\">\n<h2 id=\"objects\">Objects</h2>\n");
	for (size_t i = 0; i < met->count; i++) { /* grows while they are printed */
		text_addf(page, "<h3 id=\"%s\">%s</h3>\n", met->shapes[i]->name, met->shapes[i]->name);
		docs_add_members(page, met->shapes[i], met->uses[i], met);
	}
	TEXT_ADD(page, "</section>\n");
}
