/* Registration: a new account, and its shop. */
#include "accounts/accounts.h"
#include "accounts/mailbox.h"
#include "accounts/merchants.h"
#include "accounts/password.h"
#include "accounts/registration.h"
#include "accounts/session.h"

#include "base/arena.h"
#include "events/audit.h"
#include "store/db.h"

#include <string.h>

enum { COLUMNS = 11 };

const struct problem *
check_confirmed(struct work *work, const char *password, const char *confirmed)
{
	if (confirmed != NULL && strcmp(password, confirmed) == 0)
		return OK;
	return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "password_confirm", "must be the same as the password");
}

static void
fill_row(struct work *work, struct user_id id, const struct new_user *user, const char *hash, struct parameter *row)
{
	memcpy(row,
	    (struct parameter[COLUMNS]) { P(id), P(user->email == NULL ? NULL : normal_email(work->arena, user->email)),
		P(user->phone), P(user->full_name), P(hash), P(role_values[user->role]), P(user->email_verified),
		P(user->phone_verified), P(user->locale), P(acting_user(work)), P(user->created_at) },
	    COLUMNS * sizeof *row);
}

/* `rows` holds the COLUMNS of each. */
static const struct problem *
insert_users(struct work *work, size_t count, const struct parameter *rows)
{
	const struct problem *problem;

	problem = db_run_many(work->db, NULL,
	    "INSERT INTO users (id, email, phone, full_name, password_hash, role, email_verified, phone_verified, locale, "
	    "created_by, created_at) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, IFNULL(?, NOW(3)))]",
	    count, COLUMNS, rows);
	if (db_duplicate(work->db, problem, "uq_users_email"))
		return problem_at(work->arena, PROBLEM_EMAIL_TAKEN, "email", "belongs to another account");
	if (db_duplicate(work->db, problem, "uq_users_phone"))
		return problem_at(work->arena, PROBLEM_PHONE_TAKEN, "phone", "belongs to another account");
	return problem;
}

const struct problem *
insert_account(struct work *work, const struct new_user *new_user, const char *hash, struct user **user)
{
	struct user_id    id = NEW_ID(user_id);
	struct parameter *row = ARENA_ARRAY(work->arena, COLUMNS, struct parameter);

	fill_row(work, id, new_user, hash, row);
	TRY(insert_users(work, 1, row));
	TRY(read_user(work, id, user));
	TRY(record_user_event(work, EVENT_USER_CREATED, *user));
	return audit_record(work, "user.created", "user", id.uuid, &user_shape, NULL, *user);
}

static const struct problem *
tell_accounts(struct work *work, const struct user *users, size_t count)
{
	struct audited *audited = ARENA_ARRAY(work->arena, count, struct audited);

	for (size_t i = 0; i < count; i++)
		audited[i] = (struct audited) { users[i].id.uuid, NULL, &users[i] };
	TRY(record_users_created(work, users, count));
	return audit_record_many(work, "user.created", "user", &user_shape, audited, count);
}

const struct problem *
insert_accounts(struct work *work, const struct new_user *new_users, const char *const *hashes, size_t count)
{
	struct parameter *rows = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);
	struct parameter *ids = ARENA_ARRAY(work->arena, count, struct parameter);
	struct user      *users;
	size_t            n;

	for (size_t i = 0; i < count; i++) {
		struct user_id id = NEW_ID(user_id);

		ids[i] = P(id);
		fill_row(work, id, &new_users[i], hashes[i], &rows[i * COLUMNS]);
	}
	TRY(insert_users(work, count, rows));
	TRY(db_rows_many(
	    work->db, &user_shape, ACCOUNTS_MAX, &users, &n, "SELECT {} FROM users WHERE id IN ([?])", count, count, ids));
	return tell_accounts(work, users, n);
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
open_account(struct work *work, const struct new_user *new_user, const struct sign_in *from, struct session_id session,
    const char *refresh, struct user **user)
{
	TRY(register_account(work, new_user, NULL, user, NULL));
	return start_session(work, (*user)->id, from, session, refresh);
}

const struct problem *
register_without_password(struct work *work, const struct new_user *new_user, const struct sign_in *from, struct tokens *tokens)
{
	struct session_id session = NEW_ID(session_id);
	const char       *refresh = refresh_token_new(work->arena);
	struct user      *user;

	TRY(db_transaction(work, open_account(work, new_user, from, session, refresh, &user)));
	*tokens = (struct tokens) {
		.access = access_token(work, from->keys, user, session), .refresh = refresh, .session = session, .user = user
	};
	return OK;
}
