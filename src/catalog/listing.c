/* The rows of product_listings: see listing.h. */
#include "catalog/listing.h"

#include "catalog/catalog.h"
#include "catalog/document.h"
#include "catalog/search.h"
#include "catalog/shown.h"
#include "events/job.h"
#include "events/record.h"
#include "store/db.h"

/* Products that one statement touches at most, times the depth of the tree in rows. */
enum { BATCH = 1000, BATCH_ROWS_MAX = 100000 /* with those created in one millisecond */ };

struct row_key {
	struct product_id *id;
	struct instant    *created_at;
};

static const struct member row_key_members[] = {
	M_ID(struct row_key, id, "id"),
	M_TIME(struct row_key, created_at, "created_at"),
};
SHAPE(struct row_key, row_key_shape, "RowKey", row_key_members);

static const struct product_id last_product = {
	.uuid = { { 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff } }
};

/*
 * The documents of those products of `p` that `which` says, with their state, to be printed; and their listings: one for the
 * whole shop, one for each category above.
 */
#define LISTED "p.status = 'published' AND p.deleted_at IS NULL AND m.status = 'active' AND "
#define DOCUMENT_SQL(which) \
	"INSERT INTO product_documents (product_id, currency, price_minor, price_max_minor, in_stock) " \
	"SELECT p.id, p.currency, " STATE_PRICE ", " STATE_PRICE_MAX ", " STATE_IN_STOCK \
	" FROM products p JOIN merchants m ON m.id = p.merchant_id " STATE_JOINS " WHERE " LISTED which \
	" GROUP BY p.id, p.currency"
#define LISTED_COLUMNS \
	"p.id, p.merchant_id, p.brand_id, p.currency, d.price_minor, " PRICE_ORDER("p.currency", \
	    "d.price_minor") ", d.in_stock, " \
			     "p.created_at, p.name, p.rating_average, p.sales_count, p.is_featured FROM products p JOIN product_documents d ON d.product_id = p.id "
#define LISTING_INTO \
	"INSERT INTO product_listings (category_id, product_id, merchant_id, brand_id, currency, price_minor, price_order, " \
	"in_stock, created_at, name, rating_average, sales_count, is_featured) "
#define OF_SHOP(which) "SELECT x'00000000000000000000000000000000', " LISTED_COLUMNS "WHERE " which
#define OF_CATEGORIES(which) \
	"SELECT a.ancestor_id, " LISTED_COLUMNS "JOIN category_ancestors a ON a.category_id = p.category_id WHERE " which
#define LIST_SQL(which) LISTING_INTO OF_SHOP(which) " UNION ALL " OF_CATEGORIES(which)

/*
 * Serialise with suspending the merchant, with moving or renaming the category and the brand, and with what changes the
 * stock: by its end an order may be the first that has sold out a variant, of which the document's state must know.
 */
static const struct problem *
lock_sources(struct work *work, struct product_id product)
{
	int64_t locked;

	/* The brand is counted: MariaDB neither reads nor locks a table joined from the left of which nothing is used. */
	TRY(db_value(work->db, &locked,
	    "SELECT COUNT(b.id) FROM products p JOIN merchants m ON m.id = p.merchant_id JOIN categories c ON c.id = p.category_id "
	    "LEFT JOIN brands b ON b.id = p.brand_id WHERE p.id = ? LOCK IN SHARE MODE",
	    P(product)));
	return db_value(work->db, &locked,
	    "SELECT COUNT(*) FROM variants v STRAIGHT_JOIN inventory i ON i.variant_id = v.id WHERE v.product_id = ? "
	    "LOCK IN SHARE MODE",
	    P(product));
}

const struct problem *
refresh_listing(struct work *work, struct product_id product)
{
	TRY(lock_sources(work, product));
	TRY(shown_unlisting(work, product));
	TRY(db_run(work->db, NULL, "DELETE FROM product_documents WHERE product_id = ?", P(product)));
	TRY(db_run(work->db, NULL, DOCUMENT_SQL("p.id = ?"), P(product)));
	TRY(db_run(work->db, NULL, "DELETE FROM product_listings WHERE product_id = ?", P(product)));
	TRY(db_run(work->db, NULL, LIST_SQL("p.id = ?"), P(product), P(product)));
	TRY(search_refresh(work, product));
	return print_documents(work, &product, 1);
}

