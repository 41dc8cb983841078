/* AWS Signature Version 4, checked from what came (Amazon IAM user guide, "Signing AWS API requests"). */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "sandbox/sqs/sqs.h"

#include <ctype.h>
#include <string.h>
#include <strings.h>
#include <time.h>

enum { SKEW_SECONDS = 300, DATE_LENGTH = 16, DAY_LENGTH = 8 };

/* "name=value" of the header, up to a comma. */
static const char *
part_of(struct arena *arena, const char *header, const char *name)
{
	const char *at = strstr(header, name);

	return at == NULL ? NULL : arena_format(arena, "%.*s", (int)strcspn(at + strlen(name), ","), at + strlen(name));
}

static const char *
hash_of(struct arena *arena, const void *bytes, size_t length)
{
	unsigned char digest[32];

	sha256(bytes, length, digest);
	return hex_encode(arena, digest, sizeof digest);
}

/* The headers that are said to be signed, in their order; NULL when one is missing. */
static const char *
signed_headers(struct call *call, const char *names)
{
	struct text out = text_new(call->arena, 256);

	for (const char *at = names; *at != '\0';) {
		size_t      length = strcspn(at, ";");
		const char *name = arena_copy(call->arena, at, length), *value = call_header(call, name);

		if (value == NULL)
			return NULL;
		text_addf(&out, "%s:%s\n", name, value);
		at += length + (at[length] == ';');
	}
	return out.bytes;
}

static const char *
signature_of(struct call *call, const char *date, const char *scope, const char *names, const char *headers)
{
	const struct config *config = call->sandbox->config;
	struct arena        *arena = call->arena;
	const char          *canonical = arena_format(
		     arena, "POST\n%s\n\n%s\n%s\n%s", call->path, headers, names, hash_of(arena, call->body.bytes, call->body.length));
	const char *said =
	    arena_format(arena, "AWS4-HMAC-SHA256\n%s\n%s\n%s", date, scope, hash_of(arena, canonical, strlen(canonical)));
	const char   *secret = arena_format(arena, "AWS4%s", config->sqs.secret_access_key);
	unsigned char key[32], next[32];
	const char *steps[] = { arena_format(arena, "%.*s", DAY_LENGTH, date), config->sqs.region, "sqs", "aws4_request", said };

	hmac_sha256(secret, strlen(secret), steps[0], strlen(steps[0]), key);
	for (size_t i = 1; i < sizeof steps / sizeof *steps; i++) {
		hmac_sha256(key, sizeof key, steps[i], strlen(steps[i]), next);
		memcpy(key, next, sizeof key);
	}
	return hex_encode(arena, key, sizeof key);
}

static bool
is_now(const char *date)
{
	struct tm utc = { 0 };
	int64_t   off;

	if (strlen(date) != DATE_LENGTH || strptime(date, "%Y%m%dT%H%M%SZ", &utc) == NULL)
		return false;
	off = (int64_t)timegm(&utc) - unix_seconds();
	return off <= SKEW_SECONDS && off >= -SKEW_SECONDS;
}

const char *
sqs_signature_fault(struct call *call)
{
	const struct config *config = call->sandbox->config;
	const char          *authorization = call_header(call, "Authorization"), *date = call_header(call, "X-Amz-Date");
	const char          *credential, *names, *signature, *scope, *headers;

	if (authorization == NULL || date == NULL || strncmp(authorization, "AWS4-HMAC-SHA256 ", 17) != 0)
		return "MissingAuthenticationToken";
	credential = part_of(call->arena, authorization, "Credential=");
	names = part_of(call->arena, authorization, "SignedHeaders=");
	signature = part_of(call->arena, authorization, "Signature=");
	if (credential == NULL || names == NULL || signature == NULL || (scope = strchr(credential, '/')) == NULL)
		return "IncompleteSignature";
	if (*config->sqs.access_key_id == '\0' ||
	    strncmp(credential, config->sqs.access_key_id, (size_t)(scope - credential)) != 0 ||
	    config->sqs.access_key_id[scope - credential] != '\0')
		return "InvalidClientTokenId";
	if (!is_now(date))
		return "SignatureDoesNotMatch";
	scope++;
	if (strcmp(scope, arena_format(call->arena, "%.*s/%s/sqs/aws4_request", DAY_LENGTH, date, config->sqs.region)) != 0 ||
	    strstr(names, "host") == NULL || strstr(names, "x-amz-date") == NULL)
		return "SignatureDoesNotMatch";
	headers = signed_headers(call, names);
	if (headers == NULL || strcmp(signature, signature_of(call, date, scope, names, headers)) != 0)
		return "SignatureDoesNotMatch";
	return NULL;
}
