/* Templates: what they print, how values are escaped, what is refused when they are read. */
#include "base/arena.h"
#include "base/shape.h"
#include "base/text.h"
#include "template/template.h"
#include "tests/suite.h"
#include "tests/unit/vectors.h"

#include <json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* A template and its partials, in memory. */
struct files {
	const char *const *names_and_texts; /* NULL at the end */
};

static const char *
read_files(struct arena *arena, void *argument, const char *name, size_t *length, const char **why)
{
	const char *const *at = ((struct files *)argument)->names_and_texts;

	(void)arena;
	for (; *at != NULL; at += 2)
		if (strcmp(at[0], name) == 0) {
			*length = strlen(at[1]);
			return at[1];
		}
	*why = "no such file";
	return NULL;
}

static const char *
print_files(
    struct arena *arena, const char *const *names_and_texts, const struct shape *shape, const void *value, const char **error)
{
	struct files                 files = { names_and_texts };
	const struct template_source source = { .read = read_files, .argument = &files, .place = "memory" };
	struct template *template;
	struct text out = text_new(arena, 16);

	*error = NULL;
	template = template_read(arena, &source, names_and_texts[0], shape, error);
	if (template == NULL)
		return NULL;
	template_print(template, value, &out);
	return out.bytes;
}

enum colour { RED, GREEN };
static const char *const colours[] = { "red", "green", NULL };

struct line {
	const char *name;
	int64_t     quantity;
};
static const struct member line_members[] = {
	M_TEXT(struct line, name, "name", 100),
	M_INTEGER(struct line, quantity, "quantity", 0, 100),
};
SHAPE(struct line, line_shape, "Line", line_members);

struct sheet {
	const char        *title, *url, *none;
	int64_t            count, *limit;
	bool               paid;
	struct money       amount;
	struct instant     at;
	struct uuid        id;
	int                colour;
	struct line        first, *last;
	struct line       *lines;
	size_t             n_lines;
	const char *const *words;
	size_t             n_words;
	const char        *map;
	const char        *secret;
};
static const struct member sheet_members[] = {
	M_TEXT(struct sheet, title, "title", 100),
	M_TEXT(struct sheet, url, "url", 100),
	M_TEXT(struct sheet, none, "none", 100),
	M_INTEGER(struct sheet, count, "count", 0, 100),
	M_INTEGER(struct sheet, limit, "limit", 0, 100),
	M_BOOLEAN(struct sheet, paid, "paid"),
	M_MONEY(struct sheet, amount, "amount"),
	M_TIME(struct sheet, at, "at"),
	M_ID(struct sheet, id, "id"),
	M_ENUM(struct sheet, colour, "colour", colours),
	M_OBJECT(struct sheet, first, "first", line_shape),
	M_OBJECT(struct sheet, last, "last", line_shape),
	M_ARRAY(struct sheet, lines, n_lines, "lines", line_shape, 10),
	M_TEXTS(struct sheet, words, n_words, "words", 10),
	M_MAP(struct sheet, map, "map", 10),
	M_TEXT(struct sheet, secret, "secret", 10, .hidden = true),
};
SHAPE(struct sheet, sheet_shape, "Sheet", sheet_members);

static struct line        lines[] = { { "Tea & <cake>", 2 }, { "Salt", 0 } };
static const char *const  words[] = { "one", "\"two\"" };
static const struct sheet sheet = {
	.title = "a<b>&\"c'",
	.url = "javascript:alert(1)",
	.count = 7,
	.paid = true,
	.amount = { 123456, "USD" },
	.at = { 1767225600000 },
	.colour = GREEN,
	.first = { "First", 1 },
	.lines = lines,
	.n_lines = 2,
	.words = words,
	.n_words = 2,
	.map = "{\"a\":\"</script>\"}",
	.secret = "secret",
};

