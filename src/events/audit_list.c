/* Looking at the audit trail. */
#include "events/audit.h"

#include "base/arena.h"
#include "store/list.h"
#include "store/work.h"

/* Few of many may be of an action or about a kind of thing: the walk ends there, and the page has a neighbour. */
enum { WALK_ROWS = 5000, STATE_MAX = 4 << 20 };

static const struct member audit_entry_members[] = {
	M_ID(struct audit_entry, id, "id"),
	M_ID(struct audit_entry, actor, "actor_id", .description = "Null: the system, or nobody who was signed in."),
	M_TEXT(struct audit_entry, actor_name, "actor_name", 150, .computed = true, .example = "\"Amina Khatun\"",
	    .description = "As the account is called now."),
	M_TEXT(struct audit_entry, actor_role, "actor_role", 32, .description = "What the actor was then."),
	M_ID(struct audit_entry, key, "api_key_id", .description = "By which API key, if by one."),
	M_TEXT(struct audit_entry, action, "action", 64, .required = true, .example = "\"merchant.suspended\""),
	M_TEXT(struct audit_entry, subject_type, "subject_type", 32, .required = true, .example = "\"merchant\""),
	M_ID(struct audit_entry, subject, "subject_id"),
	M_TEXT(struct audit_entry, before, "before", STATE_MAX, .multiline = true, .example = "\"{}\"", .column = "before_state",
	    .description = "The state of the thing before, as a JSON string, with what tells of a person masked."),
	M_TEXT(struct audit_entry, after, "after", STATE_MAX, .multiline = true, .example = "\"{}\"", .column = "after_state",
	    .description = "Its state after, likewise."),
	M_TEXT(struct audit_entry, ip, "ip", 45, .example = "\"203.0.113.7\""),
	M_TEXT(struct audit_entry, request_id, "request_id", 64),
	M_TIME(struct audit_entry, created_at, "created_at"),
};
SHAPE_SHARED(struct audit_entry, audit_entry_shape, "AuditRecord", audit_entry_members);

static const struct list_order newest_first[] = { { .id = "a.id", .descending = true } };

/* Records are in the order of their ids, which hold the time: NULL stays NULL. */
static struct uuid *
first_id_at(struct arena *arena, const struct instant *instant)
{
	struct uuid *first;

	if (instant == NULL)
		return NULL;
	first = ARENA_NEW(arena, struct uuid);
	*first = uuid_floor(instant->unix_ms);
	return first;
}

static void
filter(struct work *work, struct list *list, const struct audit_filters *filters)
{
	list_filter(list, "a.subject_id = ?", P(filters->subject));
	list_filter(list, "a.actor_id = ?", P(filters->by));
	list_filter(list, "a.api_key_id = ?", P(filters->key));
	list_filter(list, "a.id >= ?", P(first_id_at(work->arena, filters->from)));
	list_filter(list, "a.id < ?", P(first_id_at(work->arena, filters->to)));
}

const struct problem *
list_audit_entries(struct work *work, const struct audit_filters *filters, const struct page_request *page,
    struct audit_entry **entries, struct listed *listed)
{
	struct list list = list_begin(work, "SELECT {a}, u.full_name AS actor_name",
			"FROM audit_records a LEFT JOIN users u ON u.id = a.actor_id"),
		    walked = list_begin(work, "SELECT a.id AS id", "FROM audit_records a");

	if (filters->from != NULL && filters->to != NULL && filters->from->unix_ms >= filters->to->unix_ms)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "to", "must be later than 'from'");
	filter(work, &list, filters);
	filter(work, &walked, filters);
	if (filters->action == NULL && filters->subject_type == NULL)
		return list_page(&list, &audit_entry_shape, newest_first, page, entries, listed);
	list_filter(&list, "a.action = ?", P(filters->action));
	list_filter(&list, "a.subject_type = ?", P(filters->subject_type));
	return list_page_walked(&list, &walked, WALK_ROWS, &audit_entry_shape, newest_first, page, entries, listed);
}
