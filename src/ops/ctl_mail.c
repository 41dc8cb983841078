/* haatctl mail: letters, and the mail server. */
#include "ops/command.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "notify/letter_words.h"
#include "notify/mail.h"
#include "notify/mail_row.h"
#include "notify/unsubscribe.h"
#include "store/work.h"

#include <json-c/json.h>
#include <stdio.h>
#include <string.h>

enum { LIST_MAX = 1000 };

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

static const struct problem *
list(struct work *work, enum mail_status status)
{
	struct mail_row *mails;
	size_t           count;

	TRY(list_mails(work, status, LIST_MAX, &mails, &count));
	for (size_t i = 0; i < count; i++) {
		char time[INSTANT_TEXT_SIZE];

		instant_write(mails[i].created_at, time);
		printf("%s  %-8s %-28s %s  about %s  %s\n", uuid_text(work->arena, mails[i].id), mail_status_values[status],
		    mails[i].kind, time, uuid_text(work->arena, mails[i].about),
		    mails[i].outcome == NULL ? "" : mails[i].outcome);
	}
	return OK;
}

/* Without a status: what was not sent. */
static int
run_mail_list(struct control *control, int count, char **arguments)
{
	int only = count == 1 ? value_index(mail_status_values, arguments[0]) : -1;

	if (count == 1 && only < 0)
		return command_misused("'%s' is not a status: waiting, sent, dead, dropped", arguments[0]);
	for (int status = 0; status < MAIL_STATUS__COUNT; status++) {
		const struct problem *problem;

		if (count == 1 ? status != only : status != MAIL_WAITING && status != MAIL_DEAD)
			continue;
		problem = list(control->work, (enum mail_status)status);
		if (problem != OK)
			return command_problem(problem);
	}
	return COMMAND_OK;
}

/* ---- what letters look like ---- */

/* As in the usual case: what may be missing is, and no amount, which nothing reads from JSON. */
static void
leave_usual(const struct shape *shape, struct json_object *example)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		struct json_object  *value = json_object_object_get(example, member->name);

		for (size_t j = 0; member->kind == MEMBER_ARRAY && j < json_object_array_length(value); j++)
			leave_usual(member->of, json_object_array_get_idx(value, j));
		if (member->kind == MEMBER_BOOLEAN || member->kind == MEMBER_MONEY ||
		    (member->kind == MEMBER_TEXT && member->example == NULL && !member->required))
			json_object_object_del(example, member->name);
	}
}

static struct money *
money_of(struct arena *arena, const struct member *member, char *field)
{
	if (!member->pointer)
		return (struct money *)field;
	*(struct money **)field = ARENA_NEW(arena, struct money);
	return *(struct money **)field;
}

/* The amounts of the example, in a currency of their own. */
static void
fill_amounts(struct arena *arena, const struct shape *shape, struct json_object *example, char *members)
{
	for (size_t i = 0; i < shape->count; i++) {
		const struct member *member = &shape->members[i];
		struct json_object  *value = json_object_object_get(example, member->name);
		const char          *text = json_object_get_string(value);
		struct decimal       decimal;

		for (size_t j = 0; member->kind == MEMBER_ARRAY && j < json_object_array_length(value); j++)
			fill_amounts(arena, member->of, json_object_array_get_idx(value, j),
			    *(char **)(members + member->offset) + j * member->of->size);
		if (member->kind == MEMBER_MONEY && text != NULL && decimal_parse(text, strlen(text), &decimal))
			decimal_to_money(decimal, "USD", money_of(arena, member, members + member->offset));
	}
}

/* A struct of the letter's shape, filled from the examples of its members. */
static void *
example_of(struct arena *arena, const struct shape *shape)
{
	struct text         json = text_new(arena, 2000);
	struct json_object *usual, *example;
	struct faults       faults = { .count = 0 };
	void               *members = arena_alloc(arena, shape->size);

	shape_example(shape, SCHEMA_ANSWER, &json);
	usual = json_read(arena, json.bytes, json.length);
	example = json_read(arena, json.bytes, json.length);
	if (usual == NULL || example == NULL)
		return NULL;
	leave_usual(shape, usual);
	if (!shape_parse(shape, usual, arena, members, &faults))
		return NULL;
	fill_amounts(arena, shape, example, members);
	return members;
}

static int
run_mail_preview(struct control *control, int count, char **arguments)
{
	const struct config *config = control->config;
	const struct letter *letter = letter_named(arguments[0]);
	struct text          faults = text_new(control->arena, 1000);
	struct letter_words  words;
	struct letter_head  *head;

	if (count == 2 && strcmp(arguments[1], "--text") != 0)
		return command_misused("'%s' is not --text", arguments[1]);
	if (letter == NULL && strcmp(arguments[0], "--list") == 0) {
		for (size_t i = 0; letters[i] != NULL; i++)
			puts(letters[i]->name);
		return COMMAND_OK;
	}
	if (letter == NULL)
		return command_misused("there is no letter '%s': haatctl mail preview --list", arguments[0]);
	if (!letter_words_load(control->arena, config, &faults))
		return command_cannot("%s", faults.bytes);
	head = example_of(control->arena, letter->shape);
	if (head == NULL)
		return command_cannot("the examples of '%s' do not fit its members", letter->name);
	*head = (struct letter_head) { "Amina Khatun", config->mail.from_name, config->public_url,
		letter->news ? unsubscribe_url(control->work, config->public_url, (struct user_id) { uuid_new() }) : NULL };
	letter_words_print(control->arena, letter, "en", head, &words);
	if (count == 2)
		printf("%s\n\n%s", words.subject, words.text);
	else
		fputs(words.html, stdout);
	return COMMAND_OK;
}

const struct command mail_commands[] = {
	{ "mail list", "[STATUS]", "list the newest letters that wait or are dead, or those of one status", 0, 1, false,
	    run_mail_list },
	{ "mail preview", "NAME [--text] | --list",
	    "print a letter as HTML, or subject and text, with made-up values; list the letters", 1, 2, false, run_mail_preview },
	{ "mail test", "ADDRESS", "send a letter there now and print what the mail server says", 1, 1, false, run_mail_test },
	{ NULL },
};
