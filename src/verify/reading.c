#include "verify/reading.h"

#include <openssl/evp.h>
#include <string.h>

enum { BASE64_MAX = 1400, DAYS_OF_400_YEARS = 146097 };

static int
hex_value(char c)
{
	return c >= '0' && c <= '9' ? c - '0' : c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

bool
read_hex(const char *text, size_t length, unsigned char *into, size_t bytes)
{
	if (length != 2 * bytes)
		return false;
	for (size_t i = 0; i < bytes; i++) {
		int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);

		if (high < 0 || low < 0)
			return false;
		into[i] = (unsigned char)(high << 4 | low);
	}
	return true;
}

static bool
is_alphanumeric(char c)
{
	return (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9');
}

size_t
read_base64(const char *text, size_t length, unsigned char *into, size_t room)
{
	unsigned char decoded[BASE64_MAX / 4 * 3], again[BASE64_MAX + 1];
	size_t        padding = 0, bytes;

	if (length == 0 || length % 4 != 0 || length > BASE64_MAX)
		return 0;
	while (padding < 2 && text[length - 1 - padding] == '=')
		padding++;
	for (size_t i = 0; i < length - padding; i++)
		if (!is_alphanumeric(text[i]) && text[i] != '+' && text[i] != '/')
			return 0;
	if (EVP_DecodeBlock(decoded, (const unsigned char *)text, (int)length) != (int)(length / 4 * 3))
		return 0;
	bytes = length / 4 * 3 - padding;
	/* The bits that padding leaves over are zero: one text for one value. */
	EVP_EncodeBlock(again, decoded, (int)bytes);
	if (bytes > room || memcmp(again, text, length) != 0)
		return 0;
	memcpy(into, decoded, bytes);
	return bytes;
}

bool
read_timestamp(const char *text, size_t length, int64_t *into)
{
	int64_t value = 0;

	if (length < 1 || length > TIMESTAMP_DIGITS || (length > 1 && text[0] == '0'))
		return false;
	for (size_t i = 0; i < length; i++) {
		if (text[i] < '0' || text[i] > '9')
			return false;
		value = value * 10 + (text[i] - '0');
	}
	*into = value;
	return true;
}

/* So many decimal digits and the character behind them; moves on. */
static bool
take_number(const char **text, size_t digits, const char *ends, int64_t *into)
{
	*into = 0;
	for (; digits > 0; digits--, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		*into = *into * 10 + (**text - '0');
	}
	if (*ends == '\0')
		return true;
	return **text != '\0' && strchr(ends, *(*text)++) != NULL;
}

static bool
take_fraction(const char **text)
{
	size_t digits;

	if (**text != '.')
		return true;
	digits = strspn(++*text, "0123456789");
	*text += digits;
	return digits >= 1 && digits <= 9;
}

/* "Z" or "+06:00", in seconds. */
static bool
take_offset(const char **text, int64_t *seconds)
{
	int64_t hours, minutes;
	char    sign = *(*text)++;

	*seconds = 0;
	if (sign == 'Z')
		return true;
	if ((sign != '+' && sign != '-') || !take_number(text, 2, ":", &hours) || !take_number(text, 2, "", &minutes) ||
	    hours > 23 || minutes > 59)
		return false;
	*seconds = (sign == '-' ? -60 : 60) * (hours * 60 + minutes);
	return true;
}

/* Days since 1970-01-01: years begin with March, so that the leap day is their last. */
static int64_t
days_since_1970(int64_t year, int64_t month, int64_t day)
{
	int64_t shifted = year - (month <= 2), era = shifted / 400, year_of_era = shifted - era * 400;
	int64_t day_of_year = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;

	return era * DAYS_OF_400_YEARS + year_of_era * 365 + year_of_era / 4 - year_of_era / 100 + day_of_year - 719468;
}

static int64_t
days_of_month(int64_t year, int64_t month)
{
	bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;

	return month == 2 ? 28 + leap : month == 4 || month == 6 || month == 9 || month == 11 ? 30 : 31;
}

bool
read_instant(const char *text, int64_t *into)
{
	int64_t year, month, day, hour, minute, second, offset;

	if (!take_number(&text, 4, "-", &year) || !take_number(&text, 2, "-", &month) || !take_number(&text, 2, "T", &day) ||
	    !take_number(&text, 2, ":", &hour) || !take_number(&text, 2, ":", &minute) || !take_number(&text, 2, "", &second) ||
	    !take_fraction(&text) || !take_offset(&text, &offset) || *text != '\0')
		return false;
	if (year < 1970 || month < 1 || month > 12 || day < 1 || day > days_of_month(year, month) || hour > 23 || minute > 59 ||
	    second > 59)
		return false;
	*into = ((days_since_1970(year, month, day) * 24 + hour) * 60 + minute) * 60 + second - offset;
	return true;
}

bool
is_made_of(const char *text, const char *others, size_t most)
{
	size_t length = 0;

	for (; text[length] != '\0'; length++)
		if (length == most || (!is_alphanumeric(text[length]) && strchr(others, text[length]) == NULL))
			return false;
	return length >= 1;
}

enum haat_verify_result
judge_time(int64_t signed_at, int64_t now, int64_t tolerance_seconds)
{
	uint64_t tolerance = tolerance_seconds < 0 ? 0 : (uint64_t)tolerance_seconds;

	/* Unsigned differences cannot overflow, whatever clock the caller believes in. */
	if (signed_at < now)
		return (uint64_t)now - (uint64_t)signed_at > tolerance ? HAAT_VERIFY_TOO_OLD : HAAT_VERIFY_OK;
	return (uint64_t)signed_at - (uint64_t)now > tolerance ? HAAT_VERIFY_TOO_NEW : HAAT_VERIFY_OK;
}
