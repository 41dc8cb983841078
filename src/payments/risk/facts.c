/*
 * What the database knows of an attempt that is about to be made, in one statement.  Windows are ranges of an index, so a
 * count is exact; what was not paid in them is bounded by the limits that stop it (velocity.c).  What an account usually does
 * is read from its latest HISTORY payments.
 */
#include "base/arena.h"
#include "base/config.h"
#include "payments/risk/risk.h"
#include "store/db.h"

enum {
	HISTORY = 200,
	AMOUNTS_MIN = 50,
	HOUR_SECONDS = 3600,
	DAY_SECONDS = 24 * HOUR_SECONDS,
	SETTLED_SECONDS = 3 * DAY_SECONDS,
	PLACES_SECONDS = 10 * DAY_SECONDS,
	MONTH_SECONDS = 30 * DAY_SECONDS,
	DOMAIN_MAX = 255,
	PERCENT = 100,
	PERCENT_MAX = 100000,
	RULES_BYTES = 8192,
	HOUR_MS = 1000 * HOUR_SECONDS
};

struct row {
	struct instant *account_since, *first_paid;
	const char     *mail_domain, *country, *rules;
	struct uuid    *place;
	int64_t *paid, *paid_alike, *paid_alike_minor, *paid_here, *settled, *paid_long_ago, *places, *disputes, *disputes_here,
	    *paid_from_country;
	int64_t        *day_purposes, *session_purposes, *day_account, *attempts_account, *attempts_session;
	int64_t         attempts_purpose, attempts_address, attempts_network, paid_address, paid_network;
	int64_t         declines_purpose, declines_account, declines_address, declines_network;
	int64_t         young_network, grown_network, young_place;
	int64_t        *high_minor, *hot_quantity, *dear_quantity;
	struct instant *oldest_account, *oldest_address, *oldest_network;
};

#define COUNT_MEMBER(field) M_INTEGER(struct row, field, #field, 0, INT64_MAX)

static const struct member row_members[] = {
	M_TIME(struct row, account_since, "account_since"),
	M_TIME(struct row, first_paid, "first_paid"),
	M_TEXT(struct row, mail_domain, "mail_domain", DOMAIN_MAX),
	M_TEXT(struct row, country, "country", 2),
	M_TEXT(struct row, rules, "rules", RULES_BYTES),
	M_ID(struct row, place, "place"),
	COUNT_MEMBER(paid),
	COUNT_MEMBER(paid_alike),
	COUNT_MEMBER(paid_alike_minor),
	COUNT_MEMBER(paid_here),
	COUNT_MEMBER(settled),
	COUNT_MEMBER(paid_long_ago),
	COUNT_MEMBER(places),
	COUNT_MEMBER(disputes),
	COUNT_MEMBER(disputes_here),
	COUNT_MEMBER(paid_from_country),
	COUNT_MEMBER(day_purposes),
	COUNT_MEMBER(session_purposes),
	COUNT_MEMBER(day_account),
	COUNT_MEMBER(attempts_account),
	COUNT_MEMBER(attempts_session),
	COUNT_MEMBER(attempts_purpose),
	COUNT_MEMBER(attempts_address),
	COUNT_MEMBER(attempts_network),
	COUNT_MEMBER(paid_address),
	COUNT_MEMBER(paid_network),
	COUNT_MEMBER(declines_purpose),
	COUNT_MEMBER(declines_account),
	COUNT_MEMBER(declines_address),
	COUNT_MEMBER(declines_network),
	COUNT_MEMBER(young_network),
	COUNT_MEMBER(grown_network),
	COUNT_MEMBER(young_place),
	COUNT_MEMBER(high_minor),
	COUNT_MEMBER(hot_quantity),
	COUNT_MEMBER(dear_quantity),
	M_TIME(struct row, oldest_account, "oldest_account"),
	M_TIME(struct row, oldest_address, "oldest_address"),
	M_TIME(struct row, oldest_network, "oldest_network"),
};
SHAPE(struct row, row_shape, "RiskRow", row_members);

/* The door: not who stands behind it.  Takes the order. */
#define DOOR \
	"(SELECT UNHEX(MD5(LOWER(CONCAT_WS('|', JSON_VALUE(o.shipping_address, '$.line1'), JSON_VALUE(o.shipping_address, " \
	"'$.line2'), JSON_VALUE(o.shipping_address, '$.postal_code'), JSON_VALUE(o.shipping_address, '$.country'))))) " \
	"FROM orders o WHERE o.id = ?)"

/*
 * The account's latest payments.  What it usually does is what it did before the last three days: who has taken it over does not
 * become usual by doing it twice.  Takes currency twice, order, a month ago, ten days ago,
 * now, order, now, country, three days ago, the account.
 */
