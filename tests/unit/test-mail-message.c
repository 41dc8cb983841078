/* Letters as bytes: headers that nobody can add to, words, encodings, line lengths. */
#include "base/arena.h"
#include "base/text.h"
#include "notify/mail_message.h"
#include "tests/suite.h"

#include <stdio.h>
#include <string.h>

enum { LINE_BYTES_MAX = 998 };

static struct arena *arena;

static struct mail_message
plain_message(void)
{
	struct mail_message message = { .date = { INT64_C(1795615145123) }, /* 2026-11-25T13:59:05.123Z, a Wednesday */
		.from = { "Haat", "shop@haat.test" },
		.to = { NULL, "amina@example.test" },
		.reply_to = "",
		.language = "en",
		.subject = "Paid",
		.text = "Thank you.\n",
		.html = "<p>Thank you.</p>\n" };

	if (arena == NULL)
		arena = arena_new(64 << 20);
	arena_reset(arena);
	REQUIRE(uuid_parse("0192f0c1-1111-7222-8333-444455556666", &message.id));
	return message;
}

static const char *
written(const struct mail_message *message)
{
	struct text out = text_new(arena, 0);

	CHECK(mail_message_write(arena, message, &out) == OK);
	return out.bytes;
}

static size_t
count_of(const char *text, const char *part)
{
	size_t count = 0;

	for (const char *at = text; (at = strstr(at, part)) != NULL; at += strlen(part))
		count++;
	return count;
}

/* Every line ends with CRLF, none is too long, no CR or LF stands alone. */
static void
check_lines(const char *message)
{
	size_t length = 0;

	for (const char *c = message; *c != '\0'; c++) {
		if (*c == '\n') {
			CHECK(c > message && c[-1] == '\r');
			length = 0;
		} else if (*c == '\r') {
			CHECK(c[1] == '\n');
		} else {
			length++;
		}
		if (length > LINE_BYTES_MAX)
			break;
	}
	CHECK(length <= LINE_BYTES_MAX);
	CHECK(strlen(message) > 2 && strcmp(message + strlen(message) - 2, "\r\n") == 0);
}

static void
a_whole_letter(void)
{
	struct mail_message message = plain_message();

	CHECK_TEXT(written(&message),
	    "Date: Wed, 25 Nov 2026 13:59:05 +0000\r\n"
	    "From: \"Haat\"\r\n <shop@haat.test>\r\n"
	    "To: amina@example.test\r\n"
	    "Subject: Paid\r\n"
	    "Message-ID: <mail.0192f0c1-1111-7222-8333-444455556666@haat.test>\r\n"
	    "Auto-Submitted: auto-generated\r\n"
	    "Content-Language: en\r\n"
	    "MIME-Version: 1.0\r\n"
	    "Content-Type: multipart/alternative; boundary=\"=_0192f0c1-1111-7222-8333-444455556666\"\r\n"
	    "\r\n"
	    "--=_0192f0c1-1111-7222-8333-444455556666\r\n"
	    "Content-Type: text/plain; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "Thank you.\r\n"
	    "--=_0192f0c1-1111-7222-8333-444455556666\r\n"
	    "Content-Type: text/html; charset=utf-8\r\n"
	    "Content-Transfer-Encoding: quoted-printable\r\n"
	    "\r\n"
	    "<p>Thank you.</p>\r\n"
	    "--=_0192f0c1-1111-7222-8333-444455556666--\r\n");
}

/* RFC 8058: both headers, of a letter that is news alone. */
static void
news_can_be_ended(void)
{
	struct mail_message message = plain_message();

	CHECK(strstr(written(&message), "List-Unsubscribe") == NULL);
	message.unsubscribe_url = "https://shop.example/unsubscribe/abc\r\nBcc: all@example.test";
	CHECK(strstr(written(&message),
		  "\r\nAuto-Submitted: auto-generated\r\n"
		  "List-Unsubscribe:\r\n <https://shop.example/unsubscribe/abc  Bcc: all@example.test>\r\n"
		  "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n") != NULL);
	check_lines(written(&message));
}

