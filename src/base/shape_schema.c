/* Shapes as OpenAPI 3.1 schema objects (JSON Schema 2020-12), and examples that those accept. */
#include "base/shape.h"

#include "base/text.h"

#include <assert.h>

static const struct {
	const char *schema, *pattern, *example;
} formats[FORMAT__COUNT] = {
	[FORMAT_NONE] = { NULL, NULL, NULL },
	[FORMAT_EMAIL] = { "email", NULL, "\"customer@haat.test\"" },
	[FORMAT_PHONE] = { NULL, "^[+][1-9][0-9]{7,14}$", "\"+8801700000001\"" },
	[FORMAT_SLUG] = { NULL, NULL, "\"clay-water-pitcher\"" },
	[FORMAT_URL] = { "uri", NULL, "\"https://shop.example/thanks\"" },
	[FORMAT_COUNTRY] = { NULL, "^[A-Z]{2}$", "\"BD\"" },
	[FORMAT_CURRENCY] = { NULL, "^[A-Z]{3}$", "\"BDT\"" },
};

static const char *const type_names[MEMBER__COUNT] = {
	[MEMBER_TEXT] = "string",
	[MEMBER_INTEGER] = "integer",
	[MEMBER_BOOLEAN] = "boolean",
	[MEMBER_UUID] = "string",
	[MEMBER_MONEY] = "string",
	[MEMBER_DECIMAL] = "string",
	[MEMBER_ENUM] = "string",
	[MEMBER_TIME] = "string",
	[MEMBER_OBJECT] = "object",
	[MEMBER_ARRAY] = "array",
	[MEMBER_TEXTS] = "array",
	[MEMBER_MAP] = "object",
	[MEMBER_JSON] = "array",
};

bool
shape_can_be_null(const struct member *member, enum schema_use use)
{
	if (use == SCHEMA_BODY)
		return member->nullable;
	return !member->required &&
	    (member->pointer || member->kind == MEMBER_TEXT || member->kind == MEMBER_MAP || member->kind == MEMBER_JSON);
}

static void
schema_type(const struct member *member, enum schema_use use, struct text *out)
{
	bool also_number = member->kind == MEMBER_DECIMAL && use == SCHEMA_BODY;

	if (!also_number && !shape_can_be_null(member, use))
		text_addf(out, "\"type\":\"%s\"", type_names[member->kind]);
	else
		text_addf(out, "\"type\":[\"%s\"%s%s]", type_names[member->kind], also_number ? ",\"number\"" : "",
		    shape_can_be_null(member, use) ? ",\"null\"" : "");
}

static void
schema_text(const struct member *member, struct text *out)
{
	text_addf(out, ",\"minLength\":%lld,\"maxLength\":%lld", (long long)member->min, (long long)member->max);
	if (formats[member->format].schema != NULL)
		text_addf(out, ",\"format\":\"%s\"", formats[member->format].schema);
	if (formats[member->format].pattern != NULL)
		text_addf(out, ",\"pattern\":\"%s\"", formats[member->format].pattern);
}

static void
schema_enum(const struct member *member, enum schema_use use, struct text *out)
{
	TEXT_ADD(out, ",\"enum\":[");
	for (size_t i = 0; member->values[i] != NULL; i++) {
		if (i > 0)
			text_add_char(out, ',');
		text_add_json(out, member->values[i]);
	}
	text_addf(out, "%s]", shape_can_be_null(member, use) ? ",null" : "");
}

static void
schema_bounds(const struct member *member, enum schema_use use, struct text *out)
{
	switch (member->kind) {
	case MEMBER_TEXT:
		schema_text(member, out);
		break;
	case MEMBER_INTEGER:
		text_addf(out, ",\"format\":\"int64\",\"minimum\":%lld,\"maximum\":%lld", (long long)member->min,
		    (long long)member->max);
		break;
	case MEMBER_UUID:
		TEXT_ADD(out, ",\"format\":\"uuid\"");
		break;
	case MEMBER_MONEY:
	case MEMBER_DECIMAL:
		TEXT_ADD(out, ",\"pattern\":\"^-?[0-9]+([.][0-9]+)?$\"");
		break;
	case MEMBER_ENUM:
		schema_enum(member, use, out);
		break;
	case MEMBER_TIME:
		TEXT_ADD(out, ",\"format\":\"date-time\"");
		break;
	case MEMBER_ARRAY:
	case MEMBER_JSON:
		if (member->kind == MEMBER_ARRAY)
			text_addf(out, ",\"minItems\":%lld,\"maxItems\":%lld", (long long)member->min, (long long)member->max);
		text_addf(out, ",\"items\":{\"$ref\":\"#/components/schemas/%s\"}", member->of->name);
		break;
	case MEMBER_TEXTS:
		text_addf(out, ",\"minItems\":%lld,\"maxItems\":%lld,\"items\":{\"type\":\"string\"}", (long long)member->min,
		    (long long)member->max);
		break;
	case MEMBER_MAP:
		text_addf(out, ",\"maxProperties\":%lld", (long long)member->max);
		if (member->name_max > 0)
			text_addf(out, ",\"propertyNames\":{\"maxLength\":%lld}", (long long)member->name_max);
		text_addf(out, ",\"additionalProperties\":{\"type\":%s",
		    member->removes && use == SCHEMA_BODY ? "[\"string\",\"null\"]" : "\"string\"");
		if (member->value_max > 0)
			text_addf(out, ",\"maxLength\":%lld", (long long)member->value_max);
		text_add_char(out, '}');
		break;
	case MEMBER_BOOLEAN:
	case MEMBER_OBJECT:
	case MEMBER_BYTES:
	case MEMBER__COUNT:
		break;
	}
}

