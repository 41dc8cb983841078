/* Of what providers send nothing is stored that is the payer's own, and what is stored still says the same. */
#include "base/arena.h"
#include "base/text.h"
#include "tests/private_bodies.h"
#include "tests/suite.h"
#include "webhooks/inbox.h"
#include "webhooks/sender.h"

#include <string.h>

static const struct provider *
known(const char *name)
{
	const struct provider *sender = sender_known(name);

	return sender != NULL ? sender : provider_known(name);
}

static struct provider_event *
read_event(struct arena *arena, const struct provider *provider, const char *body)
{
	struct provider_events *events = ARENA_NEW(arena, struct provider_events);

	REQUIRE(provider->parse_events(arena, (struct bytes) { (const unsigned char *)body, strlen(body) }, events) == OK);
	CHECK_INT(events->count, 1);
	return &events->list[0];
}

static bool
is_same(const char *a, const char *b)
{
	return a == NULL || b == NULL ? a == b : strcmp(a, b) == 0;
}

static void
check_says_the_same(const struct provider_event *a, const struct provider_event *b)
{
	CHECK_INT(a->kind, b->kind);
	CHECK(is_same(a->id, b->id));
	CHECK_TEXT(a->type, b->type);
	CHECK(is_same(a->content, b->content) || a->content != NULL);
	CHECK(is_same(a->transaction_id, b->transaction_id));
	CHECK(is_same(a->reference, b->reference));
	CHECK_INT(a->payment.status, b->payment.status);
	CHECK_INT(a->payment.amount.minor, b->payment.amount.minor);
	CHECK(is_same(a->payment.charge_id, b->payment.charge_id));
	CHECK_INT(a->refund.status, b->refund.status);
	CHECK_INT(a->refund.amount.minor, b->refund.amount.minor);
	CHECK(is_same(a->refund.key, b->refund.key));
	CHECK(is_same(a->refund.provider_refund_id, b->refund.provider_refund_id));
	CHECK_INT(a->dispute.status, b->dispute.status);
	CHECK(is_same(a->dispute.provider_dispute_id, b->dispute.provider_dispute_id));
}

static void
test_stored_bodies(void)
{
	struct arena *arena = arena_new(1 << 22);

	for (size_t i = 0; i < sizeof private_bodies / sizeof *private_bodies; i++) {
		const struct provider *provider = known(private_bodies[i].provider);
		struct text            body = text_new(arena, 4096);
		const char            *at = strstr(private_bodies[i].body, "%s"), *stored;

		REQUIRE(provider != NULL && at != NULL);
		text_add(&body, private_bodies[i].body, (size_t)(at - private_bodies[i].body));
		TEXT_ADD(&body, "1");
		text_add_string(&body, at + 2);
		stored = provider_strip(arena, provider, body.bytes, body.length);
		CHECK(strstr(body.bytes, PRIVATE_MARK) != NULL);
		if (strstr(stored, PRIVATE_MARK) != NULL)
			CHECK_TEXT(stored, "nothing private");
		if (private_bodies[i].is_event && provider->parse_events != NULL)
			check_says_the_same(read_event(arena, provider, body.bytes), read_event(arena, provider, stored));
	}
	arena_free(arena);
}

/* Nobody who sends events is left out. */
static void
test_every_sender_is_looked_at(void)
{
	for (const char *const *name = sender_names(); *name != NULL; name++) {
		bool looked_at = false;

		for (size_t i = 0; i < sizeof private_bodies / sizeof *private_bodies; i++)
			looked_at = looked_at || (private_bodies[i].is_event && strcmp(private_bodies[i].provider, *name) == 0);
		if (!looked_at)
			CHECK_TEXT(*name, "in private_bodies.h");
	}
}

SUITE("private", TEST(test_stored_bodies), TEST(test_every_sender_is_looked_at))
