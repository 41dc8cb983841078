/* What staff may do to accounts and shops, and what they find. */
#include "http/permission.h"
#include "tests/api/api.h"

#include <string.h>

static void
grant(const struct person *person, const char *permission)
{
	sql_run("INSERT INTO user_permissions (user_id, permission) VALUES ('%s', '%s')", person->id, permission);
}

static struct answer
change(const struct person *whom, const struct person *by, const char *body)
{
	return api_patch(form("/users/%s", whom->id), by->access, body);
}

/* What may be given is told by the one list of permissions, and what a role brings by its grants. */
static void
the_permissions_are_told(void)
{
	struct answer answer = api_get("/permissions", person_new("account_manager").access);

	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "permissions"), PERMISSION__COUNT);
	CHECK_INT(length_at(&answer, "roles"), ROLE__COUNT);
	for (size_t i = 0; i < PERMISSION__COUNT; i++) {
		const char *name = text_at(&answer, form("permissions.%zu.name", i));

		CHECK_INT(bool_at(&answer, form("permissions.%zu.staff", i)), staff_permissions(permission_by_name(name)) != 0);
	}
	for (size_t i = 0; i < ROLE__COUNT; i++) {
		CHECK_TEXT(text_at(&answer, form("roles.%zu.name", i)), role_values[i]);
		CHECK_INT(
		    length_at(&answer, form("roles.%zu.permissions", i)), __builtin_popcountll(role_permissions((enum role)i)));
	}
	EXPECT_PROBLEM(api_get("/permissions", person_new("warehouse").access), 403, "forbidden");
}

/* Who manages users gives away nothing that they lack, neither as a permission nor with a role. */
static void
nobody_grants_what_they_lack(void)
{
	static const char *const beyond[] = { "{\"role\": \"admin\"}", "{\"role\": \"accountant\"}", "{\"role\": \"warehouse\"}",
		"{\"role\": \"account_manager\"}", "{\"permissions\": [\"payment:refund\"]}",
		"{\"permissions\": [\"user:manage\", \"audit:read\"]}" };
	static const char *const within[] = { "{\"permissions\": [\"user:manage\"]}", "{\"permissions\": [\"order:place\"]}",
		"{\"permissions\": [\"catalog:write_own\", \"payout:read_own\"]}", "{\"permissions\": []}",
		"{\"role\": \"customer\"}", "{\"status\": \"disabled\"}", "{\"status\": \"active\"}" };
	struct person            manager = person_new("customer"), friend = person_new("customer"), admin = person_new("admin");
	struct answer            answer;

	grant(&manager, "user:manage");
	for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++) {
		answer = change(&friend, &manager, beyond[i]);
		EXPECT_PROBLEM(answer, 403, "forbidden");
		CHECK(has_at(&answer, strstr(beyond[i], "role") != NULL ? "details.role" : "details.permissions"));
	}
	CHECK_TEXT(sql_text("SELECT role FROM users WHERE id = '%s'", friend.id), "customer");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM user_permissions WHERE user_id = '%s'", friend.id), 0);
	for (size_t i = 0; i < sizeof within / sizeof *within; i++)
		EXPECT(change(&friend, &manager, within[i]), 200);
	/* An admin holds all of it, and order:place, which is no staff's, as well. */
	for (size_t i = 0; i < sizeof beyond / sizeof *beyond; i++)
		EXPECT(change(&friend, &admin, beyond[i]), 200);
	EXPECT(change(&friend, &admin, "{\"role\": \"customer\", \"permissions\": [\"order:place\"]}"), 200);
}

/* Who reads the mail of an address can reset its account's password: so staff's must be proved. */
static void
staff_have_verified_addresses(void)
{
	struct person person = person_unverified(), admin = person_new("admin");

	EXPECT_PROBLEM(change(&person, &admin, "{\"role\": \"warehouse\"}"), 409, "email_unverified");
	EXPECT_PROBLEM(change(&person, &admin, "{\"permissions\": [\"report:sales\"]}"), 409, "email_unverified");
	EXPECT(change(&person, &admin, "{\"permissions\": [\"order:place\"], \"status\": \"disabled\"}"), 200);
	sql_run("UPDATE users SET email_verified = TRUE WHERE id = '%s'", person.id);
	EXPECT(change(&person, &admin, "{\"role\": \"warehouse\"}"), 200);
	/* What somebody holds already can be taken away. */
	sql_run("UPDATE users SET email_verified = FALSE WHERE id = '%s'", person.id);
	EXPECT(change(&person, &admin, "{\"status\": \"active\"}"), 200);
	EXPECT(change(&person, &admin, "{\"role\": \"customer\"}"), 200);
}

