/* Whose Idempotency-Keys are the same. */
#include "base/arena.h"
#include "http/idempotency_keys.h"
#include "store/work.h"
#include "tests/suite.h"

#include <string.h>

static struct arena *arena;

static struct bytes
scope(struct uuid user, const char *address, const char *route, const char *header)
{
	struct work work = { .arena = arena, .viewer.user.uuid = user, .address = address };

	return key_scope(&work, route, header);
}

static bool
same(struct bytes one, struct bytes other)
{
	return one.length == other.length && memcmp(one.bytes, other.bytes, one.length) == 0;
}

static const struct uuid nobody = { { 0 } };

static void
test_an_account_keeps_its_keys_wherever_it_is(void)
{
	struct uuid  user = uuid_new();
	struct bytes key;

	arena = arena == NULL ? arena_new(1 << 20) : arena;
	key = scope(user, "192.0.2.1", "placeOrder", "1");
	CHECK(same(key, scope(user, "198.51.100.7", "placeOrder", "1")));
	CHECK(!same(key, scope(uuid_new(), "192.0.2.1", "placeOrder", "1")));
	CHECK(!same(key, scope(user, "192.0.2.1", "createPayment", "1")));
	CHECK(!same(key, scope(user, "192.0.2.1", "placeOrder", "2")));
}

static void
test_strangers_do_not_share_theirs(void)
{
	struct bytes key;

	arena = arena == NULL ? arena_new(1 << 20) : arena;
	key = scope(nobody, "192.0.2.1", "makeCart", "1");
	CHECK(same(key, scope(nobody, "192.0.2.1", "makeCart", "1")));
	CHECK(!same(key, scope(nobody, "192.0.2.2", "makeCart", "1")));
	CHECK(!same(key, scope(nobody, "192.0.2.1", "makeCart", "2")));
	CHECK(same(scope(nobody, "2001:db8:1:2::1", "makeCart", "1"), scope(nobody, "2001:db8:1:2:f::9", "makeCart", "1")));
	CHECK(!same(scope(nobody, "2001:db8:1:2::1", "makeCart", "1"), scope(nobody, "2001:db8:1:3::1", "makeCart", "1")));
}

SUITE("idempotency keys", TEST(test_an_account_keeps_its_keys_wherever_it_is), TEST(test_strangers_do_not_share_theirs))
