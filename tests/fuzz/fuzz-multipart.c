/*
 * Multipart bodies: the first part of the input is the Content-Type, the rest the body.  However it is cut into pieces it is
 * read the same; no piece of a part has the boundary in it; what is written anew from the parts reads back as the same.
 */
#include "base/text.h"
#include "http/multipart.h"
#include "tests/fuzz/fuzz.h"

#include <string.h>

enum { BODY_MAX = 64 * 1024 };

/* All that the reader was told, as one text; and the parts written as a body with the boundary "again". */
struct heard {
	struct text story, again, data;
	bool        open;
};

static void
tell(struct heard *heard, const char *text)
{
	text_add(&heard->story, text == NULL ? "(none)" : text, (text == NULL ? strlen("(none)") : strlen(text)) + 1);
}

static const struct problem *
begin(const struct multipart_part *part, void *argument)
{
	struct heard *heard = argument;

	PROPERTY(!heard->open);
	heard->open = true;
	heard->data = text_new(fuzz_arena(), 256);
	tell(heard, "begin");
	tell(heard, part->name);
	tell(heard, part->filename);
	tell(heard, part->content_type);
	text_addf(&heard->again, "--again\r\nContent-Type: %s\r\nContent-Disposition: form-data; name=\"", part->content_type);
	for (const char *c = part->name; *c != '\0'; c++)
		text_addf(&heard->again, *c == '"' ? "\\%c" : "%c", *c);
	TEXT_ADD(&heard->again, "\"");
	for (const char *c = part->filename; c != NULL && c == part->filename; c = NULL) {
		TEXT_ADD(&heard->again, "; filename=\"");
		for (; *c != '\0'; c++)
			text_addf(&heard->again, *c == '"' ? "\\%c" : "%c", *c);
		TEXT_ADD(&heard->again, "\"");
	}
	TEXT_ADD(&heard->again, "\r\n\r\n");
	return OK;
}

static const struct problem *
data(const char *bytes, size_t length, void *argument)
{
	struct heard *heard = argument;

	PROPERTY(heard->open && length > 0);
	text_add(&heard->data, bytes, length);
	text_add(&heard->again, bytes, length);
	return OK;
}

static const struct problem *
end(void *argument)
{
	struct heard *heard = argument;

	PROPERTY(heard->open);
	heard->open = false;
	text_add(&heard->story, heard->data.bytes, heard->data.length);
	tell(heard, "end");
	TEXT_ADD(&heard->again, "\r\n");
	return OK;
}

/* Reads the body in pieces of `step` bytes; true when it was whole. */
static bool
listen(const char *type, const char *body, size_t length, size_t step, struct heard *heard)
{
	struct multipart_reader reader = { begin, data, end, heard };
	struct multipart       *multipart;
	const struct problem   *problem;

	*heard = (struct heard) { .story = text_new(fuzz_arena(), 1024), .again = text_new(fuzz_arena(), 1024) };
	problem = multipart_new(fuzz_arena(), type, &reader, &multipart);
	for (size_t at = 0; problem == OK && at < length; at += step)
		problem = multipart_feed(multipart, body + at, length - at < step ? length - at : step);
	return problem == OK && multipart_finish(multipart) == OK;
}

static bool
are_same(const struct heard *one, const struct heard *other)
{
	return one->story.length == other->story.length && memcmp(one->story.bytes, other->story.bytes, one->story.length) == 0;
}

/* A name that ends in a backslash would escape the quote behind it: nobody can write that. */
static bool
can_be_written(const struct heard *heard)
{
	return memmem(heard->again.bytes, heard->again.length, "\\\"", 2) == NULL &&
	    strstr(heard->story.bytes, "again") == NULL && memmem(heard->story.bytes, heard->story.length, "--again", 7) == NULL;
}

void
fuzz_one(const uint8_t *bytes, size_t length)
{
	const char  *type = fuzz_part(&bytes, &length);
	const char  *body = (const char *)bytes;
	struct heard whole, cut, again;
	bool         good;

	if (length > BODY_MAX)
		return;
	good = listen(type, body, length, length == 0 ? 1 : length, &whole);
	for (size_t step = 1; step < 100; step = step * 3 + 1) {
		PROPERTY(listen(type, body, length, step, &cut) == good);
		PROPERTY(!good || are_same(&whole, &cut));
	}
	if (!good || !can_be_written(&whole))
		return;
	TEXT_ADD(&whole.again, "--again--\r\n");
	PROPERTY(listen("multipart/form-data; boundary=again", whole.again.bytes, whole.again.length, 4096, &again));
	PROPERTY(are_same(&whole, &again));
}
