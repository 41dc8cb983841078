/*
 * review.h: reviews of products, their likes and replies.
 *
 * Who has paid for a product reviews it, once.  What its visible reviews come to stands on the product: number and sum of the
 * ratings, and the most liked as the product's page shows them.  Whoever writes a review, a like or a reply locks the product
 * first (catalog_lock), then the review, and settles the product last (review_count.c), all in one transaction: so the counts
 * are sums of what was committed, and never counted anew.
 *
 * Everybody sees visible reviews of products that are shown.  Hidden ones are seen by moderators and by who wrote them, and
 * count for nothing.
 */
#ifndef REVIEW_H
#define REVIEW_H

#include "base/shape.h"
#include "events/record.h"
#include "http/page.h"
#include "store/version.h"
#include "store/work.h"

enum { REVIEW_TITLE_MAX = 150, REVIEW_TEXT_MAX = 5000, REPLY_TEXT_MAX = 2000, REVIEW_MEDIA_MAX = 5 };

/* SQL: a name as reviews show it: its first word, and the initial of the last. */
#define REVIEWER_NAME(name) \
	"CONCAT(SUBSTRING_INDEX(TRIM(" name "), ' ', 1), IF(LOCATE(' ', TRIM(" name ")) = 0, '', " \
	"CONCAT(' ', LEFT(SUBSTRING_INDEX(TRIM(" name "), ' ', -1), 1), '.')))"

struct review {
	struct review_id  id;
	struct product_id product;
	int64_t           rating, likes, replies_count, version;
	const char       *title, *text, *images, *user_name; /* images: JSON array */
	bool              liked, verified, hidden;
	struct instant    created_at, updated_at;
	/* Not shown. */
	struct merchant_id merchant;
	struct user_id    *author;
};
SHAPE_DECLARE(struct review, review_shape);

struct review_body {
	int64_t           *rating;
	const char        *title, *text;
	const char *const *media; /* ids of what the author has uploaded */
	size_t             n_media;
	struct shape_seen  seen;
};
SHAPE_DECLARE(struct review_body, review_create_shape);
SHAPE_DECLARE(struct review_body, review_change_shape);

enum review_ordering { BY_NEWEST, BY_OLDEST, BY_LIKES, BY_RATING_HIGH, BY_RATING_LOW };
extern const char *const review_ordering_values[];

/* review_read.c: one page of a product's reviews.  NOT_FOUND, BAD_CURSOR. */
const struct problem *list_reviews(
    struct work *work, const char *id_or_slug, const struct page_request *page, struct review **reviews, struct listed *listed);

/* Each NULL: any. */
struct review_filter {
	struct merchant_id *merchant;
	struct product_id  *product;
	bool               *hidden;
	int64_t            *rating;
};
struct moderated_query {
	struct list_query    list;
	struct review_filter filter;
};
SHAPE_DECLARE(struct moderated_query, moderated_query_shape);

/*
 * review_list.c: one page of reviews, newest first: for moderators of all products, hidden ones too, for sellers the visible ones of
 * theirs.  BAD_CURSOR.
 */
const struct problem *list_moderated(struct work *work, const struct review_filter *filter, const struct page_request *page,
    struct review **reviews, struct listed *listed);

/* NOT_FOUND, also for one that the viewer may not see. */
const struct problem *read_review(struct work *work, struct review_id id, struct review **review);

/* The same with its row and its product's locked, as the product counts it.  Inside a transaction. */
const struct problem *lock_review(struct work *work, struct review_id id, struct review **review);

/* A review by the viewer, with the product that it is of. */
struct own_review {
	struct review_id id;
	const char      *slug, *product_name, *title, *text;
	int64_t          rating, likes;
	bool             hidden;
	struct instant   created_at;
};
SHAPE_DECLARE(struct own_review, own_review_shape);

/* review_own.c: one page of the viewer's reviews, newest first.  BAD_CURSOR. */
const struct problem *list_own_reviews(
    struct work *work, const struct page_request *page, struct own_review **reviews, struct listed *listed);

