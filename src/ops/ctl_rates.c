/* haatctl rates load: exchange rates from a central bank's file. */
#include "ops/command.h"

#include "exchange/rate_file.h"
#include "exchange/rates.h"

#include <stdio.h>

static int
run_load(struct control *control, int count, char **arguments)
{
	struct rate_file      file;
	const struct problem *problem = load_rates(control->work, arguments[0], &file);

	(void)count;
	if (problem != OK)
		return command_problem(problem);
	printf("%zu rates of %lld %s, %s to %s\n", file.count, (long long)file.days, file.days == 1 ? "day" : "days",
	    file.first_day, file.last_day);
	if (*file.left_out != '\0')
		printf("left out, being no currencies of today: %s\n", file.left_out);
	return COMMAND_OK;
}

const struct command rate_commands[] = {
	{ "rates load", "FILE|URL", "load exchange rates: the European Central Bank's CSV, plain or in its ZIP archive", 1, 1,
	    false, run_load },
	{ NULL },
};
