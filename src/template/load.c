/* Templates from the files of a directory. */
#include "base/arena.h"
#include "template/template.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum { FILE_BYTES_MAX = 1 << 18 };

/* The whole of an open file; what does not fit shows by one byte more than there may be. */
static char *
read_whole(struct arena *arena, FILE *file, size_t *length)
{
	struct stat status;
	size_t      size =
            fstat(fileno(file), &status) == 0 && status.st_size < FILE_BYTES_MAX ? (size_t)status.st_size : FILE_BYTES_MAX;
	char *bytes = arena_alloc(arena, size + 1);

	*length = fread(bytes, 1, size + 1, file);
	return bytes;
}

const char *
template_file(struct arena *arena, void *directory, const char *name, size_t *length, const char **why)
{
	FILE *file = fopen(arena_format(arena, "%s/%s", (const char *)directory, name), "re");
	char *bytes;

	if (file == NULL) {
		*why = arena_string(arena, strerror(errno));
		return NULL;
	}
	bytes = read_whole(arena, file, length);
	if (ferror(file) != 0)
		*why = arena_string(arena, strerror(errno));
	else if (*length > FILE_BYTES_MAX)
		*why = "too large";
	else {
		fclose(file);
		return bytes;
	}
	fclose(file);
	return NULL;
}
