/*
 * provider.h: the interface that every payment provider stands behind.
 *
 * A provider is src/payments/providers/NAME.c, and what it keeps beside that (NAME_disputes.c), which fills a struct provider:
 * what it can do as data, its calls as functions.  Nothing else knows it by name, but for its settings, and the verify route for
 * the names that Razorpay's checkout gives to what it hands over.  Calls take their own idempotency key from the payment or
 * refund where the provider has keys; where it has none (decision 0058) what was sent is looked for before it is sent again.  They
 * run outside transactions and return
 *   OK                    the provider has answered: *answer is filled
 *   PROVIDER_REFUSED      it refused, for good: nothing was done
 *   PROVIDER_UNAVAILABLE  nothing was done (not reached, circuit open), or nobody knows: ask again
 */
#ifndef PROVIDER_H
#define PROVIDER_H

#include "base/providers.h"
#include "payments/dispute.h"
#include "payments/method.h"
#include "payments/setup.h"

struct config;
struct http_call;
struct http_reply;
struct json_object;
struct text;

/* What an event is about, as far as it concerns us. */
enum provider_event_kind {
	EVENT_IS_IGNORED,
	EVENT_IS_PAYMENT,
	EVENT_IS_HINT, /* something may have become of a payment, of which its provider is to be asked */
	EVENT_IS_REFUND,
	EVENT_IS_REFUNDED, /* how much of a payment has gone back in all, and not which refunds: `refund` has that amount only */
	EVENT_IS_DISPUTE,
	EVENT_IS_FRAUD_WARNING, /* its card scheme calls a payment fraud; nothing has moved yet */
	EVENT_IS_SETUP,         /* something may have become of a method that is being stored: `setup` */
	EVENT_IS_METHOD,        /* what has become of a stored method: method_token, method_gone, method_expires */
	EVENT_IS_NOTICE_LOST,   /* the payer's bank was not told of the coming charge of that transaction */
	EVENT_IS_SUBSCRIPTION   /* the sender wants a GET of `address` before it sends anything else */
};

struct provider_event {
	enum provider_event_kind kind;
	const char              *id, *type; /* the id is unique with the provider; NULL: it is not in the body (id_header) */
	const char            *content;  /* what of the body is its own and the same each time it is sent; NULL: the whole body */
	const char            *provider; /* of a hint: whose transaction it is; else NULL */
	const char            *transaction_id, *reference; /* of the payment; reference is our own, NULL when absent */
	struct provider_answer payment;
	struct refund_answer   refund;
	struct dispute_answer  dispute;
	const char            *address;
	const char            *setup;          /* the provider's id of it */
	bool                   setup_declined; /* it was tried, and declined */
	const char            *method_token;   /* which, as it is stored */
	const char            *method_gone;    /* why it can be charged no more; NULL: it can */
	const struct instant  *method_expires; /* its new end; NULL: as before */
};

/* The refunds that a provider has of one payment. */
enum { PROVIDER_REFUNDS_MAX = 1000 };

struct provider_refunds {
	struct refund_answer list[PROVIDER_REFUNDS_MAX];
	size_t               count;
};

/* The disputes that a provider has of one payment. */
enum { PROVIDER_DISPUTES_MAX = 32 };

struct provider_disputes {
	struct dispute_answer list[PROVIDER_DISPUTES_MAX];
	size_t                count;
};

/* The events of one body. */
enum { PROVIDER_EVENTS_MAX = 32 };

struct provider_events {
	struct provider_event list[PROVIDER_EVENTS_MAX];
	size_t                count;
};

/* Who has the money of a payment that succeeded, until it reaches the shop's bank. */
enum collector {
	COLLECTED_BY_PROVIDER, /* its clearing account */
	COLLECTED_BY_CARRIER   /* paid at the door: staff or the seller confirm, collect and fail it by hand */
};

/* An event as its sender would send it. */
enum { SIMULATED_SIGNATURES_MAX = 8 };

struct simulated_event {
	const char *body;
	const char *signatures[SIMULATED_SIGNATURES_MAX]; /* values of signature_headers, in their order */
};

/* How an amount fits a provider. */
enum amount_fit {
	AMOUNT_FITS,
	AMOUNT_IS_INEXACT, /* it has no such amount: to be charged or to be given back */
	AMOUNT_TOO_SMALL,  /* to be charged; any can be given back */
	AMOUNT_TOO_LARGE
};

