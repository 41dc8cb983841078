/* The pages of a customer's reviews: those they have written, what they may still review, and the form. */
#include "pages/review_page.h"

#include "base/arena.h"
#include "catalog/product.h"
#include "http/page.h"
#include "http/permission.h"
#include "media/receive.h"
#include "pages/assets.h"
#include "pages/pages.h"
#include "pages/site_problem.h"

#include <string.h>

enum { STARS = 5, FILES_MAX = 10 }; /* more than it may show are told so */

#define FILES_FIELD "pictures"

static const char *const review_notices[] = { "needs_stars", "not_bought", "own_product", "bad_file", "many_files", NULL };

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
	M_ARRAY(struct review_view, pictures, n_pictures, "pictures", media_shape, REVIEW_MEDIA_MAX),
	M_BOOLEAN(struct review_view, has_pictures, "has_pictures"),
	M_INTEGER(struct review_view, most, "most", 1, REVIEW_MEDIA_MAX),
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

static const struct problem *
fill_pictures(struct work *work, struct review_view *view)
{
	struct media_list *lists;

	TRY(media_of(work, MEDIA_OF_REVIEW, &view->own->id.uuid, 1, &lists));
	view->pictures = lists[0].media;
	view->n_pictures = lists[0].n;
	view->has_pictures = lists[0].n > 0;
	return OK;
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
	view->site.page_script = ASSET_UPLOAD_JS;
	view->most = REVIEW_MEDIA_MAX;
	return view->own == NULL ? OK : fill_pictures(request->work, view);
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

struct review_form {
	int64_t    *rating;
	const char *title, *text;
	bool        drops_pictures;
};

static const struct member review_form_members[] = {
	M_INTEGER(struct review_form, rating, "rating", 1, STARS, .example = "5"),
	M_TEXT(struct review_form, title, "title", REVIEW_TITLE_MAX, .example = "\"Keeps its promise\""),
	M_TEXT(struct review_form, text, "text", REVIEW_TEXT_MAX, .multiline = true, .example = "\"Cool water all day.\""),
	M_BOOLEAN(struct review_form, drops_pictures, "drop_pictures", .description = "Those that the review shows so far."),
};
SHAPE(struct review_form, review_form_shape, "ReviewForm", review_form_members);

/* What the form says of a problem; false: it is none of the form's. */
static bool
notice_of(const struct problem *problem, int *notice)
{
	const struct faults *faults = problem->faults;

	if (problem_is(problem, PROBLEM_VALIDATION_FAILED) && faults != NULL && faults->count > 0)
		*notice = strcmp(faults->list[0].where, "rating") == 0 ? REVIEW_NEEDS_STARS
		    : strcmp(faults->list[0].where, FILES_FIELD) == 0  ? REVIEW_MANY_FILES
								       : REVIEW_BAD_FILE;
	else if (problem_is(problem, PROBLEM_OWN_PRODUCT))
		*notice = REVIEW_OWN_PRODUCT;
	else if (problem_is(problem, PROBLEM_NOT_BOUGHT))
		*notice = REVIEW_NOT_BOUGHT;
	else
		return false;
	return true;
}

/* The form again, with what was written; files are chosen again. */
static void
show_review_problem(struct request *request, const struct problem *problem)
{
	const struct review_form *form = request->route->body == &review_form_shape ? request->body : NULL;
	struct review_view        view = { .notice = NULL };
	int                       notice;

	if (form == NULL || !notice_of(problem, &notice) || fill_review(request, &view) != OK) {
		site_show_problem(request, problem);
		return;
	}
	view.notice = &notice;
	view.title = form->title;
	view.text = form->text;
	respond_form(request, &view, form->rating == NULL ? 0 : *form->rating, problem_status(problem->code));
}

/* Those that stay and, behind them, those that came with the form. */
static const struct problem *
name_pictures(struct request *request, const struct review_view *view, struct review_body *body)
{
	struct work  *work = request->work;
	const bool    drops = BODY(request, struct review_form)->drops_pictures;
	const size_t  n_kept = drops ? 0 : view->n_pictures;
	const char  **ids = ARENA_ARRAY(work->arena, n_kept + request->n_uploads + 1, const char *);
	struct media *came;

	if (!drops && request->n_uploads == 0)
		return OK;
	if (n_kept + request->n_uploads > REVIEW_MEDIA_MAX)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, FILES_FIELD, "are too many");
	for (size_t i = 0; i < n_kept; i++)
		ids[body->n_media++] = uuid_text(work->arena, view->pictures[i].id.uuid);
	if (request->n_uploads > 0)
		TRY(media_receive(work, request->uploads, request->n_uploads, FILES_FIELD, &came));
	for (size_t i = 0; i < request->n_uploads; i++)
		ids[body->n_media++] = uuid_text(work->arena, came[i].id.uuid);
	body->media = ids;
	shape_note(&review_change_shape, body, "media");
	return OK;
}

