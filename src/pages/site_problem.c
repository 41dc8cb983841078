#include "pages/site_problem.h"

#include "pages/confirm_form.h"
#include "pages/pages.h"
#include "pages/resume.h"
#include "pages/sign_in_form.h"

enum { PAGE_ROOM = 16 * 1024 };

static const struct member problem_view_members[] = {
	M_SITE(struct problem_view),
	M_INTEGER(struct problem_view, status, "status", 400, 599),
	M_INTEGER(struct problem_view, seconds, "seconds", 0, INT32_MAX),
	M_BOOLEAN(struct problem_view, is_missing, "is_missing"),
	M_BOOLEAN(struct problem_view, is_gone, "is_gone"),
	M_BOOLEAN(struct problem_view, is_limited, "is_limited"),
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

void
site_show_problem(struct request *request, const struct problem *problem)
{
	struct text         html = text_new(request->work->arena, PAGE_ROOM);
	const int           status = problem_status(problem->code);
	struct problem_view view = { .site = site_of(request, false),
		.status = status,
		.is_missing = status == 404,
		.is_gone = status == 410,
		.is_limited = status == 429,
		.seconds = problem->retry_after_seconds > 0 ? problem->retry_after_seconds : 10,
		.request_id = request->work->request_id };

	if (wants_sign_in(problem)) {
		show_sign_in_first(request);
		return;
	}
	if (problem_is(problem, PROBLEM_CONFIRMATION_REQUIRED)) {
		show_confirm(request, problem, page_before(request), resume_take(request));
		return;
	}
	view.is_broken = !view.is_missing && !view.is_gone && !view.is_limited;
	site_print(request, SITE_PROBLEM, &view, &html);
	respond_header(request, "Cache-Control", "no-store");
	respond_text(request, PAGE_TYPE, html.bytes, html.length);
	request->status = status;
}
