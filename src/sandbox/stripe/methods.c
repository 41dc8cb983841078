/* Customers, and their payment methods that are charged while they are away. */
#include "base/arena.h"
#include "base/instant.h"
#include "sandbox/stripe/parameters.h"
#include "sandbox/stripe/stripe.h"

/* An object that a parameter names is missing: not 404, as where the path names it. */
static void
answer_missing(struct call *call, const char *param, const char *what, const char *id)
{
	answer_invalid(call, "resource_missing", param, arena_format(call->arena, "No such %s: '%.200s'", what, id));
}

static struct json_object *
customer_new(struct call *call)
{
	struct json_object *customer = json_object_new_object();

	put_text(customer, "id", id_new(call->arena, "cus_"));
	put_text(customer, "object", "customer");
	put_integer(customer, "created", unix_seconds());
	put_text(customer, "description", form_get(&call->form, "description"));
	put_text(customer, "email", form_get(&call->form, "email"));
	put_bool(customer, "livemode", false);
	json_object_object_add(customer, "metadata", metadata_object(call));
	put_text(customer, "name", form_get(&call->form, "name"));
	put_text(customer, "phone", form_get(&call->form, "phone"));
	state_save(call->sandbox, TABLE_CUSTOMERS, customer);
	return customer;
}

void
customer_create(struct call *call)
{
	static const char *const known[] = { "email", "name", "phone", "description", "metadata[]", "expand[]", NULL };
	const char              *email = form_get(&call->form, "email");

	if (!check_known(call, known) || !check_metadata(call))
		return;
	if (email != NULL && strchr(email, '@') == NULL) {
		answer_invalid(call, "email_invalid", "email", "Invalid email address.");
		return;
	}
	call->executed = true;
	answer_object(call, customer_new(call));
}

static void
show(struct call *call, const char *table, const char *what)
{
	struct json_object *object = state_find(call->sandbox, table, call->captured[0]);

	if (object == NULL)
		answer_no_such(call, what, call->captured[0]);
	else
		answer_object(call, object);
}

void
customer_show(struct call *call)
{
	show(call, TABLE_CUSTOMERS, "customer");
}

void
method_show(struct call *call)
{
	show(call, TABLE_METHODS, "PaymentMethod");
}

/* A test method that is attached becomes one of the customer's own. */
void
method_attach(struct call *call)
{
	static const char *const  known[] = { "customer", "expand[]", NULL };
	const char               *customer = form_get(&call->form, "customer"), *id = call->captured[0];
	const struct test_method *test = test_method_of(id);
	struct json_object       *method = state_find(call->sandbox, TABLE_METHODS, id);

	if (!check_known(call, known) || !check_present(call, "customer"))
		return;
	if (state_find(call->sandbox, TABLE_CUSTOMERS, customer) == NULL) {
		answer_missing(call, "customer", "customer", customer);
		return;
	}
	if (method == NULL && test == NULL) {
		answer_no_such(call, "PaymentMethod", id);
		return;
	}
	if (method != NULL) {
		answer_invalid(call, NULL, NULL,
		    get_text(method, "customer") != NULL
			? "The payment method you provided has already been attached to a customer."
			: "This PaymentMethod was detached from a Customer. It may not be used again.");
		return;
	}
	call->executed = true;
	answer_object(call, method_new(call, test, customer));
}

/* Somebody stores a method while they are there. */
void
method_store(struct call *call)
{
	const struct test_method *test = test_method_of(call->captured[0]);

	if (test == NULL)
		answer_no_such(call, "test PaymentMethod", call->captured[0]);
	else
		answer_object(call, method_new(call, test, get_text(customer_new(call), "id")));
}

void
method_detach(struct call *call)
{
	struct json_object *method = state_find(call->sandbox, TABLE_METHODS, call->captured[0]);

	if (method == NULL) {
		answer_no_such(call, "PaymentMethod", call->captured[0]);
	} else if (get_text(method, "customer") == NULL) {
		answer_invalid(call, NULL, NULL, "The payment method you provided is not attached to a customer.");
	} else {
		call->executed = true;
		put_null(method, "customer");
		state_save(call->sandbox, TABLE_METHODS, method);
		event_make(call, "payment_method.detached", method, NULL);
		answer_object(call, method);
	}
}

