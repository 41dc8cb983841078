/* The pages of an account: what they show, what their forms do, and that nobody else's things are there. */
#include "tests/api/browsing.h"
#include "tests/api/subscribing.h"
#include "tests/api/uploading.h"

#include <string.h>

#define ADDRESS "kind=shipping&phone=%2B8801700000001&line1=12+Green+Road&line2=&city=Dhaka&state=&postal_code=1205"

static struct person customer;
static const char   *cookie;

static void
prepare(void)
{
	if (cookie != NULL)
		return;
	customer = person_new("customer");
	cookie = signed_in(&customer);
}

static struct answer
page(const char *path)
{
	struct answer answer = open_page(path, (prepare(), cookie));

	EXPECT(answer, 200);
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-store");
	return answer;
}

static struct answer
send(const char *path, const char *fields)
{
	return send_form(path, fields, OURS, (prepare(), cookie));
}

static void
expect_done(const struct answer *answer, const char *location)
{
	CHECK_INT(answer->status, 303);
	CHECK_TEXT(header_of(answer, "Location"), location);
}

static const char *
user_column(const char *column)
{
	return sql_text("SELECT %s FROM users WHERE id = '%s'", column, customer.id);
}

/* Who is not signed in does that in place, and goes on to the page. */
static void
nobody_signs_in_first(void)
{
	struct answer answer = open_page("/account/addresses", NULL);

	CHECK_INT(answer.status, 401);
	CHECK(says(&answer, "name=\"next\" value=\"/account/addresses\""));
	CHECK_INT(open_page("/account/addresses/new", NULL).status, 401);
	prepare();
	CHECK_INT(send_form("/account", "full_name=Eve", "Sec-Fetch-Site: cross-site", cookie).status, 403);
	CHECK_TEXT(user_column("full_name"), customer.name);
}

static void
a_profile_is_changed(void)
{
	struct answer answer = page("/account");

	CHECK(says(&answer, form("value=\"%s\"", customer.name)));
	CHECK(says(&answer, form("<p class=\"quiet\">%s</p>", customer.email)));
	answer = send("/account", "full_name=%3Cb%3EAmina%3C%2Fb%3E&phone=&locale=bn&news=false");
	expect_done(&answer, "/account?done=saved");
	CHECK_TEXT(user_column("CONCAT(full_name, ' ', locale, ' ', news)"), "<b>Amina</b> bn 0");
	answer = page("/account?done=saved");
	CHECK(says(&answer, "role=\"status\">Saved.</p>"));
	CHECK(says(&answer, "&lt;b&gt;Amina&lt;/b&gt;"));
	CHECK(!says(&answer, "<b>Amina"));
	CHECK(says(&answer, "<option value=\"bn\" lang=\"bn\" selected>"));
	answer = send("/account", "full_name=Amina&phone=12&locale=&news=true");
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"phone-wrong\""));
	CHECK(says(&answer, "value=\"12\""));
	CHECK_TEXT(user_column("news"), "0");
	CHECK_INT(open_page("/account?done=nonsense", cookie).status, 400);
}

/* Another number asks for the password when the sign-in is old. */
static void
another_number_is_confirmed(void)
{
	const char   *phone = fresh_phone();
	struct answer answer;

	prepare();
	sql_run("UPDATE sessions SET confirmed_at = NOW(3) - INTERVAL 1 DAY, created_at = NOW(3) - INTERVAL 1 DAY "
		"WHERE user_id = '%s'",
	    customer.id);
	answer = send("/account", form("full_name=Amina&phone=%%2B%s&locale=&news=true", phone + 1));
	CHECK_INT(answer.status, 403);
	CHECK(says(&answer, "name=\"password\" type=\"password\""));
	CHECK(says(&answer, form("value=\"%s\"", phone)));
	answer = send("/account", form("full_name=Amina&phone=%%2B%s&locale=&news=true&password=Wrong-2026!", phone + 1));
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"password-wrong\"><span>This is not right.</span>"));
	CHECK(!says(&answer, "Wrong-2026!"));
	answer = send("/account", form("full_name=Amina&phone=%%2B%s&locale=&news=true&password=%s", phone + 1, good_password));
	expect_done(&answer, "/account?done=saved");
	CHECK_TEXT(user_column("phone"), phone);
}

static void
a_picture_is_shown(void)
{
	struct file   file = png_new(40, 30, NULL);
	struct answer answer;

	prepare();
	answer = upload_by("POST", "//account/picture", customer.access, "file", &file, 1, NULL, NULL);
	expect_done(&answer, "/account?done=picture");
	answer =
	    upload_by("POST", "//account/picture", customer.access, "file", &(struct file) { "no picture", 10 }, 1, NULL, NULL);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"file-wrong\""));
	answer = send("/account/picture/delete", "");
	expect_done(&answer, "/account?done=removed");
}