/* What a template prints, or its error. */
static void
check_print_as(const char *name, const char *text, const char *expected)
{
	struct arena     *arena = arena_new(8 << 20);
	const char *const files[] = { name, text, "part.html", "<i title=\"{{title}}\">{{count}}</i>\n", "part.txt", "one\n\ntwo",
		"self.html", "{{> self}}", "open.html", "<a href=\"", NULL };
	const char       *error, *printed = print_files(arena, files, &sheet_shape, &sheet, &error);

	CHECK_TEXT(printed == NULL ? error : printed, expected);
	arena_free(arena);
}

static void
check_print(const char *text, const char *expected)
{
	check_print_as("t.html", text, expected);
}

/* ... of a template with one mistake, in its second line. */
static void
check_refused(const char *text, const char *tag, const char *what)
{
	char with_line[400], expected[400];

	snprintf(with_line, sizeof with_line, "<p>\n%s", text);
	snprintf(expected, sizeof expected, "template 'memory/t.html' line 2: '%s': %s", tag, what);
	check_print(with_line, expected);
}

static void
test_values(void)
{
	check_print_as("t.txt",
	    "{{title}} {{none}}|{{count}}|{{limit}}|{{paid}}|{{amount}}|{{at}}|{{id}}|{{colour}}|{{ first.name }}|{{last.name}}|",
	    "a<b>&\"c' |7||true|1234.56|2026-01-01T00:00:00.000Z|00000000-0000-0000-0000-000000000000|green|First||");
}

static void
test_sections(void)
{
	check_print_as("t.txt", "{{#lines}}{{name}} x{{quantity}}{{#quantity}}!{{/quantity}}, {{count}};{{/lines}}",
	    "Tea & <cake> x2!, 7;Salt x0, 7;");
	check_print_as("t.txt", "{{#words}}{{.}} {{/words}}{{#title}}[{{.}}]{{/title}}{{#none}}no{{/none}}{{^none}}none{{/none}}",
	    "one \"two\" [a<b>&\"c']none");
	check_print_as("t.txt",
	    "{{#first}}{{name}} {{title}}{{/first}}{{#last}}no{{/last}}{{^last}}-{{/last}}{{^lines}}no{{/lines}}",
	    "First a<b>&\"c'-");
	check_print_as(
	    "t.txt", "{{#paid}}paid{{/paid}}{{^paid}}not{{/paid}}{{#limit}}no{{/limit}}{{#colour}}c{{/colour}}", "paidc");
	check_print_as(
	    "t.txt", "a\n  {{#lines}}\n- {{name}}\n  {{/lines}}\n{{! comment\n   }}\nz\n", "a\n- Tea & <cake>\n- Salt\nz\n");
	check_print_as("t.txt", "{{=<% %>=}}<%count%> {{count}} <%={{ }}=%>{{count}}", "7 {{count}} 7");
}

static void
test_partials(void)
{
	check_print_as("t.txt", "{{#words}}{{#paid}}{{.}} {{/paid}}{{/words}}", "one \"two\" ");
	check_print("<b>{{> part}}</b>", "<b><i title=\"a&lt;b&gt;&amp;&quot;c&#39;\">7</i>\n</b>");
	check_print_as("t.txt", "a\n  {{> part}}\nb", "a\n  one\n\n  twob");
	check_print("{{> self}}", "template 'memory/self.html' line 1: '{{> self}}': a template may not include itself");
	check_print("{{> gone}}", "template 'memory/t.html' line 1: '{{> gone}}': 'memory/gone.html': no such file");
	check_print("{{> open}}{{title}}\">x</a>", "<a href=\"a%3Cb%3E&amp;%22c&#39;\">x</a>");
}

