/* The pages of a customer's reviews: those they have written, what they may still review, and the form. */
#include "pages/review_page.h"

#include "base/arena.h"
#include "catalog/product.h"
#include "http/page.h"
#include "http/permission.h"
#include "pages/pages.h"
#include "pages/site_problem.h"

enum { STARS = 5 };

static const char *const review_notices[] = { "needs_stars", "not_bought", "own_product", NULL };

static const struct member reviews_view_members[] = {
	M_SITE(struct reviews_view),
	M_ARRAY(struct reviews_view, reviews, n_reviews, "reviews", own_review_shape, 100),
	M_ARRAY(struct reviews_view, products, n_products, "products", unreviewed_shape, UNREVIEWED_MAX),
	M_TEXT(struct reviews_view, next, "next", 4400),
	M_TEXT(struct reviews_view, previous, "previous", 4400),
};
SHAPE_SHARED(struct reviews_view, reviews_view_shape, "ReviewsView", reviews_view_members);

static const struct member star_members[] = {
	M_INTEGER(struct star, stars, "stars", 1, STARS),
	M_BOOLEAN(struct star, chosen, "chosen"),
};
SHAPE(struct star, star_shape, "Star", star_members);

static const struct member review_view_members[] = {
	M_SITE(struct review_view),
	M_TEXT(struct review_view, product, "product", 230),
	M_TEXT(struct review_view, name, "name", 200),
	M_OBJECT(struct review_view, own, "own", own_review_shape),
	M_TEXT(struct review_view, title, "title", REVIEW_TITLE_MAX),
	M_TEXT(struct review_view, text, "text", REVIEW_TEXT_MAX),
	M_ARRAY(struct review_view, stars, n_stars, "ratings", star_shape, STARS),
	M_ENUM(struct review_view, notice, "review_notice", review_notices),
};
SHAPE_SHARED(struct review_view, review_view_shape, "ReviewView", review_view_members);

struct reviews_page_query {
	struct list_query list;
};

static const struct member reviews_page_query_members[] = { LIST_QUERY(struct reviews_page_query) };
SHAPE(struct reviews_page_query, reviews_page_query_shape, "ReviewsPageQuery", reviews_page_query_members);

static const struct problem *
show_reviews(struct request *request)
{
	struct reviews_view view = { .site = site_of(request, false) };
	struct page_request page;
	struct listed       listed;

	TRY(page_read(request, &QUERY(request, struct reviews_page_query)->list, NULL, 0, &page));
	TRY(list_own_reviews(request->work, &page, &view.reviews, &listed));
	TRY(list_unreviewed(request->work, &view.products, &view.n_products));
	page_fill_links(request, &page, &listed, &view);
	view.n_reviews = listed.count;
	view.next = site_address(request, view.next);
	view.previous = site_address(request, view.previous);
	return site_respond_own(request, SITE_REVIEWS, &view, 200);
}

/* The product of the path, and the viewer's review of it. */
static const struct problem *
fill_review(struct request *request, struct review_view *view)
{
	struct product *product;

	view->site = site_of(request, false);
	TRY(read_product(request->work, path_text(request, "product"), &product));
	TRY(find_own_review(request->work, path_text(request, "product"), &view->own));
	view->product = product->slug;
	view->name = product->name;
	return OK;
}

static const struct problem *
respond_form(struct request *request, struct review_view *view, int64_t rating, int status)
{
	view->stars = ARENA_ARRAY(request->work->arena, STARS, struct star);
	for (int64_t stars = STARS; stars > 0; stars--)
		view->stars[view->n_stars++] = (struct star) { stars, stars == rating };
	return site_respond_own(request, SITE_REVIEW, view, status);
}

static const struct problem *
show_review_form(struct request *request)
{
	struct review_view view = { .notice = NULL };

	TRY(fill_review(request, &view));
	if (view.own != NULL) {
		view.title = view.own->title;
		view.text = view.own->text;
	}
	return respond_form(request, &view, view.own == NULL ? 0 : view.own->rating, 200);
}

static const struct member review_form_members[] = {
	M_INTEGER(struct review_body, rating, "rating", 1, STARS, .example = "5"),
	M_TEXT(struct review_body, title, "title", REVIEW_TITLE_MAX, .nullable = true, .example = "\"Keeps its promise\""),
	M_TEXT(struct review_body, text, "text", REVIEW_TEXT_MAX, .nullable = true, .multiline = true,
	    .example = "\"Cool water all day.\""),
};
SHAPE(struct review_body, review_form_shape, "ReviewForm", review_form_members, .seen_offset = SEEN(struct review_body, seen),
    .whole = true);

static const char *
filled(const char *text)
{
	return text == NULL || *text == '\0' ? NULL : text;
}

