/* Columns into members, parameters into binds. */
#include "store/db_bind.h"

#include "base/arena.h"
#include "base/log.h"

#include <assert.h>
#include <stdlib.h>
#include <unistd.h>

enum { BOUND_BYTES = 512, WORD_BYTES = 64 };

/* Follows "category.parent.id" through object members; returns the name of the last step. */
static const char *
follow_path(struct column *column, const struct shape *shape, const char *name)
{
	const char *dot;

	column->shape = shape;
	while ((dot = strchr(name, '.')) != NULL) {
		const struct member *member = shape_member(column->shape, name, (size_t)(dot - name));

		assert(member != NULL && member->kind == MEMBER_OBJECT && column->depth < DEPTH_MAX);
		column->through[column->depth++] = member;
		column->shape = member->of;
		name = dot + 1;
	}
	return name;
}

/* Decide which member a column fills. */
static void
map_column(struct column *column, const struct shape *shape, const char *name)
{
	static const char minor[] = "_minor";
	size_t            length;

	name = follow_path(column, shape, name);
	length = strlen(name);
	column->member = shape_member(column->shape, name, length);
	column->into = INTO_MEMBER;
	if (column->member == NULL && length > strlen(minor) && strcmp(name + length - strlen(minor), minor) == 0) {
		column->member = shape_member(column->shape, name, length - strlen(minor));
		column->into = INTO_MINOR;
		assert(column->member != NULL && column->member->kind == MEMBER_MONEY);
	}
	if (strcmp(name, "currency") == 0)
		column->into = INTO_CURRENCY; /* every money member of that shape, and a text member of that name */
	if (column->member == NULL && column->into != INTO_CURRENCY)
		log_error("column has no member", LOG_ID("column", name), LOG_ID("shape", column->shape->name));
	assert(column->member != NULL || column->into == INTO_CURRENCY);
}

static size_t
column_limit(const struct column *column)
{
	const struct member *member = column->member;

	if (column->into == INTO_CURRENCY)
		return 3;
	if (column->into == INTO_MINOR)
		return 0;
	switch (member->kind) {
	case MEMBER_TEXT:
		return (size_t)member->max * 4;
	case MEMBER_MAP:
		return (size_t)member->max *
		    (member->name_max > 0 ? (size_t)(member->name_max + member->value_max) * 6 + 8 : 1600);
	case MEMBER_JSON:
	case MEMBER_BYTES:
		return (size_t)member->max;
	case MEMBER_UUID:
		return sizeof(struct uuid);
	case MEMBER_ENUM:
		return WORD_BYTES;
	case MEMBER_INTEGER:
	case MEMBER_BOOLEAN:
	case MEMBER_TIME:
		return 0;
	default:
		assert(!"a kind that no column fills");
		return 0;
	}
}

/* Give the client library a place to put the column's values. */
static void
bind_column(struct column *column, MYSQL_BIND *bind)
{
	bind->is_null = &column->is_null;
	bind->length = &column->length;
	bind->error = &column->truncated;
	column->limit = column_limit(column);
	if (column->limit > 0) {
		column->room = column->limit < BOUND_BYTES ? column->limit + 1 : BOUND_BYTES;
		column->bytes = malloc(column->room);
		if (column->bytes == NULL)
			abort();
		bind->buffer_type =
		    column->into == INTO_MEMBER && (column->member->kind == MEMBER_BYTES || column->member->kind == MEMBER_UUID)
		    ? MYSQL_TYPE_BLOB
		    : MYSQL_TYPE_STRING;
		bind->buffer = column->bytes;
		bind->buffer_length = column->room;
	} else if (column->into == INTO_MEMBER && column->member->kind == MEMBER_TIME) {
		bind->buffer_type = MYSQL_TYPE_DATETIME;
		bind->buffer = &column->time;
		bind->buffer_length = sizeof column->time;
	} else {
		bind->buffer_type = MYSQL_TYPE_LONGLONG;
		bind->buffer = &column->integer;
	}
}

/* Of INSERT ... RETURNING the server tells the columns only when it runs. */
static void
bind_results(struct statement *statement)
{
	MYSQL_RES *metadata = mysql_stmt_result_metadata(statement->handle);

	if (metadata == NULL)
		return;
	statement->n_columns = mysql_num_fields(metadata);
	assert(statement->n_columns <= COLUMNS_MAX);
	statement->columns = calloc(statement->n_columns, sizeof *statement->columns);
	statement->results = calloc(statement->n_columns, sizeof *statement->results);
	if (statement->columns == NULL || statement->results == NULL)
		abort();
	for (unsigned i = 0; i < statement->n_columns; i++) {
		const char *name = mysql_fetch_field_direct(metadata, i)->name;

		/* One column for one member needs no name: COUNT(*) for db_value. */
		if (statement->n_columns == 1 && statement->shape->count == 1)
			name = statement->shape->members[0].name;
		map_column(&statement->columns[i], statement->shape, name);
		statement->has_currency |= statement->columns[i].into == INTO_CURRENCY;
		bind_column(&statement->columns[i], &statement->results[i]);
	}
	mysql_free_result(metadata);
	mysql_stmt_bind_result(statement->handle, statement->results);
}

