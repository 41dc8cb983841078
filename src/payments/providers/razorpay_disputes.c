/*
 * What the shop says to a dispute at Razorpay, which wants documents as evidence, and at least one: words become a PDF, and who has
 * uploaded documents names them by their ids.
 */
#include "base/encoding.h"
#include "base/pdf.h"
#include "net/http_client.h"
#include "payments/json_path.h"
#include "payments/providers/razorpay.h"

enum { SUMMARY_CHARACTERS_MAX = 1000 };

const char *const razorpay_evidence_fields[] = { "access_activity_log", "billing_proof", "cancellation_proof",
	"customer_communication", "explanation_letter", "proof_of_service", "refund_cancellation_policy", "refund_confirmation",
	"shipping_proof", "term_and_conditions", NULL };

/* What speaks for itself is explained by a letter. */
static const char letter[] = "explanation_letter";

static bool
is_document(const char *value)
{
	return strncmp(value, "doc_", 4) == 0 &&
	    strspn(value + 4, "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789") == strlen(value + 4);
}

/* The form with which a document is uploaded; false when there is no letter for some of its words. */
static bool
add_upload(struct text *body, const char *boundary, const char *words)
{
	text_addf(body,
	    "--%s\r\nContent-Disposition: form-data; name=\"purpose\"\r\n\r\ndispute_evidence\r\n"
	    "--%s\r\nContent-Disposition: form-data; name=\"file\"; filename=\"evidence.pdf\"\r\n"
	    "Content-Type: application/pdf\r\n\r\n",
	    boundary, boundary);
	if (!pdf_add(body, words))
		return false;
	text_addf(body, "\r\n--%s--\r\n", boundary);
	return true;
}

/* The document that says this; nobody knows the boundary of its form beforehand. */
static const struct problem *
upload(struct work *work, const struct payment *payment, const char *where, const char *words, const char **document)
{
	const char         *boundary = uuid_text(work->arena, uuid_new());
	struct text         body = text_new(work->arena, 4096);
	struct http_reply   reply;
	struct json_object *json;

	if (is_document(words)) {
		*document = words;
		return OK;
	}
	if (!add_upload(&body, boundary, words))
		return problem_at(work->arena, PROBLEM_VALIDATION_FAILED, where,
		    "has letters that cannot be printed; upload a document to the provider and name its id");
	TRY(razorpay_call_with(work, payment->id, "dispute", "POST", "/v1/documents",
	    arena_format(work->arena, "multipart/form-data; boundary=%s", boundary), &body, &reply, &json));
	if (reply.status >= 400)
		return razorpay_refused(work, &reply, json);
	*document = json_text_at(work->arena, json, "id", RAZORPAY_ID_MAX);
	return *document == NULL ? razorpay_invalid_answer() : OK;
}

static void
add_documents(struct text *json, const char *name, const char *const *documents)
{
	text_addf(json, ",\"%s\":[", name);
	for (; *documents != NULL; documents++) {
		text_add_json(json, *documents);
		if (documents[1] != NULL)
			text_add_char(json, ',');
	}
	text_add_char(json, ']');
}

/* As much of the words as a summary may have; the letter has all of them. */
static const char *
summary_of(struct arena *arena, const char *words)
{
	size_t length = 0, left = strlen(words);

	for (int i = 0; i < SUMMARY_CHARACTERS_MAX && length < left; i++)
		length += utf8_character(words + length, left - length);
	return arena_copy(arena, words, length);
}

/* Each field with its document; the text as a summary and a letter beside what the field of that name says. */
static const struct problem *
add_evidence(struct work *work, const struct payment *payment, const struct evidence *evidence, struct text *json)
{
	const char *letters[3] = { NULL }, *document, **last = letters;

	if (evidence->text != NULL)
		TRY(upload(work, payment, "text", evidence->text, last++));
	for (size_t i = 0; i < evidence->n_fields; i++) {
		const struct evidence_field *field = &evidence->fields[i];
		bool                         is_letter = strcmp(field->name, letter) == 0;

		TRY(upload(work, payment, arena_format(work->arena, "fields.%zu.value", i), field->value,
		    is_letter ? last++ : &document));
		if (!is_letter)
			add_documents(json, field->name, (const char *const[]) { document, NULL });
	}
	if (letters[0] != NULL)
		add_documents(json, letter, letters);
	TEXT_ADD(json, ",\"summary\":");
	text_add_json(json, evidence->text == NULL ? "see the documents" : summary_of(work->arena, evidence->text));
	return OK;
}

static const struct problem *
say(struct work *work, const struct payment *payment, const char *method, const char *path, const struct text *body,
    struct dispute_answer *answer)
{
	struct http_reply   reply;
	struct json_object *json;

	TRY(razorpay_call_with(work, payment->id, "dispute", method, path, "application/json", body, &reply, &json));
	if (reply.status >= 400)
		return razorpay_refused(work, &reply, json);
	return razorpay_read_dispute(work->arena, json, answer) ? OK : razorpay_invalid_answer();
}

const struct problem *
razorpay_evidence(struct work *work, const struct payment *payment, const struct dispute *dispute,
    const struct evidence *evidence, struct dispute_answer *answer)
{
	struct text json = text_new(work->arena, 2048);

	text_addf(&json, "{\"action\":\"submit\",\"amount\":%lld", (long long)dispute->amount.minor);
	TRY(add_evidence(work, payment, evidence, &json));
	text_add_char(&json, '}');
	return say(work, payment, "PATCH", arena_format(work->arena, "/v1/disputes/%s/contest", dispute->provider_dispute_id),
	    &json, answer);
}

const struct problem *
razorpay_accept(struct work *work, const struct payment *payment, const struct dispute *dispute, struct dispute_answer *answer)
{
	struct text json = text_new(work->arena, 8);

	TEXT_ADD(&json, "{}");
	return say(work, payment, "POST", arena_format(work->arena, "/v1/disputes/%s/accept", dispute->provider_dispute_id),
	    &json, answer);
}
