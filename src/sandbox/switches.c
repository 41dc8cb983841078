#include "base/arena.h"
#include "sandbox/sandbox.h"

/*
 * How the sandbox can be made to misbehave: POST /sandbox/switches for every transaction, POST /sandbox/switches/SUBJECT for
 * one transaction only, by its id or another of its marks (the shop's order), so that tests side by side do not meet.
 * All of it is undone by /sandbox/reset or by setting the switch to 0.  The general ones tell how many calls are held.
 */
static const struct {
	const char *name;
	size_t      offset;
	bool        is_flag;
	int64_t     max;
} switches[] = {
	/* Each webhook is sent so many times (0 and 1 are once). */
	{ "webhook_copies", offsetof(struct switches, webhook_copies), false, 100 },
	/* Webhooks are held back and sent newest first, when a second one joins the first or at /sandbox/flush. */
	{ "webhook_reverse", offsetof(struct switches, webhook_reverse), true, 1 },
	{ "webhook_delay_ms", offsetof(struct switches, webhook_delay_ms), false, 3600000 },
	/* Events happen but are told to nobody. */
	{ "webhook_never", offsetof(struct switches, webhook_never), true, 1 },
	/* The webhook arrives before the answer to the call that caused it. */
	{ "webhook_before_answer", offsetof(struct switches, webhook_before_answer), true, 1 },
	/* Refunds stay pending until /sandbox/NAME/refunds-arrive. */
	{ "refund_pending", offsetof(struct switches, refund_pending), true, 1 },
	/* Refunds are refused: the shop has too little with the provider. */
	{ "no_balance", offsetof(struct switches, no_balance), true, 1 },
	/* What is disputed of PayPal's is not in lists of disputes. */
	{ "disputes_unlisted", offsetof(struct switches, disputes_unlisted), true, 1 },
	/* Calls of the API are refused for want of the right key. */
	{ "refuse_key", offsetof(struct switches, refuse_key), true, 1 },
	/* Calls of the API find nothing at their address. */
	{ "missing_endpoint", offsetof(struct switches, missing_endpoint), true, 1 },
	/* Calls of the API stall so long before they do anything. */
	{ "hang_ms", offsetof(struct switches, hang_ms), false, 600000 },
	/* Calls of the API wait until this is undone, before they do anything; those that change something, before they are answered. */
	{ "hold_calls", offsetof(struct switches, hold_calls), true, 1 },
	{ "hold_answers", offsetof(struct switches, hold_answers), true, 1 },
	/* The next so many POSTs that change something do it, and answer 500 all the same. */
	{ "fail_after_charge", offsetof(struct switches, fail_after_charge), false, 1000000 },
	/* The next so many POSTs do nothing and answer 500. */
	{ "fail_before", offsetof(struct switches, fail_before), false, 1000000 },
	/* The next so many calls are one too many (429). */
	{ "too_many_requests", offsetof(struct switches, too_many_requests), false, 1000000 },
	/* The next so many calls are done, but their answer is no JSON; has 10 MB; ends in the middle. */
	{ "malformed_json", offsetof(struct switches, malformed_json), false, 1000000 },
	{ "huge_answer", offsetof(struct switches, huge_answer), false, 1000000 },
	{ "cut_answer", offsetof(struct switches, cut_answer), false, 1000000 },
	/* The next so many payments are taken in another currency (CHF). */
	{ "wrong_currency", offsetof(struct switches, wrong_currency), false, 1000000 },
	/* The next so many payments are taken one minor unit short. */
	{ "wrong_amount", offsetof(struct switches, wrong_amount), false, 1000000 },
};

enum { SWITCHES = sizeof switches / sizeof *switches };

static int64_t *
value_of(struct switches *state, size_t index)
{
	return (int64_t *)((char *)state + switches[index].offset);
}

bool
switch_take(int64_t *counter)
{
	if (*counter <= 0)
		return false;
	--*counter;
	return true;
}

