/* The shapes of products in answers. */
#include "catalog/document.h"

#include "exchange/display.h"
#include "media/media.h"

const char *const product_status_values[] = { "draft", "published", "archived", NULL };

static const struct member category_brief_members[] = {
	M_ID(struct category_brief, id, "id"),
	M_TEXT(struct category_brief, name, "name", 120, .required = true, .example = "\"Kitchen\""),
	M_TEXT(struct category_brief, slug, "slug", 150, .required = true, .example = "\"kitchen\""),
};
SHAPE_SHARED(struct category_brief, category_brief_shape, "CategoryBrief", category_brief_members);

static const struct member brand_brief_members[] = {
	M_ID(struct brand_brief, id, "id"),
	M_TEXT(struct brand_brief, name, "name", 120, .required = true, .example = "\"Kashphul\""),
	M_TEXT(struct brand_brief, slug, "slug", 150, .required = true, .example = "\"kashphul\""),
};
SHAPE_SHARED(struct brand_brief, brand_brief_shape, "BrandBrief", brand_brief_members);

static const struct member product_summary_members[] = {
	M_ID(struct product_summary, id, "id"),
	M_TEXT(struct product_summary, slug, "slug", 230, .required = true, .example = "\"clay-water-pitcher\""),
	M_TEXT(struct product_summary, name, "name", 200, .required = true, .example = "\"Clay water pitcher\""),
	M_MONEY(struct product_summary, price, "price", .computed = true, .live = LIVE_PRICE,
	    .description = "The lowest price of its variants in stock, or of all its variants while none is in stock."),
	M_DISPLAY_PRICE(struct product_summary, display_price, "display_price", "price"),
	M_MONEY(struct product_summary, price_max, "price_max", .computed = true, .live = LIVE_PRICE_MAX,
	    .description = "The highest price of the same variants; null if they have one price."),
	M_MONEY(struct product_summary, compare_at_price, "compare_at_price",
	    .description = "A higher reference price, for example before a discount."),
	M_TEXT(struct product_summary, currency, "currency", 3, .required = true, .example = "\"BDT\""),
	M_OBJECT(struct product_summary, category, "category", category_brief_shape),
	M_OBJECT(struct product_summary, brand, "brand", brand_brief_shape),
	M_JSON(struct product_summary, image, "image", media_shape, IMAGE_BYTES, .computed = true, .single = true,
	    .description = "The first of its images."),
	M_TEXT(struct product_summary, rating, "rating", 4, .column = "rating_average", .required = true, .example = "\"4.50\"",
	    .description = "The mean rating; 0.00 without reviews."),
	M_INTEGER(struct product_summary, rating_count, "rating_count", 0, INT32_MAX),
	M_BOOLEAN(struct product_summary, in_stock, "in_stock", .computed = true, .live = LIVE_IN_STOCK),
	M_BOOLEAN(struct product_summary, is_featured, "is_featured"),
	M_ENUM(struct product_summary, status, "status", product_status_values, .example = "\"published\""),
	M_TIME(struct product_summary, created_at, "created_at", .hidden = true),
	M_INTEGER(struct product_summary, sales_count, "sales_count", 0, INT64_MAX, .hidden = true),
	M_MONEY(struct product_summary, base_price, "base_price", .computed = true, .hidden = true),
};
SHAPE_SHARED(struct product_summary, product_summary_shape, "ProductSummary", product_summary_members);

static const struct member product_option_members[] = {
	M_TEXT(struct product_option, name, "name", 64, .required = true, .min = 1, .example = "\"size\""),
	M_TEXTS(struct product_option, values, n_values, "values", OPTION_VALUES_MAX, .required = true, .min = 1),
};
SHAPE_SHARED(struct product_option, product_option_shape, "ProductOption", product_option_members);

static const struct member variant_members[] = {
	M_ID(struct variant, id, "id"),
	M_TEXT(struct variant, sku, "sku", 64, .required = true, .example = "\"PITCHER-1L\""),
	M_MAP(struct variant, options, "options", OPTIONS_MAX, .required = true),
	M_MONEY(struct variant, price, "price", .computed = true, .description = "The variant's own price or its product's."),
	M_DISPLAY_PRICE(struct variant, display_price, "display_price", "price"),
	M_TEXT(struct variant, barcode, "barcode", 64, .example = "\"8901234567890\""),
	M_INTEGER(struct variant, weight_grams, "weight_grams", 0, INT32_MAX),
	M_INTEGER(struct variant, available, "available", 0, INT32_MAX, .computed = true, .live = LIVE_AVAILABLE,
	    .description = "In stock and not reserved."),
	M_ID(struct variant, product, "product_id", .computed = true, .hidden = true),
	M_INTEGER(struct variant, product_version, "product_version", 0, INT32_MAX, .computed = true, .hidden = true),
};
SHAPE_SHARED(struct variant, variant_shape, "Variant", variant_members);

