/* Checks and prices an order request: the same for a quote and for an order. */
#include "orders/order.h"

#include "base/config.h"
#include "base/country.h"
#include "cart/cart.h"
#include "catalog/catalog.h"
#include "orders/reserved.h"
#include "store/db.h"

_Static_assert((int)ORDER_LINES_MAX >= (int)CART_LINES_MAX, "a full cart can be ordered");

/* One requested line, and its place in the body or the cart, for messages. */
struct wanted {
	struct variant_id variant;
	int64_t           quantity;
	size_t            place;
};

/* Merges items of the same variant into one line. */
static const struct problem *
merge_items(struct work *work, const struct order_request *request, struct wanted *wanted, size_t *count)
{
	int64_t max = work->config->orders.quantity_max;

	*count = 0;
	for (size_t i = 0; i < request->n_items; i++) {
		const struct order_item_request *item = &request->items[i];
		size_t                           at = 0;

		while (at < *count && !ID_EQUAL(wanted[at].variant, item->variant))
			at++;
		if (at == *count)
			wanted[(*count)++] = (struct wanted) { item->variant, 0, i };
		wanted[at].quantity += item->quantity;
		if (wanted[at].quantity > max)
			return problem_at(work->arena, PROBLEM_VALIDATION_FAILED,
			    arena_format(work->arena, "items.%zu.quantity", i),
			    arena_format(work->arena, "must be at most %lld per variant", (long long)max));
	}
	return OK;
}

/* The lines to order: the items of the request, or those of the cart. */
static const struct problem *
collect(struct work *work, struct draft *draft, bool lock, struct wanted **wanted, size_t *count)
{
	struct cart_line *lines;

	*wanted = ARENA_ARRAY(work->arena, ORDER_LINES_MAX, struct wanted);
	draft->from_cart = draft->request->n_items == 0;
	if (!draft->from_cart) {
		TRY(merge_items(work, draft->request, *wanted, count));
	} else {
		TRY(cart_lines(work, lock, &lines, count));
		for (size_t i = 0; i < *count; i++)
			(*wanted)[i] = (struct wanted) { lines[i].variant, lines[i].quantity, i };
	}
	if (*count == 0)
		return problem(CART_EMPTY, "the cart is empty and no items were given");
	if ((int64_t)*count > work->config->orders.line_max)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "items",
		    arena_format(work->arena, "must be at most %lld items", (long long)work->config->orders.line_max));
	return OK;
}

/* An offer, and beside each the addresses: everything that an order is made of, in one round trip. */
struct offered {
	struct offer          offer;
	struct order_address *ship_to, *bill_to; /* NULL: not an address of the viewer's */
	int64_t               gates;             /* that are locked */
};

static const struct member offered_members[] = {
	OFFER_MEMBERS(struct offered, offer.),
	M_OBJECT(struct offered, ship_to, "ship_to", order_address_shape),
	M_OBJECT(struct offered, bill_to, "bill_to", order_address_shape),
	M_INTEGER(struct offered, gates, "gates", 0, 2, .computed = true),
};
SHAPE(struct offered, offered_shape, "OfferedForOrder", offered_members);

static const struct problem *
check_addresses(struct work *work, const struct offered *row, struct draft *draft)
{
	const struct order_address *ship_to = row->ship_to;
	const struct order_address *bill_to = draft->request->billing_address != NULL ? row->bill_to : ship_to;

	if (ship_to == NULL)
		return problem_at(work->arena, PROBLEM_NOT_FOUND, "shipping_address_id", "address not found");
	if (bill_to == NULL)
		return problem_at(work->arena, PROBLEM_NOT_FOUND, "billing_address_id", "address not found");
	if (!country_known(ship_to->country)) /* from when any two letters were taken: no rule of shipping or tax means it */
		return problem_at(work->arena, PROBLEM_NOT_SHIPPED_THERE, "shipping_address_id",
		    "has a country that ISO 3166 does not know; correct the address");
	draft->shipping_address = *ship_to;
	draft->billing_address = *bill_to;
	return OK;
}

static const struct offer *
offer_of(const struct offered *rows, size_t count, struct variant_id variant)
{
	for (size_t i = 0; i < count; i++)
		if (ID_EQUAL(rows[i].offer.variant, variant))
			return &rows[i].offer;
	return NULL;
}

/* The first address is one row for all offers, and so is the second, which few orders have and nothing is read for. */
#define OFFERED(columns, addresses) \
	"SELECT STRAIGHT_JOIN " OFFER_COLUMNS ", {s ship_to}" columns " FROM " OFFER_TABLES \
	" LEFT JOIN addresses s ON s.id = ? AND s.user_id = ? AND s.deleted_at IS NULL" addresses " WHERE v.id IN ([?])"
#define BILLED " LEFT JOIN addresses b ON b.id = ? AND b.user_id = ? AND b.deleted_at IS NULL"

static const char *
offered_statement(bool billed, bool in_turn)
{
	if (in_turn)
		return billed ? OFFERED(", " GATES_LOCKED " AS gates, {b bill_to}", BILLED)
			      : OFFERED(", " GATES_LOCKED " AS gates", "");
	return billed ? OFFERED(", {b bill_to}", BILLED) : OFFERED("", "");
}

/*
 * offers[i] is that of wanted[i], NULL when there is no such variant.  Where there is none of all, no address was read, and
 * nothing may be locked.
 */
static const struct problem *
read_offered(
    struct work *work, struct draft *draft, bool in_turn, const struct wanted *wanted, size_t count, const struct offer ***offers)
{
	bool              billed = draft->request->billing_address != NULL;
	struct parameter *parameters = ARENA_ARRAY(work->arena, 6 + count, struct parameter);
	struct turn       turn = turn_of(work);
	struct offered   *rows;
	size_t            n = 0, n_rows;

