/*
 * What a search finds: the product of that exact SKU first, then the best matches of the words.
 *
 * The full-text index is searched for the words as prefixes, all of them required; at most FOUND_MAX products are ranked,
 * then filtered and ordered, so that a word that everything contains costs no more than another.  With so few rows
 * pages are counted, not keyed.
 */
#include "catalog/product_search.h"

#include "base/encoding.h"

#include <unicase.h>
#include <unictype.h>
#include <uninorm.h>
#include <unistr.h>

enum { WORDS_MAX = 8, WORD_CHARACTERS_MIN = 3, WORD_CHARACTERS_MAX = 80 };
#define FOUND_MAX "1000"

/* Words that InnoDB's full-text index leaves out and that are long enough to be asked for. */
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

/* For words that are too short for the index: names that begin so. */
static const char *
name_prefix(struct arena *arena, const char *search)
{
	struct text pattern = text_new(arena, 64);

	for (const char *c = search; *c != '\0'; c++) {
		if (*c == '%' || *c == '_' || *c == '\\')
			text_add_char(&pattern, '\\');
		text_add_char(&pattern, *c);
	}
	text_add_char(&pattern, '%');
	return pattern.bytes;
}

static void
compose_found(struct composed *composed, struct arena *arena, const char *search, const struct product_filters *filters)
{
	const char *words = search_words(arena, search);

	TEXT_ADD(&composed->sql, "(SELECT product_id AS id, 1000000 AS score FROM variants WHERE sku = ? AND deleted_at IS NULL) "
	    "UNION ALL ");
	compose_parameter(composed, P(search));
	if (words != NULL) {
		TEXT_ADD(&composed->sql, "(SELECT id, MATCH (name, description, brand_name) AGAINST (? IN BOOLEAN MODE) AS score "
		    "FROM products WHERE MATCH (name, description, brand_name) AGAINST (? IN BOOLEAN MODE) "
		    "ORDER BY score DESC LIMIT " FOUND_MAX ")");
		compose_parameter(composed, P(words));
		compose_parameter(composed, P(words));
	} else {
		TEXT_ADD(&composed->sql, "(SELECT l.product_id AS id, 0 AS score FROM product_listings l "
		    "FORCE INDEX (ix_product_listings_name) WHERE ");
		compose_category(composed, filters);
		TEXT_ADD(&composed->sql, "AND l.name LIKE ? ORDER BY l.name LIMIT " FOUND_MAX ")");
		compose_parameter(composed, P(name_prefix(arena, search)));
	}
}

static void
compose_search(struct composed *composed, struct arena *arena, const char *search, const struct product_filters *filters,
    int ordering)
{
	compose_columns(composed, filters->in_stock);
	TEXT_ADD(&composed->sql, "FROM (SELECT id, MAX(score) AS score FROM (");
	compose_found(composed, arena, search, filters);
	TEXT_ADD(&composed->sql, ") hits GROUP BY id) f JOIN product_listings l FORCE INDEX (PRIMARY) ON l.product_id = f.id "
	    "JOIN products p ON p.id = f.id " SUMMARY_JOINS "WHERE ");
	compose_category(composed, filters);
	compose_filters(composed, filters);
	if (ordering == BY_RELEVANCE)
		TEXT_ADD(&composed->sql, "ORDER BY f.score DESC, f.id DESC");
	else
		text_addf(&composed->sql, "ORDER BY l.%s %s, f.id DESC", ordering_column(ordering), ordering % 2 == 1 ? "DESC" : "ASC");
}

/* A forward page begins behind its cursor's position, a backward one ends before it. */
static int64_t
first_position(const struct cursor *cursor, int64_t limit)
{
	if (!cursor->given)
		return 0;
	if (!cursor->backward)
		return cursor->number + 1;
	return cursor->number > limit ? cursor->number - limit : 0;
}

const struct problem *
search_products(struct work *work, const char *search, const struct product_filters *filters, struct product_results *found)
{
	struct composed composed = { .sql = text_new(work->arena, 3072) };
	struct cursor  *cursor = &found->cursor;
	int64_t         first = first_position(cursor, found->limit);

	if (cursor->backward)
		found->limit = cursor->number - first;
	compose_search(&composed, work->arena, search, filters, cursor->ordering);
	TEXT_ADD(&composed.sql, " LIMIT ? OFFSET ?");
	compose_parameter(&composed, P(found->limit + 1));
	compose_parameter(&composed, P(first));
	TRY(compose_run(work, &composed, (size_t)found->limit + 1, found));
	for (size_t i = 0; i < found->count; i++)
		found->rows[i].position = first + (int64_t)i;
	/* The rows are in the list's order either way, so for page_links it is a forward page. */
	cursor->given = first > 0;
	cursor->backward = false;
	found->by_position = true;
	return OK;
}
