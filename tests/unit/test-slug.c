/* Names become slugs whatever their script. */
#include "base/arena.h"
#include "base/shape.h"
#include "store/slug.h"
#include "tests/suite.h"

static struct arena *arena;

static const char *
slug(const char *name)
{
	if (arena == NULL)
		arena = arena_new(1 << 20);
	return slug_make(arena, name, "product");
}

static void
test_ascii(void)
{
	CHECK_TEXT(slug("Clay Water Pitcher"), "clay-water-pitcher");
	CHECK_TEXT(slug("  2 x  USB--C / 45W!! "), "2-x-usb-c-45w");
	CHECK_TEXT(slug("Levi's 501"), "levis-501");
	CHECK_TEXT(slug("a.b_c"), "a-b-c");
}

static void
test_scripts(void)
{
	CHECK_TEXT(slug("Größe M – ÉCLAIR"), "größe-m-éclair");
	CHECK_TEXT(slug("মাটির কলস"), "মাটির-কলস");
	CHECK_TEXT(slug("हिन्दी किताब"), "हिन्दी-किताब");
	CHECK_TEXT(slug("陶器 水差し"), "陶器-水差し");
	CHECK_TEXT(slug("ИВАН Чай"), "иван-чай");
	CHECK_TEXT(slug("L’Été"), "lété");
}

static void
test_compatibility_forms_are_one(void)
{
	CHECK_TEXT(slug("ＦＵＬＬ　ｗｉｄｔｈ"), "full-width");
	CHECK_TEXT(slug("ﬁne"), "fine");
	CHECK_TEXT(slug("cafe\xcc\x81"), "caf\xc3\xa9");
	CHECK_TEXT(slug("m²"), "m2");
}

static void
test_nothing_left(void)
{
	CHECK_TEXT(slug("!!! 🎁"), "product");
	CHECK_TEXT(slug(""), "product");
	CHECK_TEXT(slug("\xcc\x81"), "product");
	CHECK_TEXT(slug("🎁 Gift 🎁"), "gift");
}

static void
test_long_names_are_cut(void)
{
	char        name[1000];
	const char *cut;

	memset(name, 'a', sizeof name - 1);
	name[sizeof name - 1] = '\0';
	CHECK_INT(strlen(slug(name)), SLUG_CHARACTERS_MAX);
	name[SLUG_CHARACTERS_MAX] = ' ';
	cut = slug(name);
	CHECK_INT(strlen(cut), SLUG_CHARACTERS_MAX);
	CHECK(cut[strlen(cut) - 1] != '-');
}

static void
test_every_slug_is_one(void)
{
	static const char *const names[] = { "Clay Water Pitcher", "মাটির কলস", "Größe", "x - y", "-a-", "İstanbul" };

	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		CHECK(format_fault(FORMAT_SLUG, slug(names[i])) == NULL);
		CHECK_TEXT(slug(slug(names[i])), slug(names[i]));
	}
}

SUITE("slug", TEST(test_ascii), TEST(test_scripts), TEST(test_compatibility_forms_are_one), TEST(test_nothing_left),
    TEST(test_long_names_are_cut), TEST(test_every_slug_is_one))
