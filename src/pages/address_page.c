/* One's own addresses: listed, added, changed, deleted. */
#include "pages/address_page.h"

#include "base/arena.h"
#include "pages/pages.h"
#include "pages/site_problem.h"

#include <string.h>

enum { KINDS = ADDRESS_BILLING + 1 };

static const char list_path[] = "/account/addresses";

static const struct member address_list_view_members[] = {
	M_SITE(struct address_list_view),
	M_FRAME(struct address_list_view),
	M_ARRAY(struct address_list_view, addresses, n_addresses, "addresses", address_shape, ADDRESSES_MAX),
};
SHAPE_SHARED(struct address_list_view, address_list_view_shape, "AddressListView", address_list_view_members);

static const struct member kind_choice_members[] = {
	M_ENUM(struct kind_choice, kind, "kind", address_kind_values),
	M_BOOLEAN(struct kind_choice, is_chosen, "is_chosen"),
};
SHAPE(struct kind_choice, kind_choice_shape, "KindChoice", kind_choice_members);

static const struct member address_view_members[] = {
	M_SITE(struct address_view),
	M_FRAME(struct address_view),
	M_TEXT(struct address_view, id, "id", UUID_TEXT_LENGTH),
	M_BOOLEAN(struct address_view, is_default, "is_default"),
	M_FIELD(struct address_view, kind),
	M_FIELD(struct address_view, full_name),
	M_FIELD(struct address_view, phone),
	M_FIELD(struct address_view, line1),
	M_FIELD(struct address_view, line2),
	M_FIELD(struct address_view, city),
	M_FIELD(struct address_view, state),
	M_FIELD(struct address_view, postal_code),
	M_FIELD(struct address_view, country),
	M_ARRAY(struct address_view, kinds, n_kinds, "kinds", kind_choice_shape, KINDS),
	M_ARRAY(struct address_view, countries, n_countries, "countries", country_choice_shape, COUNTRIES_MAX),
};
SHAPE_SHARED(struct address_view, address_view_shape, "AddressView", address_view_members);

static const struct problem *
show_addresses(struct request *request)
{
	struct address_list_view view = { .site = site_of(request, false),
		.frame = account_frame(request, SECTION_ADDRESSES, OK) };

	TRY(list_addresses(request->work, &view.addresses, &view.n_addresses));
	return account_show(request, SITE_ADDRESSES, &view, OK);
}

/* ---- the form ---- */

static bool
is_value(const struct form_field *field, const char *value)
{
	return field->value != NULL && strcmp(field->value, value) == 0;
}

/* The fields are filled. */
static const struct problem *
show_form(struct request *request, const struct problem *problem, struct address_view *view)
{
	view->site = site_of(request, false);
	view->frame = account_frame(request, SECTION_ADDRESSES, problem);
	view->kinds = ARENA_ARRAY(request->work->arena, KINDS, struct kind_choice);
	for (; view->n_kinds < KINDS; view->n_kinds++)
		view->kinds[view->n_kinds] = (struct kind_choice) { .kind = (int)view->n_kinds,
			.is_chosen = is_value(&view->kind, address_kind_values[view->n_kinds]) };
	offer_countries(request, &view->country, &view->countries, &view->n_countries);
	return account_show(request, SITE_ADDRESS, view, problem);
}

static const struct problem *
show_new_address(struct request *request)
{
	struct address_view view = { .id = NULL };

	form_typed(request, OK, &address_view_shape, &view);
	return show_form(request, OK, &view);
}

static const struct problem *
show_address(struct request *request)
{
	struct address_view view = { .id = path_text(request, "id") };
	struct address_id   id;
	struct address     *address;

	TRY(path_id(request, "id", &id.uuid));
	TRY(read_address(request->work, id, &address));
	form_holds(&address_shape, address, &address_view_shape, &view);
	view.is_default = address->is_default;
	return show_form(request, OK, &view);
}

static void
show_address_problem(struct request *request, const struct problem *problem)
{
	struct address_view view = { .id = NULL };

	if (request->method == GET || !form_says(problem)) {
		site_show_problem(request, problem);
		return;
	}
	if (strcmp(request->path, list_path) != 0)
		view.id = path_text(request, "id");
	form_typed(request, problem, &address_view_shape, &view);
	view.is_default = form_text(request, "is_default") != NULL;
	show_form(request, problem, &view);
}

/* ---- what is sent ---- */

static const struct problem *
add_address(struct request *request)
{
	struct address *address;

	TRY(create_address(request->work, BODY(request, struct address), &address));
	return account_go_on(request, list_path, DONE_ADDED);
}

static const struct problem *
change_address(struct request *request)
{
	struct address_id id;
	struct address   *address;

	TRY(path_id(request, "id", &id.uuid));
	TRY(update_address(request->work, id, request->route->body, BODY(request, struct address), NULL, &address));
	return account_go_on(request, list_path, DONE_SAVED);
}

static const struct problem *
make_default(struct request *request)
{
	struct address    body = { .is_default = true };
	struct address_id id;
	struct address   *address;

	shape_note(&address_change_shape, &body, "is_default");
	TRY(path_id(request, "id", &id.uuid));
	TRY(update_address(request->work, id, &address_change_shape, &body, NULL, &address));
	return account_go_on(request, list_path, DONE_SAVED);
}

static const struct problem *
remove_address(struct request *request)
{
	struct address_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(delete_address(request->work, id, NULL));
	return account_go_on(request, list_path, DONE_REMOVED);
}

#define OF_BUYERS .permission = PERMISSION(ORDER_PLACE), .show_problem = show_address_problem
#define CHANGES \
	ACCOUNT_FORM, OF_BUYERS, .writes = WRITES_DATABASE, .unaudited = "addresses are their owner's own; orders hold a copy"

static const struct route address_page_routes[] = {
	{ GET, "/account/addresses", .id = "showAddressesPage", ACCOUNT_PAGE, OF_BUYERS, .summary = "The page of one's addresses",
	    .handler = show_addresses },
	{ GET, "/account/addresses/new", .id = "showNewAddressPage", ACCOUNT_PAGE, OF_BUYERS,
	    .summary = "The page on which an address is added", .handler = show_new_address },
	{ POST, "/account/addresses", .id = "addOwnAddressOnPage", CHANGES, .once = true, .body = &address_create_shape,
	    .errors = ERRORS(CONFLICT, NOT_FOUND), .summary = "Add an address", .handler = add_address },
	{ GET, "/account/addresses/{id}", .id = "showAddressPage", ACCOUNT_PAGE, OF_BUYERS,
	    .summary = "The page on which an address is changed", .handler = show_address },
	{ POST, "/account/addresses/{id}", .id = "changeAddressOnPage", CHANGES, .body = &address_create_shape,
	    .summary = "Change an address", .handler = change_address },
	{ POST, "/account/addresses/{id}/default", .id = "makeAddressDefaultOnPage", CHANGES,
	    .summary = "Make an address the default of its kind", .handler = make_default },
	{ POST, "/account/addresses/{id}/delete", .id = "deleteAddressOnPage", CHANGES, .once = true,
	    .summary = "Delete an address", .handler = remove_address },
};
ROUTE_TABLE(address_pages_table, "Address pages", "One's own addresses, in a browser.", address_page_routes);
