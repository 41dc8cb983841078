/* Disputes as rows. */
#include "payments/dispute.h"

const char *const dispute_status_values[] = { "open", "submitted", "won", "lost", "accepted", "inquiry", "closed", NULL };

static const struct member dispute_members[] = {
	M_ID(struct dispute, id, "id"),
	M_ID(struct dispute, payment, "payment_id"),
	M_TEXT(struct dispute, provider, "provider", 32, .required = true, .example = "\"stripe\""),
	M_TEXT(struct dispute, provider_dispute_id, "provider_dispute_id", 191),
	M_ENUM(struct dispute, status, "status", dispute_status_values),
	M_TEXT(struct dispute, reason, "reason", 64, .example = "\"fraudulent\""),
	M_MONEY(struct dispute, amount, "amount"),
	M_TEXT(struct dispute, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_BOOLEAN(struct dispute, money_moved, "money_moved"),
	M_INTEGER(struct dispute, moved, "moved_minor", 1, INT64_MAX),
	M_INTEGER(struct dispute, fee, "fee_minor", 0, INT64_MAX),
	M_TEXT(struct dispute, fee_currency, "fee_currency", 3, .example = "\"USD\""),
	M_TIME(struct dispute, evidence_due_at, "evidence_due_at"),
	M_TIME(struct dispute, evidence_sent_at, "evidence_sent_at"),
	M_TIME(struct dispute, accepted_at, "accepted_at"),
	M_TIME(struct dispute, told_at, "told_at"),
	M_TIME(struct dispute, created_at, "created_at"),
};
SHAPE_SHARED(struct dispute, dispute_shape, "DisputeState", dispute_members, .noun = "dispute");
