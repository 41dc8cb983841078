/* haatctl backup: is a dump a shop?  Only loading it tells. */
#include "ops/command.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "store/db.h"
#include "store/migrate.h"
#include "store/work.h"

#include <ctype.h>
#include <errno.h>
#include <fcntl.h>
#include <mysql.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <strings.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PIECE_BYTES = 65536, LINE_START = 600, NAME_MAX_BYTES = 64, MAGIC_BYTES = 6 };

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

/* A dump that is read twice: looked at as a whole, and then handed to a client of the scratch database. */
struct load {
	struct control *control;
	const char     *path;
	const char     *account;  /* of the database, too: it has rights on that one alone */
	pid_t           unpacker; /* 0: the file is read as it is */
	pid_t           client;
	int             from, into; /* into -1: it is only looked at */
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
			       arena_string(arena, "--max-allowed-packet=1G"), arena_format(arena, "--user=%s", load->account),
                local ? arena_format(arena, "--socket=%s", config->database.socket)
				     : arena_format(arena, "--host=%s", config->database.host),
                local ? arena_string(arena, "--protocol=socket")
				     : arena_format(arena, "--port=%lld", (long long)config->database.port),
                arena_format(arena, "--database=%s", load->account), NULL };
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
	while (load->into >= 0 && length > 0) {
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

static const char *
skip_blanks(const char *at)
{
	while (isspace((unsigned char)*at))
		at++;
	return at;
}

/* The first word of a statement, also where a comment hides it from other servers. */
static const char *
skip_marks(const char *at)
{
	at = skip_blanks(at);
	while (begins_with(at, "/*!") || begins_with(at, "/*M!")) {
		at = strchr(at, '!') + 1;
		at = skip_blanks(at + strspn(at, "0123456789"));
	}
	return at;
}

static const char *
skip_name(const char *at)
{
	size_t quoted = *at == '`' ? strcspn(at + 1, "`") : 0;

	if (*at == '`')
		return at + 1 + quoted + (at[1 + quoted] == '`');
	return at + strcspn(at, "`.@ \t\r\n(;*/");
}

/* After these words, parted by single spaces; NULL when it begins otherwise. */
static const char *
skip_words(const char *at, const char *words)
{
	for (; *words != '\0'; words++) {
		if (*words == ' ' ? !isspace((unsigned char)*at) : tolower((unsigned char)*at) != tolower((unsigned char)*words))
			return NULL;
		at = *words == ' ' ? skip_blanks(at) : at + 1;
	}
	return at;
}

/* Does it say which database it is for?  It would not be loaded into the scratch one. */
static bool
names_database(const char *line)
{
	static const char *const choosing[] = { "use ", "use`", "create database", "create schema", "create or replace database",
		"drop database", "drop schema", "alter database", "alter schema" };
	static const char *const naming[] = { "drop table if exists ", "drop table ", "drop view if exists ", "drop view ",
		"create table if not exists ", "create table ", "alter table ", "truncate table ", "truncate ", "lock tables ",
		"insert into ", "insert ignore into ", "replace into ", "delete from ", "update " };
	const char              *word = skip_marks(line), *name;

	for (size_t i = 0; i < sizeof choosing / sizeof *choosing; i++)
		if (skip_words(word, choosing[i]) != NULL)
			return true;
	for (size_t i = 0; i < sizeof naming / sizeof *naming; i++)
		if ((name = skip_words(word, naming[i])) != NULL && *skip_blanks(skip_name(name)) == '.')
			return true;
	return false;
}

/* Only its owner or a superuser may load what belongs to somebody: here it belongs to whoever loads it. */
static void
drop_definer(char *line)
{
	static const char *const owned[] = { "/*!50013 DEFINER=", "/*!50003 CREATE*/ /*!50017 DEFINER=", "CREATE DEFINER=" };

	for (size_t i = 0; i < sizeof owned / sizeof *owned; i++) {
		const char *end;
		char       *from = line + strlen(owned[i]) - strlen("DEFINER=");

		if (!begins_with(line, owned[i]))
			continue;
		end = skip_name(from + strlen("DEFINER="));
		if (*end == '@')
			end = skip_name(end + 1);
		memmove(from, end, strlen(end) + 1);
		return;
	}
}

/* The start of a line is known. */
static bool
take_start(struct load *load)
{
	load->start[load->started] = '\0';
	if (load->started > 0)
		memcpy(load->last, load->start, sizeof load->last);
	if (names_database(load->start))
		load->fault = "it names its database (--databases) and would be loaded into that one";
	load->inside_line = true;
	if (strlen(load->start) != load->started)
		return load->fault == NULL && forward(load, load->start, load->started);
	drop_definer(load->start);
	return load->fault == NULL && forward(load, load->start, strlen(load->start));
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

/* All of it once; true when nothing is wrong with it. */
static bool
read_once(struct load *load)
{
	bool fine = pump(load);

	close(load->from);
	if (load->unpacker > 0)
		fine = (ended_well(load->unpacker, "the program that unpacks it") || load->fault != NULL) && fine;
	load->unpacker = 0;
	load->started = 0;
	load->inside_line = false;
	return fine;
}

/* True when everything was loaded.  Nothing is before all of it was looked at. */
static bool
load_dump(struct load *load)
{
	int64_t bytes;
	bool    fine;

	signal(SIGPIPE, SIG_IGN);
	fine = open_dump(load) && read_once(load);
	bytes = load->bytes;
	load->bytes = 0;
	if (fine && (fine = open_dump(load))) {
		fine = open_client(load) && read_once(load);
		close(load->into);
		if (load->client > 0)
			fine = ended_well(load->client, "mariadb") && fine;
		if (load->fault == NULL && fine && load->bytes != bytes)
			load->fault = "it changed while it was read";
	}
	if (load->fault != NULL)
		command_cannot("'%s' is not a valid backup: %s", load->path, load->fault);
	return fine && load->fault == NULL;
}

/* What is loaded is brought up to this program's schema, as a restore would, and checked as a shop. */
static int
check_loaded(struct control *control, const struct config *config)
{
	struct work    work = *control->work;
	struct control scratch = *control;
	int            result;

	scratch.config = work.config = config;
	scratch.work = &work;
	work.db = db_open(config, control->arena);
	result = command_migrate_up(&scratch);
	if (result == COMMAND_OK)
		result = command_check(&scratch, false);
	db_close(work.db);
	return result;
}

/* Loads, checks and drops it, all as the account of the scratch database. */
static int
verify(struct control *control, MYSQL *connection, const char *path, const struct config *config)
{
	const char *database = config->database.name;
	struct load load = { .control = control, .path = path, .account = config->database.user, .from = -1, .into = -1 };
	int         result;

	if (mysql_query(connection, arena_format(control->arena, "CREATE DATABASE `%s`", database)) != 0)
		return command_cannot("cannot create the database '%s': %s%s", database, mysql_error(connection),
		    mysql_errno(connection) == 1007 ? "; drop it unless another verification is running" : "");
	result = load_dump(&load) ? check_loaded(control, config) : COMMAND_CANNOT;
	if (mysql_query(connection, arena_format(control->arena, "DROP DATABASE `%s`", database)) != 0)
		return command_cannot("cannot drop the database '%s': %s", database, mysql_error(connection));
	if (result == COMMAND_OK)
		printf("the backup is valid: %lld bytes of SQL\n", (long long)load.bytes);
	return result;
}

/* A dump may hold any statement, so whoever loads it must not be able to reach the shop. */
static bool
reaches_shop(struct control *control, struct config *scratch)
{
	struct text fault = text_new(control->arena, 200);
	MYSQL      *connection;

	scratch->database.name = control->config->database.name;
	connection = migrate_connect(scratch, &fault);
	if (connection != NULL)
		mysql_close(connection);
	return connection != NULL;
}

static int
run_verify(struct control *control, int count, char **arguments)
{
	struct text   fault = text_new(control->arena, 200);
	const char   *database = arena_format(control->arena, "%s_verify", control->config->database.name);
	struct config scratch = *control->config;
	MYSQL        *connection;
	int           result;

	(void)count;
	if (strlen(database) > NAME_MAX_BYTES || strchr(database, '`') != NULL)
		return command_cannot("'%s' is not a valid database name", database);
	scratch.database.user = database;
	if (reaches_shop(control, &scratch))
		return command_cannot(
		    "the account '%s' must have no rights on the database '%s'", database, scratch.database.name);
	scratch.database.name = "information_schema";
	connection = migrate_connect(&scratch, &fault);
	if (connection == NULL)
		return command_cannot(
		    "%s (a backup is loaded by an account '%s' with the shop's password and rights on that database only)",
		    fault.bytes, database);
	scratch.database.name = database;
	result = verify(control, connection, arguments[0], &scratch);
	mysql_close(connection);
	return result;
}

const struct command backup_commands[] = {
	{ "backup verify", "FILE",
	    "load a dump into a temporary database and check it; exits with 1 if its books are inconsistent", 1, 1, false,
	    run_verify },
	{ NULL },
};
