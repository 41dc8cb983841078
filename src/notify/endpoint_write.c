/* Endpoints come, change and go. */
#include "notify/endpoint.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "events/audit.h"
#include "events/doorbell.h"
#include "events/job.h"
#include "events/record.h"
#include "http/idempotency.h"
#include "http/permission.h"
#include "notify/kept.h"
#include "notify/secret.h"
#include "store/db.h"
#include "store/work.h"

enum { ROTATION_HOURS = 24 };

static const char *
join_types(struct arena *arena, const struct endpoint *endpoint)
{
	struct text types = text_new(arena, 128);

	for (size_t i = 0; i < endpoint->n_event_types; i++) {
		if (i > 0)
			text_add_char(&types, ',');
		text_add_string(&types, endpoint->event_types[i]);
	}
	return types.bytes;
}

/* The merchant's row first, so that two at once do not both find room for one. */
static const struct problem *
find_room(struct work *work, const struct merchant_id *merchant)
{
	int64_t found, others;

	if (merchant != NULL) {
		TRY(db_value(work->db, &found, "SELECT 1 FROM merchants WHERE id = ? FOR UPDATE", P(merchant)));
		if (found == 0)
			return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "merchant_id", "is no merchant");
	}
	TRY(db_value(work->db, &others, "SELECT COUNT(*) FROM webhook_endpoints WHERE merchant_id <=> ? AND deleted_at IS NULL",
	    P(merchant)));
	return others < ENDPOINTS_MAX ? OK : problem(CONFLICT, "there may be at most 20 webhook endpoints of one owner");
}

struct sealed_secret {
	struct bytes secret;
};

static const struct member sealed_secret_members[] = {
	M_BYTES(struct sealed_secret, secret, "secret", 255),
};
SHAPE(struct sealed_secret, sealed_secret_shape, "SealedSecret", sealed_secret_members);

const struct problem *
endpoint_made_before(struct work *work, struct endpoint **endpoint)
{
	struct sealed_secret *sealed;
	struct endpoint_id    id;
	bool                  made;

	*endpoint = NULL;
	TRY(idempotency_made(work, &id.uuid, &made));
	if (!made)
		return OK;
	TRY(db_row(work->db, &sealed_secret_shape, &sealed,
	    "SELECT {e} FROM webhook_endpoints e WHERE e.id = ? AND e.deleted_at IS NULL", P(id)));
	if (sealed == NULL)
		return problem(CONFLICT, "the webhook endpoint that was made under this Idempotency-Key is deleted");
	TRY(read_endpoint(work, id, endpoint));
	(*endpoint)->secret = secret_text(work, id, sealed->secret);
	return (*endpoint)->secret != NULL ? OK : problem(CONFLICT, "its secret cannot be read: rotate it");
}

const struct problem *
create_endpoint(struct work *work, const struct endpoint *body, struct endpoint **endpoint)
{
	const struct merchant_id *merchant = MAY(work, WEBHOOK_WRITE) ? body->merchant : work->viewer.merchant;
	struct endpoint_id        id = NEW_ID(endpoint_id);
	struct bytes              sealed;
	const char               *secret = secret_new(work, id, &sealed);

	if (!MAY(work, WEBHOOK_WRITE) && (merchant == NULL || (body->merchant != NULL && !ID_EQUAL(*body->merchant, *merchant))))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "merchant_id", "is not yours");
	TRY(endpoint_made_before(work, endpoint));
	if (*endpoint != NULL)
		return OK;
	TRY(find_room(work, merchant));
	transaction_witness(work, "SELECT COUNT(*) FROM webhook_endpoints WHERE id = ?", id.uuid);
	TRY(db_run(work->db, NULL,
	    "INSERT INTO webhook_endpoints (id, merchant_id, url, event_types, description, secret, created_by, updated_by) "
	    "VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(merchant), P(body->url), P(join_types(work->arena, body)), P(body->description), P(sealed),
	    P(acting_user(work)), P(acting_user(work))));
	TRY(idempotency_make(work, id.uuid));
	TRY(read_endpoint(work, id, endpoint));
	(*endpoint)->secret = secret;
	return audit_record(work, "webhook_endpoint.created", "webhook_endpoint", id.uuid, &endpoint_shape, NULL, *endpoint);
}

