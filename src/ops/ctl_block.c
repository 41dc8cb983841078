/* haatctl block, unblock, blocks: networks that the shop does not answer. */
#include "ops/command.h"

#include "base/encoding.h"
#include "base/instant.h"
#include "base/text.h"
#include "ops/blocks.h"
#include "store/list.h"

#include <stdlib.h>
#include <string.h>

enum { PAGE_ROWS = 1000, REASON_CHARACTERS_MAX = 500, FOR_DAYS_MAX = 3650, MINUTE = 60, HOUR = 3600, DAY = 24 * HOUR };

/* "90m", "12h", "7d" from now on; false when it is no such time. */
static bool
read_end(const char *text, struct instant *until)
{
	static const struct {
		char    unit;
		int64_t seconds;
	} units[] = { { 'm', MINUTE }, { 'h', HOUR }, { 'd', DAY } };
	const size_t digits = strspn(text, "0123456789");

	for (size_t i = 0; i < sizeof units / sizeof *units; i++) {
		const int64_t most = (int64_t)FOR_DAYS_MAX * DAY / units[i].seconds;
		int64_t       amount;

		if (digits == 0 || text[digits] != units[i].unit || text[digits + 1] != '\0')
			continue;
		amount = strtoll(text, NULL, 10);
		if (amount <= 0 || amount > most)
			return false;
		*until = instant_add_seconds(instant_now(), amount * units[i].seconds);
		return true;
	}
	return false;
}

static const char *
time_or(struct arena *arena, const struct instant *instant, const char *none)
{
	char text[INSTANT_TEXT_SIZE];

	if (instant == NULL)
		return none;
	instant_write(*instant, text);
	return arena_string(arena, text);
}

static void
print_block(struct arena *arena, const struct block *block)
{
	printf("%s  %-24s  until %-24s  since %s  %s\n", uuid_text(arena, block->id.uuid), block->network,
	    time_or(arena, block->until, "it is ended"), time_or(arena, &block->created_at, ""), block->reason);
}

static bool
is_reason(const char *text)
{
	return text != NULL && utf8_valid(text, strlen(text)) && !text_is_blank(text) &&
	    utf8_length(text) <= REASON_CHARACTERS_MAX;
}

static int
run_block(struct control *control, int count, char **arguments)
{
	struct block_body     body = { .network = arguments[0] };
	struct instant        until;
	const struct problem *problem;
	struct block         *block;

	for (int i = 1; i + 1 < count; i += 2)
		if (strcmp(arguments[i], "--for") == 0 && body.until == NULL) {
			if (!read_end(arguments[i + 1], &until))
				return command_misused(
				    "'%s' is not a time like 90m, 12h or 7d, at most ten years", arguments[i + 1]);
			body.until = &until;
		} else if (strcmp(arguments[i], "--reason") == 0 && body.reason == NULL) {
			body.reason = arguments[i + 1];
		} else {
			return command_misused("'%s' is not --for or --reason, or stands twice", arguments[i]);
		}
	if (count % 2 == 0 || !is_reason(body.reason))
		return command_misused(
		    "block takes a network and --reason with 1 to %d characters of UTF-8", REASON_CHARACTERS_MAX);
	problem = db_transaction(control->work, block_network(control->work, &body, &block));
	if (problem != OK)
		return command_problem(problem);
	print_block(control->arena, block);
	return COMMAND_OK;
}

static int
run_unblock(struct control *control, int count, char **arguments)
{
	const struct problem *problem = db_transaction(control->work, end_block_of(control->work, arguments[0]));

	(void)count;
	if (problem != OK)
		return command_missing(problem);
	printf("%s is no longer blocked\n", arguments[0]);
	return COMMAND_OK;
}

static int
run_blocks(struct control *control, int count, char **arguments)
{
	struct listed listed = { .total = 0 };

	for (int64_t page = 1, seen = 0; page == 1 || seen < listed.total; page++) {
		struct block         *blocks;
		const struct problem *problem =
		    list_blocks(control->work, count == 0 ? NULL : arguments[0], page, PAGE_ROWS, &blocks, &listed);

		if (problem != OK)
			return command_problem(problem);
		for (size_t i = 0; i < listed.count; i++)
			print_block(control->arena, &blocks[i]);
		seen += PAGE_ROWS;
	}
	return COMMAND_OK;
}

const struct command block_commands[] = {
	{ "block", "ADDRESS|NETWORK [--for TIME] --reason TEXT",
	    "answer requests from there with 403 only, within 5 seconds; TIME is like 90m, 12h or 7d", 3, 5, false, run_block },
	{ "unblock", "ADDRESS|NETWORK", "end the block of exactly this network", 1, 1, false, run_unblock },
	{ "blocks", "[ADDRESS]", "list the blocked networks, or those that hold an address", 0, 1, false, run_blocks },
	{ 0 },
};
