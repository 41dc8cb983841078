/*
 * Files of exchange rates, plain or in an archive: whatever is in them, they are taken whole and in bounds, or it is said why not.
 */
#include "base/arena.h"
#include "base/money.h"
#include "base/problem.h"
#include "base/unzip.h"
#include "exchange/rate_file.h"
#include "exchange/rates.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { BYTES_MAX = 16 * 1024 };

static void
check_rates(const struct rate_file *file)
{
	PROPERTY(file->count > 0 && file->days > 0 && strcmp(file->first_day, file->last_day) <= 0);
	for (size_t i = 0; i < file->count; i++) {
		const struct file_rate *rate = &file->rates[i];

		PROPERTY(currency_exponent(rate->currency) >= 0 && strcmp(rate->currency, RATES_BASE) != 0);
		PROPERTY(rate->millionths > 0 && rate->millionths <= RATE_MILLIONTHS_MAX);
		PROPERTY(day_is_valid(rate->day) && strcmp(rate->day, "2026-12-31") <= 0);
		PROPERTY(strcmp(rate->day, file->first_day) >= 0 && strcmp(rate->day, file->last_day) <= 0);
	}
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	struct arena    *arena = fuzz_arena();
	char            *file = arena_copy(arena, bytes, length);
	struct rate_file rates;
	struct faults    faults = { .count = 0 };

	if (length > BYTES_MAX)
		return;
	if (unzip_is_archive(file, length) && unzip_only(arena, file, length, BYTES_MAX, &file, &length) != NULL)
		return;
	PROPERTY(length <= BYTES_MAX);
	if (rate_file_read(arena, file, length, "2026-12-31", &rates, &faults))
		check_rates(&rates);
	else
		PROPERTY(faults.count > 0 && faults.list[0].what[0] != '\0');
}
