/* Checks and prices an order request: the same for a quote and for an order. */
#include "orders/order.h"

#include "base/config.h"
#include "base/country.h"
#include "base/text.h"
#include "cart/cart.h"
#include "catalog/catalog.h"
#include "orders/reserved.h"
#include "promotions/promotions.h"
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

/* An offer, and beside each the addresses and the coupon: everything that an order is made of, in one round trip. */
struct offered {
	struct offer          offer;
	struct order_address *ship_to, *bill_to; /* NULL: not an address of the viewer's */
	int64_t               gates;             /* that are locked */
	int64_t              *cost_minor;        /* of one, to its seller */
	struct coupon_terms  *coupon;            /* NULL: there is none of that code */
	bool                  discounted;        /* the coupon is for it */
};

static const struct member offered_members[] = {
	OFFER_MEMBERS(struct offered, offer.),
	M_OBJECT(struct offered, ship_to, "ship_to", order_address_shape),
	M_OBJECT(struct offered, bill_to, "bill_to", order_address_shape),
	M_INTEGER(struct offered, gates, "gates", 0, 2, .computed = true),
	M_INTEGER(struct offered, cost_minor, "cost_price_minor", 0, INT64_MAX),
	M_OBJECT(struct offered, coupon, "coupon", coupon_terms_shape),
	M_BOOLEAN(struct offered, discounted, "is_discounted", .computed = true),
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

static const struct offered *
offered_of(const struct offered *rows, size_t count, struct variant_id variant)
{
	for (size_t i = 0; i < count; i++)
		if (ID_EQUAL(rows[i].offer.variant, variant))
			return &rows[i];
	return NULL;
}

/* What of the statement depends on the order. */
struct asking {
	bool        billed;
	const char *coupon; /* its code as it is kept; NULL: none, or none can have it */
	bool        in_turn;
	struct turn turn;
};

/*
 * The first address is one row for all offers, and so are the second and the coupon, which few orders have and nothing is read for.
 */
static const char *
offered_statement(struct work *work, const struct asking *asking)
{
	struct text sql = text_new(work->arena, 2048);

	TEXT_ADD(&sql, "SELECT STRAIGHT_JOIN " OFFER_COLUMNS ", {s ship_to}");
	if (asking->in_turn)
		TEXT_ADD(&sql, ", " GATES_LOCKED " AS gates");
	if (asking->billed)
		TEXT_ADD(&sql, ", {b bill_to}");
	if (asking->coupon != NULL)
		TEXT_ADD(&sql,
		    ", {c coupon}, IF(c.id IS NULL, NULL, " COUPON_USED ") AS `coupon.used`, IFNULL(" COUPON_IS_FOR
		    ", FALSE) AS is_discounted");
	TEXT_ADD(&sql, " FROM " OFFER_TABLES " LEFT JOIN addresses s ON s.id = ? AND s.user_id = ? AND s.deleted_at IS NULL");
	if (asking->billed)
		TEXT_ADD(&sql, " LEFT JOIN addresses b ON b.id = ? AND b.user_id = ? AND b.deleted_at IS NULL");
	if (asking->coupon != NULL)
		TEXT_ADD(&sql, " LEFT JOIN coupons c ON " COUPON_OF_CODE);
	TEXT_ADD(&sql, " WHERE v.id IN ([?])");
	return db_compose(work->db, sql.bytes);
}

static size_t
offered_parameters(struct work *work, const struct draft *draft, const struct asking *asking, const struct wanted *wanted,
    size_t count, struct parameter *parameters)
{
	size_t n = 0;

	if (asking->in_turn) {
		parameters[n++] = P(asking->turn.account);
		parameters[n++] = P(asking->turn.address);
	}
	if (asking->coupon != NULL)
		parameters[n++] = P(work->viewer.user);
	parameters[n++] = P(draft->request->shipping_address);
	parameters[n++] = P(work->viewer.user);
	if (asking->billed) {
		parameters[n++] = P(*draft->request->billing_address);
		parameters[n++] = P(work->viewer.user);
	}
	if (asking->coupon != NULL)
		parameters[n++] = P(asking->coupon);
	for (size_t i = 0; i < count; i++)
		parameters[n++] = P(wanted[i].variant);
	return n;
}

/*
 * rows[i] is that of wanted[i], NULL when there is no such variant.  Where there is none of all, no address was read, and
 * nothing may be locked.
 */
static const struct problem *
read_offered(
    struct work *work, struct draft *draft, bool placing, const struct wanted *wanted, size_t count, const struct offered ***rows)
{
	enum { OTHERS_MAX = 8 };
	const char       *code = draft->request->coupon;
	struct parameter *parameters = ARENA_ARRAY(work->arena, OTHERS_MAX + count, struct parameter);
	struct asking     asking = { .billed = draft->request->billing_address != NULL,
		    .coupon = code == NULL ? NULL : coupon_code(work->arena, code),
		    .in_turn = placing && (code != NULL || is_room_limited(work)),
		    .turn = turn_of(work, code != NULL) };
	size_t            n = offered_parameters(work, draft, &asking, wanted, count, parameters), found;
	struct offered   *offered;

	TRY(db_rows_many(
	    work->db, &offered_shape, count, &offered, &found, offered_statement(work, &asking), count, n, parameters));
	if (found > 0 && asking.in_turn && offered[0].gates < (asking.turn.account == asking.turn.address ? 1 : 2))
		TRY(make_gates(work, &asking.turn));
	if (found > 0)
		TRY(check_addresses(work, &offered[0], draft));
	*rows = ARENA_ARRAY(work->arena, count, const struct offered *);
	for (size_t i = 0; i < count; i++)
		(*rows)[i] = offered_of(offered, found, wanted[i].variant);
	return OK;
}

/* Names every line that cannot be ordered, not only the first. */
static const struct problem *
check_offers(struct work *work, const struct wanted *wanted, const struct offered *const *rows, size_t count)
{
	struct faults not_for_sale = { .count = 0 }, short_of = { .count = 0 };
	bool          mixed = false;

	for (size_t i = 0; i < count; i++) {
		const struct offer *offer = rows[i] == NULL ? NULL : &rows[i]->offer;

		if (offer == NULL || !offer->on_sale) {
			faults_add(
			    &not_for_sale, arena_format(work->arena, "items.%zu.variant_id", wanted[i].place), "is not for sale");
			continue;
		}
		mixed = mixed || (rows[0] != NULL && strcmp(offer->price.currency, rows[0]->offer.price.currency) != 0);
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

/* What the coupon takes off each line; nothing where the request names none. */
static const struct problem *
discount_lines(struct work *work, const struct offered *const *rows, struct draft *draft)
{
	struct price       *price = &draft->price;
	struct coupon_line *lines = ARENA_ARRAY(work->arena, price->count, struct coupon_line);

	if (draft->request->coupon == NULL)
		return OK;
	draft->coupon = rows[0]->coupon;
	TRY(coupon_usable(work, draft->coupon));
	for (size_t i = 0; i < price->count; i++) {
		lines[i].eligible = rows[i]->discounted;
		if (__builtin_mul_overflow(price->lines[i].quantity, price->lines[i].unit_price, &lines[i].subtotal))
			return problem(TOTAL_TOO_LARGE, "the order's total is too large");
	}
	TRY(coupon_discount(work, draft->coupon, price->currency, lines, price->count));
	for (size_t i = 0; i < price->count; i++)
		price->lines[i].discount = lines[i].discount;
	return OK;
}

static const struct problem *
price_lines(struct work *work, const struct wanted *wanted, const struct offered *const *rows, size_t count, struct draft *draft)
{
	struct price *price = &draft->price;

	*price = (struct price) { .method = (enum shipping_method)draft->request->shipping_method,
		.country = draft->shipping_address.country,
		.currency = rows[0]->offer.price.currency,
		.count = count,
		.lines = ARENA_ARRAY(work->arena, count, struct price_line) };
	for (size_t i = 0; i < count; i++)
		price->lines[i] = (struct price_line) { .quantity = wanted[i].quantity,
			.unit_price = rows[i]->offer.price.minor,
			.tax_class = rows[i]->offer.tax_class };
	TRY(discount_lines(work, rows, draft));
	return price_order(rates_of(work->config), price);
}

static void
fill_lines(struct work *work, const struct offered *const *rows, struct draft *draft)
{
	const struct price *price = &draft->price;

	draft->lines = ARENA_ARRAY(work->arena, price->count, struct order_line);
	for (size_t i = 0; i < price->count; i++) {
		const struct price_line *priced = &price->lines[i];
		const struct offer      *offer = &rows[i]->offer;

		draft->lines[i] = (struct order_line) { .variant = offer->variant,
			.product = offer->product,
			.merchant = offer->merchant,
			.name = offer->name,
			.slug = offer->slug,
			.sku = offer->sku,
			.options = offer->options,
			.quantity = priced->quantity,
			.unit_price = offer->price,
			.cost_minor = rows[i]->cost_minor,
			.discount = in_currency(priced->discount, price->currency),
			.tax_rate = priced->tax_rate,
			.tax = in_currency(priced->tax, price->currency),
			.tax_included = in_currency(priced->tax_included, price->currency),
			.total = in_currency(priced->total, price->currency) };
	}
}

const struct problem *
draft_order(struct work *work, const struct order_request *request, bool placing, struct draft *draft)
{
	const struct offered **rows;
	struct wanted         *wanted;
	size_t                 count;

	*draft = (struct draft) { .request = request };
	TRY(collect(work, draft, placing, &wanted, &count));
	TRY(read_offered(work, draft, placing, wanted, count, &rows));
	TRY(check_offers(work, wanted, rows, count));
	TRY(price_lines(work, wanted, rows, count, draft));
	fill_lines(work, rows, draft);
	return OK;
}

void
draft_show(const struct draft *draft, struct order *order)
{
	const struct price *price = &draft->price;

	order->lines = draft->lines;
	order->n_lines = price->count;
	order->currency = price->currency;
	if (draft->coupon != NULL) {
		order->coupon_id = &draft->coupon->id;
		order->coupon = draft->coupon->code;
	}
	order->shipping_method = (int)price->method;
	order->subtotal = in_currency(price->subtotal, price->currency);
	order->discount = in_currency(price->discount, price->currency);
	order->shipping = in_currency(price->shipping, price->currency);
	order->tax = in_currency(price->tax, price->currency);
	order->tax_included = in_currency(price->tax_included, price->currency);
	order->total = in_currency(price->total, price->currency);
}
