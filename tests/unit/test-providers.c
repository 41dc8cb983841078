/*
 * The rows of the providers, held against what the rest of the program relies on; and what is kept of the bodies they send.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "payments/provider.h"
#include "tests/suite.h"

#include <stdlib.h>
#include <string.h>

static const char intent_event[] =
    "{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"payment_intent.succeeded\",\"data\":{\"object\":{"
    "\"id\":\"pi_1\",\"object\":\"payment_intent\",\"amount\":2500,\"amount_received\":2500,\"currency\":\"usd\","
    "\"status\":\"succeeded\",\"client_secret\":\"pi_1_secret_x\",\"receipt_email\":\"jane@example.org\","
    "\"metadata\":{\"reference\":\"PAY-7Q2M9XKD4T\"},\"shipping\":{\"name\":\"Jane Roe\"},"
    "\"customer_email\":\"joe@example.org\",\"owner\":{\"email\":\"jo@example.org\",\"phone\":\"+12025550143\"},"
    "\"payment_method\":{\"link\":{\"persistent_token\":\"linked\"}},"
    "\"charges\":{\"data\":[{\"billing_details\":{\"name\":\"Jane Roe\"},\"payment_method_details\":{\"card\":{\"last4\":\"4242\","
    "\"fingerprint\":\"Xt5EWLLDS7FJjR1c\"}}}]}}}}";

/* A host or all hosts below it, by https, and nothing behind it. */
static bool
is_origin(const char *source)
{
	const char *host = source + strlen("https://");

	return strncmp(source, "https://", strlen("https://")) == 0 && *host != '\0' &&
	    host[strspn(host, "abcdefghijklmnopqrstuvwxyz0123456789.-*")] == '\0' &&
	    (strchr(host, '*') == NULL || (strncmp(host, "*.", 2) == 0 && strchr(host + 1, '*') == NULL));
}

static void
check_sources(const char *const *sources)
{
	REQUIRE(sources != NULL);
	for (; *sources != NULL; sources++)
		CHECK(is_origin(*sources));
}

static void
check_page(const struct provider_page *page)
{
	CHECK(page->script != NULL && page->script[0] != NULL);
	check_sources(page->script);
	check_sources(page->frame);
	check_sources(page->connect);
	check_sources(page->image);
	/* A script that styles what it draws in the page says so (PayPal docs, "Content security policy"); nothing else is let in. */
	for (const char *const *source = page->style; *source != NULL; source++)
		CHECK(is_origin(*source) || strcmp(*source, "'unsafe-inline'") == 0);
	CHECK_TEXT(page->opener_policy, "same-origin-allow-popups");
}

static void
check_capabilities(const struct provider *provider)
{
	bool by_carrier = provider->collects == COLLECTED_BY_CARRIER;

	/* What arrives by itself is signed, and what is signed is read. */
	CHECK((provider->signature_headers != NULL) == (provider->verify != NULL));
	CHECK((provider->signature_headers != NULL) == (provider->parse_events != NULL));
	CHECK(provider->signature_headers == NULL || provider->signature_headers[0] != NULL);
	CHECK(!provider->disputes || provider->parse_events != NULL);
	/* At the door there is no browser, no script, nobody to ask and nothing to charge again. */
	CHECK(!by_carrier ||
	    (provider->page == NULL && provider->return_parameter == NULL && provider->capture == NULL && !provider->disputes &&
		!provider->charges_without_payer));
	CHECK_TEXT(provider->order_method, by_carrier ? "cash_on_delivery" : "online");
	/* Who is called or sends events hands out what must not be stored. */
	CHECK(by_carrier || (provider->private_members != NULL && provider->private_members[0] != NULL));
	if (provider->page != NULL)
		check_page(provider->page);
}

static void
check_amounts(const struct provider *provider, const char *currency)
{
	struct money nothing = { 0, "" }, some = { 0, "" };

	REQUIRE(money_make(0, currency, &nothing) && money_make(100, currency, &some));
	CHECK(provider->takes(nothing) != AMOUNT_FITS);
	CHECK_INT(provider->takes(some), AMOUNT_FITS);
}

