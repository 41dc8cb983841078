#include "accounts/factor.h"

#include "accounts/login_limit.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "base/totp.h"
#include "base/vault.h"
#include "events/audit.h"
#include "store/db.h"

#include <ctype.h>
#include <string.h>

enum { RECOVERY_BYTES = 10, RECOVERY_CHARACTERS = 16, GROUP = 4, DIGEST = 32 };

struct factor {
	const char  *email;
	struct bytes secret; /* sealed; of no length when there is none */
	bool         on;
};

static const struct member factor_members[] = {
	M_TEXT(struct factor, email, "email", 254),
	M_BYTES(struct factor, secret, "secret", 64),
	M_BOOLEAN(struct factor, on, "is_on"),
};
SHAPE(struct factor, factor_shape, "Factor", factor_members, .noun = "user");

static const struct problem *
read_factor(struct work *work, struct user_id user, struct factor **factor)
{
	return db_one(work->db, &factor_shape, factor,
	    "SELECT email, IFNULL(totp_secret, '') AS secret, totp_since IS NOT NULL AS is_on FROM users WHERE id = ?", P(user));
}

static const char *
purpose_of(struct arena *arena, struct user_id user)
{
	return arena_format(arena, "totp:%s", uuid_text(arena, user.uuid));
}

/* ---- recovery codes ---- */

/* As it may be typed: in any case, with hyphens and spaces or without. */
static struct bytes
recovery_hash(struct arena *arena, const char *code)
{
	struct text    plain = text_new(arena, RECOVERY_CHARACTERS);
	unsigned char *into = arena_alloc(arena, DIGEST);

	for (; *code != '\0'; code++)
		if (*code != '-' && *code != ' ')
			text_add_char(&plain, (char)toupper((unsigned char)*code));
	sha256(plain.bytes, plain.length, into);
	return (struct bytes) { into, DIGEST };
}

/* "MFRG-GZDF-MZTW-Q2LK" */
static const char *
new_recovery_code(struct arena *arena)
{
	unsigned char bytes[RECOVERY_BYTES];
	const char   *plain;
	struct text   code = text_new(arena, RECOVERY_CHARACTERS + 4);

	random_bytes(bytes, sizeof bytes);
	plain = base32_encode(arena, bytes, sizeof bytes);
	for (size_t i = 0; plain[i] != '\0'; i++) {
		if (i > 0 && i % GROUP == 0)
			text_add_char(&code, '-');
		text_add_char(&code, plain[i]);
	}
	return code.bytes;
}

static const struct problem *
write_recovery_codes(struct work *work, struct user_id user, const char *const *codes)
{
	struct parameter *parameters = ARENA_ARRAY(work->arena, 2 * RECOVERY_CODES, struct parameter);

	TRY(db_run(work->db, NULL, "DELETE FROM recovery_codes WHERE user_id = ?", P(user)));
	for (size_t i = 0; i < RECOVERY_CODES; i++) {
		parameters[2 * i] = P(user);
		parameters[2 * i + 1] = P(recovery_hash(work->arena, codes[i]));
	}
	return db_run_many(
	    work->db, NULL, "INSERT INTO recovery_codes (user_id, code_hash) VALUES [(?, ?)]", RECOVERY_CODES, 2, parameters);
}

static const struct problem *
use_recovery_code(struct work *work, struct user_id user, const char *code, bool *right)
{
	int64_t used;

	TRY(db_run(work->db, &used, "DELETE FROM recovery_codes WHERE user_id = ? AND code_hash = ?", P(user),
	    P(recovery_hash(work->arena, code))));
	*right = used > 0;
	return *right ? audit_record(work, "user.recovery_code_used", "user", user.uuid, NULL, NULL, NULL) : OK;
}

/* ---- codes ---- */

/* The step is written where it is newer than the last: so two who send the same code at once are not both let in. */
static const struct problem *
use_code(struct work *work, struct user_id user, const struct factor *factor, const char *code, bool *right)
{
	struct bytes secret;
	int64_t      step, taken = 0;

	*right = false;
	if (!vault_open(work->arena, work->config->auth.seal_secret, purpose_of(work->arena, user), factor->secret, &secret)) {
		log_error("a second factor cannot be read; auth.seal_secret has changed",
		    LOG_ID("user", uuid_text(work->arena, user.uuid)));
		return OK;
	}
	if (!totp_matches(secret.bytes, secret.length, code, unix_seconds(), &step))
		return OK;
	TRY(db_run(work->db, &taken,
	    "UPDATE users SET totp_step = ? WHERE id = ? AND totp_secret IS NOT NULL AND IFNULL(totp_step < ?, TRUE)", P(step),
	    P(user), P(step)));
	*right = taken > 0;
	return OK;
}

static const struct problem *
use_factor_code(struct work *work, struct user_id user, const char *code, bool *right)
{
	struct factor *factor;

	*right = false;
	TRY(read_factor(work, user, &factor));
	if (!factor->on)
		return OK;
	return strlen(code) == TOTP_DIGITS ? use_code(work, user, factor, code, right)
					   : use_recovery_code(work, user, code, right);
}

/* A user without an e-mail address signs in by phone; their wrong codes are counted under their id. */
static const char *
counted_as(struct work *work, struct user_id user, const struct factor *factor)
{
	return factor->email != NULL ? factor->email : uuid_text(work->arena, user.uuid);
}

