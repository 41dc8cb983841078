/* Many products at once: an empty search is filled, and jobs follow a category, a brand. */
#include "catalog/search.h"

#include "catalog/catalog.h"
#include "catalog/search_words.h"
#include "events/job.h"
#include "events/record.h"
#include "store/db.h"

#define SEARCH_PRODUCTS_SQL "500"
enum { CATEGORIES_MAX = 100000, RECOUNT_MIN = 5000 /* products: fewer are counted by the next job */ };

struct known_product {
	struct product_id id;
	int64_t           document;
};

static const struct member known_product_members[] = {
	M_ID(struct known_product, id, "id"),
	M_INTEGER(struct known_product, document, "document", 0, UINT32_MAX),
};
SHAPE(struct known_product, known_product_shape, "KnownProduct", known_product_members);

/* A batch: nobody changes these products while the search learns what they are; with `anew` it forgets what it knew. */
static const struct problem *
refresh_batch(struct work *work, const struct known_product *rows, size_t count, bool anew)
{
	struct parameter     *ids = ARENA_ARRAY(work->arena, count, struct parameter);
	struct product_id    *products = ARENA_ARRAY(work->arena, count, struct product_id);
	struct known_product *locked;
	size_t                n;

	for (size_t i = 0; i < count; i++) {
		products[i] = rows[i].id;
		ids[i] = P(rows[i].id);
	}
	TRY(db_rows_many(work->db, &known_product_shape, count, &locked, &n,
	    "SELECT id FROM products WHERE id IN ([?]) ORDER BY id LOCK IN SHARE MODE", count, count, ids));
	if (anew)
		TRY(db_run_many(
		    work->db, NULL, "UPDATE search_documents SET merchant_id = NULL WHERE product_id IN ([?])", count, 1, ids));
	return search_refresh_many(work, products, count);
}

/* ---- fill ---- */

/* The words of a document `d` with their scores, from its postings: another's are those of a program that did not pack them. */
#define PACKED_WORDS \
	"(SELECT IFNULL(GROUP_CONCAT(CHAR(128 | w.word >> 28, w.word >> 21 & 127, w.word >> 14 & 127, w.word >> 7 & 127, " \
	"w.word & 127, w.score >> 7, w.score & 127) ORDER BY w.word SEPARATOR ''), '') FROM search_postings w " \
	"WHERE w.document = d.number)"

/* What is listed in a category (nil: in the shop), behind a product and up to another. */
struct listed_range {
	struct category_id category;
	struct product_id  after, until;
};

static const struct product_id last_product = {
	.uuid = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } }
};

static const struct problem *
next_listed(struct work *work, const struct listed_range *range, bool missing, struct known_product **rows, size_t *count)
{
	if (missing)
		return db_rows(work->db, &known_product_shape, SEARCH_PRODUCTS, rows, count,
		    "SELECT l.product_id AS id FROM product_listings l LEFT JOIN search_documents d ON d.product_id = l.product_id "
		    "WHERE l.category_id = ? AND l.product_id > ? AND l.product_id <= ? AND (d.number IS NULL OR d.merchant_id IS NULL "
		    "OR d.words <> " PACKED_WORDS ") "
		    "ORDER BY l.product_id LIMIT " SEARCH_PRODUCTS_SQL,
		    P(range->category), P(range->after), P(range->until));
	return db_rows(work->db, &known_product_shape, SEARCH_PRODUCTS, rows, count,
	    "SELECT product_id AS id FROM product_listings WHERE category_id = ? AND product_id > ? "
	    "AND product_id <= ? ORDER BY product_id LIMIT " SEARCH_PRODUCTS_SQL,
	    P(range->category), P(range->after), P(range->until));
}

/* In batches of a transaction each. */
static const struct problem *
refresh_listed(struct work *work, struct listed_range range, bool missing, const struct job *job, int64_t *done)
{
	struct known_product *rows;
	size_t                count;

	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(next_listed(work, &range, missing, &rows, &count));
		if (count > 0) {
			TRY(db_transaction(work, refresh_batch(work, rows, count, missing)));
			range.after = rows[count - 1].id;
			*done += (int64_t)count;
		}
		arena_release(work->arena, mark);
		if (job != NULL)
			TRY(job_heartbeat(work, job));
	} while (count == SEARCH_PRODUCTS);
	return OK;
}

