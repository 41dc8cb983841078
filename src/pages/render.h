/* render.h: a page as an answer.  For the files of this folder. */
#ifndef PAGES_RENDER_H
#define PAGES_RENDER_H

#include "http/request.h"
#include "pages/invoice_page.h"
#include "pages/pay_page.h"
#include "pages/store_page.h"

/* Answers with the payment page, or that on which a method is stored; its policy is the caller's. */
const struct problem *render_store_page(struct request *request, struct store_page *page, int status);
const struct problem *render_pay_page(struct request *request, struct pay_page *page, int status);

/* Answers with an order's invoices. */
const struct problem *render_invoice_page(struct request *request, struct invoice_page *page, int status);

#endif
