/*
 * site.h: what the pages of the storefront have in common: their languages, the frame around them, and how they are printed.
 * For the files of this folder.
 *
 * A public page is the same for everybody and is kept in memcached (store/stamped.h), once a language.  What belongs to one
 * person (name, hearts, number of lines in the cart) is fetched by the page's script.
 */
#ifndef PAGES_SITE_H
#define PAGES_SITE_H

#include "http/request.h"

struct dress;
struct template;

enum { SITE_LANGUAGES_MAX = 16 };

/* The same page in another language. */
struct site_link {
	const char *language, *name, *url;
	const char *canonical; /* for search engines: without what is asked of the page */
};

/* The member "site" of each page. */
struct site {
	const char       *style, *script, *icon;
	const char       *page_script;      /* of this page alone, or NULL */
	const char       *own_style, *logo; /* of the shop's own look, or NULL */
	const char       *art;              /* the drawings, each by its name behind a # */
	const char       *language, *direction;
	const char       *base;             /* in front of each path: "" or "/bn" */
	const char       *shop;             /* the name of the marketplace */
	const char       *canonical;        /* whole; NULL: search engines leave the page alone */
	const char       *default_url;      /* for who reads none of the languages */
	const char       *path;             /* without the language */
	const char       *here;             /* with it */
	const char       *display_currency; /* in which prices are shown besides, or NULL */
	const char       *query;            /* what was searched for */
	const char       *form_key;         /* of the forms of a page that nobody keeps; NULL: the script gives them one */
	struct site_link *languages;
	size_t            n_languages;
};
SHAPE_DECLARE(struct site, site_shape);
#define M_SITE(S) M_OBJECT(S, site, "site", site_shape)

enum site_template {
	SITE_HOME,
	SITE_LIST,
	SITE_SHOP,
	SITE_PRODUCT,
	SITE_PRODUCT_REVIEWS,
	SITE_RELATED,
	SITE_SIGN_IN,
	SITE_REGISTER,
	SITE_LETTER,
	SITE_ACCOUNT,
	SITE_ADDRESSES,
	SITE_ADDRESS,
	SITE_SECURITY,
	SITE_MONEY,
	SITE_DATA,
	SITE_ORDERS,
	SITE_IMPORTED_ORDERS,
	SITE_ORDER,
	SITE_CART,
	SITE_CHECKOUT,
	SITE_PROBLEM,
	SITE_WISHLIST,
	SITE_REVIEWS,
	SITE_REVIEW,
	SITE_RESUME,
	SITE_CONFIRM,
	SITE_FACTOR,
	SITE_PHONE,
	SITE_PAY,
	SITE_PAY_ON,
	SITE_PAY_PROBLEM,
	SITE_STORE,
	SITE_INVOICE,
	SITE_TEMPLATES
};

/* The frame of a page of this request; `canonical`: whether search engines are to list it. */
struct site site_of(struct request *request, bool canonical);

/* The page of a thing is found by its id and its former slugs, too: search engines list it by the present one, "/shops/" and `slug`. */
void site_stands_at(const struct request *request, const char *folder, const char *slug, struct site *site);

/* The same of a page that stands at `path`, whichever of its forms is answered by it. */
struct site site_at(struct request *request, const char *path);

/* The same where what the address brings is for this one answer: no link passes it on. */
struct site site_without_query(struct request *request);

/* Append the page in the request's language. */
void site_print(const struct request *request, enum site_template page, const void *value, struct text *out);

/* The language of the request's pages. */
const struct locale *site_locale(const struct request *request);

/* The languages, and what stands in front of the paths of each. */
size_t      site_n_languages(void);
const char *site_language_base(size_t index);

/* What stands in front of the paths of the request's language. */
const char *site_base(const struct request *request);

/* Answer with a public page from memcached: `key` is that of the JSON with the same stamps; `make` prints it. */
const struct problem *site_respond_kept(
    struct request *request, const struct stamped_key *key, stamped_maker *make, void *argument);

/* The same of one that is not kept. */
const struct problem *site_respond(struct request *request, stamped_maker *make, void *argument);

/* Answer with a page that is one person's own: nothing keeps it. */
const struct problem *site_respond_own(struct request *request, enum site_template page, const void *value, int status);

/* The address of a path in the page's language; NULL for NULL. */
const char *site_address(const struct request *request, const char *path);

/* What the pages are printed with, read whole before any of it is used.  The first language stands at /. */
struct site_pages {
	struct site_language {
		const struct locale   *locale;
		const char            *base; /* of its addresses */
		const struct template *templates[SITE_TEMPLATES];
	} languages[SITE_LANGUAGES_MAX];
	size_t              n_languages;
	const char         *version; /* another whenever a page may be another though its document is not */
	const struct dress *dress;   /* the shop's own look */
};

/* Use these from now on, as long as there are no others. */
void site_use(const struct site_pages *pages);

/* The look in use. */
const struct dress *site_dress(void);

#endif
