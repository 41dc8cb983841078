#include "reports/rollup.h"

#include "base/shape.h"
#include "reports/rollup_tables.h"
#include "store/db.h"
#include "store/work.h"

#define MORE(column, condition, value) ", " column " = " column " + VALUES(" column ")"
#define BATCH "f.transaction_id IN ([?])"
#define ADD(table, key, of_fact, which, measures) \
	"INSERT INTO " table " (" key measures(MEASURE_COLUMN) ") SELECT " of_fact measures( \
	    MEASURE_SUM) " FROM report_facts f WHERE " which " AND " BATCH " GROUP BY " of_fact \
			 " ON DUPLICATE KEY UPDATE moved = VALUES(moved)" measures(MORE),

/* The same with when they bought. */
#define SOLD_AT(which) "IFNULL(" which "_at, VALUES(" which "_at))"
#define ADD_CUSTOMERS(table, key, of_fact, which, measures) \
	"INSERT INTO " table " (" key ", first_at, last_at" measures(MEASURE_COLUMN) ") SELECT " of_fact CUSTOMER_TIMES \
	measures(MEASURE_SUM) " FROM report_facts f WHERE " which " AND " BATCH " GROUP BY " of_fact \
			      " ON DUPLICATE KEY UPDATE first_at = LEAST(" SOLD_AT( \
				  "first") ", IFNULL(VALUES(first_at), first_at)), last_at = " \
					   "GREATEST(" SOLD_AT("last") ", IFNULL(VALUES(last_at), last_at))" measures(MORE),

#define ADD_MONTHS(table, key, of_fact, which, measures) \
	"INSERT INTO " table " (month, " key measures(MEASURE_COLUMN) ") SELECT m.month, " of_fact measures( \
	    MEASURE_SUM) " FROM report_facts f JOIN report_months m ON m.month >= LAST_DAY(f.quarter) WHERE " which \
			 " AND " BATCH " GROUP BY m.month, " of_fact \
			 " ON DUPLICATE KEY UPDATE moved = VALUES(moved)" measures(MORE),

/* The totals of the last month as those of the next. */
#define CARRY(table, key, of_fact, which, measures) \
	"INSERT INTO " table " (month, " key measures(MEASURE_COLUMN) ") SELECT LAST_DAY(month + INTERVAL 1 DAY), " key \
	measures(MEASURE_COLUMN) " FROM " table " WHERE month = (SELECT MAX(month) FROM report_months) AND month < LAST_DAY(?)"

/* One address each, by which a statement is known once it is prepared. */
static const char *const additions[] = { SHOP_QUARTERS(ADD) CONVERTED_QUARTERS(ADD) MERCHANT_QUARTERS(ADD) MERCHANT_DAYS(ADD)
	    PRODUCT_DAYS(ADD) TAX_DAYS(ADD) SHOP_TAX_DAYS(ADD) CUSTOMERS(ADD_CUSTOMERS) CUSTOMERS_CONVERTED(ADD_CUSTOMERS)
		PRODUCT_MONTHS(ADD_MONTHS) };

const struct problem *
hold_rollups(struct work *work)
{
	int64_t id;

	return db_value(work->db, &id, "SELECT the_one FROM report_fold WHERE the_one = 1 FOR UPDATE");
}

static const struct problem *
has_months(struct work *work, const struct rollup_span *span, bool *has)
{
	int64_t there;

	TRY(db_value(work->db, &there,
	    "SELECT (SELECT COUNT(*) FROM report_months WHERE month = LAST_DAY(?)) + (SELECT COUNT(*) FROM report_months "
	    "WHERE month = LAST_DAY(?))",
	    P(span->first), P(span->last)));
	*has = there == 2;
	return OK;
}

/* One more month at the end, where one is wanted: each product's totals go on as they are. */
static const struct problem *
carry_over(struct work *work, const struct rollup_span *span, int64_t *added)
{
	TRY(db_run(work->db, NULL, PRODUCT_MONTHS(CARRY), P(span->last)));
	return db_run(work->db, added,
	    "INSERT INTO report_months (month) SELECT LAST_DAY(l.month + INTERVAL 1 DAY) FROM (SELECT MAX(month) AS month "
	    "FROM report_months) l WHERE l.month < LAST_DAY(?)",
	    P(span->last));
}

const struct problem *
have_months(struct work *work, const struct rollup_span *span)
{
	int64_t added;
	bool    has;

	TRY(has_months(work, span, &has));
	if (has)
		return OK;
	TRY(db_run(work->db, NULL,
	    "INSERT INTO report_months (month) SELECT LAST_DAY(?) FROM DUAL WHERE NOT EXISTS (SELECT 1 FROM report_months)",
	    P(span->first)));
	do
		TRY(db_run(work->db, &added,
		    "INSERT INTO report_months (month) SELECT LAST_DAY(l.month - INTERVAL 1 MONTH) FROM (SELECT MIN(month) AS month "
		    "FROM report_months) l WHERE l.month > LAST_DAY(?)",
		    P(span->first)));
	while (added > 0);
	do
		TRY(carry_over(work, span, &added));
	while (added > 0);
	return OK;
}

const struct problem *
add_to_rollups(struct work *work, const struct rollup_span *span, size_t count, const struct parameter *ids)
{
	TRY(have_months(work, span));
	for (size_t i = 0; i < sizeof additions / sizeof *additions; i++)
		TRY(db_run_many(work->db, NULL, additions[i], count, 1, ids));
	return OK;
}
