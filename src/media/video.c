/*
 * The structure of videos: MP4 (ISO/IEC 14496-12) and WebM (Matroska, RFC 9559); their tags are overwritten.
 *
 * A box or element keeps its length and becomes one that players skip, so that no offset elsewhere in the file changes.
 */
#include "media/content.h"
#include "media/reader.h"

#include <string.h>

#define CANNOT_WRITE "could not be cleaned of its tags"

enum { DEPTH_MAX = 8, MP4_BOXES_MAX = 100000, WEBM_ELEMENTS_MAX = 1000000 };

struct walk {
	struct reader *reader;
	int            left; /* how many more boxes or elements may come */
	bool           film; /* it has what a video needs */
};

struct box {
	int64_t at, head, end; /* where it begins, how long its head is, where it ends */
};

static bool
is_one_of(struct reader *reader, int64_t at, const char *const *types)
{
	for (; *types != NULL; types++)
		if (reader_has(reader, at, *types, 4))
			return true;
	return false;
}

/* The box at that place, which ends by `end`. */
static bool
read_box(struct reader *reader, int64_t at, int64_t end, struct box *box)
{
	int64_t length = reader_big(reader, at, 4);

	*box = (struct box) { .at = at, .head = 8 };
	if (length == 1) {
		length = reader_big(reader, at + 8, 8);
		box->head = 16;
	} else if (length == 0) {
		length = end - at;
	}
	box->end = at + length;
	return length >= box->head && length <= end - at && at + box->head <= end;
}

static const char *
walk_boxes(struct walk *walk, int64_t at, int64_t end, int depth)
{
	static const char *const tags[] = { "udta", "meta", "uuid", NULL };
	static const char *const inner[] = { "moov", "trak", "mdia", "minf", "moof", "traf", "mvex", "edts", NULL };
	struct reader           *reader = walk->reader;

	while (at < end) {
		struct box  box;
		const char *fault = NULL;

		if (walk->left-- == 0 || !read_box(reader, at, end, &box))
			return CONTENT_DAMAGED;
		walk->film = walk->film || reader_has(reader, at + 4, "trak", 4);
		if (is_one_of(reader, at + 4, tags)) {
			if (!reader_write(reader, at + 4, "free", 4) ||
			    !reader_blank(reader, at + box.head, box.end - at - box.head))
				return CANNOT_WRITE;
		} else if (is_one_of(reader, at + 4, inner)) {
			fault = depth == DEPTH_MAX ? CONTENT_DAMAGED : walk_boxes(walk, at + box.head, box.end, depth + 1);
		}
		if (fault != NULL)
			return fault;
		at = box.end;
	}
	return NULL;
}

const char *
content_mp4(struct reader *reader, struct content *content)
{
	static const char *const others[] = { "avif", "avis", "heic", "heix", "mif1", "msf1", "qt  ", NULL };
	struct walk              walk = { .reader = reader, .left = MP4_BOXES_MAX };
	const char              *fault;

	(void)content;
	if (is_one_of(reader, 8, others))
		return "has a format that is not taken: videos are MP4 or WebM, pictures PNG, JPEG, GIF or WebP";
	fault = walk_boxes(&walk, 0, reader->size, 0);
	return fault == NULL && !walk.film ? CONTENT_DAMAGED : fault;
}

/* Elements of WebM by their ids, with the bits that say their length. */
enum {
	ID_VOID = 0xec,
	ID_DOCTYPE = 0x4282,
	ID_SEGMENT = 0x18538067,
	ID_CLUSTER = 0x1f43b675,
	ID_TRACKS = 0x1654ae6b,
	ID_TAGS = 0x1254c367,
	ID_ATTACHMENTS = 0x1941a469,
};

struct element {
	int64_t id, at, data, end; /* end -1: it goes on until its parent's end, or until what cannot be in it */
};

/* The length of a number that begins with that byte: the zeros before its first one bit, and one. */
static int
vint_length(int first)
{
	int length = 1;

	for (int bit = 0x80; bit != 0 && (first & bit) == 0; bit >>= 1)
		length++;
	return length;
}

static bool
read_element(struct reader *reader, int64_t at, int64_t end, struct element *element)
{
	int     first = reader_byte(reader, at), length = first < 0 ? 9 : vint_length(first), size_length;
	int64_t size;

	if (length > 4)
		return false;
	element->at = at;
	element->id = reader_big(reader, at, (size_t)length);
	first = reader_byte(reader, at + length);
	size_length = first < 0 ? 9 : vint_length(first);
	if (size_length > 8)
		return false;
	size = reader_big(reader, at + length, (size_t)size_length);
	element->data = at + length + size_length;
	if (size < 0 || element->data > end)
		return false;
	size &= (INT64_C(1) << 7 * size_length) - 1;
	element->end = size == (INT64_C(1) << 7 * size_length) - 1 ? -1 : element->data + size;
	return element->end < 0 || size <= end - element->data;
}

/* It becomes a Void element of the same length, which is at least five bytes. */
static bool
blank_element(struct reader *reader, const struct element *element)
{
	unsigned char head[9] = { ID_VOID, 1 };
	int64_t       whole = element->end - element->at, rest;

	if (whole < (int64_t)sizeof head) {
		head[1] = (unsigned char)(0x80 | (whole - 2));
		return reader_write(reader, element->at, head, 2) && reader_blank(reader, element->at + 2, whole - 2);
	}
	rest = whole - (int64_t)sizeof head;
	for (int i = 0; i < 7; i++)
		head[8 - i] = (unsigned char)(rest >> 8 * i);
	return reader_write(reader, element->at, head, sizeof head) &&
	    reader_blank(reader, element->at + (int64_t)sizeof head, rest);
}

/* The elements of a segment.  A cluster without a length is gone through as if its elements were the segment's. */
static const char *
walk_elements(struct walk *walk, int64_t at, int64_t end)
{
	while (at < end) {
		struct element element;

		if (walk->left-- == 0 || !read_element(walk->reader, at, end, &element))
			return CONTENT_DAMAGED;
		walk->film = walk->film || element.id == ID_TRACKS;
		if (element.end < 0 && element.id != ID_CLUSTER)
			return CONTENT_DAMAGED;
		if ((element.id == ID_TAGS || element.id == ID_ATTACHMENTS) && !blank_element(walk->reader, &element))
			return CANNOT_WRITE;
		at = element.end < 0 ? element.data : element.end;
	}
	return NULL;
}

static bool
is_document_of_webm(struct reader *reader, const struct element *head)
{
	int64_t at = head->data;

	while (at < head->end) {
		struct element element;

		if (!read_element(reader, at, head->end, &element) || element.end < 0)
			return false;
		if (element.id == ID_DOCTYPE)
			return element.end - element.data >= 4 && reader_has(reader, element.data, "webm", 4);
		at = element.end;
	}
	return false;
}

const char *
content_webm(struct reader *reader, struct content *content)
{
	struct walk    walk = { .reader = reader, .left = WEBM_ELEMENTS_MAX };
	struct element head, segment;
	const char    *fault;

	(void)content;
	if (!read_element(reader, 0, reader->size, &head) || head.end < 0 || !is_document_of_webm(reader, &head))
		return "is no WebM video";
	if (!read_element(reader, head.end, reader->size, &segment) || segment.id != ID_SEGMENT)
		return CONTENT_DAMAGED;
	if (segment.end >= 0 && segment.end != reader->size)
		return segment.end > reader->size ? CONTENT_DAMAGED : CONTENT_GOES_ON;
	fault = walk_elements(&walk, segment.data, reader->size);
	return fault == NULL && !walk.film ? CONTENT_DAMAGED : fault;
}
