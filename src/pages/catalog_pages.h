/*
 * catalog_pages.h: what the public pages of the catalogue are filled from: the documents of the API, as JSON.  For the files of this
 * folder.
 */
#ifndef PAGES_CATALOG_PAGES_H
#define PAGES_CATALOG_PAGES_H

#include "catalog/product.h"
#include "pages/pages.h"
#include "pages/site.h"
#include "pages/site_problem.h"
#include "reviews/review.h"

enum { JSON_BYTES = 16000000 };

/* What all public pages of the catalogue have in common as routes. */
#define PUBLIC_PAGE \
	.permission = PUBLIC, .outside = true, .answer = { 200, NULL }, .answer_type = PAGE_TYPE, \
	.show_problem = site_show_problem, .tagged = true

/* A choice of a filter or of an order, as a link. */
struct list_choice {
	const char *name, *url, *value;
	int64_t     count;
	bool        chosen;
};

/* In which other currency prices may be shown beside their own: the same page with each, and with none. */
struct currency_menu {
	const char         *own_currency;
	struct list_choice *currencies;
	size_t              n_currencies;
};
SHAPE_DECLARE(struct currency_menu, currency_menu_shape);

/* Of the page of the request; `chosen`: the one it is shown in, or NULL. */
struct currency_menu currency_menu(struct request *request, const char *chosen);

/* The same of an order: its word is a message. */
struct ordering_choice {
	int         ordering;
	const char *url, *value;
	bool        chosen;
};

/* A member of the query that a form sends along, unseen. */
struct hidden {
	const char *name, *value;
};

/* Home, a category, a search, a shop: a list of products and what narrows it. */
struct list_view {
	struct site             site;
	const char             *name; /* of the category */
	const char             *slug;
	struct category_brief  *path, *children; /* categories above, from the top down, and below */
	size_t                  n_path, n_children;
	const char             *shop;         /* JSON of shop_shape, or NULL */
	const char             *first, *rest; /* JSON arrays of summaries: those seen at once, and the others */
	struct ordering_choice *orderings;
	struct list_choice     *brands, *categories;
	size_t                  n_orderings, n_brands, n_categories;
	const char             *next, *previous;
	const char             *clear; /* the list without its filters; NULL: there are none */
	bool                    in_stock, is_empty, truncated, has_brands, any_brand;
	const char             *min_price, *max_price, *currency;
	struct currency_menu    menu;
	struct hidden          *kept; /* what a form of the list sends along */
	size_t                  n_kept;
	const char             *brand;                          /* the name of the chosen one, or NULL */
	const char             *no_brand, *no_stock, *no_price; /* the list without that filter, where it stands */
	const char             *featured;                       /* of home: what the shop shows first */
	bool                    is_front, is_narrowed, has_children, has_featured, has_search_categories;
};
SHAPE_DECLARE(struct list_view, list_view_shape);

/* A way of sending, with its price for one piece. */
struct sending {
	int          method;  /* enum shipping_method */
	const char  *country; /* NULL: any */
	struct money price;
	bool         is_free;
};

struct product_view {
	struct site            site;
	const char            *product;      /* JSON */
	const char            *summary;      /* the beginning of its description */
	const char            *first, *rest; /* JSON arrays of its pictures: the one seen at once, and the others */
	const char            *videos;
	struct category_brief *path;
	size_t                 n_path;
	bool                   has_options, has_more_images, has_one_variant;
	struct currency_menu   menu;
	struct sending        *sendings; /* how it may be sent */
	size_t                 n_sendings;
	int64_t                return_days;
};
SHAPE_DECLARE(struct product_view, product_view_shape);

/* A review with what was replied. */
struct answered_review {
	struct review *review;
	struct reply  *replies;
	size_t         n_replies;
};

struct product_reviews_view {
	struct site             site;
	struct product_id       product;
	const char             *name, *slug; /* its */
	struct answered_review *results;
	size_t                  n_results;
	const char             *next, *previous;
};
SHAPE_DECLARE(struct product_reviews_view, product_reviews_view_shape);

struct related_view {
	struct site site;
	const char *together, *products; /* JSON arrays of summaries: bought with it, and near it */
	bool        has_together, has_products;
};
SHAPE_DECLARE(struct related_view, related_view_shape);

struct json_object;

/* A member that is a text; NULL: there is none. */
const char *text_member(struct json_object *object, const char *name);

/* A JSON array that is put together: an element is added, and the array ended (empty: "[]"). */
void        add_element(struct text *array, struct json_object *element);
const char *array_text(struct text *array);

#endif
