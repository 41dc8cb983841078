/*
 * bare-transaction: a captured request's statements and its COMMIT, again and again, without HTTP.
 *
 *   bare-transaction --sql=TRAFFIC --database=SOCKET --password=FILE --since=MILLISECONDS [--processes=N]
 *                    [--seconds=S] [--values=FILE [--start=LINE] [--once]] [--fresh=PREFIX]...
 *
 * Each process runs the transaction with values of its own.  What the request made new is made new each time: ids whose
 * time is not before --since, digests of 32 bytes but for those that the values name, texts that begin with a --fresh
 * prefix.  The values file has a line of words for each transaction; the first line is what the captured request used,
 * and wherever a parameter is one of its words it becomes the word of that place in another line.  Prints how many
 * transactions a second were committed, and how many failed.
 */
#include "base/ids.h"
#include "base/instant.h"
#include "bench/measure.h"
#include "bench/traffic.h"

#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { PROCESSES_MAX = 64, DIGEST = 32 };

struct options {
	const char *sql, *database, *password, *values;
	struct list prefixes;
	int64_t     start, processes, since_ms;
	double      seconds;
	bool        once;
};

/* Shared by the processes. */
struct score {
	atomic_size_t next_line, committed, failed, ready;
	atomic_bool   running;
};

struct bench {
	const struct options *options;
	struct lines          lines; /* every word of a column has the same length as that of the first line */
	struct traffic        traffic;
};

static bool
is_word(const struct bench *bench, const struct value *value, size_t *word)
{
	unsigned char bytes[256];

	if (bench->lines.count == 0 || value->type == MYSQL_TYPE_NULL || value->type == MYSQL_TYPE_LONGLONG)
		return false;
	for (*word = 0; *word < WORDS_MAX && bench->lines.words[0][*word] != NULL; ++*word)
		if (word_bytes(bench->lines.words[0][*word], bytes) == value->length &&
		    memcmp(bytes, value->bytes, value->length) == 0)
			return true;
	return false;
}

/* What the captured request made new, and as what. */
static bool
is_made(const struct options *options, const struct value *value, struct made *made)
{
	*made = (struct made) { .kind = MADE_UUID, .length = value->length };
	if (value->length > sizeof made->bytes)
		return false;
	memcpy(made->bytes, value->bytes, value->length);
	if (value->type == MYSQL_TYPE_BLOB && value->length == sizeof(struct uuid)) {
		int64_t made_ms = 0;

		for (int i = 0; i < 6; i++)
			made_ms = made_ms << 8 | value->bytes[i];
		return value->bytes[6] >> 4 == 7 && made_ms >= options->since_ms;
	}
	made->kind = MADE_BYTES;
	if (value->type == MYSQL_TYPE_BLOB && value->length == DIGEST)
		return true;
	made->kind = MADE_TEXT;
	for (size_t i = 0; i < options->prefixes.count; i++) {
		made->prefix = options->prefixes.items[i];
		if (value->type == MYSQL_TYPE_STRING && value->length > strlen(made->prefix) &&
		    strncmp((char *)value->bytes, made->prefix, strlen(made->prefix)) == 0)
			return true;
	}
	return false;
}

/* The number of what was made, which may stand in several places. */
static size_t
number_of(struct traffic *traffic, const struct made *made)
{
	for (size_t i = 0; i < traffic->n_made; i++)
		if (traffic->made[i].length == made->length && memcmp(traffic->made[i].bytes, made->bytes, made->length) == 0)
			return i;
	if (traffic->n_made == TRAFFIC_MADE_MAX)
		abort();
	traffic->made[traffic->n_made] = *made;
	return traffic->n_made++;
}

static void
find_varying(struct bench *bench)
{
	for (size_t s = 0; s < bench->traffic.count; s++) {
		struct step *step = &bench->traffic.steps[s];

		for (size_t i = 0; i < step->parameters; i++) {
			struct value *value = &step->values[i];
			struct made   made;

			if (is_word(bench, value, &value->which)) {
				value->source = VALUE_WORD;
			} else if (is_made(bench->options, value, &made)) {
				value->source = VALUE_MADE;
				value->which = number_of(&bench->traffic, &made);
			}
		}
	}
}

