/* Balances that are added up behind the postings: right at every step, and read without the entries that they hold. */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "ledger/account.h"
#include "store/db.h"
#include "store/list.h"
#include "store/work.h"
#include "tests/private_database.h"
#include "tests/private_schema.h"
#include "tests/suite.h"

#include <mysql.h>
#include <mysqld_error.h>
#include <string.h>

enum { ENTRIES = 30000, DAYS = 3, DAY_MS = 24 * 3600 * 1000 };

static struct config config;
static struct arena *arena;
static MYSQL        *root;
static struct work   work;
static int64_t       begun_ms; /* of the first day */

/* Two accounts, and entries that alternate between them, spread evenly over the days; entry n is of n + 1 and -(n + 1). */
static void
make_entries(void)
{
	REQUIRE(private_run(root, "SET unique_checks = 0, foreign_key_checks = 0") == 0);
	REQUIRE(private_run(root,
		    "INSERT INTO ledger_accounts (id, kind, currency) VALUES (REPEAT('a', 16), 'tax', 'USD'), "
		    "(REPEAT('b', 16), 'shipping', 'USD')") == 0);
	REQUIRE(private_run(root,
		    "INSERT INTO ledger_transactions (id, source_kind, source_id, origin_id) "
		    "VALUES (REPEAT('t', 16), 'payment', REPEAT('t', 16), REPEAT('t', 16))") == 0);
	REQUIRE(private_run(root,
		    arena_format(arena,
			"INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) "
			"SELECT CONCAT(UNHEX(LPAD(HEX(%lld + (seq * %lld) DIV %d), 12, '0')), UNHEX('7000'), UNHEX('8000'), "
			"UNHEX(LPAD(HEX(seq), 12, '0'))), REPEAT('t', 16), IF(seq %% 2 = 0, REPEAT('a', 16), REPEAT('b', 16)), "
			"IF(seq %% 2 = 0, seq + 1, -seq), 'USD' FROM seq_0_to_%d",
			(long long)begun_ms, (long long)DAYS * DAY_MS, ENTRIES, ENTRIES - 1)) == 0);
}

/* What the accounts hold; and how many rows the server has read for it. */
static int64_t
check_balances(int64_t each)
{
	struct page_request    page = { .limit = 10 };
	struct account_filter  filter = { .currency = "USD" };
	struct ledger_account *accounts;
	struct listed          listed;
	int64_t                before, after, nothing;
	static const char      rows_read[] = "SELECT CAST(SUM(VARIABLE_VALUE) AS SIGNED) FROM information_schema.SESSION_STATUS "
					     "WHERE VARIABLE_NAME LIKE 'HANDLER_READ%'";

	REQUIRE(db_value(work.db, &nothing, rows_read) == OK);
	REQUIRE(db_value(work.db, &before, rows_read) == OK);
	REQUIRE(list_accounts(&work, &filter, &page, &accounts, &listed) == OK);
	REQUIRE(db_value(work.db, &after, rows_read) == OK);
	REQUIRE(listed.count == 2);
	CHECK_INT(accounts[0].balance.minor, each);
	CHECK_INT(accounts[1].balance.minor, -each);
	return (after - before) - (before - nothing);
}

/* 1 + 3 + 5 + ... of half the entries. */
static const int64_t whole = (int64_t)(ENTRIES / 2) * (ENTRIES / 2);

