/* What reports of the demo shop count beside its sales. */
#include "ops/seed.h"

/* Carts that led to orders, and two to four times as many that did not.  Not those of the last hours, whose events `check` looks for. */
const struct problem *
seed_carts(const struct seed *seed)
{
	return db_run(seed->work->db, NULL,
	    "INSERT IGNORE INTO report_carts (currency, quarter, carts) "
	    "SELECT q.currency, q.quarter, q.orders * (3 + CRC32(q.quarter) % 3) FROM report_quarters q "
	    "WHERE q.merchant_id = REPEAT(CHAR(0), 16) AND q.orders > 0 AND NOT q.moved AND q.quarter < NOW() - INTERVAL 3 HOUR");
}
