/*
 * What a search finds: the product of that SKU first, then those that have all words, the best match first.
 *
 * The rarest word's postings are read from the narrowest index there is (within a merchant, a brand or a category, or
 * alone), from the best score on and no more than ROWS_MAX.  Each is looked up once, in search_documents: there stand its
 * other words, and what is filtered and ordered by.  So no word costs more than another, and nobody's products push another's
 * out of what was asked for.  Beyond, the answer is truncated.  Where that leaves room on the page, words near
 * those that were typed, and those that the last one begins, follow behind.
 */
#include "catalog/product_search.h"

#include "base/encoding.h"
#include "catalog/category.h"
#include "catalog/document.h"
#include "catalog/search.h"

enum { CUT_MAX = 64, TERMS_MAX = 8, SKU_CHARACTERS_MAX = 64 };
#define LIMITED WITHIN_SECONDS(0.5) /* anybody may ask */
#define EXACT "10000"               /* more than all scores of the other words of a query */

/*
 * Rows of the rarest word's list that are looked up at most, each of which costs two or three microseconds; of the words that
 * may be meant together, which come in behind, and of one of those at least.
 */
enum { ROWS_MAX = 2000, OTHERS_MAX = 1500, OTHER_ROWS_MIN = 20 };
#define EXAMINED "4000" /* a posting and a document for each of ROWS_MAX */

/* The lists of a word: alone, and within what the search is narrowed to. */
enum scope_kind { SCOPE_NONE, SCOPE_MERCHANT, SCOPE_BRAND, SCOPE_CATEGORY_1, SCOPE_CATEGORY_2, SCOPE_CATEGORY_3 };

#define POSTINGS(index, scope) \
	"search_postings f FORCE INDEX (ix_search_postings_" index ") WHERE f.word = ?" scope, \
	    "search_postings f FORCE INDEX (ix_search_postings_" index ") JOIN search_documents l ON l.number = f.document " \
	    "WHERE f.word = ?" scope
static const char *const lists[][2] = { [SCOPE_NONE] = { POSTINGS("word", "") },
	[SCOPE_MERCHANT] = { POSTINGS("merchant", " AND f.merchant = ?") },
	[SCOPE_BRAND] = { POSTINGS("brand", " AND f.brand = ?") },
	[SCOPE_CATEGORY_1] = { POSTINGS("category_1", " AND f.category_1 = ?") },
	[SCOPE_CATEGORY_2] = { POSTINGS("category_2", " AND f.category_2 = ?") },
	[SCOPE_CATEGORY_3] = { POSTINGS("category_3", " AND f.category_3 = ?") } };
enum { LIST_ALONE, LIST_WITH_DOCUMENTS };

struct search {
	struct work           *work;
	struct product_filters filters;
	int64_t                depth; /* of the category */
	struct search_term     terms[TERMS_MAX];
	size_t                 count;
	bool                   known; /* somebody has each word as it was typed */
	enum scope_kind        scope;
	int64_t                scope_number;
	int                    ordering;
	struct product_id     *pinned; /* of that SKU */
	bool                   truncated;
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
	search->depth = found->depth;
	if (search->scope != SCOPE_NONE)
		return OK;
	search->scope = found->depth >= SEARCH_LEVELS ? SCOPE_CATEGORY_3 : SCOPE_CATEGORY_1 + (enum scope_kind)found->depth - 1;
	search->scope_number = search_scope(found->list->uuid);
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
	if (search->scope != SCOPE_NONE)
		return OK;
	search->scope = SCOPE_BRAND;
	search->scope_number = search_scope(filters->brand->uuid);
	return OK;
}

