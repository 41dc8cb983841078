/*
 * tags.h: a template's source cut into texts and tags, what stands alone on its line already taken out of the texts.  For
 * the files of this folder.
 */
#ifndef TEMPLATE_TAGS_H
#define TEMPLATE_TAGS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;

enum tag_kind { TAG_TEXT, TAG_VALUE, TAG_LOCAL, TAG_MESSAGE, TAG_SECTION, TAG_INVERTED, TAG_CLOSE, TAG_PARTIAL, TAG_COMMENT };

struct tag {
	enum tag_kind kind;
	const char   *bytes; /* TAG_TEXT: of one line at most, its end included; else the name */
	size_t        length;
	const char   *second; /* TAG_LOCAL, TAG_MESSAGE: the word behind the name, NULL when there is none */
	size_t        second_length;
	const char   *whole; /* the tag as it stands in the source, for messages */
	size_t        line;
	const char   *indent; /* TAG_PARTIAL alone on its line: what stands before it */
	size_t        indent_length;
};

struct tags {
	struct tag *list;
	size_t      count, room;
};

/* What is wrong, and where. */
struct tag_fault {
	size_t      line;
	const char *whole; /* the tag */
	const char *what;
};

/* False when a tag is malformed.  The texts point into the source. */
bool tags_read(struct arena *arena, const char *source, size_t length, struct tags *tags, struct tag_fault *fault);

#endif
