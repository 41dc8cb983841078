#include "base/config_keys.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/text.h"

#include <errno.h>
#include <ini.h>
#include <sys/stat.h>
#include <unistd.h>

enum { LINE_BYTES_MAX = 65536, PREFIX_LENGTH = sizeof "HAAT_" - 1 };

static const char *
line_place(struct loading *loading)
{
	return arena_format(loading->arena, "line %d", loading->line);
}

/* Is `name` the key, or for a secret the key with _file behind it? */
static bool
is_key(const struct key *key, const char *name, bool *is_file)
{
	size_t length = strlen(key->name);

	if (strncmp(name, key->name, length) != 0)
		return false;
	*is_file = key->secret && strcmp(name + length, "_file") == 0;
	return *is_file || name[length] == '\0';
}

static void
give(struct loading *loading, const struct key *key, bool is_file, const char *text, const char *place)
{
	loading->given[key - config_keys] =
	    (struct given) { .text = arena_string(loading->arena, text), .place = place, .is_file = is_file };
}

/* ---- the file ---- */

static bool
section_known(const char *section, size_t length)
{
	for (size_t i = 0; i < config_key_count; i++) {
		const char *dot = strrchr(config_keys[i].name, '.');

		if (dot != NULL && (size_t)(dot - config_keys[i].name) == length &&
		    strncmp(config_keys[i].name, section, length) == 0)
			return true;
	}
	return false;
}

/* inih does not tell of a section as such: a wrong one is found here, once, not key by key. */
static void
note_section(struct loading *loading, const char *line)
{
	const char *end;

	line += strspn(line, " \t");
	if (*line != '[' || (end = strchr(line, ']')) == NULL)
		return;
	line++;
	loading->unknown_section = !section_known(line, (size_t)(end - line));
	if (loading->unknown_section)
		config_fault(loading, line_place(loading), arena_format(loading->arena, "[%.*s]", (int)(end - line), line),
		    "unknown section");
}

/* inih's fgets: counts lines on the way. */
static char *
read_line(char *into, int size, void *argument)
{
	struct loading *loading = argument;

	if (fgets(into, size, loading->file) == NULL)
		return NULL;
	if (!loading->inside_line) {
		loading->line++;
		note_section(loading, into);
	}
	loading->inside_line = strchr(into, '\n') == NULL;
	return into;
}

static int
take_line(void *argument, const char *section, const char *name, const char *value)
{
	struct loading *loading = argument;
	const char     *dot = *section == '\0' ? "" : ".";
	const char     *full = arena_format(loading->arena, "%s%s%s", section, dot, name), *place = line_place(loading);
	bool            is_file;

	if (loading->unknown_section)
		return 1;
	for (size_t i = 0; i < config_key_count; i++) {
		if (!is_key(&config_keys[i], full, &is_file))
			continue;
		if (value == NULL)
			config_fault(loading, place, full, "the key has no '='");
		else if (loading->given[i].place != NULL)
			config_fault(loading, place, full, "is already set on %s", loading->given[i].place);
		else
			give(loading, &config_keys[i], is_file, value, place);
		return 1;
	}
	config_fault(loading, place, full, "unknown key");
	return 1;
}

static void
load_file(struct loading *loading, const char *path)
{
	struct stat status;
	int         wrong_line;

	loading->file = fopen(path, "re");
	if (loading->file != NULL && fstat(fileno(loading->file), &status) == 0 && S_ISDIR(status.st_mode)) {
		fclose(loading->file);
		loading->file = NULL;
		errno = EISDIR;
	}
	if (loading->file == NULL) {
		text_addf(loading->faults, "cannot open '%s': %s\n", path, strerror(errno));
		return;
	}
	/* One line, one key: a value may be long, but goes on to the end of its line and no further. */
	ini_allow_multiline = false;
	ini_allow_inline_comments = false;
	ini_allow_no_value = true;
	ini_use_stack = false;
	ini_allow_realloc = true;
	ini_max_line = LINE_BYTES_MAX;
	wrong_line = ini_parse_stream(read_line, loading, take_line, loading);
	if (wrong_line != 0 || ferror(loading->file))
		text_addf(loading->faults, "cannot parse '%s' (line %d)\n", path, wrong_line > 0 ? wrong_line : loading->line);
	fclose(loading->file);
}

