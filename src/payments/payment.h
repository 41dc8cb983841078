/*
 * payment.h: attempts to pay, and how they end.
 *
 * A payment is one attempt at one provider for one purpose (purpose.h).  It is written before the provider is called; whatever
 * becomes known later, by answer, webhook, browser return or reconciliation, goes through apply_answer, which moves it forward
 * only and settles a success exactly once.  Row locks: what is paid for, then the payment, then stock.
 */
#ifndef PAYMENT_H
#define PAYMENT_H

#include "base/shape.h"
#include "events/record.h"
#include "ledger/ledger.h"
#include "store/version.h"
#include "store/work.h"

struct listed;
struct page_request;
struct payment_request;
struct provider;
struct stored_token;

enum payment_status {
	PAYMENT_PENDING,
	PAYMENT_REQUIRES_ACTION,
	PAYMENT_PROCESSING,
	PAYMENT_SUCCEEDED,
	PAYMENT_FAILED,
	PAYMENT_CANCELLED,
	PAYMENT_EXPIRED,
	PAYMENT_PARTIALLY_REFUNDED,
	PAYMENT_REFUNDED,
	PAYMENT_DISPUTED,
	PAYMENT_STATUS__COUNT
};
extern const char *const payment_status_values[];

/* What a payment is an attempt for: purpose.h. */
enum purpose_kind { PURPOSE_ORDER, PURPOSE_REQUEST, PURPOSE_SUBSCRIPTION_PERIOD, PURPOSE__COUNT };
extern const char *const purpose_kind_values[];

struct payment {
	struct payment_id          id;
	const char                *reference;
	int                        purpose_kind;
	struct uuid                purpose;
	void                      *target;   /* what it pays for, while lock_payment's locks are held */
	struct order_id           *order;    /* the purpose, when that is an order */
	struct merchant_id        *merchant; /* whose payment it is when its purpose is not an order */
	struct user_id            *user;
	const char                *provider, *transaction_id;
	const char                *charge_id;      /* of what was taken, where a transaction can have several; NULL: not known */
	struct payment_method_id  *payment_method; /* charged while the payer is away; NULL: the payer pays */
	const struct stored_token *stored;         /* what that holds: no column, filled by open_token_of; else NULL */
	struct instant            *sent_at;        /* since when its charge may be at the provider; NULL: it was never sent */
	bool                       keeps_method;   /* its payer wants what they pay with to be stored */
	struct money               amount, refunded, refund_claimed, disputed;
	const char                *currency;
	int                        status;
	const char                *method, *failure_code, *failure_reason, *failure_advice, *hold_reason;
	const char                *client_secret, *redirect_url, *return_url, *idempotency_key;
	int64_t *
	    received; /* what came of one that was held, or of cash when less came, in minor units; NULL: the amount, or not known */
	struct money   collected;      /* of cash: what came so far, parcel by parcel */
	const char    *release_reason; /* why it was taken as it came */
	int64_t       *fee;            /* what its provider keeps of it, in minor units of some currency; NULL: it has not told */
	int64_t        checks;
	int           *review; /* enum payment_review; NULL: nobody has to look at it */
	int64_t       *risk_score;
	const char    *risk_signals; /* joined by commas */
	struct instant created_at;
	const char    *metadata;
	int64_t       *part; /* of the viewer, who sells only that of the order, in minor units; NULL: they see it whole */
	int64_t        parts_refunded, own_refunded; /* then: what was refunded for sellers' parts, and for the viewer's */
	int64_t        own_collected;                /* and the cash that came for the viewer's goods */

	/* Of one that was found for its viewer: the payment request that it is for, and whether it was found by that one's reference. */
	struct payment_request *request;
	bool                    by_request;

	/* What payment_as_seen tells of that payment request. */
	const char     *merchant_reference, *url;
	int            *request_status; /* enum request_status */
	struct instant *expires_at;
};
SHAPE_DECLARE(struct payment, payment_shape);
SHAPE_DECLARE(struct payment, seen_payment_shape); /* with `part`, as statements select it */

