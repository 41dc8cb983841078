/* Verification of e-mail addresses, and the change to another one. */
#include "accounts/mailbox.h"
#include "accounts/one_time.h"

#include "base/arena.h"
#include "events/audit.h"
#include "store/db.h"

#include <string.h>

const struct problem *
ask_verification(struct work *work, const struct user *user)
{
	TRY(one_time_token_new(work, user->id, TOKEN_VERIFY_EMAIL, user->email));
	return record_user_event(work, EVENT_USER_VERIFICATION_ASKED, user);
}

const struct problem *
ask_own_verification(struct work *work)
{
	struct user *user;

	TRY(read_user(work, work->viewer.user, &user));
	if (user->email == NULL || user->email_verified)
		return problem(CONFLICT, "the account has no e-mail address that is not verified");
	return ask_verification(work, user);
}

/* The address may have changed since the letter was written; then the letter verifies nothing. */
static const struct problem *
verify_address(struct work *work, const struct one_time_token *token)
{
	return db_run(work->db, NULL, "UPDATE users SET email_verified = TRUE WHERE id = ? AND email = ? AND status = 'active'",
	    P(token->user.id), P(token->email));
}

static const struct problem *
move_to_address(struct work *work, const struct one_time_token *token)
{
	const struct problem *problem;

	problem = db_run(work->db, NULL,
	    "UPDATE users SET email = ?, email_verified = TRUE, updated_by = ? WHERE id = ? AND status = 'active'",
	    P(token->email), P(token->user.id), P(token->user.id));
	if (db_duplicate(work->db, problem, "uq_users_email"))
		return problem(EMAIL_TAKEN, "the e-mail address belongs to another account");
	TRY(problem);
	if (token->user.email == NULL)
		return OK; /* who has signed up by phone has their first one */
	return db_run(work->db, NULL, "INSERT INTO former_emails (id, user_id, email) VALUES (?, ?, ?)", P(uuid_new()),
	    P(token->user.id), P(token->user.email));
}

static const struct problem *
tell(struct work *work, const struct one_time_token *token, const struct user *user)
{
	bool moved = token->purpose == TOKEN_CHANGE_EMAIL;

	TRY(record_user_event(work, moved ? EVENT_USER_EMAIL_CHANGED : EVENT_USER_EMAIL_VERIFIED, user));
	return audit_record(
	    work, moved ? "user.email_changed" : "user.email_verified", "user", user->id.uuid, &user_shape, &token->user, user);
}

const struct problem *
prove_email(struct work *work, const char *text, struct user **user)
{
	struct one_time_token *token;

	TRY(find_one_time_token(work, text, &token));
	switch ((enum token_purpose)token->purpose) {
	case TOKEN_VERIFY_EMAIL:
		TRY(verify_address(work, token));
		TRY(use_one_time_token(work, token));
		break;
	case TOKEN_CHANGE_EMAIL:
		TRY(move_to_address(work, token));
		TRY(use_one_time_token(work, token));
		TRY(end_one_time_tokens(work, token->user.id));
		break;
	case TOKEN_RESET_PASSWORD:
	case TOKEN_SET_PASSWORD:
		return problem(TOKEN_INVALID, "the token sets a password");
	}
	TRY(read_user(work, token->user.id, user));
	return tell(work, token, *user);
}

const struct problem *
vouch_for_email(struct work *work, const char *email)
{
	struct user *before, *after;

	TRY(read_user_by_email(work, email, &before));
	TRY(db_run(work->db, NULL, "UPDATE users SET email_verified = TRUE WHERE id = ?", P(before->id)));
	TRY(read_user(work, before->id, &after));
	return audit_record(work, "user.email_vouched_for", "user", after->id.uuid, &user_shape, before, after);
}

const struct problem *
ask_email_change(struct work *work, const char *email)
{
	const char  *address = normal_email(work->arena, email);
	struct user *user;
	int64_t      taken;

	TRY(read_user(work, work->viewer.user, &user));
	if (user->email != NULL && strcmp(user->email, address) == 0)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "email", "is the account's address already");
	TRY(db_value(work->db, &taken, "SELECT EXISTS (SELECT 1 FROM users WHERE email = ? AND id <> ? AND status <> 'deleted')",
	    P(address), P(user->id)));
	if (taken)
		return problem_at(work->arena, PROBLEM_EMAIL_TAKEN, "email", "belongs to another account");
	TRY(one_time_token_new(work, user->id, TOKEN_CHANGE_EMAIL, address));
	TRY(record_user_event(work, EVENT_USER_EMAIL_CHANGE_ASKED, user));
	return audit_record(work, "user.email_change_asked", "user", user->id.uuid, NULL, NULL, NULL);
}
