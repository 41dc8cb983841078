/* The routes of an account as a whole. */
#include "people/avatar.h"
#include "people/export.h"
#include "people/people.h"

#include "base/arena.h"
#include "http/request.h"

#include <fcntl.h>
#include <unistd.h>

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

static const struct problem *
handle_replace_avatar(struct request *request)
{
	struct media *media;

	if (request->n_uploads == 0)
		return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "file", "is required");
	TRY(replace_avatar(request->work, request->uploads, &media));
	return respond(request, media);
}

static const struct problem *
handle_remove_avatar(struct request *request)
{
	TRY(remove_avatar(request->work));
	return respond_nothing(request);
}

static const struct problem *
handle_ask_for_export(struct request *request)
{
	struct data_export *export;

	TRY(ask_for_export(request->work, &export));
	return respond(request, export);
}

static const struct problem *
find_export(struct request *request, struct data_export **export)
{
	struct export_id id;

	TRY(path_id(request, "id", &id.uuid));
	return show_export(request->work, id, export);
}

static const struct problem *
handle_show_export(struct request *request)
{
	struct data_export *export;

	TRY(find_export(request, &export));
	return respond(request, export);
}

static void
close_file(void *object)
{
	close(*(int *)object);
}

static const struct problem *
handle_send_export(struct request *request)
{
	int *fd = ARENA_NEW(request->work->arena, int);
	struct data_export *export;

	TRY(find_export(request, &export));
	*fd = export->bytes == NULL ? -1 : open(export_path(request->work, export->id), O_RDONLY | O_CLOEXEC);
	if (*fd < 0)
		return problem(NOT_FOUND, "the export is not ready");
	arena_defer(request->work->arena, close_file, fd);
	respond_header(request, "Content-Disposition", "attachment; filename=\"my-data.zip\"");
	return stream_file(request, stream_begin(request, "application/zip"), *fd, *export->bytes);
}

static const struct route people_routes[] = {
	{ PUT, "/accounts/me/avatar", .id = "replaceAvatar", .permission = SIGNED_IN, .pool = POOL_BULK,
	    .writes = WRITES_DATABASE, .takes = TAKES_MULTIPART, .upload = { .files = "file", .max = 1, .kept = true },
	    .answer = { 200, &media_shape }, .errors = ERRORS(BODY_TOO_LARGE, STORAGE_FULL),
	    .summary = "Upload a picture of yourself",
	    .description =
		"PNG, JPEG, GIF or WebP, told by content. `avatar` of `GET /accounts/me` is null until its sizes are made.",
	    .handler = handle_replace_avatar },
	{ DELETE, "/accounts/me/avatar", .id = "removeAvatar", .permission = SIGNED_IN, .writes = WRITES_DATABASE,
	    .answer = { 204, NULL }, .summary = "Show no picture of yourself", .handler = handle_remove_avatar },
	{ POST, "/accounts/me/export", .id = "exportMe", .permission = SIGNED_IN, .writes = WRITES_DATABASE,
	    .answer = { 202, &data_export_shape }, .summary = "Ask for all that is kept of you",
	    .description =
		"A job makes a file of it, and a letter says when it is ready. One at a time: while one is being made it is the "
		"answer, and the next may be asked for an hour later (429).",
	    .handler = handle_ask_for_export },
	{ GET, "/accounts/me/exports/{id}", .id = "showMyExport", .permission = SIGNED_IN, .answer = { 200, &data_export_shape },
	    .summary = "Show how far an export of your data is", .handler = handle_show_export },
	{ GET, "/accounts/me/exports/{id}/file", .id = "sendMyExport", .permission = SIGNED_IN, .pool = POOL_BULK,
	    .sends = SENDS_STREAM, .answer = { 200, NULL }, .answer_type = "application/zip",
	    .summary = "Download an export of your data",
	    .description = "For 24 hours: a ZIP archive with a JSON file of each kind of thing that is kept.",
	    .handler = handle_send_export },
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

ROUTE_TABLE(people_table, "Picture, export and deletion", "An account and all that is kept of its owner.", people_routes);
