#include "verify/digest.h"

enum haat_verify_result
haat_verify_paystack(const char *signature, const void *body, size_t length, const char *const *secrets)
{
	const struct piece piece = { body, length };

	if (body == NULL || length == 0)
		return HAAT_VERIFY_EMPTY_BODY;
	return digest_judge_hex(signature, &piece, 1, DIGEST_512_BYTES, secrets);
}
