#include "shop.h"

#include "ops/ops.h"

const struct route_table *const shop_tables[] = {
	&ops_table,
	NULL,
};
