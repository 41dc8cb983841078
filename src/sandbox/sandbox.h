/*
 * sandbox.h: the core of haat-sandbox, which stands in for payment providers in development and tests.
 *
 * The core serves HTTP, keeps objects, sends webhooks and can be made to misbehave on purpose; what a provider's API is stands
 * in its stand-in (sandbox/NAME/), which fills a struct stand_in: parameters are checked, keys make requests idempotent, every
 * change is told by a signed webhook, and a page lets the payer pay, fail or walk away, the same for scripts.
 *
 * Each connection has a thread.  Everything shared lives in struct sandbox behind one lock, which is held while a call
 * looks and changes things and never while it waits: stalls and webhooks happen outside it, so a call that hangs holds
 * up nobody else.  Objects are json-c trees in the provider's own form, owned by the tables; they are changed in place and
 * then saved, which appends the whole object to the journal.  Unless a comment says otherwise, a function that takes a
 * struct sandbox or a struct call is called with the lock held.
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include "base/text.h"
#include "sandbox/form.h"

#include <json-c/json.h>
#include <pthread.h>
#include <stdbool.h>
#include <stdint.h>

struct arena;
struct config;
struct delivery;
struct MHD_Connection;
struct curl_slist;
struct stand_in;

/* How to misbehave; all zero is good behaviour.  switches.c says what each does. */
struct switches {
	int64_t          webhook_copies, webhook_delay_ms, hang_ms, fail_after_charge, fail_before, wrong_amount;
	int64_t          webhook_reverse, webhook_never, webhook_before_answer, refuse_key, refund_pending, no_balance;
	int64_t          missing_endpoint, disputes_unlisted;
	int64_t          too_many_requests, malformed_json, huge_answer, cut_answer, wrong_currency;
	int64_t          hold_calls, hold_answers;
	struct switches *next;        /* further transactions with switches of their own */
	char             subject[72]; /* of which transaction; "" for those of all others */
};

struct sandbox {
	const struct config *config;
	pthread_mutex_t      lock;
	pthread_cond_t       changed; /* something to deliver, something delivered, a switch, or stopping; CLOCK_MONOTONIC */
	bool                 stopping;
	struct json_object  *tables;       /* by name */
	struct json_object  *running_keys; /* idempotency keys of calls that are being answered */
	int                  journal;      /* file descriptor, -1 without one */
	struct switches      switches;     /* of every transaction that has none of its own; those are behind .next */
	struct delivery     *queue, *held; /* webhooks to send, by time; those kept back to be reversed, newest first */
	int                  sending;
	int                  held_calls; /* that wait for hold_calls or hold_answers to be undone */
};

/* Objects stand in tables, by id; a table has a name, which no two stand-ins share, and is made at its first object. */

/* One HTTP request and its answer. */
struct call {
	struct sandbox        *sandbox;
	struct arena          *arena;
	struct MHD_Connection *connection;
	const struct stand_in *stand_in;
	const char            *method, *path, *captured[2]; /* captured: what stood for {} in the route */
	struct text            body;
	bool                   too_large;
	struct form            form; /* of the body of a POST, of the query of a GET */
	struct json_object    *json; /* the body, when it is JSON; else NULL */
	const char            *key, *fingerprint;
	char                   request_id[24];

	int                 status;
	char               *answer; /* malloc */
	const char         *content_type, *location;
	int                 max_age_seconds; /* that the answer may be kept; 0: not at all */
	bool                any_origin;      /* pages of any origin may read it */
	bool                replayed;
	bool                huge, cut; /* the answer is far too long; ends in the middle */
	bool                executed;  /* past all checks: the answer belongs to the idempotency key */
	struct json_object *caused;    /* bodies of webhooks to be sent before the answer; NULL when there are none */
};

/* Who may ask, and whether the handler itself takes the lock (because it waits). */
enum route_kind { ROUTE_API, ROUTE_OPEN, ROUTE_WAITS };

struct route {
	const char     *method, *path;
	enum route_kind kind;
	void (*serve)(struct call *call);
};

/* A provider's stand-in: a folder of its own, that fills this.  Its functions are called with the lock held, but for `sign`. */
struct stand_in {
	const char         *name; /* the provider's; but for the first one its routes begin with it: "/paypal/v2/..." */
	const struct route *routes;
	size_t              route_count;

	/* Has the caller the right to ask?  Answers when not.  Without the lock. */
	bool (*is_admitted)(struct call *call);

	/* Around a POST, for the provider's idempotency keys, NULL where it has none; `begin` is false when it has answered. */
	bool (*begin)(struct call *call);
	void (*end)(struct call *call);

	/* The provider's own way to say that a request is wrong (what: the parameter, may be NULL), and that it failed itself. */
	void (*answer_fault)(struct call *call, int status, const char *what, const char *message);
	void (*answer_failure)(struct call *call);

	/* The transaction that a call is about; NULL while there is none. */
	const struct json_object *(*transaction_of)(const struct call *call);

	/*
	 * Is the subject one of the transaction's own marks (its id, the shop's reference or order)?  `transaction` is NULL while the call
	 * that creates it is answered: then the call names the marks.
	 */
	bool (*is_called)(const struct call *call, const struct json_object *transaction, const char *subject);

