#include "invoices/draw.h"

#include <cairo-pdf.h>
#include <pango/pangocairo.h>
#include <stdio.h>
#include <string.h>

/* A4, in points. */
static const double page_width = 595.28, page_height = 841.89, margin = 48, foot_height = 28, gap = 4;

static const char family[] = "DejaVu Sans, Lohit Bengali, Lohit Devanagari, sans-serif";

struct paper {
	cairo_t              *cairo;
	PangoLayout          *layout;
	const struct invoice *invoice;
	double                y;
	int                   page, pages; /* pages 0: they are being counted */
};

/* Columns of the table of lines. */
enum column { COLUMN_ITEM, COLUMN_QUANTITY, COLUMN_PRICE, COLUMN_DISCOUNT, COLUMN_RATE, COLUMN_TAX, COLUMN_TOTAL, COLUMN__COUNT };
static const struct {
	const char *title;
	double      width;
} columns[COLUMN__COUNT] = {
	[COLUMN_ITEM] = { "Item", 179 },
	[COLUMN_QUANTITY] = { "Quantity", 48 },
	[COLUMN_PRICE] = { "Unit price", 64 },
	[COLUMN_DISCOUNT] = { "Discount", 56 },
	[COLUMN_RATE] = { "Tax %", 36 },
	[COLUMN_TAX] = { "Tax", 52 },
	[COLUMN_TOTAL] = { "Amount", 64 },
};

struct style {
	double size;
	bool   bold, right;
};
static const struct style plain = { 9, false, false }, bold = { 9, true, false }, small = { 8, false, false },
			  amount = { 9, false, true }, bold_amount = { 9, true, true }, heading = { 18, true, true },
			  name_of_seller = { 13, true, false }, right = { 9, false, true };

/* Writes a text at (x, y), broken to the width; returns its height. */
static double
write_at(struct paper *paper, struct style style, double x, double y, double width, const char *text)
{
	PangoFontDescription *font = pango_font_description_from_string(family);
	int                   height;

	pango_font_description_set_absolute_size(font, style.size * PANGO_SCALE);
	pango_font_description_set_weight(font, style.bold ? PANGO_WEIGHT_BOLD : PANGO_WEIGHT_NORMAL);
	pango_layout_set_font_description(paper->layout, font);
	pango_font_description_free(font);
	pango_layout_set_width(paper->layout, (int)(width * PANGO_SCALE));
	pango_layout_set_wrap(paper->layout, PANGO_WRAP_WORD_CHAR);
	pango_layout_set_alignment(paper->layout, style.right ? PANGO_ALIGN_RIGHT : PANGO_ALIGN_LEFT);
	pango_layout_set_text(paper->layout, text, -1);
	pango_layout_get_size(paper->layout, NULL, &height);
	cairo_move_to(paper->cairo, x, y);
	pango_cairo_show_layout(paper->cairo, paper->layout);
	return (double)height / PANGO_SCALE;
}

/* The same below what was written last. */
static void
write_line(struct paper *paper, struct style style, double x, double width, const char *text)
{
	paper->y += write_at(paper, style, x, paper->y, width, text);
}

static void
rule(struct paper *paper)
{
	paper->y += gap;
	cairo_set_line_width(paper->cairo, 0.5);
	cairo_move_to(paper->cairo, margin, paper->y);
	cairo_line_to(paper->cairo, page_width - margin, paper->y);
	cairo_stroke(paper->cairo);
	paper->y += gap;
}

static const char *
title_of(const struct invoice *invoice)
{
	return invoice->kind == INVOICE_SALE ? "Invoice" : "Credit note";
}

static void
begin_page(struct paper *paper)
{
	char   foot[200];
	double width = page_width - 2 * margin;

	paper->page++;
	paper->y = margin;
	if (paper->pages > 1)
		snprintf(foot, sizeof foot, "%s %s   %d / %d", title_of(paper->invoice), paper->invoice->number, paper->page,
		    paper->pages);
	else
		snprintf(foot, sizeof foot, "%s %s", title_of(paper->invoice), paper->invoice->number);
	write_at(paper, small, margin, page_height - margin, width, foot);
}