static void
each_day_of_the_week(void)
{
	static const char *const days[] = { "Thu, 26 Nov", "Fri, 27 Nov", "Sat, 28 Nov", "Sun, 29 Nov", "Mon, 30 Nov",
		"Tue, 01 Dec" };
	struct mail_message      message = plain_message();

	for (size_t i = 0; i < sizeof days / sizeof *days; i++) {
		message.date = instant_add_seconds(message.date, 24 * 3600);
		CHECK(strstr(written(&message), days[i]) != NULL);
	}
	message.date = (struct instant) { INT64_C(951782400000) };
	CHECK(strstr(written(&message), "Date: Tue, 29 Feb 2000 00:00:00 +0000\r\n") != NULL);
}

/* Whatever stands in a text, there are as many headers as without it. */
static void
no_text_adds_a_header(void)
{
	static const char *const evil[] = { "Paid\r\nBcc: all@example.test", "Paid\nBcc: all@example.test",
		"Paid\rBcc: a@example.test", "Paid\r\n\r\nBody", "Paid\x0b\x0c\x1f\x7f", "\xe0\xa6\xaa\r\nBcc: a@example.test" };
	struct mail_message      message;

	for (size_t i = 0; i < sizeof evil / sizeof *evil; i++) {
		const char *bytes;

		message = plain_message();
		message.subject = message.from.name = message.to.name = evil[i];
		message.language = "en\r\nBcc: all@example.test";
		bytes = written(&message);
		check_lines(bytes);
		CHECK_INT(count_of(bytes, "\r\nBcc:"), 0);
		CHECK_INT(count_of(bytes, "\r\nTo: "), 1);
		/* The first empty line is that before the parts. */
		CHECK(strncmp(strstr(bytes, "\r\n\r\n"), "\r\n\r\n--=_", 8) == 0);
	}
}

static void
no_address_is_more_than_one(void)
{
	static const char *const wrong[] = { "", "amina", "@example.test", "amina@", "a@b@example.test", "a b@example.test",
		"a@example.test\r\nBcc: b@example.test", "a@example.test\n", "a@example.test,b@example.test", "<a@example.test>",
		"a@example.test>", "Amina <a@example.test>", "\"a b\"@example.test", "a@[127.0.0.1]", "a;b@example.test",
		"a\\b@example.test", "a@exam\x01ple.test", "a\x7f@example.test", "a@example.test\xff" };
	struct text              out;

	for (size_t i = 0; i < sizeof wrong / sizeof *wrong; i++) {
		struct mail_message to = plain_message(), from = to, reply_to = to;

		CHECK(!mail_address_is_plain(wrong[i]));
		out = text_new(arena, 0);
		to.to.address = from.from.address = reply_to.reply_to = wrong[i];
		CHECK(problem_is(mail_message_write(arena, &to, &out), PROBLEM_BAD_REQUEST));
		CHECK(problem_is(mail_message_write(arena, &from, &out), PROBLEM_BAD_REQUEST));
		if (*wrong[i] != '\0')
			CHECK(problem_is(mail_message_write(arena, &reply_to, &out), PROBLEM_BAD_REQUEST));
		CHECK_INT(out.length, 0);
	}
	CHECK(mail_address_is_plain("o'neil+x=1{2}|~!#$%&*/?^`_-.@sub.example.test"));
	CHECK(mail_address_is_plain("\xe0\xa6\x86@example.test"));
}

static void
names_and_subjects_as_words(void)
{
	struct mail_message message = plain_message();
	const char         *bytes;

	message.to.name = "Say \"hi\" \\ Amina";
	message.subject = "\xe0\xa6\xaa\xe0\xa6\xb0\xe0\xa6\xbf\xe0\xa6\xb6\xe0\xa7\x8b\xe0\xa6\xa7 \xe2\x82\xac";
	message.reply_to = "help@haat.test";
	bytes = written(&message);
	CHECK(strstr(bytes, "\r\nTo: \"Say \\\"hi\\\" \\\\ Amina\"\r\n <amina@example.test>\r\n") != NULL);
	CHECK(strstr(bytes, "\r\nSubject: =?UTF-8?B?4Kaq4Kaw4Ka/4Ka24KeL4KanIOKCrA==?=\r\n") != NULL);
	CHECK(strstr(bytes, "\r\nReply-To: help@haat.test\r\n") != NULL);
	/* What looks like a word already is one of ours, so that nobody reads another text from it. */
	message.subject = "=?UTF-8?B?QmNj?=";
	CHECK(strstr(written(&message), "\r\nSubject: =?UTF-8?B?PT9VVEYtOD9CP1FtTmo/PQ==?=\r\n") != NULL);
}

