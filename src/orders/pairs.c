/* Which products are ordered together: see pairs.h. */
#include "orders/pairs.h"

#include "base/arena.h"
#include "catalog/shown.h"
#include "events/job.h"
#include "events/record.h"
#include "store/db.h"

enum { PAIR_ROWS_MAX = PAIRED_MAX * (PAIRED_MAX - 1), BATCH_ORDERS = 50, BATCH_PRODUCTS = 200 };

/* The first line of a product in an order. */
struct paired_line {
	struct order_line_id id;
	struct product_id    product;
	bool                 paired, sold; /* is it counted, and should it be? */
};

static const struct member paired_line_members[] = {
	M_ID(struct paired_line, id, "id"),
	M_ID(struct paired_line, product, "product_id"),
	M_BOOLEAN(struct paired_line, paired, "paired"),
	M_BOOLEAN(struct paired_line, sold, "sold", .computed = true),
};
SHAPE(struct paired_line, paired_line_shape, "PairedLine", paired_line_members);

/* The parts of an order are made all at once, so these lines are the same ones whenever it is asked. */
static const struct problem *
read_lines(struct work *work, struct order_id order, struct paired_line **lines, size_t *count)
{
	return db_rows(work->db, &paired_line_shape, PAIRED_MAX, lines, count,
	    "SELECT {l}, f.status <> 'cancelled' AS sold FROM order_lines l "
	    "JOIN fulfilments f ON f.order_id = l.order_id AND f.merchant_id = l.merchant_id "
	    "WHERE l.order_id = ? AND NOT EXISTS (SELECT 1 FROM order_lines e WHERE e.order_id = l.order_id "
	    "AND e.product_id = l.product_id AND e.position < l.position) ORDER BY l.position LIMIT ?",
	    P(order), P(PAIRED_MAX));
}

/* Rows of product_pairs whose count changes. */
struct pair_rows {
	struct parameter ids[2 * PAIR_ROWS_MAX];
	size_t           count;
};

static void
add_pair(struct pair_rows *rows, struct product_id product, struct product_id other)
{
	rows->ids[2 * rows->count] = P(product);
	rows->ids[2 * rows->count++ + 1] = P(other);
}

/* In the order of their keys: two orders of the same products do not wait for each other crosswise. */
static int
by_product(const void *a, const void *b)
{
	return uuid_compare(&((const struct paired_line *)a)->product.uuid, &((const struct paired_line *)b)->product.uuid);
}

static void
sort_out(struct paired_line *lines, size_t count, struct pair_rows *more, struct pair_rows *fewer)
{
	qsort(lines, count, sizeof *lines, by_product);
	for (size_t i = 0; i < count; i++)
		for (size_t k = 0; k < count; k++) {
			bool counted = lines[i].paired && lines[k].paired, counts = lines[i].sold && lines[k].sold;

			if (i != k && counted != counts)
				add_pair(counts ? more : fewer, lines[i].product, lines[k].product);
		}
}

/* A row whose count falls is there: the INSERT only finds it by its key, and what it would insert is allowed. */
static const struct problem *
change_counts(struct work *work, const struct pair_rows *more, const struct pair_rows *fewer)
{
	TRY(db_run_many(work->db, NULL,
	    "INSERT INTO product_pairs (product_id, other_id, orders_count) VALUES [(?, ?, 1)] "
	    "ON DUPLICATE KEY UPDATE orders_count = orders_count + 1",
	    more->count, 2, more->ids));
	return db_run_many(work->db, NULL,
	    "INSERT INTO product_pairs (product_id, other_id, orders_count) VALUES [(?, ?, 0)] "
	    "ON DUPLICATE KEY UPDATE orders_count = GREATEST(orders_count - 1, 0)",
	    fewer->count, 2, fewer->ids);
}

/* Those that change turn over. */
static const struct problem *
mark_lines(struct work *work, const struct paired_line *lines, size_t count)
{
	struct parameter changed[PAIRED_MAX];
	size_t           n = 0;

	for (size_t i = 0; i < count; i++)
		if (lines[i].paired != lines[i].sold) {
			changed[n++] = P(lines[i].id);
			shown_product_changed(work, lines[i].product);
		}
	return db_run_many(work->db, NULL, "UPDATE order_lines SET paired = NOT paired WHERE id IN ([?])", n, 1, changed);
}

