/*
 * problem.h: what went wrong, in a form the client can act on.
 *
 * Functions that can fail return `const struct problem *`; NULL (OK) is success.  PROBLEMS is the one list of error
 * codes: the name used in C, the HTTP status, the stable code of the API, and what it means (shown in the API document).
 * Codes are never renamed or reused.  An early return is always safe because the arena owns everything.
 */
#ifndef PROBLEM_H
#define PROBLEM_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

#define PROBLEMS(X) \
	X(VALIDATION_FAILED, 400, "validation_failed", "The body or query parameters are invalid; see details.") \
	X(MALFORMED_JSON, 400, "malformed_json", "The body is not valid JSON in UTF-8.") \
	X(BAD_REQUEST, 400, "bad_request", "The request is malformed.") \
	X(ADJUST_STOCK, 400, "adjust_stock", \
	    "The stock of an existing variant can only be changed by an adjustment; see details.") \
	X(TOKEN_INVALID, 400, "token_invalid", "The token is wrong, has expired or was used before; ask for a new one.") \
	X(SIGN_IN_LOST, 400, "sign_in_lost", "The sign-in was not begun in this browser, or took too long; begin again.") \
	X(BAD_CURSOR, 400, "bad_cursor", "The cursor is invalid or belongs to another list.") \
	X(UNAUTHENTICATED, 401, "unauthenticated", "A valid access token is required.") \
	X(TOKEN_EXPIRED, 401, "token_expired", "The access token has expired; refresh it.") \
	X(SESSION_ENDED, 401, "session_ended", "The session was ended; log in again.") \
	X(BAD_CREDENTIALS, 401, "bad_credentials", "Wrong e-mail address or password.") \
	X(ID_TOKEN_INVALID, 401, "id_token_invalid", "The ID token is invalid, expired or not for this shop; sign in again.") \
	X(SIGN_IN_REFUSED, 401, "sign_in_refused", "Google has not signed the user in; begin again.") \
	X(SIGN_IN_CODE_INVALID, 401, "sign_in_code_invalid", "The code is unknown, was used or has expired; begin again.") \
	X(TOTP_REQUIRED, 401, "totp_required", \
	    "The password is right; the code of the second factor is missing, wrong or was used.") \
	X(REFRESH_REUSED, 401, "refresh_reused", "The refresh token was used before; its session has been ended.") \
	X(BAD_SIGNATURE, 401, "bad_signature", "The webhook's signature is missing or invalid.") \
	X(PAYMENT_REFUSED, 402, "payment_refused", "The payment was refused.") \
	X(FORBIDDEN, 403, "forbidden", "The account lacks the permission.") \
	X(BLOCKED, 403, "blocked", "The client's network is blocked here; it gets no other answer.") \
	X(ACCOUNT_DISABLED, 403, "account_disabled", "The account is disabled.") \
	X(TOTP_SETUP_REQUIRED, 403, "totp_setup_required", "Staff need a second factor here; set one up (POST /accounts/totp).") \
	X(CONFIRMATION_REQUIRED, 403, "confirmation_required", \
	    "The sign-in was too long ago for this; confirm the password (POST /accounts/confirm) and try again.") \
	X(MERCHANT_INACTIVE, 403, "merchant_inactive", "The merchant is not active and cannot sell.") \
	X(NOT_BOUGHT, 403, "not_bought", "Only who has bought and paid for the product can review it.") \
	X(OWN_PRODUCT, 403, "own_product", "Nobody can review a product of their own shop.") \
	X(NOT_FOUND, 404, "not_found", "The object does not exist, or is not yours.") \
	X(SIGN_IN_DISABLED, 404, "sign_in_disabled", "This way to sign in is not set up here.") \
	X(METHOD_NOT_ALLOWED, 405, "method_not_allowed", "The method is not allowed for this path; see the Allow header.") \
	X(CONFLICT, 409, "conflict", "The change conflicts with the current state.") \
	X(REFRESH_SUPERSEDED, 409, "refresh_superseded", \
	    "Another request has just exchanged the refresh token; use the tokens from its response.") \
	X(EMAIL_UNVERIFIED, 409, "email_unverified", "The account's e-mail address is not verified, which this needs.") \
	X(EMAIL_TAKEN, 409, "email_taken", "An account with this e-mail address exists.") \
	X(IDENTITY_UNPROVEN, 409, "identity_unproven", \
	    "An account has this e-mail address or phone number but has not proven it; prove it there first.") \
	X(PHONE_TAKEN, 409, "phone_taken", "An account with this phone number exists.") \
	X(BUSINESS_ID_TAKEN, 409, "business_id_taken", "A shop with this business id exists.") \
	X(SKU_TAKEN, 409, "sku_taken", "The SKU is used by another variant.") \
	X(SLUG_TAKEN, 409, "slug_taken", "The slug is taken.") \
	X(ALREADY_REVIEWED, 409, "already_reviewed", "You have reviewed the product; change that review instead.") \
	X(IN_USE, 409, "in_use", "The object is still in use.") \
	X(CATEGORY_CYCLE, 409, "category_cycle", "A category cannot be its own descendant.") \
	X(CART_EMPTY, 409, "cart_empty", "The cart contains no items that can be ordered.") \
	X(MIXED_CURRENCY, 409, "mixed_currency", "All items of a cart or order must have the same currency.") \
	X(INSUFFICIENT_STOCK, 409, "insufficient_stock", "Not enough stock is available; see details for the items.") \
	X(TOO_MUCH_RESERVED, 409, "too_much_reserved", "Unpaid orders reserve too much stock; pay or cancel some of them.") \
	X(NOT_FOR_SALE, 409, "not_for_sale", "A product is not for sale; see details for the items.") \
	X(NOT_SHIPPED_THERE, 409, "not_shipped_there", "The shipping method is not available for the address.") \
	X(NO_SUCH_COUPON, 409, "no_such_coupon", "The coupon is not valid.") \
	X(COUPON_NOT_STARTED, 409, "coupon_not_started", "The coupon is not valid yet.") \
	X(COUPON_ENDED, 409, "coupon_ended", "The coupon is not valid any more.") \
	X(COUPON_SPENT, 409, "coupon_spent", "The coupon has been used as often as it may be, by all or by the customer.") \
	X(COUPON_MINIMUM, 409, "coupon_minimum", "The goods that the coupon is for do not come to its minimum; see details.") \
	X(COUPON_NOT_FOR_THESE, 409, "coupon_not_for_these", "The coupon is for none of the goods.") \
	X(COUPON_OTHER_CURRENCY, 409, "coupon_other_currency", "The coupon is for orders in another currency; see details.") \
	X(COUPON_CODE_TAKEN, 409, "coupon_code_taken", "The code belongs to another coupon.") \
	X(TOTAL_TOO_LARGE, 409, "total_too_large", "The order's total is too large.") \
	X(ORDER_NOT_PAYABLE, 409, "order_not_payable", "The order cannot be paid in its current state.") \
	X(ORDER_NOT_CANCELLABLE, 409, "order_not_cancellable", "The order cannot be cancelled in its current state.") \
	X(FULFILMENT_STATE, 409, "fulfilment_state", "The fulfilment's current state does not allow this; see details.") \
	X(RETURN_STATE, 409, "return_state", "The return's current state does not allow this; see details.") \
	X(NOT_RETURNABLE, 409, "not_returnable", "The goods cannot be returned, or not so many of them.") \
	X(PAYMENT_IN_PROGRESS, 409, "payment_in_progress", "Another payment of the order is in progress.") \
	X(REVIEW_STATE, 409, "review_state", "The payment is not waiting for review.") \
	X(UNDER_REVIEW, 409, "under_review", "A payment of the order is under review.") \
	X(PAYMENT_STATE, 409, "payment_state", "The payment's current state does not allow this.") \
	X(MERCHANT_REFERENCE_TAKEN, 409, "merchant_reference_taken", \
	    "A payment request of the shop has this merchant_reference; see details.") \
	X(PAYMENT_METHOD_UNUSABLE, 409, "payment_method_unusable", \
	    "The payment method is not yours, expired, disabled, or of a provider that is not enabled.") \
	X(REFUND_TOO_LARGE, 409, "refund_too_large", "The refund exceeds the remaining amount of the payment.") \
	X(DISPUTE_STATE, 409, "dispute_state", "The dispute's current state does not allow this.") \
	X(PAYOUT_STATE, 409, "payout_state", "The payout's current state does not allow this; see details.") \
	X(PAYOUT_TOO_LARGE, 409, "payout_too_large", "The payout exceeds what the merchant has available.") \
	X(SUBSCRIPTION_STATE, 409, "subscription_state", \
	    "The subscription's current state, which details name, does not allow this.") \
	X(PLAN_ARCHIVED, 409, "plan_archived", "The plan is archived and takes no new subscriptions.") \
	X(IMPORT_STATE, 409, "import_state", "The import has ended.") \
	X(SETTLEMENT_KNOWN, 409, "settlement_known", "The settlement file was received before; see details.") \
	X(PROVIDER_UNSUPPORTED, 409, "provider_unsupported", "The provider is not enabled or does not support the currency.") \
	X(ENDPOINT_DISABLED, 409, "endpoint_disabled", "The webhook endpoint is disabled; enable it first.") \
	X(EVENT_COLLISION, 409, "event_collision", "An event with this id but a different payload was received before.") \
	X(IDEMPOTENCY_RUNNING, 409, "idempotency_key_in_use", "A request with this Idempotency-Key is still running.") \
	X(GONE, 410, "gone", "What was here is no longer there, and will not come back by itself.") \
	X(VERSION_MISMATCH, 412, "version_mismatch", "The object has changed since it was fetched (If-Match).") \
	X(BODY_TOO_LARGE, 413, "body_too_large", "The body is too large for the route.") \
	X(UNSUPPORTED_MEDIA_TYPE, 415, "unsupported_media_type", \
	    "The route does not accept this Content-Type or Content-Encoding.") \
	X(STORES_WITH_PAYMENT, 422, "stores_with_payment", \
	    "The provider stores a payment method only while something is paid with it.") \
	X(AMOUNT_UNSUPPORTED, 422, "amount_unsupported", "The provider cannot charge this amount.") \
	X(PAYOUT_TOO_SMALL, 422, "payout_too_small", "The payout is below the minimum amount.") \
	X(IDEMPOTENCY_MISMATCH, 422, "idempotency_key_reused", "The Idempotency-Key was used with a different request.") \
	X(RATE_LIMITED, 429, "rate_limited", "Too many requests; see Retry-After.") \
	X(TOO_MANY_ATTEMPTS, 429, "too_many_attempts", "Too many attempts to pay; see Retry-After.") \
	X(TOO_MANY_DECLINES, 429, "too_many_declines", "Too many payments were declined; see Retry-After.") \
	X(LOGIN_LIMITED, 429, "login_limited", "Too many wrong passwords; see Retry-After.") \
	X(INTERNAL, 500, "internal_error", "An internal error occurred; it was logged with the request id.") \
	X(PROVIDER_REFUSED, 502, "provider_refused", "The payment provider rejected the request.") \
	X(PROVIDER_UNAVAILABLE, 502, "provider_unavailable", "The payment provider is not responding; try again.") \
	X(SIGN_IN_UNAVAILABLE, 503, "sign_in_unavailable", \
	    "The service that signs people in is not responding; see Retry-After.") \
	X(DATABASE_BUSY, 503, "busy", "Too many concurrent changes to the same rows; try again.") \
	X(DATABASE_LOST, 503, "database_unavailable", "The database is unavailable; try again.") \
	X(OUTCOME_UNCERTAIN, 503, "outcome_uncertain", \
	    "The outcome is unknown; repeat the request with the same Idempotency-Key.") \
	X(EVENT_UNVERIFIED, 503, "event_unverified", \
	    "Too many events are waiting to be verified; send it again, see Retry-After.") \
	X(LIVE_UNAVAILABLE, 503, "live_unavailable", "Live updates are not set up here; ask for the order from time to time.") \
	X(STORAGE_FULL, 503, "storage_full", "There is no room left to store the file; try again later.") \
	X(OVERLOADED, 503, "overloaded", "The request exceeded its memory limit.") \
	X(NOT_READY, 503, "not_ready", "A required component is unavailable; see details.") \
	X(DRAINING, 503, "draining", "The server is shutting down; send requests elsewhere.") \
	X(DUPLICATE_KEY, 409, "already_exists", "An object with the same key exists.")

