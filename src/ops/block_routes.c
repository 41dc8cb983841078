/* The routes of blocked networks: a table and thin handlers. */
#include "base/network.h"
#include "http/page.h"
#include "http/request.h"
#include "ops/blocks.h"
#include "ops/ops.h"

struct blocks_query {
	struct numbered_query list;
	const char           *address;
};

static const struct member blocks_query_members[] = {
	NUMBERED_QUERY(struct blocks_query),
	LIST_FORMAT(struct blocks_query),
	M_TEXT(struct blocks_query, address, "address", NETWORK_TEXT_SIZE, .min = 1, .example = "\"203.0.113.7\"",
	    .description = "Only those that hold this address, or the whole of this network."),
};
SHAPE(struct blocks_query, blocks_query_shape, "BlocksQuery", blocks_query_members);

PAGE_NUMBERED(struct block_page, block_page_shape, "BlockPage", block_shape);

static const struct member block_body_members[] = {
	M_TEXT(struct block_body, network, "network", NETWORK_TEXT_SIZE, .required = true, .min = 1,
	    .example = "\"203.0.113.0/24\"", .description = "An address or a network, IPv4 or IPv6."),
	M_TEXT(struct block_body, reason, "reason", 500, .required = true, .min = 1, .example = "\"tries stolen cards\""),
	M_TIME(struct block_body, until, "until", .nullable = true, .description = "Null or absent: until it is ended."),
};
SHAPE(struct block_body, block_body_shape, "NewBlock", block_body_members);

static const struct problem *
handle_list_blocks(struct request *request)
{
	const struct blocks_query *query = QUERY(request, struct blocks_query);
	struct block_page          answer;
	struct listed              listed;

	TRY(list_blocks(request->work, query->address, query->list.page, query->list.page_size, &answer.results, &listed));
	numbered_fill(request, &query->list, &listed, &answer);
	return respond(request, &answer);
}

static const struct problem *
handle_create_block(struct request *request)
{
	struct block *block;

	TRY(block_network(request->work, BODY(request, struct block_body), &block));
	return respond(request, block);
}

static const struct problem *
handle_end_block(struct request *request)
{
	struct block_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(end_block(request->work, id));
	return respond_nothing(request);
}

static const struct route block_routes[] = {
	{ GET, "/blocks", .id = "listBlocks", .permission = PERMISSION(BLOCK_MANAGE), .csv = true, .query = &blocks_query_shape,
	    .answer = { 200, &block_page_shape }, .summary = "List the networks that are blocked, newest first",
	    .handler = handle_list_blocks },
	{ POST, "/blocks", .id = "createBlock", .permission = PERMISSION(BLOCK_MANAGE), .writes = WRITES_DATABASE,
	    .body = &block_body_shape, .answer = { 201, &block_shape }, .errors = ERRORS(CONFLICT), .summary = "Block a network",
	    .description =
		"Every request from it is answered 403 `blocked`, from within five seconds on. One that is blocked already gets the "
		"new reason and end. Refused are more than a /8 of IPv4 or a /16 of IPv6, the machine itself, the networks of "
		"http.watchers, and whatever holds the address that you ask from.",
	    .handler = handle_create_block },
	{ DELETE, "/blocks/{id}", .id = "endBlock", .permission = PERMISSION(BLOCK_MANAGE), .writes = WRITES_DATABASE,
	    .answer = { 204, NULL }, .summary = "End a block", .handler = handle_end_block },
};

ROUTE_TABLE(block_table, "Blocks", "Networks that the shop does not answer.", block_routes);
