#include "base/arena.h"
#include "base/ids.h"
#include "base/instant.h"
#include "tests/suite.h"

static void
test_new_ids_ascend(void)
{
	struct uuid before = uuid_new();
	int         wrong = 0;

	for (int i = 0; i < 200000; i++) {
		struct uuid next = uuid_new();

		wrong += uuid_compare(&before, &next) >= 0;
		before = next;
	}
	CHECK_INT(wrong, 0);
}

static void
test_new_id_has_time_version_and_variant(void)
{
	int64_t     least = instant_now().unix_ms, ms = 0;
	struct uuid uuid = uuid_new();

	for (int i = 0; i < 6; i++)
		ms = ms << 8 | uuid.bytes[i];
	CHECK(ms >= least);
	CHECK(ms <= instant_now().unix_ms + 1000);
	CHECK_INT(uuid.bytes[6] >> 4, 7);
	CHECK_INT(uuid.bytes[8] >> 6, 2);
	CHECK(!uuid_is_nil(uuid));
}

/* The last 48 bits are random: over many ids each bit must have been seen both ways. */
static void
test_tail_is_random(void)
{
	uint8_t ones[6] = { 0 }, zeros[6] = { 0 };

	for (int i = 0; i < 200; i++) {
		struct uuid uuid = uuid_new();

		for (int j = 0; j < 6; j++) {
			ones[j] |= uuid.bytes[10 + j];
			zeros[j] |= (uint8_t)~uuid.bytes[10 + j];
		}
	}
	for (int j = 0; j < 6; j++) {
		CHECK_INT(ones[j], 0xff);
		CHECK_INT(zeros[j], 0xff);
	}
}

static void
test_text_round_trip(void)
{
	struct arena *arena = arena_new(1 << 20);
	struct uuid   uuid, again;
	char          text[UUID_TEXT_LENGTH + 1] = { 0 };

	REQUIRE(uuid_parse("017F22E2-79B0-7CC3-98C4-DC0C0C07398F", &uuid)); /* RFC 9562, appendix A.6 */
	CHECK_INT(uuid.bytes[0], 0x01);
	CHECK_INT(uuid.bytes[15], 0x8f);
	CHECK_TEXT(uuid_text(arena, uuid), "017f22e2-79b0-7cc3-98c4-dc0c0c07398f");
	text[UUID_TEXT_LENGTH] = '!';
	for (int i = 0; i < 1000; i++) {
		random_bytes(&uuid, sizeof uuid);
		uuid_write(uuid, text);
		CHECK_INT(text[UUID_TEXT_LENGTH], '!');
		text[UUID_TEXT_LENGTH] = '\0';
		REQUIRE(uuid_parse(text, &again));
		CHECK(uuid_equal(uuid, again));
		text[UUID_TEXT_LENGTH] = '!';
	}
	arena_free(arena);
}

static void
test_wrong_texts_are_refused(void)
{
	static const char *const wrong[] = { "", "0", "017f22e2-79b0-7cc3-98c4-dc0c0c07398",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398f0", "017f22e279b07cc398c4dc0c0c07398f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398g", "{017f22e2-79b0-7cc3-98c4-dc0c0c07398f}",
		"017f22e2_79b0-7cc3-98c4-dc0c0c07398f", " 017f22e2-79b0-7cc3-98c4-dc0c0c07398f",
		"017f22e2-79b0-7cc3-98c4-dc0c0c07398f ", "017f22e-279b0-7cc3-98c4-dc0c0c07398f",
		"0@7f22e2-79b0-7cc3-98c4-dc0c0c07398f", "017f22e2-79b0-7cc3-98c4dc0c0c07398f-" };
	struct uuid              uuid = { { 7 } };

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(!uuid_parse(wrong[i], &uuid));
	CHECK_INT(uuid.bytes[0], 7);
}

static void
test_typed_ids(void)
{
	struct order_id order = NEW_ID(order_id), other = NEW_ID(order_id);

	CHECK(ID_EQUAL(order, order));
	CHECK(!ID_EQUAL(order, other));
	CHECK_INT(sizeof order, 16);
	CHECK(uuid_is_nil((struct uuid) { { 0 } }));
	CHECK(uuid_compare(&order, &other) < 0);
	CHECK(uuid_compare(&other, &order) > 0);
	CHECK_INT(uuid_compare(&order, &order), 0);
}

static void
test_references(void)
{
	static const char crockford[] = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
	struct arena     *arena = arena_new(1 << 20);
	bool              seen[128] = { 0 };
	const char       *before = "";

	for (int i = 0; i < 500; i++) {
		const char *reference = reference_new(arena, "ORD-");

		CHECK_INT(strlen(reference), 14);
		CHECK_INT(strncmp(reference, "ORD-", 4), 0);
		CHECK_INT(strspn(reference + 4, crockford), 10);
		CHECK(strcmp(before, reference) != 0);
		for (const char *at = reference + 4; *at != '\0'; at++)
			seen[(unsigned char)*at] = true;
		before = reference;
	}
	for (const char *at = crockford; *at != '\0'; at++)
		CHECK(seen[(unsigned char)*at]);
	arena_free(arena);
}

static void
test_floor_is_below_its_millisecond(void)
{
	struct uuid    floor = uuid_floor(INT64_C(0x0192f0c18f00)), expected;
	struct instant now = instant_now();
	struct uuid    made = uuid_new(), before = uuid_floor(now.unix_ms - 1), after = uuid_floor(now.unix_ms + 1000);

	REQUIRE(uuid_parse("0192f0c1-8f00-7000-8000-000000000000", &expected));
	CHECK(uuid_equal(floor, expected));
	CHECK(uuid_compare(&before, &made) < 0);
	CHECK(uuid_compare(&after, &made) > 0);
}

SUITE("ids", TEST(test_floor_is_below_its_millisecond), TEST(test_new_ids_ascend), TEST(test_new_id_has_time_version_and_variant),
    TEST(test_tail_is_random), TEST(test_text_round_trip), TEST(test_wrong_texts_are_refused), TEST(test_typed_ids),
    TEST(test_references))
