/* Variants as buyers see them. */
#include "catalog/catalog.h"

#include "store/db.h"

static const struct member offer_members[] = { OFFER_MEMBERS(struct offer, ) };
SHAPE(struct offer, offer_shape, "Offer", offer_members);

const struct problem *
catalog_offer(struct work *work, struct variant_id variant, struct offer **offer)
{
	return db_row(work->db, &offer_shape, offer, "SELECT " OFFER_COLUMNS " FROM " OFFER_TABLES " WHERE v.id = ?", P(variant));
}
