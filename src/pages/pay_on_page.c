/*
 * Between the form that chooses how to pay and the provider's own page.  Browsers ask of each address that a form's answer leads to
 * whether forms may go there (CSP, form-action): so the form stays here, and this page goes on by itself, or by its link.  What it goes on
 * to takes its place in the history, so the way back leads to the page before.
 */
#include "pages/pay_on_page.h"

#include "base/arena.h"
#include "http/request.h"
#include "pages/pages.h"
#include "pages/pay_page.h"
#include "pages/pay_problem.h"

static const struct member pay_on_view_members[] = {
	M_SITE(struct pay_on_view),
	M_TEXT(struct pay_on_view, provider, "provider", 64),
	M_TEXT(struct pay_on_view, payee, "payee", 150),
	M_TEXT(struct pay_on_view, url, "url", 2048),
	M_TEXT(struct pay_on_view, back, "back", 100),
	M_MONEY(struct pay_on_view, amount, "amount"),
};
SHAPE_SHARED(struct pay_on_view, pay_on_view_shape, "PayOnView", pay_on_view_members);

/* Only where it was begun: what was paid, or has ended meanwhile, is told by its own page. */
static const struct problem *
show_pay_on(struct request *request)
{
	struct payment_link link;
	struct pay_page     page;
	struct pay_on_view  view;

	TRY(find_payment_link(request->work, path_text(request, "reference"), &link));
	pay_page_fill(request->work, &link, &page);
	view = (struct pay_on_view) { .site = site_of(request, false),
		.payee = link.payee,
		.amount = link.amount,
		.back = arena_format(request->work->arena, "%s/pay/%s", site_base(request), link.reference) };
	if (page.current == NULL || page.script_url != NULL || page.current_url == NULL)
		return respond_redirect(request, view.back);
	view.provider = page.current->title;
	view.url = page.current_url;
	return site_respond_own(request, SITE_PAY_ON, &view, 200);
}

static const struct route pay_on_routes[] = {
	{ GET, "/pay/on/{reference}", .id = "showPayOnPage", .permission = PUBLIC, .pool = POOL_PAY, .outside = true,
	    .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .errors = ERRORS(NOT_FOUND), .show_problem = show_pay_problem,
	    .summary = "Go on to the provider's page",
	    .description = "By itself, or by a link. Without a payment that was begun there it leads to the payment's own page.",
	    .handler = show_pay_on },
};
ROUTE_TABLE(pay_on_table, "Going on to pay", "Between the payment page and the provider's.", pay_on_routes);
