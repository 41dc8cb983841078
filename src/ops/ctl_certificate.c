/* haatctl certificate: whether the certificates that providers sign webhooks with can be fetched from here. */
#include "ops/command.h"

#include "net/certificates.h"
#include "store/work.h"

#include <stdio.h>
#include <string.h>

static const char *const kinds[] = {
	[CERTIFICATE_PAYPAL] = "paypal", [CERTIFICATE_PAYPAL_SANDBOX] = "paypal-sandbox", [CERTIFICATE_SNS] = "sns"
};

static int
run_certificate(struct control *control, int count, char **arguments)
{
	struct haat_verify_certificates certificates;
	const struct problem           *problem;
	size_t                          kind = 0;

	(void)count;
	while (kind < sizeof kinds / sizeof *kinds && strcmp(kinds[kind], arguments[0]) != 0)
		kind++;
	if (kind == sizeof kinds / sizeof *kinds)
		return command_misused("'%s' is none of paypal, paypal-sandbox, sns", arguments[0]);
	problem = certificates_get(control->work, (enum certificate_kind)kind, arguments[1], &certificates);
	if (problem != OK)
		return command_problem(problem);
	fwrite(certificates.pem, 1, certificates.length, stdout);
	return COMMAND_OK;
}

const struct command certificate_commands[] = {
	{ "certificate", "paypal|paypal-sandbox|sns URL",
	    "fetch a certificate that signs webhooks, or print the one that is kept", 2, 2, false, run_certificate },
	{ NULL },
};
