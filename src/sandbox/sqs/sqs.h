/*
 * sqs.h: the stand-in of Amazon SQS: one FIFO queue, SendMessageBatch alone, as strict as the real one is documented to be.
 *
 * Signatures (AWS Signature Version 4), limits, names and digests are checked; a deduplication id counts for five minutes.  It is
 * no payment provider, so only its routes are used.  /sandbox/sqs/messages shows what came in the last minutes, group by group
 * in its order; /sandbox/sqs/switches makes it misbehave.
 */
#ifndef SANDBOX_SQS_H
#define SANDBOX_SQS_H

#include "sandbox/sandbox.h"

extern const struct stand_in sqs_stand_in;

/* signature.c: is the call signed by the access key of the configuration, now?  NULL, or SQS's code for what is wrong. */
const char *sqs_signature_fault(struct call *call);

/* batch.c: the routes. */
void sqs_serve(struct call *call);
void sqs_show_messages(struct call *call);
void sqs_change_switches(struct call *call);

/* An error of the whole call, in SQS's form. */
void sqs_error(struct call *call, int status, const char *code, const char *message);

#endif
