/* What templates say in a language: messages, their forms, and values as the language writes them; and what stands in JSON. */
#include "base/arena.h"
#include "base/shape.h"
#include "base/text.h"
#include "template/messages.h"
#include "tests/suite.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

struct goods {
	const char  *name, *currency, *unit;
	struct money price;
};
static const struct member goods_members[] = {
	M_TEXT(struct goods, name, "name", 100),
	M_MONEY(struct goods, price, "price"),
	M_TEXT(struct goods, currency, "currency", 3),
	M_MAP(struct goods, unit, "unit", 10),
};
SHAPE(struct goods, goods_shape, "Goods", goods_members);

static const char *const states[] = { "open", "shut", NULL };

struct page {
	const char    *title, *goods, *one, *country, *rating, *currency, *day;
	int64_t        count, *none;
	int            state;
	struct money   total;
	struct instant at;
};
static const struct member page_members[] = {
	M_TEXT(struct page, title, "title", 100),
	M_TEXT(struct page, country, "country", 2, .format = FORMAT_COUNTRY),
	M_TEXT(struct page, rating, "rating", 4),
	M_TEXT(struct page, currency, "currency", 3),
	M_TEXT(struct page, day, "day", 10),
	M_JSON(struct page, goods, "goods", goods_shape, 1000),
	M_JSON(struct page, one, "one", goods_shape, 1000, .single = true),
	M_INTEGER(struct page, count, "count", 0, 100),
	M_INTEGER(struct page, none, "none", 0, 100),
	M_ENUM(struct page, state, "state", states),
	M_MONEY(struct page, total, "total"),
	M_TIME(struct page, at, "at"),
};
SHAPE(struct page, page_shape, "Page", page_members);

static const struct page page = {
	.title = "a<b>",
	.country = "CI",
	.rating = "4.50",
	.currency = "USD",
	.day = "2026-11-05",
	.goods = "[{\"name\":\"Tea & cake\",\"price\":\"1234.50\",\"currency\":\"INR\",\"unit\":{\"size\":\"1 <l>\"}},"
		 "{\"name\":\"Salt\",\"price\":null,\"currency\":\"INR\",\"unit\":{}}]",
	.one = "{\"name\":\"Pot\",\"price\":\"5.00\",\"currency\":\"USD\",\"unit\":{}}",
	.count = 1234567,
	.state = 1,
	.total = { 123456750, "INR" },
	.at = { 1793891049000 }, /* 2026-11-05T15:04:09Z */
};

static const char english[] = "{\"hello\": \"Hello \\\"{{title}}\\\" <b>\", \"state.open\": \"Open\", \"state.shut\": \"Shut\","
			      "\"items\": {\"one\": \"{{$ count}} item\", \"other\": \"{{$ count}} items\"}}";
static const char bengali[] = "{\"hello\": \"নমস্কার {{title}}\", \"state.open\": \"খোলা\", \"state.shut\": \"বন্ধ\","
			      "\"items\": {\"one\": \"{{$ count}}টি\", \"other\": \"{{$ count}}টি জিনিস\"}}";

static char folder[] = "/tmp/haat-words-XXXXXX";

static void
write_file(const char *name, const char *text)
{
	char  path[200];
	FILE *file;

	snprintf(path, sizeof path, "%s/%s", folder, name);
	file = fopen(path, "we");
	REQUIRE(file != NULL && fputs(text, file) >= 0);
	fclose(file);
}

static void
prepare(void)
{
	static bool made;

	if (!made)
		REQUIRE(mkdtemp(folder) != NULL);
	made = true;
	write_file("en.json", english);
	write_file("bn.json", bengali);
}

static const char *
read_source(struct arena *arena, void *argument, const char *name, size_t *length, const char **why)
{
	(void)arena;
	(void)name;
	(void)why;
	*length = strlen(argument);
	return argument;
}

/* What a template prints in a language, or its error. */
static void
check_print(const char *code, const char *text, const char *expected)
{
	struct arena                   *arena = arena_new(8 << 20);
	const char                     *error = NULL;
	const struct template_language *language =
	    messages_load(arena, folder, "", locale_find(code, strlen(code)), "UTC", &error);
	struct template_source source = {
		.read = read_source, .argument = (void *)(uintptr_t)text, .place = "memory", .language = language
	};
	struct template *template = language == NULL ? NULL : template_read(arena, &source, "t.html", &page_shape, &error);
	struct text out = text_new(arena, 16);

	if (template != NULL)
		template_print(template, &page, &out);
	CHECK_TEXT(template == NULL ? error : out.bytes, expected);
	arena_free(arena);
}

static void
messages(void)
{
	prepare();
	check_print("en", "<p title=\"{{@ hello}}\">{{@ hello}}</p>",
	    "<p title=\"Hello &quot;a&lt;b&gt;&quot; &lt;b&gt;\">Hello &quot;a&lt;b&gt;&quot; &lt;b&gt;</p>");
	check_print("bn", "<p>{{@ hello}}</p>", "<p>নমস্কার a&lt;b&gt;</p>");
	check_print("en", "{{@ items count}}", "1,234,567 items");
	check_print("bn", "{{@ items count}}", "১২,৩৪,৫৬৭টি জিনিস");
	check_print("bn", "{{@ items none}}", "১২,৩৪,৫৬৭টি"); /* none is spoken of as one */
	check_print("en", "{{@ items none}}", "1,234,567 items");
}

