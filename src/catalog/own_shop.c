/* Shopkeepers look at their shop and edit it. */
#include "catalog/shop.h"

#include "accounts/merchants.h"
#include "base/arena.h"
#include "catalog/document.h"
#include "catalog/shown.h"
#include "events/audit.h"
#include "store/db.h"

#include <string.h>

static const struct member shop_change_members[] = {
	M_TEXT(struct shop_change, shop_name, "shop_name", 150, .min = 1, .example = "\"Dhaka Bells\"",
	    .description = "With it the slug changes."),
	M_TEXT(struct shop_change, description, "description", 5000, .multiline = true,
	    .example = "\"Bells and brass from Dhaka.\""),
	M_TEXT(struct shop_change, contact, "contact", 300, .min = 1, .nullable = true, .example = "\"hello@dhaka-bells.test\"",
	    .description = "How customers reach the shop; shown to everybody."),
	M_TEXT(struct shop_change, gst_number, "gst_number", 32, .min = 1, .nullable = true, .example = "\"27AAPFU0939F1ZV\""),
	M_TEXT(struct shop_change, logo, "logo", 36, .min = 1, .nullable = true,
	    .example = "\"0192f0c1-7a3b-7c4d-8e5f-0123456789ab\"", .description = "The id of an uploaded picture."),
	M_ENUM(struct shop_change, business_type, "business_type", business_type_values,
	    .description = "Only while the shop is pending."),
	M_TEXT(struct shop_change, business_id, "business_id", 64, .min = 1, .example = "\"BIN-000123\"",
	    .description = "Only while the shop is pending."),
};
SHAPE_SHARED(
    struct shop_change, shop_change_shape, "ShopChange", shop_change_members, .seen_offset = SEEN(struct shop_change, seen));

static const struct member own_shop_members[] = {
	MERCHANT_MEMBERS(struct own_shop, merchant.),
	M_OBJECT(struct own_shop, logo, "logo", media_shape, .computed = true),
};
SHAPE_SHARED(struct own_shop, own_shop_shape, "OwnShop", own_shop_members, .noun = "shop");

static const struct problem *
with_logo(struct work *work, const struct merchant *merchant, struct own_shop **shop)
{
	struct media_list *logos;

	*shop = ARENA_NEW(work->arena, struct own_shop);
	(*shop)->merchant = *merchant;
	TRY(media_of(work, MEDIA_OF_MERCHANT, &merchant->id.uuid, 1, &logos));
	(*shop)->logo = logos[0].n > 0 ? &logos[0].media[0] : NULL;
	return OK;
}

static const struct problem *
no_shop(void)
{
	return problem(FORBIDDEN, "the account has no shop");
}

const struct problem *
read_own_shop(struct work *work, struct own_shop **shop)
{
	struct merchant *merchant;

	if (work->viewer.merchant == NULL)
		return no_shop();
	TRY(read_merchant(work, *work->viewer.merchant, &merchant));
	return with_logo(work, merchant, shop);
}

/* Staff have verified these. */
static const struct problem *
check_verified(struct work *work, const struct merchant *before, const struct shop_change *change)
{
	struct faults faults = { .count = 0 };

	if (change->business_type != NULL && *change->business_type != before->business_type)
		faults_add(&faults, "business_type", "cannot be changed once the shop was verified");
	if (change->business_id != NULL && strcmp(change->business_id, before->business_id) != 0)
		faults_add(&faults, "business_id", "cannot be changed once the shop was verified");
	if (faults.count == 0 || before->status == MERCHANT_PENDING)
		return OK;
	return problem_faults(work->arena, PROBLEM_CONFLICT, "staff have verified the shop by this; see details", &faults);
}

static const struct problem *
save_shop(struct work *work, const struct merchant *before, const struct shop_change *change)
{
	bool                  has_contact = shape_has(&shop_change_shape, change, "contact");
	bool                  has_gst_number = shape_has(&shop_change_shape, change, "gst_number");
	const struct problem *problem = db_run(work->db, NULL,
	    "UPDATE merchants SET shop_name = IFNULL(?, shop_name), description = IFNULL(?, description), contact = IF(?, ?, contact), "
	    "gst_number = IF(?, ?, gst_number), business_type = IFNULL(?, business_type), business_id = IFNULL(?, business_id), "
	    "version = version + 1, updated_by = ? WHERE id = ?",
	    P(change->shop_name), P(change->description), P(has_contact), P(change->contact), P(has_gst_number),
	    P(change->gst_number), P(change->business_type == NULL ? NULL : business_type_values[*change->business_type]),
	    P(change->business_id), P(acting_user(work)), P(before->id));

	if (db_duplicate(work->db, problem, "uq_merchants_business_id"))
		return problem_at(work->arena, PROBLEM_BUSINESS_ID_TAKEN, "business_id", "belongs to another shop");
	return problem;
}

/* Its products show the name. */
static const struct problem *
rename_shop(struct work *work, struct merchant_id id, const char *shop_name)
{
	TRY(name_shop(work, id, shop_name));
	return mark_documents(work, "p.merchant_id = ?", P(id));
}

static const struct problem *
change_logo(struct work *work, struct merchant_id id, const char *logo)
{
	struct media_use *uses = NULL;

	if (logo != NULL)
		TRY(media_uses_read(work, "logo", &logo, 1, &uses));
	return media_attach(work, MEDIA_OF_MERCHANT, id.uuid, "logo", uses, logo == NULL ? 0 : 1);
}

const struct problem *
change_own_shop(
    struct work *work, const struct shop_change *change, const struct expected_version *expected, struct own_shop **shop)
{
	struct own_shop *before;
	struct merchant *locked;

	if (work->viewer.merchant == NULL)
		return no_shop();
	TRY(db_one(work->db, &merchant_shape, &locked, "SELECT {m} FROM merchants m WHERE m.id = ? FOR UPDATE",
	    P(work->viewer.merchant)));
	TRY(check_version(expected, locked->id.uuid, locked->version));
	TRY(with_logo(work, locked, &before));
	TRY(check_verified(work, locked, change));
	TRY(save_shop(work, locked, change));
	if (change->shop_name != NULL && strcmp(change->shop_name, locked->shop_name) != 0)
		TRY(rename_shop(work, locked->id, change->shop_name));
	if (shape_has(&shop_change_shape, change, "logo"))
		TRY(change_logo(work, locked->id, change->logo));
	shown_all_changed(work);
	TRY(read_own_shop(work, shop));
	TRY(record_merchant_event(work, EVENT_MERCHANT_CHANGED, &(*shop)->merchant));
	return audit_record(work, "merchant.changed", "merchant", locked->id.uuid, &own_shop_shape, before, *shop);
}