const struct problem *
list_new_products(struct work *work, const struct product_id *products, size_t count)
{
	struct parameter *ids = ARENA_ARRAY(work->arena, count, struct parameter);

	for (size_t i = 0; i < count; i++)
		ids[i] = P(products[i]);
	TRY(print_documents(work, products, count));
	TRY(db_run_many(work->db, NULL, LISTING_INTO OF_SHOP("p.id IN ([?])"), count, 1, ids));
	TRY(db_run_many(work->db, NULL, LISTING_INTO OF_CATEGORIES("p.id IN ([?])"), count, 1, ids));
	TRY(shown_listed(work, products, count));
	return search_later(work, products, count);
}

/* The upper end of the next batch of a category's listings behind `after`. */
static const struct problem *
batch_end(struct work *work, struct category_id category, struct product_id after, struct product_id *end)
{
	struct row_key *row;

	TRY(db_row(work->db, &row_key_shape, &row,
	    "SELECT product_id AS id FROM product_listings WHERE category_id = ? AND product_id > ? "
	    "ORDER BY product_id LIMIT 1 OFFSET ?",
	    P(category), P(after), P(BATCH - 1)));
	*end = row == NULL ? last_product : *row->id;
	return OK;
}

/* Everything listed in a category is listed in its ancestors too; so its own listings say what to move. */
static const struct problem *
move_batch(struct work *work, struct category_id category, const struct category_id *old_ancestors, size_t n_old,
    struct product_id after, struct product_id end)
{
	for (size_t i = 0; i < n_old; i++)
		TRY(db_run(work->db, NULL,
		    "DELETE l FROM product_listings s JOIN product_listings l ON l.category_id = ? AND l.product_id = s.product_id "
		    "WHERE s.category_id = ? AND s.product_id > ? AND s.product_id <= ?",
		    P(old_ancestors[i]), P(category), P(after), P(end)));
	return db_run(work->db, NULL,
	    "INSERT INTO product_listings (category_id, product_id, merchant_id, brand_id, currency, price_minor, price_order, "
	    "in_stock, created_at, name, rating_average, sales_count, is_featured) "
	    "SELECT a.ancestor_id, s.product_id, s.merchant_id, s.brand_id, s.currency, s.price_minor, s.price_order, s.in_stock, "
	    "s.created_at, s.name, s.rating_average, s.sales_count, s.is_featured "
	    "FROM category_ancestors a JOIN product_listings s ON s.category_id = a.category_id "
	    "WHERE a.category_id = ? AND a.distance > 0 AND s.product_id > ? AND s.product_id <= ?",
	    P(category), P(after), P(end));
}

const struct problem *
refresh_category_listings(struct work *work, struct category_id category, const struct category_id *old_ancestors, size_t n_old)
{
	struct product_id after = { .uuid = { { 0 } } }, end;

	do {
		TRY(batch_end(work, category, after, &end));
		TRY(move_batch(work, category, old_ancestors, n_old, after, end));
		after = end;
	} while (!ID_EQUAL(end, last_product));
	return OK;
}

const struct problem *
mark_category_documents(struct work *work, struct category_id category)
{
	struct product_id after = { .uuid = { { 0 } } };
	struct row_key   *row;

	do {
		struct product_id end;

		TRY(db_row(work->db, &row_key_shape, &row,
		    "SELECT id FROM products FORCE INDEX (ix_products_category) WHERE category_id = ? AND id > ? "
		    "ORDER BY id LIMIT 1 OFFSET ?",
		    P(category), P(after), P(BATCH - 1)));
		end = row == NULL ? last_product : *row->id;
		TRY(mark_documents(work, "p.category_id = ? AND p.id > ? AND p.id <= ?", P(category), P(after), P(end)));
		after = end;
	} while (row != NULL);
	return OK;
}