/* Long ones become several words of at most 75 characters, split between characters. */
static void
long_subjects(void)
{
	struct mail_message message = plain_message();
	struct text         subject = text_new(arena, 0);
	const char         *bytes, *end;

	for (int i = 0; i < 120; i++)
		TEXT_ADD(&subject, "\xe2\x82\xac");
	message.subject = subject.bytes;
	bytes = strstr(written(&message), "Subject: ") + strlen("Subject: ");
	end = strstr(bytes, "\r\nMessage-ID");
	REQUIRE(end != NULL);
	while (bytes < end) {
		size_t length = strcspn(bytes, "\r");

		CHECK(length <= 75 && strncmp(bytes, "=?UTF-8?B?", 10) == 0 && strncmp(bytes + length - 2, "?=", 2) == 0);
		/* 3 bytes a character, 4 characters of base64: a word of whole ones has no padding. */
		CHECK(bytes[length - 3] != '=' && (length - 12) % 4 == 0);
		bytes += length + 2 + (bytes[length + 2] == ' ');
	}
	for (int i = 0; i < 3000; i++)
		TEXT_ADD(&subject, "x");
	message.subject = message.to.name = message.from.name = subject.bytes;
	check_lines(written(&message));
}

static const char *
part_of(const char *text)
{
	struct mail_message message = plain_message();
	const char         *bytes, *end;

	message.text = text;
	bytes = written(&message);
	check_lines(bytes);
	bytes = strstr(bytes, "Content-Transfer-Encoding: ") + strlen("Content-Transfer-Encoding: ");
	end = strstr(bytes, "--=_");
	return arena_copy(arena, bytes, (size_t)(end - bytes));
}

static void
bodies(void)
{
	CHECK_TEXT(part_of("a\nb\r\nc\rd"), "quoted-printable\r\n\r\na\r\nb\r\nc\r\nd\r\n");
	CHECK_TEXT(part_of("2 + 2 = 4\n"), "quoted-printable\r\n\r\n2 + 2 =3D 4\r\n");
	CHECK_TEXT(part_of("for 10 \xe2\x82\xac, please do not answer\n"),
	    "quoted-printable\r\n\r\nfor 10 =E2=82=AC, please do not answer\r\n");
	/* White space at the end of a line would be lost; a dot or "From " at its beginning changed on the way. */
	CHECK_TEXT(part_of("a \nb\t\n.\nFrom here\n"), "quoted-printable\r\n\r\na=20\r\nb=09\r\n=2E\r\n=46rom here\r\n");
	CHECK_TEXT(part_of("\xe2\x82\xac\xe2\x82\xac\n"), "base64\r\n\r\n4oKs4oKsDQo=\r\n");
	CHECK_TEXT(part_of(""), "quoted-printable\r\n\r\n\r\n");
}

/* The arena is reset on the way: what goes in lies outside. */
static void
long_lines(void)
{
	static char text[5001];
	const char *part;

	memset(text, 'x', sizeof text - 1);
	part = part_of(text);
	for (const char *line = part; *line != '\0'; line += strcspn(line, "\n") + 1)
		CHECK(strcspn(line, "\r") <= 76);
	memcpy(text + 73, "y=", sizeof "y=");
	CHECK(strstr(part_of(text), "xxxy=\r\n=3D\r\n") != NULL);
	memcpy(text + 74, "z", sizeof "z");
	CHECK(strstr(part_of(text), "xxxyz\r\n") != NULL);
}

SUITE("letters as bytes", TEST(a_whole_letter), TEST(news_can_be_ended), TEST(each_day_of_the_week), TEST(no_text_adds_a_header),
    TEST(no_address_is_more_than_one), TEST(names_and_subjects_as_words), TEST(long_subjects), TEST(bodies), TEST(long_lines))
