/*
 * What PayPal's vault keeps of payers: payment tokens of its customers (PayPal docs, "Payment Method Tokens v3").
 *
 * A charge is an order that names the token; it is captured at once.  PayPal cannot look for an order by our reference, but answers the same
 * request again under its PayPal-Request-Id, for some hours, with what became of the order.
 */
#include "payments/providers/paypal.h"

#include "base/arena.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/metrics.h"
#include "base/text.h"
#include "net/http_client.h"
#include "payments/json_path.h"

#include <json-c/json.h>

/* PayPal keeps keys for six hours at least; and its clock may be another. */
enum { KEYS_KEPT_SECONDS = 5 * 3600 };

/* Their answers say who the owner is. */
static const struct payment_id no_payment;

static const struct problem *
unusable(void)
{
	return problem(PAYMENT_METHOD_UNUSABLE, "the provider does not know the token as one of yours");
}

/* Its customer is the owner's that is known, or was made under the owner's own id. */
static const struct problem *
paypal_adopt(struct work *work, const struct method_owner *owner, const char *token, struct kept_token *kept)
{
	struct http_reply   reply;
	struct json_object *json;
	const char         *customer, *known, *named;

	TRY(paypal_call(
	    work, no_payment, NULL, arena_format(work->arena, "/v3/vault/payment-tokens/%s", token), NULL, NULL, &reply, &json));
	if (reply.status == 400 || reply.status == 404 || reply.status == 422)
		return unusable();
	if (reply.status >= 400)
		return paypal_refused(work, &reply, json);
	customer = json_text_at(work->arena, json, "customer.id", ID_MAX);
	named = json_text_at(work->arena, json, "customer.merchant_customer_id", 64);
	TRY(provider_customer(work, owner, "paypal", &known));
	if (customer == NULL ||
	    ((known == NULL || strcmp(known, customer) != 0) &&
		(named == NULL || strcmp(named, uuid_text(work->arena, owner->id)) != 0)))
		return unusable();
	kept->stored = (struct stored_token) { .token = token, .customer = customer };
	kept->type = json_at(json, "payment_source.card") != NULL ? METHOD_CARD : METHOD_PAYPAL;
	return known != NULL ? OK : keep_provider_customer(work, owner, "paypal", &customer);
}

static const struct problem *
paypal_kept(struct work *work, const struct payment *payment, const struct method_owner *owner, struct kept_token *kept)
{
	struct http_reply   reply;
	struct json_object *json, *vault;
	const char         *known;

	TRY(paypal_call(work, payment->id, NULL, arena_format(work->arena, "/v2/checkout/orders/%s", payment->transaction_id),
	    NULL, NULL, &reply, &json));
	if (reply.status >= 400)
		return paypal_refused(work, &reply, json);
	vault = json_at(json, "payment_source.paypal.attributes.vault");
	if (vault == NULL)
		return OK;
	kept->type = METHOD_PAYPAL;
	kept->stored.token = json_text_at(work->arena, vault, "id", TOKEN_BYTES_MAX);
	kept->stored.customer = json_text_at(work->arena, vault, "customer.id", ID_MAX);
	if (kept->stored.token == NULL)
		return problem(PROVIDER_UNAVAILABLE, "the provider has not stored the payment method yet");
	known = kept->stored.customer;
	return known == NULL ? OK : keep_provider_customer(work, owner, "paypal", &known);
}

/* The payer can mend it at PayPal, by an order of the same payment that they approve. */
static const char *const wants_payer[] = { "PAYER_ACTION_REQUIRED", "REDIRECT_PAYER_FOR_ALTERNATE_FUNDING", NULL };

/* The token, or the payer's account, is no more. */
static const char *const hopeless[] = { "TOKEN_ID_NOT_FOUND", "TOKEN_EXPIRED", "MISMATCHED_VAULT_ID_TO_PAYMENT_SOURCE",
	"BILLING_AGREEMENT_NOT_FOUND", "PAYER_ACCOUNT_LOCKED_OR_CLOSED", "PAYER_ACCOUNT_RESTRICTED", NULL };

static const char *const declined[] = { "INSTRUMENT_DECLINED", "PAYER_CANNOT_PAY", "TRANSACTION_REFUSED", "CARD_EXPIRED", NULL };

/*
 * Our own account may not charge what the vault keeps: its owner has to ask PayPal for that.  The payer's method is as good as it was, and
 * the charge is tried again on its day.
 */
static const char *const not_enabled[] = { "NOT_ENABLED_TO_VAULT_PAYMENT_SOURCE", "PERMISSION_DENIED", "PERMISSION_NOT_GRANTED",
	NULL };

