/* Webhooks: told with a signature by the key whose certificate lies beside it; and PayPal's own word on a signature. */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "base/log.h"
#include "sandbox/paypal/paypal.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

enum { SIGNATURE_MAX = 1024, SCRATCH = 1 << 16 };

/* The file of the certificate has this name there. */
#define CERTIFICATE_URL "https://api.sandbox.paypal.com/v1/notifications/certs/CERT-haat-sandbox"

void
paypal_event(struct call *call, const char *type, const char *resource_type, struct json_object *resource)
{
	struct json_object *event = json_object_new_object();

	put_text(event, "id", arena_format(call->arena, "WH-%s-%s", paypal_id(call->arena), paypal_id(call->arena)));
	put_text(event, "event_version", "1.0");
	put_text(event, "create_time", time_text(call->arena));
	put_text(event, "resource_type", resource_type);
	put_text(event, "resource_version", "2.0");
	put_text(event, "event_type", type);
	put_text(event, "summary", "Something happened in the sandbox.");
	json_object_object_add(event, "resource", resource);
	json_object_object_add(event, "links", json_object_new_array());
	state_save(call->sandbox, PAYPAL_EVENTS, event);
	delivery_tell(call, json_text(event));
}

static uint32_t
crc32_of(const void *bytes, size_t length)
{
	const unsigned char *from = bytes;
	uint32_t             crc = UINT32_MAX;

	for (size_t i = 0; i < length; i++) {
		crc ^= from[i];
		for (int bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (crc & 1 ? UINT32_C(0xedb88320) : 0);
	}
	return ~crc;
}

static EVP_PKEY *
read_key(const struct config *config)
{
	FILE     *file = fopen(config->sandbox.paypal_key_file, "re");
	EVP_PKEY *key = file == NULL ? NULL : PEM_read_PrivateKey(file, NULL, NULL, NULL);

	if (file != NULL)
		fclose(file);
	return key;
}

/* What PayPal signs, signed: in base64, NULL when it cannot be. */
static const char *
signature_of(struct arena *arena, const struct config *config, const char *id, const char *time, const void *body, size_t length)
{
	const char *text = arena_format(
	    arena, "%s|%s|%s|%lu", id, time, config->payments.paypal.webhook_id, (unsigned long)crc32_of(body, length));
	unsigned char signature[SIGNATURE_MAX];
	size_t        written = sizeof signature;
	EVP_PKEY     *key = read_key(config);
	EVP_MD_CTX   *context = EVP_MD_CTX_new();
	bool          signs = key != NULL && context != NULL && EVP_DigestSignInit(context, NULL, EVP_sha256(), NULL, key) == 1 &&
	    EVP_DigestSign(context, signature, &written, (const unsigned char *)text, strlen(text)) == 1;

	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	return signs ? base64_encode(arena, signature, written) : NULL;
}

struct curl_slist *
paypal_sign(const struct config *config, const char *event_text)
{
	struct arena      *arena = arena_new(SCRATCH);
	const char        *id = id_new(arena, "69cd13f0-"), *time = time_text(arena);
	const char        *signature = signature_of(arena, config, id, time, event_text, strlen(event_text));
	struct curl_slist *headers = NULL;

	if (signature == NULL) {
		log_error("cannot sign with the key", LOG_TEXT("path", config->sandbox.paypal_key_file));
	} else {
		headers = curl_slist_append(headers, arena_format(arena, "PAYPAL-TRANSMISSION-ID: %s", id));
		headers = curl_slist_append(headers, arena_format(arena, "PAYPAL-TRANSMISSION-TIME: %s", time));
		headers = curl_slist_append(headers, arena_format(arena, "PAYPAL-TRANSMISSION-SIG: %s", signature));
		headers = curl_slist_append(headers, "PAYPAL-CERT-URL: " CERTIFICATE_URL);
		headers = curl_slist_append(headers, "PAYPAL-AUTH-ALGO: SHA256withRSA");
		headers = curl_slist_append(headers, "PAYPAL-AUTH-VERSION: v2");
		headers = curl_slist_append(headers, "Content-Type: application/json");
	}
	arena_free(arena);
	return headers;
}

/* The event stands in the body as it was received, and last. */
void
paypal_verify_signature(struct call *call)
{
	static const char        member[] = "\"webhook_event\":";
	static const char *const needed[] = { "auth_algo", "cert_url", "transmission_id", "transmission_sig", "transmission_time",
		"webhook_id", NULL };
	const struct config     *config = call->sandbox->config;
	const char              *event = strstr(call->body.bytes, member), *signature;
	struct json_object      *body;
	bool                     ours;

	for (size_t i = 0; needed[i] != NULL; i++)
		if (event == NULL || get_text(call->json, needed[i]) == NULL) {
			paypal_answer_issue(call, 400, "VALIDATION_ERROR", "MISSING_REQUIRED_PARAMETER", needed[i]);
			return;
		}
	event += sizeof member - 1;
	signature = signature_of(call->arena, config, get_text(call->json, "transmission_id"),
	    get_text(call->json, "transmission_time"), event, strlen(event) - 1);
	ours = signature != NULL && strcmp(signature, get_text(call->json, "transmission_sig")) == 0 &&
	    strcmp(config->payments.paypal.webhook_id, get_text(call->json, "webhook_id")) == 0;
	body = json_object_new_object();
	put_text(body, "verification_status", ours ? "SUCCESS" : "FAILURE");
	answer_json(call, 200, body);
}