static int
run_process(struct bench *bench, struct score *score)
{
	const struct options *options = bench->options;
	size_t                last = bench->lines.count;

	if (!traffic_prepare(&bench->traffic, options->database, options->password))
		return EXIT_FAILURE;
	atomic_fetch_add(&score->ready, 1);
	while (!atomic_load(&score->running))
		usleep(1000);
	while (atomic_load(&score->running)) {
		size_t line = atomic_fetch_add(&score->next_line, 1);

		if (options->once && line >= last)
			break;
		if (last > 1 && !options->once)
			line = 1 + line % (last - 1);
		traffic_vary(&bench->traffic, last > 0 ? bench->lines.words[last > 1 ? line : 0] : NULL);
		atomic_fetch_add(traffic_run_all(&bench->traffic, NULL, NULL) ? &score->committed : &score->failed, 1);
	}
	return EXIT_SUCCESS;
}

/* Starts the processes together and stops them when the time is over. */
static int
measure(struct bench *bench, struct score *score)
{
	const struct options *options = bench->options;
	int64_t               started, until;
	double                seconds;
	int64_t               alive = options->processes;
	int                   status, outcome = EXIT_SUCCESS;

	for (int64_t i = 0; i < options->processes; i++)
		if (fork() == 0)
			_exit(run_process(bench, score));
	while (atomic_load(&score->ready) < (size_t)options->processes) {
		if (waitpid(-1, &status, WNOHANG) > 0)
			return EXIT_FAILURE; /* it has said why; the others end with us */
		usleep(1000);
	}
	started = monotonic_ms();
	until = started + (int64_t)(options->seconds * 1000);
	atomic_store(&score->running, true);
	while (alive > 0 && monotonic_ms() < until) {
		usleep(2000);
		while (alive > 0 && waitpid(-1, &status, WNOHANG) > 0)
			alive--;
	}
	seconds = (double)(monotonic_ms() - started) / 1000;
	atomic_store(&score->running, false);
	report_begin(atomic_load(&score->committed), seconds);
	report_count("committed", atomic_load(&score->committed));
	report_count("failed", atomic_load(&score->failed));
	report_end();
	fflush(stdout);
	while (wait(&status) > 0)
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			outcome = EXIT_FAILURE;
	return outcome;
}

int
main(int argc, char **argv)
{
	static struct bench   bench;
	static struct options options = { .processes = 4, .seconds = 2, .start = 1 };
	struct argument       known[] = {
		      ARGUMENT("sql", "TRAFFIC", &options.sql, .required = true),
		      ARGUMENT("database", "SOCKET", &options.database, .required = true),
		      ARGUMENT("password", "FILE", &options.password, .required = true),
		      ARGUMENT("since", "MILLISECONDS", &options.since_ms, .most = 1e15),
		      ARGUMENT("processes", "N", &options.processes, .least = 1, .most = PROCESSES_MAX),
		      ARGUMENT("seconds", "S", &options.seconds, .least = 0.001, .most = 3600),
		      ARGUMENT("values", "FILE", &options.values),
		      ARGUMENT("start", "LINE", &options.start, .most = 1e9),
		      ARGUMENT("once", NULL, &options.once),
		      ARGUMENT("fresh", "PREFIX", &options.prefixes),
	};
	struct score *score;

	if (!arguments_read(argc, argv, known, sizeof known / sizeof *known))
		return EXIT_FAILURE;
	bench.options = &options;
	if (!traffic_read(&bench.traffic, options.sql) || (options.values != NULL && !lines_read(options.values, &bench.lines)))
		return EXIT_FAILURE;
	find_varying(&bench);
	score = mmap(NULL, sizeof *score, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (score == MAP_FAILED)
		abort();
	atomic_store(&score->next_line, (size_t)options.start);
	return measure(&bench, score);
}
