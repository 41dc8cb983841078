#include "base/instant.h"

#include "base/seams.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

enum { DAY_SECONDS = 86400, DAYS_OF_400_YEARS = 146097, EPOCH_FROM_MARCH_YEAR_0 = 719468 };

/* The first and the last millisecond that can be written with a year of four digits. */
static const int64_t first_ms = -62167219200000, last_ms = 253402300799999;

struct instant
instant_now(void)
{
	return (struct instant) { the_clock->wall_ms() };
}

int64_t
unix_seconds(void)
{
	return the_clock->wall_ms() / 1000;
}

int64_t
monotonic_ms(void)
{
	return the_clock->monotonic_us() / 1000;
}

int64_t
monotonic_us(void)
{
	return the_clock->monotonic_us();
}

void
pause_us(int64_t microseconds)
{
	the_clock->pause_us(microseconds);
}

struct instant
instant_add_seconds(struct instant instant, int64_t seconds)
{
	int64_t ms, sum;

	if (__builtin_mul_overflow(seconds, 1000, &ms) || __builtin_add_overflow(instant.unix_ms, ms, &sum))
		sum = seconds < 0 ? INT64_MIN : INT64_MAX;
	return (struct instant) { sum };
}

/* Division that rounds down, so that what is left is never negative. */
static int64_t
floor_divide(int64_t value, int64_t by, int64_t *rest)
{
	int64_t quotient = value / by;

	*rest = value % by;
	if (*rest < 0) {
		*rest += by;
		quotient--;
	}
	return quotient;
}

/*
 * Both ways count in years that begin in March, so that the leap day is the last one: 153 days are five months in turn
 * of 31 and 30 days, 1461 four years, 146097 four hundred.
 */
static void
civil_of_day(int64_t days, struct civil *civil)
{
	int64_t rest, era = floor_divide(days + EPOCH_FROM_MARCH_YEAR_0, DAYS_OF_400_YEARS, &rest);
	int     day = (int)rest;
	int     year = (day - day / 1460 + day / 36524 - day / 146096) / 365;
	int     month;

	day -= 365 * year + year / 4 - year / 100;
	month = (5 * day + 2) / 153;
	civil->day = day - (153 * month + 2) / 5 + 1;
	civil->month = month < 10 ? month + 3 : month - 9;
	civil->year = (int)(era * 400) + year + (civil->month <= 2);
}

static int64_t
day_of_civil(int year, int month, int day)
{
	int64_t in_era, era;
	int     of_year = (153 * (month > 2 ? month - 3 : month + 9) + 2) / 5 + day - 1;

	era = floor_divide((int64_t)year - (month <= 2), 400, &in_era);
	return era * DAYS_OF_400_YEARS + in_era * 365 + in_era / 4 - in_era / 100 + of_year - EPOCH_FROM_MARCH_YEAR_0;
}

struct civil
instant_civil(struct instant instant)
{
	struct civil civil;
	int64_t      ms, second, days;

	days = floor_divide(floor_divide(instant.unix_ms, 1000, &ms), DAY_SECONDS, &second);
	civil_of_day(days, &civil);
	civil.hour = (int)(second / 3600);
	civil.minute = (int)(second / 60 % 60);
	civil.second = (int)(second % 60);
	civil.millisecond = (int)ms;
	return civil;
}

struct instant
instant_from_civil(struct civil civil)
{
	int64_t days = day_of_civil(civil.year, civil.month, civil.day);
	int64_t seconds = days * DAY_SECONDS + civil.hour * 3600 + civil.minute * 60 + civil.second;

	return (struct instant) { seconds * 1000 + civil.millisecond };
}

static char *
write_digits(char *at, int value, int count)
{
	for (int i = count; i-- > 0; value /= 10)
		at[i] = (char)('0' + value % 10);
	return at + count;
}

static char *
write_part(char *at, int value, int count, char then)
{
	at = write_digits(at, value, count);
	*at = then;
	return at + 1;
}

void
instant_write(struct instant instant, char into[INSTANT_TEXT_SIZE])
{
	struct civil civil;

	if (instant.unix_ms < first_ms)
		instant.unix_ms = first_ms;
	if (instant.unix_ms > last_ms)
		instant.unix_ms = last_ms;
	civil = instant_civil(instant);
	into = write_part(into, civil.year, 4, '-');
	into = write_part(into, civil.month, 2, '-');
	into = write_part(into, civil.day, 2, 'T');
	into = write_part(into, civil.hour, 2, ':');
	into = write_part(into, civil.minute, 2, ':');
	into = write_part(into, civil.second, 2, '.');
	into = write_part(into, civil.millisecond, 3, 'Z');
	*into = '\0';
}

