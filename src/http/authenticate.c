#include "http/authenticate.h"

#include "http/jwt.h"
#include "http/request.h"
#include "store/db.h"

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

/* The token of "Bearer TOKEN"; NULL when the header is absent.  Two of them are refused. */
static const struct problem *
bearer_token(struct request *request, const char **token)
{
	bool        twice;
	const char *header = request_single_header(request, "HTTP_AUTHORIZATION", &twice);

	*token = NULL;
	if (twice)
		return problem(BAD_REQUEST, "the Authorization header occurs twice");
	if (header == NULL)
		return OK;
	if (strncasecmp(header, "Bearer ", 7) != 0)
		return problem(UNAUTHENTICATED, "the Authorization header must be 'Bearer' and an access token");
	*token = header + 7 + strspn(header + 7, " ");
	return OK;
}

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

static const struct problem *
read_session(struct request *request, const struct jwt_claims *claims)
{
	struct viewer    *viewer = &request->work->viewer;
	struct signed_in *row;

	TRY(db_row(request->work->db, &signed_in_shape, &row,
	    "SELECT u.role, u.status, s.ended_at IS NOT NULL OR s.expires_at <= NOW(3) AS ended, "
	    "(SELECT GROUP_CONCAT(p.permission) FROM user_permissions p WHERE p.user_id = u.id) AS extra, "
	    "m.id AS merchant, IFNULL(m.status = 'active', FALSE) AS merchant_active "
	    "FROM sessions s JOIN users u ON u.id = s.user_id LEFT JOIN merchants m ON m.user_id = u.id "
	    "WHERE s.id = ? AND s.user_id = ?",
	    P(claims->session), P(claims->user)));
	if (row == NULL || row->ended)
		return problem(SESSION_ENDED, "the session was ended; log in again");
	if (row->status != 0)
		return problem(ACCOUNT_DISABLED, "the account is disabled");
	viewer->user = claims->user;
	viewer->session = claims->session;
	viewer->role = row->role;
	viewer->permissions = role_permissions((enum role)row->role) | extra_permissions(row->extra);
	/* Who no longer keeps the shop has no more business in it. */
	viewer->merchant = row->role == ROLE_SHOPKEEPER ? row->merchant : NULL;
	viewer->merchant_active = row->merchant_active && viewer->merchant != NULL;
	return OK;
}

const struct problem *
authenticate(struct request *request, const struct jwt_keys *keys)
{
	struct jwt_claims claims;
	const char       *token;

	if (request->route->permission == PUBLIC && !request->route->optional_user)
		return OK;
	TRY(bearer_token(request, &token));
	if (token == NULL)
		return OK; /* the permission decides */
	switch (jwt_check(request->work->arena, keys, token, unix_seconds(), &claims)) {
	case JWT_VALID:
		return read_session(request, &claims);
	case JWT_EXPIRED:
		return problem(TOKEN_EXPIRED, "the access token has expired; refresh it");
	case JWT_INVALID:
		break;
	}
	return problem(UNAUTHENTICATED, "the access token is not valid");
}
