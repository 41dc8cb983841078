/* What follows from a sale, see seed_sale.h: amounts, ids, what may come back. */
#include "ops/seed_sale_rows.h"

#include <string.h>

int64_t
sale_line_tax(const struct sale *sale, int line)
{
	int64_t tax = 0;

	minor_scale(sale->goods[line]->price * sale->quantities[line], sale->tax_basis_points, 10000, &tax);
	return tax;
}

int64_t
sale_line_total(const struct sale *sale, int line)
{
	return sale->goods[line]->price * sale->quantities[line] + sale_line_tax(sale, line);
}

struct uuid
sale_id(const struct selling *selling, struct sale *sale, enum seed_kind kind, struct instant at)
{
	unsigned turn = sale->turn++;

	return seed_id(selling->seed, kind, sale->index * 256 + turn, at, turn);
}

bool
sale_has_arrived(const struct sale *sale)
{
	return strcmp(sale->status, "delivered") == 0 || strcmp(sale->status, "completed") == 0;
}

int
sale_returnable(const struct sale *sale)
{
	for (int i = 0; i < sale->count && sale->count > 1; i++) {
		int others = 0;

		for (int k = 0; k < sale->count; k++)
			others += k != i && ID_EQUAL(sale->goods[k]->merchant, sale->goods[i]->merchant);
		if (others == 0)
			return i;
	}
	return sale->count == 1 && sale->shipping > 0 ? 0 : -1;
}
