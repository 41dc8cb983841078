/* What reviews come to on their product, and what is told of them: see review.h. */
#include "reviews/review.h"

#include "base/text.h"
#include "catalog/catalog.h"
#include "catalog/product.h"
#include "events/audit.h"
#include "store/db.h"

const struct problem *
settle_product(struct work *work, struct product_id product, int64_t count, int64_t sum)
{
	struct text            top = text_new(work->arena, 1024);
	struct product_review *reviews;
	size_t                 n;

	TRY(db_rows(work->db, &product_review_shape, TOP_REVIEWS, &reviews, &n,
	    "SELECT {r}, r.order_id IS NOT NULL AS verified FROM reviews r FORCE INDEX (ix_reviews_likes) "
	    "WHERE r.product_id = ? AND NOT r.is_hidden ORDER BY r.likes_count DESC, r.id DESC LIMIT ?",
	    P(product), P(TOP_REVIEWS)));
	shape_print_array(&product_review_shape, reviews, n, &top);
	return catalog_reviewed(work, product, count, sum, top.bytes);
}

static const struct member review_state_members[] = {
	M_ID(struct review_state, id, "id"),
	M_ID(struct review_state, product, "product_id"),
	M_ID(struct review_state, merchant, "merchant_id"),
	M_INTEGER(struct review_state, rating, "rating", 1, 5),
	M_INTEGER(struct review_state, likes, "likes_count", 0, INT32_MAX),
	M_INTEGER(struct review_state, replies_count, "replies_count", 0, INT32_MAX),
	M_BOOLEAN(struct review_state, verified, "verified", .computed = true),
	M_BOOLEAN(struct review_state, hidden, "is_hidden"),
	M_INTEGER(struct review_state, version, "version", 1, INT32_MAX),
	M_TIME(struct review_state, created_at, "created_at"),
};
SHAPE(struct review_state, review_state_shape, "ReviewState", review_state_members, .noun = "review");

const struct problem *
read_review_state(struct work *work, struct review_id id, struct review_state **state)
{
	return db_one(work->db, &review_state_shape, state,
	    "SELECT {r}, r.order_id IS NOT NULL AS verified FROM reviews r WHERE r.id = ?", P(id));
}

const struct problem *
record_review(struct work *work, enum event_type type, struct review_id id, const struct review_state *before)
{
	struct review_state *state;

	TRY(read_review_state(work, id, &state));
	TRY(event_record(work, type, id.uuid, &review_state_shape, state));
	return audit_record(work, event_type_name(type), "review", id.uuid, &review_state_shape, before, state);
}

const struct problem *
record_review_deleted(struct work *work, const struct review_state *before)
{
	TRY(event_record(work, EVENT_REVIEW_DELETED, before->id.uuid, &review_state_shape, before));
	return audit_record(
	    work, event_type_name(EVENT_REVIEW_DELETED), "review", before->id.uuid, &review_state_shape, before, NULL);
}
