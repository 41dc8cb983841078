/* A year of payments: see year.h.  All chances and sizes stand here, in the places that use them. */
#include "tests/risk/year.h"

#include <assert.h>
#include <math.h>
#include <stdbool.h>
#include <stdlib.h>

enum { DAYS = 365, HOUR_MS = 3600 * 1000, MINUTE_MS = 60 * 1000 };
#define DAY_MS ((int64_t)24 * HOUR_MS)

const char *const year_pattern_names[] = {
#define X(name, text) text,
	YEAR_PATTERNS(X)
#undef X
};

/* Home, neighbours and far away. */
const char year_networks[] = "2|registry|20260101|6|19830101|20260101|+0000\n"
			     "registry|*|ipv4|*|6|summary\n"
			     "registry|IN|ipv4|100.0.0.0|4194304|20100101|allocated|a\n"
			     "registry|BD|ipv4|101.0.0.0|1048576|20100101|allocated|b\n"
			     "registry|AE|ipv4|102.0.0.0|1048576|20100101|allocated|c\n"
			     "registry|GB|ipv4|103.0.0.0|1048576|20100101|allocated|d\n"
			     "registry|US|ipv4|104.0.0.0|1048576|20100101|allocated|e\n"
			     "registry|RO|ipv4|105.0.0.0|1048576|20100101|assigned|f\n";

static const uint32_t    foreign_networks[] = { 101u << 24, 102u << 24, 103u << 24, 104u << 24, 105u << 24 };
static const char *const ordinary_domains[] = { "gmail.com", "yahoo.in", "outlook.com", "rediffmail.com", "proton.me",
	"company.example" };
static const char *const disposable_domains[] = { "mailinator.com", "guerrillamail.com", "10minutemail.com", "yopmail.com",
	"trashmail.com" };
static const char *const unlisted_domains[] = { "qx7mail.example", "inbox-now.example" };

int64_t
year_begin_ms(void)
{
	return INT64_C(1735689600000); /* 2025-01-01 */
}

/* ---- chance (splitmix64) ---- */

static uint64_t
draw(struct year *year)
{
	uint64_t z = year->random += UINT64_C(0x9E3779B97F4A7C15);

	z = (z ^ z >> 30) * UINT64_C(0xBF58476D1CE4E5B9);
	z = (z ^ z >> 27) * UINT64_C(0x94D049BB133111EB);
	return z ^ z >> 31;
}

static int64_t
between(struct year *year, int64_t low, int64_t high)
{
	return low + (int64_t)(draw(year) % (uint64_t)(high - low + 1));
}

static bool
chance(struct year *year, int per_mille)
{
	return between(year, 0, 999) < per_mille;
}

#define ONE_OF(year, list) ((list)[between(year, 0, (int64_t)(sizeof(list) / sizeof *(list)) - 1)])

/* ---- who and where ---- */

static uint32_t
home_address(struct year *year)
{
	return (100u << 24) + (uint32_t)between(year, 0, 4194303 - 65536);
}

static uint32_t
foreign_address(struct year *year)
{
	return ONE_OF(year, foreign_networks) + (uint32_t)between(year, 0, 1048575);
}

static uint32_t
new_place(struct year *year)
{
	return (uint32_t)draw(year);
}

static int
add_user(struct year *year, int64_t created_ms, int habit)
{
	assert(year->n_users < YEAR_USERS_MAX);
	year->users[year->n_users] =
	    (struct year_user) { .created_ms = created_ms, .mail_domain = ONE_OF(year, ordinary_domains), .habit = habit };
	if (chance(year, 4))
		year->users[year->n_users].mail_domain = ONE_OF(year, disposable_domains);
	return (int)year->n_users++;
}

/* Days of a feast and the two before it, when everybody buys. */
static bool
is_festival(int64_t day)
{
	return (day >= 72 && day <= 74) || (day >= 291 && day <= 295) || (day >= 355 && day <= 358);
}

static const int64_t festival_days[] = { 73, 292, 294, 356 };

/* A moment of waking hours; more of them in the evening, and on the days of feasts. */
static int64_t
waking_moment(struct year *year, int64_t first_day)
{
	int64_t day = between(year, first_day, DAYS - 1), hour = between(year, 0, 99);

	for (int tries = 0; tries < 3 && !is_festival(day); tries++)
		if (chance(year, 60))
			day = between(year, first_day, DAYS - 1);
	if (chance(year, 120))
		day = ONE_OF(year, festival_days);
	if (day < first_day)
		day = first_day;
	hour = hour < 5 ? hour : hour < 35 ? 8 + hour % 5 : hour < 60 ? 12 + hour % 6 : 17 + hour % 6;
	return year_begin_ms() + day * DAY_MS + hour * HOUR_MS + between(year, 0, HOUR_MS - 1);
}

