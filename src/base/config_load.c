#include "base/config_keys.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"

#include <errno.h>
#include <fcntl.h>
#include <ini.h>
#include <stdarg.h>
#include <sys/stat.h>
#include <unistd.h>

enum { SECRET_FILE_BYTES_MOST = 65536, LINE_BYTES_MOST = 65536, PREFIX_LENGTH = sizeof "HAAT_" - 1 };

/* What was given for a key, and where: "line 12" or "HAAT_DATABASE_PORT". */
struct given {
	const char *text, *place; /* place is NULL while nothing was given */
	bool        is_file;      /* text is the path of a file that holds the value */
	bool        is_wrong;     /* and has its fault already */
};

struct loading {
	struct arena  *arena;
	struct text   *faults;
	struct config *config;
	struct given  *given; /* by index of config_keys */
	FILE          *file;
	int            line;
	bool           inside_line, unknown_section;
};

static void fault(struct loading *loading, const char *place, const char *subject, const char *format, ...)
    __attribute__((format(printf, 4, 5)));

static void
fault(struct loading *loading, const char *place, const char *subject, const char *format, ...)
{
	char    message[400];
	va_list args;

	va_start(args, format);
	vsnprintf(message, sizeof message, format, args);
	va_end(args);
	text_addf(loading->faults, "%s: %s", subject, message);
	if (place != NULL)
		text_addf(loading->faults, " (%s)", place);
	text_add_char(loading->faults, '\n');
}

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
		fault(loading, line_place(loading), arena_format(loading->arena, "[%.*s]", (int)(end - line),
		    line),
		    "there is no such section");
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
	const char     *full = arena_format(loading->arena, "%s%s%s", section, dot, name),
	    *place = line_place(loading);
	bool            is_file;

	if (loading->unknown_section)
		return 1;
	for (size_t i = 0; i < config_key_count; i++) {
		if (!is_key(&config_keys[i], full, &is_file))
			continue;
		if (value == NULL)
			fault(loading, place, full, "there is no '=' behind the key");
		else if (loading->given[i].place != NULL)
			fault(loading, place, full, "is given before, on %s", loading->given[i].place);
		else
			give(loading, &config_keys[i], is_file, value, place);
		return 1;
	}
	fault(loading, place, full, "there is no such key");
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
	ini_max_line = LINE_BYTES_MOST;
	wrong_line = ini_parse_stream(read_line, loading, take_line, loading);
	if (wrong_line != 0 || ferror(loading->file))
		text_addf(loading->faults, "cannot understand '%s' (line %d)\n", path,
		    wrong_line > 0 ? wrong_line : loading->line);
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
	static const char *const others[] = { "HAAT_CONFIG", "HAAT_RUN", "HAAT_PORT" };

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
			fault(loading, name, config_keys[i].name, "is given as %s too", before);
		else
			give(loading, &config_keys[i], is_file, variable + length + (variable[length] == '='),
			    name);
		return;
	}
	if (!is_not_ours(name, length))
		fault(loading, NULL, name, "there is no such setting");
}

static void
load_environment(struct loading *loading)
{
	for (char **variable = environ; variable != NULL && *variable != NULL; variable++)
		if (strncmp(*variable, "HAAT_", PREFIX_LENGTH) == 0)
			load_variable(loading, *variable);
}

/* ---- values ---- */

/* The content of a secret's file without the line's end behind it; NULL and a fault when it cannot be had. */
static const char *
read_secret(struct loading *loading, const struct key *key, const struct given *given)
{
	char   *bytes = arena_alloc(loading->arena, SECRET_FILE_BYTES_MOST + 2);
	int     fd = open(given->text, O_RDONLY | O_CLOEXEC);
	ssize_t got = -1;
	size_t  length = 0;

	arena_scrub(loading->arena, bytes, SECRET_FILE_BYTES_MOST + 2);
	while (fd >= 0 && length <= SECRET_FILE_BYTES_MOST &&
	    (got = read(fd, bytes + length, SECRET_FILE_BYTES_MOST + 1 - length)) > 0)
		length += (size_t)got;
	if (got < 0)
		fault(loading, given->place, key->name, "cannot read '%s': %s", given->text, strerror(errno));
	if (fd >= 0)
		close(fd);
	if (got < 0)
		return NULL;
	if (length > SECRET_FILE_BYTES_MOST || memchr(bytes, '\0', length) != NULL) {
		fault(loading, given->place, key->name, "'%s' is no text file of at most %d bytes",
		    given->text,
		    SECRET_FILE_BYTES_MOST);
		return NULL;
	}
	while (length > 0 && (bytes[length - 1] == '\n' || bytes[length - 1] == '\r'))
		bytes[--length] = '\0';
	return bytes;
}

