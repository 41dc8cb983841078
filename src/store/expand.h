/*
 * expand.h: what the text of a statement leaves to be filled in when it is prepared.
 *
 * Column lists, from the statement's shape:
 *
 *   {}             the columns of the statement's shape: `id`, `name`
 *   {p}            the same of the table or alias p: p.id, p.name
 *   {c category}   those of the object member "category" (of the object "parent" within it: {c category.parent}),
 *                  named so that they fill it: c.id AS `category.id`
 *
 * In a list stand, in the order of the members: each scalar, text, JSON and bytes member by its name, or by its .column
 * (p.user_id AS `customer_id`); a money member as <name>_minor; `currency` behind the last when a money member needs
 * one and no member is called so.  Objects, arrays and what is .computed are left out: the statement selects those
 * itself behind the list.
 *
 * Groups, one for each row: [(?, ?)] becomes (?, ?), (?, ?), (?, ?) for three, so that a statement has exactly the rows
 * there are: "INSERT INTO t (a, b) VALUES [(?, ?)]", "WHERE id IN ([?])".  One that begins with a space stands without
 * commas: "CASE id[ WHEN ? THEN ?] END".  A statement may have several, all of the same number of rows.
 *
 * Nothing within quotes is replaced.
 */
#ifndef EXPAND_H
#define EXPAND_H

#include <stddef.h>

struct arena;
struct shape;

/*
 * The text with its lists and groups expanded, in the arena; `sql` itself when there are none.  A list that cannot be (no
 * shape, an unknown member, no columns), a group for no rows, and a brace or bracket that is not closed are a programmer's
 * mistake and assert.
 */
const char *sql_expand(struct arena *arena, const char *sql, const struct shape *shape, size_t rows);

#endif
