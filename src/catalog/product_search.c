/*
 * What a search finds: the product of that SKU first, then those that have all words, the best match first.
 *
 * The rarest word's postings are read from the narrowest index there is (within a merchant, a brand or a category, or
 * alone), from the best score on and no more than ROWS_MAX; those that have the other words too are filtered and ordered.
 * So no word costs more than another, and nobody's products push another's out of what was asked for.  Beyond, the answer
 * is truncated.  Where that leaves room on the page, words near those that were typed, and those that the last one begins,
 * follow behind.
 */
#include "catalog/product_search.h"

#include "base/encoding.h"
#include "catalog/category.h"
#include "catalog/document.h"
#include "catalog/search.h"
#include "catalog/search_words.h"

enum { ROWS_MAX = 5000, CUT_MAX = 64, TERMS_MAX = 8, OTHER_ROWS_MAX = 500, SKU_CHARACTERS_MAX = 64 };
#define LIMITED WITHIN_SECONDS(0.5) /* anybody may ask */
#define EXACT "10000"               /* more than all scores of the other words of a query */

/* The lists of a word: alone, and within what the search is narrowed to. */
enum scope_kind { SCOPE_NONE, SCOPE_MERCHANT, SCOPE_BRAND, SCOPE_CATEGORY_1, SCOPE_CATEGORY_2, SCOPE_CATEGORY_3 };

#define POSTINGS(index) "FROM search_postings FORCE INDEX (ix_search_postings_" index ") WHERE word = ?"
static const char *const lists[] = { [SCOPE_NONE] = POSTINGS("word"),
	[SCOPE_MERCHANT] = POSTINGS("merchant") " AND merchant = ?",
	[SCOPE_BRAND] = POSTINGS("brand") " AND brand = ?",
	[SCOPE_CATEGORY_1] = POSTINGS("category_1") " AND category_1 = ?",
	[SCOPE_CATEGORY_2] = POSTINGS("category_2") " AND category_2 = ?",
	[SCOPE_CATEGORY_3] = POSTINGS("category_3") " AND category_3 = ?" };

struct search {
	struct work           *work;
	struct product_filters filters;
	struct search_term     terms[TERMS_MAX];
	size_t                 count;
	bool                   known; /* somebody has each word as it was typed */
	enum scope_kind        scope;
	int64_t                scope_number;
	bool                   exact_scope; /* the filters say no more than the scope */
	int                    ordering;
	struct product_id     *pinned; /* of that SKU */
};

struct found {
	struct product_id id;
};

static const struct member found_members[] = { M_ID(struct found, id, "id") };
SHAPE(struct found, found_shape, "FoundProduct", found_members);

/* ---- what is asked for ---- */

/* The words of the query: when there are many, the rarest and the last one. */
static const struct problem *
read_terms(struct search *search, const char *text)
{
	struct search_word *words;
	size_t              cut = search_cut(search->work->arena, text, CUT_MAX, &words), count = 0;
	struct search_term *terms = ARENA_ARRAY(search->work->arena, cut, struct search_term);

	for (size_t i = 0; i < cut; i++)
		if (!words[i].tail)
			terms[count++].word = words[i];
	if (count == 0)
		return OK;
	TRY(find_exact_words(search->work, terms, count));
	while (count > TERMS_MAX) {
		size_t commonest = 0;

		for (size_t i = 1; i + 1 < count; i++)
			if (terms[i].exact.products > terms[commonest].exact.products)
				commonest = i;
		count--;
		memmove(&terms[commonest], &terms[commonest + 1], (count - commonest) * sizeof *terms);
	}
	search->known = true;
	for (size_t i = 0; i < count; i++)
		search->known &= terms[i].exact.id != 0;
	memcpy(search->terms, terms, count * sizeof *terms);
	search->count = count;
	return OK;
}

struct narrowing {
	struct category_id  category;
	struct category_id *list;
	int64_t             depth;
};

static const struct member narrowing_members[] = {
	M_ID(struct narrowing, category, "id"),
	M_ID(struct narrowing, list, "list"),
	M_INTEGER(struct narrowing, depth, "depth", 1, CATEGORY_DEPTH_MAX),
};
SHAPE(struct narrowing, narrowing_shape, "SearchNarrowing", narrowing_members);

