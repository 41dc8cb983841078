/* The coupons of the demo shop: two of the shop's own, and one of each of the first merchants. */
#include "ops/seed.h"

#include "base/arena.h"

enum { MERCHANT_COUPONS_MAX = 5, COUPON_COLUMNS = 10 };

/* A coupon that is there stays as it is, be it deleted, and so does a code that somebody has taken. */
static const char insert_coupons[] =
    "INSERT INTO coupons (id, code, kind, percent_hundredths, amount_minor, currency, minimum_minor, limit_per_user, merchant_id, "
    "created_at) VALUES [(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)] ON DUPLICATE KEY UPDATE code = code";

static void
add_coupon(const struct seed *seed, struct batch *batch, const char *code, int64_t hundredths, const struct merchant_id *merchant)
{
	BATCH_ADD(batch, P(seed_id(seed, SEED_COUPON, batch->count, seed_opening(), (unsigned)batch->count)), P(code),
	    P("percent"), P(hundredths), P((const int64_t *)NULL), P((const char *)NULL), P((const int64_t *)NULL),
	    P(merchant == NULL ? 1 : 3), P(merchant), P(seed_opening()));
}

static void
add_fixed(const struct seed *seed, struct batch *batch, const char *code, int64_t cents, int64_t minimum_cents)
{
	BATCH_ADD(batch, P(seed_id(seed, SEED_COUPON, batch->count, seed_opening(), (unsigned)batch->count)), P(code), P("fixed"),
	    P((const int64_t *)NULL), P(cents), P("USD"), P(minimum_cents), P((const int64_t *)NULL),
	    P((const struct merchant_id *)NULL), P(seed_opening()));
}

const struct problem *
seed_coupons(const struct seed *seed)
{
	struct arena *arena = seed->work->arena;
	struct batch  batch = batch_new(arena, insert_coupons, COUPON_COLUMNS);
	int64_t       merchants = seed->merchants < MERCHANT_COUPONS_MAX ? seed->merchants : MERCHANT_COUPONS_MAX;

	add_coupon(seed, &batch, "WELCOME10", 1000, NULL);
	add_fixed(seed, &batch, "FIVEOFF", 500, 2500);
	for (int64_t i = 0; i < merchants; i++) {
		struct merchant_id merchant = seed_merchant_id(seed, i);

		add_coupon(seed, &batch, arena_format(arena, "SHOP%lld", (long long)i + 1), 1500, &merchant);
	}
	return batches_write(
	    seed->work, &batch, 1, "SELECT COUNT(*) FROM coupons WHERE id = ?", seed_id(seed, SEED_COUPON, 0, seed_opening(), 0));
}
