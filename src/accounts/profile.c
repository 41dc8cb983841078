/* A user's own name, phone number and password. */
#include "accounts/profile.h"

#include "accounts/linked.h"
#include "accounts/login_limit.h"
#include "accounts/one_time.h"
#include "accounts/password.h"
#include "accounts/session.h"

#include "base/arena.h"
#include "events/audit.h"
#include "store/db.h"

#include <string.h>

/* A language of two or three letters, then parts of two to eight letters and digits (RFC 5646): "en", "pt-BR", "zh-Hant-TW". */
static bool
is_language_tag(const char *tag)
{
	size_t language = strspn(tag, "abcdefghijklmnopqrstuvwxyz"), part;

	if (language < 2 || language > 3)
		return false;
	for (tag += language; *tag != '\0'; tag += 1 + part) {
		if (*tag != '-')
			return false;
		part = strspn(tag + 1, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789");
		if (part < 2 || part > 8)
			return false;
	}
	return true;
}

const struct problem *
update_profile(struct work *work, const struct profile_change *change, struct user **user)
{
	struct user_id        id = work->viewer.user;
	const struct problem *problem;
	struct user          *before;
	bool                  renumbered;

	if (change->locale != NULL && !is_language_tag(change->locale))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "locale", "must be a language tag like en or pt-BR");
	TRY(read_user(work, id, &before));
	renumbered = change->phone != NULL && (before->phone == NULL || strcmp(change->phone, before->phone) != 0);
	if (renumbered && !work->viewer.confirmed)
		return problem(CONFIRMATION_REQUIRED,
		    "the sign-in was too long ago to change the number; confirm the password, "
		    "or sign in again");
	problem = db_run(work->db, NULL,
	    "UPDATE users SET full_name = IFNULL(?, full_name), phone_verified = phone_verified AND IFNULL(phone = ?, TRUE), "
	    "phone = IFNULL(?, phone), locale = IFNULL(?, locale), news = IFNULL(?, news), updated_by = ? WHERE id = ?",
	    P(change->full_name), P(change->phone), P(change->phone), P(change->locale), P(change->news), P(id), P(id));
	if (db_duplicate(work->db, problem, "uq_users_phone"))
		return problem_at(work->arena, PROBLEM_PHONE_TAKEN, "phone", "belongs to another account");
	TRY(problem);
	if (renumbered)
		TRY(unlink_number(work, id));
	TRY(read_user(work, id, user));
	return audit_record(work, "user.profile_changed", "user", id.uuid, &user_shape, before, *user);
}

const struct problem *
end_news(struct work *work, struct user_id id)
{
	const struct problem *problem;
	struct user          *before, *after;
	int64_t               changed;

	problem = read_user(work, id, &before);
	if (problem_is(problem, PROBLEM_NOT_FOUND))
		return OK;
	TRY(problem);
	TRY(db_run(work->db, &changed,
	    "UPDATE users SET news = FALSE, updated_by = ? WHERE id = ? AND news AND status <> 'deleted'", P(id), P(id)));
	if (changed == 0)
		return OK;
	TRY(read_user(work, id, &after));
	return audit_record(work, "user.news_ended", "user", id.uuid, &user_shape, before, after);
}

struct secret {
	const char *email, *full_name, *password_hash;
};

static const struct member secret_members[] = {
	M_TEXT(struct secret, email, "email", 254),
	M_TEXT(struct secret, full_name, "full_name", 150),
	M_TEXT(struct secret, password_hash, "password_hash", 255),
};
SHAPE(struct secret, secret_shape, "Secret", secret_members, .noun = "user");

static const struct problem *
write_password(struct work *work, const char *old_hash, const char *hash)
{
	struct user_id id = work->viewer.user;
	struct user   *user;
	int64_t        changed;

	TRY(db_run(work->db, &changed, "UPDATE users SET password_hash = ?, updated_by = ? WHERE id = ? AND password_hash <=> ?",
	    P(hash), P(id), P(id), P(old_hash)));
	if (changed == 0)
		return problem(CONFLICT, "the password was changed by a concurrent request");
	TRY(end_sessions(work, id, &work->viewer.session, SESSION_PASSWORD_CHANGED));
	TRY(end_one_time_tokens(work, id));
	TRY(read_user(work, id, &user));
	TRY(record_user_event(work, EVENT_USER_PASSWORD_CHANGED, user));
	return audit_record(work, "user.password_changed", "user", id.uuid, NULL, NULL, NULL);
}

/* The viewer's own, that the body has as `member`. */
static const struct problem *
check_own_password(struct work *work, const char *member, const char *password, struct secret **secret)
{
	TRY(db_one(work->db, &secret_shape, secret, "SELECT {} FROM users WHERE id = ?", P(work->viewer.user)));
	if ((*secret)->email == NULL || (*secret)->password_hash == NULL)
		return problem_at(
		    work->arena, PROBLEM_VALIDATION_FAILED, member, "is not there, for the account has none; sign in again");
	TRY(login_limit_check(work, (*secret)->email));
	if (password_verify(work, password, (*secret)->password_hash))
		return OK;
	TRY(login_limit_failed(work, (*secret)->email));
	return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, member, "is wrong");
}

static const struct problem *
write_confirmation(struct work *work, const struct secret *secret)
{
	/* Concurrent wrong passwords may have reached the limit. */
	TRY(login_limit_check(work, secret->email));
	TRY(login_limit_succeeded(work, secret->email));
	return db_run(work->db, NULL, "UPDATE sessions SET confirmed_at = NOW(3) WHERE id = ?", P(work->viewer.session));
}

const struct problem *
confirm_password(struct work *work, const char *password)
{
	struct secret *secret;

	TRY(check_own_password(work, "password", password, &secret));
	return db_transaction(work, write_confirmation(work, secret));
}

const struct problem *
change_password(struct work *work, const struct password_change *change)
{
	struct faults  faults = { .count = 0 };
	struct secret *secret;
	const char    *hash;

	TRY(check_own_password(work, "old_password", change->old_password, &secret));
	TRY(password_rules(work, "password", change->password, secret->email, secret->full_name, &faults));
	if (strcmp(change->password, change->old_password) == 0)
		faults_add(&faults, "password", "must differ from the old password");
	if (faults.count > 0)
		return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the password is too weak; see details", &faults);
	hash = password_hash(work, change->password);
	return db_transaction(work, write_password(work, secret->password_hash, hash));
}
