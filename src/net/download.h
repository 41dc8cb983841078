/*
 * download.h: what stands at an address that somebody else has named: only public hosts are connected to (target.h), at
 * redirections too, and what comes is bounded.
 */
#ifndef DOWNLOAD_H
#define DOWNLOAD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct config;

enum download_outcome {
	DOWNLOADED,
	DOWNLOAD_CLOSED,    /* the address is not public */
	DOWNLOAD_TOO_LARGE, /* more than .bytes_max */
	DOWNLOAD_STOPPED,   /* take has said no */
	DOWNLOAD_FAILED
};

struct download {
	const char *url;
	const char *protocols; /* "http,https" */
	int64_t     bytes_max, timeout_ms;
	/* Takes the next bytes; false: no more of them.  It must return: it runs within libcurl. */
	bool (*take)(const char *bytes, size_t length, void *argument);
	void *argument;
};

/* Waits until all is there; *cause says in words why not when it failed. */
enum download_outcome download(const struct config *config, const struct download *wanted, const char **cause);

#endif
