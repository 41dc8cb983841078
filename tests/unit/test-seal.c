#include "base/arena.h"
#include "http/seal.h"
#include "tests/suite.h"

#define SECRET "0123456789abcdef0123456789abcdef"

static void
test_round_trip(void)
{
	struct arena *arena = arena_new(1 << 20);
	unsigned char bytes[300], *got;
	size_t        length;

	for (size_t n = 0; n < sizeof bytes; n++) {
		bytes[n] = (unsigned char)(n * 7);
		length = 0;
		got = unseal(arena, SECRET, "orders", seal(arena, SECRET, "orders", bytes, n), &length);
		REQUIRE(got != NULL);
		CHECK_INT(length, n);
		CHECK_INT(memcmp(got, bytes, n), 0);
		CHECK_INT(got[n], 0);
	}
	arena_free(arena);
}

/* As Python's hmac and base64 modules make it. */
static void
test_known_seal(void)
{
	struct arena *arena = arena_new(1 << 20);

	CHECK_TEXT(seal(arena, SECRET, "orders", "after\0\xff", 7), "YWZ0ZXIA_ys1Wmsz-wB3DIqet1EHqIk");
	arena_free(arena);
}

static void
test_changed_texts_are_refused(void)
{
	struct arena *arena = arena_new(1 << 20);
	char         *text = arena_string(arena, seal(arena, SECRET, "orders", "0123456789", 10));
	size_t        length;

	for (size_t i = 0; text[i] != '\0'; i++) {
		char kept = text[i];

		text[i] = kept == 'A' ? 'B' : 'A';
		CHECK(unseal(arena, SECRET, "orders", text, &length) == NULL);
		text[i] = kept;
	}
	for (size_t i = strlen(text); i-- > 0;) {
		text[i] = '\0';
		CHECK(unseal(arena, SECRET, "orders", text, &length) == NULL);
	}
	arena_free(arena);
}

static void
test_other_purpose_or_secret_is_refused(void)
{
	struct arena *arena = arena_new(1 << 20);
	const char   *text = seal(arena, SECRET, "orders", "s:x", 3);
	size_t        length;

	CHECK(unseal(arena, SECRET, "payments", text, &length) == NULL);
	CHECK(unseal(arena, SECRET, "order", text, &length) == NULL);
	CHECK(unseal(arena, SECRET, "", text, &length) == NULL);
	CHECK(unseal(arena, SECRET "x", "orders", text, &length) == NULL);
	CHECK(unseal(arena, SECRET, "orders", text, &length) != NULL);
	arena_free(arena);
}

static void
test_garbage_is_refused(void)
{
	struct arena *arena = arena_new(1 << 20);
	char          huge[SEAL_TEXT_MAX + 100];
	size_t        length;

	memset(huge, 'A', sizeof huge - 1);
	huge[sizeof huge - 1] = '\0';
	CHECK(unseal(arena, SECRET, "orders", "", &length) == NULL);
	CHECK(unseal(arena, SECRET, "orders", "not base64!", &length) == NULL);
	CHECK(unseal(arena, SECRET, "orders", "AAAA", &length) == NULL);
	CHECK(unseal(arena, SECRET, "orders", huge, &length) == NULL);
	arena_free(arena);
}

SUITE("sealed values", TEST(test_round_trip), TEST(test_known_seal), TEST(test_changed_texts_are_refused),
    TEST(test_other_purpose_or_secret_is_refused), TEST(test_garbage_is_refused))