/* What is known of products that are not listed. */
static const struct problem *
forget_unlisted(struct work *work)
{
	struct known_product *rows;
	size_t                count;
	int64_t               after = 0;

	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(db_rows(work->db, &known_product_shape, SEARCH_PRODUCTS, &rows, &count,
		    "SELECT d.product_id AS id, d.number AS document FROM search_documents d LEFT JOIN product_listings l "
		    "ON l.category_id = x'00000000000000000000000000000000' AND l.product_id = d.product_id "
		    "WHERE d.number > ? AND l.product_id IS NULL ORDER BY d.number LIMIT " SEARCH_PRODUCTS_SQL,
		    P(after)));
		if (count > 0) {
			after = rows[count - 1].document;
			TRY(db_transaction(work, refresh_batch(work, rows, count, false)));
		}
		arena_release(work->arena, mark);
	} while (count == SEARCH_PRODUCTS);
	return OK;
}

struct named_category {
	struct category_id id;
	const char        *name;
};

static const struct member named_category_members[] = {
	M_ID(struct named_category, id, "id"),
	M_TEXT(struct named_category, name, "name", 120),
};
SHAPE(struct named_category, named_category_shape, "NamedCategory", named_category_members);

static const struct problem *
refresh_categories(struct work *work)
{
	struct named_category *categories;
	size_t                 count;

	TRY(db_rows(
	    work->db, &named_category_shape, CATEGORIES_MAX, &categories, &count, "SELECT {} FROM categories FOR UPDATE"));
	for (size_t i = 0; i < count; i++)
		TRY(search_refresh_category(work, categories[i].id, categories[i].name));
	return OK;
}

/* The indexes by which words are read: built in one go when there is nothing yet, which takes a third of the time. */
static const struct problem *
drop_indexes(struct work *work)
{
	return db_run(work->db, NULL,
	    "ALTER TABLE search_postings DROP INDEX IF EXISTS ix_search_postings_word, "
	    "DROP INDEX IF EXISTS ix_search_postings_merchant, DROP INDEX IF EXISTS ix_search_postings_brand, "
	    "DROP INDEX IF EXISTS ix_search_postings_category_1, DROP INDEX IF EXISTS ix_search_postings_category_2, "
	    "DROP INDEX IF EXISTS ix_search_postings_category_3");
}

/* One by one, so that none takes longer than the client waits for an answer. */
#define ADD_INDEX(name, columns) \
	TRY(db_run(work->db, NULL, \
	    WITHIN_SECONDS(3600) "ALTER TABLE search_postings ADD INDEX IF NOT EXISTS ix_search_postings_" name " (" columns \
				 ")"))

static const struct problem *
add_indexes(struct work *work)
{
	ADD_INDEX("word", "word, score DESC");
	ADD_INDEX("merchant", "word, merchant, score DESC");
	ADD_INDEX("brand", "word, brand, score DESC");
	ADD_INDEX("category_1", "word, category_1, score DESC");
	ADD_INDEX("category_2", "word, category_2, score DESC");
	ADD_INDEX("category_3", "word, category_3, score DESC");
	return OK;
}

const struct problem *
search_fill(struct work *work, enum search_fill what, int64_t *written)
{
	const struct listed_range shop = { .until = last_product };
	int64_t                   known;

	*written = 0;
	TRY(db_value(work->db, &known, "SELECT EXISTS (SELECT 1 FROM search_documents)"));
	TRY(db_transaction(work, refresh_categories(work)));
	if (what == FILL_SEED && !known)
		TRY(drop_indexes(work));
	TRY(refresh_listed(work, shop, what != FILL_ALL, NULL, written));
	if (what != FILL_MISSING)
		TRY(add_indexes(work));
	if (what == FILL_ALL)
		TRY(forget_unlisted(work));
	return what == FILL_MISSING && *written < RECOUNT_MIN ? OK : count_search_words(work, NULL);
}

const struct problem *
search_needs_fill(struct work *work, bool *needed)
{
	int64_t missing;

	TRY(db_value(work->db, &missing,
	    "SELECT EXISTS (SELECT 1 FROM product_listings l LEFT JOIN search_documents d ON d.product_id = l.product_id "
	    "WHERE l.category_id = x'00000000000000000000000000000000' AND (d.number IS NULL OR d.merchant_id IS NULL))"));
	*needed = missing != 0;
	return OK;
}

/* ---- jobs ---- */

const struct problem *
search_category_job(struct work *work, const struct job *job)
{
	struct event_notice notice;
	int64_t             done = 0;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	return refresh_listed(
	    work, (struct listed_range) { .category = { notice.aggregate }, .until = last_product }, false, job, &done);
}

/* Products of one age: of a file, they stand side by side. */
struct search_range {
	struct product_id first, last;
};

