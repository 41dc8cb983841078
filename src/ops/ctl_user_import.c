/*
 * haatctl user import: accounts that another shop kept, from CSV or JSON lines, in memory that does not grow with the file.
 *
 * Rows are checked one by one and written some hundred a transaction.  An account whose e-mail address is known stays as it is,
 * so a file may be imported again after its faults were put right.
 */
#include "ops/command.h"
#include "ops/import_file.h"

#include "accounts/accounts.h"
#include "accounts/password.h"

#include "base/arena.h"
#include "base/config.h"
#include "store/db.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

enum { BATCH = 200, HASH_MAX = 255 };

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

enum outcome { OUTCOME_MADE, OUTCOME_KNOWN, OUTCOME_PHONE_TAKEN };

struct row {
	int64_t         number;
	struct imported imported;
	enum outcome    outcome;
};

struct import {
	struct control    *control;
	struct import_file file;
	struct row         rows[BATCH];
	size_t             count;
	bool               dry;
	int64_t            made, known, refused;
};

/* ---- reading ---- */

static void
refuse(struct import *import, const char *where, const char *what)
{
	printf("row %lld: %s%s%s\n", (long long)import->file.row, where, *where == '\0' ? "" : ": ", what);
	import->refused++;
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

	*row = (struct row) { .number = import->file.row };
	if (!json_object_is_type(object, json_type_object))
		refuse(import, "", "is no JSON object");
	else if (!shape_parse(&imported_shape, object, import->control->arena, &row->imported, &faults))
		refuse(import, faults.list[0].where, faults.list[0].what);
	else if ((what = fault_of(import, &row->imported, &where)) != NULL)
		refuse(import, where, what);
	else
		import->count++;
}

/* False at the end of the file. */
static bool
read_row(struct import *import)
{
	struct json_object *object;
	const char         *where, *what;

	switch (import_file_next(&import->file, &object, &where, &what)) {
	case IMPORT_END:
		return false;
	case IMPORT_BAD:
		refuse(import, where, what);
		return true;
	case IMPORT_OBJECT:
		take_row(import, object);
		return true;
	default:
		return true;
	}
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

static int
import_file(struct import *import)
{
	const struct problem *problem;

	if (!import_file_begin(&import->file))
		return COMMAND_CANNOT;
	problem = import_all(import);
	if (problem != OK)
		return command_problem(problem);
	if (ferror(import->file.file))
		return command_cannot("the file cannot be read to its end");
	printf("%s%lld made, %lld known before, %lld refused\n", import->dry ? "dry run: " : "", (long long)import->made,
	    (long long)import->known, (long long)import->refused);
	return import->refused > 0 ? COMMAND_FINDING : COMMAND_OK;
}

static int
run_import(struct control *control, int count, char **arguments)
{
	static struct import import;
	int                  outcome;

	if (count == 2 && strcmp(arguments[0], "--dry-run") != 0)
		return command_misused("'%s' is not --dry-run", arguments[0]);
	import.control = control;
	import.dry = count == 2;
	import.file.shape = &imported_shape;
	import.file.arena = control->arena;
	import.file.file = import_file_open(arguments[count - 1]);
	if (import.file.file == NULL)
		return COMMAND_CANNOT;
	outcome = import_file(&import);
	if (import.file.file != stdin)
		fclose(import.file.file);
	return outcome;
}

const struct command user_import_commands[] = {
	{ "user import", "[--dry-run] FILE | -", "make accounts from CSV or JSON lines, with the password hashes they had", 1, 2,
	    false, run_import },
	{ 0 },
};
