/*
 * haatctl user import: accounts that another shop kept, from CSV or JSON lines, in memory that does not grow with the file.
 *
 * Rows are checked one by one and written some hundred a transaction.  An account whose e-mail address is known stays as it is,
 * so a file may be imported again after its faults were put right.
 */
#include "ops/command.h"

#include "accounts/accounts.h"
#include "accounts/password.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/csv.h"
#include "base/encoding.h"
#include "store/db.h"

#include <ctype.h>
#include <errno.h>
#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

enum { BUFFER = 2 * CSV_RECORD_MAX, BATCH = 200, HASH_MAX = 255 };

/* One row as it came. */
struct imported {
	const char     *email, *phone, *full_name, *password_hash;
	int            *role; /* enum role; NULL: a customer */
	bool            email_verified;
	struct instant *created_at; /* NULL: now */
};

static const struct member imported_members[] = {
	M_TEXT(struct imported, email, "email", 254, .required = true, .min = 1, .format = FORMAT_EMAIL),
	M_TEXT(struct imported, phone, "phone", 16, .min = 1, .nullable = true, .format = FORMAT_PHONE),
	M_TEXT(struct imported, full_name, "full_name", 150, .required = true, .min = 1),
	M_ENUM(struct imported, role, "role", role_values, .nullable = true),
	M_TEXT(struct imported, password_hash, "password_hash", HASH_MAX, .min = 1, .nullable = true, .verbatim = true),
	M_BOOLEAN(struct imported, email_verified, "email_verified", .defaulted = true, .preset = 0),
	M_TIME(struct imported, created_at, "created_at", .nullable = true),
};
SHAPE(struct imported, imported_shape, "ImportedUser", imported_members);

/* A file that is read from its beginning to its end. */
struct reading {
	FILE      *file;
	char       buffer[BUFFER + 1];
	size_t     from, to;
	bool       last; /* nothing is behind the buffer */
	bool       is_json;
	struct csv csv;
	int64_t    row;           /* of the record that was read last, from 1; a CSV's names of columns count */
	int        columns;       /* of a CSV */
	int        of_column[16]; /* which member each is */
};

enum outcome { OUTCOME_MADE, OUTCOME_KNOWN, OUTCOME_PHONE_TAKEN };

struct row {
	int64_t         number;
	struct imported imported;
	enum outcome    outcome;
};

struct import {
	struct control *control;
	struct reading  reading;
	struct row      rows[BATCH];
	size_t          count;
	bool            dry;
	int64_t         made, known, refused;
};

/* ---- reading ---- */

static void
fill(struct reading *reading)
{
	size_t left = reading->to - reading->from;

	memmove(reading->buffer, reading->buffer + reading->from, left);
	reading->from = 0;
	reading->to = left + fread(reading->buffer + left, 1, BUFFER - left, reading->file);
	reading->last = reading->to < BUFFER;
}

/* The next record of a CSV; false at the end. */
static bool
next_cells(struct reading *reading, enum csv_found *found)
{
	size_t used;

	if (reading->to - reading->from < CSV_RECORD_MAX && !reading->last)
		fill(reading);
	*found = csv_next(&reading->csv, reading->buffer + reading->from, reading->to - reading->from, reading->last, &used);
	reading->from += used;
	reading->row++;
	return *found != CSV_END;
}

/* The next line, cut out of the buffer, "" when it is too long; false at the end. */
static bool
next_line(struct reading *reading, const char **line, size_t *length)
{
	char *end;

	if (reading->to - reading->from < CSV_RECORD_MAX && !reading->last)
		fill(reading);
	if (reading->from == reading->to)
		return false;
	*line = reading->buffer + reading->from;
	end = memchr(*line, '\n', reading->to - reading->from);
	*length = end == NULL ? reading->to - reading->from : (size_t)(end - *line);
	reading->from += *length + (end != NULL);
	reading->row++;
	return true;
}