/*
 * How the payer pays with the provider's script on the shop's own page: what the page's policy needs (lists of origins, NULL at the
 * end), the script, and what it is told.  Where the settings name another origin for the script it is the only one, instead of the
 * lists: that of a stand-in.  What is no origin ('unsafe-inline') holds for that, too.
 */
struct provider_page {
	const char *const *script;
	const char *const *frame;
	const char *const *connect;
	const char *const *image;
	const char *const *style;
	bool               inline_script; /* it adds scripts to the page, under the nonce that its element names */
	const char        *opener_policy; /* Cross-Origin-Opener-Policy; its pop-ups must reach the page that opened them */

	/* The script's address for that amount; NULL: the settings lack what the script needs, and the page does not offer it. */
	const char *(*script_url)(struct work *work, struct money amount);

	/* Members of the JSON object that the page's script reads, each a text, with a comma behind each: what is public. */
	void (*add_settings)(struct work *work, const struct payment *payment, struct text *json);
};

/*
 * Stored methods at a provider (providers that charge without the payer).  payment->stored holds what is charged; no function logs it, and
 * what an answer says of it is among the provider's private members.
 */
struct provider_methods {
	bool charges_by_key; /* makes one charge of those that bear the same key: what was not found may be sent again */
	bool asked_by_key;   /* and nothing else tells what became of a charge: look_for never knows */

	/*
	 * Whose is the token?  OK when it is of the provider's own customer of that owner, who is made there if need be: *kept is all
	 * that is to be stored, `kept->type` as it was given unless the provider knows better.  PAYMENT_METHOD_UNUSABLE when it is not, or cannot be charged.
	 */
	const struct problem *(*adopt)(
	    struct work *work, const struct method_owner *owner, const char *token, struct kept_token *kept);

	/*
	 * What was stored with a payment that succeeded; kept->stored.token NULL: nothing was.  PROVIDER_UNAVAILABLE: not yet.  NULL: nothing
	 * is stored while somebody pays.
	 */
	const struct problem *(*kept)(
	    struct work *work, const struct payment *payment, const struct method_owner *owner, struct kept_token *kept);

	/*
	 * Charges the method of payment->stored, once.  A decline is an answer (failed, with code, reason and advice), and so is that the payer
	 * is wanted (requires action: it goes on as one that the payer pays).  answer->unsent with PROVIDER_UNAVAILABLE when
	 * nothing can have reached the provider; answer->never_known when it is too late to ask what it has made of it.
	 */
	const struct problem *(*charge)(struct work *work, const struct payment *payment, struct provider_answer *answer);

	/*
	 * What has become of a charge of which no answer came; cancelled, without a transaction's id, when there is none (yet).
	 * PROVIDER_UNAVAILABLE: nobody knows.  payment->stored is NULL where the method's token is lost.
	 */
	const struct problem *(*look_for)(struct work *work, const struct payment *payment, struct provider_answer *answer);

	/*
	 * The payer's bank is told that payment->stored will be debited on that day, by payment->reference, and what will be debited is made:
	 * `charge` finds it, and *transaction names it in events.  So long before, and too late so long before.  Again: nothing new.  The
	 * payment has no row yet.  NULL: not needed.  A charge that is refused because the bank was not told, or for another day, fails with
	 * ADVICE_CHARGE_ANEW: one that was not told of is made at once, and its provider tells the bank.
	 */
	int64_t notice_seconds, notice_least_seconds;
	const struct problem *(*give_notice)(
	    struct work *work, const struct payment *payment, struct instant due, const char **transaction);

	/* How one is stored without a payment.  NULL: only while something is paid with it. */
	const struct provider_setup *setup;

	/* The owner wants it to be charged no more: it is taken away there.  OK also when it is gone already.  NULL: it cannot be. */
	const struct problem *(*forget)(struct work *work, const struct stored_token *stored);
};

struct provider {
	const char          *name;  /* as in PROVIDERS */
	const char          *title; /* what payers know it by */
	enum provider_number number;
	const char          *order_method; /* orders.payment_method: "online", "cash_on_delivery" */

