/*
 * rates.h: what one euro costs in other currencies, a rate a day and currency.
 *
 * They come from the European Central Bank's files or are typed in; on a day that has both, what was typed in stays.  In force
 * is a currency's newest, whatever its age; of the files only when a file of the last FILE_RATE_DAYS days before the newest one
 * has it, so that a currency which is quoted no longer has no rate.  Between two other currencies the euro stands.
 */
#ifndef EXCHANGE_RATES_H
#define EXCHANGE_RATES_H

#include "base/shape.h"

struct rate_file;
struct work;

#define RATES_BASE "EUR"

/* The stamp (store/stamped.h) of documents that show rates, or what follows from them. */
#define RATES_STAMP "rates"

enum {
	DAY_LENGTH = 10, /* "2026-01-02" */
	FILE_RATE_DAYS = 30,
	CURRENCIES_MAX = 200,
	RATE_FILE_BYTES = 8 << 20, /* packed or unpacked */
};

struct exchange_rate {
	struct uuid id;
	const char *currency, *day;
	const char *rate; /* "1.1626" */
	int         source;
};
SHAPE_DECLARE(struct exchange_rate, exchange_rate_shape);

/* The day that it is, or was at that instant, in the shop's time zone, in the arena: "2026-01-02". */
const char *rates_today(struct work *work);
const char *rates_day(struct work *work, struct instant instant);

/* Does the text say a day that there is? */
bool day_is_valid(const char *text);

/* A rate in millionths; false when it is not above 0, or too large. */
bool rate_millionths(struct decimal rate, int64_t *millionths);

/* Those in force on that day (NULL: the newest), by currency; none of RATES_BASE. */
const struct problem *rates_in_force(struct work *work, const char *day, struct exchange_rate **rates, size_t *count);

struct rate_body {
	const char     *currency, *day; /* day NULL: today */
	struct decimal *rate;
};
SHAPE_DECLARE(struct rate_body, rate_body_shape);

/* Type a rate in, or another one for its day.  VALIDATION_FAILED.  Inside a transaction. */
const struct problem *type_rate(struct work *work, const struct rate_body *body, struct exchange_rate **rate);

/* Keep all rates of a file.  Inside a transaction. */
const struct problem *keep_rates(struct work *work, const struct rate_file *file);

/*
 * Load a file, plain or as the only one of a ZIP archive, from a path or by an address (https; in the development profile http, too),
 * which must be public or in deliveries.allow_networks: all of it or nothing.  VALIDATION_FAILED says each row that is wrong;
 * NOT_FOUND, PROVIDER_UNAVAILABLE.
 */
const struct problem *load_rates(struct work *work, const char *path_or_url, struct rate_file *file);

#endif
