/* haatctl history: what it says of an instant is what the API answered then, of an order, its parts, its payment and its stock. */
#include "tests/api/shopping.h"

#include "base/instant.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

enum { MOMENTS_MAX = 16, OUTPUT_MAX = 1 << 20 };

static struct person  seller, customer;
static struct goods   goods;
static struct attempt attempt;
static const char    *part, *goods_return;

/* What the API answered, and when. */
static struct moment {
	const char *at;
	const char *order, *order_paid, *order_refunded, *payment, *payment_refunded, *part, *goods_return, *accepted;
	int64_t     on_hand, reserved, available;
} moments[MOMENTS_MAX];
static size_t n_moments;

/* What `haatctl history KIND NAME` prints, with --at if there is one; and its exit code. */
static char *
history(const char *kind, const char *name, const char *at, int *code)
{
	const char *build = getenv("HAAT_BUILD");
	const char *program = form("%s/src/haatctl", build == NULL ? "." : build);
	const char *config = form("%s/haat.conf", shop_directory());
	char       *output = form("%*s", OUTPUT_MAX, "");
	size_t      length = 0;
	ssize_t     got;
	int         ends[2], status = -1;
	pid_t       child;

	REQUIRE(pipe(ends) == 0);
	child = fork();
	if (child == 0) {
		dup2(ends[1], STDOUT_FILENO);
		dup2(ends[1], STDERR_FILENO);
		close(ends[0]);
		execl(
		    program, "haatctl", "--config", config, "history", kind, name, at == NULL ? NULL : "--at", at, (char *)NULL);
		_exit(127);
	}
	close(ends[1]);
	while (length < OUTPUT_MAX && (got = read(ends[0], output + length, OUTPUT_MAX - length)) > 0)
		length += (size_t)got;
	close(ends[0]);
	waitpid(child, &status, 0);
	output[length] = '\0';
	*code = WIFEXITED(status) ? WEXITSTATUS(status) : -1;
	return output;
}

/* The member of the state in the line of such a type; "" when there is none. */
static const char *
told(const char *output, const char *type, const char *member)
{
	const char *value = "";

	for (const char *line = output; line != NULL && line[0] != '\0';
	     line = strchr(line, '\n') == NULL ? NULL : strchr(line, '\n') + 1) {
		const char   *word = strstr(line, "  "), *state = strchr(line, '{');
		struct answer entry = { .asked = "history" };

		if (word == NULL || state == NULL || strncmp(word + 2, type, strlen(type)) != 0)
			continue;
		entry.json = json_tokener_parse(form("%.*s", (int)strcspn(state, "\n"), state));
		value = has_at(&entry, member) ? form("%s", text_at(&entry, member)) : "";
		json_object_put(entry.json);
	}
	return value;
}

/* Notes what the API answers now. */
static void
note(void)
{
	struct moment *moment = &moments[n_moments++];
	struct answer  answer = api_get(form("/orders/%s", attempt.order), customer.access);
	struct instant now;
	char           text[INSTANT_TEXT_SIZE];

	REQUIRE(n_moments <= MOMENTS_MAX);
	EXPECT(answer, 200);
	*moment = (struct moment) { .order = text_at(&answer, "status"),
		.order_paid = text_at(&answer, "payment_status"),
		.order_refunded = has_at(&answer, "refunded") ? text_at(&answer, "refunded") : "0.00",
		.payment = "",
		.payment_refunded = "",
		.part = "",
		.goods_return = "",
		.accepted = "" };
	if (attempt.reference != NULL) {
		answer = api_get(form("/payments/%s", attempt.reference), customer.access);
		EXPECT(answer, 200);
		moment->payment = text_at(&answer, "status");
		moment->payment_refunded = text_at(&answer, "refunded");
	}
	if (part != NULL) {
		answer = api_get(form("/orders/%s/fulfilments", attempt.order), customer.access);
		EXPECT(answer, 200);
		moment->part = text_at(&answer, "results.0.status");
	}
	if (goods_return != NULL) {
		answer = api_get(form("/returns/%s", goods_return), customer.access);
		EXPECT(answer, 200);
		moment->goods_return = text_at(&answer, "status");
		moment->accepted = has_at(&answer, "lines.0.accepted") ? text_at(&answer, "lines.0.accepted") : "";
	}
	answer = api_get(form("/inventory/%s", goods.variant), seller.access);
	EXPECT(answer, 200);
	moment->on_hand = number_at(&answer, "on_hand");
	moment->reserved = number_at(&answer, "reserved");
	moment->available = number_at(&answer, "available");
	now = instant_now();
	instant_write(now, text);
	moment->at = form("%s", text);
	/* What comes next is of a later millisecond. */
	while (instant_now().unix_ms == now.unix_ms)
		continue;
}

