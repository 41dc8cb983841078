#include "settlements/cells.h"

#include "base/arena.h"
#include "base/instant.h"

#include <string.h>

/* So that what a row, a file and an account add up to is a number. */
#define CELL_MINOR_MAX INT64_C(1000000000000000)

static bool
is_amount(int64_t minor)
{
	return minor >= -CELL_MINOR_MAX && minor <= CELL_MINOR_MAX;
}

bool
cell_currency(const char *text, char into[4])
{
	if (strlen(text) != 3)
		return false;
	for (int i = 0; i < 3; i++)
		into[i] = (char)(text[i] >= 'a' && text[i] <= 'z' ? text[i] - 'a' + 'A' : text[i]);
	into[3] = '\0';
	return currency_exponent(into) >= 0;
}

static bool
to_minor(const char *text, size_t length, const char *currency, int64_t *minor)
{
	struct decimal decimal;
	struct money   money;

	if (!decimal_parse(text, length, &decimal) || !decimal_to_money(decimal, currency, &money))
		return false;
	*minor = money.minor;
	return is_amount(*minor);
}

bool
cell_major(const char *text, char separator, const char *currency, int64_t *minor)
{
	char   point[MONEY_TEXT_SIZE];
	size_t length = strlen(text);
	char  *comma;

	*minor = 0;
	if (length == 0)
		return true;
	if (length >= sizeof point)
		return false;
	memcpy(point, text, length + 1);
	comma = separator == ';' ? strchr(point, ',') : NULL;
	if (comma != NULL)
		*comma = '.';
	/* "-0.00" is how some programs write a fee of nothing. */
	if (point[0] == '-' && strspn(point + 1, "0.") == length - 1 && to_minor(point + 1, length - 1, currency, minor))
		return true;
	return to_minor(point, length, currency, minor);
}

bool
cell_minor(const char *text, const char *currency, int64_t *minor)
{
	struct decimal decimal;

	*minor = 0;
	if (text[0] == '\0')
		return true;
	if (!decimal_parse(text, strlen(text), &decimal) || decimal.scale != 0)
		return false;
	*minor = decimal.digits;
	return is_amount(*minor) && currency_exponent(currency) >= 0;
}

/* `count` digits at *text, which moves on. */
static bool
digits(const char **text, int count, int *into)
{
	*into = 0;
	for (int i = 0; i < count; i++, (*text)++) {
		if (**text < '0' || **text > '9')
			return false;
		*into = *into * 10 + **text - '0';
	}
	return true;
}

static bool
skip(const char **text, const char *any)
{
	if (**text == '\0' || strchr(any, **text) == NULL)
		return false;
	(*text)++;
	return true;
}

/* "2026-01-02", "2026/01/02" or "02/01/2026". */
static bool
date(const char **text, struct civil *civil)
{
	if (strspn(*text, "0123456789") == 4)
		return digits(text, 4, &civil->year) && skip(text, "-/") && digits(text, 2, &civil->month) && skip(text, "-/") &&
		    digits(text, 2, &civil->day);
	return digits(text, 2, &civil->day) && skip(text, "-/") && digits(text, 2, &civil->month) && skip(text, "-/") &&
	    digits(text, 4, &civil->year);
}

/* "-0800", or nothing: then *seconds stays. */
static bool
offset(const char *text, int *seconds)
{
	int sign = text[0] == '-' ? -1 : 1, hours, minutes;

	if (text[0] == '\0')
		return true;
	if (!skip(&text, "+-") || !digits(&text, 2, &hours) || !digits(&text, 2, &minutes) || text[0] != '\0' || hours > 14 ||
	    minutes > 59)
		return false;
	*seconds = sign * (hours * 3600 + minutes * 60);
	return true;
}

bool
cell_time(const char *text, int offset_seconds, int64_t *unix_ms)
{
	struct civil   civil = { 0 }, again;
	struct instant instant;

	*unix_ms = 0;
	if (text[0] == '\0')
		return true;
	if (instant_parse(text, &instant)) {
		*unix_ms = instant.unix_ms;
		return true;
	}
	if (!date(&text, &civil) || civil.month < 1 || civil.month > 12 || civil.day < 1 || civil.year < 1970)
		return false;
	if (*text != '\0' &&
	    (!skip(&text, " T") || !digits(&text, 2, &civil.hour) || !skip(&text, ":") || !digits(&text, 2, &civil.minute) ||
		(*text == ':' && (text++, !digits(&text, 2, &civil.second))) || civil.hour > 23 || civil.minute > 59 ||
		civil.second > 59))
		return false;
	text += *text == ' ';
	instant = instant_from_civil(civil);
	again = instant_civil(instant);
	if (again.day != civil.day || !offset(text, &offset_seconds))
		return false;
	*unix_ms = instant_add_seconds(instant, -offset_seconds).unix_ms;
	return true;
}

bool
cell_id(struct arena *arena, const char *text, size_t max, const char **into)
{
	size_t length = strlen(text);

	*into = NULL;
	if (length > max)
		return false;
	for (size_t i = 0; i < length; i++)
		if (text[i] <= ' ' || text[i] > '~')
			return false;
	if (length > 0)
		*into = arena_copy(arena, text, length);
	return true;
}