bool
statement_prepare(struct statement *statement, MYSQL *connection, const char *expanded, const struct shape *shape,
    unsigned *error, const char **message)
{
	static char text[MYSQL_ERRMSG_SIZE];

	if ((statement->handle = mysql_stmt_init(connection)) == NULL)
		abort();
	if (mysql_stmt_prepare(statement->handle, expanded, strlen(expanded)) != 0) {
		*error = mysql_stmt_errno(statement->handle);
		snprintf(text, sizeof text, "%s", mysql_stmt_error(statement->handle));
		*message = text;
		statement_close(statement);
		return false;
	}
	statement->shape = shape;
	statement->n_parameters = (unsigned)mysql_stmt_param_count(statement->handle);
	if (shape != NULL)
		bind_results(statement);
	return true;
}

void
statement_close(struct statement *statement)
{
	if (statement->handle != NULL)
		mysql_stmt_close(statement->handle);
	for (unsigned i = 0; i < statement->n_columns; i++)
		free(statement->columns[i].bytes);
	free(statement->columns);
	free(statement->results);
	statement->handle = NULL;
	statement->columns = NULL;
	statement->results = NULL;
	statement->n_columns = statement->n_parameters = 0;
	statement->has_currency = false;
}

/* The struct that the column's shape describes, inside the row; nested pointer objects are made when first needed. */
static char *
column_target(const struct column *column, char *row, struct arena *arena)
{
	for (size_t i = 0; i < column->depth; i++) {
		char *field = row + column->through[i]->offset, *object;

		if (!column->through[i]->pointer) {
			row = field;
			continue;
		}
		memcpy(&object, field, sizeof object);
		if (object == NULL) {
			object = arena_alloc(arena, column->through[i]->of->size);
			memcpy(field, &object, sizeof object);
		}
		row = object;
	}
	return row;
}

/* Where a scalar goes: the field, or new memory that the field then points to. */
static void *
scalar_room(const struct member *member, char *target, struct arena *arena, size_t size)
{
	void *field = target + member->offset, *room;

	if (!member->pointer)
		return field;
	memcpy(&room, field, sizeof room);
	if (room == NULL) {
		room = arena_alloc(arena, size);
		memcpy(field, &room, sizeof room);
	}
	return room;
}

static void
fill_currency(const struct column *column, char *target, struct arena *arena)
{
	const struct shape *shape = column->shape;

	for (size_t i = 0; i < shape->count; i++)
		if (shape->members[i].kind == MEMBER_MONEY && !shape->members[i].pointer)
			memcpy(((struct money *)(target + shape->members[i].offset))->currency, column->bytes, 3);
		else if (shape->members[i].kind == MEMBER_MONEY) {
			struct money *money;

			memcpy(&money, target + shape->members[i].offset, sizeof money);
			if (money != NULL) /* the amounts are there already: currencies are filled last */
				memcpy(money->currency, column->bytes, 3);
		}
	if (column->member != NULL)
		*(const char **)(target + column->member->offset) = arena_copy(arena, column->bytes, column->length);
}

/* The bytes of a text column, in the arena: from the bound buffer, or fetched whole when they were longer. */
static char *
column_text(struct statement *statement, unsigned index, struct arena *arena)
{
	struct column *column = &statement->columns[index];
	char          *text;
	MYSQL_BIND     bind = { .buffer_type = MYSQL_TYPE_BLOB };
	unsigned long  length;
	my_bool        is_null, truncated;

	if (column->length < column->room)
		return arena_copy(arena, column->bytes, column->length);
	text = arena_alloc(arena, column->length + 1);
	bind.buffer = text;
	bind.buffer_length = column->length;
	bind.length = &length;
	bind.is_null = &is_null;
	bind.error = &truncated;
	mysql_stmt_fetch_column(statement->handle, &bind, index, 0);
	return text;
}

