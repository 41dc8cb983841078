/* Text is cut into the words by which it is found, whatever its script. */
#include "base/arena.h"
#include "base/text.h"
#include "catalog/search_text.h"
#include "tests/suite.h"

enum { MANY = 100 };

static struct arena *
memory(void)
{
	static struct arena *arena;

	if (arena == NULL)
		arena = arena_new(4 << 20);
	return arena;
}

/* The words with a blank between them, a '*' behind those that only the index holds. */
static const char *
cut(const char *text)
{
	struct search_word *words;
	size_t              count = search_cut(memory(), text, MANY, &words);
	struct text         all = text_new(memory(), 100);

	for (size_t i = 0; i < count; i++)
		text_addf(&all, "%s%s%s", i > 0 ? " " : "", words[i].text, words[i].tail ? "*" : "");
	return all.bytes;
}

static void
test_letters_and_digits(void)
{
	CHECK_TEXT(cut("Clay Water-Pitcher, XL"), "clay water pitcher xl");
	CHECK_TEXT(cut("Under_score Tea"), "under score tea");
	CHECK_TEXT(cut("The Will"), "the will");
	CHECK_TEXT(cut("4K TV 3.5 mm 1,000 W"), "4k tv 3.5 mm 1,000 w");
	CHECK_TEXT(cut("node.js v1.2. End."), "node js v1.2 end");
	CHECK_TEXT(cut("  !!! "), "");
	CHECK_TEXT(cut(""), "");
	CHECK_TEXT(cut("tea Tea TEA"), "tea");
}

static void
test_symbols_end_words(void)
{
	CHECK_TEXT(cut("Lego™ City set"), "lego city set");
	CHECK_TEXT(cut("Café® No1©"), "cafe no1");
	CHECK_TEXT(cut("5㎏ rice"), "5kg rice");
	CHECK_TEXT(cut("rice\xe2\x80\x8b"
		       "cake"),
	    "rice cake"); /* U+200B */
	CHECK_TEXT(cut("m² 🎁gift"), "m2 gift");
}

static void
test_marks_and_forms_are_folded(void)
{
	CHECK_TEXT(cut("Crème Brûlée"), "creme brulee");
	CHECK_TEXT(cut("cre\xcc\x80me"), "creme");
	CHECK_TEXT(cut("Straße Łódź Søren Æbler"), "strasse lodz soren aebler");
	CHECK_TEXT(cut("İstanbul ISTANBUL ısı"), "istanbul isi");
	CHECK_TEXT(cut("ＦＵＬＬ ﬁne"), "full fine");
	CHECK_TEXT(cut("so\xc2\xad"
		       "ft"),
	    "soft");
	CHECK_TEXT(cut("مُحَمَّد كــتاب"), "محمد كتاب");
	CHECK_TEXT(cut("שָׁלוֹם"), "שלום");
	CHECK_TEXT(cut("Ёлка"), "елка");
}

static void
test_apostrophes_join(void)
{
	CHECK_TEXT(cut("Levi's L’Été 'quoted' rock 'n' roll"), "levis lete quoted rock n roll");
}

static void
test_marks_of_scripts_stay(void)
{
	CHECK_TEXT(cut("মাটির কলস"), "মাটির কলস");
	CHECK_TEXT(cut("हिन्दी किताब"), "हिन्दी किताब");
	CHECK_TEXT(cut("ড়"), "ড়");
	CHECK_TEXT(cut("셔츠 커피"), "셔츠 커피");
}

static void
test_signs_become_pairs(void)
{
	CHECK_TEXT(cut("煎茶"), "煎茶 茶*");
	CHECK_TEXT(cut("茶"), "茶");
	CHECK_TEXT(cut("緑茶セット A"), "緑茶 茶セ セッ ット ト* a");
	CHECK_TEXT(cut("ｼｬﾂ"), "シャ ャツ ツ*");
	CHECK_TEXT(cut("パパ"), "パパ パ*");
	CHECK_TEXT(cut("ハハ"), "ハハ ハ*");
	CHECK_TEXT(cut("コーヒー"), "コー ーヒ ヒー ー*");
	CHECK_TEXT(cut("กาแฟ"), "กา าแ แฟ ฟ*");
	CHECK_TEXT(cut("茶กา"), "茶 กา า*");
	CHECK_TEXT(cut("茶 煎茶"), "茶 煎茶");
}

static void
test_long_words_are_cut_off(void)
{
	char long_word[200];

	memset(long_word, 'x', sizeof long_word - 1);
	long_word[sizeof long_word - 1] = '\0';
	CHECK_INT(strlen(cut(long_word)), SEARCH_WORD_BYTES);
	CHECK_INT(strlen(cut("ম্মম্মম্মম্মম্মম্মম্মম্মম্মম্মম্মম্মম্মম্মম্ম")), 63);
}

static void
test_only_so_many(void)
{
	struct search_word *words;

	CHECK_INT(search_cut(memory(), "a b c d e", 3, &words), 3);
	CHECK_TEXT(words[2].text, "c");
}

static void
test_near_words(void)
{
	static const char *const near[][2] = { { "pitcher", "pitchar" }, { "pitcher", "picher" }, { "pitcher", "pittcher" },
		{ "pitcher", "pticher" }, { "pitcher", "pitche" }, { "pitcher", "itcher" }, { "pitcher", "pitcher" },
		{ "কলসটা", "কলশটা" }, { "élan", "elan" }, { "ab", "ba" } };
	static const char *const far[][2] = { { "pitcher", "pithcre" }, { "pitcher", "pitc" }, { "pitcher", "catcher" },
		{ "pitcher", "" }, { "abcd", "badc" }, { "abcd", "cbad" } };

	for (size_t i = 0; i < sizeof near / sizeof *near; i++) {
		CHECK(search_is_near(near[i][0], near[i][1]));
		CHECK(search_is_near(near[i][1], near[i][0]));
	}
	for (size_t i = 0; i < sizeof far / sizeof *far; i++) {
		CHECK(!search_is_near(far[i][0], far[i][1]));
		CHECK(!search_is_near(far[i][1], far[i][0]));
	}
}

static bool
share_key(const char *a, const char *b)
{
	const char **keys_a, **keys_b;
	size_t       n_a = search_near_keys(memory(), &(struct search_word) { .text = a, .letters = 7 }, &keys_a);
	size_t       n_b = search_near_keys(memory(), &(struct search_word) { .text = b, .letters = 7 }, &keys_b);

	for (size_t i = 0; i < n_a; i++)
		for (size_t j = 0; j < n_b; j++)
			if (strcmp(keys_a[i], keys_b[j]) == 0)
				return true;
	return false;
}

static void
test_keys_of_near_words(void)
{
	CHECK(share_key("pitcher", "pitchar"));
	CHECK(share_key("pitcher", "picher"));
	CHECK(share_key("pitcher", "pittcher"));
	CHECK(share_key("pitcher", "pticher"));
	CHECK(share_key("saree", "sare"));
	CHECK(share_key("কলসটা", "কলশটা"));
	CHECK(!share_key("pitcher", "butcher"));
}

SUITE("search text", TEST(test_letters_and_digits), TEST(test_symbols_end_words), TEST(test_marks_and_forms_are_folded),
    TEST(test_apostrophes_join), TEST(test_marks_of_scripts_stay), TEST(test_signs_become_pairs),
    TEST(test_long_words_are_cut_off), TEST(test_only_so_many), TEST(test_near_words), TEST(test_keys_of_near_words))
