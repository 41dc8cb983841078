/* haat-jobs: the workers of the job queue.  Wires things together and nothing else. */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/telemetry.h"
#include "base/text.h"
#include "events/doorbell.h"
#include "events/worker.h"
#include "http/master.h"
#include "live/publish.h"
#include "net/circuit.h"
#include "notify/letter_words.h"
#include "notify/sqs.h"
#include "notify/deliver.h"
#include "shop.h"
#include "store/cache.h"
#include "store/db.h"
#include "store/trust.h"
#include "store/work.h"
#include "telemetry/forward.h"

#include <errno.h>
#include <getopt.h>
#include <signal.h>

enum { CONFIG_ARENA_BYTES = 32 << 20, JOB_MEMORY_BYTES = 64 << 20, DRAIN_MS = 60 * 1000 };

struct jobs {
	const char   *config_path;
	struct arena *arena;              /* of the configuration, and the letters' templates */
	enum job_lane lanes[WORKERS_MAX]; /* of each worker */
	unsigned      workers;
	int           doorbells[LANE__COUNT];
	struct config config;
};

static volatile sig_atomic_t stopping;

static void
stop(int signal_number)
{
	(void)signal_number;
	stopping = 1;
}

/* One worker: everything that cannot be shared over a fork is opened here. */
static int
work_as_worker(int index, void *argument)
{
	struct jobs     *jobs = argument;
	enum job_lane    lane = jobs->lanes[index];
	struct arena    *arena = arena_new(JOB_MEMORY_BYTES);
	struct work      work = { .arena = arena,
		     .config = &jobs->config,
		     .viewer = SYSTEM_VIEWER,
		     .request_id = "",
		     .traceparent = "",
		     .address = "" };
	struct sigaction action = { .sa_handler = stop };

	if (lane == LANE_TELEMETRY) { /* needs no database */
		worker_ready();
		forward_telemetry(&work, jobs->doorbells[lane]);
		arena_free(arena);
		return 0;
	}
	sigaction(SIGTERM, &action, NULL);
	sigaction(SIGINT, &action, NULL);
	work.db = db_open(&jobs->config, arena);
	work.cache = cache_open(&jobs->config, arena);
	trust_begin(&work);
	worker_ready();
	if (lane == LANE_DELIVERIES)
		deliver_webhooks(&work, jobs->doorbells[lane]);
	else if (lane == LANE_SQS)
		send_to_sqs(&work, jobs->doorbells[lane]);
	else if (lane == LANE_LIVE)
		publish_live(&work, jobs->doorbells[lane]);
	else
		job_worker_run(&work, lane, shop_jobs, shop_jobs_count, jobs->doorbells[lane], &stopping);
	cache_close(work.cache);
	db_close(work.db);
	arena_free(arena);
	return 0;
}

static int
usage(void)
{
	fputs("usage: haat-jobs [--config FILE]\n"
	      "Runs the jobs of the queue.\n",
	    stderr);
	return 2;
}

