/* The routes of reports by product, merchant and tax: tables and thin handlers. */
#include "http/request.h"
#include "reports/merchants.h"
#include "reports/products.h"
#include "reports/reports.h"
#include "reports/route.h"
#include "reports/tax.h"
#include "store/work.h"

#define COUNT(S, name, ...) M_INTEGER(S, name, #name, INT64_MIN, INT64_MAX, ##__VA_ARGS__)

/* ---- products ---- */

struct products_query {
	struct report_query about; /* first: REPORT_QUERY and respond_report read it there */
	int                *sort, *order;
	int64_t             limit;
};

static const struct member products_query_members[] = {
	REPORT_QUERY,
	M_ENUM(struct products_query, sort, "sort", product_sort_values,
	    .description = "What they are compared by; revenue if left out."),
	M_ENUM(struct products_query, order, "order", product_order_values, .description = "The most of it first, or the least."),
	M_INTEGER(struct products_query, limit, "limit", 1, PRODUCTS_MAX, .defaulted = true, .preset = 10,
	    .description = "Number of products."),
};
SHAPE(struct products_query, products_query_shape, "ProductsReportQuery", products_query_members);

static const struct member product_row_members[] = {
	M_ID(struct product_row, product, "product_id"),
	M_TEXT(struct product_row, name, "name", 200),
	M_ID(struct product_row, merchant, "merchant_id"),
	M_TEXT(struct product_row, shop_name, "shop_name", 150),
	COUNT(struct product_row, quantity, .description = "Units sold."),
	COUNT(struct product_row, returned, .description = "Units that came back."),
	AMOUNT(struct product_row, revenue, .description = "Sold, with all taxes, less discounts."),
	AMOUNT(struct product_row, refunds, .description = "Given back or disputed."),
	AMOUNT(struct product_row, net, .description = "Revenue less refunds."),
	AMOUNT(struct product_row, tax, .description = "The taxes in net."),
	AMOUNT(struct product_row, commission, .description = "What the shop earned of net."),
	AMOUNT(struct product_row, cost, .description = "What the units sold have cost, without those that came back."),
	AMOUNT(struct product_row, estimated_cost, .description = "What of the cost is estimated, since nobody told it."),
	AMOUNT(struct product_row, margin, .description = "Net less cost: the product's part of the gross profit."),
};
SHAPE(struct product_row, product_row_shape, "ProductsReportRow", product_row_members);

struct products_answer {
	struct report_about about;
	struct product_row *results;
	size_t              n_results;
};

static const struct member products_answer_members[] = {
	M_OBJECT(struct products_answer, about, "about", report_about_shape),
	M_ARRAY(struct products_answer, results, n_results, "results", product_row_shape, PRODUCTS_MAX),
};
SHAPE(struct products_answer, products_answer_shape, "ProductsReport", products_answer_members);

static const struct problem *
show_products(struct request *request)
{
	const struct products_query *query = QUERY(request, struct products_query);
	struct report                report;
	struct products_answer       answer = { .n_results = 0 };

	TRY(report_open(request->work, &query->about, SALES_ALL, OWN, &report));
	answer.about = report.about;
	TRY(products_report(&report, query->sort == NULL ? SORT_REVENUE : (enum product_sort) * query->sort,
	    query->order == NULL ? ORDER_TOP : (enum product_order) * query->order, query->limit, &answer.results,
	    &answer.n_results));
	return report_answer(request, &query->about, &answer, &product_row_shape, answer.results, answer.n_results);
}

/* ---- merchants ---- */

struct merchants_query {
	struct report_query about;
	int64_t             limit;
};

static const struct member merchants_query_members[] = {
	REPORT_QUERY,
	M_INTEGER(struct merchants_query, limit, "limit", 1, MERCHANTS_MAX, .defaulted = true, .preset = 100,
	    .description = "Number of merchants, those of the most revenue."),
};
SHAPE(struct merchants_query, merchants_query_shape, "MerchantsReportQuery", merchants_query_members);