/* ---- the environment ---- */

/* Is the variable `name` (of `length` bytes) the key's: upper case, dots as underscores? */
static bool
is_variable(const struct key *key, const char *name, size_t length, bool *is_file)
{
	size_t key_length = strlen(key->name);

	if (length < PREFIX_LENGTH + key_length)
		return false;
	name += PREFIX_LENGTH;
	length -= PREFIX_LENGTH;
	for (size_t i = 0; i < key_length; i++) {
		char c = key->name[i];

		if (name[i] != (c == '.' ? '_' : c >= 'a' && c <= 'z' ? c - 'a' + 'A' : c))
			return false;
	}
	*is_file = key->secret && length == key_length + 5 && strncmp(name + key_length, "_FILE", 5) == 0;
	return *is_file || length == key_length;
}

/* Variables of ./dev, of the tests, and the one that names the file. */
static bool
is_not_ours(const char *name, size_t length)
{
	static const char *const others[] = { "HAAT_CONFIG", "HAAT_RUN", "HAAT_PORT", "HAAT_BUILD", "HAAT_DEMO_PASSWORD" };

	for (size_t i = 0; i < sizeof others / sizeof *others; i++)
		if (strlen(others[i]) == length && strncmp(name, others[i], length) == 0)
			return true;
	return strncmp(name, "HAAT_TEST", sizeof "HAAT_TEST" - 1) == 0;
}

static void
load_variable(struct loading *loading, const char *variable)
{
	size_t      length = strcspn(variable, "=");
	const char *name = arena_copy(loading->arena, variable, length), *before;
	bool        is_file;

	for (size_t i = 0; i < config_key_count; i++) {
		if (!is_variable(&config_keys[i], name, length, &is_file))
			continue;
		before = loading->given[i].place;
		if (before != NULL && strncmp(before, "HAAT_", PREFIX_LENGTH) == 0)
			config_fault(loading, name, config_keys[i].name, "is also given as %s", before);
		else
			give(loading, &config_keys[i], is_file, variable + length + (variable[length] == '='), name);
		return;
	}
	if (!is_not_ours(name, length))
		config_fault(loading, NULL, name, "unknown setting");
}

static void
load_environment(struct loading *loading)
{
	for (char **variable = environ; variable != NULL && *variable != NULL; variable++)
		if (strncmp(*variable, "HAAT_", PREFIX_LENGTH) == 0)
			load_variable(loading, *variable);
}

bool
config_load(const char *path, struct arena *arena, struct config *into, struct text *faults)
{
	struct loading loading = { .arena = arena, .faults = faults, .config = into };
	size_t         before = faults->length;

	*into = (struct config) { 0 };
	loading.given = ARENA_ARRAY(arena, config_key_count, struct given);
	if (path != NULL)
		load_file(&loading, path);
	load_environment(&loading);
	for (size_t i = 0; i < config_key_count; i++)
		config_set(&loading, &config_keys[i]);
	config_check_whole(&loading);
	if (into->profile == PROFILE_PRODUCTION)
		config_check_production(&loading);
	return faults->length == before;
}

static void
log_faults(const char *faults)
{
	for (size_t length; *faults != '\0'; faults += length + (faults[length] == '\n')) {
		char line[500];

		length = strcspn(faults, "\n");
		snprintf(line, sizeof line, "%.*s", (int)length, faults);
		log_error("the configuration is invalid: keeping the previous one", LOG_TEXT("fault", line));
	}
}

struct arena *
config_read_again(const char *path, size_t arena_bytes, const struct config *before, struct config *into)
{
	struct arena *arena = arena_new(arena_bytes);
	struct text   faults = text_new(arena, 256);

	if (!config_load(path, arena, into, &faults)) {
		log_faults(faults.bytes);
		arena_free(arena);
		return NULL;
	}
	into->run_directory = arena_string(arena, before->run_directory);
	return arena;
}
