#include "accounts/addresses.h"

#include "store/db.h"

const char *const address_kind_values[] = { "shipping", "billing", NULL };

static const struct member address_members[] = {
	M_ID(struct address, id, "id"),
	M_ENUM(struct address, kind, "kind", address_kind_values),
	M_TEXT(struct address, full_name, "full_name", 150, .required = true, .example = "\"Amina Khatun\""),
	M_TEXT(struct address, phone, "phone", 20, .required = true, .example = "\"+8801700000001\""),
	M_TEXT(struct address, line1, "line1", 200, .required = true, .example = "\"12 Green Road\""),
	M_TEXT(struct address, line2, "line2", 200, .example = "\"Flat 3\""),
	M_TEXT(struct address, city, "city", 100, .required = true, .example = "\"Dhaka\""),
	M_TEXT(struct address, state, "state", 100, .example = "null"),
	M_TEXT(struct address, postal_code, "postal_code", 20, .required = true, .example = "\"1205\""),
	M_TEXT(struct address, country, "country", 2, .required = true, .format = FORMAT_COUNTRY, .example = "\"BD\""),
	M_BOOLEAN(struct address, is_default, "is_default"),
	M_INTEGER(struct address, version, "version", 1, INT64_MAX, .description = "Incremented by each change."),
	M_TIME(struct address, created_at, "created_at"),
	M_TIME(struct address, updated_at, "updated_at"),
};
SHAPE_SHARED(struct address, address_shape, "Address", address_members);

enum { PHONE_MIN = 5 };

#define ADDRESS_MEMBERS(needed) \
	M_ENUM(struct address, kind, "kind", address_kind_values, .required = needed), \
	    M_TEXT(struct address, full_name, "full_name", 150, .required = needed, .min = 1, .example = "\"Amina Khatun\""), \
	    M_TEXT(struct address, phone, "phone", 20, .required = needed, .min = PHONE_MIN, .example = "\"+8801700000001\""), \
	    M_TEXT(struct address, line1, "line1", 200, .required = needed, .min = 1, .example = "\"12 Green Road\""), \
	    M_TEXT(struct address, line2, "line2", 200, .nullable = true, .example = "\"Flat 3\""), \
	    M_TEXT(struct address, city, "city", 100, .required = needed, .min = 1, .example = "\"Dhaka\""), \
	    M_TEXT(struct address, state, "state", 100, .nullable = true, .example = "\"Dhaka Division\""), \
	    M_TEXT(struct address, postal_code, "postal_code", 20, .required = needed, .min = 1, .example = "\"1205\""), \
	    M_TEXT(struct address, country, "country", 2, .required = needed, .min = 1, .format = FORMAT_COUNTRY, \
		.example = "\"BD\"", .description = "ISO 3166-1 alpha-2")

static const struct member address_create_members[] = {
	ADDRESS_MEMBERS(true),
	M_BOOLEAN(struct address, is_default, "is_default", .defaulted = true, .preset = 0,
	    .description = "The first of its kind is always the default."),
};
SHAPE_SHARED(struct address, address_create_shape, "NewAddress", address_create_members,
    .seen_offset = SEEN(struct address, seen), .whole = true);

static const struct member address_change_members[] = {
	ADDRESS_MEMBERS(false),
	M_BOOLEAN(struct address, is_default, "is_default"),
};
SHAPE_SHARED(
    struct address, address_change_shape, "AddressChange", address_change_members, .seen_offset = SEEN(struct address, seen));

const struct problem *
list_addresses(struct work *work, struct address **addresses, size_t *count)
{
	return db_rows(work->db, &address_shape, ADDRESSES_MAX, addresses, count,
	    "SELECT {} FROM addresses WHERE user_id = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT ?", P(work->viewer.user),
	    P(ADDRESSES_MAX));
}

const struct problem *
read_address(struct work *work, struct address_id id, struct address **address)
{
	return db_one(work->db, &address_shape, address,
	    "SELECT {} FROM addresses WHERE id = ? AND user_id = ? AND deleted_at IS NULL", P(id), P(work->viewer.user));
}

static const struct problem *
lock_user(struct work *work)
{
	int64_t locked;

	return db_value(work->db, &locked, "SELECT 1 FROM users WHERE id = ? FOR UPDATE", P(work->viewer.user));
}

/* Clear the default of the kind, unless it is `but`. */
static const struct problem *
clear_default(struct work *work, int kind, struct address_id but)
{
	return db_run(work->db, NULL,
	    "UPDATE addresses SET is_default = FALSE, version = version + 1, updated_by = ? "
	    "WHERE user_id = ? AND kind = ? AND is_default AND deleted_at IS NULL AND id <> ?",
	    P(work->viewer.user), P(work->viewer.user), P(address_kind_values[kind]), P(but));
}

