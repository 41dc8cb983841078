/*
 * json_string.h: reading JSON (RFC 8259) text by text; not installed, not exported.
 *
 * Strict: what two readers could read in two ways is refused, as are "\u0000" and halves of surrogate pairs.
 */
#ifndef VERIFY_JSON_STRING_H
#define VERIFY_JSON_STRING_H

#include <stdbool.h>
#include <stddef.h>

/* Where a reader is.  All of the readers below move on, and say false at the first byte that does not belong there. */
struct json_place {
	const unsigned char *at, *end;
};

void json_skip_space(struct json_place *place);

/* This character, white space before it skipped. */
bool json_take(struct json_place *place, char c);

/* A string, decoded to UTF-8 with a NUL behind it; never longer than its text with the quotes.  NULL `into`: skipped. */
bool json_take_string(struct json_place *place, char *into, size_t *length);

/* Any value, skipped; objects and arrays up to some depth. */
bool json_skip_value(struct json_place *place);

#endif
