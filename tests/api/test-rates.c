/* Exchange rates: who sets them and from what files, and prices that are shown in another currency. */
#include "tests/api/shopping.h"
#include "tests/api/uploading.h"
#include "tests/printed.h"

#include "base/arena.h"
#include "base/zip.h"

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

static struct person accountant, seller;
static struct goods  tea;

static void
need_people(void)
{
	if (accountant.id != NULL)
		return;
	accountant = person_new("accountant");
	seller = person_new("shopkeeper");
	tea = goods_new(&seller, "20.00", 100);
}

/* The day so many days ago. */
static const char *
day(int ago)
{
	return sql_text("SELECT DATE_FORMAT(UTC_DATE() - INTERVAL %d DAY, '%%Y-%%m-%%d')", ago);
}

static struct answer
type(const char *currency, const char *rate)
{
	return api_post("/rates", accountant.access, form("{\"currency\": \"%s\", \"rate\": \"%s\"}", currency, rate));
}

/* The rates that the tests of prices count on, whatever others have left. */
static void
need_rates(void)
{
	need_people();
	EXPECT(type("USD", "1.25"), 201);
	EXPECT(type("JPY", "160"), 201);
	EXPECT(type("KWD", "0.375"), 201);
	sql_run("DELETE FROM exchange_rates WHERE currency = 'XPF'");
}

/* A currency's rate as everybody sees it, on that day (NULL: now); NULL: there is none. */
static const char *
rate_of(const char *currency, const char *date)
{
	struct answer answer = api_get(date == NULL ? "/rates" : form("/rates?date=%s", date), NULL);

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "base"), "EUR");
	for (size_t i = 0; i < length_at(&answer, "results"); i++)
		if (strcmp(text_at(&answer, form("results.%zu.currency", i)), currency) == 0)
			return text_at(&answer, form("results.%zu.rate", i));
	return NULL;
}

/* What GET /currencies says of it. */
static const char *
rate_listed(const char *currency, int64_t digits)
{
	struct answer answer = api_get("/currencies", NULL);

	EXPECT(answer, 200);
	for (size_t i = 0; i < length_at(&answer, "results"); i++) {
		if (strcmp(text_at(&answer, form("results.%zu.code", i)), currency) != 0)
			continue;
		CHECK_INT(number_at(&answer, form("results.%zu.digits", i)), digits);
		return text_at(&answer, form("results.%zu.rate", i));
	}
	return "no currency";
}

static void
a_rate_is_typed_in(void)
{
	struct answer answer;
	const char   *id;

	need_people();
	sql_run("DELETE FROM exchange_rates WHERE currency = 'BDT'");
	answer = type("BDT", "141.250");
	EXPECT(answer, 201);
	CHECK_TEXT(text_at(&answer, "rate"), "141.25");
	CHECK_TEXT(text_at(&answer, "date"), day(0));
	CHECK_TEXT(text_at(&answer, "source"), "typed");
	CHECK_TEXT(rate_listed("BDT", 2), "141.25");
	answer = api_post("/rates", accountant.access, form("{\"currency\": \"BDT\", \"rate\": 139, \"date\": \"%s\"}", day(3)));
	EXPECT(answer, 201);
	CHECK_TEXT(rate_of("BDT", NULL), "141.25");
	CHECK_TEXT(rate_of("BDT", day(1)), "139");
	CHECK(rate_of("BDT", day(4)) == NULL);
	/* One a day: the next takes its place, and the audit knows both. */
	EXPECT(type("BDT", "140"), 201);
	CHECK_TEXT(rate_of("BDT", NULL), "140");
	CHECK_TEXT(rate_listed("BDT", 2), "140");
	CHECK_INT(sql_number("SELECT COUNT(*) FROM exchange_rates WHERE currency = 'BDT'"), 2);
	id = sql_text("SELECT id FROM readable_exchange_rates WHERE currency = 'BDT' AND day = '%s'", day(0));
	CHECK_TEXT(
	    sql_text("SELECT CONCAT(JSON_VALUE(before_state, '$.rate'), ' ', JSON_VALUE(after_state, '$.rate')) "
		     "FROM audit_records WHERE action = 'exchange_rate.typed' AND subject_id = '%s' ORDER BY id DESC LIMIT 1",
		id),
	    "141.25 140");
	CHECK_TEXT(rate_listed("EUR", 2), "1");
	CHECK_INT(strcmp(rate_listed("HRK", 2), "no currency"), 0);
}

