/* The pages that links in letters lead to: looking at one changes nothing, its form does. */
#include "accounts/mailbox.h"
#include "accounts/one_time.h"
#include "accounts/registration.h"
#include "base/arena.h"
#include "notify/unsubscribe.h"
#include "pages/letter_view.h"
#include "pages/pages.h"
#include "pages/site_problem.h"

#include <string.h>

static const char *const letter_values[] = { "unsubscribe", "unsubscribed", "verify", "verified", "forgot", "sent", "reset",
	"reset_done", "broken", "over", "taken", NULL };

static const struct member letter_view_members[] = {
	M_SITE(struct letter_view),
	M_ENUM(struct letter_view, said, "letter", letter_values),
	M_ENUM(struct letter_view, said, "letter_says", letter_values),
	M_ENUM(struct letter_view, said, "letter_button", letter_values),
	M_TEXT(struct letter_view, action, "action", 200),
	M_TEXT(struct letter_view, token, "token", ONE_TIME_TOKEN_LENGTH),
	M_BOOLEAN(struct letter_view, is_wrong, "is_wrong"),
	M_BOOLEAN(struct letter_view, asks_email, "asks_email"),
	M_BOOLEAN(struct letter_view, asks_password, "asks_password"),
	M_BOOLEAN(struct letter_view, leads_to_sign_in, "leads_to_sign_in"),
	M_FIELD(struct letter_view, email),
	M_FIELD(struct letter_view, password),
	M_FIELD(struct letter_view, password_confirm),
};
SHAPE_SHARED(struct letter_view, letter_view_shape, "LetterView", letter_view_members);

/* Kept nowhere, and no address that it leads to hears of the token in its own. */
static const struct problem *
show_letter_view(struct request *request, struct letter_view *view, int status)
{
	struct text html = text_new(request->work->arena, 16 * 1024);

	view->site = site_of(request, false);
	view->action = site_address(request, view->action);
	site_print(request, SITE_LETTER, view, &html);
	respond_header(request, "Referrer-Policy", "no-referrer");
	respond_text(request, PAGE_TYPE, html.bytes, html.length);
	request->status = status;
	return OK;
}

/* ---- no more news ---- */

static const struct problem *
show_unsubscribe(struct request *request)
{
	const char        *token = path_text(request, "token");
	struct user_id     user;
	struct letter_view view = { .said = LETTER_UNSUBSCRIBE,
		.action = arena_format(request->work->arena, "/unsubscribe/%s", token) };

	TRY(unsubscribe_user(request->work, token, &user));
	return show_letter_view(request, &view, 200);
}

/* Also what a mail program posts by itself (RFC 8058): nothing in the body counts, and it is not led elsewhere. */
static const struct problem *
unsubscribe(struct request *request)
{
	struct user_id     user;
	struct letter_view view = { .said = LETTER_UNSUBSCRIBED };

	TRY(unsubscribe_user(request->work, path_text(request, "token"), &user));
	TRY(end_news(request->work, user));
	return show_letter_view(request, &view, 200);
}

/* ---- an address is verified ---- */

struct letter_link {
	const char *token;
};

static const struct member letter_link_members[] = {
	M_TEXT(struct letter_link, token, "token", ONE_TIME_TOKEN_LENGTH, .min = 1, .description = "From the letter."),
};
SHAPE(struct letter_link, letter_link_shape, "LetterLink", letter_link_members);

static const struct member verify_form_members[] = {
	M_TEXT(struct letter_link, token, "token", ONE_TIME_TOKEN_LENGTH, .required = true, .min = 1,
	    .example = "\"q2vX0kJ7wQm4m1u7cT9hZ8sB3nD5fG6jL0pR1yU2iOo\""),
};
SHAPE(struct letter_link, verify_form_shape, "VerifyForm", verify_form_members);

static const struct problem *
show_verify(struct request *request)
{
	const char        *token = QUERY(request, struct letter_link)->token;
	struct letter_view view = { .said = LETTER_VERIFY, .action = "/verify", .token = token };

	if (token == NULL)
		return problem(TOKEN_INVALID, "the link has no token");
	return show_letter_view(request, &view, 200);
}