static void
test_balances_at_every_step(void)
{
	struct instant         now = { begun_ms + (int64_t)DAYS * DAY_MS };
	struct ledger_account *account, *other;
	int64_t                read, balance, half = ENTRIES / DAYS / 2;
	bool                   more = true;
	int                    steps = 0;

	make_entries();
	read = check_balances(whole);
	CHECK(read > ENTRIES);
	for (; more && steps < 10; steps++) {
		int64_t now_read;

		REQUIRE(ledger_fold(&work, now, &more) == OK);
		now_read = check_balances(whole);
		CHECK(now_read < read);
		read = now_read;
	}
	CHECK(steps >= DAYS);
	CHECK(read < 50);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM ledger_days"), 2 * DAYS);
	CHECK_INT(private_value(root, "SELECT entries FROM ledger_days ORDER BY day DESC LIMIT 1"), ENTRIES / 2);
	/* Folded again, nothing changes; nor does it when what is folded is forgotten and made anew. */
	REQUIRE(ledger_fold(&work, now, &more) == OK);
	CHECK(!more);
	check_balances(whole);
	REQUIRE(db_row(work.db, &ledger_account_shape, &account,
		    "SELECT {a}, 0 AS folded, f.mark FROM ledger_accounts a JOIN ledger_fold f WHERE a.kind = 'tax'") == OK);
	CHECK(balance_before(&work, account, (struct instant) { begun_ms + DAY_MS }, &balance) == OK);
	CHECK_INT(balance, half * half);
	CHECK(ledger_unfold(&work) == OK);
	CHECK_INT(private_value(root, "SELECT COUNT(*) FROM ledger_days"), 0);
	check_balances(whole);
	REQUIRE(db_row(work.db, &ledger_account_shape, &other,
		    "SELECT {a}, 0 AS folded, REPEAT(CHAR(0), 16) AS mark FROM ledger_accounts a WHERE a.kind = 'tax'") == OK);
	CHECK(balance_before(&work, other, (struct instant) { begun_ms + DAY_MS }, &balance) == OK);
	CHECK_INT(balance, half * half);
}

static const struct problem *
post_while_locked(struct merchant_id merchant, MYSQL *other, unsigned *refused)
{
	struct ledger_account *account;

	TRY(lock_merchant_account(&work, merchant, "USD", &account));
	REQUIRE(account != NULL);
	*refused = private_run(other,
	    "INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) "
	    "VALUES (REPEAT('w', 16), REPEAT('t', 16), REPEAT('m', 16), 5, 'USD')");
	return OK;
}

/* A posting to a merchant's account that is locked waits until the transaction that locked it is over. */
static void
test_locked_account_takes_no_posting(void)
{
	struct merchant_id merchant;
	MYSQL             *other = private_connect("ledger_days");
	unsigned           refused = 0;

	memset(merchant.uuid.bytes, 'm', sizeof merchant.uuid.bytes);
	REQUIRE(private_run(root, "SET foreign_key_checks = 0") == 0);
	REQUIRE(private_run(root,
		    "INSERT INTO ledger_accounts (id, kind, merchant_id, currency) "
		    "VALUES (REPEAT('m', 16), 'merchant', REPEAT('m', 16), 'USD')") == 0);
	REQUIRE(private_run(root,
		    "INSERT IGNORE INTO ledger_transactions (id, source_kind, source_id, origin_id) "
		    "VALUES (REPEAT('t', 16), 'payment', REPEAT('t', 16), REPEAT('t', 16))") == 0);
	REQUIRE(private_run(other, "SET innodb_lock_wait_timeout = 1") == 0);
	REQUIRE(db_transaction(&work, post_while_locked(merchant, other, &refused)) == OK);
	CHECK_INT(refused, ER_LOCK_WAIT_TIMEOUT);
	CHECK_INT(private_run(other,
		      "INSERT INTO ledger_entries (id, transaction_id, account_id, amount_minor, currency) "
		      "VALUES (REPEAT('w', 16), REPEAT('t', 16), REPEAT('m', 16), 5, 'USD')"),
	    0);
	mysql_close(other);
}

static const struct test tests[] = { TEST(test_balances_at_every_step), TEST(test_locked_account_takes_no_posting) };

int
main(int argc, char **argv)
{
	(void)argc;
	private_database(argv);
	arena = arena_new(64 << 20);
	root = private_shop("ledger_days", &config, arena, &work);
	if (root == NULL)
		return 99;
	begun_ms = instant_now().unix_ms - (int64_t)10 * DAY_MS;
	begun_ms -= begun_ms % DAY_MS;
	return run_suite("ledger days", tests, sizeof tests / sizeof *tests);
}
