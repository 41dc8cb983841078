/*
 * table.h: lists as tables: all pages of a list as one CSV, streamed.
 *
 * A row of a list says .csv and its query has LIST_FORMAT; asked for format=csv, the list's own handler runs for one page after the
 * other, as a client would read them by `next`, so filters, rights and order are those of the list, memory is that of
 * one page, and the columns follow from the shape of its items alone.  nginx brings such a request to the pool bulk.
 *
 * Objects within an item become columns "category.name"; arrays and maps stand in one cell as JSON.  Numbers and amounts stand
 * as they are; of texts, what a spreadsheet would take for a formula is defused (base/csv.h).
 */
#ifndef HTTP_TABLE_H
#define HTTP_TABLE_H

#include "base/shape.h"
#include "http/route.h"

struct request;

/* The line of names, and the line of an item that was printed as JSON. */
void table_add_head(struct text *out, const struct shape *shape);
void table_add_row(struct text *out, const struct shape *shape, struct json_object *item);

/* Is this a list that is asked for as a table? */
bool table_is_asked(const struct request *request);

/* Send all of the list, from the page that the query asks for on.  `read_query` fills request->query_values from request->query. */
const struct problem *table_send(struct request *request, const struct problem *(*read_query)(struct request *request));

#endif
