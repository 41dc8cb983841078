/*
 * viewer.h: who acts in a request: the user of a session, their role, permissions and shop.
 */
#ifndef VIEWER_H
#define VIEWER_H

#include "base/ids.h"
#include "base/problem.h"

struct work;

/*
 * Fill work->viewer from a session of that user, in one statement by primary keys.  SESSION_ENDED when it has ended or
 * there is none, ACCOUNT_DISABLED; the viewer is unchanged then.
 */
const struct problem *read_viewer(struct work *work, struct user_id user, struct session_id session);

#endif
