/* Sign-in by phone: a page whose script has the number proven, and its form, which brings the proof. */
#include "pages/phone_page.h"

#include "accounts/answers.h"
#include "accounts/by_phone.h"
#include "accounts/factor.h"
#include "accounts/id_token.h"
#include "base/locale.h"
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "http/cors.h"
#include "http/face.h"
#include "pages/assets.h"
#include "pages/elsewhere.h"
#include "pages/pages.h"
#include "pages/policy.h"
#include "pages/sign_in_form.h"
#include "pages/sign_in_page.h"

enum { NEXT_MAX = 2048 };

static const struct member phone_view_members[] = {
	M_SITE(struct phone_view),
	M_MAP(struct phone_view, settings, "settings", 20),
	M_TEXT(struct phone_view, next, "next", NEXT_MAX),
};
SHAPE_SHARED(struct phone_view, phone_view_shape, "PhoneView", phone_view_members);

struct phone_query {
	const char *return_url, *next;
};

static const struct member phone_query_members[] = {
	M_TEXT(struct phone_query, return_url, "return_url", 1000, .format = FORMAT_URL,
	    .description = "Where the browser goes on with the refresh token in its cookie, of the shop or an origin in "
			   "http.origins; without it the session is that of the shop's pages."),
	M_TEXT(struct phone_query, next, "next", NEXT_MAX, .example = "\"/cart\"", .description = "The page to go on to."),
};
SHAPE(struct phone_query, phone_query_shape, "PhoneSignIn", phone_query_members);

static void
add_setting(struct text *settings, const char *name, const char *value)
{
	text_addf(settings, "%c\"%s\":", settings->length == 0 ? '{' : ',', name);
	text_add_json(settings, value);
}

static const char *
phone_settings(struct work *work, const char *return_url)
{
	const struct config *config = work->config;
	struct text          settings = text_new(work->arena, 512);

	add_setting(&settings, "key", config->auth.firebase.api_key);
	add_setting(&settings, "identity", config->auth.firebase.identity_url);
	add_setting(&settings, "captcha", config->auth.firebase.captcha_url);
	if (return_url != NULL)
		add_setting(&settings, "back", return_url);
	text_add_char(&settings, '}');
	return settings.bytes;
}

static const struct problem *
show_phone_page(struct request *request)
{
	const struct config      *config = request->work->config;
	const struct phone_query *query = QUERY(request, struct phone_query);
	struct phone_view         view = { .site = site_of(request, false), .next = query->next };

	if (query->return_url != NULL && !is_allowed_url(config, query->return_url))
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "return_url",
		    "must be a page of the shop or of an allowed origin");
	if (!phone_is_offered(config))
		return problem(SIGN_IN_DISABLED, "sign-in by phone is not set up here");
	view.settings = phone_settings(request->work, query->return_url);
	view.site.page_script = ASSET_PHONE_JS;
	add_phone_policy(request);
	return site_respond_own(request, SITE_PHONE, &view, 200);
}

struct phone_form {
	const char *id_token, *totp, *next;
};

static const struct member phone_form_members[] = {
	M_TEXT(struct phone_form, id_token, "id_token", ID_TOKEN_BYTES_MAX, .required = true, .min = 1,
	    .description = "Firebase's, of a sign-in by phone that is at most five minutes old."),
	M_TEXT(struct phone_form, totp, "totp", FACTOR_CODE_MAX, .example = "\"287082\""),
	M_TEXT(struct phone_form, next, "next", NEXT_MAX, .example = "\"/cart\""),
};
SHAPE(struct phone_form, phone_form_shape, "PhoneForm", phone_form_members);

static const struct problem *
sign_in_by_form(struct request *request)
{
	const struct phone_form *form = BODY(request, struct phone_form);
	const struct sign_in     from = { .totp = form->totp,
		    .user_agent = user_agent_of(request),
		    .keys = request->keys,
		    .use = SESSION_BY_COOKIE,
		    .locale = site_locale(request)->code };
	struct factor_view       view = {
		      .action = "/signin/phone", .proof_name = "id_token", .proof = form->id_token, .next = form->next
	};
	const struct problem *problem;
	struct tokens         tokens;
	bool                  is_new;

	TRY(face_check_site(request));
	problem = sign_in_by_phone(request->work, form->id_token, &from, &tokens, &is_new);
	if (problem != OK)
		return ask_factor(request, problem, &view, form->totp);
	return enter_by_cookie(request, &tokens, page_after(request, form->next));
}

static const struct route phone_routes[] = {
	{ GET, "/signin/phone", .id = "showPhonePage", .permission = PUBLIC, .pool = POOL_PAY, .outside = true,
	    .query = &phone_query_shape, .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .errors = ERRORS(SIGN_IN_DISABLED),
	    .show_problem = show_elsewhere_problem, .summary = "Show the page for sign-in by phone", .handler = show_phone_page },
	{ POST, "/signin/phone", .id = "signInByPhoneOnPage",
	    .unaudited = "the session keeps who signed in, when and from where; what it makes or joins is audited",
	    .permission = PUBLIC, .optional_user = true, .pool = POOL_PAY, .outside = true, .writes = WRITES_ITSELF,
	    .limit = LIMIT_SIGN_IN, .keyless = true, .takes = TAKES_FORM, .body = &phone_form_shape, .answer = { 303, NULL },
	    .answer_type = PAGE_TYPE,
	    .errors = ERRORS(FORBIDDEN, SIGN_IN_DISABLED, SIGN_IN_UNAVAILABLE, ID_TOKEN_INVALID, IDENTITY_UNPROVEN,
		CONFIRMATION_REQUIRED, PHONE_TAKEN, DUPLICATE_KEY, TOTP_REQUIRED, LOGIN_LIMITED, ACCOUNT_DISABLED,
		OUTCOME_UNCERTAIN, NOT_FOUND),
	    .show_problem = show_elsewhere_problem, .summary = "Sign in by phone, and go on",
	    .description = "The session is in a cookie that script cannot read.", .handler = sign_in_by_form },
};
ROUTE_TABLE(phone_pages_table, "Sign-in by phone", "Sign-in by phone in a browser.", phone_routes);
