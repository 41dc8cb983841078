#include "pages/elsewhere.h"

#include "base/arena.h"
#include "pages/form_view.h"
#include "pages/pages.h"
#include "pages/sign_in_form.h"
#include "pages/site_problem.h"

#include <string.h>

static const struct member factor_view_members[] = {
	M_SITE(struct factor_view),
	M_TEXT(struct factor_view, action, "action", 100),
	M_TEXT(struct factor_view, proof_name, "proof_name", 20),
	M_TEXT(struct factor_view, proof, "proof", 8192),
	M_TEXT(struct factor_view, next, "next", 2048),
	M_BOOLEAN(struct factor_view, is_wrong, "is_wrong"),
	M_BOOLEAN(struct factor_view, is_limited, "is_limited"),
	M_INTEGER(struct factor_view, seconds, "seconds", 0, INT32_MAX),
};
SHAPE_SHARED(struct factor_view, factor_view_shape, "FactorView", factor_view_members);

static const struct {
	enum problem_code     code;
	enum elsewhere_notice notice;
} notices[] = {
	{ PROBLEM_SIGN_IN_REFUSED, ELSEWHERE_REFUSED },
	{ PROBLEM_SIGN_IN_LOST, ELSEWHERE_LOST },
	{ PROBLEM_SIGN_IN_CODE_INVALID, ELSEWHERE_LOST },
	{ PROBLEM_ID_TOKEN_INVALID, ELSEWHERE_LOST },
	{ PROBLEM_IDENTITY_UNPROVEN, ELSEWHERE_UNPROVEN },
	{ PROBLEM_EMAIL_TAKEN, ELSEWHERE_TAKEN },
	{ PROBLEM_PHONE_TAKEN, ELSEWHERE_TAKEN },
	{ PROBLEM_ACCOUNT_DISABLED, ELSEWHERE_DISABLED },
	{ PROBLEM_SIGN_IN_UNAVAILABLE, ELSEWHERE_UNAVAILABLE },
	{ PROBLEM_SIGN_IN_DISABLED, ELSEWHERE_OFF },
	{ PROBLEM_VALIDATION_FAILED, ELSEWHERE_BROKEN },
};

enum { NOTICES = sizeof notices / sizeof *notices };

const struct problem *
ask_factor(struct request *request, const struct problem *problem, struct factor_view *view, const char *code)
{
	view->is_limited = problem_is(problem, PROBLEM_LOGIN_LIMITED);
	if (!view->is_limited && !problem_is(problem, PROBLEM_TOTP_REQUIRED))
		return problem;
	view->site = site_of(request, false);
	view->action = site_address(request, view->action);
	view->is_wrong = !view->is_limited && code != NULL;
	view->seconds = problem->retry_after_seconds;
	if (view->is_limited)
		respond_header(request, "Retry-After", arena_format(request->work->arena, "%d", problem->retry_after_seconds));
	return site_respond_own(request, SITE_FACTOR, view, problem_status(problem->code));
}

bool
show_elsewhere(struct request *request, const struct problem *problem, const char *next)
{
	struct sign_in_view view = { .next = next };
	int                 notice;

	for (size_t i = 0; i < NOTICES; i++) {
		if (!problem_is(problem, notices[i].code))
			continue;
		notice = (int)notices[i].notice;
		view.elsewhere = &notice;
		respond_sign_in(request, &view, problem_status(problem->code));
		return true;
	}
	return false;
}

void
show_elsewhere_problem(struct request *request, const struct problem *problem)
{
	if (!show_elsewhere(request, problem, form_text(request, "next")))
		site_show_problem(request, problem);
}

const struct problem *
problem_told(struct work *work, const char *name)
{
	for (size_t i = 0; i < NOTICES; i++)
		if (strcmp(problem_name(notices[i].code), name) == 0)
			return problem_later(work->arena, notices[i].code, "the sign-in did not come about", 0);
	return NULL;
}