static bool
has_control(const char *text)
{
	for (; *text != '\0'; text++)
		if ((unsigned char)*text < 0x20 || *text == 0x7f)
			return true;
	return false;
}

/* The index of a value among the choices; -1 and a fault when it is none of them. */
static int
find_choice(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	struct text all = text_new(loading->arena, 64);

	for (int i = 0; key->choices[i] != NULL; i++) {
		if (strcmp(key->choices[i], text) == 0)
			return i;
		text_addf(&all, "%s%s", i > 0 ? ", " : "", key->choices[i]);
	}
	fault(loading, place, key->name, "must be one of %s", all.bytes);
	return -1;
}

/* What holds for a text and for each element of a list. */
static bool
check_text(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	const char *wrong = *text == '\0' ? NULL : key_form_fault(key->form, text);

	if (!utf8_valid(text, strlen(text)) || has_control(text))
		wrong = "must be UTF-8 without control characters";
	if (wrong != NULL)
		fault(loading, place, key->name, "%s", wrong);
	return wrong == NULL && (key->choices == NULL || find_choice(loading, key, text, place) >= 0);
}

static void
set_text(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	long long length = (long long)strlen(text), least = (long long)key->least,
	    most = (long long)key_most(key);

	if (length > most)
		fault(loading, place, key->name, "must be at most %lld bytes", most);
	else if (length < least && (length > 0 || least == 1))
		fault(loading, place, key->name, "must be at least %lld byte%s", least,
		    least == 1 ? "" : "s");
	else if (check_text(loading, key, text, place))
		KEY_TEXT(loading->config, key) = text;
}

static void
set_integer(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	const char *digits = text + (*text == '-');
	size_t      length = strlen(digits);
	long long   value, least = (long long)key->least, most = (long long)key->most;

	if (length == 0 || strspn(digits, "0123456789") != length) {
		fault(loading, place, key->name, "must be a whole number");
		return;
	}
	value = strtoll(text, NULL, 10); /* what is too large stays the largest there is,
	    which is too large as well */
	if (value < least)
		fault(loading, place, key->name, "must be at least %lld", least);
	else if (value > most)
		fault(loading, place, key->name, "must be at most %lld", most);
	else
		KEY_INTEGER(loading->config, key) = value;
}

static void
set_boolean(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	static const char *const words[] = { "false", "true", "no", "yes", "off", "on", "0", "1" };

	for (size_t i = 0; i < sizeof words / sizeof *words; i++) {
		if (strcmp(words[i], text) == 0) {
			KEY_BOOLEAN(loading->config, key) = i % 2 == 1;
			return;
		}
	}
	fault(loading, place, key->name, "must be true or false");
}

static const char *const empty_list[] = { NULL };

static void
set_list(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	size_t       most = (size_t)key_most(key), count = 0;
	const char **elements = ARENA_ARRAY(loading->arena, most + 1, const char *);

	for (const char *at = text; *at != '\0'; at += *at == ',') {
		const char *first = at + strspn(at, " \t\r\n"), *end;

		at += strcspn(at, ",");
		for (end = at; end > first && strchr(" \t\r\n", end[-1]) != NULL; end--)
			continue;
		if (end <= first)
			continue;
		if (count == most) {
			fault(loading, place, key->name, "must have at most %zu elements", most);
			return;
		}
		elements[count] = arena_copy(loading->arena, first, (size_t)(end - first));
		if (!check_text(loading, key, elements[count], place))
			return;
		count++;
	}
	KEY_LIST(loading->config, key) = elements;
}

