/* The routes of an account as a whole. */
#include "people/people.h"

#include "http/request.h"

static const struct problem *
handle_delete_me(struct request *request)
{
	TRY(delete_account(request->work, request->work->viewer.user));
	return respond_nothing(request);
}

static const struct problem *
handle_delete_user(struct request *request)
{
	struct user_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(delete_account(request->work, id));
	return respond_nothing(request);
}

static const struct route people_routes[] = {
	{ DELETE, "/accounts/me", .id = "deleteMe", .permission = SIGNED_IN, .confirmed = true, .writes = WRITES_DATABASE,
	    .answer = { 204, NULL }, .errors = ERRORS(CONFLICT, NOT_FOUND), .summary = "Delete your account",
	    .description =
		"At once sessions, payment methods and subscriptions end, and the e-mail address is free. After 30 days "
		"what is kept of you is erased; orders and payments stay, without your name and address. A shop must "
		"have no open orders and no balance.",
	    .handler = handle_delete_me },
	{ DELETE, "/users/{id}", .id = "deleteUser", .permission = PERMISSION(USER_MANAGE), .confirmed = true,
	    .writes = WRITES_DATABASE, .answer = { 204, NULL }, .errors = ERRORS(CONFLICT, NOT_FOUND),
	    .summary = "Delete somebody's account",
	    .description = "As its owner would; not one that holds a staff permission that you lack.",
	    .handler = handle_delete_user },
};

ROUTE_TABLE(people_table, "Deletion", "An account and all that is kept of its owner.", people_routes);