static int64_t
day_of(int64_t at_ms)
{
	return (at_ms - year_begin_ms()) / DAY_MS;
}

/* ---- what ---- */

static bool
is_hot(const struct year_product *product, int64_t day)
{
	return day >= product->hot_from_day && day <= product->hot_until_day;
}

static int
pick_product(struct year *year, int64_t at_ms)
{
	for (;;) {
		int product = (int)between(year, 0, YEAR_PRODUCTS - 1);
		int weight = is_hot(&year->products[product], day_of(at_ms)) ? 100 : year->products[product].weight;

		if (between(year, 0, 99) < weight)
			return product;
	}
}

static int
pick_hot(struct year *year, int64_t at_ms)
{
	for (int tries = 0; tries < 10000; tries++) {
		int product = (int)between(year, 0, YEAR_PRODUCTS - 1);

		if (is_hot(&year->products[product], day_of(at_ms)))
			return product;
	}
	return pick_product(year, at_ms);
}

/* One of which so many cost about that. */
static int
pick_priced(struct year *year, int64_t low_minor, int64_t high_minor)
{
	for (int tries = 0; tries < 10000; tries++) {
		int     product = (int)between(year, 0, YEAR_PRODUCTS - 1);
		int64_t price = year->products[product].price_minor;

		if (price >= low_minor && price <= high_minor)
			return product;
	}
	return 0;
}

/* Prices are spread evenly over their logarithm, 99.00 to 60,000.00, most of them low; a few are hot for some weeks. */
static void
make_products(struct year *year)
{
	for (int i = 0; i < YEAR_PRODUCTS; i++) {
		struct year_product *product = &year->products[i];
		double               place = (double)between(year, 0, 9999) / 10000;

		product->price_minor = (int64_t)(9900 * pow(600, place * place)) / 100 * 100;
		product->weight = (int)between(year, 5, 40) * (product->price_minor > 1500000 ? 1 : 2) / 2;
		product->hot_from_day = 1000;
		if (i % 10 == 0) {
			product->price_minor = between(year, 1500, 9000) * 100;
			product->hot_from_day = (i / 10) * 12;
			product->hot_until_day = product->hot_from_day + 35;
		}
	}
}

static struct year_attempt *
add_attempt(struct year *year, struct year_attempt attempt)
{
	assert(year->n_attempts < YEAR_ATTEMPTS_MAX);
	attempt.amount_minor = year->products[attempt.product].price_minor * attempt.quantity + 4900;
	if (attempt.place_country == NULL)
		attempt.place_country = "IN";
	year->attempts[year->n_attempts] = attempt;
	return &year->attempts[year->n_attempts++];
}

/* ---- the honest ---- */

struct household {
	uint32_t address, place;
};

/* An honest attempt, and what an honest payer does when it is declined or they are disturbed: the same again. */
static void
buy(struct year *year, struct year_attempt attempt)
{
	int tries = 0;

	attempt.session = (uint32_t)draw(year);
	do {
		attempt.end = chance(year, 50) ? YEAR_DECLINED : chance(year, 40) ? YEAR_ABANDONED : YEAR_PAID;
		attempt.dispute_days = attempt.end == YEAR_PAID && chance(year, 1) ? (int)between(year, 10, 60) : 0;
		add_attempt(year, attempt);
		attempt.at_ms += between(year, 1, 10) * MINUTE_MS;
	} while (attempt.end != YEAR_PAID && ++tries < 4 && chance(year, 750));
}

static void
fill_basket(struct year *year, struct year_attempt *attempt, int habit)
{
	attempt->product = pick_product(year, attempt->at_ms);
	attempt->quantity = chance(year, 800) ? 1 : (int)between(year, 2, 4);
	if (habit == HABIT_CORPORATE) {
		attempt->product = pick_priced(year, 9900, 300000);
		attempt->quantity = (int)between(year, 8, 40);
	} else if (is_festival(day_of(attempt->at_ms)) && chance(year, 300)) {
		attempt->product = pick_hot(year, attempt->at_ms);
		attempt->quantity = chance(year, 900) ? 1 : 2;
	} else if (chance(year, 8)) { /* a wedding, a sofa */
		attempt->product = pick_priced(year, 1500000, 9000000);
		attempt->quantity = 1;
	}
}

