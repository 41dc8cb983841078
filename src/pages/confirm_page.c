/* What wants a young sign-in or confirmation waits until its sender has said again who they are. */
#include "accounts/factor.h"
#include "accounts/profile.h"
#include "accounts/registration.h"
#include "pages/confirm_form.h"
#include "pages/pages.h"
#include "pages/resume.h"
#include "pages/sign_in_page.h"
#include "pages/site_problem.h"

struct confirm_form {
	const char *password, *totp, *next, *resume;
};

static const struct member confirm_form_members[] = {
	M_TEXT(struct confirm_form, password, "password", PASSWORD_MAX, .min = 1, .verbatim = true,
	    .example = "\"Rickshaw-7-Bells\"", .description = "Or totp, one of the two."),
	M_TEXT(struct confirm_form, totp, "totp", FACTOR_CODE_MAX, .min = 1, .example = "\"287082\""),
	M_TEXT(struct confirm_form, next, "next", 2048, .example = "\"/account\""),
	M_TEXT(struct confirm_form, resume, "resume", RESUME_MAX, .description = "The form that waits, as the page has it."),
};
SHAPE(struct confirm_form, confirm_form_shape, "ConfirmForm", confirm_form_members);

static const struct problem *
confirm_on_page(struct request *request)
{
	const struct confirm_form *form = BODY(request, struct confirm_form);

	if (form->password == NULL && form->totp == NULL)
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "password", "is required");
	TRY(form->totp != NULL ? confirm_by_factor(request->work, form->totp) : confirm_password(request->work, form->password));
	return resume_or_go(request, form->resume, form->next == NULL ? NULL : page_after(request, form->next),
	    page_after(request, form->next), false);
}

static void
show_confirm_problem(struct request *request, const struct problem *problem)
{
	if (form_says(problem) || problem_status(problem->code) == 429)
		show_confirm(request, problem, form_text(request, "next"), form_text(request, "resume"));
	else
		site_show_problem(request, problem);
}

static const struct route confirm_routes[] = {
	{ POST, "/account/confirm", .id = "confirmOnPage", .unaudited = "it proves who asks; the session keeps when",
	    .permission = SIGNED_IN, .pool = POOL_AUTH, .outside = true, .writes = WRITES_ITSELF, .limit = LIMIT_SIGN_IN,
	    .keyless = true, .takes = TAKES_FORM, .body = &confirm_form_shape, .answer = { 303, NULL }, .answer_type = PAGE_TYPE,
	    .errors = ERRORS(LOGIN_LIMITED, NOT_FOUND, OUTCOME_UNCERTAIN), .show_problem = show_confirm_problem,
	    .summary = "Confirm who one is, and go on",
	    .description = "The form that waited for it is shown again, to be sent on.", .handler = confirm_on_page },
};
ROUTE_TABLE(confirm_pages_table, "Confirmation page", "Saying again who one is, in a browser.", confirm_routes);
