/* The templates and messages of the storefront's pages, read once, each in every language. */
#include "pages/site_load.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/locale.h"
#include "pages/account_page.h"
#include "pages/address_page.h"
#include "pages/cart_page.h"
#include "pages/catalog_pages.h"
#include "pages/checkout.h"
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

/* The shop's own file where it has one. */
static const char *
read_file(struct arena *arena, void *argument, const char *name, size_t *length, const char **why)
{
	const struct config *config = argument;
	const char          *own = config->pages.own_templates;

	/* One that cannot be read is a fault, and not ours in its place. */
	if (*own != '\0' && access(arena_format(arena, "%s/%s", own, name), F_OK) == 0)
		return template_file(arena, (void *)(uintptr_t)own, name, length, why);
	return template_file(arena, (void *)(uintptr_t)config->pages.templates, name, length, why);
}

static bool
load_language(const struct config *config, struct arena *arena, size_t index, const char *code,
    const struct template_language **words, const char **error)
{
	const struct locale   *locale = locale_find(code, strlen(code));
	struct template_source source = { read_file, (void *)(uintptr_t)config, config->pages.templates, NULL };

	if (locale == NULL) {
		*error = arena_format(arena, "pages.languages: '%s' is no language of the pages", code);
		return false;
	}
	site_set_language(index, locale, index == 0 ? "" : arena_format(arena, "/%s", code));
	*words = messages_load(arena, config->pages.messages, config->pages.own_templates, locale, config->shop.time_zone, error);
	if (*words == NULL)
		return false;
	source.language = *words;
	for (size_t page = 0; page < SITE_TEMPLATES; page++) {
		const struct template *template = template_read(arena, &source, pages[page].file, pages[page].shape, error);

		if (template == NULL)
			return false;
		site_set_template(index, (enum site_template)page, template);
	}
	return true;
}

bool
site_load(const struct config *config, struct arena *arena, const char **error)
{
	const struct template_language *first = NULL, *words;

	for (size_t i = 0; config->pages.languages[i] != NULL; i++) {
		if (i == SITE_LANGUAGES_MAX) {
			*error = arena_format(arena, "pages.languages: more than %d", SITE_LANGUAGES_MAX);
			return false;
		}
		if (!load_language(config, arena, i, config->pages.languages[i], &words, error))
			return false;
		if (first == NULL)
			first = words;
		else if (!messages_match(arena, first, words, error))
			return false;
	}
	return true;
}
