/* Orders, newest first: a customer's own, a seller's parts, or all of them for staff. */
#include "orders/order.h"

#include "base/text.h"
#include "http/page.h"
#include "http/request.h"
#include "orders/state.h"
#include "store/db.h"

#include <assert.h>

enum { LIST_PARAMETERS_MAX = 16, DAY_MS = 24 * 3600 * 1000 };

struct order_list_query {
	struct list_query   list;
	int                *status, *payment_status;
	struct merchant_id *merchant;
	const char         *from, *to;
};

static const struct member order_list_query_members[] = {
	LIST_QUERY(struct order_list_query),
	M_ENUM(struct order_list_query, status, "status", order_status_values),
	M_ENUM(struct order_list_query, payment_status, "payment_status", order_payment_status_values),
	M_ID(struct order_list_query, merchant, "merchant", .description = "Only orders with a part of this merchant."),
	M_TEXT(struct order_list_query, from, "from", 35, .min = 1, .example = "\"2026-01-01\"",
	    .description = "Placed at this time or later; a date or an RFC 3339 time."),
	M_TEXT(struct order_list_query, to, "to", 35, .min = 1, .example = "\"2026-12-31\"",
	    .description = "Placed at this time or before; a date (to its end) or an RFC 3339 time."),
};
SHAPE_SHARED(struct order_list_query, order_list_query_shape, "OrderListQuery", order_list_query_members);

struct order_summary {
	struct order_id id;
	const char     *number;
	struct user_id  customer;
	int             status, payment_status;
	int64_t         item_count;
	struct money    total;
	const char     *currency;
	struct instant *expires_at, created_at;
};

static const struct member order_summary_members[] = {
	M_ID(struct order_summary, id, "id"),
	M_TEXT(struct order_summary, number, "number", ORDER_NUMBER_MAX, .required = true, .example = "\"ORD-7K3M9Q2XAB\""),
	M_ID(struct order_summary, customer, "customer_id"),
	M_ENUM(struct order_summary, status, "status", order_status_values),
	M_ENUM(struct order_summary, payment_status, "payment_status", order_payment_status_values),
	M_INTEGER(struct order_summary, item_count, "item_count", 1, ORDER_LINES_MAX * ORDER_QUANTITY_MAX, .description = "Pieces."),
	M_MONEY(struct order_summary, total, "total", .description = "To a seller, of their part."),
	M_TEXT(struct order_summary, currency, "currency", 3, .required = true, .example = "\"USD\""),
	M_TIME(struct order_summary, expires_at, "expires_at"),
	M_TIME(struct order_summary, created_at, "created_at"),
};
SHAPE(struct order_summary, order_summary_shape, "OrderSummary", order_summary_members);

PAGE_STRUCT_(struct order_page, order_summary_shape)
static const struct member order_page_members[] = { PAGE_MEMBERS_(struct order_page, order_summary_shape) };
SHAPE_SHARED(struct order_page, order_page_shape, "OrderPage", order_page_members);

/* A statement put together from constant fragments. */
struct listing {
	struct text      sql;
	struct parameter parameters[LIST_PARAMETERS_MAX];
	size_t           n;
	const char      *key; /* the column that orders the list: of the index that is walked */
};

static void
where(struct listing *listing, const char *fragment, struct parameter parameter)
{
	assert(listing->n < LIST_PARAMETERS_MAX);
	text_add_string(&listing->sql, fragment);
	listing->parameters[listing->n++] = parameter;
}

static void
where_key(struct listing *listing, const char *comparison, struct uuid id)
{
	text_addf(&listing->sql, " AND %s %s", listing->key, comparison);
	where(listing, " ?", P(id));
}

/* A date, or a time with all that RFC 3339 asks for; `end` makes it the first moment after it. */
static bool
read_moment(const char *text, bool end, struct instant *into)
{
	char whole[sizeof "2026-01-01T00:00:00Z"];

	if (strlen(text) != sizeof "2026-01-01" - 1) {
		if (!instant_parse(text, into))
			return false;
		into->unix_ms += end;
		return true;
	}
	snprintf(whole, sizeof whole, "%sT00:00:00Z", text);
	if (!instant_parse(whole, into))
		return false;
	into->unix_ms += end ? DAY_MS : 0;
	return true;
}

