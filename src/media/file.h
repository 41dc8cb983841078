/*
 * file.h: the row of a picture or video, and what its files are called.
 *
 * What is served is named by the hash of the content it was made from and the end of the row's id, so that a name always means
 * the same bytes and no two rows share a file: whoever removes one takes nothing from another.
 */
#ifndef MEDIA_FILE_H
#define MEDIA_FILE_H

#include "media/media.h"

enum media_kind { MEDIA_IMAGE, MEDIA_VIDEO };
extern const char *const media_kind_values[];

enum media_status { MEDIA_PENDING, MEDIA_READY, MEDIA_FAILED, MEDIA_REMOVING };
extern const char *const media_status_values[];

extern const char *const media_subject_values[];

struct media_row {
	struct media_id     id;
	struct user_id     *user;
	struct merchant_id *merchant;
	int                 kind, status;
	int                *storage; /* enum media_storage of base/config.h; NULL while nothing is stored */
	const char         *source_url, *type, *widths;
	struct bytes        sha256;
	int64_t            *bytes, *width, *height;
};
SHAPE_DECLARE(struct media_row, media_row_shape);

/* Where the file of an upload is kept. */
const char *media_original(struct work *work, struct media_id id);

/* "5f/5f0c...-0a1b2c3d4e5f-480.webp", or with width 0 the file without sizes: "...-0a1b2c3d4e5f.mp4". */
const char *media_file_name(struct arena *arena, const struct media_row *row, int64_t width, const char *extension);

/* "mp4" of "video/mp4"; "jpg" of "image/jpeg". */
const char *media_extension(const char *type);

/* The widths of its sizes, ascending; at most MEDIA_SIZES_MAX / 2, since each is there as WebP and as JPEG. */
size_t media_widths(const struct media_row *row, int64_t *widths);

/* As answers show it. */
struct media media_show(struct work *work, const struct media_row *row, const char *alt);

#endif
