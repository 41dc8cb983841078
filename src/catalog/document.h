/*
 * document.h: product_documents: what the storefront shows of a product, printed when it changes and read as it is.
 *
 * A listed product has one row, which listing.c makes and deletes.  Its state (prices that can be paid, whether it is in
 * stock) is right in every transaction: with the product and its variants, and when a variant's stock crosses zero.  The
 * printed JSON has holes for the state and for what changes with every order (LIVE_...).  It is printed in the transaction
 * of the product's change; what touches many products at once (a brand, a category) marks their documents as out of date
 * in its own, and a job prints them again.  Whoever meets one that is out of date, or of another form of the program, reads
 * the tables instead: slower, never stale.
 *
 * Lock order: the product's row or its variants' inventory rows, then the document, then product_listings.
 */
#ifndef DOCUMENT_H
#define DOCUMENT_H

#include "catalog/product.h"

struct job;
struct parameter;
struct text;

/* The holes. */
enum {
	LIVE_PRICE = 'p',
	LIVE_PRICE_MAX = 'm',
	LIVE_IN_STOCK = 's',
	LIVE_SALES_COUNT = 'n',
	LIVE_AVAILABLE = 'a', /* of the next variant */
};

/* A row of a list: the document's row with the keys of its ordering (the others are not filled). */
struct listed_product {
	struct product_id id;
	int64_t           form;
	struct bytes      summary;
	struct money      price, *price_max;
	const char       *currency;
	bool              in_stock;
	/* Sort keys. */
	const char    *name, *rating, *price_order;
	struct instant created_at;
	int64_t        sales_count;
};
SHAPE_DECLARE(struct listed_product, listed_product_shape);

/* A product as everybody may see it, as JSON. */
struct shown_product {
	struct product_id id;
	int64_t           version;
	const char       *json;
	size_t            length;
};

/*
 * By id or slug (NULL: not found), with its prices in the display currency, too (NULL: none); NOT_FOUND for one that is not listed.
 */
const struct problem *show_product(
    struct work *work, const char *id_or_slug, const char *display_currency, struct shown_product *shown);

/* The rows as a JSON array of product summaries, with their prices in the display currency, too (NULL: none). */
const struct problem *print_summaries(
    struct work *work, const struct listed_product *rows, size_t count, const char *display_currency, struct text *out);

/* Products as everybody may see them, from the tables (product_read.c): those of the ids that are listed, by id; one, NOT_FOUND. */
const struct problem *read_shown_products(
    struct work *work, const struct product_id *wanted, size_t n, struct product **products, size_t *count);
const struct problem *read_shown_product(struct work *work, const char *id_or_slug, struct product **product);

/*
 * Print the documents of products whose rows of both tables the caller has locked, or of new ones with their stock, which get the
 * rows; nothing of those that are not to be listed.
 */
const struct problem *print_documents(struct work *work, const struct product_id *ids, size_t n);

/*
 * Mark the documents of products of `p` as out of date, for which `where` holds (with parameters), and see that they are
 * printed again.  Inside a transaction.
 */
#define mark_documents(work, where, ...) \
	mark_documents_((work), "UPDATE products p JOIN product_documents d ON d.product_id = p.id SET d.form = 0 WHERE " where, \
	    PARAMETERS_(__VA_ARGS__))
const struct problem *mark_documents_(struct work *work, const char *sql, size_t n, const struct parameter *parameters);

/*
 * Print all documents that are out of date or of another form, some dozens in a transaction; what is interrupted goes
 * on with the rest when it is called again.  after_batch(work, how many so far, argument) is called after each batch; *printed
 * is how many there were.
 */
const struct problem *print_old_documents(struct work *work,
    const struct problem *(*after_batch)(struct work *work, int64_t printed, const void *argument), const void *argument,
    int64_t *printed);

/* Print the pictures of all products again (product_media.c): after media.public_url or the storage has changed. */
const struct problem *renew_images(struct work *work);

/*
 * Compare documents with what would be printed now: `limit` products from a random one on, or with 0 all; differs(id,
 * argument) is called for each whose document is another.  Those that are out of date are not compared.
 */
const struct problem *check_documents(
    struct work *work, int64_t limit, void (*differs)(struct product_id id, void *argument), void *argument);

/* The state of products `p` with live variants `v` and their stock `i`: the columns, and the joins. */
#define PRICE_OF_ "IFNULL(v.price_minor, p.price_minor)"
#define STOCKED_PRICE_ "IF(i.on_hand > i.reserved, " PRICE_OF_ ", NULL)"
#define STATE_PRICE "IFNULL(MIN(" STOCKED_PRICE_ "), MIN(" PRICE_OF_ "))"
#define STATE_PRICE_MAX "NULLIF(IFNULL(MAX(" STOCKED_PRICE_ "), MAX(" PRICE_OF_ ")), " STATE_PRICE ")"
#define STATE_IN_STOCK "MAX(i.on_hand > i.reserved)"
#define PRICE_ORDER(currency, price) "CONCAT(" currency ", LPAD(" price ", 19, '0'))" /* of product_listings */
#define STATE_JOINS "JOIN variants v ON v.product_id = p.id AND v.deleted_at IS NULL JOIN inventory i ON i.variant_id = v.id"

#endif
