/* The job that adds what an order sold to its products' sales counters, so that no purchase waits for a counter. */
#include "inventory/inventory.h"

#include "catalog/catalog.h"
#include "events/job.h"
#include "events/record.h"
#include "store/db.h"

enum { LINES_MAX = 100 };

struct sold {
	struct product_id product;
	int64_t           quantity;
};

static const struct member sold_members[] = {
	M_ID(struct sold, product, "product_id"),
	M_INTEGER(struct sold, quantity, "quantity", 1, INT64_MAX),
};
SHAPE(struct sold, sold_shape, "SoldProduct", sold_members);

/*
 * The reservations are marked as counted: an order that is confirmed and, once its cash was collected, paid has two events.
 * Runs in the transaction that finishes the job.
 */
static const struct problem *
count_order(struct work *work, struct order_id order)
{
	struct sold *sold;
	size_t       count;
	int64_t      marked;

	TRY(db_run(work->db, &marked,
	    "UPDATE reservations SET counted = TRUE WHERE order_id = ? AND status = 'committed' AND NOT counted", P(order)));
	if (marked == 0)
		return OK;
	TRY(db_rows(work->db, &sold_shape, LINES_MAX, &sold, &count,
	    "SELECT v.product_id, CAST(SUM(r.quantity) AS SIGNED) AS quantity FROM reservations r "
	    "JOIN variants v ON v.id = r.variant_id WHERE r.order_id = ? GROUP BY v.product_id ORDER BY v.product_id",
	    P(order)));
	for (size_t i = 0; i < count; i++)
		TRY(catalog_count_sales(work, sold[i].product, sold[i].quantity));
	return OK;
}

const struct problem *
count_sales_job(struct work *work, const struct job *job)
{
	struct event_notice notice;
	struct order_id     order;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	order.uuid = notice.aggregate;
	return count_order(work, order);
}
