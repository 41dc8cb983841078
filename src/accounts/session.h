/*
 * session.h: sessions: created by login, renewed by refresh, ended by logout.
 *
 * The refresh token is 256 random bits; the database holds only its SHA-256.  Each can be exchanged once, and the answer
 * has the next one.  A token that is used again after its exchange may have been stolen, so it ends its session, unless it
 * was sent within auth.refresh_overlap_seconds of that exchange: two tabs of one browser do that.  Then it gets no token but
 * REFRESH_SUPERSEDED, and the session goes on; should nobody have got the next token (its answer was lost), the session gives
 * way to the next sign-in from the same user agent.
 */
#ifndef SESSION_H
#define SESSION_H

#include "accounts/accounts.h"

struct jwt_keys;

enum session_end {
	SESSION_LOGOUT,
	SESSION_LOGOUT_ALL,
	SESSION_EVICTED,
	SESSION_TOKEN_REUSED,
	SESSION_PASSWORD_CHANGED,
	SESSION_DISABLED,
	SESSION_EXPIRED
};

/* What a session is used with: access tokens and refreshes, or the cookie of a face (http/face.h). */
enum session_use { SESSION_BY_TOKENS, SESSION_BY_COOKIE };

/* The result of a sign-in or an exchange. */
struct tokens {
	const char *access, *refresh; /* refresh: NULL in an answer that sets it as a cookie; the secret of a face's cookie */
	struct session_id session;
	struct user      *user;
};

/* Where a sign-in came from; the address is the work's. */
struct sign_in {
	const char            *email, *password, *user_agent; /* user_agent: "" when unknown */
	const char            *totp;                          /* code of the second factor; NULL: none was sent */
	const struct jwt_keys *keys;
	enum session_use       use;
	const char            *locale; /* of letters to an account that the sign-in makes; NULL: not said */
};

/*
 * Sign in.  Opens its own transactions, so that failures are counted though the answer is a refusal.  At most
 * auth.sessions_max sessions of the user stay live; the oldest is ended.  BAD_CREDENTIALS; only with the right password
 * ACCOUNT_DISABLED and TOTP_REQUIRED; LOGIN_LIMITED.
 */
const struct problem *sign_in(struct work *work, const struct sign_in *sign_in, struct tokens *tokens);

/*
 * Create an account without a password, and sign in: `from` has no e-mail address or password.  Opens its own transaction; a
 * letter offers to set a password.  EMAIL_TAKEN, PHONE_TAKEN.
 */
const struct problem *register_without_password(
    struct work *work, const struct new_user *new_user, const struct sign_in *from, struct tokens *tokens);

/*
 * Exchange a refresh token, `waited_ms` after the request came.  UNAUTHENTICATED, SESSION_ENDED, REFRESH_SUPERSEDED,
 * REFRESH_REUSED, ACCOUNT_DISABLED; see above.
 */
const struct problem *refresh_tokens(struct work *work, const char *refresh, const char *user_agent, int64_t waited_ms,
    const struct jwt_keys *keys, struct tokens *tokens);

/* One of a user's sessions. */
struct session {
	struct session_id id;
	const char       *ip, *user_agent;
	struct instant    created_at, last_active_at, expires_at;
	bool              current; /* the viewer's */
};
SHAPE_DECLARE(struct session, session_shape);

/* The viewer's live sessions, newest first. */
const struct problem *list_sessions(struct work *work, struct session **sessions, size_t *count);

/* End one session of the viewer; NOT_FOUND when it is another's or has ended. */
const struct problem *end_session(struct work *work, struct session_id session);

/* End all live sessions of the user except one (NULL: all), inside a transaction. */
const struct problem *end_sessions(
    struct work *work, struct user_id user, const struct session_id *except, enum session_end reason);

/*
 * Start the session of that id and refresh token, inside the transaction of the sign-in, which has locked the user's row.  At most
 * auth.sessions_max stay live.  Of `from` where and what for: user_agent and use.
 */
const struct problem *start_session(
    struct work *work, struct user_id user, const struct sign_in *from, struct session_id session, const char *refresh);

/* The same for a user who has shown who they are, whose row it locks; *tokens are theirs.  ACCOUNT_DISABLED. */
const struct problem *start_session_for(
    struct work *work, struct user_id user, const struct sign_in *from, struct tokens *tokens);

/* For whoever opens and renews sessions: a new token, its hash, and the signed access token. */
const char  *refresh_token_new(struct arena *arena);
struct bytes refresh_token_hash(struct arena *arena, const char *token);
const char  *access_token(struct work *work, const struct jwt_keys *keys, const struct user *user, struct session_id session);

#endif
