/* What the files of a picture or video are called. */
#include "media/file.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"

#include <inttypes.h>
#include <stdlib.h>
#include <string.h>

enum { ID_END = 6 };

const char *
media_extension(const char *type)
{
	const char *slash = strchr(type, '/');

	if (slash == NULL)
		return "bin";
	return strcmp(slash + 1, "jpeg") == 0 ? "jpg" : slash + 1;
}

const char *
media_original(struct work *work, struct media_id id)
{
	return arena_format(work->arena, "%s/%s", work->config->media.originals_directory, uuid_text(work->arena, id.uuid));
}

const char *
media_file_name(struct arena *arena, const struct media_row *row, int64_t width, const char *extension)
{
	const char *hash = hex_encode(arena, row->sha256.bytes, row->sha256.length);
	const char *end = hex_encode(arena, row->id.uuid.bytes + sizeof row->id.uuid.bytes - ID_END, ID_END);

	if (width == 0)
		return arena_format(arena, "%.2s/%s-%s.%s", hash, hash, end, extension);
	return arena_format(arena, "%.2s/%s-%s-%" PRId64 ".%s", hash, hash, end, width, extension);
}

size_t
media_widths(const struct media_row *row, int64_t *widths)
{
	size_t n = 0;

	for (const char *at = row->widths; *at != '\0' && n < MEDIA_SIZES_MAX / 2; at += *at == ',') {
		char *end;

		widths[n++] = strtoll(at, &end, 10);
		at = end;
	}
	return n;
}
