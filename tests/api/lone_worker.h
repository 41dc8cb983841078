/*
 * lone_worker.h: workers of one's own beside the running shop, on its database and cache, with settings that the shop does
 * not run with; spoken to in FastCGI, without nginx, so that a call can come from any address.  Those of a pool start with
 * the first call to it; the program's end stops them.
 */
#ifndef LONE_WORKER_H
#define LONE_WORKER_H

#include "http/route.h"
#include "tests/api/api.h"

/* The settings of the workers, like "HAAT_LIMITS_ENABLED=true", NULL at the end; once, before the first call. */
void lone_workers_start(const char *const *settings);
void lone_workers_stop(void);

/* A signal for the master of the pool's workers, which a call has started. */
void lone_workers_signal(enum pool pool, int signal_number);

/* A FastCGI parameter more of all calls that follow, as nginx would send it; the value NULL: no more. */
void lone_parameter(const char *name, const char *value);

/* A call to a worker of a pool that nginx would not choose. */
struct answer lone_call_to(
    enum pool pool, const char *address, const char *method, const char *path, const char *token, const char *body);

/* A call with further header lines, as for api_call. */
struct answer lone_call_with(
    const char *address, const char *method, const char *path, const char *token, const char *body, const char *const *headers);

/* A call from `address`, to the pool of the route's row; `token` and `body` may be NULL.  The answer is not held against its shape. */
struct answer lone_call(const char *address, const char *method, const char *path, const char *token, const char *body);

#endif
