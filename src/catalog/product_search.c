/*
 * What a search finds: the product of that exact SKU first, then the best matches of the words.
 *
 * The full-text index is searched for the words as prefixes, all of them required; at most FOUND_MAX products are ranked,
 * then filtered and ordered, so that a word that everything contains costs no more than another.  With so few rows
 * pages are counted, not keyed.
 */
#include "catalog/product_search.h"

#include "base/encoding.h"
#include "catalog/document.h"

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum { WORDS_MAX = 8, WORD_CHARACTERS_MIN = 3, WORD_CHARACTERS_MAX = 80 };
#define FOUND_MAX "1000"

/* Stop words of InnoDB's full-text index that are not too short for it. */
static const char *const stop_words[] = { "about", "are", "com", "for", "from", "how", "that", "the", "this", "und", "was",
	"what", "when", "where", "who", "will", "with", "www", NULL };

/* Letters, digits and marks make words; everything else separates them, so every operator of the search. */
static bool
in_word(ucs4_t character)
{
	return uc_is_general_category_withtable(character, UC_CATEGORY_MASK_L | UC_CATEGORY_MASK_N | UC_CATEGORY_MASK_M);
}

static size_t
word_length(const uint8_t *at, size_t left)
{
	size_t length = 0;
	ucs4_t character;
	int    step;

	while (length < left) {
		step = u8_mbtouc(&character, at + length, left - length);
		if (!in_word(character))
			break;
		length += (size_t)step;
	}
	return length;
}

/* "+clay* +pitcher*"; NULL when no word is long enough to be indexed. */
static const char *
search_words(struct arena *arena, const char *search)
{
	size_t      left = 0, words = 0;
	uint8_t    *lowered = u8_tolower((const uint8_t *)search, strlen(search), NULL, UNINORM_NFKC, NULL, &left);
	struct text wanted = text_new(arena, 128);

	if (lowered == NULL)
		abort(); /* no memory: the query is valid UTF-8 */
	for (const uint8_t *at = lowered; left > 0 && words < WORDS_MAX;) {
		size_t      length = word_length(at, left), step = length;
		const char *word = arena_copy(arena, at, length);
		size_t      characters = utf8_length(word);

		if (characters >= WORD_CHARACTERS_MIN && characters <= WORD_CHARACTERS_MAX && value_index(stop_words, word) < 0) {
			text_addf(&wanted, "%s+%s*", words++ > 0 ? " " : "", word);
		} else if (length == 0) {
			ucs4_t character;

			step = (size_t)u8_mbtouc(&character, at, left);
		}
		at += step;
		left -= step;
	}
	free(lowered);
	return words == 0 ? NULL : wanted.bytes;
}

/* What is found, with its score, as (id, score). */
static void
add_found(struct list *list, const char *search, const struct product_filters *filters)
{
	struct arena    *arena = list->work->arena;
	const char      *words = search_words(arena, search), *of_category;
	struct parameter category;

	list_append(list,
	    "(SELECT product_id AS id, 1000000 AS score FROM variants WHERE sku = ? AND deleted_at IS NULL) UNION ALL",
	    P(search));
	if (words != NULL) {
		list_append(list,
		    "(SELECT id, MATCH (name, description, brand_name) AGAINST (? IN BOOLEAN MODE) AS score "
		    "FROM products WHERE MATCH (name, description, brand_name) AGAINST (? IN BOOLEAN MODE) "
		    "ORDER BY score DESC LIMIT " FOUND_MAX ")",
		    P(words), P(words));
		return;
	}
	/* Words that are too short for the index: names that begin with them. */
	list_append(
	    list, "(SELECT l.product_id AS id, 0 AS score FROM product_listings l FORCE INDEX (ix_product_listings_name) WHERE");
	of_category = category_condition(filters, &category);
	list_append(list, of_category, category);
	list_append(list, "AND l.name LIKE ? ORDER BY l.name LIMIT " FOUND_MAX ")", P(like_prefix(arena, search)));
}

#define BOTH_WAYS(name, column, member, mark) column " ASC, f.id DESC", column " DESC, f.id DESC",
static const char *const orders[] = { PRODUCT_ORDERINGS(BOTH_WAYS, "l", ".price_order", "") "f.score DESC, f.id DESC" };

const struct problem *
search_products(struct work *work, const char *search, const struct product_filters *filters, const struct page_request *page,
    struct text *products, struct listed *listed)
{
	struct list            list = list_begin(work, "SELECT STRAIGHT_JOIN {d}", "FROM (SELECT id, MAX(score) AS score FROM (");
	struct listed_product *rows;

	add_found(&list, search, filters);
	list_append(&list,
	    ") hits GROUP BY id) f JOIN product_listings l FORCE INDEX (PRIMARY) ON l.product_id = f.id "
	    "JOIN product_documents d ON d.product_id = f.id");
	where_filters(&list, filters);
	TRY(list_positions(&list, &listed_product_shape, orders[page->ordering], page, &rows, listed));
	return print_summaries(work, rows, listed->count, products);
}