static void
values(void)
{
	prepare();
	check_print("en", "{{$ total}}|{{$ count}}|{{$ state}}|{{$ at date}}|{{$ at time}}|{{$ none}}",
	    "₹1,234,567.50|1,234,567|Shut|Nov 5, 2026|Nov 5, 2026, 3:04 PM|");
	check_print("bn", "{{$ total}}|{{$ state}}|{{$ at long}}", "১২,৩৪,৫৬৭.৫০₹|বন্ধ|৫ নভেম্বর, ২০২৬");
	check_print("en", "{{$ country}}|{{$ rating number}}|{{country}}", "Côte d’Ivoire|4.5|CI");
	check_print("bn", "{{$ country}}|{{$ rating number}}", "কোট ডি‘আইভোর|৪.৫");
	check_print("en", "{{$ title number}}", "a&lt;b&gt;");
	check_print("en", "{{$ rating amount}}|{{$ title amount}}|{{$ day day}}|{{$ title day}}", "$4.50||November 5, 2026|");
	check_print("bn", "{{$ rating amount}}|{{$ day day}}", "৪.৫০\u00a0US$|৫ নভেম্বর, ২০২৬");
}

static void
json(void)
{
	prepare();
	check_print("en", "{{#goods}}{{name}} {{$ price}}{{^price}}-{{/price}} {{#unit}}{{name}}={{value}}{{/unit}};{{/goods}}",
	    "Tea &amp; cake ₹1,234.50 size=1 &lt;l&gt;;Salt - ;");
	check_print("en", "{{#one}}{{name}} {{$ price}}{{/one}}", "Pot $5.00");
	check_print("en", "{{one.name}}{{^one}}none{{/one}}", "Pot");
	check_print("en", "<script type=\"application/json\">{{#one}}{{name}}{{/one}}</script>",
	    "<script type=\"application/json\">\"Pot\"</script>");
}

static void
what_is_refused(void)
{
	char expected[200];

	prepare();
	check_print(
	    "en", "{{@ nothing}}", "template 'memory/t.html' line 1: '{{@ nothing}}': there is no message of that key in 'en'");
	check_print("en", "{{@ items}}",
	    "template 'memory/t.html' line 1: '{{@ items}}': the message has forms, so its tag names a number");
	check_print("en", "{{@ items title}}",
	    "template 'memory/t.html' line 1: '{{@ items title}}': the forms of a message go with a whole number");
	check_print(
	    "en", "{{@ hello count}}", "template 'memory/t.html' line 1: '{{@ hello count}}': the message has one form only");
	check_print("en", "{{$ title}}", "template 'memory/t.html' line 1: '{{$ title}}': languages write this value alike");
	check_print("en", "{{$ at}}", "template 'memory/t.html' line 1: '{{$ at}}': a time is written as date, long or time");
	check_print("en", "{{#one}}{{$ price nothing}}{{/one}}",
	    "template 'memory/t.html' line 1: '{{$ price nothing}}': nothing says in which currency it is");
	check_print("en", "{{$ total date}}",
	    "template 'memory/t.html' line 1: '{{$ total date}}': only a time has a style, and a text that is a number, an amount or a day");
	check_print("en", "{{$ title date}}",
	    "template 'memory/t.html' line 1: '{{$ title date}}': only a time has a style, and a text that is a number, an amount or a day");
	check_print("en", "<a href=\"{{@ hello}}\">x</a>",
	    "template 'memory/en: hello' line 1: '<a href=\"': a message stands in text or in an attribute that is text");
	write_file("bn.json", "{\"hello\": \"{{nothing}}\"}");
	check_print("bn", "{{@ hello}}", "template 'memory/bn: hello' line 1: '{{nothing}}': Page has no member 'nothing'");
	write_file("bn.json", "{\"hello\": [1]}");
	snprintf(expected, sizeof expected,
	    "messages '%s/bn.json': 'hello' is neither a text nor an object of \"one\" and \"other\"", folder);
	check_print("bn", "x", expected);
}

/* English in disguise: whatever is not accented did not come from a message. */
static void
disguise(void)
{
	prepare();
	check_print("en-XA", "{{$ state}} {{@ hello}}", "[Šĥûţ~] [Ĥéļļó &quot;a&lt;b&gt;&quot; &lt;ƀ&gt;~~]");
}

static void
languages_match(void)
{
	struct arena                   *arena = arena_new(1 << 20);
	const char                     *error = NULL;
	const struct template_language *first, *other;

	prepare();
	write_file("bn.json", "{\"hello\": \"x\", \"more\": \"y\"}");
	first = messages_load(arena, folder, "", locale_find("en", 2), "UTC", &error);
	other = messages_load(arena, folder, "", locale_find("bn", 2), "UTC", &error);
	REQUIRE(first != NULL && other != NULL);
	CHECK(messages_match(arena, first, first, &error));
	CHECK(!messages_match(arena, first, other, &error));
	CHECK_TEXT(error,
	    "messages 'bn.json': 'state.open' is missing, 'state.shut' is missing, 'items' is missing, "
	    "'more' is in no other language");
	arena_free(arena);
}

SUITE("words", TEST(messages), TEST(values), TEST(json), TEST(what_is_refused), TEST(disguise), TEST(languages_match))
