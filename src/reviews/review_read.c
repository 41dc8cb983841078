/* Reviews are listed and read: see review.h. */
#include "reviews/review.h"

#include "catalog/catalog.h"
#include "catalog/product.h"
#include "http/permission.h"
#include "media/media.h"
#include "store/db.h"
#include "store/list.h"

const char *const review_ordering_values[] = { "-created_at", "created_at", "-likes", "-rating", "rating", NULL };

static const struct member review_members[] = {
	M_ID(struct review, id, "id"),
	M_ID(struct review, product, "product_id"),
	M_INTEGER(struct review, rating, "rating", 1, 5, .example = "5"),
	M_TEXT(struct review, title, "title", REVIEW_TITLE_MAX, .example = "\"Keeps its promise\""),
	M_TEXT(struct review, text, "text", REVIEW_TEXT_MAX, .multiline = true, .example = "\"Cool water all day.\""),
	M_JSON(struct review, images, "images", media_shape, REVIEW_IMAGES_BYTES, .required = true),
	M_TEXT(struct review, user_name, "user_name", 160, .required = true, .example = "\"Amina K.\"",
	    .description = "The author's first name and initial when they wrote it."),
	M_INTEGER(struct review, likes, "likes", 0, INT32_MAX, .column = "likes_count"),
	M_BOOLEAN(struct review, liked, "liked", .computed = true, .description = "By who asks."),
	M_INTEGER(struct review, replies_count, "replies_count", 0, INT32_MAX),
	M_BOOLEAN(struct review, verified, "verified", .computed = true, .description = "The author has bought the product."),
	M_BOOLEAN(struct review, hidden, "hidden", .column = "is_hidden",
	    .description = "By a moderator: visible to its author and to moderators only."),
	M_INTEGER(struct review, version, "version", 1, INT32_MAX),
	M_TIME(struct review, created_at, "created_at"),
	M_TIME(struct review, updated_at, "updated_at"),
	M_ID(struct review, merchant, "merchant_id", .hidden = true),
	M_ID(struct review, author, "user_id", .hidden = true),
};
SHAPE_SHARED(struct review, review_shape, "Review", review_members);

/* Of who asks: takes their id. */
#define REVIEW_SELECT \
	"SELECT {r}, r.order_id IS NOT NULL AS verified, EXISTS (SELECT 1 FROM review_likes k " \
	"WHERE k.review_id = r.id AND k.user_id = ?) AS liked"

/* Takes whether they are a moderator, and their id. */
#define VISIBLE "(NOT r.is_hidden OR ? OR r.user_id = ?)"

/* In the order of enum review_ordering. */
static const struct list_order orderings[] = {
	[BY_NEWEST] = { .id = "r.id", .descending = true },
	[BY_OLDEST] = { .id = "r.id" },
	[BY_LIKES] = { .column = "r.likes_count", .member = "likes", .id = "r.id", .descending = true },
	[BY_RATING_HIGH] = { .column = "r.rating", .member = "rating", .id = "r.id", .descending = true },
	[BY_RATING_LOW] = { .column = "r.rating", .member = "rating", .id = "r.id" },
};
static const char *const indexes[] = {
	[BY_NEWEST] = "FORCE INDEX (ix_reviews_newest)",
	[BY_OLDEST] = "FORCE INDEX (ix_reviews_newest)",
	[BY_LIKES] = "FORCE INDEX (ix_reviews_likes)",
	[BY_RATING_HIGH] = "FORCE INDEX (ix_reviews_rating)",
	[BY_RATING_LOW] = "FORCE INDEX (ix_reviews_rating)",
};

const struct problem *
list_reviews(
    struct work *work, const char *id_or_slug, const struct page_request *page, struct review **reviews, struct listed *listed)
{
	struct product_name *product;
	struct list          list =
	    list_begin(work, "SELECT {r}, r.order_id IS NOT NULL AS verified, k.user_id IS NOT NULL AS liked", "FROM reviews r");

	if ((size_t)page->ordering >= sizeof indexes / sizeof *indexes)
		return problem(BAD_CURSOR, "the cursor is invalid for this list");
	TRY(catalog_find(work, id_or_slug, &product));
	list_append(&list, indexes[page->ordering]);
	list_append(&list, "LEFT JOIN review_likes k ON k.review_id = r.id AND k.user_id = ?", P(acting_user(work)));
	list_where(&list, "r.product_id = ?", P(product->id));
	list_where(&list, VISIBLE, P(MAY(work, REVIEW_MODERATE)), P(acting_user(work)));
	return list_page(&list, &review_shape, orderings, page, reviews, listed);
}

const struct problem *
read_review(struct work *work, struct review_id id, struct review **review)
{
	return db_one(work->db, &review_shape, review, REVIEW_SELECT " FROM reviews r WHERE r.id = ? AND " VISIBLE,
	    P(acting_user(work)), P(id), P(MAY(work, REVIEW_MODERATE)), P(acting_user(work)));
}

/* Read before it is locked for its product, which never changes. */
const struct problem *
lock_review(struct work *work, struct review_id id, struct review **review)
{
	TRY(read_review(work, id, review));
	TRY(catalog_lock(work, (*review)->product));
	return db_one(work->db, &review_shape, review, REVIEW_SELECT " FROM reviews r WHERE r.id = ? AND " VISIBLE " FOR UPDATE",
	    P(acting_user(work)), P(id), P(MAY(work, REVIEW_MODERATE)), P(acting_user(work)));
}
