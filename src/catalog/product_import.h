/*
 * product_import.h: many products at once, as a file has them.
 *
 * A product of a file is known by the SKUs of its variants: where the merchant has one of them, its product is changed as PATCH
 * would, else it is new.  But stock is taken for new variants only, and variants that the file does not name stay unless its
 * delete_missing_variants says otherwise.  What the file says already is left untouched, so that the same file twice changes
 * nothing the second time.
 */
#ifndef PRODUCT_IMPORT_H
#define PRODUCT_IMPORT_H

#include "catalog/product_body.h"

struct json_object;

enum import_outcome { IMPORT_CREATED, IMPORT_CHANGED, IMPORT_UNCHANGED, IMPORT_REFUSED };

/* The merchant of a file, whose row the caller has locked. */
struct import_merchant {
	struct merchant_id id;
	const char        *currency;
	bool               active;
};

/* One product of a file. */
struct product_draft {
	struct json_object   *json;    /* as the file has it */
	struct product_body  *body;    /* the same, of product_import_shape; NULL with a problem */
	const struct problem *problem; /* why it is refused */
	enum import_outcome   outcome;
	struct product_id     product; /* the one that it is */
};

enum { IMPORT_DRAFTS = 500 /* at once */ };

/*
 * Create or change them, inside the running transaction, on behalf of the work's actor.  A draft that cannot be is refused, and
 * the others go on.  DUPLICATE_KEY or SKU_TAKEN when somebody else has taken a slug or a SKU meanwhile: the whole is to be rolled
 * back and run again; with one draft alone, that is its fault.
 */
const struct problem *import_products(
    struct work *work, const struct import_merchant *merchant, struct product_draft *drafts, size_t count);

/* A SKU as two are compared, in the arena: those that look equal are equal. */
const char *fold_sku(struct arena *arena, const char *sku);

#endif
