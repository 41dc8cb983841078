#include "accounts/google.h"
#include "accounts/identity.h"
#include "accounts/issuer.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/instant.h"
#include "base/log.h"
#include "base/text.h"
#include "base/vault.h"
#include "http/claims.h"
#include "net/http_client.h"
#include "store/work.h"

#include <stdlib.h>
#include <string.h>

enum { SECRET_BYTES = 32, PARTS = 6, SUBJECT_MAX = 255 };

static const char purpose[] = "sign-in with Google";

/* What the cookie says. */
struct begun {
	int64_t     at; /* Unix seconds */
	const char *state, *nonce, *verifier, *return_url;
	const char *locale; /* "" or NULL: none */
};

static const char *
random_text(struct arena *arena)
{
	unsigned char bytes[SECRET_BYTES];

	random_bytes(bytes, sizeof bytes);
	return base64url_encode(arena, bytes, sizeof bytes);
}

static const char *
seal_begun(struct work *work, const struct begun *begun)
{
	const char  *plain = arena_format(work->arena, "%lld %s %s %s %s %s", (long long)begun->at, begun->state, begun->nonce,
	     begun->verifier, begun->return_url, begun->locale == NULL ? "" : begun->locale);
	struct bytes sealed = vault_seal(
	    work->arena, work->config->auth.seal_secret, purpose, (struct bytes) { (const unsigned char *)plain, strlen(plain) });

	return base64url_encode(work->arena, sealed.bytes, sealed.length);
}

/* False when it is not ours, or too old. */
static bool
open_begun(struct work *work, const char *cookie, struct begun *begun)
{
	struct bytes   plain;
	char          *part[PARTS], *rest;
	size_t         length;
	unsigned char *sealed = cookie == NULL ? NULL : base64url_decode(work->arena, cookie, strlen(cookie), &length);

	if (sealed == NULL ||
	    !vault_open(work->arena, work->config->auth.seal_secret, purpose, (struct bytes) { sealed, length }, &plain))
		return false;
	rest = arena_copy(work->arena, (const char *)plain.bytes, plain.length);
	for (size_t i = 0; i < PARTS; i++)
		part[i] = i + 1 < PARTS ? strsep(&rest, " ") : rest;
	*begun = (struct begun) { strtoll(part[0], NULL, 10), part[1], part[2], part[3], part[4], part[5] };
	return begun->return_url != NULL && begun->at > unix_seconds() - GOOGLE_SECONDS;
}

bool
google_is_offered(const struct config *config)
{
	return *config->auth.google.client_id != '\0' && *config->auth.google.client_secret != '\0';
}

static const struct problem *
is_enabled(const struct config *config)
{
	return google_is_offered(config) ? OK : problem(SIGN_IN_DISABLED, "sign-in with Google is not set up here");
}

/* Of the document by which Google says where its services are (OpenID Connect Discovery 1.0). */
static const struct problem *
find_service(struct work *work, const char *name, const char **url)
{
	const char         *issuer = work->config->auth.google.issuer, *said;
	struct bytes        json;
	struct json_object *document;

	TRY(issuer_document(work, arena_format(work->arena, "%s/.well-known/openid-configuration", issuer), &json));
	document = json_read(work->arena, (const char *)json.bytes, json.length);
	if (claim_text(document, "issuer", &said) && strcmp(said, issuer) == 0 && claim_text(document, name, url) &&
	    format_fault(FORMAT_URL, *url) == NULL)
		return OK;
	log_error("what Google says about itself is not usable", LOG_ID("member", name));
	return issuer_is_away(work);
}

static const char *
redirect_uri(struct work *work)
{
	return arena_format(work->arena, "%s/api/v1/auth/google/callback", work->config->public_url);
}

static void
add_parameter(struct text *text, const char *name, const char *value)
{
	text_addf(text, "%s=", name);
	text_add_percent(text, value);
	text_add_char(text, '&');
}

static const char *
authorization_url(struct work *work, const char *endpoint, const struct begun *begun)
{
	struct text   url = text_new(work->arena, 1024);
	unsigned char digest[SECRET_BYTES];

	sha256(begun->verifier, strlen(begun->verifier), digest);
	text_add_string(&url, endpoint);
	text_add_char(&url, strchr(endpoint, '?') == NULL ? '?' : '&');
	add_parameter(&url, "client_id", work->config->auth.google.client_id);
	add_parameter(&url, "redirect_uri", redirect_uri(work));
	add_parameter(&url, "scope", "openid email profile");
	add_parameter(&url, "state", begun->state);
	add_parameter(&url, "nonce", begun->nonce);
	if (*work->config->auth.google.hosted_domain != '\0')
		add_parameter(&url, "hd", work->config->auth.google.hosted_domain);
	add_parameter(&url, "code_challenge", base64url_encode(work->arena, digest, sizeof digest));
	TEXT_ADD(&url, "code_challenge_method=S256&response_type=code");
	return url.bytes;
}

