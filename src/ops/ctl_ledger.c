/* haatctl ledger: the balances that are added up behind the postings. */
#include "ops/command.h"

#include "base/arena.h"
#include "base/config.h"
#include "ledger/account.h"
#include "store/work.h"

/* Whoever reads a balance meanwhile adds up the entries themselves, which takes longer and is right. */
static int
run_refold(struct control *control, int count, char **arguments)
{
	struct instant        before = instant_add_seconds(instant_now(), -control->config->ledger.fold_after_seconds);
	const struct problem *problem = ledger_unfold(control->work);
	bool                  more = true;

	(void)count, (void)arguments;
	while (problem == OK && more) {
		struct arena_mark mark = arena_mark(control->arena);

		problem = ledger_fold(control->work, before, &more);
		if (problem == OK)
			arena_release(control->arena, mark);
	}
	if (problem != OK)
		return command_problem(problem);
	puts("the balances are added up anew");
	return COMMAND_OK;
}

const struct command ledger_commands[] = {
	{ "ledger refold", "", "add up the balances of accounts by day anew, from all entries", 0, 0, false, run_refold },
	{ NULL },
};
