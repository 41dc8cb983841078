/* haatctl: the operator's tool.  Finds the command's row, runs it with a unit of work, and returns its exit code. */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/text.h"
#include "net/circuit.h"
#include "ops/command.h"
#include "shop.h"
#include "store/cache.h"
#include "store/db.h"
#include "store/work.h"

#include <getopt.h>
#include <unistd.h>

enum { MEMORY_CEILING_BYTES = 256 << 20 };

static const struct command *const tables[] = {
#define X(name) name,
	COMMAND_TABLES(X)
#undef X
};

enum { TABLE_COUNT = sizeof tables / sizeof *tables };

/* The command that the arguments begin with, by one word or two; *words is which. */
static const struct command *
find_command(int count, char **arguments, int *words)
{
	char two_words[100] = "";

	if (count >= 2)
		snprintf(two_words, sizeof two_words, "%s %s", arguments[0], arguments[1]);
	for (size_t table = 0; table < TABLE_COUNT; table++)
		for (const struct command *command = tables[table]; command->name != NULL; command++) {
			*words = strchr(command->name, ' ') == NULL ? 1 : 2;
			if (strcmp(command->name, *words == 1 ? arguments[0] : two_words) == 0)
				return command;
		}
	return NULL;
}

/* Prints the commands that begin with `word`, or all, and returns how many. */
static int
list_commands(FILE *stream, const char *word)
{
	size_t length = word == NULL ? 0 : strlen(word);
	int    listed = 0;

	for (size_t table = 0; table < TABLE_COUNT; table++)
		for (const struct command *command = tables[table]; command->name != NULL; command++) {
			char call[160];

			if (word != NULL &&
			    (strncmp(command->name, word, length) != 0 ||
				(command->name[length] != ' ' && command->name[length] != '\0')))
				continue;
			snprintf(call, sizeof call, "%s %s", command->name, command->arguments);
			fprintf(stream, strlen(call) <= 36 ? "  %-36s %s\n" : "  %s\n%39s%s\n", call,
			    strlen(call) <= 36 ? command->help : "", command->help);
			listed++;
		}
	return listed;
}

static int
help(int count, char **arguments)
{
	if (count > 0) {
		if (list_commands(stdout, arguments[0]) == 0)
			return command_misused("unknown command '%s': see 'haatctl help'", arguments[0]);
		return COMMAND_OK;
	}
	puts("haatctl " PACKAGE_VERSION ": administer a haat shop\n\n"
	     "  haatctl [--config FILE] [--sql DIRECTORY] COMMAND [ARGUMENT...]\n\n"
	     "  --config FILE       the configuration file (default: HAAT_CONFIG, else environment and defaults only)\n"
	     "  --sql DIRECTORY     the migrations (default: " PKGDATADIR "/sql)\n");
	list_commands(stdout, NULL);
	puts("\nExit codes: 0 success, 1 problems found, 2 usage error, 3 failure.");
	return COMMAND_OK;
}

static void
out_of_memory(void *argument)
{
	(void)argument;
	exit(command_cannot("out of memory: more than %d MB are needed", MEMORY_CEILING_BYTES >> 20));
}

/* Loads the configuration, makes the unit of work (nothing connects before it is used), and runs the command. */
static int
run_with_config(const struct command *command, struct control *control, int count, char **arguments)
{
	struct arena *for_config = arena_new(16 << 20); /* outlives what a command resets */
	struct text   faults = text_new(for_config, 1000);
	struct config config;
	struct work   work = {
		  .arena = control->arena, .viewer = SYSTEM_VIEWER, .request_id = "", .traceparent = "", .address = ""
	};
	int result;

	if (!config_load(control->config_path, for_config, &config, &faults)) {
		result = command_cannot("the configuration is invalid:");
		fputs(faults.bytes, stderr);
	} else {
		control->config = work.config = &config;
		control->work = &work;
		work.db = db_open(&config, control->arena);
		work.cache = cache_open(&config, control->arena);
		result = command->run(control, count, arguments);
		cache_close(work.cache);
		db_close(work.db);
	}
	arena_free(for_config);
	return result;
}

static int
run_command(struct control *control, int count, char **arguments)
{
	int                   words;
	const struct command *command = find_command(count, arguments, &words);

	if (command == NULL) {
		command_misused("unknown command '%s%s%s'", arguments[0], count > 1 ? " " : "", count > 1 ? arguments[1] : "");
		if (list_commands(stderr, arguments[0]) == 0)
			fputs("  see 'haatctl help'\n", stderr);
		return COMMAND_USAGE;
	}
	count -= words;
	arguments += words;
	if (count < command->min || count > command->max)
		return command_misused(
		    "usage: haatctl %s%s%s", command->name, *command->arguments != '\0' ? " " : "", command->arguments);
	if (command->without_config)
		return command->run(control, count, arguments);
	return run_with_config(command, control, count, arguments);
}

static bool
join_workers(const struct config *config)
{
	if (access(config->run_directory, W_OK) != 0)
		return false;
	routes_use(shop_tables);
	shop_metrics_open(config->run_directory);
	circuit_open_shared(config, CIRCUIT_FOR_JOBS);
	return true;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' },
		{ "sql", required_argument, NULL, 's' }, { "help", no_argument, NULL, 'h' },
		{ "version", no_argument, NULL, 'v' }, { NULL, 0, NULL, 0 } };
	struct control             control = {
			    .config_path = getenv("HAAT_CONFIG"), .sql_directory = PKGDATADIR "/sql", .join_workers = join_workers
	};
	int option, result;

	/* "+": options after the command's name belong to the command. */
	while ((option = getopt_long(argc, argv, "+", options, NULL)) != -1) {
		if (option == 'c')
			control.config_path = optarg;
		else if (option == 's')
			control.sql_directory = optarg;
		else if (option == 'h')
			return help(0, NULL);
		else if (option == 'v')
			return puts("haatctl " PACKAGE_VERSION) < 0 ? COMMAND_CANNOT : COMMAND_OK;
		else
			return COMMAND_USAGE;
	}
	argc -= optind;
	argv += optind;
	if (argc == 0)
		return command_misused("no command given: see 'haatctl help'");
	if (strcmp(argv[0], "help") == 0)
		return help(argc - 1, argv + 1);
	log_open("haatctl", LOG_LEVEL_WARNING);
	control.arena = arena_new(MEMORY_CEILING_BYTES);
	arena_on_exhausted(control.arena, out_of_memory, NULL);
	result = run_command(&control, argc, argv);
	arena_free(control.arena);
	if (fflush(stdout) != 0 && result == COMMAND_OK)
		result = command_cannot("cannot write to standard output");
	return result;
}
