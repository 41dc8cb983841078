/* Sign-in with Google: the page, and the exchange of its code for an ID token. */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/html.h"
#include "base/instant.h"
#include "base/text.h"
#include "sandbox/google/google.h"
#include "sandbox/page.h"

#include <string.h>

enum { TOKEN_SECONDS = 3600, KEPT_SECONDS = 3600, SUBJECT_BYTES = 10 };

static const struct config *
config_of(const struct call *call)
{
	return call->sandbox->config;
}

void
google_discover(struct call *call)
{
	const char         *issuer = config_of(call)->auth.google.issuer;
	struct json_object *body = json_object_new_object();

	put_text(body, "issuer", issuer);
	put_text(body, "authorization_endpoint", arena_format(call->arena, "%s/authorize", issuer));
	put_text(body, "token_endpoint", arena_format(call->arena, "%s/token", issuer));
	put_text(body, "jwks_uri", arena_format(call->arena, "%s/certs", issuer));
	call->max_age_seconds = KEPT_SECONDS;
	answer_json(call, 200, body);
}

/* What of the request to authorize the page hands on. */
static const char *const handed_on[] = { "client_id", "redirect_uri", "scope", "state", "nonce", "code_challenge",
	"code_challenge_method", "response_type", NULL };

static bool
is(const struct call *call, const char *name, const char *expected)
{
	const char *value = form_get(&call->form, name);

	return value != NULL && strcmp(value, expected) == 0;
}

/* False when it has answered. */
static bool
may_authorize(struct call *call)
{
	const char *uri = arena_format(call->arena, "%s/api/v1/auth/google/callback", config_of(call)->public_url);

	if (!is(call, "client_id", config_of(call)->auth.google.client_id))
		google_error(call, 401, "invalid_client", "The OAuth client was not found.");
	else if (!is(call, "redirect_uri", uri))
		google_error(call, 400, "redirect_uri_mismatch", "The redirect URI is not registered.");
	else if (!is(call, "response_type", "code") || !is(call, "scope", "openid email profile") ||
	    !is(call, "code_challenge_method", "S256") || form_get(&call->form, "code_challenge") == NULL ||
	    form_get(&call->form, "state") == NULL || form_get(&call->form, "nonce") == NULL)
		google_error(call, 400, "invalid_request", "A parameter is missing or wrong.");
	else
		return true;
	return false;
}

static void
add_hidden(struct text *html, const struct call *call)
{
	for (const char *const *name = handed_on; *name != NULL; name++) {
		text_addf(html, "<input type=\"hidden\" name=\"%s\" value=\"", *name);
		html_add(html, form_get(&call->form, *name));
		TEXT_ADD(html, "\">");
	}
}

void
google_authorize(struct call *call)
{
	struct text html = text_new(call->arena, 4096);

	if (!may_authorize(call))
		return;
	TEXT_ADD(&html,
	    "<!doctype html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	    "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n<title>Sandbox sign-in</title>\n"
	    "<style>body { font: 1.1rem/1.5 sans-serif; max-width: 30rem; margin: 2rem auto; padding: 0 1rem; } "
	    "input, button { font: inherit; width: 100%; box-sizing: border-box; padding: .6rem; margin: .3rem 0; }</style>\n"
	    "</head>\n<body>\n<main>\n<h1>Sandbox sign-in</h1>\n<p>Be whoever you like: the sandbox vouches for you.</p>\n"
	    "<form method=\"post\" action=\"/google/authorize/allow\">");
	add_hidden(&html, call);
	TEXT_ADD(&html,
	    "<label>E-mail address <input name=\"email\" type=\"email\" required value=\"somebody@haat.test\"></label>"
	    "<label>Name <input name=\"name\" value=\"Amina Khatun\"></label>"
	    "<button type=\"submit\">Continue</button></form>\n<form method=\"post\" action=\"/google/authorize/deny\">");
	add_hidden(&html, call);
	TEXT_ADD(&html, "<button type=\"submit\">Cancel</button></form>\n</main>\n</body>\n</html>\n");
	page_answer_text(call, "text/html; charset=utf-8", html.bytes);
}

/* Their lasting name: the same for the same address. */
static const char *
subject_of(struct arena *arena, const char *email)
{
	unsigned char digest[32];

	sha256(email, strlen(email), digest);
	return hex_encode(arena, digest, SUBJECT_BYTES);
}

