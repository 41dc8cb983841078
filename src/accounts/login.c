/* Sign-in by e-mail address and password. */
#include "accounts/factor.h"
#include "accounts/login_limit.h"
#include "accounts/password.h"
#include "accounts/session.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/metrics.h"
#include "store/db.h"

struct account {
	struct user user;
	bool        has_factor;
	const char *password_hash;
	const char *new_hash; /* to replace it; NULL: it stays */
};

static const struct member account_members[] = {
	M_OBJECT(struct account, user, "user", user_shape),
	M_BOOLEAN(struct account, has_factor, "has_factor", .computed = true),
	M_TEXT(struct account, password_hash, "password_hash", 255, .hidden = true),
};
SHAPE(struct account, account_shape, "Account", account_members);

static const struct problem *
find_account(struct work *work, const char *email, struct account **account)
{
	return db_row(work->db, &account_shape, account,
	    "SELECT {u user}, {u}, u.totp_since IS NOT NULL AS has_factor FROM users u WHERE u.email = ? AND u.status <> 'deleted'",
	    P(email));
}

/* *unchanged is false when the password was changed, or the account disabled, since it was read. */
static const struct problem *
open_session(struct work *work, const struct sign_in *from, const char *email, const struct account *account,
    struct session_id session, const char *refresh, int64_t *unchanged)
{
	struct user_id user = account->user.id;

	TRY(db_value(work->db, unchanged, "SELECT status = 'active' AND password_hash = ? FROM users WHERE id = ? FOR UPDATE",
	    P(account->password_hash), P(user)));
	if (!*unchanged)
		return OK;
	if (account->new_hash != NULL)
		TRY(db_run(work->db, NULL, "UPDATE users SET password_hash = ? WHERE id = ?", P(account->new_hash), P(user)));
	/* Concurrent wrong passwords may have reached the limit. */
	TRY(login_limit_check(work, email));
	TRY(login_limit_succeeded(work, email));
	return start_session(work, user, from, session, refresh);
}

static const struct problem *
check_password(struct work *work, const char *email, const struct sign_in *from, struct account **account, bool *passed)
{
	bool right;

	TRY(find_account(work, email, account));
	/* The database ignores accents when it compares; the counter of wrong passwords does not. */
	if (*account != NULL && !login_limit_same_account((*account)->user.email, email))
		*account = NULL;
	right = password_verify(work, from->password, *account == NULL ? NULL : (*account)->password_hash);
	if (!right) {
		TRY(login_limit_failed(work, email));
		return problem(BAD_CREDENTIALS, "wrong e-mail address or password");
	}
	if ((*account)->user.status != USER_ACTIVE)
		return problem(ACCOUNT_DISABLED, "the account is disabled");
	if ((*account)->has_factor && !*passed)
		TRY(pass_factor(work, (*account)->user.id, from->totp));
	*passed = true;
	if (password_hash_outdated(work, from->password, (*account)->password_hash))
		(*account)->new_hash = password_hash(work, from->password);
	return OK;
}

/* A second sign-in at once may have replaced the hash: then the new one is the one to compare with. */
static const struct problem *
check_and_open(struct work *work, const char *email, const struct sign_in *from, struct account **account,
    struct session_id session, const char *refresh)
{
	int64_t unchanged = false;
	bool    passed = false; /* a code is taken once */

	for (int tries = 0; tries < 2 && !unchanged; tries++) {
		TRY(check_password(work, email, from, account, &passed));
		TRY(db_transaction(work, open_session(work, from, email, *account, session, refresh, &unchanged)));
	}
	return unchanged ? OK : problem(BAD_CREDENTIALS, "wrong e-mail address or password");
}

static const struct problem *
try_sign_in(struct work *work, const struct sign_in *from, struct tokens *tokens)
{
	const char       *email = normal_email(work->arena, from->email), *refresh = refresh_token_new(work->arena);
	struct session_id session = NEW_ID(session_id);
	struct account   *account;

	TRY(login_limit_check(work, email));
	TRY(check_and_open(work, email, from, &account, session, refresh));
	*tokens = (struct tokens) { .access = access_token(work, from->keys, &account->user, session),
		.refresh = refresh,
		.session = session,
		.user = &account->user };
	return OK;
}

const struct problem *
sign_in(struct work *work, const struct sign_in *from, struct tokens *tokens)
{
	const struct problem *problem = try_sign_in(work, from, tokens);

	if (problem == OK)
		metric_add(METRIC_LOGINS, LOGIN_OK, 0, 1);
	else if (problem_is(problem, PROBLEM_BAD_CREDENTIALS))
		metric_add(METRIC_LOGINS, LOGIN_BAD_CREDENTIALS, 0, 1);
	else if (problem_is(problem, PROBLEM_LOGIN_LIMITED))
		metric_add(METRIC_LOGINS, LOGIN_TOO_MANY, 0, 1);
	else if (problem_is(problem, PROBLEM_ACCOUNT_DISABLED))
		metric_add(METRIC_LOGINS, LOGIN_DISABLED, 0, 1);
	return problem;
}