#define LATEST \
	"(SELECT SUM(l.risk_unpaid = 0) AS paid, MIN(l.succeeded_at) AS first_paid, MAX(l.succeeded_at) AS last_paid, " \
	"SUM(l.settled AND l.currency = ?) AS paid_alike, " \
	"SUM(IF(l.settled AND l.currency = ?, l.amount_minor, 0)) AS paid_alike_minor, " \
	"SUM(l.settled) AS settled, SUM(l.settled AND l.risk_place = " DOOR ") AS paid_here, " \
	"SUM(l.risk_unpaid = 0 AND l.created_at <= ?) AS paid_long_ago, " \
	"COUNT(DISTINCT IF(l.created_at > ?, l.risk_place, NULL)) AS places, " \
	"SUM(EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = l.id AND d.created_at <= ?)) AS disputes, " \
	"SUM(l.risk_place = " DOOR " AND EXISTS (SELECT 1 FROM disputes d WHERE d.payment_id = l.id AND d.created_at <= ?)) " \
	"AS disputes_here, SUM(l.settled AND l.risk_country = ?) AS paid_from_country " \
	"FROM (SELECT p.*, p.risk_unpaid = 0 AND p.created_at <= ? AS settled FROM payments p WHERE p.user_id = ? " \
	"ORDER BY p.id DESC LIMIT 200) l)"

/*
 * What the account did in a day; takes the purpose twice, session, the window's begin three times, session, account, the smallest id of the day.
 */
#define DAY_OF_ACCOUNT \
	"(SELECT COUNT(DISTINCT IF(p.purpose_id = ?, NULL, p.purpose_id)) AS day_purposes, " \
	"COUNT(DISTINCT IF(p.purpose_id <> ? AND p.risk_session = ?, p.purpose_id, NULL)) AS session_purposes, SUM(p.risk_unpaid = 1) AS day_account, " \
	"SUM(p.risk_unpaid = 1 AND p.created_at > ?) AS attempts_account, " \
	"MIN(IF(p.risk_unpaid = 1 AND p.created_at > ?, p.created_at, NULL)) AS oldest_account, " \
	"SUM(p.risk_unpaid = 1 AND p.created_at > ? AND p.risk_session = ?) AS attempts_session " \
	"FROM payments p WHERE p.user_id = ? AND p.id >= ?)"

/* In the window; takes the address or network and the window's begin. */
#define FROM_ADDRESS(what, unpaid) \
	"(SELECT " what " FROM payments p WHERE p.risk_address = ? AND p.risk_unpaid = " unpaid " AND p.created_at > ?)"
#define FROM_NETWORK(what, unpaid) \
	"(SELECT " what " FROM payments p WHERE p.risk_network = ? AND p.risk_unpaid = " unpaid " AND p.created_at > ?)"