static bool
fill_member(struct statement *statement, unsigned index, char *target, struct arena *arena)
{
	struct column       *column = &statement->columns[index];
	const struct member *member = column->member;
	int                  word;

	switch (member->kind) {
	case MEMBER_TEXT:
	case MEMBER_MAP:
	case MEMBER_JSON:
		*(const char **)(target + member->offset) = column_text(statement, index, arena);
		return true;
	case MEMBER_BYTES:
		*(struct bytes *)(target + member->offset) =
		    (struct bytes) { (unsigned char *)column_text(statement, index, arena), column->length };
		return true;
	case MEMBER_UUID:
		if (column->length != sizeof(struct uuid))
			return false;
		memcpy(scalar_room(member, target, arena, sizeof(struct uuid)), column->bytes, sizeof(struct uuid));
		return true;
	case MEMBER_BOOLEAN:
		*(bool *)scalar_room(member, target, arena, sizeof(bool)) = column->integer != 0;
		return true;
	case MEMBER_ENUM:
		column->bytes[column->length] = '\0';
		word = value_index(member->values, column->bytes);
		*(int *)scalar_room(member, target, arena, sizeof(int)) = word;
		return word >= 0;
	case MEMBER_TIME:
		*(struct instant *)scalar_room(member, target, arena, sizeof(struct instant)) =
		    instant_from_civil((struct civil) { (int)column->time.year, (int)column->time.month, (int)column->time.day,
			(int)column->time.hour, (int)column->time.minute, (int)column->time.second,
			(int)(column->time.second_part / 1000) });
		return true;
	default:
		*(int64_t *)scalar_room(member, target, arena, sizeof(int64_t)) = column->integer;
		return true;
	}
}

static bool
fill(struct statement *statement, unsigned index, char *row, struct arena *arena)
{
	struct column *column = &statement->columns[index];
	char          *target;

	if (column->is_null)
		return true;
	if (column->limit > 0 && column->length > column->limit) {
		log_error("value exceeds the member's maximum", LOG_ID("sql", statement->sql), LOG_NUMBER("column", index),
		    LOG_NUMBER("bytes", (int64_t)column->length));
		return false;
	}
	target = column_target(column, row, arena);
	if (column->into == INTO_MINOR)
		((struct money *)scalar_room(column->member, target, arena, sizeof(struct money)))->minor = column->integer;
	else if (column->into == INTO_CURRENCY)
		fill_currency(column, target, arena);
	else if (!fill_member(statement, index, target, arena)) {
		log_error("value not in the member's enum", LOG_ID("sql", statement->sql), LOG_NUMBER("column", index));
		return false;
	}
	return true;
}

/* The row that was fetched, into its struct; currencies last, for the amounts must be there. */
bool
statement_fill(struct statement *statement, struct arena *arena, void *row)
{
	for (unsigned i = 0; i < statement->n_columns; i++)
		if (statement->columns[i].into != INTO_CURRENCY && !fill(statement, i, row, arena))
			return false;
	for (unsigned i = 0; i < statement->n_columns && statement->has_currency; i++)
		if (statement->columns[i].into == INTO_CURRENCY && !fill(statement, i, row, arena))
			return false;
	return true;
}

bool
statement_fetch(struct statement *statement, size_t limit, struct arena *arena, void *rows, size_t *count)
{
	size_t found = (size_t)mysql_stmt_num_rows(statement->handle), size = statement->shape->size;
	char  *first;
	int    outcome;

	if (found > limit) {
		log_error("query returned more rows than its limit", LOG_ID("sql", statement->sql),
		    LOG_NUMBER("limit", (int64_t)limit));
		return false;
	}
	if (statement->n_columns == 0)
		bind_results(statement);
	assert(statement->n_columns > 0);
	first = arena_array(arena, found, size);
	*(void **)rows = first;
	for (*count = 0; *count < found; ++*count) {
		outcome = mysql_stmt_fetch(statement->handle);
		if (outcome != 0 && outcome != MYSQL_DATA_TRUNCATED) {
			log_error("cannot fetch rows", LOG_ID("sql", statement->sql),
			    LOG_TEXT("cause", mysql_stmt_error(statement->handle)));
			return false;
		}
		if (!statement_fill(statement, arena, first + *count * size))
			return false;
	}
	return true;
}

static MYSQL_TIME
time_bind(struct instant instant)
{
	struct civil civil = instant_civil(instant);

	return (MYSQL_TIME) { .year = (unsigned)civil.year,
		.month = (unsigned)civil.month,
		.day = (unsigned)civil.day,
		.hour = (unsigned)civil.hour,
		.minute = (unsigned)civil.minute,
		.second = (unsigned)civil.second,
		.second_part = (unsigned long)civil.millisecond * 1000,
		.time_type = MYSQL_TIMESTAMP_DATETIME };
}

