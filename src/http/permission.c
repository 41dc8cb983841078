#include "http/permission.h"

#include <assert.h>
#include <stddef.h>
#include <string.h>

static const char *const names[PERMISSION__COUNT] = {
#define X(name, text) [PERMISSION_BIT_##name] = text,
	PERMISSIONS(X)
#undef X
};

const char *const role_values[] = { "customer", "shopkeeper", "account_manager", "warehouse", "accountant", "admin", NULL };

/* What somebody does for themselves alone: cart, addresses, orders, reviews; taking money for one's own shop. */
#define PERSONAL (PERMISSION(ORDER_PLACE) | PERMISSION(PAYMENT_TAKE_OWN) | PERMISSION(API_KEY_MANAGE_OWN))

/* An admin holds everything but that. */
static const uint64_t grants[ROLE__COUNT] = {
	[ROLE_CUSTOMER] = PERMISSION(ORDER_PLACE) | PERMISSION(ORDER_READ_OWN) | PERMISSION(PAYMENT_READ_OWN),
	[ROLE_SHOPKEEPER] = PERMISSION(CATALOG_WRITE_OWN) | PERMISSION(INVENTORY_WRITE_OWN) | PERMISSION(ORDER_READ_OWN) |
	    PERMISSION(ORDER_FULFIL_OWN) | PERMISSION(PAYMENT_READ_OWN) | PERMISSION(PAYMENT_REFUND_OWN) |
	    PERMISSION(REPORT_SALES_OWN) | PERMISSION(WEBHOOK_READ_OWN) | PERMISSION(PAYOUT_READ_OWN) |
	    PERMISSION(PLAN_WRITE_OWN) | PERMISSION(SUBSCRIPTION_MANAGE_OWN) | PERMISSION(DISPUTE_MANAGE_OWN) |
	    PERMISSION(PAYMENT_TAKE_OWN) | PERMISSION(WEBHOOK_WRITE_OWN) | PERMISSION(API_KEY_MANAGE_OWN) |
	    PERMISSION(COUPON_WRITE_OWN) | PERMISSION(RETURN_MANAGE_OWN) | PERMISSION(REVIEW_REPLY_OWN),
	[ROLE_ACCOUNT_MANAGER] = PERMISSION(ORDER_READ_ALL) | PERMISSION(REPORT_SALES) | PERMISSION(USER_READ) |
	    PERMISSION(MERCHANT_VERIFY) | PERMISSION(REVIEW_MODERATE) | PERMISSION(RETURN_MANAGE),
	[ROLE_WAREHOUSE] = PERMISSION(INVENTORY_WRITE) | PERMISSION(ORDER_READ_ALL) | PERMISSION(ORDER_FULFIL),
	[ROLE_ACCOUNTANT] = PERMISSION(ORDER_READ_ALL) | PERMISSION(PAYMENT_READ_ALL) | PERMISSION(PAYMENT_REFUND) |
	    PERMISSION(REPORT_SALES) | PERMISSION(REPORT_FINANCE) | PERMISSION(WEBHOOK_READ) | PERMISSION(AUDIT_READ) |
	    PERMISSION(PAYOUT_MANAGE) | PERMISSION(DISPUTE_MANAGE) | PERMISSION(LEDGER_READ) | PERMISSION(RISK_MANAGE),
	[ROLE_ADMIN] = ((UINT64_C(1) << PERMISSION__COUNT) - 1) & ~PERSONAL,
};

uint64_t
role_permissions(enum role role)
{
	assert(role < ROLE__COUNT);
	return grants[role];
}

uint64_t
permission_by_name(const char *name)
{
	for (size_t i = 0; i < PERMISSION__COUNT; i++)
		if (strcmp(names[i], name) == 0)
			return UINT64_C(1) << i;
	return 0;
}

/* Those that open only what is one's own. */
static uint64_t
own_permissions(void)
{
	static const char own[] = "_own";
	uint64_t          bits = 0;

	for (size_t i = 0; i < PERMISSION__COUNT; i++)
		if (strcmp(names[i] + strlen(names[i]) - (sizeof own - 1), own) == 0)
			bits |= UINT64_C(1) << i;
	return bits;
}

uint64_t
staff_permissions(uint64_t bits)
{
	return bits & (((UINT64_C(1) << PERMISSION__COUNT) - 1) & ~PERMISSION(ORDER_PLACE) & ~own_permissions());
}

uint64_t
key_permissions(uint64_t bits)
{
	return bits & own_permissions() & ~PERMISSION(API_KEY_MANAGE_OWN);
}

uint64_t
permissions_by_names(const char *text)
{
	uint64_t bits = 0;

	while (*text != '\0') {
		size_t length = strcspn(text, " ");

		for (size_t i = 0; i < PERMISSION__COUNT; i++)
			if (strlen(names[i]) == length && strncmp(names[i], text, length) == 0)
				bits |= UINT64_C(1) << i;
		text += length + (text[length] == ' ');
	}
	return bits;
}

const char *
permission_name(enum permission_bit bit)
{
	assert(bit < PERMISSION__COUNT);
	return names[bit];
}
