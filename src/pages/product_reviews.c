/* The page of all reviews of a product, with what sellers replied. */
#include "base/arena.h"
#include "catalog/shown.h"
#include "http/page.h"
#include "pages/catalog_pages.h"

enum { REVIEWS_SHOWN = 10, REPLIES_SHOWN = 20 };

static const struct member answered_review_members[] = {
	M_OBJECT(struct answered_review, review, "review", review_shape),
	M_ARRAY(struct answered_review, replies, n_replies, "replies", reply_shape, REPLIES_SHOWN),
};
SHAPE(struct answered_review, answered_review_shape, "AnsweredReview", answered_review_members);

static const struct member product_reviews_view_members[] = {
	M_SITE(struct product_reviews_view),
	M_ID(struct product_reviews_view, product, "product_id"),
	M_TEXT(struct product_reviews_view, name, "name", 200),
	M_TEXT(struct product_reviews_view, slug, "slug", 230),
	M_ARRAY(struct product_reviews_view, results, n_results, "results", answered_review_shape, 100),
	M_TEXT(struct product_reviews_view, next, "next", 4400),
	M_TEXT(struct product_reviews_view, previous, "previous", 4400),
};
SHAPE_SHARED(struct product_reviews_view, product_reviews_view_shape, "ProductReviewsView", product_reviews_view_members);

struct product_reviews_query {
	struct list_query list;
};

static const struct member product_reviews_query_members[] = {
	M_TEXT(struct product_reviews_query, list.cursor, "cursor", 4096, .min = 1, .example = "\"AQAB\""),
	M_INTEGER(struct product_reviews_query, list.limit, "limit", 1, 50, .defaulted = true, .preset = REVIEWS_SHOWN),
};
SHAPE(struct product_reviews_query, product_reviews_query_shape, "ProductReviewsQuery", product_reviews_query_members);

struct wanted_reviews {
	struct request     *request;
	struct page_request page;
};

static const struct problem *
fill_answers(struct work *work, struct review *reviews, struct product_reviews_view *view)
{
	struct reply *replies;
	size_t        count;

	TRY(first_replies(work, reviews, view->n_results, REPLIES_SHOWN, &replies, &count));
	view->results = ARENA_ARRAY(work->arena, view->n_results, struct answered_review);
	for (size_t i = 0; i < view->n_results; i++) {
		struct answered_review *result = &view->results[i];

		result->review = &reviews[i];
		for (size_t at = 0; at < count; at++)
			if (ID_EQUAL(replies[at].review, reviews[i].id) && result->n_replies++ == 0)
				result->replies = &replies[at];
	}
	return OK;
}

static const struct problem *
make_product_reviews(struct work *work, void *argument, struct text *into, const char **label)
{
	struct wanted_reviews      *wanted = argument;
	struct request             *request = wanted->request;
	struct product_reviews_view view = { .site = site_of(request, false) };
	struct product             *product;
	struct review              *reviews;
	struct listed               listed;

	(void)label;
	TRY(read_product(work, path_text(request, "product"), &product));
	TRY(list_reviews(work, path_text(request, "product"), &wanted->page, &reviews, &listed));
	view.product = product->id;
	view.name = product->name;
	view.slug = product->slug;
	view.n_results = listed.count;
	TRY(fill_answers(work, reviews, &view));
	page_fill_links(request, &wanted->page, &listed, &view);
	view.next = site_address(request, view.next);
	view.previous = site_address(request, view.previous);
	site_print(request, SITE_PRODUCT_REVIEWS, &view, into);
	return OK;
}

/* Kept under the product's stamp, which each change of its reviews renews. */
static const struct problem *
show_product_reviews(struct request *request)
{
	struct wanted_reviews wanted = { .request = request };
	struct stamped_key    key;

	TRY(page_read(request, &QUERY(request, struct product_reviews_query)->list, NULL, BY_NEWEST, &wanted.page));
	if (shown_part_key(request->work, "all reviews", path_text(request, "product"), request->query, &key))
		return site_respond_kept(request, &key, make_product_reviews, &wanted);
	return site_respond(request, make_product_reviews, &wanted);
}

static const struct route product_reviews[] = {
	{ GET, "/products/{product}/reviews", .id = "showProductReviewsPage", PUBLIC_PAGE, .query = &product_reviews_query_shape,
	    .errors = ERRORS(NOT_FOUND, BAD_CURSOR), .summary = "What buyers say of a product, with the replies",
	    .handler = show_product_reviews },
};
ROUTE_TABLE(product_reviews_table, "Pages of reviews", "What is said of products, for everybody.", product_reviews);
