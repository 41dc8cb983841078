/*
 * Answers of payment providers: whatever comes back to a call of ours, to which a status and a body stand in the input.
 *
 * Parts: two digits, the provider and what is asked of it; then the answers in their order, each its status's first digit and its
 * body.  The last one comes again and again.  The linker puts what stands here as __wrap_NAME in the place of NAME: nothing is
 * called, and the database is empty.
 */
#include "base/config.h"
#include "base/encoding.h"
#include "base/log.h"
#include "base/text.h"
#include "net/http_client.h"
#include "net/remote_value.h"
#include "payments/provider.h"
#include "store/db.h"
#include "tests/fuzz/fuzz.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { CALLS_MAX = 100, FUNCTIONS = 9 };

static const uint8_t *answers; /* those that have not come yet */
static size_t         answers_length;
static const char    *last;
static int            calls;

/* As what they stand for. */
__typeof__(provider_call) __wrap_provider_call;
__typeof__(remote_value)  __wrap_remote_value;
__typeof__(db_row_)       __wrap_db_row_;
__typeof__(db_rows_)      __wrap_db_rows_;
__typeof__(db_value_)     __wrap_db_value_;
__typeof__(db_run_)       __wrap_db_run_;
__typeof__(read_payment)  __wrap_read_payment;
__typeof__(ask_soon)      __wrap_ask_soon;

const struct problem *
__wrap_provider_call(struct work *work, const struct provider *provider, struct payment_id payment, const char *kind,
    struct http_call *call, struct http_reply *reply)
{
	(void)work, (void)provider, (void)payment, (void)kind;
	PROPERTY(call->url != NULL && ++calls <= CALLS_MAX);
	if (answers_length > 0)
		last = fuzz_part(&answers, &answers_length);
	*reply = (struct http_reply) { HTTP_ANSWERED, .status = *last == '4' ? 400 : 200, .body = "", .error = "" };
	if (*last == '9')
		return problem(PROVIDER_UNAVAILABLE, "nobody knows");
	if (*last != '\0')
		reply->body = last + 1;
	reply->length = strlen(reply->body);
	return OK;
}

const struct problem *
__wrap_remote_value(struct work *work, const char *name, enum remote_manner manner, const struct bytes *refused,
    remote_fetch *fetch, const void *argument, struct bytes *value)
{
	int64_t seconds = 0;

	(void)name, (void)manner;
	if (refused == NULL && *last != 't') {
		*value = (struct bytes) { (const unsigned char *)"0 T", 3 };
		return OK;
	}
	return fetch(work, argument, value, &seconds);
}

const struct problem *
__wrap_db_row_(struct db *db, const struct shape *shape, void *row, const char *sql, size_t n, const struct parameter *parameters)
{
	(void)db, (void)shape, (void)sql, (void)n, (void)parameters;
	*(void **)row = NULL;
	return OK;
}

const struct problem *
__wrap_db_rows_(struct db *db, const struct shape *shape, size_t limit, void *rows, size_t *count, const char *sql, size_t n,
    const struct parameter *parameters)
{
	(void)db, (void)shape, (void)limit, (void)sql, (void)n, (void)parameters;
	*(void **)rows = NULL;
	*count = 0;
	return OK;
}

const struct problem *
__wrap_db_value_(struct db *db, int64_t *value, const char *sql, size_t n, const struct parameter *parameters)
{
	(void)db, (void)sql, (void)n, (void)parameters;
	*value = 0;
	return OK;
}

const struct problem *
__wrap_db_run_(struct db *db, int64_t *changed, const char *sql, size_t n, const struct parameter *parameters)
{
	(void)db, (void)sql, (void)n, (void)parameters;
	if (changed != NULL)
		*changed = 1;
	return OK;
}

static const struct config *
settings(void)
{
	static struct config config;
	static bool          loaded;
	static struct arena *arena;
	struct text          faults;

	if (loaded)
		return &config;
	log_open("fuzz", LOG_LEVEL_ERROR + 1);
	arena = arena_new(1 << 20); /* the settings outlive the input */
	faults = text_new(arena, 1000);
	clearenv(); /* it has settings, too */
	setenv("HAAT_PROFILE", "development", 1);
	PROPERTY(config_load(NULL, arena, &config, &faults));
	return loaded = true, &config;
}

static struct payment
payment_of(const struct provider *provider)
{
	const char    *currency = provider->currencies(settings())[0];
	struct payment payment = { .reference = "PAY-7Q2M9XKD4T",
		.provider = provider->name,
		.transaction_id = "T1",
		.charge_id = NULL,
		.amount = { 2000, "" },
		.currency = currency,
		.status = PAYMENT_PROCESSING,
		.return_url = "https://shop.test/back",
		.idempotency_key = "pay:1",
		.created_at = { 1767323040000 } };

	snprintf(payment.amount.currency, sizeof payment.amount.currency, "%s", currency);
	return payment;
}

const struct problem *
__wrap_read_payment(struct work *work, struct payment_id id, struct payment **payment)
{
	(void)id;
	*payment = ARENA_NEW(work->arena, struct payment);
	**payment = payment_of(providers[PROVIDER_RAZORPAY]);
	return OK;
}

const struct problem *
__wrap_ask_soon(struct work *work, struct payment_id id)
{
	(void)work, (void)id;
	return OK;
}

