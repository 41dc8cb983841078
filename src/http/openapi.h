/*
 * openapi.h: the API document (OpenAPI 3.1.0), made from the tables that route and validate.
 */
#ifndef OPENAPI_H
#define OPENAPI_H

struct text;

/* Appends the whole document for the tables given to routes_use; `server_url` is where the shop is reached. */
void openapi_print(const char *server_url, struct text *out);

#endif
