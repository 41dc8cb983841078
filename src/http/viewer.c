#include "http/viewer.h"

#include "http/permission.h"
#include "store/db.h"
#include "store/work.h"

enum { EXTRA_MAX = 1000 };

struct signed_in {
	int                 role, status;
	bool                ended, merchant_active;
	const char         *extra;
	struct merchant_id *merchant;
};

static const char *const user_status_values[] = { "active", "disabled", "deleted", NULL };

static const struct member signed_in_members[] = {
	M_ENUM(struct signed_in, role, "role", role_values),
	M_ENUM(struct signed_in, status, "status", user_status_values),
	M_BOOLEAN(struct signed_in, ended, "ended"),
	M_TEXT(struct signed_in, extra, "extra", 64),
	M_ID(struct signed_in, merchant, "merchant"),
	M_BOOLEAN(struct signed_in, merchant_active, "merchant_active"),
};
SHAPE(struct signed_in, signed_in_shape, "SignedIn", signed_in_members);

/* The session of the user, once for each permission beyond the role's: a join costs less than to put them together. */
const struct problem *
read_viewer(struct work *work, struct user_id user, struct session_id session)
{
	struct viewer    *viewer = &work->viewer;
	struct signed_in *row;
	size_t            count;

	TRY(db_rows(work->db, &signed_in_shape, EXTRA_MAX, &row, &count,
	    "SELECT u.role, u.status, s.ended_at IS NOT NULL OR s.expires_at <= NOW(3) AS ended, p.permission AS extra, "
	    "m.id AS merchant, IFNULL(m.status = 'active', FALSE) AS merchant_active "
	    "FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN merchants m ON m.user_id = u.id "
	    "LEFT JOIN user_permissions p ON p.user_id = u.id WHERE s.id = ? AND s.user_id = ?",
	    P(session), P(user)));
	if (count == 0 || row->ended)
		return problem(SESSION_ENDED, "the session has ended; log in again");
	if (row->status != 0)
		return problem(ACCOUNT_DISABLED, "the account is disabled");
	viewer->user = user;
	viewer->session = session;
	viewer->role = row->role;
	viewer->permissions = role_permissions((enum role)row->role);
	for (size_t i = 0; i < count; i++)
		if (row[i].extra != NULL)
			viewer->permissions |= permission_by_name(row[i].extra);
	/* Who no longer keeps the shop has no more business in it. */
	viewer->merchant = row->role == ROLE_SHOPKEEPER ? row->merchant : NULL;
	viewer->merchant_active = row->merchant_active && viewer->merchant != NULL;
	return OK;
}
