/* Who gives up how much of a payment when money is taken back. */
#include "ledger/ledger.h"
#include "tests/suite.h"

/* Take back `amount`, check the shares and that they sum to zero, and leave what is left afterwards. */
static void
take_back(struct ledger_share *shares, size_t count, int64_t amount, const int64_t *expected)
{
	int64_t sum = 0;

	REQUIRE(ledger_split_reversal(shares, count, amount));
	for (size_t i = 0; i < count; i++) {
		CHECK_INT(shares[i].share, expected[i]);
		sum += shares[i].share;
		shares[i].left += shares[i].share;
	}
	CHECK_INT(sum, 0);
}

static void
test_in_proportion(void)
{
	struct ledger_share shares[] = { { LEDGER_CLEARING, 1000, 0 }, { LEDGER_MERCHANT, -600, 0 }, { LEDGER_MERCHANT, -300, 0 },
		{ LEDGER_COMMISSION, -100, 0 } };

	take_back(shares, 4, 100, (int64_t[]) { -100, 60, 30, 10 });
	/* The last refund takes the remainder, to the unit. */
	take_back(shares, 4, 333, (int64_t[]) { -333, 200, 100, 33 });
	take_back(shares, 4, 567, (int64_t[]) { -567, 340, 170, 57 });
	for (size_t i = 0; i < 4; i++)
		CHECK_INT(shares[i].left, 0);
	CHECK(!ledger_split_reversal(shares, 4, 1));
}

/* A coupon that the shop pays: the payer paid 900 for what earns 1000. */
static void
test_discount_goes_back_too(void)
{
	struct ledger_share shares[] = { { LEDGER_CLEARING, 900, 0 }, { LEDGER_DISCOUNT, 100, 0 }, { LEDGER_MERCHANT, -950, 0 },
		{ LEDGER_COMMISSION, -50, 0 } };

	take_back(shares, 4, 450, (int64_t[]) { -450, -50, 475, 25 });
	take_back(shares, 4, 450, (int64_t[]) { -450, -50, 475, 25 });
	for (size_t i = 0; i < 4; i++)
		CHECK_INT(shares[i].left, 0);
}

/* A coupon of the shop that paid all of it: nobody has any money, and the discount gets back what it gave. */
static void
test_a_discount_alone_goes_back(void)
{
	static const int64_t expected[][3] = { { -333, 300, 33 }, { -333, 300, 33 }, { -334, 300, 34 } };
	struct ledger_share  shares[] = { { LEDGER_DISCOUNT, 1000, 0 }, { LEDGER_MERCHANT, -900, 0 },
		 { LEDGER_COMMISSION, -100, 0 } };

	CHECK(!ledger_split_reversal(shares, 3, 333));
	CHECK(!ledger_split_discount(shares, 3, 1001));
	CHECK(!ledger_split_discount(shares, 3, 0));
	for (size_t k = 0; k < 3; k++) {
		REQUIRE(ledger_split_discount(shares, 3, -expected[k][0]));
		for (size_t i = 0; i < 3; i++) {
			CHECK_INT(shares[i].share, expected[k][i]);
			shares[i].left += shares[i].share;
		}
	}
	CHECK_INT(shares[1].left, 0);
	CHECK(!ledger_split_discount(shares, 3, 1));
	/* Where somebody has money it is theirs to give back. */
	CHECK(
	    !ledger_split_discount((struct ledger_share[]) { { LEDGER_DISCOUNT, 100, 0 }, { LEDGER_CLEARING, 100, 0 } }, 2, 100));
}

/* The provider kept 30 of 1000 for itself and keeps it: afterwards the shop owes it that. */
static void
test_fee_stays(void)
{
	struct ledger_share shares[] = { { LEDGER_FEE, 30, 0 }, { LEDGER_CLEARING, 970, 0 }, { LEDGER_MERCHANT, -1000, 0 } };

	take_back(shares, 3, 400, (int64_t[]) { 0, -400, 400 });
	take_back(shares, 3, 600, (int64_t[]) { 0, -600, 600 });
	CHECK_INT(shares[0].left, 30);
	CHECK_INT(shares[1].left, -30);
	CHECK_INT(shares[2].left, 0);
	CHECK(!ledger_split_reversal(shares, 3, 1));
}

