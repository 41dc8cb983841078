/*
 * merchants.h: what staff do with shops.
 */
#ifndef MERCHANTS_H
#define MERCHANTS_H

#include "accounts/accounts.h"

enum merchant_move { MERCHANT_ACTIVATE, MERCHANT_SUSPEND };

/* One page of the shops, newest first, of a status (NULL: any); *count is how many there are in all pages. */
const struct problem *list_merchants(struct work *work, const int *status, int64_t page, int64_t page_size,
    struct merchant **merchants, size_t *n, int64_t *count);

/*
 * Activate (pending, suspended or inactive) or suspend (active) a shop; what is so already stays so.  The event makes the
 * catalogue show or hide its products.  NOT_FOUND, CONFLICT.
 */
const struct problem *move_merchant(struct work *work, struct merchant_id id, enum merchant_move to,
    struct merchant **merchant);

#endif
