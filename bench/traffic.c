#include "bench/traffic.h"

#include "base/ids.h"
#include "bench/measure.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { COLUMN_BYTES = 32 * 1024 };

static void *
take(size_t bytes)
{
	void *room = calloc(1, bytes > 0 ? bytes : 1);

	if (room == NULL)
		abort();
	return room;
}

static bool
read_hex(const char *hex, struct value *value)
{
	size_t length = strcspn(hex, "\n") / 2;

	value->bytes = take(length + 1);
	value->length = length;
	for (size_t i = 0; i < length; i++)
		if (sscanf(hex + 2 * i, "%2hhx", &value->bytes[i]) != 1)
			return false;
	return true;
}

static void
set_value(struct value *value, enum enum_field_types type, enum value_source source, size_t which, unsigned long length)
{
	*value = (struct value) { type, source, which, take(length), length };
}

/* The UUID that the file calls by that number; false when there are too many. */
static bool
made_uuid(struct traffic *traffic, size_t number)
{
	if (number >= TRAFFIC_MADE_MAX)
		return false;
	traffic->made[number] = (struct made) { .kind = MADE_UUID, .length = sizeof(struct uuid) };
	if (traffic->n_made <= number)
		traffic->n_made = number + 1;
	return true;
}

static bool
read_value(struct traffic *traffic, struct value *value, const char *line)
{
	int       type, at = 0;
	size_t    which;
	long long integer;

	if (sscanf(line, "word %zu", &which) == 1 && which >= 1 && which <= WORDS_MAX) {
		set_value(value, MYSQL_TYPE_BLOB, VALUE_WORD, which - 1, sizeof(struct uuid));
		return true;
	}
	if (sscanf(line, "new %zu", &which) == 1) {
		set_value(value, MYSQL_TYPE_BLOB, VALUE_MADE, which, sizeof(struct uuid));
		return made_uuid(traffic, which);
	}
	if (sscanf(line, "integer %lld", &integer) == 1) {
		set_value(value, MYSQL_TYPE_LONGLONG, VALUE_FIXED, 0, sizeof integer);
		memcpy(value->bytes, &integer, sizeof integer);
		return true;
	}
	if (sscanf(line, "value %d %n", &type, &at) != 1 || at == 0)
		return false;
	value->type = (enum enum_field_types)type;
	return read_hex(line + at, value);
}

static bool
read_values(struct traffic *traffic, struct step *step, FILE *file, char **line, size_t *room)
{
	step->values = take(step->parameters * sizeof *step->values);
	for (size_t i = 0; i < step->parameters; i++)
		if (getline(line, room, file) < 0 || !read_value(traffic, &step->values[i], *line))
			return false;
	return true;
}

static bool
read_step(struct traffic *traffic, struct step *step, FILE *file, char **line, size_t *room)
{
	int at = 0;

	(*line)[strcspn(*line, "\n")] = '\0';
	if (strncmp(*line, "command ", 8) == 0) {
		*step = (struct step) { .sql = strdup(*line + 8), .is_command = true };
		return true;
	}
	*step = (struct step) { .sql = NULL };
	if (sscanf(*line, "statement %zu %n", &step->parameters, &at) != 1 || at == 0)
		return false;
	step->sql = strdup(*line + at);
	return read_values(traffic, step, file, line, room);
}

bool
traffic_read(struct traffic *traffic, const char *path)
{
	FILE  *file = fopen(path, "r");
	char  *line = NULL;
	size_t room = 0;
	bool   fine = file != NULL;

	*traffic = (struct traffic) { .count = 0 };
	if (file == NULL) {
		fprintf(stderr, "cannot open '%s': %m\n", path);
		return false;
	}
	while (fine && getline(&line, &room, file) >= 0)
		fine = traffic->count < TRAFFIC_STEPS_MAX &&
		    read_step(traffic, &traffic->steps[traffic->count++], file, &line, &room);
	free(line);
	fclose(file);
	if (!fine || traffic->count == 0)
		fprintf(stderr, "'%s' holds no statements, too many, or is not of the form: step %zu\n", path, traffic->count);
	return fine && traffic->count > 0;
}

unsigned long
word_bytes(const char *word, unsigned char bytes[256])
{
	struct uuid   uuid;
	unsigned long length = strlen(word);

	if (uuid_parse(word, &uuid)) {
		memcpy(bytes, &uuid, sizeof uuid);
		return sizeof uuid;
	}
	if (length > 256)
		length = 256;
	memcpy(bytes, word, length);
	return length;
}

static void
make(struct made *made)
{
	static const char digits[] = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ";
	size_t            kept = made->kind == MADE_TEXT ? strlen(made->prefix) : 0;

	if (made->kind == MADE_UUID) {
		struct uuid uuid = uuid_new();

		memcpy(made->bytes, &uuid, sizeof uuid);
		return;
	}
	random_bytes(made->bytes, made->length);
	if (made->kind != MADE_TEXT)
		return;
	memcpy(made->bytes, made->prefix, kept);
	for (size_t i = kept; i < made->length; i++)
		made->bytes[i] = (unsigned char)digits[made->bytes[i] % (sizeof digits - 1)];
}

