/* All that is kept of somebody: exported for them, and their account deleted. */
#include "pages/account_page.h"

#include "http/face.h"
#include "pages/pages.h"
#include "pages/site_problem.h"
#include "people/people.h"

static const char page_path[] = "/account/data";

static const struct member export_view_members[] = {
	M_TEXT(struct export_view, url, "url", 1200),
	M_TIME(struct export_view, expires_at, "expires_at"),
	M_BOOLEAN(struct export_view, is_ready, "is_ready"),
	M_BOOLEAN(struct export_view, is_queued, "is_queued"),
	M_BOOLEAN(struct export_view, has_failed, "has_failed"),
};
SHAPE(struct export_view, export_view_shape, "ExportView", export_view_members);

static const struct member data_view_members[] = {
	M_SITE(struct data_view),
	M_FRAME(struct data_view),
	M_OBJECT(struct data_view, export, "export", export_view_shape),
	M_BOOLEAN(struct data_view, has_shop, "has_shop"),
	M_BOOLEAN(struct data_view, is_held, "is_held"),
};
SHAPE_SHARED(struct data_view, data_view_shape, "DataView", data_view_members);

static const struct problem *
show_data(struct request *request, const struct problem *problem)
{
	struct data_view   view = { .site = site_of(request, false),
		  .frame = account_frame(request, SECTION_DATA, problem),
		  .has_shop = request->work->viewer.merchant != NULL,
		  .is_held = problem_is(problem, PROBLEM_CONFLICT) };
	struct export_view shown;
	struct data_export *export;

	TRY(find_own_export(request->work, &export));
	if (export != NULL) {
		shown = (struct export_view) { .url = export->url,
			.expires_at = export->expires_at,
			.is_ready = export->status == EXPORT_READY,
			.is_queued = export->status == EXPORT_QUEUED,
			.has_failed = export->status == EXPORT_FAILED };
		view.export = &shown;
	}
	return account_show(request, SITE_DATA, &view, problem);
}

static const struct problem *
show_data_page(struct request *request)
{
	return show_data(request, OK);
}

static void
show_data_problem(struct request *request, const struct problem *problem)
{
	if (request->method == GET || !problem_is(problem, PROBLEM_CONFLICT) || show_data(request, problem) != OK)
		site_show_problem(request, problem);
}

static const struct problem *
ask_export_on_page(struct request *request)
{
	struct data_export *export;

	TRY(ask_for_export(request->work, &export));
	return account_go_on(request, page_path, DONE_EXPORT);
}

static const struct problem *
delete_on_page(struct request *request)
{
	struct work *work = request->work;

	TRY(delete_account(work, work->viewer.user));
	face_set_session(request, "", 0);
	return respond_redirect(request, arena_format(work->arena, "%s/", site_base(request)));
}

#define OF_OWNER .permission = SIGNED_IN, .show_problem = show_data_problem

static const struct route data_page_routes[] = {
	{ GET, "/account/data", .id = "showDataPage", ACCOUNT_PAGE, OF_OWNER,
	    .summary = "The page on which one's data are exported and the account is deleted", .handler = show_data_page },
	{ POST, "/account/export", .id = "askExportOnPage", ACCOUNT_FORM, OF_OWNER, .writes = WRITES_DATABASE,
	    .summary = "Ask for all that is kept of oneself", .handler = ask_export_on_page },
	{ POST, "/account/delete", .id = "deleteAccountOnPage", ACCOUNT_FORM, OF_OWNER, .confirmed = true,
	    .writes = WRITES_DATABASE, .errors = ERRORS(CONFLICT, NOT_FOUND), .summary = "Delete one's account",
	    .description = "As the API does.", .handler = delete_on_page },
};
ROUTE_TABLE(data_pages_table, "Pages of one's data", "Export and deletion, in a browser.", data_page_routes);