static void
a_wrong_rate_is_refused(void)
{
	static const char *const wrong[] = { "0", "100000000", "1.1234567", "-1", "1e3", "x" };
	struct answer            answer;

	need_people();
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		EXPECT_FAULT(type("SEK", wrong[i]), "rate");
	EXPECT(type("SEK", "99999999.999999"), 201);
	CHECK_TEXT(rate_of("SEK", NULL), "99999999.999999");
	EXPECT(type("SEK", "0.000001"), 201);
	CHECK_TEXT(rate_of("SEK", NULL), "0.000001");
	EXPECT_FAULT(type("XYZ", "1"), "currency");
	EXPECT_FAULT(api_post("/rates", accountant.access, "{}"), "currency");
	answer = api_post("/rates", accountant.access, "{\"currency\": \"EUR\", \"rate\": \"0\", \"date\": \"2026-02-30\"}");
	EXPECT_FAULT(answer, "currency");
	EXPECT_FAULT(answer, "rate");
	EXPECT_FAULT(answer, "date");
	answer = api_post("/rates", accountant.access, "{\"currency\": \"SEK\", \"rate\": \"11\", \"date\": \"2999-01-01\"}");
	EXPECT_FAULT(answer, "date");
	EXPECT_FAULT(api_get("/rates?date=yesterday", NULL), "date");
	EXPECT_PROBLEM(api_post("/rates", seller.access, "{\"currency\": \"SEK\", \"rate\": \"11\"}"), 403, "forbidden");
	EXPECT_PROBLEM(api_post("/rates", NULL, "{\"currency\": \"SEK\", \"rate\": \"11\"}"), 401, "unauthenticated");
	sql_run("DELETE FROM exchange_rates WHERE currency = 'SEK'");
}

/* ---- files ---- */

static struct file
text_of(const char *text)
{
	return (struct file) { text, strlen(text) };
}

/* The file in an archive, as the bank publishes it. */
static struct file
archived(struct file plain)
{
	struct arena *arena = arena_new(1 << 20);
	FILE         *file = tmpfile();
	struct zip   *zip = zip_new(arena, fileno(file));
	char         *bytes = form("%8192s", "");
	size_t        length;

	CHECK(zip_begin(zip, "eurofxref.csv") && zip_add(zip, plain.bytes, plain.length) && zip_finish(zip));
	rewind(file);
	length = fread(bytes, 1, 8192, file);
	fclose(file);
	arena_free(arena);
	return (struct file) { bytes, length };
}

static const char *
on_disk(struct file file)
{
	const char *path = form("%s/rates-%d.csv", shop_directory(), getpid());
	FILE       *stream = fopen(path, "we");

	REQUIRE(stream != NULL);
	CHECK(fwrite(file.bytes, 1, file.length, stream) == file.length);
	fclose(stream);
	return path;
}

/* What haatctl says. */
static const char *
load(const char *path_or_url)
{
	const char *build = getenv("HAAT_BUILD");

	return printed_by(form("%s/src/haatctl --config %s/haat.conf rates load %s 2>&1 || true", build == NULL ? "." : build,
	    shop_directory(), path_or_url));
}

static void
says(const char *said, const char *words)
{
	if (strstr(said, words) == NULL)
		CHECK_TEXT(said, words);
}

static void
forget_rates(void)
{
	sql_run("DELETE FROM exchange_rates WHERE currency IN ('SEK', 'NOK', 'HUF')");
}

/* "02 January 2026" */
static const char *
written_out(int ago)
{
	return sql_text("SELECT DATE_FORMAT(UTC_DATE() - INTERVAL %d DAY, '%%d %%M %%Y')", ago);
}

