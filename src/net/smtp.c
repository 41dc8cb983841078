#include "net/smtp.h"

#include "base/arena.h"
#include "base/config.h"
#include "store/work.h"

#include <curl/curl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

/* How far the conversation has come: what was said last. */
enum stage { STAGE_CONNECT, STAGE_EHLO, STAGE_STARTTLS, STAGE_AUTH, STAGE_MAIL, STAGE_RCPT, STAGE_DATA, STAGE_BODY, STAGE_NONE };

enum { STATUS_SIZE = 16 };

static const char *const stage_names[] = {
	[STAGE_CONNECT] = "greeting",
	[STAGE_EHLO] = "EHLO",
	[STAGE_STARTTLS] = "STARTTLS",
	[STAGE_AUTH] = "AUTH",
	[STAGE_MAIL] = "MAIL",
	[STAGE_RCPT] = "RCPT",
	[STAGE_DATA] = "DATA",
	[STAGE_BODY] = "end of data",
};

/* One conversation.  libcurl calls back into it, so nothing of it is allocated on the way. */
struct conversation {
	const struct smtp_letter *letter;
	size_t                    sent;
	enum stage                stage, answered; /* `answered`: what the code is an answer to */
	int                       code;
	bool                      leaving;             /* QUIT was said: what follows is about nothing */
	char                      status[STATUS_SIZE]; /* the enhanced one of RFC 3463, "5.1.1"; or "" */
	char                      error[CURL_ERROR_SIZE];
};

static size_t
give_bytes(char *into, size_t size, size_t count, void *argument)
{
	struct conversation *conversation = argument;
	size_t               left = conversation->letter->length - conversation->sent, room = size * count;
	size_t               length = left < room ? left : room;

	memcpy(into, conversation->letter->bytes + conversation->sent, length);
	conversation->sent += length;
	return length;
}

/* What is said: a line of the login itself leaves the stage as it is. */
static void
see_command(struct conversation *conversation, const char *line, size_t length)
{
	static const struct {
		const char *verb;
		enum stage  stage;
	} verbs[] = { { "EHLO ", STAGE_EHLO }, { "HELO ", STAGE_EHLO }, { "STARTTLS", STAGE_STARTTLS }, { "AUTH ", STAGE_AUTH },
		{ "MAIL FROM:", STAGE_MAIL }, { "RCPT TO:", STAGE_RCPT }, { "DATA", STAGE_DATA }, { "QUIT", STAGE_NONE } };

	for (size_t i = 0; i < sizeof verbs / sizeof *verbs; i++)
		if (length >= strlen(verbs[i].verb) && memcmp(line, verbs[i].verb, strlen(verbs[i].verb)) == 0) {
			if (verbs[i].stage == STAGE_NONE)
				conversation->leaving = true;
			else
				conversation->stage = verbs[i].stage;
		}
}