static void
live(struct year *year, int user, struct household home, int orders)
{
	int     habit = year->users[user].habit;
	int64_t created = year->users[user].created_ms, first_day = day_of(created) + 1;

	for (int i = 0; i < orders; i++) {
		struct year_attempt attempt = { .user = user, .address = home.address, .place = home.place };

		/* Most register because they want to buy something now. */
		if (i == 0 && created >= year_begin_ms() && chance(year, 600))
			attempt.at_ms = created + between(year, 2, 40) * MINUTE_MS;
		else
			attempt.at_ms = waking_moment(year, first_day < 0 ? 0 : first_day >= DAYS ? DAYS - 1 : first_day);
		if (habit != HABIT_CAMPUS && habit != HABIT_CORPORATE && chance(year, 300))
			attempt.address = home_address(year); /* a telephone, another line */
		if (habit == HABIT_TRAVELLER && chance(year, 200))
			attempt.address = foreign_address(year);
		if (habit == HABIT_ABROAD)
			attempt.place = chance(year, 500) ? home.place : new_place(year);
		else if (chance(year, 70))
			attempt.place = new_place(year); /* a present, a move */
		fill_basket(year, &attempt, habit);
		buy(year, attempt);
	}
}

static void
settle_down(struct year *year, int habit, int households, int accounts, int orders_min, int orders_max)
{
	for (int i = 0; i < households; i++) {
		struct household home = { .address = habit == HABIT_ABROAD ? foreign_address(year) : home_address(year),
			.place = new_place(year) };

		for (int k = 0; k < accounts; k++) {
			int64_t since = chance(year, 450) ? -between(year, 1, 700) : between(year, 0, DAYS - 10);
			int     user =
			    add_user(year, year_begin_ms() + since * DAY_MS + between(year, 8 * HOUR_MS, 22 * HOUR_MS), habit);

			if (habit == HABIT_CAMPUS)
				home.place = new_place(year);
			live(year, user, home, (int)between(year, orders_min, orders_max));
		}
	}
}

/* ---- fraud: episodes, spread over the year; all but the first weeks, in which a shop knows nothing of itself ---- */

static int64_t
episode_begin(struct year *year)
{
	return year_begin_ms() + between(year, 30, DAYS - 40) * DAY_MS + between(year, 0, DAY_MS - 1);
}

static struct year_attempt *
steal(struct year *year, struct year_attempt attempt, int declined_per_mille)
{
	attempt.end = chance(year, declined_per_mille) ? YEAR_DECLINED : YEAR_PAID;
	if (attempt.end == YEAR_PAID)
		attempt.dispute_days = (int)between(year, 7, 45);
	return add_attempt(year, attempt);
}

static void
card_testing(struct year *year)
{
	int64_t             at = episode_begin(year);
	int                 cards = (int)between(year, 30, 90);
	struct year_attempt attempt = { .user = add_user(year, at - between(year, 5, 600) * MINUTE_MS, 0),
		.session = (uint32_t)draw(year),
		.address = chance(year, 500) ? home_address(year) : foreign_address(year),
		.place = new_place(year),
		.product = pick_priced(year, 9900, 30000),
		.quantity = 1,
		.pattern = YEAR_CARD_TESTING };

	for (int i = 0; i < cards; i++) {
		attempt.at_ms = at += between(year, 10, 120) * 1000;
		steal(year, attempt, 880);
	}
}

static void
many_cards(struct year *year)
{
	int64_t             at = episode_begin(year);
	int                 cards = (int)between(year, 8, 16);
	struct year_attempt attempt = { .user = add_user(year, at - between(year, 1, 20) * DAY_MS, 0),
		.session = (uint32_t)draw(year),
		.address = home_address(year),
		.place = new_place(year),
		.pattern = YEAR_MANY_CARDS };

	for (int i = 0; i < cards; i++) {
		attempt.at_ms = at += between(year, 2, 60) * MINUTE_MS;
		attempt.product = pick_priced(year, 150000, 2000000);
		attempt.quantity = 1;
		steal(year, attempt, 700);
	}
}

