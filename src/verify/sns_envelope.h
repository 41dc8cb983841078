/* sns_envelope.h: what an Amazon SNS message says before anybody has vouched for it; not installed, not exported. */
#ifndef VERIFY_SNS_ENVELOPE_H
#define VERIFY_SNS_ENVELOPE_H

#include "verify/haatverify.h"

enum { SNS_MEMBERS = HAAT_VERIFY_SNS_TOKEN + 1 };

struct haat_verify_sns {
	const char *values[SNS_MEMBERS]; /* in `text`; NULL where the member is absent */
	size_t      lengths[SNS_MEMBERS];
	unsigned    seen; /* a bit for each member that came, a Subject of null among them */
	char        text[];
};

/* The member's name in the envelope. */
extern const char *const sns_names[SNS_MEMBERS];

#endif
