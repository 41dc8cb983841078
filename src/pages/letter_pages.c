/* The pages that links in letters lead to: looking at one changes nothing, its form does. */
#include "accounts/mailbox.h"
#include "accounts/one_time.h"
#include "accounts/profile.h"
#include "base/arena.h"
#include "base/text.h"
#include "http/request.h"
#include "notify/unsubscribe.h"
#include "pages/form_page.h"
#include "pages/pages.h"
#include "pages/policy.h"
#include "pages/render.h"

#include <string.h>

enum { PASSWORD_MAX = 200 };

/* ---- no more news ---- */

static const struct problem *
show_unsubscribe(struct request *request)
{
	const char      *token = path_text(request, "token");
	struct user_id   user;
	struct form_page page = { .title = "No more news?",
		.says =
		    "You get letters when something on your wishlist is back in stock or costs less. Letters about your orders and your account come "
		    "in any case.",
		.action = arena_format(request->work->arena, "/unsubscribe/%s", token),
		.button = "I want no more of them" };

	TRY(unsubscribe_user(request->work, token, &user));
	return render_form_page(request, &page, 200);
}

/* Also what a mail program posts by itself (RFC 8058): nothing in the body counts, and it is not led elsewhere. */
static const struct problem *
unsubscribe(struct request *request)
{
	struct user_id   user;
	struct form_page page = { .title = "No more news",
		.says = "You get no more such letters. If you change your mind, ask for news in your account." };

	TRY(unsubscribe_user(request->work, path_text(request, "token"), &user));
	TRY(end_news(request->work, user));
	return render_form_page(request, &page, 200);
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
	const char      *token = QUERY(request, struct letter_link)->token;
	struct form_page page = { .title = "Verify your e-mail address",
		.says = "Confirm that you read mail at the address that the letter came to.",
		.action = "/verify",
		.button = "Verify the address",
		.token = token };

	if (token == NULL)
		return problem(TOKEN_INVALID, "the link has no token");
	return render_form_page(request, &page, 200);
}

