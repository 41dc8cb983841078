#include "verify/digest.h"
#include "verify/reading.h"

#include <string.h>

enum { RAZORPAY_ID_MAX = 64 };

enum haat_verify_result
haat_verify_razorpay(const char *signature, const void *body, size_t length, const char *const *secrets)
{
	const struct piece piece = { body, length };

	if (body == NULL || length == 0)
		return HAAT_VERIFY_EMPTY_BODY;
	return digest_judge_hex(signature, &piece, 1, DIGEST_BYTES, secrets);
}

/* The ids hold no "|", so that they cannot flow into each other. */
enum haat_verify_result
haat_verify_razorpay_checkout(const char *order_id, const char *payment_id, const char *signature, const char *const *secrets)
{
	if (order_id == NULL || payment_id == NULL || order_id[0] == '\0' || payment_id[0] == '\0')
		return HAAT_VERIFY_MISSING;
	if (!is_made_of(order_id, "_-", RAZORPAY_ID_MAX) || !is_made_of(payment_id, "_-", RAZORPAY_ID_MAX))
		return HAAT_VERIFY_MALFORMED;
	const struct piece pieces[] = { { order_id, strlen(order_id) }, { "|", 1 }, { payment_id, strlen(payment_id) } };

	return digest_judge_hex(signature, pieces, 3, DIGEST_BYTES, secrets);
}
