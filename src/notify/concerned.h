/*
 * concerned.h: the SQL that says which merchants an event concerns: a SELECT of event_id and merchant_id.
 */
#ifndef CONCERNED_H
#define CONCERNED_H

/* Each of its eight parts takes the batch before the first, and the last. */
#define CONCERNED_OF_ " WHERE e.batch > ? AND e.batch <= ? AND e.aggregate_type = "
#define CONCERNED_MERCHANTS \
	"SELECT e.id AS event_id, m.merchant_id FROM events e JOIN order_merchants m ON m.order_id = e.aggregate_id" CONCERNED_OF_ \
	"'order' " \
	"UNION SELECT e.id, m.merchant_id FROM events e JOIN payments p ON p.id = e.aggregate_id " \
	"JOIN order_merchants m ON m.order_id = p.order_id" CONCERNED_OF_ "'payment' " \
	"UNION SELECT e.id, m.merchant_id FROM events e JOIN refunds r ON r.id = e.aggregate_id " \
	"JOIN payments p ON p.id = r.payment_id JOIN order_merchants m ON m.order_id = p.order_id" CONCERNED_OF_ "'refund' " \
	"UNION SELECT e.id, m.merchant_id FROM events e JOIN disputes d ON d.id = e.aggregate_id " \
	"JOIN payments p ON p.id = d.payment_id JOIN order_merchants m ON m.order_id = p.order_id" CONCERNED_OF_ "'dispute' " \
	"UNION SELECT e.id, p.merchant_id FROM events e JOIN variants v ON v.id = e.aggregate_id " \
	"JOIN products p ON p.id = v.product_id" CONCERNED_OF_ "'variant' " \
	"UNION SELECT e.id, e.aggregate_id FROM events e" CONCERNED_OF_ "'merchant' " \
	"UNION SELECT e.id, UNHEX(REPLACE(JSON_VALUE(e.payload, '$.merchant_id'), '-', '')) FROM events e " \
	"WHERE e.batch > ? AND e.batch <= ? AND JSON_VALUE(e.payload, '$.merchant_id') IS NOT NULL " \
	"UNION SELECT e.id, p.merchant_id FROM events e LEFT JOIN refunds r ON r.id = e.aggregate_id " \
	"LEFT JOIN disputes d ON d.id = e.aggregate_id JOIN payments p ON p.id = COALESCE(r.payment_id, d.payment_id) " \
	"WHERE e.batch > ? AND e.batch <= ? AND e.aggregate_type IN ('refund', 'dispute') AND p.merchant_id IS NOT NULL"
#define CONCERNED_PARAMETERS(after, last) \
	P(after), P(last), P(after), P(last), P(after), P(last), P(after), P(last), P(after), P(last), P(after), P(last), \
	    P(after), P(last), P(after), P(last)

#endif