/* What a provider says about a payment. */
#define ADVICE_CHARGE_ANEW "charge_anew" /* it was refused for the notice under which it was made: provider.h, give_notice */

struct provider_answer {
	int          status;     /* enum payment_status */
	bool         authorised; /* the payer has agreed; the money is to be taken by the provider's `capture` */
	const char  *transaction_id;
	const char  *charge_id; /* of what is told of, where a transaction can have several; else NULL */
	struct money amount;    /* what was paid; currency "" when it does not say */
	struct money fee;       /* what it keeps of that, in any currency; currency "" when it does not tell */
	const char  *client_secret, *redirect_url;
	const char  *method, *failure_code, *failure_reason;
	const char *
	    failure_advice; /* what the provider says of another try with the same method: "do_not_try_again", ADVICE_CHARGE_ANEW */
	const char *method_unusable; /* why the stored method will never do again; NULL: it may */
	bool        unsent;          /* with PROVIDER_UNAVAILABLE: the charge has surely not begun */
	bool        never_known;     /* with it: nobody will be told whether the charge was made */
};

/* What a person has to say, or has said, of a payment that looks like fraud: risk/review.h. */
enum payment_review { REVIEW_PENDING, REVIEW_APPROVED, REVIEW_DECLINED };
extern const char *const payment_review_values[];

enum refund_status { REFUND_PENDING, REFUND_SUCCEEDED, REFUND_FAILED, REFUND_BOUNCED };
extern const char *const refund_status_values[];

/* Asked for here; made at the provider's desk; cash that nobody will collect: no money moves, and nothing is posted. */
enum refund_kind { REFUND_ASKED, REFUND_DESK, REFUND_NOT_COLLECTED };
extern const char *const refund_kind_values[];

struct refund {
	struct refund_id    id;
	struct payment_id   payment;
	struct merchant_id *merchant;     /* whose part of an order it is for; NULL: of all in proportion */
	struct user_id     *requested_by; /* NULL: the system */
	const char         *provider, *provider_refund_id;
	const char         *provider_dispute_id; /* whose money it is; NULL: none's */
	struct money        amount;
	const char         *currency;
	int                 kind, status; /* enum refund_kind, enum refund_status */
	const char         *reason, *failure_code, *failure_reason;
	const char         *idempotency_key;
	int64_t             attempts, key_number;
	bool                automatic;
	struct instant      created_at;
};
SHAPE_DECLARE(struct refund, refund_shape);

/* What a provider says about a refund. */
struct refund_answer {
	int          status; /* enum refund_status, but never REFUND_BOUNCED */
	const char  *key;    /* our own id of it, as it was sent along; NULL when it was not made by us */
	struct money amount; /* currency "" when it does not say */
	const char  *provider_refund_id, *failure_code, *failure_reason;
	const char  *provider_dispute_id; /* the dispute that was ended by it, which takes that money no second time; else NULL */
};

/* Has its money come, whatever became of it since? */
bool payment_has_money(const struct payment *payment);

/* Can money still come by this attempt?  One that was declined waits at its provider for another try of the payer. */
bool payment_is_open(const struct payment *payment);

/* How much of it can be refunded in all: what came, and of what was taken no more than was asked for. */
int64_t payment_refundable(const struct payment *payment);

/* And how much of that is neither claimed nor disputed yet. */
int64_t payment_left(const struct payment *payment);

/* Is the transition in the table? */
bool payment_may_become(enum payment_status from, enum payment_status to);

/*
 * find.c: the payment of that reference (NULL is none) if it is the viewer's, or its order has goods of theirs, or their shop
 * asked for it, or `all`; else NOT_FOUND.  By the reference of a payment request it is the attempt that counts (`by_request`),
 * which has no provider while nobody has begun to pay.
 */
const struct problem *find_payment(struct work *work, const char *reference, bool all, struct payment **payment);

/* find.c: the same of what somebody has begun to pay; PAYMENT_STATE before. */
const struct problem *find_begun_payment(struct work *work, const char *reference, bool all, struct payment **payment);
const struct problem *read_payment(struct work *work, struct payment_id id, struct payment **payment);