/* The category, and whose list to read: below the third level it is looked through for the category. */
static const struct problem *
narrow_to_category(struct search *search, bool *nothing)
{
	struct product_filters *filters = &search->filters;
	struct narrowing       *found;

#define CATEGORY_LIST \
	"SELECT c.id, c.depth, (SELECT a.ancestor_id FROM category_ancestors a WHERE a.category_id = c.id " \
	"AND a.distance = GREATEST(c.depth - 3, 0)) AS list FROM categories c WHERE "
	TRY(filters->category_slug != NULL
		? db_row(search->work->db, &narrowing_shape, &found, CATEGORY_LIST "c.slug = ? AND " CATEGORY_SHOWN("c.id"),
		      P(filters->category_slug))
		: db_row(search->work->db, &narrowing_shape, &found, CATEGORY_LIST "c.id = ? AND " CATEGORY_SHOWN("c.id"),
		      P(filters->category)));
#undef CATEGORY_LIST
	*nothing = found == NULL;
	if (found == NULL)
		return OK;
	filters->category_slug = NULL;
	filters->category = found->category;
	if (search->scope != SCOPE_NONE) {
		search->exact_scope = false;
		return OK;
	}
	search->scope = found->depth >= SEARCH_LEVELS ? SCOPE_CATEGORY_3 : SCOPE_CATEGORY_1 + (enum scope_kind)found->depth - 1;
	search->scope_number = search_scope(found->list->uuid);
	search->exact_scope &= found->depth <= SEARCH_LEVELS;
	return OK;
}

static const struct problem *
narrow_to_brand(struct search *search, bool *nothing)
{
	struct product_filters *filters = &search->filters;
	struct found           *found = NULL;

	if (filters->brand_slug != NULL) {
		TRY(db_row(
		    search->work->db, &found_shape, &found, "SELECT id FROM brands WHERE slug = ?", P(filters->brand_slug)));
		*nothing = found == NULL;
		if (found == NULL)
			return OK;
		filters->brand = ARENA_NEW(search->work->arena, struct brand_id);
		filters->brand->uuid = found->id.uuid;
		filters->brand_slug = NULL;
	}
	if (search->scope != SCOPE_NONE) {
		search->exact_scope = false;
		return OK;
	}
	search->scope = SCOPE_BRAND;
	search->scope_number = search_scope(filters->brand->uuid);
	return OK;
}

/* The narrowest list for the filters; *nothing: they name what is not there. */
static const struct problem *
narrow(struct search *search, bool *nothing)
{
	const struct product_filters *filters = &search->filters;

	search->exact_scope = filters->currency == NULL && filters->rating_hundredths == NULL && filters->is_featured == NULL &&
	    filters->in_stock == NULL;
	if (filters->merchant != NULL) {
		search->scope = SCOPE_MERCHANT;
		search->scope_number = search_scope(filters->merchant->uuid);
	}
	if (filters->brand != NULL || filters->brand_slug != NULL)
		TRY(narrow_to_brand(search, nothing));
	if (!*nothing && (filters->category_slug != NULL || !uuid_is_nil(filters->category.uuid)))
		TRY(narrow_to_category(search, nothing));
	return OK;
}

/* ---- what is found ---- */

/* A list of a word from its best score on; `select` begins it. */
static void
add_list(struct list *list, const struct search *search, const char *select, int64_t word)
{
	list_append(list, select);
	list_append(list, lists[search->scope], P(word));
	if (search->scope != SCOPE_NONE)
		list->parameters[list->n++] = P(search->scope_number);
}

/* How many products have what is typed, and what may be meant by it. */
static int64_t
commonness(const struct search_term *term, bool others)
{
	int64_t products = term->exact.id == 0 ? 0 : term->exact.products;

	for (size_t i = 0; others && i < term->n_others; i++)
		products += term->others[i].products;
	return products;
}

static size_t
rarest(const struct search *search, bool others)
{
	size_t rarest = 0;

	for (size_t i = 1; i < search->count; i++)
		if (commonness(&search->terms[i], others) < commonness(&search->terms[rarest], others))
			rarest = i;
	return rarest;
}

/* How many rows of the rarest word are looked at: fewer when each of them is looked up for several other words. */
static int64_t
rows_of(const struct search *search)
{
	return search->count > 2 ? ROWS_MAX / ((int64_t)search->count - 1) : ROWS_MAX;
}

#define ALIASES(X) X("p1") X("p2") X("p3") X("p4") X("p5") X("p6") X("p7")
#define PROBE(alias) "JOIN search_postings " alias " ON " alias ".document = f.document AND " alias ".word IN (",
#define SCORE(alias) "+ " alias ".score",
#define BEST_SCORE(alias) "+ MAX(" alias ".score + IF(" alias ".word = ?, " EXACT ", 0))",
static const char *const probes[] = { ALIASES(PROBE) }, *const scores[] = { ALIASES(SCORE) },
			 *const best_scores[] = { ALIASES(BEST_SCORE) };

