#include "http/viewer.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "http/permission.h"
#include "store/db.h"
#include "store/work.h"

enum { EXTRA_MAX = 1000, DIGEST = 32 };

struct signed_in {
	struct session_id   session;
	struct user_id      user;
	int                 role, status;
	bool                ended, confirmed, has_factor, merchant_active, seen_lately;
	const char         *extra;
	struct merchant_id *merchant;
};

static const char *const user_status_values[] = { "active", "disabled", "deleted", NULL };

static const struct member signed_in_members[] = {
	M_ID(struct signed_in, session, "session"),
	M_ID(struct signed_in, user, "user"),
	M_ENUM(struct signed_in, role, "role", role_values),
	M_ENUM(struct signed_in, status, "status", user_status_values),
	M_BOOLEAN(struct signed_in, ended, "ended"),
	M_BOOLEAN(struct signed_in, confirmed, "confirmed"),
	M_BOOLEAN(struct signed_in, seen_lately, "seen_lately"),
	M_BOOLEAN(struct signed_in, has_factor, "has_factor"),
	M_TEXT(struct signed_in, extra, "extra", 64),
	M_ID(struct signed_in, merchant, "merchant"),
	M_BOOLEAN(struct signed_in, merchant_active, "merchant_active"),
};
SHAPE(struct signed_in, signed_in_shape, "SignedIn", signed_in_members);

/* Staff who must have a second factor and have none may do what staff need to set one up, and nothing else of theirs. */
static void
add_factor(struct work *work, bool has_factor)
{
	struct viewer *viewer = &work->viewer;
	bool           staff = staff_permissions(viewer->permissions) != 0;

	viewer->has_factor = has_factor;
	viewer->factor_owed = staff && !has_factor && work->config->auth.staff_totp == STAFF_TOTP_REQUIRED;
	if (viewer->factor_owed)
		viewer->permissions = 0;
	if (staff || has_factor)
		viewer->permissions |= STAFF;
}

/* How long it may be that a use is not noted: so few calls write. */
#define LATELY "NOW(3) - INTERVAL 5 MINUTE"

/* A call is not refused because that could not be noted.  `sql` takes the id. */
static void
note_use(struct work *work, const char *sql, struct uuid id)
{
	const struct problem *problem = db_run(work->db, NULL, sql, P(id));

	if (problem != OK)
		log_warning("cannot note that a session or an API key was used", LOG_TEXT("cause", problem->message));
}

/* A face's session goes on from each use. */
static void
note_session_use(struct work *work, const struct signed_in *row)
{
	const struct config  *config = work->config;
	const bool            staff = row->role != ROLE_CUSTOMER && row->role != ROLE_SHOPKEEPER;
	const struct problem *problem = db_run(work->db, NULL,
	    "UPDATE sessions SET last_active_at = NOW(3), expires_at = IF(is_face, NOW(3) + INTERVAL ? SECOND, expires_at) "
	    "WHERE id = ? AND last_active_at <= " LATELY,
	    P(staff ? config->auth.face_staff_seconds : config->auth.face_seconds), P(row->session));

	if (problem != OK)
		log_warning("cannot note that a session was used", LOG_TEXT("cause", problem->message));
}

/* The session of the user, once for each permission beyond the role's: a join costs less than to put them together. */
#define SELECT_VIEWER \
	"SELECT s.id AS session, u.id AS user, u.role, u.status, s.ended_at IS NOT NULL OR s.expires_at <= NOW(3) AS ended, " \
	"IFNULL(s.confirmed_at, s.created_at) > NOW(3) - INTERVAL ? SECOND AS confirmed, s.last_active_at > " LATELY \
	" AS seen_lately, u.totp_since IS NOT NULL AS has_factor, p.permission AS extra, m.id AS merchant, " \
	"IFNULL(m.status = 'active', FALSE) AS merchant_active " \
	"FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN merchants m ON m.user_id = u.id " \
	"LEFT JOIN user_permissions p ON p.user_id = u.id WHERE "

static const struct problem *
take_viewer(struct work *work, const struct signed_in *row, size_t count)
{
	struct viewer *viewer = &work->viewer;

	if (count > 0 && row->ended)
		viewer->former = row->user;
	if (count == 0 || row->ended)
		return problem(SESSION_ENDED, "the session has ended; log in again");
	if (row->status != 0)
		return problem(ACCOUNT_DISABLED, "the account is disabled");
	if (!row->seen_lately)
		note_session_use(work, row);
	viewer->user = row->user;
	viewer->session = row->session;
	viewer->confirmed = row->confirmed;
	viewer->role = row->role;
	viewer->permissions = role_permissions((enum role)row->role);
	for (size_t i = 0; i < count; i++)
		if (row[i].extra != NULL)
			viewer->permissions |= permission_by_name(row[i].extra);
	add_factor(work, row->has_factor);
	/* Who no longer keeps the shop has no more business in it. */
	viewer->merchant = row->role == ROLE_SHOPKEEPER ? (struct merchant_id *)row->merchant : NULL;
	viewer->merchant_active = row->merchant_active && viewer->merchant != NULL;
	return OK;
}