	/* What it can do. */
	enum collector     collects;
	bool               refunds_by_key;        /* makes one refund of those that bear the same key */
	bool               tells_fees;            /* `fetch` says what it keeps of a payment, at the latest some days later */
	bool               charges_without_payer; /* a stored method can be charged while nobody is there */
	bool               stays_payable;         /* its page cannot be closed: who has it can pay what has ended here */
	bool               secret_in_claims;      /* `verify` says EVENT_UNVERIFIED only of who knows a secret, not of anybody */
	const char        *return_parameter;      /* names the transaction when the browser comes back; NULL: it does not */
	const char        *unknown_words;         /* of a fetch's 404 that says that it knows nothing of it; NULL: never so */
	const char *const *signature_headers;     /* "Stripe-Signature", NULL at the end; NULL: it sends no events */
	size_t             id_header;       /* which of them brings the id of a body's only event; 0: none, the body has it */
	const char *const *evidence_fields; /* names of evidence that it knows, NULL at the end; NULL: it takes none */
	const char *const *private_members; /* of its JSON, at any depth: never stored; NULL at the end */
	const char *const *kept_members;    /* instead: of its JSON only these are stored; NULL: all but the private ones */
	const char        *wrapped_member;  /* a text of its events that is JSON with private members, too; NULL: none */
	const struct provider_page *page;   /* NULL: it has no script for our page; the payer goes to the provider's own */

	const char *const *(*currencies)(const struct config *config);

	/* How long an order keeps its stock for this provider's payment, from when the payment is begun. */
	int64_t (*keeps_stock_seconds)(const struct config *config);

	/* Can its API express exactly this amount, to charge and to give back? */
	enum amount_fit (*takes)(struct money amount);

	/* Least and greatest amounts to be charged, "USD:0.50:-" (config payments.NAME.limits); NULL: none is known. */
	const char *const *(*limits)(const struct config *config);

	/* What it stores of payers, to charge it without them; NULL where !charges_without_payer. */
	const struct provider_methods *methods;

	/* Makes the payment there, for a payer who will pay; where payment->keeps_method, so that what they pay with is stored. */
	const struct problem *(*create)(struct work *work, const struct payment *payment, struct provider_answer *answer);
	const struct problem *(*fetch)(struct work *work, const struct payment *payment, struct provider_answer *answer);

	/*
	 * The same when the payer's browser has come back with this query, which proves nothing, but may say that the payer has gone
	 * away; or when an event tells of something, then with "".  NULL: `fetch` is all there is to ask.
	 */
	const struct problem *(*returned)(
	    struct work *work, const struct payment *payment, const char *query, struct provider_answer *answer);

	/*
	 * Takes the money of a payment that its payer has agreed to (provider_answer.authorised); the answer is what it has become.
	 * NULL: the provider takes the money by itself.  Asked for again it takes nothing more.
	 */
	const struct problem *(*capture)(struct work *work, const struct payment *payment, struct provider_answer *answer);

	/*
	 * Closes it at the provider, so that no money can come any more, where the provider can; one that cannot be closed is as
	 * `fetch` says.
	 */
	const struct problem *(*cancel)(struct work *work, const struct payment *payment, struct provider_answer *answer);

	/* Gives a part or all of it back.  NULL: nobody can be asked to; somebody hands the cash out (hand_out.c). */
	const struct problem *(*refund)(
	    struct work *work, const struct payment *payment, const struct refund *refund, struct refund_answer *answer);

	/* The refunds that it has of the payment, of more than PROVIDER_REFUNDS_MAX the newest.  NULL: it cannot tell. */
	const struct problem *(*refunds)(struct work *work, const struct payment *payment, struct provider_refunds *refunds);

	/* The disputes that it has of the payment, as they stand.  NULL: it cannot tell, and its events are taken in their order. */
	const struct problem *(*disputes)(struct work *work, const struct payment *payment, struct provider_disputes *disputes);

	/* Evidence against a dispute, whose fields are known; and its acceptance.  NULL: not by its API. */
	const struct problem *(*evidence)(struct work *work, const struct payment *payment, const struct dispute *dispute,
	    const struct evidence *evidence, struct dispute_answer *answer);
	const struct problem *(*accept)(
	    struct work *work, const struct payment *payment, const struct dispute *dispute, struct dispute_answer *answer);

