/*
 * null-worker: the least that a worker can do, which the shop's speed is measured against.
 *
 *   null-worker --socket=PATH [--workers=N] [--slots=N] [--cache=MEMCACHED_SOCKET [--answer=FILE]]
 *               [--sql=TRAFFIC --database=MARIADB_SOCKET --password=FILE]
 *
 * It runs the shop's own master and loop and answers every request with 600 bytes of JSON.  With --cache each request
 * also makes one memcached round trip for two keys, as the category tree does, and answers what it got; it puts them
 * there itself, from the file when there is one.  With --sql it runs the statements of a captured request and prints
 * their rows with snprintf.
 */
#include "base/config.h"
#include "base/log.h"
#include "bench/traffic.h"
#include "http/master.h"
#include "http/server.h"

#include <errno.h>
#include <getopt.h>
#include <libmemcached/memcached.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_BYTES = 600, CACHE_TIMEOUT_MS = 200, OUT_BYTES = 256 * 1024 };

struct options {
	const char *socket, *cache, *answer, *sql, *database, *password;
	unsigned    workers, slots;
};

struct worker {
	memcached_st  *cache;   /* NULL without --cache */
	struct traffic traffic; /* empty without --sql */
	char           answer[OUT_BYTES];
	size_t         length;
};

static const char *const keys[] = { "null:version", "null:tree" };
static const size_t      key_lengths[] = { 12, 9 };

__attribute__((format(printf, 2, 3))) static void
add(struct worker *worker, const char *format, ...)
{
	size_t  room = sizeof worker->answer - worker->length;
	va_list args;
	int     length;

	va_start(args, format);
	length = vsnprintf(worker->answer + worker->length, room, format, args);
	va_end(args);
	worker->length += length < 0 ? 0 : (size_t)length < room ? (size_t)length : room - 1;
}

/* One round trip for both keys, the second of which is the answer; true when both came. */
static bool
ask_cache(struct worker *worker)
{
	memcached_return_t  error;
	memcached_result_st result;
	int                 found = 0;

	if (memcached_mget(worker->cache, keys, key_lengths, 2) != MEMCACHED_SUCCESS)
		return false;
	memcached_result_create(worker->cache, &result);
	while (memcached_fetch_result(worker->cache, &result, &error) != NULL) {
		size_t length = memcached_result_length(&result);

		found++;
		if (length > 1 && length < sizeof worker->answer) {
			memcpy(worker->answer, memcached_result_value(&result), length);
			worker->length = length;
		}
	}
	memcached_result_free(&result);
	return found == 2;
}

static void
print_row(const struct step *step, void *argument)
{
	struct worker *worker = argument;

	for (unsigned i = 0; i < step->n_columns; i++) {
		const struct column *column = &step->columns[i];
		const char          *before = i == 0 ? "{" : ",";

		if (column->is_null)
			add(worker, "%s\"%s\":null", before, column->name);
		else if (column->is_integer)
			add(worker, "%s\"%s\":%lld", before, column->name, (long long)column->integer);
		else
			add(worker, "%s\"%s\":\"%.*s\"", before, column->name, (int)column->length, column->bytes);
	}
	add(worker, "},");
}

static bool
ask_database(struct worker *worker)
{
	worker->length = 0;
	add(worker, "[");
	for (size_t i = 0; i < worker->traffic.count; i++)
		if (traffic_run(&worker->traffic, &worker->traffic.steps[i], print_row, worker) != 0)
			return false;
	add(worker, "null]");
	return true;
}

static void
answer(FCGX_Request *request, void *argument)
{
	struct worker *worker = argument;
	char           head[128];
	int            length;

	if ((worker->cache != NULL && !ask_cache(worker)) || (worker->traffic.count > 0 && !ask_database(worker))) {
		FCGX_PutS("Status: 503\r\nContent-Type: text/plain\r\n\r\nno cache or no database\n", request->out);
		return;
	}
	length = snprintf(
	    head, sizeof head, "Content-Type: application/json; charset=utf-8\r\nContent-Length: %zu\r\n\r\n", worker->length);
	FCGX_PutStr(head, length, request->out);
	FCGX_PutStr(worker->answer, (int)worker->length, request->out);
}

/* The answer that needs no asking: the file's text, or 600 bytes of JSON; false, logged. */
static bool
make_answer(struct worker *worker, const char *path)
{
	FILE *file;

	if (path == NULL) {
		add(worker, "{\"padding\": \"%0*d\"}", ANSWER_BYTES - 15, 0);
		return true;
	}
	file = fopen(path, "r");
	if (file != NULL) {
		worker->length = fread(worker->answer, 1, sizeof worker->answer, file);
		fclose(file);
	}
	if (worker->length == 0)
		log_error("cannot read the answer", LOG_TEXT("path", path));
	return worker->length > 0;
}

