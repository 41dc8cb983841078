/*
 * draw.h: invoices on paper: A4 pages set by Pango, so that names in any of the installed fonts' scripts stand right.
 *
 * Only haat-pdf has it: nothing that answers or pays is linked with what sets type.
 */
#ifndef INVOICES_DRAW_H
#define INVOICES_DRAW_H

#include "invoices/invoice.h"

#include <cairo.h>

/* Draw the invoices one after the other, each from a page of its own, and hand the PDF on piece by piece.  False: it could not be made. */
bool draw_invoices(const struct invoice *invoices, size_t count, cairo_status_t (*write)(void *, const unsigned char *, unsigned),
    void *closure);

#endif