static void
a_file_is_loaded(void)
{
	const char *daily, *history;

	need_people();
	forget_rates();
	daily = form("Date, SEK, NOK, HRK, XXQ, \n%s, 10.985, 11.6, 7.5, 2, \n", written_out(1));
	CHECK_TEXT(load(on_disk(text_of(daily))),
	    form("2 rates of 1 day, %s to %s\nleft out, being no currencies of today: HRK, XXQ", day(1), day(1)));
	CHECK_TEXT(rate_of("SEK", NULL), "10.985");
	CHECK_TEXT(rate_of("NOK", NULL), "11.6");
	history = form("Date,HUF,NOK,SEK,\n%s,380.1,11.7,11,\n%s,381,N/A,10.9,\n%s,,12.5,10.8,\n", day(0), day(1), day(40));
	says(load(on_disk(archived(text_of(history)))), form("7 rates of 3 days, %s to %s", day(40), day(0)));
	CHECK_TEXT(rate_of("SEK", NULL), "11");
	CHECK_TEXT(rate_of("SEK", day(1)), "10.9");
	CHECK_TEXT(rate_of("NOK", day(1)), "11.6");
	/* What was typed in stays. */
	EXPECT(type("NOK", "12"), 201);
	says(load(on_disk(text_of(history))), "7 rates");
	CHECK_TEXT(rate_of("NOK", NULL), "12");
	CHECK_TEXT(rate_of("HUF", NULL), "380.1");
	CHECK_INT(
	    sql_number(
		"SELECT COUNT(*) FROM audit_records WHERE action = 'exchange_rates.loaded' "
		"AND JSON_VALUE(after_state, '$.rates') = 7 AND actor_id IS NULL AND created_at > NOW(3) - INTERVAL 1 MINUTE") >=
		2,
	    1);
	unlink(on_disk(text_of("")));
	forget_rates();
}

/* What the bank's files no longer have has no rate, though they had it once; what was typed in has. */
static void
what_is_quoted_no_longer_has_no_rate(void)
{
	need_people();
	forget_rates();
	load(on_disk(text_of(form("Date,SEK,NOK,\n%s,11,12,\n%s,11,N/A,\n%s,11,12,\n", day(0), day(30), day(31)))));
	CHECK_TEXT(rate_of("SEK", NULL), "11");
	CHECK_TEXT(rate_of("NOK", day(30)), "12");
	forget_rates();
	load(on_disk(text_of(form("Date,SEK,NOK,\n%s,11,N/A,\n%s,11,12,\n", day(0), day(30)))));
	CHECK(rate_of("NOK", NULL) == NULL);
	CHECK_TEXT(rate_of("NOK", day(1)), "12");
	EXPECT(
	    api_post("/rates", accountant.access, form("{\"currency\": \"HUF\", \"rate\": \"380\", \"date\": \"%s\"}", day(90))),
	    201);
	CHECK_TEXT(rate_of("HUF", NULL), "380");
	unlink(on_disk(text_of("")));
	forget_rates();
}

