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

struct media_body {
	const char *url; /* in place of files */
};

static const struct member media_body_members[] = {
	M_TEXT(struct media_body, url, "url", 1000, .nullable = true, .format = FORMAT_URL,
	    .example = "\"https://pictures.example/pitcher.jpg\"", .description = "Where a job fetches one picture, once."),
};
SHAPE(struct media_body, media_body_shape, "MediaBody", media_body_members);

static const struct problem *
handle_address(struct request *request, const char *url)
{
	struct media media = { .url = NULL };

	TRY(media_fetch_later(request->work, &url, 1, &media.id));
	return respond(request, &(struct media_results) { &media, 1 });
}

static const struct problem *
handle_upload(struct request *request)
{
	const struct media_body *body = request->body;
	struct media_results     answer = { .n_results = request->n_uploads };
	struct arena            *arena = request->work->arena;

	if (request->n_uploads == 0)
		return body->url != NULL ? handle_address(request, body->url)
					 : problem_at(arena, PROBLEM_VALIDATION_FAILED, "files", "is required, or a url");
	if (body->url != NULL)
		return problem_at(arena, PROBLEM_VALIDATION_FAILED, "url", "must not come with files");
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
	    .takes = TAKES_JSON | TAKES_MULTIPART, .body = &media_body_shape,
	    .upload = { .files = "files", .max = MEDIA_FILES_MAX, .kept = true }, .answer = { 201, &media_results_shape },
	    .errors = ERRORS(BODY_TOO_LARGE, STORAGE_FULL),
	    .unaudited = "nothing shows what was uploaded until a thing names it, which is audited",
	    .summary = "Upload pictures and videos",
	    .description =
		"PNG, JPEG, GIF, WebP, MP4 or WebM, told by content, of at most 50 megapixels.  A product, review or profile names "
		"them by id; what nothing names within a day is removed.  A picture may also be named by its `url`.  A job makes the sizes; until then `url` is null.",
	    .handler = handle_upload },
	{ DELETE, "/media/{id}", .id = "deleteMedia", .permission = SIGNED_IN, .writes = WRITES_DATABASE, .answer = { 204, NULL },
	    .errors = ERRORS(IN_USE), .summary = "Delete a picture or video of your own that nothing shows",
	    .handler = handle_delete },
};

ROUTE_TABLE(media_table, "Media", "Pictures and videos.", media_routes);
