/* A shop's slug: made from its name, and kept for ever once it was its own. */
#include "accounts/merchants.h"

#include "store/db.h"
#include "store/slug.h"

/* Is it one that the shop has had before?  Then it takes it again. */
static const struct problem *
was_its_own(struct work *work, struct merchant_id id, const char *slug, bool *own)
{
	int64_t count;

	TRY(db_value(work->db, &count, "SELECT COUNT(*) FROM merchant_slugs WHERE slug = ? AND merchant_id = ?", P(slug), P(id)));
	*own = count > 0;
	return OK;
}

const struct problem *
name_shop(struct work *work, struct merchant_id id, const char *shop_name)
{
	const char           *wanted = slug_make(work->arena, shop_name, "shop"), *slug = wanted;
	const struct problem *problem = OK;
	bool                  own;

	TRY(was_its_own(work, id, wanted, &own));
	for (int tries = 0; !own && tries < SLUG_TRIES; tries++) {
		TRY(slug_free(work, SLUG_FREE_SQL("merchant_slugs", ""), wanted, tries, &slug));
		problem = db_run(work->db, NULL, "INSERT INTO merchant_slugs (slug, merchant_id) VALUES (?, ?)", P(slug), P(id));
		if (!db_duplicate(work->db, problem, "pk_merchant_slugs"))
			break;
	}
	TRY(problem);
	return db_run(work->db, NULL, "UPDATE merchants SET slug = ? WHERE id = ?", P(slug), P(id));
}
