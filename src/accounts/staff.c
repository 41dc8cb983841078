#include "accounts/staff.h"

#include "accounts/factor.h"
#include "accounts/merchants.h"
#include "accounts/session.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "events/audit.h"
#include "store/list.h"
#include "store/metadata.h"

#include <string.h>

enum { GRAM = 3 }; /* characters of user_grams.gram */

static const struct member staff_user_members[] = {
	USER_MEMBERS(struct staff_user, user.),
	M_METADATA(struct staff_user, user.metadata, .required = true),
	M_TEXTS(struct staff_user, permissions, n_permissions, "permissions", PERMISSIONS_MAX,
	    .description = "Permissions in addition to the role's."),
	M_TEXTS(struct staff_user, modules, n_modules, "assigned_modules", MODULES_MAX, .example = "[\"orders\", \"stock\"]",
	    .description = "The pages of the administration that they see; empty: all that the permissions open."),
};
SHAPE_SHARED(struct staff_user, staff_user_shape, "StaffUser", staff_user_members);

/* The `length` characters of a text from the one at `at` on. */
static const char *
characters(struct arena *arena, const char *text, size_t at, size_t length)
{
	const char *end;

	for (; at > 0; at--)
		text += utf8_character(text, strlen(text));
	for (end = text; length > 0 && *end != '\0'; length--)
		end += utf8_character(end, strlen(end));
	return arena_copy(arena, text, (size_t)(end - text));
}

/*
 * By any part of e-mail address, name or phone number.  Its grams (user_grams) say who may have it: the first, the middle and
 * the last of them, of which the server begins with the rarest.  Of these the newest are looked at, whether they hold the whole
 * part.  A part too short to have a gram would fit nearly everybody: it is the beginning of an e-mail address.
 */
#define CANDIDATES "10000"

static struct list
begin_search(struct work *work, const char *part)
{
	size_t      length = utf8_length(part), last = length < GRAM ? 0 : length - GRAM;
	const char *like = like_part(work->arena, part);
	struct list list;

	if (length < GRAM) {
		list = list_begin(work, "SELECT {u}", "FROM (SELECT e.id FROM users e");
		list_append(&list,
		    "WHERE e.email LIKE ? ORDER BY e.email LIMIT " CANDIDATES ") g STRAIGHT_JOIN users u ON u.id = g.id",
		    P(like_prefix(work->arena, part)));
		return list;
	}
	list = list_begin(work, "SELECT {u}", "FROM (SELECT a.user_id FROM user_grams a");
	list_append(&list,
	    "JOIN user_grams b ON b.user_id = a.user_id AND b.gram = ? JOIN user_grams c ON c.user_id = a.user_id "
	    "AND c.gram = ? WHERE a.gram = ? ORDER BY a.user_id DESC LIMIT " CANDIDATES
	    ") g STRAIGHT_JOIN users u ON u.id = g.user_id",
	    P(characters(work->arena, part, last / 2, GRAM)), P(characters(work->arena, part, last, GRAM)),
	    P(characters(work->arena, part, 0, GRAM)));
	list_where(&list, "(u.email LIKE ? OR u.full_name COLLATE utf8mb4_general_ci LIKE ? OR u.phone LIKE ?)", P(like), P(like),
	    P(like));
	return list;
}

const struct problem *
list_users(
    struct work *work, const struct user_filter *filter, int64_t number, int64_t size, struct user **users, struct listed *listed)
{
	struct list list =
	    filter->search == NULL ? list_begin(work, "SELECT {u}", "FROM users u") : begin_search(work, filter->search);

	if (filter->role != NULL)
		list_where(&list, "u.role = ?", P(role_values[*filter->role]));
	if (filter->status != NULL)
		list_where(&list, "u.status = ?", P(user_status_values[*filter->status]));
	return list_numbered(&list, &user_shape, "u.id DESC", number, size, users, listed);
}

struct permission_row {
	const char *permission;
};

static const struct member permission_row_members[] = {
	M_TEXT(struct permission_row, permission, "permission", 64, .required = true),
};
SHAPE(struct permission_row, permission_row_shape, "PermissionRow", permission_row_members);

const struct problem *
read_staff_user(struct work *work, struct user_id id, struct staff_user *user)
{
	struct permission_row *rows;
	struct user           *found;
	const char           **names;

	TRY(read_user(work, id, &found));
	TRY(db_rows(work->db, &permission_row_shape, PERMISSIONS_MAX, &rows, &user->n_permissions,
	    "SELECT permission FROM user_permissions WHERE user_id = ? ORDER BY permission LIMIT ?", P(id), P(PERMISSIONS_MAX)));
	names = ARENA_ARRAY(work->arena, user->n_permissions + 1, const char *);
	for (size_t i = 0; i < user->n_permissions; i++)
		names[i] = rows[i].permission;
	user->user = *found;
	user->permissions = names;
	user->modules = user_modules(work->arena, found, &user->n_modules);
	return OK;
}