/* Exactly `count` digits and then the character `then` (NUL: nothing), of a value from `least` to `most`. */
static bool
read_part(const char **text, int count, char then, int min, int max, int *value)
{
	const char *at = *text;

	*value = 0;
	for (int i = 0; i < count; i++, at++) {
		if (*at < '0' || *at > '9')
			return false;
		*value = *value * 10 + (*at - '0');
	}
	if (then != '\0' && *at++ != then)
		return false;
	*text = at;
	return *value >= min && *value <= max;
}

/* The fraction behind the seconds, if there is one. */
static bool
read_fraction(const char **text, int *millisecond)
{
	const char *at = *text;
	int         digits = 0;

	*millisecond = 0;
	if (*at != '.')
		return true;
	for (at++; *at >= '0' && *at <= '9'; at++)
		if (digits++ < 3)
			*millisecond = *millisecond * 10 + (*at - '0');
	for (int i = digits; i < 3; i++)
		*millisecond *= 10;
	*text = at;
	return digits >= 1 && digits <= 9;
}

/* "Z" or "+hh:mm", and then the end. */
static bool
read_offset(const char *text, int *minutes)
{
	int hour, minute, sign = *text == '-' ? -1 : 1;

	*minutes = 0;
	if (*text == 'Z' || *text == 'z')
		return text[1] == '\0';
	if (*text != '+' && *text != '-')
		return false;
	text++;
	if (!read_part(&text, 2, ':', 0, 23, &hour) || !read_part(&text, 2, '\0', 0, 59, &minute))
		return false;
	*minutes = sign * (hour * 60 + minute);
	return *text == '\0';
}

static int
days_of_month(int year, int month)
{
	static const int days[] = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 };
	bool             leap = year % 4 == 0 && (year % 100 != 0 || year % 400 == 0);

	return days[month - 1] + (month == 2 && leap);
}

static bool
read_date(const char **text, struct civil *civil)
{
	if (!read_part(text, 4, '-', 0, 9999, &civil->year) || !read_part(text, 2, '-', 1, 12, &civil->month) ||
	    !read_part(text, 2, '\0', 1, 31, &civil->day))
		return false;
	return civil->day <= days_of_month(civil->year, civil->month);
}

static bool
read_time(const char **text, struct civil *civil)
{
	return read_part(text, 2, ':', 0, 23, &civil->hour) && read_part(text, 2, ':', 0, 59, &civil->minute) &&
	    read_part(text, 2, '\0', 0, 60, &civil->second) && read_fraction(text, &civil->millisecond);
}

bool
instant_parse(const char *text, struct instant *into)
{
	struct civil   civil;
	struct instant instant;
	int            offset_minutes;
	bool           leap_second;

	if (!read_date(&text, &civil) || (*text != 'T' && *text != 't'))
		return false;
	text++;
	if (!read_time(&text, &civil) || !read_offset(text, &offset_minutes))
		return false;
	leap_second = civil.second == 60;
	if (leap_second)
		civil.second = 59, civil.millisecond = 999;
	instant = instant_from_civil(civil);
	instant.unix_ms -= (int64_t)offset_minutes * 60000;
	if (instant.unix_ms < first_ms || instant.unix_ms > last_ms)
		return false;
	if (leap_second) {
		civil = instant_civil(instant);
		if (civil.hour != 23 || civil.minute != 59)
			return false;
	}
	*into = instant;
	return true;
}

/* Does the file hold a zone?  In their directory there are lists and directories, too. */
static bool
holds_zone(const char *path)
{
	char  begins[4];
	FILE *file = fopen(path, "re");
	bool  holds = file != NULL && fread(begins, 1, sizeof begins, file) == sizeof begins && memcmp(begins, "TZif", 4) == 0;

	if (file != NULL)
		fclose(file);
	return holds;
}

/* Zones' names begin with a capital: those that do not are other files, the machine's own zone, and zones that count leap seconds. */
bool
zone_known(const char *name)
{
	static const char letters[] = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_+-/";
	char              path[128];

	if (*name < 'A' || *name > 'Z' || strlen(name) > 64 || name[strspn(name, letters)] != '\0')
		return false;
	snprintf(path, sizeof path, "/usr/share/zoneinfo/%s", name);
	return strcmp(name, "UTC") == 0 || holds_zone(path);
}

struct civil
instant_civil_in(struct instant instant, const char *zone)
{
	static char current[65];
	int64_t     ms;
	time_t      seconds = (time_t)floor_divide(instant.unix_ms, 1000, &ms);
	struct tm   local;

	if (strcmp(current, zone) != 0) {
		setenv("TZ", zone, 1);
		tzset();
		snprintf(current, sizeof current, "%s", zone);
	}
	localtime_r(&seconds, &local);
	return instant_civil(instant_add_seconds(instant, local.tm_gmtoff));
}
