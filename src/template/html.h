/*
 * html.h: where in an HTML document a template's texts and values stand, found by following its markup as a browser would.
 * It is stricter than browsers: markup that they would repair, or understand in different ways, is wrong here.  For the files
 * of this folder.
 */
#ifndef TEMPLATE_HTML_H
#define TEMPLATE_HTML_H

#include "template/node.h"

#include <stdbool.h>
#include <stddef.h>

enum { HTML_NAME_MAX = 24, HTML_TAG_MAX = 48 };

enum html_mode {
	HTML_TEXT,
	HTML_OPEN,       /* behind < */
	HTML_OPEN_CLOSE, /* behind </ */
	HTML_NAME,       /* in an element's name */
	HTML_TAG,        /* in a tag, where an attribute may begin */
	HTML_GAP,        /* in a tag, where a blank must come first */
	HTML_SLASH,      /* behind the slash of an empty element */
	HTML_ATTRIBUTE,  /* in an attribute's name */
	HTML_BEHIND,     /* behind it and a blank */
	HTML_EQUALS,     /* behind the equals sign */
	HTML_VALUE,      /* in quotes */
	HTML_RAW,        /* in an element that holds no markup */
	HTML_DECLARATION,
	HTML_DASH,
	HTML_COMMENT,
	HTML_DOCTYPE,
	HTML_MODES
};

enum html_attribute {
	HTML_PLAIN,
	HTML_URL,
	HTML_URL_SET, /* srcset */
	HTML_CODE,    /* on..., style, srcdoc: no value is safe there */
};

enum html_url {
	HTML_URL_START,
	HTML_URL_SCHEME,    /* letters of the template, which may be its scheme */
	HTML_URL_WHOLE,     /* a value, and nothing behind it yet */
	HTML_URL_OPENED,    /* begun by a value, or by a word that goes on with one */
	HTML_URL_SLASH,     /* behind the first slash of a relative one */
	HTML_URL_AUTHORITY, /* behind the scheme, or two slashes, until the host is over */
	HTML_URL_REST,
	HTML_URL_MAIL,
	HTML_URL_FOREIGN, /* a scheme that may hold no value */
};

enum html_raw { HTML_RAW_TEXT, HTML_RAW_WORDS, HTML_RAW_JSON }; /* no value at all; text; JSON */

struct html {
	enum html_mode      mode;
	char                element[HTML_NAME_MAX], name[HTML_NAME_MAX]; /* the latter of the attribute */
	char                type[HTML_NAME_MAX];                         /* of a script */
	enum html_attribute attribute;
	enum html_url       url;
	enum html_raw       raw;
	bool                closing;
	bool                in_string, escaped; /* JSON */
	char                quote;
	unsigned            matched; /* of the end of a raw element, or of a comment */
	unsigned            slashes;
	size_t              scheme_length;
	char                scheme[8];
	char                tag[HTML_TAG_MAX]; /* the tag as far as it was read, for messages */
	size_t              tag_length;
};

/* Follow text of the template.  NULL when it is right, else what is wrong. */
const char *html_text(struct html *html, const char *bytes, size_t length);

/* A value stands here: how is it escaped?  NULL, or why none may stand here. */
const char *html_value(struct html *html, enum escaping *escaping);

/* A section begins or ends here.  NULL, or why it may not. */
const char *html_border(struct html *html);

/*
 * A section has ended, which was entered at `before` and may have been left out: is it the same place, whichever of the two
 * ways led there?  From then on it is what holds for both.
 */
bool html_join(struct html *html, const struct html *before);

#endif
