/*
 * reading.h: strict readers of what stands in headers; not installed, not exported.
 *
 * Each text has one reading and each value one text: upper-case digits, needless zeros, white space and padding bits that
 * say something are refused.  `into` is of no meaning when a reader says false.
 */
#ifndef VERIFY_READING_H
#define VERIFY_READING_H

#include "verify/haatverify.h"

#include <stdbool.h>

enum { TIMESTAMP_DIGITS = 12, URL_MAX = 512 };

/* Exactly 2 * bytes lower-case hexadecimal digits. */
bool read_hex(const char *text, size_t length, unsigned char *into, size_t bytes);

/* Padded base64; how many bytes it stands for, 0 when it is none or they are more than `room`. */
size_t read_base64(const char *text, size_t length, unsigned char *into, size_t room);

/* Unix seconds in 1 to 12 decimal digits without a sign or needless zeros. */
bool read_timestamp(const char *text, size_t length, int64_t *into);

/* RFC 3339 in whole seconds or with a fraction, which is dropped; "Z" or an offset. */
bool read_instant(const char *text, int64_t *into);

/* Letters, digits and those of `others`; at least one, at most `most`. */
bool is_made_of(const char *text, const char *others, size_t most);

/* OK, TOO_OLD or TOO_NEW. */
enum haat_verify_result judge_time(int64_t signed_at, int64_t now, int64_t tolerance_seconds);

#endif
