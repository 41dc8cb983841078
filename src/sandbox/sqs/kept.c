#include "sandbox/sqs/kept.h"

#include "base/instant.h"

struct half {
	struct json_object *content;
	int64_t             began, entries;
};

/* When each deduplication id came; what came, by group: an array each.  The younger half first. */
static struct half ids[2], groups[2];

/* Before anything is added: the younger half is younger than five minutes, and has room. */
static void
turn(struct half halves[2], int64_t entries_max)
{
	int64_t now = unix_seconds();

	if (halves[0].content != NULL && halves[0].entries < entries_max && now < halves[0].began + DEDUPLICATION_SECONDS)
		return;
	json_object_put(halves[1].content);
	halves[1] = halves[0];
	halves[0] = (struct half) { .content = json_object_new_object(), .began = now };
}

bool
sqs_is_repeat(const char *deduplication)
{
	struct json_object *when;

	turn(ids, INT64_MAX);
	for (int i = 0; i < 2; i++)
		if (json_object_object_get_ex(ids[i].content, deduplication, &when) &&
		    json_object_get_int64(when) > unix_seconds() - DEDUPLICATION_SECONDS)
			return true;
	ids[0].entries++;
	json_object_object_add(ids[0].content, deduplication, json_object_new_int64(unix_seconds()));
	return false;
}

void
sqs_keep_message(const char *group, struct json_object *message)
{
	struct json_object *list;

	turn(groups, MESSAGES_OF_HALF);
	if (!json_object_object_get_ex(groups[0].content, group, &list)) {
		list = json_object_new_array();
		json_object_object_add(groups[0].content, group, list);
	}
	groups[0].entries++;
	json_object_array_add(list, message);
}

struct json_object *
sqs_kept_messages(const char *group, int64_t shown, int64_t *count)
{
	struct json_object *answer = json_object_new_array(), *lists[2] = { NULL, NULL };
	int64_t             lengths[2] = { 0, 0 };

	for (int i = 0; i < 2; i++)
		if (json_object_object_get_ex(groups[i].content, group, &lists[i]))
			lengths[i] = (int64_t)json_object_array_length(lists[i]);
	*count = lengths[0] + lengths[1];
	for (int64_t i = *count > shown ? *count - shown : 0; i < *count; i++) {
		bool   old = i < lengths[1];
		size_t place = (size_t)(old ? i : i - lengths[1]);

		json_object_array_add(answer, json_object_get(json_object_array_get_idx(lists[old], place)));
	}
	return answer;
}

void
sqs_count_kept(int64_t *n_ids, int64_t *messages)
{
	*n_ids = ids[0].entries + ids[1].entries;
	*messages = groups[0].entries + groups[1].entries;
}