static void
test_places(void)
{
	check_print("{{title}} <b class=\"{{title}}\" data-x='{{title}}'>",
	    "a&lt;b&gt;&amp;&quot;c&#39; <b class=\"a&lt;b&gt;&amp;&quot;c&#39;\" "
	    "data-x='a&lt;b&gt;&amp;&quot;c&#39;'>");
	check_print("<title>{{title}}</title><textarea>\n{{title}}</textarea>",
	    "<title>a&lt;b&gt;&amp;&quot;c&#39;</title><textarea>\na&lt;b&gt;&amp;&quot;c&#39;</textarea>");
	check_print("<a href=\"{{url}}\"></a>", "<a href=\"#\"></a>");
	check_print("<a href=\"{{url}}/{{title}}\"></a>", "<a href=\"#/a%3Cb%3E%26%22c%27\"></a>");
	check_print("<a href=\"/x/{{url}}\"></a>", "<a href=\"/x/javascript%3Aalert%281%29\"></a>");
	check_print("<a href=\"/x?y={{title}}#{{title}}\"></a>", "<a href=\"/x?y=a%3Cb%3E%26%22c%27#a%3Cb%3E%26%22c%27\"></a>");
	check_print("<a href=\"https://example.com/{{count}}?a={{words.0}}\"></a>",
	    "template 'memory/t.html' line 1: '{{words.0}}': a value has no member '0'");
	check_print("<a href=\"mailto:{{title}}@x\">", "<a href=\"mailto:a%3Cb%3E%26%22c%27@x\">");
	check_print("<img srcset=\"{{url}} 1x, {{count}} 2x\">", "<img srcset=\"# 1x, 7 2x\">");
	check_print("<input{{#paid}} checked{{/paid}} value=\"{{#words}}{{.}},{{/words}}\">",
	    "<input checked value=\"one,&quot;two&quot;,\">");
	check_print(
	    "<script type=\"application/json\">{\"a\":{{title}},\"l\":{{lines}},\"w\":{{words}},\"n\":{{none}},\"m\":{{map}},\"f\":{{first}},"
	    "\"c\":[{{count}},{{paid}},{{amount}}]}</script>",
	    "<script type=\"application/json\">{\"a\":\"a\\u003cb\\u003e\\u0026\\\"c'\",\"l\":[{\"name\":\"Tea \\u0026 \\u003ccake\\u003e\",\"quantity\":2},"
	    "{\"name\":\"Salt\",\"quantity\":0}],\"w\":[\"one\",\"\\\"two\\\"\"],\"n\":null,\"m\":{\"a\":\"\\u003c/script\\u003e\"},\"f\":{\"name\":\"First\","
	    "\"quantity\":1},\"c\":[7,true,\"1234.56\"]}</script>");
	check_print("<!doctype html><!-- {{! none }} --><style>a { b: c }</style><br/>",
	    "<!doctype html><!--  --><style>a { b: c }</style><br/>");
}

static void
test_urls(void)
{
	static const char *const urls[][2] = { { "https://a.b/c?d=e&f#g", "https://a.b/c?d=e&amp;f#g" },
		{ "HTTP://a", "HTTP://a" }, { "mailto:a@b", "mailto:a@b" }, { "/x y", "/x%20y" }, { "x:y", "#" },
		{ "JavaScript:alert(1)", "#" }, { " javascript:x", "#" }, { "java\nscript:x", "#" }, { "data:text/html,x", "#" },
		{ "?a:b", "?a:b" }, { "#a:b", "#a:b" }, { "x/y:z", "x/y:z" }, { "\\\\evil", "%5C%5Cevil" },
		{ "/\"'><b", "/%22&#39;%3E%3Cb" }, { "%41", "%41" }, { "", "" }, { "\xc3\xa9", "%C3%A9" } };

	for (size_t i = 0; i < sizeof urls / sizeof *urls; i++) {
		struct arena     *arena = arena_new(1 << 20);
		struct sheet      with = { .url = urls[i][0] };
		const char *const files[] = { "t.html", "<a href=\"{{url}}\">", NULL };
		const char       *error, *printed = print_files(arena, files, &sheet_shape, &with, &error);

		CHECK_TEXT(printed, arena_format(arena, "<a href=\"%s\">", urls[i][1]));
		arena_free(arena);
	}
}

