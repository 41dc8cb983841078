/* The ledger's rows of a payment with a fee and a discount, and of its refunds in parts, against a MariaDB of its own. */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "ledger/ledger.h"
#include "store/db.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"

#include <mysql.h>

enum { ARENA_BYTES = 16 << 20 };

static struct config config;
static struct arena *arena;
static MYSQL        *root; /* what others see */
static struct work   work;

static struct money
usd(int64_t minor)
{
	return (struct money) { .minor = minor, .currency = "USD" };
}

/* What all entries of a role sum to. */
static int64_t
balance(const char *role)
{
	return private_value(root,
	    arena_format(arena,
		"SELECT IFNULL(SUM(e.amount_minor), 0) FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id "
		"WHERE a.kind = '%s'",
		role));
}

static void
check_balances(int64_t clearing, int64_t fee, int64_t discount, int64_t merchant, int64_t commission)
{
	CHECK_INT(balance("clearing"), clearing);
	CHECK_INT(balance("fee"), fee);
	CHECK_INT(balance("discount"), discount);
	CHECK_INT(balance("merchant"), merchant);
	CHECK_INT(balance("commission"), commission);
	CHECK_INT(private_value(root,
		      "SELECT COUNT(*) FROM (SELECT transaction_id FROM ledger_entries GROUP BY transaction_id "
		      "HAVING SUM(amount_minor) <> 0) AS crooked"),
	    0);
}

static const struct problem *
reverse(struct uuid payment, int64_t minor)
{
	struct ledger_source source = { LEDGER_REFUND, uuid_new(), payment };

	return db_transaction(&work, ledger_reverse(&work, source, usd(minor), NULL));
}

/* What is posted for the merchant's goods, on whichever accounts; NULL: for nobody's. */
static int64_t
goods_balance(const struct merchant_id *merchant)
{
	return private_value(root,
	    arena_format(arena, "SELECT IFNULL(SUM(amount_minor), 0) FROM ledger_entries WHERE CAST(merchant_id AS UUID) %s",
		merchant == NULL ? "IS NULL" : arena_format(arena, "= '%s'", uuid_text(arena, merchant->uuid))));
}

static const struct problem *
reverse_part(struct ledger_source source, int64_t minor, const struct merchant_id *whose)
{
	return db_transaction(&work, ledger_reverse(&work, source, usd(minor), whose));
}

/* What is given back for one seller's goods leaves the other's alone; a dispute is everybody's; both are undone as they were. */
static void
test_goods_of_two_sellers(void)
{
	struct uuid          payment = uuid_new();
	struct ledger_source source = { LEDGER_PAYMENT, payment, payment }, refund = { LEDGER_REFUND, uuid_new(), payment };
	struct ledger_source bounce = { LEDGER_BOUNCE, refund.id, payment }, dispute = { LEDGER_DISPUTE, uuid_new(), payment };
	struct ledger_source won = { LEDGER_DISPUTE, uuid_new(), payment };
	struct merchant_id   one = NEW_ID(merchant_id), two = NEW_ID(merchant_id);
	struct posting       postings[] = {
		      { .role = LEDGER_CLEARING, .provider = "stripe", .amount = usd(1000) },
		      { .role = LEDGER_MERCHANT, .merchant = one, .amount = usd(-540) },
		      { .role = LEDGER_COMMISSION, .merchant = one, .amount = usd(-60) },
		      { .role = LEDGER_MERCHANT, .merchant = two, .amount = usd(-315) },
		      { .role = LEDGER_COMMISSION, .merchant = two, .amount = usd(-35) },
		      { .role = LEDGER_SHIPPING, .amount = usd(-50) },
	};

	CHECK(db_transaction(&work, ledger_post(&work, source, postings, 6)) == OK);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM ledger_accounts WHERE kind = 'commission'"), 1);
	CHECK_INT(goods_balance(&one), -600);
	CHECK(reverse_part(refund, 200, &one) == OK);
	CHECK_INT(goods_balance(&one), -400);
	CHECK_INT(goods_balance(&two), -350);
	CHECK(db_transaction(&work, ledger_hold(&work, dispute, usd(400))) == OK);
	CHECK_INT(goods_balance(&one), -200);
	CHECK_INT(goods_balance(&two), -175);
	CHECK(db_transaction(&work, ledger_undo(&work, won, dispute)) == OK);
	CHECK(db_transaction(&work, ledger_undo(&work, bounce, refund)) == OK);
	CHECK_INT(goods_balance(&one), -600);
	CHECK_INT(goods_balance(&two), -350);
	/* With shipping, as the last part takes it. */
	CHECK(reverse_part((struct ledger_source) { LEDGER_REFUND, uuid_new(), payment }, 650, &one) == OK);
	CHECK_INT(goods_balance(&one), 0);
	CHECK_INT(goods_balance(&two), -350);
	CHECK_INT(goods_balance(NULL), 350);
	CHECK(reverse(payment, 350) == OK);
	CHECK_INT(goods_balance(&two), 0);
}

/* The payer paid 900 for what earns 1000, the shop adds 100, and the provider keeps 30 of the 900 and never gives it back. */
static void
test_fee_and_discount(void)
{
	struct uuid          payment = uuid_new();
	struct ledger_source source = { LEDGER_PAYMENT, payment, payment };
	struct merchant_id   merchant = NEW_ID(merchant_id);
	struct posting       postings[] = {
		      { .role = LEDGER_CLEARING, .provider = "stripe", .amount = usd(870) },
		      { .role = LEDGER_FEE, .amount = usd(30) },
		      { .role = LEDGER_DISCOUNT, .amount = usd(100) },
		      { .role = LEDGER_MERCHANT, .merchant = merchant, .amount = usd(-950) },
		      { .role = LEDGER_COMMISSION, .amount = usd(-50) },
	};

	CHECK(db_transaction(&work, ledger_post(&work, source, postings, 5)) == OK);
	check_balances(870, 30, 100, -950, -50);
	CHECK(reverse(payment, 450) == OK);
	check_balances(420, 30, 50, -475, -25);
	CHECK(reverse(payment, 450) == OK);
	check_balances(-30, 30, 0, 0, 0);
	/* Nothing is left to take back, and what is refused leaves no row. */
	CHECK(problem_is(reverse(payment, 1), PROBLEM_INTERNAL));
	check_balances(-30, 30, 0, 0, 0);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM ledger_transactions"), 3);
}

static const struct test tests[] = { TEST(test_fee_and_discount), TEST(test_goods_of_two_sellers) };

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	arena = arena_new(ARENA_BYTES);
	root = private_shop("postings", &config, arena, &work);
	if (root == NULL)
		return 99;
	/* Of payments, refunds and merchants the ledger needs the ids alone. */
	if (private_run(root, "SET GLOBAL foreign_key_checks = 0") != 0)
		return 99;
	return run_suite("postings", tests, sizeof tests / sizeof *tests);
}
