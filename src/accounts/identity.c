#include "accounts/identity.h"

#include "accounts/factor.h"
#include "accounts/linked.h"
#include "accounts/login_limit.h"
#include "accounts/mailbox.h"
#include "accounts/one_time.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"
#include "events/audit.h"
#include "store/db.h"

#include <string.h>

enum { NAME_CHARACTERS_MAX = 150, TRIES = 3 };

/* Firebase's name of somebody goes with the number to whoever gets it next: an account with another number has given it up. */
static const struct problem *
find_linked(struct work *work, const struct identity *identity, struct user **user)
{
	TRY(db_row(work->db, &user_shape, user,
	    "SELECT {u} FROM user_identities i JOIN users u ON u.id = i.user_id WHERE i.issuer = ? AND i.subject = ?",
	    P(identity_issuer_values[identity->issuer]), P(identity->subject)));
	if (*user == NULL || identity->phone == NULL || ((*user)->phone != NULL && strcmp((*user)->phone, identity->phone) == 0))
		return OK;
	TRY(unlink_number(work, (*user)->id));
	*user = NULL;
	return OK;
}

/*
 * Who has the address or the number.  The database ignores accents in addresses: somebody else's that differs by one is no
 * reason to let them in.
 */
static const struct problem *
find_claimant(struct work *work, const struct identity *identity, struct user **user)
{
	if (identity->email == NULL)
		return db_row(work->db, &user_shape, user,
		    "SELECT {} FROM users WHERE phone = ? AND status <> 'deleted' FOR UPDATE", P(identity->phone));
	TRY(db_row(work->db, &user_shape, user, "SELECT {} FROM users WHERE email = ? AND status <> 'deleted' FOR UPDATE",
	    P(normal_email(work->arena, identity->email))));
	if (*user != NULL && !login_limit_same_account((*user)->email, normal_email(work->arena, identity->email)))
		return problem_at(work->arena, PROBLEM_EMAIL_TAKEN, "email", "belongs to another account");
	return OK;
}

/* The claimant is signed in here and shows the proof: both are theirs. */
static const struct problem *
prove(struct work *work, const struct identity *identity, const struct user *before)
{
	struct user after = *before;

	if (identity->email != NULL || !uuid_equal(work->viewer.user.uuid, before->id.uuid))
		return problem(IDENTITY_UNPROVEN,
		    "an account has this e-mail address or phone number but has not proven it; reset its password, or sign in to it "
		    "and prove the number there");
	if (!work->viewer.confirmed)
		return problem(CONFIRMATION_REQUIRED, "the sign-in was too long ago to prove a number; sign in again");
	after.phone_verified = true;
	TRY(db_run(
	    work->db, NULL, "UPDATE users SET phone_verified = TRUE, updated_by = ? WHERE id = ?", P(before->id), P(before->id)));
	return audit_record(work, "user.phone_verified", "user", before->id.uuid, &user_shape, before, &after);
}

/* Without control characters, and cut; NULL when nothing is left. */
static const char *
clean_name(struct arena *arena, const char *name)
{
	struct text clean = text_new(arena, 160);
	size_t      length, count = 0;

	for (; name != NULL && *name != '\0' && count < NAME_CHARACTERS_MAX; name += length, count++) {
		length = utf8_character(name, strlen(name));
		if (length == 0)
			return NULL;
		if (length == 1 && ((unsigned char)*name < 0x20 || *name == 0x7f))
			text_add_char(&clean, ' ');
		else
			text_add(&clean, name, length);
	}
	return text_is_blank(clean.bytes) ? NULL : clean.bytes;
}

/* Reviews are signed with it, so it is never the number. */
static const char *
name_of(struct arena *arena, const struct identity *identity)
{
	const char *name = clean_name(arena, identity->name);

	if (name == NULL && identity->email != NULL)
		name = clean_name(arena, arena_copy(arena, identity->email, strcspn(identity->email, "@")));
	return name == NULL ? "Customer" : name;
}

static const struct problem *
make_user(struct work *work, const struct identity *identity, struct user **user)
{
	const struct new_user new_user = { .email = identity->email,
		.phone = identity->phone,
		.full_name = name_of(work->arena, identity),
		.locale = identity->locale,
		.role = ROLE_CUSTOMER,
		.email_verified = identity->email != NULL,
		.phone_verified = identity->phone != NULL };

	return insert_account(work, &new_user, NULL, user);
}

/*
 * Google vouches for the owner of the address; whoever set the password may be another, who registered with it and had its owner
 * follow the link in the letter.  So what opened the account until now opens it no more, and a letter offers a new password.
 */
