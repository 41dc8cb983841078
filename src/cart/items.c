/* Adding to the cart, changing and removing items. */
#include "cart/cart.h"

#include "base/config.h"
#include "catalog/catalog.h"
#include "events/record.h"
#include "store/db.h"

static const struct member room_members[] = {
	M_INTEGER(struct cart_room, lines, "cart_lines", 0, INT64_MAX),
	M_INTEGER(struct cart_room, quantity, "quantity", 0, INT64_MAX),
	M_TEXT(struct cart_room, currency, "cart_currency", 3),
	M_ID(struct cart_room, cart, "cart_id"),
};
SHAPE(struct cart_room, room_shape, "CartRoom", room_members);

/* What is told of a cart that was empty: whose it is, and its first items. */
struct cart_state {
	struct uuid       id;
	struct user_id   *customer; /* NULL: a guest's */
	struct cart_line *items;
	size_t            n_items;
	const char       *currency;
	bool              merged; /* they were a guest's, whose cart was told of */
};

static const struct member cart_state_members[] = {
	M_ID(struct cart_state, id, "id"),
	M_ID(struct cart_state, customer, "customer_id"),
	M_ARRAY(struct cart_state, items, n_items, "items", cart_line_shape, CART_LINES_MAX),
	M_TEXT(struct cart_state, currency, "currency", 3),
	M_BOOLEAN(struct cart_state, merged, "merged"),
};
SHAPE(struct cart_state, cart_state_shape, "CartState", cart_state_members);

const struct problem *
tell_started(struct work *work, const struct cart_owner *owner, struct uuid cart, struct cart_line *lines, size_t count,
    const char *currency, bool merged)
{
	struct cart_state state = { .id = cart, .items = lines, .n_items = count, .currency = currency, .merged = merged };

	if (owner->user != NULL) {
		state.customer = ARENA_NEW(work->arena, struct user_id);
		*state.customer = *owner->user;
	}
	return event_record(work, EVENT_CART_STARTED, state.id, &cart_state_shape, &state);
}

const struct problem *
lock_cart(struct work *work, const struct cart_owner *owner)
{
	int64_t found;

	if (owner->user != NULL)
		return db_run(work->db, NULL,
		    "INSERT INTO carts (id, user_id) VALUES (?, ?) ON DUPLICATE KEY UPDATE updated_at = NOW(3)", P(uuid_new()),
		    P(owner->user));
	TRY(db_run(work->db, &found,
	    "UPDATE carts SET updated_at = NOW(3), expires_at = NOW(3) + INTERVAL ? DAY WHERE guest_token_hash = ?",
	    P(work->config->orders.guest_cart_days), P(owner->token_hash)));
	return found > 0 ? OK : problem(NOT_FOUND, "cart not found");
}

/* `available` stands alone too, so that a client can offer just that. */
static const struct problem *
too_few(struct work *work, int64_t available)
{
	const char   *number = arena_format(work->arena, "%lld", (long long)(available < 0 ? 0 : available));
	struct faults faults = { .count = 0 };

	faults_add(&faults, "quantity", arena_format(work->arena, "only %s available", number));
	faults_add(&faults, "available", number);
	return problem_faults(work->arena, PROBLEM_INSUFFICIENT_STOCK, "not enough stock is available; see details", &faults);
}

const struct problem *
read_room(struct work *work, const struct cart_owner *owner, struct variant_id variant, struct cart_room **room)
{
	return db_one(work->db, &room_shape, room,
	    "SELECT c.id AS cart_id, COUNT(ci.id) AS cart_lines, IFNULL(SUM(IF(ci.variant_id = ?, ci.quantity, 0)), 0) AS quantity, "
	    "MIN(p.currency) AS cart_currency "
	    "FROM carts c LEFT JOIN cart_items ci ON ci.cart_id = c.id LEFT JOIN variants v ON v.id = ci.variant_id "
	    "LEFT JOIN products p ON p.id = v.product_id WHERE " CART_OWNED " GROUP BY c.id",
	    P(variant), OWNER(owner));
}

