/* haatctl backup: is a dump a shop?  Only loading it tells. */
#include "ops/command.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "store/db.h"
#include "store/migrate.h"
#include "store/work.h"

#include <errno.h>
#include <fcntl.h>
#include <mysql.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE_BYTES = 65536, LINE_START = 24, NAME_MAX_BYTES = 64, MAGIC_BYTES = 6 };

/* Programs that give back what was compressed, by the first bytes of its file. */
static const struct {
	const char *program, *magic;
	size_t      length;
} unpackers[] = {
	{ "zstd", "\x28\xb5\x2f\xfd", 4 },
	{ "gzip", "\x1f\x8b", 2 },
	{ "xz",
	    "\xfd"
	    "7zXZ",
	    5 },
};

/* A dump on its way into the scratch database. */
struct load {
	struct control *control;
	const char     *path, *database;
	pid_t           unpacker; /* 0: the file is read as it is */
	pid_t           client;
	int             from, into;
	int64_t         bytes;
	char            start[LINE_START + 1]; /* of the line at hand, not handed on yet */
	size_t          started;
	bool            inside_line;          /* its start has been looked at */
	char            last[LINE_START + 1]; /* start of the last line that was not empty */
	const char     *fault;
};

/* Runs a program on these descriptors; -1, said, when it cannot be. */
static pid_t
start(char *const arguments[], int input, int output)
{
	posix_spawn_file_actions_t actions;
	pid_t                      pid;
	int                        error;

	posix_spawn_file_actions_init(&actions);
	posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO);
	posix_spawn_file_actions_adddup2(&actions, output, STDOUT_FILENO);
	error = posix_spawnp(&pid, arguments[0], &actions, NULL, arguments, environ);
	posix_spawn_file_actions_destroy(&actions);
	if (error == 0)
		return pid;
	command_cannot("cannot run '%s': %s", arguments[0], strerror(error));
	return -1;
}

