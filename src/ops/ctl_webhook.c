/* haatctl webhook: check the signature of a webhook, and send one to oneself. */
#include "ops/command.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/instant.h"
#include "webhooks/receive.h"
#include "webhooks/sender.h"

#include <errno.h>
#include <getopt.h>
#include <strings.h>

enum { HEADERS_MAX = 8 };

struct claim {
	const char            *provider, *body_path, *headers[HEADERS_MAX];
	int                    n_headers;
	const struct provider *known;
	int64_t                at; /* Unix time at which it is looked at */
};

/* Unix seconds or RFC 3339. */
static bool
read_time(const char *text, int64_t *into)
{
	struct instant instant;
	long long      seconds;

	if (command_number(text, 0, 999999999999, &seconds))
		*into = seconds;
	else if (instant_parse(text, &instant))
		*into = instant.unix_ms / 1000;
	else
		return false;
	return true;
}

/* False, with a message, when an argument is wrong. */
static bool
read_claim(int count, char **arguments, struct claim *claim)
{
	static const struct option options[] = { { "provider", required_argument, NULL, 'p' },
		{ "header", required_argument, NULL, 'h' }, { "body", required_argument, NULL, 'b' },
		{ "at", required_argument, NULL, 'a' }, { NULL, 0, NULL, 0 } };
	int                        option;

	optind = 0; /* start anew: the program's own options were read before */
	while ((option = getopt_long(count + 1, arguments - 1, "+", options, NULL)) != -1) {
		if (option == 'p')
			claim->provider = optarg;
		else if (option == 'h' && claim->n_headers == HEADERS_MAX)
			return command_misused("there are more than %d headers", HEADERS_MAX) == COMMAND_OK;
		else if (option == 'h')
			claim->headers[claim->n_headers++] = optarg;
		else if (option == 'b')
			claim->body_path = optarg;
		else if (option == '?')
			return false;
		else if (!read_time(optarg, &claim->at))
			return command_misused("'%s' is neither Unix seconds nor a time like 2026-11-20T13:14:15Z", optarg) ==
			    COMMAND_OK;
	}
	if (optind != count + 1)
		return command_misused("'%s' is not an option", arguments[optind - 1]) == COMMAND_OK;
	if (claim->provider == NULL || claim->n_headers == 0 || claim->body_path == NULL)
		return command_misused("--provider, --header and --body are required") == COMMAND_OK;
	claim->known = sender_known(claim->provider);
	if (claim->known == NULL)
		return command_misused("no provider '%s' sends webhooks", claim->provider) == COMMAND_OK;
	return true;
}

/* The whole file, at most as large as a webhook may be; NULL when it cannot be read. */
static char *
read_body(struct control *control, const char *path, size_t *length)
{
	size_t room = (size_t)control->config->http.webhook_bytes;
	char  *bytes = arena_alloc(control->arena, room + 1);
	FILE  *file = strcmp(path, "-") == 0 ? stdin : fopen(path, "re");

	if (file == NULL) {
		command_cannot("cannot open '%s': %s", path, strerror(errno));
		return NULL;
	}
	*length = fread(bytes, 1, room + 1, file);
	if (ferror(file) || *length > room) {
		command_cannot(ferror(file) ? "cannot read '%s'" : "'%s' is larger than the limit for webhooks", path);
		bytes = NULL;
	}
	if (file != stdin)
		fclose(file);
	return bytes;
}

/* The values of the provider's signature headers; a header given without its name is the first of them. */
static void
read_signatures(const struct claim *claim, const char *const *names, const char **signatures)
{
	for (int i = 0; i < claim->n_headers; i++) {
		const char *value = claim->headers[i];
		size_t      place = 0;

		for (size_t k = 0; names[k] != NULL; k++) {
			size_t length = strlen(names[k]);

			if (strncasecmp(value, names[k], length) == 0 && value[length] == ':') {
				value += length + 1 + strspn(value + length + 1, " \t");
				place = k;
				break;
			}
		}
		signatures[place] = value;
	}
}

/* As whoever receives it, and where that cannot tell, as the job that finds out. */
static const struct problem *
judge(struct work *work, const struct claim *claim, const char *const *signatures, struct bytes body)
{
	struct provider_events *events = ARENA_NEW(work->arena, struct provider_events);
	const struct problem   *problem = claim->known->verify(work, signatures, body, claim->at);

	if (!problem_is(problem, PROBLEM_EVENT_UNVERIFIED) || claim->known->confirm_event == NULL)
		return problem;
	TRY(claim->known->parse_events(work->arena, body, events));
	for (size_t i = 0; i < events->count; i++)
		TRY(claim->known->confirm_event(work, signatures, body, &events->list[i]));
	return OK;
}

static int
run_verify(struct control *control, int count, char **arguments)
{
	struct claim claim = { .at = unix_seconds() };
	const char  *signatures[HEADERS_MAX] = { NULL }, *body;
	size_t       length;

	const struct problem *problem;

	if (!read_claim(count, arguments, &claim))
		return COMMAND_USAGE;
	body = read_body(control, claim.body_path, &length);
	if (body == NULL)
		return COMMAND_CANNOT;
	read_signatures(&claim, sender_headers(control->arena, control->config, claim.known), signatures);
	problem = judge(control->work, &claim, signatures, (struct bytes) { (const unsigned char *)body, length });
	if (problem == OK) {
		puts("the signature is valid");
		return COMMAND_OK;
	}
	printf("refused: %s\n", problem->message);
	return COMMAND_FINDING;
}

static int
run_simulate(struct control *control, int count, char **arguments)
{
	enum inbox_outcome    told;
	const struct problem *problem = simulate_webhook(control->work, arguments[0], arguments[1], arguments[2], &told);

	(void)count;
	if (problem != OK)
		return command_problem(problem);
	puts(inbox_outcome_values[told]); /* a collision was a problem */
	return COMMAND_OK;
}

const struct command webhook_commands[] = {
	{ "webhook verify", "--provider NAME --header VALUE... --body FILE [--at TIME]",
	    "check a webhook's signature against the configured secrets; exits with 1 if it is invalid", 2, 22, false,
	    run_verify },
	{ "webhook simulate", "PROVIDER TYPE PAYMENT",
	    "take an event of that type about the payment (PAY-...), signed here as the provider signs; prints what became of it",
	    3, 3, false, run_simulate },
	{ NULL },
};
