/*
 * text.h: a growing text in an arena.
 *
 * Everything that is built piece by piece (answers, log lines, cursors, composed SQL) is built in one of these.
 * `bytes` is always NUL-terminated and never NULL; `length` does not count the NUL.  When it grows it moves, so keep
 * offsets, not pointers.  A text lives as long as its arena's next reset.
 */
#ifndef TEXT_H
#define TEXT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct text {
	struct arena *arena;
	char         *bytes;
	size_t        length, room;
};

/* A text with room for `room` bytes before it has to move. */
struct text text_new(struct arena *arena, size_t room);

/* Make sure that `more` bytes fit without moving. */
void text_reserve(struct text *text, size_t more);

void text_add(struct text *text, const void *bytes, size_t length);
void text_add_string(struct text *text, const char *string);
void text_add_char(struct text *text, char c);

/* An integer in decimal digits. */
void text_add_integer(struct text *text, int64_t value);

/* A string as a JSON string, in quotes, escaped (RFC 8259); it must be valid UTF-8.  NULL becomes null. */
void text_add_json(struct text *text, const char *string);

/* Anything else, as printf has it. */
void text_addf(struct text *text, const char *format, ...) __attribute__((format(printf, 2, 3)));

/*
 * Does nothing of it show?  A text that must not be empty must show something; the database has it so, too: to its
 * collations U+200B is as good as nothing.
 */
bool text_is_blank(const char *string);

#define TEXT_ADD(text, literal) text_add(text, "" literal, sizeof(literal) - 1)

#endif