/* False, said, when it ended otherwise than well. */
static bool
ended_well(pid_t pid, const char *name)
{
	int status;

	if (waitpid(pid, &status, 0) == pid && WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return true;
	command_cannot("'%s' failed", name);
	return false;
}

static const char *
unpacker_of(int file)
{
	char    magic[MAGIC_BYTES] = "";
	ssize_t got = pread(file, magic, sizeof magic, 0);

	for (size_t i = 0; i < sizeof unpackers / sizeof *unpackers; i++)
		if (got >= (ssize_t)unpackers[i].length && memcmp(magic, unpackers[i].magic, unpackers[i].length) == 0)
			return unpackers[i].program;
	return NULL;
}

static bool
open_dump(struct load *load)
{
	int         file = open(load->path, O_RDONLY | O_CLOEXEC), ends[2];
	const char *program;

	if (file < 0) {
		command_cannot("cannot open '%s': %s", load->path, strerror(errno));
		return false;
	}
	program = unpacker_of(file);
	load->from = file;
	if (program == NULL)
		return true;
	if (pipe2(ends, O_CLOEXEC) != 0) {
		close(file);
		return command_cannot("cannot create a pipe: %s", strerror(errno)) == COMMAND_OK;
	}
	load->unpacker =
	    start((char *const[]) { arena_string(load->control->arena, program), (char[]) { "-dcq" }, NULL }, file, ends[1]);
	close(file);
	close(ends[1]);
	load->from = ends[0];
	return load->unpacker > 0;
}

/* What is not SQL for the server, like "source" and "system", the client does not do in binary mode. */
static bool
open_client(struct load *load)
{
	struct arena        *arena = load->control->arena;
	const struct config *config = load->control->config;
	bool                 local = *config->database.socket != '\0';
	char                *arguments[] = { arena_string(arena, "mariadb"), arena_string(arena, "--no-defaults"),
			       arena_string(arena, "--batch"), arena_string(arena, "--binary-mode"),
			       arena_string(arena, "--max-allowed-packet=1G"), arena_format(arena, "--user=%s", config->database.user),
                local ? arena_format(arena, "--socket=%s", config->database.socket)
				     : arena_format(arena, "--host=%s", config->database.host),
                local ? arena_string(arena, "--protocol=socket")
				     : arena_format(arena, "--port=%lld", (long long)config->database.port),
                arena_format(arena, "--database=%s", load->database), NULL };
	int                  ends[2];

	if (pipe2(ends, O_CLOEXEC) != 0)
		return command_cannot("cannot create a pipe: %s", strerror(errno)) == COMMAND_OK;
	setenv("MYSQL_PWD", config->database.password, 1);
	load->client = start(arguments, ends[0], STDOUT_FILENO);
	unsetenv("MYSQL_PWD");
	close(ends[0]);
	load->into = ends[1];
	return load->client > 0;
}

static bool
forward(struct load *load, const char *bytes, size_t length)
{
	while (length > 0) {
		ssize_t written = write(load->into, bytes, length);

		if (written <= 0)
			return false; /* the client has said why */
		bytes += written;
		length -= (size_t)written;
	}
	return true;
}

static bool
begins_with(const char *line, const char *word)
{
	return strncasecmp(line, word, strlen(word)) == 0;
}

/* The start of a line is known.  A dump that says which database it is for would be loaded into that one. */
static bool
take_start(struct load *load)
{
	load->start[load->started] = '\0';
	if (load->started > 0)
		memcpy(load->last, load->start, sizeof load->last);
	if (begins_with(load->start, "USE ") || begins_with(load->start, "CREATE DATABASE") ||
	    begins_with(load->start, "DROP DATABASE"))
		load->fault = "it names its database (--databases) and would be loaded into that one";
	load->inside_line = true;
	return load->fault == NULL && forward(load, load->start, load->started);
}

static bool
take_piece(struct load *load, const char *bytes, size_t length)
{
	load->bytes += (int64_t)length;
	while (length > 0) {
		const char *end = memchr(bytes, '\n', length);
		size_t      rest = end == NULL ? length : (size_t)(end - bytes), taken = 0;

		while (!load->inside_line && taken < rest && load->started < LINE_START)
			load->start[load->started++] = bytes[taken++];
		if (!load->inside_line && (end != NULL || load->started == LINE_START) && !take_start(load))
			return false;
		if (load->inside_line && !forward(load, bytes + taken, rest - taken + (end != NULL)))
			return false;
		if (end != NULL) {
			load->inside_line = false;
			load->started = 0;
			rest++;
		}
		bytes += rest;
		length -= rest;
	}
	return true;
}

/* All of the dump; mariadb-dump ends it with a line that says so. */
static bool
pump(struct load *load)
{
	char    piece[PIECE_BYTES];
	ssize_t got = 0;
	bool    handed = true;

	while (handed && (got = read(load->from, piece, sizeof piece)) > 0)
		handed = take_piece(load, piece, (size_t)got);
	if (handed && load->started > 0 && !load->inside_line)
		handed = take_start(load);
	if (load->fault == NULL && got < 0)
		load->fault = strerror(errno);
	if (load->fault == NULL && handed && load->bytes == 0)
		load->fault = "it is empty";
	if (load->fault == NULL && handed && !begins_with(load->last, "-- Dump completed"))
		load->fault = "it is truncated: the end of the dump is missing";
	return handed && load->fault == NULL;
}

/* True when everything was loaded. */
static bool
load_dump(struct load *load)
{
	bool fine;

	signal(SIGPIPE, SIG_IGN);
	if (!open_dump(load))
		return false;
	fine = open_client(load) && pump(load);
	close(load->into);
	close(load->from);
	if (load->client > 0)
		fine = ended_well(load->client, "mariadb") && fine;
	if (load->unpacker > 0)
		fine = (ended_well(load->unpacker, "the program that unpacks it") || load->fault != NULL) && fine;
	if (load->fault != NULL)
		command_cannot("'%s' is not a valid backup: %s", load->path, load->fault);
	return fine && load->fault == NULL;
}

/* What is loaded is brought up to this program's schema, as a restore would, and checked as a shop. */
static int
check_loaded(struct control *control, const char *database)
{
	struct config  config = *control->config;
	struct work    work = *control->work;
	struct control scratch = *control;
	int            result;

	config.database.name = database;
	scratch.config = work.config = &config;
	scratch.work = &work;
	work.db = db_open(&config, control->arena);
	result = command_migrate_up(&scratch);
	if (result == COMMAND_OK)
		result = command_check(&scratch);
	db_close(work.db);
	return result;
}

static int
verify(struct control *control, MYSQL *connection, const char *path, const char *database)
{
	struct load load = { .control = control, .path = path, .database = database, .from = -1, .into = -1 };
	int         result;

	if (mysql_query(connection, arena_format(control->arena, "CREATE DATABASE `%s`", database)) != 0)
		return command_cannot("cannot create the database '%s': %s%s", database, mysql_error(connection),
		    mysql_errno(connection) == 1007 ? "; drop it unless another verification is running" : "");
	result = load_dump(&load) ? check_loaded(control, database) : COMMAND_CANNOT;
	if (mysql_query(connection, arena_format(control->arena, "DROP DATABASE `%s`", database)) != 0)
		return command_cannot("cannot drop the database '%s': %s", database, mysql_error(connection));
	if (result == COMMAND_OK)
		printf("the backup is valid: %lld bytes of SQL\n", (long long)load.bytes);
	return result;
}

static int
run_verify(struct control *control, int count, char **arguments)
{
	struct text fault = text_new(control->arena, 200);
	const char *database = arena_format(control->arena, "%s_verify", control->config->database.name);
	MYSQL      *connection;
	int         result;

	(void)count;
	if (strlen(database) > NAME_MAX_BYTES || strchr(database, '`') != NULL)
		return command_cannot("'%s' is not a valid database name", database);
	connection = migrate_connect(control->config, &fault);
	if (connection == NULL)
		return command_cannot("%s", fault.bytes);
	result = verify(control, connection, arguments[0], database);
	mysql_close(connection);
	return result;
}

const struct command backup_commands[] = {
	{ "backup verify", "FILE",
	    "load a dump into a temporary database and check it; exits with 1 if its books are inconsistent", 1, 1, false,
	    run_verify },
	{ NULL },
};
