/* Which permissions there are, and what the roles are granted of them. */
#include "base/arena.h"
#include "http/permission.h"
#include "http/request.h"

struct permission_row {
	const char *name;
	bool        staff;
};

static const struct member permission_row_members[] = {
	M_TEXT(struct permission_row, name, "name", 32, .required = true, .example = "\"order:read_all\""),
	M_BOOLEAN(struct permission_row, staff, "staff",
	    .description = "Opens what is another's: whoever holds one is staff, and only who holds it may give it or take it."),
};
SHAPE(struct permission_row, permission_row_shape, "Permission", permission_row_members);

struct role_row {
	int                role;
	const char *const *permissions;
	size_t             n_permissions;
};

static const struct member role_row_members[] = {
	M_ENUM(struct role_row, role, "name", role_values),
	M_TEXTS(struct role_row, permissions, n_permissions, "permissions", PERMISSION__COUNT,
	    .description = "What everybody of the role is granted."),
};
SHAPE(struct role_row, role_row_shape, "Role", role_row_members);

struct rights {
	struct permission_row *permissions;
	size_t                 n_permissions;
	struct role_row       *roles;
	size_t                 n_roles;
};

static const struct member rights_members[] = {
	M_ARRAY(struct rights, permissions, n_permissions, "permissions", permission_row_shape, PERMISSION__COUNT),
	M_ARRAY(struct rights, roles, n_roles, "roles", role_row_shape, ROLE__COUNT),
};
SHAPE(struct rights, rights_shape, "Rights", rights_members);

static struct role_row
role_row(struct arena *arena, enum role role)
{
	const char    **names = ARENA_ARRAY(arena, PERMISSION__COUNT, const char *);
	struct role_row row = { .role = (int)role, .permissions = names };

	for (int bit = 0; bit < PERMISSION__COUNT; bit++)
		if (role_permissions(role) >> bit & 1)
			names[row.n_permissions++] = permission_name((enum permission_bit)bit);
	return row;
}

static const struct problem *
show_rights(struct request *request)
{
	struct arena *arena = request->work->arena;
	struct rights rights = { ARENA_ARRAY(arena, PERMISSION__COUNT, struct permission_row), PERMISSION__COUNT,
		ARENA_ARRAY(arena, ROLE__COUNT, struct role_row), ROLE__COUNT };

	for (int bit = 0; bit < PERMISSION__COUNT; bit++)
		rights.permissions[bit] = (struct permission_row) { permission_name((enum permission_bit)bit),
			staff_permissions(UINT64_C(1) << bit) != 0 };
	for (int role = 0; role < ROLE__COUNT; role++)
		rights.roles[role] = role_row(arena, (enum role)role);
	return respond(request, &rights);
}

static const struct route permission_routes[] = {
	{ GET, "/permissions", .id = "listPermissions", .permission = PERMISSION(USER_READ) | PERMISSION(USER_MANAGE),
	    .answer = { 200, &rights_shape }, .summary = "List the permissions there are, and what each role is granted",
	    .description = "PATCH /users/{id} gives those of staff in addition to a role's.", .handler = show_rights },
};

ROUTE_TABLE(permission_table, "Permissions", "Who may do what.", permission_routes);
