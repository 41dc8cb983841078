/* Letters to a shop's owner. */
#include "notify/letter.h"

#include "base/arena.h"
#include "store/db.h"
#include "store/work.h"

struct owner {
	struct user_id id;
};

static const struct member owner_members[] = {
	M_ID(struct owner, id, "id", .column = "user_id"),
};
SHAPE(struct owner, owner_shape, "Owner", owner_members);

static const struct problem *
find_owner(struct work *work, struct uuid merchant, struct uuid *reader)
{
	struct owner *owner;

	TRY(db_row(work->db, &owner_shape, &owner, "SELECT {m} FROM merchants m WHERE m.id = ?", P(merchant)));
	if (owner != NULL)
		*reader = owner->id.uuid;
	return OK;
}

struct merchant_active {
	struct letter_head head;
	const char        *shop_name, *currency;
};

static const struct member merchant_active_members[] = {
	LETTER_MEMBERS(struct merchant_active),
	M_TEXT(struct merchant_active, shop_name, "shop_name", 150, .required = true, .example = "\"Dhaka Bells\""),
	M_TEXT(struct merchant_active, currency, "currency", 3, .required = true, .example = "\"USD\""),
};
SHAPE(struct merchant_active, merchant_active_shape, "MerchantActive", merchant_active_members);

static const struct problem *
read_active(struct work *work, struct uuid merchant, void **members)
{
	struct merchant_active *letter;

	TRY(db_row(work->db, &merchant_active_shape, &letter,
	    "SELECT {m} FROM merchants m WHERE m.id = ? AND m.status = 'active'", P(merchant)));
	*members = letter;
	return OK;
}

const struct letter merchant_active_letter = {
	.name = "merchant-active",
	.event = EVENT_MERCHANT_ACTIVATED,
	.to = LETTER_TO_USER,
	.shape = &merchant_active_shape,
	.find_reader = find_owner,
	.read = read_active,
};
