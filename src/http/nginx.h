/*
 * nginx.h: what nginx has to know of the routes, made from their tables, so that no path is written a second time.
 */
#ifndef HTTP_NGINX_H
#define HTTP_NGINX_H

struct text;

/*
 * Appends the maps of nginx's site for the tables given to routes_use: $haat_pool (the pool of a request, "local" for a
 * row that answers to this machine only) and $haat_sensitive (the client's address where the row's limit is the strict
 * one, else empty).  Both look at $haat_method:$haat_path, the method (GET for HEAD) and the path as the client sent it,
 * which is what the worker matches too.
 */
void nginx_print(struct text *out);

#endif
