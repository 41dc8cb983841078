/* haatctl payment, order, holds, methods: what an operator has to know of one at night, without asking for SQL. */
#include "ops/command.h"

#include "accounts/accounts.h"
#include "base/arena.h"
#include "base/providers.h"
#include "base/text.h"
#include "orders/state.h"
#include "payments/jobs.h"
#include "payments/method.h"
#include "payments/refund_state.h"
#include "payments/request.h"
#include "store/db.h"
#include "store/work.h"

enum { REFUNDS_MAX = 1000, ANSWERS_MAX = 20, ATTEMPTS_MAX = 1000, HOLDS_MAX = 1000, BODY_MAX = 1 << 24 };

struct refund_view {
	struct refund_id id;
	int              kind, status;
	struct money     amount;
	const char      *currency, *reason, *provider_refund_id, *failure_code, *failure_reason;
	bool             automatic;
	int64_t          attempts;
	struct instant  *next_attempt_at, *finished_at;
	struct instant   created_at;
};
static const struct member refund_view_members[] = {
	M_ID(struct refund_view, id, "id"),
	M_ENUM(struct refund_view, kind, "kind", refund_kind_values),
	M_ENUM(struct refund_view, status, "status", refund_status_values),
	M_MONEY(struct refund_view, amount, "amount"),
	M_TEXT(struct refund_view, currency, "currency", 3),
	M_TEXT(struct refund_view, reason, "reason", 500),
	M_BOOLEAN(struct refund_view, automatic, "automatic"),
	M_TEXT(struct refund_view, provider_refund_id, "provider_refund_id", 191),
	M_TEXT(struct refund_view, failure_code, "failure_code", 64),
	M_TEXT(struct refund_view, failure_reason, "failure_reason", 500),
	M_INTEGER(struct refund_view, attempts, "attempts", 0, INT32_MAX),
	M_TIME(struct refund_view, next_attempt_at, "next_attempt_at"),
	M_TIME(struct refund_view, created_at, "created_at"),
	M_TIME(struct refund_view, finished_at, "finished_at"),
};
SHAPE(struct refund_view, refund_view_shape, "RefundView", refund_view_members);

/* What the provider said to one of our calls; the body is its JSON. */
struct answer_view {
	const char    *kind, *body;
	int64_t       *http_status;
	struct instant created_at;
};
static const struct member answer_view_members[] = {
	M_TIME(struct answer_view, created_at, "created_at"),
	M_TEXT(struct answer_view, kind, "kind", 16),
	M_INTEGER(struct answer_view, http_status, "http_status", 0, 999),
	M_TEXT(struct answer_view, body, "body", BODY_MAX, .multiline = true),
};
SHAPE(struct answer_view, answer_view_shape, "AnswerView", answer_view_members);

struct payment_view {
	struct payment_id   id;
	const char         *reference, *order_number, *provider, *transaction_id, *currency;
	int                *order_status, *order_payment_status, status;
	struct money        amount, collected, refunded, refund_claimed;
	const char         *method, *failure_code, *failure_reason, *hold_reason;
	int64_t             checks;
	struct instant     *next_check_at, *succeeded_at;
	struct instant      created_at;
	struct refund_view *refunds;
	struct answer_view *answers;
	size_t              n_refunds, n_answers;
};
static const struct member payment_view_members[] = {
	M_ID(struct payment_view, id, "id"),
	M_TEXT(struct payment_view, reference, "reference", 20),
	M_TEXT(struct payment_view, order_number, "order_number", 20, .computed = true),
	M_ENUM(struct payment_view, order_status, "order_status", order_status_values, .computed = true),
	M_ENUM(struct payment_view, order_payment_status, "order_payment_status", order_payment_status_values, .computed = true),
	M_TEXT(struct payment_view, provider, "provider", 32),
	M_TEXT(struct payment_view, transaction_id, "provider_transaction_id", 191),
	M_ENUM(struct payment_view, status, "status", payment_status_values),
	M_MONEY(struct payment_view, amount, "amount"),
	M_MONEY(struct payment_view, collected, "collected"),
	M_MONEY(struct payment_view, refunded, "refunded"),
	M_MONEY(struct payment_view, refund_claimed, "refund_claimed"),
	M_TEXT(struct payment_view, currency, "currency", 3),
	M_TEXT(struct payment_view, method, "method", 64),
	M_TEXT(struct payment_view, failure_code, "failure_code", 64),
	M_TEXT(struct payment_view, failure_reason, "failure_reason", 500),
	M_TEXT(struct payment_view, hold_reason, "hold_reason", 191),
	M_INTEGER(struct payment_view, checks, "checks", 0, INT32_MAX),
	M_TIME(struct payment_view, next_check_at, "next_check_at"),
	M_TIME(struct payment_view, created_at, "created_at"),
	M_TIME(struct payment_view, succeeded_at, "succeeded_at"),
	M_ARRAY(struct payment_view, refunds, n_refunds, "refunds", refund_view_shape, REFUNDS_MAX),
	M_ARRAY(struct payment_view, answers, n_answers, "answers", answer_view_shape, ANSWERS_MAX),
};
SHAPE(struct payment_view, payment_view_shape, "PaymentView", payment_view_members, .noun = "payment");

