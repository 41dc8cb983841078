/*
 * sandbox_peer.h: what the tests of haat-sandbox need around it: the program as a child on a free port, calls to it as haat makes
 * them, and a listener that takes its webhooks and checks their signatures.
 */
#ifndef SANDBOX_PEER_H
#define SANDBOX_PEER_H

#include <json-c/json.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum { HEARD_MOST = 64, WAIT_SECONDS = 10 };

/* One answer of the sandbox; status 0 when none came.  Given back with drop(). */
struct answer {
	long                status;
	char               *text, *location;
	bool                replayed;
	struct json_object *json;
};

/* Which headers a call goes without. */
enum lacks { LACKS_NOTHING, LACKS_AUTHORIZATION, LACKS_VERSION, HAS_WRONG_KEY };

struct answer call(const char *method, const char *path, const char *body, const char *key);
struct answer call_lacking(
    enum lacks lacks, const char *method, const char *path, const char *body, const char *key, long timeout_ms);

/* A call with these header lines (NULL at the end) and no others; as the stand-in of another provider wants them. */
struct answer call_with(const char *const *headers, const char *method, const char *path, const char *body);
void          drop(struct answer answer);

/* A member by its path: "data.0.id"; NULL when it is not there. */
struct json_object *member(struct json_object *object, const char *path);
const char         *text_at(struct json_object *object, const char *path);
int64_t             integer_at(struct json_object *object, const char *path);

/* Waits until so many webhooks have been heard (10 s at most); how many there are then. */
size_t wait_heard(size_t count);
void   forget_heard(void);

/* The body of a webhook heard, NULL when there is none at this place; was its signature good? */
const char *heard_body(size_t place);
bool        heard_authentic(size_t place);

/* Answer the next so many webhooks with 503 and do not count them. */
void refuse_webhooks(int count);

/* The listener, and the files and ports of the test; false when they cannot be had. */
bool peer_open(void);
void peer_close(void);

/* The program with this profile; false when it ends instead of answering.  stop_sandbox gives its wait status. */
bool start_sandbox(const char *profile);
int  stop_sandbox(void);

#endif