static const struct problem *
verify(struct request *request)
{
	struct user       *user;
	struct letter_view view = { .said = LETTER_VERIFIED };

	TRY(prove_email(request->work, BODY(request, struct letter_link)->token, &user));
	return show_letter_view(request, &view, 200);
}

/* ---- a new password ---- */

struct reset_form {
	const char *token, *password, *password_confirm;
};

static const struct member reset_form_members[] = {
	M_TEXT(struct reset_form, token, "token", ONE_TIME_TOKEN_LENGTH, .required = true, .min = 1,
	    .example = "\"q2vX0kJ7wQm4m1u7cT9hZ8sB3nD5fG6jL0pR1yU2iOo\""),
	M_TEXT(struct reset_form, password, "password", PASSWORD_MAX, .required = true, .min = 1, .verbatim = true,
	    .example = "\"Padma-River-42\""),
	M_TEXT(struct reset_form, password_confirm, "password_confirm", PASSWORD_MAX, .required = true, .min = 1,
	    .verbatim = true, .example = "\"Padma-River-42\""),
};
SHAPE(struct reset_form, reset_form_shape, "ResetForm", reset_form_members);

struct ask_form {
	const char *email;
};

static const struct member ask_form_members[] = {
	M_TEXT(struct ask_form, email, "email", 254, .required = true, .min = 1, .format = FORMAT_EMAIL,
	    .example = "\"amina@example.test\""),
};
SHAPE(struct ask_form, ask_form_shape, "AskResetForm", ask_form_members);

static const struct problem *
show_forgot(struct request *request)
{
	struct letter_view view = { .said = LETTER_FORGOT, .action = "/forgot", .asks_email = true };

	form_typed(request, OK, &letter_view_shape, &view);
	return show_letter_view(request, &view, 200);
}

static const struct problem *
show_new_password(struct request *request, const char *token, const struct problem *problem)
{
	struct letter_view view = {
		.said = LETTER_RESET, .action = "/reset", .token = token, .asks_password = true, .is_wrong = problem != OK
	};

	form_typed(request, problem, &letter_view_shape, &view);
	return show_letter_view(request, &view, problem == OK ? 200 : problem_status(problem->code));
}

/* Without a token, as from the letter that says that a password was changed, one can be asked for. */
static const struct problem *
show_reset(struct request *request)
{
	const char *token = QUERY(request, struct letter_link)->token;

	return token == NULL ? show_forgot(request) : show_new_password(request, token, OK);
}

/* The same for each address, whether or not there is such an account. */
static const struct problem *
ask_by_form(struct request *request)
{
	struct letter_view view = { .said = LETTER_SENT };

	TRY(ask_reset(request->work, BODY(request, struct ask_form)->email));
	return show_letter_view(request, &view, 200);
}

static const struct problem *
reset(struct request *request)
{
	const struct reset_form *form = BODY(request, struct reset_form);
	struct letter_view       view = { .said = LETTER_RESET_DONE, .leads_to_sign_in = true };

	TRY(check_confirmed(request->work, form->password, form->password_confirm));
	TRY(reset_password(request->work, form->token, form->password));
	return show_letter_view(request, &view, 200);
}

/* ---- what did not work ---- */

static void
show_letter_problem(struct request *request, const struct problem *problem)
{
	struct letter_view view = { .said = LETTER_BROKEN };
	const char        *token = form_text(request, "token");

	if (problem_is(problem, PROBLEM_TOKEN_INVALID))
		view.said = LETTER_OVER;
	else if (problem_is(problem, PROBLEM_EMAIL_TAKEN))
		view.said = LETTER_TAKEN;
	if (form_says(problem) && request->route->body == &reset_form_shape && token != NULL) {
		show_new_password(request, token, problem);
		return;
	}
	if (form_says(problem) && request->route->body == &ask_form_shape) {
		view = (struct letter_view) { .said = LETTER_FORGOT, .action = "/forgot", .asks_email = true, .is_wrong = true };
		form_typed(request, problem, &letter_view_shape, &view);
	} else if (view.said == LETTER_BROKEN && !problem_is(problem, PROBLEM_NOT_FOUND) && !form_says(problem)) {
		site_show_problem(request, problem);
		return;
	}
	show_letter_view(request, &view, problem_status(problem->code));
}

