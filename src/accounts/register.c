/* Registration: a new account, and its shop. */
#include "accounts/accounts.h"
#include "accounts/mailbox.h"
#include "accounts/merchants.h"
#include "accounts/password.h"
#include "accounts/session.h"

#include "base/arena.h"
#include "events/audit.h"
#include "store/db.h"

#include <string.h>

static const struct problem *
insert_user(struct work *work, struct user_id id, const struct new_user *user, const char *hash)
{
	const struct problem *problem;

	problem = db_run(work->db, NULL,
	    "INSERT INTO users (id, email, phone, full_name, password_hash, role, email_verified, phone_verified, created_by, "
	    "created_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, IFNULL(?, NOW(3)))",
	    P(id), P(user->email == NULL ? NULL : normal_email(work->arena, user->email)), P(user->phone), P(user->full_name),
	    P(hash), P(role_values[user->role]), P(user->email_verified), P(user->phone_verified), P(acting_user(work)),
	    P(user->created_at));
	if (db_duplicate(work->db, problem, "uq_users_email"))
		return problem_at(work->arena, PROBLEM_EMAIL_TAKEN, "email", "belongs to another account");
	if (db_duplicate(work->db, problem, "uq_users_phone"))
		return problem_at(work->arena, PROBLEM_PHONE_TAKEN, "phone", "belongs to another account");
	return problem;
}

const struct problem *
insert_account(struct work *work, const struct new_user *new_user, const char *hash, struct user **user)
{
	struct user_id id = NEW_ID(user_id);

	TRY(insert_user(work, id, new_user, hash));
	TRY(read_user(work, id, user));
	TRY(record_user_event(work, EVENT_USER_CREATED, *user));
	return audit_record(work, "user.created", "user", id.uuid, &user_shape, NULL, *user);
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
	TRY(name_shop(work, id, shop->shop_name));
	TRY(read_merchant(work, id, merchant));
	TRY(record_merchant_event(work, EVENT_MERCHANT_CREATED, *merchant));
	return audit_record(work, "merchant.created", "merchant", id.uuid, &merchant_shape, NULL, *merchant);
}

static const struct problem *
insert_both(struct work *work, const struct new_user *new_user, const struct new_merchant *shop, const char *hash,
    struct user **user, struct merchant **merchant)
{
	struct merchant *inserted;

	TRY(insert_account(work, new_user, hash, user));
	if (hash == NULL)
		TRY(ask_first_password(work, *user));
	else if (!new_user->email_verified)
		TRY(ask_verification(work, *user));
	return shop == NULL ? OK : insert_merchant(work, (*user)->id, shop, merchant != NULL ? merchant : &inserted);
}

const struct problem *
register_account(struct work *work, const struct new_user *new_user, const struct new_merchant *shop, struct user **user,
    struct merchant **merchant)
{
	const char *email = normal_email(work->arena, new_user->email), *hash = NULL;

	if (new_user->password != NULL)
		TRY(hash_new_password(work, new_user->password, email, new_user->full_name, &hash));
	return db_transaction(work, insert_both(work, new_user, shop, hash, user, merchant));
}

static const struct problem *
open_account(struct work *work, const struct new_user *new_user, const char *user_agent, struct session_id session,
    const char *refresh, struct user **user)
{
	TRY(register_account(work, new_user, NULL, user, NULL));
	return start_session(work, (*user)->id, user_agent, session, refresh);
}

const struct problem *
register_without_password(struct work *work, const struct new_user *new_user, const struct sign_in *from, struct tokens *tokens)
{
	struct session_id session = NEW_ID(session_id);
	const char       *refresh = refresh_token_new(work->arena);
	struct user      *user;

	TRY(db_transaction(work, open_account(work, new_user, from->user_agent, session, refresh, &user)));
	*tokens = (struct tokens) {
		.access = access_token(work, from->keys, user, session), .refresh = refresh, .session = session, .user = user
	};
	return OK;
}
