#include "http/viewer.h"

#include "http/permission.h"
#include "store/db.h"
#include "store/work.h"

#include <stdio.h>

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
	M_TEXT(struct signed_in, extra, "extra", 1024),
	M_ID(struct signed_in, merchant, "merchant"),
	M_BOOLEAN(struct signed_in, merchant_active, "merchant_active"),
};
SHAPE(struct signed_in, signed_in_shape, "SignedIn", signed_in_members);

static uint64_t
extra_permissions(const char *list)
{
	uint64_t bits = 0;
	char     name[65];

	while (list != NULL && *list != '\0') {
		size_t length = strcspn(list, ",");

		if (length < sizeof name) {
			snprintf(name, sizeof name, "%.*s", (int)length, list);
			bits |= permission_by_name(name);
		}
		list += length + (list[length] == ',');
	}
	return bits;
}

const struct problem *
read_viewer(struct work *work, struct user_id user, struct session_id session)
{
	struct viewer    *viewer = &work->viewer;
	struct signed_in *row;

	TRY(db_row(work->db, &signed_in_shape, &row,
	    "SELECT u.role, u.status, s.ended_at IS NOT NULL OR s.expires_at <= NOW(3) AS ended, "
	    "(SELECT GROUP_CONCAT(p.permission) FROM user_permissions p WHERE p.user_id = u.id) AS extra, "
	    "m.id AS merchant, IFNULL(m.status = 'active', FALSE) AS merchant_active "
	    "FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN merchants m ON m.user_id = u.id "
	    "WHERE s.id = ? AND s.user_id = ?",
	    P(session), P(user)));
	if (row == NULL || row->ended)
		return problem(SESSION_ENDED, "the session has ended; log in again");
	if (row->status != 0)
		return problem(ACCOUNT_DISABLED, "the account is disabled");
	viewer->user = user;
	viewer->session = session;
	viewer->role = row->role;
	viewer->permissions = role_permissions((enum role)row->role) | extra_permissions(row->extra);
	/* Who no longer keeps the shop has no more business in it. */
	viewer->merchant = row->role == ROLE_SHOPKEEPER ? row->merchant : NULL;
	viewer->merchant_active = row->merchant_active && viewer->merchant != NULL;
	return OK;
}
