/* The exchange rates of the demo shop: of the last days, so that they are not out of date, whatever day it is, and of the days that
 * have sales. */
#include "ops/seed.h"

#include "base/arena.h"

enum { RATE_COLUMNS = 5, DAYS = 5, DAYS_BEFORE = 35, WOBBLE = 40, DAY_SECONDS = 24 * 3600 };

/* About what a euro costs, in millionths; what the European Central Bank does not quote is typed in. */
static const struct {
	const char *code, *source;
	int64_t     millionths;
} rates[] = {
	{ "AED", "typed", 4270000 },
	{ "AUD", "file", 1760000 },
	{ "BDT", "typed", 141500000 },
	{ "CAD", "file", 1620000 },
	{ "CHF", "file", 930000 },
	{ "CNY", "file", 8250000 },
	{ "GBP", "file", 870000 },
	{ "GHS", "typed", 12700000 },
	{ "INR", "file", 103500000 },
	{ "JPY", "file", 180600000 },
	{ "KES", "typed", 150300000 },
	{ "KWD", "typed", 357000 },
	{ "NGN", "typed", 1680000000 },
	{ "PKR", "typed", 327000000 },
	{ "SGD", "file", 1505000 },
	{ "USD", "file", 1162600 },
};

/* A rate that is there stays, be it that somebody has typed another one in. */
static const char insert_rates[] = "INSERT INTO exchange_rates (id, currency, day, rate, source) VALUES [(?, ?, DATE(?), ?, ?)] "
				   "ON DUPLICATE KEY UPDATE rate = rate";

const struct problem *
seed_rates(const struct seed *seed)
{
	enum { RATES = sizeof rates / sizeof *rates };
	struct arena *arena = seed->work->arena;
	struct batch  batch = batch_new(arena, insert_rates, RATE_COLUMNS);
	int64_t       today = unix_seconds() / DAY_SECONDS;
	int64_t       days = seed->days == 0 ? DAYS : seed->days + DAYS_BEFORE;
	struct uuid   id = { 0 };

	for (int64_t day = today - days + 1; day <= today; day++)
		for (size_t i = 0; i < RATES; i++) {
			struct instant at = { day * DAY_SECONDS * 1000 };
			uint64_t       index = (uint64_t)day * RATES + i;
			struct dice    dice = seed_dice(seed, SEED_RATE, index);
			int64_t        rate = rates[i].millionths / 10000 * (10000 + dice_between(&dice, -WOBBLE, WOBBLE));

			id = seed_id(seed, SEED_RATE, index, at, (unsigned)i);
			BATCH_ADD(&batch, P(id), P(rates[i].code), P(at),
			    P(arena_format(arena, "%lld.%06lld", (long long)(rate / 1000000), (long long)(rate % 1000000))),
			    P(rates[i].source));
		}
	return batches_write(seed->work, &batch, 1, "SELECT COUNT(*) FROM exchange_rates WHERE id = ?", id);
}
