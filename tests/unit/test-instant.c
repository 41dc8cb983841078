#include "base/ids.h"
#include "base/instant.h"
#include "tests/suite.h"

#include <time.h>

static const char *
text_of(int64_t unix_ms)
{
	static char text[INSTANT_TEXT_SIZE];

	instant_write((struct instant) { unix_ms }, text);
	return text;
}

static void
test_known_instants(void)
{
	CHECK_TEXT(text_of(0), "1970-01-01T00:00:00.000Z");
	CHECK_TEXT(text_of(1795180455016), "2026-11-20T13:14:15.016Z");
	CHECK_TEXT(text_of(-1), "1969-12-31T23:59:59.999Z");
	CHECK_TEXT(text_of(951782400000), "2000-02-29T00:00:00.000Z");
	CHECK_TEXT(text_of(-62167219200000), "0000-01-01T00:00:00.000Z");
	CHECK_TEXT(text_of(253402300799999), "9999-12-31T23:59:59.999Z");
	CHECK_TEXT(text_of(INT64_MIN), "0000-01-01T00:00:00.000Z");
	CHECK_TEXT(text_of(INT64_MAX), "9999-12-31T23:59:59.999Z");
}

/* Every day of years 0 to 9999, against the C library's calendar. */
static void
test_calendar_agrees_with_the_library(void)
{
	int wrong = 0;

	for (int64_t day = -719528; day <= 2932896; day++) {
		time_t       seconds = (time_t)(day * 86400 + 45296);
		struct tm    tm;
		struct civil civil = instant_civil((struct instant) { seconds * 1000 + 7 });

		gmtime_r(&seconds, &tm);
		wrong += civil.year != tm.tm_year + 1900 || civil.month != tm.tm_mon + 1 || civil.day != tm.tm_mday ||
		    civil.hour != 12 || civil.minute != 34 || civil.second != 56 || civil.millisecond != 7;
		wrong += instant_from_civil(civil).unix_ms != seconds * 1000 + 7;
	}
	CHECK_INT(wrong, 0);
}

static void
test_random_instants_round_trip(void)
{
	int wrong = 0;

	for (int i = 0; i < 50000; i++) {
		uint64_t       random;
		struct instant instant, again = { 0 };

		random_bytes(&random, sizeof random);
		instant.unix_ms = -62167219200000 + (int64_t)(random % 315569520000000);
		wrong += !instant_parse(text_of(instant.unix_ms), &again) || again.unix_ms != instant.unix_ms;
	}
	CHECK_INT(wrong, 0);
}

static int64_t
parsed(const char *text)
{
	struct instant instant = { INT64_MIN };

	return instant_parse(text, &instant) ? instant.unix_ms : INT64_MIN;
}

static void
test_what_is_read(void)
{
	CHECK_INT(parsed("2026-11-20T13:14:15.016Z"), 1795180455016);
	CHECK_INT(parsed("2026-11-20T13:14:15Z"), 1795180455000);
	CHECK_INT(parsed("2026-11-20t13:14:15z"), 1795180455000);
	CHECK_INT(parsed("2026-11-20T13:14:15.9Z"), 1795180455900);
	CHECK_INT(parsed("2026-11-20T13:14:15.016999999Z"), 1795180455016);
	CHECK_INT(parsed("2026-11-20T19:14:15.016+06:00"), 1795180455016);
	CHECK_INT(parsed("2026-11-20T07:44:15.016-05:30"), 1795180455016);
	CHECK_INT(parsed("2026-11-20T13:14:15.016-00:00"), 1795180455016);
	CHECK_INT(parsed("2024-02-29T00:00:00Z"), 1709164800000);
	CHECK_INT(parsed("2016-12-31T23:59:60Z"), 1483228799999);
	CHECK_INT(parsed("2017-01-01T05:29:60.5+05:30"), 1483228799999);
}

static void
test_what_is_refused(void)
{
	static const char *const wrong[] = { "", "2026", "2026-11-20", "2026-11-20T13:14:15", "2026-11-20 13:14:15Z",
		"2026-11-20T13:14Z", "2026-13-01T00:00:00Z", "2026-00-01T00:00:00Z", "2026-01-00T00:00:00Z",
		"2026-01-32T00:00:00Z", "2026-04-31T00:00:00Z", "2026-02-29T00:00:00Z", "1900-02-29T00:00:00Z",
		"2026-11-20T24:00:00Z", "2026-11-20T13:60:00Z", "2026-11-20T13:14:61Z", "2026-11-20T13:14:60Z",
		"2026-11-20T23:59:60+01:00", "2026-11-20T13:14:15.Z", "2026-11-20T13:14:15.1234567890Z",
		"2026-11-20T13:14:15+24:00", "2026-11-20T13:14:15+06:60", "2026-11-20T13:14:15+0600", "2026-11-20T13:14:15+06:0",
		"2026-11-20T13:14:15Zz", "2026-11-20T13:14:15Z ", " 2026-11-20T13:14:15Z", "+2026-11-20T13:14:15Z",
		"2026-1-20T13:14:15Z", "0000-01-01T00:00:00+00:01", "9999-12-31T23:59:59-00:01", "2026-11-20T13:14:15,5Z",
		"2026/11/20T13:14:15Z", "2026-11-20T13:14:1", "2026-11-20T13:14:15+" };

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		if (parsed(wrong[i]) != INT64_MIN)
			printf("accepted '%s' ", wrong[i]);
		CHECK(parsed(wrong[i]) == INT64_MIN);
	}
}

static void
test_adding(void)
{
	CHECK_INT(instant_add_seconds((struct instant) { 5 }, 60).unix_ms, 60005);
	CHECK_INT(instant_add_seconds((struct instant) { 5 }, -1).unix_ms, -995);
	CHECK_INT(instant_add_seconds((struct instant) { 5 }, INT64_MAX).unix_ms, INT64_MAX);
	CHECK_INT(instant_add_seconds((struct instant) { INT64_MIN }, -1).unix_ms, INT64_MIN);
}

static void
test_clocks(void)
{
	int64_t ms = monotonic_ms(), us = monotonic_us(), now = (int64_t)time(NULL);

	CHECK(us / 1000 >= ms && us / 1000 < ms + 1000);
	CHECK(monotonic_us() >= us);
	CHECK(instant_now().unix_ms / 1000 - now <= 1);
	CHECK(instant_now().unix_ms / 1000 >= now);
}

SUITE("instant", TEST(test_known_instants), TEST(test_calendar_agrees_with_the_library), TEST(test_random_instants_round_trip),
    TEST(test_what_is_read), TEST(test_what_is_refused), TEST(test_adding), TEST(test_clocks))
