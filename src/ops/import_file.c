/* See import_file.h. */
#include "ops/import_file.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/shape.h"
#include "ops/command.h"

#include <ctype.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

static void
fill(struct import_file *file)
{
	size_t left = file->to - file->from;

	memmove(file->buffer, file->buffer + file->from, left);
	file->from = 0;
	file->to = left + fread(file->buffer + left, 1, IMPORT_BUFFER - left, file->file);
	file->last = file->to < IMPORT_BUFFER;
}

/* The next record of a CSV; false at the end. */
static bool
next_cells(struct import_file *file, enum csv_found *found)
{
	size_t used;

	if (file->to - file->from < CSV_RECORD_MAX && !file->last)
		fill(file);
	*found = csv_next(&file->csv, file->buffer + file->from, file->to - file->from, file->last, &used);
	file->from += used;
	file->row++;
	return *found != CSV_END;
}

/* The next line, cut out of the buffer, "" when it is too long; false at the end. */
static bool
next_line(struct import_file *file, const char **line, size_t *length)
{
	char *end;

	if (file->to - file->from < CSV_RECORD_MAX && !file->last)
		fill(file);
	if (file->from == file->to)
		return false;
	*line = file->buffer + file->from;
	end = memchr(*line, '\n', file->to - file->from);
	*length = end == NULL ? file->to - file->from : (size_t)(end - *line);
	file->from += *length + (end != NULL);
	file->row++;
	return true;
}

/* What a file may say, for a message. */
static const char *
known_columns(const struct import_file *file)
{
	const char *names = file->shape->members[0].name;

	for (size_t i = 1; i < file->shape->count; i++)
		names = arena_format(file->arena, "%s, %s", names, file->shape->members[i].name);
	return names;
}

/* The names of a CSV's columns; false, with a message, when one is unknown. */
static bool
read_names(struct import_file *file)
{
	enum csv_found found;

	if (!next_cells(file, &found) || found != CSV_RECORD || file->csv.count > IMPORT_COLUMNS_MAX)
		return command_cannot("the first line does not name the columns"), false;
	for (size_t i = 0; i < file->csv.count; i++) {
		int member = 0;

		if (!utf8_valid(file->csv.cells[i], strlen(file->csv.cells[i])))
			return command_cannot("the file is not encoded in UTF-8"), false;
		csv_fold_name(file->csv.cells[i]);
		while (member < (int)file->shape->count && strcmp(file->shape->members[member].name, file->csv.cells[i]) != 0)
			member++;
		if (member == (int)file->shape->count)
			return command_cannot(
				   "the file's column '%s' is not known; there are %s", file->csv.cells[i], known_columns(file)),
			       false;
		file->of_column[i] = member;
	}
	file->columns = (int)file->csv.count;
	return true;
}

/* The first of the row's cells that is not UTF-8, by the name of its column; NULL: all are. */
static const char *
misencoded_column(const struct import_file *file)
{
	for (size_t i = 0; i < file->csv.count && i < (size_t)file->columns; i++)
		if (!utf8_valid(file->csv.cells[i], strlen(file->csv.cells[i])))
			return file->shape->members[file->of_column[i]].name;
	return NULL;
}

static void
put_json(void *json)
{
	json_object_put(json);
}

/* A row of cells as the object that a line of JSON would be; an empty cell is a member that is not there. */
static struct json_object *
object_of_cells(const struct import_file *file)
{
	struct json_object *object = json_object_new_object();

	arena_defer(file->arena, put_json, object);
	for (size_t i = 0; i < file->csv.count && i < (size_t)file->columns; i++) {
		const struct member *member = &file->shape->members[file->of_column[i]];
		const char          *cell = file->csv.cells[i];
		bool                 is_true = strcasecmp(cell, "true") == 0 || strcmp(cell, "1") == 0;

		if (*cell == '\0')
			continue;
		if (member->kind == MEMBER_BOOLEAN && (is_true || strcasecmp(cell, "false") == 0 || strcmp(cell, "0") == 0))
			json_object_object_add(object, member->name, json_object_new_boolean(is_true));
		else if (member->kind == MEMBER_INTEGER && strspn(cell, "0123456789") == strlen(cell) && strlen(cell) < 18)
			json_object_object_add(object, member->name, json_object_new_int64(strtoll(cell, NULL, 10)));
		else
			json_object_object_add(object, member->name, json_object_new_string(cell));
	}
	return object;
}

static enum import_found
take_cells(struct import_file *file, enum csv_found found, struct json_object **object, const char **where, const char **what)
{
	const char *column;

	if (found != CSV_RECORD)
		*what = found == CSV_BAD ? file->csv.fault : "is too long";
	else if (file->csv.count > (size_t)file->columns)
		*what = "has more cells than there are columns";
	else if ((column = misencoded_column(file)) != NULL) {
		*where = column;
		*what = "is not encoded in UTF-8";
	} else if (file->csv.count == 1 && *file->csv.cells[0] == '\0')
		return IMPORT_EMPTY;
	else {
		*object = object_of_cells(file);
		return IMPORT_OBJECT;
	}
	return IMPORT_BAD;
}

enum import_found
import_file_next(struct import_file *file, struct json_object **object, const char **where, const char **what)
{
	const char    *line;
	size_t         length;
	enum csv_found found;

	*where = "";
	if (!file->is_json)
		return next_cells(file, &found) ? take_cells(file, found, object, where, what) : IMPORT_END;
	if (!next_line(file, &line, &length))
		return IMPORT_END;
	if (strspn(line, " \t\r") >= length)
		return IMPORT_EMPTY;
	*what = "is too long";
	if (length >= CSV_RECORD_MAX)
		return IMPORT_BAD;
	*object = json_read(file->arena, line, length);
	return IMPORT_OBJECT;
}

bool
import_file_begin(struct import_file *file)
{
	fill(file);
	while (file->from < file->to && isspace((unsigned char)file->buffer[file->from]))
		file->from++;
	file->is_json = file->from < file->to && file->buffer[file->from] == '{';
	return file->is_json || read_names(file);
}

FILE *
import_file_open(const char *path)
{
	FILE *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");

	if (file == NULL)
		command_cannot("cannot read '%s': %s", path, strerror(errno));
	return file;
}
