/* The shapes of orders and of their requests. */
#include "orders/order.h"

#include "orders/state.h"
#include "promotions/promotions.h"

static const struct member order_item_request_members[] = {
	M_ID(struct order_item_request, variant, "variant_id", .required = true),
	M_INTEGER(struct order_item_request, quantity, "quantity", 1, ORDER_QUANTITY_MAX, .required = true),
};
SHAPE_SHARED(struct order_item_request, order_item_request_shape, "OrderItemRequest", order_item_request_members);

static const struct member order_request_members[] = {
	M_ID(struct order_request, shipping_address, "shipping_address_id", .required = true),
	M_ID(struct order_request, billing_address, "billing_address_id", .nullable = true,
	    .description = "The billing address; by default the shipping address."),
	M_ENUM(struct order_request, shipping_method, "shipping_method", shipping_method_values, .required = true),
	M_TEXT(struct order_request, coupon, "coupon", COUPON_CODE_MAX, .nullable = true, .example = "null",
	    .description = "A coupon's code."),
	M_ARRAY(struct order_request, items, n_items, "items", order_item_request_shape, ORDER_LINES_MAX, .min = 1,
	    .nullable = true, .description = "The items to order; by default those in the cart."),
	M_METADATA(struct order_request, metadata, .nullable = true),
};
SHAPE_SHARED(struct order_request, order_request_shape, "OrderRequest", order_request_members);

static const struct member order_address_members[] = {
	M_TEXT(struct order_address, full_name, "full_name", 150, .required = true),
	M_TEXT(struct order_address, phone, "phone", 20, .required = true),
	M_TEXT(struct order_address, line1, "line1", 200, .required = true),
	M_TEXT(struct order_address, line2, "line2", 200, .nullable = true),
	M_TEXT(struct order_address, city, "city", 100, .required = true),
	M_TEXT(struct order_address, state, "state", 100, .nullable = true),
	M_TEXT(struct order_address, postal_code, "postal_code", 20, .required = true),
	M_TEXT(struct order_address, country, "country", 2, .required = true, .format = FORMAT_COUNTRY),
};
SHAPE_SHARED(struct order_address, order_address_shape, "OrderAddress", order_address_members);

#define LINE_MEMBERS \
	M_ID(struct order_line, variant, "variant_id"), M_ID(struct order_line, product, "product_id"), \
	    M_ID(struct order_line, merchant, "merchant_id"), M_TEXT(struct order_line, name, "name", 200, .required = true), \
	    M_TEXT(struct order_line, sku, "sku", 64, .required = true), \
	    M_MAP(struct order_line, options, "options", 3, .required = true), \
	    M_INTEGER(struct order_line, quantity, "quantity", 1, ORDER_QUANTITY_MAX), \
	    M_MONEY(struct order_line, unit_price, "unit_price"), M_MONEY(struct order_line, discount, "discount"), \
	    M_TEXT(struct order_line, tax_rate, "tax_rate", 64, .nullable = true, .example = "\"7.5\"", \
		.description = "Percent of tax."), \
	    M_MONEY(struct order_line, tax, "tax"), \
	    M_MONEY(struct order_line, tax_included, "tax_included", .description = "The tax included in the price."), \
	    M_MONEY(struct order_line, total, "total")

static const struct member quote_line_members[] = { LINE_MEMBERS };
SHAPE_SHARED(struct order_line, quote_line_shape, "QuoteLine", quote_line_members);

static const struct member order_line_members[] = { M_ID(struct order_line, id, "id"), LINE_MEMBERS };
SHAPE_SHARED(struct order_line, order_line_shape, "OrderLine", order_line_members);

static const struct member timeline_entry_members[] = {
	M_TEXT(struct timeline_entry, type, "type", 64, .required = true, .example = "\"order.placed\""),
	M_TIME(struct timeline_entry, created_at, "created_at"),
};
SHAPE_SHARED(struct timeline_entry, timeline_entry_shape, "TimelineEntry", timeline_entry_members);