static void
set_value(struct loading *loading, const struct key *key, const char *text, const char *place)
{
	int choice;

	switch (key->kind) {
	case KIND_TEXT:
		set_text(loading, key, text, place);
		break;
	case KIND_INTEGER:
		set_integer(loading, key, text, place);
		break;
	case KIND_BOOLEAN:
		set_boolean(loading, key, text, place);
		break;
	case KIND_LIST:
		set_list(loading, key, text, place);
		break;
	case KIND_CHOICE:
		choice = find_choice(loading, key, text, place);
		KEY_CHOICE(loading->config, key) = choice >= 0 ? choice : 0;
		break;
	}
}

/* Every member gets its value, or one fault; after a fault it stays what it was: harmless, never NULL. */
static void
set_key(struct loading *loading, const struct key *key)
{
	struct given       *given = &loading->given[key - config_keys];
	size_t              before = loading->faults->length;
	bool                development = loading->config->profile == PROFILE_DEVELOPMENT;
	const char         *text = key->fallback;

	if (development && key->in_development != NULL)
		text = key->in_development;
	if (key->kind == KIND_TEXT)
		KEY_TEXT(loading->config, key) = "";
	if (key->kind == KIND_LIST)
		KEY_LIST(loading->config, key) = empty_list;
	if (given->place != NULL)
		text = given->is_file ? read_secret(loading, key, given) : given->text;
	if (text != NULL)
		set_value(loading, key, text, given->place);
	given->is_wrong = loading->faults->length > before;
}

/* ---- the production profile ---- */

static bool
has_element(const char *const *list, const char *element)
{
	for (; *list != NULL; list++)
		if (strcmp(*list, element) == 0)
			return true;
	return false;
}

/* Does a secret begin with "demo"?  Of a retired key that is what stands behind its id. */
static bool
is_demo(const struct key *key, const char *secret)
{
	const char *colon = key->form == FORM_OLD_KEY ? strchr(secret, ':') : NULL;

	return strncmp(colon == NULL ? secret : colon + 1, "demo", 4) == 0;
}

static void
check_secret(struct loading *loading, const struct key *key)
{
	const struct given *given = &loading->given[key - config_keys];
	const char         *single[2] = { key->kind == KIND_TEXT ? KEY_TEXT(loading->config, key) : NULL };
	const char *const  *values = key->kind == KIND_TEXT ? single : KEY_LIST(loading->config, key);
	bool                stripe = has_element(loading->config->payments.providers, "stripe");
	bool                needed = key->need == NEED_ALWAYS || (key->need == NEED_FOR_STRIPE && stripe);

	if (needed && !given->is_wrong && (*values == NULL || **values == '\0'))
		fault(loading, given->place, key->name, "is needed in the production profile");
	for (; *values != NULL; values++) {
		if (is_demo(key, *values)) {
			fault(loading, given->place, key->name,
			    "is a demo secret, which the production profile refuses");
			break;
		}
	}
}

/* Where a key that is told by its member was given. */
static const char *
place_of(struct loading *loading, const void *member)
{
	for (size_t i = 0; i < config_key_count; i++)
		if ((const char *)loading->config + config_keys[i].offset == (const char *)member)
			return loading->given[i].place;
	return NULL;
}

static void
check_production(struct loading *loading)
{
	const struct config *config = loading->config;

	for (size_t i = 0; i < config_key_count; i++)
		if (config_keys[i].secret)
			check_secret(loading, &config_keys[i]);
	if (!config->limits.enabled)
		fault(loading, place_of(loading, &config->limits.enabled), "limits.enabled",
		    "must be true in the production profile");
	if (strncmp(config->public_url, "http:", 5) == 0)
		fault(loading, place_of(loading, &config->public_url), "public_url",
		    "must begin with https:// in the production profile");
	if (config->auth.bcrypt_cost > 0 && config->auth.bcrypt_cost < 10)
		fault(loading, place_of(loading, &config->auth.bcrypt_cost), "auth.bcrypt_cost",
		    "must be at least 10 in the production profile");
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
		set_key(&loading, &config_keys[i]);
	if (*into->database.socket == '\0' && *into->database.host == '\0')
		fault(&loading, NULL, "database.host", "is needed when database.socket is empty");
	if (into->profile == PROFILE_PRODUCTION)
		check_production(&loading);
	return faults->length == before;
}
