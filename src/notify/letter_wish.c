/* Letters to customers about what they have put aside. */
#include "notify/letter.h"

#include "cart/wishlist.h"
#include "store/db.h"
#include "store/work.h"

struct wish_letter {
	struct letter_head head;
	const char        *product, *slug, *currency;
	struct money       price;
};

static const struct member wish_letter_members[] = {
	LETTER_MEMBERS(struct wish_letter),
	M_TEXT(struct wish_letter, product, "product", 200, .required = true, .computed = true, .example = "\"Brass bell\""),
	M_TEXT(struct wish_letter, slug, "slug", 230, .required = true, .computed = true, .example = "\"brass-bell\""),
	M_MONEY(struct wish_letter, price, "price", .example = "\"12.50\""),
	M_TEXT(struct wish_letter, currency, "currency", 3, .required = true, .example = "\"USD\""),
};
SHAPE(struct wish_letter, wish_letter_shape, "WishLetter", wish_letter_members);

/* Those who have the variant's product on their list: they have wished for any of its variants. */
static const struct problem *
find_wishers(struct work *work, struct uuid variant, struct user_id *readers, size_t *count)
{
	struct uuid product = { { 0 } };

	TRY(letter_find(work, "SELECT product_id AS id FROM variants WHERE id = ?", variant, &product));
	return claim_told_back(work, (struct product_id) { product }, LETTER_READERS_MAX, readers, count);
}

/* While it is shown and can be bought, and is still wished for. */
static const struct problem *
read_back(struct work *work, const struct letter_told *told, void **members)
{
	struct wish_letter *letter;

	TRY(db_row(work->db, &wish_letter_shape, &letter,
	    "SELECT {d}, p.name AS product, p.slug FROM variants v JOIN products p ON p.id = v.product_id "
	    "JOIN product_documents d ON d.product_id = p.id AND d.in_stock "
	    "JOIN wishlist_items w ON w.product_id = p.id AND w.user_id = ? WHERE v.id = ?",
	    P(told->reader), P(told->aggregate)));
	*members = letter;
	return OK;
}

struct price_letter {
	struct letter_head head;
	const char        *product, *slug, *currency;
	struct money       price, was;
};

static const struct member price_letter_members[] = {
	LETTER_MEMBERS(struct price_letter),
	M_TEXT(struct price_letter, product, "product", 200, .required = true, .computed = true, .example = "\"Brass bell\""),
	M_TEXT(struct price_letter, slug, "slug", 230, .required = true, .computed = true, .example = "\"brass-bell\""),
	M_MONEY(struct price_letter, price, "price", .example = "\"12.50\""),
	M_MONEY(struct price_letter, was, "was", .computed = true, .example = "\"15.00\""),
	M_TEXT(struct price_letter, currency, "currency", 3, .required = true, .example = "\"USD\""),
};
SHAPE(struct price_letter, price_letter_shape, "PriceLetter", price_letter_members);

static const struct problem *
find_price_wishers(struct work *work, struct uuid product, struct user_id *readers, size_t *count)
{
	return claim_told_price(work, (struct product_id) { product }, LETTER_READERS_MAX, readers, count);
}

/* While it costs no more than was claimed for the letter, or it would say what is over. */
static const struct problem *
read_price_drop(struct work *work, const struct letter_told *told, void **members)
{
	struct price_letter *letter;

	TRY(db_row(work->db, &price_letter_shape, &letter,
	    "SELECT {d}, p.name AS product, p.slug, w.wished_price_minor AS was_minor FROM products p "
	    "JOIN product_documents d ON d.product_id = p.id AND d.in_stock "
	    "JOIN wishlist_items w ON w.product_id = p.id AND w.user_id = ? AND d.price_minor <= w.known_price_minor "
	    "AND d.price_minor < w.wished_price_minor WHERE p.id = ?",
	    P(told->reader), P(told->aggregate)));
	*members = letter;
	return OK;
}

const struct letter price_drop_letter = {
	.name = "price-drop",
	.event = EVENT_PRODUCT_PRICE_DROPPED,
	.to = LETTER_TO_USER,
	.news = true,
	.shape = &price_letter_shape,
	.find_readers = find_price_wishers,
	.read = read_price_drop,
};

const struct letter back_in_stock_letter = {
	.name = "back-in-stock",
	.event = EVENT_INVENTORY_BACK,
	.to = LETTER_TO_USER,
	.news = true,
	.shape = &wish_letter_shape,
	.find_readers = find_wishers,
	.read = read_back,
};
