/* haatctl reports: what is added up for reports. */
#include "ops/command.h"

#include "base/arena.h"
#include "reports/rebuild.h"
#include "store/work.h"

#include <stdio.h>

/* Reports are asked and payments counted meanwhile. */
static int
run_rebuild(struct control *control, int count, char **arguments)
{
	const struct problem *problem;
	bool                  begun, more = true;

	(void)count, (void)arguments;
	problem = rebuild_begin(control->work, &begun);
	if (problem == OK && !begun)
		puts("going on with the rebuild that was interrupted");
	while (problem == OK && more) {
		struct arena_mark mark = arena_mark(control->arena);

		problem = rebuild_step(control->work, &more);
		if (problem == OK)
			arena_release(control->arena, mark);
	}
	if (problem != OK)
		return command_problem(problem);
	puts("what reports read is added up anew");
	return COMMAND_OK;
}

const struct command report_commands[] = {
	{ "reports rebuild", "", "add up anew what reports read, from its facts; goes on with one that was interrupted", 0, 0,
	    false, run_rebuild },
	{ NULL },
};