static void
a_letter_is_asked_for(void)
{
	struct person person = person_unverified();
	const char   *own = signed_in(&person);
	struct answer answer = open_page("/account", own);

	CHECK(says(&answer, "Your e-mail address is not verified yet."));
	answer = send_form("/account/verify", "", OURS, own);
	expect_done(&answer, "/account?done=letter");
	/* Who has followed it meanwhile needs none. */
	answer = send("/account/verify", "");
	expect_done(&answer, "/account?done=letter");
	CHECK(!says(&(struct answer[]) { page("/account") }[0], "not verified yet"));
}

static const char *
address_of(const char *condition)
{
	return sql_text("SELECT id FROM addresses WHERE user_id = '%s' AND deleted_at IS NULL AND %s", customer.id, condition);
}

static void
addresses_are_kept(void)
{
	struct answer answer = page("/account/addresses");
	const char   *first, *second;

	CHECK(says(&answer, "You have no addresses yet."));
	answer = page("/account/addresses/new");
	CHECK(says(&answer, "<option value=\"BD\">Bangladesh</option>"));
	answer = send("/account/addresses", "full_name=Amina&country=XX&" ADDRESS);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"country-wrong\"><span>Choose a country.</span>"));
	CHECK(says(&answer, "value=\"12 Green Road\""));
	answer = send("/account/addresses", "full_name=Amina&country=BD&" ADDRESS);
	expect_done(&answer, "/account/addresses?done=added");
	answer = send("/account/addresses", "full_name=Office&country=IN&" ADDRESS);
	first = address_of("full_name = 'Amina'");
	second = address_of("full_name = 'Office'");
	answer = send(form("/account/addresses/%s/default", second), "");
	expect_done(&answer, "/account/addresses?done=saved");
	CHECK_TEXT(address_of("is_default"), second);
	answer = page(form("/account/addresses/%s", first));
	CHECK(says(&answer, "<option value=\"BD\" selected>Bangladesh</option>"));
	CHECK(says(&answer, "value=\"Amina\""));
	answer = send(form("/account/addresses/%s", first), "full_name=&country=BD&" ADDRESS);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, form("action=\"/account/addresses/%s\"", first)));
	answer = send(form("/account/addresses/%s", first), "full_name=Amina+K&country=BD&is_default=true&" ADDRESS);
	expect_done(&answer, "/account/addresses?done=saved");
	CHECK_TEXT(address_of("is_default"), first);
	answer = send(form("/account/addresses/%s/delete", first), "");
	expect_done(&answer, "/account/addresses?done=removed");
	CHECK_TEXT(address_of("is_default"), second);
}

/* Other people's things are not there. */
static void
nobody_elses_things(void)
{
	struct person other = person_new("customer");
	const char   *address = address_new(&other);

	prepare();
	CHECK_INT(open_page(form("/account/addresses/%s", address), cookie).status, 404);
	CHECK_INT(send(form("/account/addresses/%s", address), "full_name=Eve&country=BD&" ADDRESS).status, 404);
	CHECK_INT(send(form("/account/addresses/%s/delete", address), "").status, 404);
	CHECK_INT(send(form("/account/addresses/%s/default", address), "").status, 404);
	CHECK_INT(send(form("/account/methods/%s/delete", address), "").status, 404);
	CHECK_INT(send(form("/account/subscriptions/%s/cancel", address), "").status, 404);
	/* Ending somebody else's session does nothing. */
	send(form("/account/sessions/%s/end", other.session), "");
	EXPECT(api_get("/accounts/me", other.access), 200);
}

static void
sessions_are_ended(void)
{
	struct person person = person_new("customer");
	const char   *own = signed_in(&person);
	struct answer answer = open_page("/account/security", own);

	EXPECT(answer, 200);
	CHECK(says(&answer, form("/account/sessions/%s/end", person.session)));
	answer = send_form(form("/account/sessions/%s/end", person.session), "", OURS, own);
	expect_done(&answer, "/account/security?done=session");
	EXPECT_PROBLEM(api_get("/accounts/me", person.access), 401, "session_ended");
	answer = send_form("/account/sessions/end", "", OURS, own);
	expect_done(&answer, "/signin");
	CHECK(strstr(answer.headers, "__Host-haat_session=; Path=/; Max-Age=0") != NULL);
	CHECK_INT(open_page("/account", own).status, 401);
}

