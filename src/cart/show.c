/* Reading the cart: one query, current prices, and notices of what has changed. */
#include "cart/cart.h"

#include "base/text.h"
#include "exchange/display.h"
#include "store/db.h"

static const char *const notice_values[] = { "price_changed", "out_of_stock", "few_left", "not_for_sale", "mixed_currency",
	"quantity_cut", "cart_full", NULL };

static const struct member cart_notice_members[] = {
	M_ENUM(struct cart_notice, code, "code", notice_values),
	M_ID(struct cart_notice, item, "item_id", .description = "Null: it is not in the cart."),
	M_ID(struct cart_notice, variant, "variant_id"),
	M_TEXT(struct cart_notice, message, "message", 200, .required = true, .example = "\"only 3 left\""),
};
SHAPE_SHARED(struct cart_notice, cart_notice_shape, "CartNotice", cart_notice_members);

static const struct member cart_item_members[] = {
	M_ID(struct cart_item, id, "id"),
	M_ID(struct cart_item, variant, "variant_id"),
	M_ID(struct cart_item, product, "product_id", .computed = true),
	M_TEXT(struct cart_item, name, "name", 200, .computed = true, .required = true),
	M_TEXT(struct cart_item, slug, "slug", 230, .computed = true, .required = true),
	M_TEXT(struct cart_item, sku, "sku", 64, .computed = true, .required = true),
	M_MAP(struct cart_item, options, "options", 3, .computed = true, .required = true),
	M_TEXT(struct cart_item, image, "image", 2048, .computed = true),
	M_INTEGER(struct cart_item, quantity, "quantity", 1, CART_QUANTITY_MAX),
	M_INTEGER(struct cart_item, available, "available", 0, INT64_MAX, .computed = true,
	    .description = "The quantity that can be ordered now."),
	M_MONEY(struct cart_item, unit_price, "unit_price", .computed = true, .description = "The current price."),
	M_DISPLAY_PRICE(struct cart_item, display_price, "display_price", "unit price"),
	M_MONEY(struct cart_item, total, "total", .computed = true, .description = "Quantity times the current price."),
	M_TEXT(struct cart_item, currency, "currency", 3, .computed = true, .required = true, .example = "\"USD\""),
	M_BOOLEAN(struct cart_item, for_sale, "for_sale", .computed = true),
	M_INTEGER(struct cart_item, seen_price_minor, "seen_price_minor", 0, INT64_MAX, .hidden = true),
	M_TEXT(struct cart_item, seen_currency, "seen_currency", 3, .hidden = true),
};
SHAPE_SHARED(struct cart_item, cart_item_shape, "CartItem", cart_item_members);

static const struct member cart_members[] = {
	M_ARRAY(struct cart, items, n_items, "items", cart_item_shape, CART_LINES_MAX),
	M_INTEGER(
	    struct cart, quantity, "quantity", 0, CART_LINES_MAX *CART_QUANTITY_MAX, .description = "The sum of the quantities."),
	M_MONEY(struct cart, subtotal, "subtotal", .description = "The total of the items that are for sale."),
	M_DISPLAY_PRICE(struct cart, display_subtotal, "display_subtotal", "subtotal"),
	M_TEXT(struct cart, currency, "currency", 3, .example = "\"USD\"", .description = "Null while the cart is empty."),
	M_ARRAY(struct cart, notices, n_notices, "notices", cart_notice_shape, 3 * CART_LINES_MAX),
};
SHAPE_SHARED(struct cart, cart_shape, "Cart", cart_members);

static void
notice(struct cart *cart, enum notice_code code, struct cart_item *item, const char *message)
{
	cart->notices[cart->n_notices++] = (struct cart_notice) { code, &item->id, item->variant, message };
}

static const char *
amount(struct arena *arena, int64_t minor, const char *currency)
{
	struct text text = text_new(arena, 32);

	text_add_money(&text, (struct money) { minor, { currency[0], currency[1], currency[2], '\0' } });
	text_addf(&text, " %s", currency);
	return text.bytes;
}

