/*
 * year.h: a year of a shop's payments, made up: honest customers as they are, and ten kinds of fraud among them.
 *
 * The same seed gives the same year.  It says who pays what, from where and when, how the attempt would end and what becomes of
 * it later; it knows nothing of how risk is judged, and was written before that was.  Rules are tuned on some seeds and
 * held against others.
 */
#ifndef YEAR_H
#define YEAR_H

#include <stddef.h>
#include <stdint.h>

#define YEAR_PATTERNS(X) \
	X(HONEST, "honest") \
	X(CARD_TESTING, "card testing with tiny amounts") \
	X(MANY_CARDS, "many cards on one account") \
	X(TAKEOVER, "account takeover, goods to a new address") \
	X(TRIANGULATION, "triangulation: one account, many receivers") \
	X(FRIENDLY, "friendly fraud, repeated") \
	X(MAIL_RING, "ring of disposable mail addresses") \
	X(NETWORK_RING, "velocity across the accounts of a network") \
	X(NEW_AND_HIGH, "high amount on a new account") \
	X(WRONG_COUNTRY, "network and address of different countries") \
	X(HOT_BULK, "hot items in bulk")

enum year_pattern {
#define X(name, text) YEAR_##name,
	YEAR_PATTERNS(X)
#undef X
	    YEAR_PATTERNS__COUNT
};
extern const char *const year_pattern_names[];

/* Honest customers who look less ordinary than others. */
enum year_habit {
	HABIT_ORDINARY,
	HABIT_FAMILY,    /* several accounts at home behind one address, one front door */
	HABIT_CAMPUS,    /* hundreds of accounts behind one address */
	HABIT_CORPORATE, /* buys by the dozen from an office */
	HABIT_TRAVELLER, /* orders home from abroad, now and then */
	HABIT_ABROAD,    /* lives abroad and sends presents home, each to another door */
	HABIT__COUNT
};

enum { YEAR_PRODUCTS = 300, YEAR_ATTEMPTS_MAX = 60000, YEAR_USERS_MAX = 12000 };

struct year_product {
	int64_t price_minor;
	int     weight; /* how often it is bought, beside others */
	int     hot_from_day, hot_until_day;
};

struct year_user {
	int64_t     created_ms;
	const char *mail_domain;
	int         habit;
};

enum year_end { YEAR_PAID, YEAR_DECLINED, YEAR_ABANDONED };

/* One attempt to pay for an order, its own. */
struct year_attempt {
	int64_t     at_ms;
	int         user; /* index */
	uint32_t    session;
	uint32_t    address;       /* IPv4, in the host's order */
	uint32_t    place;         /* where the goods go: a front door */
	const char *place_country; /* ISO 3166-1 alpha-2 */
	int         product, quantity;
	int64_t     amount_minor;
	int         end;          /* enum year_end */
	int         dispute_days; /* after so many days; 0: never */
	int         pattern;      /* enum year_pattern */
};

struct year {
	struct year_product  products[YEAR_PRODUCTS];
	struct year_user    *users;
	struct year_attempt *attempts; /* in the order of time */
	size_t               n_users, n_attempts;
	uint64_t             random;
};

/* The first moment of the year, in milliseconds since 1970. */
int64_t year_begin_ms(void);

/* Never NULL.  Freed by year_free. */
struct year *year_make(uint64_t seed);
void         year_free(struct year *year);

/* The networks that addresses are from, as a regional registry lists them: lines "registry|IN|ipv4|100.0.0.0|65536|...". */
extern const char year_networks[];

#endif
