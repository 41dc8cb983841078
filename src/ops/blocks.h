/*
 * blocks.h: which networks are blocked: made, listed and ended by whoever holds block:manage, and by haatctl.
 *
 * Workers follow within 5 s (http/blocklist.h).  No block may lock out the whole internet, who watches the shop
 * (http.watchers), the machine itself, or the address from which it is made.
 */
#ifndef BLOCKS_H
#define BLOCKS_H

#include "base/shape.h"
#include "store/work.h"

struct listed;

struct block {
	struct block_id id;
	const char     *network, *reason; /* the network as network_print writes it */
	struct instant *until;            /* NULL: until it is ended */
	struct user_id *created_by;       /* NULL: haatctl */
	struct instant  created_at, updated_at;
};
SHAPE_DECLARE(struct block, block_shape);

struct block_body {
	const char     *network, *reason;
	struct instant *until;
};

/*
 * Block a network, or change reason and end of the block that it has; inside a transaction.  VALIDATION_FAILED names all that
 * is wrong; CONFLICT when there are BLOCKLIST_MAX.
 */
const struct problem *block_network(struct work *work, const struct block_body *body, struct block **block);

/* End a block, by its id or by the network as anybody may write it; inside a transaction.  NOT_FOUND. */
const struct problem *end_block(struct work *work, struct block_id id);
const struct problem *end_block_of(struct work *work, const char *network);

/*
 * Page `number` (from 1) of the blocks in force, newest first, `size` on each.  `address`: those that hold it or, of a
 * network, all of it; NULL: all.  VALIDATION_FAILED when it is neither.
 */
const struct problem *list_blocks(
    struct work *work, const char *address, int64_t number, int64_t size, struct block **blocks, struct listed *listed);

#endif
