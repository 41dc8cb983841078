#include "base/metrics.h"

#include "base/encoding.h"
#include "base/log.h"
#include "base/providers.h"
#include "base/shared_file.h"
#include "base/text.h"

#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <sys/mman.h>

enum { LABELS_MAX = 3 };
enum type { TYPE_COUNTER, TYPE_GAUGE, TYPE_HISTOGRAM };

enum { BOUNDS = METRIC_BOUNDS };
const int64_t metric_bounds_us[METRIC_BOUNDS] = { 1000, 2500, 5000, 10000, 25000, 50000, 100000, 250000, 500000, 1000000, 2500000,
	5000000, 10000000 };

/* The cells of one series; a histogram's are its buckets, each on its own, and the sum in microseconds. */
enum { CELL_VALUE = 0, CELL_TOUCHED = 1, CELL_SUM = BOUNDS + 1 };
static const size_t cells_of[] = { [TYPE_COUNTER] = 1, [TYPE_GAUGE] = 2, [TYPE_HISTOGRAM] = BOUNDS + 2 };

struct values {
	const char *const *list;
	size_t             count;
};
#define VALUES(...) \
	{ \
		(const char *const[]) { __VA_ARGS__ }, sizeof((const char *const[]) { __VA_ARGS__ }) / sizeof(const char *) \
	}

static const char *const label_names[LABEL__COUNT] = { [LABEL_ROUTE] = "route",
	[LABEL_STATUS] = "status",
	[LABEL_PROVIDER] = "provider",
	[LABEL_TYPE] = "type",
	[LABEL_OUTCOME] = "outcome",
	[LABEL_POOL] = "pool",
	[LABEL_KIND] = "kind",
	[LABEL_LANE] = "lane",
	[LABEL_PART] = "part" };

/* Of labels that families share. */
static struct values shared[LABEL__COUNT] = {
	[LABEL_STATUS] = VALUES("200", "201", "202", "204", "206", "303", "304", "400", "401", "403", "404", "405", "409", "412",
	    "413", "415", "422", "429", "500", "502", "503"),
	[LABEL_PROVIDER] = { sender_label_names, PROVIDER__COUNT + 1 },
	[LABEL_POOL] = VALUES("api", "auth", "pay", "hooks", "bulk", "jobs"),
};

struct dimension {
	enum metric_label label;
	struct values     own; /* empty: those that families share */
};

struct family {
	const char      *name;
	enum type        type;
	const char      *help;
	struct dimension dimensions[LABELS_MAX];
};

#define METRIC_TEXT_(name, text) text,
#define OWN(list) VALUES(list(METRIC_TEXT_))

static const struct family families[METRIC__COUNT] = {
#define X(name_, type_, family_, help_, ...) [METRIC_##name_] = { family_, TYPE_##type_, help_, { __VA_ARGS__ } },
	METRICS(X)
#undef X
};

/* Where a family's cells begin, and how many values (with "other") its labels have. */
struct place {
	size_t first_cell, cells, counts[LABELS_MAX];
};

static struct place places[METRIC__COUNT];
static int64_t     *cells; /* NULL before the first use */
static size_t       cells_bytes;

void
metrics_label_values(enum metric_label label, const char *const *values, size_t count)
{
	shared[label] = (struct values) { values, count };
}

static const struct values *
values_of(const struct dimension *dimension)
{
	return dimension->own.count > 0 ? &dimension->own : &shared[dimension->label];
}

static const char *
value_name(const struct dimension *dimension, size_t index)
{
	const struct values *values = values_of(dimension);

	return index < values->count ? values->list[index] : "other";
}

static size_t
find_value(const struct values *values, const char *value)
{
	for (size_t i = 0; i < values->count; i++)
		if (strcmp(values->list[i], value) == 0)
			return i;
	return values->count;
}

size_t
metric_label_index(enum metric_label label, const char *value)
{
	return find_value(&shared[label], value);
}

size_t
metric_index(enum metric metric, enum metric_label label, const char *value)
{
	const struct dimension *dimension = families[metric].dimensions;

	for (int i = 0; i < LABELS_MAX - 1 && dimension->label != label; i++)
		dimension++;
	return find_value(values_of(dimension), value);
}

/* Gives each family its cells; returns how many there are together. */
static size_t
lay_out(void)
{
	size_t next = 0;

	for (int i = 0; i < METRIC__COUNT; i++) {
		struct place *place = &places[i];
		size_t        next_cells;

		place->first_cell = next;
		place->cells = cells_of[families[i].type];
		next_cells = place->cells;
		for (int j = 0; j < LABELS_MAX; j++) {
			const struct dimension *dimension = &families[i].dimensions[j];

			place->counts[j] = dimension->label == LABEL_NONE ? 1 : values_of(dimension)->count + 1;
			next_cells *= place->counts[j];
		}
		next += next_cells;
	}
	return next;
}

