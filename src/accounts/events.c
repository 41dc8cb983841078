/* The state in events of users and merchants: who and in which status, without personal data. */
#include "accounts/accounts.h"

#include "base/arena.h"
#include "events/record.h"
#include "store/work.h"

static const struct member user_state_members[] = {
	M_ID(struct user, id, "id"),
	M_ENUM(struct user, role, "role", role_values),
	M_ENUM(struct user, status, "status", user_status_values),
	M_BOOLEAN(struct user, email_verified, "email_verified"),
	M_BOOLEAN(struct user, phone_verified, "phone_verified"),
	M_METADATA(struct user, metadata, .required = true),
	M_TIME(struct user, created_at, "created_at"),
};
SHAPE(struct user, user_state_shape, "UserState", user_state_members);

static const struct member merchant_state_members[] = {
	M_ID(struct merchant, id, "id"),
	M_ID(struct merchant, user, "user_id"),
	M_ENUM(struct merchant, business_type, "business_type", business_type_values),
	M_ENUM(struct merchant, status, "status", merchant_status_values),
	M_TEXT(struct merchant, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_INTEGER(struct merchant, commission_basis_points, "commission_basis_points", 0, 10000),
	M_TEXT(struct merchant, commission_percent, "commission_percent", 8),
	M_INTEGER(struct merchant, rate_limit, "rate_limit", 1, INT32_MAX),
	M_METADATA(struct merchant, metadata, .required = true),
	M_INTEGER(struct merchant, version, "version", 1, INT64_MAX),
	M_TIME(struct merchant, created_at, "created_at"),
};
SHAPE(struct merchant, merchant_state_shape, "MerchantState", merchant_state_members);

const struct problem *
record_user_event(struct work *work, enum event_type type, const struct user *user)
{
	return event_record(work, type, user->id.uuid, &user_state_shape, user);
}

const struct problem *
record_users_created(struct work *work, const struct user *users, size_t count)
{
	struct new_event *events = ARENA_ARRAY(work->arena, count, struct new_event);

	for (size_t i = 0; i < count; i++)
		events[i] = (struct new_event) { EVENT_USER_CREATED, users[i].id.uuid, &users[i] };
	return event_record_many(work, &user_state_shape, events, count);
}

const struct problem *
record_merchant_event(struct work *work, enum event_type type, const struct merchant *merchant)
{
	return event_record(work, type, merchant->id.uuid, &merchant_state_shape, merchant);
}
