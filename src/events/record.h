/*
 * record.h: the outbox: what changed, written in the transaction of the change.
 *
 * EVENT_TYPES is the one list of event types and of what they are about.  The payload of an event is the whole business
 * state of that thing after the change: its ids, status, amounts, lines and quantities, printed by the one shape that the
 * thing has for its events.  Nothing of a person is in it (no name, address, phone, e-mail, no free text), so that a
 * deletion reaches everybody who was told: what needs those reads them when it runs.
 *
 * Nothing follows from an event in the request that wrote it.  A worker of haat-jobs fans it out, within milliseconds of the
 * commit, to the kinds of jobs that subscribe to its type (events/fan_out.h).  That is how a lower floor reaches a higher
 * one: a cancelled order does not call payments, it records order.cancelled, whose job refunds.
 */
#ifndef RECORD_H
#define RECORD_H

#include "base/shape.h"

struct work;

#define EVENT_TYPES(X) \
	X(USER_CREATED, "user.created", "user") \
	X(USER_VERIFICATION_ASKED, "user.verification_asked", "user") \
	X(USER_EMAIL_VERIFIED, "user.email_verified", "user") \
	X(USER_EMAIL_CHANGE_ASKED, "user.email_change_asked", "user") \
	X(USER_EMAIL_CHANGED, "user.email_changed", "user") \
	X(USER_PASSWORD_ASKED, "user.password_asked", "user") \
	X(USER_PASSWORD_RESET_ASKED, "user.password_reset_asked", "user") \
	X(USER_PASSWORD_CHANGED, "user.password_changed", "user") \
	X(USER_EXPORT_READY, "user.export_ready", "user") \
	X(USER_DELETED, "user.deleted", "user") \
	X(USER_SESSION_REUSED, "user.session_reused", "user") \
	X(MERCHANT_CREATED, "merchant.created", "merchant") \
	X(MERCHANT_ACTIVATED, "merchant.activated", "merchant") \
	X(MERCHANT_SUSPENDED, "merchant.suspended", "merchant") \
	X(MERCHANT_DEACTIVATED, "merchant.deactivated", "merchant") \
	X(MERCHANT_CHANGED, "merchant.changed", "merchant") \
	X(CATEGORY_CHANGED, "category.changed", "category") \
	X(PRODUCT_CREATED, "product.created", "product") \
	X(PRODUCT_CHANGED, "product.changed", "product") \
	X(PRODUCT_PRICE_DROPPED, "product.price_dropped", "product") \
	X(PRODUCT_DELETED, "product.deleted", "product") \
	X(PRODUCT_RESTORED, "product.restored", "product") \
	X(MEDIA_READY, "media.ready", "media") \
	X(REVIEW_CREATED, "review.created", "review") \
	X(REVIEW_CHANGED, "review.changed", "review") \
	X(REVIEW_DELETED, "review.deleted", "review") \
	X(REVIEW_HIDDEN, "review.hidden", "review") \
	X(REVIEW_SHOWN, "review.shown", "review") \
	X(REVIEW_REPLIED, "review.replied", "review") \
	X(IMPORT_FINISHED, "import.finished", "import") \
	X(IMPORT_CANCELLED, "import.cancelled", "import") \
	X(INVENTORY_ADJUSTED, "inventory.adjusted", "variant") \
	X(INVENTORY_LOW, "inventory.low", "variant") \
	X(INVENTORY_ZERO, "inventory.zero", "variant") \
	X(INVENTORY_BACK, "inventory.back", "variant") \
	X(CART_STARTED, "cart.started", "cart") \
	X(ORDER_PLACED, "order.placed", "order") \
	X(ORDER_PAID, "order.paid", "order") \
	X(ORDER_CONFIRMED, "order.confirmed", "order") \
	X(ORDER_PROCESSING, "order.processing", "order") \
	X(ORDER_SHIPPED, "order.shipped", "order") \
	X(ORDER_DELIVERED, "order.delivered", "order") \
	X(ORDER_COMPLETED, "order.completed", "order") \
	X(ORDER_CANCELLED, "order.cancelled", "order") \
	X(ORDER_EXPIRED, "order.expired", "order") \
	X(ORDER_REFUNDED, "order.refunded", "order") \
	X(ORDER_CHANGED, "order.changed", "order") \
	X(ORDER_REFUND_BOUNCED, "order.refund_bounced", "order") \
	X(FULFILMENT_PACKED, "fulfilment.packed", "fulfilment") \
	X(FULFILMENT_UNPACKED, "fulfilment.unpacked", "fulfilment") \
	X(FULFILMENT_SHIPPED, "fulfilment.shipped", "fulfilment") \
	X(FULFILMENT_CHANGED, "fulfilment.changed", "fulfilment") \
	X(FULFILMENT_DELIVERED, "fulfilment.delivered", "fulfilment") \
	X(FULFILMENT_COLLECTED, "fulfilment.collected", "fulfilment") \
	X(FULFILMENT_CANCELLED, "fulfilment.cancelled", "fulfilment") \
	X(FULFILMENT_RETURNED, "fulfilment.returned", "fulfilment") \
	X(RETURN_REQUESTED, "return.requested", "return") \
	X(RETURN_APPROVED, "return.approved", "return") \
	X(RETURN_REJECTED, "return.rejected", "return") \
	X(RETURN_CANCELLED, "return.cancelled", "return") \
	X(RETURN_RECEIVED, "return.received", "return") \
	X(RETURN_REFUNDED, "return.refunded", "return") \
	X(RETURN_EXPIRED, "return.expired", "return") \
	X(PAYMENT_CREATED, "payment.created", "payment") \
	X(PAYMENT_REQUIRES_ACTION, "payment.requires_action", "payment") \
	X(PAYMENT_PROCESSING, "payment.processing", "payment") \
	X(PAYMENT_SUCCEEDED, "payment.succeeded", "payment") \
	X(PAYMENT_REFUNDED, "payment.refunded", "payment") \
	X(PAYMENT_FAILED, "payment.failed", "payment") \
	X(PAYMENT_CANCELLED, "payment.cancelled", "payment") \
	X(PAYMENT_EXPIRED, "payment.expired", "payment") \
	X(PAYMENT_HELD, "payment.held", "payment") \
	X(PAYMENT_RELEASED, "payment.released", "payment") \
	X(PAYMENT_CHANGED, "payment.changed", "payment") \
	X(PAYMENT_REQUEST_CREATED, "payment_request.created", "payment_request") \
	X(PAYMENT_REQUEST_PAID, "payment_request.paid", "payment_request") \
	X(PAYMENT_REQUEST_CANCELLED, "payment_request.cancelled", "payment_request") \
	X(PAYMENT_REQUEST_EXPIRED, "payment_request.expired", "payment_request") \
	X(PAYMENT_REQUEST_CHANGED, "payment_request.changed", "payment_request") \
	X(REFUND_REQUESTED, "refund.requested", "refund") \
	X(REFUND_SUCCEEDED, "refund.succeeded", "refund") \
	X(REFUND_FAILED, "refund.failed", "refund") \
	X(REFUND_BOUNCED, "refund.bounced", "refund") \
	X(REFUND_NOT_COLLECTED, "refund.not_collected", "refund") \
	X(PAYMENT_DISPUTED, "payment.disputed", "payment") \
	X(PAYMENT_DISPUTE_ENDED, "payment.dispute_ended", "payment") \
	X(DISPUTE_OPENED, "dispute.opened", "dispute") \
	X(DISPUTE_SUBMITTED, "dispute.submitted", "dispute") \
	X(DISPUTE_WON, "dispute.won", "dispute") \
	X(DISPUTE_LOST, "dispute.lost", "dispute") \
	X(DISPUTE_ACCEPTED, "dispute.accepted", "dispute") \
	X(DISPUTE_CLOSED, "dispute.closed", "dispute") \
	X(DISPUTE_UPDATED, "dispute.updated", "dispute") \
	X(PAYOUT_DRAFTED, "payout.drafted", "payout") \
	X(PAYOUT_APPROVED, "payout.approved", "payout") \
	X(PAYOUT_PAID, "payout.paid", "payout") \
	X(PAYOUT_REJECTED, "payout.rejected", "payout") \
	X(PAYOUT_BOUNCED, "payout.bounced", "payout") \
	X(SUBSCRIPTION_CREATED, "subscription.created", "subscription") \
	X(SUBSCRIPTION_CHARGE_COMING, "subscription.charge_coming", "subscription") \
	X(SUBSCRIPTION_PAYMENT_ASKED, "subscription.payment_asked", "subscription") \
	X(SUBSCRIPTION_CHARGED, "subscription.charged", "subscription") \
	X(SUBSCRIPTION_CHARGE_FAILED, "subscription.charge_failed", "subscription") \
	X(SUBSCRIPTION_CHANGED, "subscription.changed", "subscription") \
	X(SUBSCRIPTION_PAUSED, "subscription.paused", "subscription") \
	X(SUBSCRIPTION_RESUMED, "subscription.resumed", "subscription") \
	X(SUBSCRIPTION_CANCELLED, "subscription.cancelled", "subscription") \
	X(SUBSCRIPTION_ENDED, "subscription.ended", "subscription") \
	X(WEBHOOK_ENDPOINT_TESTED, "webhook_endpoint.tested", "webhook_endpoint") \
	X(WEBHOOK_ENDPOINT_DISABLED, "webhook_endpoint.disabled", "webhook_endpoint") \
	X(PAYMENT_REVIEWED, "payment.reviewed", "payment") \
	X(PAYMENT_FRAUD_WARNED, "payment.fraud_warned", "payment") \
	X(RISK_BAND_LEFT, "risk.band_left", "risk_hour") \
	X(WEBHOOK_COLLISION, "webhook.collision", "webhook_event")

enum event_type {
#define X(name, type, aggregate) EVENT_##name,
	EVENT_TYPES(X)
#undef X
	    EVENT__COUNT
};

/* The payload of a job that subscribes to an event type. */
struct event_notice {
	struct event_id event;
	struct uuid     aggregate;
};
SHAPE_DECLARE(struct event_notice, event_notice_shape);

const char *event_type_name(enum event_type type); /* "order.placed" */

/*
 * Write an event about `aggregate` (the id of an order, payment, ...) into the running transaction, on behalf of the
 * work's actor and request.  The payload is printed by its shape.  The event's row is the
 * transaction's witness.
 */
const struct problem *event_record(
    struct work *work, enum event_type type, struct uuid aggregate, const struct shape *payload_shape, const void *payload);

/* The same; *event is its id. */
const struct problem *event_record_as(struct work *work, enum event_type type, struct uuid aggregate,
    const struct shape *payload_shape, const void *payload, struct event_id *event);

struct new_event {
	enum event_type type;
	struct uuid     aggregate;
	const void     *payload; /* of the shape that all of them have */
};

/* The same of many, in one statement.  OK when there are none. */
const struct problem *event_record_many(
    struct work *work, const struct shape *payload_shape, const struct new_event *events, size_t count);

#endif
