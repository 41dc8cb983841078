/* Registration: a new account, and its shop. */
#include "accounts/accounts.h"
#include "accounts/password.h"

#include "base/arena.h"
#include "events/audit.h"
#include "store/db.h"

#include <string.h>

static const struct problem *
insert_user(struct work *work, struct user_id id, const struct new_user *user, const char *email, const char *hash)
{
	const struct problem *problem;

	problem = db_run(work->db, NULL,
	    "INSERT INTO users (id, email, phone, full_name, password_hash, role, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(email), P(user->phone), P(user->full_name), P(hash), P(role_values[user->role]), P(acting_user(work)));
	if (db_duplicate(work->db, problem, "uq_users_email"))
		return problem_at(work->arena, PROBLEM_EMAIL_TAKEN, "email", "belongs to another account");
	if (db_duplicate(work->db, problem, "uq_users_phone"))
		return problem_at(work->arena, PROBLEM_PHONE_TAKEN, "phone", "belongs to another account");
	return problem;
}

static const struct problem *
insert_merchant(struct work *work, struct user_id user, const struct new_merchant *shop, struct merchant **merchant)
{
	struct merchant_id    id = NEW_ID(merchant_id);
	const struct problem *problem;

	problem = db_run(work->db, NULL,
	    "INSERT INTO merchants (id, user_id, shop_name, business_type, business_id, gst_number, currency, created_by) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(user), P(shop->shop_name), P(business_type_values[shop->business_type]), P(shop->business_id),
	    P(shop->gst_number), P(shop->currency), P(user));
	if (db_duplicate(work->db, problem, "uq_merchants_business_id"))
		return problem_at(work->arena, PROBLEM_BUSINESS_ID_TAKEN, "business_id", "belongs to another shop");
	TRY(problem);
	TRY(read_merchant(work, id, merchant));
	return record_merchant_event(work, EVENT_MERCHANT_CREATED, *merchant);
}

static const struct problem *
insert_account(struct work *work, const struct new_user *new_user, const struct new_merchant *shop, const char *email,
    const char *hash, struct user **user, struct merchant **merchant)
{
	struct user_id   id = NEW_ID(user_id);
	struct merchant *inserted;

	TRY(insert_user(work, id, new_user, email, hash));
	TRY(read_user(work, id, user));
	TRY(record_user_event(work, EVENT_USER_CREATED, *user));
	return shop == NULL ? OK : insert_merchant(work, id, shop, merchant != NULL ? merchant : &inserted);
}

const struct problem *
register_account(struct work *work, const struct new_user *new_user, const struct new_merchant *shop, struct user **user,
    struct merchant **merchant)
{
	const char   *email = normal_email(work->arena, new_user->email), *hash;
	struct faults faults = { .count = 0 };

	TRY(password_rules(work, "password", new_user->password, email, new_user->full_name, &faults));
	if (faults.count > 0)
		return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the password is too weak; see details", &faults);
	hash = password_hash(work, new_user->password);
	return db_transaction(work, insert_account(work, new_user, shop, email, hash, user, merchant));
}
