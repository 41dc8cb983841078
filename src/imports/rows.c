/* Reading a file of products: see rows.h. */
#include "imports/rows.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/problem.h"
#include "catalog/product.h"
#include "imports/columns.h"

#include <errno.h>
#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>
#include <unistr.h>

static bool
is_last(const struct rows *rows)
{
	return rows->at + (int64_t)(rows->to - rows->from) >= rows->bytes;
}

/* Moves what is left to the front and fills the buffer. */
static const struct problem *
fill(struct rows *rows)
{
	size_t left = rows->to - rows->from;

	memmove(rows->buffer, rows->buffer + rows->from, left);
	rows->from = 0;
	rows->to = left;
	while (!is_last(rows) && rows->to < ROWS_BUFFER) {
		ssize_t got = pread(rows->fd, rows->buffer + rows->to, ROWS_BUFFER - rows->to, rows->at + (int64_t)rows->to);

		if (got < 0 && errno == EINTR)
			continue;
		if (got <= 0) {
			log_error("cannot read an import", LOG_TEXT("cause", got < 0 ? strerror(errno) : "it is too short"));
			return problem(INTERNAL, "the import's file cannot be read");
		}
		rows->to += (size_t)got;
	}
	return OK;
}

static void
pass(struct rows *rows, size_t used)
{
	rows->from += used;
	rows->at += (int64_t)used;
}

/* ---- lines ---- */

/* The next line, NUL behind it; NULL in *line at the end, *length over ROWS_LINE_MAX when it is too long. */
static const struct problem *
next_line(struct rows *rows, char **line, size_t *length)
{
	char *end = memchr(rows->buffer + rows->from, '\n', rows->to - rows->from);

	if (end == NULL && !is_last(rows)) {
		TRY(fill(rows));
		end = memchr(rows->buffer + rows->from, '\n', rows->to - rows->from);
	}
	*line = rows->buffer + rows->from;
	*length = end == NULL ? rows->to - rows->from : (size_t)(end - *line);
	if (*length == 0 && end == NULL) {
		*line = NULL;
		return OK;
	}
	rows->number++;
	pass(rows, *length + (end != NULL));
	while (end == NULL && !is_last(rows)) { /* longer than the buffer */
		TRY(fill(rows));
		end = memchr(rows->buffer, '\n', rows->to);
		pass(rows, end == NULL ? rows->to : (size_t)(end - rows->buffer) + 1);
	}
	if (*length <= ROWS_LINE_MAX)
		(*line)[*length] = '\0';
	return OK;
}

static bool
is_blank(const char *line, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (line[i] != ' ' && line[i] != '\t' && line[i] != '\r')
			return false;
	return true;
}

static const struct problem *
next_of_lines(struct rows *rows, struct file_product *product, bool *found)
{
	char  *line;
	size_t length;

	do {
		product->begins = rows->at;
		TRY(next_line(rows, &line, &length));
	} while (line != NULL && is_blank(line, length));
	*found = line != NULL;
	if (!*found)
		return OK;
	product->row = product->number = rows->number;
	product->ends = rows->at;
	if (length > ROWS_LINE_MAX) {
		product->fault = "the line is too long";
		return OK;
	}
	product->json = json_read(rows->arena, line, length);
	if (product->json == NULL || !json_object_is_type(product->json, json_type_object)) {
		product->json = NULL;
		product->fault = "is not a JSON object in UTF-8";
	}
	return OK;
}

/* ---- CSV ---- */

static const struct problem *
next_record(struct rows *rows)
{
	size_t used;

	rows->found_at = rows->at;
	rows->found = csv_next(&rows->csv, rows->buffer + rows->from, rows->to - rows->from, is_last(rows), &used);
	if (rows->found == CSV_MORE) {
		TRY(fill(rows));
		rows->found = csv_next(&rows->csv, rows->buffer, rows->to, is_last(rows), &used);
	}
	pass(rows, used);
	if (rows->found != CSV_END)
		rows->number++;
	return OK;
}

