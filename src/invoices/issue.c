/* The invoices of an order that was sold: one of each seller, and one of the shop for what it earns itself. */
#include "invoices/invoice.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/log.h"
#include "events/job.h"
#include "events/record.h"
#include "orders/order.h"
#include "store/db.h"
#include "store/work.h"

#include <json-c/json.h>
#include <stdlib.h>
#include <string.h>

/* A line of the order, with who sold it. */
struct sold_line {
	struct merchant_id merchant;
	const char        *shop_name, *business_id, *gst_number;
	const char        *name, *sku, *options, *tax_rate;
	int64_t            quantity, unit_price, discount, tax, tax_included, total;
};

static const struct member sold_line_members[] = {
	M_ID(struct sold_line, merchant, "merchant_id"),
	M_TEXT(struct sold_line, shop_name, "shop_name", 150),
	M_TEXT(struct sold_line, business_id, "business_id", 64),
	M_TEXT(struct sold_line, gst_number, "gst_number", 32),
	M_TEXT(struct sold_line, name, "name", 255),
	M_TEXT(struct sold_line, sku, "sku", 64),
	M_MAP(struct sold_line, options, "options", 3),
	M_TEXT(struct sold_line, tax_rate, "tax_rate", 64),
	M_INTEGER(struct sold_line, quantity, "quantity", 0, INT64_MAX),
	M_INTEGER(struct sold_line, unit_price, "unit_price_minor", 0, INT64_MAX),
	M_INTEGER(struct sold_line, discount, "discount_minor", 0, INT64_MAX),
	M_INTEGER(struct sold_line, tax, "tax_minor", 0, INT64_MAX),
	M_INTEGER(struct sold_line, tax_included, "tax_included_minor", 0, INT64_MAX),
	M_INTEGER(struct sold_line, total, "total_minor", 0, INT64_MAX),
};
SHAPE(struct sold_line, sold_line_shape, "SoldLine", sold_line_members);

struct sold_order {
	const char    *number, *currency, *shipping_method, *billing_address;
	int64_t        shipping;
	bool           sold, issued;
	struct instant created_at;
};

static const struct member sold_order_members[] = {
	M_TEXT(struct sold_order, number, "number", INVOICE_NUMBER_MAX),
	M_TEXT(struct sold_order, currency, "currency", 3),
	M_TEXT(struct sold_order, shipping_method, "shipping_method", 32),
	M_TEXT(struct sold_order, billing_address, "billing_address", 8192, .multiline = true),
	M_INTEGER(struct sold_order, shipping, "shipping_minor", 0, INT64_MAX),
	M_BOOLEAN(struct sold_order, sold, "is_sold", .computed = true),
	M_BOOLEAN(struct sold_order, issued, "is_issued", .computed = true),
	M_TIME(struct sold_order, created_at, "created_at"),
};
SHAPE(struct sold_order, sold_order_shape, "SoldOrder", sold_order_members);

static const char *
member_of(struct json_object *object, const char *name)
{
	struct json_object *value;

	if (!json_object_object_get_ex(object, name, &value) || !json_object_is_type(value, json_type_string))
		return NULL;
	return json_object_get_string(value);
}

/* The buyer, as the order's billing address has them. */
static struct invoice_party
buyer_of(struct work *work, const struct sold_order *order)
{
	struct json_object  *address = json_read(work->arena, order->billing_address, strlen(order->billing_address));
	const char         **lines = ARENA_ARRAY(work->arena, INVOICE_ADDRESS_MAX, const char *);
	struct invoice_party buyer = { .name = "", .address = lines };
	const char          *city, *code, *line;

	if (address == NULL)
		return buyer;
	buyer.name = member_of(address, "full_name");
	for (const char *const *name = (const char *const[]) { "line1", "line2", NULL }; *name != NULL; name++)
		if ((line = member_of(address, *name)) != NULL)
			lines[buyer.n_address++] = line;
	city = member_of(address, "city");
	code = member_of(address, "postal_code");
	lines[buyer.n_address++] = arena_format(work->arena, "%s %s", code == NULL ? "" : code, city == NULL ? "" : city);
	for (const char *const *name = (const char *const[]) { "state", "country", NULL }; *name != NULL; name++)
		if ((line = member_of(address, *name)) != NULL)
			lines[buyer.n_address++] = line;
	return buyer;
}

/* The sums of a rate, while they are added up. */
struct rate_sum {
	const char *rate;
	int64_t     net, tax;
};

static void
add_to_rate(struct rate_sum *sums, size_t *count, const char *rate, int64_t net, int64_t tax)
{
	size_t at = 0;

	while (at < *count && !invoice_same_rate(sums[at].rate, rate))
		at++;
	if (at == *count)
		sums[(*count)++] = (struct rate_sum) { .rate = rate };
	sums[at].net += net;
	sums[at].tax += tax;
}

static void
tell_taxes(struct arena *arena, const struct rate_sum *sums, size_t count, struct invoice *invoice)
{
	invoice->taxes = ARENA_ARRAY(arena, count, struct invoice_tax);
	invoice->n_taxes = count;
	for (size_t i = 0; i < count; i++)
		invoice->taxes[i] = (struct invoice_tax) { .rate = sums[i].rate,
			.net = invoice_amount(arena, sums[i].net, invoice->currency),
			.tax = invoice_amount(arena, sums[i].tax, invoice->currency),
			.total = invoice_amount(arena, sums[i].net + sums[i].tax, invoice->currency) };
}

