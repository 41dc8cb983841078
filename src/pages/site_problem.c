#include "pages/site_problem.h"

#include "pages/confirm_form.h"
#include "pages/error_pages.h"
#include "pages/pages.h"
#include "pages/resume.h"
#include "pages/sign_in_form.h"

enum { PAGE_ROOM = 16 * 1024, SECONDS = 10 /* that nginx names, too */ };

static const struct member problem_view_members[] = {
	M_SITE(struct problem_view),
	M_INTEGER(struct problem_view, status, "status", 400, 599),
	M_INTEGER(struct problem_view, seconds, "seconds", 0, INT32_MAX),
	M_BOOLEAN(struct problem_view, is_missing, "is_missing"),
	M_BOOLEAN(struct problem_view, is_gone, "is_gone"),
	M_BOOLEAN(struct problem_view, is_limited, "is_limited"),
	M_BOOLEAN(struct problem_view, is_large, "is_large"),
	M_BOOLEAN(struct problem_view, is_refused, "is_refused"),
	M_BOOLEAN(struct problem_view, is_broken, "is_broken"),
	M_TEXT(struct problem_view, request_id, "request_id", 64),
};
SHAPE_SHARED(struct problem_view, problem_view_shape, "ProblemView", problem_view_members);

/* Who must sign in first does so here, and goes on to what was asked for. */
static bool
wants_sign_in(const struct problem *problem)
{
	return problem_is(problem, PROBLEM_UNAUTHENTICATED) || problem_is(problem, PROBLEM_SESSION_ENDED) ||
	    problem_is(problem, PROBLEM_TOKEN_EXPIRED);
}

static struct problem_view
view_of(struct request *request, int status)
{
	struct problem_view view = { .site = site_of(request, false), .status = status, .seconds = SECONDS };

	view.is_missing = status == 404;
	view.is_gone = status == 410;
	view.is_limited = status == 429;
	view.is_large = status == 413;
	view.is_broken = status >= 500;
	view.is_refused = !view.is_missing && !view.is_gone && !view.is_limited && !view.is_large && !view.is_broken;
	return view;
}

void
site_show_problem(struct request *request, const struct problem *problem)
{
	struct text         html = text_new(request->work->arena, PAGE_ROOM);
	struct problem_view view;

	if (wants_sign_in(problem)) {
		show_sign_in_first(request);
		return;
	}
	if (problem_is(problem, PROBLEM_CONFIRMATION_REQUIRED)) {
		show_confirm(request, problem, page_before(request), resume_take(request));
		return;
	}
	view = view_of(request, problem_status(problem->code));
	view.request_id = request->work->request_id;
	if (problem->retry_after_seconds > 0)
		view.seconds = problem->retry_after_seconds;
	site_print(request, SITE_PROBLEM, &view, &html);
	respond_text(request, PAGE_TYPE, html.bytes, html.length);
	request->status = (int)view.status;
}

const struct error_page error_pages[] = {
	{ "missing", 404 },
	{ "gone", 410 },
	{ "limited", 429 },
	{ "large", 413 },
	{ "refused", 400 },
	{ "broken", 500 },
	{ NULL, 0 },
};

void
error_page_print(struct work *work, const struct locale *locale, const struct error_page *page, struct text *out)
{
	struct request      request = { .work = work, .method = GET, .locale = locale, .path = "/", .query = "" };
	struct problem_view view = view_of(&request, page->status);

	view.request_id = ERROR_PAGE_NUMBER;
	site_print(&request, SITE_PROBLEM, &view, out);
}