static const char *
make_code(struct call *call, const char *email)
{
	static const char *const kept[] = { "redirect_uri", "nonce", "code_challenge", "email", "name", NULL };
	const char              *subject = form_get(&call->form, "sub");
	struct json_object      *code = json_object_new_object();
	const char              *id = id_new(call->arena, "4_");

	put_text(code, "id", id);
	for (const char *const *name = kept; *name != NULL; name++)
		put_text(code, *name, form_get(&call->form, *name));
	put_text(code, "sub", subject != NULL ? subject : subject_of(call->arena, email));
	put_bool(code, "email_verified", !is(call, "email_verified", "false"));
	put_bool(code, "used", false);
	state_save(call->sandbox, GOOGLE_CODES, code);
	return id;
}

/* "allow" as `email`, a script also with `sub` and email_verified=false; or "deny". */
void
google_decide(struct call *call)
{
	const char *email = form_get(&call->form, "email");
	struct text parameters = text_new(call->arena, 512);

	if (!may_authorize(call))
		return;
	if (strcmp(call->captured[0], "allow") == 0 && email != NULL && *email != '\0')
		text_addf(&parameters, "code=%s", make_code(call, email));
	else
		TEXT_ADD(&parameters, "error=access_denied");
	TEXT_ADD(&parameters, "&state=");
	text_add_percent(&parameters, form_get(&call->form, "state"));
	TEXT_ADD(&parameters, "&iss=");
	text_add_percent(&parameters, config_of(call)->auth.google.issuer);
	page_answer_text(call, "text/html; charset=utf-8", "");
	page_leave(call, form_get(&call->form, "redirect_uri"), parameters.bytes);
}

static bool
knows_the_verifier(struct call *call, const struct json_object *code)
{
	const char   *verifier = form_get(&call->form, "code_verifier"), *challenge = get_text(code, "code_challenge");
	unsigned char digest[32];

	if (verifier == NULL)
		return false;
	sha256(verifier, strlen(verifier), digest);
	return strcmp(base64url_encode(call->arena, digest, sizeof digest), challenge) == 0;
}

static struct json_object *
claims_of(const struct call *call, const struct json_object *code)
{
	struct json_object *claims = json_object_new_object();
	int64_t             now = unix_seconds();

	put_text(claims, "iss", config_of(call)->auth.google.issuer);
	put_text(claims, "azp", config_of(call)->auth.google.client_id);
	put_text(claims, "aud", config_of(call)->auth.google.client_id);
	put_text(claims, "sub", get_text(code, "sub"));
	put_text(claims, "email", get_text(code, "email"));
	if (strchr(get_text(code, "email"), '@') != NULL)
		put_text(claims, "hd", strchr(get_text(code, "email"), '@') + 1); /* as if each domain had a workspace */
	put_copy(claims, "email_verified", json_object_object_get(code, "email_verified"));
	put_text(claims, "nonce", get_text(code, "nonce"));
	if (get_text(code, "name") != NULL)
		put_text(claims, "name", get_text(code, "name"));
	put_integer(claims, "iat", now);
	put_integer(claims, "exp", now + TOKEN_SECONDS);
	return claims;
}

void
google_token(struct call *call)
{
	const char         *id = form_get(&call->form, "code");
	struct json_object *code = id == NULL ? NULL : state_find(call->sandbox, GOOGLE_CODES, id), *body;

	if (!is(call, "client_id", config_of(call)->auth.google.client_id) ||
	    !is(call, "client_secret", config_of(call)->auth.google.client_secret)) {
		google_error(call, 401, "invalid_client", "The OAuth client was not found.");
		return;
	}
	if (!is(call, "grant_type", "authorization_code") || code == NULL ||
	    json_object_get_boolean(json_object_object_get(code, "used")) ||
	    !is(call, "redirect_uri", get_text(code, "redirect_uri")) || !knows_the_verifier(call, code)) {
		google_error(call, 400, "invalid_grant", "Bad Request");
		return;
	}
	put_bool(code, "used", true);
	state_save(call->sandbox, GOOGLE_CODES, code);
	call->executed = true;
	body = json_object_new_object();
	put_text(body, "access_token", id_new(call->arena, "ya29."));
	put_integer(body, "expires_in", TOKEN_SECONDS);
	put_text(body, "id_token", google_sign(call, claims_of(call, code)));
	put_text(body, "scope", "openid email profile");
	put_text(body, "token_type", "Bearer");
	answer_json(call, 200, body);
}
