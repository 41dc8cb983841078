/* The address book. */
#include "accounts/addresses.h"

#include "http/request.h"

enum { PHONE_MIN = 5 };

#define ADDRESS_MEMBERS(S, required_)                                                          \
	M_TEXT(S, full_name, "full_name", 150, .required = required_, .min = 1, .example = "\"Amina Khatun\""), \
	M_TEXT(S, phone, "phone", 20, .required = required_, .min = PHONE_MIN, .example = "\"+8801700000001\""), \
	M_TEXT(S, line1, "line1", 200, .required = required_, .min = 1, .example = "\"12 Green Road\""), \
	M_TEXT(S, line2, "line2", 200, .nullable = true, .example = "\"Flat 3\""),             \
	M_TEXT(S, city, "city", 100, .required = required_, .min = 1, .example = "\"Dhaka\""), \
	M_TEXT(S, state, "state", 100, .nullable = true, .example = "\"Dhaka Division\""),     \
	M_TEXT(S, postal_code, "postal_code", 20, .required = required_, .min = 1, .example = "\"1205\""), \
	M_TEXT(S, country, "country", 2, .required = required_, .min = 1, .format = FORMAT_COUNTRY, .example = "\"BD\"", \
	    .description = "ISO 3166-1 alpha-2")

static const struct member new_address_members[] = {
	M_ENUM(struct address, kind, "kind", address_kind_values, .required = true),
	ADDRESS_MEMBERS(struct address, true),
	M_BOOLEAN(struct address, is_default, "is_default", .defaulted = true, .preset = 0,
	    .description = "The first of its kind is the default anyway."),
};
SHAPE(struct address, new_address_shape, "NewAddress", new_address_members);

struct address_body {
	int              *kind;
	const char       *full_name, *phone, *line1, *line2, *city, *state, *postal_code, *country;
	bool             *is_default;
	struct shape_seen seen;
};

static const struct member address_body_members[] = {
	M_ENUM(struct address_body, kind, "kind", address_kind_values),
	ADDRESS_MEMBERS(struct address_body, false),
	M_BOOLEAN(struct address_body, is_default, "is_default"),
};
SHAPE_PATCH(struct address_body, address_body_shape, "AddressChange", address_body_members, seen);

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
	request_not_modified(request, address->id.uuid, address->version); /* sets the tag */
	return respond(request, address);
}

static const struct problem *
create_address(struct request *request)
{
	struct address *address;

	TRY(add_address(request->work, BODY(request, struct address), &address));
	return respond_address(request, address);
}

static const struct problem *
show_addresses(struct request *request)
{
	struct address_list list;

	TRY(list_addresses(request->work, &list.results, &list.n_results));
	return respond(request, &list);
}

static const struct problem *
show_address(struct request *request)
{
	struct address_id id;
	struct address   *address;

	TRY(path_id(request, "id", &id.uuid));
	TRY(find_address(request->work, id, &address));
	if (request_not_modified(request, address->id.uuid, address->version))
		return OK;
	return respond(request, address);
}

static const struct problem *
if_match(const struct address *address, void *argument)
{
	return request_if_match(argument, address->id.uuid, address->version);
}

static const struct problem *
update_address(struct request *request)
{
	const struct address_body *body = BODY(request, struct address_body);
	struct address_change      change = {
		.kind = body->kind, .full_name = body->full_name, .phone = body->phone, .line1 = body->line1, .line2 = body->line2,
		.city = body->city, .state = body->state, .postal_code = body->postal_code, .country = body->country,
		.has_line2 = shape_has(&address_body_shape, body, "line2"),
		.has_state = shape_has(&address_body_shape, body, "state"), .is_default = body->is_default,
	};
	struct address_id          id;
	struct address            *address;

	TRY(path_id(request, "id", &id.uuid));
	TRY(change_address(request->work, id, &change, if_match, request, &address));
	return respond_address(request, address);
}

static const struct problem *
remove_address(struct request *request)
{
	struct address_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(delete_address(request->work, id, if_match, request));
	return respond_nothing(request);
}

static const struct route address_routes[] = {
	{ POST, "/addresses", .id = "createAddress", .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE,
	  .body = &new_address_shape, .answer = { 201, &address_shape }, .errors = ERRORS(CONFLICT, NOT_FOUND),
	  .summary = "Add an address", .handler = create_address },
	{ GET, "/addresses", .id = "listAddresses", .permission = PERMISSION(ORDER_PLACE), .answer = { 200, &address_list_shape },
	  .summary = "One's own addresses, newest first", .handler = show_addresses },
	{ GET, "/addresses/{id}", .id = "showAddress", .permission = PERMISSION(ORDER_PLACE), .answer = { 200, &address_shape },
	  .summary = "One address", .handler = show_address },
	{ PATCH, "/addresses/{id}", .id = "changeAddress", .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE,
	  .body = &address_body_shape, .answer = { 200, &address_shape }, .errors = ERRORS(VERSION_MISMATCH),
	  .summary = "Change an address", .description = "Orders keep the address as it was when they were placed.",
	  .handler = update_address },
	{ DELETE, "/addresses/{id}", .id = "deleteAddress", .permission = PERMISSION(ORDER_PLACE), .writes = WRITES_DATABASE,
	  .answer = { 204, NULL }, .errors = ERRORS(VERSION_MISMATCH), .summary = "Delete an address",
	  .description = "Orders keep what they need of it. The newest other one of its kind becomes the default where it was.",
	  .handler = remove_address },
};

ROUTE_TABLE(address_table, "Addresses", "Where a customer has things sent and billed.", address_routes);
