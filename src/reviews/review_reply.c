/* Sellers reply to reviews: see review.h. */
#include "reviews/review.h"

#include "base/arena.h"
#include "base/text.h"
#include "http/permission.h"
#include "store/db.h"
#include "store/list.h"

static const struct member reply_members[] = {
	M_ID(struct reply, id, "id"),
	M_ID(struct reply, review, "review_id"),
	M_TEXT(struct reply, text, "text", REPLY_TEXT_MAX, .required = true, .multiline = true,
	    .example = "\"Thank you! We fire them twice.\""),
	M_TEXT(struct reply, shop_name, "shop_name", 150, .computed = true, .example = "\"Rahima Crafts\"",
	    .description = "The seller's; null where the staff replied."),
	M_TIME(struct reply, created_at, "created_at"),
};
SHAPE_SHARED(struct reply, reply_shape, "ReviewReply", reply_members);

static const struct member reply_body_members[] = {
	M_TEXT(struct reply_body, text, "text", REPLY_TEXT_MAX, .required = true, .min = 1, .multiline = true,
	    .example = "\"Thank you! We fire them twice.\""),
};
SHAPE_SHARED(struct reply_body, reply_body_shape, "NewReviewReply", reply_body_members);

static const struct list_order oldest_first[] = { { .id = "y.id" } };

#define REPLY_SELECT "SELECT {y}, m.shop_name"
#define REPLY_TABLES "FROM review_replies y LEFT JOIN merchants m ON m.id = y.merchant_id"

const struct problem *
list_replies(
    struct work *work, struct review_id id, const struct page_request *page, struct reply **replies, struct listed *listed)
{
	struct list    list = list_begin(work, REPLY_SELECT, REPLY_TABLES);
	struct review *review;

	TRY(read_review(work, id, &review));
	list_where(&list, "y.review_id = ?", P(id));
	return list_page(&list, &reply_shape, oldest_first, page, replies, listed);
}

/* A range of the key for each: a list of reviews would read all replies of one that has many. */
const struct problem *
first_replies(struct work *work, const struct review *reviews, size_t count, int64_t each, struct reply **replies, size_t *found)
{
	struct parameter *parameters = ARENA_ARRAY(work->arena, count * 2 + 1, struct parameter);
	struct text       sql = text_new(work->arena, 1024);
	size_t            n = 0;

	*found = 0;
	for (size_t i = 0; i < count; i++) {
		if (reviews[i].replies_count == 0)
			continue;
		text_addf(&sql, "%s(%s %s WHERE y.review_id = ? ORDER BY y.id LIMIT ?)", n == 0 ? "" : " UNION ALL ",
		    REPLY_SELECT, REPLY_TABLES);
		parameters[n++] = P(reviews[i].id);
		parameters[n++] = P(each);
	}
	if (n == 0)
		return OK;
	TEXT_ADD(&sql, " ORDER BY review_id, id");
	return db_rows_(
	    work->db, &reply_shape, count * (size_t)each, replies, found, db_compose(work->db, sql.bytes), n, parameters);
}

/* A moderator without a shop speaks for the staff. */
static const struct problem *
choose_speaker(struct work *work, const struct review *review, const struct merchant_id **speaker)
{
	struct reach reach = REACH(work, REVIEW_MODERATE, REVIEW_REPLY_OWN);

	*speaker = reach.all ? NULL : reach.merchant;
	if (!reach.all && (reach.merchant == NULL || !ID_EQUAL(*reach.merchant, review->merchant)))
		return problem(NOT_FOUND, "review not found");
	return OK;
}

const struct problem *
create_reply(struct work *work, struct review_id id, const struct reply_body *body, struct reply **reply)
{
	struct reply_id           made = NEW_ID(reply_id);
	const struct merchant_id *speaker;
	struct review            *review;
	struct review_state      *before;

	TRY(lock_review(work, id, &review));
	TRY(choose_speaker(work, review, &speaker));
	TRY(read_review_state(work, id, &before));
	TRY(db_run(work->db, NULL,
	    "INSERT INTO review_replies (id, review_id, merchant_id, text, created_by) VALUES (?, ?, ?, ?, ?)", P(made), P(id),
	    P(speaker), P(body->text), P(acting_user(work))));
	TRY(db_run(
	    work->db, NULL, "UPDATE reviews SET replies_count = replies_count + 1, updated_at = updated_at WHERE id = ?", P(id)));
	TRY(record_review(work, EVENT_REVIEW_REPLIED, id, before));
	TRY(settle_product(work, review->product, 0, 0));
	return db_one(work->db, &reply_shape, reply, REPLY_SELECT " " REPLY_TABLES " WHERE y.id = ?", P(made));
}
