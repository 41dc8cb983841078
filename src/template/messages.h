/*
 * messages.h: what pages say, by key and language: files of JSON, one a language.
 *
 * "cart.title": "Your cart" is a message of one form, "cart.items": {"one": "{{count}} item", "other": "{{$ count}} items"}
 * one of those that CLDR's plurals tell apart.  A message is text; what looks like markup in it is shown as it is.
 */
#ifndef MESSAGES_H
#define MESSAGES_H

#include "base/locale.h"
#include "template/template.h"

/*
 * The messages of a language from the file "<code>.json" of a directory, laid over by those of the same file of `own` ("" for
 * none; a key that the shop has no use for is an error).  A made-up locale disguises those of its base.  NULL: *error says why.
 */
const struct template_language *messages_load(struct arena *arena, const char *directory, const char *own,
    const struct locale *locale, const char *zone, const char **error);

/*
 * Are all messages of `first` in `other`, and no others?  False: *error names them.
 */
bool messages_match(
    struct arena *arena, const struct template_language *first, const struct template_language *other, const char **error);

#endif
