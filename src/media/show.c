/* What answers show of pictures and videos. */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/text.h"
#include "media/file.h"
#include "media/storage.h"
#include "store/db.h"

const char *const media_kind_values[] = { "image", "video", NULL };
const char *const media_status_values[] = { "pending", "ready", "failed", "removing", NULL };
const char *const media_subject_values[] = { "product", "review", "user", "merchant", NULL };

enum { URL_MAX = 1000, PIXELS_MAX = 65535, TYPE_MAX = 32, PUBLIC_ID_MAX = 255 };

static const struct member media_size_members[] = {
	M_TEXT(struct media_size, url, "url", URL_MAX, .required = true, .example = "\"/media/5f/5f0c-0a1b2c3d4e5f-480.webp\""),
	M_INTEGER(struct media_size, width, "width", 1, PIXELS_MAX, .example = "480"),
	M_TEXT(struct media_size, type, "type", TYPE_MAX, .required = true, .example = "\"image/webp\""),
};
SHAPE_SHARED(struct media_size, media_size_shape, "MediaSize", media_size_members);

static const struct member media_members[] = {
	M_ID(struct media, id, "id"),
	M_TEXT(struct media, url, "url", URL_MAX, .example = "\"/media/5f/5f0c-0a1b2c3d4e5f-800.jpg\"",
	    .description = "The largest size, or the video; null until it is ready."),
	M_TEXT(struct media, type, "type", TYPE_MAX, .example = "\"image/jpeg\"", .description = "Of what `url` names."),
	M_TEXT(struct media, public_id, "public_id", PUBLIC_ID_MAX,
	    .description = "What the store outside that has it calls what `url` names; null where the shop serves it itself."),
	M_INTEGER(struct media, width, "width", 1, PIXELS_MAX, .example = "800"),
	M_INTEGER(struct media, height, "height", 1, PIXELS_MAX, .example = "600"),
	M_TEXT(
	    struct media, alt, "alt", MEDIA_ALT_MAX, .example = "\"A pitcher of red clay\"", .description = "Alternative text."),
	M_ARRAY(struct media, sizes, n_sizes, "sizes", media_size_shape, MEDIA_SIZES_MAX,
	    .description = "For srcset; empty until a picture is ready, and of a video."),
};
SHAPE_SHARED(struct media, media_shape, "Media", media_members);

static const struct member media_row_members[] = {
	M_ID(struct media_row, id, "id"),
	M_ID(struct media_row, user, "user_id"),
	M_ID(struct media_row, merchant, "merchant_id"),
	M_ENUM(struct media_row, kind, "kind", media_kind_values),
	M_ENUM(struct media_row, status, "status", media_status_values),
	M_ENUM(struct media_row, storage, "storage", media_storage_values),
	M_TEXT(struct media_row, source_url, "source_url", URL_MAX),
	M_TEXT(struct media_row, type, "type", TYPE_MAX),
	M_TEXT(struct media_row, widths, "widths", 60, .required = true),
	M_BYTES(struct media_row, sha256, "sha256", 32),
	M_INTEGER(struct media_row, bytes, "bytes", 0, INT64_MAX),
	M_INTEGER(struct media_row, width, "width", 1, PIXELS_MAX),
	M_INTEGER(struct media_row, height, "height", 1, PIXELS_MAX),
};
SHAPE_SHARED(struct media_row, media_row_shape, "MediaRow", media_row_members, .noun = "media");

static struct stored_file
file_of(struct work *work, const struct media_row *row, int64_t width, const char *type)
{
	return (struct stored_file) { media_file_name(work->arena, row, width, media_extension(type)), type };
}

const char *
media_origins(const struct config *config, struct arena *arena)
{
	const bool  configured[] = { true, *config->media.s3.bucket != '\0', *config->media.cloudinary.cloud_name != '\0' };
	struct text origins = text_new(arena, 128);

	for (int i = 0; i < (int)(sizeof configured / sizeof *configured); i++) {
		const char *base = config->media.public_url;

		if (i != config->media.store || *base == '\0')
			base = media_storages[i]->base_url(config, arena);
		if (configured[i] && *base != '/')
			text_addf(&origins, " %s", url_origin(arena, base));
	}
	return origins.bytes;
}

