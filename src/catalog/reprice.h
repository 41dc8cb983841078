/* reprice.h: prices of a product change by percent. */
#ifndef CATALOG_REPRICE_H
#define CATALOG_REPRICE_H

#include "base/ids.h"
#include "base/money.h"
#include "base/problem.h"

struct work;

/*
 * Changes the product's price, and those that its variants have of their own, by so many percent (-10: a tenth less), each rounded half
 * to even.  What it is said to be reduced from stays.  The problems of update_product and update_variant; VALIDATION_FAILED for
 * a price that would not be above 0, or be too large.  Inside a transaction.
 */
const struct problem *reprice_product(struct work *work, struct product_id id, struct decimal percent);

#endif
