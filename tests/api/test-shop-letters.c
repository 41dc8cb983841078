/* Letters of orders as the running shop writes them: to the customer, to each seller of their own lines, and of stock that runs out. */
#include "tests/api/letters.h"

#include <string.h>

static struct person first, second, customer;
static const char   *address;

static void
need_people(void)
{
	if (first.id != NULL)
		return;
	first = person_new("shopkeeper");
	second = person_new("shopkeeper");
	customer = person_new("customer");
	address = address_new(&customer);
}

/* Two of the first goods and one of the second, which are another seller's. */
static const char *
order_of_two(const struct goods *dear, const struct goods *cheap)
{
	struct answer answer = api_post("/orders", customer.access,
	    form("{\"shipping_address_id\": \"%s\", \"shipping_method\": \"express\", \"items\": [{\"variant_id\": \"%s\", "
		 "\"quantity\": 2}, {\"variant_id\": \"%s\", \"quantity\": 1}]}",
		address, dear->variant, cheap->variant));

	EXPECT(answer, 201);
	REQUIRE(answer.status == 201);
	return text_at(&answer, "id");
}

static const char *
sku_of(const struct goods *goods)
{
	return sql_text("SELECT sku FROM variants WHERE id = '%s'", goods->variant);
}

static const char *
number_of(const char *order)
{
	return sql_text("SELECT number FROM orders WHERE id = '%s'", order);
}

/* The letter of that kind about the thing to that person, once it was sent. */
static const char *
letter_to(const char *kind, const char *about, const struct person *person)
{
	const char *of = form("FROM mails WHERE kind = '%s' AND about_id = '%s' AND recipient_id = '%s' ORDER BY id DESC LIMIT 1",
	    kind, about, person->id);

	WAIT_FOR("sent", "SELECT status %s", of);
	return letter_file(sql_text("SELECT id %s", of));
}

static int64_t
letters_of(const char *kind, const char *about)
{
	return sql_number("SELECT COUNT(*) FROM mails WHERE kind = '%s' AND about_id = '%s'", kind, about);
}

static bool
holds(const char *letter, const char *text)
{
	return strstr(letter, text) != NULL;
}

/* The customer reads the whole order; each seller the own lines, and nothing of the customer. */
static void
test_an_order_of_two_sellers(void)
{
	struct goods dear, cheap;
	const char  *order, *letter, *event, *name;

	need_people();
	dear.price = "20.00";
	goods_variants(&first, dear.price, 50, 1, &dear.variant);
	dear.product = sql_text("SELECT product_id FROM variants WHERE id = '%s'", dear.variant);
	cheap = goods_new(&second, "7.50", 50);
	order = order_of_two(&dear, &cheap);
	attempt_paid(&customer, order);

	letter = letter_to("order-paid", order, &customer);
	name = sql_text("SELECT name FROM products WHERE id = '%s'", dear.product);
	CHECK(holds(letter, form("\r\n2 x %s (column: 0, row: 0, %s): 40.00 USD\r\n", name, sku_of(&dear))));
	CHECK(holds(letter, form("column: 0, row: 0, %s</small>", sku_of(&dear))));
	CHECK(holds(letter, form("(%s): 7.50 USD\r\n", sku_of(&cheap))) && holds(letter, "\r\nGoods: 47.50 USD\r\n"));
	CHECK(holds(letter,
	    form("\r\nShipping: %s USD\r\n",
		sql_text("SELECT CAST(shipping_minor / 100 AS DECIMAL(20, 2)) FROM orders WHERE id = '%s'", order))));
	CHECK(holds(letter,
	    form("\r\nTotal: %s USD\r\n",
		sql_text("SELECT CAST(total_minor / 100 AS DECIMAL(20, 2)) FROM orders WHERE id = '%s'", order))));
	CHECK(!holds(letter, "Discount") && holds(letter, form("/orders/%s/invoice", number_of(order))));

	letter = letter_to("sale-paid", order, &first);
	CHECK(holds(letter, form("<%s>\r\n", first.email)) && holds(letter, "express shipping"));
	CHECK(holds(letter, sku_of(&dear)) && holds(letter, "\r\nTotal: 40.00 USD\r\n") && !holds(letter, "Shipping:"));
	CHECK(!holds(letter, sku_of(&cheap)) && !holds(letter, customer.email));
	letter = letter_to("sale-paid", order, &second);
	CHECK(holds(letter, sku_of(&cheap)) && holds(letter, "\r\nTotal: 7.50 USD\r\n") && !holds(letter, sku_of(&dear)));

	/* Told of again, as after a worker that was lost, nobody reads it twice. */
	event = sql_text("SELECT cause_id FROM mails WHERE kind = 'order-paid' AND about_id = '%s'", order);
	queue_mail_job("write_letters", form("{\"event_id\":\"%s\",\"aggregate_id\":\"%s\"}", event, order));
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'send_letter' AND run_at <= NOW(3)");
	CHECK_INT(letters_of("order-paid", order), 1);
	CHECK_INT(letters_of("sale-paid", order), 2);
	CHECK_INT(letters_of("sale-confirmed", order), 0);
}

