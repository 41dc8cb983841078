/*
 * ids.h: UUIDv7 (RFC 9562) and the typed ids made from it.
 *
 * Every row that the outside may see is known by a UUIDv7: ordered by time, unguessable enough to name, never a
 * sequence.  Each kind of thing has its own struct around the same 16 bytes, so that the compiler refuses an order's id
 * where a payment's is wanted.  ID_TYPES is the one list of them; shapes and statement parameters are made from it.
 */
#ifndef IDS_H
#define IDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;

struct uuid {
	uint8_t bytes[16];
};

#define ID_TYPES(X) \
	X(user_id) \
	X(session_id) \
	X(api_key_id) \
	X(merchant_id) \
	X(address_id) \
	X(category_id) \
	X(brand_id) \
	X(product_id) \
	X(review_id) \
	X(reply_id) \
	X(variant_id) \
	X(cart_item_id) \
	X(coupon_id) \
	X(order_id) \
	X(order_line_id) \
	X(fulfilment_id) \
	X(return_id) \
	X(payment_id) \
	X(payment_request_id) \
	X(payment_method_id) \
	X(refund_id) \
	X(dispute_id) \
	X(payout_id) \
	X(settlement_id) \
	X(import_id) \
	X(export_id) \
	X(plan_id) \
	X(subscription_id) \
	X(period_id) \
	X(risk_rule_id) \
	X(event_id) \
	X(endpoint_id) \
	X(delivery_id) \
	X(media_id) \
	X(saved_view_id) \
	X(bulk_action_id) \
	X(job_id) \
	X(block_id)

/* `struct order_id` and the like; all have the same layout as struct uuid. */
#define ID_STRUCT(name) \
	struct name { \
		struct uuid uuid; \
	};
ID_TYPES(ID_STRUCT)

enum { UUID_TEXT_LENGTH = 36 };

/*
 * A new UUIDv7: 48 bits of milliseconds, then a counter of 12 + 14 bits within the millisecond so that ids made by one
 * process ascend strictly, then 48 random bits.  Aborts when the system has no randomness.
 */
struct uuid uuid_new(void);

/* The same for a typed id: NEW_ID(order_id). */
#define NEW_ID(type) ((struct type) { uuid_new() })

/* The smallest UUIDv7 of a millisecond since 1970: rows with a smaller id are older.  For ranges, never a row's own id. */
struct uuid uuid_floor(int64_t unix_ms);

/* Reads the 36-character form, either case; false (and *into untouched) when it is not one. */
bool uuid_parse(const char *text, struct uuid *into);

/* Writes the 36 lower-case characters; no NUL. */
void uuid_write(struct uuid uuid, char into[UUID_TEXT_LENGTH]);

/* The 36-character form in the arena. */
const char *uuid_text(struct arena *arena, struct uuid uuid);

bool uuid_equal(struct uuid a, struct uuid b);
bool uuid_is_nil(struct uuid uuid);

/* Orders by bytes, that is by time: for qsort and for locking rows in the one global order. */
int uuid_compare(const void *a, const void *b);

#define ID_EQUAL(a, b) uuid_equal((a).uuid, (b).uuid)

/* Fills `length` bytes from the random source of seams.h; the system's aborts when there is no randomness. */
void random_bytes(void *into, size_t length);

/*
 * "ORD-" or "PAY-" and the like with 10 random characters of Crockford's base32 (no I, L, O, U): 50 bits.  Unique by
 * the database's key, not by itself.
 */
const char *reference_new(struct arena *arena, const char *prefix);

/* Could reference_new have made it with that prefix? */
bool is_reference(const char *text, const char *prefix);

/* A reference as somebody typed it: in any case; copied into the arena. */
const char *reference_read(struct arena *arena, const char *text);

#endif
