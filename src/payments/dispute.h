/*
 * dispute.h: payers who ask their bank or the provider for their money back.
 *
 * A dispute is what its provider says of it, known by (provider, its id); a payment can have several.  Its money is posted as
 * it stands now: `hold` takes the amount back from who earned it while it may be lost, `take` moves it out of the provider's
 * clearing account once the provider has moved it, and what changes is undone and posted anew.  An inquiry posts nothing.  The
 * payment is `disputed` while one of its disputes is open or was lost; its status of before is what its refunds make of it.
 */
#ifndef DISPUTE_H
#define DISPUTE_H

#include "payments/payment.h"

enum dispute_status {
	DISPUTE_OPEN,
	DISPUTE_SUBMITTED, /* evidence was sent, or the provider looks at it */
	DISPUTE_WON,
	DISPUTE_LOST,
	DISPUTE_ACCEPTED,
	DISPUTE_INQUIRY, /* no money moved */
	DISPUTE_CLOSED,  /* it was, or became, none */
	DISPUTE_STATUS__COUNT
};
extern const char *const dispute_status_values[];

/* May an event say so whenever it comes?  About all else the provider is asked. */
bool dispute_may_become(enum dispute_status from, enum dispute_status to);

struct dispute {
	struct dispute_id id;
	struct payment_id payment;
	const char       *provider, *provider_dispute_id;
	int               status;
	const char       *reason;
	struct money      amount;
	const char       *currency;
	bool              money_moved;
	int64_t          *moved; /* so much of it, in minor units of its currency; NULL: the amount */
	int64_t          *fee;
	const char       *fee_currency;
	struct instant   *evidence_due_at, *evidence_sent_at, *accepted_at, *told_at;
	struct instant    created_at;
};
SHAPE_DECLARE(struct dispute, dispute_shape);

/* What a provider says about a dispute: whole, as it stands. */
struct dispute_answer {
	int          status; /* enum dispute_status */
	const char  *provider_dispute_id, *reason;
	struct money amount;      /* currency "" when it does not say: the payment's */
	bool         money_moved; /* the provider has taken the amount from our balance, and not given it back */
	struct money moved;       /* and that was so much; currency "" when it does not say, or says it in another: the amount */
	struct money fee;         /* what it charges for the dispute, and has not given back; currency "" when it does not tell */
	int64_t      evidence_due_at; /* Unix time; 0: none */
	int64_t      told_at;         /* Unix time of what it says, of an event; 0 when it does not tell */
};

/*
 * What an event says about a dispute of the payment.  One that is heard of for the first time is written down, and a known
 * one moves forward; about what else is news the provider is asked, or where it cannot be it counts if it is younger.
 * CONFLICT while the payment's own success is not known here.
 */
const struct problem *apply_told_dispute(struct work *work, const struct payment *payment, const struct dispute_answer *answer);

/* What the provider has answered about a dispute of the payment.  In a transaction of its own, or the caller's. */
const struct problem *apply_dispute(struct work *work, struct payment_id payment, const struct dispute_answer *answer);

/* A dispute as its viewer may see it: who sells a part of the order sees their part of the amount, and no fee. */
struct seen_dispute {
	struct dispute dispute;
	const char    *payment; /* its reference */
	struct money  *fee;
	int64_t       *part; /* of the viewer, of the payment's total, in minor units; NULL: they see it whole */
	int64_t        payment_total;
};
SHAPE_DECLARE(struct seen_dispute, seen_dispute_shape);

/* seen_dispute.c: those of all payments if `all`, else of orders with goods of the viewer's; newest first. */
const struct problem *list_disputes(struct work *work, bool all, const int *status, const char *payment,
    const struct page_request *page, struct seen_dispute **disputes, struct listed *listed);
const struct problem *find_dispute(struct work *work, struct dispute_id id, bool all, struct seen_dispute **dispute);

/* What speaks against a dispute; the names of fields are the provider's. */
struct evidence_field {
	const char *name, *value;
};
struct evidence {
	const char            *text; /* NULL: only fields */
	struct evidence_field *fields;
	size_t                 n_fields;
};

/*
 * defend.c: pass the evidence on to the provider, or accept that the money is gone; each is final.  DISPUTE_STATE when it was
 * done, or the time for it is over; PROVIDER_UNSUPPORTED where the provider takes it in another way.  What the provider says is applied.
 */
const struct problem *send_evidence(struct work *work, const struct dispute *dispute, const struct evidence *evidence);
const struct problem *accept_dispute(struct work *work, const struct dispute *dispute);

/* dispute_money.c: bring what is posted for the dispute in line with it.  Inside a transaction, on a locked payment. */
const struct problem *post_dispute(struct work *work, const struct payment *payment, const struct dispute *dispute);

/*
 * dispute_fee.c: the fee of a dispute is posted once, whether a settlement file or the dispute tells it first.  A file's row posts
 * it while no dispute tells it and files it here; once one does, what the row has posted is taken back.  Inside a transaction.
 */
struct filed_fee {
	struct uuid              row;     /* the source of what is posted, of the kind `settlement` */
	const char              *named;   /* the dispute, or the charge that is disputed, as the file names it; or NULL */
	const struct payment_id *payment; /* or NULL */
};
const struct problem *file_dispute_fees(struct work *work, const char *provider, const struct filed_fee *fees, size_t count);

/* The dispute of the payment has posted its fee: take back those that rows have posted. */
const struct problem *undo_filed_fees(struct work *work, const char *provider, const char *provider_dispute_id,
    struct dispute_id dispute, struct payment_id payment);

/* The same after a refund of its money has gone or come back; OK when the name is NULL, or no such dispute is known. */
const struct problem *post_dispute_of(struct work *work, struct payment_id payment, const char *provider_dispute_id);

/*
 * So much of the payment has gone back as a refund, whatever its disputes hold: they hold what is left.  Before the refund claims
 * it; inside a transaction, on a locked payment.
 */
const struct problem *make_room(struct work *work, const struct payment *payment, int64_t refund_minor);

#endif
