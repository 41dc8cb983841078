/*
 * shopping.h: what tests of orders and payments need over and over: goods on the shelf, an order, a payer.
 *
 * The payer acts through the sandbox's own HTTP interface on loopback, as `./dev sandbox` does.
 */
#ifndef SHOPPING_H
#define SHOPPING_H

#include "tests/api/api.h"

struct goods {
	const char *product, *variant, *price;
};

/* A published product with one variant, `stock` of it on hand, in the seller's currency. */
struct goods goods_new(const struct person *seller, const char *price, int stock);

/* A published product with `count` variants (at most 100), `stock` of each on hand; fills variants[] with their ids. */
void goods_variants(const struct person *seller, const char *price, int stock, size_t count, const char **variants);

/* A shipping address of the customer; its id. */
const char *address_new(const struct person *customer);

/* An order of `quantity` of one variant; its id, or NULL with the failure reported. */
const char *order_new(const struct person *customer, const char *address, const struct goods *goods, int quantity);

/* Begin to pay; the answer. */
struct answer payment_new(const struct person *customer, const char *order, const char *provider);

/* The order is to be paid at the door, and staff confirm it; the payment's reference. */
const char *cash_confirmed(const struct person *customer, const struct person *staff, const char *order);

/* Staff pack, ship and deliver the parcel of a seller's part of the order; the fulfilment's id. */
const char *parcel_delivered(const struct person *staff, const char *order, const struct person *seller);

/* The same of all of the order's parcels, which have arrived so many days ago: so long is what was paid for them returnable. */
void order_delivered(const struct person *staff, const char *order, int days);

/* An order that somebody has begun to pay by card. */
struct attempt {
	const char   *order, *reference, *transaction;
	int64_t       total;  /* of the order, in minor units */
	struct answer answer; /* that began it */
};

struct attempt attempt_new(const struct person *customer, const char *order);

/* The same, paid: the webhook has come. */
struct attempt attempt_paid(const struct person *customer, const char *order);

/* One call of the sandbox: a GET when there is no body, else a POST of JSON or a form. */
struct answer sandbox_call(const char *path, const char *body);

/* A card of theirs that the stand-in of the provider keeps, as its token there. */
const char *token_new(const struct person *person, const char *provider);

/* They store it as a payment method, or one of Stripe's test methods ("pm_card_visa"); its id. */
const char *method_new(const struct person *person, const char *provider, const char *token);

/* A customer whose mail is thrown away. */
struct person suspect_new(void);

/* What an address of disposable mail is worth to the risk of a payment until the next call. */
void suspect_mail(const struct person *accountant, int points);

/* POST to the sandbox ("/sandbox/stripe/pay/pi_..."); its status.  `body` is JSON, a form, or NULL. */
long sandbox_post(const char *path, const char *body);

/* The header line with which Stripe would sign the body, so many seconds ago. */
const char *stripe_signature(const char *body, int64_t age_seconds);

/* Payer's acts by transaction id: "pay", "fail", "process". */
void sandbox_act(const char *act, const char *transaction);

/* The payment intents of the sandbox, as /sandbox/stripe/payment_intents lists them, the oldest first. */
struct answer sandbox_intents(void);

/* Sets switches of the sandbox (src/sandbox/switches.c) for one transaction, by its id or its order's. */
void sandbox_switch(const char *subject, const char *switches);

/* Wait until the query's first column is `expected`; the failure names the last value.  At most 30 seconds. */
void wait_for_sql(const char *expected, const char *query, const char *file, unsigned line);
#define WAIT_FOR(expected, ...) wait_for_sql((expected), form(__VA_ARGS__), __FILE__, __LINE__)

/* Let a recurring job run now and not when its time comes. */
void run_job_now(const char *kind);

/* Does a line of the shop's logs hold the text? */
bool logs_hold(const char *text);

/* Runs haatctl with the shop's configuration; its exit code.  A command is one word or two; the argument may be NULL. */
int shop_command(const char *command, const char *argument);

/* Does `haatctl check` find everything in order?  Asked at once on a small shop; the large one is asked when it is closed. */
void expect_consistent(const char *file, unsigned line);
#define EXPECT_CONSISTENT() expect_consistent(__FILE__, __LINE__)

/* What the payment and its disputes, but not fees, have left in the accounts of that kind, in minor units. */
int64_t left_in(const struct attempt *attempt, const char *kind);

#endif
