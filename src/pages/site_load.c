/* The templates and messages of the storefront's pages, read once, each in every language. */
#include "pages/site_load.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/locale.h"
#include "pages/account_page.h"
#include "pages/address_page.h"
#include "pages/assets.h"
#include "pages/cart_page.h"
#include "pages/catalog_pages.h"
#include "pages/checkout.h"
#include "pages/dress.h"
#include "pages/confirm_form.h"
#include "pages/elsewhere.h"
#include "pages/invoice_page.h"
#include "pages/letter_view.h"
#include "pages/order_view.h"
#include "pages/money_page.h"
#include "pages/pay_on_page.h"
#include "pages/pay_page.h"
#include "pages/pay_problem.h"
#include "pages/phone_page.h"
#include "pages/register_page.h"
#include "pages/resume.h"
#include "pages/security_page.h"
#include "pages/review_page.h"
#include "pages/sign_in_form.h"
#include "pages/site_problem.h"
#include "pages/store_page.h"
#include "pages/wishlist_page.h"
#include "template/messages.h"
#include "template/template.h"

#include <string.h>
#include <unistd.h>

enum { SHA256_BYTES = 32, VERSION_BYTES = 8 };

static const struct {
	const char         *file;
	const struct shape *shape;
} pages[SITE_TEMPLATES] = {
	[SITE_HOME] = { "home.html", &list_view_shape },
	[SITE_LIST] = { "list.html", &list_view_shape },
	[SITE_SHOP] = { "shop.html", &list_view_shape },
	[SITE_PRODUCT] = { "product.html", &product_view_shape },
	[SITE_PRODUCT_REVIEWS] = { "product-reviews.html", &product_reviews_view_shape },
	[SITE_RELATED] = { "related.html", &related_view_shape },
	[SITE_SIGN_IN] = { "signin.html", &sign_in_view_shape },
	[SITE_LETTER] = { "letter.html", &letter_view_shape },
	[SITE_ACCOUNT] = { "account.html", &account_view_shape },
	[SITE_ADDRESSES] = { "account-addresses.html", &address_list_view_shape },
	[SITE_ADDRESS] = { "account-address.html", &address_view_shape },
	[SITE_SECURITY] = { "account-security.html", &security_view_shape },
	[SITE_MONEY] = { "account-payments.html", &money_view_shape },
	[SITE_DATA] = { "account-data.html", &data_view_shape },
	[SITE_REGISTER] = { "register.html", &register_view_shape },
	[SITE_CART] = { "cart.html", &cart_view_shape },
	[SITE_CHECKOUT] = { "checkout.html", &checkout_view_shape },
	[SITE_ORDERS] = { "orders.html", &order_list_view_shape },
	[SITE_IMPORTED_ORDERS] = { "imported-orders.html", &imported_list_view_shape },
	[SITE_ORDER] = { "order.html", &order_view_shape },
	[SITE_REVIEWS] = { "reviews.html", &reviews_view_shape },
	[SITE_FACTOR] = { "signin-code.html", &factor_view_shape },
	[SITE_PHONE] = { "phone.html", &phone_view_shape },
	[SITE_CONFIRM] = { "confirm.html", &confirm_view_shape },
	[SITE_PAY_ON] = { "pay-on.html", &pay_on_view_shape },
	[SITE_RESUME] = { "resume.html", &resume_view_shape },
	[SITE_REVIEW] = { "review.html", &review_view_shape },
	[SITE_PAY] = { "pay.html", &pay_page_shape },
	[SITE_PAY_PROBLEM] = { "pay-problem.html", &pay_problem_shape },
	[SITE_STORE] = { "store.html", &store_page_shape },
	[SITE_INVOICE] = { "invoice.html", &invoice_page_shape },
	[SITE_WISHLIST] = { "wishlist.html", &wishlist_view_shape },
	[SITE_PROBLEM] = { "problem.html", &problem_view_shape },
};

/* One run of site_load. */
struct reading {
	const struct config *config;
	struct arena        *arena;
	unsigned char        digest[SHA256_BYTES]; /* of all that was read */
	const char         **error;
};

/* Another digest for other bytes, and for the same in another order. */
static void
note(struct reading *reading, const char *bytes, size_t length)
{
	unsigned char both[2 * SHA256_BYTES];

	memcpy(both, reading->digest, SHA256_BYTES);
	sha256(bytes, length, both + SHA256_BYTES);
	sha256(both, sizeof both, reading->digest);
}

