/* The routes of reviews. */
#include "reviews/review.h"
#include "reviews/reviews.h"

#include "base/text.h"
#include "catalog/shown.h"
#include "http/page.h"
#include "http/request.h"

struct reviews_query {
	struct list_query list;
	int              *ordering;
};

static const struct member reviews_query_members[] = {
	LIST_QUERY(struct reviews_query),
	M_ENUM(struct reviews_query, ordering, "ordering", review_ordering_values,
	    .description = "Prefix - for descending; by default -created_at."),
};
SHAPE(struct reviews_query, reviews_query_shape, "ReviewsQuery", reviews_query_members);
PAGE(struct review_page, review_page_shape, "ReviewPage", review_shape);

struct replies_query {
	struct list_query list;
};

static const struct member replies_query_members[] = { LIST_QUERY(struct replies_query) };
SHAPE(struct replies_query, replies_query_shape, "RepliesQuery", replies_query_members);
PAGE(struct reply_page, reply_page_shape, "ReviewReplyPage", reply_shape);

struct hide_request {
	const char *reason;
};

static const struct member hide_request_members[] = {
	M_TEXT(struct hide_request, reason, "reason", 500, .nullable = true, .example = "\"Insults the seller\""),
};
SHAPE(struct hide_request, hide_request_shape, "HideReview", hide_request_members);

struct wanted_reviews {
	struct request     *request;
	struct page_request page;
};

static const struct problem *
make_reviews(struct work *work, void *argument, struct text *into, const char **label)
{
	const struct wanted_reviews *wanted = argument;
	struct review_page           answer;
	struct listed                listed;

	(void)label;
	TRY(list_reviews(work, path_text(wanted->request, "product"), &wanted->page, &answer.results, &listed));
	page_fill(wanted->request, &wanted->page, &listed, &answer);
	shape_print(&review_page_shape, &answer, into);
	return OK;
}

/* What everybody sees is kept under the product's stamp, which each change of its reviews renews. */
static const struct problem *
handle_list_reviews(struct request *request)
{
	const struct reviews_query *query = QUERY(request, struct reviews_query);
	struct work                *work = request->work;
	struct wanted_reviews       wanted = { .request = request };
	struct stamped_key          key;
	struct text                 page;
	const char                 *label;

	TRY(page_read(request, &query->list, query->ordering, BY_NEWEST, &wanted.page));
	if (uuid_is_nil(work->viewer.user.uuid) &&
	    shown_part_key(work, "reviews", path_text(request, "product"), request->query, &key))
		return respond_stamped(request, &key, make_reviews, &wanted);
	page = text_new(work->arena, 8 * 1024);
	TRY(make_reviews(work, &wanted, &page, &label));
	return respond_json(request, page.bytes, page.length);
}