static void
end_page(struct paper *paper)
{
	cairo_show_page(paper->cairo);
}

/* Is there room for so much?  If not, on the next page. */
static bool
make_room(struct paper *paper, double height)
{
	if (paper->y + height <= page_height - margin - foot_height)
		return false;
	end_page(paper);
	begin_page(paper);
	return true;
}

static void
write_party(struct paper *paper, const struct invoice_party *party, double x, double width, const struct style *first)
{
	char number[120];

	write_line(paper, *first, x, width, party->name);
	for (size_t i = 0; i < party->n_address; i++)
		write_line(paper, plain, x, width, party->address[i]);
	if (party->business_id != NULL) {
		snprintf(number, sizeof number, "Business id: %s", party->business_id);
		write_line(paper, plain, x, width, number);
	}
	if (party->tax_number != NULL) {
		snprintf(number, sizeof number, "Tax number: %s", party->tax_number);
		write_line(paper, plain, x, width, number);
	}
}

/* Who sold on the left, which document on the right, and below them who bought. */
static void
write_head(struct paper *paper)
{
	const struct invoice *invoice = paper->invoice;
	double                half = (page_width - 2 * margin) / 2, top = paper->y, left_end;
	char                  line[200];

	write_party(paper, &invoice->seller, margin, half - gap, &name_of_seller);
	left_end = paper->y;
	paper->y = top;
	write_line(paper, heading, margin + half, half, title_of(invoice));
	write_line(paper, bold_amount, margin + half, half, invoice->number);
	snprintf(line, sizeof line, "Date: %s", invoice->issued_on);
	write_line(paper, right, margin + half, half, line);
	snprintf(line, sizeof line, "Order: %s of %s", invoice->order_number, invoice->ordered_on);
	write_line(paper, right, margin + half, half, line);
	if (invoice->credits != NULL) {
		snprintf(line, sizeof line, "For invoice: %s", invoice->credits);
		write_line(paper, right, margin + half, half, line);
	}
	if (paper->y < left_end)
		paper->y = left_end;
	paper->y += 5 * gap;
	write_line(paper, small, margin, half, "Bill to");
	write_party(paper, &invoice->buyer, margin, half, &bold);
	paper->y += 4 * gap;
}

/* One row of the table; returns its height.  NULL: an empty cell. */
static double
write_cells(struct paper *paper, const char *const cells[COLUMN__COUNT], struct style item, struct style rest)
{
	double x = margin, height = 0;

	for (int i = 0; i < COLUMN__COUNT; i++) {
		if (cells[i] != NULL) {
			double used =
			    write_at(paper, i == COLUMN_ITEM ? item : rest, x, paper->y, columns[i].width - gap, cells[i]);

			height = used > height ? used : height;
		}
		x += columns[i].width;
	}
	return height;
}

static void
write_titles(struct paper *paper)
{
	const char *titles[COLUMN__COUNT];

	for (int i = 0; i < COLUMN__COUNT; i++)
		titles[i] = columns[i].title;
	paper->y += write_cells(paper, titles, bold, bold_amount);
	rule(paper);
}

static void
write_lines(struct paper *paper)
{
	enum { ROW_HEIGHT = 60 }; /* more than the longest name takes */

	if (paper->invoice->n_lines == 0)
		return;
	write_titles(paper);
	for (size_t i = 0; i < paper->invoice->n_lines; i++) {
		const struct invoice_line *line = &paper->invoice->lines[i];
		char                       quantity[24];
		double                     used;
		const char *cells[COLUMN__COUNT] = { line->name, quantity, line->unit_price, line->discount, line->tax_rate,
			line->tax, line->total };

		if (make_room(paper, ROW_HEIGHT))
			write_titles(paper);
		snprintf(quantity, sizeof quantity, "%lld", (long long)line->quantity);
		used = write_cells(paper, cells, plain, amount);
		paper->y += used;
		if (line->options != NULL)
			write_line(paper, small, margin, columns[COLUMN_ITEM].width - gap, line->options);
		write_line(paper, small, margin, columns[COLUMN_ITEM].width - gap, line->sku);
		paper->y += gap;
	}
	rule(paper);
}

