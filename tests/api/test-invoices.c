/* Invoices and credit notes: who gets which, numbers without gaps, sums that meet the order's, and PDFs made by a job. */
#include "tests/api/shopping.h"

#include "media/child.h"

#include <stdio.h>
#include <string.h>
#include <unistd.h>

static struct person first, second, customer, admin;
static struct goods  dear, cheap;
static const char   *address;

static void
need_people(void)
{
	if (first.id != NULL)
		return;
	first = person_new("shopkeeper");
	second = person_new("shopkeeper");
	customer = person_new("customer");
	admin = person_new("admin");
	dear = goods_new(&first, "30.00", 1000);
	cheap = goods_new(&second, "10.00", 1000);
	address = address_new(&customer);
}

static const char *
place(void)
{
	struct answer answer = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"standard\", \"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": 3}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		address, dear.variant, cheap.variant));

	EXPECT(answer, 201);
	return text_at(&answer, "id");
}

/* A paid order of both sellers with shipping: three invoices. */
static struct attempt
sell(void)
{
	struct attempt attempt = attempt_paid(&customer, place());

	WAIT_FOR("3", "SELECT COUNT(*) FROM invoices WHERE order_id = '%s'", attempt.order);
	return attempt;
}

static void
expect_page(const struct person *who, const char *order, const char *query, const char *const *has, const char *const *lacks)
{
	struct answer answer = api_get(form("/orders/%s/invoice%s", order, query), who->access);

	EXPECT(answer, 200);
	CHECK(strstr(header_of(&answer, "Content-Type"), "text/html") != NULL);
	CHECK(strstr(header_of(&answer, "Content-Security-Policy"), "default-src 'none'") != NULL);
	for (; *has != NULL; has++)
		if (strstr(answer.body, *has) == NULL)
			CHECK_TEXT(*has, "on the page");
	for (; *lacks != NULL; lacks++)
		if (strstr(answer.body, *lacks) != NULL)
			CHECK_TEXT(*lacks, "not on the page");
}

#define TEXTS(...) ((const char *const[]) { __VA_ARGS__, NULL })
#define NOTHING ((const char *const[]) { NULL })

static const char *
number_of(const char *order, const struct person *seller)
{
	return sql_text("SELECT number FROM invoices WHERE order_id = '%s' AND merchant_id = '%s' AND kind = 'invoice'", order,
	    seller->merchant);
}

static void
test_who_sees_which(void)
{
	struct attempt attempt;
	struct person  stranger;
	const char    *of_first, *of_second;

	need_people();
	stranger = person_new("customer");
	attempt = sell();
	of_first = number_of(attempt.order, &first);
	of_second = number_of(attempt.order, &second);
	expect_page(&customer, attempt.order, "", TEXTS(of_first, of_second, "90.00", "10.00", "Shipping", "Bill to"), NOTHING);
	expect_page(&admin, attempt.order, "", TEXTS(of_first, of_second), NOTHING);
	expect_page(&first, attempt.order, "", TEXTS(of_first, "90.00"), TEXTS("Shipping"));
	expect_page(&customer, attempt.order, form("?merchant=%s", second.merchant), TEXTS(of_second), TEXTS("90.00"));
	expect_page(&customer, attempt.order, "?merchant=shop", TEXTS("Shipping"), TEXTS("90.00"));
	EXPECT_PROBLEM(api_get(form("/orders/%s/invoice", attempt.order), stranger.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("/orders/%s/invoice.pdf", attempt.order), stranger.access), 404, "not_found");
	EXPECT_FAULT(api_get(form("/orders/%s/invoice?merchant=me", attempt.order), customer.access), "merchant");
	EXPECT_FAULT(api_get(form("/orders/%s/invoice.pdf?merchant=me", attempt.order), customer.access), "merchant");
}

/* What letters and the order's page link to. */
static void
test_the_page_has_languages(void)
{
	struct attempt attempt;
	struct answer  answer;
	const char    *number;

	need_people();
	attempt = sell();
	number = sql_text("SELECT number FROM orders WHERE id = '%s'", attempt.order);
	answer = api_get(form("//orders/%s/invoice", number), customer.access);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, "Bill to") != NULL && strstr(answer.body, "<td>$90.00</td>") != NULL);
	answer = api_get(form("//bn/orders/%s/invoice", number), customer.access);
	EXPECT(answer, 200);
	CHECK(strstr(answer.body, "<html lang=\"bn\"") != NULL && strstr(answer.body, "চালান") != NULL);
	CHECK(strstr(answer.body, "৯০.০০") != NULL && strstr(answer.body, "90.00") == NULL);
	answer = api_get(form("//hi/orders/%s/invoice", number), NULL);
	EXPECT(answer, 401);
	CHECK(strstr(answer.body, "<html lang=\"hi\"") != NULL && strstr(answer.body, "name=\"password\"") != NULL);
}

