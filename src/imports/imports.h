/* imports.h: the routes of imports and of the export of products. */
#ifndef IMPORTS_H
#define IMPORTS_H

#include "http/route.h"

extern const struct route_table imports_table;

#endif
