/* Codes of authenticator apps, against the vectors of RFC 4226 (appendix D) and RFC 6238 (appendix B, SHA-1). */
#include "base/totp.h"
#include "tests/suite.h"

#include <string.h>

static const unsigned char secret[] = "12345678901234567890";

static void
test_rfc_4226(void)
{
	static const uint32_t codes[] = { 755224, 287082, 359152, 969429, 338314, 254676, 287922, 162583, 399871, 520489 };

	for (int64_t i = 0; i < 10; i++)
		CHECK_INT(totp_code(secret, TOTP_SECRET_BYTES, i), codes[i]);
}

/* Its codes have eight digits, of which ours are the last six. */
static void
test_rfc_6238(void)
{
	static const struct {
		int64_t     at;
		const char *code;
	} vectors[] = { { 59, "94287082" }, { 1111111109, "07081804" }, { 1111111111, "14050471" }, { 1234567890, "89005924" },
		{ 2000000000, "69279037" }, { 20000000000, "65353130" } };
	int64_t step;

	for (size_t i = 0; i < sizeof vectors / sizeof *vectors; i++) {
		CHECK(totp_matches(secret, TOTP_SECRET_BYTES, vectors[i].code + 2, vectors[i].at, &step));
		CHECK_INT(step, vectors[i].at / 30);
	}
}

static void
test_one_step_to_each_side(void)
{
	int64_t step;

	CHECK(totp_matches(secret, TOTP_SECRET_BYTES, "287082", 59 - 30, &step)); /* the code of step 1, while it is step 0 */
	CHECK_INT(step, 1);
	CHECK(totp_matches(secret, TOTP_SECRET_BYTES, "287082", 59 + 30, &step));
	CHECK_INT(step, 1);
	CHECK(!totp_matches(secret, TOTP_SECRET_BYTES, "287082", 59 + 60, &step));
}

static void
test_other_texts(void)
{
	static const char *const wrong[] = { "", "28708", "2870821", "287081", "28708a", " 87082", "287082 ", "94287082" };
	int64_t                  step;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++)
		CHECK(!totp_matches(secret, TOTP_SECRET_BYTES, wrong[i], 59, &step));
}

SUITE("totp", TEST(test_rfc_4226), TEST(test_rfc_6238), TEST(test_one_step_to_each_side), TEST(test_other_texts))
