/* The routes of shops: the public page, and the owner's own. */
#include "catalog/shop.h"

#include "catalog/catalog.h"
#include "catalog/shown.h"
#include "http/request.h"

static const struct problem *
make_shop(struct work *work, void *argument, struct text *into, const char **label)
{
	struct shop *shop;

	(void)label;
	TRY(read_shop(work, argument, &shop));
	shape_print(&shop_shape, shop, into);
	return OK;
}

static const struct problem *
handle_show_shop(struct request *request)
{
	const char        *id_or_slug = path_text(request, "shop");
	struct stamped_key key;
	struct shop       *shop;

	if (id_or_slug != NULL && shown_shop_key(request->work, id_or_slug, &key))
		return respond_stamped(request, &key, make_shop, (void *)id_or_slug);
	TRY(read_shop(request->work, id_or_slug, &shop));
	return respond(request, shop);
}

static const struct problem *
respond_own(struct request *request, const struct own_shop *shop)
{
	return respond_tagged(request, shop, shop->merchant.id.uuid, shop->merchant.version);
}

static const struct problem *
handle_show_own_shop(struct request *request)
{
	struct own_shop *shop;

	TRY(read_own_shop(request->work, &shop));
	return respond_own(request, shop);
}

static const struct problem *
handle_change_own_shop(struct request *request)
{
	struct own_shop *shop;

	TRY(change_own_shop(request->work, BODY(request, struct shop_change), expected_version(request), &shop));
	return respond_own(request, shop);
}

static const struct route shop_routes[] = {
	{ GET, "/shops/{shop}", .id = "showShop", .permission = PUBLIC, .tagged = true, .answer = { 200, &shop_shape },
	    .errors = ERRORS(NOT_FOUND), .summary = "Show a shop by id or slug",
	    .description = "Only shops that sell. A slug that the shop had before finds it, too.", .handler = handle_show_shop },
	{ GET, "/merchants/me", .id = "showOwnShop", .permission = PERMISSION(CATALOG_WRITE_OWN), .tagged = true,
	    .answer = { 200, &own_shop_shape }, .summary = "Show your own shop", .handler = handle_show_own_shop },
	{ PATCH, "/merchants/me", .id = "changeOwnShop", .permission = PERMISSION(CATALOG_WRITE_OWN), .writes = WRITES_DATABASE,
	    .body = &shop_change_shape, .answer = { 200, &own_shop_shape },
	    .errors = ERRORS(CONFLICT, VERSION_MISMATCH, BUSINESS_ID_TAKEN), .summary = "Change your own shop",
	    .description = "What staff have verified it by, `business_type` and `business_id`, only while it is pending.",
	    .handler = handle_change_own_shop },
};

ROUTE_TABLE(shop_table, "Shops", "The shops that sell here, and your own.", shop_routes);
