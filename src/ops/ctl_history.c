/* haatctl history: what has happened to a thing. */
#include "ops/command.h"

#include "base/instant.h"
#include "orders/history.h"
#include "store/work.h"

enum { ENTRIES_MAX = 1000 };

static int
run_order(struct control *control, int count, char **arguments)
{
	struct order_history_entry *entries;
	size_t                      n;
	const struct problem       *problem = read_order_history(control->work, arguments[0], ENTRIES_MAX, &entries, &n);

	(void)count;
	if (problem != OK)
		return command_missing(problem);
	for (size_t i = 0; i < n; i++) {
		char time[INSTANT_TEXT_LENGTH + 1] = "";

		instant_write(entries[i].created_at, time);
		printf("%s  %-16s  %-36s  %s\n", time, entries[i].type,
		    entries[i].actor == NULL ? "-" : uuid_text(control->arena, entries[i].actor->uuid), entries[i].state);
	}
	return COMMAND_OK;
}

const struct command history_commands[] = {
	{ "history order", "NUMBER", "print an order's events: time, type, actor and resulting state", 1, 1, false, run_order },
	{ NULL },
};
