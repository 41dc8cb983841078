/*
 * money.h: exact amounts.
 *
 * Inside, an amount is an integer of the currency's minor unit with its ISO 4217 code; outside it is a decimal string
 * with exactly the currency's digits ("1299.00" INR, "500" JPY, "5.120" KWD).  No floating point anywhere; every
 * operation reports overflow; the one rounding is half to even (IEEE 754 roundTiesToEven).
 */
#ifndef MONEY_H
#define MONEY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct text;

struct money {
	int64_t minor;
	char    currency[4]; /* NUL-terminated */
};

/* A decimal as it stood in a body, before its currency is known: 12.50 is { 1250, 2 }. */
struct decimal {
	int64_t digits;
	int     scale; /* 0..6 */
};

/* Room for any amount as text with sign, point and NUL. */
enum { MONEY_TEXT_SIZE = 24, DECIMAL_SCALE_MAX = 6 };

/*
 * Digits after the point by ISO 4217 (list of 2026-02): 0, 2, 3 or 4; -1 for a code that is unknown, lower case, or a
 * unit that is no money (gold, drawing rights, the test code).
 */
int currency_exponent(const char *currency);

/* Makes `code` the currency behind it by the alphabet ("" stands before the first); false behind the last. */
bool currency_next(char code[4]);

/* False when the currency is not one of ISO 4217's. */
bool money_make(int64_t minor, const char *currency, struct money *into);

/*
 * Reads "-?digits[.digits]" of `length` bytes, at most 18 digits and DECIMAL_SCALE_MAX places; no exponent, no plus, no
 * leading zeros but one before the point, no spaces, no minus before zero.
 */
bool decimal_parse(const char *text, size_t length, struct decimal *into);

/*
 * The decimal in a currency's minor unit.  False when it has more digits than the currency (trailing zeros do not
 * count), when the currency is unknown, or when it overflows.
 */
bool decimal_to_money(struct decimal decimal, const char *currency, struct money *into);

/* Writes the decimal string with a NUL; returns its length.  A currency that is none counts without places. */
size_t money_write(struct money money, char into[MONEY_TEXT_SIZE]);
void   text_add_money(struct text *text, struct money money);

/* Sums and products; false on overflow or when the currencies differ. */
bool money_add(struct money a, struct money b, struct money *into);
bool money_multiply(struct money a, int64_t factor, struct money *into);

/* minor * numerator / denominator, rounded half to even, exact in 128 bits; false on overflow or denominator <= 0. */
bool minor_scale(int64_t minor, int64_t numerator, int64_t denominator, int64_t *into);

/*
 * The amount in another currency.  Rates are what one unit of a third currency costs, in millionths: `rate` of the amount's own
 * currency, `rate_into` of the other; both from 1 to RATE_MILLIONTHS_MAX.  Rounded once, half to even.  False when the other
 * currency is unknown, or on overflow.
 */
enum { RATE_PLACES = 6 };
#define RATE_MILLIONTHS_MAX INT64_C(99999999999999)
bool money_convert(struct money money, int64_t rate, int64_t rate_into, const char *currency, struct money *into);

/*
 * Splits `total` over `count` weights so that the shares sum to it exactly: each share is rounded down, what is left
 * goes one unit each to the largest remainders (first index first on a tie).  Weights are >= 0, their sum > 0 unless
 * total is 0.  A negative total is split as its size is, so that a refund mirrors its charge.  False on overflow or when
 * the weights cannot carry it.
 */
bool minor_split(int64_t total, const int64_t *weights, size_t count, int64_t *shares);

#endif
