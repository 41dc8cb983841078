/* site_load.h: the storefront's pages before the first is shown.  For the files of this folder. */
#ifndef PAGES_SITE_LOAD_H
#define PAGES_SITE_LOAD_H

struct arena;
struct config;
struct site_pages;

/* Read the messages and templates of all languages, and the shop's own look; NULL: *error says what is wrong. */
const struct site_pages *site_load(const struct config *config, struct arena *arena, const char **error);

#endif