static void
test_nothing_before_it_is_sold(void)
{
	const char *order;

	need_people();
	order = place();
	EXPECT_PROBLEM(api_get(form("/orders/%s/invoice", order), customer.access), 404, "not_found");
	EXPECT_PROBLEM(api_get(form("/orders/%s/invoice.pdf", order), customer.access), 404, "not_found");
	EXPECT_PROBLEM(api_get("/orders/ORD-0000000000/invoice", customer.access), 404, "not_found");
}

static void
test_numbers_have_no_gaps(void)
{
	need_people();
	for (int i = 0; i < 3; i++)
		sell();
	CHECK_INT(sql_number("SELECT COUNT(*) FROM (SELECT merchant_id FROM invoices GROUP BY merchant_id, kind, year "
			     "HAVING MAX(sequence) <> COUNT(*) OR MIN(sequence) <> 1) gaps"),
	    0);
	CHECK(sql_number("SELECT MAX(sequence) FROM invoices WHERE merchant_id = '%s'", first.merchant) >= 3);
	CHECK_TEXT(
	    sql_text(
		"SELECT CONCAT('INV-', YEAR(NOW()), '-', LPAD(MAX(sequence), 5, '0')) FROM invoices WHERE merchant_id = '%s'",
		first.merchant),
	    sql_text("SELECT MAX(number) FROM invoices WHERE merchant_id = '%s'", first.merchant));
}

static void
give_back(const struct attempt *attempt, const char *amount, int notes)
{
	struct answer answer = api_post(form("/payments/%s/refunds", attempt->reference), admin.access,
	    form("{\"amount\": \"%s\", \"reason\": \"test\"}", amount));

	CHECK(answer.status == 201 || answer.status == 202);
	WAIT_FOR(
	    form("%d", notes), "SELECT COUNT(*) FROM invoices WHERE order_id = '%s' AND kind = 'credit_note'", attempt->order);
}

static int64_t
credited(const char *order)
{
	return sql_number(
	    "SELECT IFNULL(SUM(total_minor), 0) FROM invoices WHERE order_id = '%s' AND kind = 'credit_note'", order);
}

/* Three sellers (the shop is one) give up their parts; the last refund takes exactly what is left of each. */
static void
test_refunds_make_credit_notes(void)
{
	struct attempt attempt;
	int64_t        total;

	need_people();
	attempt = sell();
	total = sql_number("SELECT total_minor FROM orders WHERE id = '%s'", attempt.order);
	CHECK_INT(sql_number("SELECT SUM(total_minor) FROM invoices WHERE order_id = '%s'", attempt.order), total);
	give_back(&attempt, "10.01", 3);
	CHECK_INT(credited(attempt.order), 1001);
	give_back(&attempt, form("%lld.%02lld", (long long)((total - 1001) / 100), (long long)((total - 1001) % 100)), 6);
	CHECK_INT(credited(attempt.order), total);
	CHECK_INT(
	    sql_number(
		"SELECT COUNT(*) FROM invoices i WHERE i.order_id = '%s' AND i.kind = 'invoice' AND i.total_minor <> "
		"(SELECT SUM(c.total_minor) FROM invoices c WHERE c.order_id = i.order_id AND c.merchant_id = i.merchant_id "
		"AND c.kind = 'credit_note')",
		attempt.order),
	    0);
	expect_page(&customer, attempt.order, "", TEXTS("Credit note CN-", "For invoice"), NOTHING);
	EXPECT_CONSISTENT();
}

static struct answer
await_pdf(const char *path, const struct person *who)
{
	struct answer answer = api_get(path, who->access);

	if (answer.status == 202) {
		CHECK_TEXT(header_of(&answer, "Retry-After"), "1");
	}
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'print_invoices' AND status <> 'dead'");
	return api_get(path, who->access);
}

static void
test_pdf(void)
{
	struct attempt attempt;
	struct answer  whole, part;

	need_people();
	attempt = sell();
	whole = await_pdf(form("/orders/%s/invoice.pdf", attempt.order), &customer);
	EXPECT(whole, 200);
	CHECK_TEXT(header_of(&whole, "Content-Type"), "application/pdf");
	CHECK(whole.length > 5000 && memcmp(whole.body, "%PDF-", 5) == 0);
	part = await_pdf(form("/orders/%s/invoice.pdf", attempt.order), &first);
	EXPECT(part, 200);
	CHECK(part.length > 5000 && part.length < whole.length);
}

