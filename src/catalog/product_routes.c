/* The calls about products. */
#include "catalog/product.h"

#include "http/request.h"

#define KEEPERS (PERMISSION(CATALOG_WRITE) | PERMISSION(CATALOG_WRITE_OWN))

static const struct route product_routes[] = {
	{ GET, "/products", .id = "listProducts", .permission = PUBLIC, .optional_user = true, .query = &product_list_query_shape,
	  .answer = { 200, &product_page_shape }, .errors = ERRORS(BAD_CURSOR, FORBIDDEN),
	  .summary = "List or search what is on show; with status, one's own products", .handler = list_products },
	{ GET, "/products/{product}", .id = "showProduct", .permission = PUBLIC, .optional_user = true,
	  .answer = { 200, &product_shape }, .summary = "Show one product, by id or slug", .handler = show_product },
	{ POST, "/products", .id = "createProduct", .permission = KEEPERS, .writes = WRITES_DATABASE,
	  .body = &product_create_shape, .answer = { 201, &product_shape }, .errors = ERRORS(SKU_TAKEN, MERCHANT_INACTIVE),
	  .summary = "Make a product with its variants and the stock they begin with", .handler = create_product },
	{ PATCH, "/products/{product}", .id = "changeProduct", .permission = KEEPERS, .writes = WRITES_DATABASE,
	  .body = &product_change_shape, .answer = { 200, &product_shape },
	  .errors = ERRORS(VERSION_MISMATCH, MERCHANT_INACTIVE),
	  .summary = "Change a product; what is left out stays", .handler = change_product },
	{ DELETE, "/products/{product}", .id = "deleteProduct", .permission = KEEPERS, .writes = WRITES_DATABASE,
	  .answer = { 204, NULL }, .errors = ERRORS(VERSION_MISMATCH),
	  .summary = "Take a product away; it can be restored", .handler = delete_product },
	{ POST, "/products/{product}/restore", .id = "restoreProduct", .permission = KEEPERS, .writes = WRITES_DATABASE,
	  .answer = { 200, &product_shape }, .errors = ERRORS(VERSION_MISMATCH),
	  .summary = "Bring a deleted product back", .handler = restore_product },
	{ POST, "/products/{product}/variants", .id = "addVariant", .permission = KEEPERS, .writes = WRITES_DATABASE,
	  .body = &variant_create_shape, .answer = { 201, &variant_shape }, .errors = ERRORS(SKU_TAKEN, VERSION_MISMATCH),
	  .summary = "Add a variant to a product with options", .handler = add_variant },
	{ PATCH, "/variants/{variant}", .id = "changeVariant", .permission = KEEPERS, .writes = WRITES_DATABASE,
	  .body = &variant_change_shape, .answer = { 200, &variant_shape }, .errors = ERRORS(SKU_TAKEN, VERSION_MISMATCH),
	  .summary = "Change a variant; If-Match takes its product's tag", .handler = change_variant },
	{ DELETE, "/variants/{variant}", .id = "deleteVariant", .permission = KEEPERS, .writes = WRITES_DATABASE,
	  .answer = { 204, NULL }, .errors = ERRORS(CONFLICT), .summary = "Take a variant away; a product keeps at least one",
	  .handler = delete_variant },
};
ROUTE_TABLE(product_table, "Products", "What is sold, and in which variants.", product_routes);
