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
	M_INTEGER(struct address, version, "version", 1, INT64_MAX, .description = "Goes up with each change."),
	M_TIME(struct address, created_at, "created_at"),
	M_TIME(struct address, updated_at, "updated_at"),
};
SHAPE_SHARED(struct address, address_shape, "Address", address_members);

const struct problem *
list_addresses(struct work *work, struct address **addresses, size_t *count)
{
	return db_rows(work->db, &address_shape, ADDRESSES_MAX, addresses, count,
	    "SELECT id, kind, full_name, phone, line1, line2, city, state, postal_code, country, is_default, version, "
	    "created_at, updated_at FROM addresses WHERE user_id = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT ?",
	    P(work->viewer.user), P(ADDRESSES_MAX));
}

const struct problem *
find_address(struct work *work, struct address_id id, struct address **address)
{
	TRY(db_row(work->db, &address_shape, address,
	    "SELECT id, kind, full_name, phone, line1, line2, city, state, postal_code, country, is_default, version, "
	    "created_at, updated_at FROM addresses WHERE id = ? AND user_id = ? AND deleted_at IS NULL",
	    P(id), P(work->viewer.user)));
	return *address != NULL ? OK : problem(NOT_FOUND, "there is no such address");
}

static const struct problem *
lock_user(struct work *work)
{
	int64_t there;

	return db_value(work->db, &there, "SELECT 1 AS value FROM users WHERE id = ? FOR UPDATE", P(work->viewer.user));
}

/* No other of the kind is the default any more. */
static const struct problem *
clear_default(struct work *work, int kind, struct address_id but)
{
	return db_run(work->db, NULL,
	    "UPDATE addresses SET is_default = FALSE, version = version + 1, updated_by = ? "
	    "WHERE user_id = ? AND kind = ? AND is_default AND deleted_at IS NULL AND id <> ?",
	    P(work->viewer.user), P(work->viewer.user), P(address_kind_values[kind]), P(but));
}

static const struct problem *
pass_default_on(struct work *work, int kind)
{
	return db_run(work->db, NULL,
	    "UPDATE addresses SET is_default = TRUE, version = version + 1, updated_by = ? "
	    "WHERE user_id = ? AND kind = ? AND deleted_at IS NULL ORDER BY id DESC LIMIT 1",
	    P(work->viewer.user), P(work->viewer.user), P(address_kind_values[kind]));
}

/* One change under way; `address` is what is written. */
struct address_work {
	struct address_id            id;
	struct address               address;
	const struct address_change *change;
	const struct problem *(*check)(const struct address *address, void *argument);
	void *argument;
};

struct held {
	int64_t all, of_kind;
};

static const struct member held_members[] = {
	M_INTEGER(struct held, all, "n_all", 0, INT64_MAX),
	M_INTEGER(struct held, of_kind, "n_of_kind", 0, INT64_MAX),
};
SHAPE(struct held, held_shape, "AddressesHeld", held_members);

static const struct problem *
insert(struct work *work, void *argument)
{
	struct address_work  *adding = argument;
	const struct address *a = &adding->address;
	struct held          *held;
	bool                  is_default;

	TRY(lock_user(work));
	TRY(db_row(work->db, &held_shape, &held,
	    "SELECT COUNT(*) AS n_all, COUNT(IF(kind = ?, 1, NULL)) AS n_of_kind FROM addresses "
	    "WHERE user_id = ? AND deleted_at IS NULL",
	    P(address_kind_values[a->kind]), P(work->viewer.user)));
	if (held->all >= ADDRESSES_MAX)
		return problem(CONFLICT, "there are as many addresses as one account may have");
	is_default = a->is_default || held->of_kind == 0;
	if (is_default && held->of_kind > 0)
		TRY(clear_default(work, a->kind, adding->id));
	transaction_witness(work, "SELECT COUNT(*) AS value FROM addresses WHERE id = ?", adding->id.uuid);
	return db_run(work->db, NULL,
	    "INSERT INTO addresses (id, user_id, kind, full_name, phone, line1, line2, city, state, postal_code, country, "
	    "is_default, created_by, updated_by) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(adding->id), P(work->viewer.user), P(address_kind_values[a->kind]), P(a->full_name), P(a->phone), P(a->line1), P(a->line2),
	    P(a->city), P(a->state), P(a->postal_code), P(a->country), P(is_default), P(work->viewer.user), P(work->viewer.user));
}

