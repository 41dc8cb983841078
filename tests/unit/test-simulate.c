/* Who may make up an event of a provider: everybody in development, in production only who may replay webhooks. */
#include "base/arena.h"
#include "base/config.h"
#include "http/permission.h"
#include "http/request.h"
#include "payments/provider.h"
#include "shop.h"
#include "tests/suite.h"

#include <json-c/json.h>
#include <string.h>

static struct arena *arena;

/* There is no database: whoever may not do it is told so before anything is looked up or stored. */
static const struct problem *
simulate(int profile, uint64_t permissions)
{
	static const char     body[] = "{\"provider\":\"nobody\",\"type\":\"x\",\"reference\":\"PAY-7Q2M9XKD4T\"}";
	struct config         config = { .profile = profile, .payments.providers = (const char *const[]) { NULL } };
	struct work           work = { .arena = arena, .config = &config, .viewer.permissions = permissions };
	struct request        request = { .work = &work, .method = POST };
	struct path_parameter parameters[PARAMETERS_OF_PATH_MAX];
	struct faults         faults = { 0 };
	unsigned              allowed;
	const struct route   *route;
	const char           *read[3] = { NULL };

	config.webhooks.secrets = config.payments.providers;
	routes_use(shop_tables);
	route = route_find(POST, "/api/v1/webhooks/simulate", parameters, &allowed);
	REQUIRE(route != NULL && route->body->size == sizeof read);
	REQUIRE(shape_parse(route->body, json_read(arena, body, sizeof body - 1), arena, read, &faults));
	request.route = route;
	request.body = read;
	return route->handler(&request);
}

static void
test_who_may_simulate(void)
{
	const uint64_t all_others = UINT64_MAX & ~PERMISSION(WEBHOOK_REPLAY);

	arena = arena_new(1 << 20);
	CHECK(problem_is(simulate(PROFILE_PRODUCTION, 0), PROBLEM_FORBIDDEN));
	CHECK(problem_is(simulate(PROFILE_PRODUCTION, all_others), PROBLEM_FORBIDDEN));
	CHECK(problem_is(simulate(PROFILE_PRODUCTION, PERMISSION(WEBHOOK_REPLAY)), PROBLEM_VALIDATION_FAILED));
	CHECK(problem_is(simulate(PROFILE_DEVELOPMENT, 0), PROBLEM_VALIDATION_FAILED));
	arena_free(arena);
}

/* Whoever signs by a secret that the shop has, too, can be simulated; who signs by a key of their own cannot. */
static void
test_whose_events(void)
{
	static const char *const shared[] = { "stripe", "razorpay", "paystack", "flutterwave" };
	static const char *const own[] = { "paypal", "bkash", "cod" };

	for (size_t i = 0; i < sizeof shared / sizeof *shared; i++)
		CHECK(provider_known(shared[i])->simulate != NULL);
	for (size_t i = 0; i < sizeof own / sizeof *own; i++)
		CHECK(provider_known(own[i])->simulate == NULL);
}

SUITE("simulate", TEST(test_who_may_simulate), TEST(test_whose_events))
