/*
 * stop.h: TERM and INT as a descriptor, for loops that wait in libcurl.
 */
#ifndef STOP_H
#define STOP_H

#include <stdbool.h>

/* TERM and INT, which are blocked from now on, are read from it; closed by the caller. */
int stop_open(void);

/* Has one come? */
bool stop_asked(int fd);

#endif