/* Whatever direction a text has, what stands around it keeps its own: bytes for the marks, so that this source shows them. */
static void
test_directions(void)
{
	static const char *const texts[][2] = { { "plain", "plain" }, { "\u099a\u09be & tea", "\u099a\u09be &amp; tea" },
		{ "\u05d0<", "<bdi>\u05d0&lt;</bdi>" }, { "a\xe2\x80\xaez", "<bdi>az</bdi>" },
		{ "\xe2\x81\xa9\xe2\x80\xae", "<bdi></bdi>" }, { "\xe2\x81\xa6x\xe2\x81\xa9y", "<bdi>xy</bdi>" },
		{ "\xf0\x9e\xa4\x80", "<bdi>\xf0\x9e\xa4\x80</bdi>" }, { "a\u200db", "a\u200db" } };

	for (size_t i = 0; i < sizeof texts / sizeof *texts; i++) {
		struct arena            *arena = arena_new(1 << 20);
		struct sheet             with = { .title = texts[i][0] };
		static const char        page[] = "<b>{{title}}</b><p title=\"{{title}}\"></p>";
		const char *const        files[] = { "t.html", page, NULL },
				  *const option[] = { "t.html", "<option>{{title}}</option>", NULL };
		const char              *error, *printed = print_files(arena, files, &sheet_shape, &with, &error);

		CHECK(strstr(printed, arena_format(arena, "<b>%s</b>", texts[i][1])) == printed);
		CHECK(strstr(strstr(printed, "<p"), "<bdi>") == NULL);
		CHECK(strstr(print_files(arena, option, &sheet_shape, &with, &error), "<bdi>") == NULL);
		arena_free(arena);
	}
}