static void
note_text(struct reading *reading, const char *text)
{
	note(reading, text, strlen(text));
}

/* The directory of a file: the shop's own where it has one.  One that cannot be read is a fault, and not ours in its place. */
static const char *
place_of(const void *argument, const char *name)
{
	const struct reading *reading = argument;
	const struct config  *config = reading->config;
	const char           *own = config->pages.own_templates;

	return *own != '\0' && access(arena_format(reading->arena, "%s/%s", own, name), F_OK) == 0 ? own
												   : config->pages.templates;
}

static const char *
read_file(struct arena *arena, void *argument, const char *name, size_t *length, const char **why)
{
	const char *bytes = template_file(arena, (void *)(uintptr_t)place_of(argument, name), name, length, why);

	if (bytes != NULL)
		note(argument, bytes, *length);
	return bytes;
}

/* What a language says: our words, and the shop's own over them. */
static const struct template_language *
read_words(struct reading *reading, const struct locale *locale)
{
	const struct config *config = reading->config;
	const char *const    places[] = { config->pages.messages, config->pages.own_templates };
	const char          *name = arena_format(reading->arena, "%s.json", locale->base == NULL ? locale->code : locale->base);
	const struct template_language *words = messages_load(
	    reading->arena, config->pages.messages, config->pages.own_templates, locale, config->shop.time_zone, reading->error);

	for (size_t i = 0; i < sizeof places / sizeof *places; i++) {
		size_t      length;
		const char *why,
		    *bytes = *places[i] == '\0'
		    ? NULL
		    : template_file(reading->arena, (void *)(uintptr_t)places[i], name, &length, &why);

		if (bytes != NULL)
			note(reading, bytes, length);
	}
	return words;
}

static const struct template_language *
load_language(struct reading *reading, const char *code, struct site_language *into, bool is_first)
{
	struct template_source source = { .read = read_file, .argument = reading, .place_of = place_of };

	into->locale = locale_find(code, strlen(code));
	if (into->locale == NULL) {
		*reading->error = arena_format(reading->arena, "pages.languages: '%s' is no language of the pages", code);
		return NULL;
	}
	into->base = is_first ? "" : arena_format(reading->arena, "/%s", code);
	note_text(reading, code);
	source.language = read_words(reading, into->locale);
	if (source.language == NULL)
		return NULL;
	for (size_t page = 0; page < SITE_TEMPLATES; page++) {
		into->templates[page] =
		    template_read(reading->arena, &source, pages[page].file, pages[page].shape, reading->error);
		if (into->templates[page] == NULL)
			return NULL;
	}
	return source.language;
}

static bool
load_languages(struct reading *reading, struct site_pages *into)
{
	const char *const              *codes = reading->config->pages.languages;
	const struct template_language *first = NULL, *words;

	for (size_t i = 0; codes[i] != NULL; i++) {
		if (i == SITE_LANGUAGES_MAX) {
			*reading->error = arena_format(reading->arena, "pages.languages: more than %d", SITE_LANGUAGES_MAX);
			return false;
		}
		words = load_language(reading, codes[i], &into->languages[i], i == 0);
		if (words == NULL || (first != NULL && !messages_match(reading->arena, first, words, reading->error)))
			return false;
		if (first == NULL)
			first = words;
		into->n_languages = i + 1;
	}
	return true;
}

/* What else a page shows that is in no document. */
static void
note_settings(struct reading *reading)
{
	const struct config *config = reading->config;

	note_text(reading, ASSETS_DIGEST PACKAGE_VERSION);
	note_text(reading, config->public_url);
	note_text(reading, config->shop.name);
	note_text(reading, config->mail.from_name);
	note_text(reading, config->shop.time_zone);
	for (const char *const *currency = config->pages.currencies; *currency != NULL; currency++)
		note_text(reading, *currency);
}

const struct site_pages *
site_load(const struct config *config, struct arena *arena, const char **error)
{
	struct reading     reading = { .config = config, .arena = arena, .error = error };
	struct site_pages *into = ARENA_NEW(arena, struct site_pages);

	into->dress = dress_load(arena, config->pages.own_templates, error);
	if (into->dress == NULL || !load_languages(&reading, into))
		return NULL;
	note_settings(&reading);
	note_text(&reading, into->dress->version);
	into->version = hex_encode(arena, reading.digest, VERSION_BYTES);
	return into;
}
