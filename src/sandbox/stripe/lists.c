#include "base/arena.h"
#include "sandbox/stripe/parameters.h"
#include "sandbox/stripe/stripe.h"

enum { LIST_DEFAULT = 10, LIST_MAX = 100 };

/* The index behind the object named by starting_after; SIZE_MAX, answered, when there is none. */
static size_t
first_index(struct call *call, struct json_object **list, size_t count)
{
	const char *after = form_get(&call->form, "starting_after");

	if (after == NULL)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (strcmp(get_text(list[i], "id"), after) == 0)
			return i + 1;
	answer_invalid(call, "resource_missing", "starting_after", arena_format(call->arena, "No such object: '%.255s'", after));
	return SIZE_MAX;
}

/* Answers a list of the objects for which keep(object, argument) holds, paged as Stripe pages. */
static void
answer_list(struct call *call, const char *table, bool (*keep)(const struct json_object *object, const void *argument),
    const void *argument)
{
	struct json_object  *data, *body;
	int64_t              limit = LIST_DEFAULT;
	size_t               count, first;
	bool                 more = false;
	struct json_object **list = state_newest_first(call->sandbox, table, call->arena, &count);

	if (!check_integer(call, "limit", &limit) || (first = first_index(call, list, count)) == SIZE_MAX)
		return;
	if (limit < 1 || limit > LIST_MAX) {
		answer_invalid(call, "parameter_invalid_integer", "limit", "The limit must be between 1 and 100.");
		return;
	}
	data = json_object_new_array();
	for (size_t i = first; i < count && !more; i++) {
		if (!keep(list[i], argument))
			continue;
		if (json_object_array_length(data) == (size_t)limit)
			more = true;
		else
			json_object_array_add(data, json_object_get(list[i]));
	}
	body = json_object_new_object();
	put_text(body, "object", "list");
	json_object_object_add(body, "data", data);
	put_bool(body, "has_more", more);
	put_text(body, "url", call->path);
	answer_json(call, 200, body);
}

/* created[gte] and the like. */
struct window {
	int64_t     gte, gt, lte, lt;
	const char *type, *intent, *charge, *customer;
};

static bool
read_window(struct call *call, struct window *into)
{
	*into = (struct window) { .gt = -1, .lte = INT64_MAX, .lt = INT64_MAX };
	into->type = form_get(&call->form, "type");
	into->intent = form_get(&call->form, "payment_intent");
	into->charge = form_get(&call->form, "charge");
	into->customer = form_get(&call->form, "customer");
	return check_integer(call, "created[gte]", &into->gte) && check_integer(call, "created[gt]", &into->gt) &&
	    check_integer(call, "created[lte]", &into->lte) && check_integer(call, "created[lt]", &into->lt);
}

/* "payment_intent.*" stands for a whole group. */
static bool
is_type(const char *type, const char *wanted)
{
	size_t length = strlen(wanted);

	if (length > 1 && wanted[length - 1] == '*')
		return strncmp(type, wanted, length - 1) == 0;
	return strcmp(type, wanted) == 0;
}

static bool
has_text(const struct json_object *object, const char *name, const char *wanted)
{
	const char *text = get_text(object, name);

	return wanted == NULL || (text != NULL && strcmp(text, wanted) == 0);
}

static bool
is_within(const struct json_object *object, const void *argument)
{
	const struct window *window = argument;
	int64_t              created = get_integer(object, "created");

	return created >= window->gte && created > window->gt && created <= window->lte && created < window->lt &&
	    (window->type == NULL || is_type(get_text(object, "type"), window->type)) &&
	    has_text(object, "payment_intent", window->intent) && has_text(object, "charge", window->charge) &&
	    has_text(object, "customer", window->customer);
}

static void
list_window(struct call *call, const char *table, const char *const *known)
{
	struct window window;

	if (check_known(call, known) && read_window(call, &window))
		answer_list(call, table, is_within, &window);
}

void
intent_list(struct call *call)
{
	static const char *const known[] = { "customer", "created[]", "limit", "starting_after", NULL };

	list_window(call, TABLE_INTENTS, known);
}

void
customer_methods(struct call *call)
{
	static const char *const known[] = { "type", "limit", "starting_after", NULL };
	struct window            window = { .gt = -1, .lte = INT64_MAX, .lt = INT64_MAX };

	window.type = form_get(&call->form, "type");
	window.customer = call->captured[0];
	if (state_find(call->sandbox, TABLE_CUSTOMERS, window.customer) == NULL)
		answer_no_such(call, "customer", window.customer);
	else if (check_known(call, known))
		answer_list(call, TABLE_METHODS, is_within, &window);
}

