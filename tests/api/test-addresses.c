/* The address book. */
#include "tests/api/api.h"

#include <string.h>

static const char *
address(const char *kind, const char *more)
{
	return form(
	    "{\"kind\": \"%s\", \"full_name\": \"Amina Khatun\", \"phone\": \"+8801700000001\", \"line1\": \"12 Green Road\", "
	    "\"city\": \"Dhaka\", \"postal_code\": \"1205\", \"country\": \"BD\"%s}",
	    kind, more);
}

static struct answer
add(const struct person *person, const char *kind, const char *more)
{
	struct answer answer = api_post("/addresses", person->access, address(kind, more));

	EXPECT(answer, 201);
	return answer;
}

static const char *
id_of(struct answer answer)
{
	return text_at(&answer, "id");
}

/* The ids of the defaults of a kind, by the database. */
static const char *
default_of(const struct person *person, const char *kind)
{
	return sql_text(
	    "SELECT GROUP_CONCAT(CAST(id AS UUID)) FROM addresses WHERE user_id = '%s' AND kind = '%s' AND is_default AND deleted_at IS NULL",
	    person->id, kind);
}

static void
addresses_are_created_and_deleted(void)
{
	struct person person = person_new("customer");
	struct answer added = add(&person, "shipping", ", \"line2\": \"Flat 3\", \"state\": null"), answer;
	const char   *path = form("/addresses/%s", text_at(&added, "id"));

	CHECK_TEXT(text_at(&added, "line2"), "Flat 3");
	CHECK(bool_at(&added, "is_default"));
	answer = api_get("/addresses", person.access);
	EXPECT(answer, 200);
	CHECK_INT(length_at(&answer, "results"), 1);
	answer =
	    api_patch(path, person.access, "{\"city\": \"Chattogram\", \"line2\": null, \"state\": \"Chattogram Division\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "city"), "Chattogram");
	CHECK(!has_at(&answer, "line2"));
	CHECK_TEXT(text_at(&answer, "state"), "Chattogram Division");
	CHECK_TEXT(text_at(&answer, "line1"), "12 Green Road");
	CHECK_INT(number_at(&answer, "version"), 2);
	answer = api_patch(path, person.access, "{\"kind\": \"billing\"}");
	CHECK_TEXT(text_at(&answer, "kind"), "billing");
	CHECK_TEXT(text_at(&answer, "state"), "Chattogram Division");
	answer = api_delete(path, person.access);
	EXPECT(answer, 204);
	answer = api_get(path, person.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_delete(path, person.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get("/addresses", person.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM addresses WHERE id = '%s'", text_at(&added, "id")), 1);
}

static void
addresses_of_others_are_not_found(void)
{
	struct person owner = person_new("customer"), other = person_new("customer");
	struct answer added = add(&owner, "shipping", ""), answer;
	const char   *path = form("/addresses/%s", text_at(&added, "id"));

	answer = api_get(path, other.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_patch(path, other.access, "{\"city\": \"Elsewhere\"}");
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_delete(path, other.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get("/addresses", other.access);
	CHECK_INT(length_at(&answer, "results"), 0);
	answer = api_get(path, owner.access);
	CHECK_TEXT(text_at(&answer, "city"), "Dhaka");
}

static void
one_default_of_each_kind(void)
{
	struct person person = person_new("customer");
	const char   *first = id_of(add(&person, "shipping", ""));
	const char   *second = id_of(add(&person, "shipping", ", \"is_default\": true"));
	const char   *third = id_of(add(&person, "shipping", ""));
	const char   *billing = id_of(add(&person, "billing", ""));
	struct answer answer;

	CHECK_TEXT(default_of(&person, "shipping"), second);
	CHECK_TEXT(default_of(&person, "billing"), billing);
	answer = api_patch(form("/addresses/%s", first), person.access, "{\"is_default\": true}");
	EXPECT(answer, 200);
	CHECK(bool_at(&answer, "is_default"));
	CHECK_TEXT(default_of(&person, "shipping"), first);
	CHECK_TEXT(default_of(&person, "billing"), billing);
	/* The newest that is left takes its place. */
	answer = api_delete(form("/addresses/%s", first), person.access);
	EXPECT(answer, 204);
	CHECK_TEXT(default_of(&person, "shipping"), third);
	/* One that changes its kind leaves the place, and takes it there. */
	answer = api_patch(form("/addresses/%s", third), person.access, "{\"kind\": \"billing\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(default_of(&person, "shipping"), second);
	CHECK_TEXT(default_of(&person, "billing"), third);
	answer = api_patch(form("/addresses/%s", second), person.access, "{\"is_default\": false}");
	EXPECT(answer, 200);
	CHECK_TEXT(default_of(&person, "shipping"), NULL);
}

static void
one_default_of_many_at_once(void)
{
	struct person person = person_new("customer");
	struct call   calls[16];
	struct answer answers[16];

	for (size_t i = 0; i < 16; i++)
		calls[i] =
		    (struct call) { "POST", "/addresses", person.access, address("shipping", ", \"is_default\": true"), NULL };
	api_calls(calls, 16, answers);
	for (size_t i = 0; i < 16; i++)
		EXPECT(answers[i], 201);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM addresses WHERE user_id = '%s' AND is_default", person.id), 1);
}

static void
changes_can_be_conditional(void)
{
	struct person person = person_new("customer");
	struct answer answer = add(&person, "shipping", "");
	const char   *path = form("/addresses/%s", text_at(&answer, "id"));
	const char   *headers[] = { form("If-Match: %s", header_of(&answer, "ETag")), NULL };
	const char   *unchanged[] = { form("If-None-Match: %s", header_of(&answer, "ETag")), NULL };

	answer = api_call("GET", path, person.access, NULL, unchanged);
	EXPECT(answer, 304);
	answer = api_call("PATCH", path, person.access, "{\"city\": \"Sylhet\"}", headers);
	EXPECT(answer, 200);
	answer = api_call("PATCH", path, person.access, "{\"city\": \"Khulna\"}", headers);
	EXPECT_PROBLEM(answer, 412, "version_mismatch");
	answer = api_call("DELETE", path, person.access, NULL, headers);
	EXPECT_PROBLEM(answer, 412, "version_mismatch");
	answer = api_call("GET", path, person.access, NULL, unchanged);
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "city"), "Sylhet");
	headers[0] = form("If-Match: %s", header_of(&answer, "ETag"));
	answer = api_call("DELETE", path, person.access, NULL, headers);
	EXPECT(answer, 204);
}

static void
an_address_is_replaced(void)
{
	struct person person = person_new("customer"), other = person_new("customer");
	struct answer answer = add(&person, "shipping", ", \"line2\": \"Flat 3\", \"state\": \"Dhaka\", \"is_default\": true");
	const char *path = form("/addresses/%s", text_at(&answer, "id")), *tag = form("If-Match: %s", header_of(&answer, "ETag"));

	EXPECT_FAULT(api_put(path, person.access, "{\"city\": \"Sylhet\"}"), "line1");
	EXPECT_FAULT(api_put(path, person.access, address("shipping", ", \"colour\": 1")), "colour");
	EXPECT_PROBLEM(api_put(path, other.access, address("shipping", "")), 404, "not_found");
	answer = api_call("PUT", path, person.access, address("shipping", ""), HEADERS(tag));
	EXPECT(answer, 200);
	CHECK(!has_at(&answer, "line2") && !has_at(&answer, "state"));
	CHECK_INT(sql_number("SELECT COUNT(*) FROM addresses WHERE user_id = '%s' AND is_default", person.id), 0);
	EXPECT_PROBLEM(api_call("PUT", path, person.access, address("shipping", ""), HEADERS(tag)), 412, "version_mismatch");
	answer = api_put(path, person.access, address("billing", ", \"is_default\": true"));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "kind"), "billing");
	CHECK_INT(number_at(&answer, "version"), 3);
	answer = api_patch(path, person.access, "{\"city\": \"Sylhet\"}");
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "kind"), "billing");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM addresses WHERE user_id = '%s' AND is_default", person.id), 1);
}

static void
a_repeated_key_adds_once(void)
{
	struct person     person = person_new("customer");
	const char *const headers[] = { "Idempotency-Key: address-1", NULL };
	struct answer     first = api_call("POST", "/addresses", person.access, address("shipping", ""), headers);
	struct answer     second = api_call("POST", "/addresses", person.access, address("shipping", ""), headers);

	EXPECT(first, 201);
	EXPECT(second, 201);
	CHECK_TEXT(text_at(&second, "id"), text_at(&first, "id"));
	CHECK_TEXT(header_of(&second, "Idempotent-Replayed"), "true");
	second = api_call("POST", "/addresses", person.access, address("billing", ""), headers);
	EXPECT_PROBLEM(second, 422, "idempotency_key_reused");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM addresses WHERE user_id = '%s'", person.id), 1);
}

static void
bad_bodies_are_refused(void)
{
	static const char *const no_countries[] = { "UK", "XX", "ZZ", "AA", "EU" }; /* letters that name no country */
	struct person            person = person_new("customer"), staff = person_new("warehouse");
	const char              *own;
	struct answer            answer = api_post("/addresses", person.access,
		       "{\"kind\": \"summer house\", \"full_name\": \"\", \"phone\": \"1\", \"country\": \"bd\", \"is_default\": 1, \"id\": \"x\"}");

	own = form("/addresses/%s", text_at((struct answer[]) { add(&person, "shipping", "") }, "id"));
	EXPECT_FAULT(answer, "kind");
	EXPECT_FAULT(answer, "full_name");
	EXPECT_FAULT(answer, "phone");
	EXPECT_FAULT(answer, "line1");
	EXPECT_FAULT(answer, "city");
	EXPECT_FAULT(answer, "postal_code");
	EXPECT_FAULT(answer, "country");
	EXPECT_FAULT(answer, "is_default");
	EXPECT_FAULT(answer, "id");
	for (size_t i = 0; i < sizeof no_countries / sizeof *no_countries; i++)
		EXPECT_FAULT(api_patch(own, person.access, form("{\"country\": \"%s\"}", no_countries[i])), "country");
	EXPECT(api_patch(own, person.access, "{\"country\": \"GB\"}"), 200);
	EXPECT_FAULT(api_get("/shipping-methods?country=UK", NULL), "country");
	answer = api_get("/addresses/nonsense", person.access);
	EXPECT_PROBLEM(answer, 404, "not_found");
	answer = api_get("/addresses", staff.access);
	EXPECT_PROBLEM(answer, 403, "forbidden");
}

static void
an_account_has_at_most_100(void)
{
	struct person person = person_new("customer");
	struct answer answer;

	sql_run("INSERT INTO addresses (id, user_id, kind, full_name, phone, line1, city, postal_code, country) "
		"SELECT RANDOM_BYTES(16), '%s', 'shipping', 'A', '12345', 'x', 'y', 'z', 'BD' FROM seq_1_to_100",
	    person.id);
	answer = api_post("/addresses", person.access, address("shipping", ""));
	EXPECT_PROBLEM(answer, 409, "conflict");
	answer = api_get("/addresses", person.access);
	CHECK_INT(length_at(&answer, "results"), 100);
}

SUITE("api: addresses", TEST(addresses_are_created_and_deleted), TEST(addresses_of_others_are_not_found),
    TEST(one_default_of_each_kind), TEST(one_default_of_many_at_once), TEST(changes_can_be_conditional),
    TEST(an_address_is_replaced), TEST(a_repeated_key_adds_once), TEST(bad_bodies_are_refused), TEST(an_account_has_at_most_100))
