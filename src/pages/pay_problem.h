/* pay_problem.h: the page that says what is wrong with a payment.  For the files of this folder. */
#ifndef PAGES_PAY_PROBLEM_H
#define PAGES_PAY_PROBLEM_H

#include "pages/site.h"

struct pay_problem {
	struct site site;
	int         what; /* of the words of pay_problem.c */
	const char *request_id;
};
SHAPE_DECLARE(struct pay_problem, pay_problem_shape);

/* Answer with it. */
void show_pay_problem(struct request *request, const struct problem *problem);

#endif
