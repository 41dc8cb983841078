/* haatctl mail: the mail server. */
#include "ops/command.h"

#include "base/arena.h"
#include "base/config.h"
#include "notify/mail.h"
#include "store/work.h"

#include <stdio.h>
#include <string.h>

/* What the server said, in the words of somebody who sets it up. */
static int
tell(const struct control *control, const struct mail_message *message, const struct smtp_reply *reply)
{
	static const char *const words[] = {
		[SMTP_LATER] = "the server wants it later",
		[SMTP_REFUSED] = "the server refuses it",
		[SMTP_UNAVAILABLE] = "no letter can be sent",
		[SMTP_UNKNOWN] = "the server took it in and did not answer",
	};

	if (reply->outcome != SMTP_TAKEN) {
		printf("%s: %s\n", words[reply->outcome], reply->error);
		return COMMAND_FINDING;
	}
	printf("taken: Message-ID %s\n", mail_message_id(control->arena, message->id, message->from.address));
	return COMMAND_OK;
}

static int
run_mail_test(struct control *control, int count, char **arguments)
{
	const struct config *config = control->config;
	struct smtp_reply    reply;
	struct mail_message  message = {
		 .id = uuid_new(),
		 .date = instant_now(),
		 .from = { config->mail.from_name, config->mail.from },
		 .to = { NULL, arguments[0] },
		 .reply_to = config->mail.reply_to,
		 .language = "en",
		 .subject = "Test of the mail server",
		 .text = arena_format(control->arena, "This letter was sent by haatctl on behalf of %s.\n", config->public_url),
		 .html = arena_format(control->arena,
		     "<!DOCTYPE html>\n<html lang=\"en\"><title>Test of the mail server</title>\n"
		      "<p>This letter was sent by haatctl on behalf of <a href=\"%s\">%s</a>.</p>\n</html>\n",
		     config->public_url, config->public_url),
	};

	(void)count;
	if (!config_has_mail(config))
		return command_cannot("mail is off: mail.host is empty");
	if (!mail_address_is_plain(arguments[0]))
		return command_misused("'%s' is not an e-mail address", arguments[0]);
	mail_hand_over(control->work, &message, &reply);
	return tell(control, &message, &reply);
}

const struct command mail_commands[] = {
	{ "mail test", "ADDRESS", "send a letter there now and print what the mail server says", 1, 1, false, run_mail_test },
	{ NULL },
};
