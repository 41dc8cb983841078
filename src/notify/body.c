#include "notify/body.h"

#include "base/arena.h"
#include "base/shape.h"
#include "base/text.h"

#include <json-c/json.h>
#include <json-c/json_object_iterator.h>
#include <string.h>

/* Sums over all items of an order. */
static const char *const sums[] = { "subtotal", "discount", "shipping", "tax", "tax_included", "total", "refunded" };

/* Takes the others' items out; how many those were. */
static size_t
take_out_others(struct json_object *items, const char *merchant)
{
	size_t taken = 0;

	for (size_t i = json_object_array_length(items); i-- > 0;) {
		const char *whose =
		    json_object_get_string(json_object_object_get(json_object_array_get_idx(items, i), "merchant_id"));

		if (whose != NULL && strcmp(whose, merchant) != 0) {
			json_object_array_del_idx(items, i, 1);
			taken++;
		}
	}
	return taken;
}

/* What a merchant is told of money that is not its own alone. */
static const char *const of_shared_money[] = { "id", "reference", "payment_id", "order_id", "purpose_kind", "purpose_id",
	"provider", "status", "currency", "method", "automatic", "created_at", NULL };

static void
keep_only(struct json_object *json, const char *const *names)
{
	struct json_object_iterator it = json_object_iter_begin(json), end = json_object_iter_end(json);

	while (!json_object_iter_equal(&it, &end)) {
		const char        *name = json_object_iter_peek_name(&it);
		const char *const *kept = names;

		while (*kept != NULL && strcmp(*kept, name) != 0)
			kept++;
		json_object_iter_next(&it);
		if (*kept == NULL)
			json_object_object_del(json, name);
	}
}

/* The payload as that merchant may see it. */
static const char *
of_merchant(struct arena *arena, const char *payload, struct merchant_id merchant, bool shared)
{
	struct json_object *json = json_read(arena, payload, strlen(payload)), *items;

	if (json == NULL || !json_object_is_type(json, json_type_object))
		return payload;
	if (json_object_object_get_ex(json, "items", &items) && json_object_is_type(items, json_type_array) &&
	    take_out_others(items, uuid_text(arena, merchant.uuid)) > 0)
		for (size_t i = 0; i < sizeof sums / sizeof *sums; i++)
			json_object_object_del(json, sums[i]);
	json_object_object_del(json, "review");
	json_object_object_del(json, "risk_score");
	if (shared)
		keep_only(json, of_shared_money);
	return arena_string(arena, json_object_to_json_string_ext(json, JSON_C_TO_STRING_PLAIN | JSON_C_TO_STRING_NOSLASHESCAPE));
}

const char *
delivery_body(struct arena *arena, const char *type, struct instant created_at, const char *payload,
    const struct merchant_id *merchant, bool shared)
{
	char        time[INSTANT_TEXT_SIZE];
	struct text body = text_new(arena, 1024);

	instant_write(created_at, time);
	text_addf(&body, "{\"type\":\"%s\",\"timestamp\":\"%s\",\"data\":", type, time);
	text_add_string(&body, merchant == NULL ? payload : of_merchant(arena, payload, *merchant, shared));
	text_add_char(&body, '}');
	return body.bytes;
}