#define AMOUNT_MEMBERS \
	M_MONEY(struct order, subtotal, "subtotal", .computed = true, .description = "The sum of quantity times unit price."), \
	    M_MONEY(struct order, discount, "discount", .computed = true), \
	    M_MONEY(struct order, shipping, "shipping", .computed = true), \
	    M_MONEY(struct order, tax, "tax", .computed = true, .description = "All tax, including tax_included."), \
	    M_MONEY( \
		struct order, tax_included, "tax_included", .computed = true, .description = "The tax included in the prices."), \
	    M_MONEY(struct order, total, "total", .computed = true, \
		.description = "subtotal - discount + shipping + tax - tax_included."), \
	    M_TEXT(struct order, currency, "currency", 3, .required = true, .example = "\"USD\""), \
	    M_TEXT(struct order, coupon, "coupon", COUPON_CODE_MAX, .example = "null", \
		.description = "The code of the coupon that the discount comes from."), \
	    M_ENUM(struct order, shipping_method, "shipping_method", shipping_method_values)

#define PLACED_MEMBERS \
	M_ID(struct order, id, "id"), \
	    M_TEXT(struct order, number, "number", ORDER_NUMBER_MAX, .required = true, .example = "\"ORD-7K3M9Q2XAB\""), \
	    M_ENUM(struct order, status, "status", order_status_values), \
	    M_ENUM(struct order, payment_status, "payment_status", order_payment_status_values), \
	    M_ARRAY(struct order, lines, n_lines, "items", order_line_shape, ORDER_LINES_MAX), AMOUNT_MEMBERS, \
	    M_METADATA(struct order, metadata, .required = true), \
	    M_OBJECT(struct order, shipping_address, "shipping_address", order_address_shape, .required = true), \
	    M_OBJECT(struct order, billing_address, "billing_address", order_address_shape, .description = "Null for sellers."), \
	    M_TIME(struct order, expires_at, "expires_at", \
		.description = "When an unpaid order expires and its stock is released; null when it does not expire."), \
	    M_TIME(struct order, created_at, "created_at")

static const struct member quote_members[] = {
	M_ARRAY(struct order, lines, n_lines, "items", quote_line_shape, ORDER_LINES_MAX),
	AMOUNT_MEMBERS,
};
SHAPE_SHARED(struct order, quote_shape, "Quote", quote_members);

static const struct member placed_order_members[] = { PLACED_MEMBERS };
SHAPE_SHARED(struct order, placed_order_shape, "PlacedOrder", placed_order_members);

static const struct member order_members[] = {
	PLACED_MEMBERS,
	M_ID(struct order, customer, "customer_id", .column = "user_id"),
	M_TEXT(struct order, payment_method, "payment_method", PAYMENT_METHOD_MAX, .example = "\"online\"",
	    .description = "online or cash_on_delivery; null until one is chosen."),
	M_MONEY(struct order, refunded, "refunded", .computed = true, .omitted = true,
	    .description = "The amount refunded; not shown to sellers."),
	M_TIME(struct order, paid_at, "paid_at"),
	M_TIME(struct order, cancelled_at, "cancelled_at"),
	M_TEXT(struct order, cancel_reason, "cancel_reason", CANCEL_REASON_MAX),
	M_JSON(struct order, timeline, "timeline", timeline_entry_shape, TIMELINE_BYTES, .computed = true, .required = true,
	    .description = "The events of the order, oldest first."),
	M_TEXT(struct order, shipping_json, "shipping_json", ADDRESS_BYTES, .hidden = true, .column = "shipping_address"),
	M_TEXT(struct order, billing_json, "billing_json", ADDRESS_BYTES, .hidden = true, .computed = true),
	M_BOOLEAN(struct order, whole, "whole", .hidden = true),
};
SHAPE_SHARED(struct order, order_shape, "Order", order_members);
