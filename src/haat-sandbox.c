/*
 * haat-sandbox: stands in for payment providers during development and tests.
 *
 *   haat-sandbox --config FILE
 *
 * Listens on 127.0.0.1 at sandbox.port and refuses to run in the production profile.  TERM and INT end it.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "base/shape.h"
#include "sandbox/sandbox.h"

#include <curl/curl.h>
#include <errno.h>
#include <getopt.h>
#include <microhttpd.h>
#include <signal.h>

enum { SETTINGS_MEMORY = 4 << 20 };

static const char *
config_path(int argc, char **argv)
{
	static const struct option options[] = { { "config", required_argument, NULL, 'c' }, { 0 } };
	const char                *path = getenv("HAAT_CONFIG");
	int                        option;

	while ((option = getopt_long(argc, argv, "c:", options, NULL)) != -1) {
		if (option != 'c')
			return NULL;
		path = optarg;
	}
	return optind == argc ? path : NULL;
}

/* Says on stderr what is wrong with the settings. */
static bool
load_settings(const char *path, struct arena *arena, struct config *config)
{
	struct text faults = text_new(arena, 256);

	if (!config_load(path, arena, config, &faults)) {
		fprintf(stderr, "haat-sandbox: the configuration is invalid\n%s", faults.bytes);
		return false;
	}
	if (config->profile == PROFILE_PRODUCTION) {
		fputs("haat-sandbox: refuses to run in the production profile\n", stderr);
		return false;
	}
	for (size_t i = 0; stand_ins[i] != NULL; i++) {
		const struct stand_in *stand_in = stand_ins[i];
		const char            *fault;

		if (stand_in->settings_fault == NULL || value_index(config->payments.providers, stand_in->name) < 0)
			continue;
		fault = stand_in->settings_fault(config);
		if (fault != NULL) {
			fprintf(stderr, "haat-sandbox: %s\n", fault);
			return false;
		}
	}
	return true;
}

static void
prepare(struct sandbox *sandbox, const struct config *config)
{
	pthread_condattr_t monotonic;

	*sandbox = (struct sandbox) { .config = config, .journal = -1 };
	pthread_mutex_init(&sandbox->lock, NULL);
	pthread_condattr_init(&monotonic);
	pthread_condattr_setclock(&monotonic, CLOCK_MONOTONIC);
	pthread_cond_init(&sandbox->changed, &monotonic);
	pthread_condattr_destroy(&monotonic);
}

/* The signals are blocked before the threads are made, so that only this thread gets them. */
static int
run(struct sandbox *sandbox, const sigset_t *signals)
{
	uint16_t           port = (uint16_t)sandbox->config->sandbox.port;
	struct MHD_Daemon *server = server_start(sandbox, port);
	pthread_t          sender;
	int                signal;

	if (server == NULL) {
		fprintf(stderr, "haat-sandbox: cannot listen on 127.0.0.1:%u: %s\n", port, strerror(errno));
		return EXIT_FAILURE;
	}
	if (pthread_create(&sender, NULL, delivery_run, sandbox) != 0) {
		MHD_stop_daemon(server);
		fputs("haat-sandbox: cannot start a thread\n", stderr);
		return EXIT_FAILURE;
	}
	log_info("the sandbox is ready", LOG_NUMBER("port", port));
	sigwait(signals, &signal);
	pthread_mutex_lock(&sandbox->lock);
	sandbox->stopping = true;
	pthread_cond_broadcast(&sandbox->changed);
	pthread_mutex_unlock(&sandbox->lock);
	MHD_stop_daemon(server);
	pthread_join(sender, NULL);
	return EXIT_SUCCESS;
}

/* With the settings in hand: state, threads, and the end of both. */
static int
serve(const struct config *config)
{
	struct sandbox sandbox;
	sigset_t       signals;
	int            outcome = EXIT_FAILURE;

	sigemptyset(&signals);
	sigaddset(&signals, SIGTERM);
	sigaddset(&signals, SIGINT);
	pthread_sigmask(SIG_BLOCK, &signals, NULL);
	signal(SIGPIPE, SIG_IGN);
	curl_global_init(CURL_GLOBAL_DEFAULT);
	prepare(&sandbox, config);
	if (state_open(&sandbox, config->sandbox.state_file))
		outcome = run(&sandbox, &signals);
	delivery_clear(&sandbox);
	switches_clear(&sandbox);
	state_close(&sandbox);
	curl_global_cleanup();
	return outcome;
}

int
main(int argc, char **argv)
{
	const char   *path = config_path(argc, argv);
	struct arena *arena;
	struct config config;
	int           outcome = EXIT_FAILURE;

	if (path == NULL) {
		fputs("usage: haat-sandbox --config FILE\n", stderr);
		return EXIT_FAILURE;
	}
	log_open("haat-sandbox", LOG_LEVEL_INFO);
	arena = arena_new(SETTINGS_MEMORY);
	if (load_settings(path, arena, &config))
		outcome = serve(&config);
	arena_free(arena);
	return outcome;
}