/* A form sends all of its fields: what was left empty is to be empty. */
static const struct problem *
write_review(struct request *request)
{
	const struct review_form *form = BODY(request, struct review_form);
	struct review_body        body = { .rating = form->rating, .title = form->title, .text = form->text };
	struct review_view        view = { .notice = NULL };
	struct review            *review;

	if (form->rating == NULL)
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "rating", "is required");
	TRY(fill_review(request, &view));
	TRY(name_pictures(request, &view, &body));
	for (const char *const *name = (const char *const[]) { "rating", "title", "text", NULL }; *name != NULL; name++)
		shape_note(&review_change_shape, &body, *name);
	if (view.own == NULL)
		TRY(create_review(request->work, view.product, &body, &review));
	else
		TRY(update_review(request->work, view.own->id, &review_change_shape, &body, NULL, &review));
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
#define FORM OWNS, .writes = WRITES_DATABASE, .keyless = true, .once = true, .answer = { 303, NULL }
#define OWN_FORM FORM, .takes = TAKES_FORM, .show_problem = site_show_problem

static const struct route review_pages[] = {
	{ GET, "/reviews", .id = "showReviewsPage", .query = &reviews_page_query_shape, .answer = { 200, NULL }, OWN_PAGE,
	    .errors = ERRORS(BAD_CURSOR), .summary = "What a customer has reviewed, and may still review",
	    .handler = show_reviews },
	{ GET, "/products/{product}/review", .id = "showReviewForm", .answer = { 200, NULL }, OWN_PAGE,
	    .errors = ERRORS(NOT_FOUND), .summary = "The form of a review", .handler = show_review_form },
	{ POST, "/products/{product}/review", .id = "writeReviewOnPage", FORM, .pool = POOL_BULK,
	    .takes = TAKES_FORM | TAKES_MULTIPART, .body = &review_form_shape,
	    .upload = { .files = FILES_FIELD, .max = FILES_MAX, .kept = true },
	    .errors = ERRORS(NOT_FOUND, NOT_BOUGHT, OWN_PRODUCT, ALREADY_REVIEWED, BODY_TOO_LARGE, STORAGE_FULL),
	    .show_problem = show_review_problem, .summary = "Write a review, or change one's own",
	    .description = "Pictures and videos that come with it stand behind those that it shows.", .handler = write_review },
	{ POST, "/reviews/{id}/delete", .id = "deleteReviewOnPage", OWN_FORM, .errors = ERRORS(NOT_FOUND),
	    .summary = "Delete one's review", .handler = delete_on_page },
	{ POST, "/reviews/{id}/like", .id = "likeReviewOnPage", .unaudited = "a like is its owner's own", OWN_FORM,
	    .errors = ERRORS(NOT_FOUND), .summary = "Like a review, or no longer", .handler = like_on_page },
};
ROUTE_TABLE(review_pages_table, "Review pages", "What customers say of products, for people.", review_pages);