static void
test_rows(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct text   faults = text_new(arena, 256);
	struct config config;

	setenv("HAAT_PROFILE", "development", 1);
	REQUIRE(config_load(NULL, arena, &config, &faults));
	for (int i = 0; i < PROVIDER__COUNT; i++) {
		const struct provider *provider = providers[i];

		CHECK_TEXT(provider->name, provider_names[i]);
		CHECK_INT(provider->number, i);
		CHECK(provider_known(provider_names[i]) == provider);
		CHECK(provider->create != NULL && provider->fetch != NULL && provider->cancel != NULL);
		CHECK((provider->refund == NULL) == (provider->collects == COLLECTED_BY_CARRIER));
		CHECK(provider->currencies(&config)[0] != NULL);
		CHECK(provider->keeps_stock_seconds(&config) > 0);
		check_amounts(provider, provider->currencies(&config)[0]);
		check_capabilities(provider);
	}
	CHECK(provider_names[PROVIDER__COUNT] == NULL);
	CHECK(provider_known("nobody") == NULL);
	arena_free(arena);
}

/* What the configuration refuses is what the provider could not charge. */
static void
test_currencies_that_are_never_taken(void)
{
	for (const char *const *never = stripe_never_takes; *never != NULL; never++) {
		struct money amount = { 0, "" };

		CHECK(money_make(100000, *never, &amount));
		CHECK_INT(provider_known("stripe")->takes(amount), AMOUNT_IS_INEXACT);
	}
}

static const struct problem *
takes(const char *limits, int64_t minor, const char *currency)
{
	struct config config = { .payments.stripe = { .currencies = (const char *const[]) { "USD", "JPY", NULL },
				     .limits = (const char *const[]) { limits, NULL } } };
	struct money  amount = { .minor = minor };

	snprintf(amount.currency, sizeof amount.currency, "%s", currency);
	return provider_takes(&config, provider_known("stripe"), amount, NULL);
}

static void
test_limits_of_the_configuration(void)
{
	CHECK(takes("USD:0.50:10", 50, "USD") == OK && takes("USD:0.50:10", 1000, "USD") == OK);
	CHECK_TEXT(takes("USD:0.50:10", 49, "USD")->message, "the amount is below the provider's minimum");
	CHECK_TEXT(takes("USD:0.50:10", 1001, "USD")->message, "the amount is above the provider's maximum");
	CHECK(takes("USD:-:-", 1, "USD") == OK && takes("USD:-:-", 99999999, "USD") == OK);
	CHECK_TEXT(takes("USD:-:-", 100000000, "USD")->message, "the amount is above the provider's maximum"); /* eight digits */
	CHECK(takes("USD:0.50:10", 1, "JPY") == OK);
	CHECK(takes("JPY:50:-", 49, "JPY") != OK);
}

/* Asked for in every currency of its own, by the one that can and by those that cannot. */
static void
test_stored_methods(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct text   faults = text_new(arena, 256);
	struct config config;

	setenv("HAAT_PROFILE", "development", 1);
	REQUIRE(config_load(NULL, arena, &config, &faults));
	for (int i = 0; i < PROVIDER__COUNT; i++) {
		struct money amount = { 0, "" };

		REQUIRE(money_make(100000, providers[i]->currencies(&config)[0], &amount));
		CHECK(provider_takes(&config, providers[i], amount, false) == OK);
		CHECK(problem_is(provider_takes(&config, providers[i], amount, true), PROBLEM_PROVIDER_UNSUPPORTED) !=
		    providers[i]->charges_without_payer);
		CHECK((providers[i]->methods != NULL) == providers[i]->charges_without_payer);
		if (providers[i]->methods != NULL)
			CHECK(providers[i]->methods->adopt != NULL && providers[i]->methods->charge != NULL &&
			    providers[i]->methods->look_for != NULL);
	}
	CHECK(provider_known("stripe")->charges_without_payer);
	arena_free(arena);
}

