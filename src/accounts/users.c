/* Users as they are shown, to themselves and to staff. */
#include "accounts/accounts.h"

#include "store/db.h"

const char *const user_status_values[] = { "active", "disabled", "deleted", NULL };

static const struct member user_members[] = {
	USER_MEMBERS(struct user, ),
};
SHAPE_SHARED(struct user, user_shape, "User", user_members);

const struct problem *
read_user(struct work *work, struct user_id id, struct user **user)
{
	return db_one(work->db, &user_shape, user, "SELECT {} FROM users WHERE id = ?", P(id));
}

const struct problem *
read_user_by_email(struct work *work, const char *email, struct user **user)
{
	return db_one(work->db, &user_shape, user, "SELECT {} FROM users WHERE email = ? AND status <> 'deleted'",
	    P(normal_email(work->arena, email)));
}
