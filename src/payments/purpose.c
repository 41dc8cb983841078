#include "payments/purpose.h"

#include "payments/order_purpose.h"

const char *const purpose_kind_values[] = { "order", NULL };

const struct purpose *const purposes[PURPOSE__COUNT] = {
	[PURPOSE_ORDER] = &order_purpose,
};
