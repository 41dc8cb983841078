/* Somebody's reviews stay, and nobody knows any more whose they were. */
#include "reviews/reviews.h"

#include "catalog/catalog.h"
#include "reviews/review.h"
#include "store/db.h"

enum { PRODUCTS_MAX = 10000 };

struct touched_product {
	struct product_id id;
};

static const struct member touched_product_members[] = { M_ID(struct touched_product, id, "id") };
SHAPE(struct touched_product, touched_product_shape, "TouchedProduct", touched_product_members);

static const struct problem *
forget_likes(struct work *work, struct user_id user)
{
	TRY(db_run(work->db, NULL,
	    "UPDATE reviews r JOIN review_likes l ON l.review_id = r.id SET r.likes_count = r.likes_count - 1, "
	    "r.updated_at = r.updated_at WHERE l.user_id = ?",
	    P(user)));
	return db_run(work->db, NULL, "DELETE FROM review_likes WHERE user_id = ?", P(user));
}

const struct problem *
forget_reviewer(struct work *work, struct user_id user)
{
	struct touched_product *products;
	size_t                  count;

	TRY(db_rows(work->db, &touched_product_shape, PRODUCTS_MAX, &products, &count,
	    "SELECT r.product_id AS id FROM reviews r WHERE r.user_id = ? UNION "
	    "SELECT r.product_id FROM review_likes l JOIN reviews r ON r.id = l.review_id WHERE l.user_id = ? ORDER BY id LIMIT ?",
	    P(user), P(user), P(PRODUCTS_MAX)));
	for (size_t i = 0; i < count; i++)
		TRY(catalog_lock(work, products[i].id));
	TRY(forget_likes(work, user));
	TRY(db_run(work->db, NULL,
	    "UPDATE reviews SET user_id = NULL, user_name = 'Deleted account', updated_at = updated_at WHERE user_id = ?",
	    P(user)));
	for (size_t i = 0; i < count; i++)
		TRY(settle_product(work, products[i].id, 0, 0));
	return OK;
}