/* The names of the columns. */
static void
read_columns(struct rows *rows)
{
	bool seen[IMPORT_COLUMNS] = { false };

	rows->n_columns = rows->csv.count;
	if (rows->found != CSV_RECORD)
		rows->fault =
		    rows->found == CSV_END ? "the file is empty" : "the row with the names of the columns cannot be read";
	for (size_t i = 0; i < rows->n_columns && rows->fault == NULL; i++) {
		int column = import_column_named(rows->csv.cells[i]);

		if (column < 0)
			rows->fault = u8_check((const uint8_t *)rows->csv.cells[i], strlen(rows->csv.cells[i])) != NULL
			    ? "the file is not encoded in UTF-8"
			    : arena_format(rows->arena, "the column \"%.60s\" is unknown", rows->csv.cells[i]);
		else if (seen[column])
			rows->fault =
			    arena_format(rows->arena, "the column \"%s\" stands there twice", import_columns[column].name);
		else
			seen[column] = true;
		rows->columns[i] = column;
	}
}

static bool
is_empty_record(const struct csv *csv)
{
	for (size_t i = 0; i < csv->count; i++)
		if (*csv->cells[i] != '\0')
			return false;
	return true;
}

/* Has it cells of a variant only, in a file that has the others, too? */
static bool
goes_on(const struct rows *rows)
{
	bool has_others = false;

	for (size_t i = 0; i < rows->n_columns; i++) {
		if (import_columns[rows->columns[i]].of_variant)
			continue;
		has_others = true;
		if (i < rows->csv.count && *rows->csv.cells[i] != '\0')
			return false;
	}
	return has_others;
}

static void
set_fault(struct file_product *product, const char *member, const char *fault)
{
	if (product->fault != NULL)
		return;
	product->fault = fault;
	product->fault_member = member;
}

/* Lays the record at hand over the product; of its first one all columns count. */
static void
take_record(struct rows *rows, struct file_product *product)
{
	struct json_object *variant, *variants = NULL;

	if (++product->rows > VARIANTS_MAX + 1)
		return; /* that they are too many is told by then */
	variant = json_object_new_object();
	for (size_t i = 0; i < rows->csv.count; i++) {
		const struct import_column *column;
		const char                 *fault;

		if (i >= rows->n_columns) {
			set_fault(product, NULL, "has more cells than there are columns");
			break;
		}
		column = &import_columns[rows->columns[i]];
		if (u8_check((const uint8_t *)rows->csv.cells[i], strlen(rows->csv.cells[i])) != NULL) {
			set_fault(product, column->name, "is not encoded in UTF-8");
			continue;
		}
		if (product->rows > 1 && !column->of_variant)
			continue;
		fault = import_cell(rows->arena, column, rows->csv.cells[i], column->of_variant ? variant : product->json);
		if (fault != NULL)
			set_fault(product, column->name, fault);
	}
	if (!json_object_object_get_ex(product->json, "variants", &variants)) {
		variants = json_object_new_array();
		json_object_object_add(product->json, "variants", variants);
	}
	json_object_array_add(variants, variant);
}

/* A value of an option of that name, in the order in which they come. */
static void
add_value(struct json_object *options, const char *name, const char *value)
{
	struct json_object *option = NULL, *values = NULL, *known = NULL;

	for (size_t i = 0; i < json_object_array_length(options) && option == NULL; i++) {
		struct json_object *one = json_object_array_get_idx(options, i);

		if (strcmp(json_object_get_string(json_object_object_get(one, "name")), name) == 0)
			option = one;
	}
	if (option == NULL) {
		option = json_object_new_object();
		json_object_object_add(option, "name", json_object_new_string(name));
		json_object_object_add(option, "values", json_object_new_array());
		json_object_array_add(options, option);
	}
	values = json_object_object_get(option, "values");
	for (size_t i = 0; i < json_object_array_length(values) && known == NULL; i++)
		if (strcmp(json_object_get_string(json_object_array_get_idx(values, i)), value) == 0)
			known = values;
	if (known == NULL)
		json_object_array_add(values, json_object_new_string(value));
}

/* A file may leave the options to its variants. */
static void
derive_options(struct file_product *product)
{
	struct json_object *variants = json_object_object_get(product->json, "variants"), *options;

	if (json_object_object_get_ex(product->json, "options", NULL))
		return;
	options = json_object_new_array();
	for (size_t i = 0; i < json_object_array_length(variants); i++) {
		struct json_object *choice = json_object_object_get(json_object_array_get_idx(variants, i), "options");

		if (!json_object_is_type(choice, json_type_object))
			continue;
		json_object_object_foreach(choice, name, value)
		{
			if (json_object_is_type(value, json_type_string))
				add_value(options, name, json_object_get_string(value));
		}
	}
	product->derived_options = json_object_array_length(options) > 0;
	if (product->derived_options)
		json_object_object_add(product->json, "options", options);
	else
		json_object_put(options);
}