/* The first id that could be made at a moment: version 7 begins with the milliseconds. */
static struct uuid
first_id(struct instant moment)
{
	struct uuid id = { { [6] = 0x70, [8] = 0x80 } };

	for (int i = 0; i < 6; i++)
		id.bytes[i] = (uint8_t)((uint64_t)moment.unix_ms >> (40 - 8 * i));
	return id;
}

static const struct problem *
where_between(struct work *work, const struct order_list_query *query, struct listing *listing)
{
	static const char fault[] = "must be a date like 2026-01-31 or a time like 2026-01-31T08:00:00Z";
	struct instant    moment;

	if (query->from != NULL) {
		if (!read_moment(query->from, false, &moment) || moment.unix_ms < 0)
			return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "from", fault);
		where_key(listing, ">=", first_id(moment));
	}
	if (query->to != NULL) {
		if (!read_moment(query->to, true, &moment) || moment.unix_ms < 0)
			return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, "to", fault);
		where_key(listing, "<", first_id(moment));
	}
	return OK;
}

#define SUMMARY "SELECT o.id, o.number, o.user_id AS customer_id, o.status, o.payment_status, o.currency, o.expires_at, o.created_at, "
#define WHOLE_ORDER                                                                            \
	"o.total_minor, (SELECT SUM(l.quantity) FROM order_lines l WHERE l.order_id = o.id) AS item_count "
#define SELLERS_PART                                                                           \
	"m.total_minor, (SELECT SUM(l.quantity) FROM order_lines l WHERE l.order_id = o.id AND l.merchant_id = m.merchant_id) " \
	"AS item_count "
#define BY_MERCHANT "FROM order_merchants m STRAIGHT_JOIN orders o ON o.id = m.order_id WHERE m.merchant_id = ?"

/* Whose orders: the first condition decides which index is walked. */
static void
begin_listing(struct request *request, const struct order_list_query *query, struct listing *listing)
{
	const struct viewer *viewer = &request->work->viewer;
	bool                 all = MAY(request->work, ORDER_READ_ALL);

	*listing = (struct listing) { .sql = text_new(request->work->arena, 1024), .key = "o.id" };
	text_add_string(&listing->sql, SUMMARY);
	if (!all && viewer->merchant != NULL) {
		text_add_string(&listing->sql, SELLERS_PART);
		where(listing, BY_MERCHANT, P(*viewer->merchant));
		if (query->merchant != NULL)
			where(listing, " AND m.merchant_id = ?", P(*query->merchant));
		listing->key = "m.order_id";
	} else if (query->merchant != NULL) {
		text_add_string(&listing->sql, WHOLE_ORDER);
		where(listing, BY_MERCHANT, P(*query->merchant));
		listing->key = "m.order_id";
	} else {
		text_add_string(&listing->sql, WHOLE_ORDER "FROM orders o WHERE TRUE");
	}
	if (!all && viewer->merchant == NULL)
		where(listing, " AND o.user_id = ?", P(viewer->user));
	if (query->status != NULL)
		where(listing, " AND o.status = ?", P(order_status_values[*query->status]));
	if (query->payment_status != NULL)
		where(listing, " AND o.payment_status = ?", P(order_payment_status_values[*query->payment_status]));
}

static void
cursor_of(const void *row, int ordering, struct cursor *into)
{
	(void)ordering;
	into->id = ((const struct order_summary *)row)->id.uuid;
}

const struct problem *
list_orders(struct request *request)
{
	const struct order_list_query *query = QUERY(request, struct order_list_query);
	struct work                   *work = request->work;
	int64_t                        limit = query->list.limit;
	struct listing                 listing;
	struct order_page              page;
	struct cursor                  cursor;

	TRY(cursor_read(request, query->list.cursor, NULL, 0, &cursor));
	begin_listing(request, query, &listing);
	TRY(where_between(work, query, &listing));
	if (cursor.given)
		where_key(&listing, cursor.backward ? ">" : "<", cursor.id);
	text_addf(&listing.sql, " ORDER BY %s %s", listing.key, cursor.backward ? "ASC" : "DESC");
	where(&listing, " LIMIT ?", P(limit + 1));
	TRY(db_rows_(work->db, &order_summary_shape, (size_t)limit + 1, &page.results, &page.n_results,
	    db_compose(work->db, listing.sql.bytes), listing.n, listing.parameters));
	page_links(request, &cursor, limit, page.results, sizeof *page.results, &page.n_results, cursor_of, &page.next,
	    &page.previous);
	return respond(request, &page);
}