/* "250-8BITMIME" goes on, "550 5.1.1 No such user" is an answer's last line. */
static void
see_answer(struct conversation *conversation, const char *line, size_t length)
{
	size_t status = 0;

	if (conversation->leaving || length < 4 || line[0] < '2' || line[0] > '5' || line[1] < '0' || line[1] > '9' ||
	    line[2] < '0' || line[2] > '9' || line[3] == '-')
		return;
	conversation->code = (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
	conversation->answered = conversation->stage;
	while (4 + status < length && status < STATUS_SIZE - 1 &&
	    ((line[4 + status] >= '0' && line[4 + status] <= '9') || line[4 + status] == '.'))
		status++;
	if (status < 5 || line[5] != '.') /* "5.1.1" is the shortest */
		status = 0;
	memcpy(conversation->status, line + 4, status);
	conversation->status[status] = '\0';
	if (conversation->stage == STAGE_DATA && conversation->code == 354)
		conversation->stage = STAGE_BODY;
}

static int
listen_in(CURL *curl, curl_infotype type, char *bytes, size_t length, void *argument)
{
	(void)curl;
	if (type == CURLINFO_HEADER_OUT)
		see_command(argument, bytes, length);
	else if (type == CURLINFO_HEADER_IN)
		see_answer(argument, bytes, length);
	return 0;
}

static const char *
domain_of(const char *address)
{
	const char *at = strrchr(address, '@');

	return at == NULL ? "localhost" : at + 1;
}

static void
set_server(CURL *curl, const struct config *config, const char *url)
{
	long response_seconds = (long)((config->mail.timeout_ms + 999) / 1000);

	curl_easy_setopt(curl, CURLOPT_URL, url);
	curl_easy_setopt(curl, CURLOPT_PROTOCOLS_STR, "smtp,smtps");
	curl_easy_setopt(curl, CURLOPT_USE_SSL, config->mail.tls == MAIL_PLAIN ? (long)CURLUSESSL_NONE : (long)CURLUSESSL_ALL);
	curl_easy_setopt(curl, CURLOPT_SSLVERSION, (long)CURL_SSLVERSION_TLSv1_2);
	if (*config->mail.ca_file != '\0')
		curl_easy_setopt(curl, CURLOPT_CAINFO, config->mail.ca_file);
	if (*config->mail.username != '\0') {
		curl_easy_setopt(curl, CURLOPT_USERNAME, config->mail.username);
		curl_easy_setopt(curl, CURLOPT_PASSWORD, config->mail.password);
	}
	curl_easy_setopt(curl, CURLOPT_NOSIGNAL, 1L);
	curl_easy_setopt(curl, CURLOPT_PROXY, "");
	curl_easy_setopt(curl, CURLOPT_FORBID_REUSE, 1L);
	curl_easy_setopt(curl, CURLOPT_CONNECTTIMEOUT_MS, (long)config->mail.connect_timeout_ms);
	curl_easy_setopt(curl, CURLOPT_TIMEOUT_MS, (long)config->mail.timeout_ms);
	curl_easy_setopt(curl, CURLOPT_SERVER_RESPONSE_TIMEOUT, response_seconds); /* of QUIT, which the other does not bound */
}

static void
set_letter(CURL *curl, struct conversation *conversation, struct curl_slist *recipients)
{
	curl_easy_setopt(curl, CURLOPT_MAIL_FROM, conversation->letter->from);
	curl_easy_setopt(curl, CURLOPT_MAIL_RCPT, recipients);
	curl_easy_setopt(curl, CURLOPT_UPLOAD, 1L);
	curl_easy_setopt(curl, CURLOPT_INFILESIZE_LARGE, (curl_off_t)conversation->letter->length);
	curl_easy_setopt(curl, CURLOPT_READFUNCTION, give_bytes);
	curl_easy_setopt(curl, CURLOPT_READDATA, conversation);
	curl_easy_setopt(curl, CURLOPT_ERRORBUFFER, conversation->error);
	curl_easy_setopt(curl, CURLOPT_DEBUGFUNCTION, listen_in);
	curl_easy_setopt(curl, CURLOPT_DEBUGDATA, conversation);
	curl_easy_setopt(curl, CURLOPT_VERBOSE, 1L);
}

/* Another login is wanted, or encryption: the same for every letter. */
static bool
is_about_us(int code)
{
	return code == 421 || (code >= 530 && code <= 538);
}

/* The sender is the same in every letter, too; but 552 says that this one is too large. */
static bool
is_about_sender(const struct conversation *conversation)
{
	return conversation->stage == STAGE_MAIL && conversation->code >= 500 && conversation->code != 552;
}

static enum smtp_outcome
outcome_of(CURLcode code, const struct conversation *conversation)
{
	bool answered = conversation->answered == conversation->stage;

	if (code == CURLE_OK)
		return SMTP_TAKEN;
	if (conversation->stage < STAGE_MAIL)
		return SMTP_UNAVAILABLE;
	if (answered && (is_about_us(conversation->code) || is_about_sender(conversation)))
		return SMTP_UNAVAILABLE;
	if (answered && conversation->code >= 500)
		return SMTP_REFUSED;
	if (answered && conversation->code >= 400)
		return SMTP_LATER;
	return conversation->stage == STAGE_BODY ? SMTP_UNKNOWN : SMTP_UNAVAILABLE;
}

static const char *
describe(struct arena *arena, CURLcode code, const struct conversation *conversation)
{
	const char *between = *conversation->status == '\0' ? "" : " ";

	if (code == CURLE_OK)
		return "";
	if (conversation->answered == conversation->stage && conversation->code >= 400)
		return arena_format(
		    arena, "%d%s%s at %s", conversation->code, between, conversation->status, stage_names[conversation->stage]);
	return arena_format(arena, "%s at %s", curl_easy_strerror(code), stage_names[conversation->stage]);
}

void
smtp_send(struct work *work, const struct smtp_letter *letter, struct smtp_reply *reply)
{
	static CURL         *curl;
	const struct config *config = work->config;
	const char          *scheme = config->mail.tls == MAIL_TLS ? "smtps" : "smtp";
	bool                 is_ipv6 = strchr(config->mail.host, ':') != NULL;
	const char          *url = arena_format(work->arena, "%s://%s%s%s:%d/%s", scheme, is_ipv6 ? "[" : "", config->mail.host,
            is_ipv6 ? "]" : "", (int)config->mail.port, domain_of(letter->from));
	const char          *to = arena_format(work->arena, "<%s>", letter->to);
	struct conversation *conversation = ARENA_NEW(work->arena, struct conversation);
	struct curl_slist   *recipients = curl_slist_append(NULL, to);
	CURLcode             code;

	if ((curl == NULL && (curl = curl_easy_init()) == NULL) || recipients == NULL)
		abort();
	conversation->letter = letter;
	conversation->answered = STAGE_NONE;
	curl_easy_reset(curl);
	set_server(curl, config, url);
	set_letter(curl, conversation, recipients);
	code = curl_easy_perform(curl);
	curl_easy_reset(curl); /* what it points to goes with the arena */
	curl_slist_free_all(recipients);
	*reply = (struct smtp_reply) { .outcome = outcome_of(code, conversation),
		.code = conversation->code,
		.error = describe(work->arena, code, conversation) };
}