	/* The headers of a webhook, its Content-Type among them, signed now; NULL when they cannot be made. */
	struct curl_slist *(*sign)(const struct config *config, const char *event_text);

	/* The table of its events, by id: each is what is sent, or has that as `sent` where the provider's events have no id. */
	const char *events;
	bool        wants_200; /* nothing else counts as an answer to a webhook; else all of 2xx */

	/* Why it cannot run with these settings, or NULL; NULL where it needs none: without a key it admits nobody. */
	const char *(*settings_fault)(const struct config *config);
};

/* Every stand-in, NULL at the end (stand_ins.c). */
extern const struct stand_in *const stand_ins[];

/* server.c: runs the HTTP server on 127.0.0.1 until server_stop.  NULL with errno when the port cannot be had. */
struct MHD_Daemon *server_start(struct sandbox *sandbox, uint16_t port);

/* The first value of a request header, or NULL. */
const char *call_header(const struct call *call, const char *name);

/* Reads the query into the form (call_read_query) or the body (call_read_body); false when it cannot be read. */
bool call_read_query(struct call *call);
bool call_read_body(struct call *call);

/* Answers with JSON; `body` is released. */
void answer_json(struct call *call, int status, struct json_object *body);

/* The same with a copy; an object of a table stays the table's. */
void answer_copy(struct call *call, int status, const struct json_object *body);

/* route.c: answers a request that has come in whole.  Without the lock. */
void call_serve(struct call *call);

/* state.c: the tables and the journal.  `state_open` replays; false with a message on stderr when it cannot. */
bool                 state_open(struct sandbox *sandbox, const char *file);
void                 state_close(struct sandbox *sandbox);
void                 state_clear(struct sandbox *sandbox);
struct json_object  *state_find(const struct sandbox *sandbox, const char *table, const char *id);
struct json_object  *state_table(const struct sandbox *sandbox, const char *table); /* NULL while it has no object */
void                 state_save(struct sandbox *sandbox, const char *table, struct json_object *object);
struct json_object **state_newest_first(const struct sandbox *sandbox, const char *table, struct arena *arena, size_t *count);

/* A new id: the prefix and 24 random letters and digits. */
const char *id_new(struct arena *arena, const char *prefix);

/* Members of objects; a NULL text is null, a member that is not there is NULL or 0. */
void        put_text(struct json_object *object, const char *name, const char *text);
void        put_integer(struct json_object *object, const char *name, int64_t value);
void        put_bool(struct json_object *object, const char *name, bool value);
void        put_null(struct json_object *object, const char *name);
void        put_copy(struct json_object *object, const char *name, const struct json_object *value);
const char *get_text(const struct json_object *object, const char *name);
int64_t     get_integer(const struct json_object *object, const char *name);

/* Is that the value of one of its members?  False for what is no object. */
bool has_value(const struct json_object *object, const char *text);

/* Now, in RFC 3339. */
const char *time_text(struct arena *arena);

/* The text of an object as it is stored, sent and signed: the same bytes every time.  Owned by the object. */
const char *json_text(const struct json_object *object);

/* switches.c: the routes of the switches. */
void switches_show(struct call *call);
void switches_change(struct call *call);
void sandbox_reset(struct call *call);

/* delivery.c: webhooks.  delivery_add queues the text of an event as the switches of its transaction say. */
void delivery_add(
    struct sandbox *sandbox, const struct stand_in *stand_in, const struct switches *switches, const char *event_text);
void delivery_clear(struct sandbox *sandbox);

/* tell.c: sends the text of an event that the call has caused, as the switches of its transaction say: never, before the answer, or soon. */
void delivery_tell(struct call *call, const char *event_text);

/* Sends a payer's browser to an address of the shop's; HTTP status, 0 when nothing answered.  Without the lock. */
int delivery_visit(const struct sandbox *sandbox, const char *url);

/* The thread that sends them, until stopping; without the lock. */
void *delivery_run(void *sandbox);

/* Sends what the call caused before its answer goes out.  Without the lock. */
void delivery_before_answer(struct call *call);

/* POST /sandbox/flush and /sandbox/deliver/{event}; without the lock. */
void delivery_flush(struct call *call);
void delivery_again(struct call *call);

/* GET /sandbox/events/{mark}: the webhooks that name it, signed now, for who wants to send them in a way of its own; without the lock. */
void delivery_show(struct call *call);

/*
 * switches.c: the switches of the transaction that a call is about or creates: of those that were set for its id or another of
 * its marks the newest, else the general ones.
 */
struct switches *switches_of(struct call *call);

/* How often each webhook is sent. */
static inline int64_t
switches_copies(const struct switches *switches)
{
	return switches->webhook_copies > 1 ? switches->webhook_copies : 1;
}

/* Is there one left of a counted switch?  Takes it. */
bool switch_take(int64_t *counter);

/* Forgets all of them. */
void switches_clear(struct sandbox *sandbox);

/* Waits `milliseconds`, less when the sandbox stops; without the lock. */
void sandbox_stall(struct sandbox *sandbox, int64_t milliseconds);

#endif