#define MEASURE \
	"SELECT u.created_at AS account_since, SUBSTRING_INDEX(u.email, '@', -1) AS mail_domain, h.first_paid, h.paid, h.paid_alike, " \
	"h.paid_alike_minor, h.paid_here, h.settled, h.paid_long_ago, h.places, h.disputes, h.disputes_here, h.paid_from_country, v.day_purposes, v.session_purposes, v.day_account, v.attempts_account, v.attempts_session, v.oldest_account, " DOOR \
	" AS place, (SELECT JSON_VALUE(o.shipping_address, '$.country') FROM orders o WHERE o.id = ?) AS country, " \
	"(SELECT COUNT(*) FROM payments p WHERE p.purpose_kind = ? AND p.purpose_id = ? AND p.created_at > ?) AS attempts_purpose, " FROM_ADDRESS( \
	    "COUNT(*)", "1") " AS attempts_address, " FROM_ADDRESS("MIN(p.created_at)", \
	    "1") " AS oldest_address, " FROM_ADDRESS("COUNT(*)", "0") " AS paid_address, " FROM_NETWORK("COUNT(*)", \
	    "1") " AS attempts_network, " FROM_NETWORK("MIN(p.created_at)", "1") " AS oldest_network, " FROM_NETWORK("COUNT(*)", \
	    "0") " AS paid_network, " \
		 "(SELECT COUNT(*) FROM payments p JOIN payment_declines d ON d.payment_id = p.id WHERE p.purpose_kind = ? AND p.purpose_id = ? " \
		 "AND d.declined_at > ?) AS declines_purpose, " \
		 "(SELECT COUNT(*) FROM payment_declines d WHERE d.user_id = ? AND d.declined_at > GREATEST(?, IFNULL(h.last_paid, ?))) " \
		 "AS declines_account, " \
		 "(SELECT COUNT(*) FROM payment_declines d WHERE d.risk_address = ? AND d.declined_at > ?) AS declines_address, " \
		 "(SELECT COUNT(*) FROM payment_declines d WHERE d.risk_network = ? AND d.declined_at > ?) AS declines_network, " \
		 "(SELECT COUNT(DISTINCT p.user_id) FROM payments p WHERE p.risk_network = ? AND p.risk_young = 1 AND p.created_at > ? " \
		 "AND p.user_id <> IFNULL(?, '')) AS young_network, " \
		 "(SELECT COUNT(DISTINCT p.user_id) FROM payments p WHERE p.risk_network = ? AND p.risk_young = 0 AND p.created_at > ?) " \
		 "AS grown_network, " \
		 "(SELECT COUNT(DISTINCT p.user_id) FROM payments p WHERE p.risk_place = " DOOR \
		 " AND p.risk_young = 1 AND p.created_at > ? " \
		 "AND p.user_id <> IFNULL(?, '')) AS young_place, " \
		 "(SELECT a.high_minor FROM risk_amounts a WHERE a.currency = ? AND a.payments >= ?) AS high_minor, " \
		 "(SELECT MAX(l.quantity) FROM order_lines l JOIN risk_hot_products t ON t.product_id = l.product_id WHERE l.order_id = ?) " \
		 "AS hot_quantity, (SELECT MAX(l.quantity) FROM risk_amounts a JOIN order_lines l ON l.order_id = ? " \
		 "AND l.unit_price_minor >= a.high_minor * 1.5 WHERE a.currency = ? AND a.payments >= ?) AS dear_quantity, " \
		 "(SELECT GROUP_CONCAT(r.signal_name, ':', r.bound, ':', r.points ORDER BY r.signal_name, r.bound SEPARATOR ',') FROM risk_rules r WHERE r.enabled) AS rules " \
		 "FROM (SELECT 1 AS one) x LEFT JOIN users u ON u.id = ? JOIN " LATEST " h JOIN " DAY_OF_ACCOUNT " v"

static const struct problem *
read_row(
    struct work *work, const struct risk_case *attempt, const struct risk_origin *origin, struct instant now, struct row **row)
{
	const char        *kind = purpose_kind_values[attempt->kind];
	const struct uuid *order = attempt->kind == PURPOSE_ORDER ? &attempt->purpose : NULL;
	const char        *currency = attempt->amount.currency;
	struct instant     window = instant_add_seconds(now, -work->config->risk.window_seconds),
		       day = instant_add_seconds(now, -DAY_SECONDS), month = instant_add_seconds(now, -MONTH_SECONDS),
		       settled = instant_add_seconds(now, -SETTLED_SECONDS), days = instant_add_seconds(now, -PLACES_SECONDS);
	struct uuid              day_id = uuid_floor(day.unix_ms);
	const struct session_id *session = uuid_is_nil(work->viewer.session.uuid) ? NULL : &work->viewer.session;
	const struct uuid       *address = origin->address, *network = origin->network;
	const struct user_id    *payer = attempt->payer;

	return db_one(work->db, &row_shape, row, MEASURE, P(order), P(order), P(kind), P(attempt->purpose), P(window), P(address),
	    P(window), P(address), P(window), P(address), P(window), P(network), P(window), P(network), P(window), P(network),
	    P(window), P(kind), P(attempt->purpose), P(window), P(payer), P(day), P(day), P(address), P(window), P(network),
	    P(window), P(network), P(day), P(payer), P(network), P(day), P(order), P(month), P(payer), P(currency),
	    P(AMOUNTS_MIN), P(order), P(order), P(currency), P(AMOUNTS_MIN), P(payer), P(currency), P(currency), P(order),
	    P(month), P(days), P(now), P(order), P(now), P(origin->country), P(settled), P(payer), P(attempt->purpose),
	    P(attempt->purpose), P(session), P(window), P(window), P(window), P(session), P(payer), P(day_id));
}

static int64_t
given(const int64_t *value)
{
	return value == NULL ? 0 : *value;
}

static int64_t
at_least_zero(int64_t value)
{
	return value < 0 ? 0 : value;
}

/* part : whole in percent; a comparison, not money. */
static int64_t
percent(int64_t part, int64_t whole)
{
	int64_t value;

	return whole > 0 && minor_scale(part, PERCENT, whole, &value) && value < PERCENT_MAX ? value : PERCENT_MAX;
}

/* Until the oldest of the window has left it. */
static int64_t
wait_of(const struct work *work, const struct instant *oldest, struct instant now)
{
	int64_t seconds = work->config->risk.window_seconds;

	if (oldest != NULL)
		seconds -= (now.unix_ms - oldest->unix_ms) / 1000;
	return seconds < 1 ? 1 : seconds;
}

