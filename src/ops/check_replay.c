/*
 * The rules of `haatctl check --whole` that play histories again (see check_rules.h): each step of a status is one that it may take,
 * and where the last of them ends, there the row is.
 */
#include "ops/check_rules.h"

#include "fulfilment/return.h"
#include "orders/fulfilments.h"
#include "orders/state.h"
#include "payments/payment.h"

/* A refund of the payment `p` is from before refunds told of their payment, and bounced ones of their order: 0195 came with that. */
#define REFUNDED_UNTOLD \
	"EXISTS (SELECT 1 FROM refunds r JOIN schema_migrations m ON m.number = 195 WHERE r.payment_id = p.id " \
	"AND r.status IN ('succeeded', 'bounced') AND r.finished_at < m.applied_at)"

/* The last state that the history of a thing tells; NULL when it is from before there were histories. */
#define LAST_OF_ORDER(id) \
	"(SELECT h.state FROM order_history h WHERE h.order_id = " id " ORDER BY h.created_at DESC, h.event_id DESC LIMIT 1)"
#define LAST_OF(id) \
	"(SELECT h.state FROM subject_history h WHERE h.subject_id = " id " ORDER BY h.created_at DESC, h.event_id DESC LIMIT 1)"

/* A member of such a state; an amount of it, in minor units. */
#define TOLD(name) "JSON_VALUE(s.told, '$." name "')"
#define TOLD_MINOR(name) "CAST(REPLACE(JSON_VALUE(s.told, '$." name "'), '.', '') AS INTEGER)"

/* The steps in the histories of a table, of the rows WHERE, which are none of ... */
#define STEPS(noun, table, subject, where) \
	"SELECT CONCAT('" noun \
	" ', " ID("s.subject") ", ': ', s.type, ' from ', s.status_before, ' to ', s.status) AS what, " \
			       "COUNT(*) OVER () AS total FROM (SELECT h." subject \
			       " AS subject, h.type, JSON_VALUE(h.state, '$.status') AS status, " \
			       "LAG(JSON_VALUE(h.state, '$.status')) OVER (PARTITION BY h." subject \
			       " ORDER BY h.created_at, h.event_id) AS status_before " \
			       "FROM " table " h WHERE " where \
			       ") s WHERE s.status <> s.status_before AND (s.status_before, s.status) NOT IN ("

static bool
order_step(int from, int to)
{
	return order_may_become((enum order_status)from, (enum order_status)to);
}

static bool
fulfilment_step(int from, int to)
{
	return fulfilment_may_become((enum fulfilment_status)from, (enum fulfilment_status)to);
}

static bool
return_step(int from, int to)
{
	return return_may_become((enum return_status)from, (enum return_status)to);
}

/* A bank may send a refund back. */
static bool
payment_step(int from, int to)
{
	bool refunded = from == PAYMENT_REFUNDED || from == PAYMENT_PARTIALLY_REFUNDED;

	return payment_may_become((enum payment_status)from, (enum payment_status)to) ||
	    (refunded && (to == PAYMENT_SUCCEEDED || to == PAYMENT_PARTIALLY_REFUNDED));
}

static const struct machine order_machine = { order_status_values, order_step };
static const struct machine fulfilment_machine = { fulfilment_status_values, fulfilment_step };
static const struct machine return_machine = { return_status_values, return_step };
static const struct machine payment_machine = { payment_status_values, payment_step };

