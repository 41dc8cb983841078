/*
 * http_client.h: calls to other servers over HTTP: libcurl with everything bounded.
 *
 * One handle per process, opened at the first call (after the fork), so that connections are kept.  No redirects, http
 * and https only, certificates checked, answers of at most 1 MiB, or less.  The reply lives as long as what is in the arena, but beside
 * it: nothing is allocated in the arena while the call runs.
 */
#ifndef HTTP_CLIENT_H
#define HTTP_CLIENT_H

#include <stddef.h>
#include <stdint.h>

struct work;

/* AWS Signature Version 4 over all headers of the call; its query must be sorted and escaped, x-amz-content-sha256 among its headers. */
struct http_signing {
	const char *region, *service, *key_id, *secret;
};

struct http_call {
	const char                *method; /* "GET", "POST" */
	const char                *url;
	const char *const         *headers; /* "Name: value", NULL at the end; the trace goes along by itself */
	const char                *body;    /* NULL: none */
	size_t                     body_length;
	int64_t                    connect_timeout_ms, timeout_ms;
	size_t                     answer_bytes_max; /* below 1 MiB; 0: that */
	const char                *roots_file;       /* PEM: what the server's certificate must lead to; NULL: the system's */
	const struct http_signing *signing;          /* NULL: none */
	const char *const         *connect_to; /* "host:port:to host:to port", NULL at the end: other servers answer for these */
};

enum http_outcome {
	HTTP_ANSWERED,    /* status and body are there, whatever the status */
	HTTP_UNREACHABLE, /* no connection was made: the call has had no effect */
	HTTP_UNKNOWN      /* it broke or timed out on the way: nobody knows what it did */
};

struct http_reply {
	enum http_outcome outcome;
	int               status;
	const char       *body; /* "" when there is none */
	size_t            length;
	int64_t           max_age_seconds; /* of its Cache-Control, less its Age; 0 when it says none, or not to keep it */
	const char       *error;           /* why there is no answer */
};

void http_call(struct work *work, const struct http_call *call, struct http_reply *reply);

#endif