/* By our reference, the id of one of its refunds, or the provider's own id of it. */
static const struct problem *
find(struct work *work, const char *name, struct payment_id *id)
{
	struct payment *payment = NULL;
	struct refund  *refund;
	struct uuid     uuid;

	if (uuid_parse(name, &uuid)) {
		TRY(refund_read(work, (struct refund_id) { uuid }, &refund));
		*id = refund->payment;
		return OK;
	}
	for (size_t i = 0; provider_names[i] != NULL && payment == NULL; i++)
		TRY(find_payment_of_provider(work, provider_names[i], name, NULL, &payment));
	if (payment == NULL)
		TRY(db_one(work->db, &payment_shape, &payment,
		    "SELECT {p} FROM payments p WHERE p.reference = UPPER(?) OR p.id = (SELECT r.attempt_id FROM payment_requests r "
		    "WHERE r.reference = UPPER(?))",
		    P(name), P(name)));
	*id = payment->id;
	return OK;
}

#define PAYMENT_VIEW \
	"SELECT {p}, o.number AS order_number, o.status AS order_status, o.payment_status AS order_payment_status " \
	"FROM payments p LEFT JOIN orders o ON o.id = p.order_id "

static const struct problem *
add_details(struct work *work, struct payment_view *payment)
{
	TRY(db_rows(work->db, &refund_view_shape, REFUNDS_MAX, &payment->refunds, &payment->n_refunds,
	    "SELECT {r} FROM refunds r WHERE r.payment_id = ? ORDER BY r.id LIMIT 1000", P(payment->id)));
	return db_rows(work->db, &answer_view_shape, ANSWERS_MAX, &payment->answers, &payment->n_answers,
	    "SELECT {a} FROM payment_answers a WHERE a.payment_id = ? ORDER BY a.id DESC LIMIT 20", P(payment->id));
}

static const struct problem *
read_payment_view(struct work *work, const char *name, struct payment_view **payment)
{
	struct payment_id id;

	TRY(find(work, name, &id));
	TRY(db_one(work->db, &payment_view_shape, payment, PAYMENT_VIEW "WHERE p.id = ?", P(id)));
	return add_details(work, *payment);
}

static int
run_payment_show(struct control *control, int count, char **arguments)
{
	struct payment_view  *payment;
	const struct problem *problem = read_payment_view(control->work, arguments[0], &payment);

	(void)count;
	if (problem != OK)
		return command_missing(problem);
	command_print(control->arena, &payment_view_shape, payment);
	return COMMAND_OK;
}

/* ---- orders ---- */

struct order_view {
	struct order_id      id;
	const char          *number, *currency, *payment_method, *cancel_reason;
	int                  status, payment_status;
	struct money         total, refunded;
	struct instant       created_at;
	struct instant      *expires_at, *paid_at, *cancelled_at;
	struct payment_view *payments;
	size_t               n_payments;
};
static const struct member order_view_members[] = {
	M_ID(struct order_view, id, "id"),
	M_TEXT(struct order_view, number, "number", 20),
	M_ENUM(struct order_view, status, "status", order_status_values),
	M_ENUM(struct order_view, payment_status, "payment_status", order_payment_status_values),
	M_TEXT(struct order_view, payment_method, "payment_method", 32),
	M_MONEY(struct order_view, total, "total"),
	M_MONEY(struct order_view, refunded, "refunded"),
	M_TEXT(struct order_view, currency, "currency", 3),
	M_TIME(struct order_view, created_at, "created_at"),
	M_TIME(struct order_view, expires_at, "expires_at"),
	M_TIME(struct order_view, paid_at, "paid_at"),
	M_TIME(struct order_view, cancelled_at, "cancelled_at"),
	M_TEXT(struct order_view, cancel_reason, "cancel_reason", 500),
	M_ARRAY(struct order_view, payments, n_payments, "payments", payment_view_shape, ATTEMPTS_MAX),
};
SHAPE(struct order_view, order_view_shape, "OrderView", order_view_members, .noun = "order");