/* The viewer's review of a product, by id or slug; NULL when they have written none.  NOT_FOUND. */
const struct problem *find_own_review(struct work *work, const char *id_or_slug, struct own_review **review);

/* A product that the viewer may review. */
struct unreviewed {
	const char *slug, *product_name;
};
SHAPE_DECLARE(struct unreviewed, unreviewed_shape);
enum { UNREVIEWED_MAX = 12 };

/* Products of the viewer's newest paid orders that they have not reviewed yet: UNREVIEWED_MAX at most. */
const struct problem *list_unreviewed(struct work *work, struct unreviewed **products, size_t *count);

/* review_write.c.  NOT_FOUND, OWN_PRODUCT, NOT_BOUGHT, ALREADY_REVIEWED. */
const struct problem *create_review(
    struct work *work, const char *id_or_slug, const struct review_body *body, struct review **review);

/*
 * The author's own.  `shape` says what the body is: of review_create_shape it replaces the review, of review_change_shape its
 * absent members stay as they are.  NOT_FOUND, VERSION_MISMATCH.
 */
const struct problem *update_review(struct work *work, struct review_id id, const struct shape *shape,
    const struct review_body *body, const struct expected_version *expected, struct review **review);

/* By its author or a moderator, with its likes and replies.  NOT_FOUND, VERSION_MISMATCH. */
const struct problem *delete_review(struct work *work, struct review_id id, const struct expected_version *expected);

/* By a moderator; one that is as it should be already stays so.  `reason` is kept with a hidden one.  NOT_FOUND. */
const struct problem *moderate_review(
    struct work *work, struct review_id id, bool hide, const char *reason, struct review **review);

/* review_like.c: the viewer likes it, or no longer; twice is once.  NOT_FOUND. */
const struct problem *like_review(struct work *work, struct review_id id, bool like, struct review **review);

/* review_reply.c */
struct reply {
	struct reply_id  id;
	struct review_id review;
	const char      *text, *shop_name; /* shop_name: NULL where the staff replied */
	struct instant   created_at;
};
SHAPE_DECLARE(struct reply, reply_shape);

struct reply_body {
	const char *text;
};
SHAPE_DECLARE(struct reply_body, reply_body_shape);

/*
 * The first replies, oldest first and at most `each`, to each of `count` reviews that the viewer may see; those of one review stand
 * together.  In one statement.
 */
const struct problem *first_replies(
    struct work *work, const struct review *reviews, size_t count, int64_t each, struct reply **replies, size_t *found);

/* One page of the replies to a review that the viewer may see, oldest first.  NOT_FOUND, BAD_CURSOR. */
const struct problem *list_replies(
    struct work *work, struct review_id id, const struct page_request *page, struct reply **replies, struct listed *listed);

/* By the product's seller, or a moderator for the shop.  NOT_FOUND. */
const struct problem *create_reply(struct work *work, struct review_id id, const struct reply_body *body, struct reply **reply);

/*
 * review_media.c: let the review show these, in place of what it showed; its row is locked or new.  VALIDATION_FAILED at
 * "media.index".
 */
const struct problem *attach_review_media(struct work *work, struct review_id id, const char *const *ids, size_t n);

/* review_count.c: `count` more of the product's reviews are visible, with `sum` more in their ratings; the last of a change. */
const struct problem *settle_product(struct work *work, struct product_id product, int64_t count, int64_t sum);

/* The state of a review for its events and the audit trail: nothing that a person wrote. */
struct review_state {
	struct review_id   id;
	struct product_id  product;
	struct merchant_id merchant;
	int64_t            rating, likes, replies_count, version;
	bool               verified, hidden;
	struct instant     created_at;
};
const struct problem *read_review_state(struct work *work, struct review_id id, struct review_state **state);

/* Record the event with the review's state as it is now, and audit the change from `before` (NULL: there was none). */
const struct problem *record_review(
    struct work *work, enum event_type type, struct review_id id, const struct review_state *before);

/* The same of one that is about to be deleted. */
const struct problem *record_review_deleted(struct work *work, const struct review_state *before);

#endif
