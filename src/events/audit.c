#include "events/audit.h"

#include "base/arena.h"
#include "base/log.h"
#include "base/text.h"
#include "store/db.h"
#include "store/work.h"

#include <assert.h>
#include <json-c/json.h>
#include <string.h>

enum { MASKED_BYTES = 512 };

/* Texts that tell who somebody is or where they live, beside those whose format says so. */
static const char *const personal[] = { "full_name", "email", "phone", "line1", "line2", "postal_code", "gst_number",
	"business_id", "label", "contact", NULL };

/* "Amina Khatun" becomes "A***". */
static const char *
masked(struct arena *arena, const struct member *member, const char *text)
{
	char into[MASKED_BYTES];

	if (member->format == FORMAT_EMAIL || member->format == FORMAT_PHONE) {
		log_mask(text, into, sizeof into);
		return arena_string(arena, into);
	}
	return arena_format(arena, "%.*s***", (int)((unsigned char)text[0] < 0x80 && text[0] != '\0'), text);
}

/* What integrators keep may be anything of anybody: its names stay. */
static const char *
masked_pairs(struct arena *arena, const char *json)
{
	struct json_object *pairs = json_read(arena, json, strlen(json));
	struct text         out = text_new(arena, 128);

	if (pairs == NULL)
		return "{}";
	TEXT_ADD(&out, "{");
	json_object_object_foreach(pairs, name, value)
	{
		(void)value;
		text_add_string(&out, out.length > 1 ? "," : "");
		text_add_json(&out, name);
		TEXT_ADD(&out, ":\"***\"");
	}
	TEXT_ADD(&out, "}");
	return out.bytes;
}

/* The struct as JSON with its personal texts masked; NULL stays NULL. */
static const char *
state(struct arena *arena, const struct shape *shape, const void *from)
{
	struct text    json;
	unsigned char *copy;

	if (from == NULL)
		return NULL;
	copy = arena_alloc(arena, shape->size);
	memcpy(copy, from, shape->size);
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		const char         **text = (const char **)(void *)(copy + member->offset);

		if (member->kind == MEMBER_TEXT && *text != NULL &&
		    (value_index(personal, member->name) >= 0 || member->format == FORMAT_EMAIL ||
			member->format == FORMAT_PHONE))
			*text = masked(arena, member, *text);
		else if (strcmp(member->name, "metadata") == 0 && *text != NULL)
			*text = masked_pairs(arena, *text);
	}
	json = text_new(arena, 512);
	shape_print(shape, copy, &json);
	return json.bytes;
}

enum { COLUMNS = 11 };

const struct problem *
audit_record_many(struct work *work, const char *action, const char *subject_type, const struct shape *shape,
    const struct audited *audited, size_t count)
{
	struct parameter *rows = ARENA_ARRAY(work->arena, count * COLUMNS, struct parameter);

	assert(work->depth > 0);
	for (size_t i = 0; i < count; i++)
		memcpy(&rows[i * COLUMNS],
		    (struct parameter[COLUMNS]) { P(uuid_new()), P(acting_user(work)), P(work->viewer.user), P(work->viewer.key),
			P(action), P(subject_type), P(audited[i].subject), P(state(work->arena, shape, audited[i].before)),
			P(state(work->arena, shape, audited[i].after)), P(work->address), P(work->request_id) },
		    COLUMNS * sizeof *rows);
	return db_run_many(work->db, NULL,
	    "INSERT INTO audit_records (id, actor_id, actor_role, api_key_id, action, subject_type, subject_id, before_state, after_state, "
	    "ip, request_id) "
	    "VALUES [(?, ?, (SELECT role FROM users WHERE id = ?), ?, ?, ?, ?, ?, ?, NULLIF(?, ''), NULLIF(?, ''))]",
	    count, COLUMNS, rows);
}

const struct problem *
audit_record(struct work *work, const char *action, const char *subject_type, struct uuid subject, const struct shape *shape,
    const void *before, const void *after)
{
	return audit_record_many(work, action, subject_type, shape, &(struct audited) { subject, before, after }, 1);
}
