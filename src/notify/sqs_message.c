#include "notify/sqs_message.h"

#include "base/arena.h"
#include "base/encoding.h"
#include "base/text.h"
#include "events/feed.h"
#include "notify/concerned.h"
#include "notify/sqs_queue.h"
#include "store/db.h"
#include "store/work.h"

#include <json-c/json.h>
#include <openssl/evp.h>
#include <stdlib.h>
#include <string.h>

enum { MESSAGES_MAX = 4096, TOLD_MAX = 255, MD5_BYTES = 16, ATTRIBUTES = 4 };

#define M_TOLD(name, member) M_TEXT(struct sqs_message, member, name, TOLD_MAX, .computed = true, .multiline = true)

static const struct member message_members[] = {
	M_ID(struct sqs_message, event, "id"),
	M_TEXT(struct sqs_message, type, "type", 64),
	M_TEXT(struct sqs_message, aggregate_type, "aggregate_type", 32),
	M_ID(struct sqs_message, aggregate, "aggregate_id"),
	M_TOLD("payment_id", payment),
	M_TOLD("reference", reference),
	M_TOLD("order_id", order),
	M_TOLD("amount", amount),
	M_TOLD("currency", currency),
	M_TOLD("status", status),
	M_TIME(struct sqs_message, created_at, "created_at"),
	M_INTEGER(struct sqs_message, batch, "batch", 0, INT64_MAX),
	M_INTEGER(struct sqs_message, merchants, "merchants", 0, INT64_MAX, .computed = true),
	M_ID(struct sqs_message, merchant, "merchant_id", .computed = true),
	M_TEXT(struct sqs_message, group, "group_id", 128, .computed = true),
	M_INTEGER(struct sqs_message, position, "position", 0, INT64_MAX, .computed = true),
	M_INTEGER(struct sqs_message, attempts, "attempts", 0, INT32_MAX, .computed = true),
};
SHAPE(struct sqs_message, message_shape, "SqsMessage", message_members);

/* What the payload of `e` tells: text, or nothing.  An order has a number and a total in place of reference and amount. */
#define TOLD_(name, as) "LEFT(JSON_VALUE(e.payload, '$." name "'), 255) AS " as
#define TOLD_OF_(name, of_order, as) \
	"LEFT(JSON_VALUE(e.payload, IF(e.aggregate_type = 'order', '$." of_order "', '$." name "')), 255) AS " as
#define TOLD \
	TOLD_("payment_id", "payment_id") \
	", " TOLD_OF_("reference", "number", "reference") ", " TOLD_("order_id", "order_id") ", " TOLD_OF_( \
	    "amount", "total", "amount") ", " TOLD_("currency", "currency") ", " TOLD_("status", "status")

const struct problem *
sqs_messages_of(struct work *work, const struct feed *feed, int64_t last, struct sqs_message **messages, size_t *count)
{
	int64_t place = 0;

	TRY(db_rows(work->db, &message_shape, MESSAGES_MAX, messages, count,
	    "SELECT {e}, " TOLD ", IFNULL(c.merchants, 0) AS merchants, c.merchant_id FROM events e LEFT JOIN "
	    "(SELECT x.event_id, COUNT(*) AS merchants, MIN(x.merchant_id) AS merchant_id FROM (" CONCERNED_MERCHANTS ") x "
	    "GROUP BY x.event_id) c ON c.event_id = e.id WHERE e.batch > ? AND e.batch <= ? ORDER BY e.batch, e.created_at, e.id",
	    CONCERNED_PARAMETERS(feed->batch, last), P(feed->batch), P(last)));
	for (size_t i = 0; i < *count; i++) {
		struct sqs_message *m = &(*messages)[i];

		place = i > 0 && m->batch == m[-1].batch ? place + 1 : 0;
		m->position = m->batch * FEED_POSITIONS + place;
		m->group = m->merchants == 1 ? arena_format(work->arena, "merchant-%s", uuid_text(work->arena, m->merchant->uuid))
					     : "shop";
		if (m->merchants != 1)
			m->merchant = NULL;
	}
	return OK;
}

static void
find_merchant(struct arena *arena, struct sqs_message *message)
{
	struct merchant_id merchant;

	if (strncmp(message->group, "merchant-", 9) != 0 || !uuid_parse(message->group + 9, &merchant.uuid))
		return;
	message->merchant = ARENA_NEW(arena, struct merchant_id);
	*message->merchant = merchant;
}

/* Of a group that is not due only one row is read; of one that is, no more than is taken. */
const struct problem *
sqs_messages_again(struct work *work, size_t limit, struct sqs_message **messages, size_t *count)
{
	struct sqs_group *group;

	*messages = ARENA_ARRAY(work->arena, limit, struct sqs_message);
	*count = 0;
	for (const char *last = SQS_GROUPS_END; *count < limit; last = group->name) {
		struct sqs_message *of_group;
		size_t              n = 0;

		TRY(sqs_group_before(work, last, &group));
		if (group == NULL)
			return OK;
		if (group->due)
			TRY(db_rows(work->db, &message_shape, limit - *count, &of_group, &n,
			    "SELECT {e}, " TOLD
			    ", q.group_id, q.position, q.attempts FROM sqs_queue q FORCE INDEX (ix_sqs_queue_group) "
			    "STRAIGHT_JOIN events e ON e.id = q.event_id WHERE q.status = 'waiting' AND q.group_id = ? "
			    "ORDER BY q.position LIMIT ?",
			    P(group->name), P(limit - *count)));
		for (size_t i = 0; i < n; i++) {
			find_merchant(work->arena, &of_group[i]);
			(*messages)[(*count)++] = of_group[i];
		}
	}
	return OK;
}