	if (in_turn) {
		parameters[n++] = P(turn.account);
		parameters[n++] = P(turn.address);
	}
	parameters[n++] = P(draft->request->shipping_address);
	parameters[n++] = P(work->viewer.user);
	if (billed) {
		parameters[n++] = P(*draft->request->billing_address);
		parameters[n++] = P(work->viewer.user);
	}
	for (size_t i = 0; i < count; i++)
		parameters[n++] = P(wanted[i].variant);
	TRY(db_rows_many(
	    work->db, &offered_shape, count, &rows, &n_rows, offered_statement(billed, in_turn), count, n, parameters));
	if (n_rows > 0 && in_turn && rows[0].gates < (turn.account == turn.address ? 1 : 2))
		TRY(make_gates(work, &turn));
	if (n_rows > 0)
		TRY(check_addresses(work, &rows[0], draft));
	*offers = ARENA_ARRAY(work->arena, count, const struct offer *);
	for (size_t i = 0; i < count; i++)
		(*offers)[i] = offer_of(rows, n_rows, wanted[i].variant);
	return OK;
}

/* Names every line that cannot be ordered, not only the first. */
static const struct problem *
check_offers(struct work *work, const struct wanted *wanted, const struct offer *const *offers, size_t count)
{
	struct faults not_for_sale = { .count = 0 }, short_of = { .count = 0 };
	bool          mixed = false;

	for (size_t i = 0; i < count; i++) {
		const struct offer *offer = offers[i];

		if (offer == NULL || !offer->on_sale) {
			faults_add(
			    &not_for_sale, arena_format(work->arena, "items.%zu.variant_id", wanted[i].place), "is not for sale");
			continue;
		}
		mixed = mixed || (offers[0] != NULL && strcmp(offer->price.currency, offers[0]->price.currency) != 0);
		if (offer->available < wanted[i].quantity)
			faults_add(&short_of, arena_format(work->arena, "items.%zu.quantity", wanted[i].place),
			    arena_format(work->arena, "only %lld of '%s' left", (long long)offer->available, offer->sku));
	}
	if (not_for_sale.count > 0)
		return problem_faults(
		    work->arena, PROBLEM_NOT_FOR_SALE, "some of the items are not for sale; see details", &not_for_sale);
	if (mixed)
		return problem(MIXED_CURRENCY, "all items of an order must have the same currency");
	if (short_of.count > 0)
		return problem_faults(
		    work->arena, PROBLEM_INSUFFICIENT_STOCK, "not enough stock is left; see details", &short_of);
	return OK;
}

static struct money
in_currency(int64_t minor, const char *currency)
{
	return (struct money) { minor, { currency[0], currency[1], currency[2], '\0' } };
}

static const struct problem *
price_lines(struct work *work, const struct wanted *wanted, const struct offer *const *offers, size_t count, struct draft *draft)
{
	struct price *price = &draft->price;

	*price = (struct price) { .method = (enum shipping_method)draft->request->shipping_method,
		.country = draft->shipping_address.country,
		.currency = offers[0]->price.currency,
		.count = count,
		.lines = ARENA_ARRAY(work->arena, count, struct price_line) };
	for (size_t i = 0; i < count; i++)
		price->lines[i] = (struct price_line) {
			.quantity = wanted[i].quantity, .unit_price = offers[i]->price.minor, .tax_class = offers[i]->tax_class
		};
	TRY(price_order(rates_of(work->config), price));
	draft->lines = ARENA_ARRAY(work->arena, count, struct order_line);
	for (size_t i = 0; i < count; i++) {
		const struct price_line *priced = &price->lines[i];
		const struct offer      *offer = offers[i];

		draft->lines[i] = (struct order_line) { .variant = offer->variant,
			.product = offer->product,
			.merchant = offer->merchant,
			.name = offer->name,
			.slug = offer->slug,
			.sku = offer->sku,
			.options = offer->options,
			.quantity = priced->quantity,
			.unit_price = offer->price,
			.discount = in_currency(priced->discount, price->currency),
			.tax = in_currency(priced->tax, price->currency),
			.tax_included = in_currency(priced->tax_included, price->currency),
			.total = in_currency(priced->total, price->currency) };
	}
	return OK;
}

const struct problem *
draft_order(struct work *work, const struct order_request *request, bool placing, struct draft *draft)
{
	const struct offer **offers;
	struct wanted       *wanted;
	size_t               count;

	*draft = (struct draft) { .request = request };
	if (request->coupon != NULL)
		return problem_at(work->arena, PROBLEM_NO_SUCH_COUPON, "coupon", "is not valid");
	TRY(collect(work, draft, placing, &wanted, &count));
	TRY(read_offered(work, draft, placing && is_room_limited(work), wanted, count, &offers));
	TRY(check_offers(work, wanted, offers, count));
	return price_lines(work, wanted, offers, count, draft);
}

void
draft_show(const struct draft *draft, struct order *order)
{
	const struct price *price = &draft->price;

	order->lines = draft->lines;
	order->n_lines = price->count;
	order->currency = price->currency;
	order->shipping_method = (int)price->method;
	order->subtotal = in_currency(price->subtotal, price->currency);
	order->discount = in_currency(price->discount, price->currency);
	order->shipping = in_currency(price->shipping, price->currency);
	order->tax = in_currency(price->tax, price->currency);
	order->tax_included = in_currency(price->tax_included, price->currency);
	order->total = in_currency(price->total, price->currency);
}
