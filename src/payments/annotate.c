/* What integrators keep with a payment, or with the payment request that it is for. */
#include "payments/request.h"

#include "events/audit.h"
#include "payments/purpose.h"
#include "store/db.h"
#include "store/metadata.h"

static const struct problem *
change_request(struct work *work, struct uuid id, struct uuid seen_as, bool has_metadata, const char *metadata,
    const struct expected_version *expected)
{
	struct payment_request *before, *request;

	TRY(lock_request(work, id, &before));
	TRY(check_version(expected, seen_as, metadata_version(before->metadata)));
	TRY(metadata_problem(work,
	    db_run(work->db, NULL, "UPDATE payment_requests SET metadata = " METADATA_PATCH ", updated_by = ? WHERE id = ?",
		METADATA_PARAMETERS(has_metadata, metadata), P(acting_user(work)), P(id)),
	    "ck_payment_requests_metadata"));
	TRY(lock_request(work, id, &request));
	TRY(record_request_event(work, EVENT_PAYMENT_REQUEST_CHANGED, request));
	return audit_record(work, "payment_request.changed", "payment_request", id, &request_row_shape, before, request);
}

/* A CHECK would have the server copy all payments as it is added. */
static const struct problem *
check_pairs(struct work *work, struct payment_id id, bool has_metadata, const char *metadata)
{
	enum { PAIRS_MAX = 50 };
	int64_t pairs;

	TRY(db_value(work->db, &pairs, "SELECT JSON_LENGTH(" METADATA_PATCH ") FROM payments WHERE id = ?",
	    METADATA_PARAMETERS(has_metadata, metadata), P(id)));
	return pairs <= PAIRS_MAX ? OK : metadata_too_many(work);
}

/* Since when cash waits for a review says its last change: this is none. */
static const struct problem *
change_attempt(
    struct work *work, struct payment_id id, bool has_metadata, const char *metadata, const struct expected_version *expected)
{
	struct payment *before, *payment;

	TRY(lock_payment(work, id, &before));
	TRY(check_version(expected, id.uuid, metadata_version(before->metadata)));
	TRY(check_pairs(work, id, has_metadata, metadata));
	TRY(db_run(work->db, NULL,
	    "UPDATE payments SET metadata = " METADATA_PATCH ", updated_by = ?, updated_at = updated_at WHERE id = ?",
	    METADATA_PARAMETERS(has_metadata, metadata), P(acting_user(work)), P(id)));
	TRY(read_payment(work, id, &payment));
	TRY(record_payment_event(work, EVENT_PAYMENT_CHANGED, payment));
	return audit_payment(work, "payment.changed", before, payment);
}

const struct problem *
change_payment(struct work *work, const struct payment *payment, bool has_metadata, const char *metadata,
    const struct expected_version *expected)
{
	const struct payment_request *request = payment->request;

	if (request == NULL)
		return change_attempt(work, payment->id, has_metadata, metadata, expected);
	return change_request(
	    work, request->id.uuid, payment->by_request ? request->id.uuid : payment->id.uuid, has_metadata, metadata, expected);
}
