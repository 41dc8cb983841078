/* The networks that the demo shop has blocked: of addresses that documents are free to use, so nobody has them. */
#include "ops/seed.h"

#include "ops/blocks.h"
#include "store/list.h"

static const struct {
	const char *network, *reason;
} blocked[] = {
	{ "203.0.113.240/28", "tried stolen cards" },
	{ "2001:db8:bad::/48", "copied the catalogue over and over" },
};

const struct problem *
seed_blocks(const struct seed *seed)
{
	for (size_t i = 0; i < sizeof blocked / sizeof *blocked; i++) {
		const struct block_body body = { .network = blocked[i].network, .reason = blocked[i].reason };
		struct listed           listed;
		struct block           *block;

		TRY(list_blocks(seed->work, body.network, 1, 1, &block, &listed));
		if (listed.total == 0)
			TRY(db_transaction(seed->work, block_network(seed->work, &body, &block)));
	}
	return OK;
}
