/* Exchange of a refresh token for the next. */
#include "accounts/session.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "store/db.h"

/* The session whose current token it is. */
struct holder {
	struct session_id session;
	bool              over;
	struct user       user;
};

static const struct member holder_members[] = {
	M_ID(struct holder, session, "session"),
	M_BOOLEAN(struct holder, over, "is_over"),
	M_OBJECT(struct holder, user, "user", user_shape),
};
SHAPE(struct holder, holder_shape, "TokenHolder", holder_members);

static const struct problem *
find_holder(struct work *work, struct bytes hash, struct holder **holder)
{
	return db_row(work->db, &holder_shape, holder,
	    "SELECT s.id AS session, s.ended_at IS NOT NULL OR s.expires_at <= NOW(3) AS is_over, {u user} "
	    "FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.refresh_hash = ? AND NOT s.is_face",
	    P(hash));
}

/* *done is false when another exchange was faster, or the session was ended meanwhile. */
static const struct problem *
exchange(
    struct work *work, struct session_id session, struct bytes old_hash, const char *next, const char *user_agent, bool *done)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE sessions SET refresh_hash = ?, last_active_at = NOW(3), expires_at = NOW(3) + INTERVAL ? SECOND, ip = ?, "
	    "user_agent = ?, superseded_at = NULL WHERE id = ? AND refresh_hash = ? AND ended_at IS NULL",
	    P(refresh_token_hash(work->arena, next)), P(work->config->auth.refresh_seconds), P(work->address), P(user_agent),
	    P(session), P(old_hash)));
	*done = changed > 0;
	if (!*done)
		return OK;
	return db_run(work->db, NULL, "INSERT INTO refresh_tokens (hash, session_id) VALUES (?, ?)", P(old_hash), P(session));
}

/* A token that was exchanged before, and its session. */
struct reuse {
	struct session_id *session;
	bool               over;
	int64_t            age_ms; /* of its exchange */
	struct user        user;
};

static const struct member reuse_members[] = {
	M_ID(struct reuse, session, "session"),
	M_BOOLEAN(struct reuse, over, "is_over"),
	M_INTEGER(struct reuse, age_ms, "age_ms", INT64_MIN, INT64_MAX),
	M_OBJECT(struct reuse, user, "user", user_shape),
};
SHAPE(struct reuse, reuse_shape, "TokenReuse", reuse_members);

static const struct problem *
end_reused(struct work *work, const struct reuse *reuse)
{
	int64_t ended;

	TRY(db_run(work->db, &ended,
	    "UPDATE sessions SET ended_at = NOW(3), end_reason = 'token_reused' WHERE id = ? AND ended_at IS NULL",
	    P(reuse->session)));
	return ended == 0 ? OK : record_user_event(work, EVENT_USER_SESSION_REUSED, &reuse->user);
}

/*
 * Either another tab has the next token, or its answer was lost and nobody has it.  The mark is taken off by the next
 * exchange; a session that keeps it gives way to the next sign-in of the same client (login.c).
 */
static const struct problem *
mark_superseded(struct work *work, const struct reuse *reuse, struct bytes hash)
{
	return db_run(work->db, NULL,
	    "UPDATE sessions SET superseded_at = NOW(3) WHERE id = ? AND ended_at IS NULL AND superseded_at IS NULL AND NOT EXISTS "
	    "(SELECT 1 FROM refresh_tokens t JOIN refresh_tokens later ON later.session_id = t.session_id "
	    "AND later.used_at > t.used_at WHERE t.hash = ?)",
	    P(reuse->session), P(hash));
}

/* No session's current token: one that was exchanged before, or an unknown one. */
static const struct problem *
refuse(struct work *work, struct bytes hash, int64_t waited_ms)
{
	struct reuse *reuse;

	TRY(db_row(work->db, &reuse_shape, &reuse,
	    "SELECT s.id AS session, s.ended_at IS NOT NULL OR s.expires_at <= NOW(3) AS is_over, "
	    "TIMESTAMPDIFF(MICROSECOND, t.used_at, NOW(3)) DIV 1000 AS age_ms, {u user} FROM refresh_tokens t "
	    "JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id WHERE t.hash = ?",
	    P(hash)));
	if (reuse == NULL)
		return problem(UNAUTHENTICATED, "the refresh token is invalid");
	if (reuse->age_ms - waited_ms <= work->config->auth.refresh_overlap_seconds * 1000) {
		if (reuse->over)
			return problem(SESSION_ENDED, "the session was ended; log in again");
		TRY(db_transaction(work, mark_superseded(work, reuse, hash)));
		return problem(
		    REFRESH_SUPERSEDED, "another request has just exchanged the token; use the tokens from its response");
	}
	TRY(db_transaction(work, end_reused(work, reuse)));
	log_warning(
	    "a refresh token was reused; its session was ended", LOG_ID("user", uuid_text(work->arena, reuse->user.id.uuid)));
	return problem(REFRESH_REUSED, "the refresh token was already used; its session was ended");
}

const struct problem *
refresh_tokens(struct work *work, const char *refresh, const char *user_agent, int64_t waited_ms, const struct jwt_keys *keys,
    struct tokens *tokens)
{
	struct bytes   old_hash = refresh_token_hash(work->arena, refresh);
	const char    *next = refresh_token_new(work->arena);
	struct holder *holder;
	bool           done = false;

	while (!done) {
		TRY(find_holder(work, old_hash, &holder));
		if (holder == NULL)
			return refuse(work, old_hash, waited_ms);
		if (holder->over)
			return problem(SESSION_ENDED, "the session was ended; log in again");
		if (holder->user.status != USER_ACTIVE)
			return problem(ACCOUNT_DISABLED, "the account is disabled");
		TRY(db_transaction(work, exchange(work, holder->session, old_hash, next, user_agent, &done)));
	}
	*tokens = (struct tokens) { .access = access_token(work, keys, &holder->user, holder->session),
		.refresh = next,
		.session = holder->session,
		.user = &holder->user };
	return OK;
}