static void
free_json(void *json)
{
	json_object_put(json);
}

static const struct problem *
first_record(struct rows *rows)
{
	do {
		if (!rows->pending)
			TRY(next_record(rows));
		rows->pending = false;
	} while (rows->found == CSV_RECORD && is_empty_record(&rows->csv));
	return OK;
}

/* The records from the one at hand on, up to one that begins another product, which then is at hand. */
static const struct problem *
take_records(struct rows *rows, struct file_product *product)
{
	do {
		take_record(rows, product);
		product->ends = rows->at;
		product->number = rows->number;
		TRY(next_record(rows));
	} while (rows->found == CSV_RECORD && !is_empty_record(&rows->csv) && goes_on(rows));
	rows->pending = true;
	return OK;
}

static const struct problem *
next_of_records(struct rows *rows, struct file_product *product, bool *whole)
{
	TRY(first_record(rows));
	*whole = rows->found != CSV_END;
	product->begins = rows->found_at;
	product->row = rows->number + 1; /* the first is that of the names */
	product->ends = rows->at;
	product->number = rows->number;
	if (rows->found != CSV_RECORD) {
		product->fault = rows->csv.fault;
		return OK;
	}
	product->json = json_object_new_object();
	arena_defer(rows->arena, free_json, product->json);
	TRY(take_records(rows, product));
	if (product->fault != NULL)
		product->json = NULL;
	else
		derive_options(product);
	return OK;
}

/* ---- all files ---- */

const struct problem *
rows_begin(struct rows *rows, struct arena *arena, enum import_format format, int fd, int64_t bytes)
{
	*rows = (struct rows) { .arena = arena, .format = format, .fd = fd, .bytes = bytes };
	rows->buffer = arena_room(arena, ROWS_BUFFER + 1);
	TRY(fill(rows));
	if (rows->to > 1 && (rows->buffer[0] == '\0' || rows->buffer[1] == '\0'))
		rows->fault = "the file is encoded in UTF-16; only UTF-8 is read";
	if (format != IMPORT_CSV || rows->fault != NULL)
		return OK;
	TRY(next_record(rows));
	read_columns(rows);
	rows->number = 0;
	return OK;
}

void
rows_seek(struct rows *rows, int64_t at, int64_t number)
{
	rows->from = rows->to = 0;
	rows->pending = false;
	rows->at = at;
	rows->number = number;
}

const struct problem *
rows_next(struct rows *rows, struct file_product *product, bool *found)
{
	*product = (struct file_product) { .fault = NULL };
	return rows->format == IMPORT_CSV ? next_of_records(rows, product, found) : next_of_lines(rows, product, found);
}

const struct problem *
rows_count(struct rows *rows, int64_t *count)
{
	char   *line = rows->buffer;
	size_t  length;
	int64_t before = rows->number;

	while (rows->format == IMPORT_CSV && rows->found != CSV_END)
		TRY(next_record(rows));
	while (rows->format == IMPORT_JSONL && line != NULL)
		TRY(next_line(rows, &line, &length));
	*count = rows->number - before;
	return OK;
}

void
rows_place(const struct rows *rows, struct arena *arena, const struct file_product *product, const char *member, int64_t *row,
    const char **column)
{
	static const char of_variants[] = "variants.";
	size_t            index;
	char             *rest;

	*row = product->row;
	*column = member;
	if (rows->format != IMPORT_CSV || strncmp(member, of_variants, sizeof of_variants - 1) != 0)
		return;
	index = strtoul(member + sizeof of_variants - 1, &rest, 10);
	*row += (int64_t)index;
	*column = *rest == '.' ? rest + 1 : "";
	for (size_t i = 0; i < IMPORT_COLUMNS; i++) {
		size_t length = strlen(import_columns[i].member);

		if (import_columns[i].of_variant && strncmp(*column, import_columns[i].member, length) == 0 &&
		    ((*column)[length] == '\0' || (*column)[length] == '.')) {
			*column = arena_format(arena, "%s%s", import_columns[i].name, *column + length);
			return;
		}
	}
}
