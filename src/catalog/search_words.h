/*
 * search_words.h: the words that the search knows, each with a number: search_words, and search_near_words, by which one is
 * found that was typed with a wrong letter.
 *
 * A word stays once it was used.  How many products have it is counted now and then (count_words_job) and only says which
 * word of several is the rarest, so that no writer waits for the row of a common word.
 */
#ifndef SEARCH_WORDS_H
#define SEARCH_WORDS_H

#include "catalog/search_text.h"

#include <stdint.h>

struct arena;
struct job;
struct problem;
struct work;

/* A word of the table. */
struct known_word {
	int64_t     id;
	const char *word;
	int64_t     products; /* about how many have it */
};

/* A word that is about to be written. */
struct listed_word {
	struct search_word word;
	int64_t            id;
	size_t             product, place; /* the writer's: the last product that had it, and where among its words */
};

/* Words that are written together, each of them once. */
struct vocabulary;
struct vocabulary  *vocabulary_new(struct arena *arena);
struct listed_word *vocabulary_add(struct vocabulary *vocabulary, const struct search_word *word);

/* Number all words, those that are new too; inside a transaction. */
const struct problem *vocabulary_number(struct work *work, struct vocabulary *vocabulary);

enum { SEARCH_OTHERS_MAX = 6 };

/* A word of a query, and what may stand for it: words near it, and those that it begins. */
struct search_term {
	struct search_word word;
	struct known_word  exact; /* id 0: nobody has the word */
	struct known_word  others[SEARCH_OTHERS_MAX];
	size_t             n_others;
};

/* Fills in `exact` of all terms. */
const struct problem *find_exact_words(struct work *work, struct search_term *terms, size_t count);

/* Fills in the others of all terms: of the last one what it begins, too. */
const struct problem *find_other_words(struct work *work, struct search_term *terms, size_t count);

/* The same for what is typed letter by letter: only what the last one begins. */
const struct problem *find_begun_words(struct work *work, struct search_term *term);

/* Count how many products have each word: a recurring job, and with NULL what is done behind a fill. */
const struct problem *count_search_words(struct work *work, const struct job *job);

#endif
