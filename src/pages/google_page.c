/* Sign-in with Google on our pages: the API's own way there and back, bound to the browser, which gets the cookie at its end. */
#include "accounts/google.h"

#include "accounts/answers.h"
#include "accounts/factor.h"
#include "accounts/identity.h"
#include "base/locale.h"
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/metrics.h"
#include "http/face.h"
#include "pages/elsewhere.h"
#include "pages/pages.h"
#include "pages/sign_in_page.h"

#include <string.h>

enum { NEXT_MAX = 2048, CODE_MAX = 200, STATE_MAX = 64 };

/* Where Google's callback leads to; a page to go on to that is too long for it is given up. */
static const char *
way_back(struct request *request, const char *state, const char *next)
{
	struct arena *arena = request->work->arena;
	const char   *url = arena_format(
	      arena, "%s%s/signin/google/return?state=%s", request->work->config->public_url, site_base(request), state);
	const char *with_next = next == NULL ? url : arena_format(arena, "%s&next=%s", url, percent_encode(arena, next));

	return strlen(with_next) <= RETURN_URL_MAX ? with_next : url;
}

static const struct problem *
begin_with_google(struct request *request)
{
	const char *state = refresh_token_new(request->work->arena), *url, *cookie;

	TRY(google_begin(request->work, way_back(request, state, QUERY(request, struct next_query)->next),
	    site_locale(request)->code, &url, &cookie));
	set_google_cookie(request, cookie, GOOGLE_SECONDS);
	face_set_begun(request, state);
	return respond_redirect(request, url);
}

/* ---- the way back ---- */

struct google_answer {
	const char *state, *next, *code, *error;
};

static const struct member google_answer_members[] = {
	M_TEXT(struct google_answer, state, "state", STATE_MAX, .description = "What this browser has begun with."),
	M_TEXT(struct google_answer, next, "next", NEXT_MAX, .example = "\"/cart\""),
	M_TEXT(struct google_answer, code, "code", CODE_MAX),
	M_TEXT(struct google_answer, error, "error", 64, .example = "\"sign_in_refused\""),
};
SHAPE(struct google_answer, google_answer_shape, "GoogleAnswer", google_answer_members);

static const struct problem *
exchange(struct request *request, const char *code, const char *totp, const char *next)
{
	const struct sign_in from = {
		.totp = totp, .user_agent = user_agent_of(request), .keys = request->keys, .use = SESSION_BY_COOKIE
	};
	struct factor_view    view = { .action = "/signin/google", .proof_name = "code", .proof = code, .next = next };
	const struct problem *problem;
	struct tokens         tokens;
	bool                  is_new;

	problem = sign_in_code_exchange(request->work, code, &from, &tokens, &is_new);
	if (problem != OK)
		return ask_factor(request, problem, &view, totp);
	metric_add(METRIC_LOGINS, LOGIN_OK, 0, 1);
	face_set_begun(request, NULL);
	return enter_by_cookie(request, &tokens, page_after(request, next));
}

/* Else a page elsewhere could sign somebody in as another by a link with a code of that one's. */
static bool
has_begun_here(const struct request *request, const char *state)
{
	const char *begun = face_begun(request);

	return begun != NULL && state != NULL && strlen(begun) == strlen(state) &&
	    equal_constant_time(state, begun, strlen(begun));
}

static const struct problem *
return_from_google(struct request *request)
{
	const struct google_answer *answer = QUERY(request, struct google_answer);

	/* The code is in this page's address. */
	respond_header(request, "Referrer-Policy", "same-origin");
	if (answer->error != NULL)
		TRY(problem_told(request->work, answer->error));
	if (answer->code == NULL || !has_begun_here(request, answer->state))
		return problem(SIGN_IN_LOST, "the sign-in was not begun in this browser, or took too long; begin again");
	return exchange(request, answer->code, NULL, answer->next);
}

struct google_form {
	const char *code, *totp, *next;
};

static const struct member google_form_members[] = {
	M_TEXT(struct google_form, code, "code", CODE_MAX, .required = true, .min = 1,
	    .example = "\"9f6kVb0wQm2cXy7uTn3eRa8sLd5hGj1pZo4iKt6vBw0\""),
	M_TEXT(struct google_form, totp, "totp", FACTOR_CODE_MAX, .example = "\"287082\""),
	M_TEXT(struct google_form, next, "next", NEXT_MAX, .example = "\"/cart\""),
};
SHAPE(struct google_form, google_form_shape, "GoogleForm", google_form_members);

static const struct problem *
finish_with_google(struct request *request)
{
	const struct google_form *form = BODY(request, struct google_form);

	TRY(face_check_site(request));
	return exchange(request, form->code, form->totp == NULL ? "" : form->totp, form->next);
}

static void
show_google_problem(struct request *request, const struct problem *problem)
{
	const struct google_answer *answer = request->route->query == &google_answer_shape ? request->query_values : NULL;

	if (answer == NULL || !show_elsewhere(request, problem, answer->next))
		show_elsewhere_problem(request, problem);
}

#define GOOGLE_ROUTE \
	.permission = PUBLIC, .pool = POOL_PAY, .outside = true, .writes = WRITES_ITSELF, .answer = { 303, NULL }, \
	.answer_type = PAGE_TYPE, .show_problem = show_google_problem
#define EXCHANGE_ERRORS SIGN_IN_CODE_INVALID, TOTP_REQUIRED, LOGIN_LIMITED, ACCOUNT_DISABLED, OUTCOME_UNCERTAIN, NOT_FOUND

static const struct route google_routes[] = {
	{ GET, "/signin/google", .id = "signInWithGoogleOnPage", GOOGLE_ROUTE, .query = &next_query_shape,
	    .errors = ERRORS(SIGN_IN_DISABLED, SIGN_IN_UNAVAILABLE), .summary = "Begin to sign in with Google",
	    .handler = begin_with_google },
	{ GET, "/signin/google/return", .id = "returnFromGoogleOnPage", GOOGLE_ROUTE, .limit = LIMIT_SIGN_IN,
	    .query = &google_answer_shape,
	    .errors = ERRORS(EXCHANGE_ERRORS, SIGN_IN_DISABLED, SIGN_IN_UNAVAILABLE, SIGN_IN_LOST, SIGN_IN_REFUSED,
		ID_TOKEN_INVALID, IDENTITY_UNPROVEN, EMAIL_TAKEN, PHONE_TAKEN),
	    .summary = "Come back from Google, and go on",
	    .description = "The session is in a cookie that script cannot read. Counts in the browser alone that has begun.",
	    .handler = return_from_google },
	{ POST, "/signin/google", .id = "finishWithGoogleOnPage", GOOGLE_ROUTE, .limit = LIMIT_SIGN_IN,
	    .unaudited = "the session keeps who signed in, when and from where", .keyless = true, .takes = TAKES_FORM,
	    .body = &google_form_shape, .errors = ERRORS(EXCHANGE_ERRORS, FORBIDDEN),
	    .summary = "Finish the sign-in with Google by a code of the second factor", .handler = finish_with_google },
};
ROUTE_TABLE(google_pages_table, "Sign-in with Google", "Sign-in with Google in a browser.", google_routes);
