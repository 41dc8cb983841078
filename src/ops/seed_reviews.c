/* What some of the demo shop's customers say of what they bought. */
#include "ops/seed.h"

#include "base/arena.h"
#include "reviews/review.h"

enum { REVIEWED_ORDERS = 2000 }; /* the first ones: so that a large shop is seeded in the same time */

static const char *const texts[] = { "Arrived in two days and looks like the picture.", "We use it every day.",
	"Smaller than I thought, but well made.", "My mother has asked for a second one.", "The colour is not quite the same.",
	"Good for the price.", "খুব ভালো হয়েছে।", "बहुत अच्छा है।", NULL };
static const char *const titles[] = { "Keeps its promise", "As described", "Good value", "Would buy it again", NULL };

struct bought {
	struct product_id  product;
	struct merchant_id merchant;
	struct user_id     user;
	const char        *name;
};

static const struct member bought_members[] = {
	M_ID(struct bought, product, "product_id"),
	M_ID(struct bought, merchant, "merchant_id"),
	M_ID(struct bought, user, "user_id", .computed = true),
	M_TEXT(struct bought, name, "user_name", 160, .required = true, .computed = true),
};
SHAPE(struct bought, bought_shape, "Bought", bought_members);

static struct instant
review_time(int64_t index)
{
	return instant_add_seconds(seed_order_time(index), 5 * 24 * 3600);
}

static struct uuid
review_uuid(const struct seed *seed, int64_t index)
{
	return seed_id(seed, SEED_REVIEW, (uint64_t)index, review_time(index), 0);
}

/* The first thing of an order that its buyer has not reviewed, unless the order has led to a review already. */
static const struct problem *
read_bought(const struct seed *seed, int64_t index, struct bought **bought)
{
	return db_row(seed->work->db, &bought_shape, bought,
	    "SELECT {l}, o.user_id, " REVIEWER_NAME(
		"u.full_name") " AS user_name FROM orders o JOIN users u ON u.id = o.user_id "
			       "JOIN order_lines l ON l.order_id = o.id WHERE o.id = ? AND NOT EXISTS (SELECT 1 FROM reviews r "
			       "WHERE r.product_id = l.product_id AND r.user_id = o.user_id) AND NOT EXISTS (SELECT 1 FROM reviews s WHERE s.id = ?) "
			       "ORDER BY l.position LIMIT 1",
	    P(seed_order_uuid(seed, index)), P(review_uuid(seed, index)));
}

static const struct problem *
add_review(const struct seed *seed, int64_t index, const struct bought *bought)
{
	struct work   *work = seed->work;
	struct dice    dice = seed_dice(seed, SEED_REVIEW, (uint64_t)index);
	struct instant at = review_time(index);
	struct uuid    id = review_uuid(seed, index);
	int64_t        rating = dice_below(&dice, 4) == 0 ? dice_between(&dice, 1, 3) : dice_between(&dice, 4, 5);

	TRY(db_run(work->db, NULL,
	    "INSERT INTO reviews (id, product_id, merchant_id, user_id, order_id, user_name, rating, title, text, created_at, "
	    "updated_at) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
	    P(id), P(bought->product), P(bought->merchant), P(bought->user), P(seed_order_uuid(seed, index)), P(bought->name),
	    P(rating), P(dice_below(&dice, 3) == 0 ? (const char *)NULL : dice_word(&dice, titles)), P(dice_word(&dice, texts)),
	    P(at), P(at)));
	transaction_witness(work, "SELECT COUNT(*) FROM reviews WHERE id = ?", id);
	return settle_product(work, bought->product, 1, rating);
}

const struct problem *
seed_reviews(const struct seed *seed, int64_t *added)
{
	int64_t orders = seed->orders < REVIEWED_ORDERS ? seed->orders : REVIEWED_ORDERS;

	for (int64_t index = 0; index < orders; index += 2) {
		struct bought *bought;

		TRY(read_bought(seed, index, &bought));
		if (bought != NULL) {
			TRY(db_transaction(seed->work, add_review(seed, index, bought)));
			++*added;
		}
		arena_reset(seed->work->arena);
	}
	return OK;
}