/* Of an order from before there were invoices, they are made when somebody asks. */
static void
test_an_order_of_before(void)
{
	struct answer answer;
	const char   *order;

	need_people();
	/* Seeded, without a history. */
	order = sql_text("SELECT o.id FROM orders o JOIN users u ON u.id = o.user_id WHERE o.paid_at IS NOT NULL "
			 "AND NOT EXISTS (SELECT 1 FROM order_history h WHERE h.order_id = o.id) "
			 "AND NOT EXISTS (SELECT 1 FROM invoices i WHERE i.order_id = o.id) LIMIT 1");
	if (order == NULL) /* the small shop has none */
		return;
	answer = api_get(form("/orders/%s/invoice", order), admin.access);
	CHECK_INT(answer.status, 202);
	WAIT_FOR("1", "SELECT COUNT(*) > 0 FROM invoices WHERE order_id = '%s'", order);
	EXPECT(api_get(form("/orders/%s/invoice", order), admin.access), 200);
	CHECK_INT(sql_number("SELECT SUM(total_minor) FROM invoices WHERE order_id = '%s'", order),
	    sql_number("SELECT total_minor FROM orders WHERE id = '%s'", order));
}

/* The text of a PDF, as who copies from it gets it. */
static const char *
text_of_pdf(const struct answer *pdf)
{
	static char text[100000];
	const char *file = form("%s/test-%d.pdf", shop_directory(), (int)getpid());
	const char *out = form("%s.txt", file), *command[] = { "pdftotext", "-layout", file, out, NULL };
	FILE       *stream = fopen(file, "we");

	REQUIRE(stream != NULL && fwrite(pdf->body, 1, pdf->length, stream) == pdf->length);
	fclose(stream);
	CHECK_INT(child_run(&(struct child) { command, shop_directory(), 1 << 30, 1 << 30, 10 }), CHILD_DONE);
	stream = fopen(out, "re");
	REQUIRE(stream != NULL);
	text[fread(text, 1, sizeof text - 1, stream)] = '\0';
	fclose(stream);
	unlink(out);
	unlink(file);
	return text;
}

/* Conjuncts and vowel signs are drawn out of order, and read back in order. */
static void
test_names_in_every_script(void)
{
	static const char *const names[] = { "রহিম চৌধুরী", "श्रीमती लक्ष्मी", "José Ångström" };
	struct attempt attempt;
	struct answer  answer;
	const char    *text;

	need_people();
	for (size_t i = 0; i < sizeof names / sizeof *names; i++) {
		answer = api_post("/addresses", customer.access,
		    form(
			"{\"kind\": \"shipping\", \"full_name\": \"%s\", \"phone\": \"+8801700000001\", \"line1\": \"12 Lake Road\", "
			"\"city\": \"Dhaka\", \"postal_code\": \"1207\", \"country\": \"BD\"}",
			names[i]));
		EXPECT(answer, 201);
		attempt = attempt_paid(&customer, order_new(&customer, text_at(&answer, "id"), &cheap, 1));
		WAIT_FOR("2", "SELECT COUNT(*) FROM invoices WHERE order_id = '%s'", attempt.order);
		answer = await_pdf(form("/orders/%s/invoice.pdf", attempt.order), &customer);
		EXPECT(answer, 200);
		text = text_of_pdf(&answer);
		CHECK(strstr(text, number_of(attempt.order, &second)) != NULL);
		if (strstr(text, names[i]) == NULL)
			CHECK_TEXT(text, names[i]);
	}
}

/* Who did what around an order, for its customer and for each seller. */
static void
test_timeline(void)
{
	struct attempt attempt;
	struct answer  all, part;
	struct person  stranger;

	need_people();
	stranger = person_new("customer");
	attempt = sell();
	give_back(&attempt, "1.00", 3);
	all = api_get(form("/orders/%s/timeline", attempt.order), customer.access);
	EXPECT(all, 200);
	CHECK_TEXT(text_at(&all, "results.0.type"), "order.placed");
	CHECK_TEXT(text_at(&all, "results.0.by"), "customer");
	CHECK(strstr(all.body, "\"payment.succeeded\"") != NULL);
	CHECK(strstr(all.body, "\"refund.requested\"") != NULL && strstr(all.body, "\"staff\"") != NULL);
	CHECK(strstr(all.body, "\"refund.succeeded\"") != NULL);
	part = api_get(form("/orders/%s/timeline", attempt.order), first.access);
	EXPECT(part, 200);
	CHECK(strstr(part.body, "\"order.paid\"") != NULL);
	CHECK(strstr(part.body, "\"payment.") == NULL && strstr(part.body, "\"refund.") == NULL);
	EXPECT_PROBLEM(api_get(form("/orders/%s/timeline", attempt.order), stranger.access), 404, "not_found");
}

