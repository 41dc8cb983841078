#include "pages/render.h"

#include "base/arena.h"
#include "base/text.h"
#include "pages/assets.h"
#include "pages/pages.h"
#include "pages/site_load.h"

enum { TEMPLATES_BYTES = 64 << 20 };

static struct arena *templates; /* in which all of them are, until others are read */

bool
pages_load(const struct config *config, struct text *faults)
{
	const char              *error;
	struct arena            *arena = arena_new(TEMPLATES_BYTES);
	const struct site_pages *read = site_load(config, arena, &error);

	if (read == NULL) {
		text_addf(faults, "%s\n", error);
		arena_free(arena);
		return false;
	}
	site_use(read);
	if (templates != NULL)
		arena_free(templates);
	templates = arena;
	return true;
}

const struct problem *
render_pay_page(struct request *request, struct pay_page *page, int status)
{
	page->site = site_without_query(request);
	page->site.page_script = ASSET_PAY_JS;
	return site_respond_own(request, SITE_PAY, page, status);
}

const struct problem *
render_store_page(struct request *request, struct store_page *page, int status)
{
	page->site = site_without_query(request);
	page->site.page_script = ASSET_PAY_JS;
	return site_respond_own(request, SITE_STORE, page, status);
}

const struct problem *
render_invoice_page(struct request *request, struct invoice_page *page, int status)
{
	page->site = site_of(request, false);
	page->style = ASSET_INVOICE_CSS;
	return site_respond_own(request, SITE_INVOICE, page, status);
}
