/* Letters to who pays what a merchant asks for, and need have no account. */
#include "notify/letter.h"

#include "payments/request.h"
#include "store/db.h"
#include "store/work.h"

/* What they all say. */
struct payer_letter {
	struct letter_head head;
	const char        *merchant, *reference, *merchant_reference, *currency, *url; /* merchant_reference: NULL: none */
	struct money       amount;
};

/* `joined`: the payment request's members are those of a joined table, not of the one whose columns the shape lists. */
#define PAYER_LETTER_MEMBERS(joined) \
	LETTER_MEMBERS(struct payer_letter), \
	    M_TEXT(struct payer_letter, merchant, "merchant", 150, .required = true, .computed = true, \
		.example = "\"Dhaka Bells\""), \
	    M_TEXT(struct payer_letter, reference, "reference", 20, .required = true, .computed = joined, \
		.example = "\"PAY-7Q2M9XKD4T\""), \
	    M_TEXT(struct payer_letter, merchant_reference, "merchant_reference", 64, .computed = joined, \
		.example = "\"INV-2026-117\""), \
	    M_MONEY(struct payer_letter, amount, "amount"), \
	    M_TEXT(struct payer_letter, currency, "currency", 3, .required = true, .example = "\"USD\""), \
	    M_TEXT(struct payer_letter, url, "url", 1100, .required = true, .computed = true, \
		.example = "\"https://shop.example/pay/PAY-7Q2M9XKD4T\"")

static const struct member payer_letter_members[] = { PAYER_LETTER_MEMBERS(false) };
SHAPE(struct payer_letter, payer_letter_shape, "PayerLetter", payer_letter_members);

static const struct problem *
finish(struct work *work, struct payer_letter *letter, void **members)
{
	if (letter != NULL)
		letter->url = request_url(work, &(struct payment_request) { .reference = letter->reference });
	*members = letter;
	return OK;
}

/* ---- paid ---- */

static const struct problem *
find_payer(struct work *work, struct uuid request, struct uuid *reader)
{
	return letter_find(work, "SELECT id FROM payment_requests WHERE id = ? AND customer_email IS NOT NULL", request, reader);
}

static const struct problem *
read_received(struct work *work, const struct letter_told *told, void **members)
{
	struct payer_letter *letter;

	TRY(db_row(work->db, &payer_letter_shape, &letter,
	    "SELECT {r}, m.shop_name AS merchant FROM payment_requests r JOIN merchants m ON m.id = r.merchant_id "
	    "WHERE r.id = ? AND r.status = 'paid'",
	    P(told->aggregate)));
	return finish(work, letter, members);
}

const struct letter payment_received_letter = {
	.name = "payment-received",
	.event = EVENT_PAYMENT_REQUEST_PAID,
	.to = LETTER_TO_PAYER,
	.shape = &payer_letter_shape,
	.find_reader = find_payer,
	.read = read_received,
};

/* ---- an attempt that failed ---- */

static const struct problem *
find_payer_of_payment(struct work *work, struct uuid payment, struct uuid *reader)
{
	return letter_find(work,
	    "SELECT r.id FROM payments p JOIN payment_requests r ON r.id = p.request_id "
	    "WHERE p.id = ? AND r.customer_email IS NOT NULL",
	    payment, reader);
}

/* While it can still be paid, and no other attempt is under way. */
static const struct problem *
read_failed(struct work *work, const struct letter_told *told, void **members)
{
	struct payer_letter *letter;

	TRY(db_row(work->db, &payer_letter_shape, &letter,
	    "SELECT {r}, m.shop_name AS merchant FROM payments p JOIN payment_requests r ON r.id = p.request_id "
	    "JOIN merchants m ON m.id = r.merchant_id WHERE p.id = ? AND p.status = 'failed' AND r.status = 'open' "
	    "AND r.attempt_id = p.id",
	    P(told->aggregate)));
	return finish(work, letter, members);
}

const struct letter payment_failed_letter = {
	.name = "payment-failed",
	.event = EVENT_PAYMENT_FAILED,
	.to = LETTER_TO_PAYER,
	.shape = &payer_letter_shape,
	.find_reader = find_payer_of_payment,
	.read = read_failed,
};

/* ---- money that was given back ---- */

/* The amount is the refund's. */
static const struct member refunded_members[] = { PAYER_LETTER_MEMBERS(true) };
SHAPE(struct payer_letter, refunded_shape, "PaymentRefunded", refunded_members);

static const struct problem *
find_payer_of_refund(struct work *work, struct uuid refund, struct uuid *reader)
{
	return letter_find(work,
	    "SELECT r.id FROM refunds f JOIN payments p ON p.id = f.payment_id JOIN payment_requests r ON r.id = p.request_id "
	    "WHERE f.id = ? AND r.customer_email IS NOT NULL",
	    refund, reader);
}

static const struct problem *
read_refunded(struct work *work, const struct letter_told *told, void **members)
{
	struct payer_letter *letter;

	TRY(db_row(work->db, &refunded_shape, &letter,
	    "SELECT {f}, r.reference, r.merchant_reference, m.shop_name AS merchant FROM refunds f "
	    "JOIN payments p ON p.id = f.payment_id JOIN payment_requests r ON r.id = p.request_id "
	    "JOIN merchants m ON m.id = r.merchant_id WHERE f.id = ? AND f.status = 'succeeded'",
	    P(told->aggregate)));
	return finish(work, letter, members);
}

const struct letter payment_refunded_letter = {
	.name = "payment-refunded",
	.event = EVENT_REFUND_SUCCEEDED,
	.to = LETTER_TO_PAYER,
	.shape = &refunded_shape,
	.find_reader = find_payer_of_refund,
	.read = read_refunded,
};
