#include "tests/reports/books.h"

#include "base/instant.h"
#include "base/money.h"
#include "tests/reports/shop.h"
#include "tests/suite.h"

#include <mysql.h>
#include <stdio.h>
#include <string.h>

enum { LINES_MAX = 20, ESTIMATED_PERCENT = 60, DAY_MS = 86400000, THURSDAY = 4, RATE_ROWS_MAX = 2000 };

int64_t
half_even(int64_t a, int64_t b, int64_t c)
{
	__int128 product = (__int128)a * b, rest;
	int64_t  whole;

	if (c < 0) {
		product = -product;
		c = -c;
	}
	whole = (int64_t)(product / c);
	rest = product % c;
	if (rest < 0 && (2 * -rest > c || (2 * -rest == c && whole % 2 != 0)))
		return whole - 1;
	if (rest > 0 && (2 * rest > c || (2 * rest == c && whole % 2 != 0)))
		return whole + 1;
	return whole;
}

/* ---- rows ---- */

MYSQL_RES *
books_rows(const char *sql)
{
	MYSQL_RES *rows;

	if (mysql_query(shop.root, sql) != 0)
		printf("\n    %s: %s\n", mysql_error(shop.root), sql);
	rows = mysql_store_result(shop.root);
	REQUIRE(rows != NULL);
	return rows;
}

static int64_t
number(const char *text)
{
	return text == NULL ? 0 : strtoll(text, NULL, 10);
}

static struct uuid
id(const char *bytes)
{
	struct uuid id = { { 0 } };

	if (bytes != NULL)
		memcpy(id.bytes, bytes, sizeof id.bytes);
	return id;
}

static const char *
hex(struct uuid id)
{
	static char texts[4][33];
	static int  turn;
	char       *text = texts[turn++ % 4];

	for (int i = 0; i < 16; i++)
		snprintf(&text[2 * i], 3, "%02x", id.bytes[i]);
	return text;
}

/* ---- rates ---- */

static struct rate {
	char    currency[4], day[11];
	int64_t millionths;
} rates[RATE_ROWS_MAX];
static size_t n_rates;

static void
read_rates(void)
{
	MYSQL_RES *rows =
	    books_rows("SELECT currency, day, CAST(rate * 1000000 AS SIGNED) FROM exchange_rates ORDER BY currency, day");
	MYSQL_ROW row;

	for (n_rates = 0; (row = mysql_fetch_row(rows)) != NULL; n_rates++) {
		REQUIRE(n_rates < RATE_ROWS_MAX);
		snprintf(rates[n_rates].currency, sizeof rates->currency, "%s", row[0]);
		snprintf(rates[n_rates].day, sizeof rates->day, "%s", row[1]);
		rates[n_rates].millionths = number(row[2]);
	}
	mysql_free_result(rows);
}

/* The newest of that day or before; 0: none. */
static int64_t
rate_on(const char *currency, const char *day)
{
	int64_t found = strcmp(currency, "EUR") == 0 ? 1000000 : 0;

	for (size_t i = 0; i < n_rates; i++)
		if (strcmp(rates[i].currency, currency) == 0 && strcmp(rates[i].day, day) <= 0)
			found = rates[i].millionths;
	return found;
}

static int64_t
power_of_ten(int places)
{
	return places <= 0 ? 1 : 10 * power_of_ten(places - 1);
}

bool
convert_on(int64_t unix_ms, const char *currency, int64_t minor, int64_t *converted)
{
	const char  *into = shop.config.reports.currency;
	struct civil at = instant_civil_in((struct instant) { unix_ms }, shop.config.shop.time_zone);
	int64_t      from_rate, into_rate;
	char         day[40];

	snprintf(day, sizeof day, "%04d-%02d-%02d", at.year, at.month, at.day);
	from_rate = rate_on(currency, day);
	into_rate = rate_on(into, day);
	*converted = minor;
	if (strcmp(currency, into) == 0)
		return true;
	if (from_rate == 0 || into_rate == 0)
		return false;
	*converted = half_even(
	    minor, into_rate * power_of_ten(currency_exponent(into)), from_rate * power_of_ten(currency_exponent(currency)));
	return true;
}

/* ---- a transaction ---- */

struct transaction_row {
	struct uuid id, order, user;
	char        kind[20], country[3];
	int64_t     posted_ms, sold_ms;
	bool        is_of_dispute;
};

struct line {
	struct uuid merchant, product;
	int64_t     quantity, discount, tax, total, cost, accepted;
	bool        has_cost;
	char        rate[16];
};

/* What its entries say of the goods of one merchant, or of nobody's (nil), in one currency. */
struct part {
	struct uuid merchant;
	char        currency[4];
	int64_t     earned, tax, commission, shipping, fee, merchants;
	bool        earns;
};