/* What the body and the attributes tell of an event; NULL what it has not. */
struct told {
	const char *payment, *merchant, *order, *timestamp;
};

static struct told
told_of(struct arena *arena, const struct sqs_message *message)
{
	const char *id = uuid_text(arena, message->aggregate);
	char        timestamp[INSTANT_TEXT_SIZE];

	instant_write(message->created_at, timestamp);
	return (struct told) { .payment = strcmp(message->aggregate_type, "payment") == 0 ? id : message->payment,
		.merchant = message->merchant == NULL ? NULL : uuid_text(arena, message->merchant->uuid),
		.order = strcmp(message->aggregate_type, "order") == 0 ? id : message->order,
		.timestamp = arena_string(arena, timestamp) };
}

static void
add_member(struct text *out, const char *before, const char *value)
{
	text_add_string(out, before);
	text_add_json(out, value);
}

static const char *
print_body(struct arena *arena, const struct sqs_message *message, const struct told *told)
{
	struct text body = text_new(arena, 512);

	add_member(&body, "{\"eventId\":", uuid_text(arena, message->event.uuid));
	add_member(&body, ",\"eventType\":", message->type);
	add_member(&body, ",\"timestamp\":", told->timestamp);
	add_member(&body, ",\"data\":{\"paymentId\":", told->payment);
	add_member(&body, ",\"reference\":", message->reference);
	add_member(&body, ",\"merchantId\":", told->merchant);
	add_member(&body, ",\"orderId\":", told->order);
	add_member(&body, ",\"amount\":", message->amount);
	add_member(&body, ",\"currency\":", message->currency);
	add_member(&body, ",\"status\":", message->status);
	TEXT_ADD(&body, "}}");
	return body.bytes;
}

/* The digest SQS is defined to answer with: it protects against nobody, but shows that what came is what was sent. */
static void
md5(const void *bytes, size_t length, char hex[MD5_TEXT + 1])
{
	unsigned char digest[MD5_BYTES];

	if (EVP_Digest(bytes, length, digest, NULL, EVP_md5(), NULL) != 1)
		abort();
	for (size_t i = 0; i < MD5_BYTES; i++) {
		hex[2 * i] = "0123456789abcdef"[digest[i] >> 4];
		hex[2 * i + 1] = "0123456789abcdef"[digest[i] & 15];
	}
	hex[MD5_TEXT] = '\0';
}

static void
add_counted(struct text *out, const char *string)
{
	size_t              length = strlen(string);
	const unsigned char count[] = { (unsigned char)(length >> 24), (unsigned char)(length >> 16),
		(unsigned char)(length >> 8), (unsigned char)length };

	text_add(out, count, sizeof count);
	text_add(out, string, length);
}

/* In the order of their names, as the digest wants them; those without a value are left out, for SQS refuses an empty one. */
static void
print_attributes(struct arena *arena, const struct sqs_message *message, const struct told *told, struct text *out, char hex[])
{
	const char *const names[ATTRIBUTES] = { "eventType", "merchantId", "paymentId", "timestamp" };
	const char *const values[ATTRIBUTES] = { message->type, told->merchant, told->payment, told->timestamp };
	struct text       signed_form = text_new(arena, 256);
	const char       *between = "";

	TEXT_ADD(out, "{");
	for (size_t i = 0; i < ATTRIBUTES; i++) {
		if (values[i] == NULL)
			continue;
		text_addf(out, "%s\"%s\":{\"DataType\":\"String\",\"StringValue\":", between, names[i]);
		text_add_json(out, values[i]);
		TEXT_ADD(out, "}");
		between = ",";
		add_counted(&signed_form, names[i]);
		add_counted(&signed_form, "String");
		text_add_char(&signed_form, 1); /* a string, not bytes */
		add_counted(&signed_form, values[i]);
	}
	TEXT_ADD(out, "}");
	md5(signed_form.bytes, signed_form.length, hex);
}

void
sqs_print_entry(struct arena *arena, const struct sqs_message *message, size_t number, struct text *out, char body_md5[],
    char attributes_md5[])
{
	struct told told = told_of(arena, message);
	const char *body = print_body(arena, message, &told);

	md5(body, strlen(body), body_md5);
	text_addf(out, "{\"Id\":\"%zu\",\"MessageBody\":", number);
	text_add_json(out, body);
	TEXT_ADD(out, ",\"MessageGroupId\":");
	text_add_json(out, message->group);
	text_addf(out, ",\"MessageDeduplicationId\":\"%s\",\"MessageAttributes\":", uuid_text(arena, message->event.uuid));
	print_attributes(arena, message, &told, out, attributes_md5);
	TEXT_ADD(out, "}");
}
