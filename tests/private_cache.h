/*
 * private_cache.h: a memcached for one test program, on a socket in a directory of its own; gone when the program ends.
 */
#ifndef PRIVATE_CACHE_H
#define PRIVATE_CACHE_H

#include <stdbool.h>

struct config;

/* Starts one unless it runs, and points config->cache at it.  False when memcached is not installed. */
bool private_cache_start(struct config *config);

/* Kills it. */
void private_cache_stop(void);

/* SIGSTOP, after which it hangs, or SIGCONT. */
void private_cache_signal(int signal_number);

#endif