/* Paid at the door: its sellers hear of it once, when it is confirmed. */
static void
test_cash_on_delivery(void)
{
	struct goods  dear, cheap;
	struct answer answer;
	const char   *order;

	need_people();
	dear = goods_new(&first, "20.00", 50);
	cheap = goods_new(&second, "7.50", 50);
	order = order_of_two(&dear, &cheap);
	answer = api_post("/payments", customer.access, form("{\"order_id\": \"%s\", \"provider\": \"cod\"}", order));
	EXPECT(answer, 201);
	EXPECT(api_post(form("/payments/%s/confirm", text_at(&answer, "reference")), person_new("admin").access, "{}"), 200);
	CHECK(holds(letter_to("sale-confirmed", order, &first), "it is paid when it is delivered"));
	letter_to("sale-confirmed", order, &second);
	CHECK(holds(letter_to("order-confirmed", order, &customer), "\r\nGoods: 47.50 USD\r\n"));
}

/* One who has no address, and one whose part was cancelled before the letter left. */
static void
test_who_is_not_written_to(void)
{
	struct person silent = person_new("shopkeeper");
	struct goods  dear, cheap;
	const char   *order, *mail = sql_text("SELECT UUID()");

	need_people();
	dear = goods_new(&first, "20.00", 50);
	cheap = goods_new(&silent, "7.50", 50);
	sql_run("UPDATE users SET email = NULL WHERE id = '%s'", silent.id);
	order = order_of_two(&dear, &cheap);
	attempt_paid(&customer, order);
	letter_to("sale-paid", order, &first);
	wait_until_written(order);
	CHECK_INT(letters_of("sale-paid", order), 1);
	EXPECT(api_post(form("/fulfilments/%s/cancel",
			    sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", order,
				first.merchant)),
		   first.access, "{\"reason\": \"broken\"}"),
	    200);
	sql_run("INSERT INTO mails (id, kind, cause_id, about_id, recipient_kind, recipient_id) VALUES ('%s', 'sale-paid', "
		"UNHEX(REPLACE(UUID(), '-', '')), '%s', 'user', '%s')",
	    mail, order, first.id);
	queue_mail_job("send_letter", form("{\"mail\":\"%s\"}", mail));
	CHECK_TEXT(sql_text("SELECT outcome FROM mails WHERE id = '%s'", mail), "not true any more");
}

/* The customer is asked to try again, and not once they have, in another way. */
static void
test_a_payment_that_fails(void)
{
	struct goods   goods;
	struct attempt attempt;
	const char    *order, *payment, *letter, *mail;

	need_people();
	goods = goods_new(&first, "20.00", 50);
	order = order_new(&customer, address, &goods, 1);
	attempt = attempt_new(&customer, order);
	payment = sql_text("SELECT id FROM payments WHERE reference = '%s'", attempt.reference);
	sandbox_act("fail", attempt.transaction);
	letter = letter_to("order-payment-failed", payment, &customer);
	CHECK(holds(letter, form("<%s>\r\n", customer.email)) && holds(letter, form("/orders/%s\r\n", number_of(order))));
	CHECK(holds(letter,
	    sql_text("SELECT DATE_FORMAT(expires_at, 'until %%Y-%%m-%%d %%H:%%i (UTC)') FROM orders WHERE id = '%s'", order)));
	/* Its provider is asked no more, so it stays as it is. */
	sql_run("UPDATE payments SET next_check_at = NULL WHERE id = '%s'", payment);
	EXPECT(payment_new(&customer, order, "cod"), 201);
	CHECK_TEXT(sql_text("SELECT status FROM payments WHERE id = '%s'", payment), "failed");
	mail = sql_text("SELECT id FROM mails WHERE kind = 'order-payment-failed' AND about_id = '%s'", payment);
	sql_run("UPDATE mails SET status = 'waiting', sent_at = NULL WHERE id = '%s'", mail);
	queue_mail_job("send_letter", form("{\"mail\":\"%s\"}", mail));
	CHECK_TEXT(
	    sql_text("SELECT CONCAT(status, ': ', outcome) FROM mails WHERE id = '%s'", mail), "dropped: not true any more");
	/* Nor is the customer a payer of a merchant's payment request. */
	CHECK_INT(letters_of("payment-failed", payment), 0);
}

