/* Carts of guests: made, found by their token, and merged into the cart of who has signed in. */
#include "cart/cart.h"

#include "base/config.h"
#include "base/encoding.h"
#include "store/db.h"

enum { TOKEN_BYTES = 32, DIGEST = 32, TOKEN_TEXT_MAX = 64 };

static const struct member guest_cart_members[] = {
	M_TEXT(struct guest_cart, token, "token", TOKEN_TEXT_MAX, .required = true,
	    .example = "\"zRb0sGAmzP5cVNMFrTz1sVn0cC4GJ3v1hKX3p0a5b2Q\"", .description = "Shown once; the shop keeps its hash."),
	M_TIME(struct guest_cart, expires_at, "expires_at"),
};
SHAPE_SHARED(struct guest_cart, guest_cart_shape, "GuestCart", guest_cart_members);

static struct bytes
hash_of(struct work *work, const char *token)
{
	unsigned char *digest = arena_alloc(work->arena, DIGEST);

	sha256(token, strlen(token), digest);
	return (struct bytes) { digest, DIGEST };
}

const struct problem *
create_guest_cart(struct work *work, struct guest_cart *cart)
{
	unsigned char secret[TOKEN_BYTES];
	struct uuid   id = uuid_new();

	random_bytes(secret, sizeof secret);
	cart->token = base64url_encode(work->arena, secret, sizeof secret);
	cart->expires_at = instant_add_seconds(instant_now(), work->config->orders.guest_cart_days * 24 * 3600);
	transaction_witness(work, "SELECT COUNT(*) FROM carts WHERE id = ?", id);
	return db_run(work->db, NULL, "INSERT INTO carts (id, guest_token_hash, expires_at) VALUES (?, ?, ?)", P(id),
	    P(hash_of(work, cart->token)), P(cart->expires_at));
}

const struct problem *
find_guest_cart(struct work *work, const char *token, struct cart_owner *owner)
{
	int64_t found;

	*owner = (struct cart_owner) { .token_hash = hash_of(work, token) };
	TRY(db_value(work->db, &found, "SELECT COUNT(*) FROM carts WHERE guest_token_hash = ? AND expires_at > NOW(3)",
	    P(owner->token_hash)));
	return found > 0 ? OK : problem(NOT_FOUND, "cart not found");
}

/* ---- merging ---- */

/* An item of the guest's, beside what the user's cart has of the same variant. */
struct guest_item {
	struct variant_id variant;
	const char       *name, *currency, *seen_currency;
	int64_t           quantity, available, held, seen_price_minor;
};

static const struct member guest_item_members[] = {
	M_ID(struct guest_item, variant, "variant_id"),
	M_TEXT(struct guest_item, name, "name", 200, .computed = true),
	M_TEXT(struct guest_item, currency, "currency", 3, .computed = true),
	M_TEXT(struct guest_item, seen_currency, "seen_currency", 3),
	M_INTEGER(struct guest_item, quantity, "quantity", 1, CART_QUANTITY_MAX),
	M_INTEGER(struct guest_item, available, "available", INT64_MIN, INT64_MAX, .computed = true),
	M_INTEGER(struct guest_item, held, "held", 0, CART_QUANTITY_MAX, .computed = true),
	M_INTEGER(struct guest_item, seen_price_minor, "seen_price_minor", 0, INT64_MAX),
};
SHAPE(struct guest_item, guest_item_shape, "GuestItem", guest_item_members);

/* The user's cart, while the guest's items come into it. */
struct merging {
	struct work        *work;
	struct cart_room   *room;
	struct cart_notice *notices;
	size_t              n_notices;
	struct guest_item  *items;
	struct cart_line   *lines; /* as they will be in the user's cart; quantity 0: it stays out */
	size_t              count;
};

static void
notice(struct merging *merging, enum notice_code code, const struct guest_item *item, const char *message)
{
	merging->notices[merging->n_notices++] = (struct cart_notice) { code, NULL, item->variant, message };
}

/* How many of an item the user's cart will have: what it holds already, or more as far as there is more. */
static int64_t
quantity_after(struct merging *merging, const struct guest_item *item)
{
	struct work *work = merging->work;
	int64_t      wanted = item->held + item->quantity, most = work->config->orders.quantity_max, after;

	if (merging->room->currency != NULL && strcmp(merging->room->currency, item->currency) != 0) {
		notice(merging, NOTICE_OTHER_CURRENCY, item,
		    arena_format(work->arena, "'%s' is sold in %s, and was left out", item->name, item->currency));
		return 0;
	}
	if (item->held == 0 && merging->room->lines >= work->config->orders.line_max) {
		notice(merging, NOTICE_CART_FULL, item,
		    arena_format(work->arena, "'%s' was left out: the cart is full", item->name));
		return 0;
	}
	most = item->available < most ? item->available : most;
	after = wanted <= most ? wanted : item->held > most ? item->held : most;
	if (after <= 0)
		notice(merging, NOTICE_OUT_OF_STOCK, item,
		    arena_format(work->arena, "'%s' is out of stock, and was left out", item->name));
	else if (after < wanted)
		notice(merging, NOTICE_QUANTITY_CUT, item,
		    arena_format(work->arena, "'%s': %lld instead of %lld", item->name, (long long)after, (long long)wanted));
	return after < 0 ? 0 : after;
}