/* ---- changes ---- */

/* Only who holds a staff permission may take it or give it: else whoever manages users could make themselves anything. */
static const struct problem *
check_held(struct work *work, uint64_t permissions, const char *where, const char *what)
{
	uint64_t lacked = staff_permissions(permissions) & ~work->viewer.permissions;

	if (lacked == 0)
		return OK;
	return problem_at(work->arena, PROBLEM_FORBIDDEN, where,
	    arena_format(
		work->arena, "%s '%s', which you lack", what, permission_name((enum permission_bit)__builtin_ctzll(lacked))));
}

static uint64_t
extra_permissions(const struct staff_user *user)
{
	uint64_t bits = 0;

	for (size_t i = 0; i < user->n_permissions; i++)
		bits |= permission_by_name(user->permissions[i]);
	return bits;
}

static const struct problem *
check_rights(struct work *work, const struct staff_user *before, const struct user_change *change)
{
	uint64_t held = role_permissions((enum role)before->user.role) | extra_permissions(before);

	TRY(check_held(work, held, "id", "the account holds"));
	if (change->role != NULL)
		TRY(check_held(work, role_permissions((enum role) * change->role), "role", "the role grants"));
	return change->permissions == NULL ? OK : check_held(work, *change->permissions, "permissions", "must not grant");
}

/* A staff account whose password can be reset by a letter must be its owner's. */
static const struct problem *
check_verified(const struct staff_user *before, const struct user_change *change)
{
	uint64_t granted = change->permissions == NULL ? 0 : *change->permissions & ~extra_permissions(before);

	if (change->role != NULL && *change->role != before->user.role)
		granted |= role_permissions((enum role) * change->role);
	if (before->user.email_verified || staff_permissions(granted) == 0)
		return OK;
	return problem(EMAIL_UNVERIFIED, "staff need a verified e-mail address");
}

static const struct problem *
check_shop(struct work *work, const struct user *before, const struct user_change *change)
{
	int64_t shops;

	if (before->status == USER_DELETED)
		return problem(CONFLICT, "the account is deleted");
	if (change->role == NULL || *change->role != ROLE_SHOPKEEPER || before->role == ROLE_SHOPKEEPER)
		return OK;
	TRY(db_value(work->db, &shops, "SELECT COUNT(*) FROM merchants WHERE user_id = ?", P(before->id)));
	return shops > 0 ? OK : problem(CONFLICT, "the role shopkeeper requires an account with a shop");
}

static bool
ends(const struct user_change *change, enum role role)
{
	return (change->role != NULL && *change->role != (int)role) || (change->status != NULL && *change->status != USER_ACTIVE);
}

/*
 * Without an admin nobody could make another.  All of them are locked, in the order of their index and before the user's own
 * row, so that two who end each other follow one another; what this statement does not find the later one does not, either.
 */
static const struct problem *
check_not_last_admin(struct work *work, struct user_id id, const struct user_change *change)
{
	int64_t others, is_admin;

	if (!ends(change, ROLE_ADMIN))
		return OK;
	TRY(db_value(work->db, &others,
	    "SELECT COUNT(IF(id = ?, NULL, 1)) FROM users WHERE role = 'admin' AND status = 'active' FOR UPDATE", P(id)));
	if (others > 0)
		return OK;
	TRY(db_value(
	    work->db, &is_admin, "SELECT COUNT(*) FROM users WHERE id = ? AND role = 'admin' AND status = 'active'", P(id)));
	return is_admin == 0 ? OK : problem(CONFLICT, "the last active admin cannot be changed");
}

/* Suspends the shop of a disabled or demoted owner; activating it again is a separate decision. */
static const struct problem *
suspend_owned_shop(struct work *work, const struct user *before, const struct user_change *change)
{
	struct merchant *merchant;

	if (before->role != ROLE_SHOPKEEPER || !ends(change, ROLE_SHOPKEEPER))
		return OK;
	return suspend_shop_of(work, before->id, &merchant);
}

static const struct problem *
replace_permissions(struct work *work, struct user_id id, uint64_t bits)
{
	struct parameter *parameters = ARENA_ARRAY(work->arena, 3 * PERMISSION__COUNT, struct parameter);
	size_t            rows = 0;

	TRY(db_run(work->db, NULL, "DELETE FROM user_permissions WHERE user_id = ?", P(id)));
	for (unsigned bit = 0; bit < PERMISSION__COUNT; bit++)
		if (bits >> bit & 1) {
			parameters[3 * rows] = P(id);
			parameters[3 * rows + 1] = P(permission_name((enum permission_bit)bit));
			parameters[3 * rows++ + 2] = P(acting_user(work));
		}
	return db_run_many(work->db, NULL, "INSERT INTO user_permissions (user_id, permission, created_by) VALUES [(?, ?, ?)]",
	    rows, 3, parameters);
}

