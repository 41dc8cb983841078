#include "notify/letter_words.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "template/template.h"

#include <assert.h>
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

enum { LANGUAGES_MAX = 64, LETTERS_MAX = 64, LANGUAGE_LENGTH_MAX = 35, PARTS = 3, TEMPLATE_BYTES_MAX = 65536 };

static const char        english[] = "en";
static const char *const endings[PARTS] = { "subject.txt", "txt", "html" };

struct language {
	const char      *name;
	struct template *parts[LETTERS_MAX][PARTS]; /* by the letter's place in its table; all of one, or none */
};

struct dictionary {
	struct language languages[LANGUAGES_MAX];
	size_t          count;
};

static const struct dictionary *dictionary;

/* One run of letter_words_load. */
struct reading {
	struct arena        *arena;
	const struct config *config;
	struct text         *faults;
	struct dictionary   *into;
};

static bool
is_language(const char *name)
{
	size_t length = strlen(name);

	for (const char *c = name; *c != '\0'; c++)
		if (!isalnum((unsigned char)*c) && *c != '-')
			return false;
	return length >= 2 && length <= LANGUAGE_LENGTH_MAX;
}

static struct language *
find_language(struct dictionary *in, const char *name, size_t length)
{
	for (size_t i = 0; i < in->count; i++)
		if (strlen(in->languages[i].name) == length && strncasecmp(in->languages[i].name, name, length) == 0)
			return &in->languages[i];
	return NULL;
}

/* The folders of a directory. */
static void
find_languages(struct reading *reading, const char *directory)
{
	DIR           *folder = opendir(directory);
	struct dirent *entry;

	if (folder == NULL) {
		text_addf(reading->faults, "mail templates: cannot open '%s': %s\n", directory, strerror(errno));
		return;
	}
	while ((entry = readdir(folder)) != NULL) {
		if (!is_language(entry->d_name) || find_language(reading->into, entry->d_name, strlen(entry->d_name)) != NULL)
			continue;
		if (reading->into->count == LANGUAGES_MAX) {
			text_addf(reading->faults, "mail templates: more than %d languages\n", LANGUAGES_MAX);
			break;
		}
		reading->into->languages[reading->into->count++].name = arena_string(reading->arena, entry->d_name);
	}
	closedir(folder);
}

/* A language's files as the templates' source. */
struct folder {
	const struct config *config;
	const char          *language;
};

/* The shop's own file first; NULL when there is none. */
static FILE *
open_file(const struct folder *folder, const char *name)
{
	const char *const directories[] = { folder->config->mail.own_templates, folder->config->mail.templates };
	char              path[PATH_MAX];

	for (size_t i = 0; i < sizeof directories / sizeof *directories; i++) {
		FILE *file;

		if (*directories[i] == '\0' ||
		    snprintf(path, sizeof path, "%s/%s/%s", directories[i], folder->language, name) >= PATH_MAX)
			continue;
		file = fopen(path, "re");
		if (file != NULL || errno != ENOENT)
			return file;
	}
	errno = ENOENT;
	return NULL;
}

static const char *
read_file(struct arena *arena, void *argument, const char *name, size_t *length, const char **why)
{
	char  bytes[TEMPLATE_BYTES_MAX + 1];
	FILE *file = open_file(argument, name);
	bool  broken;

	if (file == NULL) {
		*why = strerror(errno);
		return NULL;
	}
	*length = fread(bytes, 1, sizeof bytes, file);
	broken = ferror(file) != 0;
	fclose(file);
	if (broken || *length > TEMPLATE_BYTES_MAX) {
		*why = broken ? "it cannot be read" : "it is too large";
		return NULL;
	}
	return arena_copy(arena, bytes, *length);
}

static bool
has_file(const struct folder *folder, const char *name)
{
	FILE *file = open_file(folder, name);

	if (file != NULL)
		fclose(file);
	return file != NULL;
}

static void
read_letter(struct reading *reading, struct language *language, size_t place)
{
	struct folder          folder = { reading->config, language->name };
	struct template_source source = { .read = read_file, .argument = &folder, .place = language->name };
	const struct letter   *letter = letters[place];
	const char            *files[PARTS], *error;
	size_t                 found = 0;

	for (size_t i = 0; i < PARTS; i++) {
		files[i] = arena_format(reading->arena, "%s.%s", letter->name, endings[i]);
		found += has_file(&folder, files[i]);
	}
	if (found == 0 && strcmp(language->name, english) != 0)
		return;
	for (size_t i = 0; i < PARTS; i++) {
		if (!has_file(&folder, files[i])) {
			text_addf(reading->faults, "mail templates: '%s/%s' is missing\n", language->name, files[i]);
			continue;
		}
		language->parts[place][i] = template_read(reading->arena, &source, files[i], letter->shape, &error);
		if (language->parts[place][i] == NULL)
			text_addf(reading->faults, "mail templates: %s\n", error);
	}
}

bool
letter_words_load(struct arena *arena, const struct config *config, struct text *faults)
{
	struct reading reading = { arena, config, faults, ARENA_NEW(arena, struct dictionary) };
	size_t         before = faults->length;

	find_languages(&reading, config->mail.templates);
	if (*config->mail.own_templates != '\0')
		find_languages(&reading, config->mail.own_templates);
	if (faults->length == before && find_language(reading.into, english, strlen(english)) == NULL)
		text_addf(faults, "mail templates: there is no '%s/%s'\n", config->mail.templates, english);
	for (size_t i = 0; i < reading.into->count; i++)
		for (size_t place = 0; letters[place] != NULL; place++) {
			assert(place < LETTERS_MAX);
			read_letter(&reading, &reading.into->languages[i], place);
		}
	if (faults->length > before)
		return false;
	dictionary = reading.into;
	return true;
}

static size_t
place_of(const struct letter *letter)
{
	size_t place = 0;

	while (letters[place] != letter)
		place++;
	return place;
}

/* "pt-BR" as it is, then without what follows the first hyphen, then English. */
static const struct language *
language_for(size_t place, const char *wanted)
{
	const char *const choices[] = { wanted, wanted, english };
	const size_t      lengths[] = { strlen(wanted), strcspn(wanted, "-"), strlen(english) };

	for (size_t i = 0; i < sizeof choices / sizeof *choices; i++) {
		const struct language *language = find_language((struct dictionary *)dictionary, choices[i], lengths[i]);

		if (language != NULL && language->parts[place][0] != NULL)
			return language;
	}
	assert(!"English has every letter");
	return NULL;
}

static char *
print(struct arena *arena, const struct template *template, const void *members)
{
	struct text out = text_new(arena, 2000);

	template_print(template, members, &out);
	return out.bytes;
}

void
letter_words_print(
    struct arena *arena, const struct letter *letter, const char *language, const void *members, struct letter_words *words)
{
	size_t                 place = place_of(letter);
	const struct language *in = language_for(place, language);
	char                  *subject = print(arena, in->parts[place][0], members);

	subject[strcspn(subject, "\r\n")] = '\0'; /* the file's first line */
	*words = (struct letter_words) { in->name, subject, print(arena, in->parts[place][1], members),
		print(arena, in->parts[place][2], members) };
}
