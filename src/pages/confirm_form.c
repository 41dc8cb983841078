#include "pages/confirm_form.h"

#include "pages/resume.h"
#include "store/work.h"

static const struct member confirm_view_members[] = {
	M_SITE(struct confirm_view),
	M_TEXT(struct confirm_view, next, "next", 2048),
	M_TEXT(struct confirm_view, resume, "resume", RESUME_MAX),
	M_BOOLEAN(struct confirm_view, is_wrong, "is_wrong"),
	M_BOOLEAN(struct confirm_view, is_limited, "is_limited"),
	M_BOOLEAN(struct confirm_view, asks_code, "asks_code"),
	M_INTEGER(struct confirm_view, seconds, "seconds", 0, INT32_MAX),
	M_FIELD(struct confirm_view, password),
	M_FIELD(struct confirm_view, totp),
};
SHAPE_SHARED(struct confirm_view, confirm_view_shape, "ConfirmView", confirm_view_members);

void
show_confirm(struct request *request, const struct problem *problem, const char *next, const char *resume)
{
	const enum role     role = request->work->viewer.role;
	struct confirm_view view = { .site = site_of(request, false),
		.next = next,
		.resume = resume,
		.is_wrong = form_says(problem),
		.is_limited = problem_status(problem->code) == 429,
		.asks_code = role != ROLE_CUSTOMER && role != ROLE_SHOPKEEPER,
		.seconds = problem->retry_after_seconds };

	form_typed(request, problem, &confirm_view_shape, &view);
	site_respond_own(request, SITE_CONFIRM, &view, problem_status(problem->code));
}
