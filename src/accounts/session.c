/* Sessions: tokens, list and end. */
#include "accounts/session.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "http/jwt.h"
#include "store/db.h"

#include <string.h>

enum { TOKEN_BYTES = 32, DIGEST = 32, SESSIONS_SHOWN = 100 };

static const char *const end_values[] = { "logout", "logout_all", "evicted", "token_reused", "password_changed", "disabled",
	"expired", NULL };

static const struct member session_members[] = {
	M_ID(struct session, id, "id"),
	M_TEXT(struct session, ip, "ip", 45, .required = true, .example = "\"203.0.113.7\""),
	M_TEXT(struct session, user_agent, "user_agent", 255, .required = true, .example = "\"Mozilla/5.0\""),
	M_TIME(struct session, created_at, "created_at"),
	M_TIME(struct session, last_active_at, "last_active_at", .description = "When it was last used, true to five minutes."),
	M_TIME(struct session, expires_at, "expires_at"),
	M_BOOLEAN(
	    struct session, current, "current", .computed = true, .description = "Whether this is the session of the request."),
};
SHAPE_SHARED(struct session, session_shape, "Session", session_members);

const char *
refresh_token_new(struct arena *arena)
{
	unsigned char bytes[TOKEN_BYTES];

	random_bytes(bytes, sizeof bytes);
	return base64url_encode(arena, bytes, sizeof bytes);
}

struct bytes
refresh_token_hash(struct arena *arena, const char *token)
{
	unsigned char *into = arena_alloc(arena, DIGEST);

	sha256(token, strlen(token), into);
	return (struct bytes) { into, DIGEST };
}

const char *
access_token(struct work *work, const struct jwt_keys *keys, const struct user *user, struct session_id session)
{
	int64_t now = unix_seconds();

	return jwt_make(work->arena, keys,
	    &(struct jwt_claims) { .user = user->id,
		.session = session,
		.id = uuid_new(),
		.role = role_values[user->role],
		.name = user->full_name,
		.avatar = user->avatar,
		.email_verified = user->email_verified,
		.phone_verified = user->phone_verified,
		.issued_at = now,
		.expires_at = now + work->config->auth.access_seconds });
}

const struct problem *
list_sessions(struct work *work, struct session **sessions, size_t *count)
{
	return db_rows(work->db, &session_shape, SESSIONS_SHOWN, sessions, count,
	    "SELECT {}, id = ? AS current FROM sessions "
	    "WHERE user_id = ? AND ended_at IS NULL AND expires_at > NOW(3) ORDER BY id DESC LIMIT ?",
	    P(work->viewer.session), P(work->viewer.user), P(SESSIONS_SHOWN));
}

const struct problem *
end_session(struct work *work, struct session_id session)
{
	int64_t ended;

	TRY(db_run(work->db, &ended,
	    "UPDATE sessions SET ended_at = NOW(3), end_reason = 'logout' "
	    "WHERE id = ? AND user_id = ? AND ended_at IS NULL AND expires_at > NOW(3)",
	    P(session), P(work->viewer.user)));
	return ended > 0 ? OK : problem(NOT_FOUND, "session not found");
}

const struct problem *
end_sessions(struct work *work, struct user_id user, const struct session_id *except, enum session_end reason)
{
	struct session_id none = { .uuid = { { 0 } } };

	return db_run(work->db, NULL,
	    "UPDATE sessions SET ended_at = NOW(3), end_reason = ? WHERE user_id = ? AND ended_at IS NULL AND id <> ?",
	    P(end_values[reason]), P(user), P(except == NULL ? none : *except));
}
