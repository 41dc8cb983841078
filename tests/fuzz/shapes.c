#include "tests/fuzz/shapes.h"

static const char *const status_values[] = { "pending", "paid", "cancelled", NULL };

static const struct member item_members[] = {
	M_ID(struct fuzz_item, variant, "variant_id", .required = true),
	M_INTEGER(struct fuzz_item, quantity, "quantity", 1, 99, .required = true),
	M_TEXT(struct fuzz_item, note, "note", 40, .nullable = true),
};
SHAPE(struct fuzz_item, item_shape, "FuzzItem", item_members);

static const struct member address_members[] = {
	M_TEXT(struct fuzz_address, name, "name", 100, .min = 1, .required = true),
	M_TEXT(struct fuzz_address, line, "line", 200, .min = 1, .required = true),
	M_TEXT(struct fuzz_address, city, "city", 100, .nullable = true),
	M_TEXT(struct fuzz_address, country, "country", 2, .format = FORMAT_COUNTRY, .required = true),
	M_TEXT(struct fuzz_address, phone, "phone", 20, .format = FORMAT_PHONE, .nullable = true),
};
SHAPE(struct fuzz_address, address_shape, "FuzzAddress", address_members);

static const struct member body_members[] = {
	M_TEXT(struct fuzz_body, title, "title", 60, .min = 2, .nullable = true),
	M_TEXT(struct fuzz_body, words, "words", 500, .multiline = true, .nullable = true),
	M_TEXT(struct fuzz_body, secret, "secret", 128, .verbatim = true, .nullable = true),
	M_TEXT(struct fuzz_body, email, "email", 254, .format = FORMAT_EMAIL, .nullable = true),
	M_TEXT(struct fuzz_body, slug, "slug", 80, .format = FORMAT_SLUG, .nullable = true),
	M_TEXT(struct fuzz_body, url, "url", 500, .format = FORMAT_URL, .nullable = true),
	M_TEXT(struct fuzz_body, currency, "currency", 3, .format = FORMAT_CURRENCY, .nullable = true),
	M_INTEGER(struct fuzz_body, count, "count", -1000, INT64_MAX, .defaulted = true, .preset = 7),
	M_INTEGER(struct fuzz_body, limit, "limit", 1, 100, .nullable = true),
	M_BOOLEAN(struct fuzz_body, wanted, "wanted", .defaulted = true, .preset = 1),
	M_BOOLEAN(struct fuzz_body, flag, "flag", .nullable = true),
	M_ID(struct fuzz_body, order, "order_id", .nullable = true),
	M_ENUM(struct fuzz_body, status, "status", status_values, .defaulted = true, .preset = 1),
	M_ENUM(struct fuzz_body, kind, "kind", status_values, .nullable = true),
	M_TIME(struct fuzz_body, at, "at"),
	M_TIME(struct fuzz_body, until, "until", .nullable = true),
	M_OBJECT(struct fuzz_body, address, "address", address_shape, .required = true),
	M_OBJECT(struct fuzz_body, billing, "billing", address_shape, .nullable = true),
	M_ARRAY(struct fuzz_body, items, n_items, "items", item_shape, 20),
	M_TEXTS(struct fuzz_body, tags, n_tags, "tags", 10, .preset = 20),
	M_MAP(struct fuzz_body, attributes, "attributes", 8, .nullable = true),
};
const struct shape fuzz_body_shape = { .name = "FuzzBody",
	.size = sizeof(struct fuzz_body),
	.members = body_members,
	.count = sizeof body_members / sizeof *body_members,
	.seen_offset = offsetof(struct fuzz_body, seen) + 1 };

static const struct member amount_members[] = {
	M_DECIMAL(struct fuzz_amounts, price, "price", .min = 1, .required = true),
	M_DECIMAL(struct fuzz_amounts, compare_at, "compare_at", .nullable = true),
};
SHAPE_SHARED(struct fuzz_amounts, fuzz_amounts_shape, "FuzzAmounts", amount_members);

static const struct member query_members[] = {
	M_TEXT(struct fuzz_query, text, "text", 50, .min = 1),
	M_TEXT(struct fuzz_query, slug, "slug", 80, .format = FORMAT_SLUG),
	M_INTEGER(struct fuzz_query, limit, "limit", 1, 100, .defaulted = true, .preset = 12),
	M_INTEGER(struct fuzz_query, page, "page", INT64_MIN, INT64_MAX),
	M_BOOLEAN(struct fuzz_query, in_stock, "in_stock"),
	M_ID(struct fuzz_query, id, "id"),
	M_DECIMAL(struct fuzz_query, price_from, "price_from"),
	M_ENUM(struct fuzz_query, ordering, "ordering", status_values, .defaulted = true, .preset = 2),
	M_ENUM(struct fuzz_query, status, "status", status_values),
	M_TIME(struct fuzz_query, after, "after"),
};
SHAPE_SHARED(struct fuzz_query, fuzz_query_shape, "FuzzQuery", query_members);
