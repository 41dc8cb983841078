/*
 * merchants.h: what staff do with shops.
 */
#ifndef MERCHANTS_H
#define MERCHANTS_H

#include "accounts/accounts.h"

struct listed;

enum merchant_move { MERCHANT_ACTIVATE, MERCHANT_SUSPEND };

/* Page `number` (from 1) of the shops, newest first, `size` on each, of a status (NULL: any). */
const struct problem *list_merchants(struct work *work, const int *status, int64_t number, int64_t size,
    struct merchant **merchants, struct listed *listed);

/*
 * Activate (pending, suspended or inactive) or suspend (active) a shop; what is so already stays so.  The event makes the
 * catalogue show or hide its products.  NOT_FOUND, CONFLICT.
 */
const struct problem *move_merchant(struct work *work, struct merchant_id id, enum merchant_move to,
    struct merchant **merchant);

#endif