/* One page of the payments that the viewer may see, newest first, of that status (an enum payment_status; NULL: any), held or not. */
const struct problem *list_payments(struct work *work, const int *status, const bool *held, const struct page_request *page,
    struct payment **payments, struct listed *listed);

/*
 * By the provider's transaction id, or by our own reference while we do not know that id, or are not told it (NULL); *payment
 * NULL when unknown.
 */
const struct problem *find_payment_of_provider(
    struct work *work, const char *provider, const char *transaction_id, const char *reference, struct payment **payment);

/* purpose.c: locks what it pays for (payment->target) and then the payment, and reads it.  Inside a transaction. */
const struct problem *lock_payment(struct work *work, struct payment_id id, struct payment **payment);

/* In SQL with a parameter, the seconds: until when a turn is had that begins now (payments.begun_until). */
#define TURN_UNTIL "NOW(3) + INTERVAL ? SECOND"

/*
 * turn.c: has the turn at a payment for so many seconds, in which its provider is asked to begin it, or to do what has no idempotency
 * key; *taken is false while somebody else has it.  Who is done before that ends it.
 */
const struct problem *take_turn(struct work *work, struct payment_id id, int64_t seconds, bool *taken);
const struct problem *end_turn(struct work *work, struct payment_id id);

/* The lines of the log from here on are about the payment, its order, and the refund (NULL: none). */
void log_about_payment(struct work *work, const struct payment *payment, const struct refund *refund);

/* Record an event about the payment or refund, with the state that the struct has now; inside the transaction of the change. */
const struct problem *record_payment_event(struct work *work, enum event_type type, const struct payment *payment);
const struct problem *record_refund_event(struct work *work, enum event_type type, const struct refund *refund);

/* The same for the audit trail (events/audit.h): what somebody did to the payment or the refund; `before`: as it was, NULL: it is new. */
const struct problem *audit_payment(
    struct work *work, const char *action, const struct payment *before, const struct payment *after);
const struct problem *audit_refund(
    struct work *work, const char *action, const struct refund *before, const struct refund *after);

/*
 * seen.c: leaves of a payment what its viewer may see, who found it by find_payment, list_payments or payments_of_order.  Who
 * sells a part of an order sees their part of the amount and of what was refunded, and nothing of the provider or of reasons;
 * the payer's secrets are the payer's.
 */
void payment_as_seen(struct work *work, struct payment *payment);

/* And what is left of a payment request's for whoever has its reference: what is to be paid, and how that can go on. */
void payment_as_payer_sees(struct work *work, struct payment *payment);

/* The same of the refunds of that payment, which is still whole: those for other sellers' parts are left out. */
void refunds_as_seen(const struct work *work, const struct payment *payment, struct refund *refunds, size_t *count);

/*
 * annotate.c: lays `metadata` (store/metadata.h) over what is kept with a payment that was found for its viewer, or with its payment
 * request, inside a transaction.  VALIDATION_FAILED when there are too many pairs; VERSION_MISMATCH
 * unless they are those of `expected` (metadata_version).
 */
const struct problem *change_payment(struct work *work, const struct payment *payment, bool has_metadata, const char *metadata,
    const struct expected_version *expected);

/* The refunds of a payment, in the order they were asked for; of very many the newest. */
const struct problem *refunds_of(struct work *work, struct payment_id payment, struct refund **refunds, size_t *count);

/* Is the payment of an order of whose goods all are the viewer's, an active merchant?  FORBIDDEN, MERCHANT_INACTIVE. */
const struct problem *is_sole_seller(struct work *work, const struct payment *payment);

/* The attempts to pay an order, by its id or number, oldest first, of very many the newest; NOT_FOUND when the viewer may not see the order. */
const struct problem *payments_of_order(struct work *work, const char *order, struct payment **payments, size_t *count);

/* The ledger's source of the payment's own posting, and the posting of its amount to the provider, who has the money. */
struct ledger_source payment_source(const struct payment *payment);
struct posting       received_posting(const struct payment *payment);

