/* What the payment page may load, as its headers say it. */
#include "base/config.h"
#include "http/request.h"
#include "pages/policy.h"
#include "tests/suite.h"

#include <string.h>

/* The headers of an answer, by the real settings or those of the development shop. */
static const char *
headers(struct arena *arena, enum profile profile, const char *provider, const char *script_url, const char *nonce)
{
	struct config  config = { .profile = profile };
	struct work    work = { .arena = arena, .config = &config };
	struct request request = { .work = &work, .headers = text_new(arena, 64) };

	add_pay_policy(&request, provider == NULL ? NULL : provider_known(provider)->page, script_url, nonce);
	return request.headers.bytes;
}

static void
check_policy(const char *headers, const char *policy)
{
	size_t length = strlen(policy);

	if (strncmp(headers, policy, length) != 0 || headers[length] != '\r')
		CHECK_TEXT(headers, policy);
}

static void
test_providers(void)
{
	struct arena *arena = arena_new(1 << 20);
	const char   *stripe = headers(arena, PROFILE_PRODUCTION, "stripe", "https://js.stripe.com/v3", NULL), *paypal;

	check_policy(stripe,
	    "Content-Security-Policy: default-src 'none'; script-src 'self' https://js.stripe.com https://*.js.stripe.com; style-src 'self'; "
	    "img-src 'self' https://*.stripe.com data:; connect-src 'self' https://api.stripe.com; frame-src 'self' https://js.stripe.com "
	    "https://*.js.stripe.com https://hooks.stripe.com; form-action 'self' https:; base-uri 'none'; object-src 'none'; "
	    "frame-ancestors 'none'");
	CHECK(strstr(stripe, "\r\nCross-Origin-Opener-Policy: same-origin-allow-popups\r\n") != NULL);
	CHECK(strstr(stripe, "\r\nReferrer-Policy: same-origin\r\n") != NULL);
	paypal = headers(arena, PROFILE_PRODUCTION, "paypal", "https://www.paypal.com/sdk/js?currency=USD", "abc");
	CHECK(strstr(paypal,
		  "script-src 'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com 'nonce-abc';") != NULL);
	CHECK(strstr(paypal,
		  "style-src 'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com 'unsafe-inline';") !=
	    NULL);
	CHECK(strstr(paypal, "frame-src 'self' https://*.paypal.com https://*.paypalobjects.com https://*.venmo.com;") != NULL);
	CHECK(strstr(headers(arena, PROFILE_PRODUCTION, "razorpay", "https://checkout.razorpay.com/v1/checkout.js", NULL),
		  "script-src 'self' https://checkout.razorpay.com https://cdn.razorpay.com;") != NULL);
	arena_free(arena);
}

/* A script from elsewhere is a stand-in, which is then the only one that is let in; a host that only looks like it is no provider's. */
static void
test_stand_in(void)
{
	struct arena *arena = arena_new(1 << 20);
	const char   *policy = headers(arena, PROFILE_DEVELOPMENT, "paypal", "http://127.0.0.1:8444/paypal/sdk/js?x", "abc");

	check_policy(policy,
	    "Content-Security-Policy: default-src 'none'; script-src 'self' http://127.0.0.1:8444 'nonce-abc'; style-src 'self' http://127.0.0.1:8444 'unsafe-inline'; "
	    "img-src 'self' http://127.0.0.1:8444 data:; connect-src 'self' http://127.0.0.1:8444; frame-src 'self' http://127.0.0.1:8444; "
	    "form-action 'self' https:; base-uri 'none'; object-src 'none'; frame-ancestors 'none'");
	policy = headers(arena, PROFILE_PRODUCTION, "paypal", "https://evilpaypal.com/sdk/js", NULL);
	CHECK(strstr(policy, "script-src 'self' https://evilpaypal.com;") != NULL);
	CHECK(strstr(headers(arena, PROFILE_PRODUCTION, "stripe", "https://m.js.stripe.com/v3", NULL),
		  "https://api.stripe.com") != NULL);
	arena_free(arena);
}

static void
test_without_script(void)
{
	struct arena *arena = arena_new(1 << 20);

	check_policy(headers(arena, PROFILE_PRODUCTION, NULL, NULL, NULL),
	    "Content-Security-Policy: default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; "
	    "form-action 'self'; base-uri 'none'; object-src 'none'; frame-ancestors 'none'");
	arena_free(arena);
}

SUITE("page policy", TEST(test_providers), TEST(test_stand_in), TEST(test_without_script))
