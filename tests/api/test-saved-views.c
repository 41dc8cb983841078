/* Lists under a name: one's own, and those that the staff or a shop share. */
#include "tests/api/api.h"

#include <string.h>

static const char *
view(const char *list, const char *name, const char *query, bool shared)
{
	return form("{\"list\": \"%s\", \"name\": \"%s\", \"query\": \"%s\", \"shared\": %s}", list, name, query,
	    shared ? "true" : "false");
}

static struct answer
save(const struct person *person, const char *list, const char *name, bool shared)
{
	struct answer answer = api_post("/saved-views", person->access, view(list, name, "status=paid&limit=100", shared));

	EXPECT(answer, 201);
	return answer;
}

/* How many of the views that somebody sees have the name. */
static int
sees(const struct person *person, const char *name)
{
	struct answer answer = api_get("/saved-views", person->access);
	int           found = 0;

	EXPECT(answer, 200);
	for (size_t i = 0; i < length_at(&answer, "results"); i++)
		found += strcmp(text_at(&answer, form("results.%zu.name", i)), name) == 0;
	return found;
}

static void
a_view_is_its_makers_own(void)
{
	struct person seller = person_new("shopkeeper"), other = person_new("shopkeeper"), admin = person_new("admin");
	struct answer saved = save(&seller, "orders", "To pack", false), answer;
	const char   *path = form("/saved-views/%s", text_at(&saved, "id"));

	CHECK_TEXT(text_at(&saved, "query"), "status=paid&limit=100");
	CHECK(bool_at(&saved, "own") && !bool_at(&saved, "shared"));
	CHECK_INT(sees(&seller, "To pack"), 1);
	CHECK_INT(sees(&other, "To pack"), 0);
	CHECK_INT(sees(&admin, "To pack"), 0);
	save(&seller, "payments", "To pack", false);
	answer = api_get("/saved-views?list=payments", seller.access);
	CHECK_INT(length_at(&answer, "results"), 1);
	EXPECT_PROBLEM(
	    api_post("/saved-views", seller.access, view("orders", "to PACK", "limit=1", false)), 409, "already_exists");
	EXPECT_PROBLEM(api_delete(path, other.access), 404, "not_found");
	EXPECT_PROBLEM(api_delete(path, admin.access), 404, "not_found");
	EXPECT(api_delete(path, seller.access), 204);
	EXPECT_PROBLEM(api_delete(path, seller.access), 404, "not_found");
}

static void
staff_share_with_staff_and_sellers_within_their_shop(void)
{
	struct person admin = person_new("admin"), accountant = person_new("accountant"), warehouse = person_new("warehouse");
	struct person seller = person_new("shopkeeper"), customer = person_new("customer");
	const char   *staff_name = form("Staff %s", admin.id), *shop_name = form("Shop %s", seller.id),
		   *orders_name = form("Orders %s", admin.id);
	struct answer staffs = save(&accountant, "payments", staff_name, true), shops = save(&seller, "orders", shop_name, true);
	struct answer orders = save(&accountant, "orders", orders_name, true);
	const char   *path = form("/saved-views/%s", text_at(&staffs, "id"));

	CHECK_INT(sees(&admin, staff_name), 1);
	CHECK_INT(sees(&warehouse, staff_name), 0); /* they see no payments */
	CHECK_INT(sees(&warehouse, orders_name), 1);
	CHECK_INT(sees(&seller, staff_name), 0);
	CHECK_INT(sees(&customer, staff_name), 0);
	CHECK_INT(sees(&seller, shop_name), 1);
	CHECK_INT(sees(&admin, shop_name), 0);
	CHECK_INT(sees(&customer, shop_name), 0);
	EXPECT_PROBLEM(api_post("/saved-views", customer.access, view("orders", "Mine", "limit=1", true)), 403, "forbidden");
	EXPECT(api_post("/saved-views", customer.access, view("orders", "Mine", "limit=1", false)), 201);
	EXPECT_PROBLEM(api_delete(path, warehouse.access), 404, "not_found");
	EXPECT_PROBLEM(api_delete(form("/saved-views/%s", text_at(&orders, "id")), warehouse.access), 403, "forbidden");
	EXPECT_PROBLEM(api_delete(form("/saved-views/%s", text_at(&shops, "id")), admin.access), 404, "not_found");
	EXPECT(api_delete(path, admin.access), 204);
	CHECK_INT(sees(&accountant, staff_name), 0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action LIKE 'saved_view.%%'",
		      text_at(&staffs, "id")),
	    2);
}

static void
bad_views_are_refused(void)
{
	static const char *const no_queries[] = { "a b", "a=1#x", "?a=1", "a=%zz", "a=<b>", "a=%ff" };
	struct person            person = person_new("warehouse");
	struct answer            answer;

	for (size_t i = 0; i < sizeof no_queries / sizeof *no_queries; i++)
		EXPECT_FAULT(api_post("/saved-views", person.access, view("orders", "Bad", no_queries[i], false)), "query");
	answer = api_post("/saved-views", person.access, "{\"list\": \"secrets\", \"name\": \"\", \"more\": 1}");
	EXPECT_FAULT(answer, "list");
	EXPECT_FAULT(answer, "name");
	EXPECT_FAULT(answer, "query");
	EXPECT_FAULT(answer, "more");
	EXPECT_FAULT(api_get("/saved-views?list=secrets", person.access), "list");
	EXPECT_PROBLEM(api_get("/saved-views", NULL), 401, "unauthenticated");
	/* All of a list is a view, too. */
	EXPECT(api_post("/saved-views", person.access, view("orders", "All", "", false)), 201);
}

static void
an_account_has_at_most_100(void)
{
	struct person person = person_new("accountant");
	struct answer answers[8];
	struct call   calls[8];
	int           made = 0;

	sql_run("INSERT INTO saved_views (id, user_id, list, name, query) "
		"SELECT RANDOM_BYTES(16), '%s', 'orders', CONCAT('View ', seq), '' FROM seq_1_to_97",
	    person.id);
	for (int i = 0; i < 8; i++)
		calls[i] = (struct call) { .method = "POST",
			.path = "/saved-views",
			.token = person.access,
			.body = view("orders", form("More %d", i), "", false) };
	api_calls(calls, 8, answers);
	for (int i = 0; i < 8; i++)
		made += answers[i].status == 201;
	CHECK_INT(made, 3);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM saved_views WHERE user_id = '%s'", person.id), 100);
}

SUITE("api: saved views", TEST(a_view_is_its_makers_own), TEST(staff_share_with_staff_and_sellers_within_their_shop),
    TEST(bad_views_are_refused), TEST(an_account_has_at_most_100))
