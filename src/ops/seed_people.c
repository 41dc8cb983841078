/* The people of the demo shop: names, addresses, and the accounts that a visitor signs in with. */
#include "ops/seed.h"

#include "base/arena.h"
#include "base/text.h"

enum { STAFF_TURN = 1 };

const char *
seed_person(struct dice *dice, struct arena *arena)
{
	const char *first = dice_word(dice, seed_first_names);

	return arena_format(arena, "%s %s", first, dice_word(dice, seed_last_names));
}

/* +88019 and eight digits: numbers that nobody else has. */
const char *
seed_phone(uint64_t number, struct arena *arena)
{
	return arena_format(arena, "+88019%08llu", (unsigned long long)(number % 100000000));
}

const char *
seed_address_json(struct dice *dice, const char *name, const char *phone, struct arena *arena)
{
	static const char *const streets[] = { "Lake Road", "Station Road", "Court Street", "New Market Lane", "Rose Garden Road",
		"Temple Road", "Old Bridge Street", "College Road", NULL };
	static const char *const cities[] = { "Dhaka", "Chattogram", "Sylhet", "Khulna", "Rajshahi", "Barishal", NULL };
	struct text              json = text_new(arena, 256);

	TEXT_ADD(&json, "{\"full_name\":");
	text_add_json(&json, name);
	TEXT_ADD(&json, ",\"phone\":");
	text_add_json(&json, phone);
	text_addf(
	    &json, ",\"line1\":\"%lld %s\",\"line2\":null", (long long)dice_between(dice, 1, 240), dice_word(dice, streets));
	text_addf(&json, ",\"city\":\"%s\",\"state\":null,\"postal_code\":\"%lld\",\"country\":\"BD\"}", dice_word(dice, cities),
	    (long long)dice_between(dice, 1000, 9400));
	return json.bytes;
}

static const struct problem *
insert_account(struct work *work, struct user_id id, const char *email, const char *phone, const char *name, const char *role)
{
	return db_run(work->db, NULL,
	    "INSERT INTO users (id, email, phone, full_name, role, email_verified, created_at, updated_at) "
	    "SELECT ?, ?, ?, ?, ?, TRUE, ?, ? FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM users WHERE email = ?)",
	    P(id), P(email), P(phone), P(name), P(role), P(seed_opening()), P(seed_opening()), P(email));
}

static const struct problem *
insert_address(struct work *work, const struct seed *seed)
{
	return db_run(work->db, NULL,
	    "INSERT INTO addresses (id, user_id, kind, full_name, phone, line1, city, postal_code, country, is_default, created_at, "
	    "updated_at) SELECT ?, u.id, 'shipping', u.full_name, u.phone, '12 Lake Road', 'Dhaka', '1207', 'BD', TRUE, ?, ? "
	    "FROM users u WHERE u.email = 'customer@haat.test' AND u.phone IS NOT NULL "
	    "AND NOT EXISTS (SELECT 1 FROM addresses a WHERE a.user_id = u.id)",
	    P(seed_id(seed, SEED_ADDRESS, 0, seed_opening(), STAFF_TURN)), P(seed_opening()), P(seed_opening()));
}

/* Those that everybody signs in with, one of each role besides the shops; the customer's turn is the second. */
static const struct {
	const char *email, *name, *role;
} accounts[] = {
	{ "admin@haat.test", "Anika Rahman", "admin" },
	{ "customer@haat.test", "Rahim Chowdhury", "customer" },
	{ "manager@haat.test", "Nadia Karim", "account_manager" },
	{ "warehouse@haat.test", "Sohel Mia", "warehouse" },
	{ "accountant@haat.test", "Farhana Akter", "accountant" },
};

static const struct problem *
write_accounts(struct work *work, const struct seed *seed, const char *password_hash)
{
	struct text emails = text_new(work->arena, 256);

	for (size_t i = 0; i < sizeof(accounts) / sizeof(accounts[0]); i++) {
		struct user_id id = { seed_id(seed, SEED_STAFF, (int64_t)i, seed_opening(), STAFF_TURN) };

		if (i == 0)
			transaction_witness(
			    work, "SELECT COUNT(*) FROM users WHERE id = ? AND password_hash IS NOT NULL", id.uuid);
		TRY(insert_account(work, id, accounts[i].email, seed_phone(7000001 + (int64_t)i, work->arena), accounts[i].name,
		    accounts[i].role));
		text_addf(&emails, "%s,", accounts[i].email);
	}
	TRY(insert_address(work, seed));
	return db_run(work->db, NULL,
	    "UPDATE users SET password_hash = ?, updated_at = updated_at WHERE password_hash IS NULL "
	    "AND (email = 'shop@haat.test' OR FIND_IN_SET(email, ?))",
	    P(password_hash), P(emails.bytes));
}

const struct problem *
seed_accounts(const struct seed *seed, const char *password_hash)
{
	return db_transaction(seed->work, write_accounts(seed->work, seed, password_hash));
}
