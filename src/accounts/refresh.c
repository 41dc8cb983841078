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
	    "FROM sessions s JOIN users u ON u.id = s.user_id WHERE s.refresh_hash = ?",
	    P(hash));
}

/* CONFLICT when another exchange of the same token was faster. */
static const struct problem *
exchange(struct work *work, struct session_id session, struct bytes old_hash, const char *next, const char *user_agent)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "UPDATE sessions SET refresh_hash = ?, last_active_at = NOW(3), expires_at = NOW(3) + INTERVAL ? SECOND, ip = ?, "
	    "user_agent = ? WHERE id = ? AND refresh_hash = ? AND ended_at IS NULL",
	    P(refresh_token_hash(work->arena, next)), P(work->config->auth.refresh_seconds), P(work->address), P(user_agent),
	    P(session), P(old_hash)));
	if (changed == 0)
		return problem(CONFLICT, "another request exchanged the token at the same time; use the tokens of its answer");
	return db_run(work->db, NULL, "INSERT INTO refresh_tokens (hash, session_id) VALUES (?, ?)", P(old_hash), P(session));
}

/* A token that was exchanged before, and its session. */
struct reuse {
	struct session_id *session;
	struct user        user; /* id, role and status */
};

static const struct member reuse_members[] = {
	M_ID(struct reuse, session, "session"),
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

/* No session's current token: one that was exchanged before, or an unknown one. */
static const struct problem *
refuse(struct work *work, struct bytes hash)
{
	struct reuse *reuse;

	TRY(db_row(work->db, &reuse_shape, &reuse,
	    "SELECT s.id AS session, u.id AS `user.id`, u.role AS `user.role`, u.status AS `user.status` FROM refresh_tokens t "
	    "JOIN sessions s ON s.id = t.session_id JOIN users u ON u.id = s.user_id WHERE t.hash = ?",
	    P(hash)));
	if (reuse == NULL)
		return problem(UNAUTHENTICATED, "the refresh token is not valid");
	TRY(db_transaction(work, end_reused(work, reuse)));
	log_warning(
	    "a refresh token was reused; its session was ended", LOG_ID("user", uuid_text(work->arena, reuse->user.id.uuid)));
	return problem(REFRESH_REUSED, "the refresh token was already used; its session was ended");
}

const struct problem *
refresh_tokens(struct work *work, const char *refresh, const char *user_agent, const struct jwt_keys *keys, struct tokens *tokens)
{
	struct bytes   old_hash = refresh_token_hash(work->arena, refresh);
	const char    *next = refresh_token_new(work->arena);
	struct holder *holder;

	TRY(find_holder(work, old_hash, &holder));
	if (holder == NULL)
		return refuse(work, old_hash);
	if (holder->over)
		return problem(SESSION_ENDED, "the session was ended; log in again");
	if (holder->user.status != USER_ACTIVE)
		return problem(ACCOUNT_DISABLED, "the account is disabled");
	TRY(db_transaction(work, exchange(work, holder->session, old_hash, next, user_agent)));
	*tokens = (struct tokens) { .access = access_token(work, keys, &holder->user, holder->session),
		.refresh = next,
		.session = holder->session,
		.user = &holder->user };
	return OK;
}
