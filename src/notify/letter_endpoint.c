/* The letter to who has a webhook endpoint that was disabled. */
#include "notify/letter.h"

#include "base/config.h"
#include "notify/endpoint.h"
#include "store/db.h"
#include "store/work.h"

struct endpoint_disabled {
	struct letter_head head;
	const char        *url;
	bool               failing, gone; /* neither: somebody has disabled it */
	int64_t            kept_hours;    /* how long its events wait for it */
};

static const struct member endpoint_disabled_members[] = {
	LETTER_MEMBERS(struct endpoint_disabled),
	M_TEXT(struct endpoint_disabled, url, "url", ENDPOINT_URL_MAX, .required = true,
	    .example = "\"https://merchant.example/hooks\""),
	M_BOOLEAN(struct endpoint_disabled, failing, "failing", .computed = true),
	M_BOOLEAN(struct endpoint_disabled, gone, "gone", .computed = true),
	M_INTEGER(struct endpoint_disabled, kept_hours, "kept_hours", 24, 720, .computed = true),
};
SHAPE(struct endpoint_disabled, endpoint_disabled_shape, "EndpointDisabled", endpoint_disabled_members);

/* The shop's own endpoint has no merchant: who made it. */
static const struct problem *
find_endpoint_owner(struct work *work, struct uuid endpoint, struct uuid *reader)
{
	return letter_find(work,
	    "SELECT IFNULL(m.user_id, e.created_by) AS id FROM webhook_endpoints e LEFT JOIN merchants m ON m.id = e.merchant_id "
	    "WHERE e.id = ? AND (m.id IS NOT NULL OR e.created_by IS NOT NULL)",
	    endpoint, reader);
}

static const struct problem *
read_disabled(struct work *work, const struct letter_told *told, void **members)
{
	struct endpoint_disabled *letter;

	TRY(db_row(work->db, &endpoint_disabled_shape, &letter,
	    "SELECT {e}, e.disabled_reason = 'failing' AS failing, e.disabled_reason = 'gone' AS gone FROM webhook_endpoints e "
	    "WHERE e.id = ? AND e.status = 'disabled' AND e.deleted_at IS NULL",
	    P(told->aggregate)));
	if (letter != NULL)
		letter->kept_hours = 24 * work->config->deliveries.disable_days;
	*members = letter;
	return OK;
}

const struct letter endpoint_disabled_letter = {
	.name = "endpoint-disabled",
	.event = EVENT_WEBHOOK_ENDPOINT_DISABLED,
	.to = LETTER_TO_USER,
	.shape = &endpoint_disabled_shape,
	.find_reader = find_endpoint_owner,
	.read = read_disabled,
};
