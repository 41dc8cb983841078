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
#include "bench/traffic.h"

#include <getopt.h>
#include <stdatomic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { WORDS_MAX = 16, PREFIXES_MAX = 8, MADE_MAX = 64, PROCESSES_MAX = 64, DIGEST = 32 };

struct options {
	const char *sql, *database, *password, *values, *prefixes[PREFIXES_MAX];
	size_t      n_prefixes, start;
	unsigned    processes;
	double      seconds;
	int64_t     since_ms;
	bool        once;
};

/* Lines of words; every word of a column has the same length as that of the first line. */
struct lines {
	char ***values;
	size_t  count, n_values;
};

/* Shared by the processes. */
struct score {
	atomic_size_t next_line, committed, failed, ready;
	atomic_bool   running;
};

/* A parameter that is not the same in each transaction. */
struct varying {
	struct step  *step;
	struct value *value;
	int           word; /* of the line; -1: made new */
	size_t        same; /* the first varying parameter with the same captured bytes */
};

struct bench {
	const struct options *options;
	struct lines          lines;
	struct traffic        traffic;
	struct varying        varying[MADE_MAX * 4];
	struct value          captured[MADE_MAX * 4];
	size_t                n_varying;
};

static bool
read_lines(const char *path, struct lines *lines)
{
	FILE  *file = fopen(path, "r");
	char  *line = NULL, *rest;
	size_t room = 0, allocated = 0;

	if (file == NULL)
		return false;
	while (getline(&line, &room, file) > 0) {
		size_t n = 0;

		if (lines->count == allocated) {
			allocated = allocated == 0 ? 1024 : allocated * 2;
			lines->values = realloc(lines->values, allocated * sizeof *lines->values);
		}
		lines->values[lines->count] = calloc(WORDS_MAX, sizeof(char *));
		for (char *word = strtok_r(line, " \n", &rest); word != NULL && n < WORDS_MAX;
		     word = strtok_r(NULL, " \n", &rest))
			lines->values[lines->count][n++] = strdup(word);
		lines->n_values = n;
		lines->count++;
	}
	free(line);
	fclose(file);
	return lines->count > 0;
}

/* The bytes that a word stands for in a parameter: a UUID's sixteen, a digest's, a number's eight, or the text itself. */
static size_t
word_bytes(const char *word, unsigned char bytes[256])
{
	struct uuid uuid;
	size_t      length = strlen(word);

	if (uuid_parse(word, &uuid)) {
		memcpy(bytes, &uuid, sizeof uuid);
		return sizeof uuid;
	}
	if (length > 255)
		length = 255;
	memcpy(bytes, word, length);
	return length;
}

static int
word_of(const struct bench *bench, const struct value *value)
{
	unsigned char bytes[256];

	for (size_t i = 0; bench->lines.count > 0 && i < bench->lines.n_values; i++)
		if (word_bytes(bench->lines.values[0][i], bytes) == value->length &&
		    memcmp(bytes, value->bytes, value->length) == 0)
			return (int)i;
	return -1;
}

static bool
is_fresh(const struct options *options, const struct value *value)
{
	if (value->type == MYSQL_TYPE_BLOB && value->length == sizeof(struct uuid)) {
		int64_t made_ms = 0;

		for (int i = 0; i < 6; i++)
			made_ms = made_ms << 8 | value->bytes[i];
		return value->bytes[6] >> 4 == 7 && made_ms >= options->since_ms;
	}
	if (value->type == MYSQL_TYPE_BLOB && value->length == DIGEST)
		return true;
	for (size_t i = 0; i < options->n_prefixes; i++)
		if (value->type == MYSQL_TYPE_STRING && value->length > strlen(options->prefixes[i]) &&
		    strncmp((char *)value->bytes, options->prefixes[i], strlen(options->prefixes[i])) == 0)
			return true;
	return false;
}

static void
find_varying(struct bench *bench)
{
	for (size_t s = 0; s < bench->traffic.count; s++) {
		struct step *step = &bench->traffic.steps[s];

		for (size_t i = 0; i < step->parameters; i++) {
			struct value *value = &step->values[i];
			int           word =
                            value->type == MYSQL_TYPE_NULL || value->type == MYSQL_TYPE_LONGLONG ? -1 : word_of(bench, value);
			size_t n = bench->n_varying, same = n;

			if (word < 0 && !is_fresh(bench->options, value))
				continue;
			if (n == MADE_MAX * 4)
				abort();
			bench->captured[n] = (struct value) { value->type,
				memcpy(malloc(value->length), value->bytes, value->length), value->length };
			for (size_t j = n; j-- > 0;)
				if (bench->captured[j].length == value->length &&
				    memcmp(bench->captured[j].bytes, value->bytes, value->length) == 0)
					same = j;
			bench->varying[bench->n_varying++] = (struct varying) { step, value, word, same };
		}
	}
}