static void
act(const char *path, const struct person *by, const char *body)
{
	struct answer answer = api_post(path, by->access, body);

	CHECK(answer.status == 200 || answer.status == 201);
	REQUIRE(answer.status < 300);
	note();
}

static void
test_an_order_is_lived(void)
{
	struct answer answer;
	const char   *line;

	seller = person_new("shopkeeper");
	customer = person_new("customer");
	goods = goods_new(&seller, "30.00", 10);
	attempt.order = order_new(&customer, address_new(&customer), &goods, 3);
	REQUIRE(attempt.order != NULL);
	note();
	attempt = attempt_new(&customer, attempt.order);
	note();
	sql_run("UPDATE payments SET review = NULL WHERE reference = '%s'", attempt.reference);
	sandbox_act("pay", attempt.transaction);
	WAIT_FOR("paid", "SELECT status FROM orders WHERE id = '%s'", attempt.order);
	part = sql_text("SELECT id FROM fulfilments WHERE order_id = '%s'", attempt.order);
	note();
	act(form("/inventory/%s/adjustments", goods.variant), &seller, "{\"delta\": 5, \"reason\": \"delivery\"}");
	act(form("/fulfilments/%s/pack", part), &seller, NULL);
	act(form("/fulfilments/%s/ship", part), &seller, "{\"carrier\": \"Pathao\", \"tracking\": \"PT-1\"}");
	act(form("/fulfilments/%s/deliver", part), &seller, NULL);
	line = sql_text("SELECT id FROM order_lines WHERE order_id = '%s'", attempt.order);
	answer = api_post(form("/orders/%s/returns", attempt.order), customer.access,
	    form("{\"lines\": [{\"line_id\": \"%s\", \"quantity\": 2, \"reason\": \"too small\"}]}", line));
	EXPECT(answer, 201);
	goods_return = text_at(&answer, "id");
	note();
	act(form("/returns/%s/approve", goods_return), &seller, NULL);
	EXPECT(api_post(form("/returns/%s/receive", goods_return), seller.access,
		   form("{\"lines\": [{\"line_id\": \"%s\", \"quantity\": 1, \"restock\": true}]}", line)),
	    200);
	WAIT_FOR("refunded", "SELECT status FROM returns WHERE id = '%s'", goods_return);
	note();
}

static const char *
number_of_order(void)
{
	return sql_text("SELECT number FROM orders WHERE id = '%s'", attempt.order);
}

static void
test_it_was_so_at_every_moment(void)
{
	REQUIRE(n_moments == 10);
	for (const struct moment *moment = moments; moment < moments + n_moments; moment++) {
		int         code;
		const char *order = history("order", number_of_order(), moment->at, &code);

		CHECK_INT(code, 0);
		CHECK_TEXT(told(order, "order.", "status"), moment->order);
		CHECK_TEXT(told(order, "order.", "payment_status"), moment->order_paid);
		CHECK_TEXT(told(order, "order.", "refunded"), moment->order_refunded);
		CHECK_TEXT(told(order, "payment.", "status"), moment->payment);
		CHECK_TEXT(told(order, "fulfilment.", "status"), moment->part);
		CHECK_TEXT(told(order, "return.", "status"), moment->goods_return);
		CHECK_TEXT(told(order, "return.", "lines.0.accepted"), moment->accepted);
	}
}

