/* Firebase's sign-in by phone: Identity Toolkit's REST API, and a reCAPTCHA that asks nobody. */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "base/shape.h"
#include "sandbox/google/google.h"
#include "sandbox/page.h"

#include <string.h>

enum { TOKEN_SECONDS = 3600, SUBJECT_BYTES = 14 };

static const char right_code[] = "123456", captcha_token[] = "sandbox-captcha";

/* In the form of the API: {"error": {"code": 400, "message": "INVALID_CODE"}}. */
static void
refuse(struct call *call, const char *message)
{
	struct json_object *body = json_object_new_object(), *error = json_object_new_object();

	put_integer(error, "code", 400);
	put_text(error, "message", message);
	json_object_object_add(body, "error", error);
	answer_json(call, 400, body);
}

void
google_may_ask(struct call *call)
{
	call->any_origin = true;
	answer_json(call, 200, json_object_new_object());
}

void
google_captcha_config(struct call *call)
{
	struct json_object *body = json_object_new_object(), *list = json_object_new_array(), *state = json_object_new_object();

	call->any_origin = true;
	put_text(state, "provider", "PHONE_PROVIDER");
	put_text(state, "enforcementState", "OFF");
	json_object_array_add(list, state);
	json_object_object_add(body, "recaptchaEnforcementState", list);
	answer_json(call, 200, body);
}

void
google_captcha_key(struct call *call)
{
	struct json_object *body = json_object_new_object();

	call->any_origin = true;
	put_text(body, "recaptchaSiteKey", "sandbox-site-key");
	answer_json(call, 200, body);
}

void
google_captcha_script(struct call *call)
{
	script_answer(call,
	    "(() => {\n"
	    "	let answer;\n"
	    "	window.grecaptcha = {\n"
	    "		render: (element, options) => { answer = options.callback; return 0; },\n"
	    "		execute: () => setTimeout(() => answer('sandbox-captcha')),\n"
	    "		reset: () => {},\n"
	    "	};\n"
	    "	const onload = new URL(document.currentScript.src).searchParams.get('onload');\n"
	    "	if (onload) window[onload]();\n"
	    "})();\n");
}

void
google_send_code(struct call *call)
{
	const char         *phone = get_text(call->json, "phoneNumber"), *captcha = get_text(call->json, "recaptchaToken");
	struct json_object *session, *body;

	call->any_origin = true;
	if (captcha == NULL || strcmp(captcha, captcha_token) != 0) {
		refuse(call, "INVALID_RECAPTCHA_TOKEN");
		return;
	}
	if (phone == NULL || format_fault(FORMAT_PHONE, phone) != NULL) {
		refuse(call, "INVALID_PHONE_NUMBER : Invalid format.");
		return;
	}
	session = json_object_new_object();
	put_text(session, "id", id_new(call->arena, "session_"));
	put_text(session, "phone", phone);
	state_save(call->sandbox, GOOGLE_SESSIONS, session);
	body = json_object_new_object();
	put_text(body, "sessionInfo", get_text(session, "id"));
	answer_json(call, 200, body);
}

/* Of a sign-in so many seconds ago, by `method`. */
static const char *
token_of(struct call *call, const char *phone, const char *method, int64_t age_seconds)
{
	const struct config *config = call->sandbox->config;
	struct json_object  *claims = json_object_new_object(), *firebase = json_object_new_object();
	int64_t              now = unix_seconds();
	unsigned char        digest[32];

	sha256(phone, strlen(phone), digest);
	put_text(
	    claims, "iss", arena_format(call->arena, "%s/%s", config->auth.firebase.issuer, config->auth.firebase.project_id));
	put_text(claims, "aud", config->auth.firebase.project_id);
	put_text(claims, "sub", hex_encode(call->arena, digest, SUBJECT_BYTES));
	put_text(claims, "phone_number", phone);
	put_integer(claims, "auth_time", now - age_seconds);
	put_integer(claims, "iat", now);
	put_integer(claims, "exp", now + TOKEN_SECONDS);
	put_text(firebase, "sign_in_provider", method);
	json_object_object_add(claims, "firebase", firebase);
	return google_sign(call, claims);
}

void
google_check_code(struct call *call)
{
	const char         *id = get_text(call->json, "sessionInfo"), *code = get_text(call->json, "code");
	struct json_object *session = id == NULL ? NULL : state_find(call->sandbox, GOOGLE_SESSIONS, id), *body;

	call->any_origin = true;
	if (session == NULL) {
		refuse(call, "INVALID_SESSION_INFO");
		return;
	}
	if (code == NULL || strcmp(code, right_code) != 0) {
		refuse(call, "INVALID_CODE");
		return;
	}
	body = json_object_new_object();
	put_text(body, "idToken", token_of(call, get_text(session, "phone"), "phone", 0));
	put_text(body, "refreshToken", id_new(call->arena, "refresh_"));
	put_text(body, "expiresIn", "3600");
	put_text(body, "phoneNumber", get_text(session, "phone"));
	answer_json(call, 200, body);
}

/* For scripts: {"phone": "+880…", "method": "phone", "age_seconds": 0}; the latter two may be left out. */
void
google_phone_token(struct call *call)
{
	const char         *phone = get_text(call->json, "phone"), *method = get_text(call->json, "method");
	struct json_object *body;

	if (phone == NULL) {
		refuse(call, "MISSING_PHONE_NUMBER");
		return;
	}
	body = json_object_new_object();
	put_text(
	    body, "id_token", token_of(call, phone, method == NULL ? "phone" : method, get_integer(call->json, "age_seconds")));
	answer_json(call, 200, body);
}
