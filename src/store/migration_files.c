#include "store/migrate.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"

#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

enum { NUMBER_DIGITS = 4, NAME_MAX_LENGTH = 100, FILE_MAX_BYTES = 1 << 20, MIGRATIONS_MAX = 9999 };

/* One half of a migration, as its file name says. */
struct half {
	int64_t     number;
	const char *name;
	bool        up;
	const char *file;
};

static bool
ends_with(const char *text, const char *end)
{
	size_t length = strlen(text), end_length = strlen(end);

	return length >= end_length && strcmp(text + length - end_length, end) == 0;
}

/* Takes NNNN_name.up.sql apart; false when it has not that form. */
static bool
half_parse(struct arena *arena, const char *file, struct half *into)
{
	const char *name = file + NUMBER_DIGITS + 1;
	size_t      length = strlen(file), tail;

	into->up = ends_with(file, ".up.sql");
	tail = into->up ? strlen(".up.sql") : strlen(".down.sql");
	if ((!into->up && !ends_with(file, ".down.sql")) || length < NUMBER_DIGITS + 2 + tail)
		return false;
	length -= NUMBER_DIGITS + 1 + tail;
	if (length > NAME_MAX_LENGTH || file[NUMBER_DIGITS] != '_')
		return false;
	into->number = 0;
	for (size_t i = 0; i < NUMBER_DIGITS; i++) {
		if (!isdigit((unsigned char)file[i]))
			return false;
		into->number = into->number * 10 + (file[i] - '0');
	}
	for (size_t i = 0; i < length; i++)
		if (!islower((unsigned char)name[i]) && !isdigit((unsigned char)name[i]) && name[i] != '_')
			return false;
	into->name = arena_copy(arena, name, length);
	into->file = arena_string(arena, file);
	return into->number >= 1;
}

static int
half_compare(const void *a, const void *b)
{
	return strcmp(((const struct half *)a)->file, ((const struct half *)b)->file);
}

/* The halves of the directory, ordered by file name; NULL on a fault. */
static struct half *
halves_list(struct arena *arena, const char *directory, size_t *count, struct text *fault)
{
	DIR           *open_directory = opendir(directory);
	struct dirent *entry;
	struct half   *halves = NULL;
	size_t         room = 0;

	*count = 0;
	if (open_directory == NULL) {
		text_addf(fault, "cannot open directory '%s': %s", directory, strerror(errno));
		return NULL;
	}
	while ((entry = readdir(open_directory)) != NULL) {
		if (!ends_with(entry->d_name, ".sql") || entry->d_name[0] == '.')
			continue;
		if (*count == room) {
			struct half *grown = ARENA_ARRAY(arena, room = room == 0 ? 128 : 2 * room, struct half);

			if (*count > 0)
				memcpy(grown, halves, *count * sizeof *grown);
			halves = grown;
		}
		if (*count >= 2 * MIGRATIONS_MAX || !half_parse(arena, entry->d_name, &halves[*count])) {
			text_addf(
			    fault, "'%s/%s' must be named like 0001_name.up.sql or 0001_name.down.sql", directory, entry->d_name);
			closedir(open_directory);
			return NULL;
		}
		++*count;
	}
	closedir(open_directory);
	if (*count == 0) {
		text_addf(fault, "no migrations in '%s'", directory);
		return NULL;
	}
	qsort(halves, *count, sizeof *halves, half_compare);
	return halves;
}

/* The text of one file, NUL-terminated; NULL on a fault. */
static const char *
file_read(struct arena *arena, const char *directory, const char *file, size_t *length, struct text *fault)
{
	const char *path = arena_format(arena, "%s/%s", directory, file);
	int         fd = open(path, O_RDONLY | O_CLOEXEC);
	struct stat status;
	char       *bytes;
	ssize_t     got = -1;

	if (fd < 0 || fstat(fd, &status) < 0) {
		text_addf(fault, "cannot open '%s': %s", path, strerror(errno));
	} else if (!S_ISREG(status.st_mode) || status.st_size == 0 || status.st_size > FILE_MAX_BYTES) {
		text_addf(fault, "'%s' is empty, too large or not a file", path);
	} else {
		bytes = arena_alloc(arena, (size_t)status.st_size + 1);
		got = read(fd, bytes, (size_t)status.st_size);
		if (got != status.st_size) {
			text_addf(fault, "cannot read '%s': %s", path, got < 0 ? strerror(errno) : "unexpected end of file");
			got = -1;
		}
	}
	if (fd >= 0)
		close(fd);
	if (got < 0)
		return NULL;
	*length = (size_t)got;
	return bytes;
}

/* Makes one migration of its two halves, which stand next to each other, ".down" before ".up". */
static bool
pair_read(struct arena *arena, const char *directory, const struct half *down, const struct half *up, struct migration *into,
    struct text *fault)
{
	size_t length;

	into->number = up->number;
	into->name = up->name;
	if ((into->up = file_read(arena, directory, up->file, &length, fault)) == NULL)
		return false;
	sha256(into->up, length, into->checksum);
	return (into->down = file_read(arena, directory, down->file, &length, fault)) != NULL;
}

bool
migrations_read(struct arena *arena, const char *directory, struct migrations *into, struct text *fault)
{
	size_t       count;
	struct half *halves = halves_list(arena, directory, &count, fault);

	if (halves == NULL)
		return false;
	into->count = 0;
	into->rows = ARENA_ARRAY(arena, count / 2 + 1, struct migration);
	for (size_t i = 0; i < count; i += 2) {
		int64_t number = halves[i].number;

		/* Numbers are given out by the range, so some are never used. */
		if (i > 0 && number == into->rows[into->count - 1].number) {
			text_addf(fault, "'%s/%s' is out of sequence: number %04lld is used twice", directory, halves[i].file,
			    (long long)number);
			return false;
		}
		if (i + 1 == count || halves[i].up || !halves[i + 1].up || halves[i + 1].number != number ||
		    strcmp(halves[i].name, halves[i + 1].name) != 0) {
			text_addf(fault, "'%s/%s' has no matching .up.sql or .down.sql file", directory, halves[i].file);
			return false;
		}
		if (!pair_read(arena, directory, &halves[i], &halves[i + 1], &into->rows[into->count], fault))
			return false;
		into->count++;
	}
	return true;
}
