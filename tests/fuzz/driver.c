/*
 * Replays the corpus, and mutations of it that are the same in every run: what make check runs, and what ./dev fuzz runs
 * where there is no libFuzzer.
 *
 *   fuzz-NAME [-seconds=N] [FILE | DIRECTORY]...     the corpus of NAME when nothing is named
 *
 * The inputs run in a process of their own; the one on which it died is kept as fuzz-NAME.crash.
 */
#include "tests/fuzz/fuzz.h"

#include "base/instant.h"

#include <dirent.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

enum { INPUTS_MAX = 4096, INPUT_BYTES_MAX = 16384, MUTATIONS = 4000, CHANGES_MAX = 6, INPUT_SECONDS_MAX = 10 };

struct input {
	uint8_t bytes[INPUT_BYTES_MAX];
	size_t  length;
};

static struct input *inputs[INPUTS_MAX];
static size_t        n_inputs;

/* Shared with the process that runs the inputs: the one that runs now, and how many ran. */
static struct {
	struct input input;
	size_t       count;
} * running;

/* splitmix64: the same numbers on every machine. */
static uint64_t
random_below(uint64_t bound)
{
	static uint64_t state = 0x5eed;
	uint64_t        z = state += 0x9e3779b97f4a7c15;

	z = (z ^ z >> 30) * 0xbf58476d1ce4e5b9;
	z = (z ^ z >> 27) * 0x94d049bb133111eb;
	return (z ^ z >> 31) % bound;
}

static void
run_input(const struct input *input)
{
	/* A copy of its exact size: AddressSanitizer sees what reads behind it. */
	uint8_t *copy = malloc(input->length > 0 ? input->length : 1);

	if (copy == NULL)
		abort();
	memcpy(copy, input->bytes, input->length);
	running->input = *input;
	running->count++;
	alarm(INPUT_SECONDS_MAX);
	LLVMFuzzerTestOneInput(copy, input->length);
	alarm(0);
	free(copy);
}

static void
exchange(struct input *input, size_t at, size_t removed, const uint8_t *bytes, size_t added)
{
	if (input->length - removed + added > INPUT_BYTES_MAX)
		return;
	memmove(input->bytes + at + added, input->bytes + at + removed, input->length - at - removed);
	memcpy(input->bytes + at, bytes, added);
	input->length = input->length - removed + added;
}

/* One change: a byte, a bit, a piece taken out, doubled, put in from another input, or a word that parsers know. */
static void
change(struct input *input)
{
	static const char *const words[] = { "null", "true", "-", "0", "1e9", "9223372036854775808", "\"", "\\u0000", "\\ud800",
		"{", "}", "[", "]", ",", ":", "%00", "%ff", "&", "=", ".", "\xc3", "\xed\xa0\x80", "T", "Z", "+", "\n",
		"t=", "v1=" };
	const struct input      *other = inputs[random_below(n_inputs)];
	size_t                   at = random_below(input->length + 1), left = input->length - at;
	const char              *word = words[random_below(sizeof words / sizeof *words)];
	uint8_t                  piece[256], byte = (uint8_t)random_below(256);
	size_t                   length = random_below(left < sizeof piece ? left + 1 : sizeof piece);

	memcpy(piece, input->bytes + at, length);
	switch (random_below(7)) {
	case 0:
		exchange(input, at, left > 0, &byte, 1);
		break;
	case 1:
		if (left > 0)
			input->bytes[at] ^= (uint8_t)(1 << random_below(8));
		break;
	case 2:
		exchange(input, at, length, piece, 0);
		break;
	case 3:
		exchange(input, at, 0, piece, length);
		break;
	case 4:
		length = other->length < sizeof piece ? other->length : sizeof piece;
		exchange(input, at, 0, other->bytes + random_below(other->length - length + 1), length);
		break;
	case 5:
		exchange(input, at, 0, (const uint8_t *)word, strlen(word));
		break;
	default:
		exchange(input, at, 0, &byte, 1);
	}
}

static void
run_mutations(int64_t until_ms)
{
	struct input *input = malloc(sizeof *input);

	if (input == NULL)
		abort();
	for (size_t i = 0; until_ms > 0 ? monotonic_ms() < until_ms : i < MUTATIONS; i++) {
		*input = *inputs[random_below(n_inputs)];
		for (uint64_t changes = 1 + random_below(CHANGES_MAX); changes > 0; changes--)
			change(input);
		run_input(input);
	}
	free(input);
}

static void
add_file(const char *path)
{
	struct input *input = calloc(1, sizeof *input);
	FILE         *file = fopen(path, "rb");

	if (input == NULL || file == NULL || n_inputs == INPUTS_MAX) {
		fprintf(stderr, "cannot read '%s'\n", path);
		exit(99);
	}
	input->length = fread(input->bytes, 1, sizeof input->bytes, file);
	fclose(file);
	inputs[n_inputs++] = input;
}

/* A file, or the files of a directory in the order of their names. */
static void
add_path(const char *path)
{
	struct dirent **entries;
	int             count = scandir(path, &entries, NULL, alphasort);

	if (count < 0) {
		add_file(path);
		return;
	}
	for (int i = 0; i < count; i++) {
		char file[PATH_MAX];

		if (entries[i]->d_name[0] != '.' &&
		    snprintf(file, sizeof file, "%s/%s", path, entries[i]->d_name) < (int)sizeof file)
			add_file(file);
		free(entries[i]);
	}
	free(entries);
}

static void
keep_crash(const char *name)
{
	char  path[300];
	FILE *file;

	snprintf(path, sizeof path, "%s.crash", name);
	file = fopen(path, "wb");
	if (file == NULL || fwrite(running->input.bytes, 1, running->input.length, file) != running->input.length) {
		perror(path);
		exit(99);
	}
	fclose(file);
	printf("input %zu of %zu bytes is kept as '%s'\n", running->count, running->input.length, path);
}

static int
run_all(const char *name, int64_t until_ms)
{
	pid_t child;
	int   status;

	fflush(NULL);
	child = fork();
	if (child == 0) {
		for (size_t i = 0; i < n_inputs; i++)
			run_input(inputs[i]);
		run_mutations(until_ms);
		exit(0);
	}
	if (child < 0 || waitpid(child, &status, 0) != child)
		abort();
	if (status != 0)
		keep_crash(name);
	printf("%s: %zu inputs\n%d passed, %d failed, 0 skipped\n", name, running->count, status == 0, status != 0);
	return status != 0;
}

int
main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') == NULL ? argv[0] : strrchr(argv[0], '/') + 1, *source = getenv("srcdir");
	int64_t     until_ms = 0;
	char        corpus[PATH_MAX];

	running = mmap(NULL, sizeof *running, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (running == MAP_FAILED)
		abort();
	for (int i = 1; i < argc; i++)
		if (strncmp(argv[i], "-seconds=", 9) == 0)
			until_ms = monotonic_ms() + strtoll(argv[i] + 9, NULL, 10) * 1000;
		else
			add_path(argv[i]);
	if (n_inputs == 0) {
		snprintf(corpus, sizeof corpus, "%s/tests/fuzz/corpus/%s", source == NULL ? "." : source, name + strlen("fuzz-"));
		add_path(corpus);
	}
	return run_all(name, until_ms);
}
