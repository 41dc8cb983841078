/* The state of products in their documents and listings, when stock crosses zero: see catalog.h. */
#include "catalog/document_print.h"

#include "catalog/catalog.h"
#include "store/db.h"

static const struct problem *
lock_documents(struct work *work, const struct variant_id *variants, size_t n, struct document_key **rows, size_t *count)
{
	struct parameter    *ids = ARENA_ARRAY(work->arena, n, struct parameter);
	struct document_key *products;
	size_t               n_products;

	for (size_t i = 0; i < n; i++)
		ids[i] = P(variants[i]);
	TRY(db_rows_many(work->db, &document_key_shape, n, &products, &n_products,
	    "SELECT DISTINCT product_id AS id FROM variants WHERE id IN ([?])", n, n, ids));
	for (size_t i = 0; i < n_products; i++)
		ids[i] = P(products[i].id);
	*count = 0;
	if (n_products == 0)
		return OK;
	return db_rows_many(work->db, &document_key_shape, n_products, rows, count,
	    "SELECT {} FROM product_documents WHERE product_id IN ([?]) ORDER BY product_id FOR UPDATE", n_products, n_products,
	    ids);
}

#define OF_PRODUCT(state) "(SELECT " state " FROM products p " STATE_JOINS " WHERE p.id = d.product_id)"

const struct problem *
catalog_stock_crossed(struct work *work, const struct variant_id *variants, size_t n)
{
	struct document_key *rows;
	struct parameter    *ids;
	size_t               count;

	if (n == 0)
		return OK;
	TRY(lock_documents(work, variants, n, &rows, &count));
	ids = ARENA_ARRAY(work->arena, count, struct parameter);
	for (size_t i = 0; i < count; i++)
		ids[i] = P(rows[i].id);
	for (size_t i = 0; i < count; i++)
		catalog_changed(work, &rows[i].id, 1);
	/*
	 * Another's crossing that was waited for is committed now, and seen.  One that waits for us is not, and must not be waited
	 * for: an UPDATE of one table reads the others without locks, which one that joins them does not.
	 */
	TRY(db_run_many(work->db, NULL,
	    "UPDATE product_documents d SET d.price_minor = IFNULL(" OF_PRODUCT(
		STATE_PRICE) ", d.price_minor), "
			     "d.price_max_minor = " OF_PRODUCT(STATE_PRICE_MAX) ", d.in_stock = IFNULL(" OF_PRODUCT(
				 STATE_IN_STOCK) ", FALSE) WHERE d.product_id IN ([?])",
	    count, count, ids));
	return db_run_many(work->db, NULL,
	    "UPDATE product_listings l JOIN product_documents d ON d.product_id = l.product_id "
	    "SET l.price_minor = d.price_minor, l.price_order = " PRICE_ORDER(
		"d.currency", "d.price_minor") ", l.in_stock = d.in_stock WHERE l.product_id IN ([?])",
	    count, 1, ids);
}