static void
refuse(struct import *import, const char *where, const char *what)
{
	printf("row %lld: %s%s%s\n", (long long)import->reading.row, where, *where == '\0' ? "" : ": ", what);
	import->refused++;
}

/* What a file may say of an account, for a message. */
static const char *
known_columns(struct arena *arena)
{
	const char *names = imported_members[0].name;

	for (size_t i = 1; i < imported_shape.count; i++)
		names = arena_format(arena, "%s, %s", names, imported_members[i].name);
	return names;
}

/* The names of a CSV's columns; false, with a message, when one is unknown. */
static bool
read_names(struct arena *arena, struct reading *reading)
{
	enum csv_found found;

	if (!next_cells(reading, &found) || found != CSV_RECORD || reading->csv.count > 16)
		return command_cannot("the first line does not name the columns"), false;
	for (size_t i = 0; i < reading->csv.count; i++) {
		int member = 0;

		if (!utf8_valid(reading->csv.cells[i], strlen(reading->csv.cells[i])))
			return command_cannot("the file is not encoded in UTF-8"), false;
		csv_fold_name(reading->csv.cells[i]);
		while (member < (int)imported_shape.count && strcmp(imported_members[member].name, reading->csv.cells[i]) != 0)
			member++;
		if (member == (int)imported_shape.count)
			return command_cannot("the file's column '%s' is not known; there are %s", reading->csv.cells[i],
				   known_columns(arena)),
			       false;
		reading->of_column[i] = member;
	}
	reading->columns = (int)reading->csv.count;
	return true;
}

/* The first of the row's cells that is not UTF-8, by the name of its column; NULL: all are. */
static const char *
misencoded_column(const struct reading *reading)
{
	for (size_t i = 0; i < reading->csv.count && i < (size_t)reading->columns; i++)
		if (!utf8_valid(reading->csv.cells[i], strlen(reading->csv.cells[i])))
			return imported_members[reading->of_column[i]].name;
	return NULL;
}

static void
put_json(void *json)
{
	json_object_put(json);
}

/* A row of cells as the object that a line of JSON would be; an empty cell is a member that is not there. */
static struct json_object *
object_of_cells(struct arena *arena, const struct reading *reading)
{
	struct json_object *object = json_object_new_object();

	arena_defer(arena, put_json, object);
	for (size_t i = 0; i < reading->csv.count && i < (size_t)reading->columns; i++) {
		const struct member *member = &imported_members[reading->of_column[i]];
		const char          *cell = reading->csv.cells[i];
		bool                 is_true = strcasecmp(cell, "true") == 0 || strcmp(cell, "1") == 0;

		if (*cell == '\0')
			continue;
		if (member->kind == MEMBER_BOOLEAN && (is_true || strcasecmp(cell, "false") == 0 || strcmp(cell, "0") == 0))
			json_object_object_add(object, member->name, json_object_new_boolean(is_true));
		else
			json_object_object_add(object, member->name, json_object_new_string(cell));
	}
	return object;
}

/* What shape_parse cannot know. */
static const char *
fault_of(const struct import *import, const struct imported *row, const char **where)
{
	*where = "role";
	if (row->role != NULL && *row->role == ROLE_SHOPKEEPER)
		return "a shopkeeper needs a shop, and registers it";
	if (row->role != NULL && *row->role != ROLE_CUSTOMER && !row->email_verified)
		return "staff need a verified e-mail address";
	*where = "password_hash";
	if (row->password_hash != NULL && !password_hash_known(row->password_hash, import->control->config->auth.bcrypt_cost))
		return "is none that can be verified within seconds: pbkdf2_sha256, bcrypt, bcrypt_sha256, $2a$, $2b$ or $2y$";
	return NULL;
}

