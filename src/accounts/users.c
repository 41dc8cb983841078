/* Users as they are shown, to themselves and to staff. */
#include "accounts/accounts.h"

#include "store/db.h"

const char *const user_status_values[] = { "active", "disabled", "deleted", NULL };

static const struct member user_members[] = {
	USER_MEMBERS(struct user, ),
};
SHAPE_SHARED(struct user, user_shape, "User", user_members);

const struct problem *
find_user(struct work *work, struct user_id id, struct user **user)
{
	TRY(db_row(work->db, &user_shape, user,
	    "SELECT id, email, phone, full_name, role, status, email_verified, phone_verified, created_at "
	    "FROM users WHERE id = ?", P(id)));
	return *user != NULL ? OK : problem(NOT_FOUND, "there is no such user");
}
