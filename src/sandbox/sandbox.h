/*
 * sandbox.h: a stand-in for Stripe, for development and tests.
 *
 * haat-sandbox answers the part of Stripe's API that haat calls, as Stripe answers it: parameters are checked, keys
 * make requests idempotent, every change is told by a signed webhook.  Beside it stand a page on which the payer pays,
 * fails or walks away, the same for scripts, and switches that make it misbehave on purpose.
 *
 * Each connection has a thread.  Everything shared lives in struct sandbox behind one lock, which is held while a call
 * looks and changes things and never while it waits: stalls and webhooks happen outside it, so a call that hangs holds
 * up nobody else.  Objects are json-c trees in Stripe's own form, owned by the tables; they are changed in place and
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

/* One table of objects by id for each kind; the journal knows them by name (state.c). */
enum table { TABLE_INTENTS, TABLE_CHARGES, TABLE_REFUNDS, TABLE_EVENTS, TABLE_KEYS, TABLE__COUNT };

/* How to misbehave; all zero is good behaviour.  switches.c says what each does. */
struct switches {
	int64_t          webhook_copies, webhook_delay_ms, hang_ms, fail_after_charge, fail_before, wrong_amount;
	int64_t          webhook_reverse, webhook_never, webhook_before_answer;
	struct switches *next;        /* further transactions with switches of their own */
	char             subject[72]; /* of which transaction; "" for those of all others */
};

struct sandbox {
	const struct config *config;
	pthread_mutex_t      lock;
	pthread_cond_t       changed; /* something to deliver, something delivered, or stopping; CLOCK_MONOTONIC */
	bool                 stopping;
	struct json_object  *tables[TABLE__COUNT];
	struct json_object  *running_keys; /* idempotency keys of calls that are being answered */
	int                  journal;      /* file descriptor, -1 without one */
	struct switches      switches;     /* of every transaction that has none of its own; those are behind .next */
	struct delivery     *queue, *held; /* webhooks to send, by time; those kept back to be reversed, newest first */
	int                  sending;
};

/* One HTTP request and its answer. */
struct call {
	struct sandbox        *sandbox;
	struct arena          *arena;
	struct MHD_Connection *connection;
	const char            *method, *path, *captured[2]; /* captured: what stood for {} in the route */
	struct text            body;
	bool                   too_large;
	struct form            form; /* of the body of a POST, of the query of a GET */
	const char            *key, *fingerprint;
	char                   request_id[24];

	int                 status;
	char               *answer; /* malloc */
	const char         *content_type, *location;
	bool                replayed;
	bool                executed; /* past all checks: the answer belongs to the idempotency key */
	struct json_object *caused;   /* bodies of webhooks to be sent before the answer; NULL when there are none */
};

/* server.c: runs the HTTP server on 127.0.0.1 until server_stop.  NULL with errno when the port cannot be had. */
struct MHD_Daemon *server_start(struct sandbox *sandbox, uint16_t port);

/* The first value of a request header, or NULL. */
const char *call_header(const struct call *call, const char *name);

/* Reads the query into the form (call_read_query) or the body (call_read_body); false when it cannot be read. */
bool call_read_query(struct call *call);
bool call_read_body(struct call *call);

/* The answers.  `body` is released; Stripe's error object is made of type, code and param (each may be NULL). */
void answer_json(struct call *call, int status, struct json_object *body);
void answer_object(struct call *call, const struct json_object *object);
void answer_error(struct call *call, int status, const char *type, const char *code, const char *param,
    const char *message);
void answer_invalid(struct call *call, const char *code, const char *param, const char *message);
void answer_no_such(struct call *call, const char *what, const char *id);

/* route.c: answers a request that has come in whole.  Without the lock. */
void call_serve(struct call *call);

/* idempotency.c: providers' keys.  `begin` is false when it has answered (replay, conflict, other parameters). */
bool idempotency_begin(struct call *call);
void idempotency_end(struct call *call);

/* state.c: the tables and the journal.  `state_open` replays; false with a message on stderr when it cannot. */
bool                 state_open(struct sandbox *sandbox, const char *file);
void                 state_close(struct sandbox *sandbox);
void                 state_clear(struct sandbox *sandbox);
struct json_object  *state_find(const struct sandbox *sandbox, enum table table, const char *id);
void                 state_save(struct sandbox *sandbox, enum table table, struct json_object *object);
struct json_object **state_newest_first(const struct sandbox *sandbox, enum table table, struct arena *arena,
    size_t *count);

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

/* The text of an object as it is stored, sent and signed: the same bytes every time.  Owned by the object. */
const char *json_text(const struct json_object *object);

/* intents.c, payer.c, refunds.c, lists.c: what the routes do. */
void intent_create(struct call *call);
void intent_show(struct call *call);
void intent_list(struct call *call);
void intent_capture(struct call *call);
void intent_cancel(struct call *call);
void refund_create(struct call *call);
void refund_show(struct call *call);
void refund_list(struct call *call);
void event_show(struct call *call);
void event_list(struct call *call);
void payer_acts(struct call *call);
void page_show(struct call *call);
void page_acts(struct call *call);
void switches_show(struct call *call);
void switches_change(struct call *call);
void sandbox_summary(struct call *call);
void sandbox_reset(struct call *call);

/* An error about the intent's status, with the intent in it. */
void answer_unexpected_state(struct call *call, const struct json_object *intent, const char *verb);

/* Is the status one of those named, separated by spaces? */
bool status_is(const struct json_object *intent, const char *statuses);

/* What the payer does to an intent (pay, fail, process, abandon): the intent, or NULL when the error is answered. */
struct json_object *payer_act(struct call *call, const char *action, const char *id);

/* Captures `amount` minor units of the intent's charge, and sets the intent's state accordingly. */
void intent_take(struct call *call, struct json_object *intent, int64_t amount);

/* Answers a list of the objects for which keep(object, argument) holds, paged as Stripe pages. */
void answer_list(struct call *call, enum table table,
    bool (*keep)(const struct json_object *object, const void *argument), const void *argument);

/* events.c: tells a change by an event that holds a copy of the object; `previous` (released) may be NULL. */
void event_make(struct call *call, const char *type, const struct json_object *object, struct json_object *previous);

/* delivery.c: webhooks.  delivery_add queues the text of an event as the switches of its transaction say. */
void delivery_add(struct sandbox *sandbox, const struct switches *switches, const char *event_text);
void delivery_clear(struct sandbox *sandbox);

/* The thread that sends them, until stopping; without the lock. */
void *delivery_run(void *sandbox);

/* Sends what the call caused before its answer goes out.  Without the lock. */
void delivery_before_answer(struct call *call);

/* POST /sandbox/flush and /sandbox/deliver/{event}; without the lock. */
void delivery_flush(struct call *call);
void delivery_again(struct call *call);

/*
 * switches.c: the switches of the transaction that a call is about: the intent in its path or its form, or the intent that it
 * creates.  Those that were set for the intent's id come first, then those for a value of its metadata, then the general ones.
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
