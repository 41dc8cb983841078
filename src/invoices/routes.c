/* The route of invoices' PDFs: table and thin handler.  Their page is among the pages. */
#include "http/request.h"
#include "invoices/file.h"
#include "invoices/invoices.h"
#include "invoices/list.h"
#include "invoices/query.h"

static const struct problem *
show_pdf(struct request *request)
{
	struct invoice_set set;
	struct bytes       pdf;
	struct uuid        merchant;
	const struct uuid *of;
	const char        *id = path_text(request, "id");

	TRY(invoice_query_seller(request, &merchant, &of));
	TRY(find_invoices(request->work, id == NULL ? "" : id, of, &set));
	TRY(find_invoice_file(request->work, &set, &pdf));
	respond_header(request, "Cache-Control", "private, no-cache");
	if (pdf.bytes != NULL)
		return respond_text(request, "application/pdf", (const char *)pdf.bytes, pdf.length);
	respond_header(request, "Retry-After", "1");
	TRY(respond_nothing(request));
	request->status = 202;
	return OK;
}

PAGE(struct invoice_summary_page, invoice_summary_page_shape, "InvoiceSummaryPage", invoice_summary_shape);

static const struct problem *
show_invoices(struct request *request)
{
	const struct invoices_query *query = QUERY(request, struct invoices_query);
	struct invoice_summary_page  answer;
	struct page_request          page;
	struct listed                listed;

	TRY(page_read(request, &query->list, NULL, 0, &page));
	TRY(list_invoices(request->work, &query->filter, &page, &answer.results, &listed));
	page_fill(request, &page, &listed, &answer);
	return respond(request, &answer);
}

static const struct route routes[] = {
	{ GET, "/invoices", .id = "listInvoices", .permission = PERMISSION(ORDER_READ_ALL) | PERMISSION(ORDER_FULFIL_OWN),
	    .by_key = true, .csv = true, .query = &invoices_query_shape, .answer = { 200, &invoice_summary_page_shape },
	    .errors = ERRORS(BAD_CURSOR), .summary = "List invoices and credit notes, newest first: of your shop, or all",
	    .description =
		"A page may be short, or empty, and still have a next one: the filter by kind looks at some at a time.",
	    .handler = show_invoices },
	{ GET, "/orders/{id}/invoice.pdf", .id = "showInvoicePdf", .permission = INVOICE_READERS, .pool = POOL_BULK,
	    .query = &invoice_query_shape, .answer = { 200, NULL }, .answer_type = "application/pdf",
	    .summary = "Show an order's invoices and credit notes as PDF", .handler = show_pdf,
	    .description =
		"202 with Retry-After while the PDF is being made. Sellers see their own invoices, all others those of all sellers, or of one." },
};

ROUTE_TABLE(invoices_table, "Invoices", "What was sold, and what of it was given back.", routes);
