/* Certificates as they are fetched, and the addresses they are fetched from.  Parts: an address, then PEM. */
#include "tests/fuzz/fuzz.h"
#include "verify/haatverify.h"

#include <string.h>

enum { NOW = 1767323046 };

/* Scheme and host of an address, by another rule: up to the third slash nothing but what is listed. */
static void
leads_to(const char *address, const char *const *hosts)
{
	size_t length;

	PROPERTY(strncmp(address, "https://", 8) == 0);
	length = 8 + strcspn(address + 8, "/");
	for (; *hosts != NULL; hosts++)
		if (strlen(*hosts) <= length && memcmp(address + length - strlen(*hosts), *hosts, strlen(*hosts)) == 0)
			break;
	PROPERTY(*hosts != NULL);
	PROPERTY(strpbrk(address + 8, "@:?#%\\ \t\r\n") == NULL && strstr(address, "..") == NULL);
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	static const char *const              paypal[] = { "//api.sandbox.paypal.com", "//api-m.sandbox.paypal.com", NULL };
	static const char *const              amazon[] = { ".amazonaws.com", ".amazonaws.com.cn", NULL };
	const char                           *address = fuzz_part(&bytes, &length);
	const char                           *pem = (const char *)bytes;
	struct haat_verify_trust             *trust = haat_verify_trust_new(pem, length);
	const struct haat_verify_certificates certificates = { pem, length, trust };
	const struct haat_verify_paypal       headers = { "id", "2026-01-02T03:04:06Z", "AAAA",
		      "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-1", "SHA256withRSA" };
	enum haat_verify_result               result;

	if (haat_verify_paypal_address(address, HAAT_VERIFY_SANDBOX) == HAAT_VERIFY_OK)
		leads_to(address, paypal);
	if (haat_verify_sns_address(address) == HAAT_VERIFY_OK)
		leads_to(address, amazon);
	/* Even one that trusts itself has not signed this. */
	result = haat_verify_paypal(&headers, HAAT_VERIFY_SANDBOX, "WEBHOOK", "body", 4, &certificates, NOW, HAAT_VERIFY_ANY_AGE);
	PROPERTY(result == HAAT_VERIFY_UNTRUSTED || result == HAAT_VERIFY_NO_MATCH);
	PROPERTY(trust != NULL || result == HAAT_VERIFY_UNTRUSTED);
	haat_verify_trust_free(trust);
}
