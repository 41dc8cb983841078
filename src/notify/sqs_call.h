/*
 * sqs_call.h: one call of SendMessageBatch, signed by libcurl (AWS Signature Version 4), and what SQS says of each entry.
 *
 * An entry is sent only when the answer names it as successful and its two digests are those of what was sent.
 */
#ifndef SQS_CALL_H
#define SQS_CALL_H

#include "notify/sqs_message.h"

#include <curl/curl.h>
#include <stdbool.h>

struct config;

enum { SQS_ENTRIES_MAX = 10, SQS_ERROR_MAX = 200 };

/* FAILED: nobody knows or it may be tried again; REFUSED: never again as it stands. */
enum sqs_verdict { VERDICT_SENT, VERDICT_FAILED, VERDICT_REFUSED };

struct sqs_entry {
	size_t           number; /* the caller's, of the message */
	char             body_md5[MD5_TEXT + 1], attributes_md5[MD5_TEXT + 1];
	enum sqs_verdict verdict;
	char             error[SQS_ERROR_MAX + 1];
};

/* A place for calls, used again and again; zero at first. */
struct sqs_call {
	CURL              *curl;
	struct curl_slist *headers;
	char              *body, *answer;
	size_t             answered;
	char               why[CURL_ERROR_SIZE];
	struct sqs_entry   entries[SQS_ENTRIES_MAX];
	size_t             count;
	bool               under_way;
};

/* Ready for a multi handle: `numbers` says which of the messages go. */
void sqs_call_begin(const struct config *config, struct arena *arena, struct sqs_call *call, const struct sqs_message *messages,
    const size_t *numbers, size_t count);

/*
 * libcurl is done: each entry has its verdict.  False when SQS has judged none, because it was not reached, is busy, or refuses the
 * call as a whole; *error (in the call) says why.
 */
bool sqs_call_ended(struct sqs_call *call, struct arena *arena, CURLcode code, const char **error);

void sqs_call_free(struct sqs_call *call);

#endif
