/* Letters that nobody has to get: once for what has happened, to who wants them, and how to be rid of them. */
#include "tests/api/letters.h"

#include <string.h>

static struct person seller;

static void
adjust(const char *variant, int delta)
{
	EXPECT(api_post(form("/inventory/%s/adjustments", variant), seller.access,
		   form("{\"delta\": %d, \"reason\": \"count\"}", delta)),
	    200);
}

static struct goods
on_sale(const char *price)
{
	if (seller.id == NULL)
		seller = person_new("shopkeeper");
	return goods_new(&seller, price, 1);
}

/* Goods that are sold out. */
static struct goods
sold_out(void)
{
	struct goods goods = on_sale("12.00");

	adjust(goods.variant, -1);
	return goods;
}

static struct person
wisher_of(const struct goods *goods)
{
	struct person customer = person_new("customer");

	EXPECT(api_put(form("/wishlist/%s", goods->product), customer.access, NULL), 204);
	return customer;
}

/* Of the kind of news that the test is about. */
static const char *kind = "back-in-stock";

static int64_t
letters_to(const struct person *person)
{
	return sql_number("SELECT COUNT(*) FROM mails WHERE recipient_id = '%s' AND kind = '%s'", person->id, kind);
}

static const char *
letter_to(const struct person *person)
{
	const char *of = form("FROM mails WHERE recipient_id = '%s' AND kind = '%s' ORDER BY id DESC LIMIT 1", person->id, kind);

	WAIT_FOR("sent", "SELECT status %s", of);
	return letter_file(sql_text("SELECT id %s", of));
}

/* The path of the address in a letter's header. */
static const char *
unsubscribe_path(const char *letter)
{
	static const char before[] = "\r\nList-Unsubscribe:\r\n <https://";
	const char       *url = strstr(letter, before), *path;

	REQUIRE(url != NULL);
	path = strchr(url + strlen(before), '/');
	return form("%.*s", (int)strcspn(path, ">"), path);
}

static void
back_in_stock_once_for_all_who_wish_it(void)
{
	struct goods  goods = sold_out();
	struct person first = wisher_of(&goods), second = wisher_of(&goods), declining = wisher_of(&goods), other;
	struct answer answer = api_patch("/accounts/me", declining.access, "{\"news\": false}");
	const char   *slug = sql_text("SELECT slug FROM products WHERE id = '%s'", goods.product), *letter;

	EXPECT(answer, 200);
	CHECK(!bool_at(&answer, "news"));
	adjust(goods.variant, 5);
	letter = letter_to(&first);
	CHECK(strstr(letter, form("<%s>\r\n", first.email)) != NULL);
	CHECK(strstr(letter, "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") != NULL);
	CHECK(strstr(letter, form("/products/%s\r\n", slug)) != NULL && strstr(letter, "12.00 USD") != NULL);
	CHECK(strstr(letter, form("%s\r\n", unsubscribe_path(letter))) != NULL); /* in the text, too */
	CHECK(strstr(letter_to(&second), unsubscribe_path(letter)) == NULL);
	wait_until_written(goods.variant);
	CHECK_INT(letters_to(&declining), 0);
	/* The stock flickers: those who were told are not told again, one who has wished for it since is. */
	adjust(goods.variant, -5);
	other = wisher_of(&goods);
	adjust(goods.variant, 3);
	letter_to(&other);
	wait_until_written(goods.variant);
	CHECK_INT(letters_to(&first), 1);
	CHECK_INT(letters_to(&other), 1);
	/* A week later they are. */
	sql_run("UPDATE wishlist_items SET told_back_at = NOW(3) - INTERVAL 8 DAY WHERE user_id = '%s'", first.id);
	adjust(goods.variant, -3);
	adjust(goods.variant, 3);
	WAIT_FOR("2", "SELECT COUNT(*) FROM mails WHERE recipient_id = '%s' AND kind = 'back-in-stock'", first.id);
}

/* More of them than one job takes at once. */
static void
a_thousand_wishers(void)
{
	enum { WISHERS = 1100 };
	struct goods goods = sold_out();
	const char  *tag = fresh_email("many");

	sql_run(
	    "INSERT INTO users (id, email, full_name, role, status) SELECT UNHEX(REPLACE(UUID(), '-', '')), CONCAT(seq, '%s'), "
	    "'Many', 'customer', 'active' FROM seq_1_to_%d",
	    tag, WISHERS);
	sql_run("INSERT INTO wishlist_items (user_id, product_id) SELECT id, '%s' FROM users WHERE email LIKE '%%%s'",
	    goods.product, tag);
	/* Nothing of it is sent. */
	sql_run("UPDATE users SET status = 'disabled' WHERE email LIKE '%%%s' AND email NOT LIKE '1%%'", tag);
	adjust(goods.variant, 1);
	WAIT_FOR(form("%d", WISHERS),
	    "SELECT COUNT(*) FROM wishlist_items WHERE product_id = '%s' AND told_back_at > NOW(3) - INTERVAL 1 DAY",
	    goods.product);
	wait_until_written(goods.variant);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM mails WHERE kind = 'back-in-stock' AND about_id = '%s'", goods.variant),
	    sql_number("SELECT COUNT(*) FROM users WHERE email LIKE '1%%%s'", tag));
}

