/* haatctl search: what the search knows follows from the products, so it may be written anew at any time. */
#include "ops/command.h"

#include "base/instant.h"
#include "catalog/search.h"

#include <stdio.h>

static int
fill(struct control *control, enum search_fill what)
{
	int64_t               written, began = monotonic_ms();
	const struct problem *problem = search_fill(control->work, what, &written);

	if (problem != OK)
		return command_problem(problem);
	printf("%lld products %s (%lld ms)\n", (long long)written, what == FILL_MISSING ? "added" : "checked",
	    (long long)(monotonic_ms() - began));
	return COMMAND_OK;
}

static int
run_fill(struct control *control, int count, char **arguments)
{
	(void)count, (void)arguments;
	return fill(control, FILL_MISSING);
}

static int
run_rebuild(struct control *control, int count, char **arguments)
{
	(void)count, (void)arguments;
	return fill(control, FILL_ALL);
}

const struct command search_commands[] = {
	{ "search fill", "", "let the search know the products that it does not; may be interrupted and run again", 0, 0, false,
	    run_fill },
	{ "search rebuild", "", "compare all that the search knows with the products, and write what differs", 0, 0, false,
	    run_rebuild },
	{ NULL },
};