static const struct problem *
write_change(struct work *work, struct user_id id, const struct user_change *change)
{
	const struct problem *problem = db_run(work->db, NULL,
	    "UPDATE users SET role = IFNULL(?, role), status = IFNULL(?, status), assigned_modules = IFNULL(?, assigned_modules), "
	    "metadata = " METADATA_PATCH ", updated_by = ? WHERE id = ?",
	    P(change->role == NULL ? NULL : role_values[*change->role]),
	    P(change->status == NULL ? NULL : user_status_values[*change->status]), P(change->modules),
	    METADATA_PARAMETERS(change->has_metadata, change->metadata), P(acting_user(work)), P(id));

	TRY(metadata_problem(work, problem, "ck_users_metadata"));
	if (change->permissions != NULL)
		TRY(replace_permissions(work, id, *change->permissions));
	if (change->status != NULL && *change->status == USER_DISABLED)
		TRY(end_sessions(work, id, NULL, SESSION_DISABLED));
	return OK;
}

/* The row stays locked until the end, so that two changes of one user follow each other. */
const struct problem *
update_user(struct work *work, struct user_id id, const struct user_change *change, struct staff_user *user)
{
	struct staff_user before;
	int64_t           locked;

	if (ID_EQUAL(id, work->viewer.user))
		return problem(CONFLICT, "you cannot change your own role, status or permissions");
	TRY(check_not_last_admin(work, id, change));
	TRY(db_value(work->db, &locked, "SELECT 1 FROM users WHERE id = ? FOR UPDATE", P(id)));
	TRY(read_staff_user(work, id, &before));
	TRY(check_rights(work, &before, change));
	TRY(check_verified(&before, change));
	TRY(check_shop(work, &before.user, change));
	TRY(write_change(work, id, change));
	TRY(suspend_owned_shop(work, &before.user, change));
	TRY(read_staff_user(work, id, user));
	return audit_record(work, "user.changed", "user", id.uuid, &staff_user_shape, &before, user);
}

const struct problem *
remove_lost_factor(struct work *work, struct user_id id)
{
	struct user_change none = { 0 };
	struct staff_user  user;

	if (ID_EQUAL(id, work->viewer.user))
		return problem(CONFLICT, "your own second factor is removed by DELETE /accounts/totp");
	TRY(read_staff_user(work, id, &user));
	TRY(check_rights(work, &user, &none));
	return remove_factor(work, id);
}

const struct problem *
lock_user_to_end(struct work *work, struct user_id id, struct staff_user *before)
{
	static const int         ended = USER_DELETED;
	const struct user_change end = { .status = &ended };
	int64_t                  locked;

	TRY(check_not_last_admin(work, id, &end));
	TRY(db_value(work->db, &locked, "SELECT 1 FROM users WHERE id = ? FOR UPDATE", P(id)));
	TRY(read_staff_user(work, id, before));
	if (!ID_EQUAL(id, work->viewer.user))
		TRY(check_rights(work, before, &end));
	return check_shop(work, &before->user, &end);
}

/* --- for operators, by e-mail ---------------------------------------------------------------------------------------- */

/* `sql` takes the user's id and the permission's name. */
static const struct problem *
write_permission(struct work *work, const char *email, uint64_t permission, const char *sql, const char *action)
{
	const char       *name = permission_name((enum permission_bit)__builtin_ctzll(permission));
	struct staff_user before, after;
	struct user      *user;

	TRY(read_user_by_email(work, email, &user));
	TRY(read_staff_user(work, user->id, &before));
	TRY(db_run(work->db, NULL, sql, P(user->id), P(name)));
	TRY(read_staff_user(work, user->id, &after));
	return audit_record(work, action, "user", user->id.uuid, &staff_user_shape, &before, &after);
}

const struct problem *
grant_permission(struct work *work, const char *email, uint64_t permission)
{
	return write_permission(work, email, permission,
	    "INSERT IGNORE INTO user_permissions (user_id, permission) VALUES (?, ?)", "user.permission_granted");
}

const struct problem *
revoke_permission(struct work *work, const char *email, uint64_t permission)
{
	return write_permission(work, email, permission, "DELETE FROM user_permissions WHERE user_id = ? AND permission = ?",
	    "user.permission_revoked");
}