/* The documents of the rarest word, `f`. */
static void
add_rarest(struct list *list, const struct search *search, const struct search_term *term, bool others, int64_t limit)
{
	if (!others) {
		list_append(list, "FROM (");
		add_list(list, search, "SELECT document, score", term->exact.id);
		list_append(list, "ORDER BY score DESC, document LIMIT ?) f", P(limit));
		return;
	}
	list_append(list, "FROM (SELECT document, MAX(value) AS score FROM (");
	if (term->exact.id != 0) {
		add_list(list, search, "(SELECT document, score + " EXACT " AS value", term->exact.id);
		list_append(list, "ORDER BY score DESC, document LIMIT ?)", P(limit));
	}
	for (size_t i = 0; i < term->n_others; i++) {
		if (i > 0 || term->exact.id != 0)
			list_append(list, "UNION ALL");
		add_list(list, search, "(SELECT document, score AS value", term->others[i].id);
		list_append(list, "ORDER BY score DESC, document LIMIT ?)", P(OTHER_ROWS_MAX));
	}
	list_append(list, ") u GROUP BY document) f");
}

static void
add_probe(struct list *list, size_t place, const struct search_term *term, bool others)
{
	list_append(list, probes[place]);
	list_append(list, "?", P(term->exact.id));
	for (size_t i = 0; others && i < term->n_others; i++)
		list_append(list, ", ?", P(term->others[i].id));
	list_append(list, ")");
}

static void
add_relevance(struct list *list, const struct search *search, size_t first, bool others)
{
	size_t place = 0;

	list_append(list, others ? "ORDER BY MAX(f.score)" : "ORDER BY f.score");
	for (size_t i = 0; i < search->count; i++) {
		if (i == first)
			continue;
		if (others)
			list_append(list, best_scores[place], P(search->terms[i].exact.id));
		else
			list_append(list, scores[place]);
		place++;
	}
	list_append(list, "DESC, f.document");
}

#define BOTH_WAYS(name, column, member, mark) \
	"ORDER BY " column " ASC, l.product_id DESC", "ORDER BY " column " DESC, l.product_id DESC",
#define GROUPS(name, column, member, mark) \
	"GROUP BY f.document, d.product_id, l.product_id, " column, "GROUP BY f.document, d.product_id, l.product_id, " column,
static const char *const orders[] = { PRODUCT_ORDERINGS(BOTH_WAYS, "l", ".price_order", "price_order") };
static const char *const groups[] = { PRODUCT_ORDERINGS(
    GROUPS, "l", ".price_order", "price_order") "GROUP BY f.document, d.product_id" };

/* The ids of one window of those that have all words; with `others` near words, too. */
static const struct problem *
find_words(struct search *search, bool others, int64_t first, int64_t limit, struct found **found, size_t *count)
{
	struct list list = list_begin(search->work, LIMITED "SELECT STRAIGHT_JOIN d.product_id AS id", "");
	bool        by_relevance = search->ordering >= BY_RELEVANCE;
	int64_t     rows = rows_of(search);
	size_t      rare = rarest(search, others), place = 0;

	/* Nothing else decides: the list's own beginning is the page. */
	if (search->count == 1 && by_relevance && search->exact_scope && first + limit < rows)
		rows = first + limit;
	add_rarest(&list, search, &search->terms[rare], others, rows);
	for (size_t i = 0; i < search->count; i++)
		if (i != rare)
			add_probe(&list, place++, &search->terms[i], others);
	list_append(&list,
	    "JOIN search_documents d ON d.number = f.document "
	    "JOIN product_listings l FORCE INDEX (PRIMARY) ON l.product_id = d.product_id");
	where_filters(&list, &search->filters);
	list_filter(&list, "d.product_id <> ?", P(search->pinned));
	if (others)
		list_append(&list, groups[search->ordering]);
	if (by_relevance)
		add_relevance(&list, search, rare, others);
	else
		list_append(&list, orders[search->ordering]);
	list_append(&list, "LIMIT ? OFFSET ?", P(limit), P(first));
	return list_read(&list, &found_shape, (size_t)limit, found, count);
}

struct list_length {
	int64_t length;
};

static const struct member list_length_members[] = { M_INTEGER(struct list_length, length, "length", 0, INT64_MAX) };
SHAPE(struct list_length, list_length_shape, "SearchListLength", list_length_members);

