/* haatd: the FastCGI workers of one pool.  Wires things together and nothing else. */
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/recent.h"
#include "base/telemetry.h"
#include "base/text.h"
#include "http/jwt.h"
#include "http/master.h"
#include "http/nginx.h"
#include "http/openapi.h"
#include "http/request.h"
#include "http/server.h"
#include "net/circuit.h"
#include "pages/pages.h"
#include "reference/postman.h"
#include "reference/reference.h"
#include "shop.h"
#include "store/cache.h"
#include "store/db.h"
#include "store/trust.h"
#include "store/work.h"
#include "webhooks/sender.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>
#include <unistd.h>

enum { CONFIG_ARENA_BYTES = 1 << 20, TOOL_ARENA_BYTES = 64 << 20, LISTEN_FD = 0 };

struct haatd {
	const char     *config_path;
	enum pool       pool;
	int64_t         workers;
	bool            openapi, nginx, postman, lint;
	const char     *docs; /* the directory that they are written into */
	struct config   config;
	struct arena   *arena;
	struct jwt_keys keys;
};

/* One worker: everything that cannot be shared over a fork is opened here. */
static int
work_as_worker(int index, void *argument)
{
	struct haatd     *haatd = argument;
	struct arena     *arena = arena_new((size_t)haatd->config.workers.request_memory_bytes);
	struct work       work = { .arena = arena, .config = &haatd->config, .request_id = "", .traceparent = "", .address = "" };
	struct dispatcher dispatcher = { .work = &work, .keys = &haatd->keys, .pool = haatd->pool };
	struct server     server = { .listen_fd = LISTEN_FD,
		    .serve = dispatch,
		    .finished = dispatch_finished,
		    .idle = dispatch_idle,
		    .idle_every_ms = BLOCKLIST_MS,
		    .argument = &dispatcher,
		    .slots = haatd->pool == POOL_API ? (unsigned)haatd->config.workers.slots : 1 };
	int               outcome;

	work.db = db_open(&haatd->config, arena);
	work.cache = cache_open(&haatd->config, arena);
	recent_worker_begins(haatd->pool, (unsigned)index);
	metric_add(METRIC_WORKER_STARTS, haatd->pool, 0, 1);
	trust_begin(&work);
	dispatch_idle(&dispatcher); /* before the first request */
	outcome = server_run(&server);
	blocklist_free(&dispatcher.blocklist);
	cache_close(work.cache);
	db_close(work.db);
	arena_free(arena);
	return outcome == 0 ? 0 : 1;
}

static int
usage(void)
{
	fputs("usage: haatd [--config FILE] --pool api|auth|pay|hooks|bulk [--workers N]\n"
	      "       haatd --openapi | --postman | --nginx | --lint | --docs DIRECTORY\n"
	      "Serves FastCGI on the listening socket that is its standard input.\n",
	    stderr);
	return 2;
}

/* Prints what is known without a shop. */
static bool
is_tool(const struct haatd *haatd)
{
	return haatd->openapi || haatd->nginx || haatd->postman || haatd->lint || haatd->docs != NULL;
}

static bool
parse_options(int argc, char **argv, struct haatd *haatd)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ "pool", required_argument, NULL, 'p' },
		{ "workers", required_argument, NULL, 'w' },
		{ "openapi", no_argument, NULL, 'o' },
		{ "nginx", no_argument, NULL, 'n' },
		{ "postman", no_argument, NULL, 'm' },
		{ "lint", no_argument, NULL, 'l' },
		{ "docs", required_argument, NULL, 'd' },
		{ NULL, 0, NULL, 0 },
	};
	int option, pool = -1;

	haatd->config_path = getenv("HAAT_CONFIG");
	while ((option = getopt_long(argc, argv, "c:p:w:", options, NULL)) != -1)
		switch (option) {
		case 'c':
			haatd->config_path = optarg;
			break;
		case 'p':
			pool = value_index(pool_values, optarg);
			break;
		case 'w':
			haatd->workers = strtoll(optarg, NULL, 10);
			if (haatd->workers < 1 || haatd->workers > WORKERS_MAX)
				return false;
			break;
		case 'o':
			haatd->openapi = true;
			break;
		case 'n':
			haatd->nginx = true;
			break;
		case 'm':
			haatd->postman = true;
			break;
		case 'l':
			haatd->lint = true;
			break;
		case 'd':
			haatd->docs = optarg;
			break;
		default:
			return false;
		}
	haatd->pool = (enum pool)pool;
	return optind == argc && (is_tool(haatd) || pool >= 0);
}

/* All but webhooks have pages: also who hashes passwords, and who takes pictures in. */
static bool
load_pages(const struct haatd *haatd)
{
	struct text faults = text_new(haatd->arena, 256);

	if (haatd->pool == POOL_HOOKS || pages_load(&haatd->config, &faults))
		return true;
	fprintf(stderr, "haatd cannot start:\n%s", faults.bytes);
	return false;
}