const struct problem *
read_viewer(struct work *work, struct user_id user, struct session_id session)
{
	struct signed_in *row;
	size_t            count;

	TRY(db_rows(work->db, &signed_in_shape, EXTRA_MAX, &row, &count, SELECT_VIEWER "s.id = ? AND s.user_id = ?",
	    P(work->config->auth.confirm_seconds), P(session), P(user)));
	return take_viewer(work, row, count);
}

const struct problem *
read_face_viewer(struct work *work, const char *secret)
{
	struct signed_in *row;
	size_t            count;

	TRY(db_rows(work->db, &signed_in_shape, EXTRA_MAX, &row, &count, SELECT_VIEWER "s.refresh_hash = ? AND s.is_face",
	    P(work->config->auth.confirm_seconds), P(api_key_hash(work->arena, secret))));
	return take_viewer(work, row, count);
}

const struct problem *
read_user_viewer(struct work *work, struct user_id user)
{
	struct signed_in *row;
	size_t            count;

	TRY(db_rows(work->db, &signed_in_shape, EXTRA_MAX, &row, &count,
	    "SELECT u.id AS user, u.role, u.status, TRUE AS seen_lately, u.totp_since IS NOT NULL AS has_factor, "
	    "p.permission AS extra, m.id AS merchant, IFNULL(m.status = 'active', FALSE) AS merchant_active FROM users u "
	    "LEFT JOIN merchants m ON m.user_id = u.id LEFT JOIN user_permissions p ON p.user_id = u.id WHERE u.id = ?",
	    P(user)));
	if (count == 0)
		return problem(ACCOUNT_DISABLED, "the account is gone");
	return take_viewer(work, row, count);
}

bool
is_api_key(const char *token)
{
	return strncmp(token, "hk_", 3) == 0;
}

struct bytes
api_key_hash(struct arena *arena, const char *key)
{
	unsigned char *hash = arena_alloc(arena, DIGEST);

	sha256(key, strlen(key), hash);
	return (struct bytes) { hash, DIGEST };
}

struct key_row {
	struct api_key_id  id;
	struct merchant_id merchant;
	struct user_id     owner;
	int                role, status;
	const char        *scopes;
	bool               ended, merchant_active, seen_lately;
	int64_t           *rate_limit;
};

static const struct member key_row_members[] = {
	M_ID(struct key_row, id, "id"),
	M_ID(struct key_row, merchant, "merchant_id"),
	M_ID(struct key_row, owner, "user_id"),
	M_ENUM(struct key_row, role, "role", role_values),
	M_ENUM(struct key_row, status, "status", user_status_values),
	M_TEXT(struct key_row, scopes, "scopes", 1000),
	M_BOOLEAN(struct key_row, ended, "ended"),
	M_BOOLEAN(struct key_row, merchant_active, "merchant_active"),
	M_BOOLEAN(struct key_row, seen_lately, "seen_lately"),
	M_INTEGER(struct key_row, rate_limit, "rate_limit", 1, INT32_MAX),
};
SHAPE(struct key_row, key_row_shape, "KeyRow", key_row_members);

const struct problem *
read_key_viewer(struct work *work, const char *key)
{
	struct viewer  *viewer = &work->viewer;
	struct key_row *row;

	TRY(db_row(work->db, &key_row_shape, &row,
	    "SELECT k.id, k.merchant_id, m.user_id, u.role, u.status, k.scopes, "
	    "k.revoked_at IS NOT NULL OR IFNULL(k.expires_at <= NOW(3), FALSE) AS ended, m.status = 'active' AS merchant_active, "
	    "IFNULL(k.last_used_at > " LATELY ", FALSE) AS seen_lately, m.rate_limit "
	    "FROM api_keys k JOIN merchants m ON m.id = k.merchant_id JOIN users u ON u.id = m.user_id WHERE k.key_hash = ?",
	    P(api_key_hash(work->arena, key))));
	if (row == NULL || row->ended || row->status != 0 || row->role != ROLE_SHOPKEEPER)
		return problem(UNAUTHENTICATED, "the API key is invalid, revoked or has expired");
	if (!row->merchant_active)
		return problem(MERCHANT_INACTIVE, "the shop is not active");
	viewer->user = row->owner;
	viewer->role = row->role;
	viewer->permissions = key_permissions(permissions_by_names(row->scopes) & role_permissions(ROLE_SHOPKEEPER));
	viewer->merchant = &row->merchant;
	viewer->merchant_active = true;
	viewer->key = &row->id;
	viewer->calls_a_minute = row->rate_limit == NULL ? 0 : *row->rate_limit;
	if (!row->seen_lately)
		note_use(work,
		    "UPDATE api_keys SET last_used_at = NOW(3), updated_at = updated_at WHERE id = ? "
		    "AND (last_used_at IS NULL OR last_used_at <= " LATELY ")",
		    row->id.uuid);
	return OK;
}
