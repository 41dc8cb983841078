/*
 * dress.h: a shop's own look: the files beside its own templates that browsers load, read once and served from memory.
 *
 * "own.css" is laid after the storefront's style; "logo.svg" (or .webp, .png) stands for the shop's name; other pictures and fonts
 * are for the style to name.  All stand at /dress/VERSION/NAME, which browsers keep for ever.
 */
#ifndef PAGES_DRESS_H
#define PAGES_DRESS_H

#include <stddef.h>

struct arena;

enum { DRESS_FILES_MAX = 64 };

struct dress_file {
	const char *name, *type, *bytes;
	size_t      length;
};

struct dress {
	const char       *version;      /* of all files together */
	const char       *style, *logo; /* their addresses; NULL: there is none */
	struct dress_file files[DRESS_FILES_MAX];
	size_t            count;
};

/* The files of a directory whose endings browsers load; of "" none.  In the arena; NULL: *error says what is wrong. */
const struct dress *dress_load(struct arena *arena, const char *directory, const char **error);

#endif