/* By its number or its id. */
static const struct problem *
read_order_view(struct work *work, const char *name, struct order_view **order)
{
	struct uuid id = { { 0 } };

	(void)uuid_parse(name, &id);
	TRY(db_one(work->db, &order_view_shape, order, "SELECT {o} FROM orders o WHERE o.id = ? OR o.number = UPPER(?)", P(id),
	    P(name)));
	TRY(db_rows(work->db, &payment_view_shape, ATTEMPTS_MAX, &(*order)->payments, &(*order)->n_payments,
	    PAYMENT_VIEW "WHERE p.order_id = ? ORDER BY p.id LIMIT 1000", P((*order)->id)));
	for (size_t i = 0; i < (*order)->n_payments; i++)
		TRY(add_details(work, &(*order)->payments[i]));
	return OK;
}

static int
run_order_show(struct control *control, int count, char **arguments)
{
	struct order_view    *order;
	const struct problem *problem = read_order_view(control->work, arguments[0], &order);

	(void)count;
	if (problem != OK)
		return command_missing(problem);
	command_print(control->arena, &order_view_shape, order);
	return COMMAND_OK;
}

/* ---- payments on hold ---- */

static int
run_holds_list(struct control *control, int count, char **arguments)
{
	struct work          *work = control->work;
	struct payment_view  *payments;
	size_t                n;
	const struct problem *problem = db_rows(work->db, &payment_view_shape, HOLDS_MAX, &payments, &n,
	    PAYMENT_VIEW "WHERE p.hold_reason IS NOT NULL ORDER BY p.id LIMIT 1000");

	(void)count, (void)arguments;
	if (problem != OK)
		return command_problem(problem);
	for (size_t i = 0; i < n; i++) {
		struct text line = text_new(control->arena, 200);
		char        time[INSTANT_TEXT_SIZE];

		instant_write(payments[i].created_at, time);
		text_addf(&line, "%s  %s  %s  %-14s  %s %s  ", payments[i].reference, time,
		    payments[i].order_number == NULL ? "-" : payments[i].order_number, payment_status_values[payments[i].status],
		    payments[i].provider, payments[i].transaction_id == NULL ? "-" : payments[i].transaction_id);
		text_add_money(&line, payments[i].amount);
		printf("%s %s  %s\n", line.bytes, payments[i].currency, payments[i].hold_reason);
	}
	printf("%zu payments on hold\n", n);
	return n == 0 ? COMMAND_OK : COMMAND_FINDING;
}

/* The payments stay; only who was to pay is forgotten. */
static int
run_payer_forget(struct control *control, int count, char **arguments)
{
	const char *email = normal_email(control->arena, arguments[0]);
	int64_t     changed, total = 0;

	(void)count;
	do {
		const struct problem *problem = db_transaction(control->work, forget_payer(control->work, email, &changed));

		if (problem != OK)
			return command_problem(problem);
		total += changed;
	} while (changed > 0);
	printf("%lld payment requests forgot the payer\n", (long long)total);
	return COMMAND_OK;
}

/* How far the change of a key has come: a former one that nothing is encrypted with any more may go. */
static int
run_methods_keys(struct control *control, int count, char **arguments)
{
	struct key_use       *uses;
	size_t                n;
	int                   code = COMMAND_OK;
	const struct problem *problem = method_key_uses(control->work, &uses, &n);

	(void)count, (void)arguments;
	if (problem != OK)
		return command_problem(problem);
	for (size_t i = 0; i < n; i++) {
		printf("%-24s %lld methods, %s\n", uses[i].key, (long long)uses[i].rows,
		    uses[i].current     ? "the current key"
			: uses[i].known ? "a former key"
					: "NOT CONFIGURED: they cannot be charged");
		if (!uses[i].current)
			code = COMMAND_FINDING;
	}
	if (n == 0)
		printf("no payment methods are stored\n");
	return code;
}

const struct command payment_commands[] = {
	{ "payment show", "REFERENCE | TRANSACTION_ID | REFUND_ID",
	    "print a payment as JSON, with its refunds and the provider's responses", 1, 1, false, run_payment_show },
	{ "order show", "NUMBER | ID", "print an order as JSON, with all its payments", 1, 1, false, run_order_show },
	{ "holds list", "", "list the payments held for review; exits with 1 if there are any", 0, 0, false, run_holds_list },
	{ "methods keys", "", "how many payment methods are encrypted with which key; exits with 1 while former ones are in use",
	    0, 0, false, run_methods_keys },
	{ "payer forget", "EMAIL", "forget a person who was to pay payment requests: name and e-mail address", 1, 1, false,
	    run_payer_forget },
	{ NULL },
};