static bool
parse_options(int argc, char **argv, struct jobs *jobs)
{
	static const struct option options[] = {
		{ "config", required_argument, NULL, 'c' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	jobs->config_path = getenv("HAAT_CONFIG");
	while ((option = getopt_long(argc, argv, "c:", options, NULL)) != -1)
		if (option == 'c')
			jobs->config_path = optarg;
		else
			return false;
	return optind == argc;
}

_Static_assert(5 + 5 * JOB_WORKERS_MAX <= WORKERS_MAX, "the lanes' workers would not fit");

/* One worker fans events out, one delivers webhooks, one sends to SQS, one tells browsers and one the collectors of telemetry; the other lanes have as many as the configuration says. */
static void
assign_lanes(struct jobs *jobs)
{
	const int64_t counts[LANE__COUNT] = { [LANE_EVENTS] = 1,
		[LANE_DELIVERIES] = 1,
		[LANE_SQS] = 1,
		[LANE_LIVE] = 1,
		[LANE_TELEMETRY] = 1,
		[LANE_MONEY] = jobs->config.workers.jobs_money,
		[LANE_WEBHOOKS] = jobs->config.workers.jobs_webhooks,
		[LANE_MAIL] = jobs->config.workers.jobs_mail,
		[LANE_MEDIA] = jobs->config.workers.jobs_media,
		[LANE_UPKEEP] = jobs->config.workers.jobs_upkeep };

	for (enum job_lane lane = 0; lane < LANE__COUNT; lane++)
		for (int64_t i = 0; i < counts[lane]; i++)
			jobs->lanes[jobs->workers++] = lane;
}

static bool
bind_doorbells(struct jobs *jobs)
{
	for (enum job_lane lane = 0; lane < LANE__COUNT; lane++) {
		jobs->doorbells[lane] = doorbell_bind(jobs->config.run_directory, job_lane_name(lane));
		if (jobs->doorbells[lane] < 0)
			return false;
	}
	return true;
}

static const char *const log_levels[] = { "debug", "info", "warning", "error", NULL };

/* Where letters are sent, their templates must be right. */
static bool
load_words(struct arena *arena, const struct config *config, struct text *faults)
{
	return !config_has_mail(config) || letter_words_load(arena, config, faults);
}

/* The same for who serves already: keeps the templates that there are when the new ones are wrong. */
static bool
reload_words(struct arena *arena, const struct config *config)
{
	struct text faults = text_new(arena, 256);

	if (load_words(arena, config, &faults))
		return true;
	for (const char *line = faults.bytes; *line != '\0';) {
		size_t length = strcspn(line, "\n");

		log_error(
		    "the configuration is invalid: keeping the previous one", LOG_TEXT("fault", arena_copy(arena, line, length)));
		line += length + (line[length] == '\n');
	}
	return false;
}

/* In the master, for the workers that it forks from now on. */
static bool
reload(void *argument)
{
	struct jobs  *jobs = argument;
	struct config config;
	struct arena *arena = config_read_again(jobs->config_path, CONFIG_ARENA_BYTES, &jobs->config, &config);

	if (arena == NULL)
		return false;
	if (!reload_words(arena, &config)) {
		arena_free(arena);
		return false;
	}
	arena_free(jobs->arena);
	jobs->arena = arena;
	jobs->config = config;
	log_open("haat-jobs", (enum log_level)value_index(log_levels, config.log_level));
	telemetry_open(&jobs->config);
	log_info("configuration reloaded");
	return true;
}

static int
run_master(struct jobs *jobs)
{
	struct master master = { .work = work_as_worker, .reload = reload, .argument = jobs, .drain_ms = DRAIN_MS };

	log_open("haat-jobs", (enum log_level)value_index(log_levels, jobs->config.log_level));
	routes_use(shop_tables);
	shop_metrics_open(jobs->config.run_directory);
	circuit_open_shared(&jobs->config, CIRCUIT_FOR_JOBS);
	telemetry_open(&jobs->config);
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN); /* a log that may not grow costs its lines, not the worker */
	if (!bind_doorbells(jobs)) {
		log_error("cannot start: no doorbell", LOG_TEXT("directory", jobs->config.run_directory),
		    LOG_TEXT("cause", strerror(errno)));
		return 1;
	}
	assign_lanes(jobs);
	master.workers = jobs->workers;
	return master_run(&master) == 0 ? 0 : 1;
}

int
main(int argc, char **argv)
{
	static struct jobs jobs;
	struct text        faults;
	int                code;

	jobs.arena = arena_new(CONFIG_ARENA_BYTES);
	faults = text_new(jobs.arena, 256);
	if (!parse_options(argc, argv, &jobs)) {
		code = usage();
	} else if (!config_load(jobs.config_path, jobs.arena, &jobs.config, &faults) ||
	    !load_words(jobs.arena, &jobs.config, &faults)) {
		fprintf(stderr, "haat-jobs cannot start:\n%s", faults.bytes);
		code = 3;
	} else {
		code = run_master(&jobs);
	}
	arena_free(jobs.arena); /* with the secrets in it */
	return code;
}