/* What is read when it is sent. */
static void
what_holds_no_more(void)
{
	struct goods  goods = sold_out();
	struct person customer = wisher_of(&goods);

	sql_run("UPDATE wishlist_items SET told_back_at = NOW(3) WHERE user_id = '%s'", customer.id);
	for (int i = 0; i < 3; i++) {
		const char *mail = sql_text("SELECT UUID()");

		if (i == 1)
			adjust(goods.variant, 1);
		if (i == 1)
			EXPECT(api_delete(form("/wishlist/%s", goods.product), customer.access), 204);
		if (i == 2)
			EXPECT(api_patch("/accounts/me", customer.access, "{\"news\": false}"), 200);
		sql_run("INSERT INTO mails (id, kind, cause_id, about_id, recipient_kind, recipient_id) VALUES ('%s', "
			"'back-in-stock', UNHEX(REPLACE(UUID(), '-', '')), '%s', 'user', '%s')",
		    mail, goods.variant, customer.id);
		sql_run("INSERT INTO jobs (id, kind, lane, payload, max_attempts) VALUES (UNHEX(REPLACE(UUID(), '-', '')), "
			"'send_letter', 'mail', '{\"mail\":\"%s\"}', 3)",
		    mail);
		run_job_now("send_letter");
		WAIT_FOR("dropped", "SELECT status FROM mails WHERE id = '%s'", mail);
		CHECK_TEXT(sql_text("SELECT outcome FROM mails WHERE id = '%s'", mail),
		    i == 2 ? "nobody is there to read it" : "not true any more");
	}
}

/* ---- a lower price ---- */

static void
reprice(const char *path, const char *price)
{
	EXPECT(api_patch(path, seller.access, form("{\"price\": \"%s\"}", price)), 200);
}

/* So many letters to the person, when all that has happened to the product is told. */
static void
expect_letters(const struct person *person, const char *product, int64_t count)
{
	wait_until_written(product);
	CHECK_INT(letters_to(person), count);
}

/* Each lower price once; not what is still above what was told, and nobody of what they have never seen dearer. */
static void
a_lower_price_is_told_once(void)
{
	struct goods  goods = on_sale("12.00");
	struct person first = wisher_of(&goods), declining = wisher_of(&goods), late;
	const char   *path = form("/products/%s", goods.product), *letter;
	const char   *slug = sql_text("SELECT slug FROM products WHERE id = '%s'", goods.product);

	kind = "price-drop";
	EXPECT(api_patch("/accounts/me", declining.access, "{\"news\": false}"), 200);
	reprice(path, "13.00");
	EXPECT(api_patch(path, seller.access, "{\"description\": \"Polished.\"}"), 200);
	reprice(path, "12.00");
	expect_letters(&first, goods.product, 0);
	reprice(path, "10.50");
	letter = letter_to(&first);
	CHECK(strstr(letter, form("<%s>\r\n", first.email)) != NULL);
	CHECK(strstr(letter, "\r\nList-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") != NULL);
	CHECK(strstr(letter, form("/products/%s\r\n", slug)) != NULL && strstr(letter, "10.50 USD now, and 12.00 USD") != NULL);
	late = wisher_of(&goods);
	reprice(path, "11.00");
	reprice(path, "10.50");
	expect_letters(&first, goods.product, 1);
	expect_letters(&late, goods.product, 0);
	/* Twice is once: it keeps the price at which it was put aside. */
	EXPECT(api_put(form("/wishlist/%s", goods.product), late.access, NULL), 204);
	reprice(path, "9.99");
	WAIT_FOR("2", "SELECT COUNT(*) FROM mails WHERE recipient_id = '%s' AND kind = 'price-drop'", first.id);
	CHECK(strstr(letter_to(&late), "9.99 USD now, and 10.50 USD") != NULL);
	expect_letters(&declining, goods.product, 0);
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM events WHERE aggregate_id = '%s' AND type = 'product.price_dropped'", goods.product),
	    4);
	kind = "back-in-stock";
}

