/* SendMessageBatch: what is taken, what is refused, and what came. */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/ids.h"
#include "sandbox/sqs/kept.h"
#include "sandbox/sqs/sqs.h"

#include <openssl/evp.h>
#include <string.h>

enum { ENTRIES_MAX = 10, BYTES_MAX = 1048576, NAME_MAX_BYTES = 128, ATTRIBUTES_MAX = 10 };

/* How to misbehave. */
static struct {
	int64_t fail_entries; /* so many entries are refused each on its own */
	char    code[64];     /* with this code */
	bool    sender_fault;
	char    group[129];      /* only of this group; "" any */
	int64_t status;          /* every call is answered so; 0: as it should be */
	int64_t wrong_digests;   /* so many entries are answered with another digest */
	int64_t unnamed_entries; /* so many are in neither list */
} bad;

void
sqs_error(struct call *call, int status, const char *code, const char *message)
{
	struct json_object *body = json_object_new_object();

	put_text(body, "__type", arena_format(call->arena, "com.amazonaws.sqs#%s", code));
	put_text(body, "message", message);
	answer_json(call, status, body);
}

static const char *
md5_hex(struct arena *arena, const void *bytes, size_t length)
{
	unsigned char digest[EVP_MAX_MD_SIZE];
	unsigned int  size = 0;

	EVP_Digest(bytes, length, digest, &size, EVP_md5(), NULL);
	return hex_encode(arena, digest, size);
}

static void
add_counted(struct text *out, const char *string)
{
	uint32_t length = (uint32_t)strlen(string);

	for (int shift = 24; shift >= 0; shift -= 8)
		text_add_char(out, (char)(length >> shift));
	text_add(out, string, length);
}

/* The digest of the attributes, sorted by name; NULL when they are not what SQS takes. */
static const char *
attributes_md5(struct arena *arena, struct json_object *attributes)
{
	const char *names[ATTRIBUTES_MAX];
	size_t      count = 0;
	struct text form = text_new(arena, 256);

	if (!json_object_is_type(attributes, json_type_object))
		return NULL;
	json_object_object_foreach(attributes, name, ignored)
	{
		(void)ignored;
		if (count == ATTRIBUTES_MAX)
			return NULL;
		names[count++] = name;
	}
	for (size_t i = 1; i < count; i++)
		for (size_t k = i; k > 0 && strcmp(names[k - 1], names[k]) > 0; k--) {
			const char *other = names[k];

			names[k] = names[k - 1];
			names[k - 1] = other;
		}
	for (size_t i = 0; i < count; i++) {
		struct json_object *one = json_object_object_get(attributes, names[i]);
		const char         *type = get_text(one, "DataType"), *value = get_text(one, "StringValue");

		if (type == NULL || strcmp(type, "String") != 0 || value == NULL || *value == '\0')
			return NULL;
		add_counted(&form, names[i]);
		add_counted(&form, type);
		text_add_char(&form, 1);
		add_counted(&form, value);
	}
	return md5_hex(arena, form.bytes, form.length);
}

static bool
is_name(const char *name)
{
	size_t length = name == NULL ? 0 : strlen(name);

	for (size_t i = 0; i < length; i++)
		if (name[i] <= ' ' || name[i] > '~')
			return false;
	return length >= 1 && length <= NAME_MAX_BYTES;
}

static bool
is_body(const char *body)
{
	if (body == NULL || *body == '\0')
		return false;
	for (const unsigned char *c = (const unsigned char *)body; *c != '\0'; c++)
		if (*c < ' ' && *c != '\t' && *c != '\n' && *c != '\r')
			return false;
	return true;
}

static void
refuse(struct json_object *failed, const char *id, const char *code, bool sender, const char *message)
{
	struct json_object *one = json_object_new_object();

	put_text(one, "Id", id);
	put_text(one, "Code", code);
	put_bool(one, "SenderFault", sender);
	put_text(one, "Message", message);
	json_object_array_add(failed, one);
}

static void
keep(const char *group, const char *deduplication, const char *body, struct json_object *attributes)
{
	struct json_object *one = json_object_new_object();

	put_text(one, "id", deduplication);
	put_text(one, "body", body);
	json_object_object_add(one, "attributes", json_object_get(attributes));
	sqs_keep_message(group, one);
}

