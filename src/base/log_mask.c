/*
 * What must not stand in a log, found by one pass of small scanners: each looks at one place of the text, and says how
 * many bytes it took after it has written what may stay of them; 0 when the place is nothing of its kind.  How far a
 * scanner looks ahead is bounded, so that the pass stays linear whatever the text.
 */
#include "base/encoding.h"
#include "base/log.h"

enum {
	CARD_DIGITS_MIN = 13,
	CARD_DIGITS_MAX = 19,
	PHONE_DIGITS_MIN = 8,
	PHONE_DIGITS_MAX = 15,
	TOKEN_PART_MIN = 16, /* a part of a token that does not begin like JSON */
	RANDOM_MIN = 40      /* a long mixed word: 256 random bits make 43 characters */
};

struct masking {
	const char *start; /* of the whole text */
	char       *into;
	size_t      size, length;
	bool        full;
};

/* Whole characters only, so that the cut is never inside one. */
static void
put(struct masking *masking, const char *bytes, size_t length)
{
	if (masking->full || length >= masking->size - masking->length) {
		masking->full = true;
		return;
	}
	memcpy(masking->into + masking->length, bytes, length);
	masking->length += length;
}

static void
put_string(struct masking *masking, const char *string)
{
	put(masking, string, strlen(string));
}

static bool
is_digit(char c)
{
	return c >= '0' && c <= '9';
}