/* An attempt that fails again within the hour is not told again. */
static void
test_a_payment_that_fails_again(void)
{
	static const char *const ages[] = { "59 MINUTE", "61 MINUTE" };

	need_people();
	for (int i = 0; i < 2; i++) {
		struct goods   goods = goods_new(&first, "20.00", 50);
		struct attempt attempt = attempt_new(&customer, order_new(&customer, address, &goods, 1));
		const char    *payment = sql_text("SELECT id FROM payments WHERE reference = '%s'", attempt.reference);

		sql_run(
		    "INSERT INTO mails (id, kind, cause_id, about_id, recipient_kind, recipient_id, status, sent_at, created_at) "
		    "VALUES (UNHEX(REPLACE(UUID(), '-', '')), 'order-payment-failed', UNHEX(REPLACE(UUID(), '-', '')), '%s', "
		    "'user', '%s', 'sent', NOW(3), NOW(3) - INTERVAL %s)",
		    payment, customer.id, ages[i]);
		sandbox_act("fail", attempt.transaction);
		WAIT_FOR("1", "SELECT COUNT(*) FROM events WHERE type = 'payment.failed' AND aggregate_id = '%s'", payment);
		wait_until_written(payment);
		CHECK_INT(letters_of("order-payment-failed", payment), i + 1);
	}
}

/* What a seller cannot send, and its money; then the rest of the order, which is told as a whole. */
static void
test_what_is_cancelled_and_refunded(void)
{
	struct goods dear, cheap;
	const char  *order, *part, *refund, *letter;

	need_people();
	dear = goods_new(&first, "20.00", 50);
	cheap = goods_new(&second, "7.50", 50);
	order = order_of_two(&dear, &cheap);
	attempt_paid(&customer, order);
	part = sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", order, second.merchant);
	EXPECT(api_post(form("/fulfilments/%s/cancel", part), second.access, "{\"reason\": \"broken\"}"), 200);
	letter = letter_to("parcel-cancelled", part, &customer);
	CHECK(holds(letter, sku_of(&cheap)) && !holds(letter, sku_of(&dear)) && holds(letter, "is given back"));
	WAIT_FOR("1", "SELECT COUNT(*) FROM refunds f JOIN payments p ON p.id = f.payment_id WHERE p.order_id = '%s'", order);
	refund = sql_text("SELECT f.id FROM refunds f JOIN payments p ON p.id = f.payment_id WHERE p.order_id = '%s'", order);
	letter = letter_to("order-refunded", refund, &customer);
	CHECK(holds(letter, form("\r\nWe have refunded 7.50 USD of your order %s. It comes the way", number_of(order))));
	CHECK_INT(letters_of("payment-refunded", refund), 0);
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, "{}"), 200);
	CHECK(holds(letter_to("order-cancelled", order, &customer), sku_of(&dear)));
	part = sql_text("SELECT id FROM fulfilments WHERE order_id = '%s' AND merchant_id = '%s'", order, first.merchant);
	WAIT_FOR("dropped", "SELECT status FROM mails WHERE kind = 'parcel-cancelled' AND about_id = '%s'", part);
}

static const char *
shipped_letter(const char *carrier, const char *tracking)
{
	struct goods goods = goods_new(&first, "20.00", 50);
	const char  *order = order_new(&customer, address, &goods, 1), *part;

	attempt_paid(&customer, order);
	sql_run("UPDATE payments SET review = NULL WHERE order_id = '%s'", order);
	part = sql_text("SELECT id FROM fulfilments WHERE order_id = '%s'", order);
	EXPECT(api_post(form("/fulfilments/%s/pack", part), first.access, NULL), 200);
	EXPECT(api_post(form("/fulfilments/%s/ship", part), first.access,
		   form("{\"carrier\": \"%s\", \"tracking\": \"%s\"}", carrier, tracking)),
	    200);
	return letter_to("parcel-shipped", part, &customer);
}