static void
take_entry(struct call *call, struct json_object *entry, struct json_object *successful, struct json_object *failed)
{
	const char         *id = get_text(entry, "Id"), *body = get_text(entry, "MessageBody");
	const char         *group = get_text(entry, "MessageGroupId"), *once = get_text(entry, "MessageDeduplicationId");
	struct json_object *attributes = json_object_object_get(entry, "MessageAttributes"), *one;
	const char         *digest = attributes_md5(call->arena, attributes);

	if (!is_body(body)) {
		refuse(failed, id, "InvalidMessageContents", true, "The message contains characters outside the allowed set.");
	} else if (!is_name(group) || !is_name(once) || digest == NULL) {
		refuse(failed, id, "InvalidParameterValue", true, "A parameter is missing or malformed.");
	} else if ((bad.group[0] == '\0' || strcmp(bad.group, group) == 0) && switch_take(&bad.fail_entries)) {
		refuse(failed, id, bad.code, bad.sender_fault, "As it was told to.");
	} else {
		if (!sqs_is_repeat(once))
			keep(group, once, body, attributes);
		if (switch_take(&bad.unnamed_entries))
			return;
		one = json_object_new_object();
		put_text(one, "Id", id);
		put_text(one, "MessageId", uuid_text(call->arena, uuid_new()));
		put_text(
		    one, "MD5OfMessageBody", switch_take(&bad.wrong_digests) ? "0" : md5_hex(call->arena, body, strlen(body)));
		put_text(one, "MD5OfMessageAttributes", digest);
		json_object_array_add(successful, one);
	}
}

/* An error of the batch as a whole, or NULL. */
static const char *
batch_fault(struct call *call, struct json_object *entries)
{
	size_t count = json_object_is_type(entries, json_type_array) ? json_object_array_length(entries) : 0;

	if (count == 0)
		return "EmptyBatchRequest";
	if (count > ENTRIES_MAX)
		return "TooManyEntriesInBatchRequest";
	if (call->body.length > BYTES_MAX)
		return "BatchRequestTooLong";
	for (size_t i = 0; i < count; i++) {
		const char *id = get_text(json_object_array_get_idx(entries, i), "Id");

		if (!is_name(id))
			return "InvalidBatchEntryId";
		for (size_t k = 0; k < i; k++)
			if (strcmp(get_text(json_object_array_get_idx(entries, k), "Id"), id) == 0)
				return "BatchEntryIdsNotDistinct";
	}
	return NULL;
}

void
sqs_serve(struct call *call)
{
	const char         *target = call_header(call, "X-Amz-Target"), *fault = sqs_signature_fault(call);
	const char         *queue = get_text(call->json, "QueueUrl");
	struct json_object *entries, *answer, *successful, *failed;

	if (bad.status != 0) {
		sqs_error(call, (int)bad.status, "ServiceUnavailable", "As it was told to.");
	} else if (fault != NULL) {
		sqs_error(call, 403, fault, "The request was not signed by somebody who may.");
	} else if (target == NULL || strcmp(target, "AmazonSQS.SendMessageBatch") != 0) {
		sqs_error(call, 400, "UnsupportedOperation", "Only SendMessageBatch is spoken here.");
	} else if (queue == NULL || strcmp(queue, call->sandbox->config->sqs.queue_url) != 0) {
		sqs_error(call, 400, "QueueDoesNotExist", "The specified queue does not exist.");
	} else if (entries = json_object_object_get(call->json, "Entries"), (fault = batch_fault(call, entries)) != NULL) {
		sqs_error(call, 400, fault, "The batch is malformed.");
	} else {
		answer = json_object_new_object();
		successful = json_object_new_array();
		failed = json_object_new_array();
		for (size_t i = 0; i < json_object_array_length(entries); i++)
			take_entry(call, json_object_array_get_idx(entries, i), successful, failed);
		json_object_object_add(answer, "Successful", successful);
		json_object_object_add(answer, "Failed", failed);
		answer_json(call, 200, answer);
	}
}

/* Of the group that the path names: {count, messages: the last thousand}, and how much is kept of all groups. */
void
sqs_show_messages(struct call *call)
{
	enum { SHOWN = 1000 };
	struct json_object *answer = json_object_new_object(), *shown;
	int64_t             count, ids, messages;

	shown = sqs_kept_messages(call->captured[0], SHOWN, &count);
	sqs_count_kept(&ids, &messages);
	put_integer(answer, "count", count);
	put_integer(answer, "kept_ids", ids);
	put_integer(answer, "kept_messages", messages);
	json_object_object_add(answer, "messages", shown);
	answer_json(call, 200, answer);
}

static int64_t
number_of(const struct call *call, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(call->json, name, &value) ? json_object_get_int64(value) : 0;
}

/* What the JSON does not name is good again. */
void
sqs_change_switches(struct call *call)
{
	const char *code = get_text(call->json, "code"), *group = get_text(call->json, "group");

	memset(&bad, 0, sizeof bad);
	bad.fail_entries = number_of(call, "fail_entries");
	bad.wrong_digests = number_of(call, "wrong_digests");
	bad.unnamed_entries = number_of(call, "unnamed_entries");
	bad.status = number_of(call, "status");
	bad.sender_fault = number_of(call, "sender_fault") != 0;
	snprintf(bad.code, sizeof bad.code, "%s", code == NULL ? "InternalError" : code);
	snprintf(bad.group, sizeof bad.group, "%s", group == NULL ? "" : group);
	answer_json(call, 200, json_object_new_object());
}