static const struct problem *
check_room(struct work *work, const struct cart_room *room, const struct offer *offer, int64_t quantity)
{
	int64_t max = work->config->orders.quantity_max;

	if (room->currency != NULL && strcmp(room->currency, offer->price.currency) != 0)
		return problem(MIXED_CURRENCY, "the cart contains items in another currency; order or remove them first");
	if (room->quantity + quantity > max)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "quantity",
		    arena_format(work->arena, "must be at most %lld including the %lld already in the cart", (long long)max,
			(long long)room->quantity));
	if (room->quantity + quantity > offer->available)
		return too_few(work, offer->available);
	if (room->quantity == 0 && room->lines >= work->config->orders.line_max)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "variant_id",
		    arena_format(work->arena, "the cart is full: it has %lld items", (long long)room->lines));
	return OK;
}

const struct problem *
add_to_cart(struct work *work, const struct cart_owner *owner, struct variant_id variant, int64_t quantity)
{
	struct cart_line  line = { variant, quantity };
	struct offer     *offer;
	struct cart_room *room;

	TRY(catalog_offer(work, variant, &offer));
	if (offer == NULL)
		return problem(NOT_FOUND, "variant not found");
	if (!offer->on_sale)
		return problem_at(work->arena, PROBLEM_NOT_FOR_SALE, "variant_id", "is not for sale");
	TRY(lock_cart(work, owner));
	TRY(read_room(work, owner, variant, &room));
	TRY(check_room(work, room, offer, quantity));
	TRY(db_run(work->db, NULL,
	    "INSERT INTO cart_items (id, cart_id, variant_id, quantity, seen_price_minor, seen_currency) "
	    "VALUES (?, ?, ?, ?, ?, ?) "
	    "ON DUPLICATE KEY UPDATE quantity = cart_items.quantity + VALUES(quantity), "
	    "seen_price_minor = VALUES(seen_price_minor), seen_currency = VALUES(seen_currency)",
	    P(NEW_ID(cart_item_id)), P(room->cart), P(variant), P(quantity), P(offer->price.minor), P(offer->price.currency)));
	return room->lines == 0 ? tell_started(work, owner, room->cart, &line, 1, offer->price.currency, false) : OK;
}

struct item_stock {
	int64_t quantity, available;
};

static const struct member item_stock_members[] = {
	M_INTEGER(struct item_stock, quantity, "quantity", 0, INT64_MAX),
	M_INTEGER(struct item_stock, available, "available", 0, INT64_MAX),
};
SHAPE(struct item_stock, item_stock_shape, "CartItemStock", item_stock_members, .noun = "cart item");

const struct problem *
change_cart_item(struct work *work, const struct cart_owner *owner, struct cart_item_id item, int64_t quantity)
{
	struct item_stock *stock;

	if (quantity > work->config->orders.quantity_max)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "quantity",
		    arena_format(work->arena, "must be at most %lld", (long long)work->config->orders.quantity_max));
	TRY(db_one(work->db, &item_stock_shape, &stock,
	    "SELECT ci.quantity, i.on_hand - i.reserved AS available FROM carts c JOIN cart_items ci ON ci.cart_id = c.id "
	    "JOIN inventory i ON i.variant_id = ci.variant_id WHERE " CART_OWNED " AND ci.id = ?",
	    OWNER(owner), P(item)));
	if (quantity > stock->quantity && quantity > stock->available)
		return too_few(work, stock->available); /* lowering it is always right */
	return db_run(work->db, NULL,
	    "UPDATE carts c JOIN cart_items ci ON ci.cart_id = c.id JOIN variants v ON v.id = ci.variant_id "
	    "JOIN products p ON p.id = v.product_id SET ci.quantity = ?, "
	    "ci.seen_price_minor = IFNULL(v.price_minor, p.price_minor), ci.seen_currency = p.currency "
	    "WHERE " CART_OWNED " AND ci.id = ?",
	    P(quantity), OWNER(owner), P(item));
}

const struct problem *
remove_cart_item(struct work *work, const struct cart_owner *owner, struct cart_item_id item)
{
	int64_t changed;

	TRY(db_run(work->db, &changed,
	    "DELETE ci FROM carts c JOIN cart_items ci ON ci.cart_id = c.id WHERE " CART_OWNED " AND ci.id = ?", OWNER(owner),
	    P(item)));
	return changed == 0 ? problem(NOT_FOUND, "cart item not found") : OK;
}

const struct problem *
cart_clear(struct work *work, const struct cart_owner *owner)
{
	return db_run(work->db, NULL,
	    "DELETE ci FROM carts c STRAIGHT_JOIN cart_items ci FORCE INDEX (ix_cart_items_cart) ON ci.cart_id = c.id "
	    "WHERE " CART_OWNED,
	    OWNER(owner));
}
