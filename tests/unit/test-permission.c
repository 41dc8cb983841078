/* Who may do what: the matrix of the product's description, cell by cell. */
#include "http/permission.h"

#include "tests/suite.h"

#include <stdbool.h>
#include <string.h>

enum { COLUMNS = 6 };

/* The columns of the matrix, in its order. */
static const enum role columns[COLUMNS] = { ROLE_ADMIN, ROLE_ACCOUNT_MANAGER, ROLE_WAREHOUSE, ROLE_ACCOUNTANT, ROLE_SHOPKEEPER,
	ROLE_CUSTOMER };

/*
 * x: granted.  A cell that says "own" is the permission's "_own" variant; the admin holds those, too, since an admin holds
 * everything, but what only a customer does, and what somebody does for their own shop alone.
 */
static const struct row {
	const char *permission, *cells;
} matrix[] = {
	/*                        admin, account manager, warehouse, accountant, shopkeeper, customer */
	{ "catalog:write", "x-----" },
	{ "catalog:write_own", "x---x-" },
	{ "inventory:write", "x-x---" },
	{ "inventory:write_own", "x---x-" },
	{ "order:place", "-----x" },
	{ "order:read_all", "xxxx--" },
	{ "order:read_own", "x---xx" },
	{ "order:fulfil", "x-x---" },
	{ "order:fulfil_own", "x---x-" },
	{ "payment:read_all", "x--x--" },
	{ "payment:read_own", "x---xx" },
	{ "payment:refund", "x--x--" },
	{ "payment:refund_own", "x---x-" },
	{ "report:sales", "xx-x--" },
	{ "report:sales_own", "x---x-" },
	{ "report:finance", "x--x--" },
	{ "user:read", "xx----" },
	{ "user:manage", "x-----" },
	{ "merchant:verify", "xx----" },
	{ "webhook:read", "x--x--" },
	{ "webhook:read_own", "x---x-" },
	{ "webhook:replay", "x-----" },
	{ "audit:read", "x--x--" },
	{ "payout:manage", "x--x--" },
	{ "payout:read_own", "x---x-" },
	{ "dispute:manage", "x--x--" },
	{ "dispute:manage_own", "x---x-" },
	{ "payment:take_own", "----x-" },
	{ "api_key:manage_own", "----x-" },
	{ "merchant:terms", "x-----" },
	{ "webhook:write", "x-----" },
	{ "webhook:write_own", "x---x-" },
	{ "job:manage", "x-----" },
	{ "operate", "x-----" },
	{ "block:manage", "x-----" },
	{ "ledger:read", "x--x--" },
	{ "risk:manage", "x--x--" },
	{ "review:moderate", "xx----" },
	{ "review:reply_own", "x---x-" },
	{ "coupon:write", "x-----" },
	{ "coupon:write_own", "x---x-" },
	{ "return:manage", "xx----" },
	{ "return:manage_own", "x---x-" },
	{ "plan:write", "x-----" },
	{ "plan:write_own", "x---x-" },
	{ "subscription:manage", "x-----" },
	{ "subscription:manage_own", "x---x-" },
};

enum { ROWS = sizeof matrix / sizeof *matrix };

static void
test_every_cell(void)
{
	for (size_t row = 0; row < ROWS; row++)
		for (size_t column = 0; column < COLUMNS; column++) {
			uint64_t bit = permission_by_name(matrix[row].permission);
			bool     granted = (role_permissions(columns[column]) & bit) != 0;
			char     says[200];

			snprintf(says, sizeof says, "%s of %s is %s", matrix[row].permission, role_values[columns[column]],
			    granted ? "granted" : "not granted");
			CU_assertImplementation(
			    bit != 0 && granted == (matrix[row].cells[column] == 'x'), __LINE__, says, __FILE__, "", CU_FALSE);
		}
}

static void
test_no_permission_is_left_out(void)
{
	CHECK_INT(ROWS, PERMISSION__COUNT);
	for (unsigned bit = 0; bit < PERMISSION__COUNT; bit++) {
		bool found = false;

		for (size_t row = 0; row < ROWS; row++)
			found = found || strcmp(matrix[row].permission, permission_name((enum permission_bit)bit)) == 0;
		CHECK(found);
	}
}

static void
test_names_and_bits(void)
{
	uint64_t seen = 0;

	for (unsigned bit = 0; bit < PERMISSION__COUNT; bit++) {
		uint64_t by_name = permission_by_name(permission_name((enum permission_bit)bit));

		CHECK(by_name == UINT64_C(1) << bit);
		seen |= by_name;
	}
	CHECK((seen & (PUBLIC | SIGNED_IN)) == 0);
	CHECK(permissions_by_names("payment:take_own no:such catalog:write") ==
	    (PERMISSION(PAYMENT_TAKE_OWN) | PERMISSION(CATALOG_WRITE)));
	CHECK(permissions_by_names("") == 0);
	/* What a key can have: what is one's own, but not the keys themselves. */
	CHECK(key_permissions(PERMISSION(PAYMENT_TAKE_OWN) | PERMISSION(PAYMENT_READ_ALL) | PERMISSION(ORDER_PLACE) |
		  PERMISSION(API_KEY_MANAGE_OWN)) == PERMISSION(PAYMENT_TAKE_OWN));
	CHECK(permission_by_name("catalog:") == 0);
	CHECK(permission_by_name("") == 0);
	CHECK(permission_by_name("CATALOG:WRITE") == 0);
	for (int role = 0; role < ROLE__COUNT; role++)
		CHECK((role_permissions((enum role)role) & (PUBLIC | SIGNED_IN)) == 0);
	CHECK(role_values[ROLE__COUNT] == NULL);
}

SUITE("permission", TEST(test_every_cell), TEST(test_no_permission_is_left_out), TEST(test_names_and_bits))
