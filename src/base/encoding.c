#include "base/encoding.h"

#include "base/arena.h"
#include "base/text.h"

#include <openssl/core_names.h>
#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <pthread.h>
#include <stdint.h>

static const char base64url_digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

const char *
base64url_encode(struct arena *arena, const void *bytes, size_t length)
{
	const unsigned char *from = bytes;
	char                *text = arena_alloc(arena, length / 3 * 4 + 5), *to = text;
	uint32_t             bits = 0;
	int                  held = 0;

	for (size_t i = 0; i < length; i++) {
		bits = bits << 8 | from[i];
		for (held += 8; held >= 6; held -= 6)
			*to++ = base64url_digits[bits >> (held - 6) & 63];
	}
	if (held > 0)
		*to = base64url_digits[bits << (6 - held) & 63];
	return text;
}

const char *
base64_encode(struct arena *arena, const void *bytes, size_t length)
{
	unsigned char *text = arena_alloc(arena, (length + 2) / 3 * 4 + 1);

	EVP_EncodeBlock(text, bytes, (int)length);
	return (const char *)text;
}

static int
base64url_value(char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '-' ? 62 : c == '_' ? 63 : -1;
}

unsigned char *
base64url_decode(struct arena *arena, const char *text, size_t length, size_t *decoded_length)
{
	unsigned char *bytes, *to;
	uint32_t       bits = 0;
	int            held = 0;

	if (length % 4 == 1)
		return NULL;
	bytes = to = arena_alloc(arena, length / 4 * 3 + 3);
	for (size_t i = 0; i < length; i++) {
		int value = base64url_value(text[i]);

		if (value < 0)
			return NULL;
		bits = bits << 6 | (uint32_t)value;
		held += 6;
		if (held >= 8) {
			held -= 8;
			*to++ = (unsigned char)(bits >> held);
		}
	}
	if ((bits & ((1u << held) - 1)) != 0)
		return NULL; /* stray bits: another text would give the same bytes */
	*to = '\0';
	*decoded_length = (size_t)(to - bytes);
	return bytes;
}