static const struct member merchant_row_members[] = {
	M_ID(struct merchant_row, merchant, "merchant_id"),
	M_TEXT(struct merchant_row, shop_name, "shop_name", 150),
	COUNT(struct merchant_row, orders, .description = "Orders that had something of this merchant."),
	COUNT(struct merchant_row, quantity, .description = "Units sold."),
	COUNT(struct merchant_row, returned, .description = "Units that came back."),
	AMOUNT(struct merchant_row, revenue, .description = "Sold, with all taxes and the merchant's shipping, less discounts."),
	AMOUNT(struct merchant_row, refunds, .description = "Given back or disputed."),
	AMOUNT(struct merchant_row, net, .description = "Revenue less refunds."),
	AMOUNT(struct merchant_row, tax, .description = "The taxes in net."),
	AMOUNT(struct merchant_row, commission, .description = "What the shop earned of net."),
	AMOUNT(struct merchant_row, cost,
	    .description = "What the units sold have cost, told or estimated, without those that came back."),
	AMOUNT(struct merchant_row, charges, .description = "Fees of disputes that the merchant bears."),
	AMOUNT(struct merchant_row, payouts, .description = "What left the merchant's account to be paid out."),
};
SHAPE(struct merchant_row, merchant_row_shape, "MerchantsReportRow", merchant_row_members);

struct merchants_answer {
	struct report_about  about;
	struct merchant_row *results;
	size_t               n_results;
};

static const struct member merchants_answer_members[] = {
	M_OBJECT(struct merchants_answer, about, "about", report_about_shape),
	M_ARRAY(struct merchants_answer, results, n_results, "results", merchant_row_shape, MERCHANTS_MAX),
};
SHAPE(struct merchants_answer, merchants_answer_shape, "MerchantsReport", merchants_answer_members);

static const struct problem *
show_merchants(struct request *request)
{
	const struct merchants_query *query = QUERY(request, struct merchants_query);
	struct report                 report;
	struct merchants_answer       answer = { .n_results = 0 };

	TRY(report_open(request->work, &query->about, FINANCE_ALL, OWN, &report));
	answer.about = report.about;
	TRY(merchants_report(&report, query->limit, &answer.results, &answer.n_results));
	return report_answer(request, &query->about, &answer, &merchant_row_shape, answer.results, answer.n_results);
}

/* ---- tax ---- */

static const struct member tax_query_members[] = { REPORT_QUERY };
SHAPE(struct report_query, tax_query_shape, "TaxReportQuery", tax_query_members);

static const struct member tax_row_members[] = {
	M_TEXT(struct tax_row, country, "country", 2, .example = "\"IN\"",
	    .description = "That was delivered to; null if not known."),
	M_TEXT(struct tax_row, rate, "rate", 64, .example = "\"18\"",
	    .description = "In percent, as the line was taxed; null if it was not, or if nobody knows."),
	AMOUNT(struct tax_row, taxed, .description = "Sold without the tax, less discounts."),
	AMOUNT(struct tax_row, tax, .description = "The tax of it."),
	AMOUNT(struct tax_row, back_taxed, .description = "Given back or disputed, without the tax."),
	AMOUNT(struct tax_row, back_tax, .description = "The tax of it."),
	AMOUNT(struct tax_row, net_tax, .description = "What is left of the tax."),
};
SHAPE(struct tax_row, tax_row_shape, "TaxReportRow", tax_row_members);

struct tax_answer {
	struct report_about about;
	struct tax_row     *results;
	size_t              n_results;
};

static const struct member tax_answer_members[] = {
	M_OBJECT(struct tax_answer, about, "about", report_about_shape),
	M_ARRAY(struct tax_answer, results, n_results, "results", tax_row_shape, TAX_ROWS_MAX),
};
SHAPE(struct tax_answer, tax_answer_shape, "TaxReport", tax_answer_members);

static const struct problem *
show_tax(struct request *request)
{
	const struct report_query *query = QUERY(request, struct report_query);
	struct report              report;
	struct tax_answer          answer = { .n_results = 0 };

	TRY(report_open(request->work, query, FINANCE_ALL, OWN, &report));
	answer.about = report.about;
	TRY(tax_report(&report, &answer.results, &answer.n_results));
	return report_answer(request, query, &answer, &tax_row_shape, answer.results, answer.n_results);
}

KEPT(show_products)
KEPT(show_merchants)
KEPT(show_tax)

static const struct route goods_routes[] = {
	REPORT("products", "reportProducts", SALES_ALL | OWN, true, &products_query_shape, &products_answer_shape,
	    "Products that sold best, or worst", show_products),
	REPORT("merchants", "reportMerchants", FINANCE_ALL | OWN, false, &merchants_query_shape, &merchants_answer_shape,
	    "Sales, commission and payouts of merchants", show_merchants),
	REPORT("tax", "reportTax", FINANCE_ALL | OWN, false, &tax_query_shape, &tax_answer_shape,
	    "Tax that was collected, by country and rate", show_tax),
};

ROUTE_TABLE(
    goods_report_table, "Reports by subject", "What was sold of each product and by each merchant, and its tax.", goods_routes);
