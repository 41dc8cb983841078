/* The routes of pages: tables and thin handlers. */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "http/request.h"
#include "invoices/query.h"
#include "pages/invoice_page.h"
#include "pages/pages.h"
#include "pages/pay_page.h"
#include "pages/pay_problem.h"
#include "pages/policy.h"
#include "pages/render.h"
#include "pages/site_problem.h"
#include "payments/provider.h"
#include "payments/setup.h"

struct pay_body {
	const char *provider;
};

static const struct member pay_body_members[] = {
	M_TEXT(struct pay_body, provider, "provider", 32, .required = true, .min = 1, .example = "\"stripe\""),
};
SHAPE(struct pay_body, pay_body_shape, "PayBody", pay_body_members);

/* With these a provider's way back leads here; others are somebody else's and mean nothing. */
static bool
has_come_back(const struct request *request)
{
	return query_value(request->work->arena, request->query, "status") != NULL;
}

static const struct problem *
find_link(struct request *request, struct payment_link *link)
{
	return find_payment_link(request->work, path_text(request, "reference"), link);
}

/* To the page itself, as it is now. */
static const struct problem *
lead_to_page(struct request *request, const struct payment_link *link)
{
	return respond_redirect(request, arena_format(request->work->arena, "%s/pay/%s", site_base(request), link->reference));
}

static const struct problem *
respond_page(struct request *request, const struct payment_link *link, enum pay_notice notice, int status)
{
	struct work           *work = request->work;
	const struct provider *scripted = pay_page_script_provider(work, link);
	struct pay_page        page;
	int                    said = (int)notice;

	pay_page_fill(work, link, &page);
	page.notice = notice == PAY_NO_NOTICE ? NULL : &said;
	add_pay_policy(request, scripted == NULL ? NULL : scripted->page, page.script_url, page.nonce);
	return render_pay_page(request, &page, status);
}

static const struct problem *
show_pay_page(struct request *request)
{
	const char         *back;
	struct payment_link link;

	TRY(find_link(request, &link));
	if (pay_state_of(&link) == PAY_PAID && has_come_back(request) && (back = pay_page_back(request->work, &link)) != NULL)
		return respond_redirect(request, back);
	return respond_page(request, &link, PAY_NO_NOTICE, pay_state_status(pay_state_of(&link)));
}

/*
 * There is nothing to steal: who has the reference may pay.  Still another site shall not make browsers begin payments here.
 * A program that names neither site nor origin is no browser.
 */
static const struct problem *
check_origin(const struct request *request)
{
	const char *site = request_header(request, "HTTP_SEC_FETCH_SITE"), *origin = request_header(request, "HTTP_ORIGIN");

	if (site != NULL ? strcmp(site, "same-origin") == 0
			 : origin == NULL || strcmp(origin, request->work->config->public_url) == 0)
		return OK;
	return problem(FORBIDDEN, "the form was sent from another site");
}

static bool
is_payable(const struct payment_link *link)
{
	const enum pay_state state = pay_state_of(link);

	return state == PAY_OPEN || state == PAY_AGAIN;
}

/* What the payer is told when it did not work, and may try again. */
static enum pay_notice
notice_of(const struct problem *problem)
{
	switch (problem->code) {
	case PROBLEM_PROVIDER_UNAVAILABLE:
		return PAY_UNAVAILABLE;
	case PROBLEM_PROVIDER_REFUSED:
		return PAY_REFUSED;
	case PROBLEM_PROVIDER_UNSUPPORTED:
	case PROBLEM_AMOUNT_UNSUPPORTED:
		return PAY_UNSUPPORTED;
	case PROBLEM_PAYMENT_IN_PROGRESS:
	case PROBLEM_PAYMENT_STATE:
		return PAY_UNDER_WAY;
	case PROBLEM_PAYMENT_REFUSED:
		return PAY_NOT_ACCEPTED;
	case PROBLEM_TOO_MANY_DECLINES:
		return PAY_DECLINES;
	case PROBLEM_TOO_MANY_ATTEMPTS:
	case PROBLEM_RATE_LIMITED:
		return PAY_ATTEMPTS;
	default:
		return PAY_NO_NOTICE;
	}
}

static const struct problem *
respond_failed(struct request *request, const struct payment_link *before, const struct problem *problem)
{
	const enum pay_notice notice = notice_of(problem);
	struct payment_link   link;

	if (problem_is(problem, PROBLEM_ORDER_NOT_PAYABLE) || problem_is(problem, PROBLEM_MERCHANT_INACTIVE))
		return lead_to_page(request, before);
	if (notice == PAY_NO_NOTICE)
		return problem;
	TRY(find_link(request, &link));
	if (!is_payable(&link))
		return lead_to_page(request, &link);
	if (problem->retry_after_seconds > 0)
		respond_header(request, "Retry-After", arena_format(request->work->arena, "%d", problem->retry_after_seconds));
	return respond_page(request, &link, notice, problem_status(problem->code));
}

