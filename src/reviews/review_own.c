/* What somebody has reviewed, and what they may review: see review.h. */
#include "reviews/review.h"

#include "catalog/catalog.h"
#include "store/db.h"
#include "store/list.h"

static const struct member own_review_members[] = {
	M_ID(struct own_review, id, "id"),
	M_TEXT(struct own_review, slug, "slug", 230, .required = true, .computed = true),
	M_TEXT(struct own_review, product_name, "product_name", 200, .required = true, .computed = true),
	M_INTEGER(struct own_review, rating, "rating", 1, 5),
	M_TEXT(struct own_review, title, "title", REVIEW_TITLE_MAX),
	M_TEXT(struct own_review, text, "text", REVIEW_TEXT_MAX, .multiline = true),
	M_INTEGER(struct own_review, likes, "likes", 0, INT32_MAX, .column = "likes_count"),
	M_BOOLEAN(struct own_review, hidden, "hidden", .column = "is_hidden"),
	M_TIME(struct own_review, created_at, "created_at"),
};
SHAPE_SHARED(struct own_review, own_review_shape, "OwnReview", own_review_members);

static const struct member unreviewed_members[] = {
	M_TEXT(struct unreviewed, slug, "slug", 230, .required = true),
	M_TEXT(struct unreviewed, product_name, "product_name", 200, .required = true, .column = "name"),
};
SHAPE_SHARED(struct unreviewed, unreviewed_shape, "UnreviewedProduct", unreviewed_members);

#define WITH_PRODUCT "SELECT {r}, p.slug, p.name AS product_name"
#define OF_PRODUCT "FROM reviews r JOIN products p ON p.id = r.product_id"

const struct problem *
list_own_reviews(struct work *work, const struct page_request *page, struct own_review **reviews, struct listed *listed)
{
	static const struct list_order newest[] = { { .id = "r.id", .descending = true } };
	struct list                    list = list_begin(work, WITH_PRODUCT, OF_PRODUCT);

	list_where(&list, "r.user_id = ?", P(work->viewer.user));
	return list_page(&list, &own_review_shape, newest, page, reviews, listed);
}

const struct problem *
find_own_review(struct work *work, const char *id_or_slug, struct own_review **review)
{
	struct product_name *product;

	TRY(catalog_find(work, id_or_slug, &product));
	return db_row(work->db, &own_review_shape, review,
	    WITH_PRODUCT " " OF_PRODUCT " WHERE r.product_id = ? AND r.user_id = ?", P(product->id), P(work->viewer.user));
}

/* Of the last orders only: this reminds, and is no list of everything. */
const struct problem *
list_unreviewed(struct work *work, struct unreviewed **products, size_t *count)
{
	return db_rows(work->db, &unreviewed_shape, UNREVIEWED_MAX, products, count,
	    "SELECT {p} FROM (SELECT id FROM orders WHERE user_id = ? AND payment_status IN ('paid', 'partially_refunded') "
	    "AND status NOT IN ('cancelled', 'expired') ORDER BY id DESC LIMIT 20) AS o "
	    "STRAIGHT_JOIN order_lines l ON l.order_id = o.id STRAIGHT_JOIN products p ON p.id = l.product_id "
	    "AND p.deleted_at IS NULL AND p.status = 'published' "
	    "WHERE NOT EXISTS (SELECT 1 FROM reviews r WHERE r.product_id = l.product_id AND r.user_id = ?) "
	    "AND NOT EXISTS (SELECT 1 FROM fulfilments f WHERE f.order_id = o.id AND f.merchant_id = l.merchant_id "
	    "AND f.status IN ('cancelled', 'returned')) GROUP BY p.id, p.slug, p.name ORDER BY MAX(o.id) DESC LIMIT ?",
	    P(work->viewer.user), P(work->viewer.user), P(UNREVIEWED_MAX));
}
