#include "pages/dress.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"
#include "http/request.h"
#include "pages/pages.h"
#include "pages/site.h"
#include "template/template.h"

#include <dirent.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum { SHA256_BYTES = 32, VERSION_BYTES = 6 };

static const struct {
	const char *ending, *type;
} types[] = { { ".css", "text/css; charset=utf-8" }, { ".svg", "image/svg+xml" }, { ".webp", "image/webp" },
	{ ".png", "image/png" }, { ".jpg", "image/jpeg" }, { ".ico", "image/x-icon" }, { ".woff2", "font/woff2" } };

/* NULL: browsers do not load it (templates, messages). */
static const char *
type_of(const char *name)
{
	const char *ending = strrchr(name, '.');

	for (size_t i = 0; ending != NULL && *name != '.' && i < sizeof types / sizeof *types; i++)
		if (strcmp(types[i].ending, ending) == 0)
			return types[i].type;
	return NULL;
}

static int
is_loaded(const struct dirent *entry)
{
	return type_of(entry->d_name) != NULL;
}

/* Of a file that there is one of; NULL when there is none. */
static const char *
address_of(struct arena *arena, const struct dress *dress, const char *name)
{
	for (size_t i = 0; i < dress->count; i++)
		if (strcmp(dress->files[i].name, name) == 0)
			return arena_format(arena, "/dress/%s/%s", dress->version, name);
	return NULL;
}

static bool
read_files(
    struct arena *arena, const char *directory, struct dirent *const *entries, int count, struct dress *into, const char **error)
{
	const char *why = NULL;

	if (count > DRESS_FILES_MAX) {
		*error = arena_format(
		    arena, "pages.own_templates: more than %d files for browsers in '%s'", DRESS_FILES_MAX, directory);
		return false;
	}
	for (int i = 0; i < count; i++) {
		struct dress_file *file = &into->files[into->count++];

		file->name = arena_string(arena, entries[i]->d_name);
		file->type = type_of(file->name);
		file->bytes = template_file(arena, (void *)(uintptr_t)directory, file->name, &file->length, &why);
		if (file->bytes == NULL) {
			*error = arena_format(arena, "pages.own_templates: '%s/%s': %s", directory, file->name, why);
			return false;
		}
	}
	return true;
}

/* Another name or byte is another version. */
static const char *
version_of(struct arena *arena, const struct dress *dress)
{
	unsigned char digest[SHA256_BYTES];
	struct text   all = text_new(arena, 4096);

	for (size_t i = 0; i < dress->count; i++) {
		text_add(&all, dress->files[i].name, strlen(dress->files[i].name) + 1);
		sha256(dress->files[i].bytes, dress->files[i].length, digest);
		text_add(&all, (const char *)digest, sizeof digest);
	}
	sha256(all.bytes, all.length, digest);
	return hex_encode(arena, digest, VERSION_BYTES);
}

const struct dress *
dress_load(struct arena *arena, const char *directory, const char **error)
{
	static const char *const logos[] = { "logo.svg", "logo.webp", "logo.png" };
	struct dress            *dress = ARENA_NEW(arena, struct dress);
	struct dirent          **entries = NULL;
	int                      count = *directory == '\0' ? 0 : scandir(directory, &entries, is_loaded, alphasort);
	bool                     good;

	if (count < 0) {
		*error = arena_format(arena, "pages.own_templates: '%s': %s", directory, strerror(errno));
		return NULL;
	}
	good = read_files(arena, directory, entries, count, dress, error);
	for (int i = 0; i < count; i++)
		free(entries[i]);
	free(entries);
	if (!good)
		return NULL;
	dress->version = version_of(arena, dress);
	dress->style = address_of(arena, dress, "own.css");
	for (size_t i = 0; dress->logo == NULL && i < sizeof logos / sizeof *logos; i++)
		dress->logo = address_of(arena, dress, logos[i]);
	return dress;
}

/* A page from before may ask for what has been replaced: it gets what there is, and does not keep it. */
static const struct problem *
show_dress_file(struct request *request)
{
	const struct dress *dress = site_dress();
	const char         *version = path_text(request, "version"), *name = path_text(request, "file");

	for (size_t i = 0; i < dress->count; i++) {
		const struct dress_file *file = &dress->files[i];

		if (strcmp(file->name, name) != 0)
			continue;
		respond_header(request, "Cache-Control",
		    strcmp(version, dress->version) == 0 ? "public, max-age=31536000, immutable" : "no-cache");
		return respond_text(request, file->type, file->bytes, file->length);
	}
	return problem(NOT_FOUND, "the shop has no such file");
}

static const struct route dress_routes[] = {
	{ GET, "/dress/{version}/{file}", .id = "showDressFile", .permission = PUBLIC, .outside = true, .answer = { 200, NULL },
	    .answer_type = "text/css", .other_type = "image/*", .errors = ERRORS(NOT_FOUND),
	    .summary = "A file of the shop's own look",
	    .description = "The style, logo, pictures and fonts of `pages.own_templates`; the version changes with them.",
	    .handler = show_dress_file },
};
ROUTE_TABLE(dress_table, "Look", "What a shop wears of its own.", dress_routes);
