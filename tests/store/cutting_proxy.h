/*
 * cutting_proxy.h: a Unix socket between a client and MariaDB that cuts the connection at a COMMIT, in a way that is
 * chosen: to see what a client does whose COMMIT goes unanswered.
 */
#ifndef CUTTING_PROXY_H
#define CUTTING_PROXY_H

enum cut {
	CUT_NOTHING,
	CUT_BEFORE_COMMIT, /* the server never hears it */
	CUT_AFTER_COMMIT,  /* the server does it, the client does not hear that */
	CUT_AND_DELAY,     /* the client is cut off, half a second later the server hears the COMMIT */
};

/* Start it in processes of its own, which end with this one. */
void proxy_start(const char *listen_path, const char *server_path);

/* What happens to the next COMMIT; the one after it passes again. */
void proxy_cut(enum cut cut);

#endif
