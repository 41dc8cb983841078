/* Text of any script is cut into words: they hold when they are cut again, and those near each other are filed together. */
#include "base/encoding.h"
#include "catalog/search_text.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { WORDS = 50 };

static bool
has(char *const *keys, size_t count, const char *key)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(keys[i], key) == 0)
			return true;
	return false;
}

/* A word without one of its letters is near it, and filed under a key of it. */
static void
near_its_keys(const struct search_word *word)
{
	const char **keys, **others;
	size_t       count = search_near_keys(fuzz_arena(), word, &keys), n_others;

	PROPERTY(search_is_near(word->text, word->text));
	for (size_t i = 0; i < count; i++) {
		struct search_word other = { .text = keys[i], .letters = word->letters };

		PROPERTY(search_is_near(word->text, keys[i]) && search_is_near(keys[i], word->text));
		n_others = search_near_keys(fuzz_arena(), &other, &others);
		PROPERTY(n_others > 0 && has((char *const *)keys, count, others[0]));
	}
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	const char         *text = fuzz_part(&bytes, &length);
	struct search_word *words, *again;
	size_t              count;

	if (!utf8_valid(text, strlen(text)))
		return;
	count = search_cut(fuzz_arena(), text, WORDS, &words);
	for (size_t i = 0; i < count; i++) {
		size_t bytes_of = strlen(words[i].text);

		PROPERTY(bytes_of > 0 && bytes_of <= SEARCH_WORD_BYTES && utf8_valid(words[i].text, bytes_of));
		for (size_t j = 0; j < i; j++)
			PROPERTY(strcmp(words[i].text, words[j].text) != 0);
		/* What a search shows may be typed again: the first word of a word is the word. */
		PROPERTY(search_cut(fuzz_arena(), words[i].text, WORDS, &again) > 0);
		if (bytes_of < SEARCH_WORD_BYTES - 4)
			PROPERTY(strcmp(again[0].text, words[i].text) == 0);
		near_its_keys(&words[i]);
	}
}
