/* The routes of pictures and videos. */
#include "media/routes.h"

#include "base/arena.h"
#include "http/request.h"
#include "media/receive.h"

struct media_results {
	struct media *results;
	size_t        n_results;
};

static const struct member media_results_members[] = {
	M_ARRAY(struct media_results, results, n_results, "results", media_shape, MEDIA_FILES_MAX),
};
SHAPE(struct media_results, media_results_shape, "MediaResults", media_results_members);

static const struct problem *
handle_upload(struct request *request)
{
	struct media_results answer = { .n_results = request->n_uploads };

	if (request->n_uploads == 0)
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "files", "is required");
	TRY(media_receive(request->work, request->uploads, request->n_uploads, "files", &answer.results));
	return respond(request, &answer);
}

static const struct problem *
handle_delete(struct request *request)
{
	struct media_id id;

	TRY(path_id(request, "id", &id.uuid));
	TRY(media_delete(request->work, id));
	return respond_nothing(request);
}

static const struct route media_routes[] = {
	{ POST, "/media", .id = "uploadMedia", .permission = SIGNED_IN, .pool = POOL_BULK, .writes = WRITES_DATABASE,
	    .takes = TAKES_MULTIPART, .upload = { .files = "files", .max = MEDIA_FILES_MAX, .kept = true },
	    .answer = { 201, &media_results_shape }, .errors = ERRORS(BODY_TOO_LARGE, STORAGE_FULL),
	    .unaudited = "nothing shows what was uploaded until a thing names it, which is audited",
	    .summary = "Upload pictures and videos",
	    .description =
		"PNG, JPEG, GIF, WebP, MP4 or WebM, told by content, of at most 50 megapixels.  A product, review or profile names "
		"them by id; what nothing names within a day is removed.  A job makes the sizes; until then `url` is null.",
	    .handler = handle_upload },
	{ DELETE, "/media/{id}", .id = "deleteMedia", .permission = SIGNED_IN, .writes = WRITES_DATABASE, .answer = { 204, NULL },
	    .errors = ERRORS(IN_USE), .summary = "Delete a picture or video of your own that nothing shows",
	    .handler = handle_delete },
};

ROUTE_TABLE(media_table, "Media", "Pictures and videos.", media_routes);