static void
a_password_is_changed(void)
{
	struct person person = person_new("customer");
	const char   *own = signed_in(&person);
	struct answer answer = send_form("/account/password",
	    form("old_password=%s&password=Padma-River-42&password_confirm=Padma-River-43", good_password), OURS, own);

	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"password_confirm-wrong\""));
	answer =
	    send_form("/account/password", "old_password=x&password=Padma-River-42&password_confirm=Padma-River-42", OURS, own);
	CHECK_INT(answer.status, 400);
	CHECK(says(&answer, "id=\"old_password-wrong\"><span>This is not right.</span>"));
	CHECK(!says(&answer, "Padma-River-42"));
	answer = send_form("/account/password",
	    form("old_password=%s&password=Padma-River-42&password_confirm=Padma-River-42", good_password), OURS, own);
	expect_done(&answer, "/account/security?done=password");
	EXPECT_PROBLEM(api_get("/accounts/me", person.access), 401, "session_ended");
	EXPECT(open_page("/account", own), 200);
}

static const char *
stored_method(const char *token, const char *label)
{
	struct answer answer = api_post("/payment-methods", customer.access,
	    form("{\"type\": \"card\", \"provider\": \"stripe\", \"token\": \"%s\", \"label\": \"%s\"}", token, label));

	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

static void
methods_and_subscriptions(void)
{
	struct person seller = shopkeeper_new("USD");
	struct answer answer = page("/account/payments");
	const char   *first, *second, *subscription;

	CHECK(says(&answer, "You have no subscriptions."));
	first = stored_method("pm_card_visa", "Card 0");
	second = stored_method("pm_card_authenticationRequired", "Card 1");
	answer = page("/account/payments");
	CHECK(says(&answer, "Card 0") && says(&answer, "Card 1"));
	answer = send(form("/account/methods/%s/default", second), "");
	expect_done(&answer, "/account/payments?done=saved");
	CHECK_TEXT(sql_text("SELECT is_default FROM payment_methods WHERE id = '%s'", second), "1");
	answer = send(form("/account/methods/%s/delete", first), "");
	expect_done(&answer, "/account/payments?done=removed");
	EXPECT_PROBLEM(api_get(form("/payment-methods/%s", first), customer.access), 404, "not_found");
	subscription_new(&customer, plan_new(&seller, "7.00", "\"every\": \"month\""), "");
	answer = open_page("/bn/account/payments", cookie);
	CHECK(says(&answer, "href=\"/bn/pay/"));
	subscription = subscription_active(&customer, plan_new(&seller, "12.00", "\"every\": \"month\""));
	answer = page("/account/payments");
	CHECK(says(&answer, "$12.00 · every month"));
	answer = send(form("/account/subscriptions/%s/pause", subscription), "");
	expect_done(&answer, "/account/payments?done=subscription");
	/* The page was old: it says how things are. */
	answer = send(form("/account/subscriptions/%s/pause", subscription), "");
	CHECK_INT(answer.status, 409);
	CHECK(says(&answer, form("/account/subscriptions/%s/resume", subscription)));
	answer = send(form("/account/subscriptions/%s/resume", subscription), "");
	expect_done(&answer, "/account/payments?done=subscription");
	answer = send(form("/account/subscriptions/%s/cancel", subscription), "");
	answer = subscription_of(&customer, subscription);
	CHECK(bool_at(&answer, "cancel_at_period_end"));
	answer = send(form("/account/subscriptions/%s/cancel", subscription), "now=true");
	answer = subscription_of(&customer, subscription);
	CHECK_TEXT(text_at(&answer, "status"), "cancelled");
}

static void
data_are_exported_and_erased(void)
{
	struct answer answer;

	prepare();
	answer = send("/account/export", "");
	expect_done(&answer, "/account/data?done=export");
	answer = page("/account/data");
	CHECK(says(&answer, "The file is being made.") || says(&answer, "/file\" download"));
	/* Whoever signed in long ago says first that it is them. */
	sql_run("UPDATE sessions SET confirmed_at = NOW(3) - INTERVAL 1 DAY, created_at = NOW(3) - INTERVAL 1 DAY "
		"WHERE user_id = '%s'",
	    customer.id);
	answer = send("/account/delete", "");
	CHECK_INT(answer.status, 403);
	CHECK(says(&answer, "action=\"/account/confirm\""));
	CHECK_TEXT(user_column("status"), "active");
	CHECK_INT(send("/account/confirm", "password=Wrong-2026!").status, 400);
	CHECK_INT(send("/account/confirm", form("password=%s", good_password)).status, 303);
	answer = send("/account/delete", "");
	expect_done(&answer, "/");
	CHECK_TEXT(user_column("status"), "deleted");
	CHECK_INT(open_page("/account", cookie).status, 401);
}

SUITE("api: account pages", TEST(nobody_signs_in_first), TEST(a_profile_is_changed), TEST(another_number_is_confirmed),
    TEST(a_picture_is_shown), TEST(a_letter_is_asked_for), TEST(addresses_are_kept), TEST(nobody_elses_things),
    TEST(sessions_are_ended), TEST(a_password_is_changed), TEST(methods_and_subscriptions), TEST(data_are_exported_and_erased))
