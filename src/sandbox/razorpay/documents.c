/* Documents that were uploaded to speak for the shop. */
#include "base/instant.h"
#include "sandbox/razorpay/razorpay.h"

/* What a file of that kind begins with. */
static const struct {
	const char *begins, *type;
} kinds[] = { { "%PDF-", "application/pdf" }, { "\x89PNG", "image/png" }, { "\xff\xd8\xff", "image/jpeg" } };

/* The bytes of the part of that name; false when there is none. */
static bool
find_part(const struct call *call, const char *name, const char **bytes, size_t *length)
{
	const char *end = call->body.bytes + call->body.length, *boundary_end, *at, *stop;
	size_t      boundary_length;
	char        wanted[64];

	snprintf(wanted, sizeof wanted, "name=\"%s\"", name);
	boundary_end = memmem(call->body.bytes, call->body.length, "\r\n", 2);
	at = memmem(call->body.bytes, call->body.length, wanted, strlen(wanted));
	if (boundary_end == NULL || at == NULL)
		return false;
	boundary_length = (size_t)(boundary_end - call->body.bytes);
	at = memmem(at, (size_t)(end - at), "\r\n\r\n", 4);
	if (at == NULL)
		return false;
	at += 4;
	stop = memmem(at, (size_t)(end - at), call->body.bytes, boundary_length);
	if (stop == NULL || stop < at + 2)
		return false;
	*bytes = at;
	*length = (size_t)(stop - 2 - at);
	return true;
}

static const char *
kind_of(const char *bytes, size_t length)
{
	for (size_t i = 0; i < sizeof kinds / sizeof *kinds; i++)
		if (length >= strlen(kinds[i].begins) && memcmp(bytes, kinds[i].begins, strlen(kinds[i].begins)) == 0)
			return kinds[i].type;
	return NULL;
}

void
razorpay_document_create(struct call *call)
{
	struct json_object *document;
	const char         *purpose, *file, *kind;
	size_t              purpose_length, file_length;

	if (!find_part(call, "purpose", &purpose, &purpose_length) || purpose_length != 16 ||
	    memcmp(purpose, "dispute_evidence", 16) != 0) {
		razorpay_invalid(call, "purpose", "The purpose field is required and must be dispute_evidence.");
		return;
	}
	if (!find_part(call, "file", &file, &file_length) || (kind = kind_of(file, file_length)) == NULL) {
		razorpay_invalid(call, "file", "The file must be a PDF, PNG or JPEG.");
		return;
	}
	call->executed = true;
	document = json_object_new_object();
	put_text(document, "id", id_new(call->arena, "doc_"));
	put_text(document, "entity", "document");
	put_text(document, "purpose", "dispute_evidence");
	put_text(document, "name", "evidence");
	put_text(document, "mime_type", kind);
	put_integer(document, "size", (int64_t)file_length);
	put_integer(document, "created_at", unix_seconds());
	state_save(call->sandbox, RAZORPAY_DOCUMENTS, document);
	answer_copy(call, 200, document);
}

void
razorpay_document_show(struct call *call)
{
	struct json_object *document = state_find(call->sandbox, RAZORPAY_DOCUMENTS, call->captured[0]);

	if (document == NULL)
		razorpay_no_such(call);
	else
		answer_copy(call, 200, document);
}
