/* The wishlist: see wishlist.h. */
#include "cart/wishlist.h"

#include "cart/cart.h"
#include "catalog/catalog.h"
#include "catalog/document.h"
#include "store/db.h"
#include "store/list.h"

static const struct list_order newest_first[] = {
	{ .column = "w.created_at", .member = "created_at", .id = "w.product_id", .descending = true },
};

const struct problem *
list_wishlist(struct work *work, const struct page_request *page, const char *display_currency, struct text *products,
    struct listed *listed)
{
	struct list list = list_begin(
	    work, "SELECT {d}, w.created_at", "FROM wishlist_items w JOIN product_documents d ON d.product_id = w.product_id");
	struct listed_product *rows;

	list_where(&list, "w.user_id = ?", P(work->viewer.user));
	TRY(list_page(&list, &listed_product_shape, newest_first, page, &rows, listed));
	return print_summaries(work, rows, listed->count, display_currency, products);
}

/* The user's row is locked, so that the limit holds however many requests come at once. */
const struct problem *
add_to_wishlist(struct work *work, const char *id_or_slug)
{
	struct product_name *product;
	int64_t              locked, count;

	TRY(catalog_find(work, id_or_slug, &product));
	TRY(db_value(work->db, &locked, "SELECT 1 FROM users WHERE id = ? FOR UPDATE", P(work->viewer.user)));
	TRY(db_value(work->db, &count, "SELECT COUNT(*) FROM wishlist_items WHERE user_id = ? AND product_id <> ?",
	    P(work->viewer.user), P(product->id)));
	if (count >= WISHLIST_MAX)
		return problem(CONFLICT, "a wishlist has at most 500 products");
	return db_run(work->db, NULL,
	    "INSERT INTO wishlist_items (user_id, product_id, wished_price_minor, known_price_minor) "
	    "SELECT ?, d.product_id, d.price_minor, d.price_minor FROM product_documents d WHERE d.product_id = ? "
	    "ON DUPLICATE KEY UPDATE created_at = wishlist_items.created_at",
	    P(work->viewer.user), P(product->id));
}

/* By its id also one that is not shown any more. */
static const struct problem *
find_wished(struct work *work, const char *id_or_slug, struct product_id *product)
{
	struct product_name *found;

	if (id_or_slug != NULL && uuid_parse(id_or_slug, &product->uuid))
		return OK;
	TRY(catalog_find(work, id_or_slug, &found));
	*product = found->id;
	return OK;
}

static const struct problem *
remove_wished(struct work *work, struct product_id product, int64_t *removed)
{
	return db_run(work->db, removed, "DELETE FROM wishlist_items WHERE user_id = ? AND product_id = ?", P(work->viewer.user),
	    P(product));
}

const struct problem *
remove_from_wishlist(struct work *work, const char *id_or_slug)
{
	struct product_id product;

	TRY(find_wished(work, id_or_slug, &product));
	return remove_wished(work, product, NULL);
}

struct wisher {
	struct user_id user;
};

static const struct member wisher_members[] = {
	M_ID(struct wisher, user, "user_id"),
};
SHAPE(struct wisher, wisher_shape, "Wisher", wisher_members);

/* Each row's user, product, and a third value. */
enum { TOLD_COLUMNS = 3 };

static struct parameter *
take_wishers(struct work *work, const struct wisher *wishers, size_t count, struct product_id product, struct parameter third,
    struct user_id *users)
{
	struct parameter *rows = ARENA_ARRAY(work->arena, TOLD_COLUMNS * count, struct parameter);

	for (size_t i = 0; i < count; i++) {
		users[i] = wishers[i].user;
		rows[TOLD_COLUMNS * i] = P(wishers[i].user);
		rows[TOLD_COLUMNS * i + 1] = P(product);
		rows[TOLD_COLUMNS * i + 2] = third;
	}
	return rows;
}

