/* See import_order.h: who bought it, whose goods they are, the rows, and the sums of reports. */
#include "ops/import_order.h"

#include "accounts/accounts.h"
#include "base/arena.h"
#include "base/config.h"
#include "exchange/display.h"
#include "exchange/rates.h"
#include "ops/seed.h"
#include "reports/fact.h"

#include <string.h>

enum { QUARTER_MS = 15 * 60 * 1000 };

struct known_number {
	const char *number, *currency;
	int64_t     total;
};
static const struct member known_number_members[] = {
	M_TEXT(struct known_number, number, "number", 64),
	M_TEXT(struct known_number, currency, "currency", 3),
	M_INTEGER(struct known_number, total, "total", 0, INT64_MAX, .column = "total_minor"),
};
SHAPE(struct known_number, known_number_shape, "KnownNumber", known_number_members);

struct known_buyer {
	struct user_id id;
	const char    *email;
};
static const struct member known_buyer_members[] = {
	M_ID(struct known_buyer, id, "id"),
	M_TEXT(struct known_buyer, email, "email", 254),
};
SHAPE(struct known_buyer, known_buyer_shape, "KnownBuyer", known_buyer_members);

struct known_good {
	const char        *sku;
	struct product_id  product;
	struct merchant_id merchant;
};
static const struct member known_good_members[] = {
	M_TEXT(struct known_good, sku, "sku", 64),
	M_ID(struct known_good, product, "product_id"),
	M_ID(struct known_good, merchant, "merchant_id", .computed = true),
};
SHAPE(struct known_good, known_good_shape, "KnownGood", known_good_members);

struct importing {
	struct work           *work;
	struct imported_order *orders;
	size_t                 count;
	struct batch           rows, parts, lines, sums;
	const char            *day; /* of the rates */
	struct display         rates;
};

/* ---- what is known ---- */

static void
know(struct imported_order *order, const char *number, const char *currency, int64_t total)
{
	if (strcmp(number, order->number) != 0)
		return;
	order->known = true;
	order->differs = total != order->total || strcmp(currency, order->currency) != 0;
}

static const struct problem *
find_known(struct importing *importing)
{
	struct parameter    *numbers = ARENA_ARRAY(importing->work->arena, importing->count, struct parameter);
	struct known_number *found;
	size_t               n;

	for (size_t i = 0; i < importing->count; i++)
		numbers[i] = P(importing->orders[i].number);
	TRY(db_rows_many(importing->work->db, &known_number_shape, importing->count, &found, &n,
	    "SELECT {} FROM imported_orders WHERE number IN ([?])", importing->count, importing->count, numbers));
	for (size_t i = 0; i < importing->count; i++) {
		struct imported_order *order = &importing->orders[i];

		order->known = order->differs = false;
		for (size_t k = 0; k < n; k++)
			know(order, found[k].number, found[k].currency, found[k].total);
		/* The same number twice in a batch: the first one counts. */
		for (size_t k = 0; k < i && !order->known; k++)
			know(order, importing->orders[k].number, importing->orders[k].currency, importing->orders[k].total);
	}
	return OK;
}

static const struct problem *
find_buyers(struct importing *importing)
{
	struct arena       *arena = importing->work->arena;
	struct parameter   *emails = ARENA_ARRAY(arena, importing->count, struct parameter);
	struct known_buyer *found;
	size_t              n = 0, asked = 0;

	for (size_t i = 0; i < importing->count; i++)
		if (importing->orders[i].email != NULL)
			emails[asked++] = P(normal_email(arena, importing->orders[i].email));
	if (asked > 0)
		TRY(db_rows_many(importing->work->db, &known_buyer_shape, asked, &found, &n,
		    "SELECT {} FROM users WHERE email IN ([?]) AND live_marker = 1", asked, asked, emails));
	for (size_t i = 0; i < importing->count; i++)
		for (size_t k = 0; k < n; k++)
			if (importing->orders[i].email != NULL && strcasecmp(found[k].email, importing->orders[i].email) == 0)
				importing->orders[i].user = &found[k].id;
	return OK;
}

static const struct problem *
find_goods(struct importing *importing)
{
	struct parameter  *skus = ARENA_ARRAY(importing->work->arena, importing->count * ORDER_LINES_MAX, struct parameter);
	struct known_good *found;
	size_t             n = 0, asked = 0;

	for (size_t i = 0; i < importing->count; i++)
		for (size_t k = 0; k < importing->orders[i].n_lines; k++)
			if (*importing->orders[i].lines[k].sku != '\0')
				skus[asked++] = P(importing->orders[i].lines[k].sku);
	if (asked == 0)
		return OK;
	TRY(db_rows_many(importing->work->db, &known_good_shape, asked, &found, &n,
	    "SELECT {v}, p.merchant_id FROM variants v JOIN products p ON p.id = v.product_id "
	    "WHERE v.sku_folded IN ([?]) AND v.live_marker = 1",
	    asked, asked, skus));
	for (size_t i = 0; i < importing->count; i++)
		for (size_t k = 0; k < importing->orders[i].n_lines; k++)
			for (size_t g = 0; g < n; g++) {
				struct imported_line *line = &importing->orders[i].lines[k];

				if (strcasecmp(found[g].sku, line->sku) != 0)
					continue;
				line->product = &found[g].product;
				line->merchant = &found[g].merchant;
			}
	return OK;
}