static const struct problem *
verify(struct request *request)
{
	struct user     *user;
	struct form_page page = { .title = "The address is verified", .says = "Thank you. You can close this page." };

	TRY(prove_email(request->work, BODY(request, struct letter_link)->token, &user));
	return render_form_page(request, &page, 200);
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
respond_reset(struct request *request, const char *token, const char *notice, int status)
{
	struct form_page page = { .title = "Set a new password",
		.says = "All sessions of the account end with it.",
		.notice = notice,
		.action = "/reset",
		.button = "Set the password",
		.token = token,
		.asks_password = true };

	return render_form_page(request, &page, status);
}

/* Without a token, as from the letter that says that a password was changed, one can be asked for. */
static const struct problem *
show_reset(struct request *request)
{
	const char      *token = QUERY(request, struct letter_link)->token;
	struct form_page page = { .title = "Reset your password",
		.says = "We send a letter to the address of your account. Its link leads to where you set a new password.",
		.action = "/reset/ask",
		.button = "Send the letter",
		.asks_email = true };

	return token == NULL ? render_form_page(request, &page, 200) : respond_reset(request, token, NULL, 200);
}

/* The same for each address, whether or not there is such an account. */
static const struct problem *
ask_by_form(struct request *request)
{
	struct form_page page = { .title = "A letter is on its way",
		.says = "It comes if an account has this address, and its link is good for half an hour." };

	TRY(ask_reset(request->work, BODY(request, struct ask_form)->email));
	return render_form_page(request, &page, 200);
}

/* "The password must have at least 10 characters. The password ..." */
static const char *
weak_password(struct arena *arena, const struct problem *problem)
{
	struct text says = text_new(arena, 500);

	for (size_t i = 0; problem->faults != NULL && i < problem->faults->count; i++)
		text_addf(&says, "%sThe password %s.", i == 0 ? "" : " ", problem->faults->list[i].what);
	return says.bytes;
}

static const struct problem *
reset(struct request *request)
{
	const struct reset_form *form = BODY(request, struct reset_form);
	const struct problem    *problem;
	struct form_page         page = { .title = "The password is set",
			.says = "All sessions have ended: sign in with the new password." };

	if (strcmp(form->password, form->password_confirm) != 0)
		return respond_reset(request, form->token, "The two passwords differ.", 400);
	problem = reset_password(request->work, form->token, form->password);
	if (problem_is(problem, PROBLEM_VALIDATION_FAILED))
		return respond_reset(request, form->token, weak_password(request->work->arena, problem), 400);
	TRY(problem);
	return render_form_page(request, &page, 200);
}


static const struct route letter_page_routes[] = {
	{ GET, "/unsubscribe/{token}", .id = "showUnsubscribe", .permission = PUBLIC, .pool = POOL_PAY, .outside = true,
	    .any_query = true, .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .errors = ERRORS(NOT_FOUND),
	    .show_problem = render_letter_problem, .summary = "Show the page on which news can be declined",
	    .description = "For people, from a letter's link.", .handler = show_unsubscribe },
	{ POST, "/unsubscribe/{token}", .id = "unsubscribe", .permission = PUBLIC, .pool = POOL_PAY, .outside = true,
	    .any_query = true, .writes = WRITES_DATABASE, .keyless = true, .takes = TAKES_RAW, .answer = { 200, NULL },
	    .answer_type = PAGE_TYPE, .errors = ERRORS(NOT_FOUND), .show_problem = render_letter_problem,
	    .summary = "Send the owner of the token no more news",
	    .description = "What mail programs call for the header List-Unsubscribe (RFC 8058), and the page's form.",
	    .handler = unsubscribe },
	{ GET, "/verify", .id = "showVerifyPage", .permission = PUBLIC, .pool = POOL_AUTH, .outside = true,
	    .query = &letter_link_shape, .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .errors = ERRORS(TOKEN_INVALID),
	    .show_problem = render_letter_problem, .summary = "Show the page that verifies an e-mail address",
	    .description = "For people, from a letter's link; it uses no token up.", .handler = show_verify },
	{ POST, "/verify", .id = "verifyByPage", .permission = PUBLIC, .pool = POOL_AUTH, .outside = true,
	    .writes = WRITES_DATABASE, .limit = LIMIT_SIGN_IN, .keyless = true, .takes = TAKES_FORM, .body = &verify_form_shape,
	    .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .errors = ERRORS(TOKEN_INVALID, EMAIL_TAKEN),
	    .show_problem = render_letter_problem, .summary = "Verify an e-mail address by the page's form", .handler = verify },
	{ GET, "/reset", .id = "showResetPage", .permission = PUBLIC, .pool = POOL_AUTH, .outside = true,
	    .query = &letter_link_shape, .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .show_problem = render_letter_problem,
	    .summary = "Show the page on which a password is reset",
	    .description = "For people: with the token of a letter a new password is set, without one the letter is asked for.",
	    .handler = show_reset },
	{ POST, "/reset", .id = "resetByPage", .permission = PUBLIC, .pool = POOL_AUTH, .outside = true, .writes = WRITES_ITSELF,
	    .limit = LIMIT_SIGN_IN, .keyless = true, .takes = TAKES_FORM, .body = &reset_form_shape, .answer = { 200, NULL },
	    .answer_type = PAGE_TYPE, .errors = ERRORS(TOKEN_INVALID, OUTCOME_UNCERTAIN), .show_problem = render_letter_problem,
	    .summary = "Set a new password by the page's form", .handler = reset },
	{ POST, "/reset/ask", .id = "askResetByPage", .unaudited = "the job leaves the record, where there is an account",
	    .permission = PUBLIC, .pool = POOL_AUTH, .outside = true, .writes = WRITES_DATABASE, .limit = LIMIT_SIGN_IN,
	    .limit_member = "email", .keyless = true, .takes = TAKES_FORM, .body = &ask_form_shape, .answer = { 200, NULL },
	    .answer_type = PAGE_TYPE, .show_problem = render_letter_problem,
	    .summary = "Ask for a letter that resets the password, by the page's form", .handler = ask_by_form },
};

ROUTE_TABLE(letter_pages_table, "Pages from letters", "What links in letters lead to.", letter_page_routes);
