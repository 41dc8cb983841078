/* haatctl documents: what the storefront shows, listed and printed anew. */
#include "ops/command.h"

#include "catalog/document.h"
#include "catalog/listing.h"

#include <stdio.h>
#include <unistd.h>

static const struct problem *
show_progress(struct work *work, int64_t printed, const void *argument)
{
	(void)work, (void)argument;
	if (isatty(STDOUT_FILENO))
		printf("\r%lld", (long long)printed);
	fflush(stdout);
	return OK;
}

/* Each is committed on its own, so that what was interrupted goes on with the rest. */
static int
run_rebuild(struct control *control, int count, char **arguments)
{
	const struct problem *problem;
	int64_t               printed, repaired;

	(void)count, (void)arguments;
	problem = repair_listings(control->work, &repaired);
	if (problem == OK)
		problem = print_old_documents(control->work, show_progress, NULL, &printed);
	if (problem != OK)
		return command_problem(problem);
	printf("%s%lld products listed anew, %lld documents printed\n", isatty(STDOUT_FILENO) ? "\r" : "", (long long)repaired,
	    (long long)printed);
	return COMMAND_OK;
}

const struct command document_commands[] = {
	{ "documents rebuild", "",
	    "list and print anew the products whose storefront is out of date; can be interrupted and repeated", 0, 0, false,
	    run_rebuild },
	{ NULL },
};