void
refund_list(struct call *call)
{
	static const char *const known[] = { "payment_intent", "charge", "created[]", "limit", "starting_after", NULL };

	list_window(call, TABLE_REFUNDS, known);
}

void
dispute_list(struct call *call)
{
	static const char *const known[] = { "payment_intent", "charge", "created[]", "limit", "starting_after", NULL };

	list_window(call, TABLE_DISPUTES, known);
}

void
event_list(struct call *call)
{
	static const char *const known[] = { "type", "created[]", "limit", "starting_after", NULL };

	list_window(call, TABLE_EVENTS, known);
}

/* Adds to the member named by a currency. */
static void
add_to(struct json_object *sums, const char *currency, int64_t amount)
{
	put_integer(sums, currency, get_integer(sums, currency) + amount);
}

static void
summarize_intent(struct call *call, const struct json_object *intent, struct json_object *intents, struct json_object *captured,
    struct json_object *refunded)
{
	const char               *charge_id = get_text(intent, "latest_charge"), *currency = get_text(intent, "currency");
	const struct json_object *charge = charge_id == NULL ? NULL : state_find(call->sandbox, TABLE_CHARGES, charge_id);
	struct json_object       *line = json_object_new_object();
	int64_t                   back = get_integer(charge, "amount_refunded");

	put_text(line, "id", get_text(intent, "id"));
	put_text(line, "status", get_text(intent, "status"));
	put_text(line, "currency", currency);
	put_integer(line, "amount", get_integer(intent, "amount"));
	put_integer(line, "amount_received", get_integer(intent, "amount_received"));
	put_integer(line, "amount_refunded", back);
	put_copy(line, "metadata", json_object_object_get(intent, "metadata"));
	json_object_array_add(intents, line);
	add_to(captured, currency, get_integer(intent, "amount_received"));
	add_to(refunded, currency, back);
}

/* What a checker holds against the shop's books: every intent, and what was taken and given back by currency. */
void
intents_summary(struct call *call)
{
	struct json_object *body = json_object_new_object(), *intents = json_object_new_array();
	struct json_object *captured = json_object_new_object(), *refunded = json_object_new_object();

	if (state_table(call->sandbox, TABLE_INTENTS) != NULL) {
		json_object_object_foreach(state_table(call->sandbox, TABLE_INTENTS), id, intent)
		{
			(void)id;
			summarize_intent(call, intent, intents, captured, refunded);
		}
	}
	json_object_object_add(body, "captured", captured);
	json_object_object_add(body, "refunded", refunded);
	json_object_object_add(body, "payment_intents", intents);
	answer_json(call, 200, body);
}

static const char *
standing_of(const struct json_object *intent)
{
	const char *status = get_text(intent, "status");

	if (strcmp(status, "succeeded") == 0)
		return "succeeded";
	if (strcmp(status, "canceled") == 0)
		return "cancelled";
	return json_object_object_get(intent, "last_payment_error") != NULL ? "failed" : "open";
}

/* In the shop's minor units. */
static int64_t
minor_of(const struct json_object *object, const char *name, const char *currency)
{
	int64_t amount = get_integer(object, name);

	return strcmp(currency, "isk") == 0 || strcmp(currency, "ugx") == 0 ? amount / 100
	    : strcmp(currency, "mga") == 0                                  ? amount * 100
									    : amount;
}

void
transaction_list(struct call *call)
{
	size_t               count;
	struct json_object **intents = state_newest_first(call->sandbox, TABLE_INTENTS, call->arena, &count);
	struct json_object  *body = json_object_new_object(), *results = json_object_new_array();

	for (size_t i = 0; i < count; i++) {
		const char *charge = get_text(intents[i], "latest_charge"), *currency = get_text(intents[i], "currency");
		const struct json_object *charged = charge == NULL ? NULL : state_find(call->sandbox, TABLE_CHARGES, charge);
		struct json_object       *result = json_object_new_object();

		put_text(result, "id", get_text(intents[i], "id"));
		put_text(result, "reference", get_text(json_object_object_get(intents[i], "metadata"), "reference"));
		put_text(result, "status", standing_of(intents[i]));
		put_text(result, "currency", currency);
		put_integer(result, "received", minor_of(intents[i], "amount_received", currency));
		put_integer(result, "refunded", minor_of(charged, "amount_refunded", currency));
		json_object_array_add(results, result);
	}
	json_object_object_add(body, "results", results);
	answer_json(call, 200, body);
}
