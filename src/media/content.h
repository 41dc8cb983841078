/*
 * content.h: what an uploaded file is, by its content, and whether we take it: PNG, JPEG, GIF, WebP; MP4, WebM.
 *
 * Nothing is decoded.  A picture's structure is walked from its head to its end, so that its dimensions are known before anybody
 * decodes it, and a file that goes on behind its end, or holds the beginning of a page, a script, an archive or a PDF (a polyglot),
 * is refused.  Memory is bounded by the reader's window.
 */
#ifndef MEDIA_CONTENT_H
#define MEDIA_CONTENT_H

#include "media/file.h"

struct reader;

enum { MEDIA_PIXELS_MAX = 50 * 1000 * 1000, MEDIA_SIDE_MAX = 65535 };

struct content {
	enum media_kind kind;
	const char     *type;          /* "image/png" */
	int64_t         width, height; /* of a picture */
};

/*
 * Look into the file; NULL, or why it is not taken.  A video loses its tags: in MP4 the boxes `udta`, `meta` and `uuid`, in WebM
 * `Tags` and `Attachments` are overwritten in place, so that nothing else moves.
 */
const char *content_read(int fd, int64_t size, struct content *content);

/* The same of one format, whose beginning the file has. */
const char *content_png(struct reader *reader, struct content *content);
const char *content_jpeg(struct reader *reader, struct content *content);
const char *content_gif(struct reader *reader, struct content *content);
const char *content_webp(struct reader *reader, struct content *content);
const char *content_mp4(struct reader *reader, struct content *content);
const char *content_webm(struct reader *reader, struct content *content);

#define CONTENT_DAMAGED "is damaged or ends early"
#define CONTENT_GOES_ON "goes on behind its end"

#endif