static const struct problem *
brand_batch(struct work *work, struct brand_id brand, const char *new_name, struct product_id after, struct product_id end)
{
	TRY(mark_documents(work, "p.brand_id = ? AND p.id > ? AND p.id <= ?", P(brand), P(after), P(end)));
	if (new_name != NULL)
		return db_run(work->db, NULL, "UPDATE products SET brand_name = ? WHERE brand_id = ? AND id > ? AND id <= ?",
		    P(new_name), P(brand), P(after), P(end));
	TRY(db_run(work->db, NULL,
	    "UPDATE products p JOIN product_listings l ON l.product_id = p.id SET l.brand_id = NULL "
	    "WHERE p.brand_id = ? AND p.id > ? AND p.id <= ?",
	    P(brand), P(after), P(end)));
	return db_run(work->db, NULL,
	    "UPDATE products SET brand_id = NULL, brand_name = '', version = version + 1 "
	    "WHERE brand_id = ? AND id > ? AND id <= ?",
	    P(brand), P(after), P(end));
}

const struct problem *
refresh_brand_listings(struct work *work, struct brand_id brand, const char *new_name)
{
	struct product_id after = { .uuid = { { 0 } } };
	struct row_key   *row;

	do {
		struct product_id end;

		TRY(db_row(work->db, &row_key_shape, &row,
		    "SELECT id FROM products FORCE INDEX (ix_products_brand) WHERE brand_id = ? AND id > ? "
		    "ORDER BY id LIMIT 1 OFFSET ?",
		    P(brand), P(after), P(BATCH - 1)));
		end = row == NULL ? last_product : *row->id;
		TRY(brand_batch(work, brand, new_name, after, end));
		after = end;
	} while (row != NULL);
	return OK;
}

/* ---- a merchant's status changed ---- */

/* The end of the next batch of the merchant's products, in the order they were created; *last when there are no more. */
static const struct problem *
find_batch(struct work *work, struct merchant_id merchant, struct instant after, struct instant *until, bool *last)
{
	struct row_key *row;

	TRY(db_row(work->db, &row_key_shape, &row,
	    "SELECT created_at FROM products FORCE INDEX (ix_products_merchant) WHERE merchant_id = ? AND created_at > ? "
	    "ORDER BY created_at LIMIT 1 OFFSET ?",
	    P(merchant), P(after), P(BATCH - 1)));
	*last = row == NULL;
	*until = *last ? instant_add_seconds(instant_now(), 24 * 3600) : *row->created_at;
	return OK;
}

#define OF_BATCH "p.merchant_id = ? AND p.created_at > ? AND p.created_at <= ?"

/* What the search knows of them. */
static const struct problem *
search_batch(struct work *work, struct merchant_id merchant, struct instant after, struct instant until)
{
	struct row_key    *rows;
	struct product_id *ids;
	size_t             count;

	TRY(db_rows(work->db, &row_key_shape, BATCH_ROWS_MAX, &rows, &count,
	    "SELECT p.id FROM products p FORCE INDEX (ix_products_merchant) WHERE " OF_BATCH, P(merchant), P(after), P(until)));
	ids = ARENA_ARRAY(work->arena, count, struct product_id);
	for (size_t i = 0; i < count; i++)
		ids[i] = *rows[i].id;
	return search_refresh_many(work, ids, count);
}

/* The products created after `after` and not after `until`. */
static const struct problem *
refresh_batch(struct work *work, struct merchant_id merchant, struct instant after, struct instant until)
{
	int64_t locked;

	shown_all_changed(work);
	TRY(db_value(work->db, &locked,
	    "SELECT COUNT(*) FROM products p FORCE INDEX (ix_products_merchant) WHERE " OF_BATCH " FOR UPDATE", P(merchant),
	    P(after), P(until)));
	TRY(db_value(work->db, &locked,
	    "SELECT COUNT(*) FROM products p FORCE INDEX (ix_products_merchant) STRAIGHT_JOIN variants v ON v.product_id = p.id "
	    "STRAIGHT_JOIN inventory i ON i.variant_id = v.id WHERE " OF_BATCH " LOCK IN SHARE MODE",
	    P(merchant), P(after), P(until)));
	TRY(db_run(work->db, NULL, "DELETE d FROM products p JOIN product_documents d ON d.product_id = p.id WHERE " OF_BATCH,
	    P(merchant), P(after), P(until)));
	TRY(db_run(work->db, NULL, DOCUMENT_SQL(OF_BATCH), P(merchant), P(after), P(until)));
	TRY(db_run(work->db, NULL, "DELETE l FROM products p JOIN product_listings l ON l.product_id = p.id WHERE " OF_BATCH,
	    P(merchant), P(after), P(until)));
	TRY(db_run(work->db, NULL, LIST_SQL(OF_BATCH), P(merchant), P(after), P(until), P(merchant), P(after), P(until)));
	TRY(search_batch(work, merchant, after, until));
	return job_enqueue(work, JOB_PRINT_DOCUMENTS, "print_documents", NULL, NULL, NULL);
}