/* The account of somebody who buys here: who took it over has a new line, a new door and expensive wishes. */
static void
takeover(struct year *year)
{
	int64_t             at = episode_begin(year);
	int                 orders = (int)between(year, 1, 3);
	struct year_attempt attempt = { .session = (uint32_t)draw(year),
		.address = chance(year, 700) ? foreign_address(year) : home_address(year),
		.place = new_place(year),
		.pattern = YEAR_TAKEOVER };

	do
		attempt.user = (int)between(year, 0, 1999);
	while (year->users[attempt.user].created_ms > at - 20 * DAY_MS);
	for (int i = 0; i < orders; i++) {
		attempt.at_ms = at += between(year, 3, 50) * MINUTE_MS;
		attempt.product = pick_priced(year, 900000, 9000000);
		attempt.quantity = (int)between(year, 1, 2);
		steal(year, attempt, 250);
	}
}

static void
triangulation(struct year *year)
{
	int64_t             at = episode_begin(year);
	int                 orders = (int)between(year, 10, 25);
	struct year_attempt attempt = { .user = add_user(year, at - between(year, 1, 200) * HOUR_MS, 0),
		.pattern = YEAR_TRIANGULATION };

	for (int i = 0; i < orders; i++) {
		attempt.at_ms = at += between(year, 3, 40) * HOUR_MS;
		attempt.session = (uint32_t)draw(year);
		attempt.address = home_address(year);
		attempt.place = new_place(year);
		attempt.product = pick_priced(year, 120000, 1500000);
		attempt.quantity = 1;
		steal(year, attempt, 100);
	}
}

/* Gets the goods and says to the bank that they never came, again and again. */
static void
friendly(struct year *year)
{
	int64_t             at = year_begin_ms() + between(year, 20, 120) * DAY_MS;
	int                 orders = (int)between(year, 8, 14);
	struct year_attempt attempt = { .user = add_user(year, at - between(year, 1, 300) * DAY_MS, 0),
		.address = home_address(year),
		.place = new_place(year),
		.quantity = 1,
		.pattern = YEAR_FRIENDLY };

	for (int i = 0; i < orders; i++) {
		attempt.at_ms = at += between(year, 8 * 24, 20 * 24) * HOUR_MS;
		if (attempt.at_ms >= year_begin_ms() + DAYS * DAY_MS)
			return;
		attempt.session = (uint32_t)draw(year);
		attempt.product = pick_priced(year, 100000, 1200000);
		attempt.end = YEAR_PAID;
		attempt.dispute_days = chance(year, 750) ? (int)between(year, 6, 18) : 0;
		add_attempt(year, attempt);
	}
}

static void
mail_ring(struct year *year)
{
	int64_t  begun = episode_begin(year);
	int      accounts = (int)between(year, 6, 15);
	uint32_t network = home_address(year) & ~255u, door = new_place(year);

	for (int i = 0; i < accounts; i++) {
		int64_t             created = begun + between(year, 0, 20 * HOUR_MS);
		struct year_attempt attempt = { .user = add_user(year, created, 0),
			.session = (uint32_t)draw(year),
			.address = network + (uint32_t)between(year, 1, 254),
			.place = chance(year, 700) ? door : new_place(year),
			.pattern = YEAR_MAIL_RING };

		year->users[attempt.user].mail_domain =
		    chance(year, 800) ? ONE_OF(year, disposable_domains) : ONE_OF(year, unlisted_domains);
		attempt.at_ms = created;
		for (int64_t n = between(year, 1, 2); n > 0; n--) {
			attempt.at_ms += between(year, 3, 90) * MINUTE_MS;
			attempt.product = pick_priced(year, 200000, 1800000);
			attempt.quantity = 1;
			steal(year, attempt, 250);
		}
	}
}

static void
network_ring(struct year *year)
{
	int64_t  begun = episode_begin(year);
	int      accounts = (int)between(year, 12, 30);
	uint32_t network = (chance(year, 500) ? home_address(year) : foreign_address(year)) & ~255u;

	for (int i = 0; i < accounts; i++) {
		int64_t             created = begun + between(year, 0, 5 * HOUR_MS);
		struct year_attempt attempt = { .user = add_user(year, created, 0),
			.session = (uint32_t)draw(year),
			.address = network + (uint32_t)between(year, 1, 40),
			.place = new_place(year),
			.pattern = YEAR_NETWORK_RING };

		attempt.at_ms = created;
		for (int64_t n = between(year, 1, 3); n > 0; n--) {
			attempt.at_ms += between(year, 1, 40) * MINUTE_MS;
			attempt.product = pick_priced(year, 80000, 1200000);
			attempt.quantity = 1;
			steal(year, attempt, 500);
		}
	}
}

