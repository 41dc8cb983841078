/*
 * request.h: payment requests: what a merchant asks somebody to pay, without an order of ours.
 *
 * It has a reference of its own from the space of payments' references, under which it is known for its whole life: its page
 * is /pay/REFERENCE.  Whoever has the reference may begin to pay it; each attempt is a payment whose purpose it is
 * (request_purpose.c), one live at a time.  `attempt` is the one that counts: the one it was paid by, else the one that was
 * begun or taken up last.  Row locks: the payment request, then its payment.
 */
#ifndef PAYMENT_REQUEST_H
#define PAYMENT_REQUEST_H

#include "payments/payment.h"

struct period_target;

enum request_status { REQUEST_OPEN, REQUEST_PAID, REQUEST_CANCELLED, REQUEST_EXPIRED, REQUEST_STATUS__COUNT };
extern const char *const request_status_values[];

struct payment_request {
	struct payment_request_id id;
	struct merchant_id        merchant;
	struct period_id         *period; /* of the subscription that is paid by it; NULL: none */
	struct period_target     *target; /* that period, of a locked one (subscriptions/period_purpose.h) */
	const char               *reference, *merchant_reference; /* the merchant's own name of it, or NULL */
	struct money              amount;
	const char               *currency;
	int                       status; /* enum request_status */
	struct payment_id        *attempt;
	const char               *provider; /* the one to be paid by; NULL: the payer chooses */
	const char               *return_url, *metadata;
	struct instant            expires_at, *paid_at, *ended_at, created_at;
	bool closed; /* its shop does not sell now; known where REQUEST_CLOSED was read, as of a locked one */
};
SHAPE_DECLARE(struct payment_request, request_row_shape);

/* What a merchant asks for. */
struct new_request {
	struct money            amount;
	const struct period_id *period; /* of a subscription; NULL: none */
	const char     *merchant_reference, *provider, *return_url, *metadata, *customer_email, *customer_name; /* NULL: none */
	struct instant *expires_at; /* NULL: as configured */
};

/* Is the transition in the table? */
bool request_may_become(enum request_status from, enum request_status to);

/* Reads and locks it; NOT_FOUND.  Inside a transaction. */
const struct problem *lock_request(struct work *work, struct uuid id, struct payment_request **request);

/*
 * Changes the status of a locked one, in the row and in *request, and records the event; PAYMENT_STATE, with the state that it
 * has, when the table does not have the transition.  `reason`: why, in somebody's words, or NULL.
 */
const struct problem *move_request(
    struct work *work, struct payment_request *request, enum request_status to, const char *reason);

/* A job closes what is still open of its attempts; inside a transaction. */
const struct problem *end_request_attempts(struct work *work, const struct payment_request *request);

/* Of a merchant that is not active: as a column of a payment_requests `r`. */
#define REQUEST_CLOSED "EXISTS (SELECT 1 FROM merchants m WHERE m.id = r.merchant_id AND m.status <> 'active') AS closed"

/* Can somebody begin to pay it, or go on?  PAYMENT_STATE when it is not open or its time is over; MERCHANT_INACTIVE. */
const struct problem *request_is_payable(const struct payment_request *request);

/* PAYMENT_STATE, naming the state of one that cannot be paid or ended any more. */
const struct problem *request_state_problem(const struct payment_request *request);

/* Inside the transaction of the change. */
const struct problem *record_request_event(struct work *work, enum event_type type, const struct payment_request *request);

/*
 * initialize.c: the viewer's shop asks for money; inside a transaction.  MERCHANT_INACTIVE, MERCHANT_REFERENCE_TAKEN,
 * PROVIDER_UNSUPPORTED and AMOUNT_UNSUPPORTED when it can be paid by nobody.  *payment is what find_payment would find.
 */
const struct problem *initialize_payment(struct work *work, const struct new_request *wanted, struct payment **payment);

/* The same for a merchant that is active, whoever acts; *request is the new one, locked. */
const struct problem *open_request(
    struct work *work, struct merchant_id merchant, const struct new_request *wanted, struct payment_request **request);