const struct problem *
add_address(struct work *work, const struct address *address, struct address **added)
{
	struct address_work adding = { .id = NEW_ID(address_id), .address = *address };

	TRY(db_transaction(work, insert(work, &adding)));
	return find_address(work, adding.id, added);
}

/* What is written: the present address with what the change names. */
static void
merge(struct address *a, const struct address_change *change)
{
#define TAKE(field) do { if (change->field != NULL) a->field = change->field; } while (0)
	TAKE(full_name);
	TAKE(phone);
	TAKE(line1);
	TAKE(city);
	TAKE(postal_code);
	TAKE(country);
#undef TAKE
	if (change->has_line2)
		a->line2 = change->line2;
	if (change->has_state)
		a->state = change->state;
	if (change->kind != NULL)
		a->kind = *change->kind;
	if (change->is_default != NULL)
		a->is_default = *change->is_default;
}

static const struct problem *
update(struct work *work, void *argument)
{
	struct address_work *changing = argument;
	struct address      *a;
	int                  old_kind;
	bool                 was_default;

	TRY(lock_user(work));
	TRY(find_address(work, changing->id, &a));
	TRY(changing->check(a, changing->argument));
	old_kind = a->kind;
	was_default = a->is_default;
	merge(a, changing->change);
	if (a->is_default)
		TRY(clear_default(work, a->kind, changing->id));
	TRY(db_run(work->db, NULL,
	    "UPDATE addresses SET kind = ?, full_name = ?, phone = ?, line1 = ?, line2 = ?, city = ?, state = ?, "
	    "postal_code = ?, country = ?, is_default = ?, version = version + 1, updated_by = ? WHERE id = ? AND user_id = ?",
	    P(address_kind_values[a->kind]), P(a->full_name), P(a->phone), P(a->line1), P(a->line2), P(a->city), P(a->state),
	    P(a->postal_code), P(a->country), P(a->is_default), P(work->viewer.user), P(changing->id), P(work->viewer.user)));
	return was_default && old_kind != a->kind ? pass_default_on(work, old_kind) : OK;
}

const struct problem *
change_address(struct work *work, struct address_id id, const struct address_change *change,
    const struct problem *(*check)(const struct address *address, void *argument), void *argument, struct address **changed)
{
	struct address_work changing = { .id = id, .change = change, .check = check, .argument = argument };

	TRY(db_transaction(work, update(work, &changing)));
	return find_address(work, id, changed);
}

static const struct problem *
mark_deleted(struct work *work, void *argument)
{
	struct address_work *deleting = argument;
	struct address      *a;

	TRY(lock_user(work));
	TRY(find_address(work, deleting->id, &a));
	TRY(deleting->check(a, deleting->argument));
	TRY(db_run(work->db, NULL,
	    "UPDATE addresses SET deleted_at = NOW(3), is_default = FALSE, version = version + 1, updated_by = ? "
	    "WHERE id = ? AND user_id = ?", P(work->viewer.user), P(deleting->id), P(work->viewer.user)));
	return a->is_default ? pass_default_on(work, a->kind) : OK;
}

const struct problem *
delete_address(struct work *work, struct address_id id,
    const struct problem *(*check)(const struct address *address, void *argument), void *argument)
{
	struct address_work deleting = { .id = id, .check = check, .argument = argument };

	return db_transaction(work, mark_deleted(work, &deleting));
}
