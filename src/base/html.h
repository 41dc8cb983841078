/*
 * html.h: text that stands in a page, as its own letters: in an element, and in an attribute between quotes of either kind.
 */
#ifndef HTML_H
#define HTML_H

#include <stddef.h>

struct text;

/* Append a string, or so many bytes, escaped. */
void html_add(struct text *page, const char *string);
void html_add_bytes(struct text *page, const char *bytes, size_t length);

#endif
