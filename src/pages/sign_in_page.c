/* Sign-in on our pages, by e-mail address and password. */
#include "pages/sign_in_page.h"

#include "accounts/answers.h"
#include "accounts/session.h"
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "cart/cart.h"
#include "http/face.h"
#include "http/viewer.h"
#include "pages/pages.h"
#include "pages/resume.h"
#include "pages/sign_in_form.h"
#include "pages/site_problem.h"

#include <string.h>

static const struct member next_query_members[] = {
	M_TEXT(struct next_query, next, "next", 2048, .example = "\"/cart\"", .description = "The page to go on to."),
};
SHAPE_SHARED(struct next_query, next_query_shape, "NextQuery", next_query_members);

struct sign_in_form {
	const char *email, *password, *totp, *next, *resume;
};

static const struct member sign_in_form_members[] = {
	M_TEXT(struct sign_in_form, email, "email", 254, .required = true, .example = "\"ayesha@haat.test\""),
	M_TEXT(
	    struct sign_in_form, password, "password", 200, .required = true, .verbatim = true, .example = "\"Haat-demo-2026!\""),
	M_TEXT(struct sign_in_form, totp, "totp", 16, .example = "\"123456\""),
	M_TEXT(struct sign_in_form, next, "next", 2048, .example = "\"/cart\""),
	M_TEXT(struct sign_in_form, resume, "resume", RESUME_MAX,
	    .description = "The form that waited for the sign-in, as the page has it."),
};
SHAPE(struct sign_in_form, sign_in_form_shape, "SignInForm", sign_in_form_members);

struct session_body {
	const char *email, *password, *totp;
};

static const struct member session_body_members[] = {
	M_TEXT(struct session_body, email, "email", 254, .required = true, .example = "\"ayesha@haat.test\""),
	M_TEXT(
	    struct session_body, password, "password", 200, .required = true, .verbatim = true, .example = "\"Haat-demo-2026!\""),
	M_TEXT(struct session_body, totp, "totp", 16, .example = "\"123456\""),
};
SHAPE(struct session_body, session_body_shape, "BrowserSession", session_body_members);

const char *
page_after(struct request *request, const char *next)
{
	/* "//host" and "/\\host" are addresses of other hosts to a browser. */
	if (next == NULL || next[0] != '/' || next[1] == '/' || next[1] == '\\')
		return arena_format(request->work->arena, "%s/", site_base(request));
	for (const char *c = next; *c != '\0'; c++)
		if ((unsigned char)*c <= ' ' || *c == 0x7f)
			return arena_format(request->work->arena, "%s/", site_base(request));
	return next;
}

static const struct problem *
show_sign_in_page(struct request *request)
{
	struct sign_in_view view = { .next = QUERY(request, struct next_query)->next };

	return respond_sign_in(request, &view, 200);
}

/* What the page says in place of a problem; false: it is none of the form's. */
static bool
fill_refusal(const struct problem *problem, const struct sign_in_form *form, struct sign_in_view *view)
{
	view->is_wrong = problem_is(problem, PROBLEM_BAD_CREDENTIALS);
	view->is_disabled = problem_is(problem, PROBLEM_ACCOUNT_DISABLED);
	view->is_limited = problem_is(problem, PROBLEM_LOGIN_LIMITED) || problem_is(problem, PROBLEM_RATE_LIMITED);
	view->asks_code = problem_is(problem, PROBLEM_TOTP_REQUIRED) || (form->totp != NULL && view->is_wrong);
	view->is_code_wrong = problem_is(problem, PROBLEM_TOTP_REQUIRED) && form->totp != NULL;
	view->seconds = problem->retry_after_seconds;
	return view->is_wrong || view->is_disabled || view->is_limited || view->asks_code;
}

/* What lay in the browser's cart is the customer's from now on; that it could not be moved stops nobody from signing in. */
static void
bring_cart(struct request *request)
{
	const char         *token = face_cart(request);
	struct cart_notice *notices;
	size_t              count;

	if (token == NULL || request->work->viewer.role != ROLE_CUSTOMER)
		return;
	if (db_transaction(request->work, merge_guest_cart(request->work, token, &notices, &count)) == OK)
		face_set_cart(request, "", 0);
}

/* Nobody has the cookie of the browser's former session any more: it ends, unless that can not be done now. */
static void
end_former(struct request *request)
{
	struct work *work = request->work;
	const char  *former = face_session(request);

	if (former != NULL && read_face_viewer(work, former) == OK)
		(void)db_transaction(work, end_session(work, work->viewer.session));
}

static const struct problem *
begin_by_cookie(struct request *request, const struct tokens *tokens)
{
	end_former(request);
	face_set_session(request, tokens->refresh, request->work->config->auth.face_seconds);
	TRY(read_face_viewer(request->work, tokens->refresh));
	bring_cart(request);
	return OK;
}

const struct problem *
enter_by_cookie(struct request *request, const struct tokens *tokens, const char *url)
{
	TRY(begin_by_cookie(request, tokens));
	return respond_redirect(request, url);
}