const struct rule check_rules_replay[] = {
	{ "the last event of an order tells what the order is", false,
	    FOUND("'order ', s.number, ': ', s.status, ', ', s.payment_status, ', told ', " TOLD("status") ", ', ', " TOLD(
		      "payment_status") ", "
					"IFNULL(CONCAT(', of ', " TOLD("total") ", ' refunded ', " TOLD("refunded") "), '')",
		"FROM (SELECT o.number, o.status, o.payment_status, o.total_minor, o.refunded_minor, " LAST_OF_ORDER(
		    "o.id") " AS told "
			    "FROM orders o WHERE NOT EXISTS (SELECT 1 FROM payments p WHERE p.order_id = o.id AND " REFUNDED_UNTOLD
			    ")) s "
			    /* How its attempts go is told by them. */
			    "WHERE " TOLD(
				"status") " <> s.status OR (s.payment_status IN ('paid', 'partially_refunded', 'refunded') "
					  "AND " TOLD(
					      "payment_status") " <> s.payment_status) "
								"OR " TOLD_MINOR("total") " <> s.total_minor OR " TOLD_MINOR(
								    "refunded") " <> s.refunded_minor"),
	    .whole = true },
	{ "the last event of a payment tells what the payment is", false,
	    FOUND("'payment ', s.reference, ': ', s.status, ', told ', " TOLD("status") ", IFNULL(CONCAT(', of ', " TOLD(
		      "amount") ", "
				"' refunded ', " TOLD("refunded") "), '')",
		"FROM (SELECT p.reference, p.status, p.amount_minor, p.refunded_minor, " LAST_OF(
		    "p.id") " AS told FROM payments p "
			    "WHERE NOT " REFUNDED_UNTOLD
			    ") s WHERE " TOLD("status") " <> s.status "
							"OR " TOLD_MINOR("amount") " <> s.amount_minor OR " TOLD_MINOR(
							    "refunded") " <> s.refunded_minor"),
	    .whole = true },
	{ "the last event of a refund tells what the refund is", false,
	    FOUND("'refund ', " ID("s.id") ", ': ', s.status, ', told ', " TOLD("status"),
		"FROM (SELECT r.id, r.status, r.amount_minor, " LAST_OF(
		    "r.id") " AS told FROM refunds r) s "
			    "WHERE " TOLD("status") " <> s.status OR " TOLD_MINOR("amount") " <> s.amount_minor"),
	    .whole = true },
	{ "the last event of a fulfilment tells what the fulfilment is", false,
	    FOUND("'fulfilment ', " ID("s.id") ", ': ', s.status, ', told ', " TOLD(
		      "status") ", IFNULL(CONCAT(', refunded ', " TOLD("refunded") ", "
										   "', collected ', " TOLD("collected") "), '')",
		"FROM (SELECT f.id, f.status, f.refunded_minor, f.collected_minor, " LAST_OF(
		    "f.id") " AS told FROM fulfilments f) s "
			    "WHERE " TOLD("status") " <> s.status OR " TOLD_MINOR(
				"refunded") " <> s.refunded_minor "
					    "OR " TOLD_MINOR("collected") " <> s.collected_minor"),
	    .whole = true },
	{ "the last event of a return tells what the return is", false,
	    FOUND("'return ', " ID("s.id") ", ': ', s.status, ', told ', " TOLD("status") ", IFNULL(CONCAT(', of ', " TOLD(
		      "amount") "), '')",
		"FROM (SELECT t.id, t.status, t.amount_minor, " LAST_OF(
		    "t.id") " AS told FROM returns t) s "
			    "WHERE " TOLD("status") " <> s.status OR " TOLD_MINOR("amount") " <> s.amount_minor"),
	    .whole = true },
	/* With the movements, and the reservations that add up to what is reserved, the stock at any instant follows from it. */
	{ "stock is held exactly for orders whose history says that they wait", false,
	    FOUND("'order ', " ID("s.order_id") ", ', variant ', " ID("s.variant_id") ", ': ', s.status, ', told ', " TOLD(
		      "status"),
		"FROM (SELECT r.order_id, r.variant_id, r.status, " LAST_OF_ORDER(
		    "r.order_id") " AS told FROM reservations r) s "
				  "WHERE (s.status = 'held') <> (" TOLD("status") " = 'pending')"),
	    .whole = true },

	{ "an order has come to its status by steps that it may take", false, STEPS("order", "order_history", "order_id", "TRUE"),
	    .whole = true, .machine = &order_machine },
	{ "a payment has come to its status by steps that it may take", false,
	    STEPS("payment", "subject_history", "subject_id", "h.type LIKE 'payment.%'"), .whole = true,
	    .machine = &payment_machine },
	{ "a fulfilment has come to its status by steps that it may take", false,
	    STEPS("fulfilment", "subject_history", "subject_id", "h.type LIKE 'fulfilment.%'"), .whole = true,
	    .machine = &fulfilment_machine },
	{ "a return has come to its status by steps that it may take", false,
	    STEPS("return", "subject_history", "subject_id", "h.type LIKE 'return.%'"), .whole = true,
	    .machine = &return_machine },
};
const size_t check_rule_replay_count = sizeof check_rules_replay / sizeof *check_rules_replay;
