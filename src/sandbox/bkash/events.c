/*
 * bKash's news as Amazon SNS sends it: signed by the key whose certificate lies where the message says.  Beside what SNS sends a
 * message has an "id", by which it is kept here; nobody signs that.
 */
#include "base/arena.h"
#include "base/config.h"
#include "base/encoding.h"
#include "base/instant.h"
#include "base/log.h"
#include "sandbox/bkash/bkash.h"

#include <curl/curl.h>
#include <openssl/evp.h>
#include <openssl/pem.h>

enum { SIGNATURE_MAX = 1024 };

#define HOST "https://sns.ap-southeast-1.amazonaws.com/"
/* The file of the certificate has this name there. */
#define CERTIFICATE_URL HOST "SimpleNotificationService-0123456789abcdef0123456789abcdef.pem"

static const char *const of_notification[] = { "Message", "MessageId", "Timestamp", "TopicArn", "Type", NULL };
static const char *const of_confirmation[] = { "Message", "MessageId", "SubscribeURL", "Timestamp", "Token", "TopicArn", "Type",
	NULL };

/* The key is only read when it is needed: most shops have none. */
static const char *
signature_of(struct call *call, const struct json_object *message, const char *const *names, const EVP_MD *digest)
{
	const char   *path = call->sandbox->config->sandbox.sns_key_file;
	struct text   whole = text_new(call->arena, 1024);
	unsigned char signature[SIGNATURE_MAX];
	size_t        length = sizeof signature;
	FILE         *file = fopen(path, "re");
	EVP_PKEY     *key = file == NULL ? NULL : PEM_read_PrivateKey(file, NULL, NULL, NULL);
	EVP_MD_CTX   *context = EVP_MD_CTX_new();
	bool          signs;

	if (file != NULL)
		fclose(file);
	for (; *names != NULL; names++)
		text_addf(&whole, "%s\n%s\n", *names, get_text(message, *names));
	signs = key != NULL && context != NULL && EVP_DigestSignInit(context, NULL, digest, NULL, key) == 1 &&
	    EVP_DigestSign(context, signature, &length, (const unsigned char *)whole.bytes, whole.length) == 1;
	EVP_MD_CTX_free(context);
	EVP_PKEY_free(key);
	if (signs)
		return base64_encode(call->arena, signature, length);
	log_error("cannot sign with the key", LOG_TEXT("path", path));
	return NULL;
}

/* Version 1 is what bKash's own samples know. */
static void
send_message(struct call *call, struct json_object *message, const char *type, const char *const *names)
{
	const struct config *config = call->sandbox->config;
	const char          *topic = config->payments.bkash.topics[0], *id = id_new(call->arena, "sns-"), *signature;
	char                 now[INSTANT_TEXT_SIZE];
	bool                 old = config->payments.bkash.sns_version_1;

	instant_write(instant_now(), now);
	put_text(message, "id", id);
	put_text(message, "Type", type);
	put_text(message, "MessageId", id);
	put_text(message, "TopicArn", topic);
	put_text(message, "Timestamp", now);
	put_text(message, "SignatureVersion", old ? "1" : "2");
	put_text(message, "SigningCertURL", CERTIFICATE_URL);
	signature = topic == NULL ? NULL : signature_of(call, message, names, old ? EVP_sha1() : EVP_sha256());
	if (signature == NULL) {
		json_object_put(message);
		return;
	}
	put_text(message, "Signature", signature);
	state_save(call->sandbox, BKASH_EVENTS, message);
	delivery_tell(call, json_text(message));
}

