/*
 * cors.h: answers to browsers of other origins (Fetch standard): configured origins only, any localhost in development.
 */
#ifndef CORS_H
#define CORS_H

#include <stdbool.h>

struct config;
struct request;

/* May a browser be sent to this URL (FORMAT_URL): is it of the shop itself, or of an allowed origin? */
bool is_allowed_url(const struct config *config, const char *url);

/* Adds the headers when the request's Origin is allowed. */
void cors_headers(struct request *request);

/* Is it a preflight (OPTIONS with Access-Control-Request-Method)?  It is answered 204 whatever the path. */
bool cors_is_preflight(const struct request *request);

#endif
