#include "pages/sign_in_form.h"

#include "accounts/google.h"
#include "base/arena.h"
#include "base/config.h"
#include "pages/pages.h"
#include "pages/resume.h"

static const char *const elsewhere_values[] = { "refused", "lost", "unproven", "taken", "disabled", "unavailable", "off",
	"broken", NULL };

static const struct member sign_in_view_members[] = {
	M_SITE(struct sign_in_view),
	M_TEXT(struct sign_in_view, email, "email", 254),
	M_TEXT(struct sign_in_view, next, "next", 2048),
	M_TEXT(struct sign_in_view, resume, "resume", RESUME_MAX),
	M_BOOLEAN(struct sign_in_view, is_wrong, "is_wrong"),
	M_BOOLEAN(struct sign_in_view, is_limited, "is_limited"),
	M_BOOLEAN(struct sign_in_view, is_disabled, "is_disabled"),
	M_BOOLEAN(struct sign_in_view, asks_code, "asks_code"),
	M_BOOLEAN(struct sign_in_view, is_code_wrong, "is_code_wrong"),
	M_BOOLEAN(struct sign_in_view, offers_google, "offers_google"),
	M_BOOLEAN(struct sign_in_view, offers_phone, "offers_phone"),
	M_BOOLEAN(struct sign_in_view, has_others, "has_others"),
	M_ENUM(struct sign_in_view, elsewhere, "elsewhere", elsewhere_values),
	M_INTEGER(struct sign_in_view, seconds, "seconds", 0, INT32_MAX),
};
SHAPE_SHARED(struct sign_in_view, sign_in_view_shape, "SignInView", sign_in_view_members);

bool
phone_is_offered(const struct config *config)
{
	return *config->auth.firebase.project_id != '\0' && *config->auth.firebase.api_key != '\0';
}

const struct problem *
respond_sign_in(struct request *request, struct sign_in_view *view, int status)
{
	struct text html = text_new(request->work->arena, 8 * 1024);

	view->site = site_of(request, false);
	view->offers_google = google_is_offered(request->work->config);
	view->offers_phone = phone_is_offered(request->work->config);
	view->has_others = view->offers_google || view->offers_phone;
	site_print(request, SITE_SIGN_IN, view, &html);
	respond_text(request, PAGE_TYPE, html.bytes, html.length);
	request->status = status;
	return OK;
}

void
show_sign_in_first(struct request *request)
{
	struct sign_in_view view = { .next = page_before(request), .resume = resume_take(request) };

	respond_sign_in(request, &view, 401);
}