static const struct problem *
handle_list_moderated(struct request *request)
{
	const struct moderated_query *query = QUERY(request, struct moderated_query);
	struct review_page            answer;
	struct page_request           page;
	struct listed                 listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_moderated(request->work, &query->filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
respond_review(struct request *request, const struct review *review)
{
	return respond_tagged(request, review, review->id.uuid, review->version);
}

static const struct problem *
handle_create_review(struct request *request)
{
	struct review *review;

	TRY(create_review(request->work, path_text(request, "product"), BODY(request, struct review_body), &review));
	return respond_review(request, review);
}

static const struct problem *
handle_show_review(struct request *request)
{
	struct review_id id;
	struct review   *review;

	TRY(path_id(request, "id", &id.uuid));
	TRY(read_review(request->work, id, &review));
	return respond_review(request, review);
}

static const struct problem *
handle_update_review(struct request *request)
{
	struct review_id id;
	struct review   *review;

	TRY(path_id(request, "id", &id.uuid));
	TRY(update_review(
	    request->work, id, request->route->body, BODY(request, struct review_body), expected_version(request), &review));
	return respond_review(request, review);
}

static const struct problem *
handle_delete_review(struct request *request)
{
	struct review_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(delete_review(request->work, id, expected_version(request)));
	return respond_nothing(request);
}

static const struct problem *
moderate(struct request *request, bool hide, const char *reason)
{
	struct review_id id;
	struct review   *review;

	TRY(path_id(request, "id", &id.uuid));
	TRY(moderate_review(request->work, id, hide, reason, &review));
	return respond_review(request, review);
}

static const struct problem *
handle_hide_review(struct request *request)
{
	return moderate(request, true, BODY(request, struct hide_request)->reason);
}

static const struct problem *
handle_unhide_review(struct request *request)
{
	return moderate(request, false, NULL);
}

static const struct problem *
like(struct request *request, bool likes)
{
	struct review_id id;
	struct review   *review;

	TRY(path_id(request, "id", &id.uuid));
	TRY(like_review(request->work, id, likes, &review));
	return respond_review(request, review);
}

static const struct problem *
handle_like_review(struct request *request)
{
	return like(request, true);
}

static const struct problem *
handle_unlike_review(struct request *request)
{
	return like(request, false);
}

/* ---- replies ---- */

static const struct problem *
handle_list_replies(struct request *request)
{
	const struct replies_query *query = QUERY(request, struct replies_query);
	struct page_request         page;
	struct reply_page           answer;
	struct review_id            id;
	struct listed               listed;

	TRY(path_id(request, "id", &id.uuid));
	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_replies(request->work, id, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
handle_create_reply(struct request *request)
{
	struct review_id id;
	struct reply    *reply;

	TRY(path_id(request, "id", &id.uuid));
	TRY(create_reply(request->work, id, BODY(request, struct reply_body), &reply));
	return respond(request, reply);
}

#define AUTHOR PERMISSION(ORDER_PLACE)
#define MODERATOR PERMISSION(REVIEW_MODERATE)

static const struct route review_routes[] = {
	{ GET, "/products/{product}/reviews", .id = "listReviews", .tagged = true, .permission = PUBLIC, .optional_user = true,
	    .query = &reviews_query_shape, .answer = { 200, &review_page_shape }, .errors = ERRORS(NOT_FOUND, BAD_CURSOR),
	    .summary = "List a product's reviews, by id or slug of the product", .handler = handle_list_reviews },
	{ POST, "/products/{product}/reviews", .id = "createReview", .permission = AUTHOR, .writes = WRITES_DATABASE,
	    .body = &review_create_shape, .answer = { 201, &review_shape },
	    .errors = ERRORS(NOT_FOUND, NOT_BOUGHT, OWN_PRODUCT, ALREADY_REVIEWED),
	    .summary = "Review a product that you have bought; once", .handler = handle_create_review },
	{ GET, "/reviews", .id = "listAllReviews", .permission = MODERATOR | PERMISSION(REVIEW_REPLY_OWN), .csv = true,
	    .query = &moderated_query_shape, .answer = { 200, &review_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List the reviews of all products, newest first: to moderate, or to answer those of your shop",
	    .description = "A page may be short, or empty, and still have a next one: filters look at some reviews at a time.",
	    .handler = handle_list_moderated },
	{ GET, "/reviews/{id}", .id = "showReview", .tagged = true, .permission = PUBLIC, .optional_user = true,
	    .answer = { 200, &review_shape }, .errors = ERRORS(NOT_FOUND), .summary = "Show a review",
	    .handler = handle_show_review },
	{ PUT, "/reviews/{id}", .id = "replaceReview", .permission = AUTHOR, .writes = WRITES_DATABASE,
	    .body = &review_create_shape, .answer = { 200, &review_shape }, .errors = ERRORS(NOT_FOUND, VERSION_MISMATCH),
	    .summary = "Replace your review; absent members are set to their defaults", .handler = handle_update_review },
	{ PATCH, "/reviews/{id}", .id = "changeReview", .permission = AUTHOR, .writes = WRITES_DATABASE,
	    .body = &review_change_shape, .answer = { 200, &review_shape }, .errors = ERRORS(NOT_FOUND, VERSION_MISMATCH),
	    .summary = "Update your review; absent members are unchanged", .handler = handle_update_review },
	{ DELETE, "/reviews/{id}", .id = "deleteReview", .permission = AUTHOR | MODERATOR, .writes = WRITES_DATABASE,
	    .answer = { 204, NULL }, .errors = ERRORS(NOT_FOUND, VERSION_MISMATCH),
	    .summary = "Delete your review; moderators any", .description = "Its likes and replies are deleted with it.",
	    .handler = handle_delete_review },
	{ POST, "/reviews/{id}/hide", .id = "hideReview", .permission = MODERATOR, .writes = WRITES_DATABASE,
	    .body = &hide_request_shape, .answer = { 200, &review_shape }, .errors = ERRORS(NOT_FOUND),
	    .summary = "Hide a review: only its author and moderators see it, and it does not count",
	    .handler = handle_hide_review },
	{ POST, "/reviews/{id}/show", .id = "unhideReview", .permission = MODERATOR, .writes = WRITES_DATABASE,
	    .answer = { 200, &review_shape }, .errors = ERRORS(NOT_FOUND), .summary = "Show a hidden review again",
	    .handler = handle_unhide_review },
	{ POST, "/reviews/{id}/like", .id = "likeReview", .unaudited = "a like is its owner's own", .permission = AUTHOR,
	    .writes = WRITES_DATABASE, .answer = { 200, &review_shape }, .errors = ERRORS(NOT_FOUND),
	    .summary = "Like a review; twice is once", .handler = handle_like_review },
	{ DELETE, "/reviews/{id}/like", .id = "unlikeReview", .unaudited = "a like is its owner's own", .permission = AUTHOR,
	    .writes = WRITES_DATABASE, .answer = { 200, &review_shape }, .errors = ERRORS(NOT_FOUND),
	    .summary = "No longer like a review", .handler = handle_unlike_review },
	{ GET, "/reviews/{id}/replies", .id = "listReplies", .permission = PUBLIC, .optional_user = true,
	    .query = &replies_query_shape, .answer = { 200, &reply_page_shape }, .errors = ERRORS(NOT_FOUND, BAD_CURSOR),
	    .summary = "List the replies to a review, oldest first", .handler = handle_list_replies },
	{ POST, "/reviews/{id}/replies", .id = "createReply", .permission = PERMISSION(REVIEW_REPLY_OWN),
	    .writes = WRITES_DATABASE, .body = &reply_body_shape, .answer = { 201, &reply_shape }, .errors = ERRORS(NOT_FOUND),
	    .summary = "Reply to a review of your product", .handler = handle_create_reply },
};

ROUTE_TABLE(reviews_table, "Reviews", "What buyers say of products, and what sellers answer.", review_routes);