void
bkash_event_make(struct call *call, const struct json_object *payment)
{
	struct civil        now = instant_civil(instant_add_seconds(instant_now(), 6 * 3600));
	struct json_object *inner = json_object_new_object(), *message = json_object_new_object();

	put_text(inner, "dateTime",
	    arena_format(
		call->arena, "%04d%02d%02d%02d%02d%02d", now.year, now.month, now.day, now.hour, now.minute, now.second));
	put_text(inner, "debitMSISDN", get_text(payment, "wallet"));
	put_text(inner, "creditOrganizationName", "haat");
	put_text(inner, "creditShortCode", "ABC001");
	put_text(inner, "trxID", get_text(payment, "trxID"));
	put_text(inner, "transactionStatus", "Completed");
	put_text(inner, "transactionType", get_text(payment, "callbackURL") == NULL ? "10003126" : "10002294");
	put_text(inner, "amount",
	    short_taka(call,
		get_integer(
		    payment, get_text(payment, "trxID") != NULL && get_text(payment, "id") != NULL ? "received" : "paisa")));
	put_text(inner, "currency", "BDT");
	put_text(inner, "transactionReference", get_text(payment, "payerReference"));
	put_text(inner, "merchantInvoiceNumber", get_text(payment, "merchantInvoiceNumber"));
	put_text(message, "Message", json_text(inner));
	put_text(message, "UnsubscribeURL", HOST "?Action=Unsubscribe&SubscriptionArn=sandbox");
	json_object_put(inner);
	send_message(call, message, "Notification", of_notification);
}

/* Says once more, or too early, that the money of a payment came. */
void
bkash_tell(struct call *call)
{
	const struct json_object *payment = state_find(call->sandbox, BKASH_PAYMENTS, call->captured[0]);

	if (payment == NULL) {
		call->stand_in->answer_fault(call, 404, NULL, "No such payment.");
		return;
	}
	bkash_event_make(call, payment);
	answer_copy(call, 200, payment);
}

/* Somebody pays at the counter with a QR code: the shop is told of this, too. */
void
bkash_pay_by_code(struct call *call)
{
	struct json_object *payment = json_object_new_object();

	put_text(payment, "wallet", "01700000000");
	put_text(payment, "trxID", id_new(call->arena, "QR"));
	put_text(payment, "payerReference", "counter");
	put_integer(payment, "paisa", 12300);
	bkash_event_make(call, payment);
	json_object_put(payment);
	answer_json(call, 200, json_object_new_object());
}

/* The topic is told the shop's address, and asks it whether it wants to be told anything. */
void
bkash_subscribe(struct call *call)
{
	struct json_object *message = json_object_new_object(), *subscription = json_object_new_object();
	const char         *token = id_new(call->arena, "");

	put_text(subscription, "id", token);
	put_text(subscription, "status", "pending");
	state_save(call->sandbox, BKASH_SUBSCRIPTIONS, subscription);
	put_text(message, "Message", "You have chosen to subscribe to the topic.");
	put_text(message, "Token", token);
	put_text(message, "SubscribeURL", arena_format(call->arena, HOST "?Action=ConfirmSubscription&Token=%s", token));
	send_message(call, message, "SubscriptionConfirmation", of_confirmation);
	answer_copy(call, 200, subscription);
}

void
bkash_confirm_subscription(struct call *call)
{
	const char         *action = form_get(&call->form, "Action"), *token = form_get(&call->form, "Token");
	struct json_object *subscription = token == NULL ? NULL : state_find(call->sandbox, BKASH_SUBSCRIPTIONS, token);

	if (action == NULL || strcmp(action, "ConfirmSubscription") != 0 || subscription == NULL) {
		call->stand_in->answer_fault(call, 400, NULL, "Invalid token");
		return;
	}
	put_text(subscription, "status", "confirmed");
	state_save(call->sandbox, BKASH_SUBSCRIPTIONS, subscription);
	answer_copy(call, 200, subscription);
}

void
bkash_show_subscription(struct call *call)
{
	struct json_object *subscription = state_find(call->sandbox, BKASH_SUBSCRIPTIONS, call->captured[0]);

	if (subscription == NULL)
		call->stand_in->answer_fault(call, 404, NULL, "No such subscription.");
	else
		answer_copy(call, 200, subscription);
}

struct curl_slist *
bkash_event_headers(const struct config *config, const char *event_text)
{
	struct json_object *message = json_tokener_parse(event_text);
	const char *const   values[][2] = { { "x-amz-sns-message-type", "Type" }, { "x-amz-sns-message-id", "MessageId" },
		  { "x-amz-sns-topic-arn", "TopicArn" } };
	struct curl_slist  *headers = curl_slist_append(NULL, "Content-Type: text/plain; charset=UTF-8");
	char                line[512];

	(void)config;
	for (size_t i = 0; i < sizeof values / sizeof *values; i++) {
		snprintf(line, sizeof line, "%s: %s", values[i][0], get_text(message, values[i][1]));
		headers = curl_slist_append(headers, line);
	}
	json_object_put(message);
	return headers;
}