static void
test_stock_is_kept_as_configured(void)
{
	struct config config = { .orders = { .expire_minutes = 7, .cod_expire_hours = 3 } };

	for (int i = 0; i < PROVIDER__COUNT; i++)
		CHECK_INT(providers[i]->keeps_stock_seconds(&config),
		    providers[i]->collects == COLLECTED_BY_CARRIER ? 3 * 3600 : 7 * 60);
}

/* What is stored holds nothing of the payer and nothing that could pay, and an event read from it is still the same. */
static void
test_what_is_stored(void)
{
	static const char *const secrets[] = { "pi_1_secret_x", "jane@example.org", "Jane Roe", "4242", "Xt5EWLLDS7FJjR1c",
		"joe@example.org", "jo@example.org", "+12025550143", "linked" };
	struct arena            *arena = arena_new(1 << 20);
	const struct provider   *stripe = provider_known("stripe");
	const char              *stored = provider_strip(arena, stripe, intent_event, strlen(intent_event));
	struct provider_events  *before = ARENA_NEW(arena, struct provider_events);
	struct provider_events  *after = ARENA_NEW(arena, struct provider_events);

	for (size_t i = 0; i < sizeof secrets / sizeof *secrets; i++) {
		CHECK(strstr(intent_event, secrets[i]) != NULL);
		CHECK(strstr(stored, secrets[i]) == NULL);
	}
	REQUIRE(stripe->parse_events(
		    arena, (struct bytes) { (const unsigned char *)intent_event, strlen(intent_event) }, before) == OK);
	REQUIRE(stripe->parse_events(arena, (struct bytes) { (const unsigned char *)stored, strlen(stored) }, after) == OK);
	CHECK_INT(before->count, 1);
	CHECK_INT(after->count, 1);
	CHECK_TEXT(after->list[0].id, "evt_1");
	CHECK_TEXT(after->list[0].type, before->list[0].type);
	CHECK_INT(after->list[0].kind, EVENT_IS_PAYMENT);
	CHECK_TEXT(after->list[0].reference, "PAY-7Q2M9XKD4T");
	CHECK_TEXT(after->list[0].transaction_id, "pi_1");
	CHECK_INT(after->list[0].payment.status, PAYMENT_SUCCEEDED);
	CHECK_INT(after->list[0].payment.amount.minor, 2500);
	CHECK_TEXT(before->list[0].payment.client_secret, "pi_1_secret_x");
	CHECK(after->list[0].payment.client_secret == NULL);
	CHECK_TEXT(provider_strip(arena, stripe, "not json", 8), "(not JSON)");
	arena_free(arena);
}

static const char *
content_of(struct arena *arena, const char *body)
{
	struct provider_events *events = ARENA_NEW(arena, struct provider_events);
	struct bytes            bytes = { (const unsigned char *)body, strlen(body) };

	REQUIRE(provider_known("stripe")->parse_events(arena, bytes, events) == OK && events->count == 1);
	return events->list[0].content;
}

/* How many endpoints are still to be told is no part of an event: it would be another one when it is sent again. */
static void
test_what_an_event_says(void)
{
	static const char body[] = "{\"id\":\"evt_1\",\"object\":\"event\",\"pending_webhooks\":%d,\"type\":\"%s\",\"data\":{}}";
	struct arena     *arena = arena_new(1 << 20);
	const char       *first = content_of(arena, arena_format(arena, body, 2, "a.b"));

	CHECK(strstr(first, "a.b") != NULL);
	CHECK_TEXT(content_of(arena, arena_format(arena, body, 1, "a.b")), first);
	CHECK(strcmp(content_of(arena, arena_format(arena, body, 2, "a.c")), first) != 0);
	arena_free(arena);
}

