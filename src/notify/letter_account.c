/* Letters about a user's own account: its e-mail address, its password, its export and its end. */
#include "notify/letter.h"

#include "accounts/one_time.h"
#include "base/arena.h"
#include "base/config.h"
#include "store/db.h"

/* What they all may say. */
struct account_letter {
	struct letter_head head;
	const char        *url;   /* with the token; NULL: the letter brings none */
	const char        *until; /* it is good, in UTC */
};

static const struct member account_letter_members[] = {
	LETTER_MEMBERS(struct account_letter),
	M_TEXT(struct account_letter, url, "url", 1100,
	    .example = "\"https://shop.example/verify?token=q2vX0kJ7wQm4m1u7cT9hZ8sB3nD5fG6jL0pR1yU2iOo\""),
	M_TEXT(struct account_letter, until, "until", 16, .example = "\"2026-12-01 10:30\""),
};
SHAPE(struct account_letter, account_letter_shape, "AccountLetter", account_letter_members);

static const struct problem *
find_user(struct work *work, struct uuid user, struct uuid *reader)
{
	(void)work;
	*reader = user;
	return OK;
}

static const char *
minute_of(struct arena *arena, struct instant at)
{
	struct civil civil = instant_civil(at);

	return arena_format(arena, "%04d-%02d-%02d %02d:%02d", civil.year, civil.month, civil.day, civil.hour, civil.minute);
}

/* The letter is dropped when the token has been used or has run out; a newer one is as good. */
static const struct problem *
read_with_token(struct work *work, const struct letter_told *told, enum token_purpose purpose, const char *page, void **members)
{
	struct account_letter *letter = ARENA_NEW(work->arena, struct account_letter);
	const char            *token;
	struct instant         until;

	*members = NULL;
	TRY(read_one_time_token(work, (struct user_id) { told->aggregate }, purpose, &token, &until));
	if (token == NULL)
		return OK;
	letter->url = arena_format(work->arena, "%s/%s?token=%s", told->pages, page, token);
	letter->until = minute_of(work->arena, until);
	*members = letter;
	return OK;
}

static const struct problem *
read_verify(struct work *work, const struct letter_told *told, void **members)
{
	return read_with_token(work, told, TOKEN_VERIFY_EMAIL, "verify", members);
}

const struct letter verify_email_letter = {
	.name = "verify-email",
	.event = EVENT_USER_VERIFICATION_ASKED,
	.to = LETTER_TO_USER,
	.shape = &account_letter_shape,
	.find_reader = find_user,
	.read = read_verify,
};

static const struct problem *
read_reset(struct work *work, const struct letter_told *told, void **members)
{
	return read_with_token(work, told, TOKEN_RESET_PASSWORD, "reset", members);
}

const struct letter reset_password_letter = {
	.name = "reset-password",
	.event = EVENT_USER_PASSWORD_RESET_ASKED,
	.to = LETTER_TO_USER,
	.shape = &account_letter_shape,
	.find_reader = find_user,
	.read = read_reset,
};

static const struct problem *
read_set(struct work *work, const struct letter_told *told, void **members)
{
	return read_with_token(work, told, TOKEN_SET_PASSWORD, "reset", members);
}

const struct letter set_password_letter = {
	.name = "set-password",
	.event = EVENT_USER_PASSWORD_ASKED,
	.to = LETTER_TO_USER,
	.shape = &account_letter_shape,
	.find_reader = find_user,
	.read = read_set,
};

/* The address that is to be the account's, not the one that is. */
static const struct problem *
find_new_address(struct work *work, struct uuid user, struct uuid *reader)
{
	return letter_find(work, "SELECT id FROM one_time_tokens WHERE user_id = ? AND purpose = 'change_email'", user, reader);
}

static const struct problem *
read_change(struct work *work, const struct letter_told *told, void **members)
{
	return read_with_token(work, told, TOKEN_CHANGE_EMAIL, "verify", members);
}

const struct letter change_email_letter = {
	.name = "change-email",
	.event = EVENT_USER_EMAIL_CHANGE_ASKED,
	.to = LETTER_TO_TOKEN,
	.shape = &account_letter_shape,
	.find_reader = find_new_address,
	.read = read_change,
};

/* ---- what has happened ---- */

static const struct problem *
read_nothing(struct work *work, const struct letter_told *told, void **members)
{
	(void)told;
	*members = ARENA_NEW(work->arena, struct account_letter);
	return OK;
}

/* Whoever reads mail at the address that was the account's until then. */
static const struct problem *
find_former_address(struct work *work, struct uuid user, struct uuid *reader)
{
	return letter_find(work, "SELECT id FROM former_emails WHERE user_id = ? ORDER BY id DESC LIMIT 1", user, reader);
}

const struct letter email_changed_letter = {
	.name = "email-changed",
	.event = EVENT_USER_EMAIL_CHANGED,
	.to = LETTER_TO_FORMER,
	.shape = &account_letter_shape,
	.find_reader = find_former_address,
	.read = read_nothing,
};

const struct letter password_changed_letter = {
	.name = "password-changed",
	.event = EVENT_USER_PASSWORD_CHANGED,
	.to = LETTER_TO_USER,
	.shape = &account_letter_shape,
	.find_reader = find_user,
	.read = read_nothing,
};

struct ready_export {
	struct instant expires_at;
};

static const struct member ready_export_members[] = {
	M_TIME(struct ready_export, expires_at, "expires_at"),
};
SHAPE(struct ready_export, ready_export_shape, "ReadyExport", ready_export_members);

/* On a page, where who is not signed in does that first. */
static const struct problem *
read_export_ready(struct work *work, const struct letter_told *told, void **members)
{
	struct account_letter *letter = ARENA_NEW(work->arena, struct account_letter);
	struct ready_export *export;

	*members = NULL;
	TRY(db_row(work->db, &ready_export_shape, &export,
	    "SELECT {} FROM data_exports WHERE user_id = ? AND status = 'ready' AND expires_at > NOW(3)", P(told->aggregate)));
	if (export == NULL)
		return OK;
	letter->url = arena_format(work->arena, "%s/account/data", told->pages);
	letter->until = minute_of(work->arena, export->expires_at);
	*members = letter;
	return OK;
}

const struct letter export_ready_letter = {
	.name = "export-ready",
	.event = EVENT_USER_EXPORT_READY,
	.to = LETTER_TO_USER,
	.shape = &account_letter_shape,
	.find_reader = find_user,
	.read = read_export_ready,
};

/* The address is kept until the account is erased. */
const struct letter account_deleted_letter = {
	.name = "account-deleted",
	.event = EVENT_USER_DELETED,
	.to = LETTER_TO_USER,
	.to_deleted = true,
	.shape = &account_letter_shape,
	.find_reader = find_user,
	.read = read_nothing,
};
