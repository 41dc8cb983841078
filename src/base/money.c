#include "base/money.h"

#include "base/text.h"

enum { DECIMAL_DIGITS_MAX = 18 };

/* ISO 4217, list of 2026-02.  MGA and MRU count 2 although their sub-unit is a fifth. */
/* clang-format off */
#define CURRENCIES                                                                             \
	C(B, I, F, 0) C(C, L, P, 0) C(D, J, F, 0) C(G, N, F, 0) C(I, S, K, 0) C(J, P, Y, 0)	\
	C(K, M, F, 0) C(K, R, W, 0) C(P, Y, G, 0) C(R, W, F, 0) C(U, G, X, 0) C(U, Y, I, 0)	\
	C(V, N, D, 0) C(V, U, V, 0) C(X, A, F, 0) C(X, O, F, 0) C(X, P, F, 0)			\
	C(A, E, D, 2) C(A, F, N, 2) C(A, L, L, 2) C(A, M, D, 2) C(A, O, A, 2) C(A, R, S, 2)	\
	C(A, U, D, 2) C(A, W, G, 2) C(A, Z, N, 2) C(B, A, M, 2) C(B, B, D, 2) C(B, D, T, 2)	\
	C(B, M, D, 2) C(B, N, D, 2) C(B, O, B, 2) C(B, O, V, 2) C(B, R, L, 2) C(B, S, D, 2)	\
	C(B, T, N, 2) C(B, W, P, 2) C(B, Y, N, 2) C(B, Z, D, 2) C(C, A, D, 2) C(C, D, F, 2)	\
	C(C, H, E, 2) C(C, H, F, 2) C(C, H, W, 2) C(C, N, Y, 2) C(C, O, P, 2) C(C, O, U, 2)	\
	C(C, R, C, 2) C(C, U, P, 2) C(C, V, E, 2) C(C, Z, K, 2) C(D, K, K, 2) C(D, O, P, 2)	\
	C(D, Z, D, 2) C(E, G, P, 2) C(E, R, N, 2) C(E, T, B, 2) C(E, U, R, 2) C(F, J, D, 2)	\
	C(F, K, P, 2) C(G, B, P, 2) C(G, E, L, 2) C(G, H, S, 2) C(G, I, P, 2) C(G, M, D, 2)	\
	C(G, T, Q, 2) C(G, Y, D, 2) C(H, K, D, 2) C(H, N, L, 2) C(H, T, G, 2) C(H, U, F, 2)	\
	C(I, D, R, 2) C(I, L, S, 2) C(I, N, R, 2) C(I, R, R, 2) C(J, M, D, 2) C(K, E, S, 2)	\
	C(K, G, S, 2) C(K, H, R, 2) C(K, P, W, 2) C(K, Y, D, 2) C(K, Z, T, 2) C(L, A, K, 2)	\
	C(L, B, P, 2) C(L, K, R, 2) C(L, R, D, 2) C(L, S, L, 2) C(M, A, D, 2) C(M, D, L, 2)	\
	C(M, G, A, 2) C(M, K, D, 2) C(M, M, K, 2) C(M, N, T, 2) C(M, O, P, 2) C(M, R, U, 2)	\
	C(M, U, R, 2) C(M, V, R, 2) C(M, W, K, 2) C(M, X, N, 2) C(M, X, V, 2) C(M, Y, R, 2)	\
	C(M, Z, N, 2) C(N, A, D, 2) C(N, G, N, 2) C(N, I, O, 2) C(N, O, K, 2) C(N, P, R, 2)	\
	C(N, Z, D, 2) C(P, A, B, 2) C(P, E, N, 2) C(P, G, K, 2) C(P, H, P, 2) C(P, K, R, 2)	\
	C(P, L, N, 2) C(Q, A, R, 2) C(R, O, N, 2) C(R, S, D, 2) C(R, U, B, 2) C(S, A, R, 2)	\
	C(S, B, D, 2) C(S, C, R, 2) C(S, D, G, 2) C(S, E, K, 2) C(S, G, D, 2) C(S, H, P, 2)	\
	C(S, L, E, 2) C(S, O, S, 2) C(S, R, D, 2) C(S, S, P, 2) C(S, T, N, 2) C(S, V, C, 2)	\
	C(S, Y, P, 2) C(S, Z, L, 2) C(T, H, B, 2) C(T, J, S, 2) C(T, M, T, 2) C(T, O, P, 2)	\
	C(T, R, Y, 2) C(T, T, D, 2) C(T, W, D, 2) C(T, Z, S, 2) C(U, A, H, 2) C(U, S, D, 2)	\
	C(U, S, N, 2) C(U, Y, U, 2) C(U, Z, S, 2) C(V, E, D, 2) C(V, E, S, 2) C(W, S, T, 2)	\
	C(X, A, D, 2) C(X, C, D, 2) C(X, C, G, 2) C(Y, E, R, 2) C(Z, A, R, 2) C(Z, M, W, 2)	\
	C(Z, W, G, 2)										\
	C(B, H, D, 3) C(I, Q, D, 3) C(J, O, D, 3) C(K, W, D, 3) C(L, Y, D, 3) C(O, M, R, 3)	\
	C(T, N, D, 3)										\
	C(C, L, F, 4) C(U, Y, W, 4)								\
