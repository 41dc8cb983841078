/*
 * top_screen.h: what `haatctl top` shows, as lines of text: the parts, and a table of each that has rows.
 */
#ifndef TOP_SCREEN_H
#define TOP_SCREEN_H

struct arena;
struct operations;
struct text;

/* As listed; what has most to do first; what is worst first. */
enum top_order { TOP_AS_LISTED, TOP_BY_LOAD, TOP_BY_TROUBLE, TOP_ORDER__COUNT };

/* "as listed", "by load", "by trouble". */
extern const char *const top_order_names[TOP_ORDER__COUNT];

/* Appends the lines, each ended by a line feed; scratch memory comes from `arena`. */
void top_print(struct arena *arena, const struct operations *operations, enum top_order order, struct text *out);

#endif
