#include "notify/sqs_call.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/text.h"

#include <json-c/json.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { ANSWER_MAX = 65536, CODE_MAX = 60, MESSAGE_MAX = 120 };

static size_t
take_answer(char *bytes, size_t size, size_t count, void *argument)
{
	struct sqs_call *call = argument;
	size_t           length = size * count;

	if (call->answered + length > ANSWER_MAX)
		return 0;
	memcpy(call->answer + call->answered, bytes, length);
	call->answered += length;
	call->answer[call->answered] = '\0';
	return length;
}

/* Each of these is signed; no "Expect:", which would be signed and not sent. */
static void
prepare(struct sqs_call *call)
{
	if (call->curl != NULL)
		return;
	call->curl = curl_easy_init();
	call->answer = calloc(1, ANSWER_MAX + 1);
	call->headers = curl_slist_append(NULL, "Content-Type: application/x-amz-json-1.0");
	call->headers = curl_slist_append(call->headers, "X-Amz-Target: AmazonSQS.SendMessageBatch");
	if (call->curl == NULL || call->answer == NULL || call->headers == NULL)
		abort();
}

/* The path of the call is the host's root; the queue is named in the body. */
static const char *
root_of(struct arena *arena, const char *queue_url)
{
	const char *host = strstr(queue_url, "//");

	host = host == NULL ? queue_url : host + 2;
	return arena_format(arena, "%.*s/", (int)(host + strcspn(host, "/") - queue_url), queue_url);
}

static void
set_options(const struct config *config, struct arena *arena, struct sqs_call *call)
{
	CURL *curl = call->curl;

	curl_easy_setopt(curl, CURLOPT_URL, root_of(arena, config->sqs.queue_url));
	curl_easy_setopt(curl, CURLOPT_PRIVATE, call);
	curl_easy_setopt(curl, CURLOPT_QUICK_EXIT, 1L); /* nobody waits for a name server that does not answer */
	curl_easy_setopt(curl, CURLOPT_HTTPHEADER, call->headers);
	curl_easy_setopt(curl, CURLOPT_POSTFIELDSIZE, (long)strlen(call->body));
	curl_easy_setopt(curl, CURLOPT_POSTFIELDS, call->body);
	curl_easy_setopt(curl, CURLOPT_AWS_SIGV4, arena_format(arena, "aws:amz:%s:sqs", config->sqs.region));
	curl_easy_setopt(curl, CURLOPT_USERNAME, config->sqs.access_key_id);
	curl_easy_setopt(curl, CURLOPT_PASSWORD, config->sqs.secret_access_key);
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_FOLLOWLOCATION, 0L);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "http,https");
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_USERAGENT, "haat/" PACKAGE_VERSION);
	curl_easy_setopt(curl, CURLOPT_CAINFO, config->certificates.roots_file);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)config->sqs.connect_timeout_ms);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)config->sqs.timeout_ms);
	curl_easy_setopt(curl, CURLOPT_WRITEFUNCTION, take_answer);
	curl_easy_setopt(curl, CURLOPT_WRITEDATA, call);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, call->why);
}

void
sqs_call_begin(const struct config *config, struct arena *arena, struct sqs_call *call, const struct sqs_message *messages,
    const size_t *numbers, size_t count)
{
	struct text body = text_new(arena, 8192);

	prepare(call);
	TEXT_ADD(&body, "{\"QueueUrl\":");
	text_add_json(&body, config->sqs.queue_url);
	TEXT_ADD(&body, ",\"Entries\":[");
	for (size_t i = 0; i < count; i++) {
		if (i > 0)
			TEXT_ADD(&body, ",");
		call->entries[i] = (struct sqs_entry) { .number = numbers[i], .verdict = VERDICT_FAILED };
		sqs_print_entry(
		    arena, &messages[numbers[i]], i, &body, call->entries[i].body_md5, call->entries[i].attributes_md5);
	}
	TEXT_ADD(&body, "]}");
	free(call->body);
	if ((call->body = strdup(body.bytes)) == NULL)
		abort();
	call->count = count;
	call->answered = 0;
	call->answer[0] = call->why[0] = '\0';
	call->under_way = true;
	curl_easy_reset(call->curl); /* connections stay */
	set_options(config, arena, call);
}