/* fee.c: what the provider keeps of a successful payment, posted once; nothing when the answer does not tell.  Inside a transaction. */
const struct problem *note_fee(struct work *work, const struct payment *payment, const struct provider_answer *answer);

/*
 * create.c: an attempt to pay something.  Calls the provider.  PROVIDER_UNSUPPORTED where the provider charges nobody who is away and a
 * stored method is to be charged.
 */
struct wish {
	enum purpose_kind               kind;
	struct uuid                     purpose;
	const struct provider          *provider;
	const struct user_id           *user;         /* payments.user_id; NULL: none */
	const struct payment_method_id *method;       /* to be charged without the payer; NULL: the payer pays */
	bool                            keeps_method; /* what the payer pays with is to be stored */
	const char                     *return_url;
	const char                     *metadata;   /* what an integrator keeps with it; NULL: nothing */
	const char                     *reference;  /* the payment's, which its provider knows already; NULL: a new one */
	const char                     *charge_key; /* a payment under the same key is this one (payments/charge.h); NULL: none */
	const struct money             *amount;     /* CONFLICT when the purpose wants another one; NULL: whatever it wants */
};
const struct problem *create_payment(struct work *work, const struct wish *wish, struct payment **payment);

/*
 * settle.c: what is known about a payment has become `answer`.  In one transaction (its own, or the caller's): moves the
 * payment, and on success the order, its stock and the ledger, exactly once.  What would be a step back changes nothing.
 */
const struct problem *apply_answer(struct work *work, struct payment_id payment, const struct provider_answer *answer);

/*
 * What an event of the provider says about a payment.  Events come late, repeatedly and in any order, so one moves a live
 * attempt forward or brings money; whatever would end an attempt without money, take a declined one up again, or has us take
 * what the payer agreed to pay, is only a reason to ask the provider, which a job does at once.
 */
const struct problem *apply_told(struct work *work, struct payment_id payment, const struct provider_answer *answer);

/* Is it about money that came beside what was taken, and does not count?  Only the provider can say what becomes of that. */
bool is_another_charge(const struct payment *payment, const char *charge_id);

/*
 * A held payment whose money nobody has booked yet, as it came: taken by its purpose if that can, else to be given back
 * (release_held); or only booked, as money that came for nothing (book_held; nothing when it is booked or was not held).
 * Inside a transaction, on a locked payment.
 */
const struct problem *release_held(struct work *work, struct payment *payment, const char *reason);
const struct problem *book_held(struct work *work, struct payment *payment);

/*
 * No more cash will come for a locked payment (collect.c): it has succeeded with what was collected, or has failed when that is
 * nothing.  Inside a transaction.
 */
const struct problem *end_collection(struct work *work, struct payment *payment);

/*
 * A charge of which it is too late to ask whether its provider took it is held (send_charge.c), so that its purpose is not charged again by
 * itself, until its provider tells after all, or somebody has looked there and given back what came: then it has failed
 * (end_unknown, on a locked payment).
 */
#define OUTCOME_UNKNOWN "outcome_unknown"
bool                  is_held_unknown(const struct payment *payment);
const struct problem *end_unknown(struct work *work, struct payment *payment);

/*
 * Money in another currency, which the books cannot hold: has any come for the payment?  Once it went back at the provider's desk
 * the attempt ends without money, and what the provider says of that money does not hold it again.  Inside a transaction, on a
 * locked payment.
 */
bool                  is_uncounted(const struct payment *payment);
const struct problem *end_uncounted(struct work *work, const struct payment *payment);

/*
 * held.c: what a person decides about a held payment, once: take it as it is, or give it back.  PAYMENT_STATE when it is not
 * held, or nobody can say how much came.
 */
const struct problem *release_payment(struct work *work, struct payment_id payment, const char *reason);
const struct problem *refund_held_payment(struct work *work, struct payment_id payment, const char *reason);

/* ask.c: what the provider says now (`query`: that a browser came back with, or NULL), once it has taken what the payer agreed to pay; an attempt of which it never told its id is created again, under the same key. */
const struct problem *ask_provider(
    struct work *work, const struct payment *payment, const char *query, struct provider_answer *answer);