static void
test_so_were_payment_and_stock(void)
{
	const char *sku = sql_text("SELECT sku FROM variants WHERE id = '%s'", goods.variant);

	for (const struct moment *moment = moments; moment < moments + n_moments; moment++) {
		int         code;
		const char *payment = history("payment", attempt.reference, moment->at, &code), *stock;

		CHECK_INT(code, moment->payment[0] == '\0' ? 1 : 0);
		CHECK_TEXT(told(payment, "payment.", "status"), moment->payment);
		CHECK_TEXT(told(payment, "payment.", "refunded"), moment->payment_refunded);
		for (int by_sku = 0; by_sku < 2; by_sku++) {
			stock = history("stock", by_sku ? sku : goods.variant, moment->at, &code);
			CHECK_INT(code, 0);
			CHECK_TEXT(told(stock, "", "on_hand"), form("%lld", (long long)moment->on_hand));
			CHECK_TEXT(told(stock, "", "reserved"), form("%lld", (long long)moment->reserved));
			CHECK_TEXT(told(stock, "", "available"), form("%lld", (long long)moment->available));
		}
	}
}

/* The whole history has the events of the timeline, in its order. */
static void
test_the_timeline_agrees(void)
{
	struct answer answer = api_get(form("/orders/%s/timeline", attempt.order), customer.access);
	int           code;
	const char   *line = history("order", number_of_order(), NULL, &code);
	size_t        count = length_at(&answer, "results");

	EXPECT(answer, 200);
	CHECK_INT(code, 0);
	CHECK(count > 10);
	for (size_t i = 0; i < count; i++) {
		const char *type = text_at(&answer, form("results.%zu.type", i));

		REQUIRE(line != NULL && strstr(line, "  ") != NULL);
		CHECK(strncmp(line, text_at(&answer, form("results.%zu.created_at", i)), strcspn(line, " ")) == 0);
		CHECK(strncmp(strstr(line, "  ") + 2, type, strlen(type)) == 0);
		line = strchr(line, '\n') == NULL ? NULL : strchr(line, '\n') + 1;
	}
	CHECK(line == NULL || line[0] == '\0');
}

static void
test_what_is_not_there(void)
{
	int code;

	CHECK(strstr(history("order", number_of_order(), "2001-01-01T00:00:00Z", &code), "not placed yet at that time") != NULL);
	CHECK_INT(code, 1);
	CHECK(strstr(history("payment", attempt.reference, moments[0].at, &code), "not begun yet at that time") != NULL);
	CHECK_INT(code, 1);
	CHECK(strstr(history("stock", goods.variant, "2001-01-01T00:00:00Z", &code), "nothing has moved") != NULL);
	CHECK_INT(code, 1);
	CHECK(strstr(history("payment", "PAY-0", NULL, &code), "payment not found") != NULL);
	CHECK_INT(code, 1);
	CHECK(strstr(history("stock", "no such SKU", NULL, &code), "variant not found") != NULL);
	CHECK_INT(code, 1);
	CHECK(strstr(history("stock", goods.variant, "noon", &code), "'noon' is not a time") != NULL);
	CHECK_INT(code, 2);
}

/* By the SKU that it had. */
static void
test_a_deleted_variant_has_a_history(void)
{
	const char *sku = sql_text("SELECT sku FROM variants WHERE id = '%s'", goods.variant);
	int         code;

	EXPECT(api_delete(form("/products/%s", goods.product), seller.access), 204);
	CHECK_TEXT(history("stock", sku, NULL, &code), history("stock", goods.variant, NULL, &code));
	CHECK_INT(code, 0);
}

static void
test_consistent(void)
{
	EXPECT_CONSISTENT();
}

SUITE("api: history", TEST(test_an_order_is_lived), TEST(test_it_was_so_at_every_moment), TEST(test_so_were_payment_and_stock),
    TEST(test_the_timeline_agrees), TEST(test_what_is_not_there), TEST(test_a_deleted_variant_has_a_history),
    TEST(test_consistent))