struct reading {
	struct moves           moves;
	size_t                 room;
	struct transaction_row transaction;
	struct line            lines[LINES_MAX];
	size_t                 n_lines;
};

static bool
is_kind(const struct reading *reading, const char *prefix)
{
	return strncmp(reading->transaction.kind, prefix, strlen(prefix)) == 0;
}

static enum move_kind
kind_of(const struct reading *reading)
{
	const char *kind = reading->transaction.kind;

	if (strcmp(kind, "payment") == 0 || strcmp(kind, "collection") == 0 || strcmp(kind, "free_sale") == 0)
		return SALE;
	if (is_kind(reading, "refund") || is_kind(reading, "bounce") || is_kind(reading, "free_sale_"))
		return GIVEN_BACK;
	return is_kind(reading, "dispute") ? DISPUTED : OTHER;
}

static struct move *
add_move(struct reading *reading, enum move_of of, const struct part *part, int64_t gross)
{
	const struct transaction_row *transaction = &reading->transaction;
	struct move                  *move;

	if (reading->moves.count == reading->room) {
		reading->room = reading->room == 0 ? 1024 : 2 * reading->room;
		reading->moves.rows = realloc(reading->moves.rows, reading->room * sizeof *reading->moves.rows);
		REQUIRE(reading->moves.rows != NULL);
	}
	move = &reading->moves.rows[reading->moves.count++];
	*move = (struct move) { .posted_ms = transaction->posted_ms,
		.sold_ms = transaction->sold_ms,
		.kind = kind_of(reading),
		.of = of,
		.order = transaction->order,
		.merchant = part->merchant,
		.user = transaction->user,
		.own = { [GROSS] = gross } };
	memcpy(move->currency, part->currency, sizeof move->currency);
	return move;
}

/* The units of the line that it is about: those that came back, where any of its merchant's goods did. */
static int64_t
units_of(const struct reading *reading, const struct line *line)
{
	int64_t back = 0;

	for (size_t i = 0; i < reading->n_lines; i++)
		if (uuid_equal(reading->lines[i].merchant, line->merchant))
			back += reading->lines[i].accepted;
	return back > 0 ? line->accepted : line->quantity;
}

static int64_t
total_of(const struct line *line)
{
	return line->total;
}

static int64_t
tax_of(const struct line *line)
{
	return line->tax;
}

/* The amount over the merchant's lines by what their units cost (or their tax), half to even, the rest to the last of them. */
static void
spread(const struct reading *reading, struct uuid merchant, int64_t amount, int64_t (*of)(const struct line *), int64_t *shares)
{
	int64_t weights[LINES_MAX] = { 0 }, sum = 0, left = amount;
	size_t  last = 0;

	for (int by_units = 0; by_units < 2 && sum == 0; by_units++)
		for (size_t i = 0; i < reading->n_lines; i++) {
			const struct line *line = &reading->lines[i];

			if (!uuid_equal(line->merchant, merchant))
				continue;
			weights[i] = units_of(reading, line);
			if (!by_units)
				weights[i] = half_even(of(line), weights[i], line->quantity);
			sum += weights[i];
		}
	for (size_t i = 0; i < reading->n_lines; i++)
		last = weights[i] > 0 ? i : last;
	for (size_t i = 0; i < reading->n_lines; i++) {
		shares[i] = weights[i] == 0 || i == last ? 0 : half_even(amount, weights[i], sum);
		left -= shares[i];
	}
	shares[last] = left;
}

/* How many pieces went out (in: below zero) by it; money alone moves none. */
static int64_t
pieces_of(const struct reading *reading, const struct line *line, int64_t paid)
{
	int64_t sign = is_kind(reading, "bounce") ? 1 : -1, back = 0;

	for (size_t i = 0; i < reading->n_lines; i++)
		back += reading->lines[i].accepted;
	if (kind_of(reading) == SALE)
		return line->quantity;
	if (kind_of(reading) == DISPUTED)
		return 0;
	if (strcmp(reading->transaction.kind, "free_sale_ended") == 0)
		return -line->quantity;
	if (back > 0)
		return sign * line->accepted;
	return line->total > 0 && paid == sign * line->total ? sign * line->quantity : 0;
}

static void
add_line(struct reading *reading, const struct part *part, const struct line *line, int64_t paid, int64_t tax, int64_t commission)
{
	struct move *move = add_move(reading, OF_A_LINE, part, 0);
	int64_t      pieces = pieces_of(reading, line, paid);
	bool         whole = pieces == line->quantity || pieces == -line->quantity;

	move->product = line->product;
	memcpy(move->rate, line->rate, sizeof move->rate);
	memcpy(move->country, reading->transaction.country, sizeof move->country);
	move->quantity = pieces;
	move->own[DISCOUNT] = whole || line->total == 0 ? half_even(line->discount, pieces, line->quantity)
							: half_even(line->discount, paid, line->total);
	move->own[GROSS] = paid + move->own[DISCOUNT];
	move->own[TAX] = tax;
	move->own[COMMISSION] = commission;
	move->own[COST] =
	    line->has_cost ? line->cost * pieces : half_even(line->total, ESTIMATED_PERCENT * pieces, 100 * line->quantity);
	move->own[ESTIMATED] = line->has_cost ? 0 : move->own[COST];
}

