#include "base/arena.h"
#include "sandbox/razorpay/razorpay.h"

enum { PAGE_DEFAULT = 10, PAGE_MAX = 100 };

void
razorpay_error(struct call *call, int status, const char *code, const char *field, const char *description)
{
	struct json_object *body = json_object_new_object(), *error = json_object_new_object();

	put_text(error, "code", code);
	put_text(error, "description", description);
	if (field != NULL)
		put_text(error, "field", field);
	put_text(error, "source", "business");
	put_text(error, "step", "payment_initiation");
	put_text(error, "reason", "input_validation_failed");
	json_object_object_add(error, "metadata", json_object_new_object());
	json_object_object_add(body, "error", error);
	answer_json(call, status, body);
}

void
razorpay_invalid(struct call *call, const char *field, const char *description)
{
	razorpay_error(call, 400, "BAD_REQUEST_ERROR", field, description);
}

void
razorpay_no_such(struct call *call)
{
	razorpay_invalid(call, NULL, "The id provided does not exist");
}

void
razorpay_answer_list(struct call *call, struct json_object *items)
{
	struct json_object *body = json_object_new_object();

	put_text(body, "entity", "collection");
	put_integer(body, "count", (int64_t)json_object_array_length(items));
	json_object_object_add(body, "items", items);
	answer_json(call, 200, body);
}

void
razorpay_answer_page(struct call *call, struct json_object *items)
{
	const char         *count_text = form_get(&call->form, "count"), *skip_text = form_get(&call->form, "skip");
	struct json_object *page = json_object_new_array();
	int64_t             count = PAGE_DEFAULT, skip = 0;

	if ((count_text != NULL && !form_integer(count_text, &count)) || count < 1 || count > PAGE_MAX)
		razorpay_invalid(call, "count", "The count must be between 1 and 100.");
	else if (skip_text != NULL && !form_integer(skip_text, &skip))
		razorpay_invalid(call, "skip", "The skip must be an integer.");
	else {
		for (size_t i = (size_t)skip; i < json_object_array_length(items) && i < (size_t)(skip + count); i++)
			json_object_array_add(page, json_object_get(json_object_array_get_idx(items, i)));
		razorpay_answer_list(call, json_object_get(page));
	}
	json_object_put(page);
	json_object_put(items);
}
