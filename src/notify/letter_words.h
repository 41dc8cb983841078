/*
 * letter_words.h: the letters' templates: read and checked once, before workers are forked, then only printed.
 *
 * Language folders stand in config mail.templates; a file of the same name in mail.own_templates takes its place (partials,
 * too), and a folder there that the other has not is one more language.  English must have all templates; another language has those
 * letters of which it has all three, and English the rest.
 */
#ifndef LETTER_WORDS_H
#define LETTER_WORDS_H

#include "notify/letter.h"

#include <stdbool.h>

struct arena;
struct config;
struct text;

/*
 * Read all templates into `arena` and use them from now on.  False, and a line for each fault in `faults`, when one is wrong;
 * those before stay in use then.
 */
bool letter_words_load(struct arena *arena, const struct config *config, struct text *faults);

struct letter_words {
	const char *language; /* that it is written in */
	const char *subject, *text, *html;
};

/*
 * The letter's words in the reader's language ("pt-BR" takes that, or "pt", or English), filled from a struct of its shape;
 * in the arena.
 */
void letter_words_print(
    struct arena *arena, const struct letter *letter, const char *language, const void *members, struct letter_words *words);

#endif