static const struct member product_merchant_members[] = {
	M_ID(struct product_merchant, id, "id"),
	M_TEXT(struct product_merchant, shop_name, "shop_name", 150, .required = true, .example = "\"Rahima Crafts\""),
};
SHAPE_SHARED(struct product_merchant, product_merchant_shape, "ProductMerchant", product_merchant_members);

static const struct member product_review_members[] = {
	M_ID(struct product_review, id, "id"),
	M_INTEGER(struct product_review, rating, "rating", 1, 5, .example = "5"),
	M_TEXT(struct product_review, title, "title", 150, .example = "\"Keeps its promise\""),
	M_TEXT(struct product_review, text, "text", 5000, .multiline = true, .example = "\"Cool water all day.\""),
	M_JSON(struct product_review, images, "images", media_shape, REVIEW_IMAGES_BYTES, .required = true),
	M_TEXT(struct product_review, user_name, "user_name", 160, .required = true, .example = "\"Amina K.\""),
	M_INTEGER(struct product_review, likes, "likes", 0, INT32_MAX, .column = "likes_count"),
	M_INTEGER(struct product_review, replies_count, "replies_count", 0, INT32_MAX),
	M_BOOLEAN(struct product_review, verified, "verified", .computed = true),
	M_TIME(struct product_review, created_at, "created_at"),
};
SHAPE_SHARED(struct product_review, product_review_shape, "ProductReview", product_review_members);

static const struct member product_members[] = {
	M_ID(struct product, id, "id"),
	M_TEXT(struct product, slug, "slug", 230, .required = true, .example = "\"clay-water-pitcher\""),
	M_TEXT(struct product, name, "name", 200, .required = true, .example = "\"Clay water pitcher\""),
	M_TEXT(struct product, description, "description", 20000, .required = true, .multiline = true,
	    .example = "\"Keeps water cool.\""),
	M_MONEY(struct product, price, "price", .description = "The product's own price, for variants without one of their own."),
	M_MONEY(struct product, price_min, "price_min", .computed = true, .live = LIVE_PRICE,
	    .description = "The lowest price of its variants in stock, or of all its variants while none is in stock."),
	M_DISPLAY_PRICE(struct product, display_price, "display_price", "lowest price"),
	M_MONEY(struct product, price_max, "price_max", .computed = true, .live = LIVE_PRICE_MAX,
	    .description = "The highest price of the same variants; null if they have one price."),
	M_MONEY(struct product, compare_at_price, "compare_at_price",
	    .description = "A higher reference price, for example before a discount."),
	M_MONEY(struct product, cost_price, "cost_price", .computed = true, .omitted = true,
	    .description = "Visible only to its seller and staff."),
	M_METADATA(struct product, metadata, .computed = true, .omitted = true),
	M_TEXT(struct product, currency, "currency", 3, .required = true, .example = "\"BDT\""),
	M_OBJECT(struct product, merchant, "merchant", product_merchant_shape),
	M_OBJECT(struct product, category, "category", category_brief_shape),
	M_OBJECT(struct product, brand, "brand", brand_brief_shape),
	M_JSON(struct product, image, "image", media_shape, IMAGE_BYTES, .computed = true, .single = true,
	    .description = "The first of its images."),
	M_JSON(struct product, images, "images", media_shape, IMAGES_BYTES, .required = true),
	M_JSON(struct product, options, "options", product_option_shape, OPTIONS_BYTES, .required = true),
	M_SPECS(struct product, .required = true),
	M_ARRAY(struct product, variants, n_variants, "variants", variant_shape, VARIANTS_MAX),
	M_TEXT(struct product, rating, "rating", 4, .column = "rating_average", .required = true, .example = "\"4.50\"",
	    .description = "The mean rating; 0.00 without reviews."),
	M_INTEGER(struct product, rating_count, "rating_count", 0, INT32_MAX),
	M_JSON(struct product, reviews, "reviews", product_review_shape, TOP_REVIEWS_BYTES, .column = "top_reviews",
	    .required = true, .description = "The three most liked."),
	M_INTEGER(
	    struct product, sales_count, "sales_count", 0, INT64_MAX, .live = LIVE_SALES_COUNT, .description = "Quantity sold."),
	M_BOOLEAN(struct product, in_stock, "in_stock", .computed = true, .live = LIVE_IN_STOCK),
	M_TEXT(struct product, tax_class, "tax_class", 32, .required = true, .example = "\"standard\""),
	M_ENUM(struct product, status, "status", product_status_values, .example = "\"published\""),
	M_BOOLEAN(struct product, is_featured, "is_featured"),
	M_INTEGER(struct product, version, "version", 1, INT32_MAX),
	M_TIME(struct product, created_at, "created_at"),
	M_TIME(struct product, updated_at, "updated_at"),
};
SHAPE_SHARED(struct product, product_shape, "Product", product_members);

void
product_displayed(struct product *product, const struct display *display)
{
	product->display_price = display_price(display, product->price_min);
	for (size_t i = 0; i < product->n_variants; i++)
		product->variants[i].display_price = display_price(display, product->variants[i].price);
}
