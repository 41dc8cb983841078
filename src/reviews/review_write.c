/* Reviews are written, changed, deleted and moderated: see review.h. */
#include "reviews/review.h"

#include "catalog/catalog.h"
#include "http/permission.h"
#include "store/db.h"

#define REVIEW_MEMBERS(needed) \
	M_INTEGER(struct review_body, rating, "rating", 1, 5, .required = needed, .example = "5"), \
	    M_TEXT(struct review_body, title, "title", REVIEW_TITLE_MAX, .nullable = true, .example = "\"Keeps its promise\""), \
	    M_TEXT(struct review_body, text, "text", REVIEW_TEXT_MAX, .nullable = true, .multiline = true, \
		.example = "\"Cool water all day.\""), \
	    M_TEXTS(struct review_body, media, n_media, "media", REVIEW_MEDIA_MAX, .example = "[]", \
		.description = "Ids of what the author has uploaded (POST /media).")

static const struct member review_create_members[] = { REVIEW_MEMBERS(true) };
SHAPE_SHARED(struct review_body, review_create_shape, "NewReview", review_create_members,
    .seen_offset = SEEN(struct review_body, seen), .whole = true);

static const struct member review_change_members[] = { REVIEW_MEMBERS(false) };
SHAPE_SHARED(struct review_body, review_change_shape, "ReviewChange", review_change_members,
    .seen_offset = SEEN(struct review_body, seen));

/* Who is about to review a product. */
struct reviewer {
	struct order_id *order; /* by which they have bought it */
	const char      *name;  /* as it is shown: the first word and the initial of the last */
	bool             owner;
};

static const struct member reviewer_members[] = {
	M_ID(struct reviewer, order, "order_id"),
	M_TEXT(struct reviewer, name, "name", 160, .required = true),
	M_BOOLEAN(struct reviewer, owner, "owner"),
};
SHAPE(struct reviewer, reviewer_shape, "Reviewer", reviewer_members, .noun = "account");

/*
 * Paid, and not given back whole; and not called off, nor refused at the door: what was paid for it may be with us still, and of what cost
 * nothing nothing is given back.
 */
#define BOUGHT \
	"(SELECT o.id FROM orders o STRAIGHT_JOIN order_lines l ON l.order_id = o.id WHERE o.user_id = u.id AND l.product_id = ? " \
	"AND o.payment_status IN ('paid', 'partially_refunded') AND o.status NOT IN ('cancelled', 'expired') " \
	"AND NOT EXISTS (SELECT 1 FROM fulfilments f WHERE f.order_id = o.id AND f.merchant_id = l.merchant_id " \
	"AND f.status IN ('cancelled', 'returned')) ORDER BY o.id LIMIT 1)"

static const struct problem *
read_reviewer(struct work *work, const struct product_name *product, struct reviewer **reviewer)
{
	TRY(db_one(work->db, &reviewer_shape, reviewer,
	    "SELECT " BOUGHT " AS order_id, " REVIEWER_NAME(
		"u.full_name") " AS name, EXISTS (SELECT 1 FROM merchants m "
			       "WHERE m.id = ? AND m.user_id = u.id) AS owner FROM users u WHERE u.id = ?",
	    P(product->id), P(product->merchant), P(work->viewer.user)));
	if ((*reviewer)->owner)
		return problem(OWN_PRODUCT, "you cannot review a product of your own shop");
	if ((*reviewer)->order == NULL)
		return problem(NOT_BOUGHT, "you can review a product only after you have bought and paid for it");
	return OK;
}