static void
make_new(const struct options *options, const struct value *captured, struct value *value)
{
	static const char digits[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";

	if (value->type == MYSQL_TYPE_BLOB && value->length == sizeof(struct uuid)) {
		struct uuid uuid = uuid_new();

		memcpy(value->bytes, &uuid, sizeof uuid);
		return;
	}
	random_bytes(value->bytes, value->length);
	if (value->type == MYSQL_TYPE_BLOB)
		return;
	for (size_t i = 0; i < value->length; i++)
		value->bytes[i] = (unsigned char)digits[value->bytes[i] % (sizeof digits - 1)];
	for (size_t i = 0; i < options->n_prefixes; i++)
		if (strncmp((char *)captured->bytes, options->prefixes[i], strlen(options->prefixes[i])) == 0)
			memcpy(value->bytes, options->prefixes[i], strlen(options->prefixes[i]));
}

static void
vary(struct bench *bench, size_t line)
{
	unsigned char bytes[256];

	for (size_t i = 0; i < bench->n_varying; i++) {
		struct varying *varying = &bench->varying[i];

		if (varying->word >= 0) {
			size_t length = word_bytes(bench->lines.values[line][varying->word], bytes);

			memcpy(varying->value->bytes, bytes, length < varying->value->length ? length : varying->value->length);
		} else if (varying->same == i) {
			make_new(bench->options, &bench->captured[i], varying->value);
		} else {
			memcpy(varying->value->bytes, bench->varying[varying->same].value->bytes, varying->value->length);
		}
	}
}

static bool
run_once(struct bench *bench)
{
	for (size_t i = 0; i < bench->traffic.count; i++) {
		struct step *step = &bench->traffic.steps[i];
		unsigned     error = traffic_run(&bench->traffic, step, NULL, NULL);

		if (error != 0) {
			static int told;

			if (told++ == 0)
				fprintf(stderr, "bare-transaction: %u in '%s': %s\n", error, step->sql,
				    step->is_command ? mysql_error(bench->traffic.connection) : mysql_stmt_error(step->handle));
			mysql_rollback(bench->traffic.connection);
			return false;
		}
	}
	return true;
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
		if (last > 1)
			line = options->once ? line : 1 + line % (last - 1);
		else
			line = 0;
		vary(bench, line);
		atomic_fetch_add(run_once(bench) ? &score->committed : &score->failed, 1);
	}
	return EXIT_SUCCESS;
}

static bool
read_options(int argc, char **argv, struct options *options)
{
	static const struct option known[] = {
		{ "sql", required_argument, NULL, 'q' },
		{ "database", required_argument, NULL, 'd' },
		{ "password", required_argument, NULL, 'p' },
		{ "processes", required_argument, NULL, 'n' },
		{ "seconds", required_argument, NULL, 's' },
		{ "values", required_argument, NULL, 'v' },
		{ "start", required_argument, NULL, 'l' },
		{ "once", no_argument, NULL, 'o' },
		{ "fresh", required_argument, NULL, 'f' },
		{ "since", required_argument, NULL, 't' },
		{ NULL, 0, NULL, 0 },
	};
	int option;

	*options = (struct options) { .processes = 4, .seconds = 2, .start = 1 };
	while ((option = getopt_long(argc, argv, "", known, NULL)) != -1) {
		switch (option) {
		case 'q':
			options->sql = optarg;
			break;
		case 'd':
			options->database = optarg;
			break;
		case 'p':
			options->password = optarg;
			break;
		case 'n':
			options->processes = (unsigned)strtoul(optarg, NULL, 10);
			break;
		case 's':
			options->seconds = strtod(optarg, NULL);
			break;
		case 'v':
			options->values = optarg;
			break;
		case 'l':
			options->start = strtoul(optarg, NULL, 10);
			break;
		case 'o':
			options->once = true;
			break;
		case 't':
			options->since_ms = strtoll(optarg, NULL, 10);
			break;
		case 'f':
			if (options->n_prefixes == PREFIXES_MAX)
				return false;
			options->prefixes[options->n_prefixes++] = optarg;
			break;
		default:
			return false;
		}
	}
	return options->sql != NULL && options->database != NULL && options->password != NULL && options->processes >= 1 &&
	    options->processes <= PROCESSES_MAX && options->seconds > 0 && optind == argc;
}

/* Starts the processes together and stops them when the time is over. */
static int
measure(struct bench *bench, struct score *score)
{
	const struct options *options = bench->options;
	int64_t               started, until;
	double                seconds;
	unsigned              alive = options->processes;
	int                   status, outcome = EXIT_SUCCESS;

	for (unsigned i = 0; i < options->processes; i++)
		if (fork() == 0)
			_exit(run_process(bench, score));
	while (atomic_load(&score->ready) < options->processes) {
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
	printf("{\"per_second\": %.1f, \"committed\": %zu, \"failed\": %zu}\n", (double)atomic_load(&score->committed) / seconds,
	    atomic_load(&score->committed), atomic_load(&score->failed));
	while (wait(&status) > 0)
		if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
			outcome = EXIT_FAILURE;
	return outcome;
}

int
main(int argc, char **argv)
{
	static struct bench bench;
	struct options      options;
	struct score       *score;

	if (!read_options(argc, argv, &options)) {
		fputs(
		    "usage: bare-transaction --sql=TRAFFIC --database=SOCKET --password=FILE --since=MILLISECONDS [--processes=N]\n"
		    "       [--seconds=S] [--values=FILE [--start=LINE] [--once]] [--fresh=PREFIX]...\n",
		    stderr);
		return EXIT_FAILURE;
	}
	bench.options = &options;
	if (!traffic_read(&bench.traffic, options.sql))
		return EXIT_FAILURE;
	if (options.values != NULL && !read_lines(options.values, &bench.lines)) {
		fprintf(stderr, "bare-transaction: cannot read '%s'\n", options.values);
		return EXIT_FAILURE;
	}
	find_varying(&bench);
	score = mmap(NULL, sizeof *score, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (score == MAP_FAILED)
		abort();
	atomic_store(&score->next_line, options.start);
	return measure(&bench, score);
}
