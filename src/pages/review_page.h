/* review_page.h: what the pages of a customer's reviews show.  For the files of this folder. */
#ifndef PAGES_REVIEW_PAGE_H
#define PAGES_REVIEW_PAGE_H

#include "media/media.h"
#include "pages/site.h"
#include "reviews/review.h"

struct reviews_view {
	struct site        site;
	struct own_review *reviews;
	size_t             n_reviews;
	struct unreviewed *products; /* to be reviewed */
	size_t             n_products;
	const char        *next, *previous;
};
SHAPE_DECLARE(struct reviews_view, reviews_view_shape);

/* Why a review was not kept. */
enum review_notice { REVIEW_NEEDS_STARS, REVIEW_NOT_BOUGHT, REVIEW_OWN_PRODUCT, REVIEW_BAD_FILE, REVIEW_MANY_FILES };

/* One of the ratings that can be given. */
struct star {
	int64_t stars;
	bool    chosen;
};

struct review_view {
	struct site        site;
	const char        *product, *name; /* slug and name */
	struct own_review *own;            /* as it stands; NULL: it is a new one */
	const char        *title, *text;   /* as they were typed, else as they stand */
	struct star       *stars;
	size_t             n_stars;
	struct media      *pictures; /* that it shows now */
	size_t             n_pictures;
	bool               has_pictures;
	int64_t            most;   /* how many it may show */
	int               *notice; /* enum review_notice; NULL: none */
};
SHAPE_DECLARE(struct review_view, review_view_shape);

#endif
