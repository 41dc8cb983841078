/*
 * totp.h: time-based one-time passwords (RFC 6238) as authenticator apps make them: HMAC-SHA-1, 30 seconds, six digits.
 */
#ifndef TOTP_H
#define TOTP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { TOTP_SECONDS = 30, TOTP_DIGITS = 6, TOTP_SECRET_BYTES = 20 };

/* The time step of an instant. */
int64_t totp_step(int64_t unix_seconds);

/* The code of a step, as a number below 10^TOTP_DIGITS. */
uint32_t totp_code(const unsigned char *secret, size_t length, int64_t step);

/*
 * Is `text` the code of the step at `unix_seconds`, or of the one before or after it (clocks differ)?  *step is the step whose code
 * it is, so that the caller can take each once.
 */
bool totp_matches(const unsigned char *secret, size_t length, const char *text, int64_t unix_seconds, int64_t *step);

#endif
