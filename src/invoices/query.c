#include "invoices/query.h"

#include <string.h>

static const struct member invoice_query_members[] = {
	M_TEXT(struct invoice_query, merchant, "merchant", 36, .min = 1,
	    .description = "Only the invoices of this merchant, or \"shop\": of the shop itself."),
};
SHAPE_SHARED(struct invoice_query, invoice_query_shape, "InvoiceQuery", invoice_query_members);

const struct problem *
invoice_query_seller(struct request *request, struct uuid *seller, const struct uuid **of)
{
	const char *merchant = QUERY(request, struct invoice_query)->merchant;

	*of = merchant == NULL ? NULL : seller;
	*seller = (struct uuid) { { 0 } };
	if (merchant == NULL || strcmp(merchant, "shop") == 0 || uuid_parse(merchant, seller))
		return OK;
	return problem_at(request->work->arena, PROBLEM_VALIDATION_FAILED, "merchant", "must be an id, or \"shop\"");
}
