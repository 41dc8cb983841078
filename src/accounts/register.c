/* A new account, and a new shop with it. */
#include "accounts/accounts.h"
#include "accounts/password.h"

#include "base/arena.h"
#include "events/audit.h"
#include "store/db.h"

#include <string.h>

const char *
normal_email(struct arena *arena, const char *email)
{
	size_t length;
	char  *copy, *at;

	email += strspn(email, " \t\r\n");
	for (length = strlen(email); length > 0 && strchr(" \t\r\n", email[length - 1]) != NULL; length--)
		;
	copy = arena_copy(arena, email, length);
	at = strrchr(copy, '@');
	for (; at != NULL && *at != '\0'; at++)
		if (*at >= 'A' && *at <= 'Z')
			*at = (char)(*at - 'A' + 'a');
	return copy;
}

/* A registration under way. */
struct registration {
	const struct new_user     *user;
	const struct new_merchant *shop;
	const char                *email, *hash;
	struct user_id             user_id;
	struct merchant_id         merchant_id;
};

static const struct problem *
insert_user(struct work *work, const struct registration *registration)
{
	const struct new_user *user = registration->user;
	const struct problem  *problem;

	problem = db_run(work->db, NULL,
	    "INSERT INTO users (id, email, phone, full_name, password_hash, role, created_by) VALUES (?, ?, ?, ?, ?, ?, ?)",
	    P(registration->user_id), P(registration->email), P(user->phone), P(user->full_name), P(registration->hash),
	    P(role_values[user->role]), P(uuid_is_nil(work->viewer.user.uuid) ? NULL : &work->viewer.user));
	if (db_duplicate(work->db, problem, "uq_users_email"))
		return problem_at(work->arena, PROBLEM_EMAIL_TAKEN, "email", "belongs to an account already");
	if (db_duplicate(work->db, problem, "uq_users_phone"))
		return problem_at(work->arena, PROBLEM_PHONE_TAKEN, "phone", "belongs to an account already");
	return problem;
}

static const struct problem *
insert_merchant(struct work *work, const struct registration *registration)
{
	const struct new_merchant *shop = registration->shop;

	TRY(db_run(work->db, NULL,
	    "INSERT INTO merchants (id, user_id, shop_name, business_type, business_id, gst_number, currency, created_by) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	    P(registration->merchant_id), P(registration->user_id), P(shop->shop_name),
	    P(business_type_values[shop->business_type]), P(shop->business_id), P(shop->gst_number), P(shop->currency),
	    P(registration->user_id)));
	return record_merchant_event(work, EVENT_MERCHANT_CREATED, &(struct merchant) { .id = registration->merchant_id,
	    .user = registration->user_id, .business_type = shop->business_type, .status = MERCHANT_PENDING,
	    .currency = shop->currency });
}

static const struct problem *
insert(struct work *work, void *argument)
{
	const struct registration *registration = argument;

	TRY(insert_user(work, registration));
	TRY(record_user_event(work, EVENT_USER_CREATED, &(struct user) { .id = registration->user_id,
	    .role = (int)registration->user->role, .status = USER_ACTIVE }));
	return registration->shop == NULL ? OK : insert_merchant(work, registration);
}

const struct problem *
register_account(struct work *work, const struct new_user *new_user, const struct new_merchant *shop, struct user **user,
    struct merchant **merchant)
{
	struct registration registration = { .user = new_user, .shop = shop, .email = normal_email(work->arena, new_user->email),
		.user_id = NEW_ID(user_id), .merchant_id = NEW_ID(merchant_id) };
	struct faults       faults = { .count = 0 };

	TRY(password_rules(work, "password", new_user->password, registration.email, new_user->full_name, &faults));
	if (faults.count > 0)
		return problem_faults(work->arena, PROBLEM_VALIDATION_FAILED, "the password is not good enough; see details", &faults);
	registration.hash = password_hash(work, new_user->password);
	TRY(db_transaction(work, insert(work, &registration)));
	TRY(find_user(work, registration.user_id, user));
	return shop == NULL || merchant == NULL ? OK : find_merchant(work, registration.merchant_id, merchant);
}