static void
fail_for_our_account(struct provider_answer *answer, const char *issue)
{
	metric_add(METRIC_ACCOUNT_FAULTS, metric_label_index(LABEL_PROVIDER, "paypal"), 0, 1);
	log_error("paypal does not let our account charge stored payment methods: have PayPal enable it", LOG_ID("code", issue));
	*answer = (struct provider_answer) { .status = PAYMENT_FAILED,
		.failure_code = "provider_account_not_enabled",
		.failure_reason = "the shop's account at the provider may not charge stored payment methods",
		.failure_advice = "try_again_later" };
}

static const struct problem *
take_refusal(struct work *work, const struct payment *payment, const struct http_reply *reply, struct json_object *json,
    struct provider_answer *answer)
{
	const char *issue = paypal_issue_of(work->arena, json);

	if (value_index(wants_payer, issue) >= 0) {
		TRY(paypal_order_for_payer(work, payment, "payer", answer));
		answer->failure_code = paypal_lower_case(work->arena, issue);
		return OK;
	}
	if (value_index(not_enabled, issue) >= 0) {
		fail_for_our_account(answer, issue);
		return OK;
	}
	if (value_index(hopeless, issue) < 0 && value_index(declined, issue) < 0)
		return paypal_refused(work, reply, json);
	*answer = (struct provider_answer) { .status = PAYMENT_FAILED,
		.failure_code = paypal_lower_case(work->arena, issue),
		.failure_reason = "the provider did not take the payment" };
	if (value_index(hopeless, issue) >= 0) {
		answer->failure_advice = "do_not_try_again";
		answer->method_unusable = answer->failure_code;
	}
	log_info("paypal declined a stored payment method", LOG_ID("code", answer->failure_code));
	return OK;
}

/* Refused with 403 for what the account lacks: our credentials are right, and are good for all else. */
static bool
is_forbidden(struct arena *arena, const struct http_reply *reply, const char **issue)
{
	if (reply->outcome != HTTP_ANSWERED || reply->status != 403)
		return false;
	*issue = paypal_issue_of(arena, json_read(arena, reply->body, reply->length));
	return value_index(not_enabled, *issue) >= 0;
}

static const struct problem *
paypal_charge(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	struct text           body = text_new(work->arena, 1024);
	struct http_reply     reply = { .outcome = HTTP_UNREACHABLE };
	struct json_object   *json;
	const struct problem *problem;
	const char           *issue;

	if (payment->sent_at != NULL &&
	    instant_add_seconds(*payment->sent_at, KEYS_KEPT_SECONDS).unix_ms < instant_now().unix_ms) {
		answer->never_known = true; /* and sent again it would be another charge */
		return problem(PROVIDER_UNAVAILABLE, "the payment provider has not told in time whether it took the payment");
	}
	TRY(paypal_begin_order(work, payment, &body));
	paypal_add_member(&body, "vault_id", payment->stored->token);
	TEXT_ADD(&body, ",\"stored_credential\":{");
	paypal_add_member(&body, "payment_initiator", "MERCHANT");
	paypal_add_member(&body, "charge_pattern", PAYPAL_USAGE);
	paypal_add_member(&body, "usage_pattern", PAYPAL_USAGE);
	paypal_add_member(&body, "usage", "SUBSEQUENT");
	TEXT_ADD(&body, "}}}}");
	arena_scrub(work->arena, body.bytes, body.length);
	problem = paypal_call(work, payment->id, "create", "/v2/checkout/orders", &body,
	    arena_format(work->arena, "%s:create", payment->idempotency_key), &reply, &json);
	answer->unsent = reply.outcome == HTTP_UNREACHABLE;
	if (is_forbidden(work->arena, &reply, &issue)) {
		fail_for_our_account(answer, issue);
		return OK;
	}
	TRY(problem);
	return reply.status >= 400 ? take_refusal(work, payment, &reply, json, answer)
				   : paypal_take_order(work, &reply, json, answer);
}

/* It is asked by the same request again; until that has been answered nobody knows. */
static const struct problem *
paypal_look_for(struct work *work, const struct payment *payment, struct provider_answer *answer)
{
	(void)work, (void)payment, (void)answer;
	return problem(PROVIDER_UNAVAILABLE, "nobody knows yet whether the payment method was charged; try again later");
}

static const struct problem *
paypal_forget(struct work *work, const struct stored_token *stored)
{
	struct http_reply reply;

	TRY(paypal_delete(work, no_payment, arena_format(work->arena, "/v3/vault/payment-tokens/%s", stored->token), &reply));
	return reply.status < 300 || reply.status == 404 || reply.status == 422
	    ? OK
	    : problem(PROVIDER_UNAVAILABLE, "the payment provider does not forget the payment method");
}

const struct provider_methods paypal_methods = {
	.charges_by_key = true,
	.asked_by_key = true,
	.adopt = paypal_adopt,
	.kept = paypal_kept,
	.charge = paypal_charge,
	.look_for = paypal_look_for,
	.setup = &paypal_setup,
	.forget = paypal_forget,
};
