/* haatctl history: what has happened to a thing. */
#include "ops/command.h"

#include "base/instant.h"
#include "orders/history.h"
#include "store/work.h"

#include <string.h>

enum { ENTRIES_MAX = 1000 };

static void
print_entry(struct arena *arena, struct order_history_entry entry)
{
	char time[INSTANT_TEXT_LENGTH + 1] = "";

	instant_write(entry.created_at, time);
	printf("%s  %-16s  %-36s  %s\n", time, entry.type, entry.actor == NULL ? "-" : uuid_text(arena, entry.actor->uuid),
	    entry.state);
}

/* As it was at that instant: what its last event until then tells. */
static int
run_order_at(struct control *control, const char *number, const char *at)
{
	struct order_history_entry *entry;
	struct instant              instant;
	const struct problem       *problem;

	if (!instant_parse(at, &instant))
		return command_misused("'%s' is not a time (RFC 3339: 2026-01-31T12:00:00Z)", at);
	problem = read_order_at(control->work, number, instant, &entry);
	if (problem != OK)
		return command_missing(problem);
	print_entry(control->arena, *entry);
	return COMMAND_OK;
}

static int
run_order(struct control *control, int count, char **arguments)
{
	struct order_history_entry *entries;
	size_t                      n;
	const struct problem       *problem;

	if (count == 3 && strcmp(arguments[1], "--at") == 0)
		return run_order_at(control, arguments[0], arguments[2]);
	if (count != 1)
		return command_misused("history order takes a number, or a number and --at TIME");
	problem = read_order_history(control->work, arguments[0], ENTRIES_MAX, &entries, &n);
	if (problem != OK)
		return command_missing(problem);
	for (size_t i = 0; i < n; i++)
		print_entry(control->arena, entries[i]);
	return COMMAND_OK;
}

const struct command history_commands[] = {
	{ "history order", "NUMBER [--at TIME]",
	    "print an order's events: time, type, actor and resulting state; or the last one until a time (RFC 3339)", 1, 3,
	    false, run_order },
	{ NULL },
};
