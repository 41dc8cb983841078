/* site_load.h: the storefront's pages before the first is shown.  For the files of this folder. */
#ifndef PAGES_SITE_LOAD_H
#define PAGES_SITE_LOAD_H

#include <stdbool.h>

struct arena;
struct config;

/* Read the messages and templates of all languages; false: *error says what is wrong. */
bool site_load(const struct config *config, struct arena *arena, const char **error);

#endif
