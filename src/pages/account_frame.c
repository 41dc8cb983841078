#include "pages/account_frame.h"

#include "base/arena.h"
#include "pages/pages.h"

enum { PAGE_ROOM = 32 * 1024 };

static const char *const done_values[] = { "saved", "added", "removed", "shop", "letter", "picture", "password", "session",
	"subscription", "export", "move", NULL };

static const struct member account_frame_members[] = {
	M_BOOLEAN(struct account_frame, in_profile, "in_profile"),
	M_BOOLEAN(struct account_frame, in_addresses, "in_addresses"),
	M_BOOLEAN(struct account_frame, in_security, "in_security"),
	M_BOOLEAN(struct account_frame, in_payments, "in_payments"),
	M_BOOLEAN(struct account_frame, in_data, "in_data"),
	M_BOOLEAN(struct account_frame, buys, "buys"),
	M_BOOLEAN(struct account_frame, stores_methods, "stores_methods"),
	M_BOOLEAN(struct account_frame, is_wrong, "is_wrong"),
	M_ENUM(struct account_frame, done, "done", done_values),
};
SHAPE_SHARED(struct account_frame, account_frame_shape, "AccountFrame", account_frame_members);

static const struct member account_query_members[] = {
	M_ENUM(struct account_query, done, "done", done_values, .description = "What the page says was done."),
};
SHAPE_SHARED(struct account_query, account_query_shape, "AccountQuery", account_query_members);

struct account_frame
account_frame(struct request *request, enum account_section section, const struct problem *problem)
{
	const uint64_t permissions = request->work->viewer.permissions;

	return (struct account_frame) { .in_profile = section == SECTION_PROFILE,
		.in_addresses = section == SECTION_ADDRESSES,
		.in_security = section == SECTION_SECURITY,
		.in_payments = section == SECTION_PAYMENTS,
		.in_data = section == SECTION_DATA,
		.buys = (permissions & PERMISSION(ORDER_PLACE)) != 0,
		.stores_methods = (permissions & (PERMISSION(ORDER_PLACE) | PERMISSION(PAYMENT_TAKE_OWN))) != 0,
		.is_wrong = problem != OK,
		.done = request->method == GET && request->route->query == &account_query_shape
		    ? QUERY(request, struct account_query)->done
		    : NULL };
}

const struct problem *
account_show(struct request *request, enum site_template page, const void *view, const struct problem *problem)
{
	struct text html = text_new(request->work->arena, PAGE_ROOM);

	site_print(request, page, view, &html);
	respond_text(request, PAGE_TYPE, html.bytes, html.length);
	if (problem != OK)
		request->status = problem_status(problem->code);
	return OK;
}

const struct problem *
account_go_on(struct request *request, const char *path, enum account_done done)
{
	return respond_redirect(
	    request, arena_format(request->work->arena, "%s%s?done=%s", site_base(request), path, done_values[done]));
}