const struct problem *
google_begin(struct work *work, const char *return_url, const char *locale, const char **url, const char **cookie)
{
	const struct begun begun = { .at = unix_seconds(),
		.state = random_text(work->arena),
		.nonce = random_text(work->arena),
		.verifier = random_text(work->arena),
		.return_url = return_url,
		.locale = locale };
	const char        *endpoint;

	TRY(is_enabled(work->config));
	TRY(find_service(work, "authorization_endpoint", &endpoint));
	*url = authorization_url(work, endpoint, &begun);
	*cookie = seal_begun(work, &begun);
	return OK;
}

/* ---- the way back ---- */

static struct text
token_request(struct work *work, const char *code, const char *verifier)
{
	struct text body = text_new(work->arena, 1024);

	add_parameter(&body, "code", code);
	add_parameter(&body, "redirect_uri", redirect_uri(work));
	add_parameter(&body, "client_id", work->config->auth.google.client_id);
	add_parameter(&body, "client_secret", work->config->auth.google.client_secret);
	add_parameter(&body, "code_verifier", verifier);
	TEXT_ADD(&body, "grant_type=authorization_code");
	arena_scrub(work->arena, body.bytes, body.length);
	return body;
}

/* The ID token that Google gives for the code. */
static const struct problem *
exchange_code(struct work *work, const char *code, const char *verifier, const char **id_token)
{
	static const char *const headers[] = { "Content-Type: application/x-www-form-urlencoded", "Accept: application/json",
		NULL };
	struct text              body = token_request(work, code, verifier);
	struct http_call         call = { .method = "POST", .headers = headers, .body = body.bytes, .body_length = body.length };
	struct http_reply        reply;
	struct json_object      *json;
	const char              *error;

	TRY(find_service(work, "token_endpoint", &call.url));
	TRY(issuer_call(work, &call, &reply));
	json = json_read(work->arena, reply.body, reply.length);
	if (reply.status == 200 && claim_text(json, "id_token", id_token))
		return OK;
	if (!claim_text(json, "error", &error))
		error = "no ID token";
	if (reply.status == 400 && strcmp(error, "invalid_grant") == 0)
		return problem(SIGN_IN_REFUSED, "Google does not take the code; begin again");
	log_error("Google rejected our credentials or our request", LOG_NUMBER("status", reply.status), LOG_TEXT("error", error));
	return issuer_is_away(work);
}

static bool
is_same(const char *came, const char *expected)
{
	size_t length = strlen(expected);

	return came != NULL && strlen(came) == length && equal_constant_time(came, expected, length);
}

/* Google's old tokens call it without the scheme. */
static const char *
bare_issuer(const char *issuer)
{
	static const char scheme[] = "https://";

	return strncmp(issuer, scheme, sizeof scheme - 1) == 0 ? issuer + sizeof scheme - 1 : NULL;
}

/* What was asked for by `hd` is only a hint to Google's page. */
static bool
is_of_workspace(const struct id_claims *claims, const char *domain)
{
	return *domain == '\0' || (claims->hosted_domain != NULL && strcasecmp(claims->hosted_domain, domain) == 0);
}

static const struct problem *
check_token(struct work *work, const char *token, const char *nonce, struct identity *identity)
{
	const char              *issuer = work->config->auth.google.issuer, *keys_url;
	const struct id_expected expected = { .issuer = issuer,
		.other_issuer = bare_issuer(issuer),
		.audience = work->config->auth.google.client_id,
		.nonce = nonce,
		.subject_max = SUBJECT_MAX,
		.now = unix_seconds() };
	struct id_claims         claims;

	TRY(find_service(work, "jwks_uri", &keys_url));
	TRY(issuer_check(work, keys_url, &expected, token, &claims));
	if (claims.email == NULL || !claims.email_verified || format_fault(FORMAT_EMAIL, claims.email) != NULL)
		return problem(SIGN_IN_REFUSED, "Google does not vouch for the e-mail address");
	if (!is_of_workspace(&claims, work->config->auth.google.hosted_domain))
		return problem(SIGN_IN_REFUSED, "the Google account is not of the workspace that may sign in here");
	*identity = (struct identity) {
		.issuer = IDENTITY_GOOGLE, .subject = claims.subject, .email = claims.email, .name = claims.name
	};
	return OK;
}

const struct problem *
google_return(struct work *work, const char *cookie, const char *query, const char **return_url, struct identity *identity)
{
	const char  *code = query_value(work->arena, query, "code"), *issuer = query_value(work->arena, query, "iss"), *token;
	struct begun begun;

	*return_url = NULL;
	TRY(is_enabled(work->config));
	if (!open_begun(work, cookie, &begun) || !is_same(query_value(work->arena, query, "state"), begun.state))
		return problem(SIGN_IN_LOST, "the sign-in was not begun in this browser, or took too long; begin again");
	*return_url = begun.return_url;
	/* RFC 9207: whoever answers in another's place is not heard. */
	if (code == NULL || (issuer != NULL && strcmp(issuer, work->config->auth.google.issuer) != 0))
		return problem(SIGN_IN_REFUSED, "Google has not signed the user in");
	TRY(exchange_code(work, code, begun.verifier, &token));
	TRY(check_token(work, token, begun.nonce, identity));
	identity->locale = begun.locale == NULL || *begun.locale == '\0' ? NULL : begun.locale;
	return OK;
}