static void
a_broken_file_is_not_loaded(void)
{
	const struct {
		const char *text, *words;
	} broken[] = {
		{ "", "has no rates" },
		{ "Date,SEK\n", "has no rates" },
		{ "<html><body>Moved</body></html>\n", "row 1: must be Date and codes of currencies" },
		{ form("Date,SEK\n%s,11\n%s,x\n", day(0), day(1)), "row 3, SEK: 'x' is no rate" },
		{ form("Date,SEK\n%s,11\n%s,0\n", day(0), day(1)), "row 3, SEK: '0' is no rate" },
		{ form("Date,SEK\n%s,11,12\n", day(0)), "row 2: has more cells than there are columns" },
		{ form("Date,SEK,NOK\n%s,11\n", day(0)), "row 2: has fewer cells than there are columns" },
		{ form("Date,SEK\n%s,11\n%s,11\n", day(1), day(1)), "is there twice, or out of order" },
		{ form("Date,SEK\n%s,11\n%s,11\n%s,11\n", day(1), day(2), day(0)), "row 4: " },
		{ "Date,SEK\n2999-01-01,11\n", "row 2: 2999-01-01 is yet to come" },
		{ "Date,SEK\n31 February 2026,11\n", "row 2: '31 February 2026' is no day" },
		{ form("Date,SEK,EUR\n%s,11,1\n", day(0)), "row 1, EUR: is what the rates are of" },
		{ form("Date,SEK,SEK\n%s,11,1\n", day(0)), "row 1, SEK: is there twice" },
		{ form("Date,SEK,Crowns\n%s,11,1\n", day(0)), "row 1: 'Crowns' is no code of a currency" },
	};
	struct file archive;

	need_people();
	forget_rates();
	for (size_t i = 0; i < sizeof broken / sizeof *broken; i++)
		says(load(on_disk(text_of(broken[i].text))), broken[i].words);
	archive = archived(text_of(form("Date,SEK\n%s,11\n", day(0))));
	says(load(on_disk((struct file) { archive.bytes, archive.length - 30 })), "archive: is cut off");
	CHECK_TEXT(load(form("%s/there-is-none.csv", shop_directory())),
	    form("haatctl: %s/there-is-none.csv: No such file or directory (not_found)", shop_directory()));
	CHECK(rate_of("SEK", NULL) == NULL);
	CHECK(rate_of("SEK", day(1)) == NULL);
	unlink(on_disk(text_of("")));
	CHECK_INT(shop_command("rates load", form("%s/there-is-none.csv", shop_directory())), 3);
}

/* The development profile's neighbours may be asked, others within a network not. */
static void
a_file_is_fetched(void)
{
	need_people();
	forget_rates();
	says(load(serve_once(archived(text_of(form("Date,SEK\n%s,10.5\n", day(0)))))), "1 rates of 1 day");
	CHECK_TEXT(rate_of("SEK", NULL), "10.5");
	says(load(serve_once(text_of("<html></html>"))), "must be Date");
	says(load("https://169.254.169.254/latest"), "url: leads to an address that is not public");
	forget_rates();
}

/* ---- prices ---- */

static void
shown(const char *path, const char *token, const char *member, const char *expected)
{
	struct answer answer = api_get(path, token);

	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, member), expected);
}

static void
prices_are_shown_in_another_currency(void)
{
	struct person kuwaiti = shopkeeper_new("KWD"), admin = person_new("admin"), customer = person_new("customer");
	struct goods  pearl = goods_new(&kuwaiti, "1.234", 5);
	struct answer answer;

	need_rates();
	shown(form("/products/%s?display_currency=JPY", tea.product), NULL, "display_price", "2560");
	shown(form("/products/%s?display_currency=JPY", tea.product), NULL, "variants.0.display_price", "2560");
	shown(form("/products/%s?display_currency=JPY", tea.product), customer.access, "display_price", "2560");
	shown(form("/products/%s?display_currency=KWD", tea.product), seller.access, "display_price", "6.000");
	shown(form("/products/%s?display_currency=EUR", tea.product), admin.access, "variants.0.display_price", "16.00");
	shown(form("/products/%s?display_currency=USD", tea.product), NULL, "display_price", "20.00");
	shown(form("/products/%s?display_currency=USD", pearl.product), NULL, "display_price", "4.11");
	shown(form("/products?merchant=%s&display_currency=JPY", seller.merchant), NULL, "results.0.display_price", "2560");
	shown(form("/products?merchant=%s&display_currency=USD&search=goods", kuwaiti.merchant), NULL, "results.0.display_price",
	    "4.11");
	shown("/products?status=any&display_currency=JPY", seller.access, "results.0.display_price", "2560");
	EXPECT(api_put(form("/wishlist/%s", tea.product), customer.access, NULL), 204);
	shown("/wishlist?display_currency=JPY", customer.access, "results.0.display_price", "2560");
	/* Without a rate it is null, and not asked for it is not there. */
	answer = api_get(form("/products/%s?display_currency=XPF", tea.product), NULL);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, "\"display_price\":null") != NULL);
	answer = api_get(form("/products?merchant=%s&display_currency=XPF", seller.merchant), NULL);
	CHECK(strstr(answer.body, "\"display_price\":null") != NULL);
	CHECK(strstr(api_get(form("/products/%s", tea.product), NULL).body, "display_price") == NULL);
	CHECK(strstr(api_get("/products", NULL).body, "display_price") == NULL);
	EXPECT_FAULT(api_get("/products?display_currency=XYZ", NULL), "display_currency");
	EXPECT_FAULT(api_get(form("/products/%s?display_currency=jpy", tea.product), NULL), "display_currency");
	EXPECT_FAULT(api_get(form("/products/%s/recommendations?display_currency=", tea.product), NULL), "display_currency");
}