/* Has the rarest word more products than are looked at? */
static const struct problem *
find_truncated(struct search *search, bool *truncated)
{
	struct list         list = list_begin(search->work, LIMITED "SELECT COUNT(*) AS length", "FROM (");
	struct list_length *length;
	size_t              count;

	*truncated = false;
	if (!search->known)
		return OK;
	add_list(&list, search, "SELECT 1", search->terms[rarest(search, false)].exact.id);
	list_append(&list, "LIMIT ?) c", P(rows_of(search) + 1));
	TRY(list_read(&list, &list_length_shape, 1, &length, &count));
	*truncated = count > 0 && length->length > rows_of(search);
	return OK;
}

/* The product of exactly that SKU, in any case. */
static const struct problem *
find_sku(struct search *search, const char *text)
{
	struct list   list = list_begin(search->work, "SELECT v.product_id AS id",
	      "FROM variants v JOIN product_listings l FORCE INDEX (PRIMARY) ON l.product_id = v.product_id");
	struct found *found;
	size_t        count;

	if (utf8_length(text) > SKU_CHARACTERS_MAX)
		return OK;
	list_where(&list, "v.sku_folded = ?", P(text));
	list_where(&list, "v.live_marker = 1");
	where_filters(&list, &search->filters);
	TRY(list_read(&list, &found_shape, 1, &found, &count));
	if (count > 0)
		search->pinned = &found->id;
	return OK;
}

/*
 * At most `limit` of what is found from `first` on.  Words that may be meant come in where the right ones leave room: behind
 * them, or in another ordering where nobody has all of the right ones.
 */
static const struct problem *
find_all(struct search *search, int64_t first, int64_t limit, struct found **found, size_t *count)
{
	*count = 0;
	if (search->known)
		TRY(find_words(search, false, first, limit, found, count));
	if (search->count == 0 || search->pinned != NULL || *count == (size_t)limit ||
	    (*count > 0 && search->ordering < BY_RELEVANCE))
		return OK;
	TRY(find_other_words(search->work, search->terms, search->count));
	for (size_t i = 0; i < search->count; i++)
		if (search->terms[i].exact.id == 0 && search->terms[i].n_others == 0)
			return OK;
	return find_words(search, true, first, limit, found, count);
}

/* The same with the product of the SKU in front. */
static const struct problem *
find_window(struct search *search, const struct list_window *window, struct found **found, size_t *count)
{
	int64_t       limit = window->limit + 1, first = window->first;
	struct found *behind;

	if (search->pinned == NULL)
		return find_all(search, first, limit, found, count);
	if (first > 0)
		return find_all(search, first - 1, limit, found, count);
	TRY(find_all(search, 0, limit - 1, &behind, count));
	*found = ARENA_ARRAY(search->work->arena, *count + 1, struct found);
	(*found)[0].id = *search->pinned;
	for (size_t i = 0; i < *count; i++)
		(*found)[i + 1] = behind[i];
	++*count;
	return OK;
}

/* What the list shows of these products, in their order; one that has gone since is left out. */
static const struct problem *
print_found(struct work *work, const struct found *found, size_t count, struct text *products)
{
	struct parameter      *ids = ARENA_ARRAY(work->arena, count, struct parameter);
	struct listed_product *rows = NULL, *in_order = ARENA_ARRAY(work->arena, count, struct listed_product);
	size_t                 n_rows = 0, n = 0;

	for (size_t i = 0; i < count; i++)
		ids[i] = P(found[i].id);
	if (count > 0)
		TRY(db_rows_many(work->db, &listed_product_shape, count, &rows, &n_rows,
		    "SELECT {d} FROM product_documents d WHERE d.product_id IN ([?])", count, count, ids));
	for (size_t i = 0; i < count; i++)
		for (size_t row = 0; row < n_rows; row++)
			if (ID_EQUAL(rows[row].id, found[i].id))
				in_order[n++] = rows[row];
	return print_summaries(work, in_order, n, products);
}

const struct problem *
search_products(struct work *work, const char *text, const struct product_filters *filters, const struct page_request *page,
    struct text *products, struct listed *listed, bool *truncated)
{
	struct search     *search = ARENA_NEW(work->arena, struct search);
	struct list_window window = list_window(page);
	bool               nothing = false;
	struct found      *found = NULL;
	size_t             count = 0;

	*search = (struct search) { .work = work, .filters = *filters, .ordering = page->ordering };
	*truncated = false;
	TRY(narrow(search, &nothing));
	if (!nothing) {
		TRY(read_terms(search, text));
		TRY(find_sku(search, text));
		TRY(find_window(search, &window, &found, &count));
		TRY(find_truncated(search, truncated));
	}
	list_window_found(work->arena, &window, count, listed);
	return print_found(work, found, listed->count, products);
}
