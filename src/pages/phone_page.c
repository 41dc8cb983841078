/* What the page for sign-in by phone tells its script. */
#include "pages/phone_page.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "store/work.h"

static const struct member phone_page_members[] = {
	M_TEXT(struct phone_page, style, "style", 100),
	M_TEXT(struct phone_page, script, "script", 100),
	M_MAP(struct phone_page, settings, "settings", 20),
};
SHAPE_SHARED(struct phone_page, phone_page_shape, "PhonePage", phone_page_members);

static void
add_setting(struct text *settings, const char *name, const char *value)
{
	text_addf(settings, "%c\"%s\":", settings->length == 0 ? '{' : ',', name);
	text_add_json(settings, value);
}

bool
phone_page_fill(struct work *work, const char *return_url, struct phone_page *page)
{
	const struct config *config = work->config;
	struct text          settings = text_new(work->arena, 512);

	if (*config->auth.firebase.project_id == '\0' || *config->auth.firebase.api_key == '\0')
		return false;
	add_setting(&settings, "key", config->auth.firebase.api_key);
	add_setting(&settings, "identity", config->auth.firebase.identity_url);
	add_setting(&settings, "captcha", config->auth.firebase.captcha_url);
	add_setting(&settings, "back", return_url);
	text_add_char(&settings, '}');
	*page = (struct phone_page) { .settings = settings.bytes };
	return true;
}