static const char *
member(struct json_object *object, const char *name)
{
	struct json_object *value;

	return json_object_object_get_ex(object, name, &value) ? json_object_get_string(value) : NULL;
}

static struct sqs_entry *
entry_of(struct sqs_call *call, struct json_object *said)
{
	const char *id = member(said, "Id");

	for (size_t i = 0; id != NULL && i < call->count; i++)
		if (strtoul(id, NULL, 10) == i)
			return &call->entries[i];
	return NULL;
}

static bool
has_digest(struct json_object *said, const char *name, const char *expected)
{
	const char *got = member(said, name);

	return got != NULL && strcmp(got, expected) == 0;
}

static void
judge_sent(struct sqs_call *call, struct json_object *said)
{
	struct sqs_entry *entry = entry_of(call, said);

	if (entry == NULL)
		return;
	if (has_digest(said, "MD5OfMessageBody", entry->body_md5) &&
	    has_digest(said, "MD5OfMessageAttributes", entry->attributes_md5))
		entry->verdict = VERDICT_SENT;
	else
		snprintf(entry->error, sizeof entry->error, "SQS has got something else than was sent");
}

/* What is ours to blame and will be the same next time, but not what asks for patience or for other rights. */
static bool
is_final(struct json_object *said)
{
	static const char *const patience[] = { "RequestThrottled", "ThrottlingException", "KmsThrottled",
		"KMS.ThrottlingException", "OverLimit", "AccessDenied", "AccessDeniedException" };
	const char              *code = member(said, "Code");
	struct json_object      *fault;

	for (size_t i = 0; code != NULL && i < sizeof patience / sizeof *patience; i++)
		if (strcmp(code, patience[i]) == 0)
			return false;
	return json_object_object_get_ex(said, "SenderFault", &fault) && json_object_get_boolean(fault);
}

static void
judge_failed(struct sqs_call *call, struct json_object *said)
{
	struct sqs_entry *entry = entry_of(call, said);
	const char       *code = member(said, "Code"), *message = member(said, "Message");

	if (entry == NULL)
		return;
	entry->verdict = is_final(said) ? VERDICT_REFUSED : VERDICT_FAILED;
	code = code == NULL ? "failed" : code;
	message = message == NULL ? "" : message;
	snprintf(entry->error, sizeof entry->error, "%.*s: %.*s", (int)utf8_beginning(code, CODE_MAX), code,
	    (int)utf8_beginning(message, MESSAGE_MAX), message);
}

static void
judge_each(
    struct sqs_call *call, struct json_object *answer, const char *list, void (*judge)(struct sqs_call *, struct json_object *))
{
	struct json_object *said;

	if (!json_object_object_get_ex(answer, list, &said) || !json_object_is_type(said, json_type_array))
		return;
	for (size_t i = 0; i < json_object_array_length(said); i++)
		judge(call, json_object_array_get_idx(said, i));
}

bool
sqs_call_ended(struct sqs_call *call, struct arena *arena, CURLcode code, const char **error)
{
	struct json_object *answer;
	long                status = 0;

	call->under_way = false;
	curl_easy_getinfo(call->curl, CURLINFO_RESPONSE_CODE, &status);
	if (code != CURLE_OK) {
		*error = call->why[0] != '\0' ? call->why : curl_easy_strerror(code);
		return false;
	}
	answer = json_read(arena, call->answer, call->answered);
	if (status != 200 || answer == NULL) {
		const char *type = answer == NULL ? NULL : member(answer, "__type");

		snprintf(call->why, sizeof call->why, "SQS answered %ld %.100s", status, type == NULL ? "" : type);
		*error = call->why;
		return false;
	}
	for (size_t i = 0; i < call->count; i++)
		snprintf(call->entries[i].error, sizeof call->entries[i].error, "SQS has not named it in its answer");
	judge_each(call, answer, "Successful", judge_sent);
	judge_each(call, answer, "Failed", judge_failed);
	return true;
}

void
sqs_call_free(struct sqs_call *call)
{
	curl_easy_cleanup(call->curl);
	curl_slist_free_all(call->headers);
	free(call->body);
	free(call->answer);
}