/* ---- what is written ---- */

/* What a part of an order adds to the reports, in minor units; costs are assumed, as where nobody has told them. */
struct sums {
	int64_t orders, quantity, back_quantity;
	int64_t gross, discount, shipping, tax, cost, refunds, back_cost;
};

static struct parameter
converted(const struct importing *importing, const char *currency, int64_t minor)
{
	struct money        money;
	const struct money *shown;

	if (!money_make(minor, currency, &money))
		return P((int64_t)0);
	shown = display_price(&importing->rates, money);
	return P(shown == NULL || *shown->currency == '\0' ? (int64_t)0 : shown->minor);
}

/* "one" for each measure, then the same in the reporting currency. */
#define SUM_NAMES(p) \
	p "gross_minor, " p "discount_minor, " p "shipping_minor, " p "tax_minor, " p "cost_minor, " p "estimated_minor, " p \
	  "refunds_minor, " p "back_cost_minor, " p "back_estimated_minor"
#define MORE_OF(name) name " = " name " + VALUES(" name ")"
#define MORE(p) \
	MORE_OF(p "gross_minor") \
	", " MORE_OF(p "discount_minor") ", " MORE_OF(p "shipping_minor") ", " MORE_OF(p "tax_minor") ", " MORE_OF( \
	    p "cost_minor") ", " MORE_OF(p "estimated_minor") ", " MORE_OF(p "refunds_minor") ", " MORE_OF(p \
	    "back_cost_minor") ", " MORE_OF(p "back_estimated_minor")
enum { MEASURED = 9, SUM_COLUMNS = 7 + 2 * MEASURED };

static void
add_sums(struct importing *importing, const struct imported_order *order, struct uuid merchant, const struct sums *sums)
{
	const int64_t    values[MEASURED] = { sums->gross, sums->discount, sums->shipping, sums->tax, sums->cost, sums->cost,
		   sums->refunds, sums->back_cost, sums->back_cost };
	struct instant   quarter = { order->placed_at.unix_ms - order->placed_at.unix_ms % QUARTER_MS };
	int64_t          revenue = sums->gross - sums->discount + sums->shipping;
	bool             has_rate = converted(importing, order->currency, 1000000).integer != 0;
	struct parameter row[SUM_COLUMNS] = { P(merchant), P(order->currency), P(quarter), P(sums->orders), P(sums->quantity),
		P(sums->back_quantity), P(has_rate ? (int64_t)0 : revenue) };

	for (int i = 0; i < MEASURED; i++) {
		row[7 + i] = P(values[i]);
		row[7 + MEASURED + i] = converted(importing, order->currency, values[i]);
	}
	batch_add_(&importing->sums, SUM_COLUMNS, row);
}

static void
add_to(struct sums *sums, const struct imported_line *line)
{
	sums->orders = 1;
	sums->quantity += line->quantity;
	sums->gross += line->subtotal + line->tax;
	sums->discount += line->discount;
	sums->tax += line->tax;
}

static bool
estimate(struct sums *sums, int64_t percent, bool given_back)
{
	if (!minor_scale(sums->gross - sums->discount, percent, 100, &sums->cost))
		return false;
	sums->back_cost = given_back ? sums->cost : 0;
	sums->back_quantity = given_back ? sums->quantity : 0;
	return true;
}

/* Each seller's part, once; what was given back falls to it by what it was of the total. */
static const struct problem *
add_parts(struct importing *importing, const struct imported_order *order, int64_t percent)
{
	bool counts = order->status != IMPORTED_CANCELLED;

	for (size_t i = 0; i < order->n_lines; i++) {
		const struct merchant_id *merchant = order->lines[i].merchant;
		struct sums               sums = { 0 };
		bool                      first = merchant != NULL;
		int64_t                   total;

		for (size_t k = 0; first && k < order->n_lines; k++) {
			const struct imported_line *other = &order->lines[k];

			if (other->merchant == NULL || !ID_EQUAL(*other->merchant, *merchant))
				continue;
			first = k >= i;
			add_to(&sums, other);
		}
		if (!first)
			continue;
		total = sums.gross - sums.discount;
		BATCH_ADD(&importing->parts, P(*merchant), P(order->id), P(sums.quantity), P(total));
		if (!counts)
			continue;
		if (!estimate(&sums, percent, order->status == IMPORTED_REFUNDED) ||
		    (order->total > 0 && !minor_scale(order->refunded, total, order->total, &sums.refunds)))
			return problem(INTERNAL, "an amount is too large");
		add_sums(importing, order, merchant->uuid, &sums);
	}
	return OK;
}