/* The narrowest list for the filters; *nothing: they name what is not there. */
static const struct problem *
narrow(struct search *search, bool *nothing)
{
	const struct product_filters *filters = &search->filters;

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

/* ---- which word to begin with ---- */

/* How many words stand for a term: what is typed, and with `others` what may be meant by it. */
static int64_t
ways(const struct search_term *term, bool others)
{
	return (term->exact.id != 0) + (others ? (int64_t)term->n_others : 0);
}

/* How many products have them. */
static int64_t
commonness(const struct search_term *term, bool others)
{
	int64_t products = term->exact.id == 0 ? 0 : term->exact.products;

	for (size_t i = 0; others && i < term->n_others; i++)
		products += term->others[i].products;
	return products;
}

/* The term to begin with: the rarest. */
static size_t
first_of(const struct search *search, bool others)
{
	size_t first = 0;

	for (size_t i = 1; i < search->count; i++)
		if (commonness(&search->terms[i], others) < commonness(&search->terms[first], others))
			first = i;
	return first;
}

/*
 * May words come in that are meant?  Not where so many have the words as they were typed that not all of them could be looked
 * at again, among the others.
 */
static bool
others_may_follow(const struct search *search)
{
	size_t first = first_of(search, true);

	for (size_t i = 0; i < search->count; i++)
		if (ways(&search->terms[i], true) == 0)
			return false;
	return !search->known || 2 * search->terms[first].exact.products <= OTHERS_MAX;
}

/* ---- what is found ---- */

/* A list of a word from its best score on; `select` begins it. */
static void
add_list(struct list *list, const struct search *search, const char *select, int with, int64_t word)
{
	list_append(list, select);
	list_append(list, lists[search->scope][with], P(word));
	if (search->scope != SCOPE_NONE)
		list->parameters[list->n++] = P(search->scope_number);
}

/* The conditions of a document `l`. */
static void
where_document(struct list *list, const struct search *search)
{
	const struct product_id *pinned = search->pinned;

	if (!uuid_is_nil(search->filters.category.uuid))
		list_where(list, "SUBSTR(l.categories, ?, 16) = ?", P(16 * search->depth - 15), P(search->filters.category));
	where_other_filters(list, &search->filters);
	list_filter(list, "l.product_id <> ?", P(pinned));
}

/* The documents of all that a term may mean, `f`: what was typed whole, the others as far as there is room. */
static void
add_other_lists(struct list *list, struct search *search, const struct search_term *term, int64_t rows)
{
	int64_t room = rows - (term->exact.id == 0 ? 0 : term->exact.products);
	int64_t limit = term->n_others == 0 ? rows : room / (int64_t)term->n_others;

	limit = limit < OTHER_ROWS_MIN ? OTHER_ROWS_MIN : limit;
	list_append(list, "FROM (SELECT document, MAX(value) AS score FROM (");
	if (term->exact.id != 0) {
		add_list(list, search, "(SELECT f.document, f.score + " EXACT " AS value FROM", LIST_ALONE, term->exact.id);
		list_append(list, "ORDER BY f.score DESC, f.document LIMIT ?)", P(rows));
	}
	for (size_t i = 0; i < term->n_others; i++) {
		if (i > 0 || term->exact.id != 0)
			list_append(list, "UNION ALL");
		add_list(list, search, "(SELECT f.document, f.score AS value FROM", LIST_ALONE, term->others[i].id);
		list_append(list, "ORDER BY f.score DESC, f.document LIMIT ?)", P(limit));
		search->truncated |= term->others[i].products > limit;
	}
	list_append(list, ") u GROUP BY document) f");
}

static void
add_first(struct list *list, struct search *search, const struct search_term *term, bool others, int64_t rows)
{
	if (others) {
		add_other_lists(list, search, term, rows);
		return;
	}
	add_list(list, search, "FROM (SELECT f.document, f.score FROM", LIST_ALONE, term->exact.id);
	list_append(list, "ORDER BY f.score DESC, f.document LIMIT ?) f", P(rows));
}

static struct parameter
packed(const struct list *list, int64_t word)
{
	unsigned char *bytes = arena_room(list->work->arena, SEARCH_PACKED_WORD);

	search_pack(word, bytes);
	return P(((struct bytes) { bytes, SEARCH_PACKED_WORD }));
}

void
where_term(struct list *list, const struct search_term *term, bool others)
{
	list_where(list, "(LOCATE(?, l.words) > 0", packed(list, term->exact.id));
	for (size_t i = 0; others && i < term->n_others; i++)
		list_append(list, "OR LOCATE(?, l.words) > 0", packed(list, term->others[i].id));
	list_append(list, ")");
}

/* The score behind a word that a document has. */
#define SCORE "128 * ASCII(SUBSTR(l.words, LOCATE(?, l.words) + 5)) + ASCII(SUBSTR(l.words, LOCATE(?, l.words) + 6))"

static void
add_relevance(struct list *list, const struct search *search, size_t first, bool others)
{
	list_append(list, "ORDER BY f.score");
	for (size_t i = 0; i < search->count; i++) {
		struct parameter word = packed(list, search->terms[i].exact.id);

		if (i == first)
			continue;
		if (others)
			list_append(list, "+ IF(LOCATE(?, l.words) > 0, " EXACT " + " SCORE ", 0)", word, word, word);
		else
			list_append(list, "+ " SCORE, word, word);
	}
	list_append(list, "DESC, f.document");
}

#define BOTH_WAYS(name, column, member, mark) \
	"ORDER BY " column " ASC, l.product_id DESC", "ORDER BY " column " DESC, l.product_id DESC",
static const char *const orders[] = { PRODUCT_ORDERINGS(BOTH_WAYS, "l", ".price_order", "price_order") };

/* One window of a word's own list, which is read until the page is full. */
static const struct problem *
find_in_order(struct search *search, int64_t first, int64_t limit, struct found **found, size_t *count)
{
	struct list list = list_begin(search->work, LIMITED "SELECT STRAIGHT_JOIN l.product_id AS id", "FROM");

	add_list(&list, search, "", LIST_WITH_DOCUMENTS, search->terms[0].exact.id);
	list.has_conditions = true;
	where_document(&list, search);
	list_append(&list, "ORDER BY f.score DESC, f.document LIMIT ? OFFSET ? ROWS EXAMINED " EXAMINED, P(limit), P(first));
	return list_read(&list, &found_shape, (size_t)limit, found, count);
}

/* The ids of one window of those that have all words; with `others` near words, too. */
static const struct problem *
find_words(struct search *search, bool others, int64_t first, int64_t limit, struct found **found, size_t *count)
{
	struct list list = list_begin(search->work, LIMITED "SELECT STRAIGHT_JOIN l.product_id AS id", "");
	size_t      begin = first_of(search, others);

	if (search->count == 1 && search->ordering >= BY_RELEVANCE && !others)
		return find_in_order(search, first, limit, found, count);
	add_first(&list, search, &search->terms[begin], others, others ? OTHERS_MAX : ROWS_MAX);
	list_append(&list, "JOIN search_documents l ON l.number = f.document");
	for (size_t i = 0; i < search->count; i++)
		if (i != begin)
			where_term(&list, &search->terms[i], others);
	where_document(&list, search);
	if (search->ordering >= BY_RELEVANCE)
		add_relevance(&list, search, begin, others);
	else
		list_append(&list, orders[search->ordering]);
	list_append(&list, "LIMIT ? OFFSET ?", P(limit), P(first));
	return list_read(&list, &found_shape, (size_t)limit, found, count);
}

/* Has the rarest word more products than are looked at? */
static const struct problem *
find_truncated(struct search *search)
{
	struct list   list = list_begin(search->work, LIMITED "SELECT NULL AS id", "FROM");
	size_t        first = first_of(search, false), count;
	struct found *beyond;

	if (!search->known)
		return OK;
	add_list(&list, search, "", LIST_ALONE, search->terms[first].exact.id);
	list_append(&list, "ORDER BY f.score DESC, f.document LIMIT 1 OFFSET ?", P(ROWS_MAX));
	TRY(list_read(&list, &found_shape, 1, &beyond, &count));
	search->truncated |= count > 0;
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
	return others_may_follow(search) ? find_words(search, true, first, limit, found, count) : OK;
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
print_found(struct work *work, const struct found *found, size_t count, const char *display_currency, struct text *products)
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
	return print_summaries(work, in_order, n, display_currency, products);
}

const struct problem *
search_products(struct work *work, const char *text, const struct product_filters *filters, const struct page_request *page,
    const char *display_currency, struct text *products, struct listed *listed, bool *truncated)
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
		TRY(find_truncated(search));
		*truncated = search->truncated;
	}
	list_window_found(work->arena, &window, count, listed);
	return print_found(work, found, listed->count, display_currency, products);
}