static const struct problem *
write_items(struct merging *merging)
{
	enum { ITEM_COLUMNS = 6 };
	struct parameter *rows = ARENA_ARRAY(merging->work->arena, merging->count * ITEM_COLUMNS, struct parameter);
	size_t            n = 0;

	for (size_t i = 0; i < merging->count; i++) {
		const struct guest_item *item = &merging->items[i];

		if (merging->lines[i].quantity > 0)
			memcpy(&rows[n++ * ITEM_COLUMNS],
			    ((struct parameter[ITEM_COLUMNS]) { P(NEW_ID(cart_item_id)), P(merging->room->cart), P(item->variant),
				P(merging->lines[i].quantity), P(item->seen_price_minor), P(item->seen_currency) }),
			    ITEM_COLUMNS * sizeof *rows);
	}
	return db_run_many(merging->work->db, NULL,
	    "INSERT INTO cart_items (id, cart_id, variant_id, quantity, seen_price_minor, seen_currency) "
	    "VALUES [(?, ?, ?, ?, ?, ?)] ON DUPLICATE KEY UPDATE quantity = VALUES(quantity)",
	    n, ITEM_COLUMNS, rows);
}

/* Decides about each item in its turn: the first that comes into an empty cart gives it its currency. */
static size_t
choose_items(struct merging *merging)
{
	size_t taken = 0;

	for (size_t i = 0; i < merging->count; i++) {
		const struct guest_item *item = &merging->items[i];

		merging->lines[i] = (struct cart_line) { item->variant, quantity_after(merging, item) };
		if (merging->lines[i].quantity == 0)
			continue;
		merging->room->currency = item->currency;
		merging->room->lines += item->held == 0;
		taken++;
	}
	return taken;
}

/* The items that came in, for the event of a cart that was empty. */
static size_t
keep_taken(struct merging *merging)
{
	size_t taken = 0;

	for (size_t i = 0; i < merging->count; i++)
		if (merging->lines[i].quantity > 0)
			merging->lines[taken++] = merging->lines[i];
	return taken;
}

static const struct problem *
move_items(struct merging *merging, const struct cart_owner *owner)
{
	bool was_empty = merging->room->lines == 0;

	if (choose_items(merging) == 0)
		return OK;
	TRY(write_items(merging));
	return was_empty ? tell_started(merging->work, owner, merging->room->cart, merging->lines, keep_taken(merging),
			       merging->room->currency, true)
			 : OK;
}

/* The user's cart is locked first, then the guest's: so two windows that merge come one after the other. */
const struct problem *
merge_guest_cart(struct work *work, const char *token, struct cart_notice **notices, size_t *count)
{
	struct cart_owner owner = own_cart(work);
	struct bytes      hash = hash_of(work, token);
	struct merging    merging = { .work = work };
	int64_t           found;

	*count = 0;
	TRY(lock_cart(work, &owner));
	TRY(db_value(
	    work->db, &found, "SELECT 1 FROM carts WHERE guest_token_hash = ? AND expires_at > NOW(3) FOR UPDATE", P(hash)));
	if (found == 0)
		return OK;
	TRY(read_room(work, &owner, (struct variant_id) { { { 0 } } }, &merging.room));
	TRY(db_rows(work->db, &guest_item_shape, CART_LINES_MAX, &merging.items, &merging.count,
	    "SELECT {gi}, p.name, p.currency, i.on_hand - i.reserved AS available, IFNULL(ui.quantity, 0) AS held "
	    "FROM carts g JOIN cart_items gi ON gi.cart_id = g.id JOIN variants v ON v.id = gi.variant_id "
	    "JOIN products p ON p.id = v.product_id JOIN inventory i ON i.variant_id = v.id "
	    "LEFT JOIN cart_items ui ON ui.cart_id = ? AND ui.variant_id = gi.variant_id "
	    "WHERE g.guest_token_hash = ? ORDER BY gi.id",
	    P(merging.room->cart), P(hash)));
	merging.lines = ARENA_ARRAY(work->arena, merging.count, struct cart_line);
	merging.notices = ARENA_ARRAY(work->arena, merging.count, struct cart_notice);
	TRY(move_items(&merging, &owner));
	*notices = merging.notices;
	*count = merging.n_notices;
	TRY(db_run(work->db, NULL,
	    "UPDATE carts u JOIN carts g ON g.guest_token_hash = ? SET u.coupon = IFNULL(u.coupon, g.coupon) WHERE u.id = ?",
	    P(hash), P(merging.room->cart)));
	return db_run(work->db, NULL, "DELETE FROM carts WHERE guest_token_hash = ?", P(hash));
}