static void
schema_default(const struct member *member, struct text *out)
{
	TEXT_ADD(out, ",\"default\":");
	if (member->kind == MEMBER_ENUM)
		text_add_json(out, member->values[member->preset]);
	else if (member->kind == MEMBER_BOOLEAN)
		text_add_string(out, member->preset != 0 ? "true" : "false");
	else
		text_add_integer(out, member->preset);
}

static bool
is_object(const struct member *member)
{
	return member->kind == MEMBER_OBJECT || (member->kind == MEMBER_JSON && member->single);
}

void
shape_schema_member(const struct member *member, enum schema_use use, struct text *out)
{
	text_add_char(out, '{');
	if (is_object(member) && shape_can_be_null(member, use)) {
		text_addf(out, "\"anyOf\":[{\"$ref\":\"#/components/schemas/%s\"},{\"type\":\"null\"}]", member->of->name);
	} else if (is_object(member)) {
		text_addf(out, "\"$ref\":\"#/components/schemas/%s\"", member->of->name);
	} else {
		schema_type(member, use, out);
		schema_bounds(member, use, out);
	}
	if (member->defaulted)
		schema_default(member, out);
	if (member->description != NULL) {
		TEXT_ADD(out, ",\"description\":");
		text_add_json(out, member->description);
	}
	text_add_char(out, '}');
}

void
shape_schema(const struct shape *shape, enum schema_use use, struct text *out)
{
	const char *between = "";

	TEXT_ADD(out, "{\"type\":\"object\",\"additionalProperties\":false,\"properties\":{");
	for (size_t i = 0; i < shape->count; i++) {
		if (shape->members[i].hidden)
			continue;
		text_addf(out, "%s\"%s\":", between, shape->members[i].name);
		shape_schema_member(&shape->members[i], use, out);
		between = ",";
	}
	text_add_char(out, '}');
	between = ",\"required\":[";
	for (size_t i = 0; i < shape->count; i++)
		if (!shape->members[i].hidden &&
		    (shape->members[i].required || (use == SCHEMA_ANSWER && !shape->members[i].omitted))) {
			text_addf(out, "%s\"%s\"", between, shape->members[i].name);
			between = ",";
		}
	text_add_string(out, between[1] == '\0' ? "]}" : "}");
}

static void
example_text(const struct member *member, struct text *out)
{
	char   text[65] = { 0 };
	size_t length = 0;

	if (formats[member->format].example != NULL) {
		text_add_string(out, formats[member->format].example);
		return;
	}
	for (const char *c = member->name; *c != '\0' && length < 64 && (int64_t)length < member->max; c++)
		text[length++] = *c == '_' ? ' ' : *c;
	while (length < 64 && (int64_t)length < member->min)
		text[length++] = 'x';
	text_add_json(out, text);
}

/* As many as there must be, or two if there may be. */
static void
example_texts(const struct member *member, struct text *out)
{
	int64_t count = member->min > 2 ? member->min : member->max < 2 ? member->max : 2;
	int     longest = member->preset > 0 && member->preset < 5 ? (int)member->preset : 5;

	text_add_char(out, '[');
	for (int64_t i = 0; i < count; i++)
		text_addf(out, "%s\"%.*s\"", i > 0 ? "," : "", longest, i % 2 == 0 ? "small" : "large");
	text_add_char(out, ']');
}

void
shape_example_member(const struct member *member, enum schema_use use, struct text *out)
{
	if (member->example != NULL) {
		text_add_string(out, member->example);
		return;
	}
	switch (member->kind) {
	case MEMBER_TEXT:
		example_text(member, out);
		break;
	case MEMBER_INTEGER:
		text_add_integer(out,
		    member->defaulted     ? member->preset
			: member->min > 1 ? member->min
			: member->max < 1 ? member->max
					  : 1);
		break;
	case MEMBER_BOOLEAN:
		TEXT_ADD(out, "true");
		break;
	case MEMBER_UUID:
		TEXT_ADD(out, "\"0192f0c1-8f00-7000-8000-5a1b2c3d4e5f\"");
		break;
	case MEMBER_MONEY:
	case MEMBER_DECIMAL:
		TEXT_ADD(out, "\"1299.00\"");
		break;
	case MEMBER_ENUM:
		text_add_json(out, member->values[member->defaulted ? member->preset : 0]);
		break;
	case MEMBER_TIME:
		TEXT_ADD(out, "\"2026-01-31T08:00:00.000Z\"");
		break;
	case MEMBER_OBJECT:
		shape_example(member->of, use, out);
		break;
	case MEMBER_ARRAY:
	case MEMBER_JSON:
		if (is_object(member)) {
			shape_example(member->of, use, out);
			break;
		}
		text_add_char(out, '[');
		shape_example(member->of, use, out);
		for (int64_t i = 1; member->kind == MEMBER_ARRAY && i < member->min; i++) {
			text_add_char(out, ',');
			shape_example(member->of, use, out);
		}
		text_add_char(out, ']');
		break;
	case MEMBER_TEXTS:
		example_texts(member, out);
		break;
	case MEMBER_MAP:
		TEXT_ADD(out, "{\"size\":\"small\"}");
		break;
	case MEMBER_BYTES:
	case MEMBER__COUNT:
		assert(!"a kind that is never in JSON");
	}
}

void
shape_example(const struct shape *shape, enum schema_use use, struct text *out)
{
	const char *between = "";

	text_add_char(out, '{');
	for (size_t i = 0; i < shape->count; i++) {
		if (shape->members[i].hidden)
			continue;
		text_addf(out, "%s\"%s\":", between, shape->members[i].name);
		shape_example_member(&shape->members[i], use, out);
		between = ",";
	}
	text_add_char(out, '}');
}