static void
test_signature_reasons(void)
{
	static const char *const secrets[] = { "whsec_test_secret_0001", NULL };
	static const char        body[] = "{}";
	const char              *none[1] = { NULL }, *wrong[1] = { "t=1767323045,v1=00" };
	struct config            config = { .payments.stripe.webhook_secrets = secrets };
	struct arena            *arena = arena_new(1 << 20);
	struct work              work = { .arena = arena, .config = &config };
	struct bytes             bytes = { (const unsigned char *)body, 2 };
	const struct provider   *stripe = provider_known("stripe");

	CHECK(problem_is(stripe->verify(&work, none, bytes, 1767323045), PROBLEM_BAD_SIGNATURE));
	CHECK(problem_is(stripe->verify(&work, wrong, bytes, 1767323045), PROBLEM_BAD_SIGNATURE));
	arena_free(arena);
}

/* What Stripe says of a dispute whose balance transactions are these. */
static struct provider_event
stripe_dispute(struct arena *arena, const char *transactions)
{
	const char             *body = arena_format(arena,
			"{\"id\":\"evt_1\",\"object\":\"event\",\"type\":\"charge.dispute.funds_withdrawn\",\"created\":1767323040,\"data\":"
				    "{\"object\":{\"id\":\"dp_1\",\"object\":\"dispute\",\"status\":\"needs_response\",\"amount\":500,\"currency\":\"usd\","
				    "\"payment_intent\":\"pi_1\",\"balance_transactions\":[%s]}}}",
			transactions);
	struct provider_events *events = ARENA_NEW(arena, struct provider_events);

	REQUIRE(provider_known("stripe")->parse_events(
		    arena, (struct bytes) { (const unsigned char *)body, strlen(body) }, events) == OK);
	return events->list[0];
}

#define TRANSACTION(amount, fee) "{\"amount\":" amount ",\"fee\":" fee ",\"currency\":\"usd\"}"
#define FEE(amount) "{\"amount\":" amount ",\"fee\":0,\"currency\":\"usd\",\"reporting_category\":\"fee\"}"

/* What it costs to contest is a fee and no part of the disputed money; who wins gets it back. */
static void
test_dispute_that_was_contested(void)
{
	struct arena         *arena = arena_new(1 << 20);
	struct provider_event event = stripe_dispute(arena, TRANSACTION("-500", "1500") "," FEE("-1500"));

	CHECK(event.dispute.money_moved);
	CHECK_INT(event.dispute.fee.minor, 3000);
	event = stripe_dispute(arena, TRANSACTION("-500", "1500") "," FEE("-1500") "," TRANSACTION("500", "0"));
	CHECK(!event.dispute.money_moved);
	CHECK_INT(event.dispute.fee.minor, 3000);
	event = stripe_dispute(arena, TRANSACTION("-500", "1500") "," FEE("-1500") "," TRANSACTION("500", "0") "," FEE("1500"));
	CHECK(!event.dispute.money_moved);
	CHECK_INT(event.dispute.fee.minor, 1500);
	arena_free(arena);
}

/* Numbers whose sum is none say nothing. */
static void
test_dispute_of_senseless_amounts(void)
{
	struct arena         *arena = arena_new(1 << 20);
	struct provider_event event = stripe_dispute(arena, TRANSACTION("-500", "1500"));

	CHECK_INT(event.kind, EVENT_IS_DISPUTE);
	CHECK(event.dispute.money_moved);
	CHECK_INT(event.dispute.fee.minor, 1500);
	CHECK_INT(
	    stripe_dispute(arena, TRANSACTION("-9223372036854775807", "0") "," TRANSACTION("-9", "0")).kind, EVENT_IS_IGNORED);
	CHECK_INT(
	    stripe_dispute(arena, TRANSACTION("-1", "9223372036854775807") "," TRANSACTION("-1", "9")).kind, EVENT_IS_IGNORED);
	arena_free(arena);
}

SUITE("providers", TEST(test_rows), TEST(test_currencies_that_are_never_taken), TEST(test_limits_of_the_configuration),
    TEST(test_stored_methods), TEST(test_stock_is_kept_as_configured), TEST(test_what_is_stored), TEST(test_what_an_event_says),
    TEST(test_signature_reasons), TEST(test_dispute_of_senseless_amounts), TEST(test_dispute_that_was_contested))
