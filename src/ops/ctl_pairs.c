/* haatctl pairs: what is bought together, counted over. */
#include "ops/command.h"

#include "orders/pairs.h"
#include "store/work.h"

#include <stdio.h>

static int
run_rebuild(struct control *control, int count, char **arguments)
{
	const struct problem *problem;
	int64_t               orders, products;

	(void)count, (void)arguments;
	problem = recount_pairs(control->work, &orders, &products);
	if (problem != OK)
		return command_problem(problem);
	printf("%lld orders looked at, what is bought with %lld products counted over\n", (long long)orders, (long long)products);
	return COMMAND_OK;
}

const struct command pair_commands[] = {
	{ "pairs rebuild", "", "count over what is bought together; can be interrupted and repeated", 0, 0, false, run_rebuild },
	{ NULL },
};