/* Part was paid by card, part is collected at the door. */
static void
test_several_have_the_money(void)
{
	struct ledger_share shares[] = { { LEDGER_CLEARING, 750, 0 }, { LEDGER_CARRIER, 250, 0 }, { LEDGER_MERCHANT, -1000, 0 } };

	take_back(shares, 3, 100, (int64_t[]) { -75, -25, 100 });
	take_back(shares, 3, 900, (int64_t[]) { -675, -225, 900 });
}

/* Two sellers of 600 and 300, with a coupon of the shop of 60 on the first's goods, 40 of tax and 50 of shipping. */
static void
test_goods_of_one_seller(void)
{
	struct ledger_share shares[] = { { LEDGER_CLEARING, 930, 0 }, { LEDGER_MERCHANT, -540, 0, .rank = RANK_SELLERS },
		{ LEDGER_COMMISSION, -60, 0, .rank = RANK_SELLERS }, { LEDGER_TAX, -40, 0, .rank = RANK_SELLERS },
		{ LEDGER_DISCOUNT, 60, 0, .rank = RANK_SELLERS }, { LEDGER_SHIPPING, -50, 0, .rank = RANK_NOBODYS },
		{ LEDGER_MERCHANT, -270, 0 }, { LEDGER_COMMISSION, -30, 0 } };

	/* Half of the first's goods. */
	take_back(shares, 8, 290, (int64_t[]) { -290, 270, 30, 20, -30, 0, 0, 0 });
	/* The rest of these; with what there is beyond them shipping goes back, and only then something of the other's. */
	take_back(shares, 8, 310, (int64_t[]) { -310, 270, 30, 20, -30, 20, 0, 0 });
	take_back(shares, 8, 130, (int64_t[]) { -130, 0, 0, 0, 0, 30, 90, 10 });
	for (size_t i = 1; i < 8; i++)
		shares[i].rank = RANK_IN_PROPORTION;
	take_back(shares, 8, 200, (int64_t[]) { -200, 0, 0, 0, 0, 0, 180, 20 });
	CHECK(!ledger_split_reversal(shares, 8, 1));
}

/* A coupon that pays the whole of the seller's goods: nothing was paid for them, so nothing is taken from them. */
static void
test_goods_for_nothing(void)
{
	struct ledger_share shares[] = { { LEDGER_CLEARING, 100, 0 }, { LEDGER_MERCHANT, -50, 0, .rank = RANK_SELLERS },
		{ LEDGER_DISCOUNT, 50, 0, .rank = RANK_SELLERS }, { LEDGER_MERCHANT, -100, 0 } };

	take_back(shares, 4, 100, (int64_t[]) { -100, 0, 0, 100 });
}

static void
test_refusals(void)
{
	struct ledger_share shares[] = { { LEDGER_CLEARING, 100, 0 }, { LEDGER_UNAPPLIED, -100, 0 } };

	CHECK(!ledger_split_reversal(shares, 2, 101));
	CHECK(!ledger_split_reversal(shares, 2, 0));
	CHECK(!ledger_split_reversal(shares, 2, -1));
	CHECK(!ledger_split_reversal(shares, 0, 1));
	CHECK(ledger_split_reversal(shares, 2, 100));
}

SUITE("ledger", TEST(test_in_proportion), TEST(test_discount_goes_back_too), TEST(test_a_discount_alone_goes_back),
    TEST(test_fee_stays), TEST(test_several_have_the_money), TEST(test_goods_of_one_seller), TEST(test_goods_for_nothing),
    TEST(test_refusals))
