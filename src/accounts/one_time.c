#include "accounts/one_time.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "store/db.h"

#include <string.h>

enum { DIGEST = 32 };

static const char *const purpose_values[] = { "verify_email", "reset_password", "set_password", "change_email", NULL };

static const struct member one_time_token_members[] = {
	M_ID(struct one_time_token, id, "id"),
	M_ENUM(struct one_time_token, purpose, "purpose", purpose_values),
	M_TEXT(struct one_time_token, email, "email", 254),
	M_TIME(struct one_time_token, expires_at, "expires_at"),
	M_OBJECT(struct one_time_token, user, "user", user_shape),
};
SHAPE(struct one_time_token, one_time_token_shape, "OneTimeToken", one_time_token_members);

static const char *
text_of(struct work *work, struct uuid id)
{
	const char   *secret = work->config->auth.seal_secret;
	const char   *said = arena_format(work->arena, "one-time token %s", uuid_text(work->arena, id));
	unsigned char code[DIGEST];

	hmac_sha256(secret, strlen(secret), said, strlen(said), code);
	return base64url_encode(work->arena, code, sizeof code);
}

static struct bytes
hash_of(struct arena *arena, const char *text)
{
	unsigned char *into = arena_alloc(arena, DIGEST);

	sha256(text, strlen(text), into);
	return (struct bytes) { into, DIGEST };
}

const struct problem *
one_time_token_new(struct work *work, struct user_id user, enum token_purpose purpose, const char *email)
{
	int64_t seconds = purpose == TOKEN_RESET_PASSWORD ? work->config->auth.reset_seconds : work->config->auth.verify_seconds;
	struct uuid id = uuid_new();

	return db_run(work->db, NULL,
	    "INSERT INTO one_time_tokens (id, user_id, purpose, token_hash, email, expires_at) "
	    "VALUES (?, ?, ?, ?, ?, NOW(3) + INTERVAL ? SECOND) ON DUPLICATE KEY UPDATE id = VALUES(id), "
	    "token_hash = VALUES(token_hash), email = VALUES(email), expires_at = VALUES(expires_at), created_at = NOW(3)",
	    P(id), P(user), P(purpose_values[purpose]), P(hash_of(work->arena, text_of(work, id))), P(email), P(seconds));
}

static const struct problem *
invalid(void)
{
	return problem(TOKEN_INVALID, "the token is wrong, has expired or was used before");
}

const struct problem *
find_one_time_token(struct work *work, const char *text, struct one_time_token **token)
{
	TRY(db_row(work->db, &one_time_token_shape, token,
	    "SELECT {t}, {u user} FROM one_time_tokens t JOIN users u ON u.id = t.user_id "
	    "WHERE t.token_hash = ? AND t.expires_at > NOW(3) AND u.status = 'active'",
	    P(hash_of(work->arena, text))));
	return *token == NULL ? invalid() : OK;
}

const struct problem *
use_one_time_token(struct work *work, const struct one_time_token *token)
{
	int64_t used;

	TRY(db_run(work->db, &used, "DELETE FROM one_time_tokens WHERE id = ? AND expires_at > NOW(3)", P(token->id)));
	return used > 0 ? OK : invalid();
}

const struct problem *
end_one_time_tokens(struct work *work, struct user_id user)
{
	return db_run(work->db, NULL, "DELETE FROM one_time_tokens WHERE user_id = ?", P(user));
}

struct live_token {
	struct uuid    id;
	struct instant expires_at;
};

static const struct member live_token_members[] = {
	M_ID(struct live_token, id, "id"),
	M_TIME(struct live_token, expires_at, "expires_at"),
};
SHAPE(struct live_token, live_token_shape, "LiveToken", live_token_members);

const struct problem *
read_one_time_token(struct work *work, struct user_id user, enum token_purpose purpose, const char **text, struct instant *until)
{
	struct live_token *live;

	*text = NULL;
	TRY(db_row(work->db, &live_token_shape, &live,
	    "SELECT {t} FROM one_time_tokens t WHERE t.user_id = ? AND t.purpose = ? AND t.expires_at > NOW(3)", P(user),
	    P(purpose_values[purpose])));
	if (live == NULL)
		return OK;
	*text = text_of(work, live->id);
	*until = live->expires_at;
	return OK;
}