/* A connection with both keys on it; NULL, logged, when there is none to be had. */
static memcached_st *
connect_cache(const char *path, const struct worker *worker)
{
	memcached_st      *cache = memcached_create(NULL);
	memcached_return_t error;

	memcached_behavior_set(cache, MEMCACHED_BEHAVIOR_BINARY_PROTOCOL, 0);
	memcached_behavior_set(cache, MEMCACHED_BEHAVIOR_POLL_TIMEOUT, CACHE_TIMEOUT_MS);
	memcached_server_add_unix_socket(cache, path);
	error = memcached_set(cache, keys[0], key_lengths[0], "1", 1, 0, 0);
	if (error == MEMCACHED_SUCCESS)
		error = memcached_set(cache, keys[1], key_lengths[1], worker->answer, worker->length, 0, 0);
	if (error == MEMCACHED_SUCCESS)
		return cache;
	log_error("cannot reach memcached", LOG_TEXT("socket", path), LOG_TEXT("cause", memcached_strerror(cache, error)));
	memcached_free(cache);
	return NULL;
}

static int
work(int index, void *argument)
{
	static struct worker  worker;
	const struct options *options = argument;
	struct server server = { .listen_fd = STDIN_FILENO, .slots = options->slots, .serve = answer, .argument = &worker };
	int           status;

	(void)index;
	if (!make_answer(&worker, options->answer))
		return EXIT_FAILURE;
	if (options->cache != NULL && (worker.cache = connect_cache(options->cache, &worker)) == NULL)
		return EXIT_FAILURE;
	if (options->sql != NULL &&
	    (!traffic_read(&worker.traffic, options->sql) ||
		!traffic_prepare(&worker.traffic, options->database, options->password)))
		return EXIT_FAILURE;
	status = server_run(&server) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
	if (worker.cache != NULL)
		memcached_free(worker.cache);
	return status;
}

/* Listens on a Unix socket as descriptor 0. */
static bool
listen_on(const char *path)
{
	struct sockaddr_un address = { .sun_family = AF_UNIX };
	int                fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);

	if (snprintf(address.sun_path, sizeof address.sun_path, "%s", path) >= (int)sizeof address.sun_path) {
		fprintf(stderr, "null-worker: the path '%s' is too long for a socket\n", path);
		return false;
	}
	unlink(path);
	umask(0);
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 511) != 0 ||
	    dup2(fd, STDIN_FILENO) < 0) {
		fprintf(stderr, "null-worker: cannot listen on '%s': %s\n", path, strerror(errno));
		return false;
	}
	close(fd);
	return true;
}

static bool
read_options(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "socket", required_argument, NULL, 's' },
		{ "workers", required_argument, NULL, 'w' },
		{ "slots", required_argument, NULL, 'n' },
		{ "cache", required_argument, NULL, 'c' },
		{ "answer", required_argument, NULL, 'a' },
		{ "sql", required_argument, NULL, 'q' },
		{ "database", required_argument, NULL, 'd' },
		{ "password", required_argument, NULL, 'p' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	*options = (struct options) { .workers = 4, .slots = 32 };
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 's':
			options->socket = optarg;
			break;
		case 'w':
			options->workers = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'n':
			options->slots = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 'c':
			options->cache = optarg;
			break;
		case 'a':
			options->answer = optarg;
			break;
		case 'q':
			options->sql = optarg;
			break;
		case 'd':
			options->database = optarg;
			break;
		case 'p':
			options->password = optarg;
			break;
		default:
			return false;
		}
	}
	return options->socket != NULL && options->workers >= 1 && options->workers <= WORKERS_MAX && options->slots >= 1 &&
	    options->slots <= SLOTS_MAX && optind == argc &&
	    (options->sql == NULL || (options->database != NULL && options->password != NULL));
}

int
main(int argc, char **argv)
{
	struct options options;
	struct master  master = { .work = work, .argument = &options };

	if (!read_options(argc, argv, &options)) {
		fputs("usage: null-worker --socket=PATH [--workers=N] [--slots=N] [--cache=SOCKET [--answer=FILE]]\n"
		      "                   [--sql=TRAFFIC --database=SOCKET --password=FILE]\n",
		    stderr);
		return EXIT_FAILURE;
	}
	log_open("null-worker", LOG_LEVEL_INFO);
	if (!listen_on(options.socket))
		return EXIT_FAILURE;
	master.workers = options.workers;
	return master_run(&master) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