static void
test_refused(void)
{
	static const char *const refused[][3] = {
		{ "{{nome}}", "{{nome}}", "Sheet has no member 'nome'" },
		{ "{{first.nome}}", "{{first.nome}}", "Line has no member 'nome'" },
		{ "{{#lines}}{{nome}}{{/lines}}", "{{nome}}", "Sheet has no member 'nome'" },
		{ "{{secret}}", "{{secret}}", "Sheet has no member 'secret'" },
		{ "{{count.x}}", "{{count.x}}", "a value has no member 'x'" },
		{ "{{first}}", "{{first}}", "an object is printed by its members" },
		{ "{{lines}}", "{{lines}}", "a list is printed by its elements" },
		{ "{{map}}", "{{map}}", "this value is JSON" },
		{ "{{{title}}}", "{{{title}}}", "nothing is printed unescaped" },
		{ "{{&title}}", "{{&title}}", "nothing is printed unescaped" },
		{ "{{#paid}}", "{{#paid}}", "the section is not closed" },
		{ "{{/paid}}", "{{/paid}}", "closes no section" },
		{ "{{#paid}}{{/first}}", "{{/first}}", "'{{#paid}}' of line 2 is open" },
		{ "{{title", "{{title", "the tag is not closed" },
		{ "{{}}", "{{}}", "malformed tag" },
		{ "{{a b}}", "{{a b}}", "malformed tag" },
		{ "{{a..b}}", "{{a..b}}", "malformed tag" },
		{ "{{> ../part}}", "{{> ../part}}", "malformed tag" },
		{ "{{=x}}", "{{=x}}", "malformed delimiters" },
		{ "{{=x=}}", "{{=x=}}", "malformed delimiters" },
		{ "<a href={{url}}>", "{{url}}", "an attribute without quotes" },
		{ "<a class=x>", "<a class=x", "an attribute without quotes" },
		{ "<a {{title}}>", "{{title}}", "a tag may hold a value in an attribute's quotes only" },
		{ "<{{title}}>", "{{title}}", "a tag may hold a value in an attribute's quotes only" },
		{ "<a onclick=\"{{title}}\">", "{{title}}", "this attribute may hold no value" },
		{ "<svg><set to=\"{{url}}\"/>", "{{url}}", "this attribute may hold no value" },
		{ "<a style=\"{{title}}\">", "{{title}}", "this attribute may hold no value" },
		{ "<script>{{title}}</script>", "{{title}}", "this element may hold no value" },
		{ "<style>{{title}}</style>", "{{title}}", "this element may hold no value" },
		{ "<!-- {{title}} -->", "{{title}}", "a comment may hold no value" },
		{ "<script type=\"application/json\">\"{{title}}\"</script>", "{{title}}",
		    "a value of JSON brings its own quotes" },
		{ "<script type=\"{{title}}\"></script>", "{{title}}", "the type of a script may not depend on a value" },
		{ "<a href=\"javascript:{{title}}\">", "{{title}}", "an URL of this scheme may hold no value" },
		{ "<a href=\"java&#115;cript:{{title}}\">", "{{title}}", "an URL of this scheme may hold no value" },
		{ "<a href=\"{{title}}:x\">", "<a href=\":", "the scheme of an URL may not depend on a value" },
		{ "<a href=\"https://{{title}}/\">", "{{title}}", "the host of an URL may not depend on a value" },
		{ "<a href=\"https://a.b{{title}}/\">", "{{title}}", "the host of an URL may not depend on a value" },
		{ "<a href=\"//{{title}}/\">", "{{title}}", "the host of an URL may not depend on a value" },
		{ "<a href=\"{{url}}{{title}}\">", "{{title}}",
		    "a value directly behind the one that begins an URL: make one value of them" },
		{ "<form action=\"{{url}}{{#paid}}{{title}}{{/paid}}\">", "{{title}}",
		    "a value directly behind the one that begins an URL: make one value of them" },
		{ "<img srcset=\"{{url}} 1x, {{url}}{{title}} 2x\">", "{{title}}",
		    "a value directly behind the one that begins an URL: make one value of them" },
		{ "a < b", "< ", "a '<' that begins no tag: write &lt;" },
		{ "<a{{#paid}}x{{/paid}}>", "<ax", "malformed tag" },
		{ "<a {{#paid}}href{{/paid}}=\"x\">", "<a href=", "malformed tag" },
		{ "<a{{#paid}} b {{/paid}}c>", "<a b c", "malformed tag" },
		{ "{{#paid}}<a href=\"{{/paid}}\">", "{{#paid}}",
		    "the section ends in another place of the markup than it begins in" },
		{ "<a href=\"{{#paid}}{{url}}{{/paid}}{{title}}\">", "{{#paid}}",
		    "the section ends in another place of the markup than it begins in" },
		{ "<script{{#paid}} type=\"application/json\"{{/paid}}>{{title}}</script>", "{{#paid}}",
		    "the section ends in another place of the markup than it begins in" },
		{ "<plaintext>", "<plaintext", "the element is obsolete" },
	};

	for (size_t i = 0; i < sizeof refused / sizeof *refused; i++)
		check_refused(refused[i][0], refused[i][1], refused[i][2]);
	check_print("<a href=\"x", "template 'memory/t.html': '<a href=\"x': not closed at the end");
	check_print_as("t.json", "x", "template 'memory/t.json': the name ends neither with .html nor with .txt");
}

static void
test_depth(void)
{
	struct arena *arena = arena_new(8 << 20);
	struct text   text = text_new(arena, 64);

	for (int i = 0; i < 5000; i++)
		TEXT_ADD(&text, "{{^none}}");
	check_print_as("t.txt", text.bytes, "template 'memory/t.txt' line 1: '{{^none}}': sections are nested too deeply");
	text = text_new(arena, 64);
	for (int i = 0; i < 32; i++)
		TEXT_ADD(&text, "{{#paid}}");
	TEXT_ADD(&text, "x");
	for (int i = 0; i < 32; i++)
		TEXT_ADD(&text, "{{/paid}}");
	check_print_as("t.txt", text.bytes, "x");
	arena_free(arena);
}