void
binds_free(struct binds *binds)
{
	free(binds->list);
	free(binds->lengths);
	free(binds->times);
}

static void
make_room(struct binds *binds, size_t n)
{
	if (n <= binds->room)
		return;
	binds_free(binds);
	binds->room = n < 64 ? 64 : n;
	binds->list = calloc(binds->room, sizeof *binds->list);
	binds->lengths = calloc(binds->room, sizeof *binds->lengths);
	binds->times = calloc(binds->room, sizeof *binds->times);
	if (binds->list == NULL || binds->lengths == NULL || binds->times == NULL)
		abort();
}

void
bind_parameters(const struct statement *statement, struct binds *binds, size_t n, const struct parameter *parameters)
{
	assert(n == statement->n_parameters && n <= PARAMETERS_MAX);
	make_room(binds, n);
	if (n > 0)
		memset(binds->list, 0, n * sizeof *binds->list);
	for (size_t i = 0; i < n; i++) {
		MYSQL_BIND             *bind = &binds->list[i];
		const struct parameter *parameter = &parameters[i];

		bind->length = &binds->lengths[i];
		switch (parameter->kind) {
		case PARAMETER_NULL:
			bind->buffer_type = MYSQL_TYPE_NULL;
			break;
		case PARAMETER_INTEGER:
			bind->buffer_type = MYSQL_TYPE_LONGLONG;
			bind->buffer = (void *)&parameter->integer;
			break;
		case PARAMETER_TEXT:
			bind->buffer_type = MYSQL_TYPE_STRING;
			bind->buffer = (void *)parameter->text;
			binds->lengths[i] = strlen(parameter->text);
			break;
		case PARAMETER_UUID:
			bind->buffer_type = MYSQL_TYPE_BLOB;
			bind->buffer = (void *)&parameter->uuid;
			binds->lengths[i] = sizeof parameter->uuid;
			break;
		case PARAMETER_TIME:
			binds->times[i] = time_bind(parameter->time);
			bind->buffer_type = MYSQL_TYPE_DATETIME;
			bind->buffer = &binds->times[i];
			break;
		case PARAMETER_BYTES:
			bind->buffer_type = MYSQL_TYPE_BLOB;
			bind->buffer = (void *)parameter->bytes.bytes;
			binds->lengths[i] = parameter->bytes.length;
			break;
		}
	}
}

static void
trace_bytes(FILE *to, const void *bytes, size_t length)
{
	fputs("x'", to);
	for (size_t i = 0; i < length; i++)
		fprintf(to, "%02x", ((const unsigned char *)bytes)[i]);
	fputc('\'', to);
}

static void
trace_parameter(FILE *to, const struct parameter *parameter)
{
	switch (parameter->kind) {
	case PARAMETER_NULL:
		fputs("NULL", to);
		break;
	case PARAMETER_INTEGER:
		fprintf(to, "%lld", (long long)parameter->integer);
		break;
	case PARAMETER_TEXT:
		fputc('\'', to);
		for (const char *c = parameter->text; *c != '\0'; c++)
			if (*c == '\'' || *c == '\\')
				fprintf(to, "\\%c", *c);
			else
				fputc((unsigned char)*c < 0x20 ? ' ' : *c, to);
		fputc('\'', to);
		break;
	case PARAMETER_UUID:
		trace_bytes(to, parameter->uuid.bytes, sizeof parameter->uuid.bytes);
		break;
	case PARAMETER_TIME:
		fprintf(to, "FROM_UNIXTIME(%lld.%03d)", (long long)parameter->time.unix_ms / 1000,
		    (int)(parameter->time.unix_ms % 1000));
		break;
	case PARAMETER_BYTES:
		trace_bytes(to, parameter->bytes.bytes, parameter->bytes.length);
		break;
	}
}

void
statement_trace(FILE *to, const char *sql, size_t n, const struct parameter *parameters)
{
	size_t      next = 0, length = 0;
	char       *bytes = NULL;
	const char *limited = strncmp(sql, "SET STATEMENT ", 14) == 0 ? strstr(sql, " FOR ") : NULL;
	FILE       *line = open_memstream(&bytes, &length);

	if (line == NULL)
		return;
	for (const char *c = limited != NULL ? limited + 5 : sql; *c != '\0'; c++)
		if (*c == '?' && next < n)
			trace_parameter(line, &parameters[next++]);
		else
			fputc(*c == '\n' || *c == '\t' ? ' ' : *c, line);
	fputc('\n', line);
	/* In one write, whoever else writes to the file. */
	if (fclose(line) == 0 && write(fileno(to), bytes, length) < 0)
		log_warning("statement not traced");
	free(bytes);
}
