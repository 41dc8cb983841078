#include "base/arena.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "base/text.h"
#include "tests/suite.h"

#include <pthread.h>
#include <stdint.h>

static struct arena *arena;

static void
test_base64url_known(void)
{
	/* RFC 4648, section 10, without the padding. */
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg" }, { "fo", "Zm8" }, { "foo", "Zm9v" },
		{ "foob", "Zm9vYg" }, { "fooba", "Zm9vYmE" }, { "foobar", "Zm9vYmFy" }, { "\xff\xef\xfe", "_-_-" } };
	size_t                   length;

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++) {
		CHECK_TEXT(base64url_encode(arena, pairs[i][0], strlen(pairs[i][0])), pairs[i][1]);
		CHECK_TEXT((char *)base64url_decode(arena, pairs[i][1], strlen(pairs[i][1]), &length), pairs[i][0]);
		CHECK_INT(length, strlen(pairs[i][0]));
	}
}

static void
test_base64_known(void)
{
	static const char *const pairs[][2] = { { "", "" }, { "f", "Zg==" }, { "fo", "Zm8=" }, { "foo", "Zm9v" },
		{ "\xfb\xff\xfe", "+//+" }, { "rzp_test_1:secret", "cnpwX3Rlc3RfMTpzZWNyZXQ=" } };

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		CHECK_TEXT(base64_encode(arena, pairs[i][0], strlen(pairs[i][0])), pairs[i][1]);
}

static void
test_base32_known(void)
{
	/* RFC 4648, section 10, without the padding. */
	static const char *const pairs[][2] = { { "", "" }, { "f", "MY" }, { "fo", "MZXQ" }, { "foo", "MZXW6" },
		{ "foob", "MZXW6YQ" }, { "fooba", "MZXW6YTB" }, { "foobar", "MZXW6YTBOI" } };

	for (size_t i = 0; i < sizeof pairs / sizeof *pairs; i++)
		CHECK_TEXT(base32_encode(arena, pairs[i][0], strlen(pairs[i][0])), pairs[i][1]);
}

static void
test_base64url_is_strict(void)
{
	static const char *const wrong[] = { "Z", "Zg==", "Zm8=", "Zh", "Zm9", "Zm9vY", "Zm+v", "Zm/v", "Zm9v\n", " Zm9v",
		"Zm.v" };
	size_t                   length = 77;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(base64url_decode(arena, wrong[i], strlen(wrong[i]), &length) == NULL);
	CHECK(base64url_decode(arena, "Zm9\0", 4, &length) == NULL);
	CHECK_INT(length, 77);
}

static void
test_random_bytes_round_trip(void)
{
	for (size_t length = 0; length < 300; length++) {
		unsigned char bytes[300], *again;
		const char   *text;
		size_t        got = 0;

		random_bytes(bytes, sizeof bytes);
		text = base64url_encode(arena, bytes, length);
		again = base64url_decode(arena, text, strlen(text), &got);
		REQUIRE(again != NULL);
		CHECK_INT(got, length);
		CHECK_INT(memcmp(again, bytes, length), 0);
		text = hex_encode(arena, bytes, length);
		CHECK_INT(strlen(text), 2 * length);
		for (size_t i = 0; i < length; i++)
			CHECK_INT(strtol((char[]) { text[2 * i], text[2 * i + 1], '\0' }, NULL, 16), bytes[i]);
	}
}

static void
test_hex_is_lower_case(void)
{
	CHECK_TEXT(hex_encode(arena, "\x00\x7f\xff", 3), "007fff");
	CHECK_TEXT(hex_encode(arena, "", 0), "");
}

static const char *
decoded(const char *text, bool in_query)
{
	return percent_decode(arena, text, strlen(text), in_query);
}

static void
test_percent(void)
{
	static const char *const wrong[] = { "%", "%4", "a%", "%zz", "%4g", "%00", "a%00b", "%ff", "%c3", "%c3%28", "\xff",
		"%ed%a0%80", "%%41" };
	struct text              text = text_new(arena, 0);

	CHECK_TEXT(decoded("a%20b+c%2B", true), "a b c+");
	CHECK_TEXT(decoded("a%20b+c%2b", false), "a b+c+");
	CHECK_TEXT(decoded("%C3%A9%E2%82%ac", false), "é€");
	CHECK_TEXT(decoded("", false), "");
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(decoded(wrong[i], true) == NULL);
	CHECK(percent_decode(arena, "a\0b", 3, false) == NULL);
	CHECK_TEXT(percent_decode(arena, "abc%41", 3, false), "abc");
	CHECK(percent_decode(arena, "abc%41", 5, false) == NULL);
	text_add_percent(&text, "aZ09-._~ /?&=+é\x01");
	CHECK_TEXT(text.bytes, "aZ09-._~%20%2F%3F%26%3D%2B%C3%A9%01");
	CHECK_TEXT(decoded(text.bytes, true), "aZ09-._~ /?&=+é\x01");
}