static void
test_files(void)
{
	struct arena *arena = arena_new(8 << 20);
	char          directory[] = "/tmp/haat-template-XXXXXX";
	const char   *error = NULL, *path;
	struct template *template;
	const struct template_source source = { .read = template_file, .argument = directory, .place = directory };
	struct text                  out = text_new(arena, 16);
	FILE                        *file;

	REQUIRE(mkdtemp(directory) != NULL);
	path = arena_format(arena, "%s/mail.txt", directory);
	file = fopen(path, "w");
	REQUIRE(file != NULL && fputs("Hello {{title}}\n", file) >= 0 && fclose(file) == 0);
	template = template_read(arena, &source, "mail.txt", &sheet_shape, &error);
	REQUIRE(template != NULL);
	template_print(template, &sheet, &out);
	CHECK_TEXT(out.bytes, "Hello a<b>&\"c'\n");
	CHECK(template_read(arena, &source, "gone.txt", &sheet_shape, &error) == NULL);
	CHECK_TEXT(error, arena_format(arena, "template '%s/gone.txt': No such file or directory", directory));
	unlink(path);
	rmdir(directory);
	arena_free(arena);
}

/* A shape for any JSON object, and the struct: every field takes two words. */
struct made {
	const struct shape *shape;
	const void         *value;
};

enum { WORD = 16 };

static struct made make_struct(struct arena *arena, struct json_object *json, bool *fits);

static void
make_list(struct arena *arena, struct json_object *json, struct member *member, char *field, bool *fits)
{
	const size_t count = json_object_array_length(json);
	const void  *elements;
	char       **texts = ARENA_ARRAY(arena, count + 1, char *);

	memcpy(field + sizeof(void *), &count, sizeof count);
	member->count_offset = member->offset + sizeof(void *);
	member->kind = MEMBER_TEXTS;
	elements = texts;
	for (size_t i = 0; i < count; i++) {
		struct json_object *element = json_object_array_get_idx(json, i);

		*fits = *fits && !json_object_is_type(element, json_type_array);
		if (json_object_is_type(element, json_type_object)) {
			struct made made = make_struct(arena, element, fits);

			if (i == 0)
				elements = arena_array(arena, count, made.shape->size);
			member->kind = MEMBER_ARRAY;
			member->of = i == 0 ? made.shape : member->of;
			memcpy((char *)(uintptr_t)elements + i * member->of->size, made.value, member->of->size);
		} else
			texts[i] = arena_string(arena, json_object_get_string(element));
	}
	memcpy(field, &elements, sizeof elements);
}

static void
make_member(struct arena *arena, const char *name, struct json_object *json, struct member *member, char *field, bool *fits)
{
	const void *value = NULL;

	member->name = arena_string(arena, name);
	member->name_length = (uint16_t)strlen(name);
	switch (json_object_get_type(json)) {
	case json_type_boolean:
		member->kind = MEMBER_BOOLEAN;
		*(bool *)field = json_object_get_boolean(json) != 0;
		return;
	case json_type_int:
		member->kind = MEMBER_INTEGER;
		*(int64_t *)(void *)field = json_object_get_int64(json);
		return;
	case json_type_array:
		make_list(arena, json, member, field, fits);
		return;
	case json_type_object: {
		struct made made = make_struct(arena, json, fits);

		member->kind = MEMBER_OBJECT;
		member->pointer = true;
		member->of = made.shape;
		value = made.value;
		break;
	}
	default:
		member->kind = MEMBER_TEXT;
		value = arena_string(arena, json == NULL ? NULL : json_object_get_string(json));
	}
	memcpy(field, &value, sizeof value);
}

