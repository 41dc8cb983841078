/* What can be done to many things at once: by which use-case, by whom, and of which list they are. */
#include "lists/bulk.h"

#include "base/arena.h"
#include "catalog/product_body.h"
#include "catalog/product_own.h"
#include "catalog/reprice.h"
#include "fulfilment/fulfilment.h"
#include "http/permission.h"
#include "inventory/stock_view.h"
#include "reviews/review.h"
#include "webhooks/dead_events.h"

#include <string.h>

enum { FOUND_AT_ONCE = 500 };

/* ---- lists ---- */

/* The ids that stand in rows of a list, each at the row's beginning. */
static struct uuid *
ids_of(struct arena *arena, const void *rows, size_t size, size_t id_offset, size_t count)
{
	struct uuid *ids = ARENA_ARRAY(arena, count, struct uuid);

	for (size_t i = 0; i < count; i++)
		memcpy(&ids[i], (const char *)rows + i * size + id_offset, sizeof *ids);
	return ids;
}
#define IDS_OF(work, rows, member, listed) \
	ids_of((work)->arena, (rows), sizeof *(rows), offsetof(__typeof__(*(rows)), member), (listed)->count)

static const struct problem *
find_products(struct work *work, const void *query, const struct page_request *page, struct uuid **ids, struct listed *listed)
{
	const struct product_query *of = query;
	struct page_request         by_time = *page;
	struct product_summary     *products;

	if (of->status == NULL)
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "filter", "must have a status");
	by_time.ordering = BY_CREATED_DOWN;
	TRY(find_products_by_status(work, of, &by_time, &products, listed));
	*ids = IDS_OF(work, products, id, listed);
	return OK;
}

static const struct problem *
find_stock(struct work *work, const void *query, const struct page_request *page, struct uuid **ids, struct listed *listed)
{
	struct stock *stock;

	TRY(list_stock(work, &((const struct stock_query *)query)->filter, page, &stock, listed));
	*ids = IDS_OF(work, stock, variant, listed);
	return OK;
}

static const struct problem *
find_fulfilments(struct work *work, const void *query, const struct page_request *page, struct uuid **ids, struct listed *listed)
{
	struct fulfilment_summary *fulfilments;

	TRY(list_fulfilments(work, &((const struct fulfilments_query *)query)->filter, page, &fulfilments, listed));
	*ids = IDS_OF(work, fulfilments, id, listed);
	return OK;
}

static const struct problem *
find_reviews(struct work *work, const void *query, const struct page_request *page, struct uuid **ids, struct listed *listed)
{
	struct review *reviews;

	TRY(list_moderated(work, &((const struct moderated_query *)query)->filter, page, &reviews, listed));
	*ids = IDS_OF(work, reviews, id, listed);
	return OK;
}

static const struct problem *
find_events(struct work *work, const void *query, const struct page_request *page, struct uuid **ids, struct listed *listed)
{
	const struct stored_events_query *of = query;
	struct event_filters              filters = { of->status, of->provider, of->type };
	struct stored_event              *events;

	TRY(list_stored_events(work, &filters, page, &events, listed));
	*ids = IDS_OF(work, events, id, listed);
	return OK;
}

static const struct bulk_list products_list = { &product_query_shape, find_products };
static const struct bulk_list stock_list = { &stock_query_shape, find_stock };
static const struct bulk_list fulfilments_list = { &fulfilments_query_shape, find_fulfilments };
static const struct bulk_list reviews_list = { &moderated_query_shape, find_reviews };
static const struct bulk_list events_list = { &stored_events_query_shape, find_events };

const struct problem *
read_bulk_filter(struct work *work, const struct bulk_list *list, const char *filter, void **query)
{
	struct faults faults, named = { .count = 0 };

	*query = arena_alloc(work->arena, list->query->size);
	if (shape_parse_query(list->query, filter, work->arena, *query, &faults))
		return OK;
	for (size_t i = 0; i < faults.count; i++)
		faults_add(&named, "filter", arena_format(work->arena, "%s: %s", faults.list[i].where, faults.list[i].what));
	return problem_faults(
	    work->arena, PROBLEM_VALIDATION_FAILED, "the filter is no query of the action's list; see details", &named);
}

