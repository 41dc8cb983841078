/*
 * columns.h: the column lists of statements, from their shapes.
 *
 *   {}             the columns of the statement's shape: `id`, `name`
 *   {p}            the same of the table or alias p: p.id, p.name
 *   {c category}   those of the object member "category" (of the object "parent" within it: {c category.parent}),
 *                  named so that they fill it: c.id AS `category.id`
 *
 * In a list stand, in the order of the members: each scalar, text, JSON and bytes member by its name, or by its .column
 * (p.user_id AS `customer_id`); a money member as <name>_minor; `currency` behind the last when a money member needs
 * one and no member is called so.  Objects, arrays and what is .computed are left out: the statement selects those
 * itself behind the list.  Nothing within quotes is replaced.
 */
#ifndef COLUMNS_H
#define COLUMNS_H

struct arena;
struct shape;

/*
 * The text with its lists expanded, in the arena; `sql` itself when there are none.  A list that cannot be (no shape, an
 * unknown member, no columns, a brace that is not closed) is a programmer's mistake and asserts.
 */
const char *columns_expand(struct arena *arena, const char *sql, const struct shape *shape);

#endif
