/* The pages that links in letters lead to: looking at one changes nothing, its form does. */
#include "pages/form_page.h"

#include "accounts/profile.h"
#include "base/arena.h"
#include "http/request.h"
#include "notify/unsubscribe.h"
#include "pages/pages.h"
#include "pages/policy.h"
#include "pages/render.h"

static const struct member form_page_members[] = {
	M_TEXT(struct form_page, style, "style", 100),
	M_TEXT(struct form_page, script, "script", 100),
	M_TEXT(struct form_page, title, "title", 100),
	M_TEXT(struct form_page, says, "says", 500),
	M_TEXT(struct form_page, notice, "notice", 500),
	M_TEXT(struct form_page, action, "action", 200),
	M_TEXT(struct form_page, button, "button", 50),
};
SHAPE_SHARED(struct form_page, form_page_shape, "FormPage", form_page_members);

/* ---- no more news ---- */

static const struct problem *
show_unsubscribe(struct request *request)
{
	const char      *token = path_text(request, "token");
	struct user_id   user;
	struct form_page page = { .title = "No more news?",
		.says =
		    "You get letters when something on your wishlist is back in stock. Letters about your orders and your account come "
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

#define PAGE_TYPE "text/html; charset=utf-8"

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
};

ROUTE_TABLE(letter_pages_table, "Pages from letters", "What links in letters lead to.", letter_page_routes);
