#include "pages/render.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/problem.h"
#include "pages/assets.h"
#include "pages/pages.h"
#include "pages/policy.h"
#include "pages/site_load.h"
#include "template/template.h"

enum { TEMPLATES_BYTES = 64 << 20, PAGE_ROOM = 8 * 1024 };

static const char html_type[] = "text/html; charset=utf-8";

struct problem_page {
	const char *style, *script, *title, *says, *request_id;
};

static const struct member problem_page_members[] = {
	M_TEXT(struct problem_page, style, "style", 100),
	M_TEXT(struct problem_page, script, "script", 100),
	M_TEXT(struct problem_page, title, "title", 100),
	M_TEXT(struct problem_page, says, "says", 500),
	M_TEXT(struct problem_page, request_id, "request_id", 64),
};
SHAPE(struct problem_page, problem_page_shape, "ProblemPage", problem_page_members);

static const struct template *pay_template, *store_template, *invoice_template, *problem_template;
static struct arena          *templates; /* as long as the program */

bool
pages_load(const struct config *config, const char **error)
{
	templates = arena_new(TEMPLATES_BYTES);
	pay_template = template_load(templates, config->pages.templates, "pay.html", &pay_page_shape, error);
	if (pay_template != NULL)
		store_template = template_load(templates, config->pages.templates, "store.html", &store_page_shape, error);
	if (store_template != NULL)
		invoice_template = template_load(templates, config->pages.templates, "invoice.html", &invoice_page_shape, error);
	if (invoice_template != NULL)
		problem_template = template_load(templates, config->pages.templates, "problem.html", &problem_page_shape, error);
	return problem_template != NULL && site_load(config, templates, error);
}

static const struct problem *
render(struct request *request, const struct template *template, const void *value, int status)
{
	struct text html = text_new(request->work->arena, PAGE_ROOM);

	template_print(template, value, &html);
	respond_text(request, html_type, html.bytes, html.length);
	request->status = status;
	return OK;
}

const struct problem *
render_pay_page(struct request *request, struct pay_page *page, int status)
{
	page->style = ASSET_PAY_CSS;
	page->script = ASSET_PAY_JS;
	return render(request, pay_template, page, status);
}

const struct problem *
render_store_page(struct request *request, struct store_page *page, int status)
{
	page->style = ASSET_PAY_CSS;
	page->script = ASSET_PAY_JS;
	return render(request, store_template, page, status);
}

const struct problem *
render_invoice_page(struct request *request, struct invoice_page *page, int status)
{
	page->style = ASSET_INVOICE_CSS;
	return render(request, invoice_template, page, status);
}

static void
render_problem_page(struct request *request, const struct problem *problem, struct problem_page *page)
{
	page->style = ASSET_PAY_CSS;
	page->script = ASSET_PAY_JS;
	page->request_id = request->work->request_id;
	add_pay_policy(request, NULL, NULL, NULL);
	render(request, problem_template, page, problem_status(problem->code));
}

void
render_problem(struct request *request, const struct problem *problem)
{
	struct problem_page page = { 0 };

	switch (problem->code) {
	case PROBLEM_NOT_FOUND:
		page.title = "Payment not found";
		page.says = "There is no payment at this address. Check the link, or ask who sent it to you.";
		break;
	case PROBLEM_RATE_LIMITED:
		page.title = "Too many attempts";
		page.says = "There were too many attempts from here. Wait a while, then try again. Nothing was paid.";
		break;
	case PROBLEM_FORBIDDEN:
		page.title = "Not from here";
		page.says = "This request did not come from the payment page. Open the link again, and pay from there.";
		break;
	case PROBLEM_VALIDATION_FAILED:
	case PROBLEM_BAD_REQUEST:
		page.title = "That did not work";
		page.says = "The request was not understood. Open the link again, and choose how you want to pay.";
		break;
	default:
		page.title = "Something went wrong";
		page.says = "The page cannot be shown at the moment. Try again in a while: what was paid is not lost.";
	}
	render_problem_page(request, problem, &page);
}