struct switches *
switches_of(struct call *call)
{
	const struct json_object *transaction = call->stand_in->transaction_of(call);

	for (struct switches *state = call->sandbox->switches.next; state != NULL; state = state->next)
		if (call->stand_in->is_called(call, transaction, state->subject))
			return state;
	return &call->sandbox->switches;
}

/* The switches that the path names: the general ones, or those of a subject, which are made when they are first set. */
static struct switches *
named_switches(struct call *call, bool make)
{
	struct switches *general = &call->sandbox->switches, *state = general->next;

	if (call->captured[0] == NULL)
		return general;
	while (state != NULL && strcmp(state->subject, call->captured[0]) != 0)
		state = state->next;
	if (state == NULL && make && strlen(call->captured[0]) < sizeof state->subject) {
		state = calloc(1, sizeof *state);
		if (state == NULL)
			abort();
		snprintf(state->subject, sizeof state->subject, "%s", call->captured[0]);
		state->next = general->next;
		general->next = state;
	}
	return state;
}

void
switches_clear(struct sandbox *sandbox)
{
	struct switches *next;

	for (struct switches *state = sandbox->switches.next; state != NULL; state = next) {
		next = state->next;
		free(state);
	}
	sandbox->switches = (struct switches) { 0 };
}

void
switches_show(struct call *call)
{
	struct json_object *body;
	struct switches    *state = named_switches(call, false);

	if (state == NULL) {
		call->stand_in->answer_fault(call, 404, NULL, "No such switches.");
		return;
	}
	body = json_object_new_object();

	for (size_t i = 0; i < SWITCHES; i++) {
		int64_t value = *value_of(state, i);

		if (switches[i].is_flag)
			put_bool(body, switches[i].name, value != 0);
		else
			put_integer(body, switches[i].name, value);
	}
	if (state == &call->sandbox->switches)
		put_integer(body, "held", call->sandbox->held_calls);
	answer_json(call, 200, body);
}

/* Sets one switch; false when there is none of that name or the value is not one for it. */
static bool
set_switch(struct switches *state, const char *name, const struct json_object *value)
{
	for (size_t i = 0; i < SWITCHES; i++) {
		int64_t number;

		if (strcmp(switches[i].name, name) != 0)
			continue;
		if (!json_object_is_type(value, switches[i].is_flag ? json_type_boolean : json_type_int))
			return false;
		number = switches[i].is_flag ? json_object_get_boolean(value) : json_object_get_int64(value);
		if (number < 0 || number > switches[i].max)
			return false;
		*value_of(state, i) = number;
		return true;
	}
	return false;
}

/* What is wrong with the body, or NULL when all of it was set. */
static const char *
set_switches(struct switches *state, const struct json_object *body, struct arena *arena)
{
	if (!json_object_is_type(body, json_type_object))
		return "body";
	json_object_object_foreach(body, name, value)
	{
		if (!set_switch(state, name, value))
			return arena_string(arena, name);
	}
	return NULL;
}

void
switches_change(struct call *call)
{
	struct switches    *state = named_switches(call, true), changed = { 0 };
	struct json_object *body = json_tokener_parse(call->body.bytes);
	const char         *wrong = "subject";

	if (state != NULL) {
		changed = *state;
		wrong = set_switches(&changed, body, call->arena);
	}
	json_object_put(body);
	if (wrong != NULL) {
		call->stand_in->answer_fault(call, 400, wrong, "Unknown switch or invalid value.");
		return;
	}
	*state = changed;
	pthread_cond_broadcast(&call->sandbox->changed);
	switches_show(call);
}

void
sandbox_reset(struct call *call)
{
	state_clear(call->sandbox);
	delivery_clear(call->sandbox);
	switches_clear(call->sandbox);
	pthread_cond_broadcast(&call->sandbox->changed);
	switches_show(call);
}