const struct problem *
find_bulk(struct work *work, int action, const char *filter, struct uuid **found, size_t *count)
{
	const struct bulk_list *list = bulk_kinds[action].list;
	struct page_request     page = { .limit = FOUND_AT_ONCE };
	struct listed           listed;
	struct uuid            *ids;
	void                   *query;

	*count = 0;
	*found = ARENA_ARRAY(work->arena, BULK_MAX + 1, struct uuid);
	TRY(read_bulk_filter(work, list, filter, &query));
	do {
		TRY(list->find(work, query, &page, &ids, &listed));
		for (size_t i = 0; i < listed.count && *count <= BULK_MAX; i++)
			(*found)[(*count)++] = ids[i];
		page.given = true;
		if (listed.next != NULL)
			page.key = *listed.next;
	} while (listed.next != NULL && *count <= BULK_MAX);
	return OK;
}

/* ---- actions ---- */

static const struct problem *
set_status(struct work *work, struct uuid id, int status)
{
	struct product_body body = { .status = &status };
	struct product     *product;

	shape_note(&product_change_shape, &body, "status");
	return update_product(work, (struct product_id) { id }, &product_change_shape, &body, NULL, &product);
}

static const struct problem *
publish(struct work *work, struct uuid id, const struct bulk_action *action)
{
	(void)action;
	return set_status(work, id, PRODUCT_PUBLISHED);
}

static const struct problem *
archive(struct work *work, struct uuid id, const struct bulk_action *action)
{
	(void)action;
	return set_status(work, id, PRODUCT_ARCHIVED);
}

static const struct problem *
price(struct work *work, struct uuid id, const struct bulk_action *action)
{
	struct decimal percent;

	if (!decimal_parse(action->percent, strlen(action->percent), &percent))
		return problem(INTERNAL, "a bulk action has no percent");
	return reprice_product(work, (struct product_id) { id }, percent);
}

static const struct problem *
change_stock(struct work *work, struct uuid id, const struct bulk_action *action)
{
	struct adjustment adjustment = { .delta = *action->delta, .reason = action->reason };
	struct stock     *stock;

	return adjust_stock(work, (struct variant_id) { id }, &adjustment, &stock);
}

static const struct problem *
pack(struct work *work, struct uuid id, const struct bulk_action *action)
{
	(void)action;
	return pack_fulfilment(work, (struct fulfilment_id) { id });
}

static const struct problem *
ship(struct work *work, struct uuid id, const struct bulk_action *action)
{
	return ship_fulfilment(work, (struct fulfilment_id) { id }, &(struct shipment) { .carrier = action->carrier });
}

static const struct problem *
hide_review(struct work *work, struct uuid id, const struct bulk_action *action)
{
	struct review *review;

	return moderate_review(work, (struct review_id) { id }, true, action->reason, &review);
}

static const struct problem *
replay(struct work *work, struct uuid id, const struct bulk_action *action)
{
	(void)action;
	return replay_dead_event(work, id);
}

static const struct problem *
drop(struct work *work, struct uuid id, const struct bulk_action *action)
{
	return drop_dead_event(work, id, action->reason);
}

#define SELLS (PERMISSION(CATALOG_WRITE) | PERMISSION(CATALOG_WRITE_OWN))
#define FULFILS (PERMISSION(ORDER_FULFIL) | PERMISSION(ORDER_FULFIL_OWN))

const struct bulk_kind bulk_kinds[BULK_NAME__COUNT] = {
	[BULK_PUBLISH] = { SELLS, 0, &products_list, publish },
	[BULK_ARCHIVE] = { SELLS, 0, &products_list, archive },
	[BULK_PRICE] = { SELLS, BULK_NEEDS_PERCENT, &products_list, price },
	[BULK_STOCK] = { PERMISSION(INVENTORY_WRITE) | PERMISSION(INVENTORY_WRITE_OWN), BULK_NEEDS_DELTA | BULK_NEEDS_REASON,
	    &stock_list, change_stock },
	[BULK_PACK] = { FULFILS, 0, &fulfilments_list, pack },
	[BULK_SHIP] = { FULFILS, BULK_NEEDS_CARRIER, &fulfilments_list, ship },
	[BULK_HIDE_REVIEW] = { PERMISSION(REVIEW_MODERATE), BULK_TAKES_REASON, &reviews_list, hide_review },
	[BULK_REPLAY] = { PERMISSION(WEBHOOK_REPLAY), 0, &events_list, replay },
	[BULK_DROP] = { PERMISSION(WEBHOOK_REPLAY), BULK_NEEDS_REASON, &events_list, drop },
};
