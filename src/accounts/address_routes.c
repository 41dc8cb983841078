/* The routes of addresses. */
#include "accounts/addresses.h"

#include "http/request.h"

struct address_list {
	struct address *results;
	size_t          n_results;
};

static const struct member address_list_members[] = {
	M_ARRAY(struct address_list, results, n_results, "results", address_shape, ADDRESSES_MAX),
};
SHAPE(struct address_list, address_list_shape, "AddressList", address_list_members);

static const struct problem *
respond_address(struct request *request, const struct address *address)
{
	if (request_not_modified(request, address->id.uuid, address->version))
		return OK;
	return respond(request, address);
}

static const struct problem *
handle_create_address(struct request *request)
{
	struct address *address;

	TRY(create_address(request->work, BODY(request, struct address), &address));
	return respond_address(request, address);
}

static const struct problem *
handle_list_addresses(struct request *request)
{
	struct address_list list;

	TRY(list_addresses(request->work, &list.results, &list.n_results));
	return respond(request, &list);
}

static const struct problem *
handle_show_address(struct request *request)
{
	struct address_id id;
	struct address   *address;

	TRY(path_id(request, "id", &id.uuid));
	TRY(read_address(request->work, id, &address));
	return respond_address(request, address);
}

static const struct problem *
handle_update_address(struct request *request)
{
	struct address_id id;
	struct address   *address;

	TRY(path_id(request, "id", &id.uuid));
	TRY(update_address(
	    request->work, id, request->route->body, BODY(request, struct address), expected_version(request), &address));
	return respond_address(request, address);
}

static const struct problem *
handle_delete_address(struct request *request)
{
	struct address_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(delete_address(request->work, id, expected_version(request)));
	return respond_nothing(request);
}

static const struct route address_routes[] = {
	{ POST, "/addresses", .id = "createAddress", .unaudited = "addresses are their owner's own; orders hold a copy",
	    .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE, .body = &address_create_shape,
	    .answer = { 201, &address_shape }, .errors = ERRORS(CONFLICT, NOT_FOUND), .summary = "Add an address",
	    .handler = handle_create_address },
	{ GET, "/addresses", .id = "listAddresses", .permission = PERMISSION(ORDER_PLACE), .answer = { 200, &address_list_shape },
	    .summary = "List your own addresses, newest first", .handler = handle_list_addresses },
	{ GET, "/addresses/{id}", .id = "showAddress", .tagged = true, .permission = PERMISSION(ORDER_PLACE),
	    .answer = { 200, &address_shape }, .summary = "Show an address", .handler = handle_show_address },
	{ PUT, "/addresses/{id}", .id = "replaceAddress", .unaudited = "addresses are their owner's own; orders hold a copy",
	    .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE, .body = &address_create_shape,
	    .answer = { 200, &address_shape }, .errors = ERRORS(VERSION_MISMATCH),
	    .summary = "Replace an address; absent members are set to their defaults",
	    .description = "Existing orders keep their copy of the address.", .handler = handle_update_address },
	{ PATCH, "/addresses/{id}", .id = "changeAddress", .unaudited = "addresses are their owner's own; orders hold a copy",
	    .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE, .body = &address_change_shape,
	    .answer = { 200, &address_shape }, .errors = ERRORS(VERSION_MISMATCH), .summary = "Update an address",
	    .description = "Existing orders keep their copy of the address.", .handler = handle_update_address },
	{ DELETE, "/addresses/{id}", .id = "deleteAddress", .unaudited = "addresses are their owner's own; orders hold a copy",
	    .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE, .answer = { 204, NULL },
	    .errors = ERRORS(VERSION_MISMATCH), .summary = "Delete an address",
	    .description =
		"Existing orders keep their copy.  If it was the default, the newest other address of its kind becomes the default.",
	    .handler = handle_delete_address },
};

ROUTE_TABLE(address_table, "Addresses", "A customer's addresses for shipping and billing.", address_routes);