static bool
sells_lines(const struct reading *reading, struct uuid merchant)
{
	for (size_t i = 0; i < reading->n_lines; i++)
		if (uuid_equal(reading->lines[i].merchant, merchant))
			return true;
	return false;
}

static void
add_earned(struct reading *reading, const struct part *part)
{
	int64_t paid[LINES_MAX], taxes[LINES_MAX], commissions[LINES_MAX];

	if (!sells_lines(reading, part->merchant)) {
		struct move *move = add_move(reading, OF_NO_LINE, part, part->earned);

		move->own[TAX] = part->tax;
		move->own[COMMISSION] = part->commission;
		return;
	}
	spread(reading, part->merchant, part->earned, total_of, paid);
	spread(reading, part->merchant, part->tax, tax_of, taxes);
	spread(reading, part->merchant, part->commission, total_of, commissions);
	for (size_t i = 0; i < reading->n_lines; i++)
		if (uuid_equal(reading->lines[i].merchant, part->merchant) && units_of(reading, &reading->lines[i]) > 0)
			add_line(reading, part, &reading->lines[i], paid[i], taxes[i], commissions[i]);
}

static void
add_part(struct reading *reading, const struct part *part)
{
	bool payout = is_kind(reading, "payout"), of_dispute = reading->transaction.is_of_dispute;

	if (part->earns && !payout && !of_dispute)
		add_earned(reading, part);
	if (payout && part->merchants != 0)
		add_move(reading, OF_A_PAYOUT, part, part->merchants);
	if (of_dispute && part->merchants != 0)
		add_move(reading, OF_A_CHARGE, part, part->merchants);
	if (part->shipping != 0)
		add_move(reading, OF_SHIPPING_COST, part, part->shipping);
	if (part->fee != 0)
		add_move(reading, OF_PROVIDER_FEE, part, part->fee);
}

/* ---- reading ---- */

static void
read_lines(struct reading *reading, struct uuid source)
{
	char       sql[1200];
	MYSQL_RES *rows;
	MYSQL_ROW  row;

	reading->n_lines = 0;
	if (uuid_is_nil(reading->transaction.order))
		return;
	snprintf(sql, sizeof sql,
	    "SELECT l.merchant_id, l.product_id, l.quantity, l.discount_minor, l.tax_minor, l.total_minor, l.cost_minor, l.tax_rate, "
	    "(SELECT SUM(x.accepted) FROM return_lines x JOIN returns r ON r.id = x.return_id "
	    "WHERE x.line_id = l.id AND (r.id = x'%s' OR r.refund_id = x'%s')) FROM order_lines l WHERE l.order_id = x'%s' "
	    "ORDER BY l.position",
	    hex(source), hex(source), hex(reading->transaction.order));
	rows = books_rows(sql);
	while ((row = mysql_fetch_row(rows)) != NULL) {
		struct line *line = &reading->lines[reading->n_lines++];

		REQUIRE(reading->n_lines <= LINES_MAX);
		*line = (struct line) { .merchant = id(row[0]),
			.product = id(row[1]),
			.quantity = number(row[2]),
			.discount = number(row[3]),
			.tax = number(row[4]),
			.total = number(row[5]),
			.cost = number(row[6]),
			.has_cost = row[6] != NULL,
			.accepted = number(row[8]) };
		snprintf(line->rate, sizeof line->rate, "%s", row[7] == NULL ? "" : row[7]);
	}
	mysql_free_result(rows);
}

static void
read_parts(struct reading *reading)
{
	char       sql[1200];
	MYSQL_RES *rows;
	MYSQL_ROW  row;

#define EARNS "a.kind IN ('merchant', 'commission', 'tax', 'discount')"
#define SUM_OF(kinds) "SUM(IF(" kinds ", e.amount_minor, 0))"
	snprintf(sql, sizeof sql,
	    "SELECT IFNULL(e.merchant_id, a.merchant_id) AS whose, e.currency, -" SUM_OF(EARNS) ", -" SUM_OF("a.kind = 'tax'") ", -" SUM_OF(
		"a.kind = 'commission'") ", -" SUM_OF("a.kind = 'shipping'") ", " SUM_OF("a.kind = 'fee'") ", " SUM_OF("a.kind = 'merchant'") ", SUM(" EARNS
																	      ") "
																	      "FROM ledger_entries e JOIN ledger_accounts a ON a.id = e.account_id WHERE e.transaction_id = x'%s' GROUP BY whose, e.currency",
	    hex(reading->transaction.id));
	rows = books_rows(sql);
	while ((row = mysql_fetch_row(rows)) != NULL) {
		struct part part = { .merchant = id(row[0]),
			.earned = number(row[2]),
			.tax = number(row[3]),
			.commission = number(row[4]),
			.shipping = number(row[5]),
			.fee = number(row[6]),
			.merchants = number(row[7]),
			.earns = number(row[8]) > 0 };

		snprintf(part.currency, sizeof part.currency, "%s", row[1]);
		add_part(reading, &part);
	}
	mysql_free_result(rows);
}