/* The rows are there and locked, so the INSERT only notes the time. */
const struct problem *
claim_told_back(struct work *work, struct product_id product, size_t limit, struct user_id *users, size_t *count)
{
	struct wisher *wishers;
	struct instant now = instant_now();

	TRY(db_rows(work->db, &wisher_shape, limit, &wishers, count,
	    "SELECT {} FROM wishlist_items WHERE product_id = ? AND told_back_at < NOW(3) - INTERVAL ? DAY "
	    "ORDER BY told_back_at, user_id LIMIT ? FOR UPDATE",
	    P(product), P(BACK_TOLD_DAYS), P(limit)));
	return db_run_many(work->db, NULL,
	    "INSERT INTO wishlist_items (user_id, product_id, told_back_at) VALUES [(?, ?, ?)] "
	    "ON DUPLICATE KEY UPDATE told_back_at = VALUES(told_back_at)",
	    *count, TOLD_COLUMNS, take_wishers(work, wishers, *count, product, P(now), users));
}

struct price_now {
	int64_t price;
};

static const struct member price_now_members[] = {
	M_INTEGER(struct price_now, price, "price_minor", 0, INT64_MAX),
};
SHAPE(struct price_now, price_now_shape, "PriceNow", price_now_members);

/* The rows are there and locked: of what the INSERT would write only the price is taken. */
const struct problem *
claim_told_price(struct work *work, struct product_id product, size_t limit, struct user_id *users, size_t *count)
{
	struct price_now *now;
	struct wisher    *wishers;

	*count = 0;
	TRY(db_row(work->db, &price_now_shape, &now, "SELECT {d} FROM product_documents d WHERE d.product_id = ? AND d.in_stock",
	    P(product)));
	if (now == NULL)
		return OK;
	TRY(db_rows(work->db, &wisher_shape, limit, &wishers, count,
	    "SELECT {} FROM wishlist_items WHERE product_id = ? AND known_price_minor > ? "
	    "ORDER BY known_price_minor, user_id LIMIT ? FOR UPDATE",
	    P(product), P(now->price), P(limit)));
	return db_run_many(work->db, NULL,
	    "INSERT INTO wishlist_items (user_id, product_id, wished_price_minor) VALUES [(?, ?, ?)] "
	    "ON DUPLICATE KEY UPDATE known_price_minor = VALUES(wished_price_minor)",
	    *count, TOLD_COLUMNS, take_wishers(work, wishers, *count, product, P(now->price), users));
}

struct choice {
	struct variant_id variant;
	int64_t           count;
};

static const struct member choice_members[] = {
	M_ID(struct choice, variant, "variant"),
	M_INTEGER(struct choice, count, "n_variants", 0, INT32_MAX),
};
SHAPE(struct choice, choice_shape, "WishedVariant", choice_members);

static const struct problem *
choose_variant(struct work *work, struct product_id product, const struct variant_id *wanted, struct variant_id *variant)
{
	struct choice *choice;

	TRY(db_row(work->db, &choice_shape, &choice,
	    "SELECT v.id AS variant, COUNT(*) OVER () AS n_variants FROM variants v "
	    "WHERE v.product_id = ? AND v.deleted_at IS NULL AND (? IS NULL OR v.id = ?) LIMIT 1",
	    P(product), P(wanted), P(wanted)));
	if (choice == NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "variant_id", "is no variant of the product");
	if (choice->count > 1)
		return problem_at(
		    work->arena, PROBLEM_VALIDATION_FAILED, "variant_id", "is required: the product has several variants");
	*variant = choice->variant;
	return OK;
}

const struct problem *
move_to_cart(struct work *work, const char *id_or_slug, const struct variant_id *wanted, int64_t quantity)
{
	struct cart_owner    owner = own_cart(work);
	struct product_name *product;
	struct variant_id    variant;
	int64_t              removed;

	TRY(catalog_find(work, id_or_slug, &product));
	TRY(remove_wished(work, product->id, &removed));
	if (removed == 0)
		return problem(NOT_FOUND, "the product is not on the wishlist");
	TRY(choose_variant(work, product->id, wanted, &variant));
	return add_to_cart(work, &owner, variant, quantity);
}
