libhaat_a_SOURCES += \
	src/catalog/bought_together.c src/catalog/bought_together.h \
	src/catalog/brand.c src/catalog/brand.h \
	src/catalog/brand_routes.c \
	src/catalog/catalog.h \
	src/catalog/category.c src/catalog/category.h \
	src/catalog/category_routes.c \
	src/catalog/category_tree.c \
	src/catalog/category_write.c \
	src/catalog/document.h \
	src/catalog/document_check.c \
	src/catalog/document_print.c src/catalog/document_print.h \
	src/catalog/document_read.c \
	src/catalog/document_stock.c \
	src/catalog/listing.c src/catalog/listing.h \
	src/catalog/offers.c \
	src/catalog/product.h \
	src/catalog/product_body.c src/catalog/product_body.h \
	src/catalog/product_bulk.c src/catalog/product_bulk.h \
	src/catalog/product_lock.c src/catalog/product_update.c src/catalog/product_variants.c \
	src/catalog/product_create.c \
	src/catalog/product_events.c \
	src/catalog/product_export.c src/catalog/product_export.h \
	src/catalog/product_facets.c src/catalog/product_facets.h \
	src/catalog/product_import.c src/catalog/product_import.h \
	src/catalog/product_references.c \
	src/catalog/product_list.c src/catalog/product_list.h \
	src/catalog/product_media.c \
	src/catalog/product_own.c src/catalog/product_own.h \
	src/catalog/product_query.c src/catalog/product_query.h src/catalog/product_rules.c \
	src/catalog/product_rating.c \
	src/catalog/product_routes.c \
	src/catalog/product_search.c src/catalog/product_search.h \
	src/catalog/product_select.c src/catalog/product_select.h \
	src/catalog/product_suggest.c src/catalog/product_suggest.h \
	src/catalog/product_shapes.c \
	src/catalog/product_read.c \
	src/catalog/product_write.h \
	src/catalog/reprice.c src/catalog/reprice.h \
	src/catalog/recommend.c src/catalog/recommend.h \
	src/catalog/search.h src/catalog/search_fill.c src/catalog/search_index.c \
	src/catalog/search_words.c src/catalog/search_words.h \
	src/catalog/search_text.c src/catalog/search_text.h \
	src/catalog/own_shop.c src/catalog/shop.c src/catalog/shop.h src/catalog/shop_routes.c \
	src/catalog/sitemap.c src/catalog/sitemap.h \
	src/catalog/shown.c src/catalog/shown.h \
	src/catalog/variant.c
