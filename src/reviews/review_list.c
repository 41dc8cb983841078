/* Reviews of all products, newest first: as moderators look through them, and sellers through those of their shop. */
#include "reviews/review.h"

#include "http/permission.h"
#include "store/db.h"
#include "store/list.h"

static const struct member moderated_query_members[] = {
	LIST_QUERY(struct moderated_query),
	LIST_FORMAT(struct moderated_query),
	M_ID(struct moderated_query, filter.merchant, "merchant"),
	M_ID(struct moderated_query, filter.product, "product"),
	M_BOOLEAN(struct moderated_query, filter.hidden, "hidden", .description = "Sellers see visible ones alone."),
	M_INTEGER(struct moderated_query, filter.rating, "rating", 1, 5),
};
SHAPE_SHARED(struct moderated_query, moderated_query_shape, "ModeratedReviewsQuery", moderated_query_members);

static const struct list_order by_id[] = { { .id = "r.id", .descending = true } };

/* Few of many rows may be what a filter wants: the walk ends there, and the page has a neighbour. */
enum { WALK_ROWS = 4000 };

/* What an index ranges over: a product's, a shop's, or those that are hidden or not. */
static void
where_index(struct list *list, const struct review_filter *filter, const struct merchant_id *merchant, bool all)
{
	if (filter->product != NULL) {
		list_append(list, "FORCE INDEX (ix_reviews_newest)");
		list_where(list, "r.product_id = ?", P(filter->product));
	} else if (!all || merchant != NULL) {
		list_append(list, "FORCE INDEX (ix_reviews_merchant)");
		list_where(list, "r.merchant_id = ?", P(merchant));
	} else if (filter->hidden != NULL) {
		list_append(list, "FORCE INDEX (ix_reviews_hidden)");
		list_where(list, "r.is_hidden = ?", P(filter->hidden));
	}
}

const struct problem *
list_moderated(struct work *work, const struct review_filter *filter, const struct page_request *page, struct review **reviews,
    struct listed *listed)
{
	bool                      all = MAY(work, REVIEW_MODERATE);
	const struct merchant_id *merchant = all ? filter->merchant : work->viewer.merchant;
	struct list list = list_begin(work, "SELECT {r}, r.order_id IS NOT NULL AS verified, FALSE AS liked", "FROM reviews r");
	struct list walked = list_begin(work, "SELECT r.id AS id", "FROM reviews r");

	where_index(&list, filter, merchant, all);
	where_index(&walked, filter, merchant, all);
	if (!all)
		list_where(&list, "r.merchant_id = ? AND NOT r.is_hidden", P(merchant));
	list_filter(&list, "r.merchant_id = ?", P(filter->merchant));
	list_filter(&list, "r.is_hidden = ?", P(filter->hidden));
	list_filter(&list, "r.rating = ?", P(filter->rating));
	return list_page_walked(&list, &walked, WALK_ROWS, &review_shape, by_id, page, reviews, listed);
}