/* At the rates of its day; the first sale of its order, or of its merchant's part, is one of all that were read before. */
static void
complete(struct moves *moves, size_t at)
{
	struct move *move = &moves->rows[at];

	move->has_rate = true;
	for (int i = 0; i < AMOUNTS; i++)
		move->has_rate = convert_on(move->posted_ms, move->currency, move->own[i], &move->converted[i]) && move->has_rate;
	if (move->kind != SALE || move->of != OF_A_LINE)
		return;
	move->first_of_order = move->first_of_part = true;
	for (size_t i = 0; i < at; i++) {
		const struct move *before = &moves->rows[i];

		if (before->kind != SALE || before->of != OF_A_LINE || !uuid_equal(before->order, move->order))
			continue;
		move->first_of_order = false;
		move->first_of_part = move->first_of_part && !uuid_equal(before->merchant, move->merchant);
	}
}

#define MILLISECONDS(column) "CAST(UNIX_TIMESTAMP(" column ") * 1000 AS SIGNED)"

struct moves
moves_read(void)
{
	struct reading reading = { .room = 0 };
	MYSQL_RES     *rows;
	MYSQL_ROW      row;

	read_rates();
	/* What is taken back was sold when the first money for it came: by its payment, or the parcel of a free order. */
	rows = books_rows("SELECT t.id, t.source_kind, t.source_id, " MILLISECONDS("t.created_at") ", IFNULL((SELECT " MILLISECONDS(
	    "MIN(s.created_at)") " FROM ledger_transactions s WHERE s.origin_id = IFNULL(p.id, f.id) AND s.source_kind IN "
				 "('payment', 'collection', 'free_sale')), " MILLISECONDS(
				     "t.created_at") "), d.id IS NOT NULL, o.id, IFNULL(o.user_id, p.user_id), "
						     "JSON_VALUE(o.shipping_address, '$.country') FROM ledger_transactions t "
						     "LEFT JOIN disputes d ON d.id = t.origin_id LEFT JOIN payments p ON p.id = IFNULL(d.payment_id, t.origin_id) "
						     "LEFT JOIN fulfilments f ON f.id = t.origin_id LEFT JOIN orders o ON o.id = IFNULL(p.order_id, f.order_id) "
						     "ORDER BY t.created_at, t.id");
	while ((row = mysql_fetch_row(rows)) != NULL) {
		struct transaction_row *transaction = &reading.transaction;

		*transaction = (struct transaction_row) { .id = id(row[0]),
			.posted_ms = number(row[3]),
			.sold_ms = number(row[4]),
			.is_of_dispute = number(row[5]) > 0,
			.order = id(row[6]),
			.user = id(row[7]) };
		snprintf(transaction->kind, sizeof transaction->kind, "%s", row[1]);
		snprintf(transaction->country, sizeof transaction->country, "%s", row[8] == NULL ? "" : row[8]);
		read_lines(&reading, id(row[2]));
		read_parts(&reading);
	}
	mysql_free_result(rows);
	for (size_t i = 0; i < reading.moves.count; i++)
		complete(&reading.moves, i);
	return reading.moves;
}

void
moves_free(struct moves *moves)
{
	free(moves->rows);
	*moves = (struct moves) { NULL, 0 };
}

/* ---- zones ---- */

static char zone_of_moments[64];

struct moment
moment_of(int64_t unix_ms)
{
	struct civil at = instant_civil_in((struct instant) { unix_ms }, zone_of_moments);
	struct civil midnight = { .year = at.year, .month = at.month, .day = at.day };
	int64_t      day = instant_from_civil(midnight).unix_ms / DAY_MS;

	return (struct moment) { .day = day, .hour_of_week = 24 * (int)((day + THURSDAY) % 7) + at.hour };
}

void
moves_in_zone(struct moves *moves, const char *zone)
{
	snprintf(zone_of_moments, sizeof zone_of_moments, "%s", zone);
	for (size_t i = 0; i < moves->count; i++) {
		moves->rows[i].posted = moment_of(moves->rows[i].posted_ms);
		moves->rows[i].sold = moment_of(moves->rows[i].sold_ms);
	}
}
