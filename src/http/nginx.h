/*
 * nginx.h: what nginx has to know of the routes and errors, made from their tables, so that no path is written a second time.
 */
#ifndef HTTP_NGINX_H
#define HTTP_NGINX_H

#include <stdbool.h>

struct text;

/* What nginx says by itself, in the one shape of the API; ended by status 0. */
extern const struct nginx_error {
	int         status;
	const char *code, *message;
} nginx_errors[];

/* Is the code none of the workers', too? */
bool nginx_error_is_own(const struct nginx_error *error);

/*
 * Appends the maps of nginx's site for the tables given to routes_use.  They look at $haat_method:$haat_path, the method
 * (GET for HEAD) and the path as the client sent it, which is what the worker matches too.
 *   $haat_pool         the pool of a request, "local" for a row that answers to this machine only
 *   $haat_sensitive    the client's address where the row signs in or begins a payment, else empty
 *   $haat_table        "table" where the row is a list that may be had as one, else empty
 *   $haat_public_read  the client's address where the row is read by anybody, else empty
 *   $haat_page         1 where the row is a page for people, else empty
 *   $haat_language     where the pages of the path's language lie: "bn/"; empty for the first one
 *   $haat_webhook      the sender of a webhook, when it is one of `senders` (NULL at the end), else empty
 * And two that look at $status: $haat_error_code and $haat_error_message.
 */
void nginx_print(struct text *out, const char *const *senders);

#endif
