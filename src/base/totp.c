#include "base/totp.h"

#include "base/encoding.h"

#include <stdio.h>
#include <string.h>

enum { DIGEST = 20, MODULUS = 1000000 };

int64_t
totp_step(int64_t unix_seconds)
{
	return unix_seconds / TOTP_SECONDS;
}

/* RFC 4226, section 5.3: four bytes from where the last half byte says, without the sign. */
uint32_t
totp_code(const unsigned char *secret, size_t length, int64_t step)
{
	unsigned char        counter[8], digest[DIGEST];
	const unsigned char *from;

	for (size_t i = 0; i < sizeof counter; i++)
		counter[i] = (unsigned char)((uint64_t)step >> (56 - 8 * i));
	hmac_sha1(secret, length, counter, sizeof counter, digest);
	from = digest + (digest[DIGEST - 1] & 0xf);
	return ((uint32_t)(from[0] & 0x7f) << 24 | (uint32_t)from[1] << 16 | (uint32_t)from[2] << 8 | from[3]) % MODULUS;
}

bool
totp_matches(const unsigned char *secret, size_t length, const char *text, int64_t unix_seconds, int64_t *step)
{
	int64_t now = totp_step(unix_seconds);
	bool    found = false;

	if (strlen(text) != TOTP_DIGITS)
		return false;
	for (int64_t at = now - 1; at <= now + 1; at++) {
		char code[TOTP_DIGITS + 1];

		snprintf(code, sizeof code, "%06u", totp_code(secret, length, at) % MODULUS);
		if (equal_constant_time(code, text, TOTP_DIGITS)) {
			*step = at;
			found = true;
		}
	}
	return found;
}
