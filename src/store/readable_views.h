/*
 * readable_views.h: a view for each table that holds ids, for people at the SQL prompt.
 *
 * Ids are BINARY(16), which a prompt shows as bytes.  The view `readable_orders` has all columns of `orders`, its ids as
 * text, and takes ids as text: SELECT * FROM readable_orders WHERE id = '0192f0c1-…'.  It casts every row, so it reads the
 * whole table; programs never use it.  `haatctl migrate` makes all views anew from information_schema, so that no migration
 * has to think of them.
 */
#ifndef READABLE_VIEWS_H
#define READABLE_VIEWS_H

#include <stdbool.h>

struct st_mysql; /* MYSQL of mysql.h */
struct text;

/* Makes the views of the connection's database, and drops those whose tables are gone.  False with one line in `fault`. */
bool readable_views_make(struct st_mysql *connection, struct text *fault);

#endif
