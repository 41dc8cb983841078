/* haatctl history: what has happened to a thing, and how it was. */
#include "ops/command.h"

#include "base/instant.h"
#include "ops/history.h"

#include <string.h>

static void
print_entry(struct arena *arena, struct history_entry entry)
{
	char time[INSTANT_TEXT_SIZE];

	instant_write(entry.created_at, time);
	printf("%s  %-20s  %-36s  %s\n", time, entry.type, entry.actor == NULL ? "-" : uuid_text(arena, entry.actor->uuid),
	    entry.state);
}

static int
run(struct control *control, int count, char **arguments, const char *what, const char *name, read_history_function *read)
{
	struct history        history;
	struct instant        at;
	const struct problem *problem;

	if (count != 1 && (count != 3 || strcmp(arguments[1], "--at") != 0))
		return command_misused("history %s takes %s, or %s and --at TIME", what, name, name);
	if (count == 3 && !instant_parse(arguments[2], &at))
		return command_misused("'%s' is not a time (RFC 3339: 2026-01-31T12:00:00Z)", arguments[2]);
	problem = read(control->work, arguments[0], count == 3 ? &at : NULL, &history);
	if (problem != OK)
		return command_missing(problem);
	for (size_t i = 0; i < history.count; i++)
		print_entry(control->arena, history.entries[i]);
	return COMMAND_OK;
}

static int
run_order(struct control *control, int count, char **arguments)
{
	return run(control, count, arguments, "order", "a number", read_order_history);
}

static int
run_payment(struct control *control, int count, char **arguments)
{
	return run(control, count, arguments, "payment", "a reference", read_payment_history);
}

static int
run_stock(struct control *control, int count, char **arguments)
{
	return run(control, count, arguments, "stock", "a variant's id or SKU", read_stock_history);
}

const struct command history_commands[] = {
	{ "history order", "NUMBER [--at TIME]",
	    "print the events of an order and its parts: time, type, actor and resulting state; or how all was at a time (RFC 3339)",
	    1, 3, false, run_order },
	{ "history payment", "REFERENCE [--at TIME]", "the same of a payment, its refunds and disputes", 1, 3, false,
	    run_payment },
	{ "history stock", "VARIANT [--at TIME]", "the same of a variant's stock, by its id or SKU", 1, 3, false, run_stock },
	{ NULL },
};