/* At most two notices per item: about its price, and about its stock. */
static void
notice_changes(struct work *work, struct cart *cart, struct cart_item *item)
{
	if (!item->for_sale) {
		notice(cart, NOTICE_NOT_FOR_SALE, item, "no longer for sale");
		return;
	}
	if (strcmp(item->currency, cart->currency) != 0)
		notice(cart, NOTICE_OTHER_CURRENCY, item, "its currency differs from the rest of the cart");
	else if (item->unit_price.minor != item->seen_price_minor || strcmp(item->currency, item->seen_currency) != 0)
		notice(cart, NOTICE_PRICE_CHANGED, item,
		    arena_format(work->arena, "the price was %s and is now %s",
			amount(work->arena, item->seen_price_minor, item->seen_currency),
			amount(work->arena, item->unit_price.minor, item->currency)));
	if (item->available == 0)
		notice(cart, NOTICE_OUT_OF_STOCK, item, "out of stock");
	else if (item->available < item->quantity)
		notice(cart, NOTICE_FEW_LEFT, item, arena_format(work->arena, "only %lld left", (long long)item->available));
}

/* The cart's currency is that of its first item that is for sale, else of its first item. */
static const char *
cart_currency(const struct cart *cart)
{
	for (size_t i = 0; i < cart->n_items; i++)
		if (cart->items[i].for_sale)
			return cart->items[i].currency;
	return cart->n_items > 0 ? cart->items[0].currency : NULL;
}

static const struct problem *
add_up(struct work *work, struct cart *cart)
{
	bool fits = true;

	cart->currency = cart_currency(cart);
	if (cart->currency != NULL)
		memcpy(cart->subtotal.currency, cart->currency, sizeof cart->subtotal.currency);
	cart->notices = ARENA_ARRAY(work->arena, 2 * cart->n_items + CART_LINES_MAX, struct cart_notice);
	for (size_t i = 0; i < cart->n_items; i++) {
		struct cart_item *item = &cart->items[i];

		fits = fits && money_multiply(item->unit_price, item->quantity, &item->total);
		if (item->for_sale && strcmp(item->currency, cart->currency) == 0)
			fits = fits && money_add(cart->subtotal, item->total, &cart->subtotal);
		cart->quantity += item->quantity;
		notice_changes(work, cart, item);
	}
	return fits ? OK : problem(TOTAL_TOO_LARGE, "the cart's total is too large");
}

const struct problem *
read_cart(struct work *work, const struct cart_owner *owner, struct cart *cart)
{
	*cart = (struct cart) { .n_items = 0 };
	TRY(db_rows(work->db, &cart_item_shape, CART_LINES_MAX, &cart->items, &cart->n_items,
	    "SELECT {ci}, v.product_id, p.name, p.slug, v.sku, v.options, "
	    "JSON_VALUE(p.images, '$[0].url') AS image, i.on_hand - i.reserved AS available, "
	    "IFNULL(v.price_minor, p.price_minor) AS unit_price_minor, p.currency, "
	    "(p.status = 'published' AND p.deleted_at IS NULL AND v.deleted_at IS NULL AND m.status = 'active') AS for_sale "
	    "FROM carts c JOIN cart_items ci ON ci.cart_id = c.id JOIN variants v ON v.id = ci.variant_id "
	    "JOIN products p ON p.id = v.product_id JOIN merchants m ON m.id = p.merchant_id "
	    "JOIN inventory i ON i.variant_id = v.id WHERE " CART_OWNED " ORDER BY ci.id",
	    OWNER(owner)));
	return add_up(work, cart);
}

const struct problem *
display_cart(struct work *work, struct cart *cart, const char *currency)
{
	struct display display;

	TRY(display_open(work, currency, &display));
	for (size_t i = 0; i < cart->n_items; i++)
		cart->items[i].display_price = display_price(&display, cart->items[i].unit_price);
	cart->display_subtotal = display_price(&display, cart->subtotal);
	return OK;
}

static const struct member cart_line_members[] = {
	M_ID(struct cart_line, variant, "variant_id"),
	M_INTEGER(struct cart_line, quantity, "quantity", 1, CART_QUANTITY_MAX),
};
SHAPE_SHARED(struct cart_line, cart_line_shape, "CartLine", cart_line_members);

/* By the cart's own index, however few items there are: a plan that reads them all would lock those of others. */
#define LINES_SQL \
	"SELECT {ci} FROM carts c STRAIGHT_JOIN cart_items ci FORCE INDEX (ix_cart_items_cart) ON ci.cart_id = c.id " \
	"WHERE c.user_id = ? ORDER BY ci.id"

const struct problem *
cart_lines(struct work *work, bool lock, struct cart_line **lines, size_t *count)
{
	return lock
	    ? db_rows(work->db, &cart_line_shape, CART_LINES_MAX, lines, count, LINES_SQL " FOR UPDATE", P(work->viewer.user))
	    : db_rows(work->db, &cart_line_shape, CART_LINES_MAX, lines, count, LINES_SQL, P(work->viewer.user));
}