static const struct problem *
keep_review(struct work *work, const struct review_view *view, const struct review_body *body)
{
	struct review *review;

	return view->own == NULL ? create_review(work, view->product, body, &review)
				 : update_review(work, view->own->id, &review_words_shape, body, NULL, &review);
}

/* What the form says of a problem; false: it is none of the form's. */
static bool
notice_of(const struct problem *problem, int *notice)
{
	*notice = problem_is(problem, PROBLEM_OWN_PRODUCT) ? REVIEW_OWN_PRODUCT
	    : problem_is(problem, PROBLEM_NOT_BOUGHT)      ? REVIEW_NOT_BOUGHT
							   : REVIEW_NEEDS_STARS;
	return problem_is(problem, PROBLEM_OWN_PRODUCT) || problem_is(problem, PROBLEM_NOT_BOUGHT) ||
	    problem_is(problem, PROBLEM_VALIDATION_FAILED);
}

/* The form again, with what was written. */
static void
show_review_problem(struct request *request, const struct problem *problem)
{
	const struct review_body *body = request->route->body == &review_form_shape ? request->body : NULL;
	struct review_view        view = { .notice = NULL };
	int                       notice;

	if (body == NULL || !notice_of(problem, &notice) || fill_review(request, &view) != OK) {
		site_show_problem(request, problem);
		return;
	}
	view.notice = &notice;
	view.title = body->title;
	view.text = body->text;
	respond_form(request, &view, body->rating == NULL ? 0 : *body->rating, problem_status(problem->code));
}

static const struct problem *
write_review(struct request *request)
{
	struct review_body body = *BODY(request, struct review_body);
	struct review_view view = { .notice = NULL };

	/* A form sends all of its fields: what was left empty is to be empty. */
	body.seen.bits = UINT64_MAX;
	body.title = filled(body.title);
	body.text = filled(body.text);
	if (body.rating == NULL)
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "rating", "is required");
	TRY(fill_review(request, &view));
	TRY(keep_review(request->work, &view, &body));
	return respond_redirect(request, site_address(request, "/reviews"));
}

static const struct problem *
delete_on_page(struct request *request)
{
	struct review_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(delete_review(request->work, id, NULL));
	return respond_redirect(request, site_address(request, "/reviews"));
}

/* Once it is liked, twice it is not. */
static const struct problem *
like_on_page(struct request *request)
{
	struct work     *work = request->work;
	struct review_id id;
	struct review   *review;

	TRY(path_id(request, "id", &id.uuid));
	TRY(read_review(work, id, &review));
	TRY(like_review(work, id, !review->liked, &review));
	return respond_redirect(request,
	    site_address(
		request, arena_format(work->arena, "/products/%s#reviews", uuid_text(work->arena, review->product.uuid))));
}

#define OWNS .permission = PERMISSION(ORDER_PLACE), .outside = true, .answer_type = PAGE_TYPE
#define OWN_PAGE OWNS, .show_problem = site_show_problem
#define OWN_FORM \
	OWNS, .writes = WRITES_DATABASE, .keyless = true, .once = true, .takes = TAKES_FORM, .answer = { 303, NULL }, \
	      .show_problem = show_review_problem

static const struct route review_pages[] = {
	{ GET, "/reviews", .id = "showReviewsPage", .query = &reviews_page_query_shape, .answer = { 200, NULL }, OWN_PAGE,
	    .errors = ERRORS(BAD_CURSOR), .summary = "What a customer has reviewed, and may still review",
	    .handler = show_reviews },
	{ GET, "/products/{product}/review", .id = "showReviewForm", .answer = { 200, NULL }, OWN_PAGE,
	    .errors = ERRORS(NOT_FOUND), .summary = "The form of a review", .handler = show_review_form },
	{ POST, "/products/{product}/review", .id = "writeReviewOnPage", .body = &review_form_shape, OWN_FORM,
	    .errors = ERRORS(NOT_FOUND, NOT_BOUGHT, OWN_PRODUCT, ALREADY_REVIEWED),
	    .summary = "Write a review, or change one's own", .handler = write_review },
	{ POST, "/reviews/{id}/delete", .id = "deleteReviewOnPage", OWN_FORM, .errors = ERRORS(NOT_FOUND),
	    .summary = "Delete one's review", .handler = delete_on_page },
	{ POST, "/reviews/{id}/like", .id = "likeReviewOnPage", .unaudited = "a like is its owner's own", OWN_FORM,
	    .errors = ERRORS(NOT_FOUND), .summary = "Like a review, or no longer", .handler = like_on_page },
};
ROUTE_TABLE(review_pages_table, "Review pages", "What customers say of products, for people.", review_pages);
