/* The stock of a variant as it is shown, and as events tell it. */
#include "inventory/stock_view.h"

#include "http/permission.h"
#include "store/db.h"

static const struct member stock_members[] = {
	M_ID(struct stock, variant, "variant_id"),
	M_ID(struct stock, variant, "id", .computed = true, .hidden = true), /* by which lists go on */
	M_ID(struct stock, product, "product_id", .computed = true),
	M_TEXT(
	    struct stock, product_name, "product_name", 255, .computed = true, .required = true, .example = "\"Clay pitcher\""),
	M_ID(struct stock, merchant, "merchant_id", .computed = true, .hidden = true),
	M_TEXT(struct stock, sku, "sku", 64, .computed = true, .required = true, .example = "\"PITCHER-1L\""),
	M_MONEY(struct stock, price, "price", .computed = true, .description = "The variant's own price or its product's."),
	M_TEXT(struct stock, currency, "currency", 3, .computed = true, .required = true, .example = "\"BDT\""),
	M_INTEGER(struct stock, on_hand, "on_hand", 0, INT32_MAX, .description = "Quantity in stock."),
	M_INTEGER(
	    struct stock, reserved, "reserved", 0, INT32_MAX, .description = "Quantity reserved by orders, included in on_hand."),
	M_INTEGER(
	    struct stock, available, "available", 0, INT32_MAX, .computed = true, .description = "Quantity that can be ordered."),
	M_INTEGER(
	    struct stock, low_stock, "low_stock", 0, INT32_MAX, .description = "At or below this quantity the stock is low."),
	M_BOOLEAN(struct stock, is_low, "is_low", .computed = true),
};
SHAPE_SHARED(struct stock, stock_shape, "Stock", stock_members, .noun = "variant");

/* What events tell. */
static const struct member stock_state_members[] = {
	M_ID(struct stock, variant, "variant_id"),
	M_ID(struct stock, product, "product_id"),
	M_ID(struct stock, merchant, "merchant_id"),
	M_TEXT(struct stock, sku, "sku", 64, .required = true, .example = "\"PITCHER-1L\""),
	M_INTEGER(struct stock, on_hand, "on_hand", 0, INT32_MAX),
	M_INTEGER(struct stock, reserved, "reserved", 0, INT32_MAX),
	M_INTEGER(struct stock, available, "available", 0, INT32_MAX),
	M_INTEGER(struct stock, low_stock, "low_stock", 0, INT32_MAX),
	M_BOOLEAN(struct stock, is_low, "is_low"),
};
SHAPE_SHARED(struct stock, stock_state_shape, "StockState", stock_state_members);

const struct problem *
read_stock(struct work *work, struct variant_id variant, struct stock **stock)
{
	return db_one(work->db, &stock_shape, stock, STOCK_SELECT " WHERE i.variant_id = ? AND (? OR p.merchant_id = ?)",
	    P(variant), P(MAY(work, INVENTORY_WRITE)), P(work->viewer.merchant));
}