static const char *const log_levels[] = { "debug", "info", "warning", "error", NULL };
static const char        keys_fault[] =
    "auth.jwt_secret or auth.jwt_old_keys: a secret is shorter than 32 bytes or an id is missing or used twice";

static bool
make_keys(struct arena *arena, const struct config *config, struct jwt_keys *keys)
{
	return jwt_keys_make(arena, config->auth.issuer, config->auth.audience, config->auth.jwt_key_id, config->auth.jwt_secret,
	    config->auth.jwt_old_keys, keys);
}

static bool
load(struct haatd *haatd)
{
	struct text faults = text_new(haatd->arena, 256);

	if (config_load(haatd->config_path, haatd->arena, &haatd->config, &faults) &&
	    make_keys(haatd->arena, &haatd->config, &haatd->keys))
		return true;
	fprintf(stderr, "haatd cannot start:\n%s", faults.length > 0 ? faults.bytes : keys_fault);
	if (faults.length == 0)
		fputc('\n', stderr);
	return false;
}

/* In the master, for the workers that it forks from now on. */
static bool
reload(void *argument)
{
	struct haatd   *haatd = argument;
	struct config   config;
	struct jwt_keys keys;
	struct text     faults;
	struct arena   *arena = config_read_again(haatd->config_path, CONFIG_ARENA_BYTES, &haatd->config, &config);

	if (arena == NULL)
		return false;
	if (!make_keys(arena, &config, &keys)) {
		log_error("the configuration is invalid: keeping the previous one", LOG_TEXT("fault", keys_fault));
		arena_free(arena);
		return false;
	}
	faults = text_new(arena, 256);
	if (haatd->pool != POOL_HOOKS && !pages_load(&config, &faults)) {
		log_error("the pages cannot be read: keeping the previous ones", LOG_TEXT("fault", faults.bytes));
		arena_free(arena);
		return false;
	}
	arena_free(haatd->arena);
	haatd->arena = arena;
	haatd->config = config;
	haatd->keys = keys;
	log_open("haatd", (enum log_level)value_index(log_levels, config.log_level));
	telemetry_open(&haatd->config);
	log_info("configuration reloaded");
	return true;
}

static int64_t
configured_workers(const struct haatd *haatd)
{
	const int64_t counts[POOL__COUNT] = {
		[POOL_API] = haatd->config.workers.api,
		[POOL_AUTH] = haatd->config.workers.auth,
		[POOL_PAY] = haatd->config.workers.pay,
		[POOL_HOOKS] = haatd->config.workers.hooks,
		[POOL_BULK] = haatd->config.workers.bulk,
	};

	return haatd->workers > 0 ? haatd->workers : counts[haatd->pool];
}

static int
serve_pool(struct haatd *haatd)
{
	struct master master = { .workers = (unsigned)configured_workers(haatd),
		.work = work_as_worker,
		.notice_ms = (int)haatd->config.http.draining_seconds * 1000,
		.reload = reload,
		.argument = haatd };

	log_open("haatd", (enum log_level)value_index(log_levels, haatd->config.log_level));
	shop_metrics_open(haatd->config.run_directory);
	circuit_open_shared(&haatd->config, CIRCUIT_FOR_REQUESTS);
	telemetry_open(&haatd->config);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a log that may not grow costs its lines, not the worker */
	return master_run(&master) == 0 ? 0 : 1;
}

/* Prints or writes what is known without a shop. */
static int
run_tool(struct haatd *haatd)
{
	struct text document = text_new(haatd->arena, 1 << 20);
	const char *failed;

	if (haatd->docs != NULL) {
		if (docs_write(haatd->arena, haatd->docs, &failed))
			return 0;
		fprintf(stderr, "haatd: cannot write '%s': %s\n", failed, strerror(errno));
		return 1;
	}
	if (haatd->openapi)
		openapi_print("https://localhost:8443", &document);
	else if (haatd->postman)
		postman_print("https://localhost:8443", &document);
	else
		nginx_print(&document, sender_names());
	puts(document.bytes);
	return 0;
}

static int
run(struct haatd *haatd)
{
	struct text faults = text_new(haatd->arena, 256);

	routes_use(shop_tables);
	if (!routes_lint(&faults)) {
		fprintf(stderr, "haatd cannot start, its routes are invalid:\n%s", faults.bytes);
		return 3;
	}
	if (haatd->lint)
		return 0;
	if (is_tool(haatd))
		return run_tool(haatd);
	return load(haatd) && load_pages(haatd) ? serve_pool(haatd) : 3;
}

int
main(int argc, char **argv)
{
	struct haatd haatd = { .config_path = NULL };
	int          code;

	if (!parse_options(argc, argv, &haatd))
		return usage();
	haatd.arena = arena_new(is_tool(&haatd) ? TOOL_ARENA_BYTES : CONFIG_ARENA_BYTES);
	code = run(&haatd);
	arena_free(haatd.arena); /* with the secrets in it */
	return code;
}
