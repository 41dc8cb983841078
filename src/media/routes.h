/*
 * routes.h: the routes of pictures and videos.
 */
#ifndef MEDIA_ROUTES_H
#define MEDIA_ROUTES_H

#include "http/route.h"

extern const struct route_table media_table;

#endif
