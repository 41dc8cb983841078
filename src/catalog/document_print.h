/*
 * document_print.h: what the files that print, read and check documents (document.h) have in common.
 */
#ifndef DOCUMENT_PRINT_H
#define DOCUMENT_PRINT_H

#include "catalog/document.h"

enum { SUMMARY_BYTES = 65535, DOCUMENT_BYTES = 16000000, DOCUMENTS_AT_ONCE = 50 };

/* Of what is printed: another number after a change of a shape, so that what an older program printed is not shown. */
int64_t document_form(void);

/* What a list shows of a product. */
struct product_summary document_summary(const struct product *product);

struct printed_document {
	struct bytes summary, document;
};

/* Both, with their holes. */
struct printed_document document_print(struct arena *arena, const struct product *product);

/* A document that is to be printed, locked or compared. */
struct document_key {
	struct product_id id;
	int64_t           form;
};
SHAPE_DECLARE(struct document_key, document_key_shape);

#endif
