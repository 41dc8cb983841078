/* Suggestions: a few rows of the lists that the search reads, so that one costs no more than two lists. */
#include "catalog/product_suggest.h"

#include "catalog/category.h"
#include "catalog/product_search.h"
#include "store/list.h"

enum { SUGGESTED = 8, CATEGORIES = 3, TERMS_MAX = 4, CUT_MAX = 16, LIST_ROWS = 32, PROBED_ROWS = 200, CANDIDATES = 24 };
#define LIMITED WITHIN_SECONDS(0.5)

enum suggestion_kind { SUGGEST_CATEGORY, SUGGEST_PRODUCT };
static const char *const kind_values[] = { "category", "product", NULL };

struct suggestion {
	int         kind;
	struct uuid id;
	const char *name, *slug;
};

static const struct member suggestion_members[] = {
	M_ENUM(struct suggestion, kind, "kind", kind_values, .computed = true, .example = "\"product\""),
	M_ID(struct suggestion, id, "id"),
	M_TEXT(struct suggestion, name, "name", 200, .required = true, .example = "\"Clay water pitcher\""),
	M_TEXT(struct suggestion, slug, "slug", 230, .required = true, .example = "\"clay-water-pitcher\""),
};
SHAPE(struct suggestion, suggestion_shape, "Suggestion", suggestion_members);

struct suggestions {
	struct suggestion *results;
	size_t             count;
};

static const struct member suggestions_members[] = {
	M_ARRAY(struct suggestions, results, count, "results", suggestion_shape, SUGGESTED,
	    .description = "Categories first, then products."),
};
SHAPE_SHARED(struct suggestions, suggestions_shape, "Suggestions", suggestions_members);

static const struct member suggest_query_members[] = {
	M_TEXT(struct suggest_query, text, "q", 200, .required = true, .min = 1, .example = "\"clay pit\"",
	    .description = "What has been typed so far; the last word may be cut short."),
};
SHAPE_SHARED(struct suggest_query, suggest_query_shape, "SuggestQuery", suggest_query_members);

/* The last words of what was typed; *known: somebody has all of them, the last one at least as a beginning. */
static const struct problem *
read_terms(struct work *work, const char *text, struct search_term *terms, size_t *count, bool *known)
{
	struct search_word *words;
	size_t              cut = search_cut(work->arena, text, CUT_MAX, &words), n = 0;

	for (size_t i = 0; i < cut; i++)
		if (!words[i].tail)
			words[n++] = words[i];
	*count = n < TERMS_MAX ? n : TERMS_MAX;
	*known = n > 0;
	if (n == 0)
		return OK;
	for (size_t i = 0; i < *count; i++)
		terms[i] = (struct search_term) { .word = words[n - *count + i] };
	TRY(find_exact_words(work, terms, *count));
	TRY(find_begun_words(work, &terms[*count - 1]));
	for (size_t i = 0; i < *count; i++)
		*known &= terms[i].exact.id != 0 || terms[i].n_others > 0;
	return OK;
}

#define ONE_LIST \
	"(SELECT document, score FROM search_postings FORCE INDEX (ix_search_postings_word) WHERE word = ? " \
	"ORDER BY score DESC, document LIMIT ?)"

/* The documents to begin with: those of the rarest whole word, or of all that a single word begins. */
static void
add_candidates(struct list *list, const struct search_term *terms, size_t count, size_t first)
{
	if (count > 1) {
		list_append(list, ONE_LIST, P(terms[first].exact.id), P(PROBED_ROWS));
		return;
	}
	list_append(list, "SELECT document, MAX(score) AS score FROM (");
	list_append(list, ONE_LIST, P(terms->exact.id), P(LIST_ROWS));
	for (size_t i = 0; i < terms->n_others; i++) {
		list_append(list, "UNION ALL");
		list_append(list, ONE_LIST, P(terms->others[i].id), P(LIST_ROWS));
	}
	list_append(list, ") u GROUP BY document ORDER BY score DESC, document LIMIT ?", P(CANDIDATES));
}