/* Where it is served: media.public_url stands before the store of today alone. */
static const char *
url_of(struct work *work, const struct media_row *row, const struct stored_file *file)
{
	const struct storage *storage = media_storages[*row->storage];
	const char           *base = work->config->media.public_url;

	if (*base == '\0' || *row->storage != work->config->media.store)
		base = storage->base_url(work->config, work->arena);
	return arena_format(work->arena, "%s/%s", base, storage->path(work, file));
}

/* `url`, `type` and what goes with them. */
static void
show_file(struct work *work, const struct media_row *row, const struct stored_file *file, struct media *media)
{
	media->url = url_of(work, row, file);
	media->type = file->type;
	media->public_id = media_storages[*row->storage]->public_id(work, file);
}

static void
show_sizes(struct work *work, const struct media_row *row, struct media *media)
{
	static const char *const types[] = { "image/webp", "image/jpeg" };
	int64_t                  widths[MEDIA_SIZES_MAX];
	size_t                   n = media_widths(row, widths);
	struct stored_file       file;

	media->sizes = ARENA_ARRAY(work->arena, 2 * n, struct media_size);
	for (size_t i = 0; i < 2 * n; i++) {
		file = file_of(work, row, widths[i / 2], types[i % 2]);
		media->sizes[i] =
		    (struct media_size) { .type = file.type, .width = widths[i / 2], .url = url_of(work, row, &file) };
	}
	media->n_sizes = 2 * n;
	media->type = NULL;
	if (n > 0)
		show_file(work, row, &file, media);
}

struct media
media_show(struct work *work, const struct media_row *row, const char *alt)
{
	struct media       media = { .id = row->id,
		      .type = row->type,
		      .width = row->width,
		      .height = row->height,
		      .alt = alt,
		      .source = row->source_url };
	struct stored_file video;

	if (row->status != MEDIA_READY)
		return media;
	if (row->kind == MEDIA_IMAGE) {
		show_sizes(work, row, &media);
	} else {
		video = file_of(work, row, 0, row->type);
		show_file(work, row, &video, &media);
	}
	return media;
}

/* A row of media_uses with what it names. */
struct shown_use {
	struct uuid      subject;
	const char      *alt;
	struct media_row media;
};

static const struct member shown_use_members[] = {
	M_ID(struct shown_use, subject, "subject_id"),
	M_TEXT(struct shown_use, alt, "alt", MEDIA_ALT_MAX),
	M_OBJECT(struct shown_use, media, "media", media_row_shape),
};
SHAPE(struct shown_use, shown_use_shape, "ShownUse", shown_use_members);

/* The list of a subject; the rows of one stand together, so that few are looked for. */
static struct media_list *
list_of(struct uuid subject, const struct uuid *subjects, size_t n, struct media_list *lists)
{
	for (size_t i = 0; i < n; i++)
		if (uuid_equal(subjects[i], subject))
			return &lists[i];
	return NULL;
}

const struct problem *
media_of(struct work *work, enum media_subject kind, const struct uuid *subjects, size_t n, struct media_list **lists)
{
	struct parameter  *parameters = ARENA_ARRAY(work->arena, n + 1, struct parameter);
	struct media_list *list = NULL;
	struct shown_use  *uses;
	struct media      *shown;
	size_t             count;

	*lists = ARENA_ARRAY(work->arena, n, struct media_list);
	if (n == 0)
		return OK;
	parameters[0] = P(media_subject_values[kind]);
	for (size_t i = 0; i < n; i++)
		parameters[i + 1] = P(subjects[i]);
	TRY(db_rows_many(work->db, &shown_use_shape, n * MEDIA_USES_MAX, &uses, &count,
	    "SELECT {u}, {c media} FROM media_uses u JOIN media c ON c.id = u.media_id "
	    "WHERE u.subject_kind = ? AND u.subject_id IN ([?]) ORDER BY u.subject_id, u.position",
	    n, n + 1, parameters));
	shown = ARENA_ARRAY(work->arena, count, struct media);
	for (size_t i = 0; i < count; i++) {
		shown[i] = media_show(work, &uses[i].media, uses[i].alt);
		if (i == 0 || !uuid_equal(uses[i].subject, uses[i - 1].subject)) {
			list = list_of(uses[i].subject, subjects, n, *lists);
			list->media = &shown[i];
		}
		list->n++;
	}
	return OK;
}