/* What is given back for a part that its seller could not send is credited by that seller alone. */
static void
test_a_cancelled_part_is_its_sellers(void)
{
	struct attempt attempt;
	const char    *part;

	need_people();
	attempt = sell();
	part =
	    sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", attempt.order, second.merchant);
	EXPECT(api_post(form("/fulfilments/%s/cancel", part), second.access, "{\"reason\": \"sold out\"}"), 200);
	WAIT_FOR("1", "SELECT COUNT(*) FROM invoices WHERE order_id = '%s' AND kind = 'credit_note'", attempt.order);
	CHECK_INT(
	    sql_number("SELECT total_minor FROM invoices WHERE order_id = '%s' AND kind = 'credit_note' AND merchant_id = '%s'",
		attempt.order, second.merchant),
	    1000);
}

static const char *
part_of(const struct attempt *attempt, const struct person *seller)
{
	return sql_text(
	    "SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", attempt->order, seller->merchant);
}

/* The notes of the order, seller by seller. */
static const char *
notes_of(const struct attempt *attempt)
{
	WAIT_FOR("0", "SELECT COUNT(*) FROM events WHERE type = 'refund.succeeded' AND pending IS NOT NULL");
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'credit_refund' AND status <> 'dead'");
	return sql_text("SELECT GROUP_CONCAT(total_minor ORDER BY total_minor) FROM invoices WHERE order_id = '%s' "
			"AND kind = 'credit_note'",
	    attempt->order);
}

/* What bounced keeps its note: it stands for what is given back in its place, and for no other seller's part. */
static void
test_a_bounced_refund_is_credited_once(void)
{
	struct attempt attempt;
	const char    *part, *refund;

	need_people();
	attempt = sell();
	sql_run("UPDATE payments SET review = NULL WHERE reference = '%s'", attempt.reference);
	part = part_of(&attempt, &second);
	EXPECT(api_post(form("/fulfilments/%s/pack", part), second.access, NULL), 200);
	EXPECT(api_post(form("/fulfilments/%s/ship", part), second.access, "{\"carrier\": \"Pathao\"}"), 200);
	EXPECT(
	    api_post(form("/fulfilments/%s/cancel", part_of(&attempt, &first)), first.access, "{\"reason\": \"sold out\"}"), 200);
	WAIT_FOR("9000", "SELECT refunded_minor FROM orders WHERE id = '%s'", attempt.order);
	CHECK_TEXT(notes_of(&attempt), "9000");
	refund =
	    sql_text("SELECT r.provider_refund_id FROM refunds r JOIN payments p ON p.id = r.payment_id WHERE p.reference = '%s'",
		attempt.reference);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/bounce/%s", refund), NULL), 200);
	WAIT_FOR("0", "SELECT refunded_minor FROM orders WHERE id = '%s'", attempt.order);
	EXPECT(
	    api_post(form("/fulfilments/%s/return", part), second.access, "{\"reason\": \"nobody was in\", \"lines\": []}"), 200);
	WAIT_FOR("1000", "SELECT refunded_minor FROM orders WHERE id = '%s'", attempt.order);
	CHECK_TEXT(notes_of(&attempt), "1000,9000");
	EXPECT(api_post(form("/payments/%s/refund-held", attempt.reference), admin.access, "{\"reason\": \"another account\"}"),
	    200);
	WAIT_FOR("10000", "SELECT refunded_minor FROM orders WHERE id = '%s'", attempt.order);
	CHECK_TEXT(notes_of(&attempt), "1000,9000");
}

/* Who pays twice gets one of it back, of which there is no invoice. */
static void
test_money_that_the_order_did_not_take(void)
{
	struct attempt given_up, attempt;

	need_people();
	given_up = attempt_new(&customer, place());
	EXPECT(api_post(form("/payments/%s/cancel", given_up.reference), customer.access, NULL), 200);
	attempt = attempt_paid(&customer, given_up.order);
	CHECK_INT(sandbox_post(form("/sandbox/stripe/pay/%s", given_up.transaction), "force=1"), 200);
	WAIT_FOR("refunded", "SELECT status FROM payments WHERE reference = '%s'", given_up.reference);
	CHECK_TEXT(notes_of(&attempt), NULL);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM invoices WHERE order_id = '%s'", attempt.order), 3);
}

SUITE("invoices", TEST(test_who_sees_which), TEST(test_the_page_has_languages), TEST(test_nothing_before_it_is_sold),
    TEST(test_numbers_have_no_gaps), TEST(test_refunds_make_credit_notes), TEST(test_a_cancelled_part_is_its_sellers),
    TEST(test_a_bounced_refund_is_credited_once), TEST(test_money_that_the_order_did_not_take), TEST(test_timeline),
    TEST(test_pdf), TEST(test_an_order_of_before), TEST(test_names_in_every_script))
