/* escape.h: values escaped for the place where they stand.  For the files of this folder. */
#ifndef TEMPLATE_ESCAPE_H
#define TEMPLATE_ESCAPE_H

#include "template/node.h"

#include <stddef.h>

struct text;

/* Append a text of `length` bytes; for ESCAPE_JSON it is JSON already, and only kept from ending the element around it. */
void escape(struct text *out, enum escaping escaping, const char *bytes, size_t length);

#endif
