/*
 * instant.h: points in time.
 *
 * A point in time is milliseconds since 1970-01-01T00:00:00Z without leap seconds.  Outside it is RFC 3339 in UTC with
 * milliseconds ("2026-11-20T13:14:15.016Z"), in the database DATETIME(3) in UTC.
 */
#ifndef INSTANT_H
#define INSTANT_H

#include <stdbool.h>
#include <stdint.h>

struct instant {
	int64_t unix_ms;
};

enum { INSTANT_TEXT_LENGTH = 24, INSTANT_TEXT_SIZE = INSTANT_TEXT_LENGTH + 1 };

/* The calendar's view of an instant, UTC, proleptic Gregorian. */
struct civil {
	int year, month, day, hour, minute, second, millisecond; /* month and day from 1 */
};

/* The clock of seams.h: the system's, or a test's. */
struct instant instant_now(void);
int64_t        unix_seconds(void); /* the same in whole seconds */

/* A clock that never goes back: for durations and time limits. */
int64_t monotonic_ms(void);
int64_t monotonic_us(void);

/* Sleep; returns early when a signal arrives. */
void pause_us(int64_t microseconds);

struct instant instant_add_seconds(struct instant instant, int64_t seconds);
struct civil   instant_civil(struct instant instant);
struct instant instant_from_civil(struct civil civil);

/* The name of a time zone of the system's database (tzdata), like "Asia/Kolkata"? */
bool zone_known(const char *name);

/* The calendar's view of an instant in that zone.  For programs of one thread: it sets the process's TZ. */
struct civil instant_civil_in(struct instant instant, const char *zone);

/* Writes the 24 characters of years 0000 to 9999, and a NUL. */
void instant_write(struct instant instant, char into[INSTANT_TEXT_SIZE]);

/*
 * Reads RFC 3339 with any offset and 0 to 9 digits of fraction (cut to milliseconds); false when it is not one (a day
 * that does not exist, a missing offset, a leap second other than :60 at 23:59 UTC, which counts as :59.999).
 */
bool instant_parse(const char *text, struct instant *into);

#endif
