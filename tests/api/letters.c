#include "tests/api/letters.h"

#include <stdio.h>
#include <string.h>

enum { LETTER_ROOM = 1 << 16 };

const char *
letter_file(const char *mail)
{
	char *bytes = form("%*s", LETTER_ROOM, "");
	FILE *file = fopen(form("%s/mail/%s.eml", shop_directory(), mail), "re");

	bytes[file == NULL ? 0 : fread(bytes, 1, LETTER_ROOM - 1, file)] = '\0';
	if (file != NULL)
		fclose(file);
	for (char *soft; (soft = strstr(bytes, "=\r\n")) != NULL;)
		memmove(soft, soft + 3, strlen(soft + 3) + 1);
	return bytes;
}

const char *
wait_for_letter(const char *kind, const char *about, const char *status)
{
	const char *of = form("FROM mails WHERE kind = '%s' AND about_id = '%s' ORDER BY id DESC LIMIT 1", kind, about);

	WAIT_FOR(status, "SELECT status %s", of);
	return sql_text("SELECT id %s", of);
}

const char *
token_of_letter(const char *kind, const char *user)
{
	static const char before[] = "?token=3D";
	const char       *link = strstr(letter_file(wait_for_letter(kind, user, "sent")), before);

	REQUIRE(link != NULL);
	link += strlen(before);
	return form("%.*s", (int)strcspn(link, "\r\n\""), link);
}

void
wait_until_written(const char *about)
{
	WAIT_FOR("0", "SELECT COUNT(*) FROM events WHERE pending = 1 AND aggregate_id = '%s'", about);
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = 'write_letters' AND payload LIKE '%%%s%%'", about);
}

void
queue_mail_job(const char *kind, const char *payload)
{
	sql_run(
	    "INSERT INTO jobs (id, kind, lane, payload, max_attempts) VALUES (UNHEX(REPLACE(UUID(), '-', '')), '%s', 'mail', '%s', 3)",
	    kind, payload);
	run_job_now(kind);
	WAIT_FOR("0", "SELECT COUNT(*) FROM jobs WHERE kind = '%s' AND payload = '%s'", kind, payload);
}