/*
 * By its reference, with the attempt that counts, for a viewer whose shop's it is, or `all`; *payment is NULL when there is none.
 * Of one that nobody has begun to pay, *payment has no provider, and nothing of it but `request` is a payment's.
 */
const struct problem *find_requested(struct work *work, const char *reference, bool all, struct payment **payment);

/* The reference by which the payer of a payment knows it: that of the payment request, if it is for one. */
const struct problem *payers_reference(struct work *work, const struct payment *payment, const char **reference);

/* Payments of one merchant that a page walks at most, of which few may be what is asked for. */
enum { PAYMENTS_WALKED_MAX = 2000 };

/* Those of the merchant (NULL: of all) as payments, newest first, of that shown status, held or not (NULL: any): list.c. */
const struct problem *list_requested(struct work *work, const struct merchant_id *merchant, const int *status, const bool *held,
    const struct page_request *page, struct payment **payments, struct listed *listed);

/* Where it can be paid, in the arena. */
const char *request_url(struct work *work, const struct payment_request *request);

/*
 * request_attempt.c: somebody who has the reference begins to pay, at the provider (NULL: the one that the request names); calls
 * the provider.  `return_url`: where the browser is finally sent to, checked by the caller; NULL: where the merchant wants it.
 * *payment is the attempt, with what the payer's browser needs of it (redirect_url, client_secret); one that is live at the
 * same provider goes on.  Of the viewer it needs only the merchant whose server asks; another shop's is forgotten.  NOT_FOUND; RATE_LIMITED before the provider is called; PAYMENT_STATE; MERCHANT_INACTIVE;
 * PAYMENT_IN_PROGRESS; PROVIDER_UNSUPPORTED; and whatever the provider answers.
 */
const struct problem *begin_request_attempt(
    struct work *work, const char *reference, const struct provider *provider, const char *return_url, struct payment **payment);

/*
 * request_end.c: its merchant ends it (cancelled), or only the live attempt (failed, or cancelled by its own reference), which is
 * closed at its provider first.  `attempt`: the one that is meant; NULL: whichever is live.  PAYMENT_STATE, with the state, when it
 * is too late for that or another attempt is live.
 */
const struct problem *cancel_request(struct work *work, struct payment_request_id id, const char *reason);
const struct problem *fail_request_attempt(
    struct work *work, struct payment_request_id id, const struct payment_id *attempt, const char *reason);
const struct problem *cancel_request_attempt(
    struct work *work, struct payment_request_id id, struct payment_id attempt, const char *reason);

/* Forgets who was to pay: those of an e-mail address, and those that have ended before; at most a thousand, *changed of them. */
const struct problem *forget_payer(struct work *work, const char *email, int64_t *changed);
const struct problem *forget_payers(struct work *work, struct instant ended_before, int64_t *changed);

/*
 * In SQL, of the payment `p`: what was refunded for sellers' parts of its order, and for that of `merchant`, and the cash that came
 * for that, as seen_payment_shape has them.
 */
#define REFUNDS_OF_PARTS(merchant) \
	"(SELECT CAST(IFNULL(SUM(f.amount_minor), 0) AS SIGNED) FROM refunds f WHERE f.payment_id = p.id AND f.status = 'succeeded' " \
	"AND f.kind <> 'not_collected' AND f.merchant_id IS NOT NULL) AS parts_refunded, " \
	"(SELECT CAST(IFNULL(SUM(f.amount_minor), 0) AS SIGNED) FROM refunds f WHERE f.payment_id = p.id AND f.status = 'succeeded' " \
	"AND f.kind <> 'not_collected' AND f.merchant_id = " merchant ") AS own_refunded, " \
	"IFNULL((SELECT LEAST(f.collected_minor, w.total_minor) FROM fulfilments f JOIN order_merchants w ON w.order_id = f.order_id " \
	"AND w.merchant_id = f.merchant_id WHERE f.order_id = p.order_id AND f.merchant_id = " merchant "), 0) AS own_collected"

#endif