/* A job asks the provider, as soon as it can be reached, and applies what it says; inside a transaction. */
const struct problem *ask_soon(struct work *work, struct payment_id payment);

/*
 * cancel.c: end an open attempt, at the provider too, and apply what it says, whatever that is.  PAYMENT_STATE when it is not
 * open.
 */
const struct problem *cancel_payment(struct work *work, const struct payment *payment);

/* The same, with somebody's reason, which its row keeps once it is cancelled. */
const struct problem *cancel_payment_because(struct work *work, const struct payment *payment, const char *reason);

/* The same, but it has failed, because its merchant says so; PAYMENT_STATE.  Once it has, nothing but money moves it again. */
#define FAILED_BY_MERCHANT "failed_by_merchant"
const struct problem *fail_payment(struct work *work, const struct payment *payment, const char *reason);

/* An attempt whose time has run out: what its payer has agreed to is taken, though nobody has told us of it; else it is ended. */
const struct problem *end_attempt(struct work *work, struct payment *payment);

/* The same for the payer, who is told when it has not ended: PAYMENT_STATE.  *payment is read again. */
const struct problem *give_up_payment(struct work *work, struct payment **payment);

/*
 * payer.c: the e-mail address of who pays, for a provider that must have one: of a payment request that which its merchant gave, else
 * the account's.  PROVIDER_REFUSED when there is none.
 */
const struct problem *payer_email(struct work *work, const struct payment *payment, const char **email);

/* reconcile.c: ask the provider about one attempt and apply what it says; one that was given up for another is closed there. */
const struct problem *reconcile_payment(struct work *work, const struct payment *payment);

/* The same when the payer's browser has come back from the provider with this query. */
const struct problem *reconcile_returned(struct work *work, const struct payment *payment, const char *query);

/* What a refund would do now. */
struct refund_preview {
	const char         *currency;
	struct money        amount, left;
	struct ledger_part *postings;
	size_t              n_postings;
};

/*
 * refund.c: what refunding `amount` (NULL: all that is left) would post; nothing is written.  PAYMENT_STATE, REFUND_TOO_LARGE and
 * VALIDATION_FAILED as refund_payment.
 */
const struct problem *preview_refund(
    struct work *work, const struct payment *payment, const struct decimal *amount, struct refund_preview *preview);

/*
 * refund.c: claim `amount` (NULL: all that is left) and give it back at the provider; *refund tells how far it came: it
 * stays pending when the provider does not answer, and a job goes on.
 */
const struct problem *refund_payment(
    struct work *work, const struct payment *payment, const struct decimal *amount, const char *reason, struct refund **refund);

/* No provider gives anything back while it has to decide who is right: PAYMENT_STATE while a dispute of the payment is open. */
const struct problem *refuse_while_disputed(struct work *work, const struct payment *payment);

/* claim.c: so much of the amount as the payment's provider can give back exactly, in minor units; 0 of less than its least. */
int64_t refund_fitting(const struct payment *payment, int64_t amount_minor);

/* Claim a refund in a transaction that holds the payment's lock; a job gives it back after the commit. */
const struct problem *claim_refund(struct work *work, const struct payment *payment, int64_t amount_minor, const char *reason,
    bool automatic, struct refund_id *refund);

/* The same by itself, for goods of one seller of the payment's order: it is taken from what was posted for these. */
const struct problem *claim_refund_of_seller(struct work *work, const struct payment *payment, struct merchant_id seller,
    int64_t amount_minor, const char *reason, struct refund_id *refund);

/*
 * desk.c: what an event says about a refund of the payment, and what the provider has answered about it.  An event that would book
 * what nothing is known of, or what had failed, only makes the provider be asked, where it can tell its refunds.  One of ours is moved on.  Any other is
 * written down once it has succeeded: it was made at the provider's desk, or its row was lost.  CONFLICT when the amount is not the one that was asked for.
 */
const struct problem *apply_told_refund(struct work *work, const struct payment *payment, const struct refund_answer *answer);
const struct problem *apply_answered_refund(struct work *work, const struct payment *payment, const struct refund_answer *answer);

#endif
