/*
 * search.h: what the search knows of the products that are shown: search_documents, a row for each, and search_postings,
 * a row for each of its words.
 *
 * What a search is filtered and ordered by stands in the document, beside the words: a trigger of product_listings copies it
 * from the whole shop's row whenever that changes, so who writes listings (stock, sales, prices) need not know of it.
 *
 * Written in the transaction that changes the product, after its listings: what is not listed is not found.  A posting has
 * the word's score by where it stands (name, brand, category, description) and what a search may be narrowed to, so that
 * each word is read in the order of its scores within a merchant, a brand or a category.  What changes many products (a
 * renamed brand's beyond the first 500, a category's) is written by jobs.
 */
#ifndef SEARCH_H
#define SEARCH_H

#include "base/ids.h"
#include "store/work.h"

enum {
	SEARCH_LEVELS = 3,     /* of the tree of categories that have lists of their own; what is below is looked through */
	SEARCH_PRODUCTS = 500, /* that are refreshed together at most */
	SEARCH_PACKED_WORD = 5,
	SEARCH_PACKED_BYTES = 7 /* with its score */
};

/* Is what stands beside the words in a document `d` of the search what the whole shop's listing `l` has? */
#define SEARCH_DOCUMENT_FOLLOWS \
	"d.merchant_id <=> l.merchant_id AND d.brand_id <=> l.brand_id AND d.price_order = l.price_order AND d.in_stock = l.in_stock " \
	"AND d.is_featured = l.is_featured AND d.rating_average = l.rating_average AND d.sales_count = l.sales_count " \
	"AND d.created_at <=> l.created_at AND BINARY d.name = BINARY l.name"

/* What a merchant, brand or category is called in a posting.  Another may be called the same: the document decides. */
int64_t search_scope(struct uuid id);

/*
 * The number of a word as it is packed in a document's `words`: in bytes of seven bits, of which only the first has the eighth, so
 * that one is found by its bytes alone.  Two more behind it are its score.
 */
void search_pack(int64_t word, unsigned char packed[SEARCH_PACKED_WORD]);

/* Rewrite what the search knows of products; nothing is written that has not changed.  Inside their transaction. */
const struct problem *search_refresh(struct work *work, struct product_id product);
const struct problem *search_refresh_many(struct work *work, const struct product_id *products, size_t count);

/* A job does that for products that were just listed, beside what others of about the same age. */
const struct problem *search_later(struct work *work, const struct product_id *products, size_t count);

/* Rewrite the words by which a category is suggested. */
const struct problem *search_refresh_category(struct work *work, struct category_id category, const char *name);

/* In the transaction that renames or deletes a brand: its products are rewritten, the many of a large one by a job. */
const struct problem *search_brand_changed(struct work *work, struct brand_id brand, const char *old_name);

/* Which products a fill looks at. */
enum search_fill {
	FILL_ALL,     /* all that are listed; what is no longer listed is forgotten */
	FILL_MISSING, /* those that are listed and not known, or only to an older program */
	FILL_SEED     /* the same in a shop that nobody uses yet: its indexes are built at the end, in a third of the time */
};

/*
 * Let the search know many products: in batches of a transaction each, so that what is interrupted goes on when it is called
 * again.  *written is how many were looked at.
 */
const struct problem *search_fill(struct work *work, enum search_fill what, int64_t *written);

/* Are products listed that the search does not know, or only as an older program wrote them? */
const struct problem *search_needs_fill(struct work *work, bool *needed);

#endif