static const struct problem *
begin_pay_page(struct request *request)
{
	struct work           *work = request->work;
	const struct provider *provider = provider_enabled(work->config, BODY(request, struct pay_body)->provider);
	const struct problem  *problem;
	struct payment_link    link;
	struct payment        *payment;

	TRY(check_origin(request));
	TRY(find_link(request, &link));
	if (!is_payable(&link))
		return lead_to_page(request, &link);
	if (!pay_page_offers(work, &link, provider))
		return respond_failed(request, &link, problem(PROVIDER_UNSUPPORTED, "the provider is not offered"));
	problem = begin_by_link(work, &link, provider, &payment);
	if (problem != OK)
		return respond_failed(request, &link, problem);
	if (provider->page == NULL && payment->redirect_url != NULL && payment_is_open(payment))
		return respond_redirect(request, arena_format(work->arena, "%s/pay/on/%s", site_base(request), link.reference));
	return lead_to_page(request, &link);
}

static const struct problem *
show_store_page(struct request *request)
{
	struct work             *work = request->work;
	struct payment_method_id id;
	struct method_setup     *setup;
	struct store_page        page;

	TRY(path_id(request, "id", &id.uuid));
	TRY(find_setup(work, id, &setup));
	store_page_fill(work, setup, &page);
	add_pay_policy(request, page.script_url == NULL ? NULL : provider_known(setup->provider)->page, page.script_url, NULL);
	return render_store_page(request, &page, store_page_status(setup));
}

/* An order's invoices and credit notes, one below the other. */
static const struct problem *
show_invoices(struct request *request, const char *id)
{
	struct invoice_page page = { .waits = false };
	struct invoice_set  set;
	struct uuid         merchant;
	const struct uuid  *of;

	TRY(invoice_query_seller(request, &merchant, &of));
	TRY(find_invoices(request->work, id == NULL ? "" : id, of, &set));
	TRY(read_invoices(request->work, &set, &page.invoices));
	page.n_invoices = set.count;
	page.waits = set.count == 0;
	page.order_number = set.count == 0 ? NULL : page.invoices[0].order_number;
	add_document_policy(request);
	if (page.waits)
		respond_header(request, "Retry-After", "1");
	return render_invoice_page(request, &page, page.waits ? 202 : 200);
}

static const struct problem *
show_invoice(struct request *request)
{
	return show_invoices(request, path_text(request, "id"));
}

static const struct problem *
show_invoice_page(struct request *request)
{
	return show_invoices(request, path_text(request, "number"));
}

static const struct route page_routes[] = {
	{ GET, "/pay/{reference}", .id = "showPayPage", .permission = PUBLIC, .pool = POOL_PAY, .outside = true,
	    .any_query = true, .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .errors = ERRORS(NOT_FOUND),
	    .show_problem = show_pay_problem, .summary = "Show the payment page",
	    .description =
		"For people: what is to be paid, to whom, and the ways to pay. A payment that has ended without money is "
		"shown with status 410, one that is paid leads on to its return_url when its payer has just come back.",
	    .handler = show_pay_page },
	{ POST, "/pay/{reference}", .id = "beginPayPage", .unaudited = "the payment and its event keep what was begun and when",
	    .permission = PUBLIC, .pool = POOL_PAY, .outside = true, .any_query = true, .writes = WRITES_PROVIDER,
	    .keyless = true, .limit = LIMIT_PAYMENT, .takes = TAKES_FORM, .body = &pay_body_shape, .answer = { 303, NULL },
	    .answer_type = PAGE_TYPE,
	    .errors = ERRORS(NOT_FOUND, FORBIDDEN, PROVIDER_UNSUPPORTED, AMOUNT_UNSUPPORTED, PROVIDER_REFUSED,
		PROVIDER_UNAVAILABLE, PAYMENT_IN_PROGRESS, PAYMENT_STATE, PAYMENT_REFUSED, TOO_MANY_ATTEMPTS, TOO_MANY_DECLINES),
	    .show_problem = show_pay_problem, .summary = "Begin to pay on the payment page",
	    .description =
		"Leads on to the provider's page by one of ours, or back to this one with the provider's script on it.",
	    .handler = begin_pay_page },
	{ GET, "/pay/methods/{id}", .id = "showStorePage", .permission = PUBLIC, .pool = POOL_PAY, .outside = true,
	    .any_query = true, .answer = { 200, NULL }, .answer_type = PAGE_TYPE, .errors = ERRORS(NOT_FOUND),
	    .show_problem = show_pay_problem, .summary = "Show the page on which a payment method is stored",
	    .description =
		"For people, with the provider's script. One that nobody has finished in time is shown with status 410.",
	    .handler = show_store_page },
	{ GET, "/orders/{id}/invoice", .id = "showInvoice", .permission = INVOICE_READERS, .pool = POOL_PAY,
	    .query = &invoice_query_shape, .answer = { 200, NULL }, .answer_type = PAGE_TYPE,
	    .summary = "Show an order's invoices and credit notes as a page", .handler = show_invoice,
	    .description =
		"202 with Retry-After while they are being made. Sellers see their own, all others those of all sellers, or of one." },
	{ GET, "/orders/{number}/invoice", .id = "showInvoicePage", .permission = INVOICE_READERS, .pool = POOL_PAY,
	    .outside = true, .query = &invoice_query_shape, .answer = { 200, NULL }, .answer_type = PAGE_TYPE,
	    .show_problem = site_show_problem, .summary = "Show an order's invoices and credit notes in the language of the page",
	    .description =
		"For people, from a letter's link or the order's page: the same, and who is not signed in does that first.",
	    .handler = show_invoice_page },
};

ROUTE_TABLE(pages_table, "Pages", "What people see in a browser.", page_routes);
