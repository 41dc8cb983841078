/* postman.h: the API as a collection of Postman (format 2.1.0), from the tables that route and validate. */
#ifndef REFERENCE_POSTMAN_H
#define REFERENCE_POSTMAN_H

struct text;

/*
 * Appends the collection for the tables given to routes_use: a folder for each subject that has routes of the API, an item for each
 * route.  Its variables are base_url, which is `server_url`, and token, the access token that all calls but public ones send.  It holds
 * no script: who has logged in copies the token.
 */
void postman_print(const char *server_url, struct text *out);

#endif
