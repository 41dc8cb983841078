/* Workers die while they read a settlement file: whoever goes on has every row once, in the books too. */
#include "tests/faults/stack.h"

#include <stdio.h>
#include <stdlib.h>

enum { ROWS = 12000, ROW_BYTES = 120, EVERY_MS = 400, KILLED_MS = 4000, LOOKS = 600 };

/* Fees that are of nothing else, one minor unit each. */
static char *
file_of_fees(void)
{
	size_t      room = (size_t)ROWS * ROW_BYTES + 1000, length;
	char       *file = calloc(1, room);
	const char *mark = fresh_email("k") + 2, *day = sql_text("SELECT UTC_DATE() - INTERVAL 390 DAY");

	REQUIRE(file != NULL);
	length = (size_t)snprintf(file, room,
	    "balance_transaction_id,created_utc,currency,gross,fee,net,reporting_category,source_id,charge_id,payment_intent_id\n");
	for (int i = 0; i < ROWS; i++)
		length += (size_t)snprintf(
		    file + length, room - length, "txn_%.13s_%d,%s 00:00:00,usd,-0.01,0.00,-0.01,fee,x,,\n", mark, i, day);
	return file;
}

static void
test_killed_workers_read_each_row_once(void)
{
	static const char *const jobs[] = { "jobs", NULL };
	struct person            accountant = person_new("accountant");
	char                    *file = file_of_fees();
	struct killer           *killer = killer_start(jobs, EVERY_MS);
	struct answer            answer =
	    api_call("POST", "/settlements?provider=stripe", accountant.access, file, HEADERS("Content-Type: text/csv"));
	const char *id;
	int         killed;

	free(file);
	EXPECT(answer, 202);
	id = text_at(&answer, "id");
	pause_ms(KILLED_MS);
	killed = killer_stop(killer);
	printf("(%d killed, %lld rows by then) ", killed,
	    (long long)sql_number("SELECT data_rows FROM settlements WHERE id = '%s'", id));
	for (int looks = 0; looks < LOOKS && sql_number("SELECT status = 'done' FROM settlements WHERE id = '%s'", id) == 0;
	     looks++)
		pause_ms(200);
	CHECK(killed > 0);
	CHECK_TEXT(sql_text("SELECT CONCAT_WS(' ', status, data_rows, differences) FROM settlements WHERE id = '%s'", id),
	    form("done %d 0", ROWS));
	CHECK_TEXT(
	    sql_text("SELECT CONCAT_WS(' ', entries, fee_minor, net_minor) FROM settlement_sums WHERE settlement_id = '%s'", id),
	    form("%d %d -%d", ROWS, ROWS, ROWS));
	CHECK_TEXT(
	    sql_text("SELECT CONCAT_WS(' ', COUNT(*), SUM(e.amount_minor)) FROM settlement_rows r JOIN ledger_transactions t "
		     "ON t.source_kind = 'settlement' AND t.source_id = r.id JOIN ledger_entries e ON e.transaction_id = t.id "
		     "AND e.amount_minor > 0 WHERE r.settlement_id = '%s'",
		id),
	    form("%d %d", ROWS, ROWS));
	/* So many postings of one origin do not hold the reports up. */
	for (int looks = 0; looks < LOOKS && sql_number("SELECT COUNT(*) FROM report_queue") > 0; looks++)
		pause_ms(200);
	CHECK_INT(sql_number("SELECT COUNT(*) FROM report_queue"), 0);
	EXPECT_CONSISTENT();
}

SUITE("killed settlement", TEST(test_killed_workers_read_each_row_once))
