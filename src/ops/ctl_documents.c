/* haatctl documents: what the storefront shows, listed and printed anew. */
#include "ops/command.h"

#include "catalog/document.h"
#include "catalog/listing.h"
#include "catalog/shown.h"
#include "people/avatar.h"
#include "reviews/reviews.h"
#include "store/db.h"

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

struct marking {
	struct work          *work;
	const struct problem *problem;
};

static const struct problem *
mark(struct work *work, struct product_id id)
{
	shown_all_changed(work);
	return mark_documents(work, "p.id = ?", P(id));
}

/* One that says something else than would be printed now. */
static void
mark_wrong(struct product_id id, void *argument)
{
	struct marking *marking = argument;

	if (marking->problem == OK)
		marking->problem = db_transaction(marking->work, mark(marking->work, id));
}

/* Each is committed on its own, so that what was interrupted goes on with the rest. */
static int
run_rebuild(struct control *control, int count, char **arguments)
{
	struct marking        marking = { control->work, OK };
	const struct problem *problem;
	int64_t               printed, repaired;

	(void)count, (void)arguments;
	problem = renew_images(control->work);
	if (problem == OK)
		problem = renew_review_media(control->work);
	if (problem == OK)
		problem = renew_avatars(control->work);
	if (problem == OK)
		problem = repair_listings(control->work, &repaired);
	if (problem == OK)
		problem = check_documents(control->work, 0, mark_wrong, &marking);
	if (problem == OK)
		problem = marking.problem;
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
	    "list and print anew the products whose storefront is out of date or wrong; can be interrupted and repeated", 0, 0,
	    false, run_rebuild },
	{ NULL },
};
