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

#define PROBLEMS(X)                                                                                              \
	X(VALIDATION_FAILED, 400, "validation_failed", "Members of the body or the query are wrong; details says which.") \
	X(MALFORMED_JSON, 400, "malformed_json", "The body is not one whole JSON text in UTF-8.")                \
	X(BAD_REQUEST, 400, "bad_request", "The request itself cannot be understood.")                           \
	X(ADJUST_STOCK, 400, "adjust_stock", "The stock of a known variant is changed by an adjustment; see details.") \
	X(BAD_CURSOR, 400, "bad_cursor", "The cursor was not made by this shop for this list.")                  \
	X(UNAUTHENTICATED, 401, "unauthenticated", "A valid access token is needed.")                            \
	X(TOKEN_EXPIRED, 401, "token_expired", "The access token has expired; refresh it.")                      \
	X(SESSION_ENDED, 401, "session_ended", "The session was ended; log in again.")                           \
	X(BAD_CREDENTIALS, 401, "bad_credentials", "E-mail or password is wrong.")                               \
	X(REFRESH_REUSED, 401, "refresh_reused", "The refresh token was used before; its session has been ended.") \
	X(BAD_SIGNATURE, 401, "bad_signature", "The webhook's signature is missing or wrong.")                   \
	X(FORBIDDEN, 403, "forbidden", "The account lacks the permission.")                                      \
	X(ACCOUNT_DISABLED, 403, "account_disabled", "The account is disabled.")                                 \
	X(MERCHANT_INACTIVE, 403, "merchant_inactive", "The merchant is not active and cannot sell.")            \
	X(NOT_FOUND, 404, "not_found", "There is no such thing, or it is not yours.")                            \
	X(METHOD_NOT_ALLOWED, 405, "method_not_allowed", "The path knows other methods; see Allow.")             \
	X(CONFLICT, 409, "conflict", "The change does not fit the present state.")                               \
	X(EMAIL_TAKEN, 409, "email_taken", "The e-mail address belongs to an account already.")                  \
	X(PHONE_TAKEN, 409, "phone_taken", "The phone number belongs to an account already.")                    \
	X(SKU_TAKEN, 409, "sku_taken", "The SKU belongs to another variant.")                                    \
	X(SLUG_TAKEN, 409, "slug_taken", "The slug is taken.")                                                   \
	X(IN_USE, 409, "in_use", "Something else still uses it.")                                                \
	X(CATEGORY_CYCLE, 409, "category_cycle", "A category cannot stand below itself.")                        \
	X(CART_EMPTY, 409, "cart_empty", "The cart has nothing that can be ordered.")                            \
	X(MIXED_CURRENCY, 409, "mixed_currency", "A cart and an order hold one currency.")                       \
	X(INSUFFICIENT_STOCK, 409, "insufficient_stock", "Not enough is left; details names the lines.")         \
	X(NOT_FOR_SALE, 409, "not_for_sale", "A product is not on sale; details names the lines.")               \
	X(NOT_SHIPPED_THERE, 409, "not_shipped_there", "The shipping method does not serve the address.")        \
	X(NO_SUCH_COUPON, 409, "no_such_coupon", "The coupon is not valid.")                                     \
	X(TOTAL_TOO_LARGE, 409, "total_too_large", "The order's total is beyond what can be charged.")           \
	X(ORDER_NOT_PAYABLE, 409, "order_not_payable", "The order's state does not take a payment.")             \
	X(ORDER_NOT_CANCELLABLE, 409, "order_not_cancellable", "The order's state does not allow cancelling.")   \
	X(PAYMENT_IN_PROGRESS, 409, "payment_in_progress", "Another payment of the order is still live.")        \
	X(PAYMENT_STATE, 409, "payment_state", "The payment's state does not allow that.")                       \
	X(REFUND_TOO_LARGE, 409, "refund_too_large", "More than what is left of the payment.")                   \
	X(PROVIDER_UNSUPPORTED, 409, "provider_unsupported", "The provider is not enabled or does not take the currency.") \
	X(EVENT_COLLISION, 409, "event_collision", "The event id was seen with another payload.")                \
	X(IDEMPOTENCY_RUNNING, 409, "idempotency_key_in_use", "A request with this Idempotency-Key is still running.") \
	X(VERSION_MISMATCH, 412, "version_mismatch", "The object has changed since the entity tag of If-Match.") \
	X(BODY_TOO_LARGE, 413, "body_too_large", "The body is larger than the route takes.")                     \
	X(UNSUPPORTED_MEDIA_TYPE, 415, "unsupported_media_type", "The Content-Type is not one the route takes.") \
	X(IDEMPOTENCY_MISMATCH, 422, "idempotency_key_reused", "The Idempotency-Key was used with another body.") \
	X(RATE_LIMITED, 429, "rate_limited", "Too many requests; see Retry-After.")                              \
	X(LOGIN_LIMITED, 429, "login_limited", "Too many wrong passwords; see Retry-After.")                     \
	X(INTERNAL, 500, "internal_error", "Something failed inside; it was logged under the request id.")       \
	X(PROVIDER_REFUSED, 502, "provider_refused", "The payment provider refused the call.")                   \
	X(PROVIDER_UNAVAILABLE, 502, "provider_unavailable", "The payment provider did not answer; try again.")  \
	X(DATABASE_BUSY, 503, "busy", "Too many at once for the same rows; try again.")                          \
	X(DATABASE_LOST, 503, "database_unavailable", "The database is not reachable; try again.")               \
	X(OUTCOME_UNCERTAIN, 503, "outcome_uncertain", "The outcome is not known; repeat with the same Idempotency-Key.") \
	X(OVERLOADED, 503, "overloaded", "The request needs more memory than there is for one.")                 \
	X(NOT_READY, 503, "not_ready", "A part that is needed is down; checks says which.")                      \
	X(DUPLICATE_KEY, 409, "already_exists", "Something with the same key exists already.")

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

struct problem {
	enum problem_code    code;
	const char          *message;
	const struct faults *faults;              /* printed as details, or NULL */
	int                  retry_after_seconds; /* sent as Retry-After when > 0 */
};

#define OK ((const struct problem *)NULL)

/* A problem with a constant message; needs no memory. */
#define problem(name, text)                                                                    \
	({                                                                                     \
		static const struct problem problem_here_ = { .code = PROBLEM_##name, .message = (text) }; \
		&problem_here_;                                                                \
	})

#define TRY(expr)                                                                              \
	do {                                                                                   \
		const struct problem *problem_ = (expr);                                       \
		if (problem_ != NULL)                                                          \
			return problem_;                                                       \
	} while (0)

/* A problem that names members; `faults` is copied into the arena. */
const struct problem *problem_faults(struct arena *arena, enum problem_code code, const char *message,
    const struct faults *faults);

/* A problem about one member. */
const struct problem *problem_at(struct arena *arena, enum problem_code code, const char *where, const char *what);

/* A problem that says when to come back. */
const struct problem *problem_later(struct arena *arena, enum problem_code code, const char *message, int seconds);

void faults_add(struct faults *faults, const char *where, const char *what);

int         problem_status(enum problem_code code);  /* 404 */
const char *problem_name(enum problem_code code);    /* "not_found" */
const char *problem_meaning(enum problem_code code); /* for the API document */
bool        problem_is(const struct problem *problem, enum problem_code code);

#endif