/* Inside a transaction that has locked the order. */
static const struct problem *
count_pairs(struct work *work, struct order_id order)
{
	struct pair_rows   *more = ARENA_NEW(work->arena, struct pair_rows), *fewer = ARENA_NEW(work->arena, struct pair_rows);
	struct paired_line *lines;
	size_t              count;

	TRY(read_lines(work, order, &lines, &count));
	if (count < 2)
		return OK;
	sort_out(lines, count, more, fewer);
	TRY(mark_lines(work, lines, count));
	return change_counts(work, more, fewer);
}

struct paired_order {
	struct order_id id;
};

static const struct member paired_order_members[] = { M_ID(struct paired_order, id, "id") };
SHAPE(struct paired_order, paired_order_shape, "PairedOrder", paired_order_members, .noun = "order");

const struct problem *
count_pairs_job(struct work *work, const struct job *job)
{
	struct event_notice  notice;
	struct paired_order *order;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	TRY(db_one(work->db, &paired_order_shape, &order,
	    "SELECT {} FROM orders WHERE id = IFNULL((SELECT order_id FROM fulfilments WHERE id = ?), ?) FOR UPDATE",
	    P(notice.aggregate), P(notice.aggregate)));
	return count_pairs(work, order->id);
}

/* ---- all over ---- */

/* Those behind `after`, to the last of them. */
static const struct problem *
count_batch(struct work *work, struct order_id after, struct order_id *last, size_t *count)
{
	struct paired_order *orders;

	TRY(db_rows(work->db, &paired_order_shape, BATCH_ORDERS, &orders, count,
	    "SELECT {} FROM orders WHERE id > ? ORDER BY id LIMIT ? FOR UPDATE", P(after), P(BATCH_ORDERS)));
	for (size_t i = 0; i < *count; i++) {
		TRY(count_pairs(work, orders[i].id));
		*last = orders[i].id;
	}
	return OK;
}

struct paired_product {
	struct product_id id;
};

static const struct member paired_product_members[] = { M_ID(struct paired_product, id, "id") };
SHAPE(struct paired_product, paired_product_shape, "PairedProduct", paired_product_members);

/*
 * The rows are deleted first: a job that has counted in one is waited for, and what it noted is seen; one that comes later
 * waits, and adds to what is written here.
 */
static const struct problem *
recount_batch(struct work *work, struct product_id after, struct product_id *last, size_t *count)
{
	struct paired_product *products;
	struct parameter      *ids;

	TRY(db_rows(work->db, &paired_product_shape, BATCH_PRODUCTS, &products, count,
	    "SELECT {} FROM products WHERE id > ? ORDER BY id LIMIT ?", P(after), P(BATCH_PRODUCTS)));
	if (*count == 0)
		return OK;
	ids = ARENA_ARRAY(work->arena, *count, struct parameter);
	for (size_t i = 0; i < *count; i++) {
		ids[i] = P(products[i].id);
		*last = products[i].id;
	}
	shown_all_changed(work);
	TRY(db_run_many(work->db, NULL, "DELETE FROM product_pairs WHERE product_id IN ([?])", *count, 1, ids));
	return db_run_many(work->db, NULL,
	    "INSERT INTO product_pairs (product_id, other_id, orders_count) "
	    "SELECT a.product_id, b.product_id, COUNT(*) AS n FROM order_lines a JOIN order_lines b ON b.order_id = a.order_id "
	    "AND b.product_id <> a.product_id AND b.paired WHERE a.paired AND a.product_id IN ([?]) "
	    "GROUP BY a.product_id, b.product_id ON DUPLICATE KEY UPDATE orders_count = VALUES(orders_count)",
	    *count, 1, ids);
}

const struct problem *
recount_pairs(struct work *work, int64_t *orders, int64_t *products)
{
	struct order_id   order = { .uuid = { { 0 } } }, last_order = order;
	struct product_id product = { .uuid = { { 0 } } }, last_product = product;
	size_t            count = 0;

	*orders = *products = 0;
	do {
		TRY(db_transaction(work, count_batch(work, order, &last_order, &count)));
		order = last_order;
		*orders += (int64_t)count;
		arena_reset(work->arena);
	} while (count > 0);
	do {
		TRY(db_transaction(work, recount_batch(work, product, &last_product, &count)));
		product = last_product;
		*products += (int64_t)count;
		arena_reset(work->arena);
	} while (count > 0);
	return OK;
}