/* clang-format on */

enum { LETTER_A, LETTER_B, LETTER_C, LETTER_D, LETTER_E, LETTER_F, LETTER_G, LETTER_H, LETTER_I, LETTER_J, LETTER_K,
	LETTER_L, LETTER_M, LETTER_N, LETTER_O, LETTER_P, LETTER_Q, LETTER_R, LETTER_S, LETTER_T, LETTER_U, LETTER_V,
	LETTER_W, LETTER_X, LETTER_Y, LETTER_Z, LETTERS };

/* By three letters: one more than the exponent, 0 where there is no currency. */
static const uint8_t places[LETTERS][LETTERS][LETTERS] = {
#define C(first, second, third, exponent) [LETTER_##first][LETTER_##second][LETTER_##third] = (exponent) + 1,
	CURRENCIES
#undef C
};

int
currency_exponent(const char *currency)
{
	unsigned first, second, third;

	first = (unsigned char)currency[0] - 'A';
	if (first >= LETTERS)
		return -1;
	second = (unsigned char)currency[1] - 'A';
	if (second >= LETTERS)
		return -1;
	third = (unsigned char)currency[2] - 'A';
	if (third >= LETTERS || currency[3] != '\0')
		return -1;
	return places[first][second][third] - 1;
}

bool
currency_next(char code[4])
{
	int at = 0;

	if (code[0] != '\0')
		at = ((code[0] - 'A') * LETTERS + code[1] - 'A') * LETTERS + code[2] - 'A' + 1;
	while (at < LETTERS * LETTERS * LETTERS && places[at / (LETTERS * LETTERS)][at / LETTERS % LETTERS][at % LETTERS] == 0)
		at++;
	if (at == LETTERS * LETTERS * LETTERS)
		return false;
	code[0] = (char)('A' + at / (LETTERS * LETTERS));
	code[1] = (char)('A' + at / LETTERS % LETTERS);
	code[2] = (char)('A' + at % LETTERS);
	code[3] = '\0';
	return true;
}

bool
money_make(int64_t minor, const char *currency, struct money *into)
{
	if (currency_exponent(currency) < 0)
		return false;
	into->minor = minor;
	memcpy(into->currency, currency, sizeof into->currency);
	return true;
}

/* A run of digits from `at` on, added to `decimal`; returns where it ends. */
static const char *
read_digits(const char *at, const char *end, struct decimal *decimal)
{
	for (; at < end && *at >= '0' && *at <= '9'; at++)
		decimal->digits = decimal->digits * 10 + (*at - '0');
	return at;
}

bool
decimal_parse(const char *text, size_t length, struct decimal *into)
{
	bool           negative = length > 0 && *text == '-';
	const char    *whole = text + negative, *end = text + length, *at, *fraction;
	struct decimal decimal = { 0 };

	if (end - whole > DECIMAL_DIGITS_MAX + (memchr(text, '.', length) != NULL))
		return false; /* more could overflow below */
	at = read_digits(whole, end, &decimal);
	if (at == whole || (at - whole > 1 && *whole == '0'))
		return false;
	if (at < end) {
		if (*at != '.')
			return false;
		fraction = at + 1;
		at = read_digits(fraction, end, &decimal);
		if (at == fraction || at < end || at - fraction > DECIMAL_SCALE_MAX)
			return false;
		decimal.scale = (int)(at - fraction);
	}
	if (negative && decimal.digits == 0)
		return false; /* no amount: there is one zero */
	if (negative)
		decimal.digits = -decimal.digits;
	*into = decimal;
	return true;
}

bool
decimal_to_money(struct decimal decimal, const char *currency, struct money *into)
{
	int     exponent = currency_exponent(currency);
	int64_t minor = decimal.digits;

	if (exponent < 0)
		return false;
	for (int scale = decimal.scale; scale > exponent; scale--) {
		if (minor % 10 != 0)
			return false;
		minor /= 10;
	}
	for (int scale = decimal.scale; scale < exponent; scale++)
		if (__builtin_mul_overflow(minor, 10, &minor))
			return false;
	return money_make(minor, currency, into);
}

