/*
 * compile.h: a template while it is read.  For the files of this folder: compile.c reads tags, compile_words.c those that
 * speak the template's language, with what is in compile_parts.c.
 */
#ifndef TEMPLATE_COMPILE_H
#define TEMPLATE_COMPILE_H

#include "template/html.h"
#include "template/node.h"
#include "template/tags.h"
#include "template/template.h"

/* One file, and those that include it. */
struct file {
	const char        *name;
	const struct file *outer;
	size_t             depth;
	bool               is_message; /* of a language: text, no markup */
};

struct compiling {
	struct arena                 *arena;
	const struct template_source *source;
	const char                   *ending;
	bool                          is_html;
	struct reference frames[SECTIONS_MAX + 1]; /* what "." is: outside, and in each section that is not inverted */
	size_t           depth, sections;          /* of the frames, of all sections */
	struct html      html;
	struct node    **last;  /* where the next node goes */
	size_t           bytes; /* of all files that were read */
	const char     **error;
};

/* Says what is wrong, and where; false. */
bool compile_fault(struct compiling *compiling, const struct file *file, size_t line, const char *tag, const char *what);

/* The directory of a file, for messages. */
const char *compile_place(const struct template_source *source, const char *name);

/* The next node, empty; and one of text, none for no text. */
struct node *compile_node(struct compiling *compiling, enum node_kind kind);
void         compile_bytes(struct compiling *compiling, const char *bytes, size_t length);

/* Fills the reference of a name; NULL when all of it was found, else what is wrong. */
const char *compile_reference(struct compiling *compiling, const struct tag *tag, struct reference *reference);

/* Does a member hold JSON? */
bool holds_json(const struct member *member);

/* NULL, or why the template may not speak: only those of pages have a language. */
const char *compile_language(const struct compiling *compiling);

/* {{$ name}}, and text of a message: it holds no markup, whatever it looks like. */
bool compile_local(struct compiling *compiling, const struct file *file, const struct tag *tag);
bool compile_words(struct compiling *compiling, const struct file *file, const struct tag *tag);

#endif
