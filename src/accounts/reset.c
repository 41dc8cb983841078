/* A password without the old one, by a token that a letter brings. */
#include "accounts/linked.h"
#include "accounts/login_limit.h"
#include "accounts/mailbox.h"
#include "accounts/one_time.h"
#include "accounts/password.h"
#include "accounts/session.h"

#include "base/arena.h"
#include "events/audit.h"
#include "events/job.h"
#include "store/db.h"

struct reset_job {
	struct user_id user; /* nil: nobody has the address */
};

static const struct member reset_job_members[] = {
	M_ID(struct reset_job, user, "user", .required = true),
};
SHAPE(struct reset_job, reset_job_shape, "ResetJob", reset_job_members);

static const struct member owner_members[] = {
	M_ID(struct user, id, "id"),
	M_TEXT(struct user, email, "email", 254),
};
SHAPE(struct user, owner_shape, "AddressOwner", owner_members);

const struct problem *
ask_reset(struct work *work, const char *email)
{
	const char      *address = normal_email(work->arena, email);
	struct reset_job asked = { .user = { .uuid = { { 0 } } } };
	struct user     *owner;

	TRY(db_row(
	    work->db, &owner_shape, &owner, "SELECT {u} FROM users u WHERE u.email = ? AND u.status <> 'deleted'", P(address)));
	/* The database ignores accents when it compares; another's mailbox would get the letter. */
	if (owner != NULL && login_limit_same_account(owner->email, address))
		asked.user = owner->id;
	return job_enqueue(work, JOB_ASK_RESET, NULL, NULL, &reset_job_shape, &asked);
}

const struct problem *
ask_reset_job(struct work *work, const struct job *job)
{
	struct reset_job      asked;
	struct user          *user;
	const struct problem *problem;

	TRY(job_payload(work, job, &reset_job_shape, &asked));
	problem = read_user(work, asked.user, &user);
	if (problem_is(problem, PROBLEM_NOT_FOUND))
		return OK;
	TRY(problem);
	if (user->status != USER_ACTIVE || user->email == NULL)
		return OK;
	TRY(one_time_token_new(work, user->id, TOKEN_RESET_PASSWORD, user->email));
	TRY(record_user_event(work, EVENT_USER_PASSWORD_RESET_ASKED, user));
	return audit_record(work, "user.password_reset_asked", "user", user->id.uuid, NULL, NULL, NULL);
}

const struct problem *
ask_first_password(struct work *work, const struct user *user)
{
	TRY(one_time_token_new(work, user->id, TOKEN_SET_PASSWORD, user->email));
	return record_user_event(work, EVENT_USER_PASSWORD_ASKED, user);
}

/*
 * Wrong passwords are forgotten with it: whoever has locked the account out by them does no more.  Where nobody has proven the
 * address before, somebody else may have registered with it and prepared another way in.
 */
static const struct problem *
write_password(struct work *work, const struct one_time_token *token, const char *hash)
{
	struct user_id id = token->user.id;
	struct user   *user;

	TRY(db_run(work->db, NULL,
	    "UPDATE users SET password_hash = ?, email_verified = email_verified OR email = ?, updated_by = ? "
	    "WHERE id = ? AND status = 'active'",
	    P(hash), P(token->email), P(id), P(id)));
	TRY(use_one_time_token(work, token));
	TRY(end_one_time_tokens(work, id));
	TRY(end_sessions(work, id, NULL, SESSION_PASSWORD_CHANGED));
	if (!token->user.email_verified)
		TRY(drop_other_ways_in(work, id));
	TRY(login_limit_succeeded(work, token->user.email));
	TRY(read_user(work, id, &user));
	TRY(record_user_event(work, EVENT_USER_PASSWORD_CHANGED, user));
	return audit_record(work, "user.password_reset", "user", id.uuid, &user_shape, &token->user, user);
}

const struct problem *
reset_password(struct work *work, const char *text, const char *password)
{
	struct one_time_token *token;
	const char            *hash;

	TRY(find_one_time_token(work, text, &token));
	if (token->purpose != TOKEN_RESET_PASSWORD && token->purpose != TOKEN_SET_PASSWORD)
		return problem(TOKEN_INVALID, "the token sets no password");
	TRY(hash_new_password(work, password, token->user.email, token->user.full_name, &hash));
	return db_transaction(work, write_password(work, token, hash));
}
