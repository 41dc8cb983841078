/*
 * permission.h: who may do what.
 *
 * PERMISSIONS is the one list; ROLES says what each role is granted.  A route names one permission or several, of which
 * one is enough; "own" variants let their holder act on what is theirs, which the use-case checks in its WHERE clause.
 * A user may hold extra ones (table user_permissions).
 */
#ifndef PERMISSION_H
#define PERMISSION_H

#include <stdint.h>

#define PERMISSIONS(X) \
	X(CATALOG_WRITE, "catalog:write") \
	X(CATALOG_WRITE_OWN, "catalog:write_own") \
	X(INVENTORY_WRITE, "inventory:write") \
	X(INVENTORY_WRITE_OWN, "inventory:write_own") \
	X(ORDER_PLACE, "order:place") \
	X(ORDER_READ_ALL, "order:read_all") \
	X(ORDER_READ_OWN, "order:read_own") \
	X(ORDER_FULFIL, "order:fulfil") \
	X(ORDER_FULFIL_OWN, "order:fulfil_own") \
	X(PAYMENT_READ_ALL, "payment:read_all") \
	X(PAYMENT_READ_OWN, "payment:read_own") \
	X(PAYMENT_REFUND, "payment:refund") \
	X(PAYMENT_REFUND_OWN, "payment:refund_own") \
	X(REPORT_SALES, "report:sales") \
	X(REPORT_SALES_OWN, "report:sales_own") \
	X(REPORT_FINANCE, "report:finance") \
	X(USER_READ, "user:read") \
	X(USER_MANAGE, "user:manage") \
	X(MERCHANT_VERIFY, "merchant:verify") \
	X(WEBHOOK_READ, "webhook:read") \
	X(WEBHOOK_READ_OWN, "webhook:read_own") \
	X(WEBHOOK_REPLAY, "webhook:replay") \
	X(PLAN_WRITE, "plan:write") \
	X(PLAN_WRITE_OWN, "plan:write_own") \
	X(SUBSCRIPTION_MANAGE, "subscription:manage") \
	X(SUBSCRIPTION_MANAGE_OWN, "subscription:manage_own") \
	X(AUDIT_READ, "audit:read") \
	X(PAYOUT_MANAGE, "payout:manage") \
	X(PAYOUT_READ_OWN, "payout:read_own") \
	X(DISPUTE_MANAGE, "dispute:manage") \
	X(DISPUTE_MANAGE_OWN, "dispute:manage_own") \
	X(PAYMENT_TAKE_OWN, "payment:take_own") \
	X(API_KEY_MANAGE_OWN, "api_key:manage_own") \
	X(MERCHANT_TERMS, "merchant:terms") \
	X(LEDGER_READ, "ledger:read") \
	X(WEBHOOK_WRITE, "webhook:write") \
	X(WEBHOOK_WRITE_OWN, "webhook:write_own") \
	X(JOB_MANAGE, "job:manage") \
	X(RISK_MANAGE, "risk:manage") \
	X(COUPON_WRITE, "coupon:write") \
	X(COUPON_WRITE_OWN, "coupon:write_own") \
	X(REVIEW_MODERATE, "review:moderate") \
	X(REVIEW_REPLY_OWN, "review:reply_own") \
	X(RETURN_MANAGE, "return:manage") \
	X(RETURN_MANAGE_OWN, "return:manage_own") \
	X(OPERATE, "operate") \
	X(BLOCK_MANAGE, "block:manage")

enum permission_bit {
#define X(name, text) PERMISSION_BIT_##name,
	PERMISSIONS(X)
#undef X
	    PERMISSION__COUNT
};

#define PERMISSION(name) (UINT64_C(1) << PERMISSION_BIT_##name)

/* For routes: anybody, and anybody who is signed in.  A route without a permission does not start. */
#define PUBLIC (UINT64_C(1) << 63)
#define SIGNED_IN (UINT64_C(1) << 62)

/* Of whoever holds a staff permission, be it that it counts for nothing until they have a second factor, or has a second factor. */
#define STAFF (UINT64_C(1) << 61)

enum role { ROLE_CUSTOMER, ROLE_SHOPKEEPER, ROLE_ACCOUNT_MANAGER, ROLE_WAREHOUSE, ROLE_ACCOUNTANT, ROLE_ADMIN, ROLE__COUNT };

/* "customer" and so on, in the order of enum role, NULL at the end: as in the database and in tokens. */
extern const char *const role_values[];

/* What the role is granted. */
uint64_t role_permissions(enum role role);

/* The bit of "catalog:write"; 0 when there is no such permission. */
uint64_t permission_by_name(const char *name);

/*
 * Those of `bits` that make somebody staff: all but order:place and the "_own" ones, which come with the roles of customers
 * and shopkeepers and open nothing of another's.
 */
uint64_t staff_permissions(uint64_t bits);

/* Those of `bits` that an API key may have: the "_own" ones, but not to manage keys. */
uint64_t key_permissions(uint64_t bits);

/* The bits of a text of names with a space between two; what is no permission counts for nothing. */
uint64_t permissions_by_names(const char *names);

/* "catalog:write" of bit number `bit`. */
const char *permission_name(enum permission_bit bit);

#endif