const struct problem *
pass_factor(struct work *work, struct user_id user, const char *code)
{
	struct factor *factor;
	bool           right;

	TRY(read_factor(work, user, &factor));
	if (!factor->on || work->config->auth.staff_totp == STAFF_TOTP_OFF)
		return OK;
	if (code == NULL)
		return problem(TOTP_REQUIRED, "the account has a second factor; send its code as totp");
	TRY(login_limit_check(work, counted_as(work, user, factor)));
	TRY(db_transaction(work, use_factor_code(work, user, code, &right)));
	if (right)
		return OK;
	TRY(login_limit_failed(work, counted_as(work, user, factor)));
	return problem(TOTP_REQUIRED, "the code of the second factor is wrong or was used before");
}

static const struct problem *
write_confirmation(struct work *work)
{
	return db_run(work->db, NULL, "UPDATE sessions SET confirmed_at = NOW(3) WHERE id = ?", P(work->viewer.session));
}

const struct problem *
confirm_by_factor(struct work *work, const char *code)
{
	struct user_id user = work->viewer.user;
	struct factor *factor;
	bool           right;

	TRY(read_factor(work, user, &factor));
	TRY(login_limit_check(work, counted_as(work, user, factor)));
	TRY(db_transaction(work, use_factor_code(work, user, code, &right)));
	if (right)
		return db_transaction(work, write_confirmation(work));
	TRY(login_limit_failed(work, counted_as(work, user, factor)));
	return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "totp", "is wrong or was used before");
}

/* ---- set up and removed ---- */

static const char *
otpauth_url(struct work *work, const char *email, const char *secret)
{
	struct text url = text_new(work->arena, 256);

	TEXT_ADD(&url, "otpauth://totp/");
	text_add_percent(&url, work->config->mail.from_name);
	TEXT_ADD(&url, ":");
	text_add_percent(&url, email);
	text_addf(&url, "?secret=%s&issuer=", secret);
	text_add_percent(&url, work->config->mail.from_name);
	text_addf(&url, "&algorithm=SHA1&digits=%d&period=%d", TOTP_DIGITS, TOTP_SECONDS);
	return url.bytes;
}

const struct problem *
begin_factor(struct work *work, struct new_factor *factor)
{
	struct user_id user = work->viewer.user;
	unsigned char  bytes[TOTP_SECRET_BYTES];
	struct bytes   sealed;
	struct factor *before;
	int64_t        begun;

	TRY(read_factor(work, user, &before));
	random_bytes(bytes, sizeof bytes);
	sealed = vault_seal(
	    work->arena, work->config->auth.seal_secret, purpose_of(work->arena, user), (struct bytes) { bytes, sizeof bytes });
	TRY(db_run(work->db, &begun, "UPDATE users SET totp_secret = ?, totp_step = NULL WHERE id = ? AND totp_since IS NULL",
	    P(sealed), P(user)));
	if (begun == 0)
		return problem(CONFLICT, "the account has a second factor; remove it first");
	factor->secret = base32_encode(work->arena, bytes, sizeof bytes);
	factor->otpauth_url = otpauth_url(work, counted_as(work, user, before), factor->secret);
	return audit_record(work, "user.second_factor_begun", "user", user.uuid, NULL, NULL, NULL);
}

static const struct problem *
switch_on(struct work *work, const struct factor *factor, const char *code, const char *const *codes, bool *right)
{
	struct user_id user = work->viewer.user;
	int64_t        changed;

	TRY(use_code(work, user, factor, code, right));
	if (!*right)
		return OK;
	TRY(db_run(work->db, &changed, "UPDATE users SET totp_since = NOW(3) WHERE id = ? AND totp_since IS NULL", P(user)));
	if (changed == 0)
		return problem(CONFLICT, "the account has a second factor");
	TRY(write_recovery_codes(work, user, codes));
	return audit_record(work, "user.second_factor_added", "user", user.uuid, NULL, NULL, NULL);
}

const struct problem *
confirm_factor(struct work *work, const char *code, const char *const **codes)
{
	const char   **made = ARENA_ARRAY(work->arena, RECOVERY_CODES, const char *);
	struct factor *factor;
	bool           right;

	TRY(read_factor(work, work->viewer.user, &factor));
	if (factor->on)
		return problem(CONFLICT, "the account has a second factor");
	if (factor->secret.length == 0)
		return problem(CONFLICT, "nothing was begun; see POST /accounts/totp");
	TRY(login_limit_check(work, counted_as(work, work->viewer.user, factor)));
	for (size_t i = 0; i < RECOVERY_CODES; i++)
		made[i] = new_recovery_code(work->arena);
	TRY(db_transaction(work, switch_on(work, factor, code, made, &right)));
	if (!right) {
		TRY(login_limit_failed(work, counted_as(work, work->viewer.user, factor)));
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "totp", "is wrong");
	}
	*codes = made;
	return OK;
}

const struct problem *
remove_factor(struct work *work, struct user_id user)
{
	int64_t removed;

	TRY(db_run(work->db, &removed,
	    "UPDATE users SET totp_secret = NULL, totp_since = NULL, totp_step = NULL WHERE id = ? AND totp_since IS NOT NULL",
	    P(user)));
	if (removed == 0)
		return problem(CONFLICT, "the account has no second factor");
	TRY(db_run(work->db, NULL, "DELETE FROM recovery_codes WHERE user_id = ?", P(user)));
	return audit_record(work, "user.second_factor_removed", "user", user.uuid, NULL, NULL, NULL);
}