static const struct problem *
add_order(struct importing *importing, struct imported_order *order)
{
	static const struct uuid nobody;
	int64_t                  percent = importing->work->config->reports.estimated_cost_percent;
	struct sums              whole = { .shipping = order->shipping, .refunds = order->refunded };

	order->id = uuid_new();
	for (int i = 0; i < 6; i++) /* ordered by the time at which it was placed */
		order->id.bytes[i] = (uint8_t)((uint64_t)order->placed_at.unix_ms >> (40 - 8 * i));
	BATCH_ADD(&importing->rows, P(order->id), P(order->number), P(order->user), P(imported_status_values[order->status]),
	    P(order->currency), P(order->items), P(order->subtotal), P(order->discount), P(order->shipping), P(order->tax),
	    P(order->total), P(order->refunded), P(order->placed_at));
	for (size_t i = 0; i < order->n_lines; i++) {
		const struct imported_line *line = &order->lines[i];

		add_to(&whole, line);
		BATCH_ADD(&importing->lines, P(order->id), P(i), P(line->merchant), P(line->product), P(line->sku), P(line->name),
		    P(line->quantity), P(order->currency), P(line->price), P(line->discount), P(line->tax), P(line->total));
	}
	TRY(add_parts(importing, order, percent));
	if (order->status == IMPORTED_CANCELLED)
		return OK;
	if (!estimate(&whole, percent, order->status == IMPORTED_REFUNDED))
		return problem(INTERNAL, "an amount is too large");
	add_sums(importing, order, nobody, &whole);
	return OK;
}

static const struct problem *
need_rates(struct importing *importing, struct instant at)
{
	const char *currency = importing->work->config->reports.currency, *day = rates_day(importing->work, at);

	if (importing->day != NULL && strcmp(importing->day, day) == 0)
		return OK;
	importing->day = day;
	return display_open_on(importing->work, *currency == '\0' ? NULL : currency, day, &importing->rates);
}

static void
open_batches(struct importing *importing)
{
	struct arena *arena = importing->work->arena;

	importing->rows = batch_new(arena,
	    "INSERT INTO imported_orders (id, number, user_id, status, currency, item_count, subtotal_minor, discount_minor, "
	    "shipping_minor, tax_minor, total_minor, refunded_minor, placed_at) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    13);
	importing->parts = batch_new(
	    arena, "INSERT INTO imported_parts (merchant_id, order_id, item_count, total_minor) VALUES [(?, ?, ?, ?)]", 4);
	importing->lines = batch_new(arena,
	    "INSERT INTO imported_lines (order_id, position, merchant_id, product_id, sku, name, quantity, currency, unit_price_minor, "
	    "discount_minor, tax_minor, total_minor) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)]",
	    12);
	importing->sums = batch_new(arena,
	    "INSERT INTO report_imported (merchant_id, currency, quarter, orders, quantity, back_quantity, unconverted_minor, " SUM_NAMES("") ", " SUM_NAMES(
		"r_") ") VALUES "
		      "[(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)] ON DUPLICATE KEY UPDATE " MORE_OF("orders") ", " MORE_OF(
			  "quantity") ", " MORE_OF("back_quantity") ", " MORE_OF("unconverted_minor") ", " MORE("") ", " MORE("r_"),
	    SUM_COLUMNS);
}

static const struct problem *
write_orders(struct importing *importing, bool dry)
{
	struct batch batches[4];
	struct uuid  last = { 0 };

	importing->day = NULL;
	open_batches(importing);
	TRY(find_known(importing));
	TRY(find_buyers(importing));
	TRY(find_goods(importing));
	for (size_t i = 0; i < importing->count; i++) {
		struct imported_order *order = &importing->orders[i];

		if (order->known)
			continue;
		TRY(need_rates(importing, order->placed_at));
		TRY(add_order(importing, order));
		last = order->id;
	}
	batches[0] = importing->rows;
	batches[1] = importing->parts;
	batches[2] = importing->lines;
	batches[3] = importing->sums;
	if (importing->rows.count > 0)
		transaction_witness(importing->work, "SELECT COUNT(*) FROM imported_orders WHERE id = ?", last);
	TRY(batches_add(importing->work, batches, 4));
	return dry ? problem(CONFLICT, "a dry run") : OK;
}

const struct problem *
import_orders(struct work *work, struct imported_order *orders, size_t count, bool dry)
{
	struct importing      importing = { .work = work, .orders = orders, .count = count };
	const struct problem *problem = db_transaction(work, write_orders(&importing, dry));

	return dry && problem_is(problem, PROBLEM_CONFLICT) ? OK : problem;
}