/* A line of the sums: what, and how much; nothing for NULL. */
static void
write_sum(struct paper *paper, struct style style, const char *what, const char *much)
{
	double width = 150, x = page_width - margin - 2 * width;

	if (much == NULL)
		return;
	make_room(paper, 20);
	write_at(paper, style.bold ? bold : plain, x + width / 2, paper->y, width, what);
	write_line(paper, style.bold ? bold_amount : amount, x + width, width - gap, much);
	paper->y += gap / 2;
}

static void
write_taxes(struct paper *paper)
{
	for (size_t i = 0; i < paper->invoice->n_taxes; i++) {
		const struct invoice_tax *tax = &paper->invoice->taxes[i];
		char                      what[120];

		snprintf(what, sizeof what, "Net at %s %%", tax->rate == NULL ? "0" : tax->rate);
		write_sum(paper, plain, what, tax->net);
		if (tax->rate == NULL)
			continue;
		snprintf(what, sizeof what, "Tax at %s %%", tax->rate);
		write_sum(paper, plain, what, tax->tax);
	}
}

static void
write_sums(struct paper *paper)
{
	const struct invoice *invoice = paper->invoice;
	char                  total[64];

	snprintf(total, sizeof total, "Total %s", invoice->currency);
	write_sum(paper, plain, "Shipping", invoice->shipping);
	write_sum(paper, plain, "Discount (in the amounts)", invoice->discount);
	write_taxes(paper);
	write_sum(paper, bold, total, invoice->total);
}

static void
draw_invoice(struct paper *paper)
{
	paper->page = 0;
	begin_page(paper);
	write_head(paper);
	write_lines(paper);
	write_sums(paper);
	end_page(paper);
}

static cairo_status_t
write_nowhere(void *closure, const unsigned char *bytes, unsigned length)
{
	(void)closure, (void)bytes, (void)length;
	return CAIRO_STATUS_SUCCESS;
}

/* All invoices onto one surface; `pages` are counted where they are 0. */
static bool
draw_onto(cairo_surface_t *surface, const struct invoice *invoices, size_t count, int *pages)
{
	struct paper paper = { .cairo = cairo_create(surface) };
	bool         good;

	paper.layout = pango_cairo_create_layout(paper.cairo);
	for (size_t i = 0; i < count; i++) {
		paper.invoice = &invoices[i];
		paper.pages = pages[i];
		draw_invoice(&paper);
		pages[i] = paper.page;
	}
	g_object_unref(paper.layout);
	good = cairo_status(paper.cairo) == CAIRO_STATUS_SUCCESS;
	cairo_destroy(paper.cairo);
	cairo_surface_finish(surface);
	good = good && cairo_surface_status(surface) == CAIRO_STATUS_SUCCESS;
	cairo_surface_destroy(surface);
	return good;
}

bool
draw_invoices(
    const struct invoice *invoices, size_t count, cairo_status_t (*write)(void *, const unsigned char *, unsigned), void *closure)
{
	int              pages[INVOICES_OF_ORDER_MAX] = { 0 };
	cairo_surface_t *surface;

	if (count > INVOICES_OF_ORDER_MAX ||
	    !draw_onto(cairo_pdf_surface_create_for_stream(write_nowhere, NULL, page_width, page_height), invoices, count, pages))
		return false;
	surface = cairo_pdf_surface_create_for_stream(write, closure, page_width, page_height);
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_TITLE, count == 1 ? invoices[0].number : "Invoices");
	cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATOR, "haat");
	if (count > 0)
		cairo_pdf_surface_set_metadata(surface, CAIRO_PDF_METADATA_CREATE_DATE, invoices[count - 1].issued_on);
	return draw_onto(surface, invoices, count, pages);
}
