/*
 * outlet.h: the way to one collector: what waits for it, the one call that is under way, and when the next may begin.
 *
 * What is the same for all collectors: a call that was not answered, or answered 502, 503 or 504, is made again after a pause
 * that doubles from one second to a minute (or as long as Retry-After says); with 2xx its items are sent, with all else refused, and
 * forgotten.  What is not the same stands in its struct collector.
 */
#ifndef OUTLET_H
#define OUTLET_H

#include "base/telemetry.h"

#include <curl/curl.h>

struct outlet;
struct text;
struct work;

enum { OUTLET_ITEMS_MAX = 1000, OUTLET_ANSWER_MAX = 4096, OUTLET_ID_SIZE = 33 };

/* A datagram: one error or some spans. */
struct outlet_item {
	char   id[OUTLET_ID_SIZE]; /* 32 hexadecimal digits, the same however often it is sent */
	size_t count, length;
	char   bytes[];
};

/* What an answer means beyond its status: zeros, what the status says. */
struct outlet_answer {
	int         status;
	const char *body, *rate_limits;  /* rate_limits: of X-Sentry-Rate-Limits, "" without */
	int64_t     retry_after_seconds; /* 0: it said none */

	bool    again;         /* not taken, to be sent again */
	size_t  refused;       /* of what was sent */
	int64_t quiet_seconds; /* it wants nothing for so long: what comes is dropped */
};

struct collector {
	enum telemetry_kind kind;
	size_t              batch;   /* errors or spans of one call at most */
	int64_t             wait_ms; /* how long the first waits for others */
	void (*print)(struct work *work, struct outlet_item *const *items, size_t count, struct text *body);
	void (*read_answer)(struct work *work, struct outlet_answer *answer);
};

/* Opened for `url` with headers "Name: value" (NULL at the end; both copied); `collector` stays. */
struct outlet *outlet_open(
    CURLM *multi, const struct config *config, const struct collector *collector, const char *url, const char *const *headers);

/* Drops what is left. */
void outlet_close(struct outlet *outlet);

/* Keeps a copy of what came, or drops it. */
void outlet_put(struct outlet *outlet, size_t count, const char *bytes, size_t length);

/* Begin a call if there is something to send, and it is time (`hurry`: a batch waits for no more). */
void outlet_begin(struct outlet *outlet, struct work *work, bool hurry);

/* Its call (CURLINFO_PRIVATE of the handle) has ended. */
void outlet_ended(struct outlet *outlet, struct work *work, CURLcode code);

/* Milliseconds until it is time for a call; `most` when nothing waits, or a call is under way. */
int64_t outlet_wait_ms(const struct outlet *outlet, int64_t most);

/* Is something under way, or would be if one tried? */
bool outlet_is_busy(const struct outlet *outlet);

#endif