/* Kept as other documents are, and new with the next rate at once. */
static void
kept_prices_follow_the_rates(void)
{
	struct goods beside;
	const char  *product, *list, *near, *paths[3];

	need_rates();
	beside = goods_new(&seller, "10.00", 5);
	product = form("/products/%s?display_currency=JPY", tea.product);
	list = form("/products?display_currency=JPY&limit=1&category=%s",
	    sql_text("SELECT category_id FROM products WHERE id = '%s'", beside.product));
	near = form("/products/%s/recommendations?display_currency=JPY", beside.product);
	paths[0] = product, paths[1] = list, paths[2] = near;
	shown(list, NULL, "results.0.display_price", "1280");
	for (size_t i = 0; i < 3; i++)
		CHECK_INT(api_round_trips(paths[i], NULL), 0);
	EXPECT(type("JPY", "80.5"), 201);
	shown(product, NULL, "display_price", "1288");
	shown(list, NULL, "results.0.display_price", "644");
	for (size_t i = 0; i < 3; i++)
		CHECK_INT(api_round_trips(paths[i], NULL), 0);
	CHECK_INT(api_round_trips("/currencies", NULL), 0);
	EXPECT(type("JPY", "160"), 201);
	shown(product, NULL, "display_price", "2560");
}

static void
carts_are_shown_in_another_currency(void)
{
	struct person customer = person_new("customer");
	struct answer answer;
	const char   *token;

	need_rates();
	answer = api_post(
	    "/cart/items?display_currency=JPY", customer.access, form("{\"variant_id\": \"%s\", \"quantity\": 3}", tea.variant));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "items.0.display_price"), "2560");
	CHECK_TEXT(text_at(&answer, "display_subtotal"), "7680");
	CHECK_TEXT(text_at(&answer, "subtotal"), "60.00");
	shown("/cart?display_currency=KWD", customer.access, "display_subtotal", "18.000");
	answer = api_patch(
	    form("/cart/items/%s?display_currency=EUR", text_at(&answer, "items.0.id")), customer.access, "{\"quantity\": 1}");
	CHECK_TEXT(text_at(&answer, "display_subtotal"), "16.00");
	CHECK(strstr(api_get("/cart", customer.access).body, "display") == NULL);
	answer = api_get("/cart?display_currency=XPF", customer.access);
	CHECK(strstr(answer.body, "\"display_price\":null") != NULL && strstr(answer.body, "\"display_subtotal\":null") != NULL);
	EXPECT_FAULT(api_get("/cart?display_currency=money", customer.access), "display_currency");
	answer = api_post("/carts", NULL, NULL);
	token = text_at(&answer, "token");
	answer = api_call("POST", "/cart/items?display_currency=JPY", NULL, form("{\"variant_id\": \"%s\"}", tea.variant),
	    HEADERS(form("X-Cart-Token: %s", token)));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "display_subtotal"), "2560");
	answer = api_post("/cart/merge?display_currency=JPY", customer.access, form("{\"token\": \"%s\"}", token));
	EXPECT(answer, 200);
	CHECK_TEXT(text_at(&answer, "display_subtotal"), "5120");
}

SUITE("api: rates", TEST(a_rate_is_typed_in), TEST(a_wrong_rate_is_refused), TEST(a_file_is_loaded),
    TEST(what_is_quoted_no_longer_has_no_rate), TEST(a_broken_file_is_not_loaded), TEST(a_file_is_fetched),
    TEST(prices_are_shown_in_another_currency), TEST(kept_prices_follow_the_rates), TEST(carts_are_shown_in_another_currency))