	/*
	 * Are the signatures (values of signature_headers, in their order; NULL where one is missing) right for the body at
	 * that Unix time?  Who receives events has no way out, so it asks nobody.  OK; BAD_SIGNATURE with the reason;
	 * EVENT_UNVERIFIED when nothing is wrong as far as can be seen here, but what would prove it is elsewhere.
	 */
	const struct problem *(*verify)(struct work *work, const char *const *signatures, struct bytes body, int64_t now);

	/* Did the provider's checkout hand this charge of the payment to the payer's page?  NULL: its checkout hands over nothing. */
	bool (*is_from_checkout)(
	    const struct config *config, const struct payment *payment, const char *charge_id, const char *signature);

	/*
	 * Finds out whether an unverified event of the body is genuine, by whatever must be fetched or asked: for a job.  OK when it
	 * is; BAD_SIGNATURE when it is not, and then it is deleted; anything else: it is tried again for ten minutes.  NULL where
	 * `verify` is enough.
	 */
	const struct problem *(*confirm_event)(
	    struct work *work, const char *const *signatures, struct bytes body, const struct provider_event *event);

	/*
	 * Reads the events of a verified body, and of a stored one, which lacks the private members; BAD_REQUEST when it is none.
	 * Where a body may have several, or says how often it was sent, each has its `content`: it tells a repetition from another
	 * event under the same id.
	 */
	const struct problem *(*parse_events)(struct arena *arena, struct bytes body, struct provider_events *events);

	/* Makes an event of that type (plain words) about the payment, signed now; false when there is no such type.  NULL: it cannot sign for its sender. */
	bool (*simulate)(struct work *work, const struct payment *payment, const char *type, struct simulated_event *event);
};

/* Every provider by its number. */
extern const struct provider *const providers[PROVIDER__COUNT];

/* The provider of that name; NULL when there is none.  And only if the configuration enables it. */
const struct provider *provider_known(const char *name);
const struct provider *provider_enabled(const struct config *config, const char *name);

/*
 * PROVIDER_UNSUPPORTED when it does not take the currency, or charges no stored method while the payer is away;
 * AMOUNT_UNSUPPORTED when it cannot charge that much.
 */
const struct problem *provider_takes(
    const struct config *config, const struct provider *provider, struct money amount, bool without_payer);

/* Is the payment paid at the door? */
bool collected_by_carrier(const struct payment *payment);

/*
 * A provider has not taken a refund: `refused`, unless its words (either may be NULL) are that the shop has too little with it.  That
 * is no verdict on the refund: it waits until there is more, and is then sent under its next key (refund->key_number).
 */
const struct problem *provider_refund_refused(
    struct work *work, const struct refund *refund, const char *code, const char *message, const struct problem *refused);
const struct problem *provider_refund_waits(struct work *work, const struct refund *refund, const char *code);

/* BAD_SIGNATURE for that reason; OK when it is NULL. */
const struct problem *provider_forged(struct work *work, const char *reason);

/* A JSON body as it may be stored, without the provider's private members; "(not JSON)" when it is not JSON. */
const char *provider_strip(struct arena *arena, const struct provider *provider, const char *body, size_t length);

/*
 * One call to a provider through its circuit and bulkhead, timed, its answer stored in payment_answers under `kind` ("create",
 * "fetch", "capture", "cancel", "refund"); not stored where `kind` is NULL, for what holds secrets.  OK when there is an answer with a status below 500, whatever it says, but that our credentials are wrong.
 */
const struct problem *provider_call(struct work *work, const struct provider *provider, struct payment_id payment,
    const char *kind, struct http_call *call, struct http_reply *reply);

/* The answer as JSON, of the work's arena; PROVIDER_UNAVAILABLE, and *json NULL, when it is none. */
const struct problem *provider_read(
    struct work *work, const struct provider *provider, const struct http_reply *reply, struct json_object **json);

/*
 * The provider knows our reference already: an earlier try had come through, and its answer is lost and with it the page that it
 * led to.  What has become of it; unless it was paid all the same it is of no use, and failed.
 */
const struct problem *provider_take_up_lost(
    struct work *work, const struct provider *provider, const struct payment *payment, struct provider_answer *answer);

#define PROVIDER_DECLARE_(NUMBER, name) extern const struct provider provider_##name;
PROVIDERS(PROVIDER_DECLARE_)
#undef PROVIDER_DECLARE_

#endif
