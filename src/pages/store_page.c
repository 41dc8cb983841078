/* What the page shows on which a payment method is stored. */
#include "pages/store_page.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"
#include "payments/provider.h"

static const char *const status_values[] = { "pending", "stored", "cancelled", "expired", NULL };

static const struct member store_page_members[] = {
	M_SITE(struct store_page),
	M_ENUM(struct store_page, status, "store", status_values),
	M_ENUM(struct store_page, status, "store_says", status_values),
	M_TEXT(struct store_page, provider, "provider", 64),
	M_BOOLEAN(struct store_page, done, "done"),
	M_TEXT(struct store_page, script_url, "script_url", 2048),
	M_MAP(struct store_page, settings, "settings", 20),
	M_TEXT(struct store_page, redirect_url, "redirect_url", 2048),
	M_TEXT(struct store_page, back, "back", 2048),
};
SHAPE_SHARED(struct store_page, store_page_shape, "StorePage", store_page_members);

int
store_page_status(const struct method_setup *setup)
{
	return setup->status == SETUP_CANCELLED || setup->status == SETUP_EXPIRED ? 410 : 200;
}

void
store_page_fill(struct work *work, const struct method_setup *setup, struct store_page *page)
{
	const struct provider *provider = provider_known(setup->provider);
	struct text            settings = text_new(work->arena, 512);

	*page = (struct store_page) {
		.status = (int)setup->status,
		.provider = provider == NULL ? setup->provider : provider->title,
		.done = setup->status == SETUP_STORED,
		.redirect_url = setup->redirect_url,
		.back = setup->status == SETUP_PENDING ? NULL : setup_way_back(work, setup),
	};
	if (!setup_has_page(work, setup))
		return;
	page->script_url = provider->page->script_url(work, (struct money) { 0, "" });
	text_add_char(&settings, '{');
	provider->methods->setup->add_settings(work, setup, &settings);
	TEXT_ADD(&settings, "\"provider\":");
	text_add_json(&settings, provider->name);
	TEXT_ADD(&settings, ",\"back\":");
	text_add_json(&settings, setup_way_back(work, setup));
	text_add_char(&settings, '}');
	page->settings = settings.bytes;
}
