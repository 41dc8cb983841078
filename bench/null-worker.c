/*
 * null-worker: the least that a worker can do, which the shop's speed is measured against.
 *
 *   null-worker --socket=PATH [--workers=N] [--slots=N] [--cache=MEMCACHED_SOCKET [--answer=BYTES]]
 *               [--sql=TRAFFIC --database=MARIADB_SOCKET --password=FILE [--values=FILE]]
 *
 * It runs the shop's own master and loop and answers every request with 600 bytes of JSON, or as many as --answer says.
 * With --cache each request also makes one memcached round trip for two keys, and answers the second, which it puts there
 * itself.  With --sql it runs the statements of a file of traffic (traffic.h) and prints their rows with snprintf; each
 * request takes the next line of the values.
 */
#include "base/config.h"
#include "base/log.h"
#include "bench/measure.h"
#include "bench/traffic.h"
#include "http/master.h"
#include "http/server.h"

#include <errno.h>
#include <libmemcached/memcached.h>
#include <stdarg.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { CACHE_TIMEOUT_MS = 200, OUT_BYTES = 256 * 1024 };

struct options {
	const char *socket, *cache, *sql, *database, *password, *values;
	int64_t     workers, slots, answer;
};

struct worker {
	memcached_st  *cache;   /* NULL without --cache */
	struct traffic traffic; /* empty without --sql */
	struct lines   lines;
	size_t         next_line;
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
	bool done;

	worker->length = 0;
	add(worker, "[");
	traffic_vary(
	    &worker->traffic, worker->lines.count > 0 ? worker->lines.words[worker->next_line++ % worker->lines.count] : NULL);
	done = traffic_run_all(&worker->traffic, print_row, worker);
	add(worker, "null]");
	return done;
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

/* The answer that needs no asking: JSON of that many bytes, which gzip packs about as well as a product's. */
static void
make_answer(struct worker *worker, int64_t bytes)
{
	uint32_t dice = 1;

	add(worker, "{\"padding\": \"");
	while ((int64_t)worker->length < bytes - 2) {
		dice = dice * 1664525 + 1013904223;
		add(worker, "%c", dice >> 31 ? (int)('a' + (dice >> 24) % 26) : 'e');
	}
	add(worker, "\"}");
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

/* What the options ask for besides answering; false, said or logged. */
static bool
connect_worker(struct worker *worker, const struct options *options)
{
	if (options->cache != NULL && (worker->cache = connect_cache(options->cache, worker)) == NULL)
		return false;
	if (options->values != NULL && !lines_read(options->values, &worker->lines))
		return false;
	return options->sql == NULL ||
	    (traffic_read(&worker->traffic, options->sql) &&
		traffic_prepare(&worker->traffic, options->database, options->password));
}

static int
work(int index, void *argument)
{
	static struct worker  worker;
	const struct options *options = argument;
	struct server         server = {
			.listen_fd = STDIN_FILENO, .slots = (unsigned)options->slots, .serve = answer, .argument = &worker
	};
	int status;

	make_answer(&worker, options->answer);
	if (!connect_worker(&worker, options))
		return EXIT_FAILURE;
	/* Not all with the same lines. */
	worker.next_line = worker.lines.count * (size_t)index / (size_t)options->workers;
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

int
main(int argc, char **argv)
{
	static struct options options = { .workers = 4, .slots = 64, .answer = 600 };
	struct argument       known[] = {
		      ARGUMENT("socket", "PATH", &options.socket, .required = true),
		      ARGUMENT("workers", "N", &options.workers, .least = 1, .most = WORKERS_MAX),
		      ARGUMENT("slots", "N", &options.slots, .least = 1, .most = SLOTS_MAX),
		      ARGUMENT("cache", "SOCKET", &options.cache),
		      ARGUMENT("answer", "BYTES", &options.answer, .least = 20, .most = OUT_BYTES / 2),
		      ARGUMENT("sql", "TRAFFIC", &options.sql),
		      ARGUMENT("database", "SOCKET", &options.database),
		      ARGUMENT("password", "FILE", &options.password),
		      ARGUMENT("values", "FILE", &options.values),
	};
	struct master master = { .work = work, .argument = &options };

	if (!arguments_read(argc, argv, known, sizeof known / sizeof *known))
		return EXIT_FAILURE;
	if (options.sql != NULL && (options.database == NULL || options.password == NULL)) {
		fputs("null-worker: --sql needs --database and --password\n", stderr);
		return EXIT_FAILURE;
	}
	log_open("null-worker", LOG_LEVEL_INFO);
	if (!listen_on(options.socket))
		return EXIT_FAILURE;
	master.workers = (unsigned)options.workers;
	return master_run(&master) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
