/* What the core must know of SQS: its routes, and how it says that a request cannot be read. */
#include "sandbox/sqs/sqs.h"

static const struct route routes[] = {
	{ "POST", "/", ROUTE_OPEN, sqs_serve },
	{ "GET", "/sandbox/sqs/messages/{}", ROUTE_OPEN, sqs_show_messages },
	{ "POST", "/sandbox/sqs/switches", ROUTE_OPEN, sqs_change_switches },
};

static void
answer_fault(struct call *call, int status, const char *what, const char *message)
{
	(void)what;
	sqs_error(call, status, "SerializationException", message);
}

const struct stand_in sqs_stand_in = {
	.name = "sqs",
	.routes = routes,
	.route_count = sizeof routes / sizeof *routes,
	.answer_fault = answer_fault,
	.events = "sqs_events", /* it has none */
};
