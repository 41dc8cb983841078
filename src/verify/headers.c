#include "verify/haatverify.h"

#include <strings.h>

enum haat_verify_result
haat_verify_header(const struct haat_verify_header *headers, size_t count, const char *name, const char **value)
{
	size_t found = 0;

	*value = NULL;
	for (size_t i = 0; i < count; i++)
		if (headers[i].name != NULL && strcasecmp(headers[i].name, name) == 0 && found++ == 0)
			*value = headers[i].value;
	if (found > 1) {
		*value = NULL;
		return HAAT_VERIFY_REPEATED;
	}
	return *value == NULL || **value == '\0' ? HAAT_VERIFY_MISSING : HAAT_VERIFY_OK;
}

const char *
haat_verify_reason(enum haat_verify_result result)
{
	switch (result) {
	case HAAT_VERIFY_OK:
		return "the signature is valid";
	case HAAT_VERIFY_MISSING:
		return "no signature of a supported scheme";
	case HAAT_VERIFY_MALFORMED:
		return "the signature header is malformed";
	case HAAT_VERIFY_NO_MATCH:
		return "no signature matches the body";
	case HAAT_VERIFY_TOO_OLD:
		return "the signature is too old";
	case HAAT_VERIFY_TOO_NEW:
		return "the signature is from the future";
	case HAAT_VERIFY_EMPTY_BODY:
		return "the body is empty";
	case HAAT_VERIFY_REPEATED:
		return "the signature header is repeated";
	case HAAT_VERIFY_WRONG_ADDRESS:
		return "the certificate's address is not the provider's";
	case HAAT_VERIFY_UNTRUSTED:
		return "the certificate is not trusted";
	case HAAT_VERIFY_NOT_OURS:
		return "the message is for another recipient";
	case HAAT_VERIFY_MALFORMED_BODY:
		return "the body is malformed";
	}
	return "the result is unknown";
}
