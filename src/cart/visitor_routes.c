/* The route of the visitor. */
#include "cart/visitor.h"

#include "http/face.h"
#include "http/request.h"

static const struct problem *
handle_show_visitor(struct request *request)
{
	struct work          *work = request->work;
	const char           *token = cart_token(request);
	struct cart_owner     owner = own_cart(work);
	struct visitor        nobody = { .name = NULL }, *visitor = &nobody;
	const bool            is_guest = uuid_is_nil(work->viewer.user.uuid);
	const struct problem *problem = is_guest && token != NULL ? find_guest_cart(work, token, &owner) : OK;

	respond_header(request, "Cache-Control", "private, no-store");
	/* A cart whose time is over is as good as none. */
	if (problem_is(problem, PROBLEM_NOT_FOUND))
		return respond(request, &nobody);
	TRY(problem);
	if (is_guest && token == NULL)
		return respond(request, &nobody);
	TRY(read_visitor(work, &owner, &visitor));
	return respond(request, visitor);
}

static const struct route visitor_routes[] = {
	{ GET, "/visitor", .id = "showVisitor", .permission = PUBLIC, .optional_user = true, .guest = true,
	    .answer = { 200, &visitor_shape }, .summary = "Show what pages say of who looks at them",
	    .description = "Their name, how many lines their cart has, and what is on their wishlist; of nobody, nothing.",
	    .handler = handle_show_visitor },
};
ROUTE_TABLE(visitor_table, "Visitor", "Who looks at the shop.", visitor_routes);