const char *
base32_encode(struct arena *arena, const void *bytes, size_t length)
{
	static const char    digits[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
	const unsigned char *from = bytes;
	char                *text = arena_alloc(arena, (length * 8 + 4) / 5 + 1), *to = text;
	unsigned             waiting = 0, bits = 0;

	for (size_t i = 0; i < length; i++) {
		waiting = (waiting << 8 | from[i]) & 0xfff;
		for (bits += 8; bits >= 5; bits -= 5)
			*to++ = digits[waiting >> (bits - 5) & 31];
	}
	if (bits > 0)
		*to++ = digits[waiting << (5 - bits) & 31];
	*to = '\0';
	return text;
}

const char *
hex_encode(struct arena *arena, const void *bytes, size_t length)
{
	static const char    digits[] = "0123456789abcdef";
	const unsigned char *from = bytes;
	char                *text = arena_array(arena, length + 1, 2);

	for (size_t i = 0; i < length; i++) {
		text[2 * i] = digits[from[i] >> 4];
		text[2 * i + 1] = digits[from[i] & 15];
	}
	return text;
}

static int
hex_value(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

/* The byte of "%XX" in either case; -1 when it is not that. */
static int
escape_value(const char *text, size_t length)
{
	int high, low;

	if (length < 3)
		return -1;
	high = hex_value(text[1] >= 'A' && text[1] <= 'F' ? (char)(text[1] | 0x20) : text[1]);
	low = hex_value(text[2] >= 'A' && text[2] <= 'F' ? (char)(text[2] | 0x20) : text[2]);
	return high < 0 || low < 0 ? -1 : high << 4 | low;
}

const char *
percent_decode(struct arena *arena, const char *text, size_t length, bool in_query)
{
	char *decoded = arena_alloc(arena, length + 1), *to = decoded;

	for (size_t i = 0; i < length; i++, to++) {
		if (text[i] == '%') {
			int value = escape_value(text + i, length - i);

			if (value < 0)
				return NULL;
			*to = (char)value;
			i += 2;
		} else
			*to = in_query && text[i] == '+' ? ' ' : text[i];
		if (*to == '\0')
			return NULL;
	}
	return utf8_valid(decoded, (size_t)(to - decoded)) ? decoded : NULL;
}

static bool
unreserved(unsigned char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-' || c == '.' || c == '_' ||
	    c == '~';
}

const char *
url_origin(struct arena *arena, const char *url)
{
	const char *host = strstr(url, "://") + 3;

	return arena_copy(arena, url, (size_t)(host - url) + strcspn(host, "/?#"));
}

void
text_add_percent(struct text *text, const char *string)
{
	static const char digits[] = "0123456789ABCDEF"; /* upper case: RFC 3986, section 2.1 */

	for (; *string != '\0'; string++) {
		unsigned char c = (unsigned char)*string;
		char          escape[3] = { '%', digits[c >> 4], digits[c & 15] };

		if (unreserved(c))
			text_add_char(text, (char)c);
		else
			text_add(text, escape, sizeof escape);
	}
}

const char *
percent_encode(struct arena *arena, const char *string)
{
	struct text text = text_new(arena, 3 * strlen(string) + 1);

	text_add_percent(&text, string);
	return text.bytes;
}

/* Unicode, table 3-7: each range of lead bytes has its own range of second bytes. */
size_t
utf8_character(const char *bytes, size_t left)
{
	const unsigned char *at = (const unsigned char *)bytes;
	unsigned char        lead, low = 0x80, high = 0xbf;
	size_t               length;

	if (left == 0 || (lead = at[0]) > 0xf4 || (lead >= 0x80 && lead < 0xc2))
		return 0;
	length = lead < 0x80 ? 1 : lead < 0xe0 ? 2 : lead < 0xf0 ? 3 : 4;
	if (length > left)
		return 0;
	if (lead == 0xe0)
		low = 0xa0; /* else overlong */
	else if (lead == 0xed)
		high = 0x9f; /* else a surrogate */
	else if (lead == 0xf0)
		low = 0x90; /* else overlong */
	else if (lead == 0xf4)
		high = 0x8f; /* else beyond U+10FFFF */
	if (length > 1 && (at[1] < low || at[1] > high))
		return 0;
	for (size_t i = 2; i < length; i++)
		if (at[i] < 0x80 || at[i] > 0xbf)
			return 0;
	return length;
}

bool
utf8_valid(const char *bytes, size_t length)
{
	const char *at = bytes, *end = bytes + length;

	while (at < end) {
		uint64_t eight;
		size_t   character;

		if (end - at >= 8) { /* most text is ASCII: eight at once */
			memcpy(&eight, at, sizeof eight);
			if ((eight & 0x8080808080808080) == 0) {
				at += 8;
				continue;
			}
		}
		character = utf8_character(at, (size_t)(end - at));
		if (character == 0)
			return false;
		at += character;
	}
	return true;
}

size_t
utf8_beginning(const char *string, size_t most)
{
	size_t left = strnlen(string, most), length = 0, character;

	while (length < left && (character = utf8_character(string + length, left - length)) > 0)
		length += character;
	return length;
}

size_t
utf8_length(const char *string)
{
	size_t characters = 0;

	for (; *string != '\0'; string++)
		characters += ((unsigned char)*string & 0xc0) != 0x80;
	return characters;
}

/* OpenSSL fails here only for want of memory or of its own library. */
static void
must(bool done)
{
	if (!done)
		abort();
}

/* Looked up once: the search costs more than a short digest. */
static EVP_MD *sha256_algorithm;

static void
find_sha256(void)
{
	sha256_algorithm = EVP_MD_fetch(NULL, "SHA256", NULL);
}

void
sha256(const void *bytes, size_t length, unsigned char into[32])
{
	static pthread_once_t found = PTHREAD_ONCE_INIT;

	pthread_once(&found, find_sha256);
	must(sha256_algorithm != NULL && EVP_Digest(bytes, length, into, NULL, sha256_algorithm, NULL) == 1);
}

static EVP_MAC_CTX *
hmac_context(const char *digest)
{
	OSSL_PARAM   parameters[] = { OSSL_PARAM_construct_utf8_string(OSSL_MAC_PARAM_DIGEST, (char *)(uintptr_t)digest, 0),
		  OSSL_PARAM_construct_end() };
	EVP_MAC     *algorithm = EVP_MAC_fetch(NULL, "HMAC", NULL);
	EVP_MAC_CTX *context;

	must(algorithm != NULL);
	context = EVP_MAC_CTX_new(algorithm);
	must(context != NULL && EVP_MAC_CTX_set_params(context, parameters) == 1);
	EVP_MAC_free(algorithm);
	return context;
}

/* A context is made once, for all threads of a process, one at a time; each use sets its key anew. */
struct hmac {
	const char     *digest;
	pthread_mutex_t in_use;
	EVP_MAC_CTX    *context;
};

static void
hmac(struct hmac *hmac, const void *key, size_t key_length, const void *bytes, size_t length, unsigned char *into, size_t size)
{
	size_t written;

	pthread_mutex_lock(&hmac->in_use);
	if (hmac->context == NULL)
		hmac->context = hmac_context(hmac->digest);
	must(EVP_MAC_init(hmac->context, key_length > 0 ? key : (const void *)"", key_length, NULL) == 1);
	must(EVP_MAC_update(hmac->context, bytes, length) == 1);
	must(EVP_MAC_final(hmac->context, into, &written, size) == 1);
	pthread_mutex_unlock(&hmac->in_use);
}

void
hmac_sha256(const void *key, size_t key_length, const void *bytes, size_t length, unsigned char into[32])
{
	static struct hmac sha256_hmac = { "SHA256", PTHREAD_MUTEX_INITIALIZER, NULL };

	hmac(&sha256_hmac, key, key_length, bytes, length, into, 32);
}

void
hmac_sha512(const void *key, size_t key_length, const void *bytes, size_t length, unsigned char into[64])
{
	static struct hmac sha512_hmac = { "SHA512", PTHREAD_MUTEX_INITIALIZER, NULL };

	hmac(&sha512_hmac, key, key_length, bytes, length, into, 64);
}

void
hmac_sha1(const void *key, size_t key_length, const void *bytes, size_t length, unsigned char into[20])
{
	static struct hmac sha1_hmac = { "SHA1", PTHREAD_MUTEX_INITIALIZER, NULL };

	hmac(&sha1_hmac, key, key_length, bytes, length, into, 20);
}

bool
equal_constant_time(const void *a, const void *b, size_t length)
{
	return CRYPTO_memcmp(a, b, length) == 0;
}

const char *
query_value(struct arena *arena, const char *query, const char *name)
{
	enum { VALUE_MAX = 1024 };
	size_t name_length = strlen(name);

	while (*query != '\0') {
		size_t length = strcspn(query, "&");

		if (length > name_length && strncmp(query, name, name_length) == 0 && query[name_length] == '=' &&
		    length <= VALUE_MAX)
			return percent_decode(arena, query + name_length + 1, length - name_length - 1, true);
		query += length + (query[length] == '&');
	}
	return NULL;
}
