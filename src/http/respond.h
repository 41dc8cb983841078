/*
 * respond.h: between dispatch.c, idempotency.c and respond.c: answers that handlers do not make themselves.
 */
#ifndef RESPOND_H
#define RESPOND_H

#include "http/request.h"

/* Turn a problem into the one error shape, in place of whatever was answered so far. */
void respond_problem(struct request *request, const struct problem *problem);

/* What a run of the handler left behind must not show in the next one, nor in an answer that is given instead. */
void respond_forget(struct request *request);

/*
 * Send headers and body, or what is left of a stream.  The development profile shows the round trips to the database since
 * request->started_trips; a stream shows those up to its first flush.
 */
void send_answer(struct request *request);

/* A stream cannot go on: end its connection so that the client sees that the answer is not whole. */
void abort_response(struct request *request, const struct problem *problem);

#endif
