/* Which format a file has, and whether it is something else besides. */
#include "media/content.h"

#include "media/reader.h"

#include <ctype.h>
#include <string.h>

static bool
is_png(struct reader *reader)
{
	return reader_has(reader, 0, "\x89PNG\r\n\x1a\n", 8);
}

static bool
is_jpeg(struct reader *reader)
{
	return reader_has(reader, 0, "\xff\xd8\xff", 3);
}

static bool
is_gif(struct reader *reader)
{
	return reader_has(reader, 0, "GIF87a", 6) || reader_has(reader, 0, "GIF89a", 6);
}

static bool
is_webp(struct reader *reader)
{
	return reader_has(reader, 0, "RIFF", 4) && reader_has(reader, 8, "WEBP", 4);
}

static bool
is_mp4(struct reader *reader)
{
	return reader_has(reader, 4, "ftyp", 4);
}

static bool
is_webm(struct reader *reader)
{
	return reader_has(reader, 0, "\x1a\x45\xdf\xa3", 4);
}

static const struct {
	bool (*is)(struct reader *reader);
	const char *(*read)(struct reader *reader, struct content *content);
	enum media_kind kind;
	const char     *type;
} formats[] = {
	{ is_png, content_png, MEDIA_IMAGE, "image/png" },
	{ is_jpeg, content_jpeg, MEDIA_IMAGE, "image/jpeg" },
	{ is_gif, content_gif, MEDIA_IMAGE, "image/gif" },
	{ is_webp, content_webp, MEDIA_IMAGE, "image/webp" },
	{ is_mp4, content_mp4, MEDIA_VIDEO, "video/mp4" },
	{ is_webm, content_webm, MEDIA_VIDEO, "video/webm" },
};

/*
 * How files begin that a picture must not hold, in lower case.  Long enough that compressed data does not have them by chance: one of
 * a hundred thousand pictures of 10 MB does.
 */
static const char *const foreign[] = { "<script", "<!doctype", "<?php ", "<?php\n", "<html ", "<html>", "<iframe", "%pdf-1",
	"%pdf-2", "javascript:" };

enum { END_OF_ZIP = 22, ZIP_COMMENT_MAX = 65535 };

static bool
begins(struct reader *reader, int64_t at, const char *what)
{
	for (; *what != '\0'; what++, at++)
		if (tolower(reader_byte(reader, at)) != *what)
			return false;
	return true;
}

/* A ZIP is read from its end, wherever it begins. */
static bool
ends_as_zip(struct reader *reader)
{
	for (int64_t at = reader->size - END_OF_ZIP; at >= 0 && at >= reader->size - END_OF_ZIP - ZIP_COMMENT_MAX; at--)
		if (reader_has(reader, at, "PK\5\6", 4) && at + END_OF_ZIP + reader_little(reader, at + 20, 2) == reader->size)
			return true;
	return false;
}

static bool
holds_another(struct reader *reader)
{
	for (int64_t at = 0; at < reader->size; at++) {
		int byte = reader_byte(reader, at);

		if (byte != '<' && byte != '%' && byte != 'j' && byte != 'J')
			continue;
		for (size_t i = 0; i < sizeof foreign / sizeof *foreign; i++)
			if (begins(reader, at, foreign[i]))
				return true;
	}
	return ends_as_zip(reader);
}

static const char *
check_pixels(const struct content *content)
{
	if (content->width < 1 || content->height < 1)
		return CONTENT_DAMAGED;
	if (content->width > MEDIA_SIDE_MAX || content->height > MEDIA_SIDE_MAX ||
	    content->width * content->height > MEDIA_PIXELS_MAX)
		return "has more than 50 megapixels";
	return NULL;
}

const char *
content_read(int fd, int64_t size, struct content *content)
{
	struct reader reader;

	reader_open(&reader, fd, size);
	for (size_t i = 0; i < sizeof formats / sizeof *formats; i++) {
		const char *fault;

		if (!formats[i].is(&reader))
			continue;
		*content = (struct content) { .kind = formats[i].kind, .type = formats[i].type };
		fault = formats[i].read(&reader, content);
		if (fault == NULL && content->kind == MEDIA_IMAGE)
			fault = check_pixels(content);
		if (fault == NULL && holds_another(&reader))
			fault = "holds a file of another kind";
		return fault;
	}
	return "is neither a picture (PNG, JPEG, GIF, WebP) nor a video (MP4, WebM)";
}