size_t
money_write(struct money money, char into[MONEY_TEXT_SIZE])
{
	char     digits[MONEY_TEXT_SIZE], *first = digits + sizeof digits;
	int      exponent = currency_exponent(money.currency), written = 0;
	uint64_t rest = money.minor < 0 ? 0 - (uint64_t)money.minor : (uint64_t)money.minor;
	size_t   length;

	for (; rest > 0 || written == 0 || written <= exponent; written++, rest /= 10) {
		if (written == exponent && exponent > 0)
			*--first = '.';
		*--first = (char)('0' + rest % 10);
	}
	if (money.minor < 0)
		*--first = '-';
	length = (size_t)(digits + sizeof digits - first);
	memcpy(into, first, length);
	into[length] = '\0';
	return length;
}

void
text_add_money(struct text *text, struct money money)
{
	text_reserve(text, MONEY_TEXT_SIZE);
	text->length += money_write(money, text->bytes + text->length);
}

static bool
same_currency(struct money a, struct money b)
{
	return strncmp(a.currency, b.currency, sizeof a.currency) == 0;
}

bool
money_add(struct money a, struct money b, struct money *into)
{
	if (!same_currency(a, b) || __builtin_add_overflow(a.minor, b.minor, &a.minor))
		return false;
	*into = a;
	return true;
}

bool
money_multiply(struct money a, int64_t factor, struct money *into)
{
	if (__builtin_mul_overflow(a.minor, factor, &a.minor))
		return false;
	*into = a;
	return true;
}

bool
minor_scale(int64_t minor, int64_t numerator, int64_t denominator, int64_t *into)
{
	__int128 product = (__int128)minor * numerator, quotient, rest;

	if (denominator <= 0)
		return false;
	quotient = product / denominator;
	rest = product % denominator;
	rest = 2 * (rest < 0 ? -rest : rest) - denominator;
	if (rest > 0 || (rest == 0 && quotient % 2 != 0))
		quotient += product < 0 ? -1 : 1;
	if (quotient < INT64_MIN || quotient > INT64_MAX)
		return false;
	*into = (int64_t)quotient;
	return true;
}

bool
money_convert(struct money money, int64_t rate, int64_t rate_into, const char *currency, struct money *into)
{
	int exponent = currency_exponent(money.currency), exponent_into = currency_exponent(currency);

	if (exponent < 0 || exponent_into < 0 || rate < 1 || rate > RATE_MILLIONTHS_MAX || rate_into < 1 ||
	    rate_into > RATE_MILLIONTHS_MAX)
		return false;
	/* Places differ by four at most, so neither leaves 64 bits. */
	for (; exponent < exponent_into; exponent++)
		rate_into *= 10;
	for (; exponent > exponent_into; exponent--)
		rate *= 10;
	return minor_scale(money.minor, rate_into, rate, &money.minor) && money_make(money.minor, currency, into);
}

/* The sum of the weights; false when one is negative or the sum overflows. */
static bool
sum_weights(const int64_t *weights, size_t count, int64_t *sum)
{
	*sum = 0;
	for (size_t i = 0; i < count; i++)
		if (weights[i] < 0 || __builtin_add_overflow(*sum, weights[i], sum))
			return false;
	return true;
}

bool
minor_split(int64_t total, const int64_t *weights, size_t count, int64_t *shares)
{
	uint64_t size = total < 0 ? 0 - (uint64_t)total : (uint64_t)total, left = size;
	int64_t  sum;

	if (!sum_weights(weights, count, &sum) || (sum == 0 && total != 0))
		return false;
	/* `shares` holds the remainders until it is known who gets one unit more; -1 marks those. */
	for (size_t i = 0; i < count; i++) {
		unsigned __int128 product = (unsigned __int128)size * (uint64_t)weights[i];

		shares[i] = sum == 0 ? 0 : (int64_t)(product % (uint64_t)sum);
		left -= sum == 0 ? 0 : (uint64_t)(product / (uint64_t)sum);
	}
	for (; left > 0; left--) {
		size_t largest = 0;

		for (size_t i = 1; i < count; i++)
			if (shares[i] > shares[largest])
				largest = i;
		shares[largest] = -1;
	}
	for (size_t i = 0; i < count && sum > 0; i++) {
		uint64_t share = (uint64_t)((unsigned __int128)size * (uint64_t)weights[i] / (uint64_t)sum);

		share += shares[i] < 0;
		shares[i] = (int64_t)(total < 0 ? 0 - share : share);
	}
	return true;
}
