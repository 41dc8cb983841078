/*
 * transfer.h: one attempt to deliver, by libcurl: a POST to an address that net/target.h allows, signed now.
 *
 * Bounded in all: the time to connect and in all, the head (64 KiB) and body (64 KiB, of which the beginning is kept) of the answer;
 * no redirects, no proxy, no other protocol.  What is sent lives with the transfer, outside the arena, since many are under way
 * while the arena is emptied.
 */
#ifndef TRANSFER_H
#define TRANSFER_H

#include "notify/delivery.h"
#include "notify/queue.h"

#include <curl/curl.h>

struct config;
struct work;

struct transfer {
	struct transfer     *next;
	const struct config *config;
	CURL                *curl;
	struct curl_slist   *headers;
	char                *body;
	size_t               bytes;   /* of the body */
	struct attempt       attempt; /* what is known when it ends; its texts are the two below */
	char                 answer[ANSWER_BODY_MAX + 1], error[CURL_ERROR_SIZE];
	size_t               answered, headed; /* bytes of the answer's body and head */
	int64_t              started_ms;
	bool                 plain;  /* by http */
	bool                 closed; /* the address was refused */
	bool                 over, recorded;
};

/* Ready for a multi handle, with copies of its own; NULL when it cannot be made, and then *attempt says why. */
struct transfer *transfer_new(struct work *work, const struct due_endpoint *endpoint, const struct due_delivery *delivery,
    const struct due_event *said, struct attempt *attempt);

/* libcurl is done with it: fills transfer->attempt. */
void transfer_ended(struct transfer *transfer, CURLcode code);

/* Of all bodies under way together, and of those to one endpoint; one alone may be larger. */
enum { TRANSFER_BYTES_MAX = 100 << 20, TRANSFER_BYTES_OF_ENDPOINT_MAX = 2 << 20 };

/*
 * May so many bytes more be under way to the endpoint?  `transfers`: those there are, with those that are over and not freed yet;
 * *full: there is no room for them to any endpoint.
 */
bool transfer_has_room(const struct transfer *transfers, struct endpoint_id endpoint, size_t bytes, bool *full);

/* Not while a multi handle has it. */
void transfer_free(struct transfer *transfer);

#endif
