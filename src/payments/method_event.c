/* What providers tell of stored methods by themselves: the payer has taken one back, the card was replaced, the bank ended a mandate. */
#include "payments/method.h"

#include "base/log.h"
#include "store/db.h"

const struct problem *
apply_method_event(
    struct work *work, const char *provider, const char *token, const char *gone, const struct instant *expires, bool *known)
{
	struct payment_method *methods;
	size_t                 count;

	TRY(methods_by_token(work, provider, token, &methods, &count));
	*known = count > 0;
	for (size_t i = 0; i < count; i++) {
		log_info("the provider tells of a stored payment method",
		    LOG_ID("payment_method", uuid_text(work->arena, methods[i].id.uuid)),
		    LOG_ID("reason", gone == NULL ? "usable" : gone));
		TRY(disable_method(work, methods[i].id, gone));
		if (expires != NULL)
			TRY(db_run(work->db, NULL,
			    "UPDATE payment_methods SET expires_at = ?, version = version + 1 WHERE id = ? AND NOT (expires_at <=> ?)",
			    P(expires), P(methods[i].id), P(expires)));
	}
	return OK;
}
