#include "bench/traffic.h"

#include <errno.h>
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

static bool
read_values(struct step *step, FILE *file, char **line, size_t *room)
{
	step->values = take(step->parameters * sizeof *step->values);
	for (size_t i = 0; i < step->parameters; i++) {
		int type, at = 0;

		if (getline(line, room, file) < 0 || sscanf(*line, "value %d %n", &type, &at) != 1 || at == 0 ||
		    !read_hex(*line + at, &step->values[i]))
			return false;
		step->values[i].type = (enum enum_field_types)type;
	}
	return true;
}

static bool
read_step(struct step *step, FILE *file, char **line, size_t *room)
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
	return read_values(step, file, line, room);
}

bool
traffic_read(struct traffic *traffic, const char *path)
{
	FILE  *file = fopen(path, "r");
	char  *line = NULL;
	size_t room = 0;
	bool   fine = true;

	*traffic = (struct traffic) { .count = 0 };
	if (file == NULL) {
		fprintf(stderr, "cannot open '%s': %s\n", path, strerror(errno));
		return false;
	}
	while (fine && getline(&line, &room, file) >= 0)
		fine = traffic->count < TRAFFIC_STEPS_MAX && read_step(&traffic->steps[traffic->count++], file, &line, &room);
	free(line);
	fclose(file);
	if (!fine || traffic->count == 0)
		fprintf(stderr, "'%s' holds no statements, too many, or is not of the form: step %zu\n", path, traffic->count);
	return fine && traffic->count > 0;
}

void
traffic_bind(struct step *step)
{
	if (step->is_command)
		return;
	if (step->binds == NULL)
		step->binds = take(step->parameters * sizeof *step->binds);
	memset(step->binds, 0, step->parameters * sizeof *step->binds);
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
	traffic_bind(step);
	bind_results(step);
	return true;
}

bool
traffic_prepare(struct traffic *traffic, const char *socket, const char *password_file)
{
	char  password[256] = "";
	FILE *file = fopen(password_file, "r");

	if (file == NULL || fgets(password, sizeof password, file) == NULL) {
		fprintf(stderr, "cannot read '%s': %s\n", password_file, strerror(errno));
		if (file != NULL)
			fclose(file);
		return false;
	}
	fclose(file);
	password[strcspn(password, "\n")] = '\0';
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

unsigned
traffic_run(struct traffic *traffic, struct step *step, void (*row)(const struct step *step, void *argument), void *argument)
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
