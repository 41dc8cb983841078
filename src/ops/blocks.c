#include "ops/blocks.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/network.h"
#include "events/audit.h"
#include "http/blocklist.h"
#include "store/list.h"

#include <string.h>

enum {
	ALL_BITS = 128,
	WIDEST_IPV4 = 96 + 8, /* of the 128 bits: a /8 is the most that was ever given to one holder */
	WIDEST_IPV6 = 16
};

static const struct member block_members[] = {
	M_ID(struct block, id, "id"),
	M_TEXT(struct block, network, "network", NETWORK_TEXT_SIZE, .required = true, .example = "\"203.0.113.0/24\""),
	M_TEXT(struct block, reason, "reason", 500, .required = true, .example = "\"tries stolen cards\""),
	M_TIME(struct block, until, "until", .column = "ends_at", .description = "Null: until it is ended."),
	M_ID(struct block, created_by, "created_by", .description = "Null: an operator, with haatctl."),
	M_TIME(struct block, created_at, "created_at"),
	M_TIME(struct block, updated_at, "updated_at"),
};
SHAPE_SHARED(struct block, block_shape, "Block", block_members, .noun = "block");

/* The first and the last address of a network, as the columns hold them. */
struct range {
	unsigned char first[16], last[16];
};

static struct range
range_of(const struct network *network)
{
	struct range range;

	memcpy(range.first, network->bytes, sizeof range.first);
	memcpy(range.last, network->bytes, sizeof range.last);
	for (int bit = network->bits; bit < ALL_BITS; bit++)
		range.last[bit / 8] |= (unsigned char)(0x80 >> bit % 8);
	return range;
}

#define FIRST(range) P(((struct bytes) { (range).first, sizeof(range).first }))
#define LAST(range) P(((struct bytes) { (range).last, sizeof(range).last }))

static bool
meets(const struct network *one, const char *text)
{
	struct network other;

	return network_parse(text, &other) && (network_covers(one, &other) || network_covers(&other, one));
}

static bool
is_watched_from(const struct work *work, const struct network *network)
{
	for (const char *const *watchers = work->config->http.watchers; *watchers != NULL; watchers++)
		if (meets(network, *watchers))
			return true;
	return false;
}

/* Why the network must not be blocked; NULL: it may be. */
static const char *
fault_of(const struct work *work, const struct network *network)
{
	struct network ipv4;

	network_parse("0.0.0.0/0", &ipv4);
	if (network_covers(network, &ipv4) || network->bits < (network_covers(&ipv4, network) ? WIDEST_IPV4 : WIDEST_IPV6))
		return "is too wide: at most a /8 of IPv4 or a /16 of IPv6";
	if (meets(network, "127.0.0.1") || meets(network, "::1"))
		return "holds the machine itself";
	if (is_watched_from(work, network))
		return "holds or is part of a network in http.watchers";
	return network_contains(network, work->address) ? "holds the address that this request comes from" : NULL;
}

static const char no_network[] = "must be an address or a network like 203.0.113.0/24, without bits behind its prefix";

static const struct problem *
check_body(const struct work *work, const struct block_body *body, struct network *network)
{
	struct faults faults = { .count = 0 };
	const char   *fault = network_parse(body->network, network) ? fault_of(work, network) : no_network;

	if (fault != NULL)
		faults_add(&faults, "network", fault);
	if (body->until != NULL && body->until->unix_ms <= instant_now().unix_ms)
		faults_add(&faults, "until", "must be in the future");
	return faults_problem(work->arena, &faults);
}

/* Whoever changes a block holds this row until the commit: one at a time, and the workers read the list again. */
static const struct problem *
next_version(struct work *work)
{
	return db_run(work->db, NULL,
	    "INSERT INTO block_list (the_one, version) VALUES (1, 1) ON DUPLICATE KEY UPDATE version = version + 1");
}

static const struct problem *
check_room(struct work *work)
{
	int64_t count;

	TRY(db_value(work->db, &count, "SELECT COUNT(*) FROM blocks"));
	return count < BLOCKLIST_MAX ? OK
				     : problem(CONFLICT, "there are 10,000 blocks already; block wider networks, or end some");
}

static const struct problem *
add(struct work *work, struct block_id id, const char *network, struct range range, const struct block_body *body)
{
	TRY(check_room(work));
	transaction_witness(work, "SELECT COUNT(*) FROM blocks WHERE id = ?", id.uuid);
	return db_run(work->db, NULL,
	    "INSERT INTO blocks (id, network, first_address, last_address, reason, ends_at, created_by, updated_by) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(network), FIRST(range), LAST(range), P(body->reason), P(body->until), P(acting_user(work)),
	    P(acting_user(work)));
}

const struct problem *
block_network(struct work *work, const struct block_body *body, struct block **block)
{
	struct block_id id = NEW_ID(block_id);
	struct network  network;
	char            text[NETWORK_TEXT_SIZE];
	struct block   *before;

	TRY(check_body(work, body, &network));
	network_print(&network, text);
	TRY(next_version(work));
	TRY(db_row(work->db, &block_shape, &before, "SELECT {b} FROM blocks b WHERE b.network = ?", P(text)));
	if (before != NULL)
		id = before->id;
	if (before == NULL)
		TRY(add(work, id, text, range_of(&network), body));
	else
		TRY(db_run(work->db, NULL, "UPDATE blocks SET reason = ?, ends_at = ?, updated_by = ? WHERE id = ?",
		    P(body->reason), P(body->until), P(acting_user(work)), P(id)));
	TRY(db_one(work->db, &block_shape, block, "SELECT {b} FROM blocks b WHERE b.id = ?", P(id)));
	return audit_record(
	    work, before == NULL ? "block.created" : "block.changed", "block", id.uuid, &block_shape, before, *block);
}

const struct problem *
end_block(struct work *work, struct block_id id)
{
	struct block *before;

	TRY(next_version(work));
	TRY(db_one(work->db, &block_shape, &before, "SELECT {b} FROM blocks b WHERE b.id = ?", P(id)));
	TRY(db_run(work->db, NULL, "DELETE FROM blocks WHERE id = ?", P(id)));
	return audit_record(work, "block.ended", "block", id.uuid, &block_shape, before, NULL);
}

const struct problem *
end_block_of(struct work *work, const char *written)
{
	struct network network;
	char           text[NETWORK_TEXT_SIZE];
	struct block  *block;

	if (!network_parse(written, &network))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "network", no_network);
	network_print(&network, text);
	TRY(db_one(work->db, &block_shape, &block, "SELECT {b} FROM blocks b WHERE b.network = ?", P(text)));
	return end_block(work, block->id);
}

const struct problem *
list_blocks(struct work *work, const char *address, int64_t number, int64_t size, struct block **blocks, struct listed *listed)
{
	struct list    list = list_begin(work, "SELECT {b}", "FROM blocks b");
	struct network network;
	struct range   range;

	list_where(&list, "(b.ends_at IS NULL OR b.ends_at > NOW(3))");
	if (address != NULL) {
		if (!network_parse(address, &network))
			return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "address", no_network);
		range = range_of(&network);
		list_where(&list, "b.first_address <= ? AND b.last_address >= ?", FIRST(range), LAST(range));
	}
	return list_numbered(&list, &block_shape, "b.id DESC", number, size, blocks, listed);
}