static void
nobody_touches_an_account_that_holds_more(void)
{
	static const char *const above[] = { "admin", "accountant", "warehouse", "account_manager" };
	struct person            manager = person_new("customer"), person;

	grant(&manager, "user:manage");
	for (size_t i = 0; i < sizeof above / sizeof *above; i++) {
		person = person_new(above[i]);
		EXPECT_PROBLEM(change(&person, &manager, "{\"status\": \"disabled\"}"), 403, "forbidden");
		EXPECT_PROBLEM(change(&person, &manager, "{\"role\": \"customer\", \"permissions\": []}"), 403, "forbidden");
		EXPECT(api_get("/accounts/me", person.access), 200);
	}
	/* It is what the account holds that counts, by its role or beyond it. */
	person = person_new("customer");
	grant(&person, "audit:read");
	EXPECT_PROBLEM(change(&person, &manager, "{\"permissions\": []}"), 403, "forbidden");
	grant(&manager, "audit:read");
	EXPECT(change(&person, &manager, "{\"permissions\": []}"), 200);
}

static void
nobody_changes_their_own_account(void)
{
	static const char *const changes[] = { "{\"role\": \"admin\"}", "{\"permissions\": [\"user:manage\"]}",
		"{\"permissions\": []}", "{\"status\": \"disabled\"}" };
	struct person            manager = person_new("customer"), admin = person_new("admin");

	grant(&manager, "user:manage");
	for (size_t i = 0; i < sizeof changes / sizeof *changes; i++) {
		EXPECT_PROBLEM(change(&manager, &manager, changes[i]), 409, "conflict");
		EXPECT_PROBLEM(change(&admin, &admin, changes[i]), 409, "conflict");
	}
}

static const char *
shop_status(const struct person *shopkeeper)
{
	return sql_text("SELECT status FROM merchants WHERE id = '%s'", shopkeeper->merchant);
}

static int64_t
suspensions(const struct person *shopkeeper)
{
	return sql_number(
	    "SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'merchant.suspended'", shopkeeper->merchant);
}

/* With the keeper gone the shop is closed; opening it again is for who verifies shops. */
static void
a_shop_closes_with_its_keeper(void)
{
	static const char *const        gone[] = { "{\"status\": \"disabled\"}", "{\"role\": \"customer\"}" },
				 *const back[] = { "{\"status\": \"active\"}", "{\"role\": \"shopkeeper\"}" };
	struct person                   admin = person_new("admin"), manager = person_new("account_manager");

	for (size_t i = 0; i < 2; i++) {
		struct person shopkeeper = person_new("shopkeeper");
		const char   *activate = form("/merchants/%s/activate", shopkeeper.merchant);

		EXPECT(change(&shopkeeper, &admin, gone[i]), 200);
		CHECK_TEXT(shop_status(&shopkeeper), "suspended");
		CHECK_INT(suspensions(&shopkeeper), 1);
		CHECK_INT(
		    sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'merchant.suspended' "
			       "AND actor_id = '%s'",
			shopkeeper.merchant, admin.id),
		    1);
		EXPECT_PROBLEM(api_post(activate, manager.access, "{}"), 409, "conflict");
		EXPECT(change(&shopkeeper, &admin, back[i]), 200);
		CHECK_TEXT(shop_status(&shopkeeper), "suspended");
		EXPECT(api_post(activate, manager.access, "{}"), 200);
		CHECK_TEXT(shop_status(&shopkeeper), "active");
	}
}

/* A shop that was not open stays what it was; other changes close none. */
static void
only_an_open_shop_is_closed(void)
{
	struct person admin = person_new("admin"), shopkeeper = person_new("shopkeeper");

	EXPECT(change(&shopkeeper, &admin, "{\"permissions\": [\"report:sales\"], \"role\": \"shopkeeper\"}"), 200);
	EXPECT(change(&shopkeeper, &admin, "{\"status\": \"active\"}"), 200);
	CHECK_TEXT(shop_status(&shopkeeper), "active");
	sql_run("UPDATE merchants SET status = 'pending' WHERE id = '%s'", shopkeeper.merchant);
	EXPECT(change(&shopkeeper, &admin, "{\"status\": \"disabled\"}"), 200);
	CHECK_TEXT(shop_status(&shopkeeper), "pending");
	CHECK_INT(suspensions(&shopkeeper), 0);
}

/* Which pages of the administration somebody gets to see is said by who manages users. */
static void
modules_are_assigned(void)
{
	struct person admin = person_new("admin"), worker = person_new("warehouse"), customer = person_new("customer");
	const char   *path = form("/users/%s", worker.id);
	struct answer answer = api_get("/accounts/me", worker.access);

	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "assigned_modules"), 0);
	answer = api_patch(path, admin.access, "{\"assigned_modules\": [\"stock\", \"orders-2\"]}");
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "assigned_modules"), 2);
	answer = api_get("/accounts/me", worker.access);
	CHECK_INT(length_at(&answer, "assigned_modules"), 2);
	CHECK_TEXT(text_at(&answer, "assigned_modules.0"), "stock");
	CHECK_TEXT(text_at(&answer, "assigned_modules.1"), "orders-2");
	CHECK_INT(
	    sql_number(
		"SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'user.changed' "
		"AND JSON_LENGTH(before_state, '$.assigned_modules') = 0 AND JSON_LENGTH(after_state, '$.assigned_modules') = 2",
		worker.id),
	    1);
	/* What is not named stays. */
	EXPECT(api_patch(path, admin.access, "{\"permissions\": []}"), 200);
	answer = api_get(path, admin.access);
	CHECK_INT(length_at(&answer, "assigned_modules"), 2);
	EXPECT_FAULT(api_patch(path, admin.access, "{\"assigned_modules\": [\"stock\", \"Or,ders\"]}"), "assigned_modules.1");
	EXPECT_FAULT(api_patch(path, admin.access, "{\"assigned_modules\": [\"stock\", \"stock\"]}"), "assigned_modules.1");
	EXPECT_FAULT(api_patch(path, admin.access, "{\"assigned_modules\": [\"\"]}"), "assigned_modules.0");
	EXPECT_PROBLEM(api_patch(path, customer.access, "{\"assigned_modules\": []}"), 403, "forbidden");
	EXPECT_PROBLEM(
	    api_patch(form("/users/%s", admin.id), admin.access, "{\"assigned_modules\": [\"stock\"]}"), 409, "conflict");
	answer = api_patch(path, admin.access, "{\"assigned_modules\": []}");
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "assigned_modules"), 0);
}

