/*
 * viewer.h: who acts in a request: the user of a session, their role, permissions and shop.
 */
#ifndef VIEWER_H
#define VIEWER_H

#include "base/shape.h"

struct work;

/*
 * Fill work->viewer from a session of that user, in one statement by primary keys.  SESSION_ENDED when it has ended or
 * there is none, ACCOUNT_DISABLED; the viewer is unchanged then.
 */
const struct problem *read_viewer(struct work *work, struct user_id user, struct session_id session);

/*
 * The same from the secret of a face's cookie, in one statement by its hash.  Its use prolongs the session, noted as seldom as any use
 * is.  SESSION_ENDED, ACCOUNT_DISABLED.
 */
const struct problem *read_face_viewer(struct work *work, const char *secret);

/*
 * The same of whoever asked for something that a job does now: their rights as they are, in no session.  ACCOUNT_DISABLED, also when
 * there is no such user.
 */
const struct problem *read_user_viewer(struct work *work, struct user_id user);

/*
 * The same from an API key, as it was sent: in one statement by its hash.  The viewer is the key's merchant, whose owner stands
 * for it where a user is noted down, with the permissions that are the key's.  UNAUTHENTICATED when it is revoked, has expired
 * or never was one; MERCHANT_INACTIVE.
 */
const struct problem *read_key_viewer(struct work *work, const char *key);

/* Is it a key by its form, and not an access token? */
bool is_api_key(const char *token);

/* Its hash, in the arena, by which it is known. */
struct bytes api_key_hash(struct arena *arena, const char *key);

#endif
