#include "pages/pay_problem.h"

#include "pages/policy.h"

enum { IS_MISSING, IS_LIMITED, IS_FOREIGN, IS_MISUNDERSTOOD, IS_BROKEN };
static const char *const what_values[] = { "missing", "limited", "foreign", "misunderstood", "broken", NULL };

static const struct member pay_problem_members[] = {
	M_SITE(struct pay_problem),
	M_ENUM(struct pay_problem, what, "pay_problem", what_values),
	M_ENUM(struct pay_problem, what, "pay_problem_says", what_values),
	M_TEXT(struct pay_problem, request_id, "request_id", 64),
};
SHAPE_SHARED(struct pay_problem, pay_problem_shape, "PayProblem", pay_problem_members);

static int
what_of(const struct problem *problem)
{
	switch (problem->code) {
	case PROBLEM_NOT_FOUND:
		return IS_MISSING;
	case PROBLEM_RATE_LIMITED:
		return IS_LIMITED;
	case PROBLEM_FORBIDDEN:
		return IS_FOREIGN;
	case PROBLEM_VALIDATION_FAILED:
	case PROBLEM_BAD_REQUEST:
		return IS_MISUNDERSTOOD;
	default:
		return IS_BROKEN;
	}
}

void
show_pay_problem(struct request *request, const struct problem *problem)
{
	struct pay_problem page = {
		.site = site_of(request, false), .what = what_of(problem), .request_id = request->work->request_id
	};

	add_pay_policy(request, NULL, NULL, NULL);
	site_respond_own(request, SITE_PAY_PROBLEM, &page, problem_status(problem->code));
}