/* Another status: the times that go with it, and what follows. */
static const struct problem *
change_status(struct work *work, struct endpoint_id id, enum endpoint_status status, enum endpoint_end why)
{
	struct event_id  event;
	struct endpoint *endpoint;

	if (status == ENDPOINT_ACTIVE) {
		TRY(db_run(work->db, NULL,
		    "UPDATE webhook_endpoints SET status = 'active', disabled_at = NULL, disabled_reason = NULL, "
		    "enabled_at = NOW(3), failing_since = NULL, failed_deliveries = 0, paused_until = NULL WHERE id = ?",
		    P(id)));
		doorbell_ring_after_commit(work, job_lane_name(LANE_DELIVERIES));
		return enqueue_take_up(work, id);
	}
	TRY(db_run(work->db, NULL,
	    "UPDATE webhook_endpoints SET status = 'disabled', disabled_at = NOW(3), disabled_reason = ? WHERE id = ?",
	    P(endpoint_end_values[why]), P(id)));
	TRY(read_endpoint(work, id, &endpoint));
	return record_endpoint_event(work, EVENT_WEBHOOK_ENDPOINT_DISABLED, endpoint, &event);
}

const struct problem *
update_endpoint(struct work *work, struct endpoint_id id, const struct shape *shape, const struct endpoint *body,
    const struct expected_version *expected, struct endpoint **endpoint)
{
	struct endpoint before, *changed;

	TRY(lock_endpoint(work, id, &changed));
	TRY(check_version(expected, id.uuid, changed->version));
	before = *changed;
	shape_merge(shape, body, changed);
	TRY(db_run(work->db, NULL,
	    "UPDATE webhook_endpoints SET url = ?, event_types = ?, description = ?, version = version + 1, updated_by = ? "
	    "WHERE id = ?",
	    P(changed->url), P(join_types(work->arena, changed)), P(changed->description), P(acting_user(work)), P(id)));
	if (changed->status != before.status)
		TRY(change_status(work, id, (enum endpoint_status)changed->status, ENDED_BY_OWNER));
	TRY(read_endpoint(work, id, endpoint));
	return audit_record(work, "webhook_endpoint.changed", "webhook_endpoint", id.uuid, &endpoint_shape, &before, *endpoint);
}

const struct problem *
disable_endpoint(struct work *work, struct endpoint_id id, enum endpoint_end why)
{
	struct endpoint *endpoint;

	TRY(lock_endpoint(work, id, &endpoint));
	if (endpoint->status != ENDPOINT_ACTIVE)
		return OK;
	TRY(db_run(work->db, NULL, "UPDATE webhook_endpoints SET version = version + 1 WHERE id = ?", P(id)));
	return change_status(work, id, ENDPOINT_DISABLED, why);
}

const struct problem *
delete_endpoint(struct work *work, struct endpoint_id id, const struct expected_version *expected)
{
	struct endpoint *endpoint;

	TRY(lock_endpoint(work, id, &endpoint));
	TRY(check_version(expected, id.uuid, endpoint->version));
	TRY(db_run(work->db, NULL,
	    "UPDATE webhook_endpoints SET deleted_at = NOW(3), status = 'disabled', disabled_at = IFNULL(disabled_at, NOW(3)), "
	    "disabled_reason = 'owner', updated_by = ? WHERE id = ?",
	    P(acting_user(work)), P(id)));
	TRY(enqueue_removal(work, id));
	return audit_record(work, "webhook_endpoint.deleted", "webhook_endpoint", id.uuid, &endpoint_shape, endpoint, NULL);
}

const struct problem *
rotate_endpoint_secret(struct work *work, struct endpoint_id id, struct endpoint **endpoint)
{
	struct endpoint *before;
	struct bytes     sealed;
	const char      *secret = secret_new(work, id, &sealed);

	TRY(lock_endpoint(work, id, &before));
	TRY(db_run(work->db, NULL,
	    "UPDATE webhook_endpoints SET old_secret = secret, old_secret_until = NOW(3) + INTERVAL ? HOUR, secret = ?, "
	    "version = version + 1, updated_by = ? WHERE id = ?",
	    P(ROTATION_HOURS), P(sealed), P(acting_user(work)), P(id)));
	TRY(read_endpoint(work, id, endpoint));
	(*endpoint)->secret = secret;
	return audit_record(
	    work, "webhook_endpoint.secret_rotated", "webhook_endpoint", id.uuid, &endpoint_shape, before, *endpoint);
}
