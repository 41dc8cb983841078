/*
 * listening.h: those who listen to orders at /live, each on a connection of its own that stays open.
 */
#ifndef LISTENING_H
#define LISTENING_H

#include "tests/api/api.h"

struct listener;

enum listener_kind { BY_EVENTS, BY_WEBSOCKET, BY_LONG_POLL };

/*
 * Opens the address with a ticket and waits until the connection stands or was refused.  `header`: one more line ("Last-Event-ID:
 * x"), or NULL.  Close it with listener_close.
 */
struct listener *listener_open(const char *url, enum listener_kind kind, const char *header);

/* The status of what nginx answered; 0: nothing. */
long listener_status(struct listener *listener);

/* Waits until the text has come; a failure says what came instead.  At most 20 seconds. */
void listener_hears(struct listener *listener, const char *text, const char *file, unsigned line);
#define HEARS(listener, text) listener_hears((listener), (text), __FILE__, __LINE__)

/* Has the text come by now? */
bool listener_has(struct listener *listener, const char *text);

/* All that has come by now, ended by NUL, until the listener is closed. */
const char *listener_text(const struct listener *listener);

/* Waits until nginx has ended the connection; at most 20 seconds. */
void listener_ends(struct listener *listener, const char *file, unsigned line);
#define ENDS(listener) listener_ends((listener), __FILE__, __LINE__)

void listener_close(struct listener *listener);

/* A ticket (a body such as "{}"): for the order of an id, or for all of theirs when that is NULL. */
struct answer ticket_new(const struct person *person, const char *order, const char *body);

#endif