static bool
is_alphanumeric(char c)
{
	return is_digit(c) || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

/* A character of base64url. */
static bool
is_token(char c)
{
	return is_alphanumeric(c) || c == '_' || c == '-';
}

/* A character of any kind of secret. */
static bool
is_secret(char c)
{
	return is_token(c) || (c != '\0' && strchr(".~+/=%", c) != NULL);
}

static size_t
run_length(const char *at, bool (*belongs)(char c))
{
	size_t length = 0;

	while (belongs(at[length]))
		length++;
	return length;
}

static bool
follows(const struct masking *masking, const char *at, bool (*belongs)(char c))
{
	return at > masking->start && belongs(at[-1]);
}

static bool
is_lower(char c)
{
	return c >= 'a' && c <= 'z';
}

/* "Bearer ..." and "Basic ..." in an Authorization header, any case; "basic knowledge" may stay. */
static size_t
mask_authorization(struct masking *masking, const char *at)
{
	size_t scheme = strncasecmp(at, "bearer", 6) == 0 ? 6 : strncasecmp(at, "basic", 5) == 0 ? 5 : 0, spaces, length;

	if (scheme == 0)
		return 0;
	spaces = strspn(at + scheme, " \t");
	length = run_length(at + scheme + spaces, is_secret);
	if (spaces == 0 || length == 0 || (scheme == 5 && run_length(at + scheme + spaces, is_lower) == length))
		return 0;
	put(masking, at, scheme);
	put_string(masking, " ***");
	return scheme + spaces + length;
}

/* Keys that say by their beginning what they are. */
static size_t
mask_prefixed(struct masking *masking, const char *at)
{
	static const char *const prefixes[] = { "hk_", "sk_", "rk_", "whsec_" };

	for (size_t i = 0; i < sizeof prefixes / sizeof *prefixes; i++) {
		size_t length = strlen(prefixes[i]);

		if (strncmp(at, prefixes[i], length) == 0 && is_secret(at[length])) {
			put(masking, at, length);
			put_string(masking, "***");
			return length + run_length(at + length, is_secret);
		}
	}
	return 0;
}

/* Stripe's client secrets: the id before "_secret_" may stay. */
static size_t
mask_client_secret(struct masking *masking, const char *at)
{
	size_t id;

	if (strncmp(at, "pi_", 3) != 0 && strncmp(at, "seti_", 5) != 0)
		return 0;
	id = strcspn(at, "_") + 1;
	id += run_length(at + id, is_alphanumeric);
	if (strncmp(at + id, "_secret_", 8) != 0)
		return 0;
	put(masking, at, id + 8);
	put_string(masking, "***");
	return id + 8 + run_length(at + id + 8, is_token);
}

/* Three parts of base64url with dots between: what begins like JSON, or whose parts are all long (a host's are not). */
static size_t
mask_dotted(struct masking *masking, const char *at)
{
	size_t first = run_length(at, is_token), second, third;
	bool   is_json = strncmp(at, "eyJ", 3) == 0;

	if (at[first] != '.' || (!is_json && first < TOKEN_PART_MIN))
		return 0;
	second = run_length(at + first + 1, is_token);
	if (at[first + 1 + second] != '.' || (!is_json && second < TOKEN_PART_MIN))
		return 0;
	third = run_length(at + first + second + 2, is_token);
	if (!is_json && third < TOKEN_PART_MIN)
		return 0;
	put_string(masking, "***");
	return first + second + third + 2;
}

/* A long word of both cases and digits is nothing a person wrote: a refresh token, a key. */
static size_t
mask_random(struct masking *masking, const char *at)
{
	size_t length = run_length(at, is_token);
	bool   lower = false, upper = false, digit = false;

	if (length < RANDOM_MIN)
		return 0;
	for (size_t i = 0; i < length; i++) {
		lower |= at[i] >= 'a' && at[i] <= 'z';
		upper |= at[i] >= 'A' && at[i] <= 'Z';
		digit |= is_digit(at[i]);
	}
	if (!lower || !upper || !digit)
		return 0;
	put_string(masking, "***");
	return length;
}

static bool
is_local(char c)
{
	return is_alphanumeric(c) || (signed char)c < 0 || (c != '\0' && strchr("._+-!#$&*~", c) != NULL);
}

static bool
is_domain(char c)
{
	return is_alphanumeric(c) || (signed char)c < 0 || c == '.' || c == '-';
}

/* "r***@example.test"; the sign may be percent-encoded, as in a query. */
static size_t
mask_email(struct masking *masking, const char *at)
{
	size_t local = run_length(at, is_local), sign, domain, first;

	sign = at[local] == '@' ? 1 : strncmp(at + local, "%40", 3) == 0 ? 3 : 0;
	if (local == 0 || sign == 0)
		return 0;
	domain = run_length(at + local + sign, is_domain);
	if (domain == 0)
		return 0;
	first = utf8_character(at, local);
	put(masking, at, first == 0 ? 1 : first);
	put_string(masking, "***@");
	return local + sign; /* the domain may stay, and is copied like any text */
}

/* "+88017*****01"; short ones show less.  The plus may be percent-encoded, and single separators part the digits. */
static size_t
mask_phone(struct masking *masking, const char *at)
{
	char   digits[PHONE_DIGITS_MAX];
	size_t plus = *at == '+' ? 1 : strncasecmp(at, "%2b", 3) == 0 ? 3 : 0, read = plus, taken = 0, seen = 0, count = 0;

	if (plus == 0)
		return 0;
	for (size_t i = plus; seen < PHONE_DIGITS_MAX; i++) {
		if (is_digit(at[i])) {
			digits[seen++] = at[i];
			read = i + 1;
			if (seen >= PHONE_DIGITS_MIN && !is_digit(at[read])) {
				count = seen;
				taken = read;
			}
		} else if (at[i] == '\0' || strchr(" -.()", at[i]) == NULL || i >= read + 2)
			break;
	}
	if (count == 0)
		return 0;
	put_string(masking, "+");
	put(masking, digits, count > 10 ? 5 : 2);
	put_string(masking, "*****");
	put(masking, digits + count - 2, 2);
	return taken;
}

/* ISO/IEC 7812-1, annex B. */
static bool
passes_luhn(const char *digits, size_t count)
{
	int sum = 0;

	for (size_t i = 0; i < count; i++) {
		int digit = digits[count - 1 - i] - '0';

		if (i % 2 == 1)
			digit = digit > 4 ? 2 * digit - 9 : 2 * digit;
		sum += digit;
	}
	return sum % 10 == 0;
}

/* "4242********4242"; groups may be parted by single spaces or dashes, and more groups may follow. */
static size_t
mask_card(struct masking *masking, const char *at)
{
	char   digits[CARD_DIGITS_MAX];
	size_t count = 0, card_digits = 0, card_bytes = 0;

	for (size_t i = 0; count < CARD_DIGITS_MAX; i++) {
		if ((at[i] == ' ' || at[i] == '-') && is_digit(at[i + 1]))
			i++;
		if (!is_digit(at[i]))
			break;
		digits[count++] = at[i];
		if (count >= CARD_DIGITS_MIN && !is_digit(at[i + 1]) && passes_luhn(digits, count)) {
			card_digits = count;
			card_bytes = i + 1;
		}
	}
	if (card_digits == 0)
		return 0;
	put(masking, digits, 4);
	put_string(masking, "********");
	put(masking, digits + card_digits - 4, 4);
	return card_bytes;
}

/* The scanners that apply at this place, most telling first. */
static size_t
mask_at(struct masking *masking, const char *at)
{
	size_t taken = 0;

	if (*at == '+' || *at == '%')
		return mask_phone(masking, at);
	if (!is_local(*at))
		return 0;
	if (!follows(masking, at, is_token) &&
	    ((taken = mask_authorization(masking, at)) > 0 || (taken = mask_prefixed(masking, at)) > 0 ||
		(taken = mask_client_secret(masking, at)) > 0 || (taken = mask_dotted(masking, at)) > 0 ||
		(taken = mask_random(masking, at)) > 0))
		return taken;
	if (!follows(masking, at, is_local) && (taken = mask_email(masking, at)) > 0)
		return taken;
	if (is_digit(*at) && !follows(masking, at, is_digit))
		taken = mask_card(masking, at);
	return taken;
}

void
log_mask(const char *text, char *into, size_t size)
{
	struct masking masking = { .start = text, .into = into, .size = size };

	if (size == 0)
		return;
	while (*text != '\0' && !masking.full) {
		size_t taken = mask_at(&masking, text);

		if (taken == 0) {
			taken = utf8_character(text, 4); /* its NUL ends a broken one */
			taken += taken == 0;
			put(&masking, text, taken);
		}
		text += taken;
	}
	into[masking.length] = '\0';
}
