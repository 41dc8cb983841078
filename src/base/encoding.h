/*
 * encoding.h: bytes as text and back (RFC 4648, RFC 3986), strictly: one text for one sequence of bytes.
 */
#ifndef ENCODING_H
#define ENCODING_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct text;

/* base64url without padding. */
const char *base64url_encode(struct arena *arena, const void *bytes, size_t length);

/* With padding, as headers want it (RFC 4648, section 4). */
const char *base64_encode(struct arena *arena, const void *bytes, size_t length);

/*
 * Reads `length` characters of base64url: no padding, no other characters, no stray bits in the last one.  NULL when it
 * is not that; else *decoded_length bytes in the arena with a NUL behind them.
 */
unsigned char *base64url_decode(struct arena *arena, const char *text, size_t length, size_t *decoded_length);

/* Base32 (RFC 4648, section 6) without padding. */
const char *base32_encode(struct arena *arena, const void *bytes, size_t length);

/* Lower-case hexadecimal. */
const char *hex_encode(struct arena *arena, const void *bytes, size_t length);

/*
 * Decodes %XX and (in_query) '+' of `length` bytes; NULL when an escape is broken, decodes to NUL, or the result is not
 * UTF-8.
 */
const char *percent_decode(struct arena *arena, const char *text, size_t length, bool in_query);

/* The value of that parameter of a query that a browser brought, percent-decoded; NULL when it is missing or above 1024 bytes. */
const char *query_value(struct arena *arena, const char *query, const char *name);

/* "https://host:port" of a URL, in the arena. */
const char *url_origin(struct arena *arena, const char *url);

/* Appends text with everything but unreserved characters escaped (space is %20). */
void text_add_percent(struct text *text, const char *string);

/* The same by itself, in the arena. */
const char *percent_encode(struct arena *arena, const char *string);

/* Is it valid UTF-8 (no overlong forms, no surrogates)? */
bool utf8_valid(const char *bytes, size_t length);

/* Bytes of the well-formed UTF-8 character at `at`, of at most `left`; 0 when there is none. */
size_t utf8_character(const char *at, size_t left);

/* Bytes of the longest beginning of a string that is made of whole UTF-8 characters and has at most `most` bytes. */
size_t utf8_beginning(const char *string, size_t most);

/* Characters (code points) of a valid UTF-8 string. */
size_t utf8_length(const char *string);

/* SHA-256 and HMAC-SHA-256 by OpenSSL's EVP, into 32 bytes; HMAC-SHA-512 into 64, HMAC-SHA-1 into 20.  Threads may call them at once. */
void sha256(const void *bytes, size_t length, unsigned char into[32]);
void hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length, unsigned char into[32]);
void hmac_sha1(const void *key, size_t key_length, const void *bytes, size_t length, unsigned char into[20]);
void hmac_sha512(const void *key, size_t key_length, const void *bytes, size_t length, unsigned char into[64]);

/* The same time whatever the bytes. */
bool equal_constant_time(const void *a, const void *b, size_t length);

#endif
