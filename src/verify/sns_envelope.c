#include "verify/sns_envelope.h"

#include "verify/json_string.h"

#include <stdlib.h>
#include <string.h>

const char *const sns_names[SNS_MEMBERS] = {
	[HAAT_VERIFY_SNS_TYPE] = "Type",
	[HAAT_VERIFY_SNS_MESSAGE_ID] = "MessageId",
	[HAAT_VERIFY_SNS_TOPIC_ARN] = "TopicArn",
	[HAAT_VERIFY_SNS_SUBJECT] = "Subject",
	[HAAT_VERIFY_SNS_MESSAGE] = "Message",
	[HAAT_VERIFY_SNS_TIMESTAMP] = "Timestamp",
	[HAAT_VERIFY_SNS_SIGNATURE_VERSION] = "SignatureVersion",
	[HAAT_VERIFY_SNS_SIGNATURE] = "Signature",
	[HAAT_VERIFY_SNS_SIGNING_CERT_URL] = "SigningCertURL",
	[HAAT_VERIFY_SNS_SUBSCRIBE_URL] = "SubscribeURL",
	[HAAT_VERIFY_SNS_TOKEN] = "Token",
};

/* Which member has this name; SNS_MEMBERS when none has. */
static int
find_member(const char *name)
{
	int member = 0;

	while (member < SNS_MEMBERS && strcmp(sns_names[member], name) != 0)
		member++;
	return member;
}

/* One member of the object; `*room` is where its value may be put. */
static bool
read_member(struct haat_verify_sns *envelope, struct json_place *place, char **room)
{
	size_t length;
	int    member;

	/* The name is read where the value will overwrite it. */
	if (!json_take_string(place, *room, &length) || !json_take(place, ':'))
		return false;
	member = find_member(*room);
	if (member == SNS_MEMBERS)
		return json_skip_value(place);
	if ((envelope->seen & 1u << member) != 0)
		return false;
	envelope->seen |= 1u << member;
	json_skip_space(place);
	if (member == HAAT_VERIFY_SNS_SUBJECT && place->at < place->end && *place->at == 'n')
		return json_skip_value(place);
	if (!json_take_string(place, *room, &envelope->lengths[member]))
		return false;
	envelope->values[member] = *room;
	*room += envelope->lengths[member] + 1;
	return true;
}

static bool
read_envelope(struct haat_verify_sns *envelope, struct json_place *place)
{
	char *room = envelope->text;

	if (!json_take(place, '{'))
		return false;
	do {
		if (!read_member(envelope, place, &room))
			return false;
	} while (json_take(place, ','));
	if (!json_take(place, '}'))
		return false;
	json_skip_space(place);
	return place->at == place->end;
}

enum haat_verify_result
haat_verify_sns_read(const void *body, size_t length, struct haat_verify_sns **envelope)
{
	struct json_place place = { body, (const unsigned char *)body + length };

	*envelope = NULL;
	if (body == NULL || length == 0)
		return HAAT_VERIFY_EMPTY_BODY;
	if (length > HAAT_VERIFY_SNS_BODY_MAX)
		return HAAT_VERIFY_MALFORMED_BODY;
	/* A value decoded is shorter than its text with the quotes, its NUL included. */
	*envelope = calloc(1, sizeof **envelope + length + 1);
	if (*envelope != NULL && read_envelope(*envelope, &place))
		return HAAT_VERIFY_OK;
	haat_verify_sns_free(*envelope);
	*envelope = NULL;
	return HAAT_VERIFY_MALFORMED_BODY;
}

void
haat_verify_sns_free(struct haat_verify_sns *envelope)
{
	free(envelope);
}

const char *
haat_verify_sns_member(const struct haat_verify_sns *envelope, enum haat_verify_sns_member member)
{
	return (unsigned)member >= SNS_MEMBERS || envelope->values[member] == NULL ? "" : envelope->values[member];
}