/* How many the part finds; the first of them is `expected`, NULL: whoever. */
static int64_t
found(const struct person *by, const char *part, const struct person *expected)
{
	struct answer answer = api_get(form("/users?search=%s&page_size=1", part), by->access);

	EXPECT(answer, 200);
	if (expected != NULL)
		CHECK_TEXT(text_at(&answer, "results.0.id"), expected->id);
	return number_at(&answer, "count");
}

/* Whatever part of e-mail address, name or phone number somebody remembers, in any case. */
static void
staff_find_people_by_any_part(void)
{
	struct person manager = person_new("account_manager"), person = person_new("customer");
	const char   *digits = person.phone + 5, *number = form("%.10s", strchr(person.email, '.') + 4);

	EXPECT(api_patch("/accounts/me", person.access, form("{\"full_name\": \"Zoë Qűm %s\"}", digits)), 200);
	CHECK_INT(found(&manager, form("%s%%40people", number), &person), 1);
	CHECK_INT(found(&manager, form("%s%%40PEOPLE.te", number), &person), 1);
	CHECK_INT(found(&manager, digits, &person), 1);
	CHECK_INT(found(&manager, form("%%2B1%.4s%s", person.phone + 2, digits + 2), NULL), 0);
	CHECK_INT(found(&manager, form("%%2B%s", person.phone + 1), &person), 1);
	CHECK_INT(found(&manager, form("Q%%C5%%B1m%%20%s", digits), &person), 1);
	CHECK_INT(found(&manager, form("oe%%20qum%%20%s", digits), &person), 1);
	CHECK_INT(found(&manager, form("%s&role=customer&status=active", digits), &person), 1);
	CHECK_INT(found(&manager, form("%s&role=admin", digits), NULL), 0);
	/* Every gram of it is there, but not in this order. */
	CHECK_INT(found(&manager, form("%.3s%.3s%.3s", digits + 6, digits + 3, digits), NULL), 0);
	/* Shorter parts begin the e-mail address, and nothing else is looked at; a pattern's characters mean themselves. */
	CHECK(found(&manager, form("%.2s", person.email), NULL) >= 1);
	CHECK(found(&manager, "CU", NULL) >= 1);
	CHECK_INT(found(&manager, form("%.2s&role=shopkeeper", person.email), NULL), 0);
	for (const char *part = form("%.2s", digits); *part != '\0'; part++)
		CHECK_INT(found(&manager, part, NULL), sql_number("SELECT COUNT(*) FROM users WHERE email LIKE '%s%%'", part));
	CHECK_INT(found(&manager, "%25%25%25", NULL), 0);
	CHECK_INT(found(&manager, "c_", NULL), 0);
	/* Nobody is found by what they were called. */
	EXPECT(api_patch("/accounts/me", person.access, form("{\"full_name\": \"Someone\", \"phone\": \"%s\"}", fresh_phone())),
	    200);
	CHECK_INT(found(&manager, digits, NULL), 0);
	CHECK_INT(found(&manager, form("%s%%40people", number), &person), 1);
}

static void
the_grams_follow_their_users(void)
{
	EXPECT(api_get("/users?page_size=1", person_new("admin").access), 200);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM user_grams g LEFT JOIN users u ON u.id = g.user_id "
			     "AND CONCAT_WS(' ', u.email, u.full_name, u.phone) COLLATE utf8mb4_general_ci LIKE "
			     "CONCAT('%%', REPLACE(REPLACE(g.gram, '_', '\\\\_'), '%%', '\\\\%%'), '%%') WHERE u.id IS NULL"),
	    0);
}

SUITE("api: staff", TEST(the_permissions_are_told), TEST(nobody_grants_what_they_lack), TEST(staff_have_verified_addresses),
    TEST(nobody_touches_an_account_that_holds_more), TEST(nobody_changes_their_own_account), TEST(a_shop_closes_with_its_keeper),
    TEST(only_an_open_shop_is_closed), TEST(staff_find_people_by_any_part), TEST(modules_are_assigned),
    TEST(the_grams_follow_their_users))