/* Adds the row to the batch, or tells what is wrong with it. */
static void
take_row(struct import *import, struct json_object *object)
{
	struct row   *row = &import->rows[import->count];
	struct faults faults = { .count = 0 };
	const char   *where, *what;

	*row = (struct row) { .number = import->reading.row };
	if (!json_object_is_type(object, json_type_object))
		refuse(import, "", "is no JSON object");
	else if (!shape_parse(&imported_shape, object, import->control->arena, &row->imported, &faults))
		refuse(import, faults.list[0].where, faults.list[0].what);
	else if ((what = fault_of(import, &row->imported, &where)) != NULL)
		refuse(import, where, what);
	else
		import->count++;
}

static void
take_cells(struct import *import, enum csv_found found)
{
	const struct reading *reading = &import->reading;
	const char           *column;

	if (found != CSV_RECORD)
		refuse(import, "", found == CSV_BAD ? reading->csv.fault : "is too long");
	else if (reading->csv.count > (size_t)reading->columns)
		refuse(import, "", "has more cells than there are columns");
	else if ((column = misencoded_column(reading)) != NULL)
		refuse(import, column, "is not encoded in UTF-8");
	else if (reading->csv.count > 1 || *reading->csv.cells[0] != '\0')
		take_row(import, object_of_cells(import->control->arena, reading));
}

static void
take_line(struct import *import, const char *line, size_t length)
{
	if (length >= CSV_RECORD_MAX)
		refuse(import, "", "is too long");
	else if (strspn(line, " \t\r") < length)
		take_row(import, json_read(import->control->arena, line, length));
}

/* False at the end of the file. */
static bool
read_row(struct import *import)
{
	const char    *line;
	size_t         length;
	enum csv_found found;

	if (import->reading.is_json) {
		if (!next_line(&import->reading, &line, &length))
			return false;
		take_line(import, line, length);
		return true;
	}
	if (!next_cells(&import->reading, &found))
		return false;
	take_cells(import, found);
	return true;
}

/* ---- writing ---- */

static struct new_user
new_user_of(const struct imported *imported)
{
	return (struct new_user) { .email = imported->email,
		.phone = imported->phone,
		.full_name = imported->full_name,
		.role = imported->role == NULL ? ROLE_CUSTOMER : (enum role) * imported->role,
		.email_verified = imported->email_verified,
		.created_at = imported->created_at };
}

struct known {
	struct user_id id;
};
static const struct member known_members[] = { M_ID(struct known, id, "id") };
SHAPE(struct known, known_shape, "KnownUser", known_members);

/* How many of the rows' addresses belong to accounts, deleted ones among them: these are not to come back. */
static const struct problem *
count_known(struct work *work, const struct row *rows, size_t count, size_t *known)
{
	struct parameter *emails = ARENA_ARRAY(work->arena, count, struct parameter);
	struct known     *users;

	for (size_t i = 0; i < count; i++)
		emails[i] = P(normal_email(work->arena, rows[i].imported.email));
	return db_rows_many(
	    work->db, &known_shape, count, &users, known, "SELECT {} FROM users WHERE email IN ([?])", count, count, emails);
}

static const struct problem *
write_row(struct work *work, struct row *row)
{
	const struct new_user new_user = new_user_of(&row->imported);
	const struct problem *problem;
	struct user          *user;
	size_t                known;

	TRY(count_known(work, row, 1, &known));
	row->outcome = OUTCOME_KNOWN;
	if (known > 0)
		return OK;
	problem = insert_account(work, &new_user, row->imported.password_hash, &user);
	if (problem_is(problem, PROBLEM_EMAIL_TAKEN))
		return OK;
	row->outcome = problem_is(problem, PROBLEM_PHONE_TAKEN) ? OUTCOME_PHONE_TAKEN : OUTCOME_MADE;
	return row->outcome == OUTCOME_MADE ? problem : OK;
}

/* A dry run does everything and takes it back. */
static const struct problem *
end_of_batch(const struct import *import)
{
	return import->dry ? problem(CONFLICT, "a dry run") : OK;
}

static const struct problem *
write_rows(struct import *import)
{
	for (size_t i = 0; i < import->count; i++)
		TRY(write_row(import->control->work, &import->rows[i]));
	return end_of_batch(import);
}

