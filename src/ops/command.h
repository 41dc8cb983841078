/*
 * command.h: the commands of haatctl, one row each.
 *
 * A subject's commands stand in one file, src/ops/ctl_SUBJECT.c, in a table ended by an empty row; COMMAND_TABLES names
 * the tables in the order in which `haatctl help` shows them.  A command prints its result to stdout and errors to
 * stderr, and returns one of the exit codes below, so that scripts can tell a finding from a failure.
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <stdbool.h>

struct arena;
struct config;
struct problem;
struct shape;
struct text;
struct work;

enum {
	COMMAND_OK = 0,
	COMMAND_FINDING = 1, /* something is wrong or missing */
	COMMAND_USAGE = 2,   /* wrong arguments */
	COMMAND_CANNOT = 3   /* failure: no database, no file */
};

/* What a command has to work with. */
struct control {
	struct arena        *arena;
	struct work         *work; /* as the system; NULL and so is config for commands `without_config` */
	const struct config *config;
	const char          *config_path;   /* NULL: environment and defaults only */
	const char          *sql_directory; /* where the migrations are */

	/* Map what the workers of this machine share: metrics and circuits.  False: the shop does not run here. */
	bool (*join_workers)(const struct config *config);
};

struct command {
	const char *name;      /* one or two words: "seed", "migrate up" */
	const char *arguments; /* for the help: "[COUNT | all]"; "" for none */
	const char *help;      /* one line */
	int         min, max;  /* how many arguments it takes */
	bool        without_config;

	/* arguments[0] is the first one behind the name. */
	int (*run)(struct control *control, int count, char **arguments);
};

#define COMMAND_TABLES(X) \
	X(migrate_commands) \
	X(seed_commands) \
	X(check_commands) \
	X(top_commands) \
	X(backup_commands) \
	X(job_commands) \
	X(mail_commands) \
	X(payment_commands) \
	X(ledger_commands) \
	X(report_commands) \
	X(history_commands) \
	X(document_commands) \
	X(pair_commands) \
	X(cache_commands) \
	X(certificate_commands) \
	X(search_commands) \
	X(webhook_commands) \
	X(rate_commands) \
	X(block_commands) \
	X(user_commands) \
	X(user_import_commands) \
	X(import_commands) \
	X(config_commands)

#define COMMAND_TABLE_(name) extern const struct command name[];
COMMAND_TABLES(COMMAND_TABLE_)

/* What `migrate up` and `check` do, for commands that need it done; their exit codes. */
int command_migrate_up(struct control *control);
int command_check(struct control *control, bool whole);

/* Print "haatctl: ..." to stderr and return COMMAND_CANNOT, COMMAND_USAGE. */
int command_cannot(const char *format, ...) __attribute__((format(printf, 1, 2)));
int command_misused(const char *format, ...) __attribute__((format(printf, 1, 2)));

/* Print a problem, with the members it names, and return COMMAND_CANNOT. */
int command_problem(const struct problem *problem);

/* The same, but what is not there is a finding: COMMAND_FINDING. */
int command_missing(const struct problem *problem);

/* Print a row as indented JSON, for people and for jq; what its texts `payload` and `body` hold of JSON is printed as such. */
void command_print(struct arena *arena, const struct shape *shape, const void *row);

/* Reads an integer from `min` to `max`; false when `text` is not one. */
bool command_number(const char *text, long long min, long long max, long long *into);

#endif
