#include "notify/mail.h"

#include "base/arena.h"
#include "base/config.h"
#include "base/text.h"
#include "base/write_all.h"
#include "store/work.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* errno says why not. */
static bool
write_file(const char *directory, const char *unfinished, const char *path, const struct text *bytes)
{
	int  fd, why;
	bool written;

	if (mkdir(directory, 0700) != 0 && errno != EEXIST)
		return false;
	fd = open(unfinished, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0600);
	if (fd < 0)
		return false;
	written = (write_all(fd, bytes->bytes, bytes->length) && fsync(fd) == 0);
	why = errno;
	if (close(fd) != 0 && written) {
		written = false;
		why = errno;
	}
	if (written && rename(unfinished, path) == 0)
		return true;
	if (written)
		why = errno;
	unlink(unfinished);
	errno = why;
	return false;
}

static void
write_into_folder(struct work *work, struct uuid id, const struct text *bytes, struct smtp_reply *reply)
{
	const char *directory = work->config->mail.directory, *name = uuid_text(work->arena, id);
	const char *unfinished = arena_format(work->arena, "%s/.%s", directory, name);

	*reply = (struct smtp_reply) { .outcome = SMTP_TAKEN, .error = "" };
	if (!write_file(directory, unfinished, arena_format(work->arena, "%s/%s.eml", directory, name), bytes))
		*reply = (struct smtp_reply) { .outcome = SMTP_UNAVAILABLE,
			.error = arena_format(work->arena, "cannot write into mail.directory: %s", strerror(errno)) };
}

void
mail_hand_over(struct work *work, const struct mail_message *message, struct smtp_reply *reply)
{
	const struct config  *config = work->config;
	struct text           bytes = text_new(work->arena, 8192);
	const struct problem *problem = mail_message_write(work->arena, message, &bytes);

	if (problem != OK) {
		*reply = (struct smtp_reply) { .outcome = SMTP_REFUSED, .error = problem->message };
		return;
	}
	if ((int64_t)bytes.length > config->mail.message_bytes) {
		*reply = (struct smtp_reply) { .outcome = SMTP_REFUSED, .error = "the letter is larger than mail.message_bytes" };
		return;
	}
	if (*config->mail.host == '\0') {
		write_into_folder(work, message->id, &bytes, reply);
		return;
	}
	smtp_send(work,
	    &(struct smtp_letter) {
		.from = message->from.address, .to = message->to.address, .bytes = bytes.bytes, .length = bytes.length },
	    reply);
}
