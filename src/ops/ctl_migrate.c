/* haatctl migrate: apply, revert and list migrations. */
#include "ops/command.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "catalog/search.h"
#include "events/partitions.h"
#include "store/migrate.h"

#include <mysql.h>

enum { LOCK_WAIT_SECONDS = 30 };

/* What each of these commands begins with. */
struct session {
	MYSQL            *connection;
	struct migrations migrations;
	struct text       fault;
};

/* Reads the files, connects, and compares them with what is applied; true when they match. */
static bool
session_open(struct control *control, bool to_write, struct session *session)
{
	session->fault = text_new(control->arena, 200);
	if (!migrations_read(control->arena, control->sql_directory, &session->migrations, &session->fault))
		return false;
	session->connection = migrate_connect(control->config, &session->fault);
	if (session->connection == NULL)
		return false;
	if ((!to_write || migrate_lock(session->connection, LOCK_WAIT_SECONDS, &session->fault)) &&
	    migrate_compare(control->arena, session->connection, &session->migrations, &session->fault))
		return true;
	mysql_close(session->connection);
	return false;
}

static void
print_step(const struct migration *migration, int64_t milliseconds, void *done)
{
	printf("%s %04lld %s (%lld ms)\n", migration->state == MIGRATION_APPLIED ? "applied" : "reverted",
	    (long long)migration->number, migration->name, (long long)milliseconds);
	fflush(stdout);
	++*(size_t *)done;
}

int
command_migrate_up(struct control *control)
{
	const struct problem *problem;
	struct session        session;
	size_t                done = 0;
	bool                  fine, unknown = false;

	if (!session_open(control, true, &session))
		return command_cannot("%s", session.fault.bytes);
	fine = migrate_up(session.connection, &session.migrations, print_step, &done, &session.fault);
	mysql_close(session.connection);
	if (!fine)
		return command_cannot("%s", session.fault.bytes);
	problem = event_months_add(control->work, instant_now());
	if (problem == OK)
		problem = search_needs_fill(control->work, &unknown);
	if (problem != OK)
		return command_problem(problem);
	printf(done == 0 ? "nothing to do: the schema is at %04zu\n" : "the schema is at %04zu\n",
	    (size_t)session.migrations.rows[session.migrations.count - 1].number);
	if (unknown)
		printf("some products are not found by their words yet: run 'haatctl search fill' when the new version works\n");
	return COMMAND_OK;
}

static int
run_up(struct control *control, int count, char **arguments)
{
	(void)count, (void)arguments;
	return command_migrate_up(control);
}

/* Whoever asks in a script says --yes; whoever asks in production, too. */
static bool
is_confirmed(const struct config *config)
{
	char answer[8] = "";

	if (config->profile == PROFILE_PRODUCTION) {
		command_misused("this is production: pass --yes to confirm the loss of the data of '%s'", config->database.name);
		return false;
	}
	fprintf(stderr, "The data of the dropped tables in '%s' will be lost. Type yes to continue: ", config->database.name);
	if (fgets(answer, sizeof answer, stdin) != NULL && strcmp(answer, "yes\n") == 0)
		return true;
	command_misused("nothing was reverted: not confirmed by yes or --yes");
	return false;
}

static int
run_down(struct control *control, int count, char **arguments)
{
	struct session session;
	long long      steps = 1;
	size_t         done = 0;
	bool           fine, yes = count > 0 && strcmp(arguments[count - 1], "--yes") == 0;

	count -= yes;
	if (count == 1 && strcmp(arguments[0], "all") == 0)
		steps = INT32_MAX;
	else if (count > 1 || (count == 1 && !command_number(arguments[0], 1, INT32_MAX, &steps)))
		return command_misused("'%s' is neither a count nor 'all'", arguments[count - 1]);
	if (!yes && !is_confirmed(control->config))
		return COMMAND_USAGE;
	if (!session_open(control, true, &session))
		return command_cannot("%s", session.fault.bytes);
	fine = migrate_down(session.connection, &session.migrations, (size_t)steps, print_step, &done, &session.fault);
	mysql_close(session.connection);
	if (!fine)
		return command_cannot("%s", session.fault.bytes);
	if (done == 0)
		puts("nothing to do: no migrations are applied");
	return COMMAND_OK;
}

static int
run_status(struct control *control, int count, char **arguments)
{
	static const char *const words[] = { "pending", "interrupted", "applied", "interrupted" };
	struct session           session;
	size_t                   missing = 0;

	(void)count, (void)arguments;
	if (!session_open(control, false, &session))
		return command_cannot("%s", session.fault.bytes);
	mysql_close(session.connection);
	for (size_t i = 0; i < session.migrations.count; i++) {
		const struct migration *migration = &session.migrations.rows[i];

		missing += migration->state != MIGRATION_APPLIED;
		printf("%04lld  %-11s  %-23s  %s\n", (long long)migration->number, words[migration->state],
		    migration->applied_at == NULL ? "" : migration->applied_at, migration->name);
	}
	printf("%zu of %zu applied\n", session.migrations.count - missing, session.migrations.count);
	return missing == 0 ? COMMAND_OK : COMMAND_FINDING;
}

const struct command migrate_commands[] = {
	{ "migrate up", "", "apply the pending migrations", 0, 0, false, run_up },
	{ "migrate down", "[COUNT | all] [--yes]", "revert the last migration, or more; their data is lost", 0, 2, false,
	    run_down },
	{ "migrate status", "", "list the migrations; exits with 1 if some are not applied", 0, 0, false, run_status },
	{ NULL },
};
