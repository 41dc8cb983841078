#include "reports/rollup.h"

#include "reports/measures.h"
#include "store/db.h"
#include "store/work.h"

#define MORE(column, condition, value) ", " column " = " column " + VALUES(" column ")"
#define ADD(opens) " ON DUPLICATE KEY UPDATE currency = VALUES(currency)" ALL_MEASURES(MORE, opens)

const struct problem *
add_to_quarters(struct work *work, size_t count, const struct parameter *ids)
{
	TRY(db_run_many(work->db, NULL,
	    "INSERT INTO report_quarters (merchant_id, currency, quarter" ALL_MEASURES(MEASURE_COLUMN,
		"opens_order") ") "
			       "SELECT REPEAT(CHAR(0), 16), f.currency, f.quarter" ALL_MEASURES(MEASURE_SUM,
				   "opens_order") " FROM report_facts f "
						  "WHERE f.transaction_id IN ([?]) GROUP BY f.currency, f.quarter" ADD(
						      "opens_order"),
	    count, 1, ids));
	return db_run_many(work->db, NULL,
	    "INSERT INTO report_quarters (merchant_id, currency, quarter" ALL_MEASURES(MEASURE_COLUMN,
		"opens_part") ") "
			      "SELECT f.merchant_id, f.currency, f.quarter" ALL_MEASURES(MEASURE_SUM,
				  "opens_part") " FROM report_facts f "
						"WHERE f.merchant_id IS NOT NULL AND f.transaction_id IN ([?]) GROUP BY f.merchant_id, f.currency, f.quarter" ADD(
						    "opens_part"),
	    count, 1, ids);
}