static void
test_utf8(void)
{
	static const char *const good[] = { "", "plain", "é", "€", "😀", "\xf4\x8f\xbf\xbf", "\xed\x9f\xbf", "\xee\x80\x80",
		"a long line of ASCII and then é", "\xc2\x80" };
	static const char *const wrong[] = { "\x80", "\xc0\x80", "\xc1\xbf", "\xe0\x9f\xbf", "\xed\xa0\x80", "\xf0\x8f\xbf\xbf",
		"\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\xff", "\xc3", "\xe2\x82", "\xf0\x9f\x98", "\xc3(", "\xe2\x82(",
		"\xf0\x9f\x98(", "a long line of ASCII and then \xe9" };

	for (size_t i = 0; i < sizeof good / sizeof *good; i++)
		CHECK(utf8_valid(good[i], strlen(good[i])));
	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(!utf8_valid(wrong[i], strlen(wrong[i])));
	CHECK(!utf8_valid("é", 1));
	CHECK_INT(utf8_length(""), 0);
	CHECK_INT(utf8_length("aé€😀"), 4);
	CHECK_INT(utf8_beginning("aé€", 10), 6);
	CHECK_INT(utf8_beginning("aé€", 5), 3);
	CHECK_INT(utf8_beginning("aé€", 2), 1);
	CHECK_INT(utf8_beginning("a\xff"
				 "b",
		      10),
	    1);
}

static const char *
digest_of(const char *text)
{
	unsigned char digest[32];

	sha256(text, strlen(text), digest);
	return hex_encode(arena, digest, sizeof digest);
}

static const char *
code_of(const char *key, const char *text)
{
	unsigned char code[32];

	hmac_sha256(key, strlen(key), text, strlen(text), code);
	return hex_encode(arena, code, sizeof code);
}

static const char *
long_code_of(const char *key, const char *text)
{
	unsigned char code[64];

	hmac_sha512(key, strlen(key), text, strlen(text), code);
	return hex_encode(arena, code, sizeof code);
}

static void
test_digests(void)
{
	char long_key[132] = { 0 };

	CHECK_TEXT(digest_of(""), "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855");
	CHECK_TEXT(digest_of("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
	CHECK_TEXT(long_code_of("Jefe", "what do ya want for nothing?"),
	    "164b7a7bfcf819e2e395fbe73b56e0a387bd64222e831fd610270cd7ea2505549758bf75c05a994a6d034f65f8f0e6fdcaeab1a34d4a6b4b636e070a38bce737");
	/* RFC 4231, test cases 2 and 6; then an empty key. */
	memset(long_key, 0xaa, 131);
	for (int i = 0; i < 2; i++) {
		CHECK_TEXT(code_of("Jefe", "what do ya want for nothing?"),
		    "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
		CHECK_TEXT(code_of(long_key, "Test Using Larger Than Block-Size Key - Hash Key First"),
		    "60e431591ee0b67f0d8a26aacbf5b77f8e0bc6213728c5140546040f0ee37f54");
		CHECK_TEXT(code_of("", ""), "b613679a0814d9ec772f95d778c35fc5ff1697c493715653c6c712144292c5ad");
	}
	CHECK_TEXT(code_of("test_secret", ""), "f7f9bd47fb987337b5796fdc1fdb9ba221d0d5396814bfcaf9521f43fd8927fd");
}

enum { CODES = 20000 };

/* Codes of one key, again and again; how many were another than the first. */
static void *
many_codes(void *key)
{
	unsigned char first[32], code[32];
	intptr_t      wrong = 0;

	hmac_sha256(key, strlen(key), "text", 4, first);
	for (int i = 0; i < CODES; i++) {
		hmac_sha256(key, strlen(key), "text", 4, code);
		wrong += memcmp(code, first, sizeof code) != 0;
	}
	return (void *)wrong;
}

/* The stand-ins answer in one thread and send in another. */
static void
test_codes_of_two_threads(void)
{
	pthread_t thread;
	void     *wrong;

	REQUIRE(pthread_create(&thread, NULL, many_codes, (char[]) { "another key" }) == 0);
	CHECK(many_codes((char[]) { "a key" }) == NULL);
	pthread_join(thread, &wrong);
	CHECK(wrong == NULL);
}

static void
test_comparison(void)
{
	CHECK(equal_constant_time("abc", "abc", 3));
	CHECK(equal_constant_time("abc", "abd", 2));
	CHECK(!equal_constant_time("abc", "abd", 3));
	CHECK(!equal_constant_time("bbc", "abc", 3));
	CHECK(equal_constant_time("", "", 0));
}

int
main(void)
{
	static const struct test tests[] = { TEST(test_base64url_known), TEST(test_base64_known), TEST(test_base32_known),
		TEST(test_base64url_is_strict), TEST(test_random_bytes_round_trip), TEST(test_hex_is_lower_case),
		TEST(test_percent), TEST(test_utf8), TEST(test_digests), TEST(test_codes_of_two_threads), TEST(test_comparison) };
	int                      result;

	arena = arena_new(1 << 24);
	result = run_suite("encoding", tests, sizeof tests / sizeof *tests);
	arena_free(arena);
	return result;
}
