/* A new session of a user, within the limit of live ones. */
#include "accounts/session.h"

#include "base/config.h"
#include "store/db.h"

/* The live sessions of an account, and those of them whose client lost its token (refresh.c) and is this one. */
struct live_sessions {
	int64_t all, lost;
};

static const struct member live_sessions_members[] = {
	M_INTEGER(struct live_sessions, all, "n_all", 0, INT64_MAX),
	M_INTEGER(struct live_sessions, lost, "n_lost", 0, INT64_MAX),
};
SHAPE(struct live_sessions, live_sessions_shape, "LiveSessions", live_sessions_members);

#define LOST "superseded_at IS NOT NULL AND user_agent = ?"

/*
 * End those whose token was lost by the client that signs in, and the oldest beyond the limit.  The caller has locked
 * the user's row, so concurrent sign-ins keep to it, too.
 */
static const struct problem *
make_room(struct work *work, struct user_id user, const char *user_agent)
{
	int64_t               live, max = work->config->auth.sessions_max;
	struct live_sessions *sessions;

	TRY(db_row(work->db, &live_sessions_shape, &sessions,
	    "SELECT COUNT(*) AS n_all, COUNT(IF(" LOST ", 1, NULL)) AS n_lost FROM sessions "
	    "WHERE user_id = ? AND ended_at IS NULL AND expires_at > NOW(3)",
	    P(user_agent), P(user)));
	if (sessions->lost > 0)
		TRY(db_run(work->db, NULL,
		    "UPDATE sessions SET ended_at = NOW(3), end_reason = 'evicted' "
		    "WHERE user_id = ? AND ended_at IS NULL AND expires_at > NOW(3) AND " LOST,
		    P(user), P(user_agent)));
	live = sessions->all - sessions->lost;
	if (live < max)
		return OK;
	return db_run(work->db, NULL,
	    "UPDATE sessions SET ended_at = NOW(3), end_reason = 'evicted' "
	    "WHERE user_id = ? AND ended_at IS NULL AND expires_at > NOW(3) ORDER BY id LIMIT ?",
	    P(user), P(live - max + 1));
}

const struct problem *
start_session(struct work *work, struct user_id user, const struct sign_in *from, struct session_id session, const char *refresh)
{
	const struct config *config = work->config;
	const bool           is_face = from->use == SESSION_BY_COOKIE;
	const int64_t        seconds = is_face ? config->auth.face_seconds : config->auth.refresh_seconds;

	TRY(make_room(work, user, from->user_agent));
	transaction_witness(work, "SELECT COUNT(*) FROM sessions WHERE id = ?", session.uuid);
	return db_run(work->db, NULL,
	    "INSERT INTO sessions (id, user_id, refresh_hash, ip, user_agent, is_face, expires_at) SELECT ?, u.id, ?, ?, ?, ?, "
	    "NOW(3) + INTERVAL IF(? AND u.role NOT IN ('customer', 'shopkeeper'), ?, ?) SECOND FROM users u WHERE u.id = ?",
	    P(session), P(refresh_token_hash(work->arena, refresh)), P(work->address), P(from->user_agent), P(is_face),
	    P(is_face), P(config->auth.face_staff_seconds), P(seconds), P(user));
}

const struct problem *
start_session_for(struct work *work, struct user_id id, const struct sign_in *from, struct tokens *tokens)
{
	struct user *user;

	TRY(db_one(work->db, &user_shape, &user, "SELECT {} FROM users WHERE id = ? FOR UPDATE", P(id)));
	if (user->status != USER_ACTIVE)
		return problem(ACCOUNT_DISABLED, "the account is disabled");
	*tokens = (struct tokens) { .refresh = refresh_token_new(work->arena), .session = NEW_ID(session_id), .user = user };
	tokens->access = access_token(work, from->keys, user, tokens->session);
	return start_session(work, id, from, tokens->session, tokens->refresh);
}