const struct problem *
create_review(struct work *work, const char *id_or_slug, const struct review_body *body, struct review **review)
{
	struct review_id      id = NEW_ID(review_id);
	struct product_name  *product;
	struct reviewer      *reviewer;
	const struct problem *problem;

	TRY(catalog_find(work, id_or_slug, &product));
	TRY(read_reviewer(work, product, &reviewer));
	TRY(catalog_lock(work, product->id));
	problem = db_run(work->db, NULL,
	    "INSERT INTO reviews (id, product_id, merchant_id, user_id, order_id, user_name, rating, title, text) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(product->id), P(product->merchant), P(work->viewer.user), P(reviewer->order), P(reviewer->name),
	    P(*body->rating), P(body->title), P(body->text));
	if (db_duplicate(work->db, problem, "uq_reviews_once"))
		return problem(ALREADY_REVIEWED, "you have reviewed this product already");
	TRY(problem);
	if (body->n_media > 0)
		TRY(attach_review_media(work, id, body->media, body->n_media));
	TRY(record_review(work, EVENT_REVIEW_CREATED, id, NULL));
	TRY(settle_product(work, product->id, 1, *body->rating));
	return read_review(work, id, review);
}

/* Locked, with what it was for the audit. */
static const struct problem *
take_review(struct work *work, struct review_id id, const struct expected_version *expected, struct review **review,
    struct review_state **before)
{
	TRY(lock_review(work, id, review));
	TRY(check_version(expected, id.uuid, (*review)->version));
	return read_review_state(work, id, before);
}

static bool
is_author(const struct work *work, const struct review *review)
{
	return review->author != NULL && ID_EQUAL(*review->author, work->viewer.user);
}

const struct problem *
update_review(struct work *work, struct review_id id, const struct shape *shape, const struct review_body *body,
    const struct expected_version *expected, struct review **review)
{
	struct review_body   merged;
	struct review_state *before;
	int64_t              old;

	TRY(take_review(work, id, expected, review, &before));
	if (!is_author(work, *review))
		return problem(NOT_FOUND, "review not found");
	old = before->rating;
	merged = (struct review_body) { .rating = &(*review)->rating, .title = (*review)->title, .text = (*review)->text };
	shape_merge(shape, body, &merged);
	TRY(db_run(work->db, NULL,
	    "UPDATE reviews SET rating = ?, title = ?, text = ?, version = version + 1, updated_by = ? WHERE id = ?",
	    P(*merged.rating), P(merged.title), P(merged.text), P(work->viewer.user), P(id)));
	if (shape->whole || shape_has(shape, body, "media"))
		TRY(attach_review_media(work, id, body->media, body->n_media));
	TRY(record_review(work, EVENT_REVIEW_CHANGED, id, before));
	TRY(settle_product(work, before->product, 0, before->hidden ? 0 : *merged.rating - old));
	return read_review(work, id, review);
}

/* Its likes and replies go with it. */
const struct problem *
delete_review(struct work *work, struct review_id id, const struct expected_version *expected)
{
	struct review       *review;
	struct review_state *before;

	TRY(take_review(work, id, expected, &review, &before));
	if (!is_author(work, review) && !MAY(work, REVIEW_MODERATE))
		return problem(NOT_FOUND, "review not found");
	TRY(attach_review_media(work, id, NULL, 0));
	TRY(db_run(work->db, NULL, "DELETE FROM reviews WHERE id = ?", P(id)));
	TRY(record_review_deleted(work, before));
	return settle_product(work, before->product, before->hidden ? 0 : -1, before->hidden ? 0 : -before->rating);
}

const struct problem *
moderate_review(struct work *work, struct review_id id, bool hide, const char *reason, struct review **review)
{
	struct review_state *before;

	TRY(take_review(work, id, NULL, review, &before));
	if (before->hidden == hide)
		return OK;
	TRY(db_run(work->db, NULL,
	    "UPDATE reviews SET is_hidden = ?, hidden_reason = ?, version = version + 1, updated_by = ? WHERE id = ?", P(hide),
	    P(hide ? reason : NULL), P(acting_user(work)), P(id)));
	TRY(record_review(work, hide ? EVENT_REVIEW_HIDDEN : EVENT_REVIEW_SHOWN, id, before));
	TRY(settle_product(work, before->product, hide ? -1 : 1, hide ? -before->rating : before->rating));
	return read_review(work, id, review);
}
