#include "payments/sales.h"

#include "base/config.h"
#include "store/db.h"
#include "store/work.h"

static const struct member sale_members[] = {
	M_ID(struct sale, merchant, "merchant_id"),
	M_INTEGER(struct sale, earned, "earned", INT64_MIN, INT64_MAX),
	M_INTEGER(struct sale, tax, "tax", 0, INT64_MAX),
	M_INTEGER(struct sale, discount, "discount", 0, INT64_MAX),
	M_INTEGER(struct sale, commission_basis_points, "commission_basis_points", 0, 10000),
};
SHAPE(struct sale, sale_shape, "Sale", sale_members);

const struct problem *
read_sales(struct work *work, struct order_id order, struct sale **sales, size_t *count)
{
	return db_rows(work->db, &sale_shape, SALES_MAX, sales, count,
	    "SELECT o.merchant_id, o.subtotal_minor - o.own_discount_minor - o.tax_included_minor AS earned, o.tax_minor AS tax, "
	    "o.discount_minor - o.own_discount_minor AS discount, IFNULL(m.commission_basis_points, ?) AS commission_basis_points "
	    "FROM order_merchants o JOIN merchants m ON m.id = o.merchant_id WHERE o.order_id = ?",
	    P(work->config->payments.commission_basis_points), P(order));
}

bool
sale_postings(const struct sale *sale, struct money amount, struct posting postings[SALE_POSTINGS])
{
	static const enum ledger_role roles[] = { LEDGER_MERCHANT, LEDGER_COMMISSION, LEDGER_TAX, LEDGER_DISCOUNT };
	int64_t                       commission;

	if (!minor_scale(sale->earned, sale->commission_basis_points, 10000, &commission))
		return false;
	for (size_t i = 0; i < SALE_POSTINGS; i++)
		postings[i] = (struct posting) { .role = roles[i], .merchant = sale->merchant, .amount = amount };
	postings[0].amount.minor = commission - sale->earned;
	postings[1].amount.minor = -commission;
	postings[2].amount.minor = -sale->tax;
	postings[3].amount.minor = sale->discount;
	return true;
}