static const struct member search_range_members[] = {
	M_ID(struct search_range, first, "first", .required = true),
	M_ID(struct search_range, last, "last", .required = true),
};
SHAPE(struct search_range, search_range_shape, "SearchRange", search_range_members);

const struct problem *
search_later(struct work *work, const struct product_id *products, size_t count)
{
	struct search_range range = { .first = last_product };

	for (size_t i = 0; i < count; i++) {
		if (uuid_compare(&products[i].uuid, &range.first.uuid) < 0)
			range.first = products[i];
		if (uuid_compare(&products[i].uuid, &range.last.uuid) > 0)
			range.last = products[i];
	}
	return count == 0 ? OK : job_enqueue(work, JOB_SEARCH_PRODUCTS, NULL, NULL, &search_range_shape, &range);
}

const struct problem *
search_products_job(struct work *work, const struct job *job)
{
	struct search_range range;
	int64_t             done = 0;

	TRY(job_payload(work, job, &search_range_shape, &range));
	/* Behind the one before the first: an id less one, as a number of 128 bits. */
	for (int i = 15; i >= 0 && range.first.uuid.bytes[i]-- == 0; i--)
		;
	return refresh_listed(work, (struct listed_range) { .after = range.first, .until = range.last }, false, job, &done);
}

struct changed_brand {
	struct brand_id id;
	const char     *name;
};

static const struct member changed_brand_members[] = {
	M_ID(struct changed_brand, id, "brand_id", .required = true),
	M_TEXT(struct changed_brand, name, "name", 120, .required = true),
};
SHAPE(struct changed_brand, changed_brand_shape, "ChangedBrand", changed_brand_members);

/* Of a name without a word ("+++") no posting knows: by the products themselves. */
static const struct problem *
read_branded(struct work *work, const struct changed_brand *brand, int64_t after, struct known_product **rows, size_t *count)
{
	struct search_word *words;

	if (search_cut(work->arena, brand->name, 1, &words) == 0)
		return db_rows(work->db, &known_product_shape, SEARCH_PRODUCTS, rows, count,
		    "SELECT d.product_id AS id, d.number AS document FROM products p FORCE INDEX (ix_products_brand) "
		    "JOIN search_documents d ON d.product_id = p.id WHERE p.brand_id = ? AND d.number > ? "
		    "ORDER BY d.number LIMIT " SEARCH_PRODUCTS_SQL,
		    P(brand->id), P(after));
	return db_rows(work->db, &known_product_shape, SEARCH_PRODUCTS, rows, count,
	    "SELECT d.product_id AS id, d.number AS document FROM search_words w "
	    "JOIN search_postings p FORCE INDEX (ix_search_postings_brand) ON p.word = w.number AND p.brand = ? "
	    "JOIN search_documents d ON d.number = p.document WHERE w.text = ? AND d.number > ? "
	    "ORDER BY d.number LIMIT " SEARCH_PRODUCTS_SQL,
	    P(search_scope(brand->id.uuid)), P(words[0].text), P(after));
}

/* The next products of a brand behind `after`: all of them have the words of its name, of that brand. */
static const struct problem *
refresh_branded(struct work *work, const struct changed_brand *brand, int64_t after, int64_t *last, bool *more)
{
	struct known_product *rows;
	size_t                count;

	TRY(read_branded(work, brand, after, &rows, &count));
	*more = count == SEARCH_PRODUCTS;
	if (count == 0)
		return OK;
	*last = rows[count - 1].document;
	return refresh_batch(work, rows, count, false);
}

/* The first of them at once, so that a small brand waits for nobody. */
const struct problem *
search_brand_changed(struct work *work, struct brand_id brand, const char *old_name)
{
	struct changed_brand changed = { brand, old_name };
	int64_t              last;
	bool                 more;

	TRY(refresh_branded(work, &changed, 0, &last, &more));
	return more ? job_enqueue(work, JOB_SEARCH_BRAND, NULL, NULL, &changed_brand_shape, &changed) : OK;
}

const struct problem *
search_brand_job(struct work *work, const struct job *job)
{
	struct changed_brand brand;
	int64_t              after = 0, last = 0;
	bool                 more = true;

	TRY(job_payload(work, job, &changed_brand_shape, &brand));
	while (more) {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(db_transaction(work, refresh_branded(work, &brand, after, &last, &more)));
		after = last;
		arena_release(work->arena, mark);
		TRY(job_heartbeat(work, job));
	}
	return OK;
}

const struct problem *
count_words_job(struct work *work, const struct job *job)
{
	return count_search_words(work, job);
}