/* A name for the layout: all that decides which cell means what. */
static uint64_t
fingerprint(void)
{
	uint64_t hash = 14695981039346656037u; /* FNV-1a: the name only has to differ */

#define MIX(byte) (hash = (hash ^ (unsigned char)(byte)) * 1099511628211u)
	for (int i = 0; i < METRIC__COUNT; i++) {
		for (const char *c = families[i].name; *c != '\0'; c++)
			MIX(*c);
		MIX(families[i].type + 1);
		for (int j = 0; j < LABELS_MAX; j++) {
			const struct values *values = values_of(&families[i].dimensions[j]);

			MIX(families[i].dimensions[j].label);
			for (size_t k = 0; k < values->count; k++) {
				for (const char *c = values->list[k]; *c != '\0'; c++)
					MIX(*c);
				MIX(0);
			}
		}
	}
	MIX(BOUNDS);
#undef MIX
	return hash;
}

void
metrics_open(const char *directory)
{
	char  path[4096];
	void *mapped = NULL;

	if (cells != NULL)
		munmap(cells, cells_bytes);
	cells_bytes = lay_out() * sizeof *cells;
	if (directory != NULL) {
		snprintf(path, sizeof path, "%s/metrics-%016" PRIx64, directory, fingerprint());
		mapped = shared_file_map(path, cells_bytes, NULL);
		if (mapped == NULL)
			log_warning("cannot open the shared metrics file: this process keeps its own metrics",
			    LOG_ID("path", path), LOG_TEXT("cause", strerror(errno)));
	}
	if (mapped == NULL)
		mapped = mmap(NULL, cells_bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	if (mapped == MAP_FAILED)
		abort(); /* not even private memory */
	cells = mapped;
}

/* The first cell of a series. */
static int64_t *
series(enum metric metric, const size_t index[LABELS_MAX])
{
	const struct place *place = &places[metric];
	size_t              at = 0;

	if (cells == NULL)
		metrics_open(NULL);
	for (int i = 0; i < LABELS_MAX; i++)
		at = at * place->counts[i] + (index[i] < place->counts[i] ? index[i] : place->counts[i] - 1);
	return cells + place->first_cell + at * place->cells;
}
#define SERIES(metric, ...) series(metric, (const size_t[LABELS_MAX]) { __VA_ARGS__ })

static void
increase(int64_t *cell, int64_t amount)
{
	__atomic_fetch_add(cell, amount, __ATOMIC_RELAXED);
}

static int64_t
read_cell(const int64_t *cell)
{
	return __atomic_load_n(cell, __ATOMIC_RELAXED);
}

void
metric_add(enum metric metric, size_t first, size_t second, int64_t amount)
{
	increase(SERIES(metric, first, second) + CELL_VALUE, amount);
}

void
metric_add_third(enum metric metric, size_t first, size_t second, size_t third, int64_t amount)
{
	increase(SERIES(metric, first, second, third) + CELL_VALUE, amount);
}

void
metric_set(enum metric metric, size_t first, size_t second, int64_t value)
{
	int64_t *cell = SERIES(metric, first, second);

	__atomic_store_n(cell + CELL_VALUE, value, __ATOMIC_RELAXED);
	__atomic_store_n(cell + CELL_TOUCHED, 1, __ATOMIC_RELAXED);
}

size_t
metric_bucket(int64_t microseconds)
{
	size_t bucket = 0;

	while (bucket < BOUNDS && microseconds > metric_bounds_us[bucket])
		bucket++;
	return bucket;
}

void
metric_observe_us(enum metric metric, size_t first, size_t second, int64_t microseconds)
{
	int64_t *cell = SERIES(metric, first, second);

	if (microseconds < 0)
		microseconds = 0;
	increase(cell + metric_bucket(microseconds), 1);
	increase(cell + CELL_SUM, microseconds);
}

static int64_t
count_of(const int64_t *cell)
{
	int64_t count = 0;

	for (size_t bucket = 0; bucket <= BOUNDS; bucket++)
		count += read_cell(cell + bucket);
	return count;
}

int64_t
metric_value(enum metric metric, size_t first, size_t second)
{
	const int64_t *cell = SERIES(metric, first, second);

	return families[metric].type == TYPE_HISTOGRAM ? count_of(cell) : read_cell(cell + CELL_VALUE);
}

/* A label's value between quotes, escaped as the text format has it. */
static void
print_label(struct text *out, const char *name, const char *value)
{
	text_addf(out, "%s=\"", name);
	for (; *value != '\0'; value++) {
		if (*value == '\\' || *value == '"')
			text_add_char(out, '\\');
		if (*value == '\n')
			TEXT_ADD(out, "\\n");
		else
			text_add_char(out, *value);
	}
	text_add_char(out, '"');
}

/* name{route="...",status="...",le="..."} and a blank; `bound` is NULL where there is none. */
static void
print_series(struct text *out, const struct family *family, const char *suffix, const size_t index[LABELS_MAX], const char *bound)
{
	char between = '{';

	text_addf(out, "%s%s", family->name, suffix);
	for (int i = 0; i < LABELS_MAX && family->dimensions[i].label != LABEL_NONE; i++) {
		text_add_char(out, between);
		print_label(out, label_names[family->dimensions[i].label], value_name(&family->dimensions[i], index[i]));
		between = ',';
	}
	if (bound != NULL) {
		text_add_char(out, between);
		print_label(out, "le", bound);
		between = ',';
	}
	if (between == ',')
		text_add_char(out, '}');
	text_add_char(out, ' ');
}

/* Microseconds as seconds, without zeros at the end. */
static void
print_seconds(char into[32], int64_t microseconds)
{
	int length = snprintf(into, 32, "%" PRId64 ".%06" PRId64, microseconds / 1000000, microseconds % 1000000);

	while (into[length - 1] == '0')
		into[--length] = '\0';
	if (into[length - 1] == '.')
		into[length - 1] = '\0';
}

static void
print_histogram(struct text *out, const struct family *family, const int64_t *cell, const size_t index[LABELS_MAX])
{
	int64_t count = 0, sum = read_cell(cell + CELL_SUM);
	char    seconds[32];

	for (size_t bucket = 0; bucket <= BOUNDS; bucket++) {
		if (bucket < BOUNDS)
			print_seconds(seconds, metric_bounds_us[bucket]);
		count += read_cell(cell + bucket);
		print_series(out, family, "_bucket", index, bucket < BOUNDS ? seconds : "+Inf");
		text_addf(out, "%" PRId64 "\n", count);
	}
	print_seconds(seconds, sum);
	print_series(out, family, "_sum", index, NULL);
	text_addf(out, "%s\n", seconds);
	print_series(out, family, "_count", index, NULL);
	text_addf(out, "%" PRId64 "\n", count);
}

static void
print_one(struct text *out, enum metric metric, const size_t index[LABELS_MAX])
{
	const struct family *family = &families[metric];
	const int64_t       *cell = series(metric, index);
	bool                 is_gauge = family->type == TYPE_GAUGE;

	if (family->type == TYPE_HISTOGRAM) {
		if (count_of(cell) > 0)
			print_histogram(out, family, cell, index);
	} else if (read_cell(cell + (is_gauge ? CELL_TOUCHED : CELL_VALUE)) != 0) {
		print_series(out, family, "", index, NULL);
		text_addf(out, "%" PRId64 "\n", read_cell(cell + CELL_VALUE));
	}
}

/* The labels too, which nobody sees elsewhere before there is a series. */
static void
print_head(struct text *out, const struct family *family)
{
	static const char *const types[] = { "counter", "gauge", "histogram" };

	text_addf(out, "# HELP %s %s", family->name, family->help);
	for (int i = 0; i < LABELS_MAX && family->dimensions[i].label != LABEL_NONE; i++)
		text_addf(out, "%s%s", i == 0 ? " By " : ", ", label_names[family->dimensions[i].label]);
	text_addf(
	    out, "%s\n# TYPE %s %s\n", family->dimensions[0].label != LABEL_NONE ? "." : "", family->name, types[family->type]);
}

void
metrics_print(const char *environment, struct text *out)
{
	TEXT_ADD(out, "# HELP haat_build_info The running version and its profile.\n# TYPE haat_build_info gauge\n");
	text_addf(out, "haat_build_info{version=\"" PACKAGE_VERSION "\",environment=\"%s\"} 1\n", environment);
	if (cells == NULL)
		metrics_open(NULL);
	for (int metric = 0; metric < METRIC__COUNT; metric++) {
		const struct family *family = &families[metric];
		size_t               index[LABELS_MAX];

		print_head(out, family);
		for (index[0] = 0; index[0] < places[metric].counts[0]; index[0]++)
			for (index[1] = 0; index[1] < places[metric].counts[1]; index[1]++)
				for (index[2] = 0; index[2] < places[metric].counts[2]; index[2]++)
					print_one(out, metric, index);
	}
}