void
traffic_vary(struct traffic *traffic, char *const *words)
{
	unsigned char bytes[256];

	for (size_t i = 0; i < traffic->n_made; i++)
		make(&traffic->made[i]);
	for (size_t s = 0; s < traffic->count; s++)
		for (size_t i = 0; i < traffic->steps[s].parameters; i++) {
			struct value *value = &traffic->steps[s].values[i];
			unsigned long length;

			if (value->source == VALUE_MADE)
				memcpy(value->bytes, traffic->made[value->which].bytes, value->length);
			if (value->source != VALUE_WORD || words[value->which] == NULL)
				continue;
			length = word_bytes(words[value->which], bytes);
			memcpy(value->bytes, bytes, length < value->length ? length : value->length);
		}
}

static void
bind_parameters(struct step *step)
{
	step->binds = take(step->parameters * sizeof *step->binds);
	for (size_t i = 0; i < step->parameters; i++) {
		struct value *value = &step->values[i];

		step->binds[i].buffer_type = value->type;
		step->binds[i].buffer = value->bytes;
		step->binds[i].buffer_length = value->length;
		step->binds[i].length = &value->length;
	}
	mysql_stmt_bind_param(step->handle, step->binds);
}

/* Integers as integers, all else as text. */
static void
bind_results(struct step *step)
{
	MYSQL_RES *metadata = mysql_stmt_result_metadata(step->handle);
	MYSQL_BIND results[TRAFFIC_COLUMNS_MAX] = { { .buffer = NULL } };

	if (metadata == NULL)
		return;
	step->n_columns = mysql_num_fields(metadata);
	for (unsigned i = 0; i < step->n_columns && i < TRAFFIC_COLUMNS_MAX; i++) {
		MYSQL_FIELD   *field = mysql_fetch_field_direct(metadata, i);
		struct column *column = &step->columns[i];

		snprintf(column->name, sizeof column->name, "%s", field->name);
		column->is_integer = field->type == MYSQL_TYPE_LONGLONG || field->type == MYSQL_TYPE_LONG ||
		    field->type == MYSQL_TYPE_SHORT || field->type == MYSQL_TYPE_TINY || field->type == MYSQL_TYPE_INT24;
		column->room = field->length < COLUMN_BYTES ? field->length + 1 : COLUMN_BYTES;
		column->bytes = take(column->room);
		results[i].is_null = &column->is_null;
		results[i].length = &column->length;
		results[i].buffer_type = column->is_integer ? MYSQL_TYPE_LONGLONG : MYSQL_TYPE_STRING;
		results[i].buffer = column->is_integer ? (void *)&column->integer : column->bytes;
		results[i].buffer_length = column->is_integer ? sizeof column->integer : column->room;
	}
	mysql_free_result(metadata);
	mysql_stmt_bind_result(step->handle, results);
}

static bool
prepare_step(struct traffic *traffic, struct step *step)
{
	if (step->is_command)
		return true;
	step->handle = mysql_stmt_init(traffic->connection);
	if (step->handle == NULL || mysql_stmt_prepare(step->handle, step->sql, strlen(step->sql)) != 0) {
		fprintf(
		    stderr, "cannot prepare '%s': %s\n", step->sql, step->handle == NULL ? "" : mysql_stmt_error(step->handle));
		return false;
	}
	bind_parameters(step);
	bind_results(step);
	return true;
}

bool
traffic_prepare(struct traffic *traffic, const char *socket, const char *password_file)
{
	char *password = file_read(password_file, NULL);

	if (password == NULL)
		return false;
	traffic->connection = mysql_init(NULL);
	if (traffic->connection == NULL)
		abort();
	mysql_options(traffic->connection, MYSQL_SET_CHARSET_NAME, "utf8mb4");
	if (mysql_real_connect(traffic->connection, NULL, "haat", password, "haat", 0, socket, CLIENT_FOUND_ROWS) == NULL) {
		fprintf(stderr, "cannot connect to '%s': %s\n", socket, mysql_error(traffic->connection));
		return false;
	}
	for (size_t i = 0; i < traffic->count; i++)
		if (!prepare_step(traffic, &traffic->steps[i]))
			return false;
	return true;
}

/* 0, or the error's number in the client library. */
static unsigned
run_step(struct traffic *traffic, struct step *step, void (*row)(const struct step *step, void *argument), void *argument)
{
	int outcome = 0;

	if (step->is_command)
		return mysql_real_query(traffic->connection, step->sql, strlen(step->sql)) == 0
		    ? 0
		    : mysql_errno(traffic->connection);
	if (mysql_stmt_execute(step->handle) != 0)
		return mysql_stmt_errno(step->handle);
	if (step->n_columns == 0) { /* not when it was prepared: an INSERT ... RETURNING answers rows all the same */
		mysql_stmt_free_result(step->handle);
		return 0;
	}
	while ((outcome = mysql_stmt_fetch(step->handle)) == 0 || outcome == MYSQL_DATA_TRUNCATED)
		if (row != NULL)
			row(step, argument);
	mysql_stmt_free_result(step->handle);
	return outcome == MYSQL_NO_DATA ? 0 : mysql_stmt_errno(step->handle);
}

bool
traffic_run_all(struct traffic *traffic, void (*row)(const struct step *step, void *argument), void *argument)
{
	static bool told;

	for (size_t i = 0; i < traffic->count; i++) {
		struct step *step = &traffic->steps[i];
		unsigned     error = run_step(traffic, step, row, argument);

		if (error == 0)
			continue;
		if (!told)
			fprintf(stderr, "error %u in '%s': %s\n", error, step->sql,
			    step->is_command ? mysql_error(traffic->connection) : mysql_stmt_error(step->handle));
		told = true;
		mysql_rollback(traffic->connection);
		return false;
	}
	return true;
}