static void
is_text(const char *text)
{
	PROPERTY(text == NULL || utf8_valid(text, strlen(text)));
}

/* An amount that cannot be read has no currency: then it is that of no payment. */
static void
is_money(struct money amount)
{
	PROPERTY(amount.currency[0] == '\0' || (currency_exponent(amount.currency) >= 0 && amount.minor >= 0));
}

static void
check_payment(const struct provider_answer *answer)
{
	PROPERTY(answer->status >= 0 && answer->status <= PAYMENT_EXPIRED);
	PROPERTY(!answer->authorised || answer->status == PAYMENT_PROCESSING);
	is_money(answer->amount);
	is_money(answer->fee);
	is_text(answer->transaction_id);
	is_text(answer->charge_id);
	is_text(answer->redirect_url);
	is_text(answer->method);
	is_text(answer->failure_code);
	is_text(answer->failure_reason);
}

static void
check_refund(const struct refund_answer *answer)
{
	PROPERTY(answer->status >= REFUND_PENDING && answer->status <= REFUND_FAILED);
	is_money(answer->amount);
	is_text(answer->key);
	is_text(answer->provider_refund_id);
	is_text(answer->failure_reason);
}

static void
check_dispute(const struct dispute_answer *answer)
{
	PROPERTY(answer->status >= 0 && answer->status < DISPUTE_STATUS__COUNT);
	is_money(answer->amount);
	is_money(answer->fee);
	is_text(answer->provider_dispute_id);
	is_text(answer->reason);
}

static void
ask_for_refunds(const struct provider *provider, struct work *work, const struct payment *payment)
{
	struct provider_refunds *refunds = ARENA_NEW(work->arena, struct provider_refunds);

	if (provider->refunds == NULL || provider->refunds(work, payment, refunds) != OK)
		return;
	PROPERTY(refunds->count <= PROVIDER_REFUNDS_MAX);
	for (size_t i = 0; i < refunds->count; i++)
		check_refund(&refunds->list[i]);
}

static void
ask_for_disputes(const struct provider *provider, struct work *work, const struct payment *payment)
{
	struct provider_disputes *disputes = ARENA_NEW(work->arena, struct provider_disputes);

	if (provider->disputes == NULL || provider->disputes(work, payment, disputes) != OK)
		return;
	PROPERTY(disputes->count <= PROVIDER_DISPUTES_MAX);
	for (size_t i = 0; i < disputes->count; i++)
		check_dispute(&disputes->list[i]);
}

static void
ask_for_refund(const struct provider *provider, struct work *work, const struct payment *payment)
{
	struct refund        refund = { .provider = provider->name,
		       .amount = { 700, "" },
		       .currency = payment->currency,
		       .idempotency_key = "refund:1",
		       .attempts = 1 };
	struct refund_answer answer = { 0 };

	memcpy(refund.amount.currency, payment->amount.currency, sizeof refund.amount.currency);
	if (provider->refund(work, payment, &refund, &answer) == OK)
		check_refund(&answer);
}

static void
defend(const struct provider *provider, struct work *work, const struct payment *payment, bool accepts)
{
	const struct dispute dispute = {
		.provider = provider->name, .provider_dispute_id = "D1", .amount = payment->amount, .currency = payment->currency
	};
	const struct evidence evidence = { .text = "it was delivered" };
	struct dispute_answer answer = { 0 };

	if (accepts ? provider->accept != NULL && provider->accept(work, payment, &dispute, &answer) == OK
		    : provider->evidence != NULL && provider->evidence(work, payment, &dispute, &evidence, &answer) == OK)
		check_dispute(&answer);
}

typedef const struct problem *asked(struct work *work, const struct payment *payment, struct provider_answer *answer);

static void
ask_about(asked *asks, struct work *work, const struct payment *payment)
{
	struct provider_answer answer = { 0 };

	if (asks != NULL && asks(work, payment, &answer) == OK)
		check_payment(&answer);
}

static void
ask(const struct provider *provider, int function, struct work *work, const struct payment *payment)
{
	switch (function) {
	case 0:
		ask_about(provider->create, work, payment);
		break;
	case 1:
		ask_about(provider->fetch, work, payment);
		break;
	case 2:
		ask_about(provider->capture, work, payment);
		break;
	case 3:
		ask_about(provider->cancel, work, payment);
		break;
	case 4:
		ask_for_refunds(provider, work, payment);
		break;
	case 5:
		ask_for_disputes(provider, work, payment);
		break;
	case 6:
		ask_for_refund(provider, work, payment);
		break;
	default:
		defend(provider, work, payment, function == 7);
	}
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	struct work    work = { .arena = fuzz_arena(),
		   .config = settings(),
		   .request_id = "",
		   .traceparent = "",
		   .address = "",
		   .depth = 1 /* so that no transaction is begun */ };
	const char    *which = fuzz_part(&bytes, &length);
	struct payment payment;

	if (strspn(which, "0123456789") != 2 || which[0] - '0' >= PROVIDER__COUNT || which[1] - '0' >= FUNCTIONS)
		return;
	payment = payment_of(providers[which[0] - '0']);
	answers = bytes;
	answers_length = length;
	last = "2{}";
	calls = 0;
	ask(providers[which[0] - '0'], which[1] - '0', &work, &payment);
}