/* The cheapest variant that can be bought counts; the stock that comes and goes changes no price. */
static void
variants_have_prices_of_their_own(void)
{
	const char   *variants[2];
	struct goods  goods;
	struct person customer;

	kind = "price-drop";
	if (seller.id == NULL)
		seller = person_new("shopkeeper");
	goods_variants(&seller, "20.00", 2, 2, variants);
	goods = (struct goods) { .variant = variants[0],
		.product = sql_text("SELECT product_id FROM variants WHERE id = '%s'", variants[0]) };
	customer = wisher_of(&goods);
	adjust(variants[0], -2);
	adjust(variants[0], 2);
	reprice(form("/variants/%s", variants[1]), "25.00");
	expect_letters(&customer, goods.product, 0);
	reprice(form("/variants/%s", variants[0]), "18.00");
	CHECK(strstr(letter_to(&customer), "18.00 USD now, and 20.00 USD") != NULL);
	/* It is sold out: what can be bought is dearer than what was told. */
	adjust(variants[0], -2);
	reprice(form("/variants/%s", variants[0]), "15.00");
	reprice(form("/variants/%s", variants[1]), "19.00");
	expect_letters(&customer, goods.product, 1);
	reprice(form("/variants/%s", variants[1]), "17.00");
	WAIT_FOR("2", "SELECT COUNT(*) FROM mails WHERE recipient_id = '%s' AND kind = 'price-drop'", customer.id);
	/* Nothing of what nobody can buy; nor of a price that has risen before the letter left. */
	adjust(variants[1], -2);
	reprice(form("/variants/%s", variants[1]), "1.00");
	expect_letters(&customer, goods.product, 2);
	kind = "back-in-stock";
}

static const char *
news_of(const struct person *person)
{
	return sql_text("SELECT news FROM users WHERE id = '%s'", person->id);
}

/* By the page, or by the mail program's own POST, which has no cookie and no Origin; back in the profile. */
static void
one_click_ends_the_news(void)
{
	static const char *const bodies[] = { "List-Unsubscribe=One-Click",
		"--x\r\nContent-Disposition: form-data; name=\"List-Unsubscribe\"\r\n\r\nOne-Click\r\n--x--\r\n", "" };
	static const char *const types[] = { "application/x-www-form-urlencoded", "multipart/form-data; boundary=x",
		"application/x-www-form-urlencoded" };
	struct goods             goods = sold_out();
	struct person            customer = wisher_of(&goods);
	const char              *path;
	struct answer            answer;

	adjust(goods.variant, 1);
	path = unsubscribe_path(letter_to(&customer));
	answer = api_get(path, NULL);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, form("method=\"post\" action=\"%s\">", path)) != NULL);
	CHECK_TEXT(header_of(&answer, "Referrer-Policy"), "no-referrer");
	CHECK_TEXT(header_of(&answer, "Cache-Control"), "no-store");
	CHECK_TEXT(news_of(&customer), "1"); /* looking at it changes nothing */
	for (size_t i = 0; i < sizeof bodies / sizeof *bodies; i++) {
		answer = api_patch("/accounts/me", customer.access, "{\"news\": true}");
		EXPECT(answer, 200);
		CHECK(bool_at(&answer, "news"));
		for (int again = 0; again < 2; again++) {
			answer = api_call("POST", path, NULL, bodies[i], HEADERS(form("Content-Type: %s", types[i])));
			EXPECT(answer, 200);
			CHECK(strstr(answer.body, "You are unsubscribed") != NULL);
			CHECK_TEXT(news_of(&customer), "0");
		}
	}
	CHECK_INT(
	    sql_number("SELECT COUNT(*) FROM audit_records WHERE subject_id = '%s' AND action = 'user.news_ended'", customer.id),
	    3);
	CHECK(strstr(sql_text("SELECT CONCAT(before_state, after_state) FROM audit_records WHERE subject_id = '%s' AND "
			      "action = 'user.news_ended' LIMIT 1",
			 customer.id),
		  "news") != NULL);
}

static void
a_broken_link(void)
{
	static const char *const tokens[] = { "x", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA", "~" };

	for (size_t i = 0; i < sizeof tokens / sizeof *tokens; i++) {
		struct answer answer = api_get(form("/unsubscribe/%s", tokens[i]), NULL);

		EXPECT(answer, 404);
		answer = api_call("POST", form("/unsubscribe/%s", tokens[i]), NULL, "List-Unsubscribe=One-Click",
		    HEADERS("Content-Type: application/x-www-form-urlencoded"));
		EXPECT(answer, 404);
	}
	EXPECT_FAULT(api_patch("/accounts/me", person_new("customer").access, "{\"news\": \"no\"}"), "news");
}

SUITE("api: news", TEST(back_in_stock_once_for_all_who_wish_it), TEST(a_thousand_wishers), TEST(what_holds_no_more),
    TEST(a_lower_price_is_told_once), TEST(variants_have_prices_of_their_own), TEST(one_click_ends_the_news), TEST(a_broken_link))
