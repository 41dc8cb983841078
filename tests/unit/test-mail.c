/* Letters into a folder: whole, private, the same file each time; and those that nobody is given. */
#include "base/arena.h"
#include "base/config.h"
#include "notify/mail.h"
#include "store/work.h"
#include "tests/suite.h"

#include <dirent.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

static struct arena *arena;
static struct config config;
static const char   *folder;

static struct mail_message
begin(void)
{
	char                directory[] = "/tmp/haat-mail-XXXXXX";
	struct mail_message message = { .date = { INT64_C(1795615145123) },
		.from = { "Haat", "shop@haat.test" },
		.to = { NULL, "amina@example.test" },
		.reply_to = "",
		.language = "en",
		.subject = "Paid",
		.text = "Thank you.\n",
		.html = "<p>Thank you.</p>\n" };

	if (arena == NULL)
		arena = arena_new(64 << 20);
	REQUIRE(mkdtemp(directory) != NULL);
	folder = arena_format(arena, "%s/mail", directory); /* made with the first letter */
	config = (struct config) { .mail = { .host = "", .directory = folder, .message_bytes = 10000 } };
	REQUIRE(uuid_parse("0192f0c1-1111-7222-8333-444455556666", &message.id));
	return message;
}

static void
end(void)
{
	char *slash = strrchr(arena_string(arena, folder), '/');

	unlink(arena_format(arena, "%s/0192f0c1-1111-7222-8333-444455556666.eml", folder));
	rmdir(folder);
	rmdir(arena_copy(arena, folder, strlen(folder) - strlen(slash)));
}

static struct smtp_reply
hand_over(const struct mail_message *message)
{
	struct work       work = { .arena = arena, .config = &config, .request_id = "", .traceparent = "", .address = "" };
	struct smtp_reply reply;

	mail_hand_over(&work, message, &reply);
	return reply;
}

static size_t
files(void)
{
	DIR           *directory = opendir(folder);
	struct dirent *entry;
	size_t         count = 0;

	while (directory != NULL && (entry = readdir(directory)) != NULL)
		count += strcmp(entry->d_name, ".") != 0 && strcmp(entry->d_name, "..") != 0;
	if (directory != NULL)
		closedir(directory);
	return count;
}

static void
into_a_folder(void)
{
	struct mail_message message = begin();
	struct stat         status;

	for (int i = 0; i < 2; i++) {
		CHECK_INT(hand_over(&message).outcome, SMTP_TAKEN);
		CHECK_INT(files(), 1);
	}
	REQUIRE(stat(arena_format(arena, "%s/0192f0c1-1111-7222-8333-444455556666.eml", folder), &status) == 0);
	CHECK(status.st_size > 300 && (status.st_mode & 0777) == 0600);
	end();
}

/* What stands in the way is told, and leaves nothing behind. */
static void
no_folder(void)
{
	struct mail_message message = begin();
	struct smtp_reply   reply;
	FILE               *file = fopen(folder, "we");

	REQUIRE(file != NULL);
	fclose(file);
	reply = hand_over(&message);
	CHECK_INT(reply.outcome, SMTP_UNAVAILABLE);
	CHECK_TEXT(reply.error, "cannot write into mail.directory: Not a directory");
	unlink(folder);
	end();
}

static void
never_sent(void)
{
	static char         long_text[20000];
	struct mail_message message = begin(), large = message;

	memset(long_text, 'x', sizeof long_text - 1);
	large.text = long_text;
	CHECK_INT(hand_over(&large).outcome, SMTP_REFUSED);
	CHECK_TEXT(hand_over(&large).error, "the letter is larger than mail.message_bytes");
	message.to.address = "a@example.test,b@example.test";
	CHECK_INT(hand_over(&message).outcome, SMTP_REFUSED);
	CHECK_INT(files(), 0);
	end();
}

SUITE("letters into a folder", TEST(into_a_folder), TEST(no_folder), TEST(never_sent))