static const struct problem *
take_over(struct work *work, const struct user *before, struct user **user)
{
	struct user_id id = before->id;

	TRY(drop_other_ways_in(work, id));
	TRY(db_run(work->db, NULL, "UPDATE users SET password_hash = NULL WHERE id = ?", P(id)));
	TRY(end_one_time_tokens(work, id));
	TRY(end_sessions(work, id, NULL, SESSION_PASSWORD_CHANGED));
	TRY(read_user(work, id, user));
	TRY(ask_first_password(work, *user));
	return audit_record(work, "user.password_dropped", "user", id.uuid, &user_shape, before, *user);
}

static const struct problem *
find_or_make(struct work *work, const struct identity *identity, struct user **user, bool *is_new)
{
	*is_new = false;
	TRY(find_linked(work, identity, user));
	if (*user != NULL)
		return (*user)->status == USER_ACTIVE ? OK : problem(ACCOUNT_DISABLED, "the account is disabled");
	TRY(find_claimant(work, identity, user));
	if (*user != NULL) {
		if ((*user)->status != USER_ACTIVE)
			return problem(ACCOUNT_DISABLED, "the account is disabled");
		if (!(identity->email != NULL ? (*user)->email_verified : (*user)->phone_verified))
			TRY(prove(work, identity, *user));
		if (identity->email != NULL)
			TRY(take_over(work, *user, user));
	} else {
		TRY(make_user(work, identity, user));
		*is_new = true;
	}
	return link_identity(work, identity, (*user)->id);
}

const struct problem *
identity_user(struct work *work, const struct identity *identity, struct user_id *id, bool *is_new)
{
	const struct problem *problem = OK;
	struct user          *user = NULL;

	/* Who loses against another first sign-in finds what that has made. */
	for (int tries = 0; tries < TRIES; tries++) {
		problem = db_transaction(work, find_or_make(work, identity, &user, is_new));
		if (!problem_is(problem, PROBLEM_DUPLICATE_KEY) && !problem_is(problem, PROBLEM_EMAIL_TAKEN) &&
		    !problem_is(problem, PROBLEM_PHONE_TAKEN))
			break;
	}
	TRY(problem);
	*id = user->id;
	return OK;
}

/* ---- codes ---- */

enum { CODE_SECONDS = 60 };

struct code {
	struct user_id user;
	bool           is_new;
};
static const struct member code_members[] = {
	M_ID(struct code, user, "user_id"),
	M_BOOLEAN(struct code, is_new, "is_new"),
};
SHAPE(struct code, code_shape, "SignInCode", code_members);

static const struct problem *
write_code(struct work *work, struct user_id user, bool is_new, struct bytes hash)
{
	return db_run(work->db, NULL,
	    "INSERT INTO sign_in_codes (code_hash, user_id, is_new, expires_at) VALUES (?, ?, ?, NOW(3) + INTERVAL ? SECOND)",
	    P(hash), P(user), P(is_new), P(CODE_SECONDS));
}

const struct problem *
sign_in_code_new(struct work *work, struct user_id user, bool is_new, const char **code)
{
	*code = refresh_token_new(work->arena);
	return db_transaction(work, write_code(work, user, is_new, refresh_token_hash(work->arena, *code)));
}

static const struct problem *
exchange(struct work *work, const struct code *code, struct bytes hash, const struct sign_in *from, struct tokens *tokens)
{
	int64_t taken;

	TRY(start_session_for(work, code->user, from, tokens));
	TRY(db_run(work->db, &taken, "DELETE FROM sign_in_codes WHERE code_hash = ? AND expires_at > NOW(3)", P(hash)));
	return taken == 1 ? OK : problem(SIGN_IN_CODE_INVALID, "the code is unknown, was used or has expired; begin again");
}

/* A session that is refused, and one that needs a second factor, leave the code as it was. */
const struct problem *
sign_in_code_exchange(struct work *work, const char *text, const struct sign_in *from, struct tokens *tokens, bool *is_new)
{
	struct bytes hash = refresh_token_hash(work->arena, text);
	struct code *code;

	TRY(db_row(
	    work->db, &code_shape, &code, "SELECT {} FROM sign_in_codes WHERE code_hash = ? AND expires_at > NOW(3)", P(hash)));
	if (code == NULL)
		return problem(SIGN_IN_CODE_INVALID, "the code is unknown, was used or has expired; begin again");
	TRY(pass_factor(work, code->user, from->totp));
	*is_new = code->is_new;
	return db_transaction(work, exchange(work, code, hash, from, tokens));
}