enum problem_code {
#define X(name, status, code, meaning) PROBLEM_##name,
	PROBLEMS(X)
#undef X
	    PROBLEM__COUNT
};

/* A fault of one member: where ("items.0.quantity") and what is wrong there. */
struct fault {
	const char *where, *what;
};

/* The faults of one body.  Bounded: after 32 the rest is dropped. */
struct faults {
	struct fault list[32];
	size_t       count;
};

/* What a job that ends with it does next. */
enum problem_again {
	AGAIN_LATER,  /* is tried again, until its attempts are used up */
	AGAIN_WAITS,  /* is tried again, and this was no attempt: what it needs is away, and would be for every other */
	AGAIN_USELESS /* is dead at once: it would end so each time */
};

struct problem {
	enum problem_code    code;
	const char          *message;
	const struct faults *faults;              /* printed as details, or NULL */
	int                  retry_after_seconds; /* sent as Retry-After when > 0 */
	enum problem_again   again;
};

#define OK ((const struct problem *)NULL)

/* A problem with a constant message; needs no memory. */
#define problem(name, text) \
	({ \
		static const struct problem problem_here_ = { .code = PROBLEM_##name, .message = (text) }; \
		&problem_here_; \
	})

#define TRY(expr) \
	do { \
		const struct problem *problem_ = (expr); \
		if (problem_ != NULL) \
			return problem_; \
	} while (0)

/* A problem that names members; `faults` is copied into the arena. */
const struct problem *problem_faults(
    struct arena *arena, enum problem_code code, const char *message, const struct faults *faults);

/* A problem about one member. */
const struct problem *problem_at(struct arena *arena, enum problem_code code, const char *where, const char *what);

/* A problem that says when to come back. */
const struct problem *problem_later(struct arena *arena, enum problem_code code, const char *message, int seconds);

/* Problems of jobs: AGAIN_WAITS, for so many seconds; AGAIN_USELESS. */
const struct problem *problem_waits(struct arena *arena, enum problem_code code, const char *message, int seconds);
const struct problem *problem_useless(struct arena *arena, enum problem_code code, const char *message);

void faults_add(struct faults *faults, const char *where, const char *what);

/* VALIDATION_FAILED with the faults of a body, OK when there are none. */
const struct problem *faults_problem(struct arena *arena, const struct faults *faults);

int         problem_status(enum problem_code code);  /* 404 */
const char *problem_name(enum problem_code code);    /* "not_found" */
const char *problem_meaning(enum problem_code code); /* for the API document */
bool        problem_is(const struct problem *problem, enum problem_code code);

#endif