static void
new_and_high(struct year *year)
{
	int64_t             at = episode_begin(year);
	struct year_attempt attempt = { .user = add_user(year, at - between(year, 2, 50) * MINUTE_MS, 0),
		.session = (uint32_t)draw(year),
		.address = chance(year, 600) ? home_address(year) : foreign_address(year),
		.place = new_place(year),
		.product = pick_priced(year, 2500000, 9000000),
		.quantity = (int)between(year, 1, 3),
		.pattern = YEAR_NEW_AND_HIGH };

	for (int64_t n = between(year, 1, 3); n > 0; n--) {
		attempt.at_ms = at += between(year, 2, 20) * MINUTE_MS;
		steal(year, attempt, 400);
	}
}

static void
wrong_country(struct year *year)
{
	int64_t             at = episode_begin(year);
	struct year_attempt attempt = { .user = add_user(year, at - between(year, 10, 1200) * MINUTE_MS, 0),
		.session = (uint32_t)draw(year),
		.address = foreign_address(year),
		.place = new_place(year),
		.quantity = 1,
		.pattern = YEAR_WRONG_COUNTRY };

	for (int64_t n = between(year, 1, 3); n > 0; n--) {
		attempt.at_ms = at += between(year, 5, 60) * MINUTE_MS;
		attempt.product = chance(year, 500) ? pick_hot(year, at) : pick_priced(year, 600000, 4000000);
		steal(year, attempt, 350);
	}
}

static void
hot_bulk(struct year *year)
{
	int64_t             at = episode_begin(year);
	struct year_attempt attempt = { .user = add_user(year, at - between(year, 1, 60) * HOUR_MS, 0),
		.session = (uint32_t)draw(year),
		.address = home_address(year),
		.place = new_place(year),
		.product = pick_hot(year, at),
		.quantity = (int)between(year, 5, 20),
		.pattern = YEAR_HOT_BULK };

	for (int64_t n = between(year, 1, 3); n > 0; n--) {
		attempt.at_ms = at += between(year, 3, 45) * MINUTE_MS;
		steal(year, attempt, 300);
	}
}

static void
repeat(struct year *year, void (*episode)(struct year *year), int times)
{
	for (int i = 0; i < times; i++)
		episode(year);
}

/* ---- all of it ---- */

static int
by_time(const void *a, const void *b)
{
	const struct year_attempt *one = a, *other = b;

	if (one->at_ms != other->at_ms)
		return one->at_ms < other->at_ms ? -1 : 1;
	return one->session < other->session ? -1 : one->session > other->session;
}

struct year *
year_make(uint64_t seed)
{
	struct year *year = calloc(1, sizeof *year);

	assert(year != NULL);
	year->random = seed * UINT64_C(0xD1342543DE82EF95) + 1;
	year->users = calloc(YEAR_USERS_MAX, sizeof *year->users);
	year->attempts = calloc(YEAR_ATTEMPTS_MAX, sizeof *year->attempts);
	assert(year->users != NULL && year->attempts != NULL);
	make_products(year);
	settle_down(year, HABIT_ORDINARY, 2200, 1, 1, 6);
	settle_down(year, HABIT_FAMILY, 180, 4, 1, 6);
	settle_down(year, HABIT_CAMPUS, 2, 250, 1, 5);
	settle_down(year, HABIT_CORPORATE, 15, 2, 8, 24);
	settle_down(year, HABIT_TRAVELLER, 120, 1, 2, 8);
	settle_down(year, HABIT_ABROAD, 40, 1, 2, 6);
	repeat(year, card_testing, 6);
	repeat(year, many_cards, 12);
	repeat(year, takeover, 40);
	repeat(year, triangulation, 6);
	repeat(year, friendly, 8);
	repeat(year, mail_ring, 6);
	repeat(year, network_ring, 4);
	repeat(year, new_and_high, 35);
	repeat(year, wrong_country, 35);
	repeat(year, hot_bulk, 35);
	qsort(year->attempts, year->n_attempts, sizeof *year->attempts, by_time);
	return year;
}

void
year_free(struct year *year)
{
	free(year->users);
	free(year->attempts);
	free(year);
}