/* The card network has replaced the card: the same method, which ends later. */
void
method_replaced(struct call *call)
{
	struct json_object *method = state_find(call->sandbox, TABLE_METHODS, call->captured[0]), *card, *before, *previous;

	card = method == NULL ? NULL : json_object_object_get(method, "card");
	if (card == NULL) {
		answer_no_such(call, "PaymentMethod", call->captured[0]);
		return;
	}
	call->executed = true;
	before = json_object_new_object();
	put_integer(before, "exp_year", get_integer(card, "exp_year"));
	previous = json_object_new_object();
	json_object_object_add(previous, "card", before);
	put_integer(card, "exp_year", get_integer(card, "exp_year") + 4);
	state_save(call->sandbox, TABLE_METHODS, method);
	event_make(call, "payment_method.automatically_updated", method, previous);
	answer_object(call, method);
}

/* The bank says what the mandate of a method is: "active", "inactive" or "pending". */
void
mandate_updated(struct call *call)
{
	struct json_object *mandate;

	if (state_find(call->sandbox, TABLE_METHODS, call->captured[1]) == NULL) {
		answer_no_such(call, "PaymentMethod", call->captured[1]);
		return;
	}
	call->executed = true;
	mandate = json_object_new_object();
	put_text(mandate, "id", id_new(call->arena, "mandate_"));
	put_text(mandate, "object", "mandate");
	put_text(mandate, "payment_method", call->captured[1]);
	put_text(mandate, "status", call->captured[0]);
	put_text(mandate, "type", "multi_use");
	event_make(call, "mandate.updated", mandate, NULL);
	answer_object(call, mandate);
	json_object_put(mandate);
}

/* A stored method serves its owner only, and only who is named with it; one of nobody's serves whoever is there. */
static bool
check_owner(struct call *call, const struct json_object *method, const char *customer)
{
	const char *owner = get_text(method, "customer"), *id = get_text(method, "id");

	if (owner == NULL)
		answer_invalid(call, NULL, "payment_method",
		    "The provided PaymentMethod was detached from a Customer. It may not be used again.");
	else if (customer == NULL)
		answer_invalid(call, NULL, "payment_method",
		    arena_format(call->arena,
			"The PaymentMethod %s belongs to a Customer: please include the Customer in the customer parameter.",
			id));
	else if (strcmp(owner, customer) != 0)
		answer_invalid(call, "resource_missing", "payment_method",
		    arena_format(call->arena,
			"The customer does not have a payment method with the ID %s. The payment method must be attached.", id));
	else
		return true;
	return false;
}

bool
method_check(struct call *call, bool off_session)
{
	const char               *customer = form_get(&call->form, "customer"), *id = form_get(&call->form, "payment_method");
	const struct json_object *method = id == NULL ? NULL : state_find(call->sandbox, TABLE_METHODS, id);
	const char               *test;

	if (customer != NULL && state_find(call->sandbox, TABLE_CUSTOMERS, customer) == NULL) {
		answer_missing(call, "customer", "customer", customer);
		return false;
	}
	if (id == NULL)
		return true;
	if (method == NULL && (off_session || test_method_of(id) == NULL)) {
		answer_missing(call, "payment_method", "PaymentMethod", id);
		return false;
	}
	if (method == NULL)
		return true;
	if (!check_owner(call, method, customer))
		return false;
	test = get_text(method, "haat_sandbox_test");
	if (!off_session || strcmp(test, "pm_haat_mandateInactive") != 0)
		return true;
	answer_invalid(
	    call, "payment_intent_mandate_invalid", "payment_method", "The mandate of this PaymentMethod is inactive.");
	return false;
}

void
method_charge(struct call *call, struct json_object *intent)
{
	const struct json_object *method = state_find(call->sandbox, TABLE_METHODS, form_get(&call->form, "payment_method"));
	const struct test_method *test = test_method_of(get_text(method, "haat_sandbox_test"));

	if (test->decline.code != NULL) {
		intent_decline(call, intent, &test->decline);
		answer_declined(call, intent, method);
		return;
	}
	if (strcmp(test->type, "us_bank_account") == 0)
		intent_process(call, intent);
	else
		intent_pay(call, intent);
	answer_object(call, intent);
}