static struct invoice
begin_invoice(struct work *work, const struct sold_order *order)
{
	return (struct invoice) { .kind = INVOICE_SALE,
		.order_number = order->number,
		.currency = order->currency,
		.ordered_on = invoice_date(work, order->created_at),
		.buyer = buyer_of(work, order) };
}

static const char *
amount_or_nothing(struct arena *arena, int64_t minor, const char *currency)
{
	return minor == 0 ? NULL : invoice_amount(arena, minor, currency);
}

/* Those of the lines, which are in the order of their sellers, that are of one seller. */
static const struct problem *
issue_sellers(struct work *work, struct order_id id, const struct sold_order *order, const struct sold_line *lines, size_t count)
{
	struct arena    *arena = work->arena;
	struct invoice   invoice = begin_invoice(work, order);
	struct rate_sum *sums = ARENA_ARRAY(arena, count + 1, struct rate_sum);
	size_t           n_sums = 0;
	int64_t          discount = 0, tax = 0, tax_included = 0, total = 0;

	invoice.seller = (struct invoice_party) {
		.name = lines->shop_name, .business_id = lines->business_id, .tax_number = lines->gst_number
	};
	invoice.lines = ARENA_ARRAY(arena, count, struct invoice_line);
	invoice.n_lines = count;
	for (size_t i = 0; i < count; i++) {
		const struct sold_line *line = &lines[i];

		invoice.lines[i] = (struct invoice_line) { .name = line->name,
			.sku = line->sku,
			.options = order_options_text(arena, line->options),
			.quantity = line->quantity,
			.unit_price = invoice_amount(arena, line->unit_price, order->currency),
			.discount = amount_or_nothing(arena, line->discount, order->currency),
			.tax_rate = line->tax_rate,
			.tax = invoice_amount(arena, line->tax, order->currency),
			.total = invoice_amount(arena, line->total, order->currency) };
		add_to_rate(sums, &n_sums, line->tax_rate, line->total - line->tax, line->tax);
		discount += line->discount;
		tax += line->tax;
		tax_included += line->tax_included;
		total += line->total;
	}
	tell_taxes(arena, sums, n_sums, &invoice);
	invoice.discount = amount_or_nothing(arena, discount, order->currency);
	invoice.tax = amount_or_nothing(arena, tax, order->currency);
	invoice.tax_included = amount_or_nothing(arena, tax_included, order->currency);
	invoice.total = invoice_amount(arena, total, order->currency);
	return write_invoice(work, id, lines->merchant.uuid, id.uuid, total, &invoice);
}

/* The shipping is the shop's. */
static const struct problem *
issue_shops(struct work *work, struct order_id id, const struct sold_order *order)
{
	const struct config *config = work->config;
	struct invoice       invoice = begin_invoice(work, order);
	struct rate_sum      untaxed = { .net = order->shipping };

	if (order->shipping == 0)
		return OK;
	invoice.seller = (struct invoice_party) {
		.name = *config->shop.name == '\0' ? config->mail.from_name : config->shop.name,
		.tax_number = *config->shop.tax_number == '\0' ? NULL : config->shop.tax_number,
		.address = config->shop.address,
	};
	while (config->shop.address[invoice.seller.n_address] != NULL)
		invoice.seller.n_address++;
	tell_taxes(work->arena, &untaxed, 1, &invoice);
	invoice.shipping = invoice_amount(work->arena, order->shipping, order->currency);
	invoice.total = invoice.shipping;
	return write_invoice(work, id, (struct uuid) { { 0 } }, id.uuid, order->shipping, &invoice);
}

const struct problem *
issue_invoices(struct work *work, struct order_id id)
{
	struct sold_order *order;
	struct sold_line  *lines;
	size_t             count;

	TRY(db_row(work->db, &sold_order_shape, &order,
	    "SELECT {o}, " ORDER_WAS_SOLD(
		"o") " AS is_sold, EXISTS (SELECT 1 FROM invoices i WHERE i.order_id = o.id) AS is_issued "
		     "FROM orders o WHERE o.id = ? FOR UPDATE",
	    P(id)));
	if (order == NULL || !order->sold || order->issued)
		return OK;
	TRY(db_rows(work->db, &sold_line_shape, INVOICE_LINES_MAX, &lines, &count,
	    "SELECT {l} FROM (SELECT l.*, m.shop_name, m.business_id, m.gst_number FROM order_lines l "
	    "JOIN merchants m ON m.id = l.merchant_id WHERE l.order_id = ?) AS l ORDER BY l.merchant_id, l.position",
	    P(id)));
	TRY(issue_shops(work, id, order));
	for (size_t i = 0, end; i < count; i = end) {
		for (end = i + 1; end < count && ID_EQUAL(lines[end].merchant, lines[i].merchant);)
			end++;
		TRY(issue_sellers(work, id, order, lines + i, end - i));
	}
	return OK;
}

const struct problem *
issue_invoices_job(struct work *work, const struct job *job)
{
	struct event_notice notice;
	struct order_id     order;

	TRY(job_payload(work, job, &event_notice_shape, &notice));
	order.uuid = notice.aggregate;
	return issue_invoices(work, order);
}