/* Products that have all of the words, the best first. */
static const struct problem *
find_products(struct work *work, const struct search_term *terms, size_t count, struct suggestion **found, size_t *n)
{
	struct list list = list_begin(work, LIMITED "SELECT STRAIGHT_JOIN {p}", "FROM (SELECT l.product_id, f.score FROM (");
	size_t      first = 0;

	for (size_t i = 1; i + 1 < count; i++)
		if (terms[i].exact.products < terms[first].exact.products)
			first = i;
	add_candidates(&list, terms, count, first);
	list_append(&list, ") f JOIN search_documents l ON l.number = f.document");
	for (size_t i = 0; i < count; i++)
		if (count > 1 && i != first)
			where_term(&list, &terms[i], true);
	list_append(&list,
	    "ORDER BY f.score DESC, f.document LIMIT ?) s "
	    "JOIN products p ON p.id = s.product_id ORDER BY s.score DESC, s.product_id",
	    P(CANDIDATES));
	return list_read(&list, &suggestion_shape, CANDIDATES, found, n);
}

/* Categories that have all of the words. */
static const struct problem *
find_categories(struct work *work, const struct search_term *terms, size_t count, struct suggestion **found, size_t *n)
{
	struct list list =
	    list_begin(work, LIMITED "SELECT DISTINCT {c}", "FROM search_categories s JOIN categories c ON c.id = s.category_id");
	const char    *last = terms[count - 1].word.text;
	unsigned char *bound = arena_room(work->arena, SEARCH_WORD_BYTES + 1);
	struct bytes   behind = { bound, strlen(last) + 1 };

	memcpy(bound, last, strlen(last));
	bound[strlen(last)] = 0xff; /* behind all that it begins */
	list_where(&list, "s.word >= ? AND s.word < ?", P(last), P(behind));
	for (size_t i = 0; i + 1 < count; i++)
		list_where(&list, "EXISTS (SELECT 1 FROM search_categories o WHERE o.category_id = s.category_id AND o.word = ?)",
		    P(terms[i].word.text));
	list_where(&list, CATEGORY_SHOWN("c.id"));
	list_append(&list, "ORDER BY c.depth, c.name LIMIT ?", P(CATEGORIES));
	return list_read(&list, &suggestion_shape, CATEGORIES, found, n);
}

static bool
is_suggested(const struct suggestions *suggestions, const char *name)
{
	for (size_t i = 0; i < suggestions->count; i++)
		if (suggestions->results[i].kind == SUGGEST_PRODUCT && strcmp(suggestions->results[i].name, name) == 0)
			return true;
	return false;
}

const struct problem *
suggest_products(struct work *work, const char *text, struct suggestions **suggestions)
{
	struct search_term *terms = ARENA_ARRAY(work->arena, TERMS_MAX, struct search_term);
	struct suggestion  *found;
	struct suggestions *into = *suggestions = ARENA_NEW(work->arena, struct suggestions);
	size_t              count, n;
	bool                known;

	into->results = ARENA_ARRAY(work->arena, SUGGESTED, struct suggestion);
	TRY(read_terms(work, text, terms, &count, &known));
	if (count == 0)
		return OK;
	TRY(find_categories(work, terms, count, &found, &n));
	for (size_t i = 0; i < n; i++) {
		found[i].kind = SUGGEST_CATEGORY;
		into->results[into->count++] = found[i];
	}
	if (!known)
		return OK;
	TRY(find_products(work, terms, count, &found, &n));
	for (size_t i = 0; i < n && into->count < SUGGESTED; i++)
		if (!is_suggested(into, found[i].name)) {
			found[i].kind = SUGGEST_PRODUCT;
			into->results[into->count++] = found[i];
		}
	return OK;
}