const struct problem *
relist_merchant_job(struct work *work, const struct job *job)
{
	struct instant      after = { 0 }, until;
	struct merchant_id  merchant;
	struct event_notice notice;
	bool                last;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	merchant = (struct merchant_id) { notice.aggregate };
	do {
		TRY(find_batch(work, merchant, after, &until, &last));
		TRY(db_transaction(work, refresh_batch(work, merchant, after, until)));
		after = until;
		TRY(job_heartbeat(work, job));
	} while (!last);
	return OK;
}

const struct problem *
catalog_count_sales(struct work *work, struct product_id product, int64_t quantity)
{
	TRY(db_run(work->db, NULL, "UPDATE products SET sales_count = sales_count + ?, updated_at = updated_at WHERE id = ?",
	    P(quantity), P(product)));
	shown_sales_changed(work, product);
	return db_run(work->db, NULL, "UPDATE product_listings SET sales_count = sales_count + ? WHERE product_id = ?",
	    P(quantity), P(product));
}

/* ---- repairing ---- */

#define OF_DOCUMENT(state) \
	"(SELECT " state " FROM variants v JOIN inventory i ON i.variant_id = v.id WHERE v.product_id = p.id " \
	"AND v.deleted_at IS NULL)"

/* Products of `p` behind an id up to another that are listed and should not be, or the other way round, or say something else. */
#define WRONGLY_LISTED \
	"SELECT p.id FROM products p JOIN merchants m ON m.id = p.merchant_id LEFT JOIN product_documents d ON d.product_id = p.id " \
	"WHERE p.id > ? AND p.id <= ? AND (" \
	"(p.status = 'published' AND p.deleted_at IS NULL AND m.status = 'active') <> (d.product_id IS NOT NULL) " \
	"OR d.product_id IS NOT NULL AND CONCAT_WS(' ', d.in_stock, d.price_minor, d.price_max_minor) <> " OF_DOCUMENT( \
	    "CONCAT_WS(' ', " STATE_IN_STOCK ", " STATE_PRICE ", " STATE_PRICE_MAX \
	    ")") " OR EXISTS (SELECT 1 FROM product_listings l WHERE l.product_id = p.id AND (d.product_id IS NULL " \
		 "OR l.in_stock <> d.in_stock OR l.price_order <> " PRICE_ORDER( \
		     "d.currency", "d.price_minor") "))) ORDER BY p.id"

static const struct problem *
relist(struct work *work, struct product_id product)
{
	int64_t locked;

	TRY(db_value(work->db, &locked, "SELECT COUNT(*) FROM products WHERE id = ? FOR UPDATE", P(product)));
	shown_all_changed(work); /* what is kept of it may say anything */
	return refresh_listing(work, product);
}

static const struct problem *
repair_batch(struct work *work, struct product_id after, struct product_id end, int64_t *repaired)
{
	struct row_key *rows;
	size_t          count;

	TRY(db_rows(work->db, &row_key_shape, BATCH, &rows, &count, WRONGLY_LISTED, P(after), P(end)));
	for (size_t i = 0; i < count; i++)
		TRY(db_transaction(work, relist(work, *rows[i].id)));
	*repaired += (int64_t)count;
	return OK;
}

const struct problem *
repair_listings(struct work *work, int64_t *repaired)
{
	struct product_id after = { .uuid = { { 0 } } }, end;
	struct row_key   *row;

	*repaired = 0;
	do {
		struct arena_mark mark = arena_mark(work->arena);

		TRY(db_row(work->db, &row_key_shape, &row, "SELECT id FROM products WHERE id > ? ORDER BY id LIMIT 1 OFFSET ?",
		    P(after), P(BATCH - 1)));
		end = row == NULL ? last_product : *row->id;
		TRY(repair_batch(work, after, end, repaired));
		after = end;
		arena_release(work->arena, mark);
	} while (!ID_EQUAL(end, last_product));
	return OK;
}
