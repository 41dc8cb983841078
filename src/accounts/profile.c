/* One's own name, phone and password. */
#include "accounts/profile.h"

#include "accounts/login_limit.h"
#include "accounts/password.h"
#include "accounts/session.h"

#include "base/arena.h"
#include "events/audit.h"
#include "store/db.h"

#include <string.h>

struct profile_work {
	struct user_id               id;
	const struct profile_change *change;
};

static const struct problem *
write_profile(struct work *work, void *argument)
{
	struct profile_work         *profile = argument;
	const struct profile_change *change = profile->change;
	const struct problem        *problem;
	struct user                 *before, *after;

	TRY(find_user(work, profile->id, &before));
	problem = db_run(work->db, NULL,
	    "UPDATE users SET full_name = IFNULL(?, full_name), phone_verified = phone_verified AND IFNULL(phone = ?, TRUE), "
	    "phone = IFNULL(?, phone), updated_by = ? WHERE id = ?",
	    P(change->full_name), P(change->phone), P(change->phone), P(profile->id), P(profile->id));
	if (db_duplicate(work->db, problem, "uq_users_phone"))
		return problem_at(work->arena, PROBLEM_PHONE_TAKEN, "phone", "belongs to an account already");
	TRY(problem);
	TRY(find_user(work, profile->id, &after));
	return audit_record(work, "user.profile_changed", "user", profile->id.uuid, &user_shape, before, after);
}

const struct problem *
change_profile(struct work *work, struct user_id id, const struct profile_change *change, struct user **user)
{
	struct profile_work profile = { id, change };

	TRY(db_transaction(work, write_profile(work, &profile)));
	return find_user(work, id, user);
}

struct secret {
	const char *email, *full_name, *password_hash;
};

static const struct member secret_members[] = {
	M_TEXT(struct secret, email, "email", 254),
	M_TEXT(struct secret, full_name, "full_name", 150),
	M_TEXT(struct secret, password_hash, "password_hash", 255),
};
SHAPE(struct secret, secret_shape, "Secret", secret_members);

struct password_work {
	struct user_id    id;
	struct session_id session;
	const char       *old_hash, *hash;
};

static const struct problem *
write_password(struct work *work, void *argument)
{
	struct password_work *password = argument;
	int64_t               changed;

	TRY(db_run(work->db, &changed, "UPDATE users SET password_hash = ?, updated_by = ? WHERE id = ? AND password_hash <=> ?",
	    P(password->hash), P(password->id), P(password->id), P(password->old_hash)));
	if (changed == 0)
		return problem(CONFLICT, "the password was changed by another request at the same moment");
	TRY(end_sessions(work, password->id, &password->session, SESSION_PASSWORD_CHANGED));
	return audit_record(work, "user.password_changed", "user", password->id.uuid, NULL, NULL, NULL);
}

const struct problem *
change_password(struct work *work, struct user_id id, struct session_id session, const struct password_change *change)
{
	struct password_work password = { .id = id, .session = session };
	struct faults        faults = { .count = 0 };
	struct secret       *secret;

	TRY(db_row(work->db, &secret_shape, &secret, "SELECT email, full_name, password_hash FROM users WHERE id = ?", P(id)));
	if (secret == NULL)
		return problem(NOT_FOUND, "there is no such user");
	TRY(login_limit_check(work, secret->email));
	if (!password_verify(work, change->old_password, secret->password_hash)) {
		TRY(login_limit_failed(work, secret->email));
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "old_password", "is wrong");
	}
	TRY(password_rules(work, "password", change->password, secret->email, secret->full_name, &faults));
	if (strcmp(change->password, change->old_password) == 0)
		faults_add(&faults, "password", "must be another than the old one");
	if (faults.count > 0)
		return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the password is not good enough; see details", &faults);
	password.old_hash = secret->password_hash;
	password.hash = password_hash(work, change->password);
	return db_transaction(work, write_password(work, &password));
}
