/* What the core must know of Google. */
#include "sandbox/google/google.h"

#include <string.h>

#define IDENTITY "/google/identity"

static const struct route routes[] = {
	{ "GET", "/google/.well-known/openid-configuration", ROUTE_API, google_discover },
	{ "GET", "/google/certs", ROUTE_API, google_show_keys },
	{ "GET", "/google/authorize", ROUTE_OPEN, google_authorize },
	{ "POST", "/google/authorize/{}", ROUTE_OPEN, google_decide },
	{ "POST", "/google/token", ROUTE_API, google_token },
	{ "GET", "/google/firebase/certificates", ROUTE_API, google_show_certificates },
	{ "GET", IDENTITY "/v2/recaptchaConfig", ROUTE_OPEN, google_captcha_config },
	{ "GET", IDENTITY "/v1/recaptchaParams", ROUTE_OPEN, google_captcha_key },
	{ "POST", IDENTITY "/v1/accounts:sendVerificationCode", ROUTE_OPEN, google_send_code },
	{ "POST", IDENTITY "/v1/accounts:signInWithPhoneNumber", ROUTE_OPEN, google_check_code },
	{ "OPTIONS", IDENTITY "/v1/{}", ROUTE_OPEN, google_may_ask },
	{ "GET", "/google/recaptcha/api.js", ROUTE_OPEN, google_captcha_script },
	{ "POST", "/sandbox/google/phone-token", ROUTE_OPEN, google_phone_token },
};

/* Everybody may ask: each route checks what it is given. */
static bool
is_admitted(struct call *call)
{
	(void)call;
	return true;
}

static void
answer_fault(struct call *call, int status, const char *what, const char *message)
{
	(void)what;
	google_error(call, status, status == 429 ? "rate_limit_exceeded" : "invalid_request", message);
}

static void
answer_failure(struct call *call)
{
	google_error(call, 500, "server_error", "An error occurred");
}

static const struct json_object *
transaction_of(const struct call *call)
{
	const char *code = form_get(&call->form, "code");

	return code == NULL ? NULL : state_find(call->sandbox, GOOGLE_CODES, code);
}

/* A sign-in is known by the address that signs in. */
static bool
is_called(const struct call *call, const struct json_object *transaction, const char *subject)
{
	const char *email = get_text(transaction, "email");

	(void)call;
	return email != NULL && strcmp(email, subject) == 0;
}

const struct stand_in google_stand_in = {
	.name = "google",
	.routes = routes,
	.route_count = sizeof routes / sizeof *routes,
	.is_admitted = is_admitted,
	.answer_fault = answer_fault,
	.answer_failure = answer_failure,
	.transaction_of = transaction_of,
	.is_called = is_called,
	.events = "google_events", /* it has none */
};