static const struct route letter_page_routes[] = {
	{ GET, "/unsubscribe/{token}", .id = "showUnsubscribe", .permission = PUBLIC, .pool = POOL_PAY, .outside = true,
	    .any_query = true, .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .errors = ERRORS(NOT_FOUND),
	    .show_problem = show_letter_problem, .summary = "Show the page on which news can be declined",
	    .description = "For people, from a letter's link.", .handler = show_unsubscribe },
	{ POST, "/unsubscribe/{token}", .id = "unsubscribe", .permission = PUBLIC, .pool = POOL_PAY, .outside = true,
	    .any_query = true, .writes = WRITES_DATABASE, .keyless = true, .takes = TAKES_RAW, .answer = { 200, NULL },
	    .answer_type = PAGE_TYPE, .errors = ERRORS(NOT_FOUND), .show_problem = show_letter_problem,
	    .summary = "Send the owner of the token no more news",
	    .description = "What mail programs call for the header List-Unsubscribe (RFC 8058), and the page's form.",
	    .handler = unsubscribe },
	{ GET, "/verify", .id = "showVerifyPage", .permission = PUBLIC, .pool = POOL_AUTH, .outside = true,
	    .query = &letter_link_shape, .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .errors = ERRORS(TOKEN_INVALID),
	    .show_problem = show_letter_problem, .summary = "Show the page that verifies an e-mail address",
	    .description = "For people, from a letter's link; it uses no token up.", .handler = show_verify },
	{ POST, "/verify", .id = "verifyByPage", .permission = PUBLIC, .pool = POOL_AUTH, .outside = true,
	    .writes = WRITES_DATABASE, .limit = LIMIT_SIGN_IN, .keyless = true, .takes = TAKES_FORM, .body = &verify_form_shape,
	    .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .errors = ERRORS(TOKEN_INVALID, EMAIL_TAKEN),
	    .show_problem = show_letter_problem, .summary = "Verify an e-mail address by the page's form", .handler = verify },
	{ GET, "/reset", .id = "showResetPage", .permission = PUBLIC, .pool = POOL_AUTH, .outside = true,
	    .query = &letter_link_shape, .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .show_problem = show_letter_problem,
	    .summary = "Show the page on which a password is reset",
	    .description = "For people: with the token of a letter a new password is set, without one the letter is asked for.",
	    .handler = show_reset },
	{ POST, "/reset", .id = "resetByPage", .permission = PUBLIC, .pool = POOL_AUTH, .outside = true, .writes = WRITES_ITSELF,
	    .limit = LIMIT_SIGN_IN, .keyless = true, .takes = TAKES_FORM, .body = &reset_form_shape, .answer = { 200, NULL },
	    .answer_type = PAGE_TYPE, .errors = ERRORS(TOKEN_INVALID, OUTCOME_UNCERTAIN), .show_problem = show_letter_problem,
	    .summary = "Set a new password by the page's form", .handler = reset },
	{ GET, "/forgot", .id = "showForgotPage", .permission = PUBLIC, .pool = POOL_AUTH, .outside = true,
	    .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .show_problem = show_letter_problem,
	    .summary = "Show the page on which a letter for a new password is asked for", .handler = show_forgot },
	{ POST, "/forgot", .id = "askResetByPage", .unaudited = "the job leaves the record, where there is an account",
	    .permission = PUBLIC, .pool = POOL_AUTH, .outside = true, .writes = WRITES_DATABASE, .limit = LIMIT_SIGN_IN,
	    .limit_member = "email", .keyless = true, .takes = TAKES_FORM, .body = &ask_form_shape, .answer = { 200, NULL },
	    .answer_type = PAGE_TYPE, .show_problem = show_letter_problem,
	    .summary = "Ask for a letter that resets the password, by the page's form", .handler = ask_by_form },
};

ROUTE_TABLE(letter_pages_table, "Pages from letters", "What links in letters lead to.", letter_page_routes);