static const struct problem *
choose_new_default(struct work *work, int kind)
{
	return db_run(work->db, NULL,
	    "UPDATE addresses SET is_default = TRUE, version = version + 1, updated_by = ? "
	    "WHERE user_id = ? AND kind = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT 1",
	    P(work->viewer.user), P(work->viewer.user), P(address_kind_values[kind]));
}

/* How many addresses the user has. */
struct address_counts {
	int64_t all, of_kind;
};

static const struct member address_counts_members[] = {
	M_INTEGER(struct address_counts, all, "n_all", 0, INT64_MAX),
	M_INTEGER(struct address_counts, of_kind, "n_of_kind", 0, INT64_MAX),
};
SHAPE(struct address_counts, address_counts_shape, "AddressCounts", address_counts_members);

static const struct problem *
insert_address(struct work *work, struct address_id id, const struct address *a, bool is_default)
{
	transaction_witness(work, "SELECT COUNT(*) FROM addresses WHERE id = ?", id.uuid);
	return db_run(work->db, NULL,
	    "INSERT INTO addresses (id, user_id, kind, full_name, phone, line1, line2, city, state, postal_code, country, "
	    "is_default, created_by, updated_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(work->viewer.user), P(address_kind_values[a->kind]), P(a->full_name), P(a->phone), P(a->line1), P(a->line2),
	    P(a->city), P(a->state), P(a->postal_code), P(a->country), P(is_default), P(work->viewer.user), P(work->viewer.user));
}

const struct problem *
create_address(struct work *work, const struct address *body, struct address **address)
{
	struct address_id      id = NEW_ID(address_id);
	struct address_counts *counts;

	TRY(lock_user(work));
	TRY(db_row(work->db, &address_counts_shape, &counts,
	    "SELECT COUNT(*) AS n_all, COUNT(IF(kind = ?, 1, NULL)) AS n_of_kind FROM addresses "
	    "WHERE user_id = ? AND deleted_at IS NULL",
	    P(address_kind_values[body->kind]), P(work->viewer.user)));
	if (counts->all >= ADDRESSES_MAX)
		return problem(CONFLICT, "an account has at most 100 addresses");
	if (body->is_default && counts->of_kind > 0)
		TRY(clear_default(work, body->kind, id));
	TRY(insert_address(work, id, body, body->is_default || counts->of_kind == 0));
	return read_address(work, id, address);
}

static const struct problem *
lock_address(struct work *work, struct address_id id, const struct expected_version *expected, struct address **address)
{
	TRY(lock_user(work));
	TRY(read_address(work, id, address));
	return check_version(expected, id.uuid, (*address)->version);
}

const struct problem *
update_address(struct work *work, struct address_id id, const struct shape *shape, const struct address *body,
    const struct expected_version *expected, struct address **address)
{
	struct address *a;
	int             old_kind;
	bool            was_default;

	TRY(lock_address(work, id, expected, &a));
	old_kind = a->kind;
	was_default = a->is_default;
	shape_merge(shape, body, a);
	if (a->is_default)
		TRY(clear_default(work, a->kind, id));
	TRY(db_run(work->db, NULL,
	    "UPDATE addresses SET kind = ?, full_name = ?, phone = ?, line1 = ?, line2 = ?, city = ?, state = ?, "
	    "postal_code = ?, country = ?, is_default = ?, version = version + 1, updated_by = ? WHERE id = ? AND user_id = ?",
	    P(address_kind_values[a->kind]), P(a->full_name), P(a->phone), P(a->line1), P(a->line2), P(a->city), P(a->state),
	    P(a->postal_code), P(a->country), P(a->is_default), P(work->viewer.user), P(id), P(work->viewer.user)));
	if (was_default && old_kind != a->kind)
		TRY(choose_new_default(work, old_kind));
	return read_address(work, id, address);
}

const struct problem *
delete_address(struct work *work, struct address_id id, const struct expected_version *expected)
{
	struct address *a;

	TRY(lock_address(work, id, expected, &a));
	TRY(db_run(work->db, NULL,
	    "UPDATE addresses SET deleted_at = NOW(3), is_default = FALSE, version = version + 1, updated_by = ? "
	    "WHERE id = ? AND user_id = ?",
	    P(work->viewer.user), P(id), P(work->viewer.user)));
	return a->is_default ? choose_new_default(work, a->kind) : OK;
}
