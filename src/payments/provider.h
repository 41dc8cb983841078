/*
 * provider.h: the strategy interface that every payment provider stands behind.
 *
 * A new provider is one file that fills a struct provider, one line in providers[] of provider.c, and one section of the
 * configuration.  Calls take their own idempotency key from the payment or refund, so repeating one is safe.  They run
 * outside transactions and return
 *   OK                    the provider has spoken: *answer is filled
 *   PROVIDER_REFUSED      it said no, for good: nothing was done
 *   PROVIDER_UNAVAILABLE  nothing was done (not reached, circuit open), or nobody knows: ask again
 */
#ifndef PROVIDER_H
#define PROVIDER_H

#include "payments/payment.h"

struct config;
struct http_call;
struct http_reply;

/* What a webhook said, as far as it concerns us. */
enum provider_event_kind { EVENT_IS_IGNORED, EVENT_IS_PAYMENT, EVENT_IS_REFUND };

struct provider_event {
	enum provider_event_kind kind;
	const char              *id, *type;
	const char              *transaction_id, *reference; /* of the payment; reference is our own, NULL when absent */
	struct provider_answer   payment;
	struct refund_answer     refund;
	const char              *refund_key;                 /* our id of the refund, NULL when it was not made by us */
	struct money             refund_amount;
};

struct provider {
	const char *name;
	unsigned    service;          /* number of its circuit */
	const char *order_method;     /* orders.payment_method: "online", "cash_on_delivery" */
	const char *signature_header; /* CGI name; NULL: it sends no webhooks */
	const char *return_parameter; /* of the query when the browser comes back: names the transaction; NULL: it does not */

	const char *const *(*currencies)(const struct config *config);

	/* Can exactly this amount be charged (digits, bounds)? */
	bool (*takes)(struct money amount);

	const struct problem *(*create)(struct work *work, const struct payment *payment, struct provider_answer *answer);
	const struct problem *(*fetch)(struct work *work, const struct payment *payment, struct provider_answer *answer);
	const struct problem *(*cancel)(struct work *work, const struct payment *payment, struct provider_answer *answer);
	const struct problem *(*refund)(struct work *work, const struct payment *payment, const struct refund *refund,
	    struct refund_answer *answer);

	/* BAD_SIGNATURE with the reason, or OK. */
	const struct problem *(*verify)(struct work *work, const char *signature, struct bytes body);

	/* BAD_REQUEST when the body is not an event. */
	const struct problem *(*parse_event)(struct work *work, struct bytes body, struct provider_event *event);
};

/* The provider of that name; NULL when there is none.  And only if the configuration enables it. */
const struct provider *provider_known(const char *name);
const struct provider *provider_enabled(const struct config *config, const char *name);

/* PROVIDER_UNSUPPORTED when it does not take the amount, by currency or digits. */
const struct problem *provider_takes(const struct config *config, const struct provider *provider, struct money amount);

/*
 * One call to a provider through its circuit and bulkhead, timed and kept (kind as in keep_answer).  OK when there is an
 * answer with a status below 500, whatever it says.
 */
const struct problem *provider_call(struct work *work, const struct provider *provider, struct payment_id payment,
    const char *kind, struct http_call *call, struct http_reply *reply);

extern const struct provider provider_stripe, provider_cod;

#endif