static struct made
make_struct(struct arena *arena, struct json_object *json, bool *fits)
{
	struct shape  *shape = ARENA_NEW(arena, struct shape);
	struct member *members = ARENA_ARRAY(arena, (size_t)json_object_object_length(json) + 1, struct member);
	char          *value = arena_alloc(arena, WORD * ((size_t)json_object_object_length(json) + 1));

	json_object_object_foreach(json, name, inner)
	{
		struct member *member = &members[shape->count];

		member->offset = WORD * shape->count++;
		make_member(arena, name, inner, member, value + member->offset, fits);
	}
	shape->name = "Data";
	shape->members = members;
	shape->size = WORD * (shape->count + 1);
	return (struct made) { shape, value };
}

/* Each is printed as the specification has it, or not at all, for one of these reasons. */
static const struct {
	const char *error; /* is part of the message */
	int         count;
} reasons[] = {
	{ "nothing is printed unescaped", 21 }, /* {{{ and {{& */
	{ "has no member", 11 },                /* names that no data has, which print nothing there */
	{ "no such file", 1 },                  /* a partial that is missing prints nothing there */
	{ "include itself", 1 },                /* a partial that ends only by its data */
	{ "no struct", 7 },                     /* data that is a bare value or list, or a list of lists: no shape is like that */
};

static const char *
run_case(struct arena *arena, struct json_object *test, const char *kind)
{
	struct json_object *data = json_object_object_get(test, "data"), *partials = json_object_object_get(test, "partials");
	const char         *files[12] = { arena_format(arena, "test%s", kind),
			json_object_get_string(json_object_object_get(test, "template")) };
	const char         *error, *printed;
	size_t              count = 2;
	struct made         made;
	bool                fits = json_object_is_type(data, json_type_object);

	if (partials != NULL) {
		json_object_object_foreach(partials, name, text)
		{
			files[count++] = arena_format(arena, "%s%s", name, kind);
			files[count++] = json_object_get_string(text);
		}
	}
	if (fits)
		made = make_struct(arena, data, &fits);
	if (!fits)
		return "no struct";
	printed = print_files(arena, files, made.shape, made.value, &error);
	if (printed == NULL)
		return error;
	CHECK_TEXT(printed, json_object_get_string(json_object_object_get(test, "expected")));
	return NULL;
}

static void
test_specification(void)
{
	int counts[sizeof reasons / sizeof *reasons] = { 0 }, cases = 0, printed = 0;

	for (const char *line = strchr(vector_file("mustache"), '\n') + 1; *line != '\0'; line = strchr(line, '\n') + 1) {
		struct arena       *arena = arena_new(8 << 20);
		const char         *json = strstr(line, ": {") + 2;
		struct json_object *test = json_read(arena, json, strcspn(json, "\n"));
		const char         *why, *expected;
		bool                known = false;

		REQUIRE(test != NULL);
		/* Two of them are no HTML; a text without anything to escape is the same in both kinds. */
		expected = json_object_get_string(json_object_object_get(test, "expected"));
		json = json_object_to_json_string(test);
		why = run_case(arena, test, strstr(json, "<{{#") != NULL || strchr(expected, '<') != NULL ? ".txt" : ".html");
		if (why == NULL && strpbrk(expected, "&<>\"'") == NULL)
			CHECK(run_case(arena, test, ".txt") == NULL);
		cases++;
		printed += why == NULL;
		for (size_t i = 0; why != NULL && i < sizeof reasons / sizeof *reasons; i++)
			if (strstr(why, reasons[i].error) != NULL) {
				counts[i]++;
				known = true;
			}
		if (why != NULL && !known)
			CHECK_TEXT(why, "printed");
		arena_free(arena);
	}
	CHECK_INT(cases, 136);
	for (size_t i = 0; i < sizeof reasons / sizeof *reasons; i++) {
		CHECK_INT(counts[i], reasons[i].count);
		cases -= counts[i];
	}
	CHECK_INT(printed, cases);
}

SUITE("template", TEST(test_values), TEST(test_sections), TEST(test_partials), TEST(test_places), TEST(test_urls),
    TEST(test_directions), TEST(test_refused), TEST(test_depth), TEST(test_files), TEST(test_specification))
