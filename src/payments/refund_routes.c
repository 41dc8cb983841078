/* The routes of refunds of all payments. */
#include "http/request.h"
#include "payments/payments.h"
#include "payments/refund_list.h"

PAGE(struct refund_summary_page, refund_summary_page_shape, "RefundSummaryPage", refund_summary_shape);

static const struct problem *
show_refunds(struct request *request)
{
	const struct refunds_query *query = QUERY(request, struct refunds_query);
	struct refund_summary_page  answer;
	struct page_request         page;
	struct listed               listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_refunds(request->work, &query->filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct route refund_routes[] = {
	{ GET, "/refunds", .id = "listAllRefunds", .permission = PERMISSION(PAYMENT_READ_ALL), .csv = true,
	    .query = &refunds_query_shape, .answer = { 200, &refund_summary_page_shape }, .errors = ERRORS(BAD_CURSOR),
	    .summary = "List the refunds of all payments, newest first",
	    .description =
		"A page may be short, or empty, and still have a next one: filters look at some refunds at a time. Sellers "
		"find theirs at their payments.",
	    .handler = show_refunds },
};

ROUTE_TABLE(refunds_table, "Refunds", "What is given back, of all payments.", refund_routes);
