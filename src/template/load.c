/* Templates from the files of a directory. */
#include "base/arena.h"
#include "template/template.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum { FILE_BYTES_MAX = 1 << 18 };

static const char *
read_file(struct arena *arena, void *directory, const char *name, size_t *length, const char **why)
{
	FILE *file = fopen(arena_format(arena, "%s/%s", (const char *)directory, name), "re");
	char *bytes;

	if (file == NULL) {
		*why = arena_string(arena, strerror(errno));
		return NULL;
	}
	bytes = arena_alloc(arena, FILE_BYTES_MAX);
	*length = fread(bytes, 1, FILE_BYTES_MAX, file);
	if (ferror(file) != 0)
		*why = arena_string(arena, strerror(errno));
	else if (*length == FILE_BYTES_MAX)
		*why = "too large";
	else {
		fclose(file);
		return arena_copy(arena, bytes, *length);
	}
	fclose(file);
	return NULL;
}

struct template *
template_load(struct arena *arena, const char *directory, const char *name, const struct shape *shape, const char **error)
{
	const struct template_source source = { read_file, arena_string(arena, directory), directory };

	return template_read(arena, &source, name, shape, error);
}