static void
count(const struct work *work, const struct row *row, struct instant now, struct risk_counts *counts)
{
	*counts = (struct risk_counts) {
		.attempts_purpose = row->attempts_purpose,
		.attempts_account = given(row->attempts_account),
		.attempts_session = given(row->attempts_session),
		.attempts_address = row->attempts_address,
		.attempts_network = row->attempts_network,
		.paid_address = row->paid_address,
		.paid_network = row->paid_network,
		.declines_purpose = row->declines_purpose,
		.declines_account = row->declines_account,
		.declines_address = row->declines_address,
		.declines_network = row->declines_network,
		.wait_purpose = wait_of(work, NULL, now),
		.wait_account = wait_of(work, row->oldest_account, now),
		.wait_address = wait_of(work, row->oldest_address, now),
		.wait_network = wait_of(work, row->oldest_network, now),
		.trusted = row->first_paid != NULL && row->first_paid->unix_ms < instant_add_seconds(now, -DAY_SECONDS).unix_ms &&
		    given(row->disputes) == 0,
	};
}

static void
note_account(const struct row *row, const struct risk_case *attempt, struct instant now, struct risk_facts *facts)
{
	int64_t age_ms = now.unix_ms - row->account_since->unix_ms;

	risk_fact(facts, RISK_ATTEMPTS_ACCOUNT, given(row->day_account));
	risk_fact(facts, RISK_ORDERS_ACCOUNT, given(row->day_purposes));
	risk_fact(facts, RISK_ORDERS_SESSION, given(row->session_purposes));
	risk_fact(facts, RISK_DECLINES_ACCOUNT, row->declines_account);
	risk_fact(facts, RISK_ACCOUNT_AGE, at_least_zero(age_ms) / HOUR_MS);
	risk_fact(facts, RISK_DISPUTES_ACCOUNT, given(row->disputes));
	risk_fact(facts, RISK_PAID_BEFORE, at_least_zero(given(row->paid_long_ago) - given(row->disputes)));
	if (given(row->paid_alike) > 0)
		risk_fact(facts, RISK_AMOUNT_ACCOUNT,
		    percent(attempt->amount.minor, given(row->paid_alike_minor) / given(row->paid_alike)));
	if (row->place == NULL)
		return;
	risk_fact(facts, RISK_DISPUTES_PLACE, given(row->disputes_here));
	risk_fact(facts, RISK_PLACES_ACCOUNT, given(row->places));
	risk_fact(facts, RISK_NEW_ADDRESS, given(row->settled) > 0 && given(row->paid_here) == 0);
}

static void
note_origin(const struct row *row, const struct risk_origin *origin, struct risk_facts *facts)
{
	risk_fact(facts, RISK_ATTEMPTS_ADDRESS, at_least_zero(row->attempts_address - row->paid_address));
	risk_fact(facts, RISK_DECLINES_ADDRESS, at_least_zero(row->declines_address - row->paid_address));
	risk_fact(facts, RISK_YOUNG_NETWORK, at_least_zero(row->young_network - row->grown_network));
	if (origin->country != NULL && row->country != NULL)
		risk_fact(facts, RISK_COUNTRY, strcmp(origin->country, row->country) != 0 && given(row->paid_from_country) == 0);
}

const struct problem *
risk_measure(struct work *work, const struct risk_case *attempt, const struct risk_origin *origin, struct risk_measured *measured)
{
	struct instant now = instant_now();
	struct row    *row;

	TRY(read_row(work, attempt, origin, now, &row));
	*measured = (struct risk_measured) { .place = row->place };
	count(work, row, now, &measured->counts);
	risk_rules_read(row->rules, &measured->rules);
	if (row->account_since != NULL) {
		note_account(row, attempt, now, &measured->facts);
		measured->young = now.unix_ms - row->account_since->unix_ms < (int64_t)DAY_SECONDS * 1000;
		risk_fact(
		    &measured->facts, RISK_DISPOSABLE, row->mail_domain != NULL && risk_is_disposable(work, row->mail_domain));
	}
	if (origin->address != NULL)
		note_origin(row, origin, &measured->facts);
	if (row->place != NULL)
		risk_fact(&measured->facts, RISK_YOUNG_PLACE, row->young_place);
	if (row->high_minor != NULL)
		risk_fact(&measured->facts, RISK_AMOUNT_SHOP, percent(attempt->amount.minor, *row->high_minor));
	if (attempt->kind == PURPOSE_ORDER && row->high_minor != NULL)
		risk_fact(&measured->facts, RISK_DEAR_QUANTITY, given(row->dear_quantity));
	if (attempt->kind == PURPOSE_ORDER)
		risk_fact(&measured->facts, RISK_HOT_QUANTITY, given(row->hot_quantity));
	return OK;
}
