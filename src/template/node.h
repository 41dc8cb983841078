/*
 * node.h: a template as it was read: a list of pieces, each with its place.  For the files of this folder.
 *
 * While it is printed there is a stack of values: the struct that the template is filled from, and the values of the
 * sections around the piece.  Which of them a name means was decided when the template was read.
 */
#ifndef TEMPLATE_NODE_H
#define TEMPLATE_NODE_H

#include "base/locale.h"
#include "base/shape.h"

#include <stdbool.h>
#include <stddef.h>

enum { SECTIONS_MAX = 32 };

/* How a value is escaped. */
enum escaping {
	ESCAPE_NOTHING,
	ESCAPE_TEXT,    /* between tags: what runs from right to left turns nothing around it */
	ESCAPE_HTML,    /* quoted attributes, and elements that hold text only */
	ESCAPE_URL,     /* a whole URL or its beginning */
	ESCAPE_PART,    /* what stands behind the beginning of an URL */
	ESCAPE_ADDRESS, /* the same behind mailto: */
	ESCAPE_SET,     /* an URL of a srcset */
	ESCAPE_JSON,
};

enum node_kind { NODE_TEXT, NODE_VALUE, NODE_LOCAL, NODE_PLURAL, NODE_SECTION, NODE_INVERTED };

struct reference {
	size_t                      frame; /* of the stack, from its bottom */
	const struct member *const *path;  /* from there */
	size_t                      count;
	const struct shape         *shape;  /* what it ends at: a struct; NULL for anything else */
	const struct member        *member; /* ... or the value of a member; of one of its texts when `element` */
	bool                        element;
	bool                        inside; /* of JSON that a field holds */
};

/* What a text says that languages write in ways of their own. */
enum text_style { TEXT_COUNTRY, TEXT_NUMBER, TEXT_AMOUNT, TEXT_DAY };

struct node {
	enum node_kind   kind;
	const char      *bytes; /* NODE_TEXT */
	size_t           length;
	struct reference reference;
	enum escaping    escaping; /* NODE_VALUE, NODE_LOCAL */
	enum text_style  text;     /* NODE_LOCAL of a text */
	struct node     *inner;    /* sections */
	union {
		struct node            *forms[PLURALS]; /* NODE_PLURAL: by what goes with the number */
		enum date_style         date;           /* NODE_LOCAL of a time */
		const char *const      *words;          /* NODE_LOCAL of an enumeration: by its index */
		const struct reference *currency;       /* NODE_LOCAL of an amount of JSON, or in a text: what it is in */
	};
	struct node *next;
};

/* Does a section of it have "." of its own?  What is merely true has none. */
static inline bool
section_opens(const struct reference *reference)
{
	return reference->shape != NULL || reference->element || reference->member->kind != MEMBER_BOOLEAN;
}

struct template
{
	struct node                    *nodes;
	const struct template_language *language;
};

#endif
