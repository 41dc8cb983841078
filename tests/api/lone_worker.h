/*
 * lone_worker.h: workers of one's own beside the running shop, on its database and cache, with settings that the shop does
 * not run with; spoken to in FastCGI, without nginx, so that a call can come from any address.
 *
 * One at a time; the program's end stops them.
 */
#ifndef LONE_WORKER_H
#define LONE_WORKER_H

#include "tests/api/api.h"

/* Start two workers with settings like "HAAT_LIMITS_ENABLED=true", NULL at the end. */
void lone_workers_start(const char *const *settings);
void lone_workers_stop(void);

/* A call from `address`; `token` and `body` may be NULL.  The answer is not held against its shape. */
struct answer lone_call(const char *address, const char *method, const char *path, const char *token, const char *body);

#endif
