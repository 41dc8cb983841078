/*
 * resolve.h: the addresses of a host, within a time.
 *
 * getaddrinfo takes as long as the name servers of resolv.conf let it, which is half a minute when they do not answer.  Here a
 * thread asks, and nobody waits for it longer than was said; it ends by itself, minutes later at most.  It takes no signals.
 */
#ifndef RESOLVE_H
#define RESOLVE_H

#include <stdint.h>

struct addrinfo;

/*
 * What getaddrinfo returns for stream sockets to that host and port, *found for freeaddrinfo when it is 0; EAI_AGAIN also when no
 * answer has come after `milliseconds`, EAI_MEMORY when nobody can ask.
 */
int resolve_within(const char *host, const char *port, int64_t milliseconds, struct addrinfo **found);

#endif
