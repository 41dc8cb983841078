/*
 * search_text.h: how the search cuts text into words and what makes two words the same.
 *
 * One function serves index and query, so what is typed as it is written is found.  A word is folded: compatibility forms,
 * case and the marks of European, Hebrew and Arabic letters do not count.  Words end where libunistring's word breaks and
 * anything but letters, digits and marks say so; an apostrophe within a word is left out.  Han, kana, Thai, Lao, Khmer and
 * Burmese are written without blanks: a run of their signs becomes overlapping pairs, a single sign itself.
 */
#ifndef SEARCH_TEXT_H
#define SEARCH_TEXT_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum {
	SEARCH_WORD_BYTES = 64, /* longer words are cut off, in the index and in the query */
	SEARCH_NEAR_MIN = 5,    /* letters of a word that is found with a wrong one */
	SEARCH_NEAR_MAX = 24
};

struct search_word {
	const char *text;
	size_t      letters; /* characters of a word of letters only; 0: it has digits, or is made of signs */
	/*
	 * The last sign of a run of several.  The index holds it, so that each sign begins a word of the index and one sign alone
	 * is found as a beginning; a query leaves it out.
	 */
	bool tail;
};

/* The first `max` different words of the text, in their order. */
size_t search_cut(struct arena *arena, const char *text, size_t max, struct search_word **words);

/* Is it the same word but for one letter replaced, missing, added, or two neighbours swapped? */
bool search_is_near(const char *a, const char *b);

/*
 * What a word is filed under so that those near it are found: itself, and itself without one of its letters.  Two words that
 * are near each other share such a key.
 */
size_t search_near_keys(struct arena *arena, const struct search_word *word, const char ***keys);

#endif
