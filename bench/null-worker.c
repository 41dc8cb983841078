/*
 * null-worker: the least that a worker can do, which the shop's speed is measured against.
 *
 *   null-worker --socket=PATH [--workers=N] [--slots=N] [--cache=MEMCACHED_SOCKET]
 *
 * It runs the shop's own master and loop and answers every request with 600 bytes of JSON.  With --cache each request
 * also makes one memcached round trip for two keys, as the category tree does; it puts them there itself.
 */
#include "base/log.h"
#include "http/master.h"
#include "http/server.h"

#include <errno.h>
#include <getopt.h>
#include <libmemcached/memcached.h>
#include <stdbool.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

enum { ANSWER_BYTES = 600, CACHE_TIMEOUT_US = 200 * 1000 };

struct options {
	const char *socket, *cache;
	unsigned    workers, slots;
};

struct worker {
	memcached_st *cache; /* NULL without --cache */
	char          answer[ANSWER_BYTES + 1];
};

static const char *const keys[] = { "null:version", "null:tree" };
static const size_t      key_lengths[] = { 12, 9 };

/* One round trip for both keys; true when both came. */
static bool
ask_cache(memcached_st *cache)
{
	memcached_return_t  error;
	memcached_result_st result;
	int                 found = 0;

	if (memcached_mget(cache, keys, key_lengths, 2) != MEMCACHED_SUCCESS)
		return false;
	memcached_result_create(cache, &result);
	while (memcached_fetch_result(cache, &result, &error) != NULL)
		found++;
	memcached_result_free(&result);
	return found == 2;
}

static void
answer(FCGX_Request *request, void *argument)
{
	struct worker *worker = argument;

	if (worker->cache != NULL && !ask_cache(worker->cache)) {
		FCGX_PutS("Status: 503\r\nContent-Type: text/plain\r\n\r\nno cache\n", request->out);
		return;
	}
	FCGX_PutS("Content-Type: application/json; charset=utf-8\r\nContent-Length: 600\r\n\r\n", request->out);
	FCGX_PutStr(worker->answer, ANSWER_BYTES, request->out);
}

/* A connection with both keys on it; NULL, logged, when there is none to be had. */
static memcached_st *
connect_cache(const char *path, const char *answer)
{
	memcached_st      *cache = memcached_create(NULL);
	memcached_return_t error;

	memcached_behavior_set(cache, MEMCACHED_BEHAVIOR_BINARY_PROTOCOL, 0);
	memcached_behavior_set(cache, MEMCACHED_BEHAVIOR_POLL_TIMEOUT, CACHE_TIMEOUT_US / 1000);
	memcached_server_add_unix_socket(cache, path);
	error = memcached_set(cache, keys[0], key_lengths[0], "1", 1, 0, 0);
	if (error == MEMCACHED_SUCCESS)
		error = memcached_set(cache, keys[1], key_lengths[1], answer, ANSWER_BYTES, 0, 0);
	if (error == MEMCACHED_SUCCESS)
		return cache;
	log_error("cannot reach memcached", LOG_TEXT("socket", path), LOG_TEXT("cause", memcached_strerror(cache, error)));
	memcached_free(cache);
	return NULL;
}

static int
work(int index, void *argument)
{
	const struct options *options = argument;
	struct worker         worker = { 0 };
	struct server         server = { .listen_fd = STDIN_FILENO, .slots = options->slots, .serve = answer,
		.argument = &worker };
	int                   status;

	(void)index;
	snprintf(worker.answer, sizeof worker.answer, "{\"padding\": \"%0*d\"}", ANSWER_BYTES - 15, 0);
	if (options->cache != NULL && (worker.cache = connect_cache(options->cache, worker.answer)) == NULL)
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
	if (fd < 0 || bind(fd, (struct sockaddr *)&address, sizeof address) != 0 || listen(fd, 511) != 0
	    || dup2(fd, STDIN_FILENO) < 0) {
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
		{ "socket", required_argument, NULL, 's' }, { "workers", required_argument, NULL, 'w' },
		{ "slots", required_argument, NULL, 'n' }, { "cache", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	*options = (struct options) { .workers = 4, .slots = 32 };
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 's': options->socket = optarg; break;
		case 'w': options->workers = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'n': options->slots = (unsigned)strtoul(optarg, NULL, 10); break;
		case 'c': options->cache = optarg; break;
		default: return false;
		}
	}
	return options->socket != NULL && options->workers >= 1 && options->workers <= MASTER_WORKERS_MAX
	    && options->slots >= 1 && options->slots <= SERVER_SLOTS_MAX && optind == argc;
}

int
main(int argc, char **argv)
{
	struct options options;
	struct master  master = { .work = work, .argument = &options };

	if (!read_options(argc, argv, &options)) {
		fputs("usage: null-worker --socket=PATH [--workers=N] [--slots=N] [--cache=SOCKET]\n", stderr);
		return EXIT_FAILURE;
	}
	log_open("null-worker", LOG_LEVEL_INFO);
	if (!listen_on(options.socket))
		return EXIT_FAILURE;
	master.workers = options.workers;
	return master_run(&master) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