/* The carrier's page, whatever the seller has typed as a number: it chooses no other page. */
static void
test_a_link_to_the_carrier(void)
{
	const char *letter;

	need_people();
	letter = shipped_letter("pathao", "PT-20417");
	CHECK(holds(letter, "\r\nTrack the parcel: https://pathao.example/track?number=3DPT-20417\r\n"));
	CHECK(holds(letter, "<a href=3D\"https://pathao.example/track?number=3DPT-20417\">"));
	CHECK(holds(letter, "Carrier: pathao, tracking number PT-20417"));
	letter = shipped_letter("Pathao", "\\\"><b>&x=y/..?#");
	CHECK(holds(letter, "<a href=3D\"https://pathao.example/track?number=3D%22%3E%3Cb%3E%26x%3Dy%2F..%3F%23\">"));
	CHECK(!holds(letter, "\"><b>&x=3Dy/..?#<"));
	letter = shipped_letter("A cousin", "PT-20417");
	CHECK(!holds(letter, "Track the parcel") && holds(letter, "tracking number PT-20417"));
}

static void
adjust(const struct goods *goods, int delta)
{
	EXPECT(api_post(form("/inventory/%s/adjustments", goods->variant), first.access,
		   form("{\"delta\": %d, \"reason\": \"count\"}", delta)),
	    200);
}

/* Once until goods come in, however often its stock crosses the mark; and once more that it is sold out. */
static void
test_stock_that_runs_out(void)
{
	struct goods goods;
	const char  *order, *letter;

	need_people();
	goods = goods_new(&first, "20.00", 11);
	CHECK_INT(sql_number("SELECT low_stock FROM inventory WHERE variant_id = '%s'", goods.variant), 10);
	order = order_new(&customer, address, &goods, 1);
	letter = letter_to("stock-low", goods.variant, &first);
	CHECK(holds(letter, form("<%s>\r\n", first.email)) && holds(letter, "running out: 10 can still be ordered"));
	CHECK(holds(letter, sku_of(&goods)));
	/* The order is given up, and placed again. */
	EXPECT(api_post(form("/orders/%s/cancel", order), customer.access, "{}"), 200);
	order_new(&customer, address, &goods, 1);
	WAIT_FOR("2", "SELECT COUNT(*) FROM events WHERE type = 'inventory.low' AND aggregate_id = '%s'", goods.variant);
	wait_until_written(goods.variant);
	CHECK_INT(letters_of("stock-low", goods.variant), 1);
	adjust(&goods, -10);
	letter = letter_to("stock-out", goods.variant, &first);
	CHECK(holds(letter, "is sold out"));
	/* New goods, which run out in their turn. */
	adjust(&goods, 20);
	adjust(&goods, -12);
	WAIT_FOR(
	    "2", "SELECT COUNT(*) FROM mails WHERE kind = 'stock-low' AND about_id = '%s' AND status = 'sent'", goods.variant);
	CHECK_INT(letters_of("stock-out", goods.variant), 1);
}

/* What was dropped has told nobody. */
static void
test_stock_that_was_low_for_a_moment(void)
{
	struct goods goods;

	need_people();
	goods = goods_new(&first, "20.00", 11);
	sql_run(
	    "INSERT INTO mails (id, kind, cause_id, about_id, recipient_kind, recipient_id, status) "
	    "VALUES (UNHEX(CONCAT('00', SUBSTR(REPLACE(UUID(), '-', ''), 3))), 'stock-low', UNHEX(REPLACE(UUID(), '-', '')), '%s', 'user', '%s', 'dropped')",
	    goods.variant, first.id);
	adjust(&goods, -1);
	CHECK(holds(letter_to("stock-low", goods.variant, &first), "10 can still be ordered"));
}

SUITE("letters of the shop", TEST(test_an_order_of_two_sellers), TEST(test_cash_on_delivery), TEST(test_who_is_not_written_to),
    TEST(test_a_payment_that_fails), TEST(test_a_payment_that_fails_again), TEST(test_what_is_cancelled_and_refunded),
    TEST(test_a_link_to_the_carrier), TEST(test_stock_that_runs_out), TEST(test_stock_that_was_low_for_a_moment))
