/* The structure of pictures: PNG (RFC 2083), JPEG (ITU T.81 annex B), GIF89a, WebP (RFC 9649). */
#include "media/content.h"
#include "media/reader.h"

#include <string.h>

const char *
content_png(struct reader *reader, struct content *content)
{
	int64_t at = 8, length;

	if (!reader_has(reader, at + 4, "IHDR", 4) || reader_big(reader, at, 4) != 13)
		return CONTENT_DAMAGED;
	content->width = reader_big(reader, at + 8, 4);
	content->height = reader_big(reader, at + 12, 4);
	for (;; at += length + 12) {
		length = reader_big(reader, at, 4);
		if (length < 0 || at + length + 12 > reader->size)
			return CONTENT_DAMAGED;
		if (reader_has(reader, at + 4, "IEND", 4))
			return at + length + 12 == reader->size ? NULL : CONTENT_GOES_ON;
	}
}

/* Markers of JPEG. */
enum { SOI = 0xd8, EOI = 0xd9, SOF0 = 0xc0, SOF15 = 0xcf, DHT = 0xc4, JPG = 0xc8, DAC = 0xcc, RST0 = 0xd0, RST7 = 0xd7, TEM = 1 };

static bool
is_frame(int marker)
{
	return marker >= SOF0 && marker <= SOF15 && marker != DHT && marker != JPG && marker != DAC;
}

/* The next marker from there on, *at behind it; -1 when there is none.  In the data of a scan 0xff is followed by 0. */
static int
next_marker(struct reader *reader, int64_t *at)
{
	for (int64_t place = *at; place < reader->size; place++) {
		int marker;

		if (reader_byte(reader, place) != 0xff)
			continue;
		marker = reader_byte(reader, place + 1);
		if (marker > 0 && marker != 0xff && (marker < RST0 || marker > RST7)) {
			*at = place + 2;
			return marker;
		}
	}
	return -1;
}

/*
 * To its end, because a second frame header may be anywhere.  Cameras put a second picture or a film behind the end; it goes with
 * the original, and what else may stand there is looked for in content.c.
 */
const char *
content_jpeg(struct reader *reader, struct content *content)
{
	int64_t at = 2;

	for (;;) {
		int     marker = next_marker(reader, &at);
		int64_t length;

		if (marker < 0 || marker == SOI)
			return CONTENT_DAMAGED;
		if (marker == EOI)
			return content->width > 0 ? NULL : CONTENT_DAMAGED;
		if (marker == TEM)
			continue;
		length = reader_big(reader, at, 2);
		if (length < 2 || at + length > reader->size)
			return CONTENT_DAMAGED;
		if (is_frame(marker)) {
			if (content->width > 0)
				return CONTENT_DAMAGED;
			content->height = reader_big(reader, at + 3, 2);
			content->width = reader_big(reader, at + 5, 2);
		}
		at += length;
	}
}

/* Behind the colours of a table, if there is one. */
static int64_t
behind_colours(int64_t at, int64_t flags)
{
	return (flags & 0x80) != 0 ? at + 3 * (INT64_C(2) << (flags & 7)) : at;
}

/* Behind the blocks of data that end with an empty one; -1. */
static int64_t
behind_blocks(struct reader *reader, int64_t at)
{
	int length;

	do {
		length = reader_byte(reader, at);
		if (length < 0)
			return -1;
		at += 1 + length;
	} while (length > 0);
	return at;
}

/* A frame may reach beyond the screen: who decodes it makes the canvas larger. */
static int64_t
behind_frame(struct reader *reader, int64_t at, struct content *content)
{
	int64_t right = reader_little(reader, at, 2) + reader_little(reader, at + 4, 2);
	int64_t bottom = reader_little(reader, at + 2, 2) + reader_little(reader, at + 6, 2);
	int64_t flags = reader_byte(reader, at + 8);

	if (flags < 0)
		return -1;
	if (right > content->width)
		content->width = right;
	if (bottom > content->height)
		content->height = bottom;
	return behind_blocks(reader, behind_colours(at + 9, flags) + 1);
}

const char *
content_gif(struct reader *reader, struct content *content)
{
	int64_t at = 13, flags = reader_byte(reader, 10);
	bool    frames = false;

	if (flags < 0)
		return CONTENT_DAMAGED;
	content->width = reader_little(reader, 6, 2);
	content->height = reader_little(reader, 8, 2);
	at = behind_colours(at, flags);
	for (;;) {
		int block = reader_byte(reader, at);

		if (block == ';')
			return !frames ? CONTENT_DAMAGED : at + 1 == reader->size ? NULL : CONTENT_GOES_ON;
		if (block == '!') {
			at = behind_blocks(reader, at + 2);
		} else if (block == ',') {
			at = behind_frame(reader, at + 1, content);
			frames = true;
		} else {
			return CONTENT_DAMAGED;
		}
		if (at < 0)
			return CONTENT_DAMAGED;
	}
}

static void
grow(struct content *content, int64_t width, int64_t height)
{
	if (width > content->width)
		content->width = width;
	if (height > content->height)
		content->height = height;
}

/* What a chunk says of the dimensions; false when it is damaged. */
static bool
read_webp_chunk(struct reader *reader, int64_t at, struct content *content)
{
	int64_t bits;

	if (reader_has(reader, at, "VP8X", 4)) {
		grow(content, reader_little(reader, at + 12, 3) + 1, reader_little(reader, at + 15, 3) + 1);
	} else if (reader_has(reader, at, "VP8L", 4)) {
		bits = reader_little(reader, at + 9, 4);
		if (reader_byte(reader, at + 8) != 0x2f || bits < 0)
			return false;
		grow(content, (bits & 0x3fff) + 1, (bits >> 14 & 0x3fff) + 1);
	} else if (reader_has(reader, at, "VP8 ", 4)) {
		if (!reader_has(reader, at + 11, "\x9d\x01\x2a", 3))
			return false;
		grow(content, reader_little(reader, at + 14, 2) & 0x3fff, reader_little(reader, at + 16, 2) & 0x3fff);
	}
	return true;
}

const char *
content_webp(struct reader *reader, struct content *content)
{
	int64_t end = reader_little(reader, 4, 4) + 8, at = 12, length;

	if (end > reader->size)
		return CONTENT_DAMAGED;
	if (end < reader->size)
		return CONTENT_GOES_ON;
	for (; at < end; at += 8 + length + (length & 1)) {
		length = reader_little(reader, at + 4, 4);
		if (length < 0 || at + 8 + length > end || !read_webp_chunk(reader, at, content))
			return CONTENT_DAMAGED;
	}
	return NULL;
}