/* All of them, if nobody is known of them. */
static const struct problem *
write_rows_together(struct import *import)
{
	struct new_user new_users[BATCH];
	const char     *hashes[BATCH];
	size_t          known;

	TRY(count_known(import->control->work, import->rows, import->count, &known));
	if (known > 0)
		return problem(EMAIL_TAKEN, "an account is known");
	for (size_t i = 0; i < import->count; i++) {
		new_users[i] = new_user_of(&import->rows[i].imported);
		hashes[i] = import->rows[i].imported.password_hash;
		import->rows[i].outcome = OUTCOME_MADE;
	}
	TRY(insert_accounts(import->control->work, new_users, hashes, import->count));
	return end_of_batch(import);
}

static const struct problem *
write_batch(struct import *import)
{
	const struct problem *problem = db_transaction(import->control->work, write_rows_together(import));

	/* Which of them it is shows one after the other. */
	if (problem_is(problem, PROBLEM_EMAIL_TAKEN) || problem_is(problem, PROBLEM_PHONE_TAKEN))
		problem = db_transaction(import->control->work, write_rows(import));
	if (problem != OK && !(import->dry && problem_is(problem, PROBLEM_CONFLICT)))
		return problem;
	for (size_t i = 0; i < import->count; i++) {
		const struct row *row = &import->rows[i];

		import->made += row->outcome == OUTCOME_MADE;
		import->known += row->outcome == OUTCOME_KNOWN;
		import->refused += row->outcome == OUTCOME_PHONE_TAKEN;
		if (row->outcome == OUTCOME_PHONE_TAKEN)
			printf("row %lld: phone: belongs to another account\n", (long long)row->number);
	}
	import->count = 0;
	return OK;
}

static const struct problem *
import_all(struct import *import)
{
	struct arena_mark mark = arena_mark(import->control->arena);
	bool              more = true;

	while (more) {
		more = read_row(import);
		if (import->count == BATCH || (!more && import->count > 0))
			TRY(write_batch(import));
		if (import->count == 0)
			arena_release(import->control->arena, mark);
	}
	return OK;
}

/* JSON lines begin with a brace, names of columns do not. */
static int
import_file(struct import *import)
{
	struct reading       *reading = &import->reading;
	const struct problem *problem;

	fill(reading);
	while (reading->from < reading->to && isspace((unsigned char)reading->buffer[reading->from]))
		reading->from++;
	reading->is_json = reading->from < reading->to && reading->buffer[reading->from] == '{';
	if (!reading->is_json && !read_names(import->control->arena, reading))
		return COMMAND_CANNOT;
	problem = import_all(import);
	if (problem != OK)
		return command_problem(problem);
	if (ferror(reading->file))
		return command_cannot("the file cannot be read to its end");
	printf("%s%lld made, %lld known before, %lld refused\n", import->dry ? "dry run: " : "", (long long)import->made,
	    (long long)import->known, (long long)import->refused);
	return import->refused > 0 ? COMMAND_FINDING : COMMAND_OK;
}

static int
run_import(struct control *control, int count, char **arguments)
{
	static struct import import;
	const char          *path = arguments[count - 1];
	bool                 standard = strcmp(path, "-") == 0;
	int                  outcome;

	if (count == 2 && strcmp(arguments[0], "--dry-run") != 0)
		return command_misused("'%s' is not --dry-run", arguments[0]);
	import.control = control;
	import.dry = count == 2;
	import.reading.file = standard ? stdin : fopen(path, "re");
	if (import.reading.file == NULL)
		return command_cannot("cannot read '%s': %s", path, strerror(errno));
	outcome = import_file(&import);
	if (!standard)
		fclose(import.reading.file);
	return outcome;
}

const struct command user_import_commands[] = {
	{ "user import", "[--dry-run] FILE | -", "make accounts from CSV or JSON lines, with the password hashes they had", 1, 2,
	    false, run_import },
	{ 0 },
};
