/* What the page shows on which a payment method is stored. */
#include "pages/store_page.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"
#include "payments/provider.h"

static const struct member store_page_members[] = {
	M_TEXT(struct store_page, style, "style", 100),
	M_TEXT(struct store_page, script, "script", 100),
	M_TEXT(struct store_page, title, "title", 100),
	M_TEXT(struct store_page, says, "says", 500),
	M_TEXT(struct store_page, provider, "provider", 64),
	M_BOOLEAN(struct store_page, done, "done"),
	M_TEXT(struct store_page, script_url, "script_url", 2048),
	M_MAP(struct store_page, settings, "settings", 20),
	M_TEXT(struct store_page, redirect_url, "redirect_url", 2048),
	M_TEXT(struct store_page, back, "back", 2048),
};
SHAPE_SHARED(struct store_page, store_page_shape, "StorePage", store_page_members);

static const struct {
	int         status;
	const char *title, *says;
} states[] = {
	[SETUP_PENDING] = { 200, "Store a payment method", "Nothing is paid now. You can be charged by it later, as you agree." },
	[SETUP_STORED] = { 200, "Stored", "Thank you. The payment method was stored, and nothing was paid." },
	[SETUP_CANCELLED] = { 410, "Not stored", "The payment method was not stored. Begin again where you came from." },
	[SETUP_EXPIRED] = { 410, "Expired", "The time to store the payment method is over. Begin again where you came from." },
};

int
store_page_status(const struct method_setup *setup)
{
	return states[setup->status].status;
}

void
store_page_fill(struct work *work, const struct method_setup *setup, struct store_page *page)
{
	const struct provider *provider = provider_known(setup->provider);
	struct text            settings = text_new(work->arena, 512);

	*page = (struct store_page) {
		.title = states[setup->status].title,
		.says = states[setup->status].says,
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
