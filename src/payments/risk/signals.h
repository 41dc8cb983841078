/*
 * signals.h: what is measured of an attempt to pay, and what the rules make of it.
 *
 * RISK_SIGNALS is the one list: the name in C, the name in rows and answers, whether a rule's bound is reached from above
 * (AT_MOST: the account is at most so old) or from below, and what it means.  A measure may be unknown, and then no rule
 * of it counts.  Scores are pure: the same facts and rules give the same score.
 */
#ifndef RISK_SIGNALS_H
#define RISK_SIGNALS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

/* clang-format off */
#define RISK_SIGNALS(X) \
	X(ATTEMPTS_ACCOUNT, "attempts_account", AT_LEAST, "Attempts of the account in 24 hours that were not paid.") \
	X(ORDERS_ACCOUNT, "orders_account", AT_LEAST, "Other orders that the account has begun to pay in 24 hours.") \
	X(ORDERS_SESSION, "orders_session", AT_LEAST, "Those of them in the same session.") \
	X(ATTEMPTS_ADDRESS, "attempts_address", AT_LEAST, "Attempts from the address in an hour that were not paid, less those that were.") \
	X(DECLINES_ACCOUNT, "declines_account", AT_LEAST, "Declines of the account in 24 hours, since it last paid.") \
	X(DECLINES_ADDRESS, "declines_address", AT_LEAST, "Declines at the address in an hour, less what was paid there.") \
	X(YOUNG_NETWORK, "young_accounts_network", AT_LEAST, "Other accounts younger than a day that paid from the network in 24 hours, less the older ones that did.") \
	X(YOUNG_PLACE, "young_accounts_place", AT_LEAST, "Other accounts younger than a day that had goods sent to the same door in 30 days.") \
	X(PLACES_ACCOUNT, "places_account", AT_LEAST, "Doors that the account has had goods sent to in 10 days, before this one.") \
	X(AMOUNT_ACCOUNT, "amount_account", AT_LEAST, "The amount in percent of what the account pays on average.") \
	X(AMOUNT_SHOP, "amount_shop", AT_LEAST, "The amount in percent of what 95 of 100 of the shop's payments do not exceed.") \
	X(ACCOUNT_AGE, "account_age_hours", AT_MOST, "Age of the account in hours.") \
	X(NEW_ADDRESS, "new_address", AT_LEAST, "1 if the account has paid three days ago or earlier, but never for goods to that door.") \
	X(COUNTRY, "country_mismatch", AT_LEAST, "1 if the payer's network is in another country than the goods go to, and the account has not paid from there before.") \
	X(DISPOSABLE, "disposable_mail", AT_LEAST, "1 if the e-mail address is of a disposable domain.") \
	X(HOT_QUANTITY, "hot_quantity", AT_LEAST, "Quantity of the largest line of a product that sells far better than others.") \
	X(DEAR_QUANTITY, "dear_quantity", AT_LEAST, \
	    "Quantity of the largest line of goods that cost one and a half times as much each as 95 of 100 of the shop's payments do.") \
	X(DISPUTES_ACCOUNT, "disputes_account", AT_LEAST, "Disputes of the account's latest payments.") \
	X(DISPUTES_PLACE, "disputes_place", AT_LEAST, "Those of them for goods to the same door.") \
	X(PAID_BEFORE, "paid_before", AT_LEAST, "Undisputed payments of the account, older than 30 days; rules take points off.")
/* clang-format on */

enum risk_signal {
#define X(name, text, side, meaning) RISK_##name,
	RISK_SIGNALS(X)
#undef X
	    RISK__COUNT
};

/* Their names, NULL at the end; and what they mean. */
extern const char *const risk_signal_values[];
extern const char *const risk_signal_meanings[];

struct risk_facts {
	int64_t  values[RISK__COUNT];
	uint32_t known; /* a bit each */
};

static inline void
risk_fact(struct risk_facts *facts, enum risk_signal signal, int64_t value)
{
	facts->values[signal] = value;
	facts->known |= UINT32_C(1) << signal;
}

enum { RISK_RULES_MAX = 64, RISK_POINTS_MAX = 100 };

/* A row of risk_rules. */
struct risk_points {
	int     signal; /* enum risk_signal */
	int64_t bound, points;
};

struct risk_rule_set {
	struct risk_points rules[RISK_RULES_MAX];
	size_t             count;
};

/* Reads "signal:bound:points,..." as the database joins its rows (NULL: none); what this program does not know is left out. */
void risk_rules_read(const char *text, struct risk_rule_set *set);

/* A bit for each rule whose bound the facts reach. */
uint64_t risk_reached(const struct risk_rule_set *set, const struct risk_facts *facts);

/* Of those the ones that count: of each signal the one whose points are furthest from 0, and of equal ones the first. */
uint64_t risk_matches(const struct risk_rule_set *set, uint64_t reached);

/* Of those the ones that say most: of each signal the one with the bound that is hardest to reach. */
uint64_t risk_strictest(const struct risk_rule_set *set, uint64_t reached);

/* The sum of the points, 0 to 100. */
int risk_score(const struct risk_rule_set *set, uint64_t matches);

/* The names of the signals that add points, joined by commas; "" when there is none. */
const char *risk_names(struct arena *arena, const struct risk_rule_set *set, uint64_t matches);

/* All that is known as "name:value,...", and back. */
const char *risk_facts_text(struct arena *arena, const struct risk_facts *facts);
void        risk_facts_read(const char *text, struct risk_facts *facts);

#endif