static const struct problem *
sign_in_on_page(struct request *request)
{
	const struct sign_in_form *form = BODY(request, struct sign_in_form);
	struct sign_in             from = { .email = form->email,
			    .password = form->password,
			    .totp = form->totp,
			    .user_agent = user_agent_of(request),
			    .keys = request->keys,
			    .use = SESSION_BY_COOKIE };
	struct sign_in_view        view = { .email = form->email, .next = form->next, .resume = form->resume };
	const struct problem      *problem;
	struct tokens              tokens;

	TRY(face_check_site(request));
	problem = sign_in(request->work, &from, &tokens);
	if (problem != OK) {
		if (!fill_refusal(problem, form, &view))
			return problem;
		if (problem->retry_after_seconds > 0)
			respond_header(
			    request, "Retry-After", arena_format(request->work->arena, "%d", problem->retry_after_seconds));
		return respond_sign_in(request, &view, problem_status(problem->code));
	}
	TRY(begin_by_cookie(request, &tokens));
	return resume_or_go(request, form->resume, form->next == NULL ? NULL : page_after(request, form->next),
	    page_after(request, form->next), true);
}

/* By a script of ours, over a page whose session has ended meanwhile. */
static const struct problem *
begin_session(struct request *request)
{
	const struct session_body *body = BODY(request, struct session_body);
	struct sign_in             from = { .email = body->email,
			    .password = body->password,
			    .totp = body->totp,
			    .user_agent = user_agent_of(request),
			    .keys = request->keys,
			    .use = SESSION_BY_COOKIE };
	struct tokens              tokens;

	TRY(face_check_site(request));
	TRY(sign_in(request->work, &from, &tokens));
	TRY(begin_by_cookie(request, &tokens));
	return respond_nothing(request);
}

static const struct problem *
sign_out_on_page(struct request *request)
{
	const struct problem *problem;

	problem = end_session(request->work, request->work->viewer.session);
	if (problem != OK && !problem_is(problem, PROBLEM_NOT_FOUND))
		return problem;
	face_set_session(request, "", 0);
	return respond_redirect(request, page_after(request, NULL));
}

/* Who is signed out already does not sign in to be it. */
static void
show_sign_out_problem(struct request *request, const struct problem *problem)
{
	struct sign_in_view view = { .next = NULL };

	if (problem_status(problem->code) != 401 || face_check_site(request) != OK) {
		site_show_problem(request, problem);
		return;
	}
	face_set_session(request, "", 0);
	respond_sign_in(request, &view, 401);
}

static const struct route sign_in_routes[] = {
	{ GET, "/signin", .id = "showSignInPage", .permission = PUBLIC, .pool = POOL_AUTH, .outside = true,
	    .query = &next_query_shape, .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .show_problem = site_show_problem,
	    .summary = "The page for sign-in", .handler = show_sign_in_page },
	{ POST, "/signin", .id = "signInOnPage", .unaudited = "the session keeps when and from where it was begun",
	    .permission = PUBLIC, .pool = POOL_AUTH, .outside = true, .writes = WRITES_ITSELF, .keyless = true,
	    .limit = LIMIT_SIGN_IN, .limit_member = "email", .takes = TAKES_FORM, .body = &sign_in_form_shape,
	    .answer = { 303, NULL }, .answer_type = PAGE_TYPE,
	    .errors = ERRORS(BAD_CREDENTIALS, ACCOUNT_DISABLED, TOTP_REQUIRED, LOGIN_LIMITED, FORBIDDEN),
	    .show_problem = site_show_problem, .summary = "Sign in, and go on",
	    .description = "The session is in a cookie that script cannot read.", .handler = sign_in_on_page },
	{ POST, "/signin/session", .id = "beginBrowserSession", .unaudited = "the session keeps when and from where it was begun",
	    .permission = PUBLIC, .pool = POOL_AUTH, .outside = true, .writes = WRITES_ITSELF, .keyless = true,
	    .limit = LIMIT_SIGN_IN, .limit_member = "email", .body = &session_body_shape, .answer = { 204, NULL },
	    .errors = ERRORS(BAD_CREDENTIALS, ACCOUNT_DISABLED, TOTP_REQUIRED, LOGIN_LIMITED, FORBIDDEN),
	    .summary = "Sign in by a script of the shop's own pages",
	    .description = "The session is in a cookie that script cannot read.", .handler = begin_session },
	{ POST, "/signout", .id = "signOutOnPage", .unaudited = "the session keeps that and when it was ended",
	    .permission = SIGNED_IN, .pool = POOL_AUTH, .outside = true, .writes = WRITES_DATABASE, .keyless = true,
	    .answer = { 303, NULL }, .answer_type = PAGE_TYPE, .show_problem = show_sign_out_problem,
	    .summary = "End the browser's session", .handler = sign_out_on_page },
};
ROUTE_TABLE(sign_in_table, "Sign-in pages", "Sign-in of people in a browser.", sign_in_routes);
